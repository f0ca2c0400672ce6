"""Events as the write path stores them: the life of a deal in six facts, made without chance. Amounts in fen."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bench.bench_database import Database
from salesapi.audit.leaf import LOG_COLUMNS
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.selling.deals import DealOpened, DealStageChanged, DealValued, DealWon
from salesapi.domain.shared.kernel import BusinessTime, StreamRef, natural_id
from salesapi.domain.shared.states import made_from
from salesapi.eventlog.codec import Codec, EventMeta, ToEncode
from salesapi.eventlog.recorder import StoredEvent
from salesapi.eventlog.upcasts import UPCASTS

EVENTS_PER_DEAL: Final = 6
OWNERS: Final = tuple(natural_id("member", "bench", str(number)) for number in range(500))
PIPELINE: Final = natural_id("pipeline", "bench", "standard")
CUSTOMERS: Final = 500
FIRST_INSTANT: Final = datetime(2025, 1, 1, 9, tzinfo=UTC)
COPY_EVENTS: Final = 20_000
"""Events encoded and copied at once."""
META: Final = EventMeta(
    actor_id=natural_id("principal", "bench"),
    principal_kind="integration",
    command="open_deal",
    idempotency_key="018f3c1e-7b1a-7c3d-9f00-000000000001",
)


def codec() -> Codec:
    """The real codec; deals in these stories hold nothing personal, so no keys are needed."""
    return Codec(Catalogue().event_types(), None, UPCASTS)


def opened(number: int) -> DealOpened:
    """The first fact of a deal."""
    return DealOpened(
        title=f"Framework contract {number}",
        pipeline_id=PIPELINE,
        pipeline_version=1,
        stage="intent",
        owner_id=OWNERS[number % len(OWNERS)],
        customer_id=natural_id("customer", "bench", str(number % CUSTOMERS)),
        lead_id=None,
        amount_minor=1_000_000 + number,
        currency="CNY",
        lines=(),
        expected_close_on=date(2025, 6, 30),
        attributes=(),
        external_id=None,
    )


def business_time(number: int, day: int) -> BusinessTime:
    """An instant of the deal's life."""
    at = FIRST_INSTANT + timedelta(days=number % 300 + day, minutes=number % 480)
    return BusinessTime(on=at.date(), zone="UTC", at=at)


def story(number: int) -> tuple[StreamRef, Sequence[object]]:
    """A deal's stream and its events in order."""
    first = opened(number)
    moves = [("intent", "needs"), ("needs", "demo"), ("demo", "quote")]
    return StreamRef("deal", natural_id("deal", "bench", str(number))), (
        first,
        *(
            DealStageChanged(stage_from=left, stage_to=entered, direction="forward", stages_skipped=(), reason=None)
            for left, entered in moves
        ),
        DealValued(amount_minor=2_000_000 + number, currency="CNY"),
        DealWon(
            stage_from="quote",
            stage_to="won",
            amount_minor=2_000_000 + number,
            currency="CNY",
            owner_id=first.owner_id,
            reason="price",
        ),
    )


def to_encode(first: int, deals: int) -> list[ToEncode]:
    """The events of some deals, one after the other within groups of 100, as a busy office would mix them."""
    groups = [story(number) for number in range(first, first + deals)]
    mixed: list[ToEncode] = []
    for start in range(0, len(groups), 100):
        for version in range(1, EVENTS_PER_DEAL + 1):
            for offset, (stream, events) in enumerate(groups[start : start + 100]):
                time = business_time(first + start + offset, 7 * version)
                mixed.append((stream, version, events[version - 1], time, META))
    return mixed


async def stored_events(count: int) -> AsyncIterator[list[StoredEvent]]:
    """The first `count` events of the stories as rows of the log, page by page."""
    coder = codec()
    position = 0
    deals_a_page = COPY_EVENTS // EVENTS_PER_DEAL
    for first in range(0, -(-count // EVENTS_PER_DEAL), deals_a_page):
        wanted = to_encode(first, deals_a_page)[: count - position]
        page = [
            made_from(
                StoredEvent,
                new,
                position=number,
                stream=stream,
                version=version,
                recorded_at=FIRST_INSTANT + timedelta(milliseconds=number),
            )
            for number, ((stream, version, _, _, _), new) in enumerate(
                zip(wanted, await coder.encode(wanted), strict=True), start=position + 1
            )
        ]
        position += len(page)
        yield page


def as_row(event: StoredEvent) -> tuple[object, ...]:
    occurred = event.occurred
    at, on, zone = (occurred.at, occurred.on, occurred.zone) if occurred else (None, None, None)
    stated = (event.version, event.type, event.schema, event.payload, event.meta)
    return (event.position, event.stream.kind, event.stream.id, *stated, at, on, zone, event.recorded_at)


async def fill_log(database: Database, count: int) -> None:
    """Puts the stories into an empty log by COPY with the owner's role: the rows are those that appends would store."""
    async with database.owner() as owner:
        async for page in stored_events(count):
            await owner.copy_records_to_table(
                "event", schema_name="log", columns=LOG_COLUMNS, records=map(as_row, page)
            )
        await owner.execute("ANALYZE log.event")
