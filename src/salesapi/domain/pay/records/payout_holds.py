"""Lines of a locked payout run that are not paid while an objection to them is open (R63). Stream `payout_run`.

Raising an objection to a line holds it, in the same commit; deciding or withdrawing the objection frees it (`consequences.py`).
Only a line that pays something is held: what a line takes away stays taken until it is corrected, so that nobody is ever paid
more than was locked. Lines are numbered as the statement shows them, amounts are minor units of the plan's currency. The
decision is in `payout_decisions.py`.
"""

from typing import Annotated, Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.records.payouts import PayoutRunId
from salesapi.domain.shared.kernel import About, Refers, Refused, record

HELD_LINES_MAX: Final = 50
"""Most lines of one statement that are held, or were paid on their own since."""


@record
class PayoutRunLineHeld:
    """An objection to this line was raised: the amount, above 0, is not instructed while that is open."""

    member_id: UUID
    line: int
    amount_minor: int
    currency: str
    objection_id: UUID


@record
class PayoutRunLineFreed:
    """The objection was decided or withdrawn: the line may be paid as it was locked."""

    member_id: UUID
    line: int
    objection_id: UUID


HoldEvent: TypeAlias = PayoutRunLineHeld | PayoutRunLineFreed


@record
class UpdatePayoutHold:
    """Holds a line from payout, or frees it, as its objection stands. Raising and deciding do so; again it changes nothing."""

    payout_run_id: PayoutRunId
    objection_id: Annotated[UUID, Refers("objection"), About("The objection to a line of a statement of this run.")]


class PayoutLineHeld(Refused):
    """One objection at a time holds a line."""

    code = "payout_run.line_held"
    message = "The line {line} has the open objection {objection_id}; withdraw that one, or wait for its decision."


class PayoutHoldsTooMany(Refused):
    """The number of lines of one statement that are paid apart is bounded."""

    code = "payout_run.holds_too_many"
    message = (
        "Objections hold {limit} lines of the statement, the most there may be; object to the plan's rule instead."
    )


@record
class PayoutHold:
    """A line that an open objection keeps from being paid."""

    member_id: UUID
    line: int
    objection_id: UUID


def with_hold(holds: tuple[PayoutHold, ...], event: HoldEvent) -> tuple[PayoutHold, ...]:
    """The holds after one more line was held or freed."""
    match event:
        case PayoutRunLineHeld():
            return (*holds, PayoutHold(member_id=event.member_id, line=event.line, objection_id=event.objection_id))
        case PayoutRunLineFreed():
            return tuple(each for each in holds if each.objection_id != event.objection_id)


def held_lines(holds: tuple[PayoutHold, ...]) -> dict[UUID, frozenset[int]]:
    """The lines that are held, by member."""
    found: dict[UUID, frozenset[int]] = {}
    for each in holds:
        found[each.member_id] = found.get(each.member_id, frozenset()) | {each.line}
    return found
