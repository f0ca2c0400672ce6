"""Cells become values by declared rules; what does not fit is refused with the column, never guessed."""

from datetime import date, datetime

import pytest

from salesapi.importing.cleaning import Cell, Cleaned, Rule, ValueInvalid, ValueMissing, clean

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
        (Rule(type="integer"), "12.0", 12),
        (Rule(type="amount"), "1054", 105_400),
        (Rule(type="amount", rounding="half_up"), "0.125", 13),
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


def test_a_required_column_must_not_be_empty() -> None:
    with pytest.raises(ValueMissing, match="The column owner is empty"):
        clean(Rule(is_required=True), "owner", " ")
