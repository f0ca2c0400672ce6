"""Reads a column's cleaning rule from the mapping's plain values."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, cast, get_args

from salesapi.domain.shared.money import MINOR_UNIT_EXPONENTS, RoundingMode
from salesapi.importing.cleaning import Rule, ValueType
from salesapi.importing.yaml_text import Plain, Pointer

CELL_LENGTH_MAX: Final = 32_768
"""Longest bound that a text rule may state, in characters: that of a cell."""
DECIMALS_MAX: Final = 12
"""Most decimals that a rule may ask for: those that commands take."""
_TYPES: Final = get_args(ValueType)
_ROUNDINGS: Final = get_args(RoundingMode)
_PROBE: Final = datetime(2021, 12, 31, 23, 58, 59, tzinfo=UTC)


class RuleMistake(ValueError):
    """A rule that cannot be used; `path` leads from the rule to the mistake."""

    def __init__(self, path: Pointer, reason: str) -> None:
        """`reason` says what stands there rightly."""
        super().__init__(reason)
        self.path = path
        self.reason = reason


def rule_from(value: Plain, base: Rule, named: Mapping[str, Plain]) -> Rule:
    """The rule that stands for a column: nothing, the name of a type, that of a named rule, or a record.

    Raises:
        RuleMistake.
    """
    if value is None:
        return base
    if isinstance(value, str):
        value = {"use": value} if value in named else {"type": value}
    if not isinstance(value, dict):
        raise RuleMistake((), "a rule is the name of a type or of one of `values`, or a record")
    rule = base
    use = value.get("use")
    if use is not None:
        used = named.get(use) if isinstance(use, str) else None
        if not isinstance(used, dict) or "use" in used:
            raise RuleMistake(("use",), f"there is no rule {use} under `values` that stands on its own")
        rule = rule_from(used, base, {})
    for key, each in value.items():
        if key == "use":
            continue
        if key not in _READERS:
            raise RuleMistake((key,), f"unknown field; a rule has use, {', '.join(sorted(_READERS))}")
        rule = _READERS[key](rule, each)
    _check(rule)
    return rule


def _type(rule: Rule, value: Plain) -> Rule:
    if value not in _TYPES:
        raise RuleMistake(("type",), f"a type is one of {', '.join(_TYPES)}")
    return replace(rule, type=cast(ValueType, value))  # Compared with the literal's own words just now.


def _unknown(rule: Rule, value: Plain) -> Rule:
    words = value if isinstance(value, list) else [value]
    return replace(rule, unknown=frozenset({"", *(_text("unknown", word) for word in words)}))


def _aliases(rule: Rule, value: Plain) -> Rule:
    if not isinstance(value, dict):
        raise RuleMistake(("aliases",), "aliases are a record: the cell, and what it stands for")
    aliases = {cell: None if each is None else _text("aliases", each) for cell, each in value.items()}
    return replace(rule, aliases=aliases)


def _choices(rule: Rule, value: Plain) -> Rule:
    if not isinstance(value, list) or not value:
        raise RuleMistake(("choices",), "choices are a list of texts")
    return replace(rule, choices=frozenset(_text("choices", each) for each in value))


def _currency(rule: Rule, value: Plain) -> Rule:
    currency = _text("currency", value)
    if not currency.startswith("$") and currency not in MINOR_UNIT_EXPONENTS:
        raise RuleMistake(("currency",), f"{currency} is no currency that we know; name an ISO 4217 code or $column")
    return replace(rule, currency=currency)


def _decimals(rule: Rule, value: Plain) -> Rule:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= DECIMALS_MAX:
        raise RuleMistake(("decimals",), f"a number of decimals from 0 to {DECIMALS_MAX}")
    return replace(rule, decimals=value)


def _rounding(rule: Rule, value: Plain) -> Rule:
    if value not in _ROUNDINGS:
        raise RuleMistake(("rounding",), f"a rounding is one of {', '.join(_ROUNDINGS)}")
    return replace(rule, rounding=cast(RoundingMode, value))  # Compared with the literal's own words just now.


def _longest(rule: Rule, value: Plain) -> Rule:
    if not isinstance(value, int) or not 0 < value <= CELL_LENGTH_MAX:
        raise RuleMistake(("longest",), f"a number of characters from 1 to {CELL_LENGTH_MAX}")
    return replace(rule, longest=value)


_READERS: Final[Mapping[str, Callable[[Rule, Plain], Rule]]] = {
    "type": _type,
    "required": lambda rule, value: replace(rule, is_required=_flag("required", value)),
    "trim": lambda rule, value: replace(rule, keeps_spaces=not _flag("trim", value)),
    "unknown": _unknown,
    "aliases": _aliases,
    "choices": _choices,
    "format": lambda rule, value: replace(rule, format=_text("format", value)),
    "currency": _currency,
    "decimals": _decimals,
    "rounding": _rounding,
    "decimal_mark": lambda rule, value: replace(rule, decimal_mark=_mark("decimal_mark", value)),
    "group_mark": lambda rule, value: replace(rule, group_mark=_mark("group_mark", value)),
    "longest": _longest,
}


def _flag(key: str, value: Plain) -> bool:
    if not isinstance(value, bool):
        raise RuleMistake((key,), "true or false")
    return value


def _text(key: str, value: Plain) -> str:
    """Numbers that stand unquoted are meant as the text they are."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RuleMistake((key,), "a text stands here; quote true, false and null")
    return str(value)


def _mark(key: str, value: Plain) -> str:
    mark = _text(key, value)
    if len(mark) != 1 or mark.isalnum() or mark in "+-":
        raise RuleMistake((key,), "a mark is one character, such as a comma")
    return mark


def _check(rule: Rule) -> None:
    """Refuses what does not go together; a format that loses a part of the date would be found row by row otherwise."""
    if rule.decimal_mark == rule.group_mark:
        raise RuleMistake(("group_mark",), "the marks of groups and of decimals differ")
    if rule.decimals is not None and rule.type != "number":
        raise RuleMistake(("decimals",), "only a number states them; an amount has those of its currency")
    if rule.format is None or rule.type not in ("date", "instant"):
        return
    try:
        read = datetime.strptime(_PROBE.strftime(rule.format), rule.format)
    except ValueError as error:
        raise RuleMistake(("format",), f"dates cannot be read with it: {error}") from None
    if read.date() != _PROBE.date():
        raise RuleMistake(("format",), "it states year, month and day, such as %d/%m/%Y")
