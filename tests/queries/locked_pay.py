"""Small histories of locked pay for finance's reports, folded into the real read tables. Amounts are minor units."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from salesapi.domain.cash.agreement_lines import AgreementLine, Instalment
from salesapi.domain.cash.agreements import AgreementCancelled, AgreementDrafted, AgreementSigned
from salesapi.domain.organisation.members import MemberChanged, MemberJoined
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanDrafted
from salesapi.domain.pay.reasons.reason_form import stated
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
from salesapi.projections.generations import prepare_read_models, registered
from salesapi.projections.organisation import employments, members
from salesapi.projections.pay import compensation_plans, payout_runs, payouts, statement_lines, statements
from salesapi.projections.projection import Projection
from salesapi.projections.tables import read_table
from tests.domain.examples import ACME
from tests.projections.histories import Fact, fold
from tests.spec import uid

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
    drafted = CompensationPlanDrafted(key=key, name=key.title(), currency=currency, legal_entity=None, external_id=None)
    return Fact(plan_id, drafted)


def member(member_id: UUID, name: str, cost_centre: str | None) -> Fact:
    joined = MemberJoined(
        name=name,
        email=None,
        employee_number=None,
        joined_on=None,
        cost_centre=cost_centre,
        legal_entity=None,
        external_id=None,
    )
    return Fact(member_id, joined)


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
    return StatementLine(
        kind=kind,
        period=period,
        component="base",
        rule="R01",
        credit_rule=None,
        plan_version=1,
        deal_id=deal,
        source_member_id=None,
        won_on=date.fromisoformat(won) if won else None,
        positions=(),
        base_minor=gone,
        currency="CNY",
        rate_percent=None,
        reason=stated(""),
        exact_minor=None,
        posted_minor=posted,
        residual_minor=None,
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
    calculated = PayoutRunCalculated(
        position=CALCULATED,
        engine_version="1",
        plan_versions=(1,),
        digest="00",
        participant_count=len(statements_of),
        total_minor=0,
        currency=currency,
    )
    issued = [
        PayoutRunStatementIssued(
            member_id=member_id,
            plan_id=plan_id,
            period=period,
            position=CALCULATED,
            part=1,
            parts=1,
            lines=lines,
            line_count=len(lines),
            earned_minor=0,
            released_minor=0,
            clawed_minor=0,
            adjusted_minor=0,
            awarded_minor=0,
            drawn_minor=0,
            total_minor=sum(each.posted_minor for each in lines),
            currency=currency,
            plan_versions=(1,),
            engine_version="1",
            deal_order="",
            digest="00",
        )
        for member_id, lines in statements_of
    ]
    locked = PayoutRunLocked(statements_digest="00", position=CALCULATED, tree_root="00", tree_size=CALCULATED)
    events: list[object] = [PayoutRunOpened(plan_id=plan_id, period=period), calculated, *issued]
    return tuple(Fact(run_id, event) for event in (*events, *((locked,) if is_locked else ())))


def paid(
    period: str, member_id: UUID, amount_minor: int, on: str, *, batch: str = "A", came_back: bool = False
) -> tuple[Fact, ...]:
    """A payment of a run; one that came back failed afterwards."""
    amounts = (PayoutAmount(member_id=member_id, amount_minor=amount_minor),)
    events: list[object] = [
        PayoutRunPayoutInstructed(
            batch=batch,
            payout_on=date.fromisoformat(on),
            takes_all=True,
            amounts=amounts,
            parts=(),
            omissions=(),
            currency="CNY",
        ),
        PayoutRunPayoutPaid(
            batch=batch, external_reference="bank 7", paid_on=date.fromisoformat(on), amounts=amounts, currency="CNY"
        ),
    ]
    if came_back:
        events.append(
            PayoutRunPayoutFailed(
                batch=batch,
                member_id=member_id,
                amount_minor=amount_minor,
                currency="CNY",
                was_paid=True,
                reason="returned",
            )
        )
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
    drafted = AgreementDrafted(
        title="Service", customer_id=ACME, deal_id=deal, currency="CNY", legal_entity=None, external_id=None
    )
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
        ended = AgreementCancelled(status_from="signed", effective_on=on, fee_kept_minor=0, reason="closed")
        facts.append(Fact(uid(number), ended))
    return tuple(facts)


@dataclass(frozen=True)
class Books:
    """The real read tables, filled anew with the rows of a history."""

    owner: "asyncpg.Connection[asyncpg.Record]"
    pool: "asyncpg.Pool[asyncpg.Record]"

    async def record(self, *histories: tuple[Fact, ...]) -> None:
        """Replaces all rows by those of these histories."""
        await prepare_read_models(self.owner, READ)
        facts: list[Any] = [*BACKGROUND, *(fact for each in histories for fact in each)]
        for projection in READ:
            (live,) = await registered(self.owner, [projection.name])
            table = read_table(projection, live.generation)
            rows = [row for rows in fold(projection, *facts).values() for row in rows]
            await self.owner.execute(f'TRUNCATE read."{live.table_name}"')
            await self.owner.copy_records_to_table(
                live.table_name,
                schema_name="read",
                columns=[column.name for column in table.columns],
                records=[table.codec.encode(row) for row in rows],
            )
