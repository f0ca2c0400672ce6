"""Rates that follow from what was sold: R02 by unit, R14, R36 to R40. The rules are those of `bases.py` and `rate_rules.py`.

Amounts of a sale are exact minor units of its own currency; a credit is a share of them, in the plan's. Rates are decimals in
percent.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, assert_never
from uuid import UUID

from salesapi.domain.pay.calculation.crediting import Credit
from salesapi.domain.pay.calculation.sales import Sale
from salesapi.domain.pay.plans.plan_rates import MatrixAxis, RateMatrix, SaleRate, UnitAmount
from salesapi.domain.pay.reasons.earned_reasons import (
    AxisValue,
    MatrixRated,
    PerUnit,
    RatedPart,
    RatedParts,
    Recurring,
    TableRated,
)
from salesapi.domain.pay.reasons.reasons import Reason
from salesapi.domain.pay.rules import commissionable_bases as bases
from salesapi.domain.pay.rules import rates
from salesapi.domain.pay.rules.limits import rate_cap
from salesapi.domain.pay.rules.rate_rules import RatedSale, RateRules, most_specific_rule
from salesapi.domain.pay.rules.rates import Part, total_of
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.shared.dates import day_after, started_months
from salesapi.domain.shared.kernel import record

MONTHS_OF_YEAR: Final = 12
ZERO: Final = Fraction()


@record
class Portion:
    """A credit in the plan's currency, of a sale in its own: `unit` is what one minor unit of that is in the plan's."""

    amount: Amount
    sale: Sale
    credit: Credit
    unit: Amount

    @property
    def share(self) -> Fraction:
        """The part of the sale that is credited."""
        base = self.sale.base
        return Fraction(self.credit.amount) / Fraction(base) if base else Fraction(self.credit.percent) / 100

    def lines(self) -> list[Amount]:
        """The credit by the lines of its sale; all of it where there are none to tell."""
        whole = sum((Fraction(part.amount) for part in self.sale.parts), ZERO)
        if not whole:
            return [self.amount]
        return [self.amount * Fraction(part.amount) / whole for part in self.sale.parts]

    def credited(self, amount: Amount) -> Fraction:
        """The credit's part of an amount of the sale, in the plan's currency."""
        return Fraction(amount) * self.share * self.unit


@record
class Rated:
    """The result of a rate that the sale tells: what a credit earns, and why."""

    rule: str
    exact_minor: Fraction
    reason: Reason


def reason_of_parts(parts: Sequence[Part]) -> Reason:
    """Parts, each at its rate."""
    return RatedParts(
        parts=tuple(RatedPart(rate_percent=part.rate_percent, amount_minor=part.amount) for part in parts)
    )


def rated_by_sale(
    rate: SaleRate, portion: Portion, *, attainment: Fraction | None, team_attainment: Fraction | None
) -> Rated:
    """Computes what a credit earns by a rate that follows from its sale."""
    match rate:
        case UnitAmount():
            return _by_units(rate.amount_minor, portion)
        case RateRules():
            parts = rule_parts(rate, portion.sale, portion.amount)
            return Rated(rule="R38", exact_minor=total_of(parts), reason=reason_of_parts(parts))
        case bases.MarginBandTable():
            price, cost = _price_and_cost(portion)
            return _by_base("R37", bases.margin_band_earning(rate, price=price, cost=cost))
        case bases.ContractTermTable():
            return _by_base("R39", bases.contract_term_earning(rate, _contract(portion)), rate.rate_cap_percent)
        case bases.ResidualTerms():
            return _residual(rate, portion.sale, portion.amount)
        case RateMatrix():
            return _by_matrix(rate, portion, attainment, team_attainment)
        case never:
            assert_never(never)


def _by_units(unit_minor: int, portion: Portion) -> Rated:
    """R02: `e = n * u`; a share of the sale is a share of its units, in whatever currency it is."""
    units = sum((Fraction(part.quantity) for part in portion.sale.parts), ZERO)
    credited = units * portion.share * portion.sale.scale
    return Rated(
        rule="R02",
        exact_minor=rates.flat_amount(unit_minor, credited),
        reason=PerUnit(unit_count=credited, amount_minor=unit_minor),
    )


def rule_parts(stated: RateRules, sale: Sale, amount: Amount) -> list[Part]:
    """R38: each part of a sale by the most specific rule that fits it; a part that none fits earns nothing, and shows it."""
    whole = sum((Fraction(part.amount) for part in sale.parts), ZERO)
    weighed = [(part.product_id, Fraction(part.amount) / whole) for part in sale.parts] if whole else []
    found: list[Part] = []
    for product_id, share in weighed or [(None, Fraction(1))]:
        rule = most_specific_rule(stated.rules, _rated_sale(sale, product_id))
        rate = Fraction(rule.rate_percent) if rule is not None else ZERO
        found.append(Part(rate_percent=rate, amount=amount * share))
    return found


def _rated_sale(sale: Sale, product_id: UUID | None) -> RatedSale:
    facts = sale.facts
    product = facts.products.get(product_id) if product_id is not None else None
    return RatedSale(
        on=sale.on,
        variant=product.code if product is not None else None,
        product=product.code if product is not None else None,
        category=product.category if product is not None else None,
        region=facts.attribute("region"),
        customer_type=facts.attribute("customer_type"),
        channel=facts.attribute("channel"),
    )


def _by_base(rule: str, found: bases.RatedBase, cap_percent: Decimal | None = None) -> Rated:
    """Computes what the rate of a table earns; its kickers raise it to the cap on the rate at most (R30)."""
    raised = Fraction(found.rate_percent) * found.factor
    rate = raised if cap_percent is None else rate_cap(raised, cap_percent)
    reason = TableRated(
        rate_percent=found.rate_percent,
        base_minor=found.base,
        margin_percent=found.picked_by if rule == "R37" else None,
        term_months=found.picked_by if rule == "R39" else None,
        kicker_factor=found.factor if found.factor != 1 else None,
        capped_percent=rate if rate != raised else None,
    )
    return Rated(rule=rule, exact_minor=found.earned if rate == raised else found.base * rate / 100, reason=reason)


def _price_and_cost(portion: Portion) -> tuple[Fraction, Fraction]:
    """R36: price and cost of the credited share, in the plan's currency."""
    sale = portion.sale
    assert sale.price is not None, "a published component by margin has a margin as its base"
    cost = sum((part.cost for part in sale.parts if part.cost is not None), ZERO)
    return portion.credited(sale.price), portion.credited(cost * sale.scale)


def _contract(portion: Portion) -> bases.Contract:
    """R39: the deal's agreements as one contract: the longest term, recurring value evenly over it, whole contract years.

    Of its amounts the part that the sale is of the deal and the credit of the sale.
    """
    agreed, scale = portion.sale.facts.agreements, portion.credited(portion.sale.share * portion.sale.scale)
    spans = [(each.starts_on, each.ends_on) for each in agreed]
    term = max(
        (_term_months(first, last) for first, last in spans if first is not None and last is not None), default=0
    )
    lines = [line for each in agreed for line in each.state.lines]
    recurring = sum((Fraction(line.amount_minor) for line in lines if line.recurring), ZERO) * scale
    one_off = sum((Fraction(line.amount_minor) for line in lines if not line.recurring), ZERO) * scale
    gross = sum(line.gross_minor for line in lines)
    prepaid = sum(
        part.amount_minor
        for each in agreed
        for part in each.instalments
        if each.starts_on is not None and part.due_on <= each.starts_on
    )
    days = [each.payment_days for each in agreed]
    return bases.Contract(
        term_months=term,
        recurring_by_year=_by_year(recurring, term),
        one_off=one_off,
        prepaid_percent=Decimal(prepaid * 100) / gross if gross else Decimal(0),
        payment_days=max((each for each in days if each is not None), default=UNKNOWN_DAYS),
    )


def _term_months(first_on: date, last_on: date) -> int:
    """The months that a term begins, its last day included."""
    return started_months(first_on, until=day_after(last_on))


UNKNOWN_DAYS: Final = 10**6
"""A payment term that is not stated is longer than any that a kicker asks for."""


def _by_year(recurring: Fraction, term_months: int) -> tuple[Fraction, ...]:
    if term_months == 0:
        return (recurring,) if recurring else ()
    years = [min(MONTHS_OF_YEAR, term_months - first) for first in range(0, term_months, MONTHS_OF_YEAR)]
    return tuple(recurring * months / term_months for months in years)


def _residual(terms: bases.ResidualTerms, sale: Sale, amount: Amount) -> Rated:
    """R40: the rate on this invoice, while its billing period, its owner and its contract still pay."""
    assert sale.billing_period is not None, "a recurring sale is an invoice"
    owner_id = sale.owner_id or sale.win.owner_id
    invoice = bases.RecurringInvoice(
        period=sale.billing_period, begins_on=sale.on, recurring=Fraction(amount), owner_id=owner_id
    )
    found = bases.residual(terms, invoice, first_owner_id=sale.win.owner_id, churned_on=sale.facts.churned_on)
    unpaid_number = invoice.period if found is None else None
    reason = Recurring(rate_percent=terms.rate_percent, amount_minor=amount, unpaid_number=unpaid_number)
    return Rated(rule="R40", exact_minor=ZERO if found is None else found, reason=reason)


def _by_matrix(
    table: RateMatrix, portion: Portion, attainment: Fraction | None, team_attainment: Fraction | None
) -> Rated:
    """R14: the rate of the cell where two values meet."""

    def value(axis: MatrixAxis) -> Fraction:
        match axis:
            case "attainment_percent":
                return attainment or ZERO
            case "team_attainment_percent":
                return team_attainment or ZERO
            case "margin_percent":
                price, cost = _price_and_cost(portion)
                return bases.margin_percent(price=price, cost=cost, denominator="price") or ZERO
            case "term_months":
                return Fraction(_contract(portion).term_months)

    first, second = value(table.first), value(table.second)
    part = Part(
        rate_percent=Fraction(rates.matrix_rate(table.matrix, first=first, second=second)), amount=portion.amount
    )
    reason = MatrixRated(
        axes=(AxisValue(axis=table.first, axis_number=first), AxisValue(axis=table.second, axis_number=second)),
        rate_percent=part.rate_percent,
        amount_minor=part.amount,
    )
    return Rated(rule="R14", exact_minor=part.exact, reason=reason)
