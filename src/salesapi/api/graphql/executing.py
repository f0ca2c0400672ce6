"""Runs one operation and makes its answer: within a deadline, refusals as errors, everything unexpected masked.

The deadline is on this process's monotonic clock. A mutation that runs into it may or may not have been stored: the same
key tells when it is sent again.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final

from graphql import ExecutionResult, execute
from graphql.execution import Executor as GraphQLExecutor
from graphql.execution import create_source_event_stream

from salesapi.api.graphql.context import OperationContext
from salesapi.api.graphql.documents import DocumentRejected, Documents, Prepared
from salesapi.api.graphql.errors import (
    DeadlineExceeded,
    RequestNotGraphQL,
    document_errors,
    execution_errors,
    refusal_error,
)
from salesapi.api.graphql.schema import Schema
from salesapi.api.refusals import STATUS
from salesapi.domain.shared.kernel import Refused

DEADLINE_SECONDS: Final = 10.0
"""How long an operation may run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a client. `has_begun` is False where there is no `data`; `status` is the one for HTTP."""

    content: dict[str, Any]
    has_begun: bool = True
    status: int = 200


def refused_answer(refused: Refused, status: int = 400) -> Answer:
    """The answer to a request that has no result."""
    return _unbegun([refusal_error(refused)], status)


def _unbegun(errors: list[dict[str, Any]], status: int = 400) -> Answer:
    return Answer(content={"errors": errors}, has_begun=False, status=status)


class Executor:
    """Runs operations of one schema."""

    def __init__(self, schema: Schema, *, with_introspection: bool) -> None:
        self._schema = schema
        self._documents = Documents(schema.executable, with_introspection=with_introspection)

    def prepared(self, request: object) -> Prepared | Answer:
        """The operation of a request, or the answer that says why there is none."""
        try:
            return self._documents.prepare(*_parts(request))
        except DocumentRejected as rejected:
            return _unbegun(document_errors(rejected.errors))
        except Refused as refused:
            return refused_answer(refused)

    async def executed(self, operation: Prepared, asked: OperationContext) -> Answer:
        """Runs a query or a mutation."""
        asked.reads = self._reads(operation)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                result = await self._run(operation, asked, None)
        except TimeoutError:
            return refused_answer(DeadlineExceeded(seconds=int(DEADLINE_SECONDS)), STATUS[DeadlineExceeded.kind])
        return Answer(content=result_content(result, asked.request_id))

    async def subscribed(self, operation: Prepared, asked: OperationContext) -> AsyncGenerator[Answer, None]:
        """Runs a subscription: one answer an event, each with what was read for it alone.

        Raises:
            Refused: what ends the subscription.
        """
        asked.reads = self._reads(operation)
        runner = GraphQLExecutor.build(
            self._schema.executable,
            operation.document,
            context_value=asked,
            raw_variable_values=operation.variables,
            operation_name=operation.name,
        )
        if isinstance(runner, list):
            yield _unbegun(execution_errors(runner, asked.request_id))
            return
        source = create_source_event_stream(runner)
        events = await source if isawaitable(source) else source
        if isinstance(events, ExecutionResult):
            yield _unbegun(execution_errors(events.errors or [], asked.request_id))
            return
        assert isinstance(events, AsyncGenerator)
        async with aclosing(events):
            async for event in events:
                result = await self._run(operation, asked.anew(), event)
                yield Answer(content=result_content(result, asked.request_id))

    async def _run(self, operation: Prepared, asked: OperationContext, root: object) -> ExecutionResult:
        running = execute(
            self._schema.executable,
            operation.document,
            root_value=root,
            context_value=asked,
            variable_values=operation.variables,
            operation_name=operation.name,
        )
        return running if isinstance(running, ExecutionResult) else await running

    def _reads(self, operation: Prepared) -> frozenset[str]:
        return frozenset().union(*(self._schema.reads.get(name, ()) for name in operation.types))


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
