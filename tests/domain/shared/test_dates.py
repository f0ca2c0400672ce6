"""Steps from a date end at the edges of the calendar."""

from datetime import UTC, date, datetime

import pytest

from salesapi.domain.shared.dates import (
    day_after,
    day_before,
    days_after,
    days_through,
    hours_after,
    last_of_month,
    local_date,
    months_after,
)
from salesapi.domain.shared.periods import PeriodKind, period_after, period_of, periods_between

LAST = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("on", [date.min, date(2026, 3, 31), date.max])
def test_no_step_leaves_the_calendar(on: date) -> None:
    for count in (0, 1, 31, 400, 10_000_000):
        assert on <= days_after(on, count) <= date.max
        assert date.min <= days_after(on, -count) <= on
        assert on <= months_after(on, count) <= date.max
        assert date.min <= months_after(on, -count) <= on
    assert day_before(on) <= on <= day_after(on)
    assert last_of_month(on).month == on.month


def test_within_the_calendar_steps_are_whole() -> None:
    assert day_after(date(2026, 2, 28)) == date(2026, 3, 1)
    assert day_before(date(2026, 3, 1)) == date(2026, 2, 28)
    assert days_after(date(9999, 12, 1), 30) == date.max
    assert days_after(date(1, 1, 31), -30) == date.min
    assert months_after(date(2028, 2, 29), -12) == date(2027, 2, 28)
    assert last_of_month(date(2028, 2, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize("on", [date.min, date.max])
def test_a_day_at_an_edge_is_a_span_of_at_least_a_day(on: date) -> None:
    assert days_through(on, last_on=on).length_days() == 1


def test_an_instant_at_an_edge_has_a_date_and_one_after_it() -> None:
    assert hours_after(LAST, 1) == LAST
    assert local_date(LAST, "Pacific/Kiritimati") == date.max
    assert hours_after(datetime(2026, 3, 31, 20, tzinfo=UTC), 5) == datetime(2026, 4, 1, 1, tzinfo=UTC)
    assert local_date(datetime(2026, 3, 31, 20, tzinfo=UTC), "Asia/Shanghai") == date(2026, 4, 1)


@pytest.mark.parametrize("kind", ["month", "quarter", "year"])
def test_every_day_lies_in_a_period(kind: PeriodKind) -> None:
    for on in (date.min, date(2026, 3, 31), date.max):
        period = period_of(on, kind)
        assert period.first_on <= on <= period.last_on
        assert list(periods_between(first=period, last=period)) == [period]
    assert period_after(period_of(date.max, kind)) is None
