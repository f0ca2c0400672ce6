"""R19: how the touches of a lead share what its deal earned, by model, with expiry. Each row is one rule."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules.sourcing import SourcingModel, SourcingPart, Touch, sourced
from tests.spec import uid

ANNA, BORIS, CHEN = uid(1), uid(2), uid(3)
WON_ON: Final = date(2026, 3, 31)


def touch(position: int, member: int | None, on: str | None, weight: str | None = None, at: str | None = None) -> Touch:
    """A meeting of a member."""
    return Touch(
        position=position,
        kind="meeting",
        member_id=None if member is None else uid(member),
        weight=None if weight is None else Decimal(weight),
        on=None if on is None else date.fromisoformat(on),
        at=None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC),
    )


def shared(
    whole_minor: int, model: SourcingModel, *touches: Touch, expires_after_days: int | None = None
) -> dict[int, int]:
    """Shares an amount among touches, in minor units by the position of each."""
    found = sourced(whole_minor, touches, model, on=WON_ON, expires_after_days=expires_after_days)
    return {part.position: part.amount_minor for part in found}


THREE: Final = (touch(10, 2, "2026-02-01", "1"), touch(11, 1, "2026-01-05", "3"), touch(12, 3, "2026-03-31", "2"))
"""Recorded in another order than they happened: the second one was first."""

MODELS: Final[list[tuple[SourcingModel, int, tuple[Touch, ...], dict[int, int]]]] = [
    ("first", 1_000, THREE, {11: 1_000}),
    ("last", 1_000, THREE, {12: 1_000}),
    ("weighted", 1_200, THREE, {11: 600, 10: 200, 12: 400}),
    ("first", 1_000, (), {}),
    ("weighted", 1_000, (), {}),
    ("weighted", 0, THREE, {11: 0, 10: 0, 12: 0}),
    (
        "weighted",
        100,
        (touch(1, 1, "2026-01-01"), touch(2, 2, "2026-01-02"), touch(3, 3, "2026-01-03")),
        {1: 34, 2: 33, 3: 33},
    ),
    ("weighted", 100, (touch(1, 1, "2026-01-01", "0.5"), touch(2, 2, "2026-01-02")), {1: 33, 2: 67}),
    ("weighted", -100, (touch(1, 1, "2026-01-01", "0.5"), touch(2, 2, "2026-01-02")), {1: -33, 2: -67}),
    ("weighted", 5, (touch(1, 1, "2026-01-01", "1"), touch(2, 1, "2026-01-02", "1")), {1: 3, 2: 2}),
]


@pytest.mark.parametrize(("model", "whole_minor", "touches", "expected"), MODELS)
def test_a_model_says_who_shares(
    model: SourcingModel, whole_minor: int, touches: tuple[Touch, ...], expected: dict[int, int]
) -> None:
    assert shared(whole_minor, model, *touches) == expected


ORDERS: Final[list[tuple[tuple[Touch, ...], int, int]]] = [
    ((touch(7, 1, "2026-01-05"), touch(8, 2, "2026-01-05")), 7, 8),
    ((touch(7, 1, "2026-01-05", at="2026-01-05T15:00"), touch(8, 2, "2026-01-05", at="2026-01-05T09:00")), 8, 7),
    ((touch(7, 1, "2026-01-05", at="2026-01-05T09:00"), touch(8, 2, "2026-01-05")), 8, 7),
    ((touch(7, 1, "2026-01-06"), touch(8, 2, "2026-01-05", at="2026-01-05T23:59")), 8, 7),
]


@pytest.mark.parametrize(("touches", "first", "last"), ORDERS)
def test_touches_stand_by_day_then_instant_then_place_in_the_log(
    touches: tuple[Touch, ...], first: int, last: int
) -> None:
    assert shared(100, "first", *touches) == {first: 100}
    assert shared(100, "last", *touches) == {last: 100}
    assert shared(100, "first", *touches[::-1]) == {first: 100}


EXPIRIES: Final = [
    (30, "2026-03-01", True),
    (30, "2026-02-28", False),
    (0, "2026-03-31", True),
    (0, "2026-03-30", False),
    (None, "2019-01-01", True),
    (30, "2026-04-01", False),
    (None, "2026-04-01", False),
    (None, None, False),
]


@pytest.mark.parametrize(("expires_after_days", "on", "counts"), EXPIRIES)
def test_a_touch_counts_on_its_day_and_for_so_many_days_after_it(
    expires_after_days: int | None, on: str | None, counts: bool
) -> None:
    found = sourced(100, (touch(5, 1, on),), "weighted", on=WON_ON, expires_after_days=expires_after_days)
    assert found == ((SourcingPart(position=5, member_id=ANNA, amount_minor=100),) if counts else ())


def test_an_expired_first_touch_makes_way_for_the_next_one() -> None:
    touches = (touch(3, 1, "2025-01-01"), touch(4, 2, "2026-03-01"), touch(5, 3, None))
    found = sourced(100, touches, "first", on=WON_ON, expires_after_days=90)
    assert found == (SourcingPart(position=4, member_id=BORIS, amount_minor=100),)


def test_a_touch_without_a_member_keeps_its_part_which_is_nobodys() -> None:
    touches = (touch(1, None, "2026-01-01"), touch(2, 3, "2026-01-02"))
    found = sourced(101, touches, "weighted", on=WON_ON, expires_after_days=None)
    assert [(part.member_id, part.amount_minor) for part in found] == [(None, 51), (CHEN, 50)]
    assert shared(101, "first", *touches) == {1: 101}


@given(
    whole_minor=st.integers(-(10**15), 10**15),
    weights=st.lists(st.decimals("0.000001", "1000", places=6), min_size=1, max_size=20),
)
def test_the_parts_always_add_up_to_the_whole(whole_minor: int, weights: list[Decimal]) -> None:
    touches = [touch(number, number, "2026-01-01", str(weight)) for number, weight in enumerate(weights, start=1)]
    assert sum(shared(whole_minor, "weighted", *touches).values()) == whole_minor
