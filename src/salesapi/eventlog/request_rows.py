"""What is checked of a request before it is sent, and its events laid out as rows. Shared by the log and its twin.

Sizes are in bytes of UTF-8.
"""

import re
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from salesapi.domain.shared.kernel import StreamRef
from salesapi.eventlog import recorder
from salesapi.eventlog.recorder import AppendRequest, NewEvent, NotStorable, RequestKey, StreamAppend, VersionConflict

SURROGATE_PAIR: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
UNSTORABLE_ESCAPE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")


class EventRow(NamedTuple):
    """One event as the columns that `log.append` takes, in its order."""

    kind: str
    id: UUID
    version: int
    first: bool
    """Whether the stream's stored version must be checked against this one: no earlier event of the request does."""
    type: str
    schema: int
    payload: str
    meta: str
    occurred_at: datetime | None
    occurred_on: date | None
    occurred_zone: str | None


def checked_rows(request: AppendRequest) -> tuple[list[EventRow], int]:
    """The request's events in order with their versions, and the request's size in bytes.

    Raises:
        NotStorable: see there.
        VersionConflict: the request contradicts itself about a stream's version.
    """
    size = 0 if request.key is None else _checked_key_size(request.key)
    if sum(len(append.events) for append in request.appends) > recorder.REQUEST_EVENTS_MAX:
        raise NotStorable(f"a request may hold {recorder.REQUEST_EVENTS_MAX} events: split it into several")
    rows: list[EventRow] = []
    versions: dict[UUID, tuple[str, int]] = {}
    for append in request.appends:
        size += _add_rows(rows, append, versions)
    if size > recorder.REQUEST_BYTES_MAX:
        raise NotStorable(
            f"a request of {size} bytes is over the limit of {recorder.REQUEST_BYTES_MAX}: split it into several"
        )
    if not rows and request.key is None:
        raise NotStorable("a request with neither events nor a key would leave no trace")
    return rows, size


def _add_rows(rows: list[EventRow], append: StreamAppend, versions: dict[UUID, tuple[str, int]]) -> int:
    """Adds the rows of one append and returns their bytes; `versions` is where the request has brought each stream."""
    stream, version = append.stream, append.expected_version
    earlier = versions.get(stream.id)
    if earlier is not None and earlier != (stream.kind, version):
        raise VersionConflict(
            f"{_shown(stream)}: the request expects version {version} after bringing it to {earlier[1]}"
        )
    if version < 0:
        raise NotStorable(f"{_shown(stream)}: there is no version {version}; a new stream is at version 0")
    if not append.events:
        raise NotStorable(f"{_shown(stream)}: an append without events would not check its version")
    size = 0
    first = earlier is None
    for event in append.events:
        version += 1
        size += _checked_event_size(event, stream)
        occurred = event.occurred
        at, on, zone = (occurred.at, occurred.on, occurred.zone) if occurred is not None else (None, None, None)
        kind, identity = stream.kind, stream.id
        rows.append(
            EventRow(kind, identity, version, first, event.type, event.schema, event.payload, event.meta, at, on, zone)
        )
        first = False
    versions[stream.id] = (stream.kind, version)
    return size


def _checked_event_size(event: NewEvent, stream: StreamRef) -> int:
    try:
        size = _text_size(event.payload) + _text_size(event.meta)
    except NotStorable as error:
        raise NotStorable(f"{_where(event, stream)}: {error}") from error.__cause__
    if size > recorder.EVENT_BYTES_MAX:
        raise NotStorable(
            f"{_where(event, stream)}: {size} bytes are over the limit of {recorder.EVENT_BYTES_MAX} for one event"
        )
    if event.occurred is not None and event.occurred.at is not None and event.occurred.at.tzinfo is None:
        raise NotStorable(f"{_where(event, stream)}: its business time has no zone")
    return size


def _checked_key_size(key: RequestKey) -> int:
    try:
        return _text_size(key.key) + _text_size(key.receipt)
    except NotStorable as error:
        raise NotStorable(f"the idempotency key or the receipt: {error}") from error.__cause__


def _text_size(text: str) -> int:
    """The text's size in bytes, once it is known to be storable, also where it is JSON with escapes."""
    if "\x00" in text:
        raise NotStorable("text may not hold U+0000")
    if "\\u" in text:
        # Escaped backslashes first, so that what is left of `\\u0000` does not look like an escape.
        escapes = SURROGATE_PAIR.sub("", text.replace("\\\\", ""))
        if UNSTORABLE_ESCAPE.search(escapes):
            raise NotStorable("text may not hold U+0000 or an unpaired surrogate, escaped or not")
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise NotStorable("text may not hold an unpaired surrogate") from error


def _where(event: NewEvent, stream: StreamRef) -> str:
    return f"{event.type} of {_shown(stream)}"


def _shown(stream: StreamRef) -> str:
    return f"{stream.kind} {stream.id}"
