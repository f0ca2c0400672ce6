"""When earnings become payable (R22 to R28): figures worked by hand, and laws with examples by hypothesis (fixed seeds).

Amounts are minor units; the comments say them in major units where a case stands in the catalogue that way.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate, pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules.release import (
    Anchor,
    BankFee,
    Cash,
    Clocks,
    ExpiryStep,
    ExpiryTable,
    NothingDue,
    PaymentRelease,
    PaymentStep,
    Prepayment,
    booking_triggered,
    expiry_of_release,
    payment_allocation,
    payment_triggered,
    posted_part,
    two_clocks,
)
from salesapi.domain.shared.money import RoundingMode, rounded

EARNED: Final = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=1000)
DUE: Final = st.integers(min_value=1, max_value=10**9)
CASH: Final = st.lists(st.integers(min_value=-(10**8), max_value=10**9), max_size=12)
DUES: Final = st.lists(st.integers(min_value=0, max_value=10**6), max_size=8)
MARCH: Final = date(2026, 3, 10)


def end_of_quarter(on: date) -> date:
    return {1: date(on.year, 3, 31), 2: date(on.year, 6, 30), 3: date(on.year, 9, 30), 4: date(on.year, 12, 31)}[
        (on.month + 2) // 3
    ]


def paid(
    amounts: Sequence[int],
    *,
    earned: int | Fraction = 400_000,
    gross: int = 11_300_000,
    net: int = 10_000_000,
    fee: int = 0,
    bank_fee: BankFee = "counts_as_unpaid",
    prepayment: Prepayment = "releases_on_receipt",
    nothing_due: NothingDue = "release_nothing",
    invoiced_on: date | None = MARCH,
) -> tuple[PaymentStep, ...]:
    """The steps of payments on 1, 2, 3... June 2026, each less the bank's fee."""
    payments = [
        Cash(on=date(2026, 6, 1) + timedelta(days=day), received_minor=amount - fee, fee_minor=fee)
        for day, amount in enumerate(amounts)
    ]
    options = PaymentRelease(bank_fee=bank_fee, prepayment=prepayment, nothing_due=nothing_due)
    return payment_triggered(
        options=options,
        earned_minor=earned,
        gross_due_minor=gross,
        net_due_minor=net,
        invoiced_on=invoiced_on,
        payments=payments,
    )


def released(steps: Sequence[PaymentStep]) -> list[Fraction]:
    return [step.released_minor for step in steps]


def test_a_late_payment_counts_to_its_sales_period() -> None:
    # Sold in March, paid in July: payable in July, and what the first quarter pays at its end belongs to March.
    happened: dict[Anchor, date] = {"booking": MARCH, "payment": date(2026, 7, 20)}
    assert two_clocks(Clocks(attribution="booking", release="payment"), happened, end_of_quarter) == date(2026, 7, 20)
    at_end = two_clocks(Clocks(attribution="booking", release="period_end"), happened, end_of_quarter)
    assert at_end == date(2026, 3, 31)


TWO_CLOCKS: Final[list[tuple[Anchor, Anchor, Mapping[Anchor, date], date | None]]] = [
    ("booking", "booking", {"booking": MARCH}, MARCH),  # one date for both
    ("invoice", "payment", {"booking": MARCH, "payment": MARCH}, None),  # not invoiced not earned
    ("booking", "payment", {"booking": MARCH}, None),  # earned not paid
    (
        "invoice",
        "payment",
        {"invoice": date(2026, 4, 2), "payment": MARCH},
        date(2026, 4, 2),
    ),  # a prepayment waits for the invoice
    ("signature", "period_end", {"signature": MARCH}, date(2026, 3, 31)),  # paid at the end of its quarter
    ("signature", "period_end", {"signature": date(2026, 3, 31)}, date(2026, 3, 31)),  # sold on the last day
    ("payment", "payment", {"booking": MARCH, "payment": date(2026, 7, 1)}, date(2026, 7, 1)),  # cash decides both
]


@pytest.mark.parametrize(
    ("attribution", "release", "happened_on", "released_on"),
    TWO_CLOCKS,
)
def test_one_clock_says_where_an_earning_belongs_and_the_other_when_it_is_payable(
    attribution: Anchor,
    release: Anchor,
    happened_on: Mapping[Anchor, date],
    released_on: date | None,
) -> None:
    assert two_clocks(Clocks(attribution=attribution, release=release), happened_on, end_of_quarter) == released_on


@given(st.integers(min_value=-400, max_value=4000))
def test_a_payment_before_the_sale_waits_for_it(days: int) -> None:
    happened_on: dict[Anchor, date] = {"booking": MARCH, "payment": MARCH + timedelta(days=days)}
    released_on = two_clocks(Clocks(attribution="booking", release="payment"), happened_on, end_of_quarter)
    assert released_on == MARCH + timedelta(days=max(days, 0))


@pytest.mark.parametrize(
    ("released_on", "by", "released_minor"),
    [
        (MARCH, MARCH - timedelta(days=1), 0),
        (MARCH, MARCH, 400_000),
        (MARCH, date.max, 400_000),
        (None, date.max, 0),
    ],
    ids=["the_day_before", "the_day_of_the_win", "ever_after", "never_signed"],
)
def test_r23_a_booking_releases_everything_on_its_day(released_on: date | None, by: date, released_minor: int) -> None:
    assert booking_triggered(Fraction(400_000), released_on=released_on, by=by) == released_minor


def test_half_of_the_cash_releases_half_of_what_is_earned_on_the_net() -> None:
    # 113,000 with 13 % tax, 4 % of the net 100,000 = 4,000; 56,500 received: net 50,000, so 2,000.
    earned = Fraction(4 * 10_000_000, 100)
    (step,) = paid([5_650_000], earned=earned)
    assert earned == 400_000
    assert step.share == Fraction(5_000_000, 10_000_000)
    assert step.released_minor == 200_000
    assert step.released_on == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], []),  # no cash
        ([0], [0]),  # nothing
        ([5_650_000, 5_650_000], [200_000, 200_000]),  # two halves
        ([11_300_000, 1_000], [400_000, 0]),  # over payment after all
        ([12_000_000], [400_000]),  # over payment at once
        ([12_000_000, -700_000], [400_000, 0]),  # over payment paid back
        ([11_300_000, -5_650_000], [400_000, -200_000]),  # half refunded
        ([5_650_000, -5_650_000], [200_000, -200_000]),  # all refunded
        ([-100], [0]),  # paid back before paid
    ],
)
def test_payments_release_their_share_and_over_payment_no_more_than_the_whole(
    amounts: list[int], expected: list[int]
) -> None:
    assert released(paid(amounts)) == expected


def test_a_fee_of_the_bank_is_the_customers_or_the_members_loss_as_the_plan_says() -> None:
    # The customer sends 11,300,000; the bank keeps 113,000 (1 %).
    assert released(paid([11_300_000], fee=113_000, bank_fee="counts_as_paid")) == [400_000]
    assert released(paid([11_300_000], fee=113_000, bank_fee="counts_as_unpaid")) == [396_000]


def test_a_prepayment_waits_for_the_invoice_where_the_plan_says_so() -> None:
    (waiting,) = paid([5_650_000], prepayment="releases_on_invoice", invoiced_on=None)
    assert waiting.released_on is None
    assert waiting.released_minor == 0
    steps = paid([5_650_000, 2_825_000, 2_825_000], prepayment="releases_on_invoice", invoiced_on=date(2026, 6, 2))
    assert [step.released_on for step in steps] == [date(2026, 6, 2), date(2026, 6, 2), date(2026, 6, 3)]
    assert released(steps) == [200_000, 100_000, 100_000]
    (at_once,) = paid([5_650_000], prepayment="releases_on_receipt", invoiced_on=None)
    assert at_once.released_minor == 200_000


def test_where_nothing_is_due_the_invoice_releases_as_the_plan_says() -> None:
    (step,) = paid([], gross=0, net=0, earned=10_000, nothing_due="release_all")
    assert step.released_on == MARCH
    assert step.released_minor == 10_000
    assert paid([], gross=0, net=0, earned=10_000, nothing_due="release_nothing") == ()
    assert paid([], gross=0, net=0, earned=10_000, nothing_due="release_all", invoiced_on=None) == ()
    assert paid([500], gross=0, net=-1_300, earned=10_000) == (), "lines and their tax come to nothing together"


def test_a_credit_note_takes_back_as_it_is_paid_out() -> None:
    assert released(paid([-5_650_000, -5_650_000], earned=-400_000, gross=-11_300_000, net=-10_000_000)) == [
        -200_000,
        -200_000,
    ]


@given(EARNED, DUE, DUE, CASH)
def test_part_payments_release_proportions_that_sum_to_the_whole(
    earned: Fraction, gross: int, net: int, cash: list[int]
) -> None:
    steps = released(paid([*cash, gross - sum(cash)], earned=earned, gross=gross, net=net))
    assert sum(steps) == earned
    assert sum(posted_steps(steps, "half_up")) == rounded(earned, "half_up")


@given(EARNED, DUE, CASH)
def test_what_is_released_depends_on_all_cash_and_never_exceeds_the_earning(
    earned: Fraction, due: int, cash: list[int]
) -> None:
    total = sum(released(paid(cash, earned=earned, gross=due, net=due)))
    assert total == sum(released(paid(cash[::-1], earned=earned, gross=due, net=due)))
    assert total == earned * min(max(Fraction(sum(cash), due), Fraction(0)), Fraction(1))
    assert sum(released(paid([*cash, -sum(cash)], earned=earned, gross=due, net=due))) == 0


@pytest.mark.parametrize(
    ("mode", "expected"), [("half_up", (33, 34, 33)), ("half_even", (33, 34, 33)), ("down", (33, 33, 34))]
)
def test_what_is_posted_for_thirds_of_one_hundred_adds_up(mode: RoundingMode, expected: tuple[int, ...]) -> None:
    # Running sums 33.33, 66.67, 100: rounded 33, 67 (down: 66), 100.
    assert posted_steps([Fraction(100, 3)] * 3, mode) == [*expected]


def test_what_rounding_had_added_goes_with_the_last_part() -> None:
    # 100.5 was posted as 101: half of it taken back leaves 50.25, posted as 50; all of it leaves nothing.
    assert posted_steps([Fraction(201, 2), Fraction(-201, 4), Fraction(-201, 4)], "half_up") == [101, -51, -50]


def posted_steps(steps: Sequence[Fraction], mode: RoundingMode) -> list[int]:
    """Lists what each step of a growing sum posts, in minor units."""
    sums = [Fraction(), *accumulate(steps)]
    minor = partial(rounded, mode=mode)
    return [posted_part(minor, before=before, after=after) for before, after in pairwise(sums)]


@pytest.mark.parametrize(
    ("cash", "in_order", "pro_rata"),
    [
        (0, (0, 0, 0), (0, 0, 0)),
        (100, (100, 0, 0), ("50/3", "100/3", 50)),
        (150, (100, 50, 0), (25, 50, 75)),
        (300, (100, 200, 0), (50, 100, 150)),
        (600, (100, 200, 300), (100, 200, 300)),
        (650, (100, 200, 300), (100, 200, 300)),
        (-10, (0, 0, 0), (0, 0, 0)),
    ],
)
def test_cash_pays_instalments_of_100_200_and_300_in_order_or_pro_rata(
    cash: int, in_order: tuple[int, ...], pro_rata: tuple[int | str, ...]
) -> None:
    assert payment_allocation(cash_minor=cash, due_minor=(100, 200, 300)) == in_order
    of_each = (released(paid([cash], earned=due, gross=600, net=600)) for due in (100, 200, 300))
    assert [part for parts in of_each for part in parts] == [Fraction(part) for part in pro_rata]


def test_lines_without_a_due_amount_take_no_cash() -> None:
    for dues in ((), (0, 0)):
        assert payment_allocation(cash_minor=5, due_minor=dues) == dues


def test_which_line_the_cash_pays_decides_at_which_rate_it_releases() -> None:
    # Lines of 100 at 10 % and 100 at 2 %, 100 received. In order: 10 + 0; pro rata half of 10 and half of 2: 5 + 1.
    parts = payment_allocation(cash_minor=100, due_minor=(100, 100))
    assert sum(part * rate / 100 for part, rate in zip(parts, (10, 2), strict=True)) == 10
    assert sum(sum(released(paid([100], earned=earned, gross=200, net=200))) for earned in (10, 2)) == 6


@given(DUES, st.integers(min_value=-10, max_value=10**7), st.integers(min_value=0, max_value=10**6))
def test_allocated_cash_adds_up_and_more_cash_never_pays_a_line_less(dues: list[int], cash: int, more: int) -> None:
    before = payment_allocation(cash_minor=cash, due_minor=dues)
    after = payment_allocation(cash_minor=cash + more, due_minor=dues)
    assert sum(before) == min(max(cash, 0), sum(dues))
    for due, part_before, part_after in zip(dues, before, after, strict=True):
        assert 0 <= part_before <= part_after <= due


def expiry(*steps: tuple[int, str], anchor: Anchor = "invoice") -> ExpiryTable:
    return ExpiryTable(
        anchor=anchor,
        steps=tuple(ExpiryStep(after_days=days, kept_percent=Decimal(percent)) for days, percent in steps),
    )


OVERDUE: Final = expiry((30, "80"), (60, "50"), (90, "0"))


@pytest.mark.parametrize(
    ("days", "extension_days", "kept"),
    [
        (-5, 0, 1000),
        (0, 0, 1000),
        (30, 0, 1000),
        (31, 0, 800),
        (60, 0, 800),
        (61, 0, 500),
        (90, 0, 500),
        (91, 0, 0),
        (91, 1, 500),
        (40, 10, 1000),
        (41, 10, 800),
    ],
)
def test_a_release_is_worth_less_the_longer_it_is_unpaid_and_lapses_in_the_end(
    days: int, extension_days: int, kept: int
) -> None:
    result = expiry_of_release(
        OVERDUE,
        released_minor=1000,
        counted_from_on=MARCH,
        until_on=MARCH + timedelta(days=days),
        extension_days=extension_days,
    )
    assert result == kept


def test_each_part_payment_has_its_own_days() -> None:
    # Halves of 4,000 paid after 20 and after 70 days: 2,000 in full and half of 2,000.
    days_of = (20, 70)
    kept = [
        expiry_of_release(
            OVERDUE,
            released_minor=step,
            counted_from_on=MARCH,
            until_on=MARCH + timedelta(days=days),
            extension_days=0,
        )
        for step, days in zip(released(paid([5_650_000, 5_650_000])), days_of, strict=True)
    ]
    assert kept == [200_000, 100_000]
