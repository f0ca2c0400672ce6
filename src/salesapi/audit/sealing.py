"""The sealer: follows the log and stores the hash of each event, the finished subtrees above, and a root for each batch.

Hashing after the commit costs writers nothing. Events newer than the last sealed root are not protected by it yet, so
the sealer is never far behind: it is woken by commits. Durations are in seconds, on this process's monotonic clock;
`audit.root.sealed_at` is the database's.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
from eventsourcing.persistence import IntegrityError

from salesapi.audit.leaf import leaf_bytes
from salesapi.audit.rows import pages, stored_frontier
from salesapi.audit.tree import FinishedNode, empty_root, leaf_hash
from salesapi.database.connections import KEYED_READS, Connection, Pool, open_connection
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.checkpoints import insert_tracking, max_tracking_id
from salesapi.eventlog.reading import HEAD
from salesapi.eventlog.recorder import PositionGap
from salesapi.subscriptions.names import SEALER
from salesapi.subscriptions.runner import Progress
from salesapi.subscriptions.states import Trouble, trouble_of

BATCH_EVENTS_MAX: Final = 2_000
"""Most events sealed in one transaction."""
GATHER_SECONDS: Final = 0.2
"""Pause between two batches at the head: a busy log is protected later by this much, at a fraction of the cost."""
ACQUIRE_TIMEOUT_SECONDS: Final = 10.0
"""Longest wait for a connection of the pool."""
SEALED_POLL_SECONDS: Final = 0.02
"""How often `root_at` looks whether the sealer has come so far."""
SETTINGS: Final = "; ".join(
    f"SET LOCAL {name} = {value}"
    for name, value in {**KEYED_READS, "synchronous_commit": "off", "application_name": "'salesapi sealer'"}.items()
)
"""The commit is not waited for: a crash loses hashes and checkpoint together, and they are made again from the same events.
What was told of a root is safe all the same: an event that names it is stored after it, and waited for."""

INSERT_LEAVES: Final = "INSERT INTO audit.leaf (position, hash) SELECT * FROM unnest($1::bigint[], $2::bytea[])"
INSERT_NODES: Final = (
    "INSERT INTO audit.node (level, idx, hash) SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[])"
)
INSERT_ROOT: Final = "INSERT INTO audit.root (size, root) VALUES ($1, $2)"


class NotSealed(Refused):
    """The root is not known yet: the sealer is behind, or does not run."""

    code = "audit.not_sealed"
    kind = Kind.UNAVAILABLE
    message = "The first {size} events are not sealed yet; see that `salesapi work` runs, and try again."


class EvidenceBroken(RuntimeError):
    """The stored tree contradicts itself or the log. Sealing stops: `salesapi verify` names the place."""


class Sealer:
    """The follower that seals. Any number of processes may run one."""

    names = (SEALER,)

    def __init__(self, pool: Pool) -> None:
        """`pool` is the application role's."""
        self._pool = pool

    async def resume(self) -> None:
        """See `Follower.resume`: each batch begins from what is stored."""

    async def step(self) -> Progress:
        """Seals the next batch."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
            before = await max_tracking_id(connection, SEALER) or 0
            position = await seal_next(connection, settings=SETTINGS)
        is_at_head = position - before < BATCH_EVENTS_MAX
        return Progress(position=position, is_at_head=is_at_head, gather_seconds=GATHER_SECONDS)

    def trouble(self, error: Exception) -> Trouble:
        """See `Follower.trouble`."""
        return trouble_of(error, told=(EvidenceBroken,))

    async def close(self) -> None:
        """See `Follower.close`: it borrows its connections."""


async def seal_next(connection: Connection, *, settings: str = "") -> int:
    """Seals the next batch in one transaction; returns the position up to which the log is now sealed.

    `settings` are statements for a connection that was not opened for reads by key.

    Raises:
        IntegrityError: another process sealed the same events first; nothing was stored.
        PositionGap: the log lacks a position, or ends before what is sealed.
        EvidenceBroken: the stored tree does not fit the checkpoint.
    """
    try:
        async with connection.transaction():
            if settings:
                await connection.execute(settings)
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


async def root_at(pool: Pool, size: int, timeout_seconds: float) -> bytes:
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
        return await max_tracking_id(connection, SEALER) or 0


async def _seal_batch(connection: Connection) -> int:
    checkpoint = await max_tracking_id(connection, SEALER)
    size = checkpoint or 0
    frontier = await stored_frontier(connection, size)
    if frontier is None:
        raise EvidenceBroken(f"the sealer's checkpoint is at {size}, but subtrees below it are missing")
    finished: list[FinishedNode] = []
    async for page in pages(connection, after=size, up_to=size + BATCH_EVENTS_MAX):
        for each in page:
            finished += frontier.append(leaf_hash(leaf_bytes(each.row)))
    if not finished:
        head: int = await connection.fetchval(HEAD)
        if head < size:
            raise PositionGap(f"the log ends at {head}, but {size} events are sealed: its last events were removed")
        return size
    # The checkpoint first: whoever loses the race waits here for the other's commit and has written nothing.
    await insert_tracking(connection, SEALER, expected=checkpoint, position=frontier.size)
    leaves = [node for node in finished if node.level == 0]
    nodes = [node for node in finished if node.level > 0]
    await connection.execute(INSERT_LEAVES, [leaf.index + 1 for leaf in leaves], [leaf.hash for leaf in leaves])
    await connection.execute(
        INSERT_NODES, [node.level for node in nodes], [node.index for node in nodes], [node.hash for node in nodes]
    )
    await connection.execute(INSERT_ROOT, frontier.size, frontier.root())
    return frontier.size
