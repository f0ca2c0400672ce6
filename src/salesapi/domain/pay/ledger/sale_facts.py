"""Wins and what is known about them: customers, products, touches of their leads. Folded in constant work for an event.

Amounts are minor units of their own currency, days business dates.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from datetime import date
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.customers import customers
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded, SatisfactionKind
from salesapi.domain.pay.rules.sourcing import Touch
from salesapi.domain.reference import products
from salesapi.domain.reference.products import Product, ProductEvent
from salesapi.domain.selling import deals
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.shared.attributes import AttributeValue, merged
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, business_instant, made_from

WinEvent: TypeAlias = (
    deals.DealTeamChanged | deals.DealCustomerLinked | deals.DealWon | deals.DealReopened | deals.DealVoided
)
CustomerFact: TypeAlias = (
    customers.CustomerRegistered
    | customers.CustomerChanged
    | customers.CustomerAssigned
    | customers.CustomerReleased
    | customers.CustomerClaimed
    | CustomerSatisfactionRecorded
)
Month: TypeAlias = tuple[int, int]
"""Year and month."""


@record
class Win:
    """A deal that is won as of the ledger's position. `positions` are the events that state it."""

    deal_id: UUID
    on: date
    positions: tuple[int, ...]
    amount_minor: int
    currency: str
    owner_id: UUID
    shares: tuple[deals.DealShare, ...]
    customer_id: UUID | None = None
    lead_id: UUID | None = None
    lines: tuple[deals.DealLine, ...] = ()
    attributes: tuple[AttributeValue, ...] = ()

    def members(self) -> set[UUID]:
        """Finds who has a part in it: the people of its shares, and the owner where no direct share is stated."""
        found = {share.member_id for share in self.shares}
        if not any(share.kind == "direct" for share in self.shares):
            found.add(self.owner_id)
        return found


@record
class Answer:
    """A customer's answer about its satisfaction; `deal_id` where it is about one."""

    customer_id: UUID
    deal_id: UUID | None
    kind: SatisfactionKind
    score: int
    on: date
    position: int


class Wins:
    """The wins that stand, by month and by who has a part in them."""

    def __init__(self) -> None:
        self._shares: dict[UUID, tuple[int, tuple[deals.DealShare, ...]]] = {}
        self._wins: MutableMapping[UUID, Win] = {}
        self._by_month: MutableMapping[Month, dict[UUID, dict[UUID, Win]]] = {}
        self._of_customer: MutableMapping[UUID, list[UUID]] = {}
        self._of_lead: MutableMapping[UUID, list[UUID]] = {}
        self._first_of: MutableMapping[UUID, Win] = {}
        self._moved: list[Win] = []
        self._alone: dict[tuple[Month, UUID], dict[str, tuple[int, tuple[Win, ...]]]] = {}

    def apply(self, event: WinEvent, recorded: Recorded) -> list[Win]:
        """Takes the next event; answers the wins that came, changed or fell, also those that became a customer's first or not."""
        self._moved = []
        match event:
            case deals.DealWon():
                self._win(event, recorded)
            case deals.DealTeamChanged():
                self._shares[recorded.stream_id] = (recorded.position, event.shares)
            case deals.DealCustomerLinked():
                self._link(event, recorded)
            case deals.DealReopened() | deals.DealVoided():
                self._remove(recorded.stream_id)
        return self._moved

    def with_wins(self, added: Iterable[Win]) -> "Wins":
        """These wins beside those that stand, to look at: a what-if takes no further event. Costs the wins of their months."""
        added = tuple(added)
        what_if = Wins()
        what_if._wins = ChainMap({}, self._wins)
        of_leads = {win.lead_id for win in added if win.lead_id is not None} & self._of_lead.keys()
        what_if._of_lead = ChainMap({each: [*self._of_lead[each]] for each in of_leads}, self._of_lead)
        what_if._first_of = ChainMap({}, self._first_of)
        of_customers = {win.customer_id for win in added if win.customer_id is not None} & self._of_customer.keys()
        what_if._of_customer = ChainMap({each: [*self._of_customer[each]] for each in of_customers}, self._of_customer)
        months = {(win.on.year, win.on.month) for win in added} & self._by_month.keys()
        own = {month: {member: {**of} for member, of in self._by_month[month].items()} for month in months}
        what_if._by_month = ChainMap(own, self._by_month)
        for win in added:
            assert win.deal_id not in what_if._wins, "a deal is won once"
            what_if._put(win)
        return what_if

    def win(self, deal_id: UUID) -> Win | None:
        """The win of a deal, where it stands."""
        return self._wins.get(deal_id)

    def of_member(self, member_id: UUID, months: Iterable[Month]) -> list[Win]:
        """The wins of these months in which a member has a part, by win date, then position of the win."""
        return sorted(self.in_months(member_id, months), key=paid_order)

    def in_months(self, member_id: UUID, months: Iterable[Month]) -> Iterator[Win]:
        """The same in any order."""
        for month in months:
            yield from self._by_month.get(month, {}).get(member_id, {}).values()

    def ever_of_member(self, member_id: UUID) -> Iterator[Win]:
        """All wins in which a member has a part."""
        for of_month in self._by_month.values():
            yield from of_month.get(member_id, {}).values()

    def won_alone(self, member_id: UUID, month: Month, currency: str) -> tuple[int, tuple[Win, ...]]:
        """Sums what a member won alone in a month and currency, and lists its other wins; kept until one changes."""
        kept = self._alone.setdefault((month, member_id), {})
        if currency not in kept:
            wins = tuple(self.in_months(member_id, (month,)))
            others = tuple(win for win in wins if win.shares or win.currency != currency)
            kept[currency] = (sum(win.amount_minor for win in wins) - sum(win.amount_minor for win in others), others)
        return kept[currency]

    def is_first_of_customer(self, win: Win) -> bool:
        """Tells whether the customer of the win had no earlier one."""
        assert win.customer_id is not None, "asked of a win with a customer"
        return self._first_of[win.customer_id].deal_id == win.deal_id

    def of_lead(self, lead_id: UUID) -> list[Win]:
        """The wins of the deals that came from a lead."""
        return [self._wins[deal_id] for deal_id in self._of_lead.get(lead_id, ())]

    def of_customer(self, customer_id: UUID) -> list[Win]:
        """The wins with a customer."""
        return [self._wins[deal_id] for deal_id in self._of_customer.get(customer_id, ())]

    def _win(self, event: deals.DealWon, recorded: Recorded) -> None:
        assert recorded.occurred is not None, "a win has a business date"
        assert recorded.stream_id not in self._wins, "a deal is won once until it is reopened"
        shared_at, shares = self._shares.get(recorded.stream_id, (0, ()))
        win = made_from(
            Win,
            event,
            deal_id=recorded.stream_id,
            on=recorded.occurred.on,
            positions=(shared_at, recorded.position) if shares else (recorded.position,),
            shares=shares,
        )
        self._put(win)

    def _put(self, win: Win) -> None:
        self._moved.append(win)
        self._wins[win.deal_id] = win
        of_month = self._by_month.setdefault((win.on.year, win.on.month), {})
        for member_id in win.members():
            of_month.setdefault(member_id, {})[win.deal_id] = win
            self._alone.pop(((win.on.year, win.on.month), member_id), None)
        if win.customer_id is not None:
            self._of_customer.setdefault(win.customer_id, []).append(win.deal_id)
            first = self._first_of.get(win.customer_id)
            if first is None or paid_order(win) < paid_order(first):
                self._first_of[win.customer_id] = win
                self._moved += [first] if first is not None else []
        if win.lead_id is not None:
            self._of_lead.setdefault(win.lead_id, []).append(win.deal_id)

    def _link(self, event: deals.DealCustomerLinked, recorded: Recorded) -> None:
        """A win whose customer becomes known later is that customer's from then on."""
        before = self._remove(recorded.stream_id)
        if before is not None:
            self._put(replace(before, customer_id=event.customer_to))

    def _remove(self, deal_id: UUID) -> Win | None:
        """A reopened or voided deal is no win; one that was lost before never was."""
        win = self._wins.pop(deal_id, None)
        if win is not None:
            self._moved.append(win)
            of_month = self._by_month[win.on.year, win.on.month]
            for member_id in win.members():
                del of_month[member_id][deal_id]
                self._alone.pop(((win.on.year, win.on.month), member_id), None)
            if win.lead_id is not None:
                self._of_lead[win.lead_id].remove(deal_id)
            if win.customer_id is not None:
                self._of_customer[win.customer_id].remove(deal_id)
                if self._first_of[win.customer_id].deal_id == deal_id:
                    self._find_first(win.customer_id)
        return win

    def _find_first(self, customer_id: UUID) -> None:
        first = min(self.of_customer(customer_id), key=paid_order, default=None)
        if first is None:
            del self._first_of[customer_id]
        else:
            self._first_of[customer_id] = first
            self._moved.append(first)


class Market:
    """Customers with their owners and answers, products with their costs, touches of leads."""

    def __init__(self) -> None:
        self._attributes: dict[UUID, tuple[AttributeValue, ...]] = {}
        self._owners: dict[UUID, tuple[tuple[date | None, UUID | None], ...]] = {}
        self._customers_of: dict[UUID, dict[UUID, None]] = {}
        self._answers: dict[Month, list[Answer]] = {}
        self._products: dict[UUID, Product] = {}
        self._touches: dict[UUID, tuple[Touch, ...]] = {}
        self._leads_of: dict[UUID, dict[UUID, None]] = {}

    def apply_customer(self, event: CustomerFact, recorded: Recorded) -> None:
        """Takes the next event about a customer."""
        customer_id, on = recorded.stream_id, business_date(recorded)
        match event:
            case customers.CustomerRegistered():
                if event.attributes:
                    self._attributes[customer_id] = event.attributes
                self._owners[customer_id] = ((None, event.owner_id),)
                if event.owner_id is not None:
                    self._customers_of.setdefault(event.owner_id, {})[customer_id] = None
            case customers.CustomerChanged():
                if event.attributes:
                    self._attributes[customer_id] = merged(self._attributes.get(customer_id, ()), sent=event.attributes)
            case customers.CustomerAssigned() | customers.CustomerClaimed():
                self._owners[customer_id] = (*self._owners.get(customer_id, ()), (on, event.owner_to))
                self._customers_of.setdefault(event.owner_to, {})[customer_id] = None
            case customers.CustomerReleased():
                self._owners[customer_id] = (*self._owners.get(customer_id, ()), (on, None))
            case CustomerSatisfactionRecorded():
                if on is not None:
                    answer = made_from(Answer, event, customer_id=customer_id, on=on, position=recorded.position)
                    self._answers.setdefault((on.year, on.month), []).append(answer)

    def apply_product(self, event: ProductEvent, recorded: Recorded) -> None:
        """Takes the next event about a product."""
        known = self._products.get(recorded.stream_id)
        self._products[recorded.stream_id] = products.evolve(known, event, recorded)

    def apply_touch(self, event: LeadAttributionTouchRecorded, recorded: Recorded) -> None:
        """Takes the next touch of a lead."""
        touch = made_from(
            Touch, event, position=recorded.position, on=business_date(recorded), at=business_instant(recorded)
        )
        self._touches[recorded.stream_id] = (*self._touches.get(recorded.stream_id, ()), touch)
        if event.member_id is not None:
            self._leads_of.setdefault(event.member_id, {})[recorded.stream_id] = None

    def attributes(self, customer_id: UUID) -> Mapping[str, str | None]:
        """The customer's attributes, as they are known now."""
        return {value.key: value.value for value in self._attributes.get(customer_id, ())}

    def owner_on(self, customer_id: UUID, on: date) -> UUID | None:
        """Finds who answers for the customer on a day; an undated change counts from always."""
        held = [owner_id for since, owner_id in self._owners.get(customer_id, ()) if since is None or since <= on]
        return held[-1] if held else None

    def owners_of(self, customer_id: UUID) -> set[UUID]:
        """Everybody who ever answered for the customer."""
        return {owner_id for _, owner_id in self._owners.get(customer_id, ()) if owner_id is not None}

    def customers_of(self, member_id: UUID) -> tuple[UUID, ...]:
        """The customers that a member ever answered for."""
        return tuple(self._customers_of.get(member_id, ()))

    def answers_in(self, months: Iterable[Month]) -> list[Answer]:
        """Lists what customers answered in these months, month by month, in the order of the log."""
        return [answer for month in months for answer in self._answers.get(month, ())]

    def product(self, product_id: UUID) -> Product | None:
        """A product, where it is listed."""
        return self._products.get(product_id)

    def leads_of(self, member_id: UUID) -> tuple[UUID, ...]:
        """The leads that a member touched."""
        return tuple(self._leads_of.get(member_id, ()))

    def touches_of(self, lead_id: UUID) -> tuple[Touch, ...]:
        """The touches of a lead, in the order of the log."""
        return self._touches.get(lead_id, ())


def paid_order(win: Win) -> tuple[date, int]:
    """The order in which wins count inside a period: win date, then position of the win."""
    return (win.on, win.positions[-1])
