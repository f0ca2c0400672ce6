"""Payments of locked payout runs, one row for each run, member and batch. Amounts are minor units of the plan's currency.

What was left out of a batch has its row too, with its total and the reason. A statement is paid as a whole, or, where objections
hold lines of it, all but `without_lines`; then only `lines` that an earlier batch left out. The payment that is shown for a
statement is that of the batch that was instructed last.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.records import payouts
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import made_from, replace
from salesapi.projections.declaring import by, row_group
from salesapi.projections.projection import GroupKey


@record
class PayoutRow:
    """One member's payment in a batch. `reason` is why it was left out or failed; positions are those of events."""

    payout_run_id: UUID
    member_id: UUID
    batch: str
    status: payouts.PayoutStatus
    amount_minor: int
    currency: str
    payout_on: date
    external_reference: str | None
    paid_on: date | None
    reason: str | None
    without_lines: tuple[int, ...]
    lines: tuple[int, ...]
    instructed_position: int
    position: int


def _groups(event: payouts.PayoutEvent, recorded: Recorded) -> tuple[GroupKey, ...]:
    members: list[UUID]
    match event:
        case payouts.PayoutRunPayoutInstructed():
            named: tuple[payouts.PayoutAmount | payouts.PayoutOmission, ...] = (*event.amounts, *event.omissions)
            members = [each.member_id for each in named]
        case payouts.PayoutRunPayoutPaid():
            members = [each.member_id for each in event.amounts]
        case payouts.PayoutRunPayoutFailed():
            members = [event.member_id]
    return tuple((recorded.stream_id, member_id, event.batch) for member_id in members)


def _evolve(
    rows: Sequence[PayoutRow], event: payouts.PayoutEvent, recorded: Recorded, group: GroupKey
) -> tuple[PayoutRow, ...]:
    if isinstance(event, payouts.PayoutRunPayoutInstructed):
        return (_instructed(event, recorded, group),)
    assert len(rows) == 1, "what is paid or fails was instructed in this batch"
    row = replace(rows[0], position=recorded.position)
    match event:
        case payouts.PayoutRunPayoutPaid():
            return (replace(row, status="paid", external_reference=event.external_reference, paid_on=event.paid_on),)
        case payouts.PayoutRunPayoutFailed():
            return (replace(row, status="failed", external_reference=None, paid_on=None, reason=event.reason),)


def _instructed(event: payouts.PayoutRunPayoutInstructed, recorded: Recorded, group: GroupKey) -> PayoutRow:
    paid = next((each for each in event.amounts if each.member_id == group[1]), None)
    part = next((each for each in event.parts if each.member_id == group[1]), None)
    left_out = next((each for each in event.omissions if each.member_id == group[1]), None)
    if paid is not None:
        member_id, amount_minor = paid.member_id, paid.amount_minor
    else:
        assert left_out is not None, "a batch pays or leaves out each of its members"
        member_id, amount_minor = left_out.member_id, left_out.total_minor
    return made_from(
        PayoutRow,
        event,
        payout_run_id=recorded.stream_id,
        member_id=member_id,
        status="not_instructed" if left_out else "instructed",
        amount_minor=amount_minor,
        external_reference=None,
        paid_on=None,
        reason=left_out.reason if left_out else None,
        without_lines=part.without_lines if part else (),
        lines=part.lines if part else (),
        instructed_position=recorded.position,
        position=recorded.position,
    )


PROJECTION: Final = row_group(
    "payout",
    _evolve,
    row=PayoutRow,
    version=1,
    key=("payout_run_id", "member_id", "batch"),
    groups=by(_groups),
    indexes=("(payout_run_id, batch)",),
)
