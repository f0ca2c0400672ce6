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

from salesapi.domain.cash import agreements
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, made_from

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
    recurs: tuple[tuple[str, bool], ...]
    """Its lines by key, and whether each recurs."""
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
        """Computes what recurs on a day: its part of the term's amount, as amended by then. 0 outside of the term."""
        if self.starts_on is None or self.ends_on is None or not self.starts_on <= on <= self.ends_on:
            return ZERO
        later = sum(change.delta_minor for change in self.changes if change.on is not None and change.on > on)
        days = (self.ends_on - self.starts_on).days + 1
        return Fraction(max(0, self.recurring_minor - later), days)


class CustomerTerms:
    """The agreements of all customers up to now."""

    def __init__(self) -> None:
        self._drafts: dict[UUID, agreements.AgreementDrafted] = {}
        self._terms: dict[UUID, CustomerTerm] = {}
        self._of_customer: dict[UUID, list[UUID]] = {}

    def apply(self, event: agreements.AgreementEvent, recorded: Recorded) -> None:
        """Takes the next event of an agreement."""
        agreement_id = recorded.stream_id
        if isinstance(event, agreements.AgreementDrafted):
            self._drafts[agreement_id] = event
        elif isinstance(event, agreements.AgreementSigned):
            draft = self._drafts.pop(agreement_id)
            self._terms[agreement_id] = _signed(draft, event, recorded)
            self._of_customer.setdefault(draft.customer_id, []).append(agreement_id)
        elif (term := self._terms.get(agreement_id)) is not None:
            self._terms[agreement_id] = _changed(term, event, recorded)

    def customers(self) -> Iterable[UUID]:
        """Everybody who ever signed."""
        return self._of_customer.keys()

    def of_customer(self, customer_id: UUID) -> tuple[CustomerTerm, ...]:
        """The agreements of a customer, in the order in which they were signed."""
        return tuple(self._terms[each] for each in self._of_customer.get(customer_id, ()))

    def term(self, agreement_id: UUID) -> CustomerTerm | None:
        """An agreement, where it is signed."""
        return self._terms.get(agreement_id)


def _signed(draft: agreements.AgreementDrafted, event: agreements.AgreementSigned, recorded: Recorded) -> CustomerTerm:
    return made_from(
        CustomerTerm,
        event,
        customer_id=draft.customer_id,
        currency=draft.currency,
        net_minor=sum(line.amount_minor for line in event.lines),
        recurring_minor=sum(line.amount_minor for line in event.lines if line.recurring),
        recurs=tuple((line.key, line.recurring) for line in event.lines),
        signed_on=business_date(recorded),
        positions=(recorded.position,),
    )


def _changed(term: CustomerTerm, event: agreements.AgreementEvent, recorded: Recorded) -> CustomerTerm:
    match event:
        case agreements.AgreementAmended():
            recurs = {change.key: change.recurring for change in event.lines} | dict(term.recurs)
            delta_minor = sum(change.amount_minor for change in event.lines if recurs[change.key])
            net_minor = term.net_minor + sum(change.amount_minor for change in event.lines)
            known = replace(term, net_minor=net_minor, recurs=tuple(recurs.items()))
            return _recurring(known, delta_minor, event.effective_on or business_date(recorded), recorded)
        case agreements.AgreementCancelled():
            known = replace(term, is_cancelled=True)
            return _recurring(known, -term.recurring_minor, event.effective_on or business_date(recorded), recorded)
        case agreements.AgreementRenewed():
            positions = (*term.positions, recorded.position)
            return replace(term, renewed_by=event.renewed_by, noticed_on=business_date(recorded), positions=positions)
        case _:
            return term


def _recurring(term: CustomerTerm, delta_minor: int, on: date | None, recorded: Recorded) -> CustomerTerm:
    """So much more recurs from a day on; a line that recurs stays one, a new one says whether it does."""
    return replace(
        term,
        recurring_minor=term.recurring_minor + delta_minor,
        changes=(*term.changes, RecurringChange(on=on, delta_minor=delta_minor)),
        positions=(*term.positions, recorded.position),
    )
