"""Payouts of a locked payout run: instructed in batches, paid, or failed. Stream `payout_run`: facts, requests and their fold.

A batch is what is sent to a bank or to payroll at once, under finance's own number. A member's total is paid once: what is
instructed and did not fail is not instructed again, and what failed is again only in another batch. A line that pays something
is held while an objection to it is open (`payout_holds.py`): a batch pays the rest of the statement, a later one the line.
Amounts are minor units of the plan's currency; dates are finance's own. The decisions are in `payout_decisions.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.dates import PastDate, PlannedDate
from salesapi.domain.shared.kernel import About, Key, Kind, Reason, Refused, record
from salesapi.domain.shared.states import made_from, replace

BATCHES_MAX: Final = 100
"""Most batches of one run."""
MEMBERS_MAX: Final = 1_000
"""Most members that a command names, and most amounts of one event: a larger batch is several events."""
PARTS_MAX: Final = 200
"""Most amounts of one event where a statement is paid in part: such an event names lines."""

PayoutStatus: TypeAlias = Literal["not_instructed", "instructed", "paid", "failed"]
"""How it stands with a statement. Within a batch `not_instructed` is what was left out of it."""
OmissionReason: TypeAlias = Literal["negative", "zero", "disputed"]


@record
class PayoutAmount:
    """What one member is to be paid, or was paid; above 0."""

    member_id: UUID
    amount_minor: int


@record
class PayoutOmission:
    """A statement of which nothing is paid out: its total is below 0, which stays owed, or 0, or held by objections."""

    member_id: UUID
    total_minor: int
    reason: OmissionReason


@record
class PayoutPart:
    """A statement of which a batch pays not all: all but `without_lines`, or only `lines`, which an earlier batch left out.

    Left out is what is held, and what was paid on its own before the rest failed. One of the two is empty.
    """

    member_id: UUID
    without_lines: tuple[int, ...]
    lines: tuple[int, ...]


@record
class PayoutRunPayoutInstructed:
    """A batch was sent, or some of it: further events of the same batch add to it. `takes_all`: nobody was named.

    `parts` are those of the amounts that are not of a whole statement.
    """

    batch: str
    payout_on: date
    takes_all: bool
    amounts: tuple[PayoutAmount, ...]
    parts: tuple[PayoutPart, ...]
    omissions: tuple[PayoutOmission, ...]
    currency: str


@record
class PayoutRunPayoutPaid:
    """The bank or payroll says that these amounts of the batch were paid."""

    batch: str
    external_reference: str
    paid_on: date
    amounts: tuple[PayoutAmount, ...]
    currency: str


@record
class PayoutRunPayoutFailed:
    """A member's amount of the batch was not paid, or, where `was_paid`, came back."""

    batch: str
    member_id: UUID
    amount_minor: int
    currency: str
    was_paid: bool
    reason: str


PayoutEvent: TypeAlias = PayoutRunPayoutInstructed | PayoutRunPayoutPaid | PayoutRunPayoutFailed

PayoutRunId: TypeAlias = Annotated[UUID, About("The payout run.")]
Batch: TypeAlias = Annotated[Key, About("Finance's own number of the batch, unique in the run.")]
MemberIds: TypeAlias = Annotated[tuple[UUID, ...], MinLen(1), MaxLen(MEMBERS_MAX)]


@record
class InstructPayout:
    """Records that a locked run is sent to be paid, each member's total but what objections hold. Not by anybody paid by it."""

    payout_run_id: PayoutRunId
    batch: Batch
    payout_on: Annotated[PlannedDate, About("The day on which it is to be paid.")]
    member_ids: Annotated[
        MemberIds | None, About("Only these members; without it all of whom something above 0 is not instructed yet.")
    ] = None


@record
class ConfirmPayoutPaid:
    """Records that a batch was paid, or some of its members."""

    payout_run_id: PayoutRunId
    batch: Batch
    external_reference: Annotated[
        Annotated[str, MinLen(1), MaxLen(200)], About("Number of the payment at the bank or in payroll.")
    ]
    paid_on: Annotated[PastDate, About("The day on which it was paid.")]
    member_ids: Annotated[
        MemberIds | None, About("Only these members; without it all of the batch that are not paid and did not fail.")
    ] = None


@record
class ReportPayoutFailed:
    """Records that a member was not paid, or that the payment came back. It may be instructed again in another batch."""

    payout_run_id: PayoutRunId
    batch: Batch
    member_id: Annotated[UUID, About("The member.")]
    reason: Annotated[Reason, About("Why; stored in clear.")]


class PayoutBatchUnknown(Refused):
    """What is confirmed, fails or is exported was instructed in a batch before."""

    code = "payout_run.batch_unknown"
    kind = Kind.NOT_FOUND
    message = "The payout run has no batch of this number."


class PayoutBatchExists(Refused):
    """A batch is instructed once; the same instruction again changes nothing."""

    code = "payout_run.batch_exists"
    kind = Kind.CONFLICT
    message = "The batch {batch} was instructed otherwise, for {payout_on}; send another number."


class PayoutBatchesTooMany(Refused):
    """The number of batches of one run is bounded."""

    code = "payout_run.batches_too_many"
    message = "The run has {limit} batches, the most there may be."


class PayoutInstructed(Refused):
    """Nobody is paid twice."""

    code = "payout_run.payout_instructed"
    message = (
        "Member {member_id} is {status} in the batch {batch}; what failed or is not held any more is instructed again."
    )


class PayoutNothingOpen(Refused):
    """There is nothing left to do."""

    code = "payout_run.payout_nothing_open"
    message = "Nobody whom you ask for is to be paid: totals are 0 or below, held, instructed, paid or failed already."


class PayoutNotInBatch(Refused):
    """A payment is confirmed or fails in the batch that instructed it."""

    code = "payout_run.payout_not_in_batch"
    message = "The batch {batch} pays nothing to member {member_id}."


class PayoutPaid(Refused):
    """A payment has one reference and one day."""

    code = "payout_run.payout_paid"
    message = "Member {member_id} was paid on {paid_on} by {external_reference}; report it failed if it came back."


class PayoutFailed(Refused):
    """What failed in a batch stays failed there."""

    code = "payout_run.payout_failed"
    message = "The payment to member {member_id} in the batch {batch} failed; instruct it again in another batch."


@record
class MemberPayout:
    """One member's payment in a batch: of the whole statement but `without_lines`, or only of `lines`."""

    amount_minor: int
    without_lines: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    status: PayoutStatus = "instructed"
    external_reference: str | None = None
    paid_on: date | None = None


@record
class PayoutBatch:
    """One batch with its payments, and whom it left out."""

    batch: str
    payout_on: date
    takes_all: bool
    payments: Mapping[UUID, MemberPayout] = field(default_factory=dict)
    omitted: frozenset[UUID] = frozenset()


@record
class Payouts:
    """The pay of a run, in the order of its statements, and its batches in the order in which they were instructed."""

    currency: str = ""
    totals: tuple[tuple[UUID, int], ...] = ()
    batches: tuple[PayoutBatch, ...] = ()

    def batch(self, number: str) -> PayoutBatch | None:
        """The batch of this number."""
        return next((each for each in self.batches if each.batch == number), None)

    def instructed(self) -> dict[UUID, PayoutBatch]:
        """The members who are instructed or paid, each with the last batch that pays them."""
        return {
            member_id: each
            for each in self.batches
            for member_id, payment in each.payments.items()
            if payment.status != "failed"
        }

    def payments(self) -> dict[UUID, list[MemberPayout]]:
        """Lists what is instructed or paid, by member, in the order of the batches."""
        found: dict[UUID, list[MemberPayout]] = {}
        for each in self.batches:
            for member_id, payment in each.payments.items():
                if payment.status != "failed":
                    found.setdefault(member_id, []).append(payment)
        return found


def with_total(payouts: Payouts, member_id: UUID, total_minor: int) -> Payouts:
    """After one more statement was issued."""
    return replace(payouts, totals=(*payouts.totals, (member_id, total_minor)))


def with_payout(payouts: Payouts, event: PayoutEvent) -> Payouts:
    """After something was instructed, paid or failed."""
    known = payouts.batch(event.batch)
    match event:
        case PayoutRunPayoutInstructed():
            batch = known or PayoutBatch(batch=event.batch, payout_on=event.payout_on, takes_all=event.takes_all)
            added = {each.member_id: made_from(MemberPayout, each) for each in event.amounts}
            for part in event.parts:
                if part.member_id in added:
                    amount_minor = added[part.member_id].amount_minor
                    added[part.member_id] = made_from(MemberPayout, part, amount_minor=amount_minor)
            omitted = batch.omitted | {each.member_id for each in event.omissions}
            batch = replace(batch, payments={**batch.payments, **added}, omitted=omitted)
            others = tuple(each for each in payouts.batches if each.batch != event.batch)
            return replace(payouts, batches=(*others, batch))
        case PayoutRunPayoutPaid():
            reference, paid_on = event.external_reference, event.paid_on
            members = [each.member_id for each in event.amounts]
            return _with_payments(payouts, known, members, "paid", reference=reference, paid_on=paid_on)
        case PayoutRunPayoutFailed():
            return _with_payments(payouts, known, [event.member_id], "failed")


def _with_payments(
    payouts: Payouts,
    batch: PayoutBatch | None,
    members: Sequence[UUID],
    status: PayoutStatus,
    *,
    reference: str | None = None,
    paid_on: date | None = None,
) -> Payouts:
    assert batch is not None, "a batch begins with payout_run.payout_instructed"
    assert batch.payments.keys() >= set(members), "only what was instructed is paid or fails"
    changed = {
        each: replace(batch.payments[each], status=status, external_reference=reference, paid_on=paid_on)
        for each in members
    }
    after = replace(batch, payments={**batch.payments, **changed})
    return replace(payouts, batches=tuple(after if each is batch else each for each in payouts.batches))
