"""Earlier schemas in the codec: read as the current one, and gaps between them found at the start."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

import pytest

from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import Personal, record
from salesapi.eventlog.codec import Codec, EventUnreadable, Upcast
from tests.eventlog.codec_examples import CANARY, STREAM, TYPES, decode_one, encode_one, stored, stored_text
from tests.privacy.memory_keys import MemoryKeys


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


async def test_an_earlier_payload_that_is_no_object_stops_the_reader() -> None:
    with pytest.raises(EventUnreadable, match="at position 7"):
        await decode_one(Codec([VALUED], None, UPCASTS), stored_text("[]", type="deal.valued"))
