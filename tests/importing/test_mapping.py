"""Mistakes in a mapping are found before a row is read, each with its line and column."""

from pathlib import Path

import pytest

from salesapi.domain.catalogue import Catalogue
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


def _read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    read_mapping(file, Catalogue())


def test_the_example_and_a_small_mapping_are_good(tmp_path: Path) -> None:
    read_mapping(EXAMPLE, Catalogue())
    _read(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("right", "wrong", "place", "reason"),
    [
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
        ("{is: known}", "{is: there}", ":13:24: /tables/0/commands/0/when/number", "is: known"),
        ("when: {number", "when: {order", ":13:23: /tables/0/commands/0/when/order", "not a declared column"),
        ('{title: "No $number"', '{name: "No $number"', ":14:24: /tables/0/commands/0/values/name", "no field name"),
        ("ref: pipeline, key: [key, sales]", "ref: funnel, key: [a]", ":14:58", "no kind of thing funnel"),
        ("key: [key, sales]", "sort: sales", ":14:74", "unknown field"),
        ("of: [title]", "of: [amount]", ":17:18: /tables/0/commands/0/on_change/0/of/0", "amount is not one of"),
        ("zone: UTC", "zone: [UTC", ":3:9", "this is not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, right: str, wrong: str, place: str, reason: str) -> None:
    assert right in GOOD

    with pytest.raises(MappingInvalid) as refused:
        _read(tmp_path, GOOD.replace(right, wrong, 1))

    assert "mapping.yaml:" in str(refused.value)
    assert place in str(refused.value)
    assert reason in str(refused.value)


def test_words_that_yaml_takes_for_something_else_stay_text(tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    text = GOOD.replace("{required: true}", "{aliases: {no: on, 2017-01-01: 1.50}}")
    file.write_text(text, encoding="utf-8")

    mapping = read_mapping(file, Catalogue())

    assert mapping.tables[0].columns[0].rule.aliases == {"no": "on", "2017-01-01": "1.50"}


def test_a_mapping_that_multiplies_itself_by_aliases_is_refused(tmp_path: Path) -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8))

    with pytest.raises(MappingInvalid, match="at most 50000 values"):
        _read(tmp_path, f"a0: &a0 [x]\n{levels}\n")
