"""Clawbacks and their limit (R49, R50), worked by hand. Amounts in minor units, parts of an earning from 0 to 1; fixed seeds."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import clawbacks
from salesapi.domain.pay.rules.release import Anchor
from salesapi.domain.shared.dates import DateUnit, DaySpan

NOTHING: Final = Fraction()
ANCHORS: Final[dict[Anchor, date]] = {"booking": date(2026, 1, 10), "go_live": date(2026, 1, 31)}
YEAR: Final = DaySpan(effective_from=date(2026, 1, 1), effective_until=date(2027, 1, 1))
STEPS: Final = tuple(
    clawbacks.ClawbackStep(until=until, percent=Decimal(percent)) for until, percent in ((3, 100), (6, 50), (12, 25))
)


def rule(
    share: clawbacks.ClawbackShare = "full",
    *,
    window: int = 12,
    unit: DateUnit = "months",
    window_end: clawbacks.WindowEnd = "excluded",
    anchor: Anchor = "go_live",
    triggers: tuple[clawbacks.ClawbackTrigger, ...] = ("cancellation", "refund", "downgrade", "churn"),
    percent: Decimal | None = None,
    started_month: clawbacks.StartedMonth | None = None,
    steps: tuple[clawbacks.ClawbackStep, ...] = (),
) -> clawbacks.ClawbackRule:
    return clawbacks.ClawbackRule(
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


def lost(on: str, part: Fraction | int = 1, trigger: clawbacks.ClawbackTrigger = "cancellation") -> clawbacks.Loss:
    return clawbacks.Loss(trigger=trigger, on=date.fromisoformat(on), part=Fraction(part))


def claim_of(one: clawbacks.ClawbackRule, loss: clawbacks.Loss) -> Fraction:
    """Computes what a rule claims of an earning, from its own anchor on."""
    return clawbacks.clawback(one, loss, anchored_on=ANCHORS.get(one.anchor), term=None)


def share_of(one: clawbacks.ClawbackRule, on: str, term: DaySpan | None = YEAR) -> Fraction:
    return clawbacks.clawback_share(one, lost(on), anchored_on=ANCHORS.get(one.anchor), term=term)


# From 31 January on: one calendar month ends on 28 February; 30 days end on 2 March.
WINDOWS: Final[list[tuple[int, DateUnit, clawbacks.WindowEnd, str, int]]] = [
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
    window: int, unit: DateUnit, window_end: clawbacks.WindowEnd, on: str, share: int
) -> None:
    assert share_of(rule(window=window, unit=unit, window_end=window_end), on) == share


def test_an_event_is_inside_the_window_while_the_anchor_has_not_happened() -> None:
    assert share_of(rule(anchor="payment", window=1), "2030-01-01") == 1


def test_the_window_counts_from_the_anchor_that_the_plan_names() -> None:
    # Booked on 10 January: one month ends on 10 February. Live on 31 January: it ends on 28 February.
    assert share_of(rule(anchor="booking", window=1), "2026-02-10") == 0
    assert share_of(rule(anchor="go_live", window=1), "2026-02-10") == 1


def test_an_event_that_is_no_trigger_claws_nothing() -> None:
    assert claim_of(rule(), lost("2026-02-01", trigger="non_payment")) == 0


def test_a_full_clawback_takes_it_all_and_a_partial_one_its_percent() -> None:
    assert share_of(rule("full"), "2026-03-01") == 1
    assert share_of(rule("partial", percent=Decimal("37.5")), "2026-03-01") == Fraction(3, 8)


# 2026 has 365 days. From 1 July on 184 are not served. On 15 July six months are served and one is begun.
UNSERVED: Final[list[tuple[DateUnit, clawbacks.StartedMonth | None, str, Fraction]]] = [
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
    unit: DateUnit, started_month: clawbacks.StartedMonth | None, on: str, share: Fraction
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
    lost_minor = clawbacks.cancellation_fee_kept(agreed_minor=100_000, kept_minor=70_000)
    event = lost("2026-05-01", Fraction(lost_minor, 100_000), "downgrade")
    assert [lost_minor, 5_000 * claim_of(rule("schedule", steps=STEPS), event)] == [30_000, 750]


@pytest.mark.parametrize("after", [100_000, 100_001])
def test_a_change_that_lowers_nothing_claws_nothing(after: int) -> None:
    assert clawbacks.cancellation_fee_kept(agreed_minor=100_000, kept_minor=after) == 0


def test_refund_reverses_at_the_rate_of_the_earning_it_reverses() -> None:
    # 1,000.00 EUR earned 3 % at 8 CNY: 240.00 CNY. Whatever rate and currency rate hold today, half of it is 120.00 CNY.
    earned = Fraction(24_000)
    claim = claim_of(rule(), lost("2026-02-01", Fraction(1, 2), "refund"))
    assert [clawbacks.original_rate_percent(base=100_000, earned_minor=earned), claim * earned] == [24, 12_000]


@pytest.mark.parametrize(
    ("base", "earned", "percent"), [(0, 500, 0), (-100, -5, 5), (100, -5, -5), (300, 100, "100/3")]
)
def test_a_rate_is_what_the_earning_is_of_its_base(base: int, earned: int, percent: int | str) -> None:
    assert clawbacks.original_rate_percent(base=base, earned_minor=Fraction(earned)) == Fraction(percent)


def reversed_by(claims: Sequence[Fraction], released: Fraction, at_least: Fraction = NOTHING) -> clawbacks.Reversal:
    """Takes claims one after the other of an earning of which so much was released."""
    found = clawbacks.Reversal()
    for claim in claims:
        found = clawbacks.limited_clawback(
            found, claim, at_least=at_least, payable=partial(clawbacks.left_unclaimed, released=released)
        )
    return found


# Of 1,000 earned: paid, claimed before, claimed -> clawed, cancelled, left
LIMITS: Final[list[tuple[int, int, int, int, int, int]]] = [
    (1_000, 0, 1_000, 1_000, 0, 0),  # all paid, all back
    (0, 0, 400, 0, 400, 600),  # nothing paid: cancelled, not clawed
    (600, 0, 500, 100, 400, 500),  # the unpaid 400 first, then 100 of what was paid
    (600, 0, 400, 0, 400, 600),  # exactly the unpaid part
    (600, 0, 401, 1, 400, 599),
    (600, 0, 9_999, 600, 400, 0),  # never more than was earned, nor than was paid
    (1_000, 700, 500, 300, 0, 0),  # earlier refunds of 700 count
    (1_000, 1_000, 500, 0, 0, 0),  # nothing is left
    (1_000, 0, 0, 0, 0, 1_000),
]


@pytest.mark.parametrize(("paid", "before", "claim", "clawed", "cancelled", "left"), LIMITS)
def test_a_clawback_takes_at_most_what_was_paid_and_cancels_the_rest(
    paid: int, before: int, claim: int, clawed: int, cancelled: int, left: int
) -> None:
    released = Fraction(paid, 1_000)
    first = reversed_by([Fraction(before, 1_000)], released)
    both = reversed_by([Fraction(before, 1_000), Fraction(claim, 1_000)], released)
    taken = both.taken - first.taken
    assert [1_000 * (both.clawed - first.clawed), 1_000 * (1 - both.taken)] == [clawed, left]
    assert 1_000 * taken == clawed + cancelled


def test_what_a_holdback_forfeits_counts_towards_the_clawback() -> None:
    # A fifth is forfeited by a claim of a tenth; a second tenth is in it already, and of a third one nothing is.
    tenth, fifth = Fraction(1, 10), Fraction(1, 5)
    taken = [reversed_by([tenth] * number, Fraction(4, 5), fifth).taken for number in (1, 2, 3)]
    assert taken == [fifth, fifth, Fraction(3, 10)]


def test_what_was_forfeited_stays_taken_when_the_holdback_is_over() -> None:
    before = reversed_by([Fraction(1, 10)], Fraction(4, 5), Fraction(1, 5))
    after = clawbacks.limited_clawback(
        before, Fraction(1, 20), at_least=NOTHING, payable=partial(clawbacks.left_unclaimed, released=Fraction(1))
    )
    assert [after.claimed, after.taken, after.clawed] == [Fraction(3, 20), Fraction(1, 5), 0]


@given(
    released=st.fractions(0, 1, max_denominator=60),
    claims=st.lists(st.fractions(0, 1, max_denominator=7), max_size=6),
)
def test_clawbacks_take_at_most_what_was_paid_and_a_refund_of_all_leaves_nothing(
    released: Fraction, claims: list[Fraction]
) -> None:
    for number in range(len(claims) + 1):
        one = reversed_by(claims[:number], released)
        assert 0 <= one.clawed <= min(released, one.taken)
        assert released - one.clawed == clawbacks.left_unclaimed(one.taken, released=released), (
            "paid less clawed back is what is payable"
        )
    assert reversed_by(claims, released).taken == reversed_by(sorted(claims), released).taken
    whole = reversed_by([*claims, Fraction(1)], released)
    assert [whole.taken, whole.clawed, clawbacks.left_unclaimed(whole.taken, released=released)] == [1, released, 0]
