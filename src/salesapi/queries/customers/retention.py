"""Who is due by the retention rule: persons without open business whose last one is longer ago than the rule keeps them.

The last business with a lead, a customer or a contact is the last day that any of its deals, agreements, invoices, receipts or
activities tells, and at least that of its capture or registration; with a member it is the day of leaving. What has no known
day is not due. Open is a lead that is neither refused nor converted, an open deal, a running agreement, an unsettled invoice,
and a scheduled activity. Days are business dates; all conditions hold at the end of the day asked for.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from salesapi.access.principals import Scope
from salesapi.database.columns import Reader
from salesapi.database.connections import Connection
from salesapi.schemas.customers.retention import DuePerson

DUE_MAX: Final = 500
"""Most persons of one answer."""
READ_MODELS: Final = ("lead", "customer", "member", "person", "deal", "agreement", "invoice", "receipt", "activity")

_DUE: Final = """
    WITH activities AS (
        SELECT about_kind, about_id, max(coalesce(done_on, due_on)) AS last_on,
               bool_or(status = 'scheduled') AS is_open
        FROM read.activity GROUP BY about_kind, about_id
    ),
    leads AS (
        SELECT 'lead' AS kind, l.lead_id AS id, NULL::uuid AS contact_id,
               greatest(l.captured_on, l.qualified_on, l.converted_on, a.last_on) AS last_on
        FROM read.lead l LEFT JOIN activities a ON a.about_kind = 'lead' AND a.about_id = l.lead_id
        WHERE l.status NOT IN ('open', 'qualified') AND NOT l.is_erased AND a.is_open IS NOT TRUE
          AND ($1::uuid[] IS NULL OR l.owner_id = ANY($1))
    ),
    business AS (
        SELECT d.customer_id, greatest(d.opened_on, d.closed_on, a.last_on) AS last_on,
               d.status = 'open' OR a.is_open IS TRUE AS is_open
        FROM read.deal d LEFT JOIN activities a ON a.about_kind = 'deal' AND a.about_id = d.deal_id
        UNION ALL
        SELECT customer_id, greatest(starts_on, ends_on),
               status = 'signed' AND (ends_on IS NULL OR ends_on >= $3)
        FROM read.agreement
        UNION ALL
        SELECT customer_id, greatest(issued_on, due_on, settled_on), NOT is_voided AND open_minor > 0 FROM read.invoice
        UNION ALL
        SELECT customer_id, received_on, false FROM read.receipt
        UNION ALL
        SELECT about_id, last_on, is_open FROM activities WHERE about_kind = 'customer'
    ),
    buyers AS (
        SELECT c.customer_id, c.kind, c.is_erased, c.contacts, greatest(c.registered_on, max(b.last_on)) AS last_on
        FROM read.customer c LEFT JOIN business b ON b.customer_id = c.customer_id
        WHERE $1::uuid[] IS NULL OR c.owner_id = ANY($1)
        GROUP BY c.customer_id, c.kind, c.is_erased, c.contacts, c.registered_on
        HAVING bool_or(b.is_open) IS NOT TRUE
    ),
    known AS (
        SELECT * FROM leads
        UNION ALL
        SELECT 'customer', customer_id, NULL, last_on FROM buyers WHERE kind = 'person' AND NOT is_erased
        UNION ALL
        SELECT 'customer', customer_id, (contact ->> 'contact_id')::uuid, last_on
        FROM buyers CROSS JOIN LATERAL jsonb_array_elements(contacts) AS contact
        WHERE NOT (contact ->> 'is_erased')::boolean
        UNION ALL
        SELECT 'member', member_id, NULL, left_on FROM read.member
        WHERE NOT is_erased AND ($1::uuid[] IS NULL OR member_id = ANY($1))
    ),
    due AS (
        SELECT k.kind, k.id, k.contact_id, k.last_on, (make_interval(years => r.years) + k.last_on)::date AS due_on
        FROM known k JOIN (SELECT * FROM jsonb_each_text($2::text::jsonb)) AS rule (kind, text) ON rule.kind = k.kind
        CROSS JOIN LATERAL (SELECT rule.text::integer AS years) r
        WHERE k.last_on > '-infinity' AND k.last_on <= $3
    )
    SELECT kind, id, contact_id, last_on, due_on FROM due d
    WHERE due_on <= $3 AND NOT EXISTS (
        SELECT FROM read.person p WHERE p.subject_kind = d.kind AND p.subject_id = d.id
            AND p.subject_contact_id IS NOT DISTINCT FROM d.contact_id AND jsonb_array_length(p.holds) > 0
    )
    ORDER BY due_on, kind, id, contact_id LIMIT $4
"""
_PERSONS: Final = Reader(DuePerson)


async def due_persons(
    connection: Connection, scope: Scope, *, years: Mapping[str, int], as_of: date
) -> tuple[DuePerson, ...]:
    """Reads who is due at the end of the day, the longest due first; one more than `DUE_MAX` where there are more."""
    member_ids = None if scope.member_ids is None else list(scope.member_ids)
    rule = "{" + ", ".join(f'"{kind}": {number}' for kind, number in years.items()) + "}"
    return _PERSONS.all(await connection.fetch(_DUE, member_ids, rule, as_of, DUE_MAX + 1))
