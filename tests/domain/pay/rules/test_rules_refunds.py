"""Refunds, recoveries and fees kept (R51, R54, R55), worked by hand. Amounts in minor units; fixed seeds."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import clawbacks
from salesapi.domain.pay.rules.rates import tiered
from salesapi.domain.pay.rules.tables import AppliesTo, Tier, TierTable
from salesapi.domain.shared.money import rounded


def catalogue_tiers(applies_to: AppliesTo) -> TierTable:
    """2 % to 80,000; 3 % to 120,000; 4.5 % above; lower-inclusive."""
    bounds = ((0, 8_000_000, "2"), (8_000_000, 12_000_000, "3"), (12_000_000, None, "4.5"))
    tiers = tuple(
        Tier(
            lower=Decimal(lower),
            upper=None if upper is None else Decimal(upper),
            rate_percent=Decimal(rate),
            applies_to=applies_to,
        )
        for lower, upper, rate in bounds
    )
    return TierTable(axis="amount", boundary="lower_inclusive", tiers=tiers)


def earned(table: TierTable, total: Fraction) -> Fraction:
    """All that a total earns from the start of its period on."""
    return tiered(table, start=0, base=total).exact


def test_a_refund_keeps_the_attainment_or_restates_it_as_in_the_catalogue() -> None:
    # 80,000 and 40,000 were paid 5,400: 4.5 % of 120,000. The 40,000 is refunded.
    table, paid = catalogue_tiers("all"), Fraction(540_000)
    assert earned(table, Fraction(12_000_000)) == paid
    # Kept: the second deal gives back 4.5 % of it, 1,800; what it lifted the first one by, 1,200, is for that one.
    lift = paid - earned(table, Fraction(8_000_000)) - 180_000
    assert [lift, clawbacks.lift_parts(lift, [Fraction(8_000_000)])] == [120_000, (120_000,)]
    own = clawbacks.limited_clawback(
        clawbacks.Reversal(), Fraction(1), at_least=Fraction(), payable=lambda taken: 1 - taken
    )
    assert -own.clawed * (paid - 240_000 - lift) == -180_000
    # Restated, 80,000 earns 3 %, 2,400: 1,800 less for the refunded deal itself and 1,200 less for the other one.
    left = 8_000_000 + 4_000_000 * clawbacks.left_credited([Fraction(1)])
    assert earned(table, left) - paid == -300_000


def test_a_lift_is_given_back_by_the_credits_that_it_is_on_by_amount() -> None:
    # 70,000 and 10,000 were lifted by 800 together: 700 and 100. One that was taken back before counts against them.
    assert [*clawbacks.lift_parts(Fraction(80_000), [Fraction(7_000_000), Fraction(1_000_000)])] == [70_000, 10_000]
    assert [*clawbacks.lift_parts(Fraction(80_000), [Fraction(9_000_000), Fraction(-1_000_000)])] == [90_000, -10_000]


@pytest.mark.parametrize(
    ("lost", "left"), [([], 1), (["1/4"], "3/4"), (["1/4", "3/4"], 0), (["1/3"] * 3, 0), (["1", "1/2"], 0)]
)
def test_of_a_sale_what_losses_leave_is_still_credited(lost: list[str], left: int | str) -> None:
    assert clawbacks.left_credited(map(Fraction, lost)) == Fraction(left)


@given(
    refunds=st.lists(st.integers(0, 2_000_000), max_size=6),
    applies_to=st.sampled_from(("all", "new")),
)
def test_restated_refunds_change_the_same_in_any_order_and_a_refund_of_all_is_zero(
    refunds: list[int], applies_to: AppliesTo
) -> None:
    table, attained = catalogue_tiers(applies_to), 13_000_000
    parts = [Fraction(refund, attained) for refund in refunds]
    one, other = (earned(table, attained * clawbacks.left_credited(each)) for each in (parts, sorted(parts)))
    assert one == other == earned(table, Fraction(attained - sum(refunds)))
    assert earned(table, attained * clawbacks.left_credited([*parts, 1 - sum(parts, Fraction())])) == 0


def limit(
    percent: str | None = None,
    amount: int | None = None,
    kept: int | None = None,
    leaver: clawbacks.LeaverDebt = "carried",
) -> clawbacks.RecoveryLimit:
    return clawbacks.RecoveryLimit(
        percent=None if percent is None else Decimal(percent), amount_minor=amount, kept_minor=kept, leaver=leaver
    )


# owed before, payable, has left -> paid, recovered, invoiced, owed
RECOVERIES: Final[list[tuple[clawbacks.RecoveryLimit, int, int, bool, tuple[int, int, int, int]]]] = [
    (limit(), 0, -300, False, (0, 0, 0, 300)),  # a negative payable is carried
    (limit(), 300, 1_000, False, (700, 300, 0, 0)),
    (limit(), 300, 300, False, (0, 300, 0, 0)),  # exactly
    (limit(), 300, 200, False, (0, 200, 0, 100)),
    (limit(), 300, -200, False, (0, 0, 0, 500)),
    (limit(), 300, 0, False, (0, 0, 0, 300)),
    (limit("20"), 300, 1_000, False, (800, 200, 0, 100)),  # a fifth of pay by law
    (limit(amount=50), 300, 1_000, False, (950, 50, 0, 250)),
    (limit(kept=900), 300, 1_000, False, (900, 100, 0, 200)),
    (limit(kept=900), 300, 500, False, (500, 0, 0, 300)),  # below the kept minimum nothing is withheld
    (limit("20", amount=150, kept=900), 300, 1_000, False, (900, 100, 0, 200)),  # the narrowest holds
    (limit(), 300, 200, True, (0, 200, 0, 100)),  # a leaver's rest is carried
    (limit(leaver="invoiced"), 300, 200, True, (0, 200, 100, 0)),  # or invoiced
    (limit("20", leaver="invoiced"), 300, 200, True, (160, 40, 260, 0)),  # the last pay keeps its limit
    (limit(leaver="invoiced"), 300, 200, False, (0, 200, 0, 100)),  # nobody else is invoiced
    (limit(leaver="invoiced"), 0, -300, True, (0, 0, 300, 0)),
]


@pytest.mark.parametrize(("limits", "owed", "payable", "has_left", "expected"), RECOVERIES)
def test_a_negative_payable_is_carried_recovered_within_limits_or_invoiced_to_a_leaver(
    limits: clawbacks.RecoveryLimit, owed: int, payable: int, has_left: bool, expected: tuple[int, int, int, int]
) -> None:
    found = clawbacks.recovery(limits, owed_minor=Fraction(owed), payable_minor=Fraction(payable), has_left=has_left)
    names = ("paid_minor", "recovered_minor", "invoiced_minor", "owed_minor")
    assert found == clawbacks.Recovery(**dict(zip(names, map(Fraction, expected), strict=True)))


@given(
    limits=st.sampled_from([limits for limits, *_ in RECOVERIES]),
    owed=st.integers(0, 2_000),
    payables=st.lists(st.integers(-2_000, 2_000), max_size=8),
    has_left=st.booleans(),
)
def test_nothing_is_lost_between_pay_and_debt_and_nobody_is_paid_less_than_nothing(
    limits: clawbacks.RecoveryLimit, owed: int, payables: list[int], has_left: bool
) -> None:
    standing, paid_out, invoiced = Fraction(owed), Fraction(), Fraction()
    for payable in payables:
        one = clawbacks.recovery(limits, owed_minor=standing, payable_minor=Fraction(payable), has_left=has_left)
        assert min(one.paid_minor, one.recovered_minor, one.invoiced_minor, one.owed_minor) >= 0
        standing, paid_out, invoiced = one.owed_minor, paid_out + one.paid_minor, invoiced + one.invoiced_minor
    assert paid_out - invoiced - standing == sum(payables) - owed


# 1,000.00 earned 5 %, 50.00; a fee is kept: lost of the revenue, claimed of the commission.
FEES: Final[list[tuple[int, int, int]]] = [
    (0, 100_000, 5_000),
    (1, 99_999, 5_000),
    (20_000, 80_000, 4_000),
    (99_999, 1, 0),
    (100_000, 0, 0),
    (120_000, 0, 0),  # above the price it is new revenue
    (-1, 100_000, 5_000),
]


@pytest.mark.parametrize(("fee", "lost", "claim"), FEES)
def test_a_cancellation_fee_kept_keeps_its_commission(fee: int, lost: int, claim: int) -> None:
    found = clawbacks.cancellation_fee_kept(agreed_minor=100_000, kept_minor=fee)
    assert [found, rounded(Fraction(5_000 * found, 100_000), "half_up")] == [lost, claim]
