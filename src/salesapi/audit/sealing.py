"""The sealer: follows the log and stores the hash of each event, the finished subtrees above, and a root for each batch.

Hashing after the commit costs writers nothing. Events newer than the last sealed root are not protected by it yet, so
the sealer is never far behind: it is woken by each commit. Durations are in seconds, on this process's monotonic clock;
`audit.root.sealed_at` is the database's.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import asyncpg
from eventsourcing.persistence import IntegrityError

from salesapi.audit.leaf import leaf_bytes
from salesapi.audit.rows import pages, stored_frontier
from salesapi.audit.tree import FinishedNode, empty_root, leaf_hash
from salesapi.database.connections import BACKOFF_FIRST_SECONDS, KEYED_READS, Connection, OwnConnection, open_connection
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.checkpoints import insert_tracking, max_tracking_id
from salesapi.eventlog.recorder import EventLog, PositionGap

FOLLOWER: Final = "sealer"
"""Its row in `log.tracking`."""
LEADER_LOCK: Final = 7732
"""Session advisory lock of the process that seals: only an optimisation, the checkpoint decides."""
BATCH_EVENTS_MAX: Final = 2_000
"""Most events sealed in one transaction."""
WAIT_SECONDS: Final = 5.0
"""How long the sealer waits at the head before it looks by itself, and before it asks again for the lead."""
BACKOFF_MAX_SECONDS: Final = 10.0
SEALED_POLL_SECONDS: Final = 0.02
"""How often `root_at` looks whether the sealer has come so far."""

INSERT_LEAVES: Final = "INSERT INTO audit.leaf (position, hash) SELECT * FROM unnest($1::bigint[], $2::bytea[])"
INSERT_NODES: Final = (
    "INSERT INTO audit.node (level, idx, hash) SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[])"
)
INSERT_ROOT: Final = "INSERT INTO audit.root (size, root) VALUES ($1, $2)"

logger = logging.getLogger(__name__)


class NotSealed(Refused):
    """The root is not known yet: the sealer is behind, or does not run."""

    code = "audit.not_sealed"
    kind = Kind.UNAVAILABLE
    message = "The first {size} events are not sealed yet; see that `salesapi work` runs, and try again."


class EvidenceBroken(RuntimeError):
    """The stored tree contradicts itself or the log. Sealing stops: `salesapi verify` names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealerStatus:
    """How the sealer is. `position` is the last event that it knows to be sealed."""

    is_running: bool
    is_leading: bool
    position: int
    failure: str | None
    """What stopped the last try; None while all is well."""


class Sealer:
    """Seals in a task of its own, for as long as it is started. Any number of processes may run one."""

    def __init__(self, url: str, log: EventLog) -> None:
        """`url` is the application's role; `log` wakes the sealer."""
        self._url = url
        self._log = log
        self._task: asyncio.Task[None] | None = None
        self._connection: OwnConnection | None = None
        self._is_leading = False
        self._position = 0
        self._failure: str | None = None

    def start(self) -> None:
        """Begins sealing."""
        assert self._task is None, "this sealer runs already"
        self._task = asyncio.create_task(self._run(), name="sealer")

    async def stop(self) -> None:
        """Stops; a batch under way is stored whole or not at all."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait((self._task,))
        self._task = None
        self._disconnect()

    def status(self) -> SealerStatus:
        """How it is now."""
        return SealerStatus(
            is_running=self._task is not None and not self._task.done(),
            is_leading=self._is_leading,
            position=self._position,
            failure=self._failure,
        )

    async def _run(self) -> None:
        backoff_seconds = BACKOFF_FIRST_SECONDS
        while True:
            try:
                await self._work()
                self._failure, backoff_seconds = None, BACKOFF_FIRST_SECONDS
            except IntegrityError as error:
                # Another process sealed the same events first: nothing is wrong, go on behind it.
                logger.info("sealer: %s", error)
                self._disconnect()
                await asyncio.sleep(BACKOFF_FIRST_SECONDS)
            except Exception as error:  # noqa: BLE001 - a tailing loop holds its position and tries again, whatever it is
                self._failure = f"{type(error).__name__}: {error}"
                logger.error("sealer: stays at position %d (%s); trying again", self._position, self._failure)
                self._disconnect()
                await asyncio.sleep(backoff_seconds)
                backoff_seconds = min(2 * backoff_seconds, BACKOFF_MAX_SECONDS)

    async def _work(self) -> None:
        """One batch, or one wait at the head."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await open_connection(self._url, name="sealer", settings=KEYED_READS)
            self._is_leading = False
        if not self._is_leading:
            self._is_leading = await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_LOCK)
        if not self._is_leading:
            self._position = await max_tracking_id(self._connection, FOLLOWER) or 0
            await asyncio.sleep(WAIT_SECONDS)
            return
        position = await seal_next(self._connection)
        if position == self._position:
            await self._log.wait_past(position, WAIT_SECONDS)
        self._position = position

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()  # gives the lead free, too
        self._connection, self._is_leading = None, False


async def seal_next(connection: Connection) -> int:
    """Seals the next batch in one transaction; returns the position up to which the log is now sealed.

    Raises:
        IntegrityError: another process sealed the same events first; nothing was stored.
        PositionGap: the log lacks a position, or ends before what is sealed.
        EvidenceBroken: the stored tree does not fit the checkpoint.
    """
    try:
        async with connection.transaction():
            return await _seal_batch(connection)
    except asyncpg.UniqueViolationError as error:
        raise EvidenceBroken(f"a hash is stored already past the sealer's checkpoint: {error}") from error


async def seal_all(url: str) -> int:
    """Seals the whole log as it is now; returns its size. For one command that needs it, where no sealer runs."""
    connection = await open_connection(url, name="sealer", settings=KEYED_READS)
    try:
        sealed = -1
        while (position := await _seal_or_follow(connection)) != sealed:
            sealed = position
        return sealed
    finally:
        await connection.close()


async def root_at(pool: "asyncpg.Pool[asyncpg.Record]", size: int, timeout_seconds: float) -> bytes:
    """The root over the first `size` events, once they are sealed.

    Raises:
        NotSealed: they are not within the time given.
        EvidenceBroken: a root stored for this size is another one.
    """

    async def look() -> bytes | None:
        async with pool.acquire() as connection:
            return await sealed_root(connection, size)

    return await wait_until_sealed(look, size, timeout_seconds)


async def sealed_root(connection: Connection, size: int) -> bytes | None:
    """The root over the first `size` events from at most 63 stored subtrees; None while they are not all sealed.

    Raises:
        EvidenceBroken: a root stored for this size is another one.
    """
    if size == 0:
        return empty_root()
    frontier = await stored_frontier(connection, size)
    if frontier is None:
        return None
    stored = await connection.fetchval("SELECT root FROM audit.root WHERE size = $1", size)
    if stored is not None and stored != frontier.root():
        raise EvidenceBroken(f"the root stored for size {size} is not that of the stored subtrees")
    return frontier.root()


async def wait_until_sealed(look: Callable[[], Awaitable[bytes | None]], size: int, timeout_seconds: float) -> bytes:
    """Looks again and again until there is a root; at least once.

    Raises:
        NotSealed: there is none within the time given.
    """
    deadline = time.monotonic() + timeout_seconds
    while (root := await look()) is None:
        if time.monotonic() >= deadline:
            raise NotSealed(size=size)
        await asyncio.sleep(SEALED_POLL_SECONDS)
    return root


async def _seal_or_follow(connection: Connection) -> int:
    try:
        return await seal_next(connection)
    except IntegrityError:
        return await max_tracking_id(connection, FOLLOWER) or 0


async def _seal_batch(connection: Connection) -> int:
    checkpoint = await max_tracking_id(connection, FOLLOWER)
    size = checkpoint or 0
    frontier = await stored_frontier(connection, size)
    if frontier is None:
        raise EvidenceBroken(f"the sealer's checkpoint is at {size}, but subtrees below it are missing")
    finished: list[FinishedNode] = []
    async for page in pages(connection, after=size, up_to=size + BATCH_EVENTS_MAX):
        for each in page:
            finished += frontier.append(leaf_hash(leaf_bytes(each.row)))
    if not finished:
        await _refuse_shorter_log(connection, size)
        return size
    # The checkpoint first: whoever loses the race waits here for the other's commit and has written nothing.
    await insert_tracking(connection, FOLLOWER, expected=checkpoint, position=frontier.size)
    leaves = [node for node in finished if node.level == 0]
    nodes = [node for node in finished if node.level > 0]
    await connection.execute(INSERT_LEAVES, [leaf.index + 1 for leaf in leaves], [leaf.hash for leaf in leaves])
    await connection.execute(
        INSERT_NODES, [node.level for node in nodes], [node.index for node in nodes], [node.hash for node in nodes]
    )
    await connection.execute(INSERT_ROOT, frontier.size, frontier.root())
    return frontier.size


async def _refuse_shorter_log(connection: Connection, size: int) -> None:
    head: int = await connection.fetchval("SELECT coalesce(max(position), 0) FROM log.event")
    if head < size:
        raise PositionGap(f"the log ends at {head}, but {size} events are sealed: its last events were removed")
