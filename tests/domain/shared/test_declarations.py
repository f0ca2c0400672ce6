"""Wrong declarations of streams are told by name when the catalogue is made; right ones say each thing once."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import pytest

from salesapi.domain.catalogue import STREAMS, Catalogue
from salesapi.domain.consequences import Step, following
from salesapi.domain.declaration_checks import check_declarations
from salesapi.domain.shared import declarations
from salesapi.domain.shared.kernel import Context, Recorded, Refers, record, roles

SELLERS: Final = roles("rep")


@record
class ParcelSent:
    to: str


@record
class ParcelLost:
    why: str


ParcelEvent = ParcelSent | ParcelLost


@record
class Parcel:
    is_lost: bool = False


@record
class SendParcel:
    to: str
    customer_id: Annotated[UUID | None, Refers("customer")] = None


@record
class LoseParcel:
    parcel_id: UUID
    why: str
    member_ids: Annotated[tuple[UUID, ...], Refers("member")] = ()


@record
class HandParcel:
    parcel_id: UUID
    member_id: Annotated[UUID, Refers("member")]


def send(state: Parcel | None, command: SendParcel, context: Context) -> tuple[ParcelSent, ...]:
    return (ParcelSent(to=command.to),)


def lose(state: Parcel, command: LoseParcel, context: Context) -> tuple[ParcelLost, ...]:
    return (ParcelLost(why=command.why),)


def evolve(state: Parcel | None, event: ParcelEvent, recorded: Recorded) -> Parcel:
    return Parcel(is_lost=isinstance(event, ParcelLost))


PARCELS: Final = declarations.Stream[Parcel, ParcelEvent](
    kind="parcel",
    plural="parcels",
    evolve=evolve,
    commands=(
        declarations.creates(SendParcel, decide=send, roles=SELLERS),
        declarations.changes(LoseParcel, decide=lose, roles=SELLERS, target="parcel_id"),
    ),
)
SEND, LOSE = PARCELS.commands


def refused(stream: declarations.AnyStream) -> str:
    """Declares this stream beside those of the company; answers what is said against it."""
    with pytest.raises(declarations.DeclarationInvalid) as told:
        Catalogue((*STREAMS, stream))
    return str(told.value)


def with_command(command: declarations.AnyCommand) -> declarations.AnyStream:
    """The stream with this command in place of its second one."""
    stream: declarations.AnyStream = PARCELS
    return replace(stream, commands=(SEND, command))


def test_a_stream_that_says_each_thing_once_is_in_the_catalogue() -> None:
    catalogue = Catalogue((*STREAMS, PARCELS))
    assert catalogue.events["parcel.sent"].event is ParcelSent
    assert catalogue.events["parcel.lost"].event is ParcelLost
    assert catalogue.command("LoseParcel") == (PARCELS, LOSE)


def test_a_stored_name_or_a_schema_that_differs_is_stated() -> None:
    stream = replace(PARCELS, named={ParcelLost: "parcel.gone"}, schemas={ParcelSent: 2})
    sent, lost = Catalogue((*STREAMS, stream)).by_kind["parcel"].events
    assert (sent.name, sent.schema, lost.name, lost.schema) == ("parcel.sent", 2, "parcel.gone", 1)


@record
class LetterSent:
    to: str


def fold_of_a_letter(state: Parcel | None, event: ParcelEvent | LetterSent, recorded: Recorded) -> Parcel:
    return Parcel()


def fold_of_anything(state: Any, event: Any, recorded: Recorded) -> Any:
    return state


def fold_of_a_text(state: Parcel | None, event: str, recorded: Recorded) -> Parcel:
    return Parcel()


def send_a_letter(state: Parcel | None, command: SendParcel, context: Context) -> tuple[LetterSent, ...]:
    return ()


def decide_anything(state, command, context):  # type: ignore[no-untyped-def]
    return ()


LETTERS: Final = replace(PARCELS, evolve=fold_of_a_letter)

STREAM_CASES: Final = (
    (replace(PARCELS, kind="Parcel"), "stream Parcel: write `kind` in words like payout_run"),
    (
        replace(PARCELS, plural="Parcels"),
        "stream parcel: write `kind` in words like payout_run, and `plural` (Parcels)",
    ),
    (replace(PARCELS, kind="deal"), "the stream kind deal is declared twice"),
    (
        replace(PARCELS, evolve=fold_of_anything),
        "evolve does not name its events; write evolve(state, event, recorded)",
    ),
    (replace(PARCELS, evolve=fold_of_a_text), "evolve does not name its events; write evolve(state, event, recorded)"),  # type: ignore[arg-type]
    (LETTERS, "stream parcel: the event LetterSent does not begin with the kind; rename it, or state its stored name"),
    (replace(LETTERS, named={LetterSent: "letter.sent"}), "stream parcel: the event LetterSent is named letter.sent"),
    (replace(LETTERS, named={LetterSent: "parcel.sent"}), "the event name parcel.sent is declared twice"),
    (
        replace(PARCELS, named={LetterSent: "parcel.letter"}),
        "stream parcel: LetterSent has a stated name or schema, but",
    ),
    (
        replace(PARCELS, schemas={LetterSent: 2}),
        "stream parcel: LetterSent has a stated name or schema, but evolve does",
    ),
    (replace(PARCELS, commands=(SEND, SEND)), "the command SendParcel is declared twice; give one of the two another"),
    (replace(PARCELS, commands=(LOSE, replace(LOSE, command=SendParcel))), "stream parcel, command SendParcel"),
    (replace(PARCELS, plural="deals"), "the route /v1/deals is declared twice"),
)


@pytest.mark.parametrize(("stream", "text"), STREAM_CASES, ids=range(len(STREAM_CASES)))
def test_given_a_wrong_stream_when_the_catalogue_is_made_then_it_is_named(
    stream: declarations.AnyStream, text: str
) -> None:
    assert text in refused(stream)


@record
class LoseStrangeParcel:
    parcel_id: UUID
    depot_id: Annotated[UUID, Refers("depot")]


@record
class LoseNothing:
    parcel_id: UUID
    why: Annotated[str, Refers("customer")]


@record
class LoseSomewhere:
    parcel_id: UUID
    place_id: Annotated[UUID, Refers(kind_in="place")]


@record
class Stop:
    depot_id: Annotated[UUID, Refers("depot")]


@record
class LoseOnTheWay:
    parcel_id: UUID
    stops: tuple[Stop, ...]


class NoRecord:
    parcel_id: UUID


@record
class PostponeParcel:
    parcel_id: UUID
    until: date


def parcel_of(command: LoseParcel) -> UUID:
    return command.parcel_id


def key_of(command: object) -> None:
    return None


LOSE_IS: Final = "stream parcel, command LoseParcel: "
COMMAND_CASES: Final = (
    (
        replace(LOSE, target="parcle_id"),
        LOSE_IS + "the target parcle_id is no field of it; name the field that holds the",
    ),
    (replace(LOSE, target="why"), LOSE_IS + "the target why holds no id; name a field of the type UUID"),
    (replace(LOSE, target="member_ids"), LOSE_IS + "the target member_ids holds no id"),
    (
        replace(LOSE, command=HandParcel, target="member_id"),
        "command HandParcel: the target member_id refers to a member; name the field that holds the id of the parcel",
    ),
    (replace(LOSE, target=None), LOSE_IS + "nothing says what it changes; state `target` or `stream_of`"),
    (replace(LOSE, creates=True), LOSE_IS + "it creates and has the target parcel_id; state `stream_of` and a `verb`"),
    (replace(LOSE, identity=key_of), LOSE_IS + "only what creates a thing of its own has an `identity`; leave it out"),
    (replace(LOSE, roles=roles()), LOSE_IS + "its roles are none; name some of rep, manager"),
    (replace(LOSE, roles=frozenset({"boss"})), LOSE_IS + "its roles are boss; name some of rep, manager"),  # type: ignore[arg-type]
    (replace(LOSE, verb="Lose It"), LOSE_IS + "the verb Lose It is no part of a path; write it like post-adjustment"),
    (replace(LOSE, decide=decide_anything), LOSE_IS + "its decider does not say what it takes"),
    (replace(LOSE, decide=send), LOSE_IS + "its decider takes another command; give LoseParcel its own"),  # type: ignore[arg-type]
    (
        replace(SEND, decide=send_a_letter),  # type: ignore[arg-type]
        "stream parcel, command SendParcel: it is decided to LetterSent, which evolve of the stream does not take",
    ),
    (
        replace(LOSE, command=NoRecord),
        "stream parcel, command NoRecord: it is no record with fields; decorate it with @record",
    ),
    (
        replace(LOSE, command=PostponeParcel),
        "stream parcel, command PostponeParcel: nothing bounds the date until; write PastDate where it was true by then",
    ),
)


@pytest.mark.parametrize(("command", "text"), COMMAND_CASES, ids=range(len(COMMAND_CASES)))
def test_given_a_wrong_command_when_the_catalogue_is_made_then_it_and_its_field_are_named(
    command: declarations.AnyCommand, text: str
) -> None:
    assert text in refused(with_command(command))


def lose_anything(
    state: Parcel, command: LoseStrangeParcel | LoseNothing | LoseSomewhere | LoseOnTheWay, context: Context
) -> tuple[ParcelLost, ...]:
    return ()


REFERENCE_CASES: Final = (
    (
        LoseStrangeParcel,
        "command LoseStrangeParcel: the field depot_id refers to depot, which is no kind of stream; name",
    ),
    (LoseNothing, "command LoseNothing: the field why refers to a thing, but holds no id; mark one of the type UUID"),
    (LoseSomewhere, "command LoseSomewhere: the field place_id takes its kind from place, which is no Literal of"),
    (LoseOnTheWay, "command LoseOnTheWay: the field stops.depot_id refers to depot, which is no kind of stream"),
)


@pytest.mark.parametrize(("command", "text"), REFERENCE_CASES, ids=range(len(REFERENCE_CASES)))
def test_given_a_reference_to_nothing_when_the_catalogue_is_made_then_its_field_is_named(
    command: type, text: str
) -> None:
    declared = declarations.changes(command, decide=lose_anything, roles=SELLERS, target="parcel_id")
    assert text in refused(with_command(declared))


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = replace(LOSE, target="parcle_id", roles=roles(), verb="Lose It")
    told = refused(with_command(wrong)).splitlines()
    assert [line.startswith(LOSE_IS) for line in told] == [True, True, True]


def test_a_command_on_a_stream_that_may_be_empty_says_how_it_is_found() -> None:
    found = declarations.acts_on(LoseParcel, decide=lose_what_may_be_there, roles=SELLERS, stream_of=parcel_of)
    _, declared = Catalogue((*STREAMS, with_command(found))).command("LoseParcel")
    command = LoseParcel(parcel_id=UUID(int=7), why="rain")
    assert declared.stream_of is not None
    assert declared.stream_of(command) == UUID(int=7)


def lose_what_may_be_there(state: Parcel | None, command: LoseParcel, context: Context) -> tuple[ParcelLost, ...]:
    return ()


def test_given_steps_from_another_state_when_they_are_checked_then_the_command_is_named() -> None:
    command, steps = following(LoseParcel, steps_of_a_letter)
    with pytest.raises(
        declarations.DeclarationInvalid, match="what follows from LoseParcel is told from another state; let steps_of"
    ):
        check_declarations((*STREAMS, PARCELS), {command: steps})


def steps_of_a_letter(state: LetterSent, command: LoseParcel, context: Context) -> tuple[Step, ...]:
    return ()
