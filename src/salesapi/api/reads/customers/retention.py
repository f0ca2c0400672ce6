"""Who is due for erasure by the retention rule. It proposes; people ask for each erasure and confirm it."""

from datetime import date
from typing import Annotated, Final

from salesapi.api.reads.question import Question, Reading, Whole, in_reports
from salesapi.domain.customers.retention_rules import RETENTION_RULE, RetentionRule
from salesapi.domain.shared.kernel import About, record
from salesapi.queries.customers.retention import DUE_MAX, READ_MODELS, due_persons
from salesapi.schemas.customers.retention import RetentionDue


@record
class RetentionArguments:
    """The argument of the report."""

    as_of: Annotated[date | None, About("Due at the end of this day; without it today (UTC).")] = None


async def _due(reading: Reading, given: RetentionArguments) -> RetentionDue:
    as_of = given.as_of or reading.shared.clock.now().date()
    position = await reading.position()
    rule = await reading.shared.states.state(RETENTION_RULE)
    versions = rule.versions if isinstance(rule, RetentionRule) else ()
    years: dict[str, int] = {each.kind: each.years for each in versions[-1].periods} if versions else {}
    due = await reading.read(due_persons, "rows", years=years, as_of=as_of)
    return RetentionDue(
        position=position, as_of=as_of, versions=versions, due=due[:DUE_MAX], has_more=len(due) > DUE_MAX
    )


QUESTIONS: Final = (
    Question(
        name="retentionDue",
        answers=Whole(RetentionDue),
        arguments=RetentionArguments,
        answer=_due,
        summary="Persons without open business who are due for erasure by the retention rule",
        reads=READ_MODELS,
        rest=in_reports(
            path="/v1/reports/retention-due",
            operation="RetentionDueReport",
            summary="Retention: who is due for erasure",
            about=f"""\
By the last version of the rule (`PublishRetentionRule`). Nothing is erased by it: ask for each erasure with `RequestErasure`, \
and let somebody else confirm it. At most {DUE_MAX} persons.""",
        ),
    ),
)
