"""What is earned and paid later (R27, R28): figures worked by hand, and laws with examples by hypothesis (fixed seeds)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesapi.domain.commission.release import Anchor
from salesapi.domain.commission.withholding import (
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
    problem_of_holdback,
    problem_of_instalments,
)

LAWS: Final = settings(derandomize=True, max_examples=200)
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


@LAWS
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
        (NOTHING, None, "cancel_remaining", date(2026, 1, 30), "coming coming coming coming"),
        (NOTHING, None, "cancel_remaining", date(2026, 1, 31), "released coming coming coming"),
        (NOTHING, None, "cancel_remaining", date(2026, 2, 28), "released released coming coming"),
        (NOTHING, None, "cancel_remaining", date(2026, 5, 1), "released released released coming"),
        (ACCEPTED, None, "cancel_remaining", date(2026, 5, 4), "released released released released"),
        (ACCEPTED, date(2026, 2, 28), "cancel_remaining", date(2026, 6, 1), "released released cancelled cancelled"),
        (ACCEPTED, date(2026, 2, 27), "cancel_remaining", date(2026, 6, 1), "released cancelled cancelled cancelled"),
        (NOTHING, date(2026, 2, 27), "cancel_remaining", date(2026, 2, 26), "released coming coming coming"),
        (NOTHING, date(2026, 2, 27), "cancel_remaining", date(2026, 2, 27), "released cancelled cancelled cancelled"),
        (ACCEPTED, date(2026, 2, 27), "keep_remaining", date(2026, 6, 1), "released released released released"),
    ],
    ids=[
        "before_the_sale",
        "on_the_sale",
        "a_month_after_the_31st",
        "ninety_days_after",
        "accepted",
        "lost_on_the_day_of_the_second",
        "lost_a_day_before",
        "not_lost_yet",
        "lost_today",
        "lost_but_kept",
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
    ("parts", "pointer"),
    [
        (BY_MONTH, None),
        ((), "/instalments"),
        ((part("50"), part("49.99")), "/instalments"),
        ((part("0"), part("100")), "/instalments/0/share_percent"),
        ((part("101"),), "/instalments/0/share_percent"),
        ((part("50"), part("50", None)), "/instalments/1/wait"),
        ((part("100", AT_ONCE, "payment"),), "/instalments/0/event"),
    ],
)
def test_instalments_that_do_not_add_up_or_never_come_are_refused(
    parts: tuple[ReleaseInstalment, ...], pointer: str | None
) -> None:
    found = problem_of_instalments(parts_table(*parts))
    assert (found.pointer if found else None) == pointer


@pytest.mark.parametrize(
    ("earned", "percent", "held", "payable"),
    [
        (1000, "10", 100, 900),
        (0, "10", 0, 0),
        (-1000, "10", -100, -900),
        (1000, "100", 1000, 0),
        (5, "10", "1/2", "9/2"),
    ],
)
def test_a_share_is_held_back_and_the_rest_is_payable(
    earned: int, percent: str, held: int | str, payable: int | str
) -> None:
    result = held_back(earned_minor=earned, share_percent=Decimal(percent))
    assert (result.held_minor, result.payable_minor) == (Fraction(held), Fraction(payable))


ENDS: Final = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("on_clawback", "clawback", "clawed_on", "as_of_on", "expected"),
    [
        ("netted", 0, None, date(2026, 6, 29), (100, 0, 0, 0, 0)),
        ("netted", 0, None, ENDS, (0, 100, 0, 0, 0)),
        ("netted", 30, date(2026, 5, 1), date(2026, 5, 1), (70, 0, 0, 30, 0)),
        ("netted", 30, date(2026, 5, 1), ENDS, (0, 70, 0, 30, 0)),
        ("netted", 100, date(2026, 5, 1), ENDS, (0, 0, 0, 100, 0)),
        ("netted", 250, date(2026, 5, 1), ENDS, (0, 0, 0, 100, 150)),
        ("forfeited", 30, date(2026, 5, 1), ENDS, (0, 0, 100, 0, 0)),
        ("forfeited", 250, date(2026, 5, 1), ENDS, (0, 0, 100, 0, 150)),
        ("released", 30, date(2026, 5, 1), date(2026, 5, 1), (100, 0, 0, 0, 30)),
        ("released", 30, date(2026, 5, 1), ENDS, (0, 100, 0, 0, 30)),
        ("netted", 30, ENDS, ENDS, (0, 70, 0, 30, 0)),
        ("netted", 30, date(2026, 7, 1), date(2026, 7, 1), (0, 100, 0, 0, 30)),
        ("forfeited", 30, date(2026, 7, 1), date(2026, 7, 1), (0, 100, 0, 0, 30)),
        ("netted", 30, date(2026, 5, 1), date(2026, 4, 30), (100, 0, 0, 0, 0)),
        ("forfeited", 0, date(2026, 5, 1), ENDS, (0, 100, 0, 0, 0)),
    ],
    ids=[
        "day_before_the_end",
        "on_the_end",
        "part_netted",
        "part_netted_rest_released",
        "all_netted",
        "more_than_is_held",
        "forfeited",
        "forfeited_and_more",
        "left_alone",
        "left_alone_and_released",
        "clawed_on_the_end",
        "clawed_after_the_end",
        "nothing_left_to_forfeit",
        "clawed_later_than_asked",
        "a_clawback_of_nothing",
    ],
)
def test_a_clawback_meets_what_is_held_back_as_the_plan_says(
    on_clawback: OnClawback, clawback: int, clawed_on: date | None, as_of_on: date, expected: tuple[int, ...]
) -> None:
    result = holdback_settled(
        on_clawback=on_clawback,
        held_minor=100,
        ends_on=ENDS,
        clawback_minor=clawback,
        clawed_on=clawed_on,
        as_of_on=as_of_on,
    )
    found = (result.held_minor, result.released_minor, result.forfeited_minor, result.netted_minor)
    assert [*found, result.to_collect_minor] == [*expected]


@LAWS
@given(
    st.sampled_from(("forfeited", "released", "netted")),
    st.integers(min_value=0, max_value=1000),
    st.one_of(st.none(), DAYS),
    st.integers(min_value=0, max_value=2000),
    st.one_of(st.none(), DAYS),
    DAYS,
)
def test_what_is_held_back_is_never_lost_sight_of(
    on_clawback: OnClawback, held: int, ends: date | None, clawback: int, clawed_on: date | None, as_of_on: date
) -> None:
    result = holdback_settled(
        on_clawback=on_clawback,
        held_minor=held,
        ends_on=ends,
        clawback_minor=clawback,
        clawed_on=clawed_on,
        as_of_on=as_of_on,
    )
    kept = result.held_minor + result.released_minor
    assert kept + result.forfeited_minor + result.netted_minor == held
    assert min(kept, result.forfeited_minor, result.netted_minor, result.to_collect_minor) >= 0
    assert result.netted_minor + result.to_collect_minor <= clawback


@pytest.mark.parametrize(
    ("percent", "wait", "event", "pointer"),
    [
        ("10", Wait(count=12, unit="months"), None, None),
        ("100", None, "acceptance", None),
        ("0", AT_ONCE, None, "/share_percent"),
        ("100.01", AT_ONCE, None, "/share_percent"),
        ("10", None, None, "/wait"),
        ("10", AT_ONCE, "acceptance", "/event"),
    ],
)
def test_a_holdback_without_a_share_or_an_end_is_refused(
    percent: str, wait: Wait | None, event: Anchor | None, pointer: str | None
) -> None:
    holdback = Holdback(share_percent=Decimal(percent), wait=wait, event=event, on_clawback="netted")
    found = problem_of_holdback(holdback)
    assert (found.pointer if found else None) == pointer
