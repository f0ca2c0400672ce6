"""A read model that is declared wrongly does not start, or does not pass the type checker; the error names it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, make_dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from mypy import api as mypy

from salesapi.database.columns import RowNotStorable, columns_of
from salesapi.domain.reference import rate_tables
from salesapi.domain.selling import deals
from salesapi.domain.selling.deals import DealLost, DealOpened, DealWon
from salesapi.domain.shared.kernel import ExternalId, Recorded, record
from salesapi.domain.shared.states import replace
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.declaring import all_of, by, checked, current, one_row
from salesapi.projections.projection import DeclarationWrong, GroupKey, Projection
from tests.values_by_type import bare

COLUMNS = {
    "rate_table_id": UUID,
    "key": str,
    "name": str,
    "source": str,
    "latest": tuple[rate_tables.LatestRate, ...],
    "version": int,
    "position": int,
}


def row_class(name: str, columns: Mapping[str, Any]) -> type:
    return make_dataclass(name, columns.items(), frozen=True, slots=True, kw_only=True)


RateTableRow = row_class("RateTableRow", COLUMNS)
RowWithoutSource = row_class("RowWithoutSource", {name: COLUMNS[name] for name in COLUMNS if name != "source"})
RowWithMore = row_class("RowWithMore", {**COLUMNS, "defined_by": UUID})
RowOfAnotherType = row_class("RowOfAnotherType", {**COLUMNS, "key": int})


@record
class WinRow:
    deal_id: UUID
    amount_minor: int


@record
class NoEvent:
    amount_minor: int


def fold(row: WinRow | None, event: DealWon | DealLost, recorded: Recorded) -> WinRow:
    return WinRow(deal_id=recorded.stream_id, amount_minor=event.amount_minor if isinstance(event, DealWon) else 0)


def fold_undeclared(row: WinRow | None, event: NoEvent, recorded: Recorded) -> WinRow:
    return WinRow(deal_id=recorded.stream_id, amount_minor=event.amount_minor)


def fold_anything(row: WinRow | None, event: object, recorded: Recorded) -> WinRow:
    return WinRow(deal_id=recorded.stream_id, amount_minor=0)


def only_won(event: DealWon, recorded: Recorded) -> Sequence[GroupKey]:
    return ((recorded.stream_id,),)


def wins(name: str = "win", *, key: tuple[str, ...] = ("deal_id",), indexes: tuple[str, ...] = ()) -> Projection:
    return one_row(name, fold, row=WinRow, version=1, key=key, indexes=indexes)


WRONG: list[tuple[Callable[[], object], str]] = [
    (
        lambda: current("rate_table", rate_tables.evolve, row=RowWithoutSource, version=1),
        "read model rate_table: RateTable.source is no column of RowWithoutSource.*add it to the row",
    ),
    (
        lambda: current("rate_table", rate_tables.evolve, row=RowWithMore, version=1),
        "read model rate_table: RowWithMore.defined_by does not follow from RateTable: fold it there",
    ),
    (
        lambda: current("rate_table", rate_tables.evolve, row=RowOfAnotherType, version=1),
        "read model rate_table: RowOfAnotherType.key is .*int.*, but RateTable.key is .*str.*: give both one type",
    ),
    (
        lambda: current("rate_table", rate_tables.evolve, row=RateTableRow, version=1, renamed={"name": "title"}),
        "read model rate_table: RateTableRow.name does not follow from RateTable",
    ),
    (
        lambda: current("deal", deals.evolve, version=1, computed=("product",)),
        "read model deal: Deal.product is computed nowhere: make it a property of the state",
    ),
    (
        lambda: current("deal", rate_tables.evolve, row=RateTableRow, version=1, key="rate_table_id"),
        "read model deal: its fold and its types differ in .*deal.opened.*rate_table.defined",
    ),
    (
        lambda: current("dael", rate_tables.evolve, row=RateTableRow, version=1),
        "read model dael: no stream is of this kind: name one of activity, ",
    ),
    (
        lambda: one_row("win", fold_undeclared, row=WinRow, version=1, key=("deal_id",)),
        "read model win: no stream declares NoEvent.*: declare it in its stream's events",
    ),
    (
        lambda: one_row("win", fold_anything, row=WinRow, version=1, key=("deal_id",)),
        "read model win: its fold takes any event: annotate the events that it reads, or state `types`",
    ),
    (
        lambda: one_row("win", fold_anything, row=WinRow, version=1, key=("deal_id",), types=("deal.wonn",)),
        "read model win: no stream declares deal.wonn: correct `types`",
    ),
    (
        lambda: one_row("win", fold, row=WinRow, version=1, key=("deal_id",), types=("deal.won",)),
        "read model win: its fold and its types differ in deal.lost",
    ),
    (
        lambda: one_row("win", fold, row=WinRow, version=1, key=("deal_id",), groups=by(only_won)),
        "read model win: its groups do not take DealLost, which its fold reads",
    ),
    (
        lambda: checked([wins(indexes=("(owner_id)",))]),
        r"read model win: the index \(owner_id\) is on owner_id, but WinRow has no such field",
    ),
    (lambda: checked([wins(), wins()]), "read model win: this name is declared twice"),
    (lambda: checked([wins(key=("dael_id",))]), "win: key and group are columns .* dael_id is not one"),
    (lambda: checked([wins(name="Win")]), "a read model cannot be named 'Win'"),
]


@pytest.mark.parametrize(("declare", "message"), WRONG)
def test_a_wrong_declaration_is_told_by_name_with_what_to_do(declare: Callable[[], object], message: str) -> None:
    with pytest.raises((DeclarationWrong, RowNotStorable), match=message):
        declare()


def test_the_types_of_a_read_model_are_those_that_its_fold_takes() -> None:
    assert wins().types == ("deal.won", "deal.lost")
    assert one_row("d", fold_anything, row=WinRow, version=1, key=("deal_id",), types=all_of("deal")).types == all_of(
        "deal"
    )
    assert current("rate_table", rate_tables.evolve, row=RateTableRow, version=1).types == all_of("rate_table")


def test_the_row_of_a_state_has_its_fields_what_is_told_of_it_and_the_stamps() -> None:
    made = [
        column.name for column in columns_of(current("deal", deals.evolve, version=1, computed=("product_id",)).row)
    ]
    state = [field.name for field in fields(deals.Deal)]
    at = state.index("external")
    outside = ["external_system", "external_id"]
    assert made == ["deal_id", *state[:at], *outside, *state[at + 1 :], "product_id", "version", "position"]


def test_indexes_may_hold_expressions_and_conditions() -> None:
    index = "(coalesce(amount_minor, '-1'::bigint) DESC NULLS LAST) WHERE deal_id IS NOT NULL"
    assert checked([wins(indexes=(index,))])


def test_an_external_id_is_two_columns_and_comes_back_as_one() -> None:
    with_id = ExternalId(system="erp", id="7")
    deal = next(projection for projection in PROJECTIONS if projection.name == "deal")
    opened = bare(
        DealOpened,
        title="Machines",
        pipeline_id=UUID(int=1),
        pipeline_version=1,
        stage="offer",
        owner_id=UUID(int=2),
        external_id=with_id,
    )
    recorded = Recorded(position=1, version=1, stream_id=UUID(int=3), occurred=None)
    for external in (with_id, None):
        held = deal.evolve(deal.held_of(()), replace(opened, external_id=external), recorded, (UUID(int=3),))
        row: Any = deal.rows_of(held)[0]
        again = deal.held_of((row,))

        assert (row.external_system, row.external_id) == ((external.system, external.id) if external else (None, None))
        assert again.state == held.state == deals.evolve(None, replace(opened, external_id=external), recorded)
        assert deal.rows_of(again) == (row,), "without a further event the row is as it was"


SNIPPETS = """
from collections.abc import Sequence
from uuid import UUID
from salesapi.domain.selling.deals import DealLost, DealWon, evolve
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.projections.declaring import by, current, one_row, row_group
from salesapi.projections.projection import GroupKey

@record
class Win:
    deal_id: UUID

@record
class Loss:
    deal_id: UUID

def fold(row: Win | None, event: DealWon, recorded: Recorded) -> Win:
    return row or Win(deal_id=recorded.stream_id)

def evolve_rows(rows: Sequence[Win], event: DealWon, recorded: Recorded, group: GroupKey) -> tuple[Win, ...]:
    return tuple(rows)

def won(event: DealWon, recorded: Recorded) -> Sequence[GroupKey]:
    return ((recorded.stream_id,),)

def lost(event: DealLost, recorded: Recorded) -> Sequence[GroupKey]:
    return ((recorded.stream_id,),)

def mutating(state: Win, event: DealWon) -> Win:
    return state

one_row("win", fold, row=Win, version=1, key=("deal_id",))
one_row("win", fold, row=Win, version=1, key=("deal_id",), groups=by(won))
row_group("win", evolve_rows, row=Win, version=1, key=("deal_id",), groups=by(won))
current("deal", evolve, row=Win, version=1)
one_row("win", fold, row=Loss, version=1, key=("deal_id",))  # refused: a row of another class
one_row("win", fold, row=Win, version=1, key=("deal_id",), groups=by(lost))  # refused: groups of other events
row_group("win", evolve_rows, row=Loss, version=1, key=("deal_id",))  # refused: a row of another class
row_group("win", evolve_rows, row=Win, version=1, key=("deal_id",), groups=by(lost))  # refused: groups of other events
row_group("win", fold, row=Win, version=1, key=("deal_id",))  # refused: a fold of one row
one_row("win", evolve_rows, row=Win, version=1, key=("deal_id",))  # refused: a fold of a group
current("deal", mutating, row=Win, version=1)  # refused: not the fold of a state
"""


def test_a_wrong_pair_is_refused_by_the_type_checker(tmp_path: Path) -> None:
    snippets = tmp_path / "snippets.py"
    snippets.write_text(SNIPPETS)
    told, _, _ = mypy.run(["--strict", "--no-error-summary", str(snippets)])
    refused = {int(line.split(":")[1]) for line in told.splitlines() if ": error:" in line}

    lines = enumerate(SNIPPETS.splitlines(), start=1)
    assert refused == {number for number, line in lines if "# refused" in line}, told
