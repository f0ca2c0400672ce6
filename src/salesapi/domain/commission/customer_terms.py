"""What customers hold: their signed agreements with term and recurring revenue, as retention is measured (R43).

Folded in constant work for an event. Amounts are minor units of the agreement's currency, net; days business dates, both days of
a term inclusive. An agreement without a deal counts here too.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain import agreements
from salesapi.domain.agreements import (
    Agreement,
    AgreementAmended,
    AgreementCancelled,
    AgreementEvent,
    AgreementRenewed,
    AgreementSigned,
)
from salesapi.domain.kernel import Recorded, record

ZERO: Final = Fraction()


@record
class RecurringChange:
    """So much more recurs, or less, from a day on; None is always."""

    on: date | None
    delta_minor: int


@record
class CustomerTerm:
    """A signed agreement as it stands. A day that is not stated is None: such a term has no rate and is never due."""

    customer_id: UUID
    currency: str
    net_minor: int
    recurring_minor: int
    """Net amount of its recurring lines for the whole term; 0 once it is cancelled."""
    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    changes: tuple[RecurringChange, ...] = ()
    is_cancelled: bool = False
    renewed_by: UUID | None = None
    noticed_on: date | None = None
    """The day on which it was said that another agreement continues it."""
    positions: tuple[int, ...]

    def recurring_on(self, on: date) -> Fraction:
        """What recurs on a day: its part of the whole term's amount, as amended by then. 0 outside of the term."""
        if self.starts_on is None or self.ends_on is None or not self.starts_on <= on <= self.ends_on:
            return ZERO
        later = sum(change.delta_minor for change in self.changes if change.on is not None and change.on > on)
        days = (self.ends_on - self.starts_on).days + 1
        return Fraction(max(0, self.recurring_minor - later), days)


class CustomerTerms:
    """The agreements of all customers up to now."""

    def __init__(self) -> None:
        self._states: dict[UUID, Agreement] = {}
        self._terms: dict[UUID, CustomerTerm] = {}
        self._of_customer: dict[UUID, list[UUID]] = {}

    def take(self, event: AgreementEvent, recorded: Recorded) -> None:
        """Takes the next event of an agreement."""
        before = self._states.get(recorded.stream_id)
        state = self._states[recorded.stream_id] = agreements.evolve(before, event, recorded)
        if isinstance(event, AgreementSigned):
            self._terms[recorded.stream_id] = _signed(state, event, recorded)
            self._of_customer.setdefault(state.customer_id, []).append(recorded.stream_id)
        elif (term := self._terms.get(recorded.stream_id)) is not None:
            self._terms[recorded.stream_id] = _changed(term, state, event, recorded)

    def customers(self) -> Iterable[UUID]:
        """Everybody who ever signed."""
        return self._of_customer.keys()

    def of_customer(self, customer_id: UUID) -> tuple[CustomerTerm, ...]:
        """The agreements of a customer, in the order in which they were signed."""
        return tuple(self._terms[each] for each in self._of_customer.get(customer_id, ()))

    def term(self, agreement_id: UUID) -> CustomerTerm | None:
        """An agreement, where it is signed."""
        return self._terms.get(agreement_id)


def _signed(state: Agreement, event: AgreementSigned, recorded: Recorded) -> CustomerTerm:
    return CustomerTerm(
        customer_id=state.customer_id,
        currency=state.currency,
        net_minor=_net_minor(state),
        recurring_minor=_recurring_minor(state),
        signed_on=_on(recorded),
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        positions=(recorded.position,),
    )


def _changed(term: CustomerTerm, state: Agreement, event: AgreementEvent, recorded: Recorded) -> CustomerTerm:
    match event:
        case AgreementAmended():
            known = replace(term, net_minor=_net_minor(state))
            return _recurring(known, _recurring_minor(state), event.effective_on or _on(recorded), recorded)
        case AgreementCancelled():
            known = replace(term, is_cancelled=True)
            return _recurring(known, 0, event.effective_on or _on(recorded), recorded)
        case AgreementRenewed():
            positions = (*term.positions, recorded.position)
            return replace(term, renewed_by=event.renewed_by, noticed_on=_on(recorded), positions=positions)
        case _:
            return term


def _recurring(term: CustomerTerm, recurring_minor: int, on: date | None, recorded: Recorded) -> CustomerTerm:
    change = RecurringChange(on=on, delta_minor=recurring_minor - term.recurring_minor)
    return replace(
        term,
        recurring_minor=recurring_minor,
        changes=(*term.changes, change),
        positions=(*term.positions, recorded.position),
    )


def _net_minor(state: Agreement) -> int:
    return sum(line.amount_minor for line in state.lines)


def _recurring_minor(state: Agreement) -> int:
    return sum(line.amount_minor for line in state.lines if line.recurring)


def _on(recorded: Recorded) -> date | None:
    return recorded.occurred.on if recorded.occurred is not None else None
