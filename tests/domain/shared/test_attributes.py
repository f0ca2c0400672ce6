"""Attribute definitions as data: versions, fixed types, and values checked by their type."""

from dataclasses import replace
from typing import Final

import pytest

from salesapi.domain.catalogue import route
from salesapi.domain.selling.deals import ChangeDeal
from salesapi.domain.shared import attributes
from salesapi.domain.shared.states import made_from
from tests.spec import CATALOGUE, SUBJECT, States, fold, given

SECTOR: Final = attributes.AttributeDefined(
    of="deal", key="sector", name="Sector", value_type="choice", choices=("steel", "glass"), definition_version=1
)


DEFINE: Final = made_from(attributes.DefineAttribute, SECTOR)


def _value(key: str, value: str | None) -> attributes.AttributeValue:
    return attributes.AttributeValue(key=key, value=value)


def test_an_attribute_is_defined_in_its_first_version() -> None:
    given().when(DEFINE).then(SECTOR)
    given(SECTOR).when(DEFINE).then()


def test_other_choices_are_a_new_version() -> None:
    defined = replace(SECTOR, choices=("steel",), definition_version=2)
    given(SECTOR).when(replace(DEFINE, choices=("steel",))).then(defined)


def test_bug_another_name_of_an_attribute_was_silently_ignored() -> None:
    defined = replace(SECTOR, name="Industry", definition_version=2)
    given(SECTOR).when(replace(DEFINE, name="Industry")).then(defined)


def test_the_type_of_an_attribute_never_changes() -> None:
    command = replace(DEFINE, value_type="text", choices=())
    given(SECTOR).when(command).refused(attributes.AttributeTypeFixed, pointer="/value_type")


@pytest.mark.parametrize(("value_type", "choices"), [("choice", ()), ("text", ("a",))])
def test_only_an_attribute_of_type_choice_has_choices(
    value_type: attributes.ValueType, choices: tuple[str, ...]
) -> None:
    command = replace(DEFINE, value_type=value_type, choices=choices)
    given().when(command).refused(attributes.AttributeDefinitionInvalid, pointer="/choices")


def test_a_kind_of_thing_has_a_bounded_number_of_attributes() -> None:
    many = [replace(SECTOR, key=f"a{number}") for number in range(attributes.DEFINITIONS_MAX)]
    given(*many).when(replace(DEFINE, key="more")).refused(attributes.AttributeDefinitionInvalid)
    assert len(given(*many).when(replace(DEFINE, key="a0", name="B")).decide()) == 1


def test_all_attributes_of_a_kind_stand_in_one_stream() -> None:
    stream, command = CATALOGUE.command("DefineAttribute")
    assert command.stream_of is not None
    assert command.stream_of(DEFINE) == attributes.definitions_ref("deal").id
    assert attributes.definitions_ref("deal") != attributes.definitions_ref("lead")
    assert route(stream, command) == "/v1/attribute-definitions"


VALUES: Final[list[tuple[attributes.ValueType, str, bool]]] = [
    ("text", "any words", True),
    ("number", "12.5", True),
    ("number", "-0.10", True),
    ("number", "1e3", False),
    ("number", "1_000", False),
    ("number", "NaN", False),
    ("number", "", False),
    ("number", "٣", False),
    ("date", "2026-02-28", True),
    ("date", "2026-02-30", False),
    ("date", "20260228", False),
    ("boolean", "true", True),
    ("boolean", "True", False),
    ("choice", "steel", True),
    ("choice", "wood", False),
]


@pytest.mark.parametrize(("value_type", "text", "fits"), VALUES)
def test_a_value_fits_its_type_exactly_as_it_will_be_stored(
    value_type: attributes.ValueType, text: str, fits: bool
) -> None:
    choices = ("steel", "glass") if value_type == "choice" else ()
    defined = replace(SECTOR, value_type=value_type, choices=choices)
    definitions = States({attributes.definitions_ref("deal"): fold("attribute_definition", (defined,))})
    command = ChangeDeal(deal_id=SUBJECT, attributes=(_value("sector", text),))
    if fits:
        attributes.refuse_invalid_values("deal", command, definitions)
    else:
        with pytest.raises(attributes.AttributeValueInvalid) as refused:
            attributes.refuse_invalid_values("deal", command, definitions)
        assert refused.value.pointer == "/attributes/0/value"


def test_a_value_without_a_definition_is_refused_by_its_place() -> None:
    definitions = States({attributes.definitions_ref("deal"): fold("attribute_definition", (SECTOR,))})
    command = ChangeDeal(deal_id=SUBJECT, attributes=(_value("sector", "steel"), _value("colour", "red")))
    for known, pointer in ((definitions, "/attributes/1/key"), (States(), "/attributes/0/key")):
        with pytest.raises(attributes.AttributeUnknown) as refused:
            attributes.refuse_invalid_values("deal", command, known)
        assert refused.value.pointer == pointer


def test_null_clears_a_value_and_the_others_stay_in_order() -> None:
    stored = (_value("a", "1"), _value("b", "2"))
    assert attributes.merged(stored, sent=(_value("b", None), _value("0", "3"))) == (_value("0", "3"), _value("a", "1"))
