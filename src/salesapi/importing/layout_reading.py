"""Reads from a mapping's plain values how files are laid out: their columns, and those that are calculated."""

import codecs
import re
from collections.abc import Collection, Mapping
from typing import Final

from salesapi.importing.calculating import Formula, FormulaMistake, SumOf, operands, parsed_formula
from salesapi.importing.cleaning import Rule
from salesapi.importing.mapping import CalculatedColumn, Column, Layout
from salesapi.importing.rule_reading import RuleMistake, rule_from
from salesapi.importing.yaml_text import PlacedValues, Plain, Pointer

COLUMNS_MAX: Final = 500
LAYOUT_FIELDS: Final = frozenset({"file", "sheet", "encoding", "delimiter", "columns", "ignore"})
NUMBERS: Final = frozenset({"number", "integer"})
"""Types that formulas take; an amount is in minor units, and what it is worth depends on its currency."""
_COLUMN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


class LayoutReader:
    """Reads the layouts of one mapping."""

    def __init__(self, values: PlacedValues, base: Rule, named: Mapping[str, Plain]) -> None:
        """`base` is what columns have that state nothing else; `named` are the rules under `values`."""
        self._values = values
        self._base = base
        self._named = named
        for name, each in named.items():
            self._rule(each, ("values", name))

    def layout(self, name: str, record: Mapping[str, Plain], path: Pointer, details: Collection[Layout] = ()) -> Layout:
        """The layout that the fields of a record describe. `details` may be summed in its formulas.

        Raises:
            MappingInvalid.
        """
        stated = self._values.record(record.get("columns"), (*path, "columns"), None)
        formulas = {key: each for key, each in stated.items() if isinstance(each, dict) and "calculate" in each}
        columns = tuple(
            self._column(key, each, (*path, "columns", key)) for key, each in stated.items() if key not in formulas
        )
        if not columns or len(stated) > COLUMNS_MAX:
            self._values.refuse((*path, "columns"), f"a table declares 1 to {COLUMNS_MAX} columns")
        numbers = {column.name for column in columns if column.rule.type in NUMBERS}
        sums = {(each.name, name) for each in details for name, rule in each.rules().items() if rule.type in NUMBERS}
        calculated: list[CalculatedColumn] = []
        for key, each in formulas.items():
            made = self._calculated(key, each, (*path, "columns", key), numbers=numbers, sums=sums)
            calculated.append(made)
            if made.rule.type in NUMBERS:
                numbers.add(made.name)
        layout = Layout(
            name=name,
            file=self._values.text(record, "file", path),
            columns=columns,
            calculated=tuple(calculated),
            ignore=frozenset(self._values.texts(record.get("ignore"), (*path, "ignore"))),
            encoding=self._encoding(record, path),
            delimiter=self._delimiter(record, path),
            sheet=self._values.optional_text(record, "sheet", path),
        )
        self._check_currencies(layout, path)
        return layout

    def _column(self, name: str, value: Plain, path: Pointer) -> Column:
        self._check_name(name, path)
        if isinstance(value, dict) and "header" in value:
            header = self._values.text(value, "header", path)
            rest = {key: each for key, each in value.items() if key != "header"}
            return Column(name=name, header=header, rule=self._rule(rest, path))
        return Column(name=name, header=name, rule=self._rule(value, path))

    def _calculated(
        self, name: str, value: Plain, path: Pointer, *, numbers: Collection[str], sums: Collection[tuple[str, str]]
    ) -> CalculatedColumn:
        self._check_name(name, path)
        assert isinstance(value, dict), "a column with a formula is a record"
        formula = self._formula(self._values.text(value, "calculate", path), (*path, "calculate"))
        for operand in operands(formula):
            place = (*path, "calculate")
            if isinstance(operand, SumOf):
                if (operand.detail, operand.column) not in sums:
                    self._values.refuse(place, f"there is no number {operand.column} of details {operand.detail}")
            elif operand.column not in numbers:
                self._values.refuse(
                    place, f"${operand.column} is no number that is declared before; a formula takes numbers only"
                )
        rule = self._rule({key: each for key, each in value.items() if key != "calculate"}, path)
        if rule.type not in (*NUMBERS, "amount"):
            self._values.refuse(path, "what is calculated has the `type` number, integer or amount")
        return CalculatedColumn(name=name, formula=formula, rule=rule)

    def _formula(self, text: str, path: Pointer) -> Formula:
        try:
            return parsed_formula(text)
        except FormulaMistake as mistake:
            self._values.refuse(path, str(mistake))

    def _rule(self, value: Plain, path: Pointer) -> Rule:
        """A rule stands in place, or names one of `values`, or does both: what stands in place then counts."""
        try:
            return rule_from(value, self._base, self._named)
        except RuleMistake as mistake:
            self._values.refuse((*path, *mistake.path), mistake.reason)

    def _check_name(self, name: str, path: Pointer) -> None:
        if not _COLUMN_NAME.fullmatch(name):
            self._values.refuse(path, "a column's name is of letters, digits and _; state the file's own as `header`")

    def _check_currencies(self, layout: Layout, path: Pointer) -> None:
        texts = {column.name for column in layout.columns if column.rule.type == "text"}
        for name, rule in layout.rules().items():
            place = (*path, "columns", name)
            if rule.type == "amount" and rule.currency is None:
                self._values.refuse(place, "an amount needs a `currency`, here or for the mapping")
            if rule.currency is not None and rule.currency.startswith("$") and rule.currency[1:] not in texts:
                self._values.refuse(place, f"{rule.currency} is not a text column of this table")

    def _encoding(self, record: Mapping[str, Plain], path: Pointer) -> str:
        encoding = self._values.optional_text(record, "encoding", path) or "utf-8-sig"
        try:
            "".encode(encoding)
            return codecs.lookup(encoding).name
        except (LookupError, UnicodeError):
            self._values.refuse((*path, "encoding"), f"{encoding} is not the name of a text encoding")

    def _delimiter(self, record: Mapping[str, Plain], path: Pointer) -> str:
        delimiter = self._values.optional_text(record, "delimiter", path) or ","
        if len(delimiter) != 1 or delimiter in '"\r\n':
            self._values.refuse((*path, "delimiter"), "a delimiter is one character, such as ; or a tab")
        return delimiter
