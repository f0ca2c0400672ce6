"""Currencies, tax and balances (R67 to R69), worked by hand. Amounts in minor units; fixed seeds."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import accounting
from salesapi.domain.pay.rules.release import Cash, PaymentRelease, payment_triggered
from salesapi.domain.shared.dates import DaySpan

DATES: Final[dict[accounting.RateDate, date]] = {
    "booking": date(2026, 1, 10),
    "invoice": date(2026, 1, 20),
    "period_end": date(2026, 3, 31),
}
QUOTED: Final = {
    ("USD", "CNY", date(2026, 1, 1)): "7.30",
    ("USD", "CNY", date(2026, 1, 10)): "7.20",
    ("USD", "CNY", date(2026, 1, 20)): "7.10",
    ("USD", "CNY", date(2026, 3, 31)): "7.00",
    ("USD", "JPY", date(2026, 1, 10)): "150",
    ("EUR", "USD", date(2026, 1, 10)): "1.20",
    ("GBP", "USD", date(2026, 1, 10)): "0",
}


def quoted(currency_from: str, currency_to: str, on: date) -> Decimal | None:
    found = QUOTED.get((currency_from, currency_to, on))
    return Decimal(found) if found is not None else None


def conversion(
    rate_date: accounting.RateDate = "booking",
    inverse: accounting.InverseRate = "refused",
    base: str | None = None,
    fixed: date | None = None,
) -> accounting.Conversion:
    return accounting.Conversion(rate_date=rate_date, inverse=inverse, base_currency=base, fixed_on=fixed)


def rate(one: accounting.Conversion, currency_from: str = "USD", currency_to: str = "CNY") -> Fraction | None:
    found = accounting.frozen_rate(one, (currency_from, currency_to), DATES, quoted)
    return None if found is None else found.rate


@pytest.mark.parametrize(
    ("rate_date", "fixed", "expected"),
    [
        ("booking", None, Fraction("7.2")),
        ("invoice", None, Fraction("7.1")),
        ("period_end", None, Fraction(7)),
        ("plan_fixed", date(2026, 1, 1), Fraction("7.3")),
        ("payment", None, None),  # not paid yet: it waits for the date
        ("plan_fixed", date(2026, 1, 2), None),  # no rate of that day: it waits, it is not 1
    ],
)
def test_the_plan_says_which_dates_rate_applies(
    rate_date: accounting.RateDate, fixed: date | None, expected: Fraction | None
) -> None:
    assert rate(conversion(rate_date, fixed=fixed)) == expected


# EUR to JPY: 1.20 x 150. JPY to EUR only by two inverses. GBP is quoted as 0, which is no rate.
ROUTES: Final[list[tuple[str, str, accounting.InverseRate, str | None, Fraction | None]]] = [
    ("EUR", "JPY", "refused", None, None),
    ("EUR", "JPY", "refused", "USD", Fraction(180)),
    ("JPY", "EUR", "refused", "USD", None),
    ("JPY", "EUR", "allowed", "USD", Fraction(1, 180)),
    ("USD", "EUR", "refused", None, None),
    ("USD", "EUR", "allowed", None, Fraction(5, 6)),
    ("EUR", "USD", "refused", "USD", Fraction("1.2")),
    ("GBP", "USD", "allowed", None, None),
    ("USD", "GBP", "allowed", None, None),
    ("EUR", "KRW", "allowed", "USD", None),
    ("KRW", "KRW", "refused", None, Fraction(1)),
]


@pytest.mark.parametrize(("source", "target", "inverse", "base", "expected"), ROUTES)
def test_a_pair_without_a_rate_waits_unless_the_plan_names_a_way(
    source: str, target: str, inverse: accounting.InverseRate, base: str | None, expected: Fraction | None
) -> None:
    assert rate(conversion(inverse=inverse, base=base), source, target) == expected


@pytest.mark.parametrize(
    ("source", "target", "at", "amount", "expected"),
    [
        ("USD", "CNY", "7.2", 100_000, Fraction(720_000)),  # 1,000.00 -> 7,200.00
        ("USD", "JPY", "150", 100_000, Fraction(150_000)),  # 1,000.00 -> 150,000
        ("JPY", "USD", "0.0067", 1_000, Fraction(670)),  # 1,000 -> 6.70
        ("USD", "BHD", "0.376", 100, Fraction(376)),  # 1.00 -> 0.376
        ("BHD", "JPY", "400", 1, Fraction(2, 5)),  # 0.001 -> 0.4: exact, rounded when it is posted
        ("USD", "CNY", "7.2", -100, Fraction(-720)),
    ],
)
def test_a_conversion_goes_from_minor_units_to_minor_units(
    source: str, target: str, at: str, amount: int, expected: Fraction
) -> None:
    frozen = accounting.FrozenRate(currency_from=source, currency_to=target, rate=Fraction(at))
    assert accounting.converted(amount, frozen) == expected


def test_a_refund_is_converted_at_the_rate_that_was_frozen() -> None:
    frozen = accounting.frozen_rate(conversion("booking"), ("USD", "CNY"), DATES, quoted)
    assert frozen is not None
    assert accounting.converted(100_000, frozen) + accounting.converted(-100_000, frozen) == 0
    assert rate(conversion("period_end")) != frozen.rate


@pytest.mark.parametrize(
    ("lines", "net", "gross"),
    [
        (((10_000_000, 1_300_000),), 10_000_000, 11_300_000),  # 113,000 with 13 % is 100,000
        (((10_000_000, 1_300_000), (10_000_000, 600_000)), 20_000_000, 21_900_000),  # each at its own rate
        (((10_000_000, 1_300_000), (-1_000_000, -130_000)), 9_000_000, 10_170_000),  # what is taken back
        (((5_000, 0),), 5_000, 5_000),
        (((5_000, None),), 5_000, 5_000),  # no tax stated
        ((), 0, 0),
    ],
)
def test_commission_is_on_the_net_of_each_lines_own_tax(
    lines: tuple[tuple[int, int | None], ...], net: int, gross: int
) -> None:
    assert sum(accounting.taxed_base(amount_minor, tax_minor, "net") for amount_minor, tax_minor in lines) == net
    assert sum(accounting.taxed_base(amount_minor, tax_minor, "gross") for amount_minor, tax_minor in lines) == gross


@pytest.mark.parametrize(
    ("paid_minor", "gross_minor", "net_minor", "released_minor"),
    [
        (10_950_000, 21_900_000, 20_000_000, 10_000_000),  # 13 and 6 percent: half of the money is half of the net
        (5_650_000, 11_300_000, 10_000_000, 5_000_000),
        (100, 0, 0, 0),  # nothing was to pay
    ],
)
def test_money_on_mixed_rates_has_the_net_share_of_the_whole(
    paid_minor: int, gross_minor: int, net_minor: int, released_minor: int
) -> None:
    options = PaymentRelease(
        bank_fee="counts_as_unpaid", prepayment="releases_on_receipt", nothing_due="release_nothing"
    )
    steps = payment_triggered(
        options=options,
        earned_minor=net_minor,
        gross_due_minor=gross_minor,
        net_due_minor=net_minor,
        invoiced_on=None,
        payments=[Cash(on=date(2026, 6, 1), received_minor=paid_minor, fee_minor=0)],
    )
    assert sum(step.released_minor for step in steps) == released_minor


def moved(day: int, kind: accounting.MovementKind, amount_minor: int) -> accounting.Movement:
    return accounting.Movement(on=date(2026, 1, day), kind=kind, amount_minor=amount_minor)


JANUARY_5_TO_8: Final = DaySpan(effective_from=date(2026, 1, 5), effective_until=date(2026, 1, 9))
LEDGER: Final = (
    moved(1, "earned", 1_000),  # before: opens the first day
    moved(5, "released", 600),
    moved(6, "paid", 600),
    moved(6, "cancelled", 100),
    moved(8, "clawed_back", 200),
    moved(9, "released", 300),  # after: not yet
)


def test_balances_stand_for_every_day_also_those_without_a_movement() -> None:
    found = accounting.accrual_balances(LEDGER, JANUARY_5_TO_8)
    assert [(row.on.day, row.earned_not_payable_minor, row.payable_not_paid_minor) for row in found] == [
        (5, 400, 600),
        (6, 300, 0),
        (7, 300, 0),
        (8, 300, -200),  # more taken back than was due: it is owed
    ]


KINDS: Final = st.sampled_from(("earned", "cancelled", "released", "paid", "clawed_back"))


@given(st.lists(st.builds(moved, st.integers(1, 12), KINDS, st.integers(-500, 500)), min_size=1, max_size=20))
def test_the_liability_is_what_was_earned_and_neither_cancelled_paid_nor_taken_back(
    movements: list[accounting.Movement],
) -> None:
    rows = accounting.accrual_balances(movements, JANUARY_5_TO_8)
    assert rows == accounting.accrual_balances(movements[::-1], JANUARY_5_TO_8)
    for row in rows:
        until = [one for one in movements if one.on <= row.on]
        earned = sum(one.amount_minor for one in until if one.kind == "earned")
        gone = sum(one.amount_minor for one in until if one.kind in ("cancelled", "paid", "clawed_back"))
        assert row.earned_not_payable_minor + row.payable_not_paid_minor == earned - gone
