"""Verification of the database: every event, and every stored hash, subtree and root of the audit tree, in one snapshot.

Any role that may read the log can do it; nothing is written. Positions and sizes count events from 1. No clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from salesapi.audit.exporting import OnProgress, no_progress
from salesapi.audit.log_check import KnownRoot, LogCheck
from salesapi.audit.pay_check import RUN_TYPES, LockedRun, LockedRuns, PayCheck
from salesapi.audit.rows import SealedRow, node_hashes, pages, rows_of_types
from salesapi.audit.tree import FinishedNode
from salesapi.audit.verdict import Findings, Place, Rank, Verdict
from salesapi.audit.verifying import OutsideRoot, conclude, new_checks
from salesapi.database.connections import SNAPSHOT_READS, Connection, open_connection
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.recorder import PositionGap
from salesapi.subscriptions.names import SEALER

LEVELS_MAX: Final = 62
"""Highest level of a stored subtree."""

ROOTS: Final = "SELECT size, root FROM audit.root WHERE size > $1 AND size <= $2 ORDER BY size"
EXTENT: Final = """
    SELECT (SELECT coalesce(max(position), 0) FROM log.event) AS head,
           (SELECT coalesce(max(position), 0) FROM audit.leaf) AS leaves,
           (SELECT coalesce(max(size), 0) FROM audit.root) AS sealed,
           coalesce((SELECT position FROM log.tracking WHERE follower = $1), 0) AS checkpoint
"""
NODES_OF_LEVELS: Final = """
    SELECT level, (SELECT coalesce(max(n.idx) + 1, 0) FROM audit.node n WHERE n.level = l.level) AS nodes
    FROM generate_series(1, $1) AS l (level) ORDER BY level
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extent:
    """The reach of the log and of each part of the stored tree in the snapshot, in events."""

    head: int
    leaves: int
    sealed: int
    checkpoint: int


@dataclass(slots=True, kw_only=True)
class _Evidence:
    """The stored tree, compared page by page with the one recomputed."""

    connection: Connection
    findings: Findings
    check: LogCheck
    sealed: int
    is_node_wrong: bool = False

    async def compare(self, finished: Sequence[FinishedNode]) -> None:
        """Compares the subtrees that a page finished."""
        wanted = [node for node in finished if node.level > 0 and _last_position(node) <= self.sealed]
        if self.is_node_wrong or not wanted:
            return
        stored = await node_hashes(self.connection, [(node.level, node.index) for node in wanted])
        for node, found in zip(wanted, stored, strict=True):
            if found != node.hash:
                # The subtrees above differ for the same reason: the first one has the narrowest range.
                self.is_node_wrong = True
                first = (node.index << node.level) + 1
                has = "is missing" if found is None else f"is {found.hex()}"
                reason = f"the subtree over these events is {node.hash.hex()}, its row in audit.node {has}"
                place = Place(position=first, last_position=_last_position(node))
                self.findings.add(Rank.RANGE, place, reason)
                return


async def verify_log(
    url: str, codec: Codec, *, outside: OutsideRoot | None = None, on_progress: OnProgress = no_progress
) -> Verdict:
    """Checks the log of a database and its stored tree, or also against a root that was kept elsewhere.

    Progress is counted in events.

    Raises: what asyncpg raises when the database cannot be read.
    """
    findings = Findings()
    connection = await open_connection(url, name="verify", settings=SNAPSHOT_READS)
    try:
        # One snapshot for both passes and all tables, however long it takes.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            record = await connection.fetchrow(EXTENT, SEALER)
            assert record is not None, "a query without FROM answers one row"
            extent = _Extent(**dict(record))
            runs = await _locked_runs(connection, codec)
            check, pay = new_checks(findings, codec, runs, outside)
            _check_extent(extent, findings)
            evidence = _Evidence(connection=connection, findings=findings, check=check, sealed=extent.sealed)
            await _check_events(evidence, pay, extent, on_progress)
            await _check_surplus_nodes(evidence)
    finally:
        await connection.close()
    return conclude(findings, check, pay, subject="the event log", is_outside_known=outside is not None)


async def _locked_runs(connection: Connection, codec: Codec) -> list[LockedRun]:
    runs = LockedRuns()
    async for page in rows_of_types(connection, RUN_TYPES):
        for row in page:
            runs.add(row, codec)
    return runs.found


def _check_extent(extent: _Extent, findings: Findings) -> None:
    sealed = extent.sealed
    if extent.head < sealed:
        place = Place(position=extent.head + 1, last_position=sealed)
        findings.add(
            Rank.EVENT, place, f"the log ends at {extent.head}, but {sealed} events were sealed: they were removed"
        )
    for name, reached in (("audit.leaf", extent.leaves), ("the sealer's checkpoint", extent.checkpoint)):
        if reached != sealed:
            place = Place(position=min(reached, sealed) + 1, last_position=max(reached, sealed))
            findings.add(Rank.EVENT, place, f"{name} ends at {reached}, the newest row of audit.root at {sealed}")
    if extent.head > sealed:
        text = f"{extent.head - sealed} events after position {sealed} are not sealed yet"
        (findings.notes if sealed else findings.missing_evidence).append(text)


async def _check_events(evidence: _Evidence, pay: PayCheck, extent: _Extent, on_progress: OnProgress) -> None:
    check, findings = evidence.check, evidence.findings
    try:
        async for page in pages(evidence.connection, up_to=extent.head):
            after = check.size
            roots = await evidence.connection.fetch(ROOTS, after, after + len(page))
            stored_roots = {record["size"]: record["root"] for record in roots}
            finished: list[FinishedNode] = []
            for each in page:
                finished += _take(each, evidence, pay)
                if check.size in stored_roots:
                    source = f"audit.root for size {check.size}"
                    check.compare_root(KnownRoot(size=check.size, root=stored_roots[check.size].hex(), source=source))
            await evidence.compare(finished)
            on_progress("checking events", check.size, extent.head)
    except PositionGap as gap:
        findings.add(Rank.EVENT, Place(position=check.size + 1), str(gap))


def _take(each: SealedRow, evidence: _Evidence, pay: PayCheck) -> Sequence[FinishedNode]:
    position = each.row.position
    if each.leaf is None and position <= evidence.sealed:
        place = Place(position=position)
        evidence.findings.add(Rank.EVENT, place, "the event is sealed, but its row in audit.leaf is missing")
    finished = evidence.check.add(each.row, each.leaf)
    assert finished is not None, "pages hand out the next position only"
    pay.add(each.row)
    return finished


async def _check_surplus_nodes(evidence: _Evidence) -> None:
    """Every level ends where the sealed events end; that none is missing before was seen on the way."""
    for record in await evidence.connection.fetch(NODES_OF_LEVELS, LEVELS_MAX):
        level, nodes, expected = record["level"], record["nodes"], evidence.sealed >> record["level"]
        if nodes > expected:
            place = Place(position=(expected << level) + 1, last_position=nodes << level)
            reason = (
                f"audit.node has {nodes} subtrees of level {level}, but {evidence.sealed} sealed events have {expected}"
            )
            evidence.findings.add(Rank.RANGE, place, reason)


def _last_position(node: FinishedNode) -> int:
    return (node.index + 1) << node.level
