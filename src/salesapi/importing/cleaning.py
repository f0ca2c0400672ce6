"""Cleaning: the declared rules by which a cell becomes a value: trimming, unknown words, aliases, choices, types.

Dates and numbers come out as text in one canonical form, amounts as integers of minor units; unknown is None and never a
default. No float is made: a spreadsheet's number arrives here as its decimal text. No clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Final, Literal, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.domain.shared.money import PRECISION_DIGITS, RoundingMode, exponent, rounded

SHOWN_MAX: Final = 60
"""Most characters of a cell in a message."""
DIGITS_MAX: Final = 20
"""Most digits before, and after, the decimal point."""
TEXT_LENGTH_MAX: Final = 4_000
"""Longest text value, in characters, where the rule states no other bound."""

Cell: TypeAlias = str | date
"""A cell as the file has it: text, or a date or date and time of a spreadsheet."""
Cleaned: TypeAlias = str | int | None
ValueType: TypeAlias = Literal["text", "number", "integer", "amount", "date", "instant"]

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ValueMissing(Refused):
    """A required column is empty."""

    code = "import.value_missing"
    kind = Kind.MALFORMED
    message = "The column {column} is empty; the mapping requires a value."


class ValueInvalid(Refused):
    """The cell does not fit the column's rule."""

    code = "import.value_invalid"
    kind = Kind.MALFORMED
    message = "The column {column} holds {value}, which is not {expected}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The rule by which cells of a column are read."""

    type: ValueType = "text"
    is_required: bool = False
    keeps_spaces: bool = False
    """True where spaces at the ends of a cell belong to the value."""
    unknown: frozenset[str] = frozenset({""})
    """Cells that say nothing; the empty one always does."""
    aliases: Mapping[str, str | None] = field(default_factory=dict)
    """What a cell stands for; None is unknown."""
    choices: frozenset[str] | None = None
    format: str | None = None
    """Of dates and instants, as for `strptime`; ISO 8601 without it."""
    zone: str = "UTC"
    """Of instants that state no offset."""
    currency: str | None = None
    """Of amounts: an ISO 4217 code, or `$column` for the one that a column holds."""
    decimals: int | None = None
    """Of numbers: the most that they have."""
    rounding: RoundingMode | None = None
    """Of numbers with more than `decimals`, and of amounts with more than the currency has; without it they are refused."""
    decimal_mark: str = "."
    group_mark: str | None = None
    longest: int = TEXT_LENGTH_MAX


def clean(rule: Rule, column: str, cell: Cell, currency: str | None = None) -> Cleaned:
    """The value of a cell. `currency` is that of the row, for amounts.

    Raises:
        ValueMissing, ValueInvalid: with the column's name.
        CurrencyUnknown.
    """
    text = cell if isinstance(cell, str) else cell.isoformat()
    if not rule.keeps_spaces:
        text = text.strip()
    known = None if text in rule.unknown or not text else rule.aliases.get(text, text)
    if known is None:
        if rule.is_required:
            raise ValueMissing(column=column)
        return None
    if rule.choices is not None and known not in rule.choices:
        raise _invalid(column, known, f"one of {', '.join(sorted(rule.choices))}")
    match rule.type:
        case "text":
            if len(known) > rule.longest:
                raise _invalid(column, known, f"a text of at most {rule.longest} characters")
            return known
        case "number" | "integer" | "amount":
            return clean_number(rule, column, _decimal(rule, column, known), currency)
        case "date":
            return _date(rule, column, known, cell).isoformat()
        case "instant":
            return _instant(rule, column, known, cell).isoformat()
        case _ as never:
            assert_never(never)


def clean_number(rule: Rule, column: str, number: Decimal | None, currency: str | None = None) -> Cleaned:
    """The value of a number that was calculated; None is unknown. `currency` is that of the row, for amounts.

    Raises:
        ValueMissing, ValueInvalid: with the column's name.
        CurrencyUnknown.
    """
    if number is None:
        if rule.is_required:
            raise ValueMissing(column=column)
        return None
    match rule.type:
        case "integer":
            if number != number.to_integral_value():
                raise _invalid(column, _plain(number), "a whole number")
            return int(number)
        case "amount":
            return _amount_minor(rule, column, number, currency)
        case _:
            return _plain(_limited(rule, column, number))


def _decimal(rule: Rule, column: str, text: str) -> Decimal:
    """The number, exactly as written; marks between groups stand after three digits each or not at all."""
    whole = rf"[0-9]{{1,{DIGITS_MAX}}}"
    if rule.group_mark is not None:
        whole += rf"|[0-9]{{1,3}}(?:{re.escape(rule.group_mark)}[0-9]{{3}}){{1,6}}"
    found = re.fullmatch(rf"([+-]?)({whole})(?:{re.escape(rule.decimal_mark)}([0-9]{{1,{DIGITS_MAX}}}))?", text)
    if found is None:
        raise _invalid(column, text, f"a number such as 1234{rule.decimal_mark}5")
    digits = found[2].replace(rule.group_mark, "") if rule.group_mark else found[2]
    return Decimal(f"{found[1]}{digits}.{found[3] or '0'}")


def _plain(number: Decimal) -> str:
    """One text for equal numbers: without an exponent, a plus sign or zeros that say nothing."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _amount_minor(rule: Rule, column: str, number: Decimal, currency: str | None) -> int:
    if currency is None:
        raise _invalid(column, _plain(number), "an amount of a known currency")
    minor = _shifted(number, exponent(currency))
    if rule.rounding is not None:
        return rounded(minor, rule.rounding)
    if minor != minor.to_integral_value():
        raise _invalid(column, _plain(number), f"an amount with the decimals of {currency}")
    return int(minor)


def _limited(rule: Rule, column: str, number: Decimal) -> Decimal:
    if rule.decimals is None:
        return number
    whole = _shifted(number, rule.decimals)
    if rule.rounding is not None:
        return _shifted(Decimal(rounded(whole, rule.rounding)), -rule.decimals)
    if whole != whole.to_integral_value():
        raise _invalid(column, _plain(number), f"a number of at most {rule.decimals} decimals")
    return number


def _shifted(number: Decimal, places: int) -> Decimal:
    """The number with its decimal point moved, all digits kept."""
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return number.scaleb(places)


def _date(rule: Rule, column: str, text: str, cell: Cell) -> date:
    if isinstance(cell, datetime):
        if cell.time().isoformat() != "00:00:00":
            raise _invalid(column, text, "a date without a time of day")
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        if rule.format is not None:
            return datetime.strptime(text, rule.format).date()
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _invalid(column, text, f"a date of the form {rule.format or '%Y-%m-%d'}")


def _instant(rule: Rule, column: str, text: str, cell: Cell) -> datetime:
    try:
        if isinstance(cell, datetime):
            at = cell
        elif rule.format is not None:
            at = datetime.strptime(text, rule.format)
        else:
            at = datetime.fromisoformat(text)
        return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(rule.zone))
    except ValueError:
        raise _invalid(column, text, f"an instant of the form {rule.format or 'of ISO 8601'}") from None


def _invalid(column: str, text: str, expected: str) -> ValueInvalid:
    shown = text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "..."
    return ValueInvalid(column=column, value=f"“{shown}”", expected=expected)
