"""Reports over deals and their stage visits: deals, funnel by snapshot or cohort, stage velocity. The scope says whose deals."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Final, TypeAlias

from salesapi.access.principals import Scope
from salesapi.api.reads.arguments import Named, Texts, WindowFrom, WindowTo
from salesapi.api.reads.question import Answer, Question, Reading, Whole, in_reports
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.states import made_from
from salesapi.queries.reports import Reports
from salesapi.queries.selling.reports_facts import READ_MODELS
from salesapi.queries.selling.reports_question import (
    BY_STAGE_ALREADY,
    GROUPINGS_MAX,
    Dimension,
    ReportQuestion,
    groupings,
)
from salesapi.schemas.selling.reports import DealReport, FunnelCohort, FunnelSnapshot, ReportFilter, StageVelocity

_DIMENSIONS: Final = ", ".join(each for each in Dimension if each != Dimension.ATTRIBUTE)


def _by_commas(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for value in texts for text in value.split(","))


GroupBy: TypeAlias = Annotated[
    tuple[str, ...],
    Texts(
        _by_commas,
        {"type": "array", "items": {"type": "string"}, "maxItems": GROUPINGS_MAX},
        is_repeated=True,
        spelling="Sent twice, or with a comma.",
    ),
    About(f"At most {GROUPINGS_MAX} of {_DIMENSIONS}, or `attribute:<key>` of the customer."),
]
AsOf: TypeAlias = Annotated[
    date | None,
    About("Deals stand as they did at the end of this day; undated ones are in no figure. Without it as known now."),
]


@record
class StageReportArguments:
    """The arguments of the reports by stage."""

    filter: ReportFilter = ReportFilter()
    group_by: GroupBy = ()
    as_of: AsOf = None
    window_from: WindowFrom = None
    window_to: WindowTo = None


@record
class DealReportArguments(StageReportArguments):
    """The arguments of the report of deals. A window restricts nothing there; REST does not take one."""

    window_from: Annotated[date | None, Named(None, "windowFrom"), About("First day of the window.")] = None
    window_to: Annotated[date | None, Named(None, "windowTo"), About("Last day of the window.")] = None


def _question(given: StageReportArguments, but: tuple[Dimension, ...] = ()) -> ReportQuestion:
    return made_from(ReportQuestion, given, group_by=groupings(given.group_by, but=but))


async def _deals(reading: Reading, given: DealReportArguments) -> DealReport:
    return await reading.shared.reports.deals(_question(given), reading.caller.rows, reading.wanted)


def _by_stage(
    report: Callable[[Reports, ReportQuestion, Scope, int | None], Awaitable[Answer]],
) -> Callable[[Reading, StageReportArguments], Awaitable[Answer]]:
    """Answers with a report that is by stage already."""

    async def answer(reading: Reading, given: StageReportArguments) -> Answer:
        question = _question(given, BY_STAGE_ALREADY)
        return await report(reading.shared.reports, question, reading.caller.rows, reading.wanted)

    return answer


_FUNNEL: Final = in_reports(
    path="/v1/reports/funnel",
    operation="FunnelReport",
    summary="Funnel: stages with their conversion, by snapshot or by cohort",
    about="""\
`snapshot`: the deals in each stage, and how stages were left within the window `from` to `to`. `cohort`: of the deals
that entered a stage within the window, how many were ever in the next one, or won; a deal counts once a stage.""",
)
QUESTIONS: Final = (
    Question(
        name="dealReport",
        answers=Whole(DealReport),
        arguments=DealReportArguments,
        answer=_deals,
        summary="Counts by status and stage, win rates, values and sales cycles",
        reads=READ_MODELS,
        rest=in_reports(
            path="/v1/reports/deals",
            operation="DealsReport",
            summary="Deals: counts, win rates, values, sales cycles",
            about="One set of figures for each group; without `groupBy` there is one group of all deals. Values are by currency.",
        ),
    ),
    Question(
        name="funnelSnapshot",
        answers=Whole(FunnelSnapshot),
        arguments=StageReportArguments,
        answer=_by_stage(Reports.funnel_snapshot),
        summary="Who is in which stage, and how stages were left within the window",
        reads=READ_MODELS,
        rest=replace(_FUNNEL, choice=("mode", "snapshot")),
    ),
    Question(
        name="funnelCohort",
        answers=Whole(FunnelCohort),
        arguments=StageReportArguments,
        answer=_by_stage(Reports.funnel_cohort),
        summary="Of the deals that entered a stage within the window, how many ever came further",
        reads=READ_MODELS,
        rest=replace(_FUNNEL, choice=("mode", "cohort")),
    ),
    Question(
        name="stageVelocity",
        answers=Whole(StageVelocity),
        arguments=StageReportArguments,
        answer=_by_stage(Reports.stage_velocity),
        summary="How long deals stayed in stages, over the visits that ended within the window",
        reads=READ_MODELS,
        rest=in_reports(
            path="/v1/reports/stage-velocity",
            operation="StageVelocityReport",
            summary="Stage velocity: how long deals stay in each stage",
            about="""\
Median and p90 over the visits that ended within the window `from` to `to`. Visits that last are told apart, with
their ages on the day `asOf`.""",
        ),
    ),
)
