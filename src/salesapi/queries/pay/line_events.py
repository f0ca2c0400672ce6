"""The business events that lines of statements rest on, by their positions in one statement. `scope` is the one over pay.

Who may see a line may know what it rests on, and sees the payload of what is in scope: a line of a pool rests on deals of
colleagues, and a correction may name the change of somebody's quota. Whose an event is follows from its kind, by the table of
reaches. Payloads are the stored ones, personal values null.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from salesapi.access.principals import Scope
from salesapi.access.reaches import KINDS, MASKED_EVENTS
from salesapi.database.connections import Connection, Record
from salesapi.eventlog.codec import decode_meta
from salesapi.privacy.personal import sealed_spots
from salesapi.schemas.pay.line_events import EVENTS_MAX, LineEvent
from salesapi.schemas.pay.payout_runs import StatementLine

_SQL: Final = """
    SELECT position, stream_kind, stream_id, version, type, payload, meta, occurred_on, occurred_at, recorded_at
    FROM log.event WHERE position = ANY($1::bigint[]) ORDER BY position
"""

_SEEN_SQL: Final = """
    WITH asked AS (SELECT DISTINCT unnest($1::uuid[]) AS id)
    SELECT id FROM asked WHERE
        EXISTS (SELECT FROM read.deal d WHERE d.deal_id = id AND d.owner_id = ANY($2))
        OR EXISTS (
            SELECT FROM log.event e WHERE e.stream_kind = 'deal' AND e.stream_id = id
                AND e.type IN ('deal.opened', 'deal.reassigned', 'deal.team_changed') AND e.payload::text LIKE ANY($3)
        )
        OR EXISTS (SELECT FROM read.lead l WHERE l.lead_id = id AND (l.owner_id IS NULL OR l.owner_id = ANY($2)))
        OR EXISTS (SELECT FROM read.activity a WHERE a.activity_id = id AND a.owner_id = ANY($2))
        OR EXISTS (SELECT FROM read.target t WHERE t.target_id = id AND t.owner_id = ANY($2))
        OR EXISTS (SELECT FROM read.forecast_sheet f WHERE f.forecast_sheet_id = id AND f.owner_id = ANY($2))
        OR EXISTS (SELECT FROM read.customer c WHERE c.customer_id IN (
            SELECT id UNION ALL SELECT g.customer_id FROM read.agreement g WHERE g.agreement_id = id
            UNION ALL SELECT i.customer_id FROM read.invoice i WHERE i.invoice_id = id
            UNION ALL SELECT r.customer_id FROM read.receipt r WHERE r.receipt_id = id
        ) AND c.owner_id = ANY($2))
"""
"""Which of these things the members in scope see: their own, those of their customers, and the deals that they own, owned
or have or had a share in, which the log knows at once: a line rests on the shares of its day."""


async def line_events(connection: Connection, scope: Scope, positions: Iterable[int]) -> dict[int, LineEvent]:
    """The events at these positions, in their order, by position."""
    rows = await connection.fetch(_SQL, sorted(set(positions)))
    payloads: dict[int, dict[str, Any]] = {row["position"]: orjson.loads(row["payload"]) for row in rows}
    told = await _told(connection, scope, rows, payloads)
    return {row["position"]: _event(row, payloads[row["position"]], told) for row in rows}


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


async def _told(
    connection: Connection, scope: Scope, rows: Sequence[Record], payloads: dict[int, dict[str, Any]]
) -> frozenset[int]:
    """The positions of those events whose payload is told."""
    told = {row["position"] for row in rows if MASKED_EVENTS.get(row["type"], "") in {"", *scope.unmasked}}
    if scope.member_ids is None:
        return frozenset(told)
    of_rows = {row["position"]: row["stream_id"] for row in rows if KINDS[row["stream_kind"]] == "rows"}
    named = {position: _deal_of(payloads[position], stream_id) for position, stream_id in of_rows.items()}
    members = list(scope.member_ids)
    texts = [f"%{member_id}%" for member_id in members]
    seen = await connection.fetch(_SEEN_SQL, [*of_rows.values(), *named.values()], members, texts)
    ids = {row["id"] for row in seen}
    of_pay = {row["position"] for row in rows if KINDS[row["stream_kind"]] == "pay"}
    return frozenset(
        position
        for position in told
        if ((position not in of_rows) or of_rows[position] in ids or named[position] in ids)
        and (position not in of_pay or _is_in_scope(payloads[position], scope))
    )


def _deal_of(payload: dict[str, Any], otherwise: UUID) -> UUID:
    """The deal that an event names, which tells it to those who see the deal."""
    return UUID(payload["deal_id"]) if payload.get("deal_id") else otherwise


def _event(row: Record, payload: dict[str, Any], told: frozenset[int]) -> LineEvent:
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
        payload=payload if row["position"] in told else None,
    )


def _is_in_scope(payload: dict[str, Any], scope: Scope) -> bool:
    """Tells whether an event about pay names nobody, as a version of a plan does, or somebody in scope."""
    member_id = payload.get("member_id") or payload.get("owner_id")
    return member_id is None or scope.reaches(UUID(member_id))
