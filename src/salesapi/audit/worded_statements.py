"""Statements of engine version 1, which said why in sentences: compared in all but these.

This program says it otherwise, so that recomputing neither proves nor refutes a sentence. Everything else of a line follows from
the facts as before: kind, period, component, rules, plan version, deal, events, base, rate, exact and posted amounts. The digests
were over the sentences, too: they are recomputed over what was issued.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.reasons.reason_form import STATED
from salesapi.domain.pay.records.payout_runs import PayoutRunStatementIssued, StatementLine
from salesapi.domain.pay.rules.wording import percent
from salesapi.domain.pay.statements.statements import Statement, digest_of_digests

WORDED: Final = "1"
"""The engine version whose lines held sentences."""


@dataclass(slots=True)
class WordedRun:
    """The statements that a locked run of that version issued, as far as they were read."""

    calculated_digest: str
    _parts: dict[UUID, list[PayoutRunStatementIssued]] = field(default_factory=dict)

    def add(self, part: PayoutRunStatementIssued) -> tuple[PayoutRunStatementIssued, ...]:
        """Takes the next part of a statement; answers those that are known of it."""
        parts = self._parts.setdefault(part.member_id, [])
        parts.append(part)
        return tuple(parts)

    def parts_of(self, statement: Statement) -> int:
        """In how many parts a statement was issued; one that was not, in one at least."""
        return max((part.parts for part in self._parts.get(statement.member_id, ())), default=1)

    def digest(self) -> str:
        """SHA-256 over the digests of the statements, in the order of the members."""
        return digest_of_digests(tuple(_digest_of(self._parts[member_id]) for member_id in sorted(self._parts)))


def as_worded(
    recomputed: Sequence[PayoutRunStatementIssued], *, issued: Sequence[PayoutRunStatementIssued]
) -> tuple[PayoutRunStatementIssued, ...]:
    """The recomputed statement as it was issued: so divided, with its sentences, rates as they were said, and its digest."""
    lines = tuple(line for part in recomputed for line in part.lines)
    said = tuple(line for part in issued for line in part.lines)
    worded = tuple(_worded(line, said[place] if place < len(said) else line) for place, line in enumerate(lines))
    digest, first = _digest_of(issued), 0
    found: list[PayoutRunStatementIssued] = []
    for number, part in enumerate(issued, start=1):
        last = first + len(part.lines) if number < len(issued) else len(worded)
        found.append(
            replace(
                recomputed[0],
                part=number,
                parts=len(issued),
                lines=worded[first:last],
                engine_version=WORDED,
                digest=digest,
            )
        )
        first = last
    return tuple(found)


def _worded(line: StatementLine, said: StatementLine) -> StatementLine:
    reason = said.reason if said.reason.kind == STATED else line.reason
    return replace(line, reason=reason, rate_percent=_rate_said(line))


def _rate_said(line: StatementLine) -> str | None:
    """The rates of a line as a text: `2`, `2 and 3`, and of an uplift `3 less 2`; those without an end were cut."""
    rates = [each.value for term in line.reason.terms for each in term.inputs if each.name == "rate_percent"]
    if line.reason.kind != "rated_parts":
        rates = [] if line.rate_percent is None else [line.rate_percent]
    join = " less " if line.kind == "uplift" and len(rates) == 2 else " and "
    return join.join(percent(Fraction(rate)) for rate in rates) if rates else None


def _digest_of(parts: Sequence[PayoutRunStatementIssued]) -> str:
    """SHA-256 over the canonical JSON that a statement had, with a sentence in place of each reason."""
    names = (each.name for each in fields(Statement))
    values = {name: getattr(parts[0], name) for name in names}
    values["lines"] = [_plain_line(line) for part in parts for line in part.lines]
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_line(line: StatementLine) -> dict[str, object]:
    values = {each.name: getattr(line, each.name) for each in fields(line) if each.name != "reason"}
    return {**values, "formula": line.reason.inputs[0].value if line.reason.inputs else ""}
