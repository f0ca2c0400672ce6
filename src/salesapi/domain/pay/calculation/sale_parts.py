"""The lines that a sale is made of, and which of them, and which sales, a component's filter lets through.

Amounts are exact minor units of the deal's currency; the parts of a sale add up to it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.ledger.trade_facts import AgreementFact
from salesapi.domain.pay.plans.plan_components import Base, Component, FilterCondition
from salesapi.domain.pay.rules.accounting import TaxBasis, taxed_base
from salesapi.domain.pay.rules.commissionable_bases import frozen_cost
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.money import line_amount_minor

ZERO: Final = Fraction()


@record
class SalePart:
    """A part of a sale: a line of the deal or of its agreements. `amount` is its share of the base before a cost is taken off."""

    product_id: UUID | None
    quantity: Decimal
    amount: Amount
    cost: Fraction | None = None


def parts_of_sale(
    ledger: PayFacts, win: Win, base: Base, agreed: Sequence[AgreementFact], *, on: date
) -> tuple[SalePart, ...]:
    """The lines that the base is made of: those of the agreements where it is taken from these, else those of the deal."""
    if base.kind in ("agreement_net", "agreement_gross") or base.cost_from == "agreement":
        return tuple(
            SalePart(
                product_id=line.product_id,
                quantity=line.quantity,
                amount=taxed_base(line.amount_minor, line.tax_minor, tax_basis(base)),
                cost=Fraction(line.cost_minor) if line.cost_minor is not None else None,
            )
            for each in agreed
            for line in each.state.lines
        )
    if not win.lines:
        return ()
    priced = [
        line_amount_minor(line.unit_price, line.quantity, discount_percent=line.discount_percent)
        if line.unit_price is not None and line.unit_price.currency == win.currency
        else None
        for line in win.lines
    ]
    known = [amount for amount in priced if amount is not None]
    total = sum(known) if len(known) == len(priced) else 0
    return tuple(
        SalePart(
            product_id=line.product_id,
            quantity=line.quantity,
            amount=_line_share(win, amount, total, len(win.lines)),
            cost=frozen_cost(ledger.market.product(line.product_id), line.quantity, on=on, currency=win.currency),
        )
        for line, amount in zip(win.lines, priced, strict=True)
    )


def tax_basis(base: Base) -> TaxBasis:
    """Tells whether the plan counts agreements with their tax (`gross`) or without (`net`)."""
    return "gross" if base.kind == "agreement_gross" else "net"


def _line_share(win: Win, amount: int | None, total: int, count: int) -> Amount:
    """A line's part of the amount as won: by its own amount; alike where the amounts are not all known, or come to nothing."""
    if total == 0 or amount is None:
        return Fraction(win.amount_minor, count)
    return Fraction(win.amount_minor * amount, total)


def fits(ledger: PayFacts, component: Component, win: Win) -> bool:
    """The filter on the whole sale; what it says of products is about parts, and a sale without such a part is none."""
    only = component.only
    if only is None:
        return True
    if only.customer is not None:
        if win.customer_id is None:
            return False
        if ledger.wins.is_first_of_customer(win) != (only.customer == "new"):
            return False
    return all(_has(ledger, condition, win) for condition in only.conditions)


def _has(ledger: PayFacts, condition: FilterCondition, win: Win) -> bool:
    match condition.of:
        case "product_code" | "product_category":
            values = {_product_value(ledger, condition, line.product_id) for line in win.lines}
            agreed = ledger.trade.agreements_of(win.deal_id)
            values |= {
                _product_value(ledger, condition, line.product_id) for each in agreed for line in each.state.lines
            }
            return not values.isdisjoint(condition.any_of)
        case "deal_attribute":
            return attribute(win, condition.key) in condition.any_of
        case "customer_attribute":
            if win.customer_id is None or condition.key is None:
                return False
            return ledger.market.attributes(win.customer_id).get(condition.key) in condition.any_of


def attribute(win: Win, key: str | None) -> str | None:
    """An attribute of the deal as it was won."""
    return next((value.value for value in win.attributes if value.key == key), None)


def is_asked(ledger: PayFacts, component: Component, part: SalePart) -> bool:
    """Tells whether a line counts: it has a product that the filter names, for every condition on products."""
    conditions = component.only.conditions if component.only is not None else ()
    return all(
        _product_value(ledger, condition, part.product_id) in condition.any_of
        for condition in conditions
        if condition.of in ("product_code", "product_category")
    )


def _product_value(ledger: PayFacts, condition: FilterCondition, product_id: UUID | None) -> str | None:
    product = ledger.market.product(product_id) if product_id is not None else None
    if product is None:
        return None
    return product.code if condition.of == "product_code" else product.category


def share_of(parts: Sequence[SalePart], *, of: Sequence[SalePart]) -> Fraction:
    """Computes the share of some parts in all, by number where amounts come to 0; all of it without parts to tell."""
    if not of:
        return Fraction(1)
    total = sum((Fraction(part.amount) for part in of), ZERO)
    if total == 0:
        return Fraction(len(parts), len(of))
    return sum((Fraction(part.amount) for part in parts), ZERO) / total
