"""Questions about enrolments. An enrolment is seen by those whose pay scope holds its member. Today is the date in UTC."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_position
from salesapi.schemas.pay.enrolments import Enrolment, EnrolmentFilter, EnrolmentOrder

READS: Final = ("enrolment", "compensation_plan")

ENROLMENTS: Final = Listing(
    columns="""enrolment_id AS id, member_id, plan_id, spans, left_on, leaving, acknowledged, version_in_force,
        open_version, position""",
    source="""(
        SELECT e.*, i.version_in_force,
            CASE WHEN NOT e.acknowledged @> jsonb_build_array(jsonb_build_object('plan_version', i.version_in_force))
            THEN i.version_in_force END AS open_version
        FROM read.enrolment e
        CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC')::date AS today) t
        CROSS JOIN LATERAL (
            SELECT max(v.number) AS version_in_force
            FROM read.compensation_plan p
            CROSS JOIN jsonb_array_elements_text(p.effective_dates) WITH ORDINALITY AS v (effective_from, number)
            WHERE p.plan_id = e.plan_id AND coalesce(v.effective_from::date <= t.today, true) AND EXISTS (
                SELECT FROM jsonb_to_recordset(e.spans) AS s (effective_from date, effective_until date)
                WHERE coalesce(s.effective_from <= t.today, true) AND coalesce(t.today < s.effective_until, true)
            )
        ) i
    ) e""",
    id="enrolment_id",
    reader=Reader(Enrolment),
)
ORDERS: Final[dict[EnrolmentOrder, Order]] = {
    EnrolmentOrder.CHANGED_DESC: by_position("position", is_descending=True),
}


async def enrolments(
    connection: Connection, scope: Scope, *, where: EnrolmentFilter, order: EnrolmentOrder, page: PageRequest
) -> Page[Enrolment]:
    """A page of enrolments; `scope` is the one over pay.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("member_id = ANY({}::uuid[])", where.member_id)
    conditions.known("plan_id = ANY({}::uuid[])", where.plan_id)
    conditions.is_true("open_version IS NOT NULL", where.is_open)
    conditions.is_true("left_on IS NOT NULL", where.has_left)
    return await ENROLMENTS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope, "member_id")
    return conditions


async def enrolments_of_plans(
    connection: Connection, scope: Scope, plan_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Enrolment, ...]]:
    """For each plan the enrolments in the pay scope that changed last."""
    return await ENROLMENTS.latest_by(connection, _visible(scope), "plan_id", plan_ids, first)


async def enrolments_of_members(
    connection: Connection, scope: Scope, member_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Enrolment, ...]]:
    """For each member in the pay scope its enrolments that changed last."""
    return await ENROLMENTS.latest_by(connection, _visible(scope), "member_id", member_ids, first)
