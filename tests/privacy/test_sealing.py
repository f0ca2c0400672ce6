"""One sealed value: it opens where it was sealed and nowhere else."""

from uuid import UUID

import pytest

from salesapi.privacy.field_encryption import Place, SealBroken, open_, read_sealed, seal
from salesapi.privacy.keys import SubjectKey

SUBJECT = UUID("0190a000-0000-7000-8000-000000000001")
STREAM = UUID("0190a000-0000-7000-8000-000000000002")
OTHER = UUID("0190a000-0000-7000-8000-000000000003")
KEY = SubjectKey(SUBJECT, 1, bytes(range(32)))
PLACE = Place(STREAM, 4, "/contact/name")
TEXT = '"Ada Ng"'


def test_a_value_opens_where_it_was_sealed() -> None:
    form = seal(TEXT, KEY, PLACE)

    assert open_(read_sealed(form, PLACE), KEY, PLACE) == TEXT


def test_a_value_sealed_twice_never_looks_the_same() -> None:
    assert seal(TEXT, KEY, PLACE) != seal(TEXT, KEY, PLACE)


@pytest.mark.parametrize(
    "place", [Place(OTHER, 4, "/contact/name"), Place(STREAM, 5, "/contact/name"), Place(STREAM, 4, "/contact/phone")]
)
def test_a_value_does_not_open_elsewhere(place: Place) -> None:
    form = seal(TEXT, KEY, PLACE)

    with pytest.raises(SealBroken, match=f"{place.pointer} of stream {place.stream_id} version {place.version}"):
        open_(read_sealed(form, place), KEY, place)


def test_a_value_does_not_open_under_another_key() -> None:
    form = seal(TEXT, KEY, PLACE)

    with pytest.raises(SealBroken, match="does not open"):
        open_(read_sealed(form, PLACE), SubjectKey(SUBJECT, 1, bytes(32)), PLACE)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("s", str(OTHER)),
        ("k", 2),
        ("n", "AAAAAAAAAAAAAAAA"),
        ("c", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("n", ""),
        ("c", ""),
    ],
)
def test_no_part_of_a_sealed_value_can_be_altered(part: str, value: object) -> None:
    form = seal(TEXT, KEY, PLACE)
    inner = form["$enc"]
    assert isinstance(inner, dict)

    with pytest.raises(SealBroken):
        open_(read_sealed({"$enc": {**inner, part: value}}, PLACE), KEY, PLACE)


@pytest.mark.parametrize(
    "form",
    [
        "text",
        {"$enc": None},
        {"$enc": {}},
        {"$enc": {"v": 2}},
        {"$enc": {"v": 1, "s": "x", "k": 1, "n": "", "c": ""}},
        {"$enc": {"v": 1, "s": 5, "k": 1, "n": "", "c": ""}},
        {"$enc": {"v": 1, "s": str(SUBJECT), "k": None, "n": "", "c": ""}},
        {"$enc": {"v": 1, "s": str(SUBJECT), "k": 1, "n": "*", "c": ""}},
    ],
)
def test_what_is_not_of_the_sealed_form_is_refused(form: object) -> None:
    with pytest.raises(SealBroken):
        read_sealed(form, PLACE)


def test_a_key_never_shows_itself() -> None:
    assert "key=" not in repr(KEY)
    assert str(KEY.key) not in repr(KEY)
