"""Enrolments: who takes part in which compensation plan, and their quotas. Stream `enrolment`, one for each member.

Effective dates are business dates; a span is [from, until), and null is "always" or "open", as in `teams`. Quotas are minor
units of their currency.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from annotated_types import Gt, Le, MaxLen, MinLen

from salesapi.domain.commission.periods import PeriodText, period_named
from salesapi.domain.compensation_plans import COMPONENTS_MAX, CompensationPlan, CompensationPlanIsRetired, Measure
from salesapi.domain.kernel import (
    About,
    CommandType,
    Context,
    CurrencyCode,
    EventType,
    Facts,
    FieldInvalid,
    Key,
    Reason,
    Recorded,
    Refused,
    Stream,
    StreamRef,
    ThingUnknown,
    natural_id,
    record,
    roles,
)
from salesapi.domain.money import exponent

SPANS_MAX: Final = 500
"""Most enrolments of one member over time."""
QUOTAS_MAX: Final = 1_000
"""Most quotas of one member over time."""


@record
class EnrolmentBegun:
    """The member takes part in a plan, with all components where none are named."""

    member_id: UUID
    plan_id: UUID
    effective_from: date | None
    effective_until: date | None
    component_keys: tuple[str, ...] | None


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


MemberId: TypeAlias = Annotated[UUID, About("The member.")]


@record
class EnrolParticipant:
    """Enrols a member in a compensation plan for a span of win dates. One component of a plan is held once at a time."""

    member_id: MemberId
    plan_id: Annotated[UUID, About("The compensation plan.")]
    effective_from: Annotated[date | None, About("First day; null is always.")] = None
    effective_until: Annotated[date | None, About("First day on which it no longer holds; null is open.")] = None
    component_keys: Annotated[
        Annotated[tuple[Key, ...], MinLen(1), MaxLen(COMPONENTS_MAX)] | None,
        About("Components of the plan; null is all of them."),
    ] = None


@record
class EndEnrolment:
    """Ends a member's part in a plan: wins from this day on earn nothing from it; on its own first day it is withdrawn."""

    member_id: MemberId
    plan_id: Annotated[UUID, About("The compensation plan.")]
    effective_until: Annotated[date, About("First day on which it no longer holds.")]
    reason: Annotated[Reason, About("Why it ends.")]


@record
class SetQuota:
    """Sets a member's quota for a period; setting it again replaces it."""

    member_id: MemberId
    measure: Annotated[Measure, About("What counts towards it.")]
    period: Annotated[PeriodText, About("A month `2026-03`, a quarter `2026Q1` or a year `2026`.")]
    amount_minor: Annotated[Annotated[int, Gt(0), Le(2**53 - 1)], About("The quota in minor units.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code.")]


class EnrolmentOverlaps(Refused):
    """Two enrolments would pay the same component of the same plan for the same day."""

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


class EnrolmentLimitReached(Refused):
    """The number of enrolments and quotas of one member is bounded."""

    code = "enrolment.limit_reached"
    message = "A member has at most {limit} {things}."


@record
class Span:
    """One enrolment: a plan, its components and the days."""

    plan_id: UUID
    effective_from: date | None
    effective_until: date | None
    component_keys: tuple[str, ...] | None

    def contains(self, on: date) -> bool:
        """Whether this day is within the span."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_until is None or on < self.effective_until
        )

    def has_component(self, key: str) -> bool:
        """Whether it holds this component of the plan."""
        return self.component_keys is None or key in self.component_keys


@record
class Quota:
    """A member's quota for one measure and period."""

    measure: Measure
    period: str
    amount_minor: int
    currency: str


@record
class Enrolment:
    """All enrolments and quotas of one member."""

    member_id: UUID
    spans: tuple[Span, ...] = ()
    quotas: tuple[Quota, ...] = ()

    def covers(self, plan_id: UUID, component: str, on: date) -> bool:
        """Whether the member holds the component of the plan on this day."""
        return any(
            span.plan_id == plan_id and span.has_component(component) and span.contains(on) for span in self.spans
        )

    def quota(self, measure: Measure, period: str) -> Quota | None:
        """The quota for a measure and period."""
        return next((quota for quota in self.quotas if (quota.measure, quota.period) == (measure, period)), None)


def enrolment_ref(member_id: UUID) -> StreamRef:
    """The stream of a member's enrolments."""
    return StreamRef("enrolment", natural_id("enrolment", str(member_id)))


def enrol(state: Enrolment | None, command: EnrolParticipant, context: Context) -> tuple[EnrolmentBegun, ...]:
    """Decides `EnrolParticipant`. The same enrolment again changes nothing."""
    _refuse_unknown_member(command.member_id, context)
    plan = _plan(command.plan_id, context)
    if plan.is_retired:
        raise CompensationPlanIsRetired(name=plan.name, pointer="/plan_id")
    _refuse_reversed_dates(command.effective_from, command.effective_until)
    _refuse_unknown_components(plan, command.component_keys)
    span = Span(
        plan_id=command.plan_id,
        effective_from=command.effective_from,
        effective_until=command.effective_until,
        component_keys=command.component_keys,
    )
    spans = state.spans if state else ()
    if span in spans:
        return ()
    if len(spans) >= SPANS_MAX:
        raise EnrolmentLimitReached(limit=SPANS_MAX, things="enrolments")
    _refuse_overlap(spans, span)
    return (
        EnrolmentBegun(
            member_id=command.member_id,
            plan_id=command.plan_id,
            effective_from=command.effective_from,
            effective_until=command.effective_until,
            component_keys=command.component_keys,
        ),
    )


def end(state: Enrolment | None, command: EndEnrolment, context: Context) -> tuple[EnrolmentEnded, ...]:
    """Decides `EndEnrolment`: what is in force on the day ends before it."""
    spans = [span for span in (state.spans if state else ()) if span.plan_id == command.plan_id]
    if not any(span.contains(command.effective_until) for span in spans):
        if any(span.effective_until == command.effective_until for span in spans):
            return ()
        raise EnrolmentNotInForce(effective_until=command.effective_until.isoformat(), pointer="/effective_until")
    return (
        EnrolmentEnded(
            member_id=command.member_id,
            plan_id=command.plan_id,
            effective_until=command.effective_until,
            reason=command.reason,
        ),
    )


def set_quota(state: Enrolment | None, command: SetQuota, context: Context) -> tuple[EnrolmentQuotaSet, ...]:
    """Decides `SetQuota`. A quota may be set before the enrolment begins."""
    _refuse_unknown_member(command.member_id, context)
    period_named(command.period)
    exponent(command.currency)
    known = state.quota(command.measure, command.period) if state else None
    if known and (known.amount_minor, known.currency) == (command.amount_minor, command.currency):
        return ()
    if state and known is None and len(state.quotas) >= QUOTAS_MAX:
        raise EnrolmentLimitReached(limit=QUOTAS_MAX, things="quotas")
    return (
        EnrolmentQuotaSet(
            member_id=command.member_id,
            measure=command.measure,
            period=command.period,
            amount_minor=command.amount_minor,
            currency=command.currency,
        ),
    )


def _refuse_unknown_member(member_id: UUID, context: Context) -> None:
    if context.facts.state(StreamRef("member", member_id)) is None:
        raise ThingUnknown(thing="member", id=str(member_id), pointer="/member_id")


def _plan(plan_id: UUID, context: Context) -> CompensationPlan:
    plan = context.facts.state(StreamRef("compensation_plan", plan_id))
    if not isinstance(plan, CompensationPlan):
        raise ThingUnknown(thing="compensation plan", id=str(plan_id), pointer="/plan_id")
    return plan


def _refuse_reversed_dates(effective_from: date | None, effective_until: date | None) -> None:
    if effective_from is not None and effective_until is not None and effective_until <= effective_from:
        raise FieldInvalid(reason="The span has no day: it ends before it begins.", pointer="/effective_until")


def _refuse_unknown_components(plan: CompensationPlan, keys: tuple[str, ...] | None) -> None:
    known = plan.component_keys()
    for index, key in enumerate(keys or ()):
        if key not in known:
            raise EnrolmentComponentUnknown(component=key, components=sorted(known), pointer=f"/component_keys/{index}")


def _refuse_overlap(spans: tuple[Span, ...], new: Span) -> None:
    for span in spans:
        if span.plan_id == new.plan_id and _share_components(span, new) and _share_days(span, new):
            raise EnrolmentOverlaps(
                components=span.component_keys or ("all components",),
                effective_from=span.effective_from.isoformat() if span.effective_from else "always",
                effective_until=span.effective_until.isoformat() if span.effective_until else "further notice",
                pointer="/effective_from",
            )


def _share_components(one: Span, other: Span) -> bool:
    if one.component_keys is None or other.component_keys is None:
        return True
    return not set(one.component_keys).isdisjoint(other.component_keys)


def _share_days(one: Span, other: Span) -> bool:
    return (one.effective_from or date.min) < (other.effective_until or date.max) and (
        other.effective_from or date.min
    ) < (one.effective_until or date.max)


EnrolmentEvent: TypeAlias = EnrolmentBegun | EnrolmentEnded | EnrolmentQuotaSet


def evolve(state: Enrolment | None, event: EnrolmentEvent, recorded: Recorded) -> Enrolment:
    """Folds the stream to its state."""
    known = state or Enrolment(member_id=event.member_id)
    match event:
        case EnrolmentBegun():
            span = Span(
                plan_id=event.plan_id,
                effective_from=event.effective_from,
                effective_until=event.effective_until,
                component_keys=event.component_keys,
            )
            return replace(known, spans=(*known.spans, span))
        case EnrolmentEnded():
            return replace(known, spans=tuple(span for held in known.spans for span in _ended(held, event)))
        case EnrolmentQuotaSet():
            quota = Quota(
                measure=event.measure, period=event.period, amount_minor=event.amount_minor, currency=event.currency
            )
            others = tuple(q for q in known.quotas if (q.measure, q.period) != (quota.measure, quota.period))
            return replace(known, quotas=(*others, quota))


def _ended(span: Span, event: EnrolmentEnded) -> tuple[Span, ...]:
    if span.plan_id != event.plan_id or not span.contains(event.effective_until):
        return (span,)
    if span.effective_from == event.effective_until:
        return ()
    return (replace(span, effective_until=event.effective_until),)


def _needs_member_and_plan(state: Enrolment | None, command: EnrolParticipant, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("member", command.member_id), StreamRef("compensation_plan", command.plan_id))


def _needs_member(state: Enrolment | None, command: SetQuota, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("member", command.member_id),)


def _stream_of(command: EnrolParticipant | EndEnrolment | SetQuota) -> UUID:
    return enrolment_ref(command.member_id).id


def _owner(state: Enrolment) -> UUID:
    return state.member_id


_PAYERS: Final = roles("finance", "admin")

STREAM: Final = Stream(
    kind="enrolment",
    plural="enrolments",
    events=(
        EventType(name="enrolment.begun", event=EnrolmentBegun),
        EventType(name="enrolment.ended", event=EnrolmentEnded),
        EventType(name="enrolment.quota_set", event=EnrolmentQuotaSet),
    ),
    commands=(
        CommandType(
            command=EnrolParticipant,
            decide=enrol,
            roles=_PAYERS,
            creates=True,
            stream_of=_stream_of,
            needs=_needs_member_and_plan,
        ),
        CommandType(command=EndEnrolment, decide=end, roles=_PAYERS, stream_of=_stream_of),
        CommandType(command=SetQuota, decide=set_quota, roles=_PAYERS, stream_of=_stream_of, needs=_needs_member),
    ),
    evolve=evolve,
    owner=_owner,
)
