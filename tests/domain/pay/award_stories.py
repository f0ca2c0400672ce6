"""Builders for stories about the awards of a plan: a quarterly plan with one award, Ann in it, and what it pays her."""

from datetime import date

from salesapi.domain.pay.plans.enrolments import EnrolmentBegun
from salesapi.domain.pay.plans.plan_awards import PlanAward
from salesapi.domain.pay.records.payout_runs import StatementLine
from tests.domain.pay.commission_stories import ANN, PLAN, Log, flat


def with_award(made: PlanAward, enrolled_from: str | None = None) -> Log:
    """A quarterly plan with 5 percent and one award, and Ann in it."""
    log = Log().plan(flat("5"), awards=(made,))
    since = date.fromisoformat(enrolled_from) if enrolled_from else None
    begun = EnrolmentBegun(member_id=ANN, plan_id=PLAN, effective_from=since, effective_until=None, component_keys=None)
    log.add(ANN, begun)
    return log


def line_of(log: Log, period: str = "2026Q1") -> StatementLine | None:
    """The award line of Ann."""
    statement = log.statements(period).get(ANN)
    return next((line for line in statement.lines if line.kind == "award"), None) if statement else None


def paid(log: Log, period: str = "2026Q1") -> int:
    """Reads what the award posts for Ann, in minor units."""
    line = line_of(log, period)
    return line.posted_minor if line is not None else 0
