"""Connections to PostgreSQL: how one is opened, when it counts as lost, and how a task keeps one over outages.

Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

import asyncpg

CONNECT_TIMEOUT_SECONDS: Final = 5.0
COMMAND_TIMEOUT_SECONDS: Final = 30.0
"""The client's last resort, over the server's own time-out: a server that answers neither is lost."""
STATEMENT_TIMEOUT_MS: Final = 15_000
IDLE_IN_TRANSACTION_TIMEOUT_MS: Final = 10_000
KEEPALIVE_IDLE_SECONDS: Final = 30
OUTAGE_SECONDS_MAX: Final = 1.5
"""Longest that callers are kept waiting for a lost server to come back; afterwards they are refused at the next attempt."""
BACKOFF_FIRST_SECONDS: Final = 0.05
BACKOFF_MAX_SECONDS: Final = 1.0

OwnConnection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
"""A connection that one task keeps for itself."""
Connection: TypeAlias = "OwnConnection | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
"""Any connection a statement can run on, also a pool's."""
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Record: TypeAlias = asyncpg.Record

LOST: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg says when the server ended the connection just before a statement was sent.
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)
"""What says that the connection is gone, rather than that the statement was refused."""

UNAVAILABLE: Final = (
    *LOST,
    # The server ended the statement (its time-out, a shutdown), or has no room or no connection left.
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
)
"""What says that the server cannot serve now, and may later."""

KEYED_READS: Final = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
}
"""For connections that only run statements by key: a plan kept from when the table was small must not be a scan."""

SNAPSHOT_READS: Final = {**KEYED_READS, "idle_in_transaction_session_timeout": "3600000"}
"""For an operator's program that reads a whole log in one snapshot: what it computes between two pages may take up to an hour."""

logger = logging.getLogger(__name__)


async def open_connection(url: str, *, name: str, settings: dict[str, str] | None = None) -> OwnConnection:
    """One connection with our time-outs; statements are prepared on first use and kept.

    `prepare()` is not used anywhere: it ends in Flush, so its implicit transaction would keep the locks taken while parsing
    until the connection's next statement.
    """
    return await asyncpg.connect(
        url,
        timeout=CONNECT_TIMEOUT_SECONDS,
        command_timeout=COMMAND_TIMEOUT_SECONDS,
        max_cached_statement_lifetime=0,
        server_settings=server_settings(name, settings),
    )


def server_settings(name: str, settings: dict[str, str] | None = None) -> dict[str, str]:
    """Lists the settings that every connection of the log asks of the server."""
    return {
        "application_name": f"salesapi {name}",
        "statement_timeout": str(STATEMENT_TIMEOUT_MS),
        "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
        "tcp_keepalives_idle": str(KEEPALIVE_IDLE_SECONDS),
        "jit": "off",
        **(settings or {}),
    }


async def end_task(task: asyncio.Task[None] | None) -> None:
    """Ends a task that serves a connection; harmless where there is none.

    Raises: what ended it before, if a bug did.
    """
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def keep_connected(
    connect: Callable[[], Awaitable[OwnConnection]],
    serve: Callable[[OwnConnection], Awaitable[None]],
    *,
    name: str,
    on_outage: Callable[[BaseException], None],
) -> None:
    """Runs `serve` on a connection, for ever; on a lost one connects again, with back-off.

    `on_outage` is called after each failed attempt once the server was away for `OUTAGE_SECONDS_MAX`. Anything that is not
    a lost connection rises and ends the task.
    """
    lost_at: float | None = None
    backoff_seconds = BACKOFF_FIRST_SECONDS
    while True:
        try:
            connection = await connect()
        except (*LOST, asyncpg.PostgresError) as error:
            lost_at = lost_at or time.monotonic()
            logger.warning("%s: cannot connect to PostgreSQL (%s); trying again", name, type(error).__name__)
            if time.monotonic() - lost_at >= OUTAGE_SECONDS_MAX:
                on_outage(error)
            await asyncio.sleep(backoff_seconds)
            backoff_seconds = min(2 * backoff_seconds, BACKOFF_MAX_SECONDS)
            continue
        lost_at, backoff_seconds = None, BACKOFF_FIRST_SECONDS
        try:
            await serve(connection)
        except LOST as error:
            logger.warning("%s: lost its connection to PostgreSQL (%s); connecting again", name, type(error).__name__)
            await asyncio.sleep(BACKOFF_FIRST_SECONDS)
        finally:
            connection.terminate()
