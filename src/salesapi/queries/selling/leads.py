"""Questions about leads. A lead is seen by who is in scope of its owner; one in the pool by everybody."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_day,
    by_position,
)
from salesapi.schemas.selling.leads import Lead, LeadFilter, LeadOrder

READS: Final = ("lead",)

LEADS: Final = Listing(
    columns=f"""lead_id AS id, status, name, company, phone, email, wechat, note, source, campaign, owner_id, captured_on,
        captured_at, qualified_on, criteria, converted_on, reason, customer_id, contact_id, deal_id, attributes,
        {EXTERNAL_ID}, version, position""",
    source="read.lead",
    id="lead_id",
    reader=Reader(Lead),
)
ORDERS: Final[dict[LeadOrder, Order]] = {
    LeadOrder.CHANGED_DESC: by_position("position", is_descending=True),
    LeadOrder.CHANGED_ASC: by_position("position", is_descending=False),
    LeadOrder.CAPTURED_DESC: by_day("captured_on", is_descending=True),
    LeadOrder.CAPTURED_ASC: by_day("captured_on", is_descending=False),
}


async def leads(
    connection: Connection, scope: Scope, *, where: LeadFilter, order: LeadOrder, page: PageRequest
) -> Page[Lead]:
    """A page of leads.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("status = ANY({}::text[])", where.status)
    if where.status is None:
        conditions.add("status <> 'voided'")
    conditions.known("owner_id = ANY({}::uuid[])", where.owner_id)
    conditions.is_true("owner_id IS NULL", where.is_in_pool)
    conditions.known("source = ANY({}::text[])", where.source)
    conditions.known("campaign = ANY({}::text[])", where.campaign)
    conditions.known("customer_id = {}", where.customer_id)
    conditions.known("captured_on >= {}", where.captured_from)
    conditions.known("captured_on <= {}", where.captured_to)
    conditions.contains("concat_ws(' ', name, company)", where.text)
    conditions.external(where.external_system, where.external_id)
    return await LEADS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope, has_pool=True)
    return conditions


async def lead(connection: Connection, scope: Scope, lead_id: UUID) -> Lead:
    """One lead, also a voided one.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await leads_by_ids(connection, scope, [lead_id])
    if lead_id not in found:
        raise ThingUnknown(thing="lead", id=str(lead_id))
    return found[lead_id]


async def leads_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Lead]:
    """Those of these leads that are in scope."""
    conditions = _visible(scope)
    conditions.add("lead_id = ANY({}::uuid[])", list(ids))
    return {lead.id: lead for lead in await LEADS.found(connection, conditions)}


async def leads_of_customers(
    connection: Connection, scope: Scope, customer_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Lead, ...]]:
    """For each customer the leads that became it, those that changed last, at most `first`."""
    conditions = _visible(scope)
    conditions.add("status <> 'voided'")
    return await LEADS.latest_by(connection, conditions, "customer_id", customer_ids, first)
