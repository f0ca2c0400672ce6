"""Exact money: exponents as published, named rounding, parts that add up. Examples by hypothesis with fixed seeds."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from salesapi.domain.shared import money

AMOUNTS: Final = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
WEIGHTS: Final = st.lists(
    st.decimals(min_value=0, max_value=1000, places=4, allow_nan=False, allow_infinity=False), min_size=1, max_size=30
).filter(lambda weights: any(weights))
MODES: Final = st.sampled_from(("half_up", "half_even", "down"))


def test_our_exponents_are_those_of_the_published_iso_4217_table() -> None:
    published = {currency.code: currency.exponent for currency in Currency}
    assert {code: published[code] for code in money.MINOR_UNIT_EXPONENTS} == money.MINOR_UNIT_EXPONENTS


def test_an_unknown_currency_is_refused() -> None:
    for code in ("XXX", "cny", ""):
        with pytest.raises(money.CurrencyUnknown):
            money.exponent(code)


ROUNDINGS: Final[list[tuple[str, int, int, int]]] = [
    ("0.5", 1, 0, 0),
    ("1.5", 2, 2, 1),
    ("2.5", 3, 2, 2),
    ("2.4999", 2, 2, 2),
    ("2.5001", 3, 3, 2),
    ("-0.5", -1, 0, 0),
    ("-1.5", -2, -2, -1),
    ("-2.5", -3, -2, -2),
    ("7", 7, 7, 7),
]


@pytest.mark.parametrize(("amount", "half_up", "half_even", "down"), ROUNDINGS)
def test_each_rounding_mode_rounds_as_it_is_named(amount: str, half_up: int, half_even: int, down: int) -> None:
    for exact in (Decimal(amount), Fraction(amount)):
        assert money.rounded(exact, "half_up") == half_up
        assert money.rounded(exact, "half_even") == half_even
        assert money.rounded(exact, "down") == down


@given(st.decimals(min_value=-(10**18), max_value=10**18, places=6, allow_nan=False, allow_infinity=False), MODES)
def test_a_decimal_and_the_same_fraction_are_rounded_alike(amount: Decimal, mode: money.RoundingMode) -> None:
    assert money.rounded(amount, mode) == money.rounded(Fraction(amount), mode)


LINES: Final[list[tuple[str, str, str, int]]] = [
    ("19.99", "3", "CNY", 5997),
    ("0.0075", "1000", "USD", 750),
    ("0.005", "1", "USD", 1),
    ("0.0049", "1", "USD", 0),
    ("980", "3", "JPY", 2940),
    ("980.5", "1", "JPY", 981),
    ("1.2345", "2", "BHD", 2469),
    ("0.0005", "1", "BHD", 1),
    ("-0.005", "1", "USD", -1),
    ("9007199254740.991", "1000000000", "BHD", 9007199254740991000000000),
]


@pytest.mark.parametrize(("price", "quantity", "currency", "amount_minor"), LINES)
def test_a_line_is_rounded_half_up_once_in_the_minor_unit_of_its_currency(
    price: str, quantity: str, currency: str, amount_minor: int
) -> None:
    unit_price = money.UnitPrice(amount=Decimal(price), currency=currency)
    assert money.line_amount_minor(unit_price, Decimal(quantity)) == amount_minor


@pytest.mark.parametrize(
    ("price", "quantity", "discount_percent", "amount_minor"),
    [
        ("16.7999992", "15", "15", 21420),
        ("9.80000019", "10", "5", 9310),
        ("0.01", "1", "50", 1),
        ("0.01", "1", "50.000000000001", 0),
        ("12", "3", "100", 0),
        ("0.333333333333", "999999999.999999999999", "33.333333333333", 22222222222),
    ],
)
def test_a_discount_is_taken_off_before_a_line_is_rounded(
    price: str, quantity: str, discount_percent: str, amount_minor: int
) -> None:
    unit_price = money.UnitPrice(amount=Decimal(price), currency="USD")
    assert (
        money.line_amount_minor(unit_price, Decimal(quantity), discount_percent=Decimal(discount_percent))
        == amount_minor
    )


@given(AMOUNTS, WEIGHTS)
def test_the_parts_of_an_amount_add_up_to_it_and_none_is_off_by_a_whole_unit(
    whole_minor: int, weights: list[Decimal]
) -> None:
    parts = money.parts_of(whole_minor, weights)
    total = sum((Fraction(weight) for weight in weights), Fraction())
    assert sum(parts) == whole_minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - whole_minor * Fraction(weight) / total) < 1


@given(AMOUNTS.map(abs), WEIGHTS)
def test_what_is_left_over_goes_to_the_largest_remainders(whole_minor: int, weights: list[Decimal]) -> None:
    parts = money.parts_of(whole_minor, weights)
    total = sum((Fraction(weight) for weight in weights), Fraction())
    exact = [whole_minor * Fraction(weight) / total for weight in weights]
    remainders = [each - (each.numerator // each.denominator) for each in exact]
    raised = [rest for rest, part, each in zip(remainders, parts, exact, strict=True) if part > each]
    kept = [rest for rest, part, each in zip(remainders, parts, exact, strict=True) if part < each]
    assert not raised or not kept or min(raised) >= max(kept)


@given(AMOUNTS, WEIGHTS)
def test_bug_an_amount_taken_back_was_split_unlike_the_amount_paid(whole_minor: int, weights: list[Decimal]) -> None:
    assert money.parts_of(-whole_minor, weights) == tuple(-part for part in money.parts_of(whole_minor, weights))


def test_equal_remainders_go_to_the_first() -> None:
    assert money.parts_of(100, [Decimal(1)] * 3) == (34, 33, 33)
    assert money.parts_of(-100, [Decimal(1)] * 3) == (-34, -33, -33)
    assert money.parts_of(1, [Decimal(0), Decimal("33.3")]) == (0, 1)
