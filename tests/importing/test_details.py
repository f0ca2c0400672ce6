"""Rows that belong together: lines join their order, from another file or from the same one, whatever the order of the rows.

A line that is missing would make the value of its order wrong, so that what cannot be read or placed is never left out silently.
"""

from collections import Counter
from pathlib import Path

import pytest

from salesapi.app import Core
from salesapi.domain.selling.deals import Deal
from salesapi.importing.details import DETAILS_MAX
from salesapi.importing.import_job import FilesRefused
from salesapi.importing.results import Summary
from salesapi.importing.tables import TableUnreadable
from tests.importing.reading_back import KeptResults, counts, deals, imported

COMPANY = """\
source: shop
zone: UTC
currency: EUR
setup:
  - command: DefinePipeline
    values: {key: orders, name: Orders}
  - command: PublishPipelineVersion
    values:
      pipeline_id: {ref: pipeline, key: [key, orders]}
      stages:
        - {key: open, name: Open, is_entry: true}
        - {key: won, name: Won, category: won}
        - {key: lost, name: Lost, category: lost}
      transitions: [{stage_from: open, stage_to: won}, {stage_from: open, stage_to: lost}]
  - command: JoinMember
    values: {name: Seller, external_id: {system: shop, id: seller}}
  - name: tea
    command: ListProduct
    values: {name: Tea, code: tea, external_id: {system: shop, id: tea}}
  - name: rice
    command: ListProduct
    values: {name: Rice, code: rice, external_id: {system: shop, id: rice}}
"""
LINES = """\
    details:
      - name: lines
        file: FILE
        columns:
          order: {required: true}
          product: {required: true}
          quantity: {type: number, required: true}
          price: {type: number, required: true}
          net: {calculate: $quantity * $price, type: number, decimals: 2, rounding: half_up}
        ignore: [day]
        of: {order: $order}
        row_id: $product
    row_id: $order
    commands:
      - command: OpenDeal
        values:
          title: Order $order
          pipeline_id: {ref: pipeline, key: [key, orders]}
          owner_id: {ref: member, id: seller}
          amount_minor: $total
          currency: EUR
          lines:
            each: lines
            values:
              product_id: {ref: product, id: $product}
              quantity: $quantity
              unit_price: {amount: $price, currency: EUR}
          external_id: {system: shop, id: $order}
        occurred_at: $day
      - command: WinDeal
        values: {deal_id: {ref: deal, id: $order}}
        occurred_at: $day
"""
ORDERS = """\
tables:
  - name: orders
    file: orders.csv
    columns:
      order: {required: true}
      day: date
      total: {calculate: sum($lines.net), type: amount, required: true}
"""
SALES = """\
tables:
  - name: sales
    file: sales.csv
    columns:
      order: {required: true}
      day: date
      total: {calculate: sum($lines.net), type: amount, required: true}
    ignore: [product, quantity, price]
    distinct: [order, day]
"""
TWO_FILES = {
    "orders.csv": "order,day\nA,2026-03-02\nB,2026-03-03\n",
    "lines.csv": "order,product,quantity,price\nA,tea,3,1.115\nB,tea,1,2\nA,rice,2,0.5\n",
}


def _mapping(folder: Path, table: str, file: str) -> Path:
    mapping = folder / "mapping.yaml"
    mapping.write_text(COMPANY + table + LINES.replace("FILE", file), encoding="utf-8")
    return mapping


def _files(folder: Path, texts: dict[str, str]) -> list[Path]:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


async def _orders(core: Core, folder: Path, results: KeptResults | None = None, **changed: str) -> Summary:
    """Imports both files; of those that are named the text is another one."""
    texts = TWO_FILES | {f"{name}.csv": text for name, text in changed.items()}
    return await imported(core, _files(folder, texts), _mapping(folder, ORDERS, "lines.csv"), results)


async def _by_title(core: Core) -> dict[str, Deal]:
    return {deal.title: deal for deal in (await deals(core)).values()}


def _shown(deal: Deal) -> tuple[str, int | None, list[str]]:
    lines = [f"{line.quantity} x {line.unit_price.amount}" for line in deal.lines if line.unit_price]
    return deal.status, deal.amount_minor, lines


async def test_lines_of_another_file_join_their_order(core: Core, tmp_path: Path) -> None:
    summary = await _orders(core, tmp_path)

    assert summary.rejections == []
    assert [(table.table, table.imported) for table in summary.tables] == [("setup", 5), ("orders", 2)]
    found = await _by_title(core)
    # Each line is rounded by itself: 3.345 to 3.35.
    assert _shown(found["Order A"]) == ("won", 435, ["2 x 0.5", "3 x 1.115"])
    assert _shown(found["Order B"]) == ("won", 200, ["1 x 2"])


async def test_rows_of_one_file_are_put_together_by_their_order(core: Core, tmp_path: Path) -> None:
    text = "order,day,product,quantity,price\nA,2026-03-02,tea,3,1.115\nB,2026-03-03,tea,1,2\nA,2026-03-02,rice,2,0.5\n"

    summary = await imported(core, _files(tmp_path, {"sales.csv": text}), _mapping(tmp_path, SALES, "sales.csv"))

    assert (summary.rejections, summary.tables[1].imported) == ([], 2)
    found = await _by_title(core)
    assert _shown(found["Order A"]) == ("won", 435, ["2 x 0.5", "3 x 1.115"])


async def test_rows_of_one_order_that_contradict_each_other_are_told(core: Core, tmp_path: Path) -> None:
    text = "order,day,product,quantity,price\nA,2026-03-02,tea,3,1\nA,2026-03-09,rice,2,0.5\n"
    results = KeptResults()

    await imported(core, _files(tmp_path, {"sales.csv": text}), _mapping(tmp_path, SALES, "sales.csv"), results)

    assert results.rejected() == [("A", "import.row_repeated")]


async def test_the_same_lines_in_another_order_add_nothing(core: Core, tmp_path: Path) -> None:
    await _orders(core, tmp_path)

    again = await _orders(
        core, tmp_path, lines="product,order,quantity,price\nrice,A,2.0,0.50\ntea,B,1,2\ntea,A,3,1.115\n"
    )

    assert (again.events, again.rejected) == (0, 0)


async def test_the_sum_over_no_lines_is_unknown_and_not_zero(core: Core, tmp_path: Path) -> None:
    results = KeptResults()

    await _orders(core, tmp_path, results, orders=TWO_FILES["orders.csv"] + "C,2026-03-04\n")

    assert results.rejected() == [("", "import.value_missing")]
    assert list(await _by_title(core)) == ["Order A", "Order B"]


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("A,tea,9,9\n", "import.detail_repeated", "in lines.csv:2 and in lines.csv:5 have the same identity"),
        ("A,,1,1\n", "import.detail_invalid", "in lines.csv:5 cannot be read: The column product is empty"),
        ("A,milk,many,1\n", "import.detail_invalid", "in lines.csv:5 cannot be read: The column quantity holds “many”"),
    ],
)
async def test_an_order_with_a_line_that_cannot_be_read_is_rejected_and_the_others_come_in(
    core: Core, tmp_path: Path, line: str, code: str, reason: str
) -> None:
    results = KeptResults()

    summary = await _orders(core, tmp_path, results, lines=TWO_FILES["lines.csv"] + line)

    (rejection,) = summary.rejections
    assert (rejection.file, rejection.line, rejection.code) == ("orders.csv", 2, code)
    assert reason in rejection.message
    assert list(await _by_title(core)) == ["Order B"]


async def test_lines_of_no_order_are_rejected_where_they_begin(core: Core, tmp_path: Path) -> None:
    summary = await _orders(core, tmp_path, lines=TWO_FILES["lines.csv"] + "X,tea,1,1\nX,rice,1,1\n")

    (rejection,) = summary.rejections
    assert (rejection.file, rejection.line, rejection.code) == ("lines.csv", 5, "import.detail_without_row")
    assert "2 lines of X" in rejection.message
    assert Counter(deal.status for deal in (await deals(core)).values()) == {"won": 2}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",tea,1,1\n", "lines.csv:5: to which row it belongs cannot be read: The column order is empty"),
        ("A,tea\n", "lines.csv:5: to which row it belongs cannot be read: The row has 2 fields, the header 4"),
    ],
)
async def test_a_line_that_could_be_of_any_order_stops_the_import_before_anything_is_written(
    core: Core, tmp_path: Path, line: str, reason: str
) -> None:
    with pytest.raises(TableUnreadable, match=reason):
        await _orders(core, tmp_path, lines=TWO_FILES["lines.csv"] + line)

    assert await core.log.head() == 0


async def test_more_lines_than_are_held_in_memory_are_refused_before_anything_is_written(
    core: Core, tmp_path: Path
) -> None:
    with pytest.raises(TableUnreadable, match=f"there are more than {DETAILS_MAX} lines; split the files"):
        await _orders(core, tmp_path, lines="order,product,quantity,price\n" + "A,tea,1,1\n" * (DETAILS_MAX + 1))

    assert await core.log.head() == 0


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("orders.csv", "the rows of the table orders have lines; give lines.csv, too"),
        ("lines.csv", "lines.csv: it belongs to rows of the table orders; give orders.csv, too"),
        ("prices.csv", "no table of the mapping takes this file; they take orders.csv, lines.csv"),
    ],
)
async def test_orders_come_with_their_lines_or_not_at_all(core: Core, tmp_path: Path, given: str, reason: str) -> None:
    files = _files(tmp_path, {given: TWO_FILES.get(given, "a,b\n")})

    with pytest.raises(FilesRefused, match=reason):
        await imported(core, files, _mapping(tmp_path, ORDERS, "lines.csv"))

    assert await counts(core) == Counter()
