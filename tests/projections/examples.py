"""Small projections over deal events, and deals to feed them. Ids and dates are fixed; amounts are minor units of EUR."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.selling.deals import DealLost, DealOpened, DealReassigned, DealStageChanged, DealVoided, DealWon
from salesapi.domain.shared.kernel import BusinessTime, Recorded, StreamRef, record
from salesapi.eventlog.codec import Codec, EventMeta
from salesapi.eventlog.recorder import AppendRequest, EventLog, StreamAppend
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.projections.projection import GroupKey, Projection, Row, fold_in_memory
from tests.privacy.memory_keys import MemoryKeys
from tests.spec import ACTOR, DAY, uid
from tests.values_by_type import built

META = EventMeta(actor_id=ACTOR, principal_kind="member", command="Example")
OWNERS = (uid(0xA1), uid(0xA2), uid(0xA3))
TYPES = ("deal.opened", "deal.stage_changed", "deal.reassigned", "deal.won", "deal.lost", "deal.voided")


@record
class VisitedStage:
    stage: str
    position: int


@record
class DealRow:
    """A deal with a column of every kind."""

    deal_id: UUID
    owner_id: UUID
    title: str
    status: Literal["open", "won", "lost"]
    stage: str
    amount_minor: int | None
    weight_percent: Decimal
    is_closed: bool
    occurred_on: date | None
    recorded_at: datetime | None
    stages: tuple[VisitedStage, ...]
    note: VisitedStage | None = None


def deal_groups(event: object, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((recorded.stream_id,),)


def evolve_deal(rows: Sequence[Row], event: object, recorded: Recorded, group: GroupKey) -> tuple[Row, ...]:
    if isinstance(event, DealOpened):
        return (
            DealRow(
                deal_id=recorded.stream_id,
                owner_id=event.owner_id,
                title=event.title,
                status="open",
                stage=event.stage,
                amount_minor=event.amount_minor,
                weight_percent=Decimal("10.00"),
                is_closed=False,
                occurred_on=None if recorded.occurred is None else recorded.occurred.on,
                recorded_at=recorded.recorded_at,
                stages=(VisitedStage(stage=event.stage, position=recorded.position),),
            ),
        )
    (row,) = rows
    assert isinstance(row, DealRow)
    match event:
        case DealStageChanged():
            visited = VisitedStage(stage=event.stage_to, position=recorded.position)
            return (
                replace(
                    row, stage=event.stage_to, stages=(*row.stages, visited), weight_percent=row.weight_percent * 2
                ),
            )
        case DealReassigned():
            return (replace(row, owner_id=event.owner_to),)
        case DealWon():
            return (replace(row, status="won", stage=event.stage_to, amount_minor=event.amount_minor, is_closed=True),)
        case DealLost():
            return (replace(row, status="lost", stage=event.stage_to, is_closed=True, note=row.stages[-1]),)
        case DealVoided():
            return ()
    raise AssertionError(f"unexpected {type(event).__name__}")


DEALS = Projection(
    name="deal_example",
    version=1,
    row=DealRow,
    key=("deal_id",),
    group=("deal_id",),
    types=TYPES,
    groups=deal_groups,
    evolve=evolve_deal,
    indexes=("(owner_id, status)",),
)


@record
class OwnerCount:
    """Counts on every application: shows at once when an event is applied twice."""

    owner_id: UUID
    kind: str
    events: int


def owner_groups(event: object, recorded: Recorded) -> tuple[GroupKey, ...]:
    if isinstance(event, DealReassigned):
        return ((event.owner_from,), (event.owner_to,))
    return ((event.owner_id,),) if isinstance(event, DealOpened | DealWon) else ()


def evolve_counts(rows: Sequence[Row], event: object, recorded: Recorded, group: GroupKey) -> tuple[Row, ...]:
    (owner_id,) = group
    assert isinstance(owner_id, UUID)
    counts = {row.kind: row for row in rows if isinstance(row, OwnerCount)}
    before = counts.get(recorded.type, OwnerCount(owner_id=owner_id, kind=recorded.type, events=0))
    counts[recorded.type] = replace(before, events=before.events + 1)
    return tuple(counts.values())


COUNTS = Projection(
    name="owner_count",
    version=1,
    row=OwnerCount,
    key=("kind", "owner_id"),
    group=("owner_id",),
    types=TYPES,
    groups=owner_groups,
    evolve=evolve_counts,
)


def codec() -> Codec:
    """All declared event types, with keys in memory."""
    return Codec(Catalogue().event_types(), MemoryKeys(), UPCASTS)


def opened(title: str, owner_id: UUID = OWNERS[0]) -> DealOpened:
    """A deal begins."""
    return built(
        DealOpened, title=title, stage="prospecting", owner_id=owner_id, amount_minor=None, currency=None, lines=()
    )


def staged(stage_to: str) -> DealStageChanged:
    """A deal moves on."""
    return built(DealStageChanged, stage_from="prospecting", stage_to=stage_to)


def won(owner_id: UUID = OWNERS[0]) -> DealWon:
    """A deal is won for 1,000.00 EUR."""
    return built(DealWon, stage_to="won", amount_minor=100_000, currency="EUR", owner_id=owner_id)


def story(number: int) -> tuple[object, ...]:
    """The life of one deal: most move and are won, every fourth changes hands, is lost, or was a mistake."""
    owner_id = OWNERS[number % len(OWNERS)]
    beginning = (opened(f"Deal {number}", owner_id), staged("offer"))
    match number % 4:
        case 0:
            other = OWNERS[(number + 1) % len(OWNERS)]
            return (*beginning, built(DealReassigned, owner_from=owner_id, owner_to=other), won(other))
        case 1:
            return (*beginning, built(DealLost, stage_to="lost"))
        case 2:
            return (*beginning, built(DealVoided))
    return (*beginning, won(owner_id))


async def append(log: EventLog, deal: UUID, *events: object, expected_version: int = 0) -> int:
    """Appends events to one deal; returns the last one's position."""
    return await append_all(log, [(deal, expected_version, events)])


async def append_all(log: EventLog, deals: Sequence[tuple[UUID, int, Sequence[object]]]) -> int:
    """Appends events to several deals in one request."""
    occurred = BusinessTime(on=DAY, zone="UTC")
    appends, coder = [], codec()
    for deal, expected_version, events in deals:
        stream = StreamRef("deal", deal)
        encoded = await coder.encode(
            [
                (stream, version, event, occurred, META)
                for version, event in enumerate(events, start=expected_version + 1)
            ]
        )
        appends.append(StreamAppend(stream=stream, expected_version=expected_version, events=tuple(encoded)))
    appended = await log.append(AppendRequest(appends=tuple(appends)))
    return appended.first_position + sum(len(append.events) for append in appends) - 1


async def append_stories(log: EventLog, numbers: range) -> int:
    """Appends the stories of these deals, interleaved as far as one request allows; returns the last position."""
    return await append_all(log, [(uid(number), 0, story(number)) for number in numbers])


async def folded(log: EventLog, projection: Projection) -> set[Row]:
    """Folds the whole log in memory to what the projection's rows must be."""
    page = await log.read(after=0, limit=10_000)
    assert page.scanned_to == page.head
    decoded = codec().decode_unopened([event for event in page.events if event.type in projection.types])
    groups = fold_in_memory(projection, ((each.event, each.recorded) for each in decoded))
    return {row for rows in groups.values() for row in rows}
