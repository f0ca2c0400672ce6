"""Rates R01 to R14, R20 and R21 at their bounds: the hand-worked figures of the rule catalogue.

Table T pays 2 % to 80,000, 3 % from 80,000 to 120,000 and 4.5 % above.
"""

from decimal import Decimal
from fractions import Fraction

import pytest

from salesapi.domain.pay.rules import rates
from salesapi.domain.pay.rules.rates import Part
from salesapi.domain.pay.rules.tables import (
    AboveLastPoint,
    AppliesTo,
    Band,
    CurvePoint,
    Matrix,
    MatrixRow,
    PayoutCurve,
    Tier,
    TierBoundary,
    TierTable,
    tier_index,
)
from salesapi.domain.pay.rules.wording import exact_text, in_major, percent
from tests.domain.pay.commission_stories import table


def payout(*points: tuple[int, int], above_last: AboveLastPoint = "capped") -> PayoutCurve:
    """A curve through these points of attainment and pay, both in percent."""
    stated = tuple(CurvePoint(attainment_percent=Decimal(at), payout_percent=Decimal(pays)) for at, pays in points)
    return PayoutCurve(points=stated, above_last=above_last)


def curve(above_last: AboveLastPoint = "capped") -> PayoutCurve:
    """Nothing under 50 %, 60 at 80, a step from 100 to 110 at the quota, 200 at 150."""
    return payout((50, 0), (80, 60), (100, 100), (100, 110), (150, 200), above_last=above_last)


def tier(lower: int, upper: int | None, rate: str, applies_to: AppliesTo, at_upper: str | None = None) -> Tier:
    """A tier in whole units."""
    return Tier(
        lower=Decimal(lower),
        upper=None if upper is None else Decimal(upper),
        rate_percent=Decimal(rate),
        applies_to=applies_to,
        rate_at_upper_percent=None if at_upper is None else Decimal(at_upper),
    )


def tiers_of(*tiers: Tier, boundary: TierBoundary = "lower_inclusive") -> TierTable:
    """A table by amount."""
    return TierTable(axis="amount", boundary=boundary, tiers=tiers)


@pytest.mark.parametrize(("base", "expected"), [(10_000, 500), (0, 0), (-10_000, -500), (1, Fraction(1, 20))])
def test_r01_a_flat_percentage_is_rate_times_base(base: int, expected: Fraction | int) -> None:
    assert rates.flat_percentage(Fraction(5), base).exact == expected


@pytest.mark.parametrize(("count", "expected"), [(3, 15_000), (0, 0), (-1, -5_000), (Fraction(1, 2), 2_500)])
def test_r02_a_flat_amount_is_paid_for_each_and_counts_back(count: Fraction | int, expected: int) -> None:
    assert rates.flat_amount(5_000, count) == expected


def test_r03_the_individual_rate_pays_the_target_at_the_quota() -> None:
    rate = rates.individual_rate(1_200_000, quota_minor=30_000_000)
    assert rate == 4
    assert rate * 30_000_000 / 100 == 1_200_000


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(130_000, 3_250), (120_000, 2_800), (80_000, 1_600), (0, 0), (-10_000, -200)],
)
@pytest.mark.parametrize("boundary", ["lower_inclusive", "upper_inclusive"])
def test_r04_marginal_pays_each_part_at_its_own_rate(amount: int, expected: int, boundary: TierBoundary) -> None:
    assert rates.tiered(table("marginal", boundary), start=0, base=amount * 100).exact == expected * 100


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
def test_r05_r08_retroactive_pays_all_at_the_tier_reached(amount: int, boundary: TierBoundary, expected: int) -> None:
    assert rates.tiered(table("retroactive", boundary), start=0, base=amount * 100).exact == expected * 100


def test_r05_an_uplift_pays_the_difference_on_what_came_before() -> None:
    found = rates.tiered(table("retroactive"), start=7_000_000, base=2_000_000)
    assert [rates.total_of(found.own), rates.total_of(found.uplift)] == [60_000, 70_000]
    assert found.own == (Part(rate_percent=Fraction(3), amount=2_000_000),)
    assert found.uplift == (
        Part(rate_percent=Fraction(3), amount=7_000_000),
        Part(rate_percent=Fraction(2), amount=-7_000_000),
    )


def test_r04_r05_a_negative_amount_falls_back_through_the_tiers() -> None:
    assert rates.tiered(table("marginal"), start=13_000_000, base=-13_000_000).exact == -325_000
    assert rates.tiered(table("retroactive"), start=9_000_000, base=-2_000_000).exact == 140_000 - 270_000


@pytest.mark.parametrize(
    ("total", "expected"),
    [(100, 2), (200, 8), (250, 12), (300, 16), (0, 0), (-100, -2)],
    ids=["2% new", "reaching 200: 4% of all", "200 at 4% + 50 at 8%", "4% of 200 + 8% of 100", "nothing", "below zero"],
)
def test_r06_mixed_tiers_rate_all_up_to_the_highest_that_says_so_and_only_what_is_new_above(
    total: int, expected: int
) -> None:
    mixed = tiers_of(tier(0, 200, "2", "new"), tier(200, 201, "4", "all"), tier(201, None, "8", "new"))
    # The middle tier ends at 201, so one unit of what lies above 200 is still rated with everything below it.
    one_unit = Fraction(4 - 8, 100) if total > 200 else 0
    assert rates.tiered(mixed, start=0, base=total).exact == expected + one_unit


def test_r04_to_r06_credits_one_by_one_earn_what_their_sum_earns() -> None:
    moving = tiers_of(tier(0, 100, "1", "new", "3"), tier(100, 300, "4", "all", "6"), tier(300, None, "9", "new"))
    for each in (table("marginal"), table("retroactive"), moving):
        total, earned = 0, Fraction()
        for base in (5, 90, 0, 12, -40, 8_000_000, 200, -7_999_000, 6_000_000):
            earned += rates.tiered(each, start=total, base=base).exact
            total += base
            assert earned == rates.tiered(each, start=0, base=total).exact


@pytest.mark.parametrize("start", [-5, 0, 7_999_999, 8_000_000, 12_500_000])
@pytest.mark.parametrize("base", [-9_000_000, -1, 0, 1, 4_000_001])
def test_r04_the_parts_of_a_marginal_line_add_up_to_its_base(start: int, base: int) -> None:
    own = rates.tiered(table("marginal"), start=start, base=base).own
    assert sum(part.amount for part in own) == base


def test_r07_tiers_by_attainment_are_tiers_by_amount_for_one_quota() -> None:
    by_attainment = TierTable(
        axis="attainment_percent",
        boundary="lower_inclusive",
        tiers=(tier(0, 80, "2", "all"), tier(80, 120, "3", "all"), tier(120, None, "4.5", "all")),
    )
    for total in (7_999_999, 8_000_000, 12_000_000, 13_000_000):
        found = rates.tiered(rates.in_amounts(by_attainment, 10_000_000), start=0, base=total)
        assert found.exact == rates.tiered(table("retroactive"), start=0, base=total).exact
    assert rates.attainment_percent(150, quota=200) == 75


@pytest.mark.parametrize(
    ("value", "boundary", "rate"),
    [
        (79, "lower_inclusive", "2"),
        (80, "lower_inclusive", "3"),
        (80, "upper_inclusive", "2"),
        (-1, "upper_inclusive", "2"),
    ],
)
def test_r08_a_value_on_a_bound_belongs_to_the_side_that_is_stated(
    value: int, boundary: TierBoundary, rate: str
) -> None:
    tiers = tiers_of(tier(0, 80, "2", "new"), tier(80, None, "3", "new"), boundary=boundary)
    assert tiers.tiers[tier_index(tiers, value)].rate_percent == Decimal(rate)


@pytest.mark.parametrize(("value", "rate"), [(100, 2), (150, 3), (200, 4), (50, 2), (250, 4)])
def test_r09_a_moving_rate_goes_evenly_from_one_end_of_its_tier_to_the_other(value: int, rate: int) -> None:
    assert rates.in_tier_rate(tier(100, 200, "2", "all", "4"), value) == rate


def test_r09_a_moving_marginal_rate_counts_with_its_mean_and_a_moving_retroactive_one_with_the_rate_reached() -> None:
    new = tiers_of(tier(0, 100, "0", "new", "10"), tier(100, None, "10", "new"))
    assert rates.tiered(new, start=0, base=100).exact == 5
    every = tiers_of(tier(0, 100, "0", "all", "10"), tier(100, None, "10", "all"))
    assert rates.tiered(every, start=0, base=50).exact == Fraction(5, 2)
    assert rates.tiered(every, start=0, base=100).exact == 10


@pytest.mark.parametrize(
    ("start", "base", "expected"),
    [(0, 100, 4), (80, 40, Fraction(20 * 4 + 20 * 6, 100)), (100, 50, 3), (120, -40, -Fraction(20 * 4 + 20 * 6, 100))],
    ids=["up to the threshold", "across it", "above it", "a refund goes the same way back"],
)
def test_r10_an_accelerator_multiplies_only_the_part_above_its_threshold(
    start: int, base: int, expected: Fraction
) -> None:
    assert (
        rates.total_of(rates.accelerated(Fraction(4), factor=Decimal("1.5"), threshold=100, start=start, base=base))
        == expected
    )


@pytest.mark.parametrize(
    ("start", "base", "part_below", "whole"),
    [
        (0, 99, Fraction(99 * 2, 100), Fraction(99 * 2, 100)),
        (0, 100, 2, 4),
        (80, 40, Fraction(20 * 2 + 20 * 4, 100), Fraction(40 * 4, 100)),
    ],
)
def test_r11_a_decelerator_slows_the_part_below_or_whole_credits_until_the_threshold_is_reached(
    start: int, base: int, part_below: Fraction, whole: Fraction
) -> None:
    half = Decimal("0.5")
    assert (
        rates.total_of(
            rates.decelerated(Fraction(4), factor=half, threshold=100, start=start, base=base, slowed="below")
        )
        == part_below
    )
    assert (
        rates.total_of(
            rates.decelerated(Fraction(4), factor=half, threshold=100, start=start, base=base, slowed="whole")
        )
        == whole
    )


@pytest.mark.parametrize(
    ("attainment", "capped", "continued"),
    [
        (49, 0, 0),
        (50, 0, 0),
        (65, 30, 30),
        (80, 60, 60),
        (90, 80, 80),
        (100, 110, 110),
        (125, 155, 155),
        (150, 200, 200),
        (200, 200, 290),
    ],
)
def test_r12_a_payout_curve_is_straight_between_points_and_says_what_lies_beyond(
    attainment: int, capped: int, continued: int
) -> None:
    assert rates.payout_percent(curve("capped"), Fraction(attainment)) == capped
    assert rates.payout_percent(curve("continued"), Fraction(attainment)) == continued


@pytest.mark.parametrize(
    ("points", "attainment", "share"),
    [
        (((50, 40), (100, 100)), Fraction(4_999, 100), 0),
        (((50, 40), (100, 100)), 50, 40),
        (((0, 20), (100, 100)), 0, 20),
        (((50, 40), (50, 60), (100, 100)), 50, 60),
        (((80, 70),), 79, 0),
        (((80, 70),), 80, 70),
        (((80, 70),), 81, 70),
    ],
    ids=str,
)
def test_r12_a_payout_curve_pays_at_its_first_point_and_nothing_below_it(
    points: tuple[tuple[int, int], ...], attainment: int | Fraction, share: int
) -> None:
    assert rates.payout_percent(payout(*points), Fraction(attainment)) == share


def matrix() -> Matrix:
    """Own attainment by rows, the team's by columns: under 100 and from 100 on."""
    bands = (Band(lower=Decimal(0), upper=Decimal(100)), Band(lower=Decimal(100), upper=None))
    cells = (MatrixRow(rates_percent=(Decimal(1), Decimal(2))), MatrixRow(rates_percent=(Decimal(3), Decimal(5))))
    return Matrix(rows=bands, columns=bands, cells=cells)


@pytest.mark.parametrize(
    ("own", "team", "rate"), [(99, 99, 1), (99, 100, 2), (100, 99, 3), (100, 100, 5), (-1, 500, 2)]
)
def test_r14_a_matrix_rates_by_the_cell_where_both_values_meet(own: int, team: int, rate: int) -> None:
    assert rates.matrix_rate(matrix(), first=Fraction(own), second=Fraction(team)) == rate


def test_r20_year_to_date_pays_what_is_due_less_what_was_paid() -> None:
    paid: list[Fraction] = []
    for due in (1_000, 1_800, 1_500):
        paid.append(rates.year_to_date_less_paid(Fraction(due), paid_before=sum(paid, Fraction())))
    assert paid == [1_000, 800, -300], "a refund in March gives back, to be carried"


@pytest.mark.parametrize(
    ("start", "base", "own", "uplift"),
    [
        # 70,000 in earlier periods and 20,000 now: 3 % of 20,000; the 70,000 before stay at their 2 %.
        (7_000_000, 2_000_000, 60_000, 0),
        # Exactly up to the bound at 80,000.
        (7_000_000, 1_000_000, 30_000, 0),
        (7_000_000, 999_999, Fraction(1_999_998, 100), 0),
        # 5,000 of this period before it: they are lifted by 1 %, the 70,000 of earlier ones are not.
        (7_500_000, 2_000_000, 60_000, 5_000),
        # A refund falls back through the bound: 25,000 of this period had earned 750.00, the 5,000 that are left earn 100.00.
        (9_500_000, -2_000_000, -55_000, -10_000),
    ],
)
def test_r21_the_year_to_date_rates_only_this_periods_lines(
    start: int, base: int, own: Fraction | int, uplift: int
) -> None:
    found = rates.tiered(table("retroactive"), start=start, base=base, rated_from=7_000_000)
    assert (rates.total_of(found.own), rates.total_of(found.uplift)) == (Fraction(own), Fraction(uplift))


@pytest.mark.parametrize(
    ("currency", "amount_minor", "text"),
    [("JPY", 105_400, "105,400"), ("USD", 105_400, "1,054.00"), ("BHD", 105_400, "105.400")],
)
def test_amounts_are_shown_in_the_currencys_own_units(currency: str, amount_minor: int, text: str) -> None:
    assert in_major(amount_minor, currency) == text


def test_exact_amounts_stay_exact_and_a_rate_without_an_end_says_so() -> None:
    assert rates.flat_percentage(rates.exact(Decimal("0.0000000001")), 2**53 - 1).exact == Fraction(2**53 - 1, 10**12)
    assert exact_text(Fraction(2**53 - 1, 10**12)) == "9007.199254740991"
    assert exact_text(Fraction(140_000)) == "140000"
    assert exact_text(Fraction(0)) == "0"
    assert percent(Fraction(9, 2)) == "4.5"
    assert percent(Fraction(10, 3)) == "3.3333333333..."
