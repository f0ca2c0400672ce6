"""Questions about customers. A customer is seen by who is in scope of its owner; one in the pool by everybody.

The profile and the timeline go over the customer's deals and leads, each of them only where it is in scope itself.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.columns import Reader
from salesapi.database.connections import Connection
from salesapi.queries.filters import contains
from salesapi.queries.listings import Listing, Single
from salesapi.queries.paging import INTEGER_MAX, Cursors, Page, PageRequest
from salesapi.queries.row_scopes import by_owner
from salesapi.queries.selling.activities import ACTIVITIES
from salesapi.queries.selling.deals import DEALS
from salesapi.queries.selling.leads import LEADS
from salesapi.queries.shapes import selection
from salesapi.queries.sources import Source, read_models_in
from salesapi.schemas.customers import customers as wire
from salesapi.schemas.selling.activities import Activity

PROFILE_ROWS: Final = 20
"""Deals, leads and activities that a profile shows of each."""
SUBJECTS_MAX: Final = 500
"""Most deals, and most leads, whose events one timeline goes over: those that changed last."""

CUSTOMERS: Final = Listing(
    wire.Customer,
    source="read.customer",
    scope=by_owner(has_pool=True),
    where=wire.CustomerFilter,
    conditions={"is_in_pool": "owner_id IS NULL", "text": contains("name")},
    order=wire.CustomerOrder.CHANGED_DESC,
)
_TIMELINE_CURSORS: Final = Cursors(order="timeline", kind=int)
_ENTRIES: Final = Reader(wire.TimelineEntry)
_ENTRY_COLUMNS: Final = selection(Source("read.timeline e", declaration="a customer's timeline"), wire.TimelineEntry)
_TIMELINE_SQL: Final = f"""
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
    SELECT DISTINCT ON (e.position) {_ENTRY_COLUMNS}
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
"""  # noqa: S608
"""Each subject gives no more rows than a page has; an event about two of them is one entry.

An event of another thing than the subject is told to those who see that thing, and to nobody else.
"""
TIMELINE_READS: Final = read_models_in(_TIMELINE_SQL)


async def customer_profile(connection: Connection, scope: Scope, customer_id: UUID) -> wire.CustomerProfile:
    """Everything about a customer at a glance.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    customer = await CUSTOMERS.one(connection, scope, customer_id)
    values, unvalued = await _values(connection, scope, customer_id)
    deals = await DEALS.latest_by(connection, scope, [customer_id], column="customer_id", first=PROFILE_ROWS)
    leads = await LEADS.latest_by(connection, scope, [customer_id], column="customer_id", first=PROFILE_ROWS)
    activities, last_activity_on = await _latest_activities(connection, scope, customer_id)
    return wire.CustomerProfile(
        customer=customer,
        values=values,
        unvalued_deal_count=unvalued,
        deals=deals[customer_id],
        leads=leads[customer_id],
        activities=activities,
        last_activity_on=last_activity_on,
    )


async def _values(
    connection: Connection, scope: Scope, customer_id: UUID
) -> tuple[tuple[wire.CurrencyValue, ...], int]:
    """Open and won value by currency, and the number of open deals without a value."""
    where = DEALS.seen(scope)
    where.add("customer_id = {} AND status IN ('open', 'won')", customer_id)
    rows = await connection.fetch(
        f"""
        SELECT currency, count(*) AS deal_count,
               coalesce(sum(amount_minor) FILTER (WHERE status = 'open'), 0) AS open_minor,
               coalesce(sum(amount_minor) FILTER (WHERE status = 'won'), 0) AS won_minor
        FROM read.deal WHERE {where.text} GROUP BY currency ORDER BY currency
        """,  # noqa: S608
        *where.values,
    )
    values = tuple(
        wire.CurrencyValue(
            currency=row["currency"],
            deal_count=row["deal_count"],
            open_minor=int(row["open_minor"]),
            won_minor=int(row["won_minor"]),
        )
        for row in rows
        if row["currency"] is not None
    )
    return values, sum(row["deal_count"] for row in rows if row["currency"] is None)


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
) -> Page[wire.TimelineEntry]:
    """Lists what happened to the customer, its deals and its leads, the latest recorded first.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
        CursorMalformed.
    """
    await CUSTOMERS.one(connection, scope, customer_id)
    before, _ = _TIMELINE_CURSORS.after(page) or (INTEGER_MAX, None)
    members = None if scope.member_ids is None else list(scope.member_ids)
    rows = await connection.fetch(_TIMELINE_SQL, customer_id, members, before, page.first + 1, SUBJECTS_MAX)
    return _TIMELINE_CURSORS.page(rows, page, item=_ENTRIES.read, place=lambda row: (row["position"], row["stream_id"]))


PROFILE: Final = Single(
    shape=wire.CustomerProfile,
    one=customer_profile,
    scope_of=CUSTOMERS.scope_of,
    reads=(*CUSTOMERS.reads, *DEALS.reads, *LEADS.reads, *ACTIVITIES.reads),
)
