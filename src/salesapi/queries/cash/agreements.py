"""Questions about agreements. An agreement is seen by who sees its customer, those in the pool too."""

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
    by_amount,
    by_day,
    by_position,
)
from salesapi.schemas.cash.agreements import Agreement, AgreementFilter, AgreementOrder

READS: Final = ("agreement", "customer")

AGREEMENTS: Final = Listing(
    columns=f"""agreement_id AS id, title, customer_id, deal_id, currency, legal_entity, status, lines, instalments,
        total_minor, amendment_count, starts_on, ends_on, payment_days, signed_on, cancelled_on, fee_kept_minor, reason,
        renewed_by, invoiced_minor, credited_minor, {EXTERNAL_ID}, version, position""",
    source="read.agreement",
    id="agreement_id",
    reader=Reader(Agreement),
)
ORDERS: Final[dict[AgreementOrder, Order]] = {
    AgreementOrder.CHANGED_DESC: by_position("position", is_descending=True),
    AgreementOrder.SIGNED_DESC: by_day("signed_on", is_descending=True),
    AgreementOrder.ENDS_ASC: by_day("ends_on", is_descending=False),
    AgreementOrder.TOTAL_DESC: by_amount("total_minor", is_descending=True),
}


async def agreements(
    connection: Connection, scope: Scope, *, where: AgreementFilter, order: AgreementOrder, page: PageRequest
) -> Page[Agreement]:
    """A page of agreements.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("customer_id = ANY({}::uuid[])", where.customer_id)
    conditions.known("deal_id = {}", where.deal_id)
    conditions.known("status = ANY({}::text[])", where.status)
    conditions.known("currency = {}", where.currency)
    conditions.known("legal_entity = {}", where.legal_entity)
    conditions.is_true("renewed_by IS NOT NULL", where.is_renewed)
    conditions.known("signed_on >= {}", where.signed_from)
    conditions.known("signed_on <= {}", where.signed_to)
    conditions.known("ends_on >= {}", where.ends_from)
    conditions.known("ends_on <= {}", where.ends_to)
    conditions.contains("title", where.text)
    conditions.external(where.external_system, where.external_id)
    return await AGREEMENTS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within_customers(scope, has_pool=True)
    return conditions


async def agreement(connection: Connection, scope: Scope, agreement_id: UUID) -> Agreement:
    """One agreement, also a cancelled one.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await agreements_by_ids(connection, scope, [agreement_id])
    if agreement_id not in found:
        raise ThingUnknown(thing="agreement", id=str(agreement_id))
    return found[agreement_id]


async def agreements_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Agreement]:
    """Those of these agreements that are in scope."""
    conditions = _visible(scope)
    conditions.add("agreement_id = ANY({}::uuid[])", list(ids))
    return {agreement.id: agreement for agreement in await AGREEMENTS.found(connection, conditions)}


async def agreements_of_customers(
    connection: Connection, scope: Scope, ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Agreement, ...]]:
    """The agreements of each of these customers that changed last."""
    return await AGREEMENTS.latest_by(connection, _visible(scope), "customer_id", ids, first)
