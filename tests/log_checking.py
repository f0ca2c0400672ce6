"""What must hold of every log at any moment, looked at after each test that has one; see `checked_log` in `conftest.py`.

A test that breaks its log on purpose says so with `@pytest.mark.breaks_log`.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from salesapi.domain.catalogue import Catalogue, snake_name
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.reading import stored_events
from salesapi.eventlog.upcasts import UPCASTS
from tests.privacy.memory_keys import MemoryKeys

CATALOGUE: Final = Catalogue()
CODEC: Final = Codec(CATALOGUE.event_types(), MemoryKeys(), UPCASTS)
COMMANDS: Final = [snake_name(command) for _, command in CATALOGUE.commands.values()]
CONNECT_SECONDS: Final = 30.0
HAS_LOG: Final = "SELECT to_regclass('log.request') IS NOT NULL AND to_regclass('audit.leaf') IS NOT NULL"
HEAD: Final = "SELECT coalesce(max(position), 0) FROM log.event"
BROKEN: Final = """
    WITH head AS (SELECT coalesce(max(position), 0) AS position FROM log.event)
    SELECT * FROM (
        SELECT 'positions are not 1 to n' AS what, format('%s to %s, %s events', min(position), max(position), count(*))
        FROM log.event HAVING count(*) > 0 AND (min(position), max(position)) <> (1, count(*))
        UNION ALL
        SELECT 'versions of a stream are not 1 to m, or of several kinds', format('%s: %s events', stream_id, count(*))
        FROM log.event GROUP BY stream_id
        HAVING (min(version), max(version)) <> (1, count(*)) OR min(stream_kind) <> max(stream_kind)
        UNION ALL
        SELECT 'record time goes back', position::text
        FROM (SELECT position, recorded_at < lag(recorded_at) OVER (ORDER BY position) AS is_back FROM log.event) e
        WHERE is_back
        UNION ALL
        SELECT 'a request names events that are not there', key FROM log.request, head
        WHERE event_count > 0 AND (first_position < 1 OR first_position + event_count - 1 > head.position)
        UNION ALL
        SELECT 'two requests name the same event', key
        FROM (SELECT key, first_position <= max(first_position + event_count - 1) OVER (
                  ORDER BY first_position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_shared
              FROM log.request WHERE event_count > 0) r
        WHERE is_shared
        UNION ALL
        SELECT 'a follower is ahead of the log', follower FROM log.tracking, head WHERE tracking.position > head.position
        UNION ALL
        SELECT 'sealed leaves are not 1 to k of the log',
               format('%s to %s, %s leaves', min(l.position), max(l.position), count(*))
        FROM audit.leaf l HAVING count(*) > 0
            AND ((min(l.position), max(l.position)) <> (1, count(*)) OR max(l.position) > (SELECT position FROM head))
    ) broken LIMIT 20
"""
NEW_EVENTS: Final = """
    SELECT position, stream_kind, stream_id, version, type, schema, payload::text, meta::text, occurred_at, occurred_on,
           occurred_zone, recorded_at
    FROM log.event WHERE position > $1 AND meta ->> 'command' = ANY($2::text[]) ORDER BY position
"""
"""Events that commands led to. Tests of the log itself append made-up ones, which nobody could read."""


async def check_log(connection: Any, *, read_to: int = 0) -> list[str]:
    """What does not hold of the log, in words; events up to `read_to` are not read again."""
    broken = [f"{what}: {where}" for what, where in await connection.fetch(BROKEN)]
    for row in await connection.fetch(NEW_EVENTS, read_to, COMMANDS):
        try:
            CODEC.decode_unopened(stored_events([row]))
        except Exception as error:  # noqa: BLE001 - whatever it is, the event cannot be read
            broken.append(f"position {row['position']} cannot be read: {type(error).__name__}: {error}")
    return broken


@dataclass
class _Watched:
    """A database with the connection that looks at it, and how far its log was read."""

    urls: DatabaseUrls
    connection: Any = None
    has_log: bool = False
    head: int = 0


@dataclass
class LogWatch:
    """The databases of a run of tests that are there now."""

    watched: dict[str, _Watched] = field(default_factory=dict)
    is_broken_on_purpose: bool = False

    async def check_all(self) -> None:
        """Looks at each log that has grown.

        Raises:
            AssertionError: something does not hold.
        """
        for watched in list(self.watched.values()):
            await self._check(watched)

    async def forget(self, name: str) -> None:
        """Looks for the last time at a database that will be dropped."""
        watched = self.watched.pop(name, None)
        if watched is None:
            return
        try:
            await self._check(watched, is_last=True)
        finally:
            if watched.connection is not None:
                watched.connection.terminate()

    async def _check(self, watched: _Watched, *, is_last: bool = False) -> None:
        if self.is_broken_on_purpose or (watched.connection is None and not await self._connected(watched)):
            return
        if not watched.has_log:
            watched.has_log = await watched.connection.fetchval(HAS_LOG)
        if not watched.has_log:
            return
        head = await watched.connection.fetchval(HEAD)
        if head == watched.head and not is_last:
            return
        broken = await check_log(watched.connection, read_to=watched.head)
        watched.head = head
        assert not broken, f"the log of {watched.urls.name}:\n" + "\n".join(broken)

    async def _connected(self, watched: _Watched) -> bool:
        """A database that refuses connections for a test has nothing to be looked at."""
        with suppress(asyncpg.PostgresError, OSError, TimeoutError):
            watched.connection = await asyncpg.connect(watched.urls.owner_url, timeout=CONNECT_SECONDS)
        return watched.connection is not None


WATCH: Final = LogWatch()


class WatchedPostgreSQL(EmbeddedPostgreSQL):
    """The engine of the tests: each database that it makes is watched until it is dropped."""

    async def create_database(self, name: str) -> DatabaseUrls:
        """As the engine does, and watches it."""
        urls = await super().create_database(name)
        WATCH.watched[name] = _Watched(urls)
        return urls

    async def drop_database(self, name: str) -> None:
        """As the engine does, after a last look."""
        try:
            await WATCH.forget(name)
        finally:
            await super().drop_database(name)
