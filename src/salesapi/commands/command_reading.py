"""Reads a command from a client's plain values, the same way for both doors, and takes the request's fingerprint.

Values come as a JSON object in snake_case: the command's fields, and beside them `occurred_at` (an instant with offset, a
local date, or null for unknown; absent means now) and `occurred_zone` (IANA name; absent means the company's zone).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import orjson
from pydantic import TypeAdapter, ValidationError

from salesapi.access.bearer_keys import new_key
from salesapi.clock import Clock
from salesapi.commands.requests import Request
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.kernel import BusinessTime, Kind, Refused
from salesapi.domain.shared.key_digests import made_at_door
from salesapi.domain.shared.one_of import TAG, UNKNOWN

KEY_LENGTH_MAX: Final = 255
"""Longest idempotency key, in characters."""
NAME_LENGTH_MAX: Final = 100
"""How much of a field's name a refusal repeats, in characters."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONES: Final = frozenset(available_timezones())


class CommandMalformed(Refused):
    """A field is missing, unknown or of the wrong form."""

    code = "request.malformed"
    kind = Kind.MALFORMED
    message = "{reason}"


class OccurredAtMalformed(Refused):
    """The business time cannot be read."""

    code = "occurred_at.malformed"
    kind = Kind.MALFORMED
    message = "{reason}"


class KeyMissing(Refused):
    """A write came without an idempotency key."""

    code = "idempotency_key.missing"
    kind = Kind.MALFORMED
    message = "Every write takes an idempotency key of 1 to {limit} characters: send the same one again when you retry."


class CommandReader:
    """Turns plain values into commands. Holds one validator for each command."""

    def __init__(self, catalogue: Catalogue, clock: Clock, zone: str) -> None:
        self._clock = clock
        self._zone = zone
        self._adapters: dict[str, TypeAdapter[object]] = {
            name: TypeAdapter(kind.command) for name, (_, kind) in catalogue.commands.items()
        }

        self._filled = {
            name: filled
            for name, (_, kind) in catalogue.commands.items()
            if (filled := made_at_door(kind.command)) is not None
        }
        """The fields that no client sends, by command."""

    def read(self, name: str, values: Mapping[str, object], expected_version: int | None = None) -> Request:
        """The request to handle.

        Raises:
            CommandMalformed, OccurredAtMalformed: with a pointer to the field.
        """
        fields = dict(values)
        occurred = self._occurred(fields)
        made_key = self._make_key(name, fields)
        try:
            command = self._adapters[name].validate_json(orjson.dumps(fields), strict=True)
        except ValidationError as error:
            raise malformed(error, fields) from None
        except (TypeError, orjson.JSONEncodeError) as error:
            raise CommandMalformed(reason=f"The values are not JSON: {error}.") from None
        return Request(command=command, occurred=occurred, expected_version=expected_version, made_key=made_key)

    def _make_key(self, name: str, fields: dict[str, object]) -> str | None:
        """Makes the API key that a command asks for, and gives the command its digest."""
        filled = self._filled.get(name)
        if filled is None:
            return None
        if filled in fields:
            raise CommandMalformed(reason=f"The field /{filled} is made by the server.", pointer=f"/{filled}")
        key, digest = new_key()
        fields[filled] = {"prefix": digest.prefix, "sha256": digest.sha256}
        return key

    def _occurred(self, fields: dict[str, object]) -> BusinessTime | None:
        zone = fields.pop("occurred_zone", self._zone)
        if not isinstance(zone, str) or zone not in _ZONES:
            raise OccurredAtMalformed(
                reason="`occurred_zone` is an IANA zone name such as Asia/Shanghai.", pointer="/occurred_zone"
            )
        if "occurred_at" not in fields:
            return at_instant(self._clock.now(), zone)
        return business_time(fields.pop("occurred_at"), zone)


def business_time(value: object, zone: str) -> BusinessTime | None:
    """Reads an instant with offset or a local date in the zone; None is unknown.

    Raises:
        OccurredAtMalformed: for anything else.
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            if _DATE.fullmatch(value):
                return BusinessTime(on=date.fromisoformat(value), zone=zone)
            at = datetime.fromisoformat(value)
            if at.tzinfo is not None:
                return at_instant(at, zone)
        except (ValueError, OverflowError):
            pass
    raise OccurredAtMalformed(
        reason="`occurred_at` is an instant with offset (2026-03-02T10:00:00+08:00), a date (2026-03-02), "
        "or null where it is not known.",
        pointer="/occurred_at",
    )


def at_instant(at: datetime, zone: str) -> BusinessTime:
    """An instant as business time: its local date in the zone is what periods use."""
    return BusinessTime(on=at.astimezone(ZoneInfo(zone)).date(), zone=zone, at=at)


def fingerprint(name: str, values: object) -> bytes:
    """SHA-256 of the client's request: the command's name and its values, whatever their order.

    Raises:
        CommandMalformed: for values that are nested deeper than any command.
    """
    try:
        return hashlib.sha256(orjson.dumps([name, values], option=orjson.OPT_SORT_KEYS)).digest()
    except orjson.JSONEncodeError:
        raise CommandMalformed(reason="The values are nested too deeply.") from None


def checked_key(key: str | None) -> str:
    """The idempotency key.

    Raises:
        KeyMissing: when it is absent, empty, too long or holds control characters.
    """
    if not key or len(key) > KEY_LENGTH_MAX or not key.isprintable():
        raise KeyMissing(limit=KEY_LENGTH_MAX)
    return key


def correlation_id(text: str | None) -> UUID | None:
    """The id that a request is told apart by in other systems; one that is no UUID counts as none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def malformed(error: ValidationError, values: object) -> CommandMalformed:
    """The first finding of a validation as a refusal, with the pointer of its field and never with the value."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    # An unknown kind is told of the thing that is of no kind; what is wrong is its tag.
    places = (*first["loc"], TAG) if first["type"] == UNKNOWN else first["loc"]
    pointer = _pointer(places, values)
    place = f"The field {pointer}" if pointer else "The request"
    return CommandMalformed(reason=f"{place}: {first['msg']}.", pointer=pointer)


def _pointer(places: Sequence[int | str], values: object) -> str:
    """The JSON pointer into what was sent. Names of alternatives, which pydantic puts in between, are left out.

    The name of one that is told by its kind is that kind, and comes first in it: one of its fields may have the same name.
    """
    pointer, is_entered = "", False
    for number, place in enumerate(places, start=1):
        if is_entered and isinstance(values, Mapping) and values.get(TAG) == place:
            is_entered = False
            continue
        if isinstance(values, Mapping) and (place in values or number == len(places)):
            values = values.get(place)
        elif isinstance(values, Sequence) and not isinstance(values, str) and isinstance(place, int):
            values = values[place] if place < len(values) else None
        else:
            continue
        is_entered = True
        pointer += f"/{str(place)[:NAME_LENGTH_MAX].replace('~', '~0').replace('/', '~1')}"
    return pointer
