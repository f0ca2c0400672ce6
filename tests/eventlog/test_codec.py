"""The codec: what is stored of an event, and what is read back. Instants are fixed, keys are in memory."""

import base64
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import pytest
from annotated_types import Gt, MaxLen, MinLen
from hypothesis import given
from hypothesis import strategies as st

from salesapi.database.text import TextRefused
from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    BusinessTime,
    FieldInvalid,
    Kind,
    Personal,
    Recorded,
    StreamRef,
    Title,
    record,
)
from salesapi.eventlog.codec import (
    Codec,
    EventMeta,
    EventUnreadable,
    UnknownEventType,
    Upcast,
    decode_meta,
    encode_meta,
)
from salesapi.eventlog.recorder import NewEvent, StoredEvent
from salesapi.privacy.field_encryption import ERASED, SealBroken
from salesapi.privacy.keys import MemoryKeys, SubjectKey

STREAM = StreamRef("lead", UUID("0190a000-0000-7000-8000-000000000001"))
OTHER_STREAM = StreamRef("lead", UUID("0190a000-0000-7000-8000-000000000002"))
ACTOR = UUID("0190a000-0000-7000-8000-00000000000a")
PERSON = UUID("0190a000-0000-7000-8000-00000000000b")
RECORDED_AT = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
CANARY = "Canary Wren 7f3a"
META = EventMeta(actor_id=ACTOR, principal_kind="member", command="CaptureLead")


class Channel(StrEnum):
    MAIL = "mail"
    PHONE = "phone"


@record
class Line:
    product: Annotated[str, MinLen(1), About("The product.")]
    quantity: Annotated[Decimal, Gt(0)]


@record
class OrderTaken:
    title: Annotated[Title, About("The title.")]
    amount_minor: AmountMinor
    rate_percent: Decimal
    customer_id: UUID
    due_on: date
    signed_at: datetime
    channel: Channel
    direction: Literal["in", "out"]
    lines: tuple[Line, ...]
    first_line: Line | None = None
    tags: frozenset[str] = frozenset()
    note: str | None = None


@record
class Contact:
    name: Annotated[str, MinLen(1), MaxLen(200), Personal("person_id"), About("The name.")]
    role: str
    person_id: UUID | None = None
    phone: Annotated[str | None, Personal("person_id")] = None


@record
class LeadCaptured:
    company: Annotated[str, Personal()]
    source: str
    contact: Contact | None = None
    others: tuple[Contact, ...] = ()
    email: Annotated[str, Personal("person")] | None = None
    address: Annotated[tuple[str, ...] | None, Personal()] = None
    remarks: tuple[Annotated[str, Personal()], ...] = ()
    person: UUID | None = None


TYPES = (
    EventType(name="order.taken", event=OrderTaken),
    EventType(name="lead.captured", event=LeadCaptured),
)
ORDER = OrderTaken(
    title="Pumps",
    amount_minor=2**53 - 1,
    rate_percent=Decimal("1.50"),
    customer_id=PERSON,
    due_on=date(2026, 2, 28),
    signed_at=datetime(2026, 2, 1, 9, 30, tzinfo=timezone(timedelta(hours=8))),
    channel=Channel.PHONE,
    direction="out",
    lines=(Line(product="pump", quantity=Decimal("2.500")), Line(product="valve", quantity=Decimal(1))),
    first_line=Line(product="pump", quantity=Decimal("2.500")),
    tags=frozenset({"b", "a"}),
)
LEAD = LeadCaptured(
    company=f"{CANARY} company",
    source="fair",
    contact=Contact(name=f"{CANARY} contact", role="buyer", person_id=PERSON, phone=f"{CANARY} phone"),
    others=(Contact(name=f"{CANARY} first", role="user"), Contact(name=f"{CANARY} second", role="user")),
    email=f"{CANARY} e-mail",
    address=(f"{CANARY} street", f"{CANARY} town"),
    remarks=(f"{CANARY} remark",),
    person=PERSON,
)


class CountingKeys:
    """Keys in memory that count look-ups."""

    def __init__(self) -> None:
        self.memory = MemoryKeys()
        self.openings = 0

    async def for_sealing(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey]:
        return await self.memory.for_sealing(subjects)

    async def for_opening(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey | None]:
        self.openings += 1
        return await self.memory.for_opening(subjects)


def stored(new: NewEvent, *, version: int = 1, position: int = 7, stream: StreamRef = STREAM) -> StoredEvent:
    return StoredEvent(
        position=position,
        stream=stream,
        version=version,
        type=new.type,
        schema=new.schema,
        payload=new.payload,
        meta=new.meta,
        occurred=new.occurred,
        recorded_at=RECORDED_AT,
    )


def stored_text(payload: str, *, type: str = "order.taken", schema: int = 1) -> StoredEvent:
    return stored(NewEvent(type=type, schema=schema, payload=payload, meta=encode_meta(META), occurred=None))


async def encode_one(codec: Codec, event: object, *, version: int = 1) -> NewEvent:
    (new,) = await codec.encode([(STREAM, version, event, None, META)])
    return new


async def decode_one(codec: Codec, row: StoredEvent) -> object:
    (decoded,) = await codec.decode([row])
    return decoded.event


async def test_an_event_is_read_back_as_it_was_written() -> None:
    codec = Codec(TYPES, MemoryKeys())
    occurred = BusinessTime(on=date(2026, 3, 31), zone="Asia/Shanghai")

    (new,) = await codec.encode([(STREAM, 3, ORDER, occurred, META)])
    (decoded,) = await codec.decode([stored(new, version=3)])

    assert decoded.event == ORDER
    assert decoded.recorded == Recorded(
        position=7,
        version=3,
        stream_id=STREAM.id,
        occurred=occurred,
        type="order.taken",
        recorded_at=RECORDED_AT,
        actor_id=ACTOR,
    )
    assert (new.type, new.schema, new.occurred) == ("order.taken", 1, occurred)
    assert json.loads(new.payload)["rate_percent"] == "1.50"


async def test_the_same_event_has_the_same_bytes_in_every_process() -> None:
    new = await encode_one(Codec(TYPES, None), ORDER)

    assert new.payload == (
        '{"title":"Pumps","amount_minor":9007199254740991,"rate_percent":"1.50",'
        '"customer_id":"0190a000-0000-7000-8000-00000000000b","due_on":"2026-02-28","signed_at":"2026-02-01T09:30:00+08:00",'
        '"channel":"phone","direction":"out","lines":[{"product":"pump","quantity":"2.500"},'
        '{"product":"valve","quantity":"1"}],"first_line":{"product":"pump","quantity":"2.500"},"tags":["a","b"],"note":null}'
    )


ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
LINES = st.builds(Line, product=ANY_TEXT, quantity=st.decimals(allow_nan=False, allow_infinity=False))
ORDERS = st.builds(
    OrderTaken,
    title=ANY_TEXT,
    amount_minor=st.integers(-(2**53), 2**53),
    rate_percent=st.decimals(allow_nan=False, allow_infinity=False),
    customer_id=st.uuids(),
    due_on=st.dates(),
    signed_at=st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=ZONES),
    channel=st.sampled_from(Channel),
    direction=st.sampled_from(("in", "out")),
    lines=st.lists(LINES, max_size=3).map(tuple),
    first_line=st.none() | LINES,
    tags=st.frozensets(ANY_TEXT, max_size=3),
    note=st.none() | ANY_TEXT,
)


@given(orders=st.lists(ORDERS, max_size=5))
async def test_every_kind_of_value_round_trips(orders: list[OrderTaken]) -> None:
    codec = Codec(TYPES, None)

    new = await codec.encode([(STREAM, 1, order, None, META) for order in orders])
    decoded = await codec.decode([stored(each) for each in new])

    assert [each.event for each in decoded] == orders
    assert await codec.encode([(STREAM, 1, each.event, None, META) for each in decoded]) == new


async def test_a_personal_value_never_stands_in_the_stored_text() -> None:
    new = await encode_one(Codec(TYPES, MemoryKeys()), LEAD)

    assert CANARY not in new.payload + new.meta
    assert base64.b64encode(CANARY.encode()).decode().rstrip("=") not in new.payload
    assert json.loads(new.payload)["source"] == "fair"


async def test_whoever_has_the_keys_reads_personal_values() -> None:
    codec = Codec(TYPES, MemoryKeys())

    new = await encode_one(codec, LEAD)

    assert await decode_one(codec, stored(new)) == LEAD


async def test_each_personal_value_is_sealed_for_its_own_subject() -> None:
    payload = json.loads((await encode_one(Codec(TYPES, MemoryKeys()), LEAD)).payload)

    assert payload["company"]["$enc"]["s"] == str(STREAM.id)
    assert payload["contact"]["name"]["$enc"]["s"] == str(PERSON)
    assert payload["email"]["$enc"]["s"] == str(PERSON)
    assert payload["others"][0]["name"]["$enc"]["s"] == str(STREAM.id)  # person unknown: the stream answers
    assert payload["others"][0]["phone"] is None
    assert payload["remarks"][0]["$enc"]["s"] == str(STREAM.id)


async def test_a_destroyed_key_leaves_the_rest_of_the_event_readable() -> None:
    keys = MemoryKeys()
    codec = Codec(TYPES, keys)
    new = await encode_one(codec, LEAD)

    keys.destroy(PERSON)

    event = await decode_one(codec, stored(new))
    assert LEAD.contact is not None
    assert event == replace(LEAD, contact=replace(LEAD.contact, name=ERASED, phone=None), email=None)


async def test_values_sealed_before_an_erasure_stay_erased_when_the_subject_gets_a_new_key() -> None:
    keys = MemoryKeys()
    codec = Codec(TYPES, keys)
    lead = LeadCaptured(company=CANARY, source="fair")
    before = await encode_one(codec, lead)
    keys.destroy(STREAM.id)

    after = await encode_one(codec, lead, version=2)

    assert await decode_one(codec, stored(before)) == replace(lead, company=ERASED)
    assert await decode_one(codec, stored(after, version=2)) == lead


@pytest.mark.parametrize("version", [1, 2])
async def test_a_reader_without_keys_sees_erased_values_only(version: int) -> None:
    keys = CountingKeys()
    new = await encode_one(Codec(TYPES, keys), LEAD)
    row = stored(new, version=version)  # moved or not: nothing is opened
    expected = LeadCaptured(
        company=ERASED,
        source="fair",
        contact=Contact(name=ERASED, role="buyer", person_id=PERSON),
        others=(Contact(name=ERASED, role="user"), Contact(name=ERASED, role="user")),
        remarks=(ERASED,),
        person=PERSON,
    )

    assert [each.event for each in Codec(TYPES, None).decode_unopened([row])] == [expected]
    assert [each.event for each in await Codec(TYPES, keys).decode([row], open_personal=False)] == [expected]
    assert keys.openings == 0


async def test_a_page_needs_one_look_up_of_keys() -> None:
    keys = CountingKeys()
    codec = Codec(TYPES, keys)
    new = await codec.encode([(STREAM, version, LEAD, None, META) for version in (1, 2, 3)])

    decoded = await codec.decode([stored(each, version=version) for version, each in enumerate(new, start=1)])

    assert [each.event for each in decoded] == [LEAD, LEAD, LEAD]
    assert keys.openings == 1


async def test_an_event_without_personal_values_needs_no_key() -> None:
    codec = Codec(TYPES, None)

    new = await encode_one(codec, ORDER)

    assert await decode_one(codec, stored(new)) == ORDER


async def test_a_codec_without_keys_neither_stores_nor_opens_personal_values() -> None:
    new = await encode_one(Codec(TYPES, MemoryKeys()), LEAD)

    with pytest.raises(RuntimeError, match="without keys"):
        await encode_one(Codec(TYPES, None), LEAD)
    with pytest.raises(RuntimeError, match="without keys"):
        await decode_one(Codec(TYPES, None), stored(new))


async def test_a_sealed_value_moved_to_another_field_is_refused() -> None:
    codec = Codec(TYPES, MemoryKeys())
    new = await encode_one(codec, LEAD)
    payload = json.loads(new.payload)
    payload["company"], payload["remarks"][0] = payload["remarks"][0], payload["company"]

    with pytest.raises(SealBroken, match=r"/company|/remarks/0"):
        await decode_one(codec, stored(replace(new, payload=json.dumps(payload, separators=(",", ":")))))


async def test_a_sealed_value_moved_to_another_version_is_refused() -> None:
    codec = Codec(TYPES, MemoryKeys())
    new = await encode_one(codec, LEAD, version=1)

    with pytest.raises(SealBroken, match="version 2"):
        await decode_one(codec, stored(new, version=2))


async def test_a_sealed_value_moved_to_another_stream_is_refused() -> None:
    codec = Codec(TYPES, MemoryKeys())
    new = await encode_one(codec, LEAD)

    with pytest.raises(SealBroken, match=str(OTHER_STREAM.id)):
        await decode_one(codec, stored(new, stream=OTHER_STREAM))


async def test_a_sealed_value_given_to_another_subject_is_refused() -> None:
    keys = MemoryKeys()
    codec = Codec(TYPES, keys)
    new = await encode_one(codec, LeadCaptured(company=CANARY, source="fair"))
    await keys.for_sealing([PERSON])

    with pytest.raises(SealBroken):
        await decode_one(codec, stored(replace(new, payload=new.payload.replace(str(STREAM.id), str(PERSON)))))


async def test_a_payload_may_not_bring_sealed_values_of_its_own() -> None:
    @record
    class Noted:
        values: dict[str, str]

    codec = Codec([EventType(name="note.noted", event=Noted)], None)

    with pytest.raises(FieldInvalid):
        await encode_one(codec, Noted(values={"$enc": "x"}))
    assert (await encode_one(codec, Noted(values={"a": '"$enc":'}))).payload == '{"values":{"a":"\\"$enc\\":"}}'


async def test_unknown_fields_are_ignored_on_reading() -> None:
    codec = Codec(TYPES, MemoryKeys())
    new = await encode_one(codec, LEAD)
    row = stored(replace(new, payload=new.payload[:-1] + ',"later":{"x":[1]}}'))

    (decoded,) = await codec.decode([row])

    assert decoded.event == LEAD
    assert decoded.stored.payload == row.payload


@pytest.mark.parametrize(("type", "schema"), [("order.lost", 1), ("order.taken", 2), ("order.taken", 0)])
async def test_an_event_that_this_program_does_not_know_stops_the_reader(type: str, schema: int) -> None:
    with pytest.raises(UnknownEventType, match=f"event type {type} schema {schema} at position 7"):
        await decode_one(Codec(TYPES, None), stored_text("{}", type=type, schema=schema))


@pytest.mark.parametrize("payload", ["{}", "[]", "{", '{"title":1}'])
async def test_a_payload_that_is_not_of_its_type_stops_the_reader(payload: str) -> None:
    with pytest.raises(EventUnreadable, match="at position 7"):
        await decode_one(Codec(TYPES, None), stored_text(payload))


async def test_an_earlier_payload_that_is_no_object_stops_the_reader() -> None:
    with pytest.raises(EventUnreadable, match="at position 7"):
        await decode_one(Codec([VALUED], None, UPCASTS), stored_text("[]", type="deal.valued"))


async def test_a_meta_without_its_actor_stops_the_reader() -> None:
    codec = Codec(TYPES, None)
    new = await encode_one(codec, ORDER)

    with pytest.raises(EventUnreadable, match=r"at position 7 cannot be read: meta: .*actor_id"):
        await decode_one(codec, stored(replace(new, meta="{}")))


@pytest.mark.parametrize(
    ("event", "pointer"),
    [
        (replace(ORDER, title="a\x00b"), "/title"),
        (replace(ORDER, note="a\ud800b"), "/note"),
        (replace(ORDER, lines=(Line(product="\udfff", quantity=Decimal(1)),)), "/lines/0/product"),
        (replace(LEAD, company="\x00"), "/company"),
        (replace(LEAD, remarks=("fine", "\ud83d")), "/remarks/1"),
    ],
)
async def test_text_that_cannot_be_stored_is_refused_with_its_place(event: object, pointer: str) -> None:
    with pytest.raises(TextRefused) as refused:
        await encode_one(Codec(TYPES, MemoryKeys()), event)

    assert refused.value.pointer == pointer
    assert (refused.value.code, refused.value.kind) == ("text.refused", Kind.MALFORMED)


async def test_a_written_backslash_and_paired_surrogates_are_stored() -> None:
    codec = Codec(TYPES, MemoryKeys())
    order = replace(ORDER, title="\\u0000 and \\ud800", note="\U0001f600")

    assert await decode_one(codec, stored(await encode_one(codec, order))) == order


@record
class DealValued:
    amount_minor: int
    currency: str
    note: Annotated[str | None, Personal()] = None


def _with_currency(tree: dict[str, object]) -> dict[str, object]:
    return {**tree, "currency": "EUR"}


def _with_minor_units(tree: dict[str, object]) -> dict[str, object]:
    return {
        "amount_minor": int(Decimal(str(tree["amount"])) * 100),
        "currency": tree["currency"],
        "note": tree.get("text"),
    }


VALUED = EventType(name="deal.valued", event=DealValued, schema=3)
UPCASTS = (
    Upcast(type="deal.valued", from_schema=2, apply=_with_minor_units),
    Upcast(type="deal.valued", from_schema=1, apply=_with_currency),
)


@pytest.mark.parametrize(
    ("schema", "payload", "currency"),
    [
        (1, '{"amount":"12.50"}', "EUR"),
        (2, '{"amount":"12.50","currency":"USD"}', "USD"),
        (3, '{"amount_minor":1250,"currency":"USD"}', "USD"),
    ],
)
async def test_an_event_of_any_earlier_schema_is_read_as_the_current_one(
    schema: int, payload: str, currency: str
) -> None:
    codec = Codec([VALUED], None, UPCASTS)
    row = stored_text(payload, type="deal.valued", schema=schema)

    (decoded,) = await codec.decode([row])

    assert decoded.event == DealValued(amount_minor=1250, currency=currency)
    assert decoded.stored is row
    assert row.payload == payload


async def test_a_personal_value_of_an_earlier_schema_is_opened_before_it_is_brought_up_to_date() -> None:
    @record
    class EarlierDealValued:
        amount: str
        currency: str
        text: Annotated[str | None, Personal()]

    keys = MemoryKeys()
    earlier = Codec([EventType(name="deal.valued", event=EarlierDealValued)], keys)
    new = await encode_one(earlier, EarlierDealValued(amount="1.00", currency="EUR", text=CANARY))
    row = stored(replace(new, schema=2))
    codec = Codec([VALUED], keys, UPCASTS)

    assert await decode_one(codec, row) == DealValued(amount_minor=100, currency="EUR", note=CANARY)
    keys.destroy(STREAM.id)
    assert await decode_one(codec, row) == DealValued(amount_minor=100, currency="EUR", note=None)


def test_a_gap_in_the_upcasts_is_found_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match=r"deal\.valued has schema 3, but upcasts from \[2\]"):
        Codec([VALUED], None, UPCASTS[:1])
    with pytest.raises(ValueError, match="two upcasts from schema 1"):
        Codec([VALUED], None, (*UPCASTS, Upcast(type="deal.valued", from_schema=1, apply=_with_currency)))
    with pytest.raises(ValueError, match=r"undeclared event types: deal\.valued"):
        Codec(TYPES, None, UPCASTS)


def test_a_name_or_a_class_declared_twice_is_found_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match=r"order\.taken \(LeadCaptured\) is declared twice"):
        Codec([TYPES[0], EventType(name="order.taken", event=LeadCaptured)], None)
    with pytest.raises(ValueError, match=r"order\.taken_too \(OrderTaken\) is declared twice"):
        Codec([TYPES[0], EventType(name="order.taken_too", event=OrderTaken)], None)


def test_names_and_classes_find_each_other() -> None:
    codec = Codec([*TYPES, VALUED], None, UPCASTS)

    assert codec.class_of("order.taken") is OrderTaken
    assert codec.name_of(LeadCaptured) == "lead.captured"
    assert codec.schema_of(DealValued) == 3
    with pytest.raises(KeyError):
        codec.class_of("order.lost")


def test_an_event_class_that_cannot_be_read_back_is_found_when_the_program_starts() -> None:
    @record
    class Either:
        one: Line | Contact

    with pytest.raises(TypeError, match=r"event type either\.made cannot be stored"):
        Codec([EventType(name="either.made", event=Either)], None)


def test_meta_keeps_only_what_is_known() -> None:
    meta = EventMeta(
        actor_id=ACTOR, principal_kind="policy", command="AssignLead", origin="policy:assignment", causation=41
    )

    text = encode_meta(meta)

    assert text == (
        f'{{"actor_id":"{ACTOR}","principal_kind":"policy","command":"AssignLead","origin":"policy:assignment","causation":41}}'
    )
    assert decode_meta(text) == meta
    assert decode_meta(text[:-1] + ',"later":1}') == meta
    with pytest.raises(TextRefused) as refused:
        encode_meta(EventMeta(actor_id=ACTOR, principal_kind="member", command="X", idempotency_key="\x00"))
    assert refused.value.pointer == "/idempotency_key"
