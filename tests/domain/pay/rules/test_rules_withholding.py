"""What is earned and paid later (R27, R28): figures worked by hand, and laws with examples by hypothesis (fixed seeds)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.calculation.claims import Claim
from salesapi.domain.pay.calculation.payable import ClaimedShare, Payable, PayableOf
from salesapi.domain.pay.calculation.release_clock import Earned
from salesapi.domain.pay.calculation.sales import plain_sale
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.plans.plan_components import Release, Rounding
from salesapi.domain.pay.rules.release import Anchor
from salesapi.domain.pay.rules.withholding import (
    Holdback,
    InstalmentTable,
    OnChurn,
    OnClawback,
    ReleaseInstalment,
    Residual,
    Wait,
    ends_on,
    held_back,
    holdback_settled,
    instalment_amounts,
    instalments,
    problem_of_instalments,
)
from tests.domain.pay.commission_stories import flat
from tests.spec import uid

SOLD: Final = date(2026, 1, 31)
AT_ONCE: Final = Wait(count=0, unit="days")
DAYS: Final = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))


def part(percent: str, wait: Wait | None = AT_ONCE, event: Anchor | None = None) -> ReleaseInstalment:
    return ReleaseInstalment(share_percent=Decimal(percent), wait=wait, event=event)


def parts_table(
    *parts: ReleaseInstalment, residual: Residual = "last_part", on_churn: OnChurn = "cancel_remaining"
) -> InstalmentTable:
    return InstalmentTable(residual=residual, on_churn=on_churn, instalments=parts)


THIRDS: Final = (part("33.3"), part("33.3"), part("33.4"))
QUARTERS: Final = (part("25"),) * 4


@pytest.mark.parametrize(
    ("whole", "parts", "residual", "expected"),
    [
        (10_000, THIRDS, "last_part", (3_330, 3_330, 3_340)),
        (100, THIRDS, "last_part", (33, 33, 34)),
        (102, QUARTERS, "last_part", (25, 25, 25, 27)),
        (102, QUARTERS, "largest_remainder", (26, 26, 25, 25)),
        (-102, QUARTERS, "last_part", (-25, -25, -25, -27)),
        (-102, QUARTERS, "largest_remainder", (-26, -26, -25, -25)),
        (2, QUARTERS, "last_part", (0, 0, 0, 2)),
        (0, QUARTERS, "last_part", (0, 0, 0, 0)),
        (101, (part("100"),), "last_part", (101,)),
    ],
)
def test_instalments_leave_what_cannot_be_divided_to_the_last_or_to_the_largest_remainders(
    whole: int, parts: tuple[ReleaseInstalment, ...], residual: Residual, expected: tuple[int, ...]
) -> None:
    assert instalment_amounts(parts_table(*parts, residual=residual), whole) == expected


@given(
    st.integers(min_value=-(10**12), max_value=10**12),
    st.lists(st.integers(min_value=1, max_value=9999), max_size=10, unique=True),
    st.sampled_from(("largest_remainder", "last_part")),
)
def test_instalments_always_add_up_to_the_whole_and_none_has_another_sign(
    whole: int, cuts: list[int], residual: Residual
) -> None:
    bounds = [0, *sorted(cuts), 10_000]
    shares = [Decimal(high - low) / 100 for low, high in pairwise(bounds)]
    table = parts_table(*(part(str(share)) for share in shares), residual=residual)
    amounts = instalment_amounts(table, whole)
    assert problem_of_instalments(table) is None
    assert sum(amounts) == whole
    assert all(amount * whole >= 0 for amount in amounts)


BY_MONTH: Final = (
    part("50"),
    part("20", Wait(count=1, unit="months")),
    part("20", Wait(count=90, unit="days")),
    part("10", None, "acceptance"),
)
ACCEPTED: Final[Mapping[Anchor, date]] = {"acceptance": date(2026, 5, 4)}
NOTHING: Final[Mapping[Anchor, date]] = {}


@pytest.mark.parametrize(
    ("happened_on", "churned_on", "on_churn", "as_of_on", "states"),
    [
        (NOTHING, None, "cancel_remaining", date(2026, 1, 30), "coming coming coming coming"),  # before the sale
        (NOTHING, None, "cancel_remaining", date(2026, 1, 31), "released coming coming coming"),  # on the sale
        (
            NOTHING,
            None,
            "cancel_remaining",
            date(2026, 2, 28),
            "released released coming coming",
        ),  # a month after the 31st
        (NOTHING, None, "cancel_remaining", date(2026, 5, 1), "released released released coming"),  # ninety days after
        (ACCEPTED, None, "cancel_remaining", date(2026, 5, 4), "released released released released"),  # accepted
        (
            ACCEPTED,
            date(2026, 2, 28),
            "cancel_remaining",
            date(2026, 6, 1),
            "released released cancelled cancelled",
        ),  # lost on the day of the second
        (
            ACCEPTED,
            date(2026, 2, 27),
            "cancel_remaining",
            date(2026, 6, 1),
            "released cancelled cancelled cancelled",
        ),  # lost a day before
        (
            NOTHING,
            date(2026, 2, 27),
            "cancel_remaining",
            date(2026, 2, 26),
            "released coming coming coming",
        ),  # not lost yet
        (
            NOTHING,
            date(2026, 2, 27),
            "cancel_remaining",
            date(2026, 2, 27),
            "released cancelled cancelled cancelled",
        ),  # lost today
        (
            ACCEPTED,
            date(2026, 2, 27),
            "keep_remaining",
            date(2026, 6, 1),
            "released released released released",
        ),  # lost but kept
    ],
)
def test_instalments_are_released_on_their_days_and_what_remains_falls_with_the_customer(
    happened_on: Mapping[Anchor, date], churned_on: date | None, on_churn: OnChurn, as_of_on: date, states: str
) -> None:
    found = instalments(
        parts_table(*BY_MONTH, on_churn=on_churn),
        whole_minor=1001,
        attributed_on=SOLD,
        happened_on=happened_on,
        churned_on=churned_on,
        as_of_on=as_of_on,
    )
    assert [each.state for each in found] == states.split()
    assert [each.amount_minor for each in found] == [500, 200, 200, 101]
    assert [each.payable_on for each in found[:3]] == [SOLD, date(2026, 2, 28), date(2026, 5, 1)]


def test_an_event_before_the_sale_counts_on_the_day_of_the_sale() -> None:
    assert ends_on(None, "payment", SOLD, {"payment": date(2025, 12, 1)}) == SOLD


@pytest.mark.parametrize(
    ("earned", "percent", "kept"),
    [(1000, "10", 100), (0, "10", 0), (-1000, "10", -100), (1000, "100", 1000), (5, "10", "1/2")],
)
def test_a_share_is_held_back_and_the_rest_is_payable(earned: int, percent: str, kept: int | str) -> None:
    holdback = Holdback(share_percent=Decimal(percent), wait=AT_ONCE, event=None, on_clawback="netted")
    whole = Fraction(1)
    assert earned * held_back(holdback, whole) == Fraction(kept)
    assert earned * holdback_settled(holdback, released=whole, left=whole) == earned - Fraction(kept)


NEW_YEAR: Final = date(2026, 1, 1)
ENDS: Final = date(2026, 6, 30)

# A tenth of 1,000 is held until 30 June. When it is claimed, so much: payable on a day, and taken back of what was paid.
SETTLED: Final[list[tuple[OnClawback, int, date, date, int, int]]] = [
    ("netted", 0, ENDS, date(2026, 6, 29), 900, 0),  # the day before the end
    ("netted", 0, ENDS, ENDS, 1000, 0),  # on the end
    ("netted", 30, date(2026, 5, 1), date(2026, 5, 1), 900, 0),  # 70 is still held
    ("netted", 30, date(2026, 5, 1), ENDS, 970, 0),
    ("netted", 100, date(2026, 5, 1), ENDS, 900, 0),  # all that is held
    ("netted", 250, date(2026, 5, 1), date(2026, 5, 1), 750, 150),  # more than is held
    ("netted", 250, date(2026, 5, 1), ENDS, 750, 150),
    ("forfeited", 30, date(2026, 5, 1), ENDS, 900, 0),
    ("forfeited", 250, date(2026, 5, 1), ENDS, 750, 150),
    ("forfeited", 0, date(2026, 5, 1), ENDS, 1000, 0),  # a clawback of nothing is none
    ("released", 30, date(2026, 5, 1), date(2026, 5, 1), 870, 30),  # left alone
    ("released", 30, date(2026, 5, 1), ENDS, 970, 30),  # and released on its day
    ("released", 950, date(2026, 5, 1), date(2026, 5, 1), 0, 900),  # never below nothing
    ("netted", 30, ENDS, ENDS, 970, 0),  # on the end it still meets what is held
    ("forfeited", 30, ENDS, ENDS, 900, 0),
    ("released", 30, ENDS, ENDS, 970, 30),
    ("netted", 30, date(2026, 7, 1), date(2026, 7, 1), 970, 30),  # the day after, nothing is held
    ("forfeited", 30, date(2026, 7, 1), date(2026, 7, 1), 970, 30),
    ("netted", 30, date(2026, 5, 1), date(2026, 4, 30), 900, 0),  # asked for before
]


@pytest.mark.parametrize(("on_clawback", "claim", "claimed_on", "by", "payable", "clawed"), SETTLED)
def test_a_clawback_meets_what_is_held_back_as_the_plan_says(
    on_clawback: OnClawback, claim: int, claimed_on: date, by: date, payable: int, clawed: int
) -> None:
    stands = settled("10", on_clawback, ENDS, claim, claimed_on, by)
    assert [stands.payable, stands.clawed] == [payable, clawed]


@given(
    st.sampled_from(("forfeited", "released", "netted")),
    st.integers(min_value=1, max_value=1000),
    st.one_of(st.none(), DAYS),
    st.integers(min_value=0, max_value=2000),
    DAYS,
    DAYS,
)
def test_what_is_held_back_is_never_lost_sight_of(
    on_clawback: OnClawback, permille: int, ends: date | None, claim: int, claimed_on: date, by: date
) -> None:
    stands = settled(str(Decimal(permille) / 10), on_clawback, ends, claim, claimed_on, by)
    is_claimed = claim > 0 and claimed_on <= by
    is_met = is_claimed and (ends is None or claimed_on <= ends)
    least = permille if on_clawback == "forfeited" and is_met else 0
    taken = min(1000, max(claim, least)) if is_claimed else 0
    assert 0 <= stands.payable <= 1000 - taken, "what is taken is not paid"
    assert 0 <= stands.clawed <= taken, "no more is taken back than was taken"
    assert stands.clawed + stands.cancelled == taken, "and the rest of it was never paid"
    if ends is not None and ends <= by:
        assert stands.payable == 1000 - taken, "all else is payable once it is over"


def settled(
    percent: str, on_clawback: OnClawback, ends: date | None, claim: int, claimed_on: date, by: date
) -> Payable:
    """Computes how 1,000 stand, released on the day of the sale with a share held to a day, after one claim."""
    wait = None if ends is None else Wait(count=(ends - NEW_YEAR).days, unit="days")
    event: Anchor | None = "acceptance" if ends is None else None
    holdback = Holdback(share_percent=Decimal(percent), wait=wait, event=event, on_clawback=on_clawback)
    win = Win(
        deal_id=uid(1),
        on=NEW_YEAR,
        positions=(1,),
        amount_minor=10_000,
        currency="USD",
        owner_id=uid(2),
        shares=(),
    )
    earned = Earned(
        sale=plain_sale(win),
        component=replace(flat("10"), release=Release(holdback=holdback)),
        exact_minor=Fraction(1000),
        rounding=Rounding(scope="line", mode="half_up"),
        currency="USD",
    )
    claims = (Claim(on=claimed_on, part=Fraction(claim, 1000), positions=(2,)),) if claim else ()
    shares = (ClaimedShare(exact_minor=Fraction(1000), claims=claims),)
    return PayableOf(PayFacts(), earned, shares, period_end=lambda on: on, leaving=None).by(by)
