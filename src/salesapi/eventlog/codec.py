"""Turns events into the JSON text that is stored, and stored text into events: names, schemas, upcasts, sealing.

Stored bytes never change: an old schema is brought up to date in memory, on each read. A payload without personal values
goes straight through msgspec; one with them is sealed and opened as a JSON tree, with one look-up of keys for all events of a
call. Unknown fields of a payload are ignored here and stay in the stored bytes. No clock.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from salesapi.database.records import RecordReader
from salesapi.database.text import MARKED, encoded
from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import BusinessTime, Recorded, StreamRef
from salesapi.domain.shared.states import made_from
from salesapi.eventlog.recorder import NewEvent, StoredEvent
from salesapi.privacy.field_encryption import ERASED, Place, Sealed, open_, read_sealed, seal
from salesapi.privacy.keys import Keys, SubjectKey
from salesapi.privacy.personal import PersonalField, Spot, personal_fields, sealed_spots, spots

Tree: TypeAlias = dict[str, object]
ACTORS_MAX: Final = 1_000
"""Actors whose ids are remembered while events are read."""

ERASING: Final = ".person_erased"
"""How the names of events end by which a thing loses its personal values."""


class EventMeta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The origin of an event: who and what caused it; stored beside its payload."""

    actor_id: UUID
    """The principal who gave the command."""
    principal_kind: str
    member_id: UUID | None = None
    """The member that the principal was then: duties are kept apart by people, not by keys."""
    command: str
    """Name of the command."""
    origin: str = "api"
    """`api`, `import:<source>` or `policy:<name>`."""
    on_behalf_of: UUID | None = None
    """The member for whom the principal acted, where that is somebody else."""
    idempotency_key: str | None = None
    correlation_id: UUID | None = None
    causation: int | None = None
    """Position of the event that a policy reacted to."""


class _Actor(msgspec.Struct, frozen=True):
    """What a fold may know of the meta. As texts: an id is made of each once, not once for each event."""

    actor_id: str
    member_id: str | None = None


ToEncode: TypeAlias = tuple[StreamRef, int, object, BusinessTime | None, EventMeta]
"""Stream, version that the event will have there, event, business time, meta."""


class DecodedEvent(msgspec.Struct, frozen=True):
    """A stored event with its fact as the domain's record."""

    event: object
    recorded: Recorded
    stored: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcast:
    """Brings the payload of a type from one schema to the next. `apply` gets the payload's JSON tree and returns the new one.

    Personal values are opened before; where a key is destroyed, `apply` meets the text `ERASED`.
    """

    type: str
    from_schema: int
    apply: Callable[[Tree], Tree]


class UnknownEventType(LookupError):
    """The log holds an event that this program does not know. A fold that skipped it would be wrong: stop and update."""

    def __init__(self, stored: StoredEvent) -> None:
        """Names type, schema and position."""
        super().__init__(
            f"event type {stored.type} schema {stored.schema} at position {stored.position} is not known to this program; "
            "run a version that declares it"
        )


class EventUnreadable(ValueError):
    """A stored payload does not have the form of its declared type and schema."""

    def __init__(self, stored: StoredEvent, reason: str) -> None:
        """`reason` is msgspec's, which names the field and not its value."""
        super().__init__(
            f"event {stored.type} schema {stored.schema} at position {stored.position} cannot be read: {reason}; "
            "an upcast is missing, or the log was altered (`salesapi verify` tells)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    name: str
    event: type
    schema: int
    reader: RecordReader
    personal: tuple[PersonalField, ...]
    upcasts: tuple[Callable[[Tree], Tree], ...]
    """The one from schema 1 first."""
    is_erasing: bool


@dataclass(frozen=True, slots=True)
class _Sealable:
    """A personal value of an event to encode, with its subject."""

    spot: Spot
    place: Place
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class _Pending:
    """A stored event that is read as a tree, with the sealed values in it."""

    stored: StoredEvent
    declared: _Declared
    tree: Tree
    sealed: list[Spot]


_Opening: TypeAlias = tuple[Spot, Place, Sealed]


class Codec:
    """Knows all declared event types. One for each process; holds no state besides."""

    def __init__(self, event_types: Iterable[EventType], keys: Keys | None, upcasts: Iterable[Upcast] = ()) -> None:
        """Without keys, events are read with `open_personal=False` only, and personal values cannot be stored.

        Raises:
            ValueError: a name or class declared twice, or upcasts that do not lead from schema 1 to the declared one.
            TypeError: an event class that cannot be stored.
        """
        self._keys = keys
        self._by_name: dict[str, _Declared] = {}
        self._by_class: dict[type, _Declared] = {}
        chains = _chains(upcasts)
        for event_type in event_types:
            declared = _declare(event_type, chains.pop(event_type.name, {}))
            if declared.name in self._by_name or declared.event in self._by_class:
                raise ValueError(f"event {declared.name} ({declared.event.__name__}) is declared twice")
            self._by_name[declared.name] = declared
            self._by_class[declared.event] = declared
        if chains:
            raise ValueError(f"upcasts for undeclared event types: {', '.join(sorted(chains))}")

    def name_of(self, event: type) -> str:
        """The stored name of an event class; KeyError where it is not declared."""
        return self._by_class[event].name

    async def encode(self, events: Sequence[ToEncode]) -> list[NewEvent]:
        """The events as they are appended, personal values sealed. A retry at another version must encode again.

        Raises:
            TextRefused: a text holds a character that cannot be stored.
            FieldInvalid: a name in the payload is reserved.
        """
        parts = [self._part(*event[:3]) for event in events]
        keys = await self._keys_for_sealing({each.subject_id for _, _, sealables in parts for each in sealables})
        made: list[NewEvent] = []
        meta: EventMeta | None = None
        meta_text = ""
        for (_, _, _, occurred, event_meta), (declared, content, sealables) in zip(events, parts, strict=True):
            for each in sealables:
                each.spot.put(seal(_text_of(each.spot.value), keys[each.subject_id], each.place))
            if event_meta is not meta:
                meta, meta_text = event_meta, encode_meta(event_meta)
            made.append(
                NewEvent(
                    type=declared.name,
                    schema=declared.schema,
                    payload=content if isinstance(content, str) else _text_of(content),
                    meta=meta_text,
                    occurred=occurred,
                )
            )
        return made

    async def decode(self, stored: Sequence[StoredEvent], *, open_personal: bool = True) -> list[DecodedEvent]:
        """The events, personal values opened, or `None` or `ERASED` where the key is destroyed. See `decode_unopened`.

        Raises:
            UnknownEventType, EventUnreadable: with the position.
            SealBroken: a sealed value was altered or moved.
        """
        if not open_personal:
            return self.decode_unopened(stored)
        events = [self._read(row) for row in stored]
        pending = [
            (index, each, list(_openings(each))) for index, each in enumerate(events) if isinstance(each, _Pending)
        ]
        keys = await self._keys_for_opening({sealed.subject_id for _, _, found in pending for _, _, sealed in found})
        for index, each, openings in pending:
            events[index] = _finished(each, is_any_erased=_open_all(openings, keys))
        return [DecodedEvent(event, _recorded(row), row) for event, row in zip(events, stored, strict=True)]

    def decode_unopened(self, stored: Sequence[StoredEvent]) -> list[DecodedEvent]:
        """The events with `None` or `ERASED` for every personal value: never needs a key. For pay and proofs.

        Raises:
            UnknownEventType, EventUnreadable: with the position.
        """
        return [DecodedEvent(_unopened(self._read(row)), _recorded(row), row) for row in stored]

    def _part(self, stream: StreamRef, version: int, event: object) -> "tuple[_Declared, str | Tree, list[_Sealable]]":
        """The event as text or, where it holds personal values, as a tree with these still in clear."""
        declared = self._by_class[type(event)]
        text = encoded(event)
        if not declared.personal:
            return declared, text, []
        tree = _TREE_DECODER.decode(text)
        sealables = [
            _Sealable(spot, Place(stream.id, version, spot.pointer), _subject(field, spot, tree) or stream.id)
            for field in declared.personal
            for spot in spots(tree, field)
        ]
        return declared, tree if sealables else text, sealables

    async def _keys_for_sealing(self, subjects: set[UUID]) -> Mapping[UUID, SubjectKey]:
        if not subjects:
            return {}
        if self._keys is None:
            raise RuntimeError("this codec was made without keys: it cannot store personal values")
        return await self._keys.for_sealing(subjects)

    async def _keys_for_opening(self, subjects: set[UUID]) -> Mapping[UUID, SubjectKey | None]:
        if not subjects:
            return {}
        if self._keys is None:
            raise RuntimeError("this codec was made without keys: read with open_personal=False")
        return await self._keys.for_opening(subjects)

    def _read(self, row: StoredEvent) -> object:
        """The event or, where it needs keys or upcasts, what is pending of it."""
        declared = self._by_name.get(row.type)
        if declared is None or not 1 <= row.schema <= declared.schema:
            raise UnknownEventType(row)
        if declared.is_erasing and self._keys is not None:
            # What stands behind it in the log is not opened with a key that is destroyed, whoever has it in memory.
            self._keys.forget()
        try:
            if row.schema == declared.schema and not (declared.personal and MARKED in row.payload):
                return declared.reader.decode(row.payload)
            tree = _TREE_DECODER.decode(row.payload)
        except msgspec.DecodeError as error:
            raise EventUnreadable(row, str(error)) from error
        return _Pending(row, declared, tree, list(sealed_spots(tree)) if MARKED in row.payload else [])


def encode_meta(meta: EventMeta) -> str:
    """The meta as it is stored; unset fields are left out.

    Raises:
        TextRefused: a text holds a character that cannot be stored.
    """
    return encoded(meta)


def decode_meta(text: str) -> EventMeta:
    """The stored meta."""
    return _META_DECODER.decode(text)


_META_DECODER: Final = msgspec.json.Decoder(EventMeta)
_ACTOR_DECODER: Final = msgspec.json.Decoder(_Actor)
_TREE_DECODER: Final = msgspec.json.Decoder(Tree)


def _text_of(tree: object) -> str:
    """The JSON text of a tree, with its members in the order they have there."""
    return msgspec.json.encode(tree).decode()


def _chains(upcasts: Iterable[Upcast]) -> dict[str, dict[int, Upcast]]:
    chains: dict[str, dict[int, Upcast]] = {}
    for upcast in upcasts:
        if chains.setdefault(upcast.type, {}).setdefault(upcast.from_schema, upcast) is not upcast:
            raise ValueError(f"event type {upcast.type} has two upcasts from schema {upcast.from_schema}")
    return chains


def _declare(event_type: EventType, chain: Mapping[int, Upcast]) -> _Declared:
    if sorted(chain) != list(range(1, event_type.schema)):
        raise ValueError(
            f"event type {event_type.name} has schema {event_type.schema}, but upcasts from {sorted(chain)}: "
            "declare one from each earlier schema"
        )
    try:
        reader = RecordReader(event_type.event)
    except TypeError as error:
        raise TypeError(f"event type {event_type.name} cannot be stored: {error}") from error
    return _Declared(
        name=event_type.name,
        event=event_type.event,
        schema=event_type.schema,
        reader=reader,
        personal=personal_fields(event_type.event),
        upcasts=tuple(chain[schema].apply for schema in sorted(chain)),
        is_erasing=event_type.name.endswith(ERASING),
    )


def _subject(field: PersonalField, spot: Spot, tree: Tree) -> UUID | None:
    if field.subject is None:
        return None
    subject = (spot.record if field.is_subject_beside else tree).get(field.subject)
    return None if subject is None else UUID(str(subject))


def _openings(pending: _Pending) -> Iterator[_Opening]:
    for spot in pending.sealed:
        place = Place(pending.stored.stream.id, pending.stored.version, spot.pointer)
        yield spot, place, read_sealed(spot.value, place)


def _open_all(openings: Iterable[_Opening], keys: Mapping[UUID, SubjectKey | None]) -> bool:
    """Puts the values into the tree; true if the key of any is destroyed."""
    is_any_erased = False
    for spot, place, sealed in openings:
        key = keys.get(sealed.subject_id)
        if key is None or key.version != sealed.key_version:
            # A newer key exists only where the one that sealed this was destroyed.
            is_any_erased = True
            spot.put(ERASED)
        else:
            spot.put(msgspec.json.decode(open_(sealed, key, place)))
    return is_any_erased


def _unopened(read: object) -> object:
    if not isinstance(read, _Pending):
        return read
    for spot in read.sealed:
        spot.put(ERASED)
    return _finished(read, is_any_erased=bool(read.sealed))


def _finished(pending: _Pending, *, is_any_erased: bool) -> object:
    """The event of a tree whose values are opened or erased."""
    tree, declared = pending.tree, pending.declared
    for upcast in declared.upcasts[pending.stored.schema - 1 :]:
        tree = upcast(tree)
    for field in declared.personal if is_any_erased else ():
        for spot in spots(tree, field) if field.may_be_null else ():
            if spot.value == ERASED:
                spot.put(None)
    try:
        return declared.reader.convert(tree)
    except msgspec.ValidationError as error:
        raise EventUnreadable(pending.stored, str(error)) from error


@lru_cache(maxsize=ACTORS_MAX)
def _id_of(text: str | None) -> UUID | None:
    return UUID(text) if text is not None else None


def _recorded(row: StoredEvent) -> Recorded:
    try:
        actor = _ACTOR_DECODER.decode(row.meta)
        actor_id, member_id = _id_of(actor.actor_id), _id_of(actor.member_id)
    except ValueError as error:
        raise EventUnreadable(row, f"meta: {error}") from error
    return made_from(Recorded, row, stream_id=row.stream.id, actor_id=actor_id, member_id=member_id)
