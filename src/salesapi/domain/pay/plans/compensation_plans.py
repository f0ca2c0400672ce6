"""Compensation plans: how sales pay is earned, as versioned data. Stream `compensation_plan`; a published version never changes.

Amounts are minor units of the plan's currency, rates are exact decimals in percent. On a business date the published version
with the highest number among those in effect applies: a version replaces all earlier ones from its effective date on. The
decisions are in `compensation_plan_decisions.py`.
"""

from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Final, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen

from salesapi.domain.pay.plans.compensation_plan_terms import COMPONENTS_MAX as COMPONENTS_MAX
from salesapi.domain.pay.plans.compensation_plan_terms import PlanTerms as PlanTerms
from salesapi.domain.pay.plans.plan_assumptions import ASSUMED_DEALS_MAX, ASSUMED_QUOTAS_MAX, AssumedDeal, AssumedQuota
from salesapi.domain.pay.plans.plan_proposals import CompensationPlanProposalRejected, CompensationPlanVersionProposed
from salesapi.domain.shared.dates import StartDate
from salesapi.domain.shared.kernel import (
    About,
    CurrencyCode,
    ExternalId,
    Key,
    Reason,
    Recorded,
    Refused,
    Title,
    record,
)
from salesapi.domain.shared.periods import PeriodKind, PeriodText
from salesapi.domain.shared.states import made_from, replace

CHANGES_MAX: Final = 500
"""Most members whose difference a simulation shows, the largest first."""
VERSIONS_MAX: Final = 500
"""Most versions of one plan."""
VERSIONS_A_YEAR_MAX: Final = 4
"""More changes of a plan within a year tire those whom it pays (激励疲劳): a simulation warns of it."""
NOTICE_DAYS_MAX: Final = 365
"""Longest notice of a new version, in days."""


@record
class CompensationPlanDrafted:
    """A plan was named; it has no version yet."""

    key: str
    name: str
    currency: str
    legal_entity: str | None
    external_id: ExternalId | None
    notice_days: int = 0


@record
class CompensationPlanVersionPublished(PlanTerms):
    """A version applies to wins from its effective date on; without one, to all."""

    plan_version: int
    period: PeriodKind
    effective_from: date | None
    reason: str | None


@record
class SimulatedPay:
    """What a member is paid for the period by the plan and the facts as they are, and by the proposal and what it supposes."""

    member_id: UUID
    current_minor: int
    simulated_minor: int


@record
class CompensationPlanSimulated:
    """What a proposal would pay for a period, from the facts up to `position`; nothing is posted. Who wins and who loses.

    `changes` are the largest differences first, at most `CHANGES_MAX`; the counts and totals are of all participants. The
    assumptions, with their digest (null: none), were supposed beside the facts; they are no facts. With the proposal on the
    period's first day, `versions_within_year` take effect within a year; more than `VERSIONS_A_YEAR_MAX` are `is_changed_often`.
    """

    period: str
    position: int
    engine_version: str
    proposal_digest: str
    assumed_quotas: tuple[AssumedQuota, ...]
    assumed_deals: tuple[AssumedDeal, ...]
    assumptions_digest: str | None
    participant_count: int
    winner_count: int
    loser_count: int
    current_minor: int
    simulated_minor: int
    currency: str
    changes: tuple[SimulatedPay, ...]
    versions_within_year: int
    is_changed_often: bool


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
    notice_days: Annotated[
        Annotated[int, Ge(0), Le(NOTICE_DAYS_MAX)],
        About("Days from publishing to the effective date of a version; a shorter notice needs a reason."),
    ] = 0
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class PublishCompensationPlanVersion(PlanTerms):
    """Publishes the next version of a plan. It never changes again; wins from its effective date on are paid by it."""

    plan_id: Annotated[UUID, About("The plan.")]
    period: Annotated[PeriodKind, About("Calendar period that is summed and paid; the same in all versions of a plan.")]
    effective_from: Annotated[StartDate, About("First win date that it applies to; null is always.")] = None
    reason: Annotated[Reason | None, About("Why; required where it takes effect before the notice ends.")] = None


@record
class SimulateCompensationPlan(PlanTerms):
    """Calculates what a proposal would pay for a period beside what the plan pays: who wins, who loses. Posts nothing.

    The proposal applies to all wins of the period; corrections of earlier periods are as they are. Other quotas and further
    wins can be supposed with it; to see their effect alone, send the terms of the plan as they are. As a dry run it only
    answers; otherwise the result is recorded with the log position that it rests on.
    """

    plan_id: Annotated[UUID, About("The plan.")]
    period: Annotated[PeriodText, About("A period that the plan pays by: `2026-03`, `2026Q1` or `2026`.")]
    assumed_quotas: Annotated[
        tuple[AssumedQuota, ...],
        MaxLen(ASSUMED_QUOTAS_MAX),
        About("Quotas that are supposed beside the proposal, each once."),
    ] = ()
    assumed_deals: Annotated[
        tuple[AssumedDeal, ...],
        MaxLen(ASSUMED_DEALS_MAX),
        About("Wins that are supposed beside the proposal, after all others of their day."),
    ] = ()


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
    """A version that reaches into the past, or comes at short notice, changes what participants counted on."""

    code = "compensation_plan.reason_missing"
    message = (
        "The version takes effect before {earliest_on} ({notice_days} days of notice from today): send the reason."
    )


class CompensationPlanVersionsExhausted(Refused):
    """A plan has a bounded number of versions."""

    code = "compensation_plan.versions_exhausted"
    message = "A plan has at most {limit} versions; draft another plan."


class FloorInvalid(Refused):
    """A guarantee or draw contradicts itself or the other."""

    code = "compensation_plan.floor_invalid"
    message = "The guarantee or draw cannot be published: {reason}."


class TermsInvalid(Refused):
    """A rule that holds for all components contradicts itself, or lacks something."""

    code = "compensation_plan.terms_invalid"
    message = "The version cannot be published: {reason}."


class ComponentInvalid(Refused):
    """A component contradicts itself or another."""

    code = "compensation_plan.component_invalid"
    message = "The component {component} cannot be published: {reason}."


class AwardInvalid(Refused):
    """An award contradicts itself or a component."""

    code = "compensation_plan.award_invalid"
    message = "The award {award} cannot be published: {reason}."


class TiersInvalid(Refused):
    """A rate table has a gap, an overlap or no end."""

    code = "compensation_plan.tiers_invalid"
    message = "The tiers of {component} cannot be published: {reason}."


@record
class CompensationPlanVersion(PlanTerms):
    """One published version."""

    number: int
    period: PeriodKind
    effective_from: date | None

    def looks_back(self) -> bool:
        """Tells whether what all components pay in a period may follow from other periods or from other days' rates."""
        is_of_year = self.cap_minor is not None and self.cap_window == "year"
        return self.currencies is not None or is_of_year or self.cap_excess == "carried"

    def is_effective(self, on: date) -> bool:
        """Tells whether it has come into effect by this date."""
        return self.effective_from is None or self.effective_from <= on


@record
class CompensationPlanProposal(CompensationPlanVersion):
    """A version that waits for approval."""

    proposal: int
    reason: str


@record
class CompensationPlan:
    """A plan and all its published versions; `proposed` is the one that waits for approval, `proposals` how many there were."""

    key: str
    name: str
    currency: str
    legal_entity: str | None = None
    notice_days: int = 0
    versions: tuple[CompensationPlanVersion, ...] = ()
    is_retired: bool = False
    external: ExternalId | None = None
    proposed: tuple[CompensationPlanProposal, ...] = ()
    proposals: int = 0

    @property
    def effective_dates(self) -> tuple[date | None, ...]:
        """The first days of the versions, in their order."""
        return tuple(version.effective_from for version in self.versions)

    def version_on(self, on: date) -> CompensationPlanVersion | None:
        """The version that applies to a win on this date."""
        return next((version for version in reversed(self.versions) if version.is_effective(on)), None)

    def component_keys(self) -> frozenset[str]:
        """The keys of all components and awards that any version has: what an enrolment can be limited to."""
        components = {component.key for version in self.versions for component in version.components}
        return frozenset(components | {award.key for version in self.versions for award in version.awards})


def terms_of(stated: PlanTerms) -> dict[str, Any]:
    """The fields of `PlanTerms` as a command or an event states them."""
    return {each.name: getattr(stated, each.name) for each in fields(PlanTerms)}


CompensationPlanEvent: TypeAlias = (
    CompensationPlanDrafted
    | CompensationPlanVersionPublished
    | CompensationPlanSimulated
    | CompensationPlanRetired
    | CompensationPlanVersionProposed
    | CompensationPlanProposalRejected
)


def evolve(state: CompensationPlan | None, event: CompensationPlanEvent, recorded: Recorded) -> CompensationPlan:
    """Folds the stream to its state."""
    if isinstance(event, CompensationPlanDrafted):
        return made_from(CompensationPlan, event, external=event.external_id)
    assert state is not None, "a plan begins with compensation_plan.drafted"
    match event:
        case CompensationPlanVersionPublished():
            version = CompensationPlanVersion(
                number=event.plan_version, period=event.period, effective_from=event.effective_from, **terms_of(event)
            )
            return replace(state, versions=(*state.versions, version), proposed=())
        case CompensationPlanVersionProposed():
            proposed = CompensationPlanProposal(
                proposal=event.proposal,
                number=len(state.versions) + 1,
                period=event.period,
                effective_from=event.effective_from,
                reason=event.reason,
                **terms_of(event),
            )
            return replace(state, proposed=(proposed,), proposals=event.proposal)
        case CompensationPlanProposalRejected():
            return replace(state, proposed=())
        case CompensationPlanSimulated():
            return state
        case CompensationPlanRetired():
            return replace(state, is_retired=True)
        case _:
            assert_never(event)
