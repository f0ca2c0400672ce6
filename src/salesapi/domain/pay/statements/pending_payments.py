"""What was earned and is not payable yet (R52, held and coming): deal by deal what is still open at the end of a period.

Looked at are the deals of a member whose earlier statements left anything unreleased, those of periods that no run has locked,
those that this statement corrects, and those that something happened to; what lapsed or was cancelled is not open. Amounts are
minor units of the plan's currency.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from uuid import UUID

from salesapi.domain.pay.calculation.earnings import Earnings
from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period, period_named, period_of


@record
class Coming:
    """The amount that may still become payable of what a deal earned under a component in `period`."""

    period: str
    deal_id: UUID
    component: str
    open_minor: int


def coming_of(earnings: Earnings, member_id: UUID, period: Period, postings: Iterable[Posting]) -> tuple[Coming, ...]:
    """Lists what is open at the end of a period, the earliest earned first; of one period in the order deals count.

    `postings` are those of the member's statement.
    """
    if not earnings.releases:
        return ()
    asked: dict[str, set[UUID]] = {}
    looked_at = (_unreleased(earnings, member_id), _unlocked(earnings, member_id, period), _corrected(postings))
    for earned_in, deal_id in chain.from_iterable(looked_at):
        asked.setdefault(earned_in, set()).add(deal_id)
    for earlier, touched in earnings.earlier(member_id, period):
        if touched is not None:
            asked.setdefault(earlier.text, set()).update(touched)
    periods = sorted(map(period_named, asked), key=lambda each: each.first_on)
    return tuple(
        Coming(period=earned_in.text, deal_id=deal_id, component=component, open_minor=open_minor)
        for earned_in in periods
        if earned_in.first_on <= period.first_on
        for (component, deal_id), open_minor in earnings.open_by_deal(
            member_id, earned_in, period.last_on, asked[earned_in.text]
        ).items()
        if open_minor
    )


def _unreleased(earnings: Earnings, member_id: UUID) -> Iterator[tuple[str, UUID]]:
    """The deals whose withheld and released lines do not end at 0 over the locked periods, with those where they earned."""
    evaluation = earnings.evaluation
    posted = evaluation.ledger.paid.posted_ever(evaluation.plan_id, member_id=member_id)
    left: dict[tuple[str, UUID], int] = {}
    for of_period in posted.values():
        for (_, component, deal_id, side), minor in of_period.items():
            if side == "released":
                left[component, deal_id] = left.get((component, deal_id), 0) + minor
    for period, of_period in posted.items():
        for _, component, deal_id, side in of_period:
            if side == "earned" and left.get((component, deal_id)):
                yield period, deal_id


def _corrected(postings: Iterable[Posting]) -> Iterator[tuple[str, UUID]]:
    """R53: the deals of locked periods that are corrected only now."""
    return ((each.period, each.origin.deal_id) for each in postings if each.rule == "R53" and each.origin is not None)


def _unlocked(earnings: Earnings, member_id: UUID, period: Period) -> Iterator[tuple[str, UUID]]:
    """The deals of this period and of those before it that no run has locked."""
    evaluation = earnings.evaluation
    locked = {run.period.text for run in evaluation.ledger.paid.runs_of(evaluation.plan_id) if run.is_locked}
    for deal_id, win in earnings.wins_ever(member_id).items():
        for on in earnings.days_of(win):
            earned_in = period_of(on, period.kind)
            is_open = earned_in.text not in locked or earned_in == period
            if is_open and earned_in.first_on <= period.first_on:
                yield earned_in.text, deal_id
    for carried_into, deals in earnings.carried_into(member_id, period):
        if carried_into.text not in locked or carried_into == period:
            yield from ((carried_into.text, deal_id) for deal_id in deals)
