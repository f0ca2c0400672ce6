"""Builders for stories about the awards of a plan: a quarterly plan with one award, Ann in it, and what it pays."""

from typing import Any
from uuid import UUID

from salesapi.domain.pay.plans.plan_awards import PlanAward
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.records.payout_runs import StatementLine
from tests.domain.pay.commission_stories import ANN, Log, flat
from tests.domain.pay.trade_stories import TradeLog


def awarding(made: PlanAward, *components: Component, **terms: Any) -> TradeLog:
    """A quarterly plan with one award, with 5 percent where no component is named."""
    return TradeLog().plan(*(components or (flat("5"),)), awards=(made,), **terms)


def with_award(made: PlanAward, enrolled_from: str | None = None, enrolled_until: str | None = None) -> TradeLog:
    """A quarterly plan with 5 percent and one award, and Ann in it."""
    log = awarding(made)
    log.enrol_from(ANN, enrolled_from, enrolled_until)
    return log


def award_lines(log: Log, period: str = "2026Q1") -> dict[UUID, StatementLine]:
    """The one award line of each member."""
    statements = log.statements(period).values()
    return {each.member_id: line for each in statements for line in each.lines if line.kind == "award"}


def awarded(log: Log, period: str = "2026Q1") -> dict[UUID, int]:
    """Reads what the award posts for each member, in minor units."""
    return {member_id: line.posted_minor for member_id, line in award_lines(log, period).items()}


def line_of(log: Log, period: str = "2026Q1") -> StatementLine:
    """The award line of Ann."""
    return award_lines(log, period)[ANN]


def paid(log: Log, period: str = "2026Q1") -> int:
    """Reads what the award posts for Ann, in minor units."""
    return awarded(log, period).get(ANN, 0)
