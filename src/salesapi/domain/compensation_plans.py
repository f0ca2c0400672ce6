"""Compensation plans: how sales pay is earned, as versioned data. Stream `compensation_plan`; a published version never changes.

Amounts are minor units of the plan's currency, rates are exact decimals in percent. On a business date the published version
with the highest number among those in effect applies: a version replaces all earlier ones from its effective date on. The
decisions are in `compensation_plan_decisions.py`.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from salesapi.domain.commission.draws import Guarantee, RecoverableDraw
from salesapi.domain.commission.periods import PeriodKind, PeriodText
from salesapi.domain.commission.rates import Slowed
from salesapi.domain.commission.tables import PayoutCurve, TierTable
from salesapi.domain.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    ExternalId,
    Key,
    Reason,
    Recorded,
    Refused,
    Title,
    record,
)
from salesapi.domain.money import Exact, RoundingMode

COMPONENTS_MAX: Final = 30
"""Most components of one plan version."""
CHANGES_MAX: Final = 500
"""Most members whose difference a simulation shows, the largest first."""
VERSIONS_MAX: Final = 500
"""Most versions of one plan."""
LEVELS_MAX: Final = 5
"""Most levels of managers above the credited member that an override reaches."""

CreditKind: TypeAlias = Literal["direct", "overlay", "manager_override"]
GatePays: TypeAlias = Literal["whole_period", "later_deals"]
Measure: TypeAlias = Literal["credited_amount"]
RoundingScope: TypeAlias = Literal["line", "component", "statement"]


@record
class IndividualRate:
    """A rate of one's own: target pay over the period's quota (R03)."""

    target_variable_minor: Annotated[
        AmountMinor, Gt(0), About("What the period pays at exactly the quota, in minor units of the plan's currency.")
    ]


@record
class TargetBonus:
    """A bonus by attainment of the quota (R12), derived anew with every credit."""

    target_minor: Annotated[AmountMinor, Gt(0), About("The bonus at a payout of 100 percent, in minor units.")]
    curve: Annotated[PayoutCurve, About("Share of the bonus by attainment; nothing is paid at 0.")]


@record
class Accelerator:
    """A faster rate for what is credited above a threshold (R10)."""

    above_attainment_percent: Annotated[Exact, Gt(0), About("Threshold in percent of the quota.")]
    factor: Annotated[Exact, Gt(0), About("Multiplies the rate of the part above it.")]


@record
class Decelerator:
    """A slower rate under a threshold (R11)."""

    below_attainment_percent: Annotated[Exact, Gt(0), About("Threshold in percent of the quota.")]
    factor: Annotated[Exact, Ge(0), About("Multiplies the rate under it.")]
    slowed: Annotated[
        Slowed,
        About("`below`: the part under the threshold; `whole`: a whole credit while the total with it is under it."),
    ]


@record
class Gate:
    """The component pays only where the quota is attained so far (R13)."""

    attainment_percent: Annotated[Exact, Gt(0), About("Attainment that opens it, in percent of the quota.")]
    pays: Annotated[
        GatePays,
        About(
            "`whole_period`: once open, all of the period; `later_deals`: only credits from the one that opens it on."
        ),
    ]


@record
class Component:
    """One earning rule: whose credit counts, at which one rate, and within which limits."""

    key: Annotated[Key, About("Stable name within the plan, for example `base`.")]
    name: Annotated[Title, About("Name shown to people.")]
    credit: Annotated[
        CreditKind,
        About(
            "`direct`: own share of a deal; `overlay`: credit outside the 100 percent; `manager_override`: the team's."
        ),
    ]
    measure: Annotated[Measure, About("What is summed over the period, for tiers and attainment.")] = "credited_amount"
    rate_percent: Annotated[Exact | None, About("Flat rate in percent. A component has exactly one kind of rate.")] = (
        None
    )
    deal_amount_minor: Annotated[
        AmountMinor | None, About("Flat amount for each credited deal, in minor units of the plan's currency.")
    ] = None
    individual: Annotated[IndividualRate | None, About("Rate of one's own from target pay and quota.")] = None
    tiers: Annotated[TierTable | None, About("Rates by tier.")] = None
    bonus: Annotated[TargetBonus | None, About("Target bonus by attainment.")] = None
    accelerator: Annotated[Accelerator | None, About("With a flat or individual rate only.")] = None
    decelerator: Annotated[
        Decelerator | None, About("With a flat or individual rate only; not with an accelerator.")
    ] = None
    gate: Annotated[Gate | None, About("Attainment without which nothing is paid.")] = None
    deal_cap_minor: Annotated[
        AmountMinor | None, About("Most that one deal earns; what goes past it is lost. Null: no cap.")
    ] = None
    cap_minor: Annotated[
        AmountMinor | None, About("Most that the component earns in a period; what goes past it is lost. Null: no cap.")
    ] = None
    levels: Annotated[
        Annotated[int, Ge(1), Le(LEVELS_MAX)],
        About("How many levels of managers an override reaches; 1 is the direct one."),
    ] = 1

    def needs_quota(self) -> bool:
        """Whether anything of it counts attainment."""
        by_attainment = self.tiers is not None and self.tiers.axis == "attainment_percent"
        others = (self.individual, self.accelerator, self.decelerator, self.gate, self.bonus)
        return by_attainment or any(other is not None for other in others)


@record
class Rounding:
    """Where and how exact amounts become minor units."""

    scope: Annotated[RoundingScope, About("What is rounded: each line, each component's sum, or the statement's sum.")]
    mode: Annotated[RoundingMode, About("`half_up`, `half_even` or `down` (towards zero).")]


@record
class CompensationPlanDrafted:
    """A plan was named; it has no version yet."""

    key: str
    name: str
    currency: str
    legal_entity: str | None
    external_id: ExternalId | None


@record
class CompensationPlanVersionPublished:
    """A version applies to wins from its effective date on; without one, to all."""

    plan_version: int
    period: PeriodKind
    components: tuple[Component, ...]
    rounding: Rounding
    guarantee: Guarantee | None
    draw: RecoverableDraw | None
    effective_from: date | None
    reason: str | None


@record
class SimulatedPay:
    """What a member is paid for the period by the plan as it is, and by the proposal."""

    member_id: UUID
    current_minor: int
    simulated_minor: int


@record
class CompensationPlanSimulated:
    """What a proposal would pay for a period, from the facts up to `position`; nothing is posted. Who wins and who loses.

    `changes` are the largest differences first, at most `CHANGES_MAX`; the counts and totals are of all participants.
    """

    period: str
    position: int
    engine_version: str
    proposal_digest: str
    participant_count: int
    winner_count: int
    loser_count: int
    current_minor: int
    simulated_minor: int
    currency: str
    changes: tuple[SimulatedPay, ...]


@record
class CompensationPlanRetired:
    """No new versions and participants; what was earned stays earned."""

    reason: str


@record
class DraftCompensationPlan:
    """Names a new compensation plan. It pays once a version of it is published and members are enrolled."""

    key: Annotated[Key, About("Stable name, unique among plans.")]
    name: Annotated[Title, About("Name shown to people.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code of everything that it pays.")]
    legal_entity: Annotated[Key | None, About("The company of the group that pays, where there are several.")] = None
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class PublishCompensationPlanVersion:
    """Publishes the next version of a plan. It never changes again; wins from its effective date on are paid by it."""

    plan_id: Annotated[UUID, About("The plan.")]
    period: Annotated[PeriodKind, About("Calendar period that is summed and paid; the same in all versions of a plan.")]
    components: Annotated[
        tuple[Component, ...], MinLen(1), MaxLen(COMPONENTS_MAX), About("All earning rules of this version.")
    ]
    rounding: Annotated[Rounding, About("Where and how exact amounts become minor units.")]
    guarantee: Annotated[Guarantee | None, About("The least that a participant is paid; never paid back.")] = None
    draw: Annotated[
        RecoverableDraw | None,
        About("The least that is paid, as a debt that later earnings repay; not with a guarantee."),
    ] = None
    effective_from: Annotated[date | None, About("First win date that it applies to; null is always.")] = None
    reason: Annotated[Reason | None, About("Why; required where it reaches back before today.")] = None


@record
class SimulateCompensationPlan:
    """Calculates what a proposal would pay for a period beside what the plan pays: who wins, who loses. Posts nothing.

    The proposal applies to all wins of the period; corrections of earlier periods are as they are. As a dry run it only
    answers; otherwise the result is recorded with the log position that it rests on.
    """

    plan_id: Annotated[UUID, About("The plan.")]
    period: Annotated[PeriodText, About("A period that the plan pays by: `2026-03`, `2026Q1` or `2026`.")]
    components: Annotated[
        tuple[Component, ...], MinLen(1), MaxLen(COMPONENTS_MAX), About("All earning rules of the proposal.")
    ]
    rounding: Annotated[Rounding, About("Where and how exact amounts become minor units.")]
    guarantee: Annotated[Guarantee | None, About("The least that a participant is paid; never paid back.")] = None
    draw: Annotated[RecoverableDraw | None, About("The least that is paid, as a debt; not with a guarantee.")] = None


@record
class RetireCompensationPlan:
    """Closes a plan to new versions and participants. Periods in the past can still be calculated and paid."""

    plan_id: Annotated[UUID, About("The plan.")]
    reason: Annotated[Reason, About("Why it is retired.")]


class CompensationPlanIsRetired(Refused):
    """The plan is closed to new versions and participants."""

    code = "compensation_plan.retired"
    message = "The compensation plan {name} is retired."


class CompensationPlanUnpublished(Refused):
    """There is nothing to compare a proposal with."""

    code = "compensation_plan.unpublished"
    message = "The plan {name} has no published version to compare with."


class CompensationPlanPeriodFixed(Refused):
    """Runs of a plan follow each other by one kind of period."""

    code = "compensation_plan.period_fixed"
    message = "The plan pays by {period}; draft another plan to pay by another period."


class CompensationPlanReasonMissing(Refused):
    """A version that reaches into the past changes what was already earned."""

    code = "compensation_plan.reason_missing"
    message = "This version reaches back before today: send the reason."


class CompensationPlanVersionsExhausted(Refused):
    """A plan has a bounded number of versions."""

    code = "compensation_plan.versions_exhausted"
    message = "A plan has at most {limit} versions; draft another plan."


class FloorInvalid(Refused):
    """A guarantee or draw contradicts itself or the other."""

    code = "compensation_plan.floor_invalid"
    message = "The guarantee or draw cannot be published: {reason}."


class ComponentInvalid(Refused):
    """A component contradicts itself or another."""

    code = "compensation_plan.component_invalid"
    message = "The component {component} cannot be published: {reason}."


class TiersInvalid(Refused):
    """A rate table has a gap, an overlap or no end."""

    code = "compensation_plan.tiers_invalid"
    message = "The tiers of {component} cannot be published: {reason}."


@record
class CompensationPlanVersion:
    """One published version."""

    number: int
    period: PeriodKind
    components: tuple[Component, ...]
    rounding: Rounding
    effective_from: date | None
    guarantee: Guarantee | None = None
    draw: RecoverableDraw | None = None

    def is_effective(self, on: date) -> bool:
        """Whether it has come into effect by this date."""
        return self.effective_from is None or self.effective_from <= on


@record
class CompensationPlan:
    """A plan and all its published versions."""

    key: str
    name: str
    currency: str
    versions: tuple[CompensationPlanVersion, ...] = ()
    is_retired: bool = False

    def version_on(self, on: date) -> CompensationPlanVersion | None:
        """The version that applies to a win on this date."""
        return next((version for version in reversed(self.versions) if version.is_effective(on)), None)

    def component_keys(self) -> frozenset[str]:
        """The keys of all components that any version has."""
        return frozenset(component.key for version in self.versions for component in version.components)


CompensationPlanEvent: TypeAlias = (
    CompensationPlanDrafted | CompensationPlanVersionPublished | CompensationPlanSimulated | CompensationPlanRetired
)


def evolve(state: CompensationPlan | None, event: CompensationPlanEvent, recorded: Recorded) -> CompensationPlan:
    """Folds the stream to its state."""
    match event:
        case CompensationPlanDrafted():
            return CompensationPlan(key=event.key, name=event.name, currency=event.currency)
        case CompensationPlanVersionPublished():
            assert state is not None, "a plan begins with compensation_plan.drafted"
            version = CompensationPlanVersion(
                number=event.plan_version,
                period=event.period,
                components=event.components,
                rounding=event.rounding,
                guarantee=event.guarantee,
                draw=event.draw,
                effective_from=event.effective_from,
            )
            return replace(state, versions=(*state.versions, version))
        case CompensationPlanSimulated():
            assert state is not None, "a plan begins with compensation_plan.drafted"
            return state
        case CompensationPlanRetired():
            assert state is not None, "a plan begins with compensation_plan.drafted"
            return replace(state, is_retired=True)
