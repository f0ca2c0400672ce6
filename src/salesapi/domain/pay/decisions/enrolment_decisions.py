"""What may happen to an enrolment: the decisions of `enrolments.py`, pure, and the declaration of the stream."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanIsRetired
from salesapi.domain.pay.plans.enrolment_overrides import refuse_untaken
from salesapi.domain.pay.plans.enrolment_spans import Span, first_day_after, overlap_of
from salesapi.domain.pay.plans.enrolments import (
    ACKNOWLEDGEMENTS_MAX,
    LEAVINGS_MAX,
    QUOTAS_MAX,
    SPANS_MAX,
    AcknowledgeCompensationPlan,
    AcknowledgedVersion,
    EndEnrolment,
    Enrolment,
    EnrolmentBegun,
    EnrolmentComponentUnknown,
    EnrolmentEnded,
    EnrolmentEvent,
    EnrolmentLeavingBeforeReturn,
    EnrolmentLimitReached,
    EnrolmentMemberLeft,
    EnrolmentMissing,
    EnrolmentNotInForce,
    EnrolmentNotYours,
    EnrolmentOverlaps,
    EnrolmentParticipantLeft,
    EnrolmentPlanAcknowledged,
    EnrolmentQuotaSet,
    EnrolmentVersionUnpublished,
    EnrolParticipant,
    Left,
    RecordParticipantLeft,
    SetQuota,
    enrolment_ref,
    evolve,
    span_of,
)
from salesapi.domain.shared.declarations import Stream, acts_on, creates
from salesapi.domain.shared.kernel import PAYERS, Context, FieldInvalid, ThingUnknown, member_of, roles
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import period_named
from salesapi.domain.shared.references import referred, refuse_unknown
from salesapi.domain.shared.states import made_from


def enrol(state: Enrolment | None, command: EnrolParticipant, context: Context) -> tuple[EnrolmentBegun, ...]:
    """Decides `EnrolParticipant`. The same enrolment again changes nothing."""
    refuse_unknown(command, context.facts, "member_id")
    plan = referred(command, "plan_id", CompensationPlan, context.facts)
    if plan.is_retired:
        raise CompensationPlanIsRetired(name=plan.name, pointer="/plan_id")
    _refuse_reversed_dates(command.effective_from, command.effective_until)
    _refuse_unknown_components(plan, command.component_keys)
    begun = made_from(EnrolmentBegun, command)
    span, spans = span_of(begun), state.spans if state else ()
    if span in spans:
        return ()
    refuse_untaken(
        plan,
        command.effective_from,
        command.overrides,
        component_keys=command.component_keys,
        draw_minor=command.draw_minor,
    )
    _refuse_leaver(state, span)
    if state and max(len(spans), len(state.spans_before_leaving)) >= SPANS_MAX:
        raise EnrolmentLimitReached(limit=SPANS_MAX, things="enrolments")
    _refuse_overlap(spans, span)
    return (begun,)


def end(state: Enrolment | None, command: EndEnrolment, context: Context) -> tuple[EnrolmentEnded, ...]:
    """Decides `EndEnrolment`: what is in force on the day ends before it."""
    spans = [span for span in (state.spans if state else ()) if span.plan_id == command.plan_id]
    if not any(span.contains(command.effective_until) for span in spans):
        if any(span.effective_until == command.effective_until for span in spans):
            return ()
        raise EnrolmentNotInForce(effective_until=command.effective_until.isoformat(), pointer="/effective_until")
    return (made_from(EnrolmentEnded, command),)


def set_quota(state: Enrolment | None, command: SetQuota, context: Context) -> tuple[EnrolmentQuotaSet, ...]:
    """Decides `SetQuota`. A quota may be set before the enrolment begins."""
    refuse_unknown(command, context.facts)
    period_named(command.period)
    exponent(command.currency)
    known = state.quota(command.measure, command.period) if state else None
    if known and (known.amount_minor, known.currency) == (command.amount_minor, command.currency):
        return ()
    if state and known is None and len(state.quotas) >= QUOTAS_MAX:
        raise EnrolmentLimitReached(limit=QUOTAS_MAX, things="quotas")
    return (made_from(EnrolmentQuotaSet, command),)


def leave(
    state: Enrolment | None, command: RecordParticipantLeft, context: Context
) -> tuple[EnrolmentParticipantLeft, ...]:
    """Decides `RecordParticipantLeft`. The same day and reason again change nothing; others correct them."""
    if state is None or not (state.spans or state.spans_before_leaving):
        raise EnrolmentMissing(plans="no plan", pointer="/member_id")
    if state.left == Left(left_on=command.left_on, leaving=command.leaving):
        return ()
    returned_on = _last_return(state)
    if returned_on is not None and command.left_on < returned_on:
        raise EnrolmentLeavingBeforeReturn(returned_on=returned_on.isoformat(), pointer="/left_on")
    if state.left is None and len(state.leavings) >= LEAVINGS_MAX:
        raise EnrolmentLimitReached(limit=LEAVINGS_MAX, things="leavings")
    return (EnrolmentParticipantLeft(member_id=command.member_id, left_on=command.left_on, leaving=command.leaving),)


def acknowledge(
    state: Enrolment | None, command: AcknowledgeCompensationPlan, context: Context
) -> tuple[EnrolmentPlanAcknowledged, ...]:
    """Decides `AcknowledgeCompensationPlan`. Acknowledging the same version again changes nothing.

    Who takes part in nothing is answered as a foreign participant is, so that nobody is told who is paid by a plan.
    """
    if state is None:
        raise ThingUnknown(thing="enrolment", id=str(context.subject_id))
    if context.member_id != command.member_id:
        raise EnrolmentNotYours(pointer="/member_id")
    if not state.takes_part_in(command.plan_id):
        raise EnrolmentMissing(plans="no version of this plan", pointer="/plan_id")
    latest = len(referred(command, "plan_id", CompensationPlan, context.facts).versions)
    if command.plan_version > latest:
        raise EnrolmentVersionUnpublished(plan_version=command.plan_version, latest=latest, pointer="/plan_version")
    if AcknowledgedVersion(plan_id=command.plan_id, plan_version=command.plan_version) in state.acknowledged:
        return ()
    if len(state.acknowledged) >= ACKNOWLEDGEMENTS_MAX:
        raise EnrolmentLimitReached(limit=ACKNOWLEDGEMENTS_MAX, things="acknowledged plan versions")
    return (made_from(EnrolmentPlanAcknowledged, command),)


def _refuse_reversed_dates(effective_from: date | None, effective_until: date | None) -> None:
    if effective_from is not None and effective_until is not None and effective_until <= effective_from:
        raise FieldInvalid(reason="The span has no day: it ends before it begins.", pointer="/effective_until")


def _refuse_unknown_components(plan: CompensationPlan, keys: tuple[str, ...] | None) -> None:
    known = plan.component_keys()
    for index, key in enumerate(keys or ()):
        if key not in known:
            raise EnrolmentComponentUnknown(component=key, components=sorted(known), pointer=f"/component_keys/{index}")


def _refuse_overlap(spans: tuple[Span, ...], new: Span) -> None:
    overlap = overlap_of(spans, new)
    if overlap is not None:
        held = overlap.held
        raise EnrolmentOverlaps(
            components=overlap.things,
            effective_from=held.effective_from.isoformat() if held.effective_from else "always",
            effective_until=held.effective_until.isoformat() if held.effective_until else "further notice",
            pointer="/draw_minor" if overlap.is_draw else "/effective_from",
        )


def _refuse_leaver(state: Enrolment | None, span: Span) -> None:
    for left in state.leavings if state else ():
        day_after = left.left_on + timedelta(days=1)
        if (span.effective_from or date.min) < day_after < (span.effective_until or date.max):
            raise EnrolmentMemberLeft(left_on=left.left_on.isoformat(), pointer="/effective_from")


def _last_return(state: Enrolment) -> date | None:
    """The day on which the member came back before the leaving that is now recorded or corrected."""
    if state.left is None:
        return state.returned_on()
    if len(state.leavings) == 1:
        return None
    return first_day_after(state.spans_before_leaving, state.leavings[-2].left_on)


def _stream_of(
    command: EnrolParticipant | EndEnrolment | SetQuota | RecordParticipantLeft | AcknowledgeCompensationPlan,
) -> UUID:
    return enrolment_ref(command.member_id).id


STREAM: Final = Stream[Enrolment, EnrolmentEvent](
    kind="enrolment",
    plural="enrolments",
    evolve=evolve,
    commands=(
        creates(EnrolParticipant, decide=enrol, roles=PAYERS, stream_of=_stream_of),
        acts_on(EndEnrolment, decide=end, roles=PAYERS, stream_of=_stream_of),
        acts_on(SetQuota, decide=set_quota, roles=PAYERS, stream_of=_stream_of),
        acts_on(RecordParticipantLeft, decide=leave, roles=PAYERS, stream_of=_stream_of),
        acts_on(AcknowledgeCompensationPlan, decide=acknowledge, roles=roles("rep", "manager"), stream_of=_stream_of),
    ),
    owner=member_of,
)
