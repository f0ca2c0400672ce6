"""What types cannot tell of the declared streams, held against each other when the catalogue is made.

Each problem names the stream, the command and the field, and says what to do; the process does not start with one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Final, get_args, get_type_hints
from uuid import UUID

from salesapi.domain.consequences import AnyFollowing
from salesapi.domain.shared.declarations import AnyCommand, AnyStream, DeclarationInvalid
from salesapi.domain.shared.kernel import Role
from salesapi.domain.shared.references import parts_of_hint, referring_fields
from salesapi.domain.shared.time_bounds import unmarked_dates

WORDS: Final = r"[a-z0-9]+(_[a-z0-9]+)*"
PATH_WORDS: Final = r"[a-z0-9]+(-[a-z0-9]+)*"


def check_declarations(streams: tuple[AnyStream, ...], following: Mapping[type, AnyFollowing]) -> None:
    """Holds the streams, and what follows from their commands, against their classes and against each other.

    Raises:
        DeclarationInvalid: with all that does not fit.
    """
    problems = [*_problems_of_streams(streams), *_problems_of_following(streams, following)]
    if problems:
        raise DeclarationInvalid("\n".join(problems))


def _problems_of_streams(streams: tuple[AnyStream, ...]) -> Iterator[str]:
    kinds = {stream.kind for stream in streams}
    for stream in streams:
        if not re.fullmatch(WORDS, stream.kind) or not re.fullmatch(PATH_WORDS, stream.plural):
            yield (
                f"stream {stream.kind}: write `kind` in words like payout_run, "
                f"and `plural` ({stream.plural}) in words like payout-runs"
            )
            continue  # The names of its events could not be made.
        yield from (f"stream {stream.kind}: {problem}" for problem in _problems_of_events(stream))
        for command in stream.commands:
            name = command.command.__name__
            found = [*_problems_of_command(command), *_problems_of_decider(stream, command)]
            found += _problems_of_target(stream, command)
            found += _problems_of_references(command.command, "", kinds)
            found += _problems_of_dates(command.command)
            yield from (f"stream {stream.kind}, command {name}: {problem}" for problem in found)


def _problems_of_following(streams: tuple[AnyStream, ...], following: Mapping[type, AnyFollowing]) -> Iterator[str]:
    """Checks that what follows from a command is told from the state of its stream."""
    states = {c.command: get_type_hints(stream.evolve)["return"] for stream in streams for c in stream.commands}
    for command, steps in following.items():
        taken = next(iter(get_type_hints(steps).values()))
        if command in states and states[command] not in _classes(taken):
            yield (
                f"consequences: what follows from {command.__name__} is told from another state; "
                f"let {steps.__name__} take {states[command].__name__}"
            )


def _problems_of_events(stream: AnyStream) -> Iterator[str]:
    for event in {*stream.named, *stream.schemas} - {each.event for each in stream.events}:
        yield (
            f"{event.__name__} has a stated name or schema, but evolve does not take it; "
            f"add it to the union of the stream's events, or take it out of `named` and `schemas`"
        )
    for each in stream.events:
        if not re.fullmatch(rf"{stream.kind}\.{WORDS}", each.name):
            yield (
                f"the event {each.event.__name__} is named {each.name}; "
                f"write {stream.kind}. and what happened, in words joined by _"
            )


def _problems_of_command(command: AnyCommand) -> Iterator[str]:
    names = [field.name for field in fields(command.command)] if is_dataclass(command.command) else []
    if not names:
        yield "it is no record with fields; decorate it with @record"
    elif command.target is not None and command.target not in names:
        yield (
            f"the target {command.target} is no field of it; name the field that holds the id of the thing, "
            f"one of {', '.join(names)}"
        )
    elif command.target is not None and get_type_hints(command.command)[command.target] is not UUID:
        yield f"the target {command.target} holds no id; name a field of the type UUID"
    if command.creates and command.target is not None and (command.stream_of is None or not command.verb):
        yield f"it creates and has the target {command.target}; state `stream_of` and a `verb`, or leave one out"
    if not command.creates and command.target is None and command.stream_of is None:
        yield "nothing says what it changes; state `target` or `stream_of`"
    if command.identity is not None and (not command.creates or command.target is not None):
        yield "only what creates a thing of its own has an `identity`; leave it out"
    strange = sorted(set(command.roles) - set(get_args(Role)))
    if strange or not command.roles:
        yield f"its roles are {', '.join(strange) or 'none'}; name some of {', '.join(get_args(Role))}"
    if command.verb and not re.fullmatch(PATH_WORDS, command.verb):
        yield f"the verb {command.verb} is no part of a path; write it like post-adjustment"


def _problems_of_target(stream: AnyStream, command: AnyCommand) -> Iterator[str]:
    """Checks that what a command changes is no other thing that it only refers to."""
    if command.creates or command.stream_of is not None or not is_dataclass(command.command):
        return
    for name, kind, _ in referring_fields(command.command):
        if name == command.target and kind != stream.kind:
            yield f"the target {name} refers to a {kind}; name the field that holds the id of the {stream.kind}"


def _problems_of_decider(stream: AnyStream, command: AnyCommand) -> Iterator[str]:
    """A second look at what mypy has checked, so that an `Any` on the way does not get through."""
    hints = get_type_hints(command.decide)
    if len(hints) < 4 or "return" not in hints:
        yield "its decider does not say what it takes; write (state, command, context) -> events"
        return
    if command.command not in _classes(list(hints.values())[1]):
        yield f"its decider takes another command; give {command.command.__name__} its own"
    for event in _classes(hints["return"]) - {each.event for each in stream.events} - {tuple}:
        yield (
            f"it is decided to {event.__name__}, which evolve of the stream does not take; "
            f"add it to the union of the stream's events, with an arm in evolve"
        )


def _problems_of_references(record: type, at: str, kinds: set[str]) -> Iterator[str]:
    """Of a record and the records in it; `at` is the place of the record in the command."""
    hints = get_type_hints(record) if is_dataclass(record) else {}
    for name, kind, kind_in in referring_fields(record) if hints else ():
        named = {kind} if kind else _literals(hints.get(kind_in))
        if not (kind or kind_in):
            for part in filter(is_dataclass, _classes(hints[name])):
                yield from _problems_of_references(part, f"{at}{name}.", kinds)
        elif UUID not in _classes(hints[name]):
            yield f"the field {at}{name} refers to a thing, but holds no id; mark one of the type UUID"
        elif not named:
            yield f"the field {at}{name} takes its kind from {kind_in}, which is no Literal of kinds beside it"
        elif not named <= kinds:
            yield (
                f"the field {at}{name} refers to {', '.join(sorted(named - kinds))}, which is no kind of stream; "
                f"name one of {', '.join(sorted(kinds))}"
            )


def _problems_of_dates(record: type) -> Iterator[str]:
    """Checks that the bounds of each date of a command are said: none gets past the write path without."""
    for place in unmarked_dates(record):
        yield f"nothing bounds the date {place}; write PastDate where it was true by then, else PlannedDate, StartDate or EndDate"


def _classes(hint: object) -> set[type]:
    return {part for part in parts_of_hint(hint) if isinstance(part, type) and part is not type(None)}


def _literals(hint: object) -> set[str]:
    return {part for part in parts_of_hint(hint) if isinstance(part, str)}
