"""What one version of a compensation plan changes against another."""

from typing import Annotated, Final
from uuid import UUID

from annotated_types import Ge, Le

from salesapi.api.reads.arguments import Named
from salesapi.api.reads.question import InRest, Item, Question, Reading
from salesapi.domain.pay.plans.compensation_plans import VERSIONS_MAX
from salesapi.domain.shared.kernel import About, record
from salesapi.queries.pay.compensation_plans import PLANS, compensation_plan_differences
from salesapi.schemas.pay.compensation_plans import CompensationPlanDifferences


@record
class DifferencesOf:
    """The plan whose versions are compared, and the two versions."""

    plan_id: Annotated[UUID, Named("planId", "id")]
    version_from: Annotated[
        int, Ge(1), Le(VERSIONS_MAX), Named("from", "from"), About("Number of the version that is compared with.")
    ]
    version_to: Annotated[
        int, Ge(1), Le(VERSIONS_MAX), Named("to", "to"), About("Number of the version that is compared.")
    ]


async def _differences(reading: Reading, given: DifferencesOf) -> CompensationPlanDifferences:
    numbers = {"version_from": given.version_from, "version_to": given.version_to}
    return await reading.read(compensation_plan_differences, "pay", given.plan_id, **numbers)


QUESTIONS: Final = (
    Question(
        name="compensationPlanDifferences",
        answers=Item(CompensationPlanDifferences),
        arguments=DifferencesOf,
        answer=_differences,
        summary="What one version of a compensation plan changes against another",
        reads=PLANS.reads,
        rest=InRest(path="/v1/compensation-plans/{plan_id}/differences"),
    ),
)
