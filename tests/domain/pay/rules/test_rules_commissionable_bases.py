"""Rules R36, R37, R39 and R40 at their bounds, worked by hand (minor units). Examples by hypothesis with fixed seeds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import commissionable_bases as bases
from salesapi.domain.pay.rules.tables import TierBoundary
from salesapi.domain.reference.products import DatedCost, Product
from salesapi.domain.shared.money import UnitPrice
from tests.domain.examples import ANNA, BORIS

AMOUNTS: Final = st.integers(min_value=-(10**12), max_value=10**12).map(Fraction)
POLICIES: Final[tuple[bases.NegativeMargin, ...]] = ("zero", "negative", "block")


# R36


def costing(*costs: tuple[str, str | None, str | None]) -> Product:
    """A product that costs so many dollars on the days [from, until)."""
    return Product(
        name="Bed",
        code="bed",
        costs=tuple(
            DatedCost(
                cost=UnitPrice(amount=Decimal(amount), currency="USD"),
                effective_from=date.fromisoformat(first) if first else None,
                effective_until=date.fromisoformat(until) if until else None,
            )
            for amount, first, until in costs
        ),
    )


RISING: Final = costing(("10.00", "2026-01-01", "2026-02-01"), ("12.50", "2026-02-01", "2026-03-01"))


@pytest.mark.parametrize(
    ("product", "quantity", "on", "currency", "expected"),
    [
        (RISING, "1", "2025-12-31", "USD", None),  # not known yet
        (RISING, "1", "2026-01-31", "USD", 1_000),  # the change on the next day leaves it alone
        (RISING, "1", "2026-02-01", "USD", 1_250),  # exactly on the day of the change
        (RISING, "3", "2026-02-28", "USD", 3_750),
        (RISING, "0.5", "2026-02-28", "USD", 625),
        (RISING, "1", "2026-03-01", "USD", None),  # the cost ended: unknown, and not zero
        (RISING, "1", "2026-02-01", "EUR", None),  # in the currency of the sale only
        (costing(("0", None, None)), "7", "2026-02-01", "USD", 0),  # a cost of nothing is one
        (costing(), "1", "2026-02-01", "USD", None),
        (None, "1", "2026-02-01", "USD", None),
    ],
)
def test_r36_the_cost_is_that_of_the_day_of_the_sale(
    product: Product | None, quantity: str, on: str, currency: str, expected: int | None
) -> None:
    assert bases.frozen_cost(product, Decimal(quantity), on=date.fromisoformat(on), currency=currency) == expected


@pytest.mark.parametrize(
    ("price", "cost", "negative_margin", "base", "is_blocked"),
    [
        (10_000, 6_000, "zero", 4_000, False),
        (10_000, 10_000, "block", 0, False),
        (10_000, 12_500, "zero", 0, False),
        (10_000, 12_500, "negative", -2_500, False),
        (10_000, 12_500, "block", 0, True),
        (0, 300, "negative", -300, False),
        (-10_000, -6_000, "zero", -4_000, False),
        (-10_000, -12_500, "zero", 0, False),
        (-10_000, -12_500, "negative", 2_500, False),
        (0, -300, "zero", 0, False),
    ],
)
def test_the_margin_is_price_less_cost_and_a_loss_goes_by_the_plan(
    price: int, cost: int, negative_margin: bases.NegativeMargin, base: int, is_blocked: bool
) -> None:
    found = bases.margin_base(price=Fraction(price), cost=Fraction(cost), negative_margin=negative_margin)
    assert found.base == base
    assert found.is_blocked == is_blocked


@given(AMOUNTS, AMOUNTS, st.sampled_from(POLICIES))
def test_a_full_refund_takes_back_exactly_the_margin_that_was_counted(
    price: Fraction, cost: Fraction, negative_margin: bases.NegativeMargin
) -> None:
    sale = bases.margin_base(price=price, cost=cost, negative_margin=negative_margin)
    refund = bases.margin_base(price=-price, cost=-cost, negative_margin=negative_margin)
    assert sale.base + refund.base == 0


# R37


def band(lower: str | None, upper: str | None, rate: str) -> bases.MarginBand:
    return bases.MarginBand(
        lower_percent=None if lower is None else Decimal(lower),
        upper_percent=None if upper is None else Decimal(upper),
        rate_percent=Decimal(rate),
    )


def margins(
    boundary: TierBoundary = "lower_inclusive",
    denominator: bases.MarginDenominator = "price",
    base: bases.MarginRatedBase = "price",
    negative_margin: bases.NegativeMargin = "zero",
) -> bases.MarginBandTable:
    return bases.MarginBandTable(
        denominator=denominator,
        boundary=boundary,
        base=base,
        negative_margin=negative_margin,
        undefined_rate_percent=Decimal("0.5"),
        bands=(band(None, "20", "1"), band("20", "40", "2"), band("40", None, "4")),
    )


@pytest.mark.parametrize(
    ("price", "cost", "of_price", "of_cost"),
    [
        (100, 80, 20, 25),
        (100, 100, 0, 0),
        (100, 125, -25, -20),
        (100, 0, 100, None),
        (0, 50, None, -100),
        (0, 0, None, None),
        (100, -25, 125, None),
        (-100, -80, 20, 25),
    ],
)
def test_margin_is_a_percentage_of_the_price_and_markup_one_of_the_cost(
    price: int, cost: int, of_price: int | None, of_cost: int | None
) -> None:
    amounts = {"price": Fraction(price), "cost": Fraction(cost)}
    assert bases.margin_percent(**amounts, denominator="price") == of_price
    assert bases.margin_percent(**amounts, denominator="cost") == of_cost


@pytest.mark.parametrize(
    ("percent", "lower_inclusive", "upper_inclusive"),
    [
        ("-50", "1", "1"),
        ("19.99", "1", "1"),
        ("20", "2", "1"),
        ("20.01", "2", "2"),
        ("40", "4", "2"),
        ("100", "4", "4"),
        (None, "0.5", "0.5"),
    ],
)
def test_a_margin_on_a_bound_goes_by_the_side_of_the_table(
    percent: str | None, lower_inclusive: str, upper_inclusive: str
) -> None:
    value = None if percent is None else Fraction(percent)
    assert bases.margin_band_rate(margins("lower_inclusive"), value) == Decimal(lower_inclusive)
    assert bases.margin_band_rate(margins("upper_inclusive"), value) == Decimal(upper_inclusive)


@pytest.mark.parametrize(
    ("table", "price", "cost", "earned"),
    [
        (margins(), 100_000, 80_000, 2_000),  # margin 20 %: 2 % of 100,000
        (margins(denominator="cost"), 100_000, 80_000, 2_000),  # markup 25 %: 2 % of 100,000
        (margins(denominator="cost"), 100_000, 70_000, 4_000),  # markup 42.9 %: 4 % (margin 30 % would give 2 %)
        (margins(base="margin"), 100_000, 60_000, 1_600),  # margin 40 %: 4 % of 40,000
        (margins(), 100_000, 120_000, 1_000),  # loss: 1 % of the price
        (margins(negative_margin="block"), 100_000, 120_000, 0),
        (margins(base="margin"), 100_000, 120_000, 0),
        (margins(base="margin", negative_margin="negative"), 100_000, 120_000, -200),  # 1 % of -20,000
        (margins(), -100_000, -80_000, -2_000),
        (margins(), 0, 0, 0),
    ],
)
def test_the_margin_band_rates_the_price_or_the_margin(
    table: bases.MarginBandTable, price: int, cost: int, earned: int
) -> None:
    assert bases.margin_band_earning(table, price=Fraction(price), cost=Fraction(cost)).earned == earned


# R39

THREE_YEARS: Final = bases.Contract(
    term_months=36,
    recurring_by_year=(Fraction(100_000), Fraction(120_000), Fraction(140_000)),
    one_off=Fraction(30_000),
    prepaid_percent=Decimal(100),
    payment_days=30,
)
HALF_YEAR: Final = replace(THREE_YEARS, term_months=6, recurring_by_year=(Fraction(60_000),))


@pytest.mark.parametrize(
    ("contract", "base", "one_off", "value"),
    [
        (THREE_YEARS, "total_contract_value", "left_out", 360_000),
        (THREE_YEARS, "total_contract_value", "counted", 390_000),
        (THREE_YEARS, "annual_contract_value", "left_out", 120_000),
        (THREE_YEARS, "annual_contract_value", "counted", 150_000),
        (THREE_YEARS, "first_year", "left_out", 100_000),
        (THREE_YEARS, "first_year", "counted", 130_000),
        (replace(THREE_YEARS, term_months=12), "annual_contract_value", "left_out", 360_000),
        (HALF_YEAR, "annual_contract_value", "left_out", 60_000),  # not annualised
        (HALF_YEAR, "first_year", "left_out", 60_000),
        (replace(HALF_YEAR, recurring_by_year=()), "first_year", "counted", 30_000),
    ],
)
def test_a_contract_counts_by_its_total_annual_or_first_year_value(
    contract: bases.Contract, base: bases.ContractBase, one_off: bases.OneOffCharges, value: int
) -> None:
    assert bases.contract_base(contract, base, one_off) == value


LONG: Final = bases.TermKicker(
    term_months_min=36, prepaid_percent_min=None, payment_days_max=None, factor=Decimal("1.2")
)
PREPAID: Final = bases.TermKicker(
    term_months_min=24, prepaid_percent_min=Decimal(50), payment_days_max=30, factor=Decimal("1.5")
)
TERMS: Final = bases.ContractTermTable(
    base="total_contract_value",
    one_off="left_out",
    kicker_stacking="multiplied",
    bands=(
        bases.TermBand(from_months=0, rate_percent=Decimal(1)),
        bases.TermBand(from_months=12, rate_percent=Decimal(2)),
        bases.TermBand(from_months=36, rate_percent=Decimal(3)),
    ),
    kickers=(LONG, PREPAID),
)


@pytest.mark.parametrize(
    ("contract", "stacking", "factor"),
    [
        (THREE_YEARS, "multiplied", "1.8"),
        (THREE_YEARS, "greatest", "1.5"),
        (replace(THREE_YEARS, term_months=35), "multiplied", "1.5"),
        (replace(THREE_YEARS, payment_days=31), "multiplied", "1.2"),
        (replace(THREE_YEARS, prepaid_percent=Decimal(50)), "greatest", "1.5"),
        (replace(THREE_YEARS, prepaid_percent=Decimal("49.9")), "greatest", "1.2"),
        (HALF_YEAR, "multiplied", "1"),
        (HALF_YEAR, "greatest", "1"),
    ],
)
def test_kickers_apply_where_all_their_conditions_hold(
    contract: bases.Contract, stacking: bases.KickerStacking, factor: str
) -> None:
    assert bases.kicker_factor(replace(TERMS, kicker_stacking=stacking), contract) == Fraction(factor)


@pytest.mark.parametrize(
    ("months", "earned"),
    [(0, 3_600), (11, 3_600), (12, 7_200), (35, 7_200 * Fraction("1.5")), (36, 10_800 * Fraction("1.8"))],
)
def test_the_term_picks_the_rate_and_the_kickers_multiply_it(months: int, earned: Fraction) -> None:
    contract = replace(THREE_YEARS, term_months=months)  # base 360,000 throughout
    assert bases.contract_term_earning(TERMS, contract).earned == earned


# R40


def invoice(period: int, owner_first: bool = True, recurring: int = 10_000) -> bases.RecurringInvoice:
    owner_id = ANNA if owner_first else BORIS
    return bases.RecurringInvoice(
        period=period, begins_on=date(2026, period, 1), recurring=Fraction(recurring), owner_id=owner_id
    )


RESIDUAL: Final = bases.ResidualTerms(rate_percent=Decimal(5), periods=3, owner_change="ends")


def paid(
    owner_change: bases.OwnerChange, churned_on: date | None, *invoices: bases.RecurringInvoice
) -> list[tuple[str, int]]:
    terms = replace(RESIDUAL, owner_change=owner_change)
    found: list[tuple[str, int]] = []
    for each in invoices:
        earned = bases.residual(terms, each, first_owner_id=ANNA, churned_on=churned_on)
        if earned is not None:
            whose = bases.residual_owner(terms, first_owner_id=ANNA, owner_id=each.owner_id)
            found.append(("Anna" if whose == ANNA else "Boris", int(earned)))
    return found


HELD_THEN_HANDED_OVER: Final = (invoice(1), invoice(2, owner_first=False), invoice(3, owner_first=False), invoice(4))


@pytest.mark.parametrize(
    ("owner_change", "expected"),
    [
        ("new_owner", [("Anna", 500), ("Boris", 500), ("Boris", 500)]),
        ("first_owner", [("Anna", 500), ("Anna", 500), ("Anna", 500)]),
        ("ends", [("Anna", 500)]),
    ],
)
def test_a_residual_is_paid_for_its_periods_and_follows_the_owner_as_stated(
    owner_change: bases.OwnerChange, expected: list[tuple[str, int]]
) -> None:
    assert paid(owner_change, None, *HELD_THEN_HANDED_OVER) == expected


@pytest.mark.parametrize(
    ("churned_on", "periods"), [(date(2026, 1, 1), 0), (date(2026, 2, 1), 1), (date(2026, 2, 2), 2), (None, 3)]
)
def test_a_period_that_begins_on_the_day_of_churn_or_later_pays_nothing(churned_on: date | None, periods: int) -> None:
    assert len(paid("new_owner", churned_on, invoice(1), invoice(2), invoice(3))) == periods


def test_a_credit_note_takes_back_what_its_period_paid() -> None:
    lines = paid("new_owner", date(2026, 2, 15), invoice(1), invoice(2), invoice(2, recurring=-4_000))
    assert lines == [("Anna", 500), ("Anna", 500), ("Anna", -200)]


def test_a_residual_without_end_pays_every_period() -> None:
    terms, invoices = replace(RESIDUAL, periods=None), map(invoice, range(1, 13))
    assert [bases.residual(terms, each, first_owner_id=ANNA, churned_on=None) for each in invoices] == [500] * 12
