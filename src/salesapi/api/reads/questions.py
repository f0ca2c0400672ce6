"""All questions, in the order in which the doors document them: lists, single things, and what has a form of its own."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from salesapi.api.reads.cash import receivables
from salesapi.api.reads.catalogue import READS
from salesapi.api.reads.customers import customer_timeline, retention
from salesapi.api.reads.organisation import me, teams
from salesapi.api.reads.pay import (
    commission_estimates,
    finance_reports,
    live_statements,
    payroll,
    plan_differences,
    statements,
)
from salesapi.api.reads.question import Question, QuestionInvalid
from salesapi.api.reads.selling import deal_reports, stage_visits

QUESTIONS: Final[tuple[Question[Any, Any], ...]] = (
    *(read.question() for read in READS),
    *stage_visits.QUESTIONS,
    *customer_timeline.QUESTIONS,
    *teams.QUESTIONS,
    *me.QUESTIONS,
    *plan_differences.QUESTIONS,
    *statements.QUESTIONS,
    *commission_estimates.QUESTIONS,
    *live_statements.QUESTIONS,
    *payroll.QUESTIONS,
    *deal_reports.QUESTIONS,
    *receivables.QUESTIONS,
    *retention.QUESTIONS,
    *finance_reports.QUESTIONS,
)


def refuse_repeated_questions(questions: Sequence[Question[Any, Any]]) -> None:
    """Refuses two questions of one name or of one place in REST: one of them would be gone from a door.

    Raises:
        QuestionInvalid: with the name and what is said twice.
    """
    for what, said in (
        ("name", Counter(each.name for each in questions)),
        ("place", Counter((each.rest.path, each.rest.choice) for each in questions if each.rest is not None)),
    ):
        for value, times in said.items():
            if times > 1:
                raise QuestionInvalid(f"{times} questions have the {what} {value}: give each its own")


refuse_repeated_questions(QUESTIONS)
