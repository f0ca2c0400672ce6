"""The codec: what is stored of an event, and what is read back. Instants are fixed, keys are in memory."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.database.text import TextRefused
from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import BusinessTime, Kind, Recorded, record
from salesapi.eventlog.codec import Codec, EventMeta, EventUnreadable, UnknownEventType, decode_meta, encode_meta
from tests.eventlog import codec_examples as examples
from tests.privacy.memory_keys import MemoryKeys


async def test_an_event_is_read_back_as_it_was_written() -> None:
    codec = Codec(examples.TYPES, MemoryKeys())
    occurred = BusinessTime(on=date(2026, 3, 31), zone="Asia/Shanghai")

    (new,) = await codec.encode([(examples.STREAM, 3, examples.ORDER, occurred, examples.META)])
    (decoded,) = await codec.decode([examples.stored(new, version=3)])

    assert decoded.event == examples.ORDER
    assert decoded.recorded == Recorded(
        position=7,
        version=3,
        stream_id=examples.STREAM.id,
        occurred=occurred,
        type="order.taken",
        recorded_at=examples.RECORDED_AT,
        actor_id=examples.ACTOR,
    )
    assert (new.type, new.schema, new.occurred) == ("order.taken", 1, occurred)
    assert json.loads(new.payload)["rate_percent"] == "1.50"


async def test_the_same_event_has_the_same_bytes_in_every_process() -> None:
    new = await examples.encode_one(Codec(examples.TYPES, None), examples.ORDER)

    assert new.payload == (
        '{"title":"Pumps","amount_minor":9007199254740991,"rate_percent":"1.50",'
        '"customer_id":"0190a000-0000-7000-8000-00000000000b","due_on":"2026-02-28","signed_at":"2026-02-01T09:30:00+08:00",'
        '"channel":"phone","direction":"out","lines":[{"product":"pump","quantity":"2.500"},'
        '{"product":"valve","quantity":"1"}],"first_line":{"product":"pump","quantity":"2.500"},"tags":["a","b"],"note":null}'
    )


ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
LINES = st.builds(examples.Line, product=ANY_TEXT, quantity=st.decimals(allow_nan=False, allow_infinity=False))
ORDERS = st.builds(
    examples.OrderTaken,
    title=ANY_TEXT,
    amount_minor=st.integers(-(2**53), 2**53),
    rate_percent=st.decimals(allow_nan=False, allow_infinity=False),
    customer_id=st.uuids(),
    due_on=st.dates(),
    signed_at=st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=ZONES),
    channel=st.sampled_from(examples.Channel),
    direction=st.sampled_from(("in", "out")),
    lines=st.lists(LINES, max_size=3).map(tuple),
    first_line=st.none() | LINES,
    tags=st.frozensets(ANY_TEXT, max_size=3),
    note=st.none() | ANY_TEXT,
)


@given(orders=st.lists(ORDERS, max_size=5))
async def test_every_kind_of_value_round_trips(orders: list[examples.OrderTaken]) -> None:
    codec = Codec(examples.TYPES, None)

    new = await codec.encode([(examples.STREAM, 1, order, None, examples.META) for order in orders])
    decoded = await codec.decode([examples.stored(each) for each in new])

    assert [each.event for each in decoded] == orders
    assert await codec.encode([(examples.STREAM, 1, each.event, None, examples.META) for each in decoded]) == new


async def test_unknown_fields_are_ignored_on_reading() -> None:
    codec = Codec(examples.TYPES, MemoryKeys())
    new = await examples.encode_one(codec, examples.LEAD)
    row = examples.stored(replace(new, payload=new.payload[:-1] + ',"later":{"x":[1]}}'))

    (decoded,) = await codec.decode([row])

    assert decoded.event == examples.LEAD
    assert decoded.stored.payload == row.payload


@pytest.mark.parametrize(("type", "schema"), [("order.lost", 1), ("order.taken", 2), ("order.taken", 0)])
async def test_an_event_that_this_program_does_not_know_stops_the_reader(type: str, schema: int) -> None:
    with pytest.raises(UnknownEventType, match=f"event type {type} schema {schema} at position 7"):
        await examples.decode_one(Codec(examples.TYPES, None), examples.stored_text("{}", type=type, schema=schema))


@pytest.mark.parametrize("payload", ["{}", "[]", "{", '{"title":1}'])
async def test_a_payload_that_is_not_of_its_type_stops_the_reader(payload: str) -> None:
    with pytest.raises(EventUnreadable, match="at position 7"):
        await examples.decode_one(Codec(examples.TYPES, None), examples.stored_text(payload))


async def test_a_meta_without_its_actor_stops_the_reader() -> None:
    codec = Codec(examples.TYPES, None)
    new = await examples.encode_one(codec, examples.ORDER)

    with pytest.raises(EventUnreadable, match=r"at position 7 cannot be read: meta: .*actor_id"):
        await examples.decode_one(codec, examples.stored(replace(new, meta="{}")))


@pytest.mark.parametrize(
    ("event", "pointer"),
    [
        (replace(examples.ORDER, title="a\x00b"), "/title"),
        (replace(examples.ORDER, note="a\ud800b"), "/note"),
        (replace(examples.ORDER, lines=(examples.Line(product="\udfff", quantity=Decimal(1)),)), "/lines/0/product"),
        (replace(examples.LEAD, company="\x00"), "/company"),
        (replace(examples.LEAD, remarks=("fine", "\ud83d")), "/remarks/1"),
    ],
)
async def test_text_that_cannot_be_stored_is_refused_with_its_place(event: object, pointer: str) -> None:
    with pytest.raises(TextRefused) as refused:
        await examples.encode_one(Codec(examples.TYPES, MemoryKeys()), event)

    assert refused.value.pointer == pointer
    assert (refused.value.code, refused.value.kind) == ("text.refused", Kind.MALFORMED)


async def test_a_written_backslash_and_paired_surrogates_are_stored() -> None:
    codec = Codec(examples.TYPES, MemoryKeys())
    order = replace(examples.ORDER, title="\\u0000 and \\ud800", note="\U0001f600")

    assert await examples.decode_one(codec, examples.stored(await examples.encode_one(codec, order))) == order


def test_a_name_or_a_class_declared_twice_is_found_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match=r"order\.taken \(LeadCaptured\) is declared twice"):
        Codec([examples.TYPES[0], EventType(name="order.taken", event=examples.LeadCaptured)], None)
    with pytest.raises(ValueError, match=r"order\.taken_too \(OrderTaken\) is declared twice"):
        Codec([examples.TYPES[0], EventType(name="order.taken_too", event=examples.OrderTaken)], None)


def test_an_event_class_that_cannot_be_read_back_is_found_when_the_program_starts() -> None:
    @record
    class Either:
        one: examples.Line | examples.Contact

    with pytest.raises(TypeError, match=r"event type either\.made cannot be stored"):
        Codec([EventType(name="either.made", event=Either)], None)


def test_meta_keeps_only_what_is_known() -> None:
    meta = EventMeta(
        actor_id=examples.ACTOR, principal_kind="policy", command="AssignLead", origin="policy:assignment", causation=41
    )

    text = encode_meta(meta)

    assert text == (
        f'{{"actor_id":"{examples.ACTOR}","principal_kind":"policy","command":"AssignLead","origin":"policy:assignment","causation":41}}'
    )
    assert decode_meta(text) == meta
    assert decode_meta(text[:-1] + ',"later":1}') == meta
    with pytest.raises(TextRefused) as refused:
        encode_meta(EventMeta(actor_id=examples.ACTOR, principal_kind="member", command="X", idempotency_key="\x00"))
    assert refused.value.pointer == "/idempotency_key"
