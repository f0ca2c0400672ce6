"""Formulas of a mapping: exact, in the usual order, unknown where anything in them is; what cannot be read is refused."""

from decimal import Decimal

import pytest

from salesapi.importing import calculating

ROW: calculating.Row = {
    "price": "9.80000019",
    "quantity": 10,
    "discount": "0.05",
    "missing": None,
    "long": "0." + "1" * 20,
    "lines": ({"net": "1.10", "tax": None}, {"net": "2.25", "tax": "0.1"}),
    "none": None,
}


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("$price", "9.80000019"),
        ("$price * $quantity", "98.0000019"),
        ("$price * $quantity * (1 - $discount)", "93.100001805"),
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("-$quantity + 1", "-9"),
        ("2*-$quantity", "-20"),
        ("1 - (2 - (3 - 4))", "-2"),
        ("$discount * 100", "5"),
        ("sum($lines.net)", "3.35"),
        ("sum( $lines.net ) * 2 - 0.35", "6.35"),
    ],
)
def test_a_formula_is_exact_and_in_the_usual_order(formula: str, result: str) -> None:
    assert calculating.calculated(calculating.parsed_formula(formula), "column", ROW) == Decimal(result)


@pytest.mark.parametrize(
    "formula", ["$missing", "$price * $missing", "0 * $missing", "sum($lines.tax)", "sum($none.net)"]
)
def test_what_is_made_of_something_unknown_is_unknown(formula: str) -> None:
    assert calculating.calculated(calculating.parsed_formula(formula), "column", ROW) is None


def test_a_result_with_too_many_digits_is_refused_and_not_rounded() -> None:
    fits, too_long = calculating.parsed_formula("$long * $long"), calculating.parsed_formula("$long * $long * $long")

    assert calculating.calculated(fits, "net", ROW) == Decimal("0.0123456790123456790120987654320987654321")
    with pytest.raises(calculating.CalculationTooLong, match="The column net has more than 50 digits"):
        calculating.calculated(too_long, "net", ROW)


def test_a_formula_names_the_columns_that_it_takes() -> None:
    assert list(calculating.operands(calculating.parsed_formula("$a * (1 - $b) + sum($lines.net)"))) == [
        calculating.OfColumn("a"),
        calculating.OfColumn("b"),
        calculating.SumOf("lines", "net"),
    ]


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "   ",
        "$",
        "1 +",
        "* 2",
        "1 2",
        "$a $b",
        "$a / 2",
        "(1 + 2",
        "1 + 2)",
        "()",
        "price * 2",
        "sum($lines)",
        "sum(lines.net)",
        "1e5",
        "1.",
        ".5",
        "__import__('os')",
        "1" * 21,
        "1+" * 300 + "1",
        "(" * (calculating.FORMULA_DEPTH_MAX + 2) + "1" + ")" * (calculating.FORMULA_DEPTH_MAX + 2),
        "-" * (calculating.FORMULA_DEPTH_MAX + 2) + "1",
    ],
)
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(calculating.FormulaMistake, match=r"formula|parenthesis"):
        calculating.parsed_formula(formula)
