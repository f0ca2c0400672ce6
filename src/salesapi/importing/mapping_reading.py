"""Reads a mapping from YAML and checks all of it before a row is read; each mistake is named with its line and column."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Final, NoReturn
from zoneinfo import available_timezones

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.key_digests import made_at_door
from salesapi.domain.shared.money import MINOR_UNIT_EXPONENTS
from salesapi.importing.cleaning import Rule
from salesapi.importing.layout_reading import LAYOUT_FIELDS, LayoutReader
from salesapi.importing.mapping import OCCURRED_AT, SETUP, Change, Detail, ImportMapping, Layout, Order, Step, Table
from salesapi.importing.template_reading import NOTHING, Scope, TemplateReader
from salesapi.importing.templates import Fields, Template, columns_of
from salesapi.importing.yaml_text import PlacedValues, Plain, Pointer, read_yaml

TABLES_MAX: Final = 50
STEPS_MAX: Final = 50
"""Most steps of one table, or of the setup."""
DETAILS_MAX: Final = 10
"""Most kinds of details of one table."""
_ORDER_FIELDS: Final = {"command", "when", "values", OCCURRED_AT}
_STEP_FIELDS: Final = {*_ORDER_FIELDS, "name", "on_change", "on_withdrawn"}
_TABLE_FIELDS: Final = {"name", *LAYOUT_FIELDS, "details", "distinct", "row_id", "commands"}
_DETAIL_FIELDS: Final = {"name", *LAYOUT_FIELDS, "of", "row_id"}


def read_mapping(file: Path, catalogue: Catalogue) -> ImportMapping:
    """The mapping in a file.

    Raises:
        MappingInvalid: with the place of the first mistake.
        OSError: the file cannot be read.
    """
    values, stored = read_yaml(file)
    return _Reader(values, catalogue).mapping(hashlib.sha256(stored).digest())


class _Reader:
    def __init__(self, values: PlacedValues, catalogue: Catalogue) -> None:
        self._values = values
        self._catalogue = catalogue
        self._root = values.record(values.root, (), {"source", "zone", "currency", "values", SETUP, "tables"})
        self._source = values.name(self._root.get("source"), ("source",))
        self._zone = self._stated_zone()
        named = values.record(self._root.get("values"), ("values",), None)
        self._layouts = LayoutReader(values, Rule(zone=self._zone, currency=self._stated_currency()), named)
        self._templates = TemplateReader(values, catalogue, self._source)

    def mapping(self, sha256: bytes) -> ImportMapping:
        setup = self._steps(self._root.get(SETUP), (SETUP,), NOTHING)
        listed = self._values.listed(self._root.get("tables"), ("tables",), self._table, TABLES_MAX)
        tables = self._values.unique(listed, ("tables",))
        if not setup and not tables:
            self._refuse((), "the mapping has neither `setup` nor `tables`, so nothing would be imported")
        return ImportMapping(source=self._source, zone=self._zone, setup=setup, tables=tables, sha256=sha256)

    def _stated_zone(self) -> str:
        zone = self._root.get("zone")
        if not isinstance(zone, str) or zone not in available_timezones():
            self._refuse(("zone",), "state the zone of the files' dates by its IANA name, such as Asia/Shanghai")
        return zone

    def _stated_currency(self) -> str | None:
        currency = self._values.optional_text(self._root, "currency", ())
        if currency is not None and currency not in MINOR_UNIT_EXPONENTS:
            self._refuse(("currency",), f"{currency} is no currency that we know; name an ISO 4217 code")
        return currency

    def _table(self, value: Plain, path: Pointer) -> Table:
        table = self._values.record(value, path, _TABLE_FIELDS)
        name = self._values.name(table.get("name"), (*path, "name"))
        if name == SETUP:
            self._refuse((*path, "name"), f"{SETUP} is the name of the mapping's own commands")
        place = (*path, "details")
        of_details = self._values.listed(table.get("details"), place, self._detail_layout, DETAILS_MAX)
        layout = self._layouts.layout(name, table, path, self._values.unique(of_details, place))
        stated = frozenset(column.name for column in layout.columns)

        def detail(each: Plain, place: Pointer) -> Detail:
            return self._detail(each, place, of_details[int(place[-1])], stated)

        details = self._values.listed(table.get("details"), place, detail, DETAILS_MAX)
        scope = Scope(
            columns=frozenset(layout.rules()), details={each.name: frozenset(each.rules()) for each in of_details}
        )
        for number, each in enumerate(of_details):
            if each.name in scope.columns:
                self._refuse((*place, number, "name"), f"{each.name} is a column already; name the details otherwise")
        steps = self._steps(table.get("commands"), (*path, "commands"), scope)
        if not steps:
            self._refuse((*path, "commands"), "name at least one command")
        return Table(
            layout=layout,
            details=details,
            distinct=tuple(self._values.texts(table.get("distinct"), (*path, "distinct"), stated)),
            row_id=self._row_id(table, path, scope),
            steps=steps,
        )

    def _detail_layout(self, value: Plain, path: Pointer) -> Layout:
        detail = self._values.record(value, path, _DETAIL_FIELDS)
        return self._layouts.layout(self._values.name(detail.get("name"), (*path, "name")), detail, path)

    def _detail(self, value: Plain, path: Pointer, layout: Layout, columns_of_row: frozenset[str]) -> Detail:
        detail = self._values.record(value, path, _DETAIL_FIELDS)
        keys = self._values.record(detail.get("of"), (*path, "of"), None)
        usable = {column.name for column in layout.columns if column.rule.type != "amount"}
        for column in keys:
            if column not in usable:
                self._refuse((*path, "of", column), f"{column} is no declared column of {layout.name}, or an amount")
        if not keys:
            self._refuse(path, "say in `of` which columns name the row, such as {order: $number}")
        of_row = Scope(columns=columns_of_row)
        return Detail(
            layout=layout,
            of=tuple(
                (name, self._templates.template(each, (*path, "of", name), of_row)) for name, each in keys.items()
            ),
            row_id=self._row_id(detail, path, Scope(columns=frozenset(layout.rules()))),
        )

    def _row_id(self, record: Mapping[str, Plain], path: Pointer, scope: Scope) -> Template:
        row_id = self._templates.template(record.get("row_id"), (*path, "row_id"), scope)
        if not set(columns_of(row_id)):
            self._refuse((*path, "row_id"), "name the columns that make a row's identity, such as $order_number")
        return row_id

    def _steps(self, value: Plain, path: Pointer, scope: Scope) -> tuple[Step, ...]:
        step = partial(self._step, scope=scope)
        return self._values.unique(self._values.listed(value, path, step, STEPS_MAX), path)

    def _step(self, value: Plain, path: Pointer, scope: Scope) -> Step:
        step = self._values.record(value, path, _STEP_FIELDS)
        order = self._order(step, path, scope)
        name = self._values.name(step["name"], (*path, "name")) if "name" in step else _snake(order.command)
        stated = {key for key, _ in order.values.fields}
        change = partial(self._change, scope=scope, stated=stated)

        def withdrawal(each: Plain, place: Pointer) -> Order:
            return self._order(self._values.record(each, place, _ORDER_FIELDS), place, scope)

        return Step(
            name=name,
            order=order,
            on_change=self._values.listed(step.get("on_change"), (*path, "on_change"), change, STEPS_MAX),
            on_withdrawn=self._values.listed(step.get("on_withdrawn"), (*path, "on_withdrawn"), withdrawal, STEPS_MAX),
        )

    def _change(self, value: Plain, path: Pointer, scope: Scope, stated: Collection[str]) -> Change:
        change = self._values.record(value, path, {*_ORDER_FIELDS, "of", "along"})
        of = self._values.texts(change.get("of"), (*path, "of"), stated)
        if not of:
            self._refuse(path, "say in `of` which changed values of the step this command states")
        along = self._values.texts(change.get("along"), (*path, "along"), stated)
        return Change(order=self._order(change, path, scope), of=frozenset(of), along=frozenset(along))

    def _order(self, step: Mapping[str, Plain], path: Pointer, scope: Scope) -> Order:
        command = step.get("command")
        if not isinstance(command, str) or command not in self._catalogue.commands:
            self._refuse((*path, "command"), f"there is no command {command}; the API's documentation lists them")
        if made_at_door(self._catalogue.commands[command][1].command) is not None:
            self._refuse((*path, "command"), f"{command} makes a key, which nobody would be shown; no import gives it")
        declared = {field.name for field in fields(self._catalogue.commands[command][1].command)}
        values = self._values.record(step.get("values"), (*path, "values"), None)
        unknown = sorted(set(values) - declared)
        if unknown:
            known = ", ".join(sorted(declared))
            self._refuse((*path, "values", unknown[0]), f"{command} has no field {unknown[0]}; it has {known}")
        made = self._templates.template(values, (*path, "values"), scope)
        assert isinstance(made, Fields), "a record without a marker is a record of fields"
        if OCCURRED_AT in step:
            occurred = self._templates.template(step[OCCURRED_AT], (*path, OCCURRED_AT), scope)
            made = replace(made, fields=(*made.fields, (OCCURRED_AT, occurred)))
        return Order(
            command=command, values=made, when=self._templates.conditions(step.get("when"), (*path, "when"), scope)
        )

    def _refuse(self, path: Pointer, reason: str) -> NoReturn:
        self._values.refuse(path, reason)


def _snake(command: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", command).lower()
