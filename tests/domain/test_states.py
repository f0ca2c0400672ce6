"""How the next state is made of the last one: as `dataclasses.replace` does, and immutable as any record is."""

import dataclasses
from dataclasses import FrozenInstanceError, dataclass
from uuid import UUID

import pytest

from salesapi.domain.shared.kernel import UNSET, BusinessTime, Recorded, StreamRef, Unset, fast_record, record
from salesapi.domain.shared.states import business_date, business_instant, changed, differing, made_from, maker, replace
from tests.spec import day, instant, uid


@record
class Parcel:
    """With fields of the names that generated code is likely to use itself."""

    kind: str
    made: tuple[str, ...]
    thing: UUID | None = None
    name: str = "unnamed"


@fast_record
class Weight:
    grams: int


@record
class Sent:
    """What a parcel is sent by, to be made into one."""

    kind: str
    made: tuple[str, ...]
    name: int = 0

    @property
    def thing(self) -> UUID:
        return uid(self.name)


@record
class Readdressed:
    """A change: null takes the thing away, and an unset one stays; a name can't be taken away."""

    parcel_id: UUID
    thing: UUID | Unset | None = UNSET
    name: str | None = None


@record
class ParcelReaddressed:
    thing: UUID | None = None
    name: str | None = None
    is_urgent: bool = False


PARCEL = Parcel(kind="box", made=("paper",), thing=uid(1))


def test_a_replaced_record_differs_in_these_fields_only() -> None:
    changed = replace(PARCEL, name="gift", made=())

    assert changed == dataclasses.replace(PARCEL, name="gift", made=())
    assert type(changed) is Parcel
    assert hash(changed) == hash(dataclasses.replace(PARCEL, name="gift", made=()))
    assert PARCEL.name == "unnamed"
    assert replace(Weight(grams=1), grams=2) == Weight(grams=2)


def test_a_replaced_record_cannot_be_changed() -> None:
    changed = replace(PARCEL, name="gift")
    with pytest.raises(FrozenInstanceError):
        changed.name = "other"  # type: ignore[misc]


def test_a_field_that_a_record_does_not_have_cannot_be_replaced() -> None:
    with pytest.raises(AttributeError, match="colour"):
        replace(PARCEL, colour="red")  # type: ignore[call-arg]


def test_a_record_is_made_of_its_values() -> None:
    assert maker(Parcel)(kind="box", made=("paper",), thing=uid(1), name="unnamed") == PARCEL
    assert maker(StreamRef)("deal", uid(1)) == StreamRef("deal", uid(1))


def test_a_record_is_made_from_what_is_stated_and_what_the_source_has_under_the_same_name() -> None:
    sent = Sent(kind="box", made=("paper",), name=1)

    assert made_from(Parcel, sent, name="unnamed") == PARCEL
    assert made_from(Weight, sent, grams=3) == Weight(grams=3)


def test_what_neither_is_stated_nor_in_the_source_is_the_default() -> None:
    assert made_from(Parcel, Weight(grams=1), kind="box", made=()) == Parcel(kind="box", made=())


class Plain:
    """A source with a value in no slot, and with a method of the name of a field."""

    kind: str

    def __init__(self) -> None:
        self.kind = "box"

    def name(self) -> str:
        return "a method"


def test_a_value_in_no_slot_is_taken_and_a_method_is_none() -> None:
    assert made_from(Parcel, Plain(), made=()) == Parcel(kind="box", made=())


def test_a_record_that_lacks_a_field_or_has_one_too_many_is_not_made() -> None:
    with pytest.raises(TypeError, match=r"Parcel\.kind is not in Weight: state it"):
        made_from(Parcel, Weight(grams=1), made=())  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Parcel has no field colour"):
        made_from(Parcel, PARCEL, colour="red")  # type: ignore[call-arg]


@dataclass
class Open:
    grams: int


@dataclass(slots=True)
class Checked:
    grams: int

    def __post_init__(self) -> None:
        assert self.grams > 0


@pytest.mark.parametrize("kind", [Open, Checked, int])
def test_what_is_no_plain_record_is_not_made_this_way(kind: type) -> None:
    with pytest.raises(TypeError, match=f"{kind.__name__} is not a record"):
        maker(kind)


@pytest.mark.parametrize("occurred", [None, day("2026-03-02"), instant("2026-03-02T09:00:00+08:00", "Asia/Shanghai")])
def test_the_business_time_of_an_event_is_unknown_or_what_its_source_states(occurred: BusinessTime | None) -> None:
    recorded = Recorded(position=1, version=1, stream_id=uid(1), occurred=occurred)

    assert business_date(recorded) == (occurred.on if occurred else None)
    assert business_instant(recorded) == (occurred.at if occurred else None)


@pytest.mark.parametrize(
    ("said", "after"),
    [
        (Readdressed(parcel_id=uid(9)), PARCEL),
        (Readdressed(parcel_id=uid(9), name="gift"), replace(PARCEL, name="gift")),
        (Readdressed(parcel_id=uid(9), thing=uid(2)), replace(PARCEL, thing=uid(2))),
        (Readdressed(parcel_id=uid(9), thing=None), replace(PARCEL, thing=None)),
    ],
)
def test_a_change_says_what_is_set_and_null_is_said_where_a_field_may_be_unset(
    said: Readdressed, after: Parcel
) -> None:
    assert changed(PARCEL, said) == after
    assert changed(PARCEL, said, kind="bag") == replace(after, kind="bag")


def test_what_is_stated_goes_before_what_a_change_says() -> None:
    said = Readdressed(parcel_id=uid(9), thing=uid(2), name="gift")
    assert changed(PARCEL, said, name="other") == replace(PARCEL, thing=uid(2), name="other")
    assert differing(ParcelReaddressed, said, known=PARCEL, name=None) == ParcelReaddressed(thing=uid(2))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Readdressed(parcel_id=uid(9)), ParcelReaddressed()),
        (Readdressed(parcel_id=uid(9), thing=uid(1), name="unnamed"), ParcelReaddressed()),
        (Readdressed(parcel_id=uid(9), thing=uid(1), name="gift"), ParcelReaddressed(name="gift")),
        (Readdressed(parcel_id=uid(9), thing=uid(2)), ParcelReaddressed(thing=uid(2))),
    ],
)
def test_what_differs_is_told_once(said: Readdressed, told: ParcelReaddressed) -> None:
    assert differing(ParcelReaddressed, said, known=PARCEL) == told
    assert differing(ParcelReaddressed, said, known=PARCEL, is_urgent=True) == replace(told, is_urgent=True)
