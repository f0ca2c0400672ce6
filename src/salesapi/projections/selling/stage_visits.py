"""Stage visits: every stay of a deal in a stage as an interval of business time. All visits of a deal are one group of rows.

Visits are ordered by (business time, version): a back-dated change takes its place among the earlier ones. One without a
business time, or without an instant, stands where its version stands. A visit ends where the next one in this order begins.
Closing is a visit of the end stage, reopening ends it, and voiding removes all visits of the deal.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from operator import attrgetter
from typing import Final, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.selling import deals
from salesapi.domain.selling.pipelines import StageCategory
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, business_instant, made_from, replace
from salesapi.projections.declaring import row_group
from salesapi.projections.projection import GROUP_ROWS_MAX, GroupKey

Way: TypeAlias = Literal["opened", "forward", "skip", "backward", "won", "lost", "reopened"]
_Moment: TypeAlias = tuple[date, datetime]

_version: Final = attrgetter("version")
_FIRST_INSTANT: Final = datetime.min.replace(tzinfo=UTC)


@record
class StageVisitRow:
    """One stay. `version` is the stream version of the event that began it, `left_version` of the one that ended it.

    `owner_id` is who answered for the deal when the stay ended, or answers now. `is_negative` marks a stay whose dates
    contradict the order in which it was recorded: it was left, by version, before it was entered.
    """

    deal_id: UUID
    version: int
    number: int
    pipeline_id: UUID
    pipeline_version: int
    stage: str
    category: StageCategory
    owner_id: UUID
    entered_on: date | None
    entered_at: datetime | None
    left_on: date | None
    left_at: datetime | None
    left_version: int | None
    way_in: Way
    way_out: Way | None
    is_negative: bool


_Entering: TypeAlias = deals.DealStageChanged | deals.DealWon | deals.DealLost | deals.DealReopened
_Read: TypeAlias = deals.DealOpened | _Entering | deals.DealReassigned | deals.DealVoided


def _evolve(
    rows: Sequence[StageVisitRow], event: _Read, recorded: Recorded, group: GroupKey
) -> Sequence[StageVisitRow]:
    if isinstance(event, deals.DealOpened):
        return (_first(event, recorded),)
    if isinstance(event, deals.DealVoided) or not rows:
        return ()
    latest = max(rows, key=_version)
    if isinstance(event, deals.DealReassigned):
        return tuple(replace(visit, owner_id=event.owner_to) if visit is latest else visit for visit in rows)
    entered = _next(latest, event, recorded)
    if latest is rows[-1] and _is_last(entered, latest, rows):
        return (*rows[:-1], _ended(latest, entered), entered)
    return _ordered([*sorted(rows, key=_version), entered])


def _is_last(entered: StageVisitRow, latest: StageVisitRow, rows: Sequence[StageVisitRow]) -> bool:
    """Tells whether all visits are known to stand before this one: the latest by version does, as the last of them."""
    if latest.number != len(rows) or len(rows) >= GROUP_ROWS_MAX:
        return False
    if entered.entered_on is None or entered.entered_at is None:
        return False
    if latest.entered_on is None or latest.entered_at is None:
        return False
    return (latest.entered_on, latest.entered_at) <= (entered.entered_on, entered.entered_at)


def _ended(latest: StageVisitRow, after: StageVisitRow) -> StageVisitRow:
    return replace(
        latest,
        left_on=after.entered_on,
        left_at=after.entered_at,
        left_version=after.version,
        way_out=after.way_in,
        is_negative=_is_before(after, latest),
    )


def _first(event: deals.DealOpened, recorded: Recorded) -> StageVisitRow:
    return made_from(
        StageVisitRow,
        event,
        deal_id=recorded.stream_id,
        version=recorded.version,
        number=1,
        category="open",
        entered_on=business_date(recorded),
        entered_at=business_instant(recorded),
        left_on=None,
        left_at=None,
        left_version=None,
        way_in="opened",
        way_out=None,
        is_negative=False,
    )


def _next(latest: StageVisitRow, event: _Entering, recorded: Recorded) -> StageVisitRow:
    way, category = _way(event)
    return replace(
        latest,
        version=recorded.version,
        number=latest.number + 1,
        stage=event.stage_to,
        category=category,
        entered_on=business_date(recorded),
        entered_at=business_instant(recorded),
        way_in=way,
    )


def _way(event: _Entering) -> tuple[Way, StageCategory]:
    match event:
        case deals.DealStageChanged():
            return event.direction, "open"
        case deals.DealWon():
            return "won", "won"
        case deals.DealLost():
            return "lost", "lost"
        case deals.DealReopened():
            return "reopened", "open"


def _ordered(by_version: list[StageVisitRow]) -> tuple[StageVisitRow, ...]:
    """The visits, given by version, in the order of business time, each with its end. Beyond the bound the oldest fall."""
    by_version = by_version[-GROUP_ROWS_MAX:]
    moments = _moments(by_version)
    followers = {visit.version: after for visit, after in pairwise(by_version)}
    in_order = sorted(by_version, key=lambda visit: (moments[visit.version], visit.version))
    ended = zip(in_order, [*in_order[1:], None], strict=True)
    return tuple(
        _placed(visit, number, after, is_negative=_is_before(followers.get(visit.version), visit))
        for number, (visit, after) in enumerate(ended, start=1)
    )


def _placed(visit: StageVisitRow, number: int, after: StageVisitRow | None, *, is_negative: bool) -> StageVisitRow:
    """The visit with its place and its end; the same row where these are as before, which saves comparing it later."""
    left_version = after.version if after else None
    way_out = after.way_in if after else None
    left_on, left_at = (after.entered_on, after.entered_at) if after else (None, None)
    placed = (number, left_on, left_at, left_version, way_out, is_negative)
    if placed == (visit.number, visit.left_on, visit.left_at, visit.left_version, visit.way_out, visit.is_negative):
        return visit
    return replace(
        visit,
        number=number,
        left_on=left_on,
        left_at=left_at,
        left_version=left_version,
        way_out=way_out,
        is_negative=is_negative,
    )


def _moments(by_version: list[StageVisitRow]) -> dict[int, _Moment]:
    """Finds when each visit began, for ordering: what is unknown is taken from the one before it by version."""
    moments: dict[int, _Moment] = {}
    on, at = date.min, _FIRST_INSTANT
    for visit in by_version:
        if visit.entered_on is not None:
            same_day = visit.entered_on == on
            on, at = visit.entered_on, visit.entered_at or (at if same_day else _FIRST_INSTANT)
        moments[visit.version] = (on, at)
    return moments


def _is_before(after: StageVisitRow | None, visit: StageVisitRow) -> bool:
    """Tells whether the one that followed by version was entered before; unknown times contradict nothing."""
    if after is None or after.entered_on is None or visit.entered_on is None:
        return False
    if after.entered_at is not None and visit.entered_at is not None:
        return after.entered_at < visit.entered_at
    return after.entered_on < visit.entered_on


PROJECTION: Final = row_group(
    "stage_visit",
    _evolve,
    row=StageVisitRow,
    version=1,
    key=("deal_id", "version"),
    group=("deal_id",),
    indexes=("(pipeline_id, stage, entered_on)", "(pipeline_id, stage, left_on)", "(owner_id)"),
)
