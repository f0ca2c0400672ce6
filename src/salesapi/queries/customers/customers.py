"""Questions about customers. A customer is seen by who is in scope of its owner; one in the pool by everybody.

The profile and the timeline go over the customer's deals and leads, each of them only where it is in scope itself.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.queries.filters import EXTERNAL, Filters, contains
from salesapi.queries.listings import Listing, Single
from salesapi.queries.orders import Orders, by_position, by_text
from salesapi.queries.paging import INTEGER_MAX, Page, PageRequest, decoded_cursor, encoded_cursor
from salesapi.queries.row_scopes import by_owner
from salesapi.queries.selling.activities import ACTIVITIES
from salesapi.queries.selling.deals import DEALS
from salesapi.queries.selling.leads import LEADS
from salesapi.queries.shapes import Reader
from salesapi.queries.sources import read_models_in
from salesapi.schemas.customers.customers import (
    CurrencyValue,
    Customer,
    CustomerFilter,
    CustomerOrder,
    CustomerProfile,
    TimelineEntry,
)
from salesapi.schemas.selling.activities import Activity

PROFILE_ROWS: Final = 20
"""Deals, leads and activities that a profile shows of each."""
SUBJECTS_MAX: Final = 500
"""Most deals, and most leads, whose events one timeline goes over: those that changed last."""

CUSTOMERS: Final = Listing(
    Customer,
    source="read.customer",
    scope=by_owner(has_pool=True),
    filters=Filters(
        CustomerFilter,
        {
            "kind": "kind = {}",
            "owner_id": "owner_id = ANY({})",
            "is_in_pool": "owner_id IS NULL",
            "parent_id": "parent_id = {}",
            "text": contains("name"),
            **EXTERNAL,
        },
    ),
    orders=Orders(CustomerOrder.CHANGED_DESC, {"changed": by_position(), "name": by_text("name")}),
)
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
TIMELINE_READS: Final = read_models_in(_TIMELINE_SQL)


async def customer_profile(connection: Connection, scope: Scope, customer_id: UUID) -> CustomerProfile:
    """Everything about a customer at a glance.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    customer = await CUSTOMERS.one(connection, scope, customer_id)
    values, unvalued = await _values(connection, scope, customer_id)
    deals = await DEALS.latest_by(connection, scope, [customer_id], column="customer_id", first=PROFILE_ROWS)
    leads = await LEADS.latest_by(connection, scope, [customer_id], column="customer_id", first=PROFILE_ROWS)
    activities, last_activity_on = await _latest_activities(connection, scope, customer_id)
    return CustomerProfile(
        customer=customer,
        values=values,
        unvalued_deal_count=unvalued,
        deals=deals[customer_id],
        leads=leads[customer_id],
        activities=activities,
        last_activity_on=last_activity_on,
    )


async def _values(connection: Connection, scope: Scope, customer_id: UUID) -> tuple[tuple[CurrencyValue, ...], int]:
    """Open and won value by currency, and the number of open deals without a value."""
    where = DEALS.seen(scope)
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
    where = ACTIVITIES.seen(scope)
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
    return ACTIVITIES.read(rows), rows[0]["last_on"] if rows else None


async def customer_timeline(
    connection: Connection, scope: Scope, customer_id: UUID, page: PageRequest
) -> Page[TimelineEntry]:
    """Lists what happened to the customer, its deals and its leads, the latest recorded first.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
        CursorMalformed.
    """
    await CUSTOMERS.one(connection, scope, customer_id)
    before: object = INTEGER_MAX
    if page.after is not None:
        before, _ = decoded_cursor(page.after, order=_TIMELINE_ORDER, kind=int)
    members = None if scope.member_ids is None else list(scope.member_ids)
    rows = await connection.fetch(_TIMELINE_SQL, customer_id, members, before, page.first + 1, SUBJECTS_MAX)
    shown = _ENTRIES.all(rows[: page.first])
    return Page(
        items=shown,
        cursors=tuple(encoded_cursor(_TIMELINE_ORDER, entry.position, entry.stream_id) for entry in shown),
        has_more=len(rows) > page.first,
    )


PROFILE: Final = Single(
    shape=CustomerProfile,
    one=customer_profile,
    scope_of=CUSTOMERS.scope_of,
    reads=(*CUSTOMERS.reads, *DEALS.reads, *LEADS.reads, *ACTIVITIES.reads),
)
