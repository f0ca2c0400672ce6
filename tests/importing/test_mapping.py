"""Mistakes in a mapping are found before a row is read, each with its line and column."""

from pathlib import Path

import pytest

from salesapi.domain.catalogue import Catalogue
from salesapi.importing.mapping import ImportMapping
from salesapi.importing.mapping_reading import read_mapping
from salesapi.importing.yaml_text import MappingInvalid
from tests.importing.reading_back import EXAMPLE

GOOD = """\
source: shop
zone: UTC
currency: EUR
tables:
  - name: deals
    file: deals.csv
    columns:
      number: {required: true}
      amount: {type: amount, header: Betrag}
    row_id: $number
    commands:
      - command: OpenDeal
        when: {number: {is: known}}
        values: {title: "No $number", pipeline_id: {ref: pipeline, key: [key, sales]}}
        occurred_at: null
        on_change:
          - of: [title]
            command: ChangeDeal
            values: {deal_id: {ref: deal, id: $number}, title: "No $number"}
"""


WITH_LINES = """\
source: shop
zone: UTC
currency: EUR
tables:
  - name: deals
    file: deals.csv
    columns:
      number: {required: true}
      total: {calculate: sum($lines.net), type: amount}
    details:
      - name: lines
        file: lines.csv
        columns:
          number: {required: true}
          product: text
          price: {type: number, decimals: 4}
          net: {calculate: $price * 2, type: number, decimals: 2, rounding: half_up}
        of: {number: $number}
        row_id: $product
    row_id: $number
    commands:
      - command: OpenDeal
        when: {lines: {is: known}}
        values:
          title: $number
          pipeline_id: {ref: pipeline, key: [key, sales]}
          lines: {each: lines, values: {product_id: {ref: product, id: $product}}}
"""


def _read(tmp_path: Path, text: str) -> ImportMapping:
    file = tmp_path / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return read_mapping(file, Catalogue())


def test_the_examples_and_small_mappings_are_good(tmp_path: Path) -> None:
    read_mapping(EXAMPLE, Catalogue())
    _read(tmp_path, GOOD)
    _read(tmp_path, WITH_LINES)
    for other in ("invoices_ar.yaml", "northwind.yaml"):
        read_mapping(EXAMPLE.with_name(other), Catalogue())


Mistake = tuple[str, str, str, str]
MISTAKES: list[Mistake] = [
    ("source: shop", "source: My Shop", ":1:9: /source", "a name is required here"),
    ("zone: UTC", "zone: Berlin", ":2:7: /zone", "IANA"),
    ("currency: EUR", "currency: EURO", ":3:11: /currency", "ISO 4217"),
    ("currency: EUR\n", "", ":8:15: /tables/0/columns/amount", "needs a `currency`"),
    ("zone: UTC", "zone: UTC\nzones: UTC", ":3:8: /zones", "unknown field"),
    ("zone: UTC", "zone: UTC\nzone: UTC", ":3:1: /", "stands here twice"),
    ("{required: true}", "{required: perhaps}", ":8:26: /tables/0/columns/number/required", "true or false"),
    ("type: amount", "type: money", ":9:22: /tables/0/columns/amount/type", "a type is one of"),
    ("type: amount", "kind: amount", ":9:22: /tables/0/columns/amount/kind", "a rule has use,"),
    ("row_id: $number", "row_id: fixed", ":10:13: /tables/0/row_id", "name the columns"),
    ("row_id: $number", "row_id: $order", ":10:13: /tables/0/row_id", "$order is not a declared column"),
    ("command: OpenDeal", "command: OpenOrder", ":12:18: /tables/0/commands/0/command", "no command OpenOrder"),
    ("command: OpenDeal", "command: IssueApiKey", ":12:18: /tables/0/commands/0/command", "no import gives it"),
    ("{is: known}", "{is: there}", ":13:24: /tables/0/commands/0/when/number", "is: known"),
    ("when: {number", "when: {order", ":13:23: /tables/0/commands/0/when/order", "not a declared column"),
    ('{title: "No $number"', '{name: "No $number"', ":14:24: /tables/0/commands/0/values/name", "no field name"),
    ("ref: pipeline, key: [key, sales]", "ref: funnel, key: [a]", ":14:58", "no kind of thing funnel"),
    ("key: [key, sales]", "sort: sales", ":14:74", "unknown field"),
    ("of: [title]", "of: [amount]", ":17:18: /tables/0/commands/0/on_change/0/of/0", "amount is not one of"),
    ("zone: UTC", "zone: [UTC", ":3:9", "this is not YAML"),
]
MISTAKES_WITH_LINES: list[Mistake] = [
    ("sum($lines.net)", "sum($lines.product)", ":9:26: /tables/0/columns/total/calculate", "no number product of"),
    ("sum($lines.net)", "sum($items.net)", ":9:26: /tables/0/columns/total/calculate", "details items"),
    ("sum($lines.net)", "$lines * 2", ":9:26: /tables/0/columns/total/calculate", "$lines is no number"),
    ("sum($lines.net)", "$number * 2", ":9:26: /tables/0/columns/total/calculate", "takes numbers only"),
    ("sum($lines.net)", "sum($lines.net", ":9:26: /tables/0/columns/total/calculate", "a formula is of numbers"),
    (", type: amount}", ", type: text}", ":9:14: /tables/0/columns/total", "number, integer or amount"),
    ("$price * 2", "$net * 2", ":17:28: /tables/0/details/0/columns/net/calculate", "declared before"),
    ("decimals: 4", "decimals: 13", ":16:43: /tables/0/details/0/columns/price/decimals", "from 0 to 12"),
    ("{type: number, decimals: 4}", "{decimals: 4}", ":16:29: /tables", "only a number states them"),
    ("      total", "      lines: text\n      total", ":12:15: /tables/0/details/0/name", "lines is a column already"),
    ("of: {number: $number}", "of: {order: $number}", ":18:21: /tables/0/details/0/of/order", "no declared column"),
    ("of: {number: $number}", "of: {number: $total}", ":18:22: /tables/0/details/0/of/number", "not a declared"),
    ("        of: {number: $number}\n", "", ":11:9: /tables/0/details/0", "which columns name the row"),
    ("row_id: $product", "row_id: fixed", ":19:17: /tables/0/details/0/row_id", "name the columns"),
    ("        row_id: $product\n", "", ":11:9: /tables/0/details/0/row_id", "name the columns"),
    ("{lines: {is: known}}", "{lines: many}", ":23:23: /tables/0/commands/0/when/lines", "of details only"),
    ("each: lines", "each: items", ":27:25: /tables/0/commands/0/values/lines/each", "no details items here"),
    ("each: lines, values", "each: lines, value", ":27:39: /tables", "unknown field"),
    ("id: $product}", "id: $item}", ":27:72: /tables", "$item is not a declared column"),
    ("title: $number", "title: $product", ":25:18: /tables/0/commands/0/values", "$product is not a declared"),
]


@pytest.mark.parametrize(
    ("good", "right", "wrong", "place", "reason"),
    [*((GOOD, *each) for each in MISTAKES), *((WITH_LINES, *each) for each in MISTAKES_WITH_LINES)],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, good: str, right: str, wrong: str, place: str, reason: str
) -> None:
    assert right in good

    with pytest.raises(MappingInvalid) as refused:
        _read(tmp_path, good.replace(right, wrong, 1))

    assert "mapping.yaml:" in str(refused.value)
    assert place in str(refused.value)
    assert reason in str(refused.value)


def test_words_that_yaml_takes_for_something_else_stay_text(tmp_path: Path) -> None:
    mapping = _read(tmp_path, GOOD.replace("{required: true}", "{aliases: {no: on, 2017-01-01: 1.50}}"))

    assert mapping.tables[0].layout.columns[0].rule.aliases == {"no": "on", "2017-01-01": "1.50"}


def test_a_mapping_that_multiplies_itself_by_aliases_is_refused(tmp_path: Path) -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8))

    with pytest.raises(MappingInvalid, match="at most 50000 values"):
        _read(tmp_path, f"a0: &a0 [x]\n{levels}\n")
