"""Reads a mapping from YAML and checks all of it before a row is read; each mistake is named with its line and column."""

import codecs
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Final, NoReturn, TypeVar
from zoneinfo import available_timezones

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.money import MINOR_UNIT_EXPONENTS
from salesapi.importing.cleaning import Rule
from salesapi.importing.mapping import (
    OCCURRED_AT,
    SETUP,
    Change,
    Column,
    Condition,
    ImportMapping,
    Order,
    Step,
    Table,
)
from salesapi.importing.rule_reading import RuleMistake, rule_from
from salesapi.importing.templates import (
    Constant,
    Digest,
    Fields,
    Items,
    Reference,
    Template,
    columns_of,
    parsed,
)
from salesapi.importing.yaml_text import PlacedValues, Plain, Pointer, read_yaml

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
TABLES_MAX: Final = 50
STEPS_MAX: Final = 50
"""Most steps of one table, or of the setup."""
COLUMNS_MAX: Final = 500
_STEP_FIELDS: Final = {"name", "command", "when", "values", OCCURRED_AT, "on_change", "on_withdrawn"}
_TABLE_FIELDS: Final = {
    "name", "file", "sheet", "encoding", "delimiter", "columns", "ignore", "distinct", "row_id", "commands",
}  # fmt: skip

Made = TypeVar("Made")


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
        self._source = ""
        self._zone = ""
        self._currency: str | None = None
        self._rules: dict[str, Plain] = {}

    def mapping(self, sha256: bytes) -> ImportMapping:
        root = self._record(self._values.root, (), {"source", "zone", "currency", "values", SETUP, "tables"})
        self._source = self._name(root.get("source"), ("source",))
        zone = root.get("zone")
        if not isinstance(zone, str) or zone not in available_timezones():
            self._refuse(("zone",), "state the zone of the files' dates by its IANA name, such as Asia/Shanghai")
        self._zone = zone
        self._currency = self._optional_text(root, "currency", ())
        if self._currency is not None and self._currency not in MINOR_UNIT_EXPONENTS:
            self._refuse(("currency",), f"{self._currency} is no currency that we know; name an ISO 4217 code")
        self._rules = self._record(root.get("values"), ("values",), None)
        for name in self._rules:
            self._rule(name, ("values", name))
        setup = self._steps(root.get(SETUP), (SETUP,), columns=())
        tables = self._unique(self._listed(root.get("tables"), ("tables",), self._table, TABLES_MAX), ("tables",))
        if not setup and not tables:
            self._refuse((), "the mapping has neither `setup` nor `tables`, so nothing would be imported")
        return ImportMapping(source=self._source, zone=zone, setup=setup, tables=tables, sha256=sha256)

    def _table(self, value: Plain, path: Pointer) -> Table:
        table = self._record(value, path, _TABLE_FIELDS)
        name = self._name(table.get("name"), (*path, "name"))
        if name == SETUP:
            self._refuse((*path, "name"), f"{SETUP} is the name of the mapping's own commands")
        column_values = self._record(table.get("columns"), (*path, "columns"), None)
        columns = tuple(self._column(key, each, (*path, "columns", key)) for key, each in column_values.items())
        if not columns or len(columns) > COLUMNS_MAX:
            self._refuse((*path, "columns"), f"a table declares 1 to {COLUMNS_MAX} columns")
        names = [column.name for column in columns]
        self._check_currencies(columns, path)
        row_id = self._template(table.get("row_id"), (*path, "row_id"), names)
        if not set(columns_of(row_id)):
            self._refuse((*path, "row_id"), "name the columns that make a row's identity, such as $order_number")
        steps = self._steps(table.get("commands"), (*path, "commands"), names)
        if not steps:
            self._refuse((*path, "commands"), "name at least one command")
        return Table(
            name=name,
            file=self._text(table, "file", path),
            columns=columns,
            ignore=frozenset(self._texts(table.get("ignore"), (*path, "ignore"))),
            distinct=tuple(self._texts(table.get("distinct"), (*path, "distinct"), names)),
            row_id=row_id,
            steps=steps,
            encoding=self._encoding(table, path),
            delimiter=self._delimiter(table, path),
            sheet=self._optional_text(table, "sheet", path),
        )

    def _column(self, name: str, value: Plain, path: Pointer) -> Column:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", name):
            self._refuse(path, "a column's name is of letters, digits and _; state the file's own as `header`")
        if isinstance(value, dict) and "header" in value:
            header = self._text(value, "header", path)
            rest = {key: each for key, each in value.items() if key != "header"}
            return Column(name=name, header=header, rule=self._rule_of(rest, path))
        return Column(name=name, header=name, rule=self._rule_of(value, path))

    def _rule(self, name: str, path: Pointer) -> Rule:
        return self._rule_of(self._rules[name], path)

    def _rule_of(self, value: Plain, path: Pointer) -> Rule:
        """A rule stands in place, or names one of `values`, or does both: what stands in place then counts."""
        base = Rule(zone=self._zone, currency=self._currency)
        try:
            return rule_from(value, base, self._rules)
        except RuleMistake as mistake:
            self._refuse((*path, *mistake.path), mistake.reason)

    def _check_currencies(self, columns: Iterable[Column], path: Pointer) -> None:
        known = {column.name for column in columns if column.rule.type == "text"}
        for column in columns:
            currency = column.rule.currency
            if column.rule.type == "amount" and currency is None:
                self._refuse((*path, "columns", column.name), "an amount needs a `currency`, here or for the mapping")
            if currency is not None and currency.startswith("$") and currency[1:] not in known:
                self._refuse((*path, "columns", column.name), f"{currency} is not a text column of this table")

    def _steps(self, value: Plain, path: Pointer, columns: Collection[str]) -> tuple[Step, ...]:
        def step(each: Plain, place: Pointer) -> Step:
            return self._step(each, place, columns)

        return self._unique(self._listed(value, path, step, STEPS_MAX), path)

    def _step(self, value: Plain, path: Pointer, columns: Collection[str]) -> Step:
        step = self._record(value, path, _STEP_FIELDS)
        order = self._order(step, path, columns)
        name = self._name(step["name"], (*path, "name")) if "name" in step else _snake(order.command)
        stated = {key for key, _ in order.values.fields}

        def change(each: Plain, place: Pointer) -> Change:
            return self._change(each, place, columns, stated)

        def withdrawal(each: Plain, place: Pointer) -> Order:
            return self._order(self._record(each, place, {"command", "when", "values", OCCURRED_AT}), place, columns)

        return Step(
            name=name,
            order=order,
            on_change=self._listed(step.get("on_change"), (*path, "on_change"), change, STEPS_MAX),
            on_withdrawn=self._listed(step.get("on_withdrawn"), (*path, "on_withdrawn"), withdrawal, STEPS_MAX),
        )

    def _change(self, value: Plain, path: Pointer, columns: Collection[str], stated: Collection[str]) -> Change:
        change = self._record(value, path, {"of", "along", "command", "when", "values", OCCURRED_AT})
        of = self._texts(change.get("of"), (*path, "of"), stated)
        if not of:
            self._refuse(path, "say in `of` which changed values of the step this command states")
        along = self._texts(change.get("along"), (*path, "along"), stated)
        return Change(order=self._order(change, path, columns), of=frozenset(of), along=frozenset(along))

    def _order(self, step: Mapping[str, Plain], path: Pointer, columns: Collection[str]) -> Order:
        command = step.get("command")
        if not isinstance(command, str) or command not in self._catalogue.commands:
            self._refuse((*path, "command"), f"there is no command {command}; the API's documentation lists them")
        declared = {field.name for field in fields(self._catalogue.commands[command][1].command)}
        values = self._record(step.get("values"), (*path, "values"), None)
        unknown = sorted(set(values) - declared)
        if unknown:
            known = ", ".join(sorted(declared))
            self._refuse((*path, "values", unknown[0]), f"{command} has no field {unknown[0]}; it has {known}")
        made = self._template(values, (*path, "values"), columns)
        assert isinstance(made, Fields), "a record without a marker is a record of fields"
        if OCCURRED_AT in step:
            occurred = self._template(step[OCCURRED_AT], (*path, OCCURRED_AT), columns)
            made = replace(made, fields=(*made.fields, (OCCURRED_AT, occurred)))
        return Order(command=command, values=made, when=self._conditions(step.get("when"), (*path, "when"), columns))

    def _conditions(self, value: Plain, path: Pointer, columns: Collection[str]) -> tuple[Condition, ...]:
        found: list[Condition] = []
        for column, wanted in self._record(value, path, None).items():
            place = (*path, column)
            if column not in columns:
                self._refuse(place, f"{column} is not a declared column")
            if isinstance(wanted, dict):
                state = self._record(wanted, place, {"is"}).get("is")
                if state not in ("known", "unknown"):
                    self._refuse(place, "a column `is: known` or `is: unknown`; else name the values it may hold")
                found.append(Condition(column=column, test="is_known" if state == "known" else "is_unknown"))
                continue
            allowed = wanted if isinstance(wanted, list) else [wanted]
            values = [each for each in allowed if isinstance(each, str | int) and not isinstance(each, bool)]
            if not values or len(values) != len(allowed):
                self._refuse(place, "name the values that the column may hold; quote true, false and null")
            found.append(Condition(column=column, test="is_one_of", values=frozenset(values)))
        return tuple(found)

    def _template(self, value: Plain, path: Pointer, columns: Collection[str]) -> Template:
        made = self._template_of(value, path, columns)
        missing = sorted(set(columns_of(made)) - set(columns))
        if missing:
            self._refuse(path, f"${missing[0]} is not a declared column; write $$ for a dollar sign")
        return made

    def _template_of(self, value: Plain, path: Pointer, columns: Collection[str]) -> Template:
        if isinstance(value, str):
            return parsed(value)
        if isinstance(value, list):
            return Items(tuple(self._template(each, (*path, n), columns) for n, each in enumerate(value)))
        if not isinstance(value, dict):
            return Constant(value)
        if "ref" in value:
            return self._reference(value, path, columns)
        if "digest" in value:
            self._record(value, path, {"digest"})
            return Digest(self._template(value["digest"], (*path, "digest"), columns))
        condition = value.get("if_known")
        return Fields(
            tuple((k, self._template(v, (*path, k), columns)) for k, v in value.items() if k != "if_known"),
            None if condition is None else self._template(condition, (*path, "if_known"), columns),
        )

    def _reference(self, value: dict[str, Plain], path: Pointer, columns: Collection[str]) -> Reference:
        """`id` is the thing's external id in this source; `key` lists the parts of another natural key."""
        record = self._record(value, path, {"ref", "id", "key", "system"})
        kind = record["ref"]
        if not isinstance(kind, str) or kind not in {*self._catalogue.by_kind, "contact"}:
            self._refuse((*path, "ref"), f"there is no kind of thing {kind}")
        if ("id" in record) == ("key" in record):
            self._refuse(path, "a reference has the external `id` of the thing, or the `key` that it is made from")
        if "id" in record:
            system = Constant(self._optional_text(record, "system", path) or self._source)
            return Reference(kind, (system, self._template(record["id"], (*path, "id"), columns)))
        key = record["key"]
        if not isinstance(key, list) or not key:
            self._refuse((*path, "key"), "list the parts of the key, such as [key, sales]")
        return Reference(kind, tuple(self._template(each, (*path, "key", n), columns) for n, each in enumerate(key)))

    def _encoding(self, table: Mapping[str, Plain], path: Pointer) -> str:
        encoding = self._optional_text(table, "encoding", path) or "utf-8-sig"
        try:
            "".encode(encoding)
            return codecs.lookup(encoding).name
        except (LookupError, UnicodeError):
            self._refuse((*path, "encoding"), f"{encoding} is not the name of a text encoding")

    def _delimiter(self, table: Mapping[str, Plain], path: Pointer) -> str:
        delimiter = self._optional_text(table, "delimiter", path) or ","
        if len(delimiter) != 1 or delimiter in '"\r\n':
            self._refuse((*path, "delimiter"), "a delimiter is one character, such as ; or a tab")
        return delimiter

    def _record(self, value: Plain, path: Pointer, allowed: Collection[str] | None) -> dict[str, Plain]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._refuse(path, "fields with names stand here")
        unknown = sorted(set(value) - set(allowed)) if allowed is not None else ()
        if unknown and allowed is not None:
            self._refuse((*path, unknown[0]), f"unknown field; here stand {', '.join(sorted(allowed))}")
        return value

    def _listed(
        self, value: Plain, path: Pointer, make: Callable[[Plain, Pointer], Made], most: int
    ) -> tuple[Made, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > most:
            self._refuse(path, f"a list of at most {most} stands here")
        return tuple(make(each, (*path, number)) for number, each in enumerate(value))

    def _unique(self, named: tuple[Made, ...], path: Pointer) -> tuple[Made, ...]:
        """The same things, with names that differ."""
        names = [str(getattr(each, "name", "")) for each in named]
        for number, name in enumerate(names):
            if name in names[:number]:
                self._refuse((*path, number), f"the name {name} stands here twice; give one of them another `name`")
        return named

    def _texts(self, value: Plain, path: Pointer, known: Collection[str] | None = None) -> list[str]:
        found: list[str] = []
        for number, each in enumerate(value if isinstance(value, list) else [] if value is None else [value]):
            if not isinstance(each, str):
                self._refuse((*path, number), "a text stands here")
            if known is not None and each not in known:
                self._refuse((*path, number), f"{each} is not one of {', '.join(sorted(known))}")
            found.append(each)
        return found

    def _text(self, record: Mapping[str, Plain], name: str, path: Pointer) -> str:
        text = self._optional_text(record, name, path)
        if not text:
            self._refuse((*path, name), "a text is required here")
        return text

    def _optional_text(self, record: Mapping[str, Plain], name: str, path: Pointer) -> str | None:
        value = record.get(name)
        if value is not None and not isinstance(value, str):
            self._refuse((*path, name), "a text stands here")
        return value

    def _name(self, value: Plain, path: Pointer) -> str:
        if not isinstance(value, str) or not NAME.fullmatch(value):
            self._refuse(path, "a name is required here: up to 40 lower-case letters, digits and _, a letter first")
        return value

    def _refuse(self, path: Pointer, reason: str) -> NoReturn:
        raise self._values.refusal(path, reason)


def _snake(command: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", command).lower()
