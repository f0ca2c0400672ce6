"""Personal values in the codec: sealed where they are stored, opened where they stand, erased without their key."""

import base64
import json
from dataclasses import replace

import pytest

from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import FieldInvalid, StreamRef, record
from salesapi.eventlog.codec import Codec
from salesapi.privacy.field_encryption import ERASED, SealBroken
from tests.eventlog import codec_examples as examples
from tests.privacy.memory_keys import MemoryKeys


async def test_a_personal_value_never_stands_in_the_stored_text() -> None:
    new = await examples.encode_one(Codec(examples.TYPES, MemoryKeys()), examples.LEAD)

    assert examples.CANARY not in new.payload + new.meta
    assert base64.b64encode(examples.CANARY.encode()).decode().rstrip("=") not in new.payload
    assert json.loads(new.payload)["source"] == "fair"


async def test_whoever_has_the_keys_reads_personal_values() -> None:
    codec = Codec(examples.TYPES, MemoryKeys())

    new = await examples.encode_one(codec, examples.LEAD)

    assert await examples.decode_one(codec, examples.stored(new)) == examples.LEAD


async def test_each_personal_value_is_sealed_for_its_own_subject() -> None:
    payload = json.loads((await examples.encode_one(Codec(examples.TYPES, MemoryKeys()), examples.LEAD)).payload)

    assert payload["company"]["$enc"]["s"] == str(examples.STREAM.id)
    assert payload["contact"]["name"]["$enc"]["s"] == str(examples.PERSON)
    assert payload["email"]["$enc"]["s"] == str(examples.PERSON)
    assert payload["others"][0]["name"]["$enc"]["s"] == str(examples.STREAM.id)  # person unknown: the stream answers
    assert payload["others"][0]["phone"] is None
    assert payload["remarks"][0]["$enc"]["s"] == str(examples.STREAM.id)


async def test_a_destroyed_key_leaves_the_rest_of_the_event_readable() -> None:
    keys = MemoryKeys()
    codec = Codec(examples.TYPES, keys)
    new = await examples.encode_one(codec, examples.LEAD)

    keys.destroy(examples.PERSON)

    event = await examples.decode_one(codec, examples.stored(new))
    assert examples.LEAD.contact is not None
    assert event == replace(examples.LEAD, contact=replace(examples.LEAD.contact, name=ERASED, phone=None), email=None)


async def test_values_sealed_before_an_erasure_stay_erased_when_the_subject_gets_a_new_key() -> None:
    keys = MemoryKeys()
    codec = Codec(examples.TYPES, keys)
    lead = examples.LeadCaptured(company=examples.CANARY, source="fair")
    before = await examples.encode_one(codec, lead)
    keys.destroy(examples.STREAM.id)

    after = await examples.encode_one(codec, lead, version=2)

    assert await examples.decode_one(codec, examples.stored(before)) == replace(lead, company=ERASED)
    assert await examples.decode_one(codec, examples.stored(after, version=2)) == lead


@pytest.mark.parametrize("version", [1, 2])
async def test_a_reader_without_keys_sees_erased_values_only(version: int) -> None:
    keys = examples.CountingKeys()
    new = await examples.encode_one(Codec(examples.TYPES, keys), examples.LEAD)
    row = examples.stored(new, version=version)  # moved or not: nothing is opened
    expected = examples.LeadCaptured(
        company=ERASED,
        source="fair",
        contact=examples.Contact(name=ERASED, role="buyer", person_id=examples.PERSON),
        others=(examples.Contact(name=ERASED, role="user"), examples.Contact(name=ERASED, role="user")),
        remarks=(ERASED,),
        person=examples.PERSON,
    )

    assert [each.event for each in Codec(examples.TYPES, None).decode_unopened([row])] == [expected]
    assert [each.event for each in await Codec(examples.TYPES, keys).decode([row], open_personal=False)] == [expected]
    assert keys.openings == 0


async def test_a_page_needs_one_look_up_of_keys() -> None:
    keys = examples.CountingKeys()
    codec = Codec(examples.TYPES, keys)
    new = await codec.encode([(examples.STREAM, version, examples.LEAD, None, examples.META) for version in (1, 2, 3)])

    decoded = await codec.decode([examples.stored(each, version=version) for version, each in enumerate(new, start=1)])

    assert [each.event for each in decoded] == [examples.LEAD, examples.LEAD, examples.LEAD]
    assert keys.openings == 1


async def test_a_codec_without_keys_neither_stores_nor_opens_personal_values() -> None:
    new = await examples.encode_one(Codec(examples.TYPES, MemoryKeys()), examples.LEAD)

    with pytest.raises(RuntimeError, match="without keys"):
        await examples.encode_one(Codec(examples.TYPES, None), examples.LEAD)
    with pytest.raises(RuntimeError, match="without keys"):
        await examples.decode_one(Codec(examples.TYPES, None), examples.stored(new))


async def test_a_sealed_value_moved_to_another_field_is_refused() -> None:
    codec = Codec(examples.TYPES, MemoryKeys())
    new = await examples.encode_one(codec, examples.LEAD)
    payload = json.loads(new.payload)
    payload["company"], payload["remarks"][0] = payload["remarks"][0], payload["company"]

    with pytest.raises(SealBroken, match=r"/company|/remarks/0"):
        await examples.decode_one(
            codec, examples.stored(replace(new, payload=json.dumps(payload, separators=(",", ":"))))
        )


@pytest.mark.parametrize(
    ("version", "stream", "told"),
    [(2, examples.STREAM, "version 2"), (1, examples.OTHER_STREAM, str(examples.OTHER_STREAM.id))],
)
async def test_a_sealed_value_moved_to_another_version_or_stream_is_refused(
    version: int, stream: StreamRef, told: str
) -> None:
    codec = Codec(examples.TYPES, MemoryKeys())
    new = await examples.encode_one(codec, examples.LEAD, version=1)

    with pytest.raises(SealBroken, match=told):
        await examples.decode_one(codec, examples.stored(new, version=version, stream=stream))


async def test_a_sealed_value_given_to_another_subject_is_refused() -> None:
    keys = MemoryKeys()
    codec = Codec(examples.TYPES, keys)
    new = await examples.encode_one(codec, examples.LeadCaptured(company=examples.CANARY, source="fair"))
    await keys.for_sealing([examples.PERSON])

    moved = new.payload.replace(str(examples.STREAM.id), str(examples.PERSON))
    with pytest.raises(SealBroken):
        await examples.decode_one(codec, examples.stored(replace(new, payload=moved)))


async def test_a_payload_may_not_bring_sealed_values_of_its_own() -> None:
    @record
    class Noted:
        values: dict[str, str]

    codec = Codec([EventType(name="note.noted", event=Noted)], None)

    with pytest.raises(FieldInvalid):
        await examples.encode_one(codec, Noted(values={"$enc": "x"}))
    assert (
        await examples.encode_one(codec, Noted(values={"a": '"$enc":'}))
    ).payload == '{"values":{"a":"\\"$enc\\":"}}'
