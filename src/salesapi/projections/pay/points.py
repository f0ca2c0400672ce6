"""Points of members: one row a member with the balance, and one row an entry.

Points are whole; redeemed ones, and those that a plan takes back, are negative.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.reasons.reason_form import StoredReason
from salesapi.domain.pay.records.points import PointsCredited, PointsEvent, PointsPosted, PointsRedeemed, entry_of
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date
from salesapi.projections.declaring import by, one_row
from salesapi.projections.projection import GroupKey


@record
class PointsRow:
    """The points of a member: credited, redeemed, and the balance."""

    member_id: UUID
    balance: int
    credited: int
    redeemed: int
    version: int
    position: int


@record
class PointsEntryRow:
    """One credited award, one entry of a plan, or one redemption; `number` is its place among the member's."""

    member_id: UUID
    number: int
    points: int
    award_id: UUID | None
    plan_id: UUID | None
    award_key: str | None
    period: str | None
    reason: str | None
    given: StoredReason | None
    entered_on: date | None
    position: int


def _member(event: PointsEvent, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((event.member_id,),)


def _fold(row: PointsRow | None, event: PointsEvent, recorded: Recorded) -> PointsRow:
    before = row or PointsRow(member_id=event.member_id, balance=0, credited=0, redeemed=0, version=0, position=0)
    is_redeemed = isinstance(event, PointsRedeemed)
    return PointsRow(
        member_id=event.member_id,
        balance=before.balance + entry_of(event),
        credited=before.credited + (0 if is_redeemed else event.points),
        redeemed=before.redeemed + (event.points if is_redeemed else 0),
        version=recorded.version,
        position=recorded.position,
    )


def _entry_groups(event: PointsEvent, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((event.member_id, recorded.version),)


def _entry(row: PointsEntryRow | None, event: PointsEvent, recorded: Recorded) -> PointsEntryRow:
    posted = event if isinstance(event, PointsPosted) else None
    return PointsEntryRow(
        member_id=event.member_id,
        number=recorded.version,
        points=entry_of(event),
        award_id=event.award_id if isinstance(event, PointsCredited) else None,
        plan_id=posted.plan_id if posted is not None else None,
        award_key=posted.award_key if posted is not None else None,
        period=posted.period if posted is not None else None,
        reason=event.reason if isinstance(event, PointsRedeemed) else None,
        given=posted.reason if posted is not None else None,
        entered_on=business_date(recorded),
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "points", _fold, row=PointsRow, version=2, key=("member_id",), groups=by(_member), indexes=("(position)",)
)
ENTRIES: Final = one_row(
    "points_entry",
    _entry,
    row=PointsEntryRow,
    version=3,
    key=("member_id", "number"),
    groups=by(_entry_groups),
    indexes=("(position)", "(award_id)"),
)
