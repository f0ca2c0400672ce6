"""What types cannot tell of the declared streams, held against each other when the catalogue is made.

Each refusal names the stream, the command and the field, and says what to do; the process does not start with it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, get_args, get_origin, get_type_hints
from uuid import UUID

from salesapi.domain.consequences import AnyFollowing
from salesapi.domain.declarations import AnyCommand, AnyStream, DeclarationInvalid
from salesapi.domain.references import ReferringField, parts_of_hint, referring_fields
from salesapi.domain.shared.kernel import Role


def check_streams(streams: tuple[AnyStream, ...]) -> None:
    """Holds each stream's declaration against its classes and against the kinds of the others.

    Raises:
        DeclarationInvalid: for the first one that does not fit.
    """
    kinds = {stream.kind for stream in streams}
    for stream in streams:
        _check_events(stream)
        for command in stream.commands:
            where = f"stream {stream.kind}, command {command.command.__name__}"
            _check_record(where, command)
            _check_ids(where, command)
            _check_words(where, command)
            _check_decider(where, stream, command)
            for record in _records(command.command):
                _check_references(where, record, kinds)


def check_following(streams: tuple[AnyStream, ...], following: Mapping[type, AnyFollowing]) -> None:
    """What follows from a command is found from the state of its stream.

    Raises:
        DeclarationInvalid: for steps that take the state of another stream.
    """
    states = {c.command: get_type_hints(stream.evolve)["return"] for stream in streams for c in stream.commands}
    for command, steps in following.items():
        taken = next(iter(get_type_hints(steps).values()))
        if command in states and states[command] not in _classes(taken):
            raise DeclarationInvalid(
                f"reactions: what follows from {command.__name__} is told from another state; "
                f"let {steps.__name__} take {states[command].__name__}"
            )


def _check_events(stream: AnyStream) -> None:
    where = f"stream {stream.kind}"
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", stream.kind) or not re.fullmatch(r"[a-z]+(-[a-z]+)*", stream.plural):
        raise DeclarationInvalid(
            f"{where}: write `kind` in words like payout_run, and `plural` ({stream.plural}) in words like payout-runs"
        )
    declared = {each.event for each in stream.events}
    for event in (*stream.named, *stream.schemas):
        if event not in declared:
            raise DeclarationInvalid(
                f"{where}: {event.__name__} has a stated name or schema, but evolve does not take it; "
                f"add it to the union of the stream's events, or take it out of `named` and `schemas`"
            )
    for each in stream.events:
        if not re.fullmatch(rf"{stream.kind}\.[a-z0-9]+(_[a-z0-9]+)*", each.name):
            raise DeclarationInvalid(
                f"{where}: the event {each.event.__name__} is named {each.name}; "
                f"write {stream.kind}. and what happened, in words joined by _"
            )


def _check_record(where: str, command: AnyCommand) -> None:
    if not is_dataclass(command.command):
        raise DeclarationInvalid(f"{where}: it is no record; decorate it with @record")
    names = [field.name for field in fields(command.command)]
    if command.target is None:
        return
    if command.target not in names:
        raise DeclarationInvalid(
            f"{where}: the target {command.target} is no field of it; name the field that holds the id of the thing, "
            f"one of {', '.join(names)}"
        )
    if UUID not in (_bare(get_type_hints(command.command)[command.target]),):
        raise DeclarationInvalid(f"{where}: the target {command.target} holds no id; name a field of the type UUID")


def _check_ids(where: str, command: AnyCommand) -> None:
    if command.creates and command.target is not None and (command.stream_of is None or not command.verb):
        raise DeclarationInvalid(
            f"{where}: it creates and has the target {command.target}; state `stream_of` and a `verb`, or leave one out"
        )
    if not command.creates and command.target is None and command.stream_of is None:
        raise DeclarationInvalid(f"{where}: nothing says what it changes; state `target` or `stream_of`")
    if command.identity is not None and (not command.creates or command.target is not None):
        raise DeclarationInvalid(f"{where}: only what creates a thing of its own has an `identity`; leave it out")


def _check_words(where: str, command: AnyCommand) -> None:
    strange = sorted(set(command.roles) - set(get_args(Role)))
    if strange or not command.roles:
        raise DeclarationInvalid(
            f"{where}: its roles are {', '.join(strange) or 'none'}; name some of {', '.join(get_args(Role))}"
        )
    if command.verb and not re.fullmatch(r"[a-z]+(-[a-z]+)*", command.verb):
        raise DeclarationInvalid(
            f"{where}: the verb {command.verb} is no part of a path; write it like post-adjustment"
        )


def _check_decider(where: str, stream: AnyStream, command: AnyCommand) -> None:
    """A second look at what mypy has checked, so that a cast or an `Any` on the way does not get through."""
    hints = get_type_hints(command.decide)
    if len(hints) < 4 or "return" not in hints:
        raise DeclarationInvalid(
            f"{where}: its decider does not say what it takes; write (state, command, context) -> events"
        )
    taken, decided = list(hints.values())[1], set(_classes(hints["return"]))
    if command.command not in _classes(taken):
        raise DeclarationInvalid(f"{where}: its decider takes another command; give {command.command.__name__} its own")
    for event in sorted(decided - {each.event for each in stream.events}, key=lambda each: each.__name__):
        raise DeclarationInvalid(
            f"{where}: it is decided to {event.__name__}, which evolve of the stream does not take; "
            f"add it to the union of the stream's events, with an arm in evolve"
        )


def _check_references(where: str, record: type, kinds: set[str]) -> None:
    hints = get_type_hints(record)
    for field in referring_fields(record):
        if not (field.kind or field.kind_in):
            continue
        name = field.name if record.__name__ in where else f"{record.__name__}.{field.name}"
        if UUID not in _classes(hints[field.name]):
            raise DeclarationInvalid(
                f"{where}: the field {name} refers to a thing, but holds no id; mark one of type UUID"
            )
        for kind in _kinds(where, name, field, hints):
            if kind not in kinds:
                raise DeclarationInvalid(
                    f"{where}: the field {name} refers to {kind}, which is no kind of stream; "
                    f"name one of {', '.join(sorted(kinds))}"
                )


def _kinds(where: str, name: str, field: ReferringField, hints: dict[str, object]) -> Iterable[str]:
    if not field.kind_in:
        return (field.kind,)
    kinds = [part for part in parts_of_hint(hints.get(field.kind_in)) if isinstance(part, str)]
    if not kinds:
        raise DeclarationInvalid(
            f"{where}: the field {name} takes its kind from {field.kind_in}, which is no Literal of kinds beside it"
        )
    return kinds


def _records(record: type) -> Iterator[type]:
    """A record and the records in it that refer to other things."""
    yield record
    for name, hint in get_type_hints(record).items():
        if any(field.name == name and not (field.kind or field.kind_in) for field in referring_fields(record)):
            for part in _classes(hint):
                if is_dataclass(part):
                    yield from _records(part)


def _classes(hint: object) -> Iterator[type]:
    return (part for part in parts_of_hint(hint) if isinstance(part, type) and part is not type(None))


def _bare(hint: object) -> object:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint
