"""Refunds, recoveries and fees kept (R51, R54, R55), worked by hand. Amounts in minor units; fixed seeds."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesapi.domain.commission.clawbacks import (
    LeaverDebt,
    PaidEarning,
    Recovery,
    RecoveryLimit,
    cancellation_fee_kept,
    original_rate_percent,
    problem_of_recovery,
    recovery,
    refund_effect,
)
from salesapi.domain.commission.rates import earned_by_tiers
from salesapi.domain.commission.tables import AppliesTo, Tier, TierTable


def paid(earned: int, net_paid: int, *, base: int = 100_000, reversed_before: int = 0) -> PaidEarning:
    return PaidEarning(
        base_minor=base,
        earned_minor=Fraction(earned),
        reversed_minor=Fraction(reversed_before),
        net_paid_minor=net_paid,
    )


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


def test_a_refund_keeps_the_attainment_or_restates_it_as_in_the_catalogue() -> None:
    # 80,000 and 40,000 were paid 5,400: 4.5 % of 120,000. The 40,000 is refunded.
    table = catalogue_tiers("all")

    def cumulative(total: Fraction) -> Fraction:
        return earned_by_tiers(table, total)

    figures = {
        "attained_minor": Fraction(12_000_000),
        "refunded_minor": Fraction(4_000_000),
        "own_rate_percent": Fraction(9, 2),
    }
    kept = refund_effect("keep", cumulative, **figures)
    assert [kept.total_minor, kept.attained_minor] == [-180_000, 12_000_000]
    # Restated, 80,000 earns 3 %, 2,400: 1,800 less for the refunded deal itself and 1,200 less for the other one.
    restated = refund_effect("restate", cumulative, **figures)
    assert [restated.own_minor, restated.others_minor, restated.total_minor] == [-180_000, -120_000, -300_000]
    assert restated.attained_minor == 8_000_000


def test_a_kept_refund_under_marginal_tiers_takes_what_its_own_deal_earned() -> None:
    # 70,000 then 20,000 marginal: the second earned 2 % of 10,000 and 3 % of 10,000, 500: 2.5 % of it.
    own = original_rate_percent(paid(50_000, 50_000, base=2_000_000))
    table = catalogue_tiers("new")
    found = refund_effect(
        "keep",
        lambda total: earned_by_tiers(table, total),
        attained_minor=Fraction(9_000_000),
        refunded_minor=Fraction(1_000_000),
        own_rate_percent=own,
    )
    assert [own, found.total_minor, found.others_minor] == [Fraction(5, 2), -25_000, 0]


@settings(derandomize=True, max_examples=200)
@given(
    refunds=st.lists(st.integers(0, 2_000_000), max_size=6),
    applies_to=st.sampled_from(("all", "new")),
)
def test_restated_refunds_change_the_same_in_any_order_and_a_refund_of_all_is_zero(
    refunds: list[int], applies_to: AppliesTo
) -> None:
    table = catalogue_tiers(applies_to)
    attained = Fraction(13_000_000)
    for together in (refunds, sorted(refunds)):
        left, changed = attained, Fraction()
        for refund in (*together, 13_000_000 - sum(refunds)):
            effect = refund_effect(
                "restate",
                lambda total: earned_by_tiers(table, total),
                attained_minor=left,
                refunded_minor=Fraction(refund),
                own_rate_percent=Fraction(2),
            )
            left, changed = effect.attained_minor, changed + effect.total_minor
        assert [left, earned_by_tiers(table, attained) + changed] == [0, 0]


def limit(
    percent: str | None = None,
    amount: int | None = None,
    kept: int | None = None,
    leaver: LeaverDebt = "carried",
) -> RecoveryLimit:
    return RecoveryLimit(
        percent=None if percent is None else Decimal(percent), amount_minor=amount, kept_minor=kept, leaver=leaver
    )


# owed before, payable, has left -> paid, recovered, invoiced, owed
RECOVERIES: Final[list[tuple[RecoveryLimit, int, int, bool, tuple[int, int, int, int]]]] = [
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
    limits: RecoveryLimit, owed: int, payable: int, has_left: bool, expected: tuple[int, int, int, int]
) -> None:
    found = recovery(limits, owed_minor=Fraction(owed), payable_minor=Fraction(payable), has_left=has_left)
    names = ("paid_minor", "recovered_minor", "invoiced_minor", "owed_minor")
    assert found == Recovery(**dict(zip(names, map(Fraction, expected), strict=True)))


@settings(derandomize=True, max_examples=300)
@given(
    limits=st.sampled_from([limits for limits, *_ in RECOVERIES]),
    owed=st.integers(0, 2_000),
    payables=st.lists(st.integers(-2_000, 2_000), max_size=8),
    has_left=st.booleans(),
)
def test_nothing_is_lost_between_pay_and_debt_and_nobody_is_paid_less_than_nothing(
    limits: RecoveryLimit, owed: int, payables: list[int], has_left: bool
) -> None:
    standing, paid_out, invoiced = Fraction(owed), Fraction(), Fraction()
    for payable in payables:
        one = recovery(limits, owed_minor=standing, payable_minor=Fraction(payable), has_left=has_left)
        assert min(one.paid_minor, one.recovered_minor, one.invoiced_minor, one.owed_minor) >= 0
        standing, paid_out, invoiced = one.owed_minor, paid_out + one.paid_minor, invoiced + one.invoiced_minor
    assert paid_out - invoiced - standing == sum(payables) - owed


# 1,000.00 earned 5 %, 50.00; a fee is kept.
FEES: Final[list[tuple[int, int, int, int, int]]] = [
    (0, 0, 0, 0, 5_000),
    (20_000, 0, 20_000, 1_000, 4_000),
    (100_000, 0, 100_000, 5_000, 0),
    (120_000, 0, 100_000, 5_000, 0),
    (-1, 0, 0, 0, 5_000),
    (20_000, 2_500, 20_000, 1_000, 1_500),  # half was refunded before: 25.00 is left, 10.00 stays
    (20_000, 4_500, 20_000, 1_000, 0),  # only 5.00 is left: nothing more is claimed
]


@pytest.mark.parametrize(("fee", "before", "base", "kept", "claim"), FEES)
def test_a_cancellation_fee_kept_keeps_its_commission(fee: int, before: int, base: int, kept: int, claim: int) -> None:
    found = cancellation_fee_kept(paid(5_000, 5_000, reversed_before=before), fee)
    assert [found.base_minor, found.kept_minor, found.claim_minor] == [base, kept, claim]


@pytest.mark.parametrize(
    ("one", "pointer"),
    [
        (limit("100", 1, 0), None),
        (limit(), None),
        (limit("0"), "/percent"),
        (limit("100.5"), "/percent"),
        (limit(amount=0), "/amount_minor"),
        (limit(kept=-1), "/kept_minor"),
    ],
)
def test_a_recovery_that_would_never_end_is_refused_at_its_place(one: RecoveryLimit, pointer: str | None) -> None:
    found = problem_of_recovery(one)
    assert (found and found.pointer) == pointer
