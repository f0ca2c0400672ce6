"""What the awards of a period are measured by: credits, attainment, days enrolled, answers, touches. Exact; nothing is rounded.

What the same member is asked again is kept, what all members need is computed once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.member_quotas import MemberQuota, quota_of
from salesapi.domain.pay.ledger.sale_facts import Answer
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_awards import PartOfPeriod
from salesapi.domain.pay.reasons.reasons import Reason
from salesapi.domain.pay.rules.award_measures import Survey
from salesapi.domain.pay.rules.quotas import WHOLE_QUOTA
from salesapi.domain.pay.rules.rates import attainment_percent
from salesapi.domain.pay.rules.sourcing import Touch
from salesapi.domain.selling.attribution import TouchKind
from salesapi.domain.shared.dates import DaySpan, clipped
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period

POSITIONS_MAX: Final = 20
"""Most positions that one award's line names: the newest of them."""
ZERO: Final = Fraction()


@record
class Awarded:
    """The result of an award for a member, exact, with its rule, the events that it rests on, and the reason."""

    rule: str
    exact_minor: Fraction
    positions: tuple[int, ...]
    reason: Reason
    posted_minor: int | None = None
    """Where the whole minor units are told by the rule itself; else they are rounded as the plan says."""
    is_held: bool = False
    """Whether it waits, and comes to nothing yet."""


@record
class Measured:
    """A measure in percent, None where there is nothing to divide by, and the events that it rests on."""

    percent: Fraction | None
    positions: tuple[int, ...] = ()


class AwardBasis:
    """The facts of one plan's period, as awards ask for them."""

    def __init__(self, evaluation: Evaluation, period: Period) -> None:
        self.evaluation = evaluation
        self.ledger = evaluation.ledger
        self.currency = evaluation.currency
        self.period = period
        self.span = period.span()
        self._last: tuple[tuple[UUID, str], tuple[Credited, ...]] | None = None

    @cached_property
    def version(self) -> CompensationPlanVersion | None:
        """The version that pays the last days of the period: its awards are evaluated."""
        parts = self.evaluation.eligibility.parts(self.period)
        return parts[-1].version if parts else None

    def credits(self, member_id: UUID, component: str, period: Period | None = None) -> list[Credited]:
        """A member's credits under a component in this period or another one, without those that wait."""
        within = period or self.period
        key = (member_id, within.text)
        if self._last is None or self._last[0] != key:
            self._last = (key, self.evaluation.credited(member_id, within))
        return [
            each
            for each in self._last[1]
            if each.component.key == component and each.waits_for is None and each.carried_past is None
        ]

    def quota(self, member_id: UUID, component: str) -> MemberQuota | None:
        """R57 to R59: the member's quota of the whole period for what the component measures."""
        assert self.version is not None, "only a version has awards"
        measured = next((each for each in self.version.components if each.key == component), None)
        assert measured is not None, "a published award names a component of its version"
        whole = replace(self.evaluation.eligibility.parts(self.period)[-1], quota=WHOLE_QUOTA)
        return quota_of(self.evaluation.eligibility, member_id, measured.measure, part=whole, window=self.period)

    def attainment(self, member_id: UUID, component: str) -> Fraction | None:
        """R07: what the component credited in the period in percent of the quota; None without one."""
        quota = self.quota(member_id, component)
        if quota is None:
            return None
        return attainment_percent(amount_of(self.credits(member_id, component)), quota=quota.amount_minor)

    def is_enrolled(self, member_id: UUID, award: str) -> bool:
        """Tells whether the member holds the award on the last day of the period."""
        enrolment = self.ledger.enrolment(member_id)
        return enrolment is not None and enrolment.covers(self.evaluation.plan_id, award, self.period.last_on)

    def part(self, member_id: UUID, award: str, part: PartOfPeriod) -> Fraction:
        """All of a target, or the part of the days on which the member holds the award."""
        enrolment = self.ledger.enrolment(member_id)
        if part == "whole" or enrolment is None:
            return Fraction(1)
        days = days_held(enrolment, self.evaluation.plan_id, award, self.span)
        return Fraction(days, self.span.length_days())

    def answers(self, member_id: UUID, survey: Survey) -> list[Answer]:
        """R44: what the customers of one's wins answered in the period."""
        return [answer for answer in self._answers.get(member_id, ()) if answer.kind == survey]

    def touches(self, member_id: UUID, kinds: Sequence[TouchKind]) -> list[Touch]:
        """The member's touches of the period, of these kinds or where none is stated of all, in the order of the log."""
        market, period = self.ledger.market, self.period
        found = [
            touch
            for lead_id in market.leads_of(member_id)
            for touch in market.touches_of(lead_id)
            if touch.member_id == member_id
            and touch.on is not None
            and period.first_on <= touch.on <= period.last_on
            and (not kinds or touch.kind in kinds)
        ]
        return sorted(found, key=lambda touch: touch.position)

    @cached_property
    def _answers(self) -> dict[UUID, list[Answer]]:
        found: dict[UUID, list[Answer]] = {}
        for answer in self.ledger.market.answers_in(self.period.months()):
            for member_id in self.ledger.members_answered_about(answer):
                found.setdefault(member_id, []).append(answer)
        return found


def amount_of(credits: Iterable[Credited]) -> Fraction:
    """Sums the amounts of credits, in exact minor units of the plan's currency."""
    return sum((Fraction(each.amount) for each in credits), ZERO)


def positions_of(credits: Iterable[Credited]) -> set[int]:
    """The events that credits rest on."""
    return {position for each in credits for position in each.positions}


def newest(positions: Iterable[int]) -> tuple[int, ...]:
    """The newest of them, in their order."""
    return tuple(sorted(set(positions))[-POSITIONS_MAX:])


def days_held(enrolment: Enrolment, plan_id: UUID, award: str, whole: DaySpan) -> int:
    """On how many of these days an enrolment holds the award; no two hold it on one day."""
    parts = (
        clipped(whole, effective_from=span.effective_from, effective_until=span.effective_until)
        for span in enrolment.spans
        if span.plan_id == plan_id and span.has_component(award)
    )
    return sum(part.length_days() for part in parts if part is not None)
