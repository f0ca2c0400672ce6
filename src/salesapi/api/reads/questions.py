"""All questions, in the order in which the doors document them: lists, single things, and what has a form of its own."""

from typing import Any, Final

from salesapi.api.reads.cash import receivables
from salesapi.api.reads.catalogue import READS
from salesapi.api.reads.customers import customer_timeline
from salesapi.api.reads.organisation import teams
from salesapi.api.reads.pay import (
    commission_estimates,
    finance_reports,
    live_statements,
    payroll,
    plan_differences,
    statements,
)
from salesapi.api.reads.question import Question
from salesapi.api.reads.selling import deal_reports, stage_visits

QUESTIONS: Final[tuple[Question[Any, Any], ...]] = (
    *(read.question() for read in READS),
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
