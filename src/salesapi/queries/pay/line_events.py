"""The business events that lines of statements rest on, by their positions in one statement. `scope` is the one over pay.

Who may see a line may see what it rests on. What is about somebody else's pay is shown without its payload: a correction may
name the change of a quota among its causes. Payloads are the stored ones, personal values null.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection, Record
from salesapi.eventlog.codec import decode_meta
from salesapi.privacy.personal import sealed_spots
from salesapi.schemas.pay.line_events import EVENTS_MAX, LineEvent
from salesapi.schemas.pay.payout_runs import StatementLine

OF_ONE_MEMBER: Final = frozenset({"enrolment", "award", "forecast_sheet", "objection", "payout_run", "target"})
"""Kinds of streams whose events are about one member's pay, or its goals."""

_SQL: Final = """
    SELECT position, stream_kind, stream_id, version, type, payload, meta, occurred_on, occurred_at, recorded_at
    FROM log.event WHERE position = ANY($1::bigint[]) ORDER BY position
"""


async def line_events(connection: Connection, scope: Scope, positions: Iterable[int]) -> dict[int, LineEvent]:
    """The events at these positions, in their order, by position."""
    rows = await connection.fetch(_SQL, sorted(set(positions)))
    return {row["position"]: _event(row, scope) for row in rows}


async def events_of_lines(
    connection: Connection, scope: Scope, lines: Sequence[tuple[int, ...]]
) -> dict[tuple[int, ...], tuple[LineEvent, ...]]:
    """For each line, told by its positions, its events in the order of the log."""
    found = await line_events(connection, scope, (position for line in lines for position in line))
    return {line: tuple(found[position] for position in sorted(set(line)) if position in found) for line in lines}


async def events_of_page(connection: Connection, scope: Scope, lines: Iterable[StatementLine]) -> tuple[LineEvent, ...]:
    """Lists the events that the lines of a page rest on, each once, in the order of the lines."""
    named = dict.fromkeys(position for line in lines for position in line.positions)
    found = await line_events(connection, scope, list(named)[:EVENTS_MAX])
    return tuple(found[position] for position in named if position in found)


def _event(row: Record, scope: Scope) -> LineEvent:
    payload: dict[str, Any] = orjson.loads(row["payload"])
    for spot in sealed_spots(payload):
        spot.put(None)
    return LineEvent(
        position=row["position"],
        type=row["type"],
        stream_kind=row["stream_kind"],
        stream_id=row["stream_id"],
        stream_version=row["version"],
        occurred_on=row["occurred_on"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        actor_id=decode_meta(row["meta"]).actor_id,
        payload=payload if _is_in_scope(row["stream_kind"], payload, scope) else None,
    )


def _is_in_scope(kind: str, payload: dict[str, Any], scope: Scope) -> bool:
    if kind not in OF_ONE_MEMBER or scope.member_ids is None:
        return True
    member_id = payload.get("member_id") or payload.get("owner_id")
    return member_id is not None and UUID(member_id) in scope.member_ids
