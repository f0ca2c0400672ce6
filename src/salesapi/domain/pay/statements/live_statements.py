"""A member's statement as it stands, with what surrounds it (R52): standing, rank, year to date, what is still coming.

Evaluates one member, and the periods that this member's own deals ask for. Amounts are minor units of the plan's currency.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal, TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.postings import Posting, line_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.payout_facts import RunFacts, Totals
from salesapi.domain.pay.plans.compensation_plans import CompensationPlan
from salesapi.domain.pay.records.payout_runs import (
    AMOUNT_MINOR_MAX,
    PayoutRunAmountTooLarge,
    PayoutRunPeriodMismatch,
    PayoutRunPlanUnpublished,
    StatementLine,
)
from salesapi.domain.pay.statements.pending_payments import Coming, coming_of
from salesapi.domain.pay.statements.ranks import Rank, rank_of
from salesapi.domain.pay.statements.standings import Standing, standings_of
from salesapi.domain.pay.statements.statements import MemberPay, sums_of, versions_of
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period

RunState: TypeAlias = Literal["none", "open", "locked"]


@record
class LiveStatement:
    """The statement as known now. `run` tells whether the period's run is locked: then it pays what was issued."""

    plan_id: UUID
    member_id: UUID
    period: str
    currency: str
    plan_versions: tuple[int, ...]
    totals: Totals
    postings: tuple[Posting, ...]
    """Its lines, in their order, before their forms are made."""
    run: RunState
    standings: tuple[Standing, ...]
    rank: Rank | None
    year_to_date: Totals
    coming: tuple[Coming, ...]

    def lines(self, *, first: int, last: int) -> tuple[StatementLine, ...]:
        """The lines of these numbers, from 1, made for this."""
        return tuple(map(line_of, self.postings[max(first - 1, 0) : last]))


class LiveStatements:
    """The live statements of a plan's period, from one ledger."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, period: Period) -> None:
        self.pay = MemberPay(ledger, plan_id, period)
        self._period = period

    def has(self, member_id: UUID) -> bool:
        """Tells whether the member takes part in the plan at any time, or is awarded by it."""
        return self.pay.has(member_id)

    def of(self, member_id: UUID) -> LiveStatement:
        """The live statement of a member that has one.

        Raises:
            PayoutRunPlanUnpublished, PayoutRunPeriodMismatch: the plan pays nothing by this period.
            PayoutRunAmountTooLarge: its lines pay more than any amount may be.
        """
        _refuse_other_period(self.pay.evaluation.plan, self._period)
        postings, evaluation = self.pay.postings(member_id), self.pay.evaluation
        _refuse_too_large(member_id, postings)
        enrolment, totals = evaluation.ledger.enrolment(member_id), sums_of(postings)
        runs = evaluation.ledger.paid.runs_of(evaluation.plan_id)
        return LiveStatement(
            plan_id=evaluation.plan_id,
            member_id=member_id,
            period=self._period.text,
            currency=evaluation.currency,
            plan_versions=versions_of(postings),
            totals=totals,
            postings=tuple(postings),
            run=next(("locked" if run.is_locked else "open" for run in runs if run.period == self._period), "none"),
            standings=standings_of(evaluation, enrolment, self._period) if enrolment is not None else (),
            rank=rank_of(evaluation, member_id, self._period),
            year_to_date=_year_to_date(evaluation.ledger, runs, member_id, totals, period=self._period),
            coming=coming_of(self.pay.earnings, member_id, self._period, postings),
        )


def _refuse_other_period(plan: CompensationPlan, period: Period) -> None:
    if not plan.versions:
        raise PayoutRunPlanUnpublished(name=plan.name, pointer="/planId")
    kind = plan.versions[-1].period
    if period.kind != kind:
        raise PayoutRunPeriodMismatch(period=period.text, period_kind=kind, sent_kind=period.kind, pointer="/period")


def _refuse_too_large(member_id: UUID, postings: Sequence[Posting]) -> None:
    paid_minor = 0
    for posting in postings:
        paid_minor += abs(posting.posted_minor)
        if paid_minor > AMOUNT_MINOR_MAX:
            raise PayoutRunAmountTooLarge(component=posting.component, member_id=str(member_id), limit=AMOUNT_MINOR_MAX)


def _year_to_date(
    ledger: PayFacts, runs: tuple[RunFacts, ...], member_id: UUID, totals: Totals, *, period: Period
) -> Totals:
    """The statements of the year's earlier runs as they were locked, and this one as it stands."""
    sums = asdict(totals)
    for run in runs:
        if run.period.first_on.year == period.first_on.year and run.period.first_on < period.first_on:
            locked = ledger.paid.totals(run.run_id, member_id=member_id)
            for name in sums if locked is not None else ():
                sums[name] += getattr(locked, name)
    return Totals(**sums)
