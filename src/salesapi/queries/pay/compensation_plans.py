"""Questions about compensation plans. A plan is seen by who is in the pay scope of one of its participants, or of everything."""

from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.pay.plans.plan_differences import plan_differences
from salesapi.domain.pay.words.plan_in_words import plan_in_words
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.domain.shared.states import made_from
from salesapi.queries.listings import Listing, Single
from salesapi.queries.row_scopes import RowScope
from salesapi.schemas.pay import compensation_plans as wire

_ENROLLED: Final = "SELECT plan_id FROM read.enrolment WHERE is_participant AND member_id = ANY({0}::uuid[])"

PLANS: Final = Listing(
    wire.CompensationPlan,
    source="read.compensation_plan",
    scope=RowScope(text=f"plan_id IN ({_ENROLLED})", of="pay"),
    where=wire.CompensationPlanFilter,
    order=wire.CompensationPlanOrder.KEY_ASC,
)


async def compensation_plan_in_words(
    connection: Connection, scope: Scope, plan_id: UUID
) -> wire.CompensationPlanInWords:
    """One plan with its versions in words, English and Chinese.

    Raises:
        ThingUnknown: there is none, or nobody in the pay scope takes part in it.
    """
    plan = await PLANS.one(connection, scope, plan_id)
    versions = tuple(
        wire.CompensationPlanVersionInWords(
            number=version.number,
            effective_from=version.effective_from,
            english=plan_in_words(version, plan.currency, "en"),
            chinese=plan_in_words(version, plan.currency, "zh"),
        )
        for version in plan.versions
    )
    return made_from(wire.CompensationPlanInWords, plan, versions=versions)


async def compensation_plan_differences(
    connection: Connection, scope: Scope, plan_id: UUID, *, version_from: int, version_to: int
) -> wire.CompensationPlanDifferences:
    """Lists what one version of a plan changes against another.

    Raises:
        ThingUnknown: there is no such plan or version, or nobody in the pay scope takes part in the plan.
    """
    plan = await PLANS.one(connection, scope, plan_id)
    versions = {version.number: version for version in plan.versions}
    for number, pointer in ((version_from, "/from"), (version_to, "/to")):
        if number not in versions:
            raise ThingUnknown(thing="version", id=str(number), pointer=pointer)
    found = plan_differences(before=versions[version_from], after=versions[version_to])
    return wire.CompensationPlanDifferences(
        id=plan.id,
        version_from=version_from,
        version_to=version_to,
        differences=found.differences,
        count=found.count,
    )


PLAN_IN_WORDS: Final = Single(
    shape=wire.CompensationPlanInWords, one=compensation_plan_in_words, scope_of=PLANS.scope_of, reads=PLANS.reads
)
