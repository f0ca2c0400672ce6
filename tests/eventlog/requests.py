"""Builders of append requests with fixed ids: `deal(1)`, `opened()`, `request(...)`."""

from uuid import UUID

from salesapi.domain.shared.kernel import BusinessTime, StreamRef
from salesapi.eventlog.recorder import AppendRequest, NewEvent, RequestKey, StreamAppend

PRINCIPAL = UUID(int=0xAC)


def deal(number: int) -> StreamRef:
    """A deal's stream with a fixed id."""
    return StreamRef("deal", UUID(int=number))


def event(
    type: str = "deal.opened",
    payload: str = '{"title":"Pumps"}',
    occurred: BusinessTime | None = None,
    meta: str = "{}",
) -> NewEvent:
    """An event whose text does not matter to the test, unless given."""
    return NewEvent(type=type, schema=1, payload=payload, meta=meta, occurred=occurred)


def key(name: str, *, fingerprint: bytes = b"request 1", receipt: str = '{"answer": 1}') -> RequestKey:
    return RequestKey(principal_id=PRINCIPAL, key=name, fingerprint=fingerprint, receipt=receipt)


def append(stream: StreamRef, expected_version: int, *events: NewEvent) -> StreamAppend:
    """Events for one stream; one default event if none is given."""
    return StreamAppend(stream=stream, expected_version=expected_version, events=events or (event(),))


def request(*appends: StreamAppend, key: RequestKey | None = None) -> AppendRequest:
    return AppendRequest(appends=appends, key=key)
