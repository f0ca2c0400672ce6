"""Rates at their bounds: the hand-worked tables of the rule catalogue."""

from decimal import Decimal
from fractions import Fraction

import pytest

from salesapi.domain.commission.rates import exact_text, flat, in_major, marginal, parts_in_tiers, retroactive
from salesapi.domain.compensation_plans import TierBoundary
from tests.domain.commission_stories import table


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(130_000, 3_250), (120_000, 2_800), (80_000, 1_600), (0, 0), (-10_000, -200)],
)
@pytest.mark.parametrize("boundary", ["lower_inclusive", "upper_inclusive"])
def test_marginal_pays_each_part_at_its_own_rate(amount: int, expected: int, boundary: TierBoundary) -> None:
    assert marginal(table("marginal", boundary), 0, amount * 100, "USD").exact_minor == expected * 100


@pytest.mark.parametrize(
    ("amount", "boundary", "expected"),
    [
        (130_000, "lower_inclusive", 5_850),
        (120_000, "lower_inclusive", 5_400),
        (120_000, "upper_inclusive", 3_600),
        (80_000, "lower_inclusive", 2_400),
        (80_000, "upper_inclusive", 1_600),
        (-10_000, "lower_inclusive", -200),
    ],
)
def test_retroactive_pays_all_at_the_tier_reached(amount: int, boundary: TierBoundary, expected: int) -> None:
    (earning,) = retroactive(table("retroactive", boundary), 0, amount * 100, "USD")
    assert earning.exact_minor == expected * 100


def test_an_uplift_pays_the_difference_on_what_came_before() -> None:
    own, uplift = retroactive(table("retroactive"), 7_000_000, 2_000_000, "USD")
    assert [own.exact_minor, uplift.exact_minor] == [60_000, 70_000]
    assert (own.kind, uplift.kind) == ("earning", "uplift")
    assert own.formula == "3 % of 20,000.00 = 600.00 USD"
    assert uplift.formula == "3 % of 70,000.00 + 2 % of -70,000.00 = 700.00 USD"


def test_a_negative_amount_falls_back_through_the_tiers() -> None:
    assert marginal(table("marginal"), 13_000_000, -13_000_000, "USD").exact_minor == -325_000
    own, uplift = retroactive(table("retroactive"), 9_000_000, -2_000_000, "USD")
    assert own.exact_minor + uplift.exact_minor == 140_000 - 270_000


def test_parts_of_a_marginal_line_add_up_to_its_base() -> None:
    for start in (-5, 0, 7_999_999, 8_000_000, 12_500_000):
        for base in (-9_000_000, -1, 0, 1, 4_000_001):
            assert sum(part for _, part in parts_in_tiers(table("marginal"), start, base)) == base


def test_a_marginal_line_says_which_part_earned_what() -> None:
    line = marginal(table("marginal"), 7_000_000, 2_000_000, "USD")
    assert line.formula == "2 % of 10,000.00 + 3 % of 10,000.00 = 500.00 USD"
    assert line.rate_percent == "2 and 3"


@pytest.mark.parametrize(
    ("currency", "amount_minor", "text"),
    [("JPY", 105_400, "105,400"), ("USD", 105_400, "1,054.00"), ("BHD", 105_400, "105.400")],
)
def test_amounts_are_shown_in_the_currencys_own_units(currency: str, amount_minor: int, text: str) -> None:
    assert in_major(amount_minor, currency) == text


def test_exact_amounts_stay_exact() -> None:
    assert flat(Decimal("0.0000000001"), 2**53 - 1, "USD").exact_minor == Fraction(2**53 - 1, 10**12)
    assert exact_text(Fraction(2**53 - 1, 10**12)) == "9007.199254740991"
    assert exact_text(Fraction(140_000)) == "140000"
    assert exact_text(Fraction(0)) == "0"
