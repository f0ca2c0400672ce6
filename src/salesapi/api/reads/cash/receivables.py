"""Receivables as of a day: open invoices by age, and how fast they are paid."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from salesapi.api.reads.arguments import Texts, WindowFrom, WindowTo
from salesapi.api.reads.question import Question, Reading, Whole, in_reports
from salesapi.domain.shared.kernel import About, record
from salesapi.queries.cash.reports_receivables import BUCKET_DAYS, BUCKETS_MAX, READ_MODELS, ReceivablesQuestion
from salesapi.schemas.cash.receivables import ReceivablesFilter, ReceivablesReport


def _is_by_customer(texts: Sequence[str]) -> bool:
    if texts[0] != "customer":
        raise ValueError("it is customer")
    return True


def _days(texts: Sequence[str]) -> tuple[int, ...]:
    days = texts[0].split(",")
    if not all(day.isascii() and day.isdigit() for day in days):
        raise ValueError("days stand with commas: 30,60,90")
    return tuple(map(int, days))


@record
class ReceivablesArguments:
    """The arguments of the report of receivables."""

    as_of: Annotated[date, About("What is open at the end of this day.")]
    filter: ReceivablesFilter = ReceivablesFilter()
    by_customer: Annotated[
        bool,
        Texts(_is_by_customer, {"type": "string", "enum": ["customer"]}, name="groupBy"),
        About("By customer; without it all together."),
    ] = False
    bucket_days: Annotated[
        tuple[int, ...],
        Texts(_days, {"type": "string", "default": ",".join(map(str, BUCKET_DAYS))}, spelling="With commas."),
        About(f"Last day overdue of each bucket but the open one, at most {BUCKETS_MAX}."),
    ] = BUCKET_DAYS
    window_from: WindowFrom = None
    window_to: WindowTo = None


async def _receivables(reading: Reading, given: ReceivablesArguments) -> ReceivablesReport:
    question = ReceivablesQuestion(
        as_of=given.as_of,
        filter=given.filter,
        by_customer=given.by_customer,
        bucket_days=given.bucket_days,
        window_from=given.window_from,
        window_to=given.window_to,
    )
    return await reading.shared.reports.receivables(question, reading.caller.rows, reading.wanted)


QUESTIONS: Final = (
    Question(
        name="receivables",
        answers=Whole(ReceivablesReport),
        arguments=ReceivablesArguments,
        answer=_receivables,
        summary="Open invoices by age at the end of a day, and the collection cycle within a window",
        reads=READ_MODELS,
        rest=in_reports(
            path="/v1/reports/receivables",
            operation="ReceivablesReport",
            summary="Receivables: open invoices by age, and how fast they are paid",
            about="""\
What is open at the end of the day `asOf`, by currency and by days overdue: that day less the due date. The collection
cycle is counted over the invoices that were settled with money within the window `from` to `to`.""",
        ),
    ),
)
