"""Small histories of locked pay for finance's reports, folded into the real read tables. Amounts are minor units."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from salesapi.domain.cash.agreement_lines import AgreementLine, Instalment
from salesapi.domain.cash.agreements import AgreementCancelled, AgreementDrafted, AgreementSigned
from salesapi.domain.organisation.members import MemberChanged, MemberJoined
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanDrafted
from salesapi.domain.pay.records.payout_runs import (
    LineKind,
    PayoutRunCalculated,
    PayoutRunLocked,
    PayoutRunOpened,
    PayoutRunStatementIssued,
    StatementLine,
)
from salesapi.domain.pay.records.payouts import (
    PayoutAmount,
    PayoutRunPayoutFailed,
    PayoutRunPayoutInstructed,
    PayoutRunPayoutPaid,
)
from salesapi.domain.shared.kernel import natural_id
from salesapi.projections.cash import agreements
from salesapi.projections.organisation import employments, members
from salesapi.projections.pay import compensation_plans, payout_runs, payouts, statement_lines, statements
from salesapi.projections.projection import Projection
from tests.projections.histories import Fact
from tests.queries.read_tables import ReadTables
from tests.spec import uid
from tests.values_by_type import built

READ: Final[tuple[Projection, ...]] = (
    agreements.PROJECTION,
    compensation_plans.PROJECTION,
    employments.PROJECTION,
    members.PROJECTION,
    payout_runs.PROJECTION,
    payouts.PROJECTION,
    statement_lines.PROJECTION,
    statements.PROJECTION,
)
ANN, BOB, PLAN, OTHER_PLAN = uid(0xA), uid(0xB), uid(0xF1), uid(0xF2)
DEAL, OTHER_DEAL = uid(0xD1), uid(0xD2)
CALCULATED: Final = 7
"""Position at which runs are calculated: after members and plans are known, before anything that is told later."""


def plan(plan_id: UUID, key: str, currency: str = "CNY") -> Fact:
    return Fact(plan_id, built(CompensationPlanDrafted, key=key, currency=currency))


def member(member_id: UUID, name: str, cost_centre: str | None) -> Fact:
    return Fact(member_id, built(MemberJoined, name=name, cost_centre=cost_centre))


BACKGROUND: Final = (
    plan(PLAN, "reps"),
    plan(OTHER_PLAN, "abroad", "USD"),
    member(ANN, "Ann", "CC-1"),
    member(BOB, "Bob", None),
    Fact(BOB, MemberChanged(cost_centre="CC-1")),
)
MOVED: Final = (Fact(BOB, MemberChanged(cost_centre="CC-2")),)
"""Told after the runs were calculated."""


def line(
    kind: LineKind,
    posted: int,
    *,
    deal: UUID | None = DEAL,
    won: str | None = None,
    gone: int | None = None,
    period: str = "2026-02",
) -> StatementLine:
    """A line of a statement. `gone` is what it says is never released."""
    return built(
        StatementLine,
        kind=kind,
        period=period,
        deal_id=deal,
        won_on=date.fromisoformat(won) if won else None,
        base_minor=gone,
        posted_minor=posted,
    )


def run_of(plan_id: UUID, period: str) -> UUID:
    """The id of a run."""
    return natural_id("payout_run", str(plan_id), period)


def run(
    period: str,
    *statements_of: tuple[UUID, tuple[StatementLine, ...]],
    plan_id: UUID = PLAN,
    currency: str = "CNY",
    is_locked: bool = True,
) -> tuple[Fact, ...]:
    """A run with its statements: a member and its lines."""
    run_id = run_of(plan_id, period)
    calculated = built(
        PayoutRunCalculated, position=CALCULATED, participant_count=len(statements_of), currency=currency
    )
    whole = {"plan_id": plan_id, "period": period, "position": CALCULATED, "part": 1, "parts": 1, "currency": currency}
    issued = [
        built(PayoutRunStatementIssued, member_id=member_id, lines=lines, **whole) for member_id, lines in statements_of
    ]
    locked = built(PayoutRunLocked, position=CALCULATED)
    events: list[object] = [PayoutRunOpened(plan_id=plan_id, period=period), calculated, *issued]
    return tuple(Fact(run_id, event) for event in (*events, *((locked,) if is_locked else ())))


def paid(
    period: str, member_id: UUID, amount_minor: int, on: str, *, batch: str = "A", came_back: bool = False
) -> tuple[Fact, ...]:
    """A payment of a run; one that came back failed afterwards."""
    amounts = (PayoutAmount(member_id=member_id, amount_minor=amount_minor),)
    paid_on = date.fromisoformat(on)
    events: list[object] = [
        built(PayoutRunPayoutInstructed, batch=batch, amounts=amounts, parts=(), omissions=()),
        built(PayoutRunPayoutPaid, batch=batch, amounts=amounts, paid_on=paid_on),
    ]
    if came_back:
        back = {"member_id": member_id, "amount_minor": amount_minor, "was_paid": True}
        events.append(built(PayoutRunPayoutFailed, batch=batch, **back))
    return tuple(Fact(run_of(PLAN, period), event) for event in events)


def agreement(
    number: int,
    deal: UUID,
    *,
    starts: str | None = None,
    ends: str | None = None,
    signed: str | None = "2026-01-15",
    cancelled: str | None = None,
    dues: tuple[tuple[str, int], ...] = (),
) -> tuple[Fact, ...]:
    """An agreement on a deal; without a day of signing it may be signed all the same (`starts`), or a draft."""
    drafted = built(AgreementDrafted, deal_id=deal, currency="CNY")
    facts = [Fact(uid(number), drafted)]
    if signed or starts:
        terms = AgreementSigned(
            lines=(AgreementLine(key="all", amount_minor=1_000),),
            instalments=tuple(
                Instalment(key=due_on, due_on=date.fromisoformat(due_on), amount_minor=amount_minor)
                for due_on, amount_minor in dues
            ),
            starts_on=date.fromisoformat(starts) if starts else None,
            ends_on=date.fromisoformat(ends) if ends else None,
        )
        facts.append(Fact(uid(number), terms, signed))
    if cancelled:
        on = None if cancelled == "always" else date.fromisoformat(cancelled)
        ended = built(AgreementCancelled, effective_on=on, fee_kept_minor=0)
        facts.append(Fact(uid(number), ended))
    return tuple(facts)


@dataclass(frozen=True)
class Books:
    """The locked pay of a history, in the real read tables."""

    tables: ReadTables

    @property
    def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        """The application's connections."""
        return self.tables.pool

    async def record(self, *histories: tuple[Fact, ...]) -> None:
        """Replaces all rows by those of these histories."""
        await self.tables.fill(READ, [*BACKGROUND, *(fact for each in histories for fact in each)])
