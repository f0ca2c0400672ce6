"""The mapping: which columns of which files become which commands. Read from YAML by `mapping_reading.py`.

A table's rows are cleaned by `columns`, joined with the rows of other files that belong to them (`details`), and become the
commands of those `steps` whose conditions hold. A step that was imported before with other values runs its `on_change`
instead, one that no longer applies its `on_withdrawn`.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from salesapi.importing.calculating import Formula, Row
from salesapi.importing.cleaning import Rule
from salesapi.importing.templates import Fields, Template, filled

SETUP: Final = "setup"
"""Name of the table that the mapping's own commands count as; each of them is a row."""
OCCURRED_AT: Final = "occurred_at"
"""The business time among a step's values; not a field of any command."""

Test: TypeAlias = Literal["is_one_of", "is_known", "is_unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The condition that a column must meet for a step to apply; of details, whether there are any."""

    column: str
    test: Test
    values: frozenset[str | int] = frozenset()

    def holds(self, row: Row) -> bool:
        """Tells whether the condition holds for a row."""
        value = row[self.column]
        match self.test:
            case "is_one_of":
                return value in self.values
            case "is_known":
                return value is not None
            case "is_unknown":
                return value is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One command with the templates of its values; business time stands among them as `occurred_at`."""

    command: str
    values: Fields
    when: tuple[Condition, ...] = ()

    def applies(self, row: Row) -> bool:
        """Tells whether all conditions hold for a row."""
        return all(condition.holds(row) for condition in self.when)

    def filled(self, row: Row) -> dict[str, object]:
        """The values for a row."""
        made = filled(self.values, row)
        assert isinstance(made, dict), "values without `if_known` are a record"
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A command that states changed values of a step that was imported before."""

    order: Order
    of: frozenset[str]
    """It runs when one of these values changed."""
    along: frozenset[str] = frozenset()
    """Values whose change it states as well, but that do not make it run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a row, and what to do when it changes or no longer applies."""

    name: str
    order: Order
    on_change: tuple[Change, ...] = ()
    on_withdrawn: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A value of a row: the header of its column in the file, and how its cells are read."""

    name: str
    header: str
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculatedColumn:
    """A value of a row that follows from others; its rule states the type, decimals and rounding."""

    name: str
    formula: Formula
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Files of one layout, and the values of their rows."""

    name: str
    file: str
    """Pattern of file names, as in a shell."""
    columns: tuple[Column, ...]
    calculated: tuple[CalculatedColumn, ...]
    """In order: each may take those before it."""
    ignore: frozenset[str]
    """Headers that may stand in the file and are not read."""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    sheet: str | None = None

    def rules(self) -> dict[str, Rule]:
        """The rule of every value of a row, by its name."""
        return {each.name: each.rule for each in self.columns} | {each.name: each.rule for each in self.calculated}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """Rows that belong to a row of a table, such as the lines of an order. They stand in the order of their identity."""

    layout: Layout
    of: tuple[tuple[str, Template], ...]
    """Columns of the detail, and what they equal of the row; where one is unknown, the detail belongs to no row."""
    row_id: Template
    """Tells the details of one row apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Files of one layout and what their rows become."""

    layout: Layout
    details: tuple[Detail, ...]
    distinct: tuple[str, ...]
    """Only the first row with each combination of these columns counts; none: every row counts."""
    row_id: Template
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """Its name in the mapping, and in the rows' identity."""
        return self.layout.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """A whole mapping. `sha256` is that of its file."""

    source: str
    zone: str
    setup: tuple[Step, ...]
    tables: tuple[Table, ...]
    sha256: bytes
