"""Enrolments, plan changes and leavers (R56, R57, R60), worked by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pytest

from salesapi.domain.pay.plans.enrolment_spans import Span, overlap_of
from salesapi.domain.pay.rules.plan_versions_and_leavers import (
    LEAVING_REASONS,
    CumulativeTiers,
    LeaverRule,
    LeavingReason,
    PlanChange,
    VersionFrom,
    leaver_share,
    plan_parts,
)
from salesapi.domain.pay.rules.quotas import Proration, weight_of
from salesapi.domain.shared.dates import DaySpan
from tests.domain.pay.commission_stories import PLAN
from tests.spec import uid


def on(text: str) -> date:
    return date.fromisoformat(text)


def span(first_on: str, until: str) -> DaySpan:
    return DaySpan(effective_from=on(first_on), effective_until=on(until))


THIRD_QUARTER: Final = span("2026-07-01", "2026-10-01")


def days(part: DaySpan) -> Fraction:
    """Weighs a part of the quarter by calendar days."""
    return weight_of(Proration(basis="calendar_days"), None, part)


def held(first_on: str | None, until: str | None, keys: tuple[str, ...] | None = ("base",), **more: Any) -> Span:
    return Span(
        plan_id=more.get("plan_id", PLAN),
        component_keys=keys,
        effective_from=on(first_on) if first_on else None,
        effective_until=on(until) if until else None,
        draw_minor=more.get("draw_minor"),
    )


OVERLAPS: Final[list[tuple[Span, Span, tuple[str, ...] | None]]] = [
    (held("2026-01-01", "2026-02-01"), held("2026-02-01", None), None),  # they touch
    (held("2026-01-01", "2026-02-02"), held("2026-02-01", None), ("base",)),  # one day
    (held("2026-01-01", "2026-02-01"), held("2026-01-31", "2026-02-01"), ("base",)),  # one within the other
    (held(None, None), held(None, "2026-01-01"), ("base",)),
    (held(None, None, None), held(None, None), ("base",)),  # all components and one of them
    (held(None, None, None), held(None, None, None), ("all components",)),
    (held(None, None), held(None, None, ("spiff",)), None),  # another component
    (held(None, None, ("base", "extra")), held(None, None, ("spiff", "extra")), ("extra",)),  # one of them
    (held(None, None), held(None, None, plan_id=uid(2)), None),  # another plan
    (held(None, None, draw_minor=1), held(None, None, ("spiff",)), None),
    (held(None, None, draw_minor=1), held(None, None, ("spiff",), draw_minor=2), ("a draw of its own",)),
    (held(None, "2026-02-01", draw_minor=1), held("2026-02-01", None, ("spiff",), draw_minor=2), None),  # they touch
]


@pytest.mark.parametrize(("one", "other", "shared"), OVERLAPS)
def test_r56_one_component_and_one_draw_is_held_once_on_any_day(
    one: Span, other: Span, shared: tuple[str, ...] | None
) -> None:
    for earlier, later in ((one, other), (other, one)):
        found = overlap_of((earlier,), later)
        assert (found and found.things) == shared
        assert found is None or (found.held, found.is_draw) == (earlier, shared == ("a draw of its own",))


# Version 2 applies from 16 August on: 46 of the quarter's 92 days each.
CHANGES: Final[list[tuple[PlanChange, CumulativeTiers, list[tuple[int, str, str, Fraction, int]]]]] = [
    (
        "split_period",
        "restart",
        [
            (1, "2026-07-01", "2026-08-16", Fraction(1, 2), 1),
            (2, "2026-08-16", "2026-10-01", Fraction(1, 2), 2),
        ],
    ),
    (
        "split_period",
        "continue",
        [
            (1, "2026-07-01", "2026-08-16", Fraction(1, 2), 0),
            (2, "2026-08-16", "2026-10-01", Fraction(1, 2), 0),
        ],
    ),
    (
        "by_transaction_date",
        "continue",
        [
            (1, "2026-07-01", "2026-08-16", Fraction(1), 0),
            (2, "2026-08-16", "2026-10-01", Fraction(1), 0),
        ],
    ),
    ("from_next_period", "restart", [(1, "2026-07-01", "2026-10-01", Fraction(1), 1)]),
]


@pytest.mark.parametrize(("change", "cumulative", "expected"), CHANGES)
def test_a_plan_change_in_mid_period_splits_it_goes_by_date_or_waits(
    change: PlanChange, cumulative: CumulativeTiers, expected: list[tuple[int, str, str, Fraction, int]]
) -> None:
    versions = (
        VersionFrom(number=1, effective_from=None),
        VersionFrom(number=2, effective_from=on("2026-08-16")),
        VersionFrom(number=3, effective_from=on("2026-10-01")),
    )
    parts = plan_parts(change, cumulative, versions, whole=THIRD_QUARTER, weigh=days)
    assert [(part.version, part.span, part.quota.share, part.counts_as) for part in parts] == [
        (number, span(first_on, until), share, counts_as) for number, first_on, until, share, counts_as in expected
    ]


def test_a_change_on_the_first_day_of_a_period_splits_nothing() -> None:
    versions = (VersionFrom(number=1, effective_from=None), VersionFrom(number=2, effective_from=on("2026-07-01")))
    for change in ("split_period", "by_transaction_date", "from_next_period"):
        (part,) = plan_parts(change, "restart", versions, whole=THIRD_QUARTER, weigh=days)
        assert (part.version, part.span, part.quota.share) == (2, THIRD_QUARTER, Fraction(1))


def test_a_first_version_in_mid_period_pays_its_days_or_from_the_next_period_on() -> None:
    versions = (VersionFrom(number=1, effective_from=on("2026-08-16")),)
    (part,) = plan_parts("split_period", "restart", versions, whole=THIRD_QUARTER, weigh=days)
    assert (part.span.effective_from, part.quota.share) == (on("2026-08-16"), Fraction(1, 2))
    assert plan_parts("from_next_period", "restart", versions, whole=THIRD_QUARTER, weigh=days) == ()


def test_the_highest_version_in_effect_applies_even_where_a_lower_one_begins_later() -> None:
    versions = (VersionFrom(number=2, effective_from=on("2026-08-16")), VersionFrom(number=3, effective_from=None))
    parts = plan_parts("split_period", "restart", versions, whole=THIRD_QUARTER, weigh=days)
    assert [(part.version, part.span) for part in parts] == [(3, THIRD_QUARTER)]


RESIGNED: Final = LeaverRule(
    reason="resignation",
    earned_percent=Decimal(100),
    released_later_percent=Decimal(80),
    released_later_days=90,
    pipeline_percent=Decimal(50),
    pipeline_days=30,
)


def leaver_rules(*first: LeaverRule) -> tuple[LeaverRule, ...]:
    """A rule for every reason: those given, and nothing but what is earned for the others."""
    known = {one.reason for one in first}
    others = (reason for reason in LEAVING_REASONS if reason not in known)
    return (*first, *(nothing_but_earned(reason) for reason in others))


def nothing_but_earned(reason: LeavingReason) -> LeaverRule:
    return LeaverRule(
        reason=reason,
        earned_percent=Decimal(100),
        released_later_percent=Decimal(0),
        released_later_days=0,
        pipeline_percent=Decimal(0),
        pipeline_days=0,
    )


# Left on 31 March: 90 days end on 29 June, 30 days on 30 April.
LEAVERS: Final[list[tuple[LeavingReason, str, str, int]]] = [
    ("resignation", "2026-03-31", "2026-03-31", 100),
    ("resignation", "2026-03-31", "2026-04-01", 80),
    ("resignation", "2026-01-01", "2026-06-29", 80),
    ("resignation", "2026-01-01", "2026-06-30", 0),
    ("resignation", "2026-04-01", "2026-04-01", 50),
    ("resignation", "2026-04-30", "2026-12-31", 50),
    ("resignation", "2026-05-01", "2026-05-01", 0),
    ("dismissal_for_cause", "2026-03-31", "2026-03-31", 100),
    ("dismissal_for_cause", "2026-03-31", "2026-04-01", 0),
    ("dismissal_for_cause", "2026-04-01", "2026-04-01", 0),
]


@pytest.mark.parametrize(("reason", "earned_on", "released_on", "percent"), LEAVERS)
def test_a_leaver_is_paid_by_reason_and_date(
    reason: LeavingReason, earned_on: str, released_on: str, percent: int
) -> None:
    found = leaver_share(
        leaver_rules(RESIGNED),
        reason,
        left_on=on("2026-03-31"),
        earned_on=on(earned_on),
        released_on=on(released_on),
    )
    assert found == percent
