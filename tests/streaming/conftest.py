"""A log of its own for each test, and events for it: any valid JSON, at fixed streams and instants."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from salesapi.database.migrating import migrate
from salesapi.domain.shared.kernel import BusinessTime, StreamRef
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.epochs import Epoch, add_epoch
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import NewEvent
from salesapi.streaming.sales_stream import SalesStream
from tests.connections import connected, connected_log
from tests.eventlog.requests import append, request

ACTOR = UUID("0190a000-0000-7000-8000-00000000000a")
META = json.dumps({"actor_id": str(ACTOR), "principal_kind": "member", "command": "Example"})
TYPES = ("deal.opened", "deal.stage_changed", "deal.won", "lead.captured")
PAYLOADS = (
    '{"amount_minor":4800000,"note":"价格 \\u00fc \\" \\\\"}',
    '{"b":1,"a":1.50,"a":[]}',
    "null",
    '{ "spaced" :\t[1, 2 , {"x":1e3}] }',
    '"text"',
)
OCCURRED = (
    None,
    BusinessTime(on=date(2026, 3, 2), zone="Asia/Shanghai"),
    BusinessTime(on=date(2026, 3, 2), zone="UTC", at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
)
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.02
STREAM_NUMBERS = itertools.count(1)


def deal_id(number: int) -> UUID:
    """A fixed stream."""
    return UUID(int=0xDEA1_0000 + number)


@dataclass(slots=True)
class Facts:
    """Appends events to streams of their own, several to a request."""

    log: PostgreSQLEventLog
    owner: "asyncpg.Connection[asyncpg.Record]"
    streams: int = 0

    async def append(self, count: int) -> int:
        """Appends so many events in requests of up to 100; returns the log's head."""
        for begin in range(0, count, 100):
            numbers = range(begin, min(begin + 100, count))
            await self.append_events(*(self.event(number) for number in numbers))
        return await self.log.head()

    async def append_large(self) -> None:
        """Appends forty events of a quarter of a megabyte each."""
        large = '{"content":"' + "x" * 250_000 + '"}'
        for _ in range(4):
            await self.append_events(*(self.event(payload=large) for _ in range(10)))

    async def append_events(self, *events: NewEvent) -> None:
        self.streams += 1
        stream = StreamRef("deal", deal_id(self.streams))
        await self.log.append(request(append(stream, 0, *events)))

    @staticmethod
    def event(number: int = 0, *, type: str | None = None, payload: str | None = None) -> NewEvent:
        """One event; payloads, types and business times take turns."""
        return NewEvent(
            type=type or TYPES[number % len(TYPES)],
            schema=1,
            payload=payload or PAYLOADS[number % len(PAYLOADS)],
            meta=META,
            occurred=OCCURRED[number % len(OCCURRED)],
        )

    async def restore_backup_at(self, position: int, *, epoch: int | None = None) -> None:
        """Leaves what the restore of an older backup leaves: the events up to a position, and the epoch that was told."""
        await self.owner.execute("ALTER TABLE log.event DISABLE TRIGGER events_are_only_added")
        await self.owner.execute("DELETE FROM log.event WHERE position > $1", position)
        await self.owner.execute("ALTER TABLE log.event ENABLE ALWAYS TRIGGER events_are_only_added")
        if epoch is not None:
            await add_epoch(self.owner, Epoch(epoch, position + 1), reason="a drill")


@pytest_asyncio.fixture(loop_scope="session")
async def facts(database: DatabaseUrls) -> AsyncIterator[Facts]:
    """A migrated log, empty."""
    await migrate(database.owner_url)
    async with connected(database.owner_url) as owner, connected_log(database.application_url) as log:
        yield Facts(log, owner)


@pytest.fixture
def stream() -> SalesStream:
    """A stream of the shared server that only this test uses."""
    number = next(STREAM_NUMBERS)
    return SalesStream(name=f"SALES_{number}", subject_prefix=f"test{number}.v1")


async def eventually(holds: Callable[[], bool], *, told: Callable[[], object]) -> None:
    """Looks until it holds; fails with what is told after a bounded time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        pytest.fail(f"it did not come about within {PATIENCE_SECONDS} s: {told()}")
