"""The leaf encoding: fixed bytes, different ones for different rows, and a form that can be read back in one way only."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import combinations
from uuid import UUID

import pytest

from salesapi.audit.leaf import PREFIX, StoredRow, leaf_bytes, utc_text

ROW = StoredRow(
    position=42,
    stream_kind="deal",
    stream_id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    version=3,
    type="deal.won",
    schema=1,
    occurred_at=datetime(2026, 3, 31, 22, 0, tzinfo=UTC),
    occurred_on=None,
    occurred_zone="Europe/Berlin",
    recorded_at=datetime(2026, 4, 1, 6, 30, 0, 5, tzinfo=UTC),
    payload='{"amount_minor": 120000}',
    meta="{}",
)


def test_the_leaf_bytes_of_a_stored_event_never_change() -> None:
    assert leaf_bytes(ROW) == (
        b"salesapi leaf 1\n"
        b"\x01\x00\x00\x00\x0242"
        b"\x01\x00\x00\x00\x04deal"
        b"\x01\x00\x00\x00\x2401890a5d-ac96-774b-bcce-b302099a8057"
        b"\x01\x00\x00\x00\x013"
        b"\x01\x00\x00\x00\x08deal.won"
        b"\x01\x00\x00\x00\x011"
        b"\x01\x00\x00\x00\x1b2026-03-31T22:00:00.000000Z"
        b"\x00"
        b"\x01\x00\x00\x00\x0dEurope/Berlin"
        b"\x01\x00\x00\x00\x1b2026-04-01T06:30:00.000005Z"
        b'\x01\x00\x00\x00\x18{"amount_minor": 120000}'
        b"\x01\x00\x00\x00\x02{}"
    )


def decoded_fields(encoded: bytes) -> tuple[str | None, ...]:
    """Read leaf bytes back by the documented form alone; what can be read back in one way only is injective."""
    assert encoded.startswith(PREFIX)
    values, place = list[str | None](), len(PREFIX)
    while place < len(encoded):
        if encoded[place] == 0:
            values.append(None)
            place += 1
            continue
        assert encoded[place] == 1
        end = place + 5 + int.from_bytes(encoded[place + 1 : place + 5], "big")
        values.append(encoded[place + 5 : end].decode())
        place = end
    assert place == len(encoded)
    return tuple(values)


def neighbours() -> tuple[StoredRow, ...]:
    """Rows that differ by a moved boundary, NULL against empty, or one character."""
    day, instant = date(2026, 3, 31), datetime(2026, 3, 31, tzinfo=UTC)
    return (
        ROW,
        replace(ROW, position=4, stream_kind="2deal"),
        replace(ROW, position=423, version=3),
        replace(ROW, version=31, schema=1),
        replace(ROW, version=3, schema=11),
        replace(ROW, stream_kind="dea", type="ldeal.won"),
        replace(ROW, occurred_at=None, occurred_on=None, occurred_zone=None),
        replace(ROW, occurred_at=None, occurred_on=None, occurred_zone=""),
        replace(ROW, occurred_at=None, occurred_on=day, occurred_zone=None),
        replace(ROW, occurred_at=None, occurred_on=None, occurred_zone="2026-03-31"),
        replace(ROW, occurred_at=instant, occurred_on=None, occurred_zone=None),
        replace(ROW, occurred_at=None, occurred_on=None, occurred_zone=utc_text(instant)),
        replace(ROW, occurred_at=ROW.recorded_at, recorded_at=datetime(2026, 3, 31, 22, 0, tzinfo=UTC)),
        replace(ROW, recorded_at=ROW.recorded_at + timedelta(microseconds=1)),
        replace(ROW, payload='{"amount_minor":120000}'),
        replace(ROW, payload='{"amount_minor": 120000}{}', meta=""),
        replace(ROW, payload="", meta='{"amount_minor": 120000}{}'),
        replace(ROW, payload="{}", meta='{"amount_minor": 120000}'),
        replace(ROW, payload='{"amount_minor": 120000}\x01\x00\x00\x00\x02{}', meta=""),
        replace(ROW, payload='"é"'),
        replace(ROW, payload='"e\u0301"'),
        replace(ROW, payload='"\\u00e9"'),
    )


def test_no_two_different_rows_share_their_leaf_bytes() -> None:
    for one, other in combinations(neighbours(), 2):
        assert leaf_bytes(one) != leaf_bytes(other), (one, other)


def test_leaf_bytes_can_be_read_back_field_by_field_in_the_order_of_the_row() -> None:
    for row in neighbours():
        expected = []
        for field in fields(row):
            value = getattr(row, field.name)
            expected.append(utc_text(value) if isinstance(value, datetime) else None if value is None else str(value))
        assert decoded_fields(leaf_bytes(row)) == tuple(expected)


def test_an_instant_is_evidence_in_utc_whatever_zone_it_was_read_in() -> None:
    in_berlin = datetime(2026, 4, 1, 0, 0, tzinfo=timezone(timedelta(hours=2)))
    assert leaf_bytes(replace(ROW, occurred_at=in_berlin)) == leaf_bytes(ROW)
    assert utc_text(datetime(33, 1, 2, tzinfo=UTC)) == "0033-01-02T00:00:00.000000Z"


def test_an_instant_without_zone_is_refused_rather_than_read_in_the_zone_of_the_machine() -> None:
    with pytest.raises(ValueError, match="2026-03-31T22:00:00 has no zone"):
        leaf_bytes(replace(ROW, recorded_at=datetime(2026, 3, 31, 22, 0)))
