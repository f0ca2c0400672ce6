"""Ranks (R52): a participant's place in a plan by what was credited in a period. It tells nobody what others were credited.

The measure is the plan's first component with direct credit, else its first with overlay credit, where it credits deals as they
were won: those credits are summed from the wins of the period without evaluating anybody's pay. That costs a look at each of
these wins once; after that at each participant, and at the wins that changed, are shared, or of participants who held the
component for some days only. A plan whose credits follow from more (a filter, a base of agreements or margins, another date than
the win's) has no such measure, and no ranks.
"""

from collections.abc import Iterator
from uuid import UUID

from salesapi.domain.pay.calculation.crediting import credits_of
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.sales import is_plain, plain_sale
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.version_parts import VersionPart
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period


@record
class Rank:
    """`rank` 1 is the highest; equal ones share it. `of` is how many take part in the period."""

    rank: int
    of: int


def rank_of(evaluation: Evaluation, member_id: UUID, period: Period) -> Rank | None:
    """The member's rank; None where it does not take part in the period, or where the plan has no measure for it."""
    participants = {
        each.member_id: each
        for each in evaluation.ledger.participants(evaluation.plan_id).values()
        if _takes_part(each, evaluation.plan_id, period)
    }
    key = _measure(evaluation, period)
    if key is None or member_id not in participants:
        return None
    ranked = [
        (part, component) for part in evaluation.eligibility.parts(period) if (component := _of(part, key)) is not None
    ]
    totals = {each.member_id: sum(_credited(evaluation, each, period, ranked)) for each in participants.values()}
    higher = sum(1 for total in totals.values() if total > totals[member_id])
    return Rank(rank=higher + 1, of=len(totals))


def _takes_part(enrolment: Enrolment, plan_id: UUID, period: Period) -> bool:
    return any(
        span.plan_id == plan_id
        and (span.effective_from is None or span.effective_from <= period.last_on)
        and (span.effective_until is None or span.effective_until > period.first_on)
        for span in enrolment.spans
    )


def _measure(evaluation: Evaluation, period: Period) -> str | None:
    """The key of the component that ranks, by the version that pays the last days of the period."""
    parts = evaluation.eligibility.parts(period)
    if not parts:
        return None
    components = parts[-1].version.components
    by_kind = [each for kind in ("direct", "overlay") for each in components if each.credit == kind]
    if not by_kind:
        return None
    found = [component for part in parts if (component := _of(part, by_kind[0].key)) is not None]
    return by_kind[0].key if all(map(_is_as_won, found)) else None


def _is_as_won(component: Component) -> bool:
    is_restated = component.clawback is not None and component.clawback.attainment == "restate"
    return is_plain(component) and component.credit in ("direct", "overlay") and not is_restated


def _of(part: VersionPart, key: str) -> Component | None:
    return next((component for component in part.version.components if component.key == key), None)


def _credited(
    evaluation: Evaluation, enrolment: Enrolment, period: Period, ranked: list[tuple[VersionPart, Component]]
) -> Iterator[Amount]:
    """Yields what the member was credited with; as in its pay, what waits counts for nothing."""
    member_id, wins = enrolment.member_id, evaluation.ledger.wins
    for part, component in ranked:
        if evaluation.eligibility.unacknowledged(enrolment, part.version) is not None:
            continue
        is_always = not enrolment.leavings and enrolment.covers_always(evaluation.plan_id, component.key)
        if is_always and part.pays(period.first_on) and part.pays(period.last_on):
            for month in period.months():
                alone_minor, others = wins.won_alone(member_id, month, evaluation.currency)
                yield alone_minor if component.credit == "direct" else 0
                for win in others:
                    yield from _parts(evaluation, part, component, member_id=member_id, win=win, period=period)
            continue
        for win in wins.in_months(member_id, period.months()):
            is_held = (
                is_always or evaluation.eligibility.kept_percent(enrolment, part.version, component, win.on) is not None
            )
            if is_held and part.pays(win.on):
                yield from _parts(evaluation, part, component, member_id=member_id, win=win, period=period)


def _parts(
    evaluation: Evaluation, part: VersionPart, component: Component, *, member_id: UUID, win: Win, period: Period
) -> Iterator[Amount]:
    """The member's credits of one win."""
    sale = plain_sale(win)
    for credit in credits_of(sale, component, evaluation.ledger):
        if credit.member_id == member_id:
            amount, waits_for = evaluation.eligibility.in_plan_currency(part.version, sale, credit.amount, period)
            if waits_for is None:
                yield amount
