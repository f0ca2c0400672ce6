"""Enrolments: who takes part in which compensation plan, and their quotas. Stream `enrolment`, one for each member.

Effective dates are business dates; a span is [from, until), and null is "always" or "open", as in `teams`. Quotas are minor
units of their currency. Who leaves takes part until the last day of employment; what still pays after it is said by the
plan's leaver rules (R60). Facts, requests, state and fold; the decisions are in `enrolment_decisions.py`, spans in
`enrolment_spans.py`, values of one's own (R56) in `enrolment_overrides.py`.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from salesapi.domain.pay.plans.compensation_plans import COMPONENTS_MAX, VERSIONS_MAX
from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride, overridden
from salesapi.domain.pay.plans.enrolment_spans import Span, cut_at, ended, first_day_after
from salesapi.domain.pay.plans.plan_components import Component, Measure
from salesapi.domain.pay.rules.plan_versions_and_leavers import LeavingReason
from salesapi.domain.shared.dates import EndDate, PlannedDate, StartDate, day_after
from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    Key,
    Reason,
    Recorded,
    Refers,
    Refused,
    StreamRef,
    natural_id,
    record,
)
from salesapi.domain.shared.periods import PeriodText
from salesapi.domain.shared.states import made_from

SPANS_MAX: Final = 500
"""Most enrolments of one member over time."""
QUOTAS_MAX: Final = 1_000
"""Most quotas of one member over time."""
LEAVINGS_MAX: Final = 20
"""Most times that one member leaves; a correction is not another time."""
ACKNOWLEDGEMENTS_MAX: Final = 500
"""Most plan versions that one member acknowledges."""


@record
class EnrolmentBegun:
    """The member takes part in a plan, with all components where none are named, and with these values of its own (R56)."""

    member_id: UUID
    plan_id: UUID
    effective_from: date | None
    effective_until: date | None
    component_keys: tuple[str, ...] | None
    overrides: tuple[ComponentOverride, ...] = ()
    draw_minor: int | None = None


@record
class EnrolmentEnded:
    """The member's enrolments in the plan that are in force on this day end before it; those that begin on it fall."""

    member_id: UUID
    plan_id: UUID
    effective_until: date
    reason: str


@record
class EnrolmentQuotaSet:
    """The member's quota for a period; a later one replaces it."""

    member_id: UUID
    measure: Measure
    period: str
    amount_minor: int
    currency: str


@record
class EnrolmentParticipantLeft:
    """`left_on` is the last day of employment: spans in force end after it, those that begin later fall.

    Until the member is enrolled anew, a later one of these corrects the earlier one.
    """

    member_id: UUID
    left_on: date
    leaving: LeavingReason


@record
class EnrolmentPlanAcknowledged:
    """The member itself has read this version of a plan and takes note of it."""

    member_id: UUID
    plan_id: UUID
    plan_version: int


EnrolmentEvent: TypeAlias = (
    EnrolmentBegun | EnrolmentEnded | EnrolmentQuotaSet | EnrolmentParticipantLeft | EnrolmentPlanAcknowledged
)

MemberId: TypeAlias = Annotated[UUID, About("The member.")]


@record
class EnrolParticipant:
    """Enrols a member in a compensation plan for a span of win dates. One component of a plan is held once at a time."""

    member_id: Annotated[MemberId, Refers("member")]
    plan_id: Annotated[UUID, Refers("compensation_plan"), About("The compensation plan.")]
    effective_from: Annotated[StartDate, About("First day; null is always.")] = None
    effective_until: Annotated[EndDate, About("First day on which it no longer holds; null is open.")] = None
    component_keys: Annotated[
        Annotated[tuple[Key, ...], MinLen(1), MaxLen(COMPONENTS_MAX)] | None,
        About("Components of the plan; null is all of them."),
    ] = None
    overrides: Annotated[
        tuple[ComponentOverride, ...],
        MaxLen(COMPONENTS_MAX),
        About("Values of its own, within the limits of the version that applies on the first day, or of the newest."),
    ] = ()
    draw_minor: Annotated[
        Annotated[AmountMinor, Gt(0)] | None,
        About("In place of the plan's draw or advance, in minor units for a whole period; null: the plan's."),
    ] = None


@record
class EndEnrolment:
    """Ends a member's part in a plan: wins from this day on earn nothing from it; on its own first day it is withdrawn."""

    member_id: MemberId
    plan_id: Annotated[UUID, About("The compensation plan.")]
    effective_until: Annotated[PlannedDate, About("First day on which it no longer holds.")]
    reason: Annotated[Reason, About("Why it ends.")]


@record
class SetQuota:
    """Sets a member's quota for a period; setting it again replaces it."""

    member_id: Annotated[MemberId, Refers("member")]
    measure: Annotated[Measure, About("What counts towards it.")]
    period: Annotated[PeriodText, About("A month `2026-03`, a quarter `2026Q1` or a year `2026`.")]
    amount_minor: Annotated[Annotated[int, Gt(0), Le(2**53 - 1)], About("The quota in minor units.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code.")]


@record
class RecordParticipantLeft:
    """Records that a member leaves: all its enrolments end after the last day. Sent again, it corrects day and reason.

    What it earned and still earns afterwards is decided by the leaver rules of each plan.
    """

    member_id: MemberId
    left_on: Annotated[PlannedDate, About("Last day of employment.")]
    leaving: Annotated[LeavingReason, About("Why the member leaves; the plans' leaver rules go by it.")]


@record
class AcknowledgeCompensationPlan:
    """Acknowledges a published version of a plan. Only the participant does; doing it again changes nothing."""

    member_id: Annotated[UUID, About("The participant: the member that the caller is.")]
    plan_id: Annotated[UUID, Refers("compensation_plan"), About("The compensation plan.")]
    plan_version: Annotated[Annotated[int, Ge(1), Le(VERSIONS_MAX)], About("Number of the version.")]


class EnrolmentOverlaps(Refused):
    """Two enrolments would pay the same component of the same plan, or a draw of one's own, for the same day."""

    code = "enrolment.overlap"
    message = "The member holds {components} of this plan already from {effective_from} until {effective_until}."


class EnrolmentNotInForce(Refused):
    """There is nothing to end on that day."""

    code = "enrolment.not_in_force"
    message = "The member is not enrolled in this plan on {effective_until}."


class EnrolmentComponentUnknown(Refused):
    """The plan has no such component in any version."""

    code = "enrolment.component_unknown"
    message = "The plan has no component {component}; it has {components}."


class EnrolmentMemberLeft(Refused):
    """Who has left takes part in nothing until it is back."""

    code = "enrolment.member_left"
    message = (
        "The member's last day is {left_on}: enrol it until the day after, or from a later day on if it comes back."
    )


class EnrolmentLeavingBeforeReturn(Refused):
    """An earlier leaving is settled once the member is back."""

    code = "enrolment.leaving_before_return"
    message = "The member is back since {returned_on}; record a leaving from that day on."


class EnrolmentMissing(Refused):
    """Only a participant leaves a plan or acknowledges it."""

    code = "enrolment.missing"
    message = "The member is enrolled in {plans}; enrol it first."


class EnrolmentNotYours(Refused):
    """Nobody acknowledges a plan for somebody else."""

    code = "enrolment.not_yours"
    message = "Only the participant acknowledges a plan, with a key of its own."


class EnrolmentVersionUnpublished(Refused):
    """Only what is published is acknowledged."""

    code = "enrolment.version_unpublished"
    message = "The plan has no version {plan_version}; its latest is {latest}."


class EnrolmentLimitReached(Refused):
    """The number of enrolments, quotas, leavings and acknowledgements of one member is bounded."""

    code = "enrolment.limit_reached"
    message = "A member has at most {limit} {things}."


@record
class Quota:
    """A member's quota for one measure and period."""

    measure: Measure
    period: str
    amount_minor: int
    currency: str


@record
class Left:
    """The last day of employment, and why."""

    left_on: date
    leaving: LeavingReason


@record
class AcknowledgedVersion:
    """A plan version that the member has acknowledged."""

    plan_id: UUID
    plan_version: int


@record
class Enrolment:
    """All enrolments, quotas, leavings and acknowledgements of one member. `spans` are as leaving has cut them."""

    member_id: UUID
    spans: tuple[Span, ...] = ()
    quotas: tuple[Quota, ...] = ()
    leavings: tuple[Left, ...] = ()
    """In the order of their days; the member was back in between."""
    spans_before_leaving: tuple[Span, ...] = ()
    """As they would be without the last leaving: a correction cuts them anew."""
    acknowledged: tuple[AcknowledgedVersion, ...] = ()

    @property
    def left(self) -> Left | None:
        """The last leaving; None where the member never left or is back."""
        return self.leavings[-1] if self.leavings and self.returned_on() is None else None

    def returned_on(self) -> date | None:
        """The first day on which the member takes part again after its last leaving."""
        if not self.leavings:
            return None
        return first_day_after(self.spans, self.leavings[-1].left_on)

    def leaving_of(self, earned_on: date) -> Left | None:
        """R60: the leaving by whose reason a plan says what still pays of something earned on this day."""
        for left in self.leavings:
            back_on = first_day_after(self.spans, left.left_on)
            if back_on is None or earned_on < back_on:
                return left
        return None

    def takes_part_in(self, plan_id: UUID) -> bool:
        """Tells whether the member takes part in the plan on any day."""
        return any(span.plan_id == plan_id for span in self.spans)

    def covers(self, plan_id: UUID, component: str, on: date) -> bool:
        """Tells whether the member holds the component of the plan on this day."""
        return any(
            span.plan_id == plan_id and span.has_component(component) and span.contains(on) for span in self.spans
        )

    def has_overrides(self, plan_id: UUID) -> bool:
        """Tells whether any enrolment in the plan, ever, agrees another value for a component (R56)."""
        return any(span.overrides and span.plan_id == plan_id for span in self.spans)

    def as_agreed(self, plan_id: UUID, component: Component, on: date) -> tuple[Component, tuple[int, ...]]:
        """R56: the component as it pays for a credit of this day, with the enrolment's position where that agrees otherwise.

        What is credited after leaving is paid as on the last day.
        """
        left = self.leaving_of(on)
        held_on = on if left is None else min(on, left.left_on)
        for span in self.spans:
            if span.plan_id == plan_id and span.contains(held_on) and (override := span.override_of(component.key)):
                paying = overridden(component, override)
                return (paying, (span.position,)) if paying != component else (component, ())
        return component, ()

    def has_acknowledged(self, plan_id: UUID, plan_version: int) -> bool:
        """Tells whether the member has acknowledged this version of the plan."""
        return AcknowledgedVersion(plan_id=plan_id, plan_version=plan_version) in self.acknowledged

    def covers_always(self, plan_id: UUID, component: str) -> bool:
        """Tells whether one enrolment holds the component of the plan on every day there is."""
        always = (span for span in self.spans if span.effective_from is None and span.effective_until is None)
        return any(span.plan_id == plan_id and span.has_component(component) for span in always)

    def quota(self, measure: Measure, period: str) -> Quota | None:
        """The quota for a measure and period."""
        return next((quota for quota in self.quotas if (quota.measure, quota.period) == (measure, period)), None)


def enrolment_ref(member_id: UUID) -> StreamRef:
    """The stream of a member's enrolments."""
    return StreamRef("enrolment", natural_id("enrolment", str(member_id)))


def span_of(begun: EnrolmentBegun, position: int = 0) -> Span:
    """The span that begins with the event at this position of the log; 0 while it is only decided."""
    return made_from(Span, begun, position=position)


def evolve(state: Enrolment | None, event: EnrolmentEvent, recorded: Recorded) -> Enrolment:
    """Folds the stream to its state."""
    known = state or Enrolment(member_id=event.member_id)
    match event:
        case EnrolmentBegun():
            span = span_of(event, recorded.position)
            before = (*known.spans_before_leaving, span) if known.leavings else ()
            return replace(known, spans=(*known.spans, span), spans_before_leaving=before)
        case EnrolmentEnded():
            before = ended(known.spans_before_leaving, event.plan_id, event.effective_until)
            spans = ended(known.spans, event.plan_id, event.effective_until)
            return replace(known, spans=spans, spans_before_leaving=before)
        case EnrolmentQuotaSet():
            quota = made_from(Quota, event)
            others = tuple(q for q in known.quotas if (q.measure, q.period) != (quota.measure, quota.period))
            return replace(known, quotas=(*others, quota))
        case EnrolmentParticipantLeft():
            return _left(known, made_from(Left, event))
        case EnrolmentPlanAcknowledged():
            return replace(known, acknowledged=(*known.acknowledged, made_from(AcknowledgedVersion, event)))
        case _:
            assert_never(event)


def _left(known: Enrolment, left: Left) -> Enrolment:
    """Ends what is in force the day after; a correction begins from the spans as they were without the leaving."""
    is_correction = known.left is not None
    before = known.spans_before_leaving if is_correction else known.spans
    spans = cut_at(before, day_after(left.left_on))
    earlier = known.leavings[:-1] if is_correction else known.leavings
    return replace(known, spans=spans, leavings=(*earlier, left), spans_before_leaving=before)
