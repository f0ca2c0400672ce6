"""The stays of one deal in its stages."""

from typing import Final
from uuid import UUID

from salesapi.api.reads.question import AllOf, InRest, Question, Reading
from salesapi.domain.shared.kernel import record
from salesapi.queries.selling.deals import VISITS_READ, stage_visits
from salesapi.schemas.selling.deals import StageVisit


@record
class VisitsOf:
    """The deal whose stage visits are asked for."""

    deal_id: UUID


async def _visits(reading: Reading, given: VisitsOf) -> tuple[StageVisit, ...]:
    return await reading.read(stage_visits, "rows", given.deal_id)


QUESTIONS: Final = (
    Question(
        name="stageVisits",
        answers=AllOf(StageVisit),
        arguments=VisitsOf,
        answer=_visits,
        summary="The stays of a deal in its stages",
        reads=VISITS_READ,
        rest=InRest(path="/v1/deals/{deal_id}/stage-visits"),
        in_graphql=False,
    ),
)
