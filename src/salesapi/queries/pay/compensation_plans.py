"""Questions about compensation plans. A plan is seen by who is in the pay scope of one of its participants, or of everything."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.pay.plans.plan_differences import plan_differences
from salesapi.domain.pay.words.plan_in_words import plan_in_words
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_position,
    by_text,
)
from salesapi.schemas.pay.compensation_plans import (
    CompensationPlan,
    CompensationPlanDifferences,
    CompensationPlanFilter,
    CompensationPlanInWords,
    CompensationPlanOrder,
    CompensationPlanVersionInWords,
)

READS: Final = ("compensation_plan", "enrolment")

PLANS: Final = Listing(
    columns=f"""plan_id AS id, key, name, currency, legal_entity, notice_days, versions, is_retired, {EXTERNAL_ID},
        version, position""",
    source="read.compensation_plan",
    id="plan_id",
    reader=Reader(CompensationPlan),
)
ORDERS: Final[dict[CompensationPlanOrder, Order]] = {
    CompensationPlanOrder.KEY_ASC: by_text("key"),
    CompensationPlanOrder.CHANGED_DESC: by_position("position", is_descending=True),
}


async def compensation_plans(
    connection: Connection,
    scope: Scope,
    *,
    where: CompensationPlanFilter,
    order: CompensationPlanOrder,
    page: PageRequest,
) -> Page[CompensationPlan]:
    """A page of plans; `scope` is the one over pay.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("key = {}", where.key)
    conditions.is_true("is_retired", where.is_retired)
    return await PLANS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    if scope.member_ids is not None:
        enrolled = "SELECT plan_id FROM read.enrolment WHERE is_participant AND member_id = ANY({}::uuid[])"
        conditions.add(f"plan_id IN ({enrolled})", list(scope.member_ids))
    return conditions


async def compensation_plan(connection: Connection, scope: Scope, plan_id: UUID) -> CompensationPlan:
    """One plan with its versions.

    Raises:
        ThingUnknown: there is none, or nobody in the pay scope takes part in it.
    """
    found = await compensation_plans_by_ids(connection, scope, [plan_id])
    if plan_id not in found:
        raise ThingUnknown(thing="compensation_plan", id=str(plan_id))
    return found[plan_id]


async def compensation_plan_in_words(connection: Connection, scope: Scope, plan_id: UUID) -> CompensationPlanInWords:
    """One plan with its versions in words, English and Chinese.

    Raises:
        ThingUnknown: there is none, or nobody in the pay scope takes part in it.
    """
    plan = await compensation_plan(connection, scope, plan_id)
    versions = tuple(
        CompensationPlanVersionInWords(
            number=version.number,
            effective_from=version.effective_from,
            english=plan_in_words(version, plan.currency, "en"),
            chinese=plan_in_words(version, plan.currency, "zh"),
        )
        for version in plan.versions
    )
    return CompensationPlanInWords(id=plan.id, key=plan.key, name=plan.name, currency=plan.currency, versions=versions)


async def compensation_plan_differences(
    connection: Connection, scope: Scope, plan_id: UUID, *, version_from: int, version_to: int
) -> CompensationPlanDifferences:
    """What one version of a plan changes against another.

    Raises:
        ThingUnknown: there is no such plan or version, or nobody in the pay scope takes part in the plan.
    """
    plan = await compensation_plan(connection, scope, plan_id)
    versions = {version.number: version for version in plan.versions}
    for number, pointer in ((version_from, "/from"), (version_to, "/to")):
        if number not in versions:
            raise ThingUnknown(thing="version", id=str(number), pointer=pointer)
    found = plan_differences(versions[version_from], versions[version_to])
    return CompensationPlanDifferences(
        id=plan.id,
        version_from=version_from,
        version_to=version_to,
        differences=found.differences,
        count=found.count,
    )


async def compensation_plans_by_ids(
    connection: Connection, scope: Scope, ids: Sequence[UUID]
) -> dict[UUID, CompensationPlan]:
    """Those of these plans that are in the pay scope."""
    conditions = _visible(scope)
    conditions.add("plan_id = ANY({}::uuid[])", list(ids))
    return {plan.id: plan for plan in await PLANS.found(connection, conditions)}
