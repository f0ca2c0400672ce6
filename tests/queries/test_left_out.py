"""A day that cannot be meant takes one thing out of a report, which names it; no report fails, and no figure is of it."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest
import pytest_asyncio

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.schemas.figures import LEFT_OUT_MAX, LeftOut
from tests.domain.examples import ANNA, BORIS
from tests.queries.read_tables import ReadTables, read_tables
from tests.queries.report_stories import Board, deal
from tests.queries.test_receivables import Books, issued, paid
from tests.spec import uid

FIRST, LAST = "0001-01-01", "9999-12-31"
"""The first and the last day that there is, which PostgreSQL is given as infinite."""
BEYOND = (FIRST, "1969-12-31", "2126-12-02", LAST)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tables(postgresql: EmbeddedPostgreSQL) -> AsyncIterator[ReadTables]:
    async with read_tables(postgresql, "left_out") as tables:
        yield tables


def deal_id(number: int) -> UUID:
    """The id of a deal of the stories."""
    return uid(0xDEA1_0000 + number)


@pytest.mark.parametrize("on", BEYOND)
async def test_a_deal_is_named_and_in_no_figure(tables: ReadTables, on: str) -> None:
    board = Board(tables)
    await board.record(
        deal(1, "2026-01-01").won("2026-01-11"), deal(2, on), deal(3, "2026-01-01").won(on), deal(4, "2026-02-01")
    )
    all_deals = await board.all_deals()
    assert (all_deals.open, all_deals.won, all_deals.undated) == (1, 1, 2)
    assert all_deals.won_cycle.mean_days == "10.000000"
    named = [LeftOut(kind="deal", id=deal_id(number), on=date.fromisoformat(on)) for number in (2, 3)]
    assert list(board.left_out) == named
    dwells = await board.dwells()
    assert {stage: each.max_days for stage, each in dwells.items() if each.visits} == {"contact": 10}


@pytest.mark.parametrize("on", BEYOND[2:])
async def test_a_visit_to_a_stage_is_among_the_undated(tables: ReadTables, on: str) -> None:
    board = Board(tables)
    await board.record(deal(1, "2026-01-01").moved("contact", "need", on))
    for as_of in (None, LAST):
        assert [(each.visits, each.censored.visits) for each in (await board.dwells(as_of)).values()] == [(0, 0)] * 2


async def test_what_is_not_won_yet_is_open(tables: ReadTables) -> None:
    board = Board(tables)
    await board.record(deal(1, "2026-01-01").won(LAST))
    assert ((await board.all_deals(as_of="2026-03-31")).open, board.left_out) == (1, ())


async def test_nobody_is_told_of_another_ones_deal(tables: ReadTables) -> None:
    board = Board(tables)
    await board.record(deal(1, LAST, owner=ANNA), deal(2, LAST, owner=BORIS))
    await board.all_deals(owner_id=(ANNA,))
    assert [each.id for each in board.left_out] == [deal_id(1)]


async def test_the_first_of_many_are_named(tables: ReadTables) -> None:
    board = Board(tables)
    await board.record(*(deal(number, LAST) for number in range(LEFT_OUT_MAX + 1)))
    assert (await board.all_deals()).undated == LEFT_OUT_MAX + 1
    assert [each.id for each in board.left_out] == [deal_id(number) for number in range(LEFT_OUT_MAX)]


async def test_the_last_day_that_there_is_can_be_asked_for(tables: ReadTables) -> None:
    board = Board(tables)
    await board.record(deal(1, "9999-12-01"), deal(2, "2126-12-01"))
    ages = (await board.dwells(as_of=LAST))["contact"].censored
    assert (ages.visits, ages.max_days) == (1, (date.max - date(2126, 12, 1)).days)
    assert (await board.dwells(as_of=FIRST)) == {}


@pytest.mark.parametrize("on", BEYOND)
async def test_an_invoice_is_named_and_in_no_figure(tables: ReadTables, on: str) -> None:
    books = Books(tables)
    await books.record(issued(1, "2026-01-01", "2026-01-31"), issued(2, on, "2026-01-31"), paid(2, "2026-02-01"))
    whole = await books.whole(LAST)
    assert (whole.open.invoices, whole.collection.invoices, whole.collection.undated) == (1, 0, 1)
    assert books.left_out == [LeftOut(kind="invoice", id=uid(2), on=date.fromisoformat(on))]


async def test_an_invoice_that_was_due_before_there_was_a_company_is_named(tables: ReadTables) -> None:
    books = Books(tables)
    await books.record(issued(1, "2026-01-01", FIRST), paid(1, "2026-02-01"))
    assert (await books.whole("2026-03-31")).collection.late_days == 0
    assert books.left_out == [LeftOut(kind="invoice", id=uid(1), on=date.min)]


async def test_an_invoice_that_is_due_for_ever_is_open_and_not_due(tables: ReadTables) -> None:
    books = Books(tables)
    await books.record(issued(1, "2026-01-01", LAST))
    assert ((await books.whole("2026-03-31")).not_due.invoices, books.left_out) == (1, [])
