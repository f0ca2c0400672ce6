"""The `eventsourcing` library's synchronous recorders, said with our log: a translation for its test cases, nothing more.

Their opaque bytes become a base64 JSON string. Their streams start at `first_version`, where ours start at 1.
"""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from anyio.from_thread import BlockingPortal
from eventsourcing.persistence import Notification, ProcessRecorder, StoredEvent, Subscription, Tracking

from salesapi.database.connections import OwnConnection
from salesapi.domain.shared.kernel import StreamRef
from salesapi.eventlog import checkpoints
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import AppendRequest, NewEvent, Page, StreamAppend
from salesapi.eventlog.recorder import StoredEvent as LogEvent
from tests.eventlog.within import append_within

Answer = TypeVar("Answer")

KIND = "conformance"


def _payload(state: bytes) -> str:
    return json.dumps(base64.b64encode(state).decode())


def _state(payload: str) -> bytes:
    return base64.b64decode(json.loads(payload))


class RecorderFacade(ProcessRecorder):
    """One log and one connection for checkpoints, reached through the portal of the loop that owns them."""

    def __init__(self, portal: BlockingPortal, url: str, *, first_version: int, returns_ids: bool) -> None:
        self._portal = portal
        self._first_version = first_version
        self._returns_ids = returns_ids
        self.log: PostgreSQLEventLog = portal.call(PostgreSQLEventLog.connect, url)
        self._connection: OwnConnection = self._call(lambda: asyncpg.connect(url))

    def close(self) -> None:
        self._portal.call(self.log.close)
        self._call(self._connection.close)

    def _call(self, function: Callable[[], Awaitable[Answer]]) -> Answer:
        async def run() -> Answer:
            return await function()

        return self._portal.call(run)

    def _request(self, stored_events: Sequence[StoredEvent]) -> AppendRequest:
        return AppendRequest(
            appends=tuple(
                StreamAppend(
                    stream=StreamRef(KIND, _uuid(stored.originator_id)),
                    expected_version=stored.originator_version - self._first_version,
                    events=(
                        NewEvent(type=stored.topic, schema=1, payload=_payload(stored.state), meta="{}", occurred=None),
                    ),
                )
                for stored in stored_events
            )
        )

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """`EventLog.append`; with a `tracking`, appending and `insert_tracking` in one transaction."""
        marker: Tracking | None = kwargs.get("tracking")
        if marker is not None:
            self._call(lambda: self._insert_with_tracking(stored_events, marker))
            return None
        if not stored_events:
            return None
        appended = self._call(lambda: self.log.append(self._request(stored_events)))
        if not self._returns_ids:
            return None
        return list(range(appended.first_position, appended.first_position + len(stored_events)))

    async def _insert_with_tracking(self, stored_events: Sequence[StoredEvent], marker: Tracking) -> None:
        async with self._connection.transaction():
            await self._move(marker)
            if stored_events:
                await append_within(self._connection, self._request(stored_events))

    async def _move(self, marker: Tracking) -> None:
        follower = marker.application_name
        expected = await checkpoints.max_tracking_id(self._connection, follower)
        await checkpoints.insert_tracking(
            self._connection, follower, expected=expected, position=marker.notification_id
        )

    def insert_tracking(self, tracking: Tracking) -> None:

        async def run() -> None:
            async with self._connection.transaction():
                await self._move(tracking)

        self._call(run)

    def max_tracking_id(self, application_name: str) -> int | None:
        return self._call(lambda: checkpoints.max_tracking_id(self._connection, application_name))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """`EventLog.load` of one stream."""
        after = 0 if gt is None else gt + 1 - self._first_version
        loaded = self._call(lambda: self.log.load([(StreamRef(KIND, _uuid(originator_id)), after)]))
        found = [self._stored(event) for event in loaded.streams[0]]
        found = [event for event in found if lte is None or event.originator_version <= lte]
        return (found[::-1] if desc else found)[:limit]

    def _stored(self, event: LogEvent) -> StoredEvent:
        version = event.version - 1 + self._first_version
        return StoredEvent(UUID(int=event.stream.id.int), version, event.type, _state(event.payload))

    def notification(self, event: LogEvent) -> Notification:
        stored = self._stored(event)
        return Notification(
            stored.originator_id, stored.originator_version, stored.topic, stored.state, id=event.position
        )

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """`EventLog.read`."""
        after = 0 if start is None else start - 1 if inclusive_of_start else start
        page = self._call(lambda: self.log.read(after=after, limit=limit, types=list(topics) or None))
        return [self.notification(event) for event in page.events if stop is None or event.position <= stop]

    def max_notification_id(self) -> int | None:
        """`EventLog.head`."""
        return self._portal.call(self.log.head) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "FollowSubscription":
        """`EventLog.follow`."""
        return FollowSubscription(self, gt, topics)

    def next_page(self, pages: AsyncIterator[Page]) -> Page:
        return self._call(lambda: anext(pages))


class FollowSubscription(Subscription[RecorderFacade]):
    """A follower as a synchronous iterator."""

    def __init__(self, recorder: RecorderFacade, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._pages = recorder.log.follow(after=gt or 0, page=10)
        self._events: Iterator[LogEvent] = iter(())

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            for event in self._events:
                if not self._topics or event.type in self._topics:
                    return self._recorder.notification(event)
            self._events = iter(self._recorder.next_page(self._pages).events)
        raise StopIteration


def _uuid(originator_id: UUID | str) -> UUID:
    assert isinstance(originator_id, UUID), "the cases use UUIDs"
    return originator_id
