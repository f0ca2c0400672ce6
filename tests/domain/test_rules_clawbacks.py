"""Clawbacks and their limit (R49, R50), worked by hand. Amounts in minor units; fixed seeds."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesapi.domain.commission.clawbacks import (
    ClawbackRule,
    ClawbackShare,
    ClawbackStep,
    ClawbackTrigger,
    Loss,
    PaidEarning,
    StartedMonth,
    WindowEnd,
    clawback,
    clawback_share,
    limited_clawback,
    original_rate_percent,
    problem_of_clawback,
)
from salesapi.domain.commission.dates import DateUnit, DaySpan
from salesapi.domain.commission.release import Anchor
from salesapi.domain.money import rounded

ANCHORS: Final[dict[Anchor, date]] = {"booking": date(2026, 1, 10), "go_live": date(2026, 1, 31)}
YEAR: Final = DaySpan(effective_from=date(2026, 1, 1), effective_until=date(2027, 1, 1))
STEPS: Final = tuple(
    ClawbackStep(until=until, percent=Decimal(percent)) for until, percent in ((3, 100), (6, 50), (12, 25))
)


def rule(
    share: ClawbackShare = "full",
    *,
    window: int = 12,
    unit: DateUnit = "months",
    window_end: WindowEnd = "excluded",
    anchor: Anchor = "go_live",
    triggers: tuple[ClawbackTrigger, ...] = ("cancellation", "refund", "downgrade", "churn"),
    percent: Decimal | None = None,
    started_month: StartedMonth | None = None,
    steps: tuple[ClawbackStep, ...] = (),
) -> ClawbackRule:
    return ClawbackRule(
        triggers=triggers,
        anchor=anchor,
        window=window,
        unit=unit,
        window_end=window_end,
        share=share,
        percent=percent,
        started_month=started_month,
        steps=steps,
    )


def lost(on: str, before: int = 100_000, after: int = 0, trigger: ClawbackTrigger = "cancellation") -> Loss:
    return Loss(trigger=trigger, on=date.fromisoformat(on), base_before_minor=before, base_after_minor=after)


def paid(
    earned: Fraction | int, net_paid: int, *, base: int = 100_000, reversed_before: Fraction | int = 0
) -> PaidEarning:
    return PaidEarning(
        base_minor=base,
        earned_minor=Fraction(earned),
        reversed_minor=Fraction(reversed_before),
        net_paid_minor=net_paid,
    )


def share_of(one: ClawbackRule, on: str, term: DaySpan | None = YEAR) -> Fraction:
    return clawback_share(one, lost(on), anchored_on=ANCHORS.get(one.anchor), term=term)


# From 31 January on: one calendar month ends on 28 February; 30 days end on 2 March.
WINDOWS: Final[list[tuple[int, DateUnit, WindowEnd, str, int]]] = [
    (1, "months", "excluded", "2026-02-27", 1),
    (1, "months", "excluded", "2026-02-28", 0),
    (1, "months", "included", "2026-02-28", 1),
    (1, "months", "included", "2026-03-01", 0),
    (30, "days", "excluded", "2026-03-01", 1),
    (30, "days", "excluded", "2026-03-02", 0),
    (30, "days", "included", "2026-03-02", 1),
    (30, "days", "included", "2026-03-03", 0),
    (12, "months", "excluded", "2027-01-30", 1),
    (12, "months", "excluded", "2027-01-31", 0),
    (1, "months", "excluded", "2026-01-31", 1),
    (1, "months", "excluded", "2025-06-01", 1),
]


@pytest.mark.parametrize(("window", "unit", "window_end", "on", "share"), WINDOWS)
def test_a_window_is_counted_from_its_anchor_by_calendar_months_or_days(
    window: int, unit: DateUnit, window_end: WindowEnd, on: str, share: int
) -> None:
    assert share_of(rule(window=window, unit=unit, window_end=window_end), on) == share


def test_an_event_is_inside_the_window_while_the_anchor_has_not_happened() -> None:
    assert share_of(rule(anchor="payment", window=1), "2030-01-01") == 1


def test_the_window_counts_from_the_anchor_that_the_plan_names() -> None:
    # Booked on 10 January: one month ends on 10 February. Live on 31 January: it ends on 28 February.
    assert share_of(rule(anchor="booking", window=1), "2026-02-10") == 0
    assert share_of(rule(anchor="go_live", window=1), "2026-02-10") == 1


def test_an_event_that_is_no_trigger_claws_nothing() -> None:
    event = lost("2026-02-01", trigger="non_payment")
    assert clawback(rule(), paid(5_000, 5_000), event, anchored=ANCHORS, term=None).claim_minor == 0


def test_a_full_clawback_takes_it_all_and_a_partial_one_its_percent() -> None:
    assert share_of(rule("full"), "2026-03-01") == 1
    assert share_of(rule("partial", percent=Decimal("37.5")), "2026-03-01") == Fraction(3, 8)


# 2026 has 365 days. From 1 July on 184 are not served. On 15 July six months are served and one is begun.
UNSERVED: Final[list[tuple[DateUnit, StartedMonth | None, str, Fraction]]] = [
    ("days", None, "2026-07-01", Fraction(184, 365)),
    ("days", None, "2026-01-01", Fraction(1)),
    ("days", None, "2025-12-01", Fraction(1)),
    ("days", None, "2026-12-31", Fraction(1, 365)),
    ("days", None, "2027-01-01", Fraction(0)),
    ("months", "served", "2026-07-01", Fraction(6, 12)),
    ("months", "served", "2026-07-15", Fraction(5, 12)),
    ("months", "unserved", "2026-07-15", Fraction(6, 12)),
    ("months", "unserved", "2026-12-31", Fraction(1, 12)),
    ("months", "served", "2026-12-31", Fraction(0)),
    ("months", "unserved", "2027-01-01", Fraction(0)),
]


@pytest.mark.parametrize(("unit", "started_month", "on", "share"), UNSERVED)
def test_a_prorated_clawback_takes_the_unserved_part_of_the_term(
    unit: DateUnit, started_month: StartedMonth | None, on: str, share: Fraction
) -> None:
    one = rule("unserved_term", unit=unit, window=3_000 if unit == "days" else 99, started_month=started_month)
    assert share_of(one, on) == share


def test_a_term_of_broken_months_counts_its_last_one_as_a_whole() -> None:
    # 1 January to 15 March: two months and a half are three; one is served on 1 February, all at the end.
    term = DaySpan(effective_from=date(2026, 1, 1), effective_until=date(2026, 3, 16))
    one = rule("unserved_term", started_month="unserved")
    assert share_of(one, "2026-02-01", term) == Fraction(2, 3)
    assert share_of(one, "2026-03-16", term) == 0


def test_without_a_term_nothing_was_served() -> None:
    assert share_of(rule("unserved_term", started_month="served"), "2026-06-01", None) == 1


# From 31 January: three months end on 30 April, six on 31 July, twelve on 31 January 2027.
SLIDING: Final[list[tuple[str, int]]] = [
    ("2026-01-31", 100),
    ("2026-04-29", 100),
    ("2026-04-30", 50),
    ("2026-07-30", 50),
    ("2026-07-31", 25),
    ("2027-01-30", 25),
    ("2027-01-31", 0),
]


@pytest.mark.parametrize(("on", "percent"), SLIDING)
def test_a_sliding_clawback_takes_less_with_time(on: str, percent: int) -> None:
    assert share_of(rule("schedule", steps=STEPS), on) * 100 == percent


def test_a_downgrade_claws_only_the_difference() -> None:
    # 1,000.00 earned 5 %, 50.00; downgraded to 700.00: 5 % of 300.00, half of it.
    event = lost("2026-05-01", 100_000, 70_000, "downgrade")
    found = clawback(rule("schedule", steps=STEPS), paid(5_000, 5_000), event, anchored=ANCHORS, term=None)
    assert [found.lost_minor, found.rate_percent, found.share_percent] == [30_000, 5, 50]
    assert found.claim_minor == 750


@pytest.mark.parametrize("after", [100_000, 100_001])
def test_a_change_that_lowers_nothing_claws_nothing(after: int) -> None:
    event = lost("2026-02-01", 100_000, after, "downgrade")
    assert clawback(rule(), paid(5_000, 5_000), event, anchored=ANCHORS, term=None).claim_minor == 0


def test_refund_reverses_at_the_rate_of_the_earning_it_reverses() -> None:
    # 1,000.00 EUR earned 3 % at 8 CNY: 240.00 CNY. Whatever rate and currency rate hold today, half of it is 120.00 CNY.
    event = lost("2026-02-01", 100_000, 50_000, "refund")
    found = clawback(rule(), paid(24_000, 24_000), event, anchored=ANCHORS, term=None)
    assert [found.rate_percent, found.claim_minor] == [24, 12_000]


def test_refund_posts_the_opposite_sign_and_nets_to_zero() -> None:
    earning = paid(Fraction(5_000), 5_000)
    found = clawback(rule(), earning, lost("2026-02-01", trigger="refund"), anchored=ANCHORS, term=None)
    reversal = limited_clawback(earning, found.claim_minor)
    assert reversal.clawed_minor == -5_000
    assert earning.net_paid_minor + reversal.clawed_minor + reversal.cancelled_minor == 0
    assert reversal.remaining_minor == 0


# earned, already reversed, net paid, claim -> clawed, cancelled, remaining
LIMITS: Final[list[tuple[Fraction | int, Fraction | int, int, int, Fraction | int, Fraction | int, Fraction | int]]] = [
    (1_000, 0, 1_000, 1_000, -1_000, 0, 0),  # all paid, all back
    (1_000, 0, 0, 400, 0, -400, 600),  # nothing paid: cancelled, not clawed
    (1_000, 0, 600, 500, -100, -400, 500),  # the unpaid 400 first, then 100 of what was paid
    (1_000, 0, 600, 400, 0, -400, 600),  # exactly the unpaid part
    (1_000, 0, 600, 9_999, -600, -400, 0),  # never more than was earned, nor than was paid
    (1_000, 700, 300, 500, -300, 0, 0),  # earlier refunds of 700 count
    (1_000, 1_000, 0, 500, 0, 0, 0),  # nothing is left
    (1_000, 0, 1_000, 0, 0, 0, 1_000),
    (1_000, 0, 1_000, -50, 0, 0, 1_000),
    (-1_000, 0, -1_000, 500, 0, 0, 0),  # a negative earning has nothing to take back
    (Fraction(201, 2), 0, 101, 101, -101, 0, 0),  # 100.5 was posted as 101: all of it comes back
    (Fraction(201, 2), 0, 100, 101, -100, Fraction(-1, 2), 0),  # posted as 100: the half unit is cancelled
]


@pytest.mark.parametrize(("earned", "before", "net_paid", "claim", "clawed", "cancelled", "remaining"), LIMITS)
def test_a_clawback_takes_at_most_what_was_paid_and_cancels_the_rest(
    earned: Fraction | int,
    before: Fraction | int,
    net_paid: int,
    claim: int,
    clawed: Fraction | int,
    cancelled: Fraction | int,
    remaining: Fraction | int,
) -> None:
    found = limited_clawback(paid(earned, net_paid, reversed_before=before), Fraction(claim))
    assert (found.clawed_minor, found.cancelled_minor, found.remaining_minor) == (clawed, cancelled, remaining)


@pytest.mark.parametrize(("base", "earned"), [(0, 500), (-100, -5), (100, -5)])
def test_an_earning_that_is_not_positive_has_no_rate_to_reverse_at(base: int, earned: int) -> None:
    assert original_rate_percent(paid(earned, 0, base=base)) == 0


@settings(derandomize=True, max_examples=300)
@given(
    earned=st.fractions(0, 10_000, max_denominator=7),
    unpaid=st.integers(0, 10_000),
    claims=st.lists(st.fractions(0, 4_000, max_denominator=7), max_size=6),
)
def test_clawbacks_take_at_most_what_was_paid_and_a_refund_of_all_leaves_nothing(
    earned: Fraction, unpaid: int, claims: list[Fraction]
) -> None:
    net_paid = max(0, rounded(earned, "half_up") - unpaid)
    reversed_before = Fraction()
    for claim in (*claims, earned):
        one = limited_clawback(paid(earned, net_paid, reversed_before=reversed_before), claim)
        assert 0 <= -one.clawed_minor <= net_paid
        assert one.cancelled_minor <= 0 <= one.remaining_minor
        assert one.remaining_minor + one.reversed_minor == earned
        net_paid, reversed_before = net_paid + rounded(one.clawed_minor, "half_up"), one.reversed_minor
    assert (net_paid, reversed_before) == (0, earned)


PROBLEMS: Final[list[tuple[ClawbackRule, str | None]]] = [
    (rule(), None),
    (rule("partial", percent=Decimal(100)), None),
    (rule("schedule", steps=STEPS), None),
    (rule("unserved_term", unit="days"), None),
    (rule(triggers=("churn", "churn")), "/triggers"),
    (rule("partial"), "/percent"),
    (rule("full", percent=Decimal(5)), "/percent"),
    (rule("partial", percent=Decimal(0)), "/percent"),
    (rule("partial", percent=Decimal("100.1")), "/percent"),
    (rule("unserved_term"), "/started_month"),
    (rule("unserved_term", unit="days", started_month="served"), "/started_month"),
    (rule("schedule"), "/steps"),
    (rule("full", steps=STEPS), "/steps"),
    (rule("schedule", steps=(STEPS[1], STEPS[0])), "/steps/1/until"),
    (rule("schedule", steps=STEPS[:2]), "/steps/1/until"),
    (rule("schedule", window=3, steps=(ClawbackStep(until=3, percent=Decimal(101)),)), "/steps/0/percent"),
]


@pytest.mark.parametrize(("one", "pointer"), PROBLEMS)
def test_a_clawback_rule_that_contradicts_itself_is_refused_at_its_place(
    one: ClawbackRule, pointer: str | None
) -> None:
    found = problem_of_clawback(one)
    assert (found and found.pointer) == pointer
