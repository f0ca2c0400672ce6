"""From a row to the commands that it needs now: all of its steps at first, later only what changed since. Pure; no clock.

What was imported is remembered as fingerprints of each step and of each value in it. The step's own is a whole SHA-256 and
decides whether it changed; those of its values are short and only tell which of them did, so that they give little away.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import orjson

from salesapi.domain.shared.kernel import Refused
from salesapi.importing.calculating import Details, Row, calculated
from salesapi.importing.cleaning import Cell, Cleaned, Rule, clean, clean_number
from salesapi.importing.mapping import OCCURRED_AT, Layout, Step

VALUE_CHARACTERS: Final = 6
"""Hexadecimal characters of a value's fingerprint."""

StepPrint: TypeAlias = tuple[str, Mapping[str, str]]
"""The fingerprint of a step and those of its values."""
Prints: TypeAlias = Mapping[str, StepPrint]
"""By step: what a row was imported as."""
Orders: TypeAlias = list[tuple[str, dict[str, object]]]
"""Commands to give, by name, with their values."""


class ChangeNotMapped(Refused):
    """The row says something else than when it was imported, and the mapping does not say how to state that."""

    code = "import.change_not_mapped"
    message = (
        "The step {step} was imported before and differs now ({what}); "
        "the mapping has no `on_change` or `on_withdrawn` for that."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The commands that bring the log up to a row, and what the row is imported as then."""

    orders: Orders
    prints: Prints

    @property
    def sha256(self) -> bytes:
        """The fingerprint of the request."""
        return hashlib.sha256(orjson.dumps(self.orders, option=orjson.OPT_SORT_KEYS)).digest()


def cleaned_row(layout: Layout, cells: tuple[Cell, ...]) -> dict[str, Cleaned]:
    """The values of a row that stand in its file, by column.

    Raises:
        ValueMissing, ValueInvalid, CurrencyUnknown.
    """
    row: dict[str, Cleaned] = {}
    placed = list(zip(layout.columns, cells, strict=True))
    # An amount comes after the column that its currency stands in, wherever both are in the file.
    for takes_column in (False, True):
        for column, cell in placed:
            if (_currency_column(column.rule) is not None) is takes_column:
                row[column.name] = clean(column.rule, column.name, cell, _currency(column.rule, row))
    return row


def complete_row(layout: Layout, row: Mapping[str, Cleaned], details: Mapping[str, Details | None]) -> Row:
    """The row with what belongs to it and what is calculated from both.

    Raises:
        ValueMissing, ValueInvalid, CurrencyUnknown, CalculationTooLong.
    """
    complete: dict[str, Cleaned | Details] = {**row, **details}
    for column in layout.calculated:
        number = calculated(column.formula, column.name, complete)
        complete[column.name] = clean_number(column.rule, column.name, number, _currency(column.rule, row))
    return complete


def complete_detail(layout: Layout, row: Mapping[str, Cleaned]) -> dict[str, Cleaned]:
    """The same for a row that belongs to another; it has no details itself.

    Raises:
        ValueMissing, ValueInvalid, CurrencyUnknown, CalculationTooLong.
    """
    return {name: value for name, value in complete_row(layout, row, {}).items() if not isinstance(value, tuple)}


def _currency_column(rule: Rule) -> str | None:
    """The column that the currency of an amount stands in."""
    if rule.type != "amount" or rule.currency is None or not rule.currency.startswith("$"):
        return None
    return rule.currency[1:]


def _currency(rule: Rule, row: Mapping[str, Cleaned]) -> str | None:
    column = _currency_column(rule)
    if column is None:
        return rule.currency
    value = row[column]
    return None if value is None else str(value)


def planned(steps: tuple[Step, ...], row: Row, before: Prints) -> Plan:
    """Plans what to do for a row that was imported as `before`; nothing where it says the same.

    Raises:
        ChangeNotMapped.
    """
    holding = [(step, step.order.filled(row)) for step in steps if step.order.applies(row)]
    names = {step.name for step, _ in holding}
    orders: Orders = []
    # What no longer applies is taken back first, the latest of it first: a closing before what it closed.
    for step in reversed(steps):
        if step.name in before and step.name not in names:
            orders += _withdrawal(step, row)
    prints: dict[str, StepPrint] = {}
    for step, values in holding:
        prints[step.name] = now = _print(step.order.command, values)
        earlier = before.get(step.name)
        if earlier is None:
            orders.append((step.order.command, values))
        elif earlier[0] != now[0]:
            orders += _changes(step, row, earlier, now)
    return Plan(orders=orders, prints=prints)


def _withdrawal(step: Step, row: Row) -> Orders:
    orders = [(order.command, order.filled(row)) for order in step.on_withdrawn if order.applies(row)]
    if not orders:
        raise ChangeNotMapped(step=step.name, what="it no longer applies")
    return orders


def _changes(step: Step, row: Row, earlier: StepPrint, now: StepPrint) -> Orders:
    values_before, values_now = earlier[1], now[1]
    changed = {
        name for name in {*values_before, *values_now} if values_before.get(name) != values_now.get(name)
    } or set(values_now)
    orders: Orders = []
    stated: set[str] = set()
    for change in step.on_change:
        if change.of & changed and change.order.applies(row):
            orders.append((change.order.command, change.order.filled(row)))
            stated |= change.of | change.along
    if changed - stated:
        raise ChangeNotMapped(step=step.name, what=", ".join(sorted(changed - stated)))
    return orders


def _print(command: str, values: Mapping[str, object]) -> StepPrint:
    whole = hashlib.sha256(orjson.dumps([command, values], option=orjson.OPT_SORT_KEYS)).hexdigest()
    return whole, {name: _value_print(name, value) for name, value in values.items()}


def _value_print(name: str, value: object) -> str:
    text = orjson.dumps([name, value], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:VALUE_CHARACTERS]


def command_values(values: Mapping[str, object]) -> dict[str, object]:
    """The values as a command is read from: without a stated business time it is unknown, not the moment of the import."""
    return {OCCURRED_AT: None, **values}
