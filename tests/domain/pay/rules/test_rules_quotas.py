"""Quotas in parts of a period and ramps (R58, R59), worked by hand. Quotas in minor units; fixed seeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.organisation.calendars import WEEK, Calendar, DeclaredDay
from salesapi.domain.pay.rules import quotas
from salesapi.domain.shared.dates import DaySpan, cut, months_after, started_months, whole_months


def on(text: str) -> date:
    return date.fromisoformat(text)


def span(first_on: str, until: str) -> DaySpan:
    return DaySpan(effective_from=on(first_on), effective_until=on(until))


THIRD_QUARTER: Final = span("2026-07-01", "2026-10-01")
NO_HOLIDAYS: Final = Calendar(key="office", name="Office", zone="Asia/Shanghai", weekdays=WEEK[:5])
SEASON: Final = tuple(Decimal(percent) for percent in (2, 3, 5, 10, 10, 10, 5, 15, 10, 10, 10, 10))


def weigh(
    basis: quotas.QuotaBasis, month_day: quotas.MonthDay | None = None, calendar: Calendar = NO_HOLIDAYS
) -> Callable[[DaySpan], Fraction]:
    percents = SEASON if basis == "seasonal_weights" else ()
    proration = quotas.Proration(basis=basis, month_day=month_day, month_percents=percents)
    return lambda days: quotas.weight_of(proration, calendar, days)


@pytest.mark.parametrize(
    ("first_on", "until", "whole", "started"),
    [
        ("2026-01-31", "2026-02-27", 0, 1),
        ("2026-01-31", "2026-02-28", 1, 1),
        ("2026-01-15", "2026-03-14", 1, 2),
        ("2026-01-15", "2026-03-15", 2, 2),
        ("2024-02-29", "2025-02-28", 12, 12),
        ("2026-01-15", "2026-01-15", 0, 0),
    ],
)
def test_months_are_counted_by_the_calendar(first_on: str, until: str, whole: int, started: int) -> None:
    assert [whole_months(on(first_on), until=on(until)), started_months(on(first_on), until=on(until))] == [
        whole,
        started,
    ]


def test_a_month_after_the_last_day_of_a_month_is_the_last_day_of_the_next_at_most() -> None:
    assert months_after(on("2024-01-31"), 1) == on("2024-02-29")
    assert months_after(on("2026-12-15"), 1) == on("2027-01-15")
    assert months_after(on("9999-12-01"), 1) == date.max


# Hired on 16 August 2026, a Sunday. August has 31 days, 16 of them left. July 23, August 21 and September 22 weekdays; 11
# are left in August (17 to 28 and 31). Weights 5, 15 and 10 of 30.
HIRED: Final[list[tuple[quotas.QuotaBasis, quotas.MonthDay | None, Fraction]]] = [
    ("calendar_days", None, Fraction(46, 92)),
    ("working_days", None, Fraction(11 + 22, 23 + 21 + 22)),
    ("whole_months", "first", Fraction(1, 3)),
    ("whole_months", "fifteenth", Fraction(1, 3)),
    ("whole_months", "last", Fraction(2, 3)),
    ("seasonal_weights", None, (15 * Fraction(16, 31) + 10) / 30),
]


@pytest.mark.parametrize(("basis", "month_day", "share"), HIRED)
def test_a_quota_is_prorated_for_a_hire_in_mid_quarter(
    basis: quotas.QuotaBasis, month_day: quotas.MonthDay | None, share: Fraction
) -> None:
    hired = (span("2026-08-16", "2027-01-01"),)
    assert quotas.quota_share(THIRD_QUARTER, hired, weigh(basis, month_day)) == share


def test_a_quarter_quota_from_16_august_on_is_half_by_calendar_days_as_in_the_catalogue() -> None:
    hired = (span("2026-08-16", "2026-10-01"),)
    assert 30_000_000 * quotas.quota_share(THIRD_QUARTER, hired, weigh("calendar_days")) == 15_000_000


@pytest.mark.parametrize(
    ("month_day", "until", "months"),
    [
        ("last", "2026-07-31", 0),
        ("last", "2026-08-01", 1),
        ("last", "2026-08-31", 1),
        ("fifteenth", "2026-08-15", 1),
        ("fifteenth", "2026-08-16", 2),
        ("first", "2026-08-01", 1),
        ("first", "2026-08-02", 2),
    ],
)
def test_a_month_goes_to_who_is_there_on_the_day_that_decides(
    month_day: quotas.MonthDay, until: str, months: int
) -> None:
    left = (span("2026-01-01", until),)
    assert quotas.quota_share(THIRD_QUARTER, left, weigh("whole_months", month_day)) == Fraction(months, 3)


def test_leave_is_a_gap_and_days_outside_of_the_period_count_nothing() -> None:
    # On leave from 1 to 31 August: 92 - 31 days of 92.
    working = (span("2020-01-01", "2026-08-01"), span("2026-09-01", "2030-01-01"))
    assert quotas.quota_share(THIRD_QUARTER, working, weigh("calendar_days")) == Fraction(61, 92)
    assert quotas.quota_share(THIRD_QUARTER, (span("2026-10-01", "2026-11-01"),), weigh("calendar_days")) == 0
    assert quotas.quota_share(THIRD_QUARTER, (THIRD_QUARTER,), weigh("working_days")) == 1


@pytest.mark.parametrize(("year", "days"), [(2024, 29), (2025, 28)])
def test_a_leap_day_counts_where_there_is_one(year: int, days: int) -> None:
    whole = span(f"{year}-01-01", f"{year + 1}-01-01")
    february = (span(f"{year}-02-01", f"{year}-03-01"),)
    assert quotas.quota_share(whole, february, weigh("calendar_days")) == Fraction(days, 337 + days)
    assert quotas.quota_share(whole, february, weigh("seasonal_weights")) == Fraction(3, 100)


def test_holidays_are_not_worked_and_moved_rest_days_are() -> None:
    # 1 to 11 October 2026: 1 and 2 Thursday and Friday, 5 to 9 weekdays; the 1st to 7th are free, Saturday 10 is worked.
    free = [DeclaredDay(on=on("2026-10-01") + timedelta(days=number), name="National Day") for number in range(7)]
    made_up = DeclaredDay(on=on("2026-10-10"), name="National Day", is_worked=True)
    calendar = replace(NO_HOLIDAYS, days=(*free, made_up))
    assert weigh("working_days", calendar=calendar)(span("2026-10-01", "2026-10-12")) == 3
    # Of October's 18 worked days 3 are before the 12th; in its first week there is nothing to divide by.
    by_days = weigh("working_days", calendar=calendar)
    assert quotas.quota_share(
        span("2026-10-01", "2026-11-01"), (span("2026-10-01", "2026-10-12"),), by_days
    ) == Fraction(3, 18)
    assert quotas.quota_share(span("2026-10-01", "2026-10-08"), (span("2026-10-01", "2026-10-08"),), by_days) == 0


def test_parts_of_a_quota_are_whole_and_sum_to_it() -> None:
    # 100 over 31, 31 and 30 days: 33.70, 33.70 and 32.61; the running sums 33.70, 67.39 and 100 are 34, 67 and 100.
    assert parts(100, THIRD_QUARTER, on("2026-08-01"), on("2026-09-01")) == [34, 33, 33]
    # 46 days each: 50.5 is 51, and 50 are left.
    assert parts(101, THIRD_QUARTER, on("2026-08-16")) == [51, 50]
    assert parts(100, THIRD_QUARTER) == [100]
    assert quotas.quota_part(
        THIRD_QUARTER, span=span("2026-08-16", "2026-10-01"), weigh=weigh("calendar_days")
    ) == quotas.QuotaPart(share=Fraction(1, 2), before=Fraction(1, 2))


def parts(
    quota: int, whole: DaySpan, *changes: date, weighed: Callable[[DaySpan], Fraction] | None = None
) -> list[int]:
    """The quota of each part of a period, which is cut on these days."""
    by = weighed or weigh("calendar_days")
    return [quotas.quota_part(whole, span=each, weigh=by).of(Fraction(quota)) for each in cut(whole, changes)]


BASES: Final = st.sampled_from([(basis, month_day) for basis, month_day, _ in HIRED])


@given(
    quota=st.integers(0, 10**12),
    changes=st.lists(st.integers(-5, 370), max_size=6),
    chosen=BASES,
    year=st.sampled_from((2023, 2024)),
)
def test_parts_of_a_quota_sum_to_the_whole_on_every_basis(
    quota: int, changes: list[int], chosen: tuple[quotas.QuotaBasis, quotas.MonthDay | None], year: int
) -> None:
    whole = span(f"{year}-01-01", f"{year + 1}-01-01")
    days = [whole.effective_from + timedelta(days=number) for number in changes]
    assert sum(parts(quota, whole, *days, weighed=weigh(*chosen))) == quota
    middle = [day for day in days if whole.effective_from < day < whole.effective_until]
    for day in middle:
        before = DaySpan(effective_from=whole.effective_from, effective_until=day)
        after = DaySpan(effective_from=day, effective_until=whole.effective_until)
        assert (
            quotas.quota_share(whole, (before,), weigh(*chosen)) + quotas.quota_share(whole, (after,), weigh(*chosen))
            == 1
        )


def ramp(*steps: tuple[int, int], counted_from: quotas.RampStart = "start_date") -> quotas.Ramp:
    """A percent through each month, then all; unless said nothing is asked of month 1, and half through month 3."""
    made = tuple(
        quotas.RampStep(through_month=month, percent=Decimal(percent)) for month, percent in steps or ((1, 0), (3, 50))
    )
    return quotas.Ramp(steps=made, after_percent=Decimal(100), counted_from=counted_from)


# Started on 16 August.
SERVICE: Final[list[tuple[quotas.RampStart, str, int]]] = [
    ("start_date", "2026-08-16", 0),
    ("start_date", "2026-09-15", 0),
    ("start_date", "2026-09-16", 50),
    ("start_date", "2026-11-15", 50),
    ("start_date", "2026-11-16", 100),
    ("month_of_start", "2026-08-31", 0),
    ("month_of_start", "2026-09-01", 50),
    ("month_of_start", "2026-11-01", 100),
    ("month_after_start", "2026-08-16", 0),
    ("month_after_start", "2026-09-30", 0),
    ("month_after_start", "2026-10-01", 50),
    ("month_after_start", "2026-12-01", 100),
]


@pytest.mark.parametrize(("counted_from", "day", "percent"), SERVICE)
def test_a_ramp_goes_by_months_of_service(counted_from: quotas.RampStart, day: str, percent: int) -> None:
    assert quotas.ramp_percent(ramp(counted_from=counted_from), on("2026-08-16"), on=on(day)) == percent


def test_a_start_on_the_first_of_a_month_is_the_same_by_every_count() -> None:
    for counted_from in ("start_date", "month_of_start", "month_after_start"):
        assert quotas.ramp_percent(ramp(counted_from=counted_from), on("2026-08-01"), on=on("2026-08-31")) == 0
        assert quotas.ramp_percent(ramp(counted_from=counted_from), on("2026-08-01"), on=on("2026-09-01")) == 50


def test_a_ramp_in_mid_period_cuts_it_and_weighs_its_parts() -> None:
    # From 16 August 31 days at 0, from 16 September 15 days at 50 percent, of 92.
    parts = quotas.ramp_parts(ramp(), on("2026-08-16"), THIRD_QUARTER)
    assert [(part.span, part.percent) for part in parts] == [
        (span("2026-08-16", "2026-09-16"), Decimal(0)),
        (span("2026-09-16", "2026-10-01"), Decimal(50)),
    ]
    days = weigh("calendar_days")
    assert quotas.ramped_share(ramp(), on("2026-08-16"), THIRD_QUARTER, days) == Fraction(15, 2 * 92)
    assert quotas.ramped_share(ramp(), on("2020-01-01"), THIRD_QUARTER, days) == 1
    assert quotas.ramped_share(ramp(), on("2026-10-01"), THIRD_QUARTER, days) == 0
