"""Payout runs as they are now, one row a run. Amounts are minor units of the plan's currency."""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.payout_holds import PayoutRunLineFreed, PayoutRunLineHeld
from salesapi.domain.pay.records.payout_runs import (
    PayoutRunApproved,
    PayoutRunCalculated,
    PayoutRunEvent,
    PayoutRunLocked,
    PayoutRunOpened,
    PayoutRunReturned,
    PayoutRunStatementIssued,
    PayoutRunSubmitted,
    Status,
)
from salesapi.domain.pay.records.payouts import PayoutRunPayoutFailed, PayoutRunPayoutInstructed, PayoutRunPayoutPaid
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import replace
from salesapi.projections.declaring import one_row


@record
class Lock:
    """The content of a run's lock: its statements' digest, and the log's tree from which they were computed."""

    statements_digest: str
    position: int
    tree_root: str
    tree_size: int


@record
class PayoutRunRow:
    """Statements of the run stand where their `calculated_position` is that of the run, and the run is issued or further.

    `instructed_minor` is what was instructed and did not fail, `paid_minor` the part of it that was paid.
    """

    payout_run_id: UUID
    plan_id: UUID
    period: str
    status: Status
    calculated_position: int | None
    engine_version: str | None
    plan_versions: tuple[int, ...]
    digest: str | None
    participant_count: int | None
    total_minor: int | None
    currency: str | None
    submitted_by: UUID | None
    approved_by: UUID | None
    reason: str | None
    locked: Lock | None
    instructed_minor: int
    paid_minor: int
    version: int
    position: int


def _fold(row: PayoutRunRow | None, event: PayoutRunEvent, recorded: Recorded) -> PayoutRunRow:
    if isinstance(event, PayoutRunOpened):
        return _opened(recorded, event.plan_id, event.period)
    assert row is not None, "a payout run begins with payout_run.opened"
    return replace(_changed(row, event, recorded), version=recorded.version, position=recorded.position)


def _opened(recorded: Recorded, plan_id: UUID, period: str) -> PayoutRunRow:
    return PayoutRunRow(
        payout_run_id=recorded.stream_id,
        plan_id=plan_id,
        period=period,
        status="open",
        calculated_position=None,
        engine_version=None,
        plan_versions=(),
        digest=None,
        participant_count=None,
        total_minor=None,
        currency=None,
        submitted_by=None,
        approved_by=None,
        reason=None,
        locked=None,
        instructed_minor=0,
        paid_minor=0,
        version=recorded.version,
        position=recorded.position,
    )


def _changed(row: PayoutRunRow, event: PayoutRunEvent, recorded: Recorded) -> PayoutRunRow:
    match event:
        case PayoutRunOpened() | PayoutRunLineHeld() | PayoutRunLineFreed():
            return row
        case PayoutRunCalculated():
            return replace(
                row,
                # A run without anybody to pay has no statements to issue; see the domain's fold.
                status="calculated" if event.participant_count else "issued",
                calculated_position=event.position,
                engine_version=event.engine_version,
                plan_versions=event.plan_versions,
                digest=event.digest,
                participant_count=event.participant_count,
                total_minor=event.total_minor,
                currency=event.currency,
                reason=None,
            )
        case PayoutRunStatementIssued():
            return replace(row, status="issued")
        case PayoutRunSubmitted():
            return replace(row, status="submitted", submitted_by=event.submitted_by)
        case PayoutRunApproved():
            return replace(row, status="approved", approved_by=event.approved_by)
        case PayoutRunReturned():
            return replace(_opened(recorded, row.plan_id, row.period), reason=event.reason)
        case PayoutRunLocked():
            locked = Lock(
                statements_digest=event.statements_digest,
                position=event.position,
                tree_root=event.tree_root,
                tree_size=event.tree_size,
            )
            return replace(row, status="locked", locked=locked)
        case PayoutRunPayoutInstructed():
            sent_minor = sum(each.amount_minor for each in event.amounts)
            return replace(row, instructed_minor=row.instructed_minor + sent_minor)
        case PayoutRunPayoutPaid():
            return replace(row, paid_minor=row.paid_minor + sum(each.amount_minor for each in event.amounts))
        case PayoutRunPayoutFailed():
            back_minor = event.amount_minor if event.was_paid else 0
            return replace(
                row,
                instructed_minor=row.instructed_minor - event.amount_minor,
                paid_minor=row.paid_minor - back_minor,
            )


PROJECTION: Final = one_row(
    "payout_run",
    _fold,
    row=PayoutRunRow,
    version=2,
    key=("payout_run_id",),
    indexes=("(plan_id, period)",),
)
