"""A promise is kept or told by name: the columns of a read model's version, and the schemas of released events."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from salesapi.cli.compatibility import (
    READ_MODELS,
    RELEASED,
    broken_promises,
    read_models,
    released_now,
    schema_digest,
    with_kept,
)
from salesapi.cli.contracts import write_or_compare
from salesapi.domain.shared.kernel import record
from salesapi.projections.projection import Projection
from tests.projections.examples import DEALS

Files = dict[str, str]


@record
class OrderRow:
    order_id: UUID
    title: str
    amount_minor: int | None


@record
class OrderRowWithDay(OrderRow):
    ordered_on: date


@record
class OrderRowNeverEmpty(OrderRow):
    amount_minor: int


@record
class OrderRowTitleLast:
    order_id: UUID
    amount_minor: int | None
    title: str


ORDERS: Final = replace(
    DEALS, name="orders", version=3, row=OrderRow, key=("order_id",), group=("order_id",), indexes=()
)


def stored(projection: Projection) -> Files:
    return {READ_MODELS: json.dumps(read_models([projection]))}


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        (replace(ORDERS, row=OrderRowWithDay), "got `ordered_on date not null`"),
        (replace(ORDERS, row=OrderRowNeverEmpty), "lost `amount_minor bigint`; got `amount_minor bigint not null`"),
        (replace(ORDERS, row=OrderRowTitleLast), "its columns stand in another order"),
        (replace(ORDERS, key=("order_id", "title")), "lost `key order_id`; got `key order_id, title`"),
    ],
    ids=["a further column", "another type", "another order", "another key"],
)
def test_a_read_model_that_is_changed_under_its_version_is_told_by_name(changed: Projection, difference: str) -> None:
    (told,) = broken_promises(files=stored(changed), committed=stored(ORDERS))
    assert told.startswith(f"read model orders: {difference}, and its version is still 3: set version=4 ")


def test_a_read_model_may_change_with_a_new_version() -> None:
    assert (
        broken_promises(files=stored(replace(ORDERS, row=OrderRowWithDay, version=4)), committed=stored(ORDERS)) == []
    )


def test_a_read_model_does_not_go_back_to_a_version_of_before() -> None:
    told = broken_promises(files=stored(replace(ORDERS, version=2)), committed=stored(ORDERS))
    assert told == ["read model orders: its version went back from 3 to 2"]


@pytest.mark.parametrize("committed", [{}, stored(ORDERS)], ids=["new", "unchanged"])
def test_a_read_model_that_is_new_or_as_it_was_breaks_nothing(committed: Files) -> None:
    assert broken_promises(files=stored(ORDERS), committed=committed) == []


@record
class Shipped:
    """An order left the house."""

    order_id: UUID
    on: date


@record
class ShippedToWhom(Shipped):
    customer_id: UUID | None = None


def promised(event: type, version: int = 1, name: str = "order.shipped") -> Files:
    return {READ_MODELS: "{}", f"events/{name}.v{version}.json": json.dumps(TypeAdapter(event).json_schema())}


def released(files: Files, since: str = "1.0.0", before: Files | None = None) -> Files:
    return {**files, RELEASED: json.dumps(released_now(since, files=files, committed=before or {}))}


def test_an_event_may_change_until_it_is_released() -> None:
    assert broken_promises(files=promised(ShippedToWhom), committed={**promised(Shipped), RELEASED: "{}"}) == []


def test_a_released_event_that_is_changed_is_told_by_name() -> None:
    (told,) = broken_promises(files=promised(ShippedToWhom), committed=released(promised(Shipped)))
    assert told.startswith("event order.shipped.v1: released in 1.0.0, and its schema changed")


def test_a_released_event_changes_by_a_new_version_and_the_old_schema_stays() -> None:
    committed = released(promised(Shipped))
    made = promised(ShippedToWhom, 2)

    assert broken_promises(files=made, committed=committed) == []
    assert with_kept(files=made, committed=committed) == {**committed, **made}


def test_a_released_schema_that_is_edited_or_lost_is_told_though_a_newer_one_is_there() -> None:
    before = released(promised(Shipped))
    made = promised(ShippedToWhom, 2)
    edited = {**before, **promised(ShippedToWhom)}
    lost = {path: text for path, text in before.items() if path != "events/order.shipped.v1.json"}

    assert [told.partition(", and ")[2][:18] for told in broken_promises(files=made, committed=edited)] == [
        "its schema changed"
    ]
    assert [told.partition(", and ")[2][:18] for told in broken_promises(files=made, committed=lost)] == [
        "its schema is gone"
    ]


@pytest.mark.parametrize("made", [{READ_MODELS: "{}"}, promised(Shipped)], ids=["no version", "an older version"])
def test_a_released_event_that_no_class_reads_is_told_by_name(made: Files) -> None:
    (told,) = broken_promises(files=made, committed=released(promised(Shipped, 2)))
    assert told.startswith("event order.shipped.v2: released in 1.0.0, and no class reads it any more")


def test_a_release_promises_what_is_new_and_leaves_what_was_promised() -> None:
    first = released(promised(Shipped))
    second = released(promised(ShippedToWhom, 2), since="1.1.0", before=first)
    promises = json.loads(second[RELEASED])

    assert {event: promise["since"] for event, promise in promises.items()} == {
        "order.shipped.v1": "1.0.0",
        "order.shipped.v2": "1.1.0",
    }
    assert promises["order.shipped.v1"] == json.loads(first[RELEASED])["order.shipped.v1"]


SHIPMENT: Final = {
    "$defs": {
        "Part": {"title": "Part", "properties": {"title": {"type": "string"}, "parts": {"$ref": "#/$defs/Part"}}},
    },
    "description": "An order left the house.",
    "properties": {"part": {"$ref": "#/$defs/Part", "description": "What left."}, "on": {"type": "string"}},
    "required": ["part", "on"],
}


def changed(**members: object) -> str:
    return json.dumps({**SHIPMENT, **members})


@pytest.mark.parametrize(
    "same",
    [
        changed(description="It went away."),
        changed(required=["on", "part"]),
        changed().replace("Part", "Piece"),
    ],
    ids=["its words", "its order", "a class's name"],
)
def test_what_says_nothing_about_a_payload_may_change(same: str) -> None:
    assert same != changed()
    assert schema_digest(same) == schema_digest(changed())


@pytest.mark.parametrize(
    "other",
    [
        changed(required=["on"]),
        changed(properties={}),
        changed().replace('"title": {', '"name": {'),
        changed().replace('"parts"', '"pieces"'),
        changed(**{"x-sealed-fields": ["on"]}),
    ],
    ids=["what is required", "no field", "a field's name", "a field inside", "what is sealed"],
)
def test_what_is_demanded_of_a_payload_is_a_change(other: str) -> None:
    assert schema_digest(other) != schema_digest(changed())


def test_nothing_is_written_while_a_promise_is_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write_or_compare(stored(ORDERS), tmp_path, check=False) == 0
    before = (tmp_path / READ_MODELS).read_text()
    capsys.readouterr()

    assert write_or_compare(stored(replace(ORDERS, row=OrderRowWithDay)), tmp_path, check=False) == 1
    assert "read model orders: got `ordered_on date not null`" in capsys.readouterr().out
    assert (tmp_path / READ_MODELS).read_text() == before


def test_a_check_tells_a_broken_promise_and_a_file_that_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_or_compare(stored(ORDERS), tmp_path, check=False)
    capsys.readouterr()

    assert write_or_compare(stored(ORDERS), tmp_path, check=True) == 0
    assert write_or_compare({**stored(replace(ORDERS, row=OrderRowWithDay)), "names.md": ""}, tmp_path, check=True) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "read model orders",
        "openapi/names.md differs from the code",
        "openapi/read-models.json differs from the code",
    ]


def test_a_release_is_written_once_and_kept_by_what_is_written_later(tmp_path: Path) -> None:
    write_or_compare(promised(Shipped), tmp_path, check=False, is_release=True)
    write_or_compare(promised(ShippedToWhom, 2), tmp_path, check=False)

    assert set(json.loads((tmp_path / RELEASED).read_text())) == {"order.shipped.v1"}
    assert sorted(file.name for file in (tmp_path / "events").iterdir()) == [
        "order.shipped.v1.json",
        "order.shipped.v2.json",
    ]
    assert write_or_compare(promised(ShippedToWhom, 2), tmp_path, check=True) == 0
