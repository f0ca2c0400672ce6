"""Cells become values by declared rules; what does not fit is refused with the column, never guessed."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from salesapi.importing.cleaning import Cell, Cleaned, Rule, ValueInvalid, ValueMissing, clean, clean_number

GERMAN = Rule(type="number", decimal_mark=",", group_mark=".")


@pytest.mark.parametrize(
    ("rule", "cell", "value"),
    [
        (Rule(), "  GTX Pro ", "GTX Pro"),
        (Rule(keeps_spaces=True), " x ", " x "),
        (Rule(), "   ", None),
        (Rule(unknown=frozenset({"", "Select"})), "Select", None),
        (Rule(aliases={"GTXPro": "GTX Pro"}), "GTXPro", "GTX Pro"),
        (Rule(aliases={"n/a": None}), "n/a", None),
        (Rule(type="number"), "0042.500", "42.5"),
        (Rule(type="number"), "-0", "0"),
        (Rule(type="number"), "9.80000019", "9.80000019"),
        (GERMAN, "1.234.567,50", "1234567.5"),
        (Rule(type="number", decimals=2), "0.250", "0.25"),
        (Rule(type="number", decimals=2, rounding="half_up"), "0.0500000007", "0.05"),
        (Rule(type="number", decimals=2, rounding="half_up"), "-0.005", "-0.01"),
        (Rule(type="number", decimals=0, rounding="down"), "199.9", "199"),
        (Rule(type="integer"), "12.0", 12),
        (Rule(type="amount"), "1054", 105_400),
        (Rule(type="amount", rounding="half_up"), "0.125", 13),
        (Rule(type="amount", rounding="half_up"), "12345678901234567890.00499999999999999999", 1234567890123456789000),
        (Rule(type="date"), "2017-03-01", "2017-03-01"),
        (Rule(type="date", format="%d/%m/%Y"), "01/03/2017", "2017-03-01"),
        (Rule(type="date", format="%d/%m/%Y"), date(2017, 3, 1), "2017-03-01"),
        (Rule(type="date"), datetime(2017, 3, 1), "2017-03-01"),
        (Rule(type="instant", zone="Asia/Shanghai"), "2017-03-01T10:00", "2017-03-01T10:00:00+08:00"),
        (Rule(type="instant"), "2017-03-01T10:00:00+02:00", "2017-03-01T10:00:00+02:00"),
    ],
)
def test_a_cell_is_read_by_its_rule(rule: Rule, cell: Cell, value: Cleaned) -> None:
    assert clean(rule, "column", cell, "USD") == value


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 1_500), ("USD", 150_000), ("BHD", 1_500_000)])
def test_amounts_have_the_minor_units_of_their_currency(currency: str, minor: int) -> None:
    assert clean(Rule(type="amount"), "value", "1500", currency) == minor


@pytest.mark.parametrize(
    ("rule", "cell"),
    [
        (Rule(choices=frozenset({"Won", "Lost"})), "Won!"),
        (Rule(longest=3), "long"),
        (Rule(type="number"), "1,5"),
        (Rule(type="number"), "1e5"),
        (Rule(type="number"), "NaN"),
        (GERMAN, "1.5"),
        (GERMAN, "1.50,5"),
        (Rule(type="number", decimals=2), "0.125"),
        (Rule(type="integer"), "1.5"),
        (Rule(type="amount"), "0.125"),
        (Rule(type="date"), "01/03/2017"),
        (Rule(type="date"), "2017-02-30"),
        (Rule(type="date"), datetime(2017, 3, 1, 9, 30)),
        (Rule(type="instant"), "yesterday"),
    ],
)
def test_a_cell_that_does_not_fit_is_refused(rule: Rule, cell: Cell) -> None:
    with pytest.raises(ValueInvalid, match="The column amount holds"):
        clean(rule, "amount", cell, "USD")


@pytest.mark.parametrize(
    ("rule", "number", "value"),
    [
        (Rule(type="number"), "100", "100"),
        (Rule(type="number"), "1E+3", "1000"),
        (Rule(type="number", decimals=2, rounding="half_even"), "2.345", "2.34"),
        (Rule(type="integer"), "12.00", 12),
        (Rule(type="amount"), "12.5", 1_250),
    ],
)
def test_a_calculated_number_is_typed_as_a_cell_is(rule: Rule, number: str, value: Cleaned) -> None:
    assert clean_number(rule, "column", Decimal(number), "USD") == value


def test_a_calculated_number_may_be_unknown_unless_it_is_required() -> None:
    assert clean_number(Rule(type="amount"), "net", None, "USD") is None
    with pytest.raises(ValueMissing, match="The column net is empty"):
        clean_number(Rule(type="amount", is_required=True), "net", None, "USD")


def test_a_required_column_must_not_be_empty() -> None:
    with pytest.raises(ValueMissing, match="The column owner is empty"):
        clean(Rule(is_required=True), "owner", " ")
