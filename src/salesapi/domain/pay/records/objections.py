"""Objections: a member says that something is wrong and gets an answer. Stream `objection`: facts, requests, state, fold.

It is about a line of the member's own statement, a target, a rule of a plan or a step of the process. Claim, evidence and
answers are free text and sealed. The answer is due so many hours of business time after raising; days for raising run by
the record clock. Lines are numbered as the statement shows them; an open objection holds its line from payout
(`payout_holds.py`). The decisions are in `objection_decisions.py`.
"""

from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MinLen

from salesapi.domain.shared.kernel import About, FreeText, Key, Personal, Reason, Recorded, Refers, Refused, record
from salesapi.domain.shared.states import business_date, made_from, replace

RAISE_DAYS_MAX: Final = 30
"""Days after the lock of a payout run within which a member objects to a line of its statement."""
ANSWER_HOURS: Final = 48
"""Hours after raising by which an objection is to be answered. By a date alone they are whole days."""
LINE_NUMBER_MAX: Final = 2**31 - 1

ObjectionSubjectKind: TypeAlias = Literal["statement_line", "target", "rule", "process_step"]
ObjectionOutcome: TypeAlias = Literal["adjust", "adjust_partly", "explain", "reject"]
ObjectionStatus: TypeAlias = Literal[
    "open", "answered", "adjusted", "partly_adjusted", "explained", "rejected", "withdrawn"
]
CorrectionKind: TypeAlias = Literal["award", "payout_run"]

STATUS_OF: Final[dict[ObjectionOutcome, ObjectionStatus]] = {
    "adjust": "adjusted",
    "adjust_partly": "partly_adjusted",
    "explain": "explained",
    "reject": "rejected",
}
"""What an objection is once it is decided so."""


@record
class ObjectionSubject:
    """What the objection is about: a line of a statement, a target, a rule of a plan or a step of a process."""

    kind: Annotated[ObjectionSubjectKind, About("What sort of thing it is.")]
    id: Annotated[UUID, About("The payout run, the target, the compensation plan or the pipeline.")]
    line: Annotated[
        Annotated[int, Ge(1), Le(LINE_NUMBER_MAX)] | None,
        About("Number of the statement's line, for a statement line."),
    ] = None
    key: Annotated[Key | None, About("The plan's component for a rule, the stage for a process step.")] = None


@record
class ObjectionCorrection:
    """Where what was found wrong is put right."""

    kind: Annotated[CorrectionKind, About("An approved adjustment, or a payout run that pays the member.")]
    id: Annotated[UUID, Refers(kind_in="kind"), About("Its id.")]


@record
class ObjectionRaised:
    """The member objects. `answer_due_at` is known where the business time of raising is an instant."""

    subject: ObjectionSubject
    member_id: UUID
    claim: Annotated[str | None, Personal()]
    evidence: Annotated[str | None, Personal()]
    raised_by: UUID
    is_late: bool
    answer_due_on: date
    answer_due_at: datetime | None


@record
class ObjectionAnswered:
    """A later answer stands beside an earlier one; the last one is shown."""

    answered_by: UUID
    answer: Annotated[str | None, Personal()]


@record
class ObjectionDecided:
    outcome: ObjectionOutcome
    decided_by: UUID
    correction: ObjectionCorrection | None
    reason: str | None


@record
class ObjectionWithdrawn:
    reason: str | None


@record
class ObjectionPersonErased:
    """Claim, evidence and answer are erased; see `customers/persons.py`."""

    person_id: UUID


ObjectionEvent: TypeAlias = (
    ObjectionRaised | ObjectionAnswered | ObjectionDecided | ObjectionWithdrawn | ObjectionPersonErased
)

ObjectionId: TypeAlias = Annotated[UUID, About("The objection.")]


@record
class RaiseObjection:
    """Raises an objection of your own. A late one about a statement is raised for the member by who may permit it."""

    subject: Annotated[ObjectionSubject, About("What it is about.")]
    member_id: Annotated[UUID, About("The member whom it concerns: you, unless you may raise late ones.")]
    claim: Annotated[FreeText, MinLen(1), About("What is wrong; sealed.")]
    evidence: Annotated[FreeText | None, About("What shows it; sealed.")] = None


@record
class AnswerObjection:
    """Answers an objection. Needed before it is decided."""

    objection_id: ObjectionId
    answer: Annotated[FreeText, MinLen(1), About("The answer; sealed.")]


@record
class DecideObjection:
    """Decides an answered objection. Adjusting, in whole or in part, names the correction."""

    objection_id: ObjectionId
    outcome: Annotated[ObjectionOutcome, About("`adjust`, `adjust_partly`, `explain` or `reject`.")]
    correction: Annotated[ObjectionCorrection | None, About("Needed for adjusting, refused otherwise.")] = None
    reason: Annotated[Reason | None, About("Why; stored in clear.")] = None


@record
class WithdrawObjection:
    """Takes back an objection that is not decided. By whom it concerns, or who raised it."""

    objection_id: ObjectionId
    reason: Annotated[Reason | None, About("Why.")] = None


class ObjectionClosed(Refused):
    """A decided or withdrawn objection takes no more commands."""

    code = "objection.closed"
    message = "The objection is {status}; raise another one."


class ObjectionNotYours(Refused):
    """Objections are raised by the member whom the thing concerns."""

    code = "objection.not_yours"
    message = "An objection is raised by the member whom it concerns."


class ObjectionSubjectUnclear(Refused):
    """Each kind of subject is named by its own parts."""

    code = "objection.subject_unclear"
    message = "A {subject_kind} is named by id{parts} and nothing else."


class ObjectionRunNotLocked(Refused):
    """Statements of a run that is not locked can still change by themselves."""

    code = "objection.run_not_locked"
    message = "The payout run is {status}; objections to its statements are raised once it is locked."


class ObjectionLate(Refused):
    """The days for raising are over."""

    code = "objection.late"
    message = (
        "The run was locked on {locked_on}: objections were raised within {days} days. Ask who may permit a late one."
    )


class ObjectionNotAnswered(Refused):
    """A decision comes after an answer."""

    code = "objection.not_answered"
    message = "Answer the objection before you decide it."


class ObjectionCorrectionMissing(Refused):
    """What is found wrong is put right somewhere."""

    code = "objection.correction_missing"
    message = "The outcome {outcome} names its correction: an adjustment or a payout run."


class ObjectionCorrectionUnwanted(Refused):
    """What is not adjusted has no correction."""

    code = "objection.correction_unwanted"
    message = "The outcome {outcome} has no correction."


class ObjectionCorrectionUnrelated(Refused):
    """The correction is for the member who objects, and not what was objected to."""

    code = "objection.correction_unrelated"
    message = "The {correction_kind} {id} corrects nothing for this member: {problem}."


@record
class Objection:
    """An objection as it is now. `closed_on` is the day of the decision or withdrawal, `reason` what was said with it."""

    subject: ObjectionSubject
    member_id: UUID
    raised_by: UUID
    answer_due_on: date
    status: ObjectionStatus = "open"
    claim: str | None = None
    evidence: str | None = None
    is_late: bool = False
    raised_on: date | None = None
    answer_due_at: datetime | None = None
    answer: str | None = None
    answered_by: UUID | None = None
    answered_on: date | None = None
    decided_by: UUID | None = None
    correction: ObjectionCorrection | None = None
    reason: str | None = None
    closed_on: date | None = None
    is_erased: bool = False

    @property
    def is_open(self) -> bool:
        """True while it waits for a decision, answered or not."""
        return self.status in ("open", "answered")


def evolve(state: Objection | None, event: ObjectionEvent, recorded: Recorded) -> Objection:
    """Folds the stream to its state."""
    on = business_date(recorded)
    if isinstance(event, ObjectionRaised):
        return made_from(Objection, event, raised_on=on)
    assert state is not None, "an objection begins with objection.raised"
    match event:
        case ObjectionAnswered():
            return replace(state, status="answered", answer=event.answer, answered_by=event.answered_by, answered_on=on)
        case ObjectionDecided():
            return replace(
                state,
                status=STATUS_OF[event.outcome],
                decided_by=event.decided_by,
                correction=event.correction,
                reason=event.reason,
                closed_on=on,
            )
        case ObjectionWithdrawn():
            return replace(state, status="withdrawn", reason=event.reason, closed_on=on)
        case ObjectionPersonErased():
            return replace(state, claim=None, evidence=None, answer=None, is_erased=True)
        case _:
            assert_never(event)
