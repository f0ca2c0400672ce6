"""Guarantees and draws (R31 to R34): figures worked by hand, and laws with examples by hypothesis (fixed seeds)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import draws
from salesapi.domain.shared.dates import DaySpan

AMOUNTS: Final = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=60)
STEPS: Final = st.lists(AMOUNTS, max_size=10)
WHOLE: Final = draws.DaysCovered(covered=30, of=30)
HALF: Final = draws.DaysCovered(covered=15, of=30)
OVER: Final = draws.DaysCovered(covered=0, of=30)


@pytest.mark.parametrize(
    ("earned", "days", "paid", "topped_up"),
    [
        (800, WHOLE, 900, 100),  # under
        (900, WHOLE, 900, 0),  # on it
        (1000, WHOLE, 1000, 0),  # above
        (400, HALF, 450, 50),  # half the days
        (450, HALF, 450, 0),  # half on it
        (-200, WHOLE, 900, 1100),  # negative
        (-200, OVER, -200, 0),  # negative after its end
        (100, OVER, 100, 0),  # after its end
    ],
)
def test_a_guarantee_of_900_is_a_floor_by_days_that_nobody_pays_back(
    earned: int, days: draws.DaysCovered, paid: int, topped_up: int
) -> None:
    assert draws.guarantee(earned_minor=earned, guarantee_minor=900, days=days) == paid == earned + topped_up


@pytest.mark.parametrize(
    ("held", "last_on", "covered"),
    [
        ([(None, None)], None, 31),  # always
        ([(date(2026, 8, 16), None)], None, 16),  # joins inside
        ([(date(2026, 8, 31), None)], None, 1),  # joins on the last day
        ([(date(2026, 9, 1), None)], None, 0),  # joins after it
        ([(None, date(2026, 8, 11))], None, 10),  # leaves inside
        ([(None, None)], date(2026, 8, 10), 10),  # ends inside
        ([(date(2026, 8, 5), date(2026, 8, 21))], date(2026, 8, 10), 6),  # joins and ends inside
        ([(None, None)], date(2026, 7, 31), 0),  # ended before
        ([(date(2026, 8, 21), None), (None, date(2026, 8, 11))], None, 21),  # comes back
        ([(date(2026, 8, 6), date(2026, 8, 16)), (date(2026, 8, 11), date(2026, 8, 21))], None, 15),  # two that overlap
        ([(date(2026, 8, 1), None), (date(2026, 8, 11), date(2026, 8, 21))], None, 31),  # one within another
        ([(date(2026, 8, 1), date(2026, 8, 11)), (date(2026, 8, 11), None)], date(2026, 8, 20), 20),  # one by one
        ([], None, 0),  # never
    ],
)
def test_a_guarantee_covers_the_days_in_the_plan_up_to_its_own_last_day(
    held: list[draws.Held], last_on: date | None, covered: int
) -> None:
    august = DaySpan(effective_from=date(2026, 8, 1), effective_until=date(2026, 9, 1))
    assert draws.days_covered(august, held, last_on=last_on) == draws.DaysCovered(covered=covered, of=31)


DRAW: Final = draws.RecoverableDraw(
    draw_minor=900,
    last_on=None,
    compared_with="earned",
    kept_minimum_minor=None,
    recovery_limit_percent=Decimal(100),
    at_end="forgiven",
    on_leaving="still_owed",
)


def drawn(
    draw: draws.RecoverableDraw, *earned: int | Fraction, days: draws.DaysCovered = WHOLE, owed: int = 0
) -> list[draws.DrawPeriod]:
    """Periods one after the other."""
    periods: list[draws.DrawPeriod] = []
    balance = Fraction(owed)
    for each in earned:
        periods.append(draws.recoverable_draw(draw, earned_minor=each, owed_minor=balance, days=days))
        balance = periods[-1].owed_after_minor
    return periods


def test_a_draw_of_900_is_recovered_from_earnings_above_it() -> None:
    # 600 tops up 300; 1,000 repays 100; 1,500 repays the last 200.
    periods = drawn(DRAW, 600, 1000, 1500)
    assert [period.paid_minor for period in periods] == [900, 900, 1300]
    assert [period.owed_after_minor for period in periods] == [300, 200, 0]
    assert [period.advanced_minor for period in periods] == [300, 0, 0]
    assert [period.recovered_minor for period in periods] == [0, 100, 200]


@pytest.mark.parametrize(
    ("percent", "earned", "recovered"),
    [("10", 1000, 100), ("10", 1500, 150), ("5", 1000, 50), ("50", 1000, 100), ("12.5", 2000, 250), ("10", 9000, 500)],
    ids=["limit_is_all_above", "limit", "limit_below_all_above", "only_above_the_draw", "decimals", "all_that_is_owed"],
)
def test_recovery_is_limited_to_a_share_of_earnings(percent: str, earned: int, recovered: int) -> None:
    # Draw 900 and owed 500: the least of 500, earned - 900 and the percent of earned.
    (period,) = drawn(replace(DRAW, recovery_limit_percent=Decimal(percent)), earned, owed=500)
    assert period.recovered_minor == recovered
    assert period.paid_minor == earned - recovered
    assert period.owed_after_minor == 500 - recovered


@pytest.mark.parametrize(("earned", "recovered"), [(1000, 0), (1200, 0), (1201, 1), (1700, 500), (2000, 500)])
def test_recovery_leaves_a_kept_minimum(earned: int, recovered: int) -> None:
    (period,) = drawn(replace(DRAW, kept_minimum_minor=1200), earned, owed=500)
    assert [period.recovered_minor, period.advanced_minor] == [recovered, 0]


@pytest.mark.parametrize(
    ("earned", "paid", "owed"),
    [(900, 900, 500), (899, 900, 501), (0, 900, 1400), (-100, 900, 1500)],
    ids=["exactly_the_draw", "one_below", "nothing", "negative"],
)
def test_earnings_up_to_the_draw_repay_nothing(earned: int, paid: int, owed: int) -> None:
    (period,) = drawn(DRAW, earned, owed=500)
    assert [period.paid_minor, period.owed_after_minor] == [paid, owed]


def test_a_draw_for_half_of_the_days_tops_up_to_half() -> None:
    assert [period.paid_minor for period in drawn(DRAW, 400, days=HALF)] == [450]
    (period,) = drawn(replace(DRAW, kept_minimum_minor=1000), 600, days=HALF, owed=500)
    assert [period.recovered_minor, period.paid_minor] == [100, 500]


@pytest.mark.parametrize(
    ("earned", "kept_minimum", "paid", "owed"),
    [(-50, None, -50, 500), (0, None, 0, 500), (300, None, 0, 200), (1300, 1200, 1200, 400), (800, 1200, 800, 500)],
)
def test_after_its_end_nothing_is_topped_up_and_the_balance_is_recovered(
    earned: int, kept_minimum: int | None, paid: int, owed: int
) -> None:
    (period,) = drawn(replace(DRAW, kept_minimum_minor=kept_minimum), earned, days=OVER, owed=500)
    assert [period.paid_minor, period.owed_after_minor] == [paid, owed]


@pytest.mark.parametrize(("ending", "owed"), [("forgiven", 0), ("still_owed", 500), ("collected", 500)])
def test_a_balance_is_forgiven_at_the_end_or_still_owed(ending: draws.AdvanceEnding, owed: int) -> None:
    assert draws.draw_ended(ending, owed_minor=500) == owed


@pytest.mark.parametrize(
    ("owed", "granted", "forgiven", "left"),
    [(500, 200, 200, 300), (500, 500, 500, 0), (500, 501, 500, 0), (0, 200, 0, 0), (-50, 200, 0, -50)],
    ids=["a_part", "exactly_all", "more_than_is_owed", "nothing_is_owed", "a_credit_stays"],
)
def test_what_is_forgiven_by_hand_is_at_most_what_is_owed(owed: int, granted: int, forgiven: int, left: int) -> None:
    found = draws.draw_forgiven(owed_minor=owed, granted_minor=granted)
    assert [found, owed - found] == [forgiven, left]


@given(
    STEPS,
    st.integers(min_value=1, max_value=1000),
    st.integers(min_value=1, max_value=100),
    st.one_of(st.none(), st.integers(min_value=1000, max_value=2000)),
)
def test_what_is_paid_over_all_periods_is_what_is_earned_and_what_is_still_owed(
    earned: list[Fraction], draw_minor: int, limit: int, kept_minimum: int | None
) -> None:
    draw = replace(DRAW, draw_minor=draw_minor, recovery_limit_percent=Decimal(limit), kept_minimum_minor=kept_minimum)
    periods = drawn(draw, *earned)
    owed = periods[-1].owed_after_minor if periods else 0
    assert sum(period.paid_minor for period in periods) == sum(earned) + owed
    for each, period in zip(earned, periods, strict=True):
        assert period.paid_minor >= draw_minor
        assert period.owed_after_minor >= 0
        assert period.recovered_minor <= max(each, Fraction()) * limit / 100


LAW: Final = "clause 7 of the contract"
ADVANCE: Final = draws.DrawInAdvance(
    advance_minor=900, compared_with="payable", negative_end="carried", on_leaving="still_owed"
)


@pytest.mark.parametrize(
    ("days", "paid"), [(WHOLE, 900), (HALF, 450), (draws.DaysCovered(covered=1, of=31), Fraction(900, 31))]
)
def test_an_advance_is_paid_for_the_days_that_are_known_beforehand(
    days: draws.DaysCovered, paid: int | Fraction
) -> None:
    assert draws.paid_in_advance(ADVANCE, days=days) == paid


@pytest.mark.parametrize(
    ("earned", "owed", "negative_end", "allowed_by", "paid_at_end", "collected", "owed_after"),
    [
        (1200, 0, "carried", None, 300, 0, 0),  # positive end
        (900, 0, "carried", None, 0, 0, 0),  # even
        (600, 0, "carried", None, 0, 0, 300),  # carried
        (1300, 300, "carried", None, 100, 0, 0),  # carried balance netted
        (1200, 300, "carried", None, 0, 0, 0),  # exactly the balance
        (1000, 300, "carried", None, 0, 0, 200),  # part of the balance
        (600, 0, "collected", LAW, 0, 300, 0),  # collected
        (900, 0, "collected", LAW, 0, 0, 0),  # even collects nothing
        (600, 0, "collected", None, 0, 0, 300),  # not lawful
        (600, 0, "carried", LAW, 0, 0, 300),  # lawful but not of a negative end
        (-100, 50, "carried", None, 0, 0, 1050),  # negative earnings
        (-100, 50, "collected", LAW, 0, 1050, 0),  # negative earnings collected
    ],
)
def test_an_advance_of_900_is_netted_at_the_end_and_a_negative_end_is_carried(
    earned: int,
    owed: int,
    negative_end: draws.NegativeEnd,
    allowed_by: str | None,
    paid_at_end: int,
    collected: int,
    owed_after: int,
) -> None:
    draw = replace(ADVANCE, negative_end=negative_end, collection_allowed_by=allowed_by)
    period = draws.draw_in_advance(draw, earned_minor=earned, advanced_minor=900, owed_minor=owed, days=WHOLE)
    found = [period.paid_at_end_minor, period.collected_minor, period.owed_after_minor]
    assert found == [paid_at_end, collected, owed_after]
    flow = period.advanced_minor + period.paid_at_end_minor - period.collected_minor
    assert flow == period.earned_minor + period.owed_after_minor - period.owed_before_minor


@pytest.mark.parametrize(
    ("negative_end", "on_leaving", "days", "collected"),
    [
        ("carried", "collected", WHOLE, 0),
        ("carried", "collected", HALF, 0),
        ("carried", "collected", OVER, 500),
        ("collected", "still_owed", HALF, 500),
        ("collected", "still_owed", OVER, 0),
    ],
)
def test_who_is_not_in_the_plan_any_more_pays_back_as_it_says_of_leaving(
    negative_end: draws.NegativeEnd, on_leaving: draws.AdvanceEnding, days: draws.DaysCovered, collected: int
) -> None:
    draw = replace(ADVANCE, negative_end=negative_end, on_leaving=on_leaving, collection_allowed_by=LAW)
    period = draws.draw_in_advance(draw, earned_minor=400, advanced_minor=900, owed_minor=0, days=days)
    assert [period.collected_minor, period.owed_after_minor] == [collected, 500 - collected]


@given(STEPS)
def test_what_advances_pay_over_all_periods_is_what_is_earned_and_what_is_still_owed(earned: list[Fraction]) -> None:
    paid, owed = Fraction(), Fraction()
    for each in earned:
        period = draws.draw_in_advance(ADVANCE, earned_minor=each, advanced_minor=900, owed_minor=owed, days=WHOLE)
        paid, owed = paid + period.advanced_minor + period.paid_at_end_minor, period.owed_after_minor
        assert period.paid_at_end_minor == 0 or owed == 0, "nothing is paid at an end while something is owed"
    assert paid == sum(earned) + owed
    assert paid >= 900 * len(earned)
