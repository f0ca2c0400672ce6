"""Builders for stories about what surrounds sales: products, customers and their answers, touches, currency rates, people.

Numbers name things: products, customers and leads have numbers of their own. Days are ISO dates.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from salesapi.domain.customers.customers import CustomerAssigned, CustomerChanged, CustomerRegistered
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded, SatisfactionKind
from salesapi.domain.reference.products import ProductCostSet, ProductListed
from salesapi.domain.reference.rate_tables import PairRate, RateTableRatesCorrected, RateTableRatesPublished
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded, TouchKind
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.money import UnitPrice
from tests.domain.pay.commission_stories import on_day
from tests.domain.pay.generated_companies import KeptLog
from tests.domain.pay.plan_options import RATE_TABLE
from tests.spec import uid


def product_id(number: int) -> UUID:
    """The id of a product."""
    return uid(0x3000_0000 + number)


def customer_id(number: int) -> UUID:
    """The id of a customer."""
    return uid(0x4000_0000 + number)


def lead_id(number: int) -> UUID:
    """The id of a lead."""
    return uid(0x5000_0000 + number)


class MarketLog(KeptLog):
    """A log that is also told of what surrounds sales."""

    def product(self, number: int, code: str, category: str | None = None, cost: str | None = None) -> None:
        """A product, and what one of it costs in major units."""
        listed = ProductListed(name=code, code=code, category=category, external_id=None)
        self.add(product_id(number), listed)
        if cost is not None:
            self.set_cost(number, cost)

    def set_cost(
        self, number: int, cost: str, since: str | None = None, *, until: str | None = None, currency: str = "USD"
    ) -> int:
        """States what one of a product costs from a day on, until another one."""
        price = UnitPrice(amount=Decimal(cost), currency=currency)
        stated = ProductCostSet(cost=price, effective_from=on_day(since), effective_until=on_day(until))
        return self.add(product_id(number), stated)

    def customer(self, number: int, *, owner: UUID | None = None, **attributes: str) -> int:
        """A customer with attributes."""
        registered = CustomerRegistered(
            kind="company",
            name="Customer",
            person_name=None,
            owner_id=owner,
            parent_id=None,
            attributes=tuple(AttributeValue(key=key, value=value) for key, value in attributes.items()),
            external_id=None,
        )
        return self.add(customer_id(number), registered)

    def change_customer(self, number: int, **attributes: str) -> int:
        """A customer's attributes change."""
        changed = CustomerChanged(
            name=None,
            attributes=tuple(AttributeValue(key=key, value=value) for key, value in attributes.items()),
        )
        return self.add(customer_id(number), changed)

    def assign(self, number: int, owner: UUID, on: str) -> int:
        """Somebody else answers for a customer from a day on."""
        return self.add(customer_id(number), CustomerAssigned(owner_from=None, owner_to=owner, reason="moved"), on)

    def touch(
        self, lead: int, member: UUID | None, on: str | None, *, weight: str | None = None, kind: TouchKind = "meeting"
    ) -> int:
        """Somebody touched a lead."""
        touched = LeadAttributionTouchRecorded(
            kind=kind,
            member_id=member,
            campaign=None,
            weight=None if weight is None else Decimal(weight),
            deal_id=None,
        )
        return self.add(lead_id(lead), touched, on)

    def rate(self, on: str, rate: str, pair: tuple[str, str] = ("EUR", "USD")) -> int:
        """A currency rate is published."""
        return self.add(RATE_TABLE, RateTableRatesPublished(on=date.fromisoformat(on), pairs=(_pair(pair, rate),)))

    def correct_rate(self, on: str, rate: str, pair: tuple[str, str] = ("EUR", "USD")) -> int:
        """A currency rate was wrong."""
        corrected = RateTableRatesCorrected(on=date.fromisoformat(on), pairs=(_pair(pair, rate),), reason="typed wrong")
        return self.add(RATE_TABLE, corrected)

    def answer(
        self, customer: int, score: int, on: str, *, deal: int | None = None, kind: SatisfactionKind = "csat"
    ) -> int:
        """A customer says how content it is."""
        answered = CustomerSatisfactionRecorded(
            kind=kind,
            score=score,
            deal_id=None if deal is None else uid(deal),
            agreement_id=None,
            activity_id=None,
            comment=None,
        )
        return self.add(customer_id(customer), answered, on)


def _pair(pair: tuple[str, str], rate: str) -> PairRate:
    return PairRate(from_currency=pair[0], to_currency=pair[1], rate=Decimal(rate))
