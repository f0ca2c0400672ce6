"""Reports as GraphQL fields: the same questions and answers as REST's `/v1/reports/...`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import strawberry
from pydantic import TypeAdapter

from salesapi.access.principals import Scope
from salesapi.api.graphql.connections import MinPosition, read_filter
from salesapi.api.graphql.context import Asked
from salesapi.api.graphql.inputs import Inputs
from salesapi.api.graphql.outputs import Outputs
from salesapi.queries.cash.reports_receivables import BUCKET_DAYS, BUCKETS_MAX, ReceivablesQuestion
from salesapi.queries.selling.reports import Reports
from salesapi.queries.selling.reports_question import (
    BY_STAGE_ALREADY,
    GROUPINGS_MAX,
    Dimension,
    ReportQuestion,
    groupings,
)
from salesapi.schemas.cash.receivables import ReceivablesFilter, ReceivablesReport
from salesapi.schemas.selling.reports import DealReport, FunnelCohort, FunnelSnapshot, ReportFilter, StageVelocity

Info = strawberry.Info[Asked, None]
_GROUPINGS: Final = ", ".join(each for each in Dimension if each != Dimension.ATTRIBUTE)
GroupBy = Annotated[
    list[str] | None,
    strawberry.argument(description=f"At most {GROUPINGS_MAX} of {_GROUPINGS}, or `attribute:<key>` of the customer."),
]
AsOf = Annotated[
    date | None, strawberry.argument(description="The end of this business date; without it as known now.")
]
WindowFrom = Annotated[date | None, strawberry.argument(description="First day of the window.")]
WindowTo = Annotated[date | None, strawberry.argument(description="Last day of the window.")]
Day = Annotated[date, strawberry.argument(description="What is open at the end of this business date.")]
ByCustomer = Annotated[bool, strawberry.argument(description="By customer; without it all together.")]
BucketDays = Annotated[
    list[int],
    strawberry.argument(description=f"Last day overdue of each bucket but the open one, at most {BUCKETS_MAX}."),
]
_RECEIVABLES_FILTERS: Final = TypeAdapter(ReceivablesFilter)
_FILTERS: Final = TypeAdapter(ReportFilter)
_ABSENT: Final[Any] = strawberry.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportField:
    """A report: `answer(reports, question, scope, min_position)`."""

    name: str
    about: str
    shape: type
    answer: Callable[[Reports, ReportQuestion, Scope, int | None], Awaitable[Any]]
    but: tuple[Dimension, ...] = ()


REPORTS: Final = (
    ReportField(
        name="dealReport",
        about="Counts by status and stage, win rates, values and sales cycles.",
        shape=DealReport,
        answer=Reports.deals,
    ),
    ReportField(
        name="funnelSnapshot",
        about="Who is in which stage, and how stages were left within the window.",
        shape=FunnelSnapshot,
        answer=Reports.funnel_snapshot,
        but=BY_STAGE_ALREADY,
    ),
    ReportField(
        name="funnelCohort",
        about="Of the deals that entered a stage within the window, how many ever came further.",
        shape=FunnelCohort,
        answer=Reports.funnel_cohort,
        but=BY_STAGE_ALREADY,
    ),
    ReportField(
        name="stageVelocity",
        about="How long deals stayed in stages, over the visits that ended within the window.",
        shape=StageVelocity,
        answer=Reports.stage_velocity,
        but=BY_STAGE_ALREADY,
    ),
)


def report_field(report: ReportField, inputs: Inputs, outputs: Outputs) -> Any:
    """The field that answers a report."""

    async def resolver(
        info: Info,
        filter: Any = _ABSENT,
        group_by: GroupBy = _ABSENT,
        as_of: AsOf = _ABSENT,
        window_from: WindowFrom = _ABSENT,
        window_to: WindowTo = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        question = ReportQuestion(
            filter=read_filter(_FILTERS, filter),
            group_by=groupings(group_by or [], but=report.but),
            as_of=_day(as_of),
            window_from=_day(window_from),
            window_to=_day(window_to),
        )
        return await report.answer(asked.sources.reports, question, asked.asker.rows, min_position or None)

    given: Any = inputs.of(ReportFilter)
    resolver.__annotations__ |= {"filter": given | None, "return": outputs.of(report.shape)}
    return strawberry.field(resolver=resolver, name=report.name, description=report.about)


def receivables_field(inputs: Inputs, outputs: Outputs) -> Any:
    """The field that answers the receivables."""

    async def resolver(
        info: Info,
        as_of: Day,
        filter: Any = _ABSENT,
        by_customer: ByCustomer = False,
        bucket_days: BucketDays = list(BUCKET_DAYS),  # noqa: B006 - read only: the schema's default
        window_from: WindowFrom = _ABSENT,
        window_to: WindowTo = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        question = ReceivablesQuestion(
            as_of=date.fromisoformat(str(as_of)),
            filter=read_filter(_RECEIVABLES_FILTERS, filter),
            by_customer=by_customer,
            bucket_days=tuple(bucket_days),
            window_from=_day(window_from),
            window_to=_day(window_to),
        )
        return await asked.sources.reports.receivables(question, asked.asker.rows, min_position or None)

    given: Any = inputs.of(ReceivablesFilter)
    resolver.__annotations__ |= {"filter": given | None, "return": outputs.of(ReceivablesReport)}
    about = "Open invoices by age at the end of a day, and the collection cycle within a window."
    return strawberry.field(resolver=resolver, name="receivables", description=about)


def _day(value: object) -> date | None:
    """Dates arrive as the client's text, which the scalar has checked."""
    return date.fromisoformat(value) if isinstance(value, str) else None
