"""Questions about customers. A customer is seen by who is in scope of its owner; one in the pool by everybody.

The profile and the timeline go over the customer's deals and leads, each of them only where it is in scope itself.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    INTEGER_MAX,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_position,
    by_text,
    decoded_cursor,
    encoded_cursor,
)
from salesapi.queries.selling.activities import ACTIVITIES
from salesapi.queries.selling.deals import deals_of_customers
from salesapi.queries.selling.leads import leads_of_customers
from salesapi.schemas.customers.customers import (
    CurrencyValue,
    Customer,
    CustomerFilter,
    CustomerOrder,
    CustomerProfile,
    TimelineEntry,
)
from salesapi.schemas.selling.activities import Activity

READS: Final = ("customer",)
PROFILE_READS: Final = ("customer", "deal", "lead", "activity")
TIMELINE_READS: Final = ("customer", "deal", "lead", "activity", "agreement", "invoice", "receipt", "timeline")
PROFILE_ROWS: Final = 20
"""Deals, leads and activities that a profile shows of each."""
SUBJECTS_MAX: Final = 500
"""Most deals, and most leads, whose events one timeline goes over: those that changed last."""

CUSTOMERS: Final = Listing(
    columns=f"""customer_id AS id, name, kind, owner_id, parent_id, attributes, contacts, registered_on, {EXTERNAL_ID},
        version, position""",
    source="read.customer",
    id="customer_id",
    reader=Reader(Customer),
)
ORDERS: Final[dict[CustomerOrder, Order]] = {
    CustomerOrder.CHANGED_DESC: by_position("position", is_descending=True),
    CustomerOrder.CHANGED_ASC: by_position("position", is_descending=False),
    CustomerOrder.NAME_ASC: by_text("name"),
    CustomerOrder.NAME_DESC: by_text("name", is_descending=True),
}
_TIMELINE_ORDER: Final = "timeline"
_ENTRIES: Final = Reader(TimelineEntry)
_TIMELINE_SQL: Final = """
    WITH subject AS (
        SELECT $1::uuid AS id
        UNION ALL (
            SELECT deal_id FROM read.deal
            WHERE customer_id = $1 AND ($2::uuid[] IS NULL OR owner_id = ANY($2)) ORDER BY position DESC LIMIT $5
        )
        UNION ALL (
            SELECT lead_id FROM read.lead
            WHERE customer_id = $1 AND ($2::uuid[] IS NULL OR owner_id IS NULL OR owner_id = ANY($2))
            ORDER BY position DESC LIMIT $5
        )
        UNION ALL (
            SELECT agreement_id FROM read.agreement WHERE customer_id = $1 ORDER BY position DESC LIMIT $5
        )
        UNION ALL (
            SELECT i.invoice_id FROM read.invoice i JOIN read.customer c ON c.customer_id = i.customer_id
            WHERE i.customer_id = $1 AND ($2::uuid[] IS NULL OR c.owner_id = ANY($2)) ORDER BY i.position DESC LIMIT $5
        )
    )
    SELECT DISTINCT ON (e.position) e.position, e.type, e.stream_kind, e.stream_id, e.occurred_on, e.occurred_at,
           e.recorded_at, e.actor_id, e.summary
    FROM subject s CROSS JOIN LATERAL (
        SELECT * FROM read.timeline t
        WHERE t.subject_id = s.id AND t.position < $3 AND ($2::uuid[] IS NULL OR t.stream_id = s.id OR CASE t.stream_kind
            WHEN 'activity' THEN EXISTS (
                SELECT FROM read.activity a WHERE a.activity_id = t.stream_id AND a.owner_id = ANY($2)
            )
            WHEN 'lead' THEN EXISTS (
                SELECT FROM read.lead l WHERE l.lead_id = t.stream_id AND (l.owner_id IS NULL OR l.owner_id = ANY($2))
            )
            WHEN 'receipt' THEN EXISTS (
                SELECT FROM read.receipt r JOIN read.customer c ON c.customer_id = r.customer_id
                WHERE r.receipt_id = t.stream_id AND c.owner_id = ANY($2)
            )
            ELSE false END)
        ORDER BY t.position DESC LIMIT $4
    ) e
    ORDER BY e.position DESC LIMIT $4
"""
"""Each subject gives no more rows than a page has; an event about two of them is one entry.

An event of another thing than the subject is told to those who see that thing, and to nobody else.
"""


async def customers(
    connection: Connection, scope: Scope, *, where: CustomerFilter, order: CustomerOrder, page: PageRequest
) -> Page[Customer]:
    """A page of customers.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("kind = {}", where.kind)
    conditions.known("owner_id = ANY({}::uuid[])", where.owner_id)
    conditions.is_true("owner_id IS NULL", where.is_in_pool)
    conditions.known("parent_id = {}", where.parent_id)
    conditions.contains("name", where.text)
    conditions.external(where.external_system, where.external_id)
    return await CUSTOMERS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope, has_pool=True)
    return conditions


async def customer(connection: Connection, scope: Scope, customer_id: UUID) -> Customer:
    """One customer with its contacts.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await customers_by_ids(connection, scope, [customer_id])
    if customer_id not in found:
        raise ThingUnknown(thing="customer", id=str(customer_id))
    return found[customer_id]


async def customers_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Customer]:
    """Those of these customers that are in scope."""
    conditions = _visible(scope)
    conditions.add("customer_id = ANY({}::uuid[])", list(ids))
    return {customer.id: customer for customer in await CUSTOMERS.found(connection, conditions)}


async def customer_profile(connection: Connection, scope: Scope, customer_id: UUID) -> CustomerProfile:
    """Everything about a customer at a glance.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    shown = await customer(connection, scope, customer_id)
    values, unvalued = await _values(connection, scope, customer_id)
    activities, last_activity_on = await _latest_activities(connection, scope, customer_id)
    return CustomerProfile(
        customer=shown,
        values=values,
        unvalued_deal_count=unvalued,
        deals=(await deals_of_customers(connection, scope, [customer_id], PROFILE_ROWS))[customer_id],
        leads=(await leads_of_customers(connection, scope, [customer_id], PROFILE_ROWS))[customer_id],
        activities=activities,
        last_activity_on=last_activity_on,
    )


async def _values(connection: Connection, scope: Scope, customer_id: UUID) -> tuple[tuple[CurrencyValue, ...], int]:
    """Open and won value by currency, and the number of open deals without a value."""
    where = Conditions()
    where.within(scope)
    where.add("customer_id = {} AND status IN ('open', 'won')", customer_id)
    rows = await connection.fetch(
        f"""
        SELECT currency, count(*) AS deals, coalesce(sum(amount_minor) FILTER (WHERE status = 'open'), 0)::bigint AS open,
               coalesce(sum(amount_minor) FILTER (WHERE status = 'won'), 0)::bigint AS won
        FROM read.deal WHERE {where.text} GROUP BY currency ORDER BY currency
        """,  # noqa: S608
        *where.values,
    )
    values = tuple(
        CurrencyValue(currency=row["currency"], deal_count=row["deals"], open_minor=row["open"], won_minor=row["won"])
        for row in rows
        if row["currency"] is not None
    )
    return values, sum(row["deals"] for row in rows if row["currency"] is None)


async def _latest_activities(
    connection: Connection, scope: Scope, customer_id: UUID
) -> tuple[tuple[Activity, ...], date | None]:
    """The latest activities about the customer and its deals, and the business date of the last completed one."""
    where = Conditions()
    where.within(scope)
    where.add("status <> 'voided'")
    customer, most = where.parameter(customer_id), where.parameter(PROFILE_ROWS)
    rows = await connection.fetch(
        f"""
        WITH about AS (
            SELECT {customer}::uuid AS id UNION SELECT deal_id FROM read.deal WHERE customer_id = {customer}::uuid
        ), activity AS NOT MATERIALIZED (
            SELECT * FROM read.activity WHERE about_id IN (SELECT id FROM about) AND {where.text}
        )
        SELECT {ACTIVITIES.columns}, (SELECT max(done_on) FROM activity WHERE status = 'completed') AS last_on
        FROM activity ORDER BY position DESC LIMIT {most}
        """,  # noqa: S608
        *where.values,
    )
    return ACTIVITIES.reader.all(rows), rows[0]["last_on"] if rows else None


async def customer_timeline(
    connection: Connection, scope: Scope, customer_id: UUID, page: PageRequest
) -> Page[TimelineEntry]:
    """What happened to the customer, its deals and its leads, the latest recorded first.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
        CursorMalformed.
    """
    await customer(connection, scope, customer_id)
    before: object = INTEGER_MAX
    if page.after is not None:
        before, _ = decoded_cursor(page.after, _TIMELINE_ORDER, int)
    members = None if scope.member_ids is None else list(scope.member_ids)
    rows = await connection.fetch(_TIMELINE_SQL, customer_id, members, before, page.first + 1, SUBJECTS_MAX)
    shown = _ENTRIES.all(rows[: page.first])
    return Page(
        items=shown,
        cursors=tuple(encoded_cursor(_TIMELINE_ORDER, entry.position, entry.stream_id) for entry in shown),
        has_more=len(rows) > page.first,
    )
