"""Records that hold one of several records: msgspec reads none of these by itself, so that we put them together."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec
import pytest

from salesapi.database.records import RecordReader
from salesapi.database.text import encoded
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.one_of import OneOf, is_tag, records_by_kind


@record
class Flat:
    """One kind of price."""

    kind: Literal["flat"] = "flat"
    amount_minor: int


@record
class Stepped:
    """Another one."""

    kind: Literal["stepped"] = "stepped"
    above: Decimal


@record
class Nested:
    """One that holds others, and so itself."""

    kind: Literal["nested"] = "nested"
    prices: "tuple[Flat | Nested, ...]" = ()


Price: TypeAlias = Flat | Stepped


@record
class Offer:
    """Holds prices in every way that a record can."""

    title: str
    price: Annotated[Price, OneOf("Price")]
    other: Annotated[Flat | Stepped | None, OneOf("Price")] = None
    further: tuple[Flat | Stepped, ...] = ()


@record
class Tender:
    """Holds what holds them."""

    offers: tuple[Offer, ...]
    best: Offer | None = None


FLAT = Flat(amount_minor=500)
STEPPED = Stepped(above=Decimal("2.50"))
OFFER = Offer(title="Pumps", price=STEPPED, other=FLAT, further=(FLAT, STEPPED))


@pytest.mark.parametrize(
    "value", [OFFER, Offer(title="Fans", price=FLAT), Tender(offers=(OFFER,), best=OFFER), Tender(offers=())]
)
def test_what_was_written_is_read_again(value: object) -> None:
    assert RecordReader(type(value)).decode(encoded(value)) == value


def test_what_is_not_stated_is_as_the_record_leaves_it() -> None:
    text = '{"title": "Pumps", "price": {"kind": "flat", "amount_minor": 5, "later": true}, "unknown": [1]}'
    assert RecordReader(Offer).decode(text) == Offer(title="Pumps", price=Flat(amount_minor=5))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"title": "a", "price": {"kind": "steep"}}', r"`kind` is none of flat, stepped - in `Offer\.price`"),
        ('{"title": "a", "price": {"amount_minor": 5}}', "`kind` is none of flat, stepped"),
        ('{"title": "a", "price": {"kind": ["flat"]}}', "`kind` is none of flat, stepped"),
        ('{"title": "a", "price": null}', "`kind` is none of flat, stepped"),
        ('{"title": "a", "price": {"kind": "flat"}}', r"required field `amount_minor` - in `Flat` - in `Offer\.price`"),
        ('{"title": "a", "price": {"kind": "flat", "amount_minor": "5"}}', r"Expected `int`, got `str`.*Flat\.amount"),
        ('{"title": 5, "price": {"kind": "flat", "amount_minor": 5}}', r"Expected `str`, got `int`.*Offer\.title"),
        ('{"title": "a"}', "required field `price`"),
        ("[]", "Expected `object`"),
        ('{"title": "a", "price": {"kind": "flat", "amount_minor": 5}, "further": {}}', "Expected `array`"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_field(text: str, words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        RecordReader(Offer).decode(text)


def test_a_type_that_cannot_be_read_is_found_when_the_reader_is_made() -> None:
    @dataclass
    class Unreadable:
        price: Flat | Stepped
        other: int | list[int] | tuple[int, ...]

    with pytest.raises(TypeError, match="array-like"):
        RecordReader(Unreadable)
    with pytest.raises(TypeError, match="in one of several ways"):
        RecordReader(Offer | int)
    with pytest.raises(TypeError, match="Nested is one of several records and holds itself"):
        RecordReader(Nested)


def test_records_are_told_apart_by_a_kind_that_has_one_value() -> None:
    assert records_by_kind(Price) == {"flat": Flat, "stepped": Stepped}
    assert records_by_kind(Flat | None) == {}
    assert records_by_kind(Literal["flat", "stepped"]) == {}
    assert is_tag("kind", Literal["flat"])
    assert not is_tag("kind", Literal["flat", "stepped"])
    assert not is_tag("measure", Literal["flat"])
