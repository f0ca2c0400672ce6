"""What may happen to an objection: the decisions of `objections.py`, pure, and the declaration of the stream."""

from collections.abc import Set
from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlan
from salesapi.domain.pay.plans.enrolments import Enrolment, enrolment_ref
from salesapi.domain.pay.records import objections
from salesapi.domain.pay.records.awards import Award
from salesapi.domain.pay.records.payout_run_states import PayoutRun
from salesapi.domain.selling.pipelines import Pipeline
from salesapi.domain.selling.targets import Target
from salesapi.domain.shared.dates import days_after, hours_after, local_date
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import (
    GRANTERS,
    PEOPLE,
    BusinessTime,
    BusinessTimeMissing,
    Context,
    Facts,
    StreamRef,
    ThingUnknown,
    member_of,
)
from salesapi.domain.shared.states import made_from

RAISE_LATE: Final = "objection.raise_late"
"""Permits an objection to a statement after the days for it, for oneself or for the member whom it concerns."""
HOURS_OF_DAY: Final = 24

_STREAM_KIND: Final[dict[objections.ObjectionSubjectKind, str]] = {
    "statement_line": "payout_run",
    "target": "target",
    "rule": "compensation_plan",
    "process_step": "pipeline",
}


def raise_objection(
    state: objections.Objection | None,
    command: objections.RaiseObjection,
    context: Context,
    *,
    days: int = objections.RAISE_DAYS_MAX,
    answer_hours: int = objections.ANSWER_HOURS,
) -> tuple[objections.ObjectionRaised, ...]:
    """Decides `RaiseObjection`."""
    is_own = context.member_id == command.member_id
    may_be_late = RAISE_LATE in context.permissions
    if not is_own and not may_be_late:
        raise objections.ObjectionNotYours(pointer="/member_id")
    _refuse_unclear(command.subject)
    if context.occurred is None:
        raise BusinessTimeMissing(pointer="/occurred_at")
    run = _subject_found(command, context)
    late_since = _late_since(run, context.today, days)
    is_late = late_since is not None
    if late_since is not None and not may_be_late:
        raise objections.ObjectionLate(locked_on=late_since.isoformat(), days=days, pointer="/subject")
    if not is_late and not is_own:
        raise objections.ObjectionNotYours(pointer="/member_id")
    answer_due_on, answer_due_at = answer_due(context.occurred, answer_hours)
    return (
        made_from(
            objections.ObjectionRaised,
            command,
            raised_by=context.actor_id,
            is_late=is_late,
            answer_due_on=answer_due_on,
            answer_due_at=answer_due_at,
        ),
    )


def answer(
    state: objections.Objection, command: objections.AnswerObjection, context: Context
) -> tuple[objections.ObjectionAnswered, ...]:
    """Decides `AnswerObjection`. Another answer may follow until the decision; the same again changes nothing."""
    _refuse_closed(state)
    if command.answer == state.answer:
        return ()
    return (objections.ObjectionAnswered(answered_by=context.actor_id, answer=command.answer),)


def decide(
    state: objections.Objection, command: objections.DecideObjection, context: Context
) -> tuple[objections.ObjectionDecided, ...]:
    """Decides `DecideObjection`."""
    _refuse_closed(state)
    if state.status != "answered":
        raise objections.ObjectionNotAnswered()
    is_adjusting = command.outcome in ("adjust", "adjust_partly")
    if is_adjusting and command.correction is None:
        raise objections.ObjectionCorrectionMissing(outcome=command.outcome, pointer="/correction")
    if not is_adjusting and command.correction is not None:
        raise objections.ObjectionCorrectionUnwanted(outcome=command.outcome, pointer="/correction")
    if command.correction is not None:
        _refuse_unrelated(state, command.correction, context)
    return (made_from(objections.ObjectionDecided, command, decided_by=context.actor_id),)


def withdraw(
    state: objections.Objection, command: objections.WithdrawObjection, context: Context
) -> tuple[objections.ObjectionWithdrawn, ...]:
    """Decides `WithdrawObjection`."""
    _refuse_closed(state)
    if context.member_id != state.member_id and context.actor_id != state.raised_by:
        raise objections.ObjectionNotYours()
    return (objections.ObjectionWithdrawn(reason=command.reason),)


def answer_due(raised: BusinessTime, hours: int) -> tuple[date, datetime | None]:
    """The local date and, where raising was an instant, the instant by which the answer is due."""
    if raised.at is None:
        return days_after(raised.on, -(-hours // HOURS_OF_DAY)), None
    at = hours_after(raised.at, hours)
    return local_date(at, raised.zone), at


def _refuse_unclear(subject: objections.ObjectionSubject) -> None:
    needs_line, needs_key = subject.kind == "statement_line", subject.kind in ("rule", "process_step")
    if (subject.line is not None) == needs_line and (subject.key is not None) == needs_key:
        return
    parts = " and line" if needs_line else " and key" if needs_key else ""
    raise objections.ObjectionSubjectUnclear(
        subject_kind=subject.kind.replace("_", " "), parts=parts, pointer="/subject"
    )


def _subject_found(command: objections.RaiseObjection, context: Context) -> PayoutRun | None:
    """The locked run, where the objection is about a statement; None for what has no clock.

    What does not concern the member is answered as what does not exist.
    """
    subject = command.subject
    found = context.facts.state(_ref(subject))
    if isinstance(found, PayoutRun) and subject.line is not None and found.is_beneficiary(command.member_id):
        if found.status != "locked":
            raise objections.ObjectionRunNotLocked(status=found.status, pointer="/subject/id")
        if found.line_minor(command.member_id, subject.line) is not None:
            return found
    if isinstance(found, CompensationPlan) and subject.key in found.component_keys():
        enrolment = context.facts.state(enrolment_ref(command.member_id))
        if isinstance(enrolment, Enrolment) and enrolment.takes_part_in(subject.id):
            return None
    if isinstance(found, Pipeline) and any(s.key == subject.key for v in found.versions for s in v.stages):
        return None
    if isinstance(found, Target) and found.owner_id == command.member_id:
        return None
    raise ThingUnknown(thing=subject.kind, id=str(subject.id), pointer="/subject/id")


def _late_since(run: PayoutRun | None, today: date, days: int) -> date | None:
    """The day of the lock, where the days after it are over. None is in time: nothing locked, or locked just now.

    By the record clock at both ends: nobody raises in time by back-dating.
    """
    if run is None or run.locked_on is None:
        return None
    return run.locked_on if today > days_after(run.locked_on, days) else None


def _refuse_closed(state: objections.Objection) -> None:
    if not state.is_open:
        raise objections.ObjectionClosed(status=state.status)


def _objector(state: objections.Objection, command: object, facts: Facts) -> Set[UUID]:
    return {state.member_id}


def _refuse_unrelated(
    state: objections.Objection, correction: objections.ObjectionCorrection, context: Context
) -> None:
    found = context.facts.state(StreamRef(correction.kind, correction.id))
    if found is None or (isinstance(found, PayoutRun) and not found.is_beneficiary(state.member_id)):
        raise ThingUnknown(thing=correction.kind, id=str(correction.id), pointer="/correction/id")
    problem = _unrelated(state, correction.id, found)
    if problem:
        raise objections.ObjectionCorrectionUnrelated(
            correction_kind=correction.kind, id=str(correction.id), problem=problem, pointer="/correction/id"
        )


def _unrelated(state: objections.Objection, correction_id: UUID, found: object) -> str | None:
    """Why the correction is none of this member's, or None."""
    if isinstance(found, Award):
        if found.kind != "adjustment" or found.member_id != state.member_id:
            return "it is no adjustment for this member"
        # One that is not approved may still be revoked, and then nothing would be put right.
        return None if found.status == "approved" else f"it is {found.status}"
    if isinstance(found, PayoutRun):
        return "it is what was objected to" if correction_id == state.subject.id else None
    raise AssertionError(f"a correction is an award or a payout run, not {type(found).__name__}")


def _ref(subject: objections.ObjectionSubject) -> StreamRef:
    return StreamRef(_STREAM_KIND[subject.kind], subject.id)


def _needs_subject(
    state: objections.Objection | None, command: objections.RaiseObjection, facts: Facts
) -> tuple[StreamRef, ...]:
    if command.subject.kind == "rule":
        return (_ref(command.subject), enrolment_ref(command.member_id))
    return (_ref(command.subject),)


DECIDING: Final[Duty[objections.Objection, object]] = Duty(
    why="nobody answers or decides an objection of their own",
    apart_from=(objections.ObjectionRaised,),
    benefits=_objector,
)

STREAM: Final = Stream[objections.Objection, objections.ObjectionEvent](
    kind="objection",
    plural="objections",
    evolve=objections.evolve,
    commands=(
        creates(
            objections.RaiseObjection,
            decide=raise_objection,
            roles=PEOPLE,
            needs=_needs_subject,
            duty=Duty(why="another person has to answer and decide it"),
        ),
        changes(objections.AnswerObjection, decide=answer, roles=GRANTERS, target="objection_id", duty=DECIDING),
        changes(objections.DecideObjection, decide=decide, roles=GRANTERS, target="objection_id", duty=DECIDING),
        changes(objections.WithdrawObjection, decide=withdraw, roles=PEOPLE, target="objection_id"),
    ),
    owner=member_of,
)
