"""The state of a payout run: how far it is, what it pays, what of that is instructed, paid and held. Stream `payout_run`.

How far it is, which `read.payout_run` shows as it stands here, is folded by itself: statements and payouts are no columns.
Amounts are minor units of the plan's currency.
"""

from datetime import date
from typing import Literal, TypeAlias, assert_never
from uuid import UUID

from salesapi.domain.pay.records import payout_runs
from salesapi.domain.pay.records.payout_holds import PayoutHold, PayoutRunLineFreed, PayoutRunLineHeld, with_hold
from salesapi.domain.pay.records.payouts import (
    PayoutRunPayoutFailed,
    PayoutRunPayoutInstructed,
    PayoutRunPayoutPaid,
    Payouts,
    with_payout,
    with_total,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import made_from, replace

Status: TypeAlias = Literal["open", "calculated", "issued", "submitted", "approved", "locked"]


@record
class Lock:
    """The content of a run's lock: its statements' digest, and the log's tree from which they were computed."""

    statements_digest: str
    position: int
    tree_root: str
    tree_size: int


@record
class RunProgress:
    """How far a run is. What the last calculation says is None before there is one, and once the run was returned.

    `reason` is why it was returned, until it is calculated again. `instructed_minor` is what was instructed and did not fail,
    `paid_minor` the part of it that was paid.
    """

    plan_id: UUID
    period: str
    status: Status = "open"
    calculated_position: int | None = None
    engine_version: str | None = None
    plan_versions: tuple[int, ...] = ()
    digest: str | None = None
    participant_count: int | None = None
    total_minor: int | None = None
    currency: str | None = None
    submitted_by: UUID | None = None
    approved_by: UUID | None = None
    reason: str | None = None
    locked: Lock | None = None
    instructed_minor: int = 0
    paid_minor: int = 0


@record
class PayoutRun:
    """The state that decisions need. `statement_digests` are those issued for the last calculation, by member.

    `statement_parts` are the parts of these: member, number of the part, what its lines post. `locked_on` is the date of record.
    """

    progress: RunProgress
    statement_digests: tuple[tuple[UUID, str], ...] = ()
    statement_parts: tuple[tuple[UUID, int, tuple[int, ...]], ...] = ()
    locked_on: date | None = None
    payouts: Payouts = Payouts()
    holds: tuple[PayoutHold, ...] = ()

    @property
    def plan_id(self) -> UUID:
        """The plan that it pays by."""
        return self.progress.plan_id

    @property
    def period(self) -> str:
        """The period that it pays."""
        return self.progress.period

    @property
    def status(self) -> Status:
        """The step that it has come to."""
        return self.progress.status

    def paid_members(self) -> frozenset[UUID]:
        """The members who have a statement in the run."""
        return frozenset(member_id for member_id, _ in self.statement_digests)

    def is_beneficiary(self, member_id: UUID) -> bool:
        """Tells whether this member has a statement in the run."""
        return member_id in self.paid_members()

    def line_minor(self, member_id: UUID, number: int) -> int | None:
        """Finds what a line posts in the member's statement, by its number: each part has its own range of numbers."""
        part, place = divmod(number - 1, payout_runs.STATEMENT_LINES_MAX)
        amounts = next((lines for *of, lines in self.statement_parts if of == [member_id, part + 1]), ())
        return amounts[place] if place < len(amounts) else None


def evolve(state: PayoutRun | None, event: payout_runs.PayoutRunEvent, recorded: Recorded) -> PayoutRun:
    """Folds the stream to its state."""
    progress = progressed(state.progress if state is not None else None, event, recorded)
    if state is None or isinstance(event, payout_runs.PayoutRunReturned):
        return PayoutRun(progress=progress)
    state = replace(state, progress=progress)
    match event:
        case payout_runs.PayoutRunOpened() | payout_runs.PayoutRunSubmitted() | payout_runs.PayoutRunApproved():
            return state
        case payout_runs.PayoutRunCalculated():
            return replace(state, statement_digests=(), statement_parts=(), payouts=Payouts(currency=event.currency))
        case payout_runs.PayoutRunStatementIssued():
            return _with_statement(state, event)
        case payout_runs.PayoutRunLocked():
            return replace(state, locked_on=recorded.recorded_at.date() if recorded.recorded_at else None)
        case PayoutRunPayoutInstructed() | PayoutRunPayoutPaid() | PayoutRunPayoutFailed():
            return replace(state, payouts=with_payout(state.payouts, event))
        case PayoutRunLineHeld() | PayoutRunLineFreed():
            return replace(state, holds=with_hold(state.holds, event))
        case _:
            assert_never(event)


def progressed(state: RunProgress | None, event: payout_runs.PayoutRunEvent, recorded: Recorded) -> RunProgress:
    """Folds how far the run is."""
    if isinstance(event, payout_runs.PayoutRunOpened):
        return RunProgress(plan_id=event.plan_id, period=event.period)
    assert state is not None, "a payout run begins with payout_run.opened"
    match event:
        case payout_runs.PayoutRunCalculated():
            return made_from(
                RunProgress,
                event,
                plan_id=state.plan_id,
                period=state.period,
                # A run without anybody to pay has no statements to issue: it can be submitted as it is.
                status="calculated" if event.participant_count else "issued",
                calculated_position=event.position,
            )
        case payout_runs.PayoutRunStatementIssued():
            return replace(state, status="issued")
        case payout_runs.PayoutRunSubmitted():
            return replace(state, status="submitted", submitted_by=event.submitted_by)
        case payout_runs.PayoutRunApproved():
            return replace(state, status="approved", approved_by=event.approved_by)
        case payout_runs.PayoutRunReturned():
            return RunProgress(plan_id=state.plan_id, period=state.period, reason=event.reason)
        case payout_runs.PayoutRunLocked():
            return replace(state, status="locked", locked=made_from(Lock, event))
        case PayoutRunPayoutInstructed():
            sent_minor = sum(each.amount_minor for each in event.amounts)
            return replace(state, instructed_minor=state.instructed_minor + sent_minor)
        case PayoutRunPayoutPaid():
            return replace(state, paid_minor=state.paid_minor + sum(each.amount_minor for each in event.amounts))
        case PayoutRunPayoutFailed():
            instructed_minor = state.instructed_minor - event.amount_minor
            paid_minor = state.paid_minor - (event.amount_minor if event.was_paid else 0)
            return replace(state, instructed_minor=instructed_minor, paid_minor=paid_minor)
        case PayoutRunLineHeld() | PayoutRunLineFreed():
            return state
        case _:
            assert_never(event)


def _with_statement(state: PayoutRun, event: payout_runs.PayoutRunStatementIssued) -> PayoutRun:
    parts = (*state.statement_parts, (event.member_id, event.part, tuple(line.posted_minor for line in event.lines)))
    if event.part > 1:
        return replace(state, statement_parts=parts)
    digests = (*state.statement_digests, (event.member_id, event.digest))
    payouts = with_total(state.payouts, event.member_id, event.total_minor)
    return replace(state, statement_digests=digests, statement_parts=parts, payouts=payouts)
