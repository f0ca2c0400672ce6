"""Rows as columns: every type that a row may have comes back equal, and what cannot be stored is refused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import pytest

from salesapi.database.columns import RowCodec, RowNotStorable, columns_of
from salesapi.domain.shared.kernel import About, record
from salesapi.projections.tables import create_table, described, read_table
from tests.projections.conftest import ReadSide
from tests.projections.examples import DEALS
from tests.spec import uid


class Channel(StrEnum):
    MAIL = "mail"
    PHONE = "phone"


@record
class Rate:
    percent: Decimal
    since: date | None


@record
class Everything:
    id: Annotated[UUID, About("Its id.")]
    order: str
    kind: Literal["a", "b"]
    channel: Channel
    amount_minor: int
    is_open: bool
    rate_percent: Decimal
    day: date
    at: datetime
    rates: tuple[Rate, ...]
    pair: tuple[int, str]
    tags: frozenset[str]
    by_currency: Mapping[str, int]
    rate: Rate | None
    text: str | None
    number: int | None
    decided: bool | None
    exact: Decimal | None
    since: date | None
    seen_at: datetime | None
    referrer: UUID | None


FULL = Everything(
    id=uid(1),
    order="Größe 'quoted' \\ \"twice\" {a,b} NULL",
    kind="b",
    channel=Channel.PHONE,
    amount_minor=-(2**53) + 1,
    is_open=True,
    rate_percent=Decimal("12.500"),
    day=date(2026, 2, 28),
    at=datetime(2026, 3, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    rates=(Rate(percent=Decimal("0.10"), since=None), Rate(percent=Decimal(-3), since=date(2026, 1, 1))),
    pair=(7, "seven"),
    tags=frozenset({"b", "a"}),
    by_currency={"JPY": 1, "EUR": 2**53 - 1},
    rate=Rate(percent=Decimal("1E+2"), since=None),
    text="",
    number=0,
    decided=False,
    exact=Decimal("0.00"),
    since=date(1, 1, 1),
    seen_at=datetime(1999, 12, 31, tzinfo=UTC),
    referrer=uid(2),
)
SPARSE = replace(
    FULL,
    id=uid(3),
    rates=(),
    tags=frozenset(),
    by_currency={},
    rate=None,
    text=None,
    number=None,
    decided=None,
    exact=None,
    since=None,
    seen_at=None,
    referrer=None,
)
EVERYTHING = replace(DEALS, name="everything", row=Everything, key=("id",), group=("id",), indexes=())


@pytest.mark.parametrize("row", [FULL, SPARSE], ids=["full", "sparse"])
async def test_a_row_comes_back_as_it_was_stored(read_side: ReadSide, row: Everything) -> None:
    table = read_table(EVERYTHING, 1)
    await create_table(read_side.owner, table)
    await read_side.pool.execute(table.upsert.text, *table.upsert.parameters([table.codec.encode(row)]))
    (stored,) = await read_side.pool.fetch(table.load.text, *table.load.parameters([(row.id,)]), 10)

    read = table.codec.decode(tuple(stored))
    assert read == row
    assert isinstance(read, Everything)
    assert str(read.rate_percent) == "12.500", "also with its scale"
    assert str(read.rates) == str(row.rates)


def test_equal_rows_are_stored_as_equal_text_whatever_their_order_in_memory() -> None:
    codec = RowCodec(Everything, columns_of(Everything))
    other = replace(FULL, by_currency={"EUR": 2**53 - 1, "JPY": 1}, tags=frozenset({"a", "b"}))

    assert codec.encode(other) == codec.encode(FULL)


def test_a_table_is_described_readably() -> None:
    lines = described(EVERYTHING).splitlines()

    assert lines[:4] == ["id uuid not null", "order text not null", "kind text not null", "channel text not null"]
    assert "rates jsonb [{percent numeric, since date|null}, ...] not null" in lines
    assert "rate jsonb {percent numeric, since date|null}" in lines
    assert lines[-2:] == ["key id", "group id"]


@record
class WithFloat:
    id: UUID
    rate: float


@record
class WithFloatInside:
    id: UUID
    rates: tuple[float, ...]


@record
class WithAnything:
    id: UUID
    value: object


@record
class WithBadName:
    id: UUID
    Größe: int


@record
class WithOptionalKey:
    id: UUID | None


@record
class WithTupleKey:
    id: tuple[str, ...]


@pytest.mark.parametrize("row", [WithFloat, WithFloatInside, WithAnything, WithBadName, WithOptionalKey, WithTupleKey])
def test_a_row_that_no_table_can_hold_is_refused(row: type) -> None:
    with pytest.raises(RowNotStorable):
        read_table(replace(EVERYTHING, row=row), 1)


@pytest.mark.parametrize("name", ["registry", "Deal", 'deal"; DROP', "", "a" * 41])
def test_a_read_model_needs_a_plain_name_of_its_own(name: str) -> None:
    with pytest.raises(RowNotStorable):
        read_table(replace(EVERYTHING, name=name), 1)
