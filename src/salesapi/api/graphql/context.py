"""What one GraphQL operation knows: who asks, which rows and pay it may see, what has been read for it already.

Made anew for each operation: nothing here may outlive it, least of all the loaders.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from salesapi.access.principals import Scope, ScopeOf
from salesapi.api.authentication import Authenticator, Caller
from salesapi.api.graphql.board_watch import BoardWatch
from salesapi.api.reads.question import ReadSources
from salesapi.commands.bulk import Bulk
from salesapi.commands.command_reading import CommandReader
from salesapi.commands.handling import Handling
from salesapi.database.connections import Connection
from salesapi.eventlog.recorder import EventLog
from salesapi.projections.positions import log_reached, reached
from salesapi.queries.pay.live_statements import LiveAnswer
from salesapi.schemas.pay.live_statements import LiveStatement

ABSENT: Final[Any] = strawberry.UNSET
"""The default of an argument that need not be sent."""
Found = TypeVar("Found")
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The services that the operations of one process share."""

    handling: Handling
    reader: CommandReader
    bulk: Bulk
    reading: ReadSources
    board: BoardWatch
    authenticator: Authenticator
    log: EventLog


@dataclass(slots=True, kw_only=True)
class OperationContext:
    """The context of one operation."""

    caller: Caller
    authorization: str
    sources: Sources
    request_id: str
    correlation_id: UUID | None = None
    reads: frozenset[str] = frozenset()
    """The read models that the operation's selection touches."""
    statement_count: int = 0
    """Statements sent to the read models so far; those for positions are not counted."""
    live: dict[LiveStatement, LiveAnswer] = field(default_factory=dict)
    """The live statements that were answered, for the lines that are asked of them."""
    _position: int | None = None
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def anew(self) -> "OperationContext":
        """The same without what has been read: for the next event of a subscription."""
        return OperationContext(
            caller=self.caller,
            authorization=self.authorization,
            sources=self.sources,
            request_id=self.request_id,
            correlation_id=self.correlation_id,
            reads=self.reads,
        )

    async def read(
        self,
        query: Callable[Concatenate[Connection, Scope, Arguments], Awaitable[Found]],
        scope: ScopeOf,
        *args: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Found:
        """One question to the read models. An operation holds one connection at a time, however wide it is."""
        async with self._turn, self.sources.reading.pool.acquire() as connection:
            self.statement_count += 1
            return await query(connection, self.caller.scope(scope), *args, **named)

    async def ask_again(self) -> None:
        """Looks anew at who asks, in an operation that lasts.

        Raises:
            KeyUnknown: the key is no longer valid.
        """
        self.caller = await self.sources.authenticator.caller(self.authorization)

    async def position(self, wanted: int | None = None) -> int:
        """The position that everything in this operation reflects at least; waits for the wanted one.

        Raises:
            PositionTimedOut, ProjectionStopped.
        """
        async with self._turn:
            if self._position is None or (wanted is not None and self._position < wanted):
                if self.reads:
                    self._position = await reached(self.sources.reading.pool, sorted(self.reads), wanted)
                else:
                    self._position = await log_reached(self.sources.reading.log, wanted)
            return self._position

    def loader(
        self,
        key: Hashable,
        load: Callable[["OperationContext", Sequence[Any]], Awaitable[Mapping[Any, Found]]],
        absent: Found,
    ) -> DataLoader[Any, Found]:
        """The loader of one relation in this operation: what one level asks for becomes one statement."""
        if key not in self._loaders:

            async def load_all(keys: list[Any]) -> list[Found]:
                found = await load(self, keys)
                return [found.get(each, absent) for each in keys]

            self._loaders[key] = DataLoader(load_fn=load_all)
        return self._loaders[key]


Info: TypeAlias = strawberry.Info[OperationContext, None]
