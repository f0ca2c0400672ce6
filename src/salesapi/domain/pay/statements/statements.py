"""Statements (R52): every participant's result of a period, as a pure function of the ledger, and their digests.

A member has a statement where there is at least one line. Amounts are minor units of the plan's currency.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.award_lines import award_postings
from salesapi.domain.pay.calculation.budgets import BudgetOf
from salesapi.domain.pay.calculation.corrections import Corrections
from salesapi.domain.pay.calculation.earnings import Earnings
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.floors import Floors
from salesapi.domain.pay.calculation.plan_awards import PlanAwards
from salesapi.domain.pay.calculation.postings import Posting, line_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.payout_facts import Totals
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.reasons.reason_form import ReasonInput, ReasonTerm, StoredReason
from salesapi.domain.pay.records.payout_runs import (
    STATEMENT_LINES_MAX,
    STATEMENT_PART_BYTES_MAX,
    LineKind,
    PayoutRunStatementIssued,
    StatementLine,
)
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.states import made_from

ENGINE_VERSION: Final = "2"
"""The version of the rules as code. It changes when the same facts would give another statement.

`1` paid the same and said why in sentences; since `2` reasons are data.
"""

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
    released_minor: int
    clawed_minor: int
    adjusted_minor: int
    awarded_minor: int
    drawn_minor: int
    total_minor: int


def statements_of(ledger: PayFacts, plan_id: UUID, period: str) -> tuple[Statement, ...]:
    """All statements of a plan's period as of the ledger's position, ordered by member."""
    run = MemberPay(ledger, plan_id, period_named(period))
    return tuple(statement for member_id in run.members() if (statement := run.statement(member_id)) is not None)


def totals_of(ledger: PayFacts, plan_id: UUID, period: str) -> dict[UUID, Totals]:
    """Computes what `statements_of` would pay, without its lines: the preview of a run."""
    run = MemberPay(ledger, plan_id, period_named(period))
    return {member_id: totals for member_id in run.members() if (totals := run.totals(member_id)) is not None}


class MemberPay:
    """The pay of a plan's period, member by member: what one member's costs is bounded by that member's lines."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, period: Period) -> None:
        self._period = period
        self.evaluation = Evaluation(ledger, plan_id, period.last_on)
        self.earnings = Earnings(self.evaluation)
        self._budget = BudgetOf(self.earnings, period)
        self._corrections = Corrections(self.earnings, period)
        self._awards = award_postings(ledger, plan_id, period)
        self._plan_awards = PlanAwards(self.evaluation, period)
        self._floors = Floors(ledger, plan_id, period)

    def members(self) -> list[UUID]:
        """Lists who may have a statement: participants, and who is awarded, ordered by id."""
        return sorted({*self.evaluation.members(), *self._awards})

    def has(self, member_id: UUID) -> bool:
        """Tells whether the member may have a statement: it takes part in the plan, or is awarded by it."""
        return member_id in self._awards or self._enrolment(member_id) is not None

    def _enrolment(self, member_id: UUID) -> Enrolment | None:
        """The enrolments of who ever took part in the plan."""
        return self.evaluation.ledger.participation(self.evaluation.plan_id, member_id=member_id)

    def totals(self, member_id: UUID) -> Totals | None:
        """Sums the member's statement; None without a line. Its lines are made only where something rests on them."""
        if self._floors.stand or self.earnings.releases:
            postings = self.postings(member_id)
            return sums_of(postings) if postings else None
        own, others = self.earnings.rounded(member_id, self._period), self._beside(member_id)
        if not own and not others:
            return None
        totals, earned_minor = sums_of(others), sum(each.posted_minor for each in own)
        return replace(
            totals, earned_minor=totals.earned_minor + earned_minor, total_minor=totals.total_minor + earned_minor
        )

    def _beside(self, member_id: UUID) -> list[Posting]:
        """Beside what deals earn and release: the budget of all, corrections, awards."""
        found = [*self._budget.of(member_id), *self._corrections.of(member_id)]
        return [*found, *self._awards.get(member_id, []), *self._plan_awards.of(member_id)]

    def postings(self, member_id: UUID) -> list[Posting]:
        """In this order: what deals earn and release, corrections, awards, then floors under all of it."""
        found = self.earnings.of(member_id, self._period) + self._beside(member_id)
        enrolment = self._enrolment(member_id)
        if enrolment is not None:
            found += self._floors.of(enrolment, found)
        return found

    def statement(self, member_id: UUID) -> Statement | None:
        """The member's statement; None without a line."""
        postings = self.postings(member_id)
        if not postings:
            return None
        totals = sums_of(postings)
        return made_from(
            Statement,
            totals,
            member_id=member_id,
            plan_id=self.evaluation.plan_id,
            period=self._period.text,
            currency=self.evaluation.currency,
            engine_version=ENGINE_VERSION,
            plan_versions=versions_of(postings),
            deal_order=DEAL_ORDER,
            lines=tuple(map(line_of, postings)),
        )


_TOTALS: Final[dict[LineKind, str]] = {
    "earning": "earned_minor",
    "uplift": "earned_minor",
    "modifier": "earned_minor",
    "limit": "earned_minor",
    "withheld": "released_minor",
    "release": "released_minor",
    "clawback": "clawed_minor",
    "adjustment": "adjusted_minor",
    "release_adjustment": "adjusted_minor",
    "clawback_adjustment": "adjusted_minor",
    "award": "awarded_minor",
    "guarantee": "drawn_minor",
    "draw": "drawn_minor",
    "recovery": "drawn_minor",
}
"""Where each kind of line that posts anything counts."""


def sums_of(postings: Iterable[Posting]) -> Totals:
    """Sums what postings come to, in minor units, by the totals of a statement."""
    sums = dict.fromkeys(_TOTALS.values(), 0)
    total_minor = 0
    for posting in postings:
        if posting.posted_minor:
            sums[_TOTALS[posting.kind]] += posting.posted_minor
            total_minor += posting.posted_minor
    return Totals(**sums, total_minor=total_minor)


def versions_of(postings: Iterable[Posting]) -> tuple[int, ...]:
    """The plan's versions that made them."""
    return tuple(sorted({each.plan_version for each in postings if each.plan_version is not None}))


def parts_of_statement(statement: Statement) -> tuple[tuple[StatementLine, ...], ...]:
    """The lines in parts that each fit into one event with room to spare."""
    parts: list[list[StatementLine]] = [[]]
    size_bytes = 0
    for line in statement.lines:
        line_bytes = len(canonical_bytes(line))
        if parts[-1] and (len(parts[-1]) == STATEMENT_LINES_MAX or size_bytes + line_bytes > STATEMENT_PART_BYTES_MAX):
            parts.append([])
            size_bytes = 0
        parts[-1].append(line)
        size_bytes += line_bytes
    return tuple(map(tuple, parts))


def issued_parts(statement: Statement, position: int) -> tuple[PayoutRunStatementIssued, ...]:
    """The numbered events that issue a statement which was computed at a position."""
    parts, digest = parts_of_statement(statement), digest_of(statement)
    return tuple(
        made_from(
            PayoutRunStatementIssued,
            statement,
            position=position,
            part=number,
            parts=len(parts),
            lines=lines,
            line_count=len(statement.lines),
            digest=digest,
        )
        for number, lines in enumerate(parts, start=1)
    )


def canonical_bytes(value: Statement | StatementLine) -> bytes:
    """The one JSON form that digests are made of: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return text.encode()


def digest_of(value: Statement | tuple[Statement, ...]) -> str:
    """SHA-256 (hex) over the canonical JSON of a statement; of several, over their digests in order."""
    if isinstance(value, Statement):
        return hashlib.sha256(canonical_bytes(value)).hexdigest()
    return digest_of_digests(tuple(digest_of(statement) for statement in value))


def digest_of_digests(digests: tuple[str, ...]) -> str:
    """SHA-256 (hex) over digests, one a line: what a lock names."""
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()


def _plain(value: object) -> str | dict[str, object]:
    match value:
        case UUID() | Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case Statement() | StatementLine() | StoredReason() | ReasonTerm() | ReasonInput():
            return {field.name: getattr(value, field.name) for field in fields(value)}
    raise AssertionError(f"{type(value).__name__} has no canonical form")
