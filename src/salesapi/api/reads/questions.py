"""All questions that are neither a list nor a single thing by its id."""

from typing import Any, Final

from salesapi.api.reads import (
    commission_estimates,
    customer_timeline,
    deal_reports,
    finance_reports,
    live_statements,
    payroll,
    plan_differences,
    receivables,
    stage_visits,
    statements,
    teams,
)
from salesapi.api.reads.question import Question

QUESTIONS: Final[tuple[Question[Any, Any], ...]] = (
    *stage_visits.QUESTIONS,
    *customer_timeline.QUESTIONS,
    *teams.QUESTIONS,
    *plan_differences.QUESTIONS,
    *statements.QUESTIONS,
    *commission_estimates.QUESTIONS,
    *live_statements.QUESTIONS,
    *payroll.QUESTIONS,
    *deal_reports.QUESTIONS,
    *receivables.QUESTIONS,
    *finance_reports.QUESTIONS,
)
