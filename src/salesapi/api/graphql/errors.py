"""How GraphQL says no: refusals as errors with their code and status, everything unexpected masked and logged once.

The log of an unexpected error holds its type, where in our code it rose and the request's id; never the document, the
variables or the error's text, which may quote them.
"""

import logging
import traceback
from collections.abc import Iterable
from typing import Any, Final

from graphql import GraphQLError

from salesapi.api.outages import refusal_of
from salesapi.api.refusals import problem
from salesapi.domain.shared.kernel import Kind, Refused

logger = logging.getLogger(__name__)

LOCATIONS_MAX: Final = 3
"""Most places in the document that one error names; a cycle of fragments has one for each."""
ERRORS_MAX: Final = 5
"""Most errors in one answer."""
MESSAGE_LENGTH_MAX: Final = 200
"""Longest text that is quoted from GraphQL's own checks, in characters: an answer stays under 2 kB."""
FRAMES_MAX: Final = 12
"""Deepest places of an unexpected error that are logged."""


class RequestNotGraphQL(Refused):
    """The body is not a GraphQL request."""

    code = "graphql.request_malformed"
    kind = Kind.MALFORMED
    message = "{reason}"


class DocumentInvalid(Refused):
    """The document does not parse, or does not fit the schema."""

    code = "graphql.document_invalid"
    kind = Kind.MALFORMED
    message = "{reason}"


class DocumentTooCostly(Refused):
    """The document is over one of the limits."""

    code = "graphql.document_too_costly"
    kind = Kind.TOO_LARGE
    message = "The document has {count} {what}; the limit is {limit}."


class DeadlineExceeded(Refused):
    """The operation did not finish in time."""

    code = "graphql.deadline_exceeded"
    kind = Kind.UNAVAILABLE
    message = "The operation took longer than {seconds} seconds; ask for less, or repeat a mutation with its key."


def refusal_error(refused: Refused, **places: Any) -> dict[str, Any]:
    """A refusal as a GraphQL error; `extensions` hold what REST's problem holds."""
    detail = problem(refused)
    extensions = {name: detail[name] for name in ("code", "status", "pointer", "parameters") if name in detail}
    return {"message": refused.text, **places, "extensions": {**extensions, "kind": refused.kind.value}}


def document_errors(errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """Shows what parsing and validation found. The reason stands in the message only, so that an answer stays small."""
    found = []
    for error in list(errors)[:ERRORS_MAX]:
        shown = refusal_error(DocumentInvalid(reason=shortened(error.message)), **_places(error))
        del shown["extensions"]["parameters"]
        found.append(shown)
    return found


def execution_errors(errors: Iterable[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """Shows what went wrong in fields: refusals and outages as such, anything else masked."""
    return [_execution_error(error, request_id) for error in list(errors)[:ERRORS_MAX]]


def shortened(text: str) -> str:
    """A text of GraphQL's own, cut to a bounded length."""
    return text if len(text) <= MESSAGE_LENGTH_MAX else f"{text[: MESSAGE_LENGTH_MAX - 3]}..."


def masked(error: BaseException | None, request_id: str, path: object = None) -> dict[str, Any]:
    """An unexpected error as the client sees it; logs it."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:] if error else []
    logger.error(
        "unexpected %s in GraphQL: request %s, field %s, at %s",
        type(error).__name__,
        request_id,
        path,
        " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames),
    )
    return {
        "message": f"Internal error; quote the request id {request_id} when you report it.",
        "extensions": {"code": "internal", "status": 500, "kind": "internal", "parameters": {"request_id": request_id}},
    }


def _execution_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    cause = _cause(error)
    refused = refusal_of(cause)
    if refused is not None:
        return refusal_error(refused, **_places(error))
    return {**masked(cause, request_id, error.path), **_places(error)}


def _cause(error: GraphQLError) -> BaseException:
    """The first error below GraphQL's wrappers."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _places(error: GraphQLError) -> dict[str, Any]:
    places: dict[str, Any] = {}
    if error.locations:
        places["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations[:LOCATIONS_MAX]
        ]
    if error.path:
        places["path"] = error.path
    return places
