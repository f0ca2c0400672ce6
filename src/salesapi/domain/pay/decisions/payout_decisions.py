"""What may happen to the payouts of a locked run: the decisions of `payouts.py`, pure, for the stream `payout_run`.

The same command again changes nothing. Nobody who is paid by the run pays it out, as nobody approves pay of their own. What
objections hold is left out and paid once they are closed: with the rest of the statement, or on its own where that is paid.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import zip_longest
from typing import Final, TypeVar
from uuid import UUID

from salesapi.domain.pay.records import payouts
from salesapi.domain.pay.records.objections import Objection
from salesapi.domain.pay.records.payout_holds import (
    HELD_LINES_MAX,
    PayoutHoldsTooMany,
    PayoutLineHeld,
    PayoutRunLineFreed,
    PayoutRunLineHeld,
    UpdatePayoutHold,
    held_lines,
)
from salesapi.domain.pay.records.payout_run_states import PayoutRun
from salesapi.domain.pay.records.payout_runs import STATEMENT_LINES_MAX, PayoutRunStatusWrong
from salesapi.domain.shared.declarations import changes
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import PAYERS, Context, Facts, ThingUnknown, record
from salesapi.domain.shared.references import reference_at, referred
from salesapi.domain.shared.states import made_from

Item = TypeVar("Item")


@record
class _Due:
    """The amount left to pay to a member, 0 or below where nothing is. `part` where it is not the whole statement."""

    member_id: UUID
    total_minor: int
    amount_minor: int
    part: payouts.PayoutPart | None


def instruct(
    state: PayoutRun, command: payouts.InstructPayout, context: Context
) -> tuple[payouts.PayoutRunPayoutInstructed, ...]:
    """Decides `InstructPayout`: what is above 0 and not held, at most once unless it failed. Others are left out, and why."""
    _refuse_unpayable(state)
    known = state.payouts.batch(command.batch)
    if known is not None:
        _refuse_other_instruction(known, command)
        return ()
    if len(state.payouts.batches) >= payouts.BATCHES_MAX:
        raise payouts.PayoutBatchesTooMany(limit=payouts.BATCHES_MAX)
    asked = _due_asked(state, command)
    due = [each for each in asked if each.amount_minor > 0]
    if not due:
        raise payouts.PayoutNothingOpen(pointer="/member_ids")
    omissions = [_omission(each) for each in asked if each.amount_minor <= 0]
    size = payouts.PARTS_MAX if any(each.part for each in due) else payouts.MEMBERS_MAX
    return tuple(
        made_from(
            payouts.PayoutRunPayoutInstructed,
            command,
            takes_all=command.member_ids is None,
            amounts=tuple(made_from(payouts.PayoutAmount, each) for each in some),
            parts=tuple(each.part for each in some if each.part is not None),
            omissions=left_out,
            currency=state.payouts.currency,
        )
        for some, left_out in zip_longest(_parts(due, size), _parts(omissions), fillvalue=())
    )


def confirm(
    state: PayoutRun, command: payouts.ConfirmPayoutPaid, context: Context
) -> tuple[payouts.PayoutRunPayoutPaid, ...]:
    """Decides `ConfirmPayoutPaid`: what is instructed in the batch and neither paid nor failed."""
    _refuse_unpayable(state)
    batch = _batch(state, command.batch)
    payments = _payments_asked(batch, command.member_ids)
    if command.member_ids is not None:
        for member_id, payment in payments:
            _refuse_settled(batch, member_id, payment, command)
    amounts = [
        payouts.PayoutAmount(member_id=member_id, amount_minor=payment.amount_minor)
        for member_id, payment in payments
        if payment.status == "instructed"
    ]
    if not amounts and not any(_is_paid_so(payment, command) for _, payment in payments):
        raise payouts.PayoutNothingOpen(pointer="/batch")
    return tuple(
        made_from(payouts.PayoutRunPayoutPaid, command, amounts=some, currency=state.payouts.currency)
        for some in _parts(amounts)
    )


def report_failed(
    state: PayoutRun, command: payouts.ReportPayoutFailed, context: Context
) -> tuple[payouts.PayoutRunPayoutFailed, ...]:
    """Decides `ReportPayoutFailed`: also of a payment that was confirmed and came back."""
    _refuse_unpayable(state)
    batch = _batch(state, command.batch)
    payment = batch.payments.get(command.member_id)
    if payment is None:
        raise payouts.PayoutNotInBatch(batch=batch.batch, member_id=str(command.member_id), pointer="/member_id")
    if payment.status == "failed":
        return ()
    return (
        made_from(
            payouts.PayoutRunPayoutFailed,
            command,
            amount_minor=payment.amount_minor,
            currency=state.payouts.currency,
            was_paid=payment.status == "paid",
        ),
    )


def update_hold(
    state: PayoutRun, command: UpdatePayoutHold, context: Context
) -> tuple[PayoutRunLineHeld | PayoutRunLineFreed, ...]:
    """Decides `UpdatePayoutHold`: a line is held while its objection is open, if there is anything in it to hold."""
    objection = referred(command, "objection_id", Objection, context.facts)
    if objection.subject.id != context.subject_id:
        raise reference_at(command, "objection_id").refusal()
    line, member_id = objection.subject.line, objection.member_id
    assert line is not None, "an objection to a payout run is to a line of it"
    is_held = any(each.objection_id == command.objection_id for each in state.holds)
    if is_held == objection.is_open:
        return ()
    if is_held:
        return (PayoutRunLineFreed(member_id=member_id, line=line, objection_id=command.objection_id),)
    amount_minor = state.line_minor(member_id, line)
    assert amount_minor is not None, "only a line that was locked is objected to"
    if amount_minor <= 0:
        return ()
    _refuse_hold(state, member_id, line)
    return (
        PayoutRunLineHeld(
            member_id=member_id,
            line=line,
            amount_minor=amount_minor,
            currency=state.payouts.currency,
            objection_id=command.objection_id,
        ),
    )


def _refuse_hold(state: PayoutRun, member_id: UUID, line: int) -> None:
    mine = [each for each in state.holds if each.member_id == member_id]
    for each in mine:
        if each.line == line:
            raise PayoutLineHeld(line=line, objection_id=str(each.objection_id), pointer="/objection_id")
    apart = {each for payment in state.payouts.payments().get(member_id, ()) for each in payment.lines}
    if len(apart.union(each.line for each in mine)) >= HELD_LINES_MAX:
        raise PayoutHoldsTooMany(limit=HELD_LINES_MAX, pointer="/objection_id")


def _refuse_unpayable(state: PayoutRun) -> None:
    if state.status != "locked":
        raise PayoutRunStatusWrong(status=state.status, needed=("locked",))


def _refuse_other_instruction(known: payouts.PayoutBatch, command: payouts.InstructPayout) -> None:
    named = None if command.member_ids is None else frozenset(command.member_ids)
    before = None if known.takes_all else known.omitted | known.payments.keys()
    if (command.payout_on, named) != (known.payout_on, before):
        raise payouts.PayoutBatchExists(batch=known.batch, payout_on=str(known.payout_on), pointer="/batch")


def _due_asked(state: PayoutRun, command: payouts.InstructPayout) -> list[_Due]:
    """Lists what is due to those in the command, in the order of the statements; not to whom all is instructed.

    Raises:
        ThingUnknown: a named member has no statement in the run.
        PayoutInstructed: all that a named member is due is instructed or paid already.
    """
    instructed = state.payouts.instructed()
    open_to = {
        each.member_id: each for each in _all_due(state) if each.amount_minor > 0 or each.member_id not in instructed
    }
    if command.member_ids is None:
        return list(open_to.values())
    totals = dict(state.payouts.totals)
    for place, member_id in enumerate(command.member_ids):
        pointer = f"/member_ids/{place}"
        if member_id not in totals:
            raise ThingUnknown(thing="statement", id=str(member_id), pointer=pointer)
        if member_id not in open_to:
            batch = instructed[member_id]
            status = batch.payments[member_id].status
            raise payouts.PayoutInstructed(member_id=str(member_id), status=status, batch=batch.batch, pointer=pointer)
    named = frozenset(command.member_ids)
    return [each for member_id, each in open_to.items() if member_id in named]


def _all_due(state: PayoutRun) -> Iterator[_Due]:
    """Each statement but what is held or was paid on its own; once that is paid, the lines that it left out and are free."""
    held, payments = held_lines(state.holds), state.payouts.payments()
    lines = {(member_id, part): amounts for member_id, part, amounts in state.statement_parts}

    def sum_minor(member_id: UUID, numbers: Iterable[int]) -> int:
        places = (divmod(number - 1, STATEMENT_LINES_MAX) for number in numbers)
        return sum(lines[member_id, part + 1][place] for part, place in places)

    for member_id, total_minor in state.payouts.totals:
        paid = payments.get(member_id, [])
        taken = frozenset(number for payment in paid for number in payment.lines) | held.get(member_id, frozenset())
        main = next((payment for payment in paid if not payment.lines), None)
        left_out = taken if main is None else frozenset[int]()
        freed = frozenset[int]() if main is None else frozenset(main.without_lines) - taken
        amount_minor = total_minor - sum_minor(member_id, left_out) if main is None else sum_minor(member_id, freed)
        without_lines, lines_freed = tuple(sorted(left_out)), tuple(sorted(freed))
        part = payouts.PayoutPart(member_id=member_id, without_lines=without_lines, lines=lines_freed)
        yield _Due(
            member_id=member_id,
            total_minor=total_minor,
            amount_minor=amount_minor,
            part=part if left_out or freed else None,
        )


def _omission(due: _Due) -> payouts.PayoutOmission:
    unearned: payouts.OmissionReason = "negative" if due.total_minor < 0 else "zero"
    return made_from(payouts.PayoutOmission, due, reason="disputed" if due.total_minor > 0 else unearned)


def _batch(state: PayoutRun, number: str) -> payouts.PayoutBatch:
    batch = state.payouts.batch(number)
    if batch is None:
        raise payouts.PayoutBatchUnknown(pointer="/batch")
    return batch


def _payments_asked(
    batch: payouts.PayoutBatch, member_ids: tuple[UUID, ...] | None
) -> list[tuple[UUID, payouts.MemberPayout]]:
    """The batch's payments that the command is about, in their order.

    Raises:
        PayoutNotInBatch.
    """
    for place, member_id in enumerate(member_ids or ()):
        if member_id not in batch.payments:
            raise payouts.PayoutNotInBatch(batch=batch.batch, member_id=str(member_id), pointer=f"/member_ids/{place}")
    named = None if member_ids is None else frozenset(member_ids)
    return [(each, payment) for each, payment in batch.payments.items() if named is None or each in named]


def _refuse_settled(
    batch: payouts.PayoutBatch, member_id: UUID, payment: payouts.MemberPayout, command: payouts.ConfirmPayoutPaid
) -> None:
    if payment.status == "failed":
        raise payouts.PayoutFailed(batch=batch.batch, member_id=str(member_id), pointer="/member_ids")
    if payment.status == "paid" and not _is_paid_so(payment, command):
        raise payouts.PayoutPaid(
            member_id=str(member_id),
            paid_on=str(payment.paid_on),
            external_reference=payment.external_reference,
            pointer="/member_ids",
        )


def _is_paid_so(payment: payouts.MemberPayout, command: payouts.ConfirmPayoutPaid) -> bool:
    return (payment.external_reference, payment.paid_on) == (command.external_reference, command.paid_on)


def _parts(items: Sequence[Item], size: int = payouts.MEMBERS_MAX) -> tuple[tuple[Item, ...], ...]:
    """In parts that each fit into one event."""
    return tuple(tuple(items[first : first + size]) for first in range(0, len(items), size))


def paid_by(state: PayoutRun, command: object, facts: Facts) -> Set[UUID]:
    """The members whom the run pays, for duties that are kept apart from them."""
    return state.paid_members()


REPORTING: Final[Duty[PayoutRun, object]] = Duty(
    why="nobody says of their own pay that it came", benefits=paid_by, is_personal=False
)

COMMANDS: Final = (
    changes(
        payouts.InstructPayout,
        decide=instruct,
        roles=PAYERS,
        target="payout_run_id",
        duty=Duty(why="nobody has themselves paid", benefits=paid_by),
    ),
    changes(payouts.ConfirmPayoutPaid, decide=confirm, roles=PAYERS, target="payout_run_id", duty=REPORTING),
    changes(payouts.ReportPayoutFailed, decide=report_failed, roles=PAYERS, target="payout_run_id", duty=REPORTING),
    changes(UpdatePayoutHold, decide=update_hold, roles=PAYERS, target="payout_run_id"),
)
