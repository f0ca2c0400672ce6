"""What may happen to an enrolment: the decisions of `enrolments.py`, pure, and the declaration of the stream."""

from collections.abc import Set
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.plans import enrolments
from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanIsRetired
from salesapi.domain.pay.plans.enrolment_overrides import refuse_untaken
from salesapi.domain.pay.plans.enrolment_spans import Span, first_day_after, overlap_of
from salesapi.domain.shared.dates import day_after, end_of, start_of
from salesapi.domain.shared.declarations import Stream, acts_on, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import PAYERS, Context, Facts, FieldInvalid, ThingUnknown, member_of, roles
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import period_named
from salesapi.domain.shared.references import referred, refuse_unknown
from salesapi.domain.shared.states import made_from


def enrol(
    state: enrolments.Enrolment | None, command: enrolments.EnrolParticipant, context: Context
) -> tuple[enrolments.EnrolmentBegun, ...]:
    """Decides `EnrolParticipant`. The same enrolment again changes nothing."""
    refuse_unknown(command, context.facts, "member_id")
    plan = referred(command, "plan_id", CompensationPlan, context.facts)
    if plan.is_retired:
        raise CompensationPlanIsRetired(name=plan.name, pointer="/plan_id")
    _refuse_reversed_dates(command.effective_from, command.effective_until)
    _refuse_unknown_components(plan, command.component_keys)
    begun = made_from(enrolments.EnrolmentBegun, command)
    span, spans = enrolments.span_of(begun), state.spans if state else ()
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
    if state and max(len(spans), len(state.spans_before_leaving)) >= enrolments.SPANS_MAX:
        raise enrolments.EnrolmentLimitReached(limit=enrolments.SPANS_MAX, things="enrolments")
    _refuse_overlap(spans, span)
    return (begun,)


def end(
    state: enrolments.Enrolment | None, command: enrolments.EndEnrolment, context: Context
) -> tuple[enrolments.EnrolmentEnded, ...]:
    """Decides `EndEnrolment`: what is in force on the day ends before it."""
    spans = [span for span in (state.spans if state else ()) if span.plan_id == command.plan_id]
    if not any(span.contains(command.effective_until) for span in spans):
        if any(span.effective_until == command.effective_until for span in spans):
            return ()
        raise enrolments.EnrolmentNotInForce(
            effective_until=command.effective_until.isoformat(), pointer="/effective_until"
        )
    return (made_from(enrolments.EnrolmentEnded, command),)


def set_quota(
    state: enrolments.Enrolment | None, command: enrolments.SetQuota, context: Context
) -> tuple[enrolments.EnrolmentQuotaSet, ...]:
    """Decides `SetQuota`. A quota may be set before the enrolment begins."""
    refuse_unknown(command, context.facts)
    period_named(command.period)
    exponent(command.currency)
    known = state.quota(command.measure, command.period) if state else None
    if known and (known.amount_minor, known.currency) == (command.amount_minor, command.currency):
        return ()
    if state and known is None and len(state.quotas) >= enrolments.QUOTAS_MAX:
        raise enrolments.EnrolmentLimitReached(limit=enrolments.QUOTAS_MAX, things="quotas")
    return (made_from(enrolments.EnrolmentQuotaSet, command),)


def leave(
    state: enrolments.Enrolment | None, command: enrolments.RecordParticipantLeft, context: Context
) -> tuple[enrolments.EnrolmentParticipantLeft, ...]:
    """Decides `RecordParticipantLeft`. The same day and reason again change nothing; others correct them."""
    if state is None or not (state.spans or state.spans_before_leaving):
        raise enrolments.EnrolmentMissing(plans="no plan", pointer="/member_id")
    if state.left == made_from(enrolments.Left, command):
        return ()
    returned_on = _last_return(state)
    if returned_on is not None and command.left_on < returned_on:
        raise enrolments.EnrolmentLeavingBeforeReturn(returned_on=returned_on.isoformat(), pointer="/left_on")
    if state.left is None and len(state.leavings) >= enrolments.LEAVINGS_MAX:
        raise enrolments.EnrolmentLimitReached(limit=enrolments.LEAVINGS_MAX, things="leavings")
    return (made_from(enrolments.EnrolmentParticipantLeft, command),)


def acknowledge(
    state: enrolments.Enrolment | None, command: enrolments.AcknowledgeCompensationPlan, context: Context
) -> tuple[enrolments.EnrolmentPlanAcknowledged, ...]:
    """Decides `AcknowledgeCompensationPlan`. Acknowledging the same version again changes nothing.

    Who takes part in nothing is answered as a foreign participant is, so that nobody is told who is paid by a plan.
    """
    if state is None:
        raise ThingUnknown(thing="enrolment", id=str(context.subject_id))
    if context.member_id != command.member_id:
        raise enrolments.EnrolmentNotYours(pointer="/member_id")
    if not state.takes_part_in(command.plan_id):
        raise enrolments.EnrolmentMissing(plans="no version of this plan", pointer="/plan_id")
    latest = len(referred(command, "plan_id", CompensationPlan, context.facts).versions)
    if command.plan_version > latest:
        raise enrolments.EnrolmentVersionUnpublished(
            plan_version=command.plan_version, latest=latest, pointer="/plan_version"
        )
    if state.has_acknowledged(command.plan_id, command.plan_version):
        return ()
    if len(state.acknowledged) >= enrolments.ACKNOWLEDGEMENTS_MAX:
        raise enrolments.EnrolmentLimitReached(
            limit=enrolments.ACKNOWLEDGEMENTS_MAX, things="acknowledged plan versions"
        )
    return (made_from(enrolments.EnrolmentPlanAcknowledged, command),)


def _refuse_reversed_dates(effective_from: date | None, effective_until: date | None) -> None:
    if effective_from is not None and effective_until is not None and effective_until <= effective_from:
        raise FieldInvalid(reason="The span has no day: it ends before it begins.", pointer="/effective_until")


def _refuse_unknown_components(plan: CompensationPlan, keys: tuple[str, ...] | None) -> None:
    known = plan.component_keys()
    for index, key in enumerate(keys or ()):
        if key not in known:
            raise enrolments.EnrolmentComponentUnknown(
                component=key, components=sorted(known), pointer=f"/component_keys/{index}"
            )


def _refuse_overlap(spans: tuple[Span, ...], new: Span) -> None:
    overlap = overlap_of(spans, new)
    if overlap is not None:
        held = overlap.held
        raise enrolments.EnrolmentOverlaps(
            components=overlap.things,
            effective_from=held.effective_from.isoformat() if held.effective_from else "always",
            effective_until=held.effective_until.isoformat() if held.effective_until else "further notice",
            pointer="/draw_minor" if overlap.is_draw else "/effective_from",
        )


def _refuse_leaver(state: enrolments.Enrolment | None, span: Span) -> None:
    for left in state.leavings if state else ():
        if start_of(span.effective_from) < day_after(left.left_on) < end_of(span.effective_until):
            raise enrolments.EnrolmentMemberLeft(left_on=left.left_on.isoformat(), pointer="/effective_from")


def _last_return(state: enrolments.Enrolment) -> date | None:
    """The day on which the member came back before the leaving that is now recorded or corrected."""
    if state.left is None:
        return state.returned_on()
    if len(state.leavings) == 1:
        return None
    return first_day_after(state.spans_before_leaving, state.leavings[-2].left_on)


_OfParticipant: TypeAlias = (
    enrolments.EnrolParticipant
    | enrolments.EndEnrolment
    | enrolments.SetQuota
    | enrolments.RecordParticipantLeft
    | enrolments.AcknowledgeCompensationPlan
)


def _stream_of(command: _OfParticipant) -> UUID:
    return enrolments.enrolment_ref(command.member_id).id


def _participant(state: object, command: _OfParticipant, facts: Facts) -> Set[UUID]:
    return {command.member_id}


PAYING: Final[Duty[object, _OfParticipant]] = Duty(
    why="nobody says by what they themselves are paid", benefits=_participant, is_for_systems=True
)

STREAM: Final = Stream[enrolments.Enrolment, enrolments.EnrolmentEvent](
    kind="enrolment",
    plural="enrolments",
    evolve=enrolments.evolve,
    commands=(
        creates(enrolments.EnrolParticipant, decide=enrol, roles=PAYERS, stream_of=_stream_of, duty=PAYING),
        acts_on(enrolments.EndEnrolment, decide=end, roles=PAYERS, stream_of=_stream_of, duty=PAYING),
        acts_on(enrolments.SetQuota, decide=set_quota, roles=PAYERS, stream_of=_stream_of, duty=PAYING),
        acts_on(enrolments.RecordParticipantLeft, decide=leave, roles=PAYERS, stream_of=_stream_of, duty=PAYING),
        acts_on(
            enrolments.AcknowledgeCompensationPlan,
            decide=acknowledge,
            roles=roles("rep", "manager"),
            stream_of=_stream_of,
        ),
    ),
    owner=member_of,
)
