"""The pull feed: `GET /v1/events` gives the log in order as CloudEvents, for consumers that keep a position of their own.

A consumer goes on from `scanned_to`, also where a filter left a page empty, and so sees that nothing is missing. Payloads
are passed on as stored: personal fields stay sealed. Durations are in seconds, on this process's monotonic clock.
"""

import time
from typing import Any, Final

from fastapi import FastAPI, Request, Response

from salesapi.access.principals import Principal, refuse_foreign_role
from salesapi.access.reaches import gets_all_of, refuse_undeclared
from salesapi.api.authentication import Authenticator
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.feed_histories import EPOCH_MAX, followed_event, followed_page, refuse_other_history
from salesapi.api.rest.parameters import ParameterInvalid as ParameterUnreadable
from salesapi.api.rest.parameters import ParameterUnknown, described
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.kernel import Kind, Refused, roles
from salesapi.eventlog.epochs import FIRST_EPOCHS
from salesapi.eventlog.recorder import EventLog
from salesapi.streaming.cloud_events import cloud_event

FEED_ROLES: Final = roles("auditor", "finance", "integration", "admin")
PAGE_EVENTS_MAX: Final = 1_000
PAGE_EVENTS_DEFAULT: Final = 100
PAGE_BYTES_MAX: Final = 8 * 1024 * 1024
"""A page takes no further event once it would hold more bytes; one event is always taken."""
READ_EVENTS_MAX: Final = 100
"""Events read from the log at a time, so that a page of large ones is never wholly in memory before it is cut."""
WAIT_SECONDS_MAX: Final = 20
WAITING_MAX: Final = 200
"""Requests of one process that may wait for news at the same time."""
TYPES_MAX: Final = 100
UNKNOWN_NAMED_MAX: Final = 3
UNKNOWN_LENGTH_MAX: Final = 100
"""How many unknown types a refusal names, and how many characters of each: what was sent is not sent back at any length."""
POSITION_DIGITS_MAX: Final = 18
POSITION_MAX: Final = 10**POSITION_DIGITS_MAX - 1


class ParameterInvalid(Refused):
    """A query parameter is not a whole number within its bounds."""

    code = "feed.parameter_invalid"
    kind = Kind.MALFORMED
    message = "The parameter {name} is a whole number from {least} to {most}."


class TypeUnknown(Refused):
    """A filter names a type that is not declared: it would silently never match."""

    code = "feed.type_unknown"
    kind = Kind.MALFORMED
    message = "There is no event type {types}; types are stored names such as deal.won."


class TypeOutOfReach(Refused):
    """A filter names a type of events that the key's roles do not reach: it would silently never match."""

    code = "feed.type_out_of_reach"
    kind = Kind.FORBIDDEN
    message = "Your key does not reach the event types {types}; ask without them."


class TooManyTypes(Refused):
    """A filter names more types than there are bounds for."""

    code = "feed.too_many_types"
    kind = Kind.MALFORMED
    message = "A filter names at most {limit} types; leave it out to get all."


class AfterHead(Refused):
    """The consumer is further than the log: its position is of another log."""

    code = "feed.after_head"
    kind = Kind.CONFLICT
    message = (
        "The log (epoch {epoch}) ends at {head}, before {after}: it was restored from a backup. Send `lastEventId`, the id of "
        "the last event that you have, and you are told up to where it is still yours; else start again from 0."
    )


class TooManyWaiting(Refused):
    """Too many requests wait for news already."""

    code = "feed.too_many_waiting"
    kind = Kind.UNAVAILABLE
    message = "{limit} requests wait for new events already; ask again shortly, or without waitSeconds."


class FeedPage:
    """A page as it grows: rendered events, their bytes, and how far the log was looked at."""

    def __init__(self, after: int) -> None:
        """Begins empty after a position."""
        self.events: list[bytes] = []
        self.scanned_to = after
        self.head = after
        self.epochs = FIRST_EPOCHS
        self._bytes = 0

    def takes(self, position: int, event: bytes) -> bool:
        """Adds an event, unless the page would be too large with it."""
        if self.events and self._bytes + len(event) > PAGE_BYTES_MAX:
            return False
        self.events.append(event)
        self._bytes += len(event)
        self.scanned_to = position
        return True

    def body(self) -> bytes:
        """The answer's bytes."""
        tail = f'],"scanned_to":{self.scanned_to},"head":{self.head},"epoch":{self.epochs.current}}}'
        return b'{"events":[' + b",".join(self.events) + tail.encode()


class FeedRoutes:
    """Adds the feed's route."""

    def __init__(self, authenticator: Authenticator, log: EventLog, catalogue: Catalogue) -> None:
        self._authenticator = authenticator
        self._log = log
        self._catalogue = catalogue
        self._waiting = 0
        refuse_undeclared(catalogue.by_kind)
        self._kind_of = {event.name: stream.kind for stream in catalogue.streams for event in stream.events}

    def add_to(self, app: FastAPI) -> None:
        """Adds it."""
        app.add_api_route(
            "/v1/events",
            self._answer,
            methods=["GET"],
            operation_id="events",
            tags=["events"],
            summary="The event log, in order",
            description=DESCRIPTION,
            response_model=None,
            responses={
                200: {"description": "A page.", "content": {"application/json": {"schema": PAGE_SCHEMA}}},
                **{status: refusal for status, refusal in REFUSALS.items() if status in (401, 403, 409, 422, 503)},
            },
            openapi_extra={"parameters": PARAMETERS},
        )

    async def _answer(self, request: Request) -> Response:
        principal = await self._permitted(request)
        _refuse_unknown(request)
        last_event = followed_event(request.query_params.get("lastEventId"))
        after = _number(request, "after", default=last_event.position if last_event else 0, least=0, most=POSITION_MAX)
        epoch = _number(request, "epoch", default=0, least=1, most=EPOCH_MAX)
        limit = _number(request, "limit", default=PAGE_EVENTS_DEFAULT, least=1, most=PAGE_EVENTS_MAX)
        wait_seconds = _number(request, "waitSeconds", default=0, least=0, most=WAIT_SECONDS_MAX)
        types, deadline = self._types(request, principal), time.monotonic() + wait_seconds
        page = FeedPage(after)
        await refuse_other_history(self._log, last_event, followed_page(epoch, after=after) if epoch else None)
        while not await self._is_filled(page, limit, types, deadline):
            # A revocation moves the log, too: whoever waits is looked at anew before anything is read for them.
            principal = await self._permitted(request, is_anew=True)
            types = self._types(request, principal)
        return Response(page.body(), media_type="application/json")

    async def _permitted(self, request: Request, *, is_anew: bool = False) -> Principal:
        caller = await self._authenticator.caller(request.headers.get("authorization"), is_anew=is_anew)
        refuse_foreign_role(caller.principal, FEED_ROLES, "The event feed")
        return caller.principal

    def _types(self, request: Request, principal: Principal) -> list[str] | None:
        """The types to read: those that are asked for, and never one that the principal sees only in part."""
        reached = [name for name, kind in self._kind_of.items() if gets_all_of(principal.roles, kind=kind, event=name)]
        text = request.query_params.get("types")
        if text is None:
            return None if len(reached) == len(self._kind_of) else reached
        types = list(dict.fromkeys(text.split(",")))
        if len(types) > TYPES_MAX:
            raise TooManyTypes(pointer="/types", limit=TYPES_MAX)
        unknown = [name for name in types if name not in self._catalogue.events]
        if unknown:
            named = [name[:UNKNOWN_LENGTH_MAX] for name in unknown[:UNKNOWN_NAMED_MAX]]
            raise TypeUnknown(pointer="/types", types=named)
        if unreached := [name for name in types if name not in reached]:
            raise TypeOutOfReach(pointer="/types", types=unreached)
        return types

    async def _is_filled(self, page: FeedPage, limit: int, types: list[str] | None, deadline: float) -> bool:
        """Fills a page with what is there; where that is nothing, waits until the log moves or the deadline is there."""
        is_full = await self._fill(page, limit, types)
        seconds_left = deadline - time.monotonic()
        if is_full or page.events or seconds_left <= 0:
            return True
        if page.scanned_to == page.head:
            await self._wait_past(page.head, seconds_left)
        return False

    async def _fill(self, page: FeedPage, limit: int, types: list[str] | None) -> bool:
        """Takes what one pass over the log gives; true when nothing more fits on the page."""
        while True:
            wanted = min(limit - len(page.events), READ_EVENTS_MAX)
            read = await self._log.read(after=page.scanned_to, limit=wanted, types=types)
            # Read after the events: what they are of was told before the first of them was recorded.
            page.head, page.epochs = read.head, await self._log.epochs()
            if page.scanned_to > read.head:
                raise AfterHead(pointer="/after", after=page.scanned_to, head=read.head, epoch=page.epochs.current)
            for event in read.events:
                if not page.takes(event.position, cloud_event(event, page.epochs)):
                    return True
            page.scanned_to = read.scanned_to
            if len(page.events) == limit:
                return True
            if len(read.events) < wanted:
                return False

    async def _wait_past(self, position: int, seconds: float) -> None:
        if self._waiting >= WAITING_MAX:
            raise TooManyWaiting(limit=WAITING_MAX)
        self._waiting += 1
        try:
            await self._log.wait_past(position, seconds)
        finally:
            self._waiting -= 1


def _refuse_unknown(request: Request) -> None:
    """A misspelt filter would silently not filter, and of two only one would count."""
    known = tuple(parameter["name"] for parameter in PARAMETERS)
    names = [name[:60] for name, _ in request.query_params.multi_items()]
    for index, name in enumerate(names):
        if name not in known:
            raise ParameterUnknown(name=name, known=known, pointer=f"/{name}")
        if name in names[:index]:
            raise ParameterUnreadable(name=name, reason="it is sent twice", pointer=f"/{name}")


def _number(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > POSITION_DIGITS_MAX or not least <= int(text) <= most:
        raise ParameterInvalid(pointer=f"/{name}", name=name, least=least, most=most)
    return int(text)


DESCRIPTION: Final = f"""Events after a position, in log order, as CloudEvents 1.0; the same bytes as in the NATS stream.

Keep `scanned_to` and `epoch` with your own work and send them as the next `after` and `epoch`: also where `types` leaves a
page empty, everything up to it was looked at. You have everything when `scanned_to` is `head`. A page may be shorter than
`limit`.

When a backup was restored, positions after it stand for other events, under ids of another epoch. Whoever sends `epoch` or
`lastEventId` is then told so (409, `feed.history_parted`), with the position `agreed_to` up to which nothing changed.

Personal fields are sealed. A key gets the events of those things of which it sees everything: one with the role
`integration` alone gets none about pay and no costs of products; `scanned_to` goes on all the same.
Roles: {", ".join(sorted(FEED_ROLES))}."""


PARAMETERS: Final = [
    described(
        "after", {"type": "integer", "format": "int64", "minimum": 0, "default": 0}, about="Events after this position."
    ),
    described(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": PAGE_EVENTS_MAX, "default": PAGE_EVENTS_DEFAULT},
        about="Most events.",
    ),
    described(
        "epoch",
        {"type": "integer", "minimum": 1},
        about="The `epoch` of the page whose `scanned_to` is sent as `after`: a log of another history refuses it.",
    ),
    described(
        "lastEventId",
        {"type": "string", "examples": ["1:4711"]},
        about="The id of the last event that you have: a log without it refuses it. Without `after`, goes on after it.",
    ),
    described("types", {"type": "string"}, about="Only these stored types, with commas between: `deal.won,deal.lost`."),
    described(
        "waitSeconds",
        {"type": "integer", "minimum": 0, "maximum": WAIT_SECONDS_MAX, "default": 0},
        about="Longest wait for an event where there is none yet.",
    ),
]

_COUNT: Final[dict[str, Any]] = {"type": "integer", "format": "int64", "minimum": 0}
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_INSTANT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_UUID: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}

CORE_ATTRIBUTES: Final = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype")
EVENT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {**_TEXT, "description": "`{epoch}:{position}`."},
        "source": _TEXT,
        "type": {**_TEXT, "examples": ["sales.v1.deal.won"]},
        "subject": {**_UUID, "description": "The stream: the id of the thing that it happened to."},
        "time": {**_INSTANT, "description": "When it was recorded."},
        "datacontenttype": {"const": "application/json"},
        "position": {"type": "integer", "minimum": 1},
        "streamkind": {**_TEXT, "examples": ["deal"]},
        "streamversion": {"type": "integer", "minimum": 1},
        "schema": {"type": "integer", "minimum": 1, "description": "Version of the payload's schema."},
        "occurredat": {**_INSTANT, "description": "Business time, where an instant is known."},
        "occurredon": {"type": "string", "format": "date", "description": "Business date, where known."},
        "occurredzone": {**_TEXT, "description": "The zone of the business date (IANA)."},
        "actorid": _UUID,
        "correlationid": _UUID,
        "data": {"description": "The payload, as stored."},
    },
    "required": [*CORE_ATTRIBUTES, "position", "streamkind", "streamversion", "schema", "data"],
}

PAGE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "events": {"type": "array", "maxItems": PAGE_EVENTS_MAX, "items": EVENT_SCHEMA},
        "scanned_to": {**_COUNT, "description": "Everything up to here was looked at: the next `after`."},
        "head": {**_COUNT, "description": "The log's last position."},
        "epoch": {"type": "integer", "minimum": 1},
    },
    "required": ["events", "scanned_to", "head", "epoch"],
}
