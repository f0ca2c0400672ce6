"""Where personal fields are found, and which marks are refused when the program starts."""

from typing import Annotated
from uuid import UUID

import pytest

from salesapi.domain.shared.kernel import Personal, record
from salesapi.privacy.personal import personal_fields, spots


@record
class Person:
    person_id: UUID
    name: Annotated[str, Personal("person_id")]
    mail: Annotated[str, Personal("customer_id")] | None = None


@record
class CustomerRegistered:
    customer_id: UUID
    name: str
    people: tuple[Person, ...]
    remark: Annotated[str | None, Personal()] = None


def test_personal_fields_are_found_in_the_event_and_in_its_records() -> None:
    found = {field.path: field for field in personal_fields(CustomerRegistered)}

    assert set(found) == {("people", "*", "name"), ("people", "*", "mail"), ("remark",)}
    assert found["people", "*", "name"].is_subject_beside
    assert not found["people", "*", "mail"].is_subject_beside
    assert found["remark",].may_be_null


def test_a_value_has_its_place_and_the_record_around_it() -> None:
    (field,) = (field for field in personal_fields(CustomerRegistered) if field.path[-1] == "mail")
    first: dict[str, object] = {"name": "A", "mail": "a@example.com"}
    second: dict[str, object] = {"name": "B", "mail": None}

    (spot,) = spots({"people": [first, second]}, field)

    assert (spot.pointer, spot.value, spot.record) == ("/people/0/mail", "a@example.com", first)


def test_an_event_of_an_unexpected_shape_has_no_values_to_seal() -> None:
    fields = personal_fields(CustomerRegistered)

    assert [spot for field in fields for spot in spots({"people": "none"}, field)] == []


@record
class NumberSealed:
    age: Annotated[int, Personal()]


@record
class SubjectMissing:
    name: Annotated[str, Personal("person_id")]


@record
class SubjectNoId:
    person: str
    name: Annotated[str, Personal("person")]


@record
class InMapping:
    people: dict[str, Person]
    customer_id: UUID


@record
class InPair:
    pair: tuple[Annotated[str, Personal()], int]


@record
class Relative:
    name: Annotated[str, Personal()]
    child: "Relative | None"


@record
class FamilyKnown:
    eldest: Relative


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (NumberSealed, "it must be text, or `| None`"),
        (SubjectMissing, "its subject person_id is no UUID field"),
        (SubjectNoId, "its subject person is no UUID field"),
        (InMapping, "cannot be sealed"),
        (InPair, "cannot be sealed"),
        (FamilyKnown, "the record Relative holds itself"),
    ],
)
def test_a_mark_where_nothing_can_be_sealed_is_found_when_the_program_starts(event: type, reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        personal_fields(event)
