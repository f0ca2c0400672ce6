"""The event log in PostgreSQL: one writer, a group reader, a listener and a small pool for pages, each on its own connections.

The statements are in `writer.py`, `reading.py` and `head_watch.py`, the tables and `log.append` in `migrations/`.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

import asyncpg

from salesapi.database.connections import (
    COMMAND_TIMEOUT_SECONDS,
    CONNECT_TIMEOUT_SECONDS,
    KEYED_READS,
    LOST,
    Connection,
    OwnConnection,
    Pool,
    open_connection,
    server_settings,
)
from salesapi.domain.shared.kernel import StreamRef
from salesapi.eventlog.epochs import FIRST_EPOCHS, Epochs, RestoreUntold, refuse_untold_restore, stored_epochs
from salesapi.eventlog.following import follow
from salesapi.eventlog.head_watch import HeadWatch
from salesapi.eventlog.reading import HEAD, GroupReader, read_page
from salesapi.eventlog.recorder import PAGE_EVENTS_MAX, Appended, AppendRequest, EventLog, Loaded, LogUnavailable, Page
from salesapi.eventlog.writer import GroupWriter

PAGE_CONNECTIONS_MAX: Final = 4
"""Pages read at the same time; more wait for one of these connections."""


class PostgreSQLEventLog:
    """The real log. Made by `connect`, ended by `close`; one for each process."""

    def __init__(self, url: str, pages: Pool) -> None:
        """Use `connect`."""
        self._url = url
        self._pages = pages
        self._known_epochs = FIRST_EPOCHS
        self._watch = HeadWatch(partial(open_connection, url, name="listener"))
        self._writer = GroupWriter(self._open_writer, self._watch.reached)
        self._reader = GroupReader(partial(open_connection, url, name="reader", settings=KEYED_READS))

    @classmethod
    async def connect(cls, url: str) -> Self:
        """Opens the log with the application's role.

        Raises:
            RestoreUntold: the database was made from a backup, and that was not told.
            Also what asyncpg raises when the server cannot be reached or is not migrated.
        """
        pages = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=PAGE_CONNECTIONS_MAX,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            max_cached_statement_lifetime=0,
            reset=_keep,
            server_settings=server_settings("pages", KEYED_READS),
        )
        log = cls(url, pages)
        try:
            async with log._page_connection() as connection:
                await refuse_untold_restore(connection)
                log._known_epochs = await stored_epochs(connection)
        except BaseException:
            await pages.close()
            raise
        log._watch.start()
        log._writer.start()
        log._reader.start()
        return log

    async def _open_writer(self) -> OwnConnection:
        connection = await open_connection(self._url, name="writer")
        try:
            await refuse_untold_restore(connection)
            self._known_epochs = await stored_epochs(connection)
        except BaseException as error:
            connection.terminate()
            if isinstance(error, RestoreUntold):
                # For the writer an outage: it tries again, and goes on once the restore was told.
                raise ConnectionRefusedError(str(error)) from error
            raise
        self._watch.own_backend = connection.get_server_pid()
        return connection

    async def close(self) -> None:
        """Ends the connections. Requests still waiting are refused with `LogUnavailable`."""
        try:
            await self._writer.close()
            await self._reader.close()
            await self._watch.close()
        finally:
            await self._pages.close()

    async def append(self, request: AppendRequest) -> Appended:
        """See `EventLog.append`."""
        return await self._writer.append(request)

    async def load(self, streams: Sequence[tuple[StreamRef, int]], key: tuple[UUID, str] | None = None) -> Loaded:
        """See `EventLog.load`."""
        return await self._reader.load(streams, key)

    async def read(self, *, after: int, limit: int, types: Sequence[str] | None = None) -> Page:
        """See `EventLog.read`."""
        assert 0 < limit <= PAGE_EVENTS_MAX, f"a page holds 1 to {PAGE_EVENTS_MAX} events, not {limit}"
        async with self._page_connection() as connection:
            return await read_page(connection, after=after, limit=limit, types=types)

    @asynccontextmanager
    async def _page_connection(self) -> AsyncIterator[Connection]:
        try:
            async with self._pages.acquire(timeout=CONNECT_TIMEOUT_SECONDS) as connection:
                yield connection
        except LOST as error:
            raise LogUnavailable("the event log cannot be read: its connection was lost, or none was free") from error

    async def head(self) -> int:
        """See `EventLog.head`."""
        async with self._page_connection() as connection:
            return int(await connection.fetchval(HEAD))

    async def epochs(self) -> Epochs:
        """See `EventLog.epochs`."""
        async with self._page_connection() as connection:
            return await stored_epochs(connection)

    @property
    def known_epochs(self) -> Epochs:
        """See `EventLog.known_epochs`."""
        return self._known_epochs

    async def wait_past(self, position: int, timeout_seconds: float) -> int:
        """See `EventLog.wait_past`."""
        return await self._watch.wait_past(position, timeout_seconds)

    def on_erased(self, forget: Callable[[], None]) -> None:
        """Has this called as soon as any process has erased a person: what is held in memory is to be dropped."""
        self._watch.on_erased(forget)

    def follow(self, *, after: int, page: int) -> AsyncIterator[Page]:
        """See `EventLog.follow`."""
        return follow(self, after=after, page=page)


async def _keep(connection: Connection) -> None:
    """Reading a page changes nothing of a session: a pool's usual reset would be a second round trip for each page."""


if TYPE_CHECKING:
    _port: type[EventLog] = PostgreSQLEventLog
