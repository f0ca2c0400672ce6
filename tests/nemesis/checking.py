"""What must hold after any fault: reads the whole log and the clients' history, and answers what does not hold."""

import json
from collections import Counter
from dataclasses import dataclass

from tests.connections import connected
from tests.nemesis.clients import Attempt

EVENTS = """
    SELECT position, stream_id, version, type, meta::json ->> 'idempotency_key' AS key FROM log.event
    WHERE type = 'member.joined' ORDER BY position
"""
GAPS = "SELECT count(*), coalesce(min(position), 1), coalesce(max(position), 0) FROM log.event"
VERSION_GAPS = """
    SELECT count(*) FROM (
        SELECT stream_kind, stream_id FROM log.event GROUP BY 1, 2 HAVING max(version) <> count(*) OR min(version) <> 1) s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The finding of the checker: `broken` is empty where everything holds."""

    broken: tuple[str, ...]
    stored: int
    replays: int


async def check(owner_url: str, attempts: list[Attempt], prefix: str = "n") -> Found:
    """Compares the log with the history of the clients whose keys begin so."""
    async with connected(owner_url) as connection:
        events = await connection.fetch(EVENTS)
        count, first, last = await connection.fetchrow(GAPS) or (0, 1, 0)
        broken_streams = await connection.fetchval(VERSION_GAPS)
    broken = []
    if (first, last) != (1, count):
        broken.append(f"positions are {first}..{last} for {count} events")
    if broken_streams:
        broken.append(f"{broken_streams} streams have versions with holes")
    stored = {(str(row["stream_id"]), row["version"], row["position"]) for row in events}
    acknowledged = [attempt for attempt in attempts if attempt.receipt is not None]
    broken += [
        f"command {attempt.number} was acknowledged and is not stored"
        for attempt in acknowledged
        if not _events_of(attempt) <= stored
    ]
    # A client's command is its number: the key of a retry is the client's business.
    commands = Counter(row["key"].split("/")[1] for row in events if (row["key"] or "").startswith(f"{prefix}/"))
    broken += [f"command {number} was applied {times} times" for number, times in commands.items() if times > 1]
    broken += _differing(acknowledged)
    return Found(broken=tuple(broken), stored=len(commands), replays=sum(attempt.is_replay for attempt in acknowledged))


def _events_of(attempt: Attempt) -> set[tuple[str, int, int]]:
    assert attempt.receipt is not None
    return {(event["stream_id"], event["version"], event["position"]) for event in attempt.receipt["events"]}


def _differing(acknowledged: list[Attempt]) -> list[str]:
    """Keys that were answered with different receipts."""
    receipts: dict[str, str] = {}
    broken = []
    for attempt in acknowledged:
        text = json.dumps(attempt.receipt, sort_keys=True)
        if receipts.setdefault(attempt.key, text) != text:
            broken.append(f"the key {attempt.key} was answered with two receipts")
    return broken
