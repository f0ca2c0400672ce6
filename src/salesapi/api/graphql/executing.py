"""Runs one operation and makes its answer: within a deadline, refusals as errors, everything unexpected masked.

The deadline is on this process's monotonic clock. A mutation that runs into it may or may not have been stored: the same
key tells when it is sent again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import ExecutionResult, GraphQLSchema, execute

from salesapi.api.graphql.asked import Asked
from salesapi.api.graphql.documents import DocumentRejected, Documents, Prepared
from salesapi.api.graphql.errors import (
    DeadlineExceeded,
    RequestNotGraphQL,
    document_errors,
    execution_errors,
    refusal_error,
)
from salesapi.domain.kernel import Refused

DEADLINE_SECONDS: Final = 10.0
"""How long an operation may run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes to the client. `has_begun` is False where nothing was executed: there is no `data` then."""

    content: dict[str, Any]
    has_begun: bool


def prepared(documents: Documents, request: object) -> Prepared | Answer:
    """The operation of a request, or the answer that says why there is none."""
    try:
        return documents.prepare(*_parts(request))
    except DocumentRejected as rejected:
        return Answer(content={"errors": document_errors(rejected.errors)}, has_begun=False)
    except Refused as refused:
        return refused_answer(refused)


def refused_answer(refused: Refused) -> Answer:
    """The answer to a request of which nothing was executed."""
    return Answer(content={"errors": [refusal_error(refused)]}, has_begun=False)


async def executed(schema: GraphQLSchema, operation: Prepared, asked: Asked) -> Answer:
    """Runs a query or a mutation."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            running = execute(
                schema,
                operation.document,
                context_value=asked,
                variable_values=operation.variables,
                operation_name=operation.operation.name.value if operation.operation.name else None,
            )
            result = running if isinstance(running, ExecutionResult) else await running
    except TimeoutError:
        return refused_answer(DeadlineExceeded(seconds=int(DEADLINE_SECONDS)))
    return Answer(content=result_content(result, asked.request_id), has_begun=True)


def result_content(result: ExecutionResult, request_id: str) -> dict[str, Any]:
    """A result in GraphQL's form, errors first so that a reader of logs sees them."""
    if not result.errors:
        return {"data": result.data}
    return {"errors": execution_errors(result.errors, request_id), "data": result.data}


def _parts(request: object) -> tuple[str, dict[str, Any], str | None]:
    if isinstance(request, list):
        raise RequestNotGraphQL(reason="Send one operation a request: batches are not taken.")
    if not isinstance(request, Mapping):
        raise RequestNotGraphQL(reason="The body is one JSON object with `query`.")
    text, variables, name = request.get("query"), request.get("variables"), request.get("operationName")
    if not isinstance(text, str):
        raise RequestNotGraphQL(reason="`query` is a string.", pointer="/query")
    if not isinstance(variables, dict | None):
        raise RequestNotGraphQL(reason="`variables` is an object or null.", pointer="/variables")
    if not isinstance(name, str | None):
        raise RequestNotGraphQL(reason="`operationName` is a string or null.", pointer="/operationName")
    if not isinstance(request.get("extensions"), dict | None):
        raise RequestNotGraphQL(reason="`extensions` is an object or null.", pointer="/extensions")
    return text, variables or {}, name
