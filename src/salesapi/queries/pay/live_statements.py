"""The question about a live statement: one member's pay by a plan in a period, computed from the log as it is now.

It reads no read model and so lags behind nothing: the ledger is brought to the head first. What it costs is bounded by the lines
of the member, and of the periods that its deals are still open in (`domain/pay/statements/live_statements.py`).
"""

from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.domain.pay.ledger.payout_facts import Totals
from salesapi.domain.pay.reasons.reason_form import form_of
from salesapi.domain.pay.statements.live_statements import LiveStatement as Live
from salesapi.domain.pay.statements.live_statements import LiveStatements
from salesapi.domain.pay.statements.pending_payments import Coming
from salesapi.domain.pay.statements.standings import Standing
from salesapi.domain.pay.statements.statements import DEAL_ORDER, ENGINE_VERSION
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.domain.shared.periods import period_named
from salesapi.ledgers import PayFactsReader
from salesapi.queries.paging import Page, PageRequest, decoded_cursor, encoded_cursor
from salesapi.queries.pay.reasons import shown_reason
from salesapi.queries.pay.statement_lines import shown_line
from salesapi.schemas.pay.live_statements import (
    COMING_MAX,
    ComingPayment,
    ComponentStanding,
    LiveStatement,
    PlanRank,
    StandingQuota,
    StatementSums,
    TierAhead,
)
from salesapi.schemas.pay.payout_runs import StatementLine

LINE_ORDER: Final = "live_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveQuestion:
    """The plan, member and period (as text) of a live statement."""

    plan_id: UUID
    member_id: UUID
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAnswer:
    """The statement, and its lines where they are asked for."""

    statement: LiveStatement
    found: Live

    def page(self, page: PageRequest) -> Page[StatementLine]:
        """Some of its lines, in their order. Pages are of the moment at which each is asked for.

        Raises:
            CursorMalformed.
        """
        after = 0
        if page.after is not None:
            value, _ = decoded_cursor(page.after, order=LINE_ORDER, kind=int)
            assert isinstance(value, int), "read as one"
            after = max(value, 0)
        lines = self.found.lines(after + 1, after + page.first)
        shown = tuple(shown_line(line, number) for number, line in enumerate(lines, start=after + 1))
        return Page(
            items=shown,
            cursors=tuple(encoded_cursor(LINE_ORDER, line.number, self.statement.member_id) for line in shown),
            has_more=self.statement.line_count > after + len(shown),
        )


async def live_statement(ledgers: PayFactsReader, scope: Scope, question: LiveQuestion) -> LiveAnswer:
    """A member's live statement. `scope` is the one over pay.

    Raises:
        PeriodInvalid: the text names no period.
        ThingUnknown: no such plan, or one that the member has no part in, or a member out of scope.
        PayoutRunPlanUnpublished, PayoutRunPeriodMismatch, PayoutRunAmountTooLarge.
    """
    period = period_named(question.period)
    unknown = ThingUnknown(thing="live statement", id=f"{question.plan_id}/{question.member_id}")
    if not scope.reaches(question.member_id):
        raise unknown
    ledger = await ledgers.at_head()
    # Nothing is waited for from here on: the kept ledger goes forward.
    if not ledger.has_plan(question.plan_id):
        raise unknown
    asked = LiveStatements(ledger, question.plan_id, period)
    if not asked.has(question.member_id):
        raise unknown
    found = asked.of(question.member_id)
    return LiveAnswer(statement=_statement(found, ledger.position), found=found)


def _statement(found: Live, position: int) -> LiveStatement:
    return LiveStatement(
        plan_id=found.plan_id,
        member_id=found.member_id,
        period=found.period,
        position=position,
        run=found.run,
        currency=found.currency,
        sums=_sums(found.totals),
        line_count=len(found.postings),
        plan_versions=found.plan_versions,
        engine_version=ENGINE_VERSION,
        deal_order=DEAL_ORDER,
        standings=tuple(_standing(each, found.currency) for each in found.standings),
        rank=PlanRank(rank=found.rank.rank, of=found.rank.of) if found.rank is not None else None,
        year_to_date=_sums(found.year_to_date),
        open_minor=sum(each.open_minor for each in found.coming),
        coming_count=len(found.coming),
        coming=tuple(map(_coming, found.coming[:COMING_MAX])),
    )


def _sums(totals: Totals) -> StatementSums:
    return StatementSums(**asdict(totals))


def _standing(found: Standing, currency: str) -> ComponentStanding:
    quota, ahead = found.quota, found.next_tier
    return ComponentStanding(
        component=found.component,
        name=found.name,
        credit=found.credit,
        plan_version=found.plan_version,
        window=found.window,
        credited_minor=found.credited_minor,
        quota=None
        if quota is None
        else StandingQuota(
            amount_minor=quota.amount_minor,
            set_minor=quota.set_minor,
            derivation=shown_reason(form_of(quota.reason), currency),
            positions=quota.positions,
        ),
        attainment_percent=found.attainment_percent,
        rate_percent=found.rate_percent,
        next_tier=None
        if ahead is None
        else TierAhead(left_minor=ahead.left_minor, rate_percent=ahead.rate_percent, applies_to=ahead.applies_to),
    )


def _coming(found: Coming) -> ComingPayment:
    return ComingPayment(
        deal_id=found.deal_id, component=found.component, period=found.period, open_minor=found.open_minor
    )
