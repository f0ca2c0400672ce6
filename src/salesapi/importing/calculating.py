"""Formulas: numbers of a row that follow from other numbers of it, such as price times quantity less a discount.

Exact: a result with more digits than the bound is refused, never rounded on the way. Unknown stays unknown. Pure; no clock.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from typing import Final, Literal, TypeAlias, assert_never

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.domain.shared.money import PRECISION_DIGITS
from salesapi.importing.cleaning import Cleaned

FORMULA_LENGTH_MAX: Final = 500
"""Longest formula, in characters."""
FORMULA_DEPTH_MAX: Final = 20
"""Deepest nesting of parentheses and signs."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<sum>sum\(\s*\$(?P<detail>\w+)\.(?P<of>\w+)\s*\))|\$(?P<column>[A-Za-z_]\w*)"
    r"|(?P<number>[0-9]{1,20}(?:\.[0-9]{1,20})?)|(?P<sign>[-+*()]))",
    re.ASCII,
)
_EXACT: Final = Context(prec=PRECISION_DIGITS, traps=[Inexact, InvalidOperation])

Sign: TypeAlias = Literal["+", "-", "*"]
_OPERATIONS: Final[Mapping[Sign, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
Details: TypeAlias = tuple[Mapping[str, Cleaned], ...]
"""The rows that belong to a row, such as the lines of an order."""
Row: TypeAlias = Mapping[str, Cleaned | Details]
"""A row by the names of its columns and details; details of which there are none are None."""


class FormulaMistake(ValueError):
    """A formula that cannot be read; the text says what stands there rightly."""


class CalculationTooLong(Refused):
    """The exact result has too many digits."""

    code = "import.calculation_too_long"
    kind = Kind.MALFORMED
    message = "The column {column} has more than {limit} digits by its formula; round the columns that it takes."


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in the formula."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class OfColumn:
    """The value of a column of the row."""

    column: str


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of a column over the details of a row; of no details, or of an unknown value, it is unknown."""

    detail: str
    column: str


@dataclass(frozen=True, slots=True)
class Combined:
    """Two terms and what is done with them."""

    sign: Sign
    left: "Formula"
    right: "Formula"


Formula: TypeAlias = Number | OfColumn | SumOf | Combined


def parsed_formula(text: str) -> Formula:
    """The formula that a text is: numbers, `$column`, `sum($detail.column)`, `+`, `-`, `*` and parentheses.

    Raises:
        FormulaMistake.
    """
    if len(text) > FORMULA_LENGTH_MAX:
        raise FormulaMistake(f"a formula has at most {FORMULA_LENGTH_MAX} characters")
    reading = _Reading(text)
    formula = reading.sum_of_terms(0)
    if not reading.is_at_end():
        raise reading.mistake()
    return formula


def operands(formula: Formula) -> Iterator[OfColumn | SumOf]:
    """The columns that a formula takes."""
    match formula:
        case Number():
            return
        case OfColumn() | SumOf():
            yield formula
        case Combined():
            yield from operands(formula.left)
            yield from operands(formula.right)
        case _ as never:
            assert_never(never)


def calculated(formula: Formula, column: str, row: Row) -> Decimal | None:
    """The exact result for a row; None where a column that it takes is unknown.

    Raises:
        CalculationTooLong: with the name of the calculated column.
    """
    try:
        with localcontext(_EXACT):
            return _value(formula, row)
    except Inexact:
        raise CalculationTooLong(column=column, limit=PRECISION_DIGITS) from None


def details_of(row: Row, name: str) -> Details:
    """The details of a kind that a row has."""
    details = row[name]
    assert details is None or isinstance(details, tuple), "the mapping was read with this as its details"
    return details or ()


def _value(formula: Formula, row: Row) -> Decimal | None:
    match formula:
        case Number():
            return formula.value
        case OfColumn():
            return _known(row[formula.column])
        case SumOf():
            return _sum(formula, row)
        case Combined():
            left, right = _value(formula.left, row), _value(formula.right, row)
            return None if left is None or right is None else _OPERATIONS[formula.sign](left, right)
        case _ as never:
            assert_never(never)


def _sum(formula: SumOf, row: Row) -> Decimal | None:
    values = [_known(detail[formula.column]) for detail in details_of(row, formula.detail)]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(values) else None


def _known(value: Cleaned | Details) -> Decimal | None:
    assert not isinstance(value, tuple), "the mapping was read with this as a column"
    return None if value is None else Decimal(value)


class _Reading:
    """Recursive descent over the text: a sum of products of numbers, columns and parentheses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = 0

    def sum_of_terms(self, depth: int) -> Formula:
        found = self._product(depth)
        while sign := self._sign("+", "-"):
            found = Combined(sign, found, self._product(depth))
        return found

    def _product(self, depth: int) -> Formula:
        found = self._factor(depth)
        while sign := self._sign("*"):
            found = Combined(sign, found, self._factor(depth))
        return found

    def _factor(self, depth: int) -> Formula:
        if depth > FORMULA_DEPTH_MAX:
            raise FormulaMistake(f"a formula is at most {FORMULA_DEPTH_MAX} levels deep")
        start = self._end
        token = self._token()
        if token["sum"]:
            return SumOf(token["detail"], token["of"])
        if token["column"]:
            return OfColumn(token["column"])
        if token["number"]:
            return Number(Decimal(token["number"]))
        match token["sign"]:
            case "-":
                return Combined("-", Number(Decimal(0)), self._factor(depth + 1))
            case "(":
                inner = self.sum_of_terms(depth + 1)
                if self.is_at_end() or self._token()["sign"] != ")":
                    raise FormulaMistake("a parenthesis is not closed")
                return inner
        self._end = start
        raise self.mistake()

    def is_at_end(self) -> bool:
        return not self._text[self._end :].strip()

    def mistake(self) -> FormulaMistake:
        place = self._text[self._end :].strip()
        return FormulaMistake(
            f"a formula is of numbers, $columns, sum($detail.column), +, -, * and parentheses; not so from “{place}” on"
        )

    def _sign(self, *wanted: Sign) -> Sign | None:
        found = _TOKEN.match(self._text, self._end)
        for sign in wanted:
            if found and found["sign"] == sign:
                self._end = found.end()
                return sign
        return None

    def _token(self) -> re.Match[str]:
        found = _TOKEN.match(self._text, self._end)
        if found is None:
            raise self.mistake()
        self._end = found.end()
        return found
