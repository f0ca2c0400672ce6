"""Personal values in the codec: sealed where they are stored, opened where they stand, erased without their key."""

import base64
import json
from dataclasses import replace

import pytest

from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import FieldInvalid, StreamRef, record
from salesapi.eventlog.codec import Codec
from salesapi.privacy.field_encryption import ERASED, SealBroken
from tests.eventlog.codec_examples import (
    CANARY,
    LEAD,
    META,
    OTHER_STREAM,
    PERSON,
    STREAM,
    TYPES,
    Contact,
    CountingKeys,
    LeadCaptured,
    decode_one,
    encode_one,
    stored,
)
from tests.privacy.memory_keys import MemoryKeys


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


@pytest.mark.parametrize(
    ("version", "stream", "told"), [(2, STREAM, "version 2"), (1, OTHER_STREAM, str(OTHER_STREAM.id))]
)
async def test_a_sealed_value_moved_to_another_version_or_stream_is_refused(
    version: int, stream: StreamRef, told: str
) -> None:
    codec = Codec(TYPES, MemoryKeys())
    new = await encode_one(codec, LEAD, version=1)

    with pytest.raises(SealBroken, match=told):
        await decode_one(codec, stored(new, version=version, stream=stream))


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
