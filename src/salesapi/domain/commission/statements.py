"""Statements (R52): every participant's result of a period, as a pure function of the ledger, and their digests.

A member has a statement where there is at least one line. Amounts are minor units of the plan's currency.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from salesapi.domain.commission.award_lines import award_lines
from salesapi.domain.commission.corrections import correction_lines
from salesapi.domain.commission.earnings import earning_lines
from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.floors import floor_lines
from salesapi.domain.commission.periods import period_named
from salesapi.domain.kernel import record
from salesapi.domain.payout_runs import STATEMENT_LINES_MAX, STATEMENT_PART_BYTES_MAX, StatementLine

ENGINE_VERSION: Final = "1"
"""The version of the rules as code. It changes when the same facts would give another result."""

DEAL_ORDER: Final = "win date, then position of the win in the log"
"""In which order deals count inside a period, as stated in every statement."""


@record
class Statement:
    """One member's result: lines in the order of the deals, corrections of earlier periods, awards, guarantee or draw."""

    member_id: UUID
    plan_id: UUID
    period: str
    currency: str
    engine_version: str
    plan_versions: tuple[int, ...]
    deal_order: str
    lines: tuple[StatementLine, ...]
    earned_minor: int
    adjusted_minor: int
    awarded_minor: int
    drawn_minor: int
    total_minor: int


def statements_of(ledger: Ledger, plan_id: UUID, period: str) -> tuple[Statement, ...]:
    """All statements of a plan's period as of the ledger's position, ordered by member."""
    named = period_named(period)
    earned, corrected = earning_lines(ledger, plan_id, named), correction_lines(ledger, plan_id, named)
    currency = ledger.plan(plan_id).currency
    lines = {
        member_id: (*earned.get(member_id, ()), *corrected.get(member_id, ()))
        for member_id in earned.keys() | corrected.keys()
    }
    for member_id, awarded in award_lines(ledger, plan_id, named).items():
        lines[member_id] = (*lines.get(member_id, ()), *awarded)
    for member_id, line in floor_lines(ledger, plan_id, named, lines).items():
        lines[member_id] = (*lines.get(member_id, ()), line)
    return tuple(_statement(member_id, plan_id, period, currency, lines[member_id]) for member_id in sorted(lines))


def _statement(
    member_id: UUID, plan_id: UUID, period: str, currency: str, lines: tuple[StatementLine, ...]
) -> Statement:
    adjusted_minor = sum(line.posted_minor for line in lines if line.kind == "adjustment")
    awarded_minor = sum(line.posted_minor for line in lines if line.kind == "award")
    drawn_minor = sum(line.posted_minor for line in lines if line.kind in ("guarantee", "draw"))
    total_minor = sum(line.posted_minor for line in lines)
    return Statement(
        member_id=member_id,
        plan_id=plan_id,
        period=period,
        currency=currency,
        engine_version=ENGINE_VERSION,
        plan_versions=tuple(sorted({line.plan_version for line in lines if line.plan_version is not None})),
        deal_order=DEAL_ORDER,
        lines=lines,
        earned_minor=total_minor - adjusted_minor - awarded_minor - drawn_minor,
        adjusted_minor=adjusted_minor,
        awarded_minor=awarded_minor,
        drawn_minor=drawn_minor,
        total_minor=total_minor,
    )


def parts_of_statement(statement: Statement) -> tuple[tuple[StatementLine, ...], ...]:
    """The lines in parts that each fit into one event with room to spare."""
    return tuple(_parts(statement.lines))


def _parts(lines: tuple[StatementLine, ...]) -> Iterator[tuple[StatementLine, ...]]:
    part: list[StatementLine] = []
    size_bytes = 0
    for line in lines:
        line_bytes = len(canonical_bytes(line))
        if part and (len(part) == STATEMENT_LINES_MAX or size_bytes + line_bytes > STATEMENT_PART_BYTES_MAX):
            yield tuple(part)
            part, size_bytes = [], 0
        part.append(line)
        size_bytes += line_bytes
    yield tuple(part)


def canonical_bytes(value: Statement | StatementLine) -> bytes:
    """The one JSON form that digests are made of: sorted keys, no spaces, UTF-8."""
    text = json.dumps(asdict(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return text.encode()


def digest_of(value: Statement | tuple[Statement, ...]) -> str:
    """SHA-256 (hex) over the canonical JSON of a statement; of several, over their digests in order."""
    if isinstance(value, Statement):
        return hashlib.sha256(canonical_bytes(value)).hexdigest()
    return digest_of_digests(tuple(digest_of(statement) for statement in value))


def digest_of_digests(digests: tuple[str, ...]) -> str:
    """SHA-256 (hex) over digests, one a line: what a lock names."""
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()


def _plain(value: object) -> str:
    assert isinstance(value, UUID | date | Decimal), f"{type(value).__name__} has no canonical form"
    return value.isoformat() if isinstance(value, date) else str(value)
