"""Questions about rate tables and their currency rates. They belong to nobody: everybody who has a key sees them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_day, by_position, by_text
from salesapi.schemas.reference.rate_tables import (
    CurrencyRate,
    CurrencyRateFilter,
    CurrencyRateOrder,
    RateTable,
    RateTableFilter,
    RateTableOrder,
)

READS: Final = ("rate_table",)
RATES_READ: Final = ("currency_rate",)

RATE_TABLES: Final = Listing(
    columns="rate_table_id AS id, key, name, source, latest, version, position",
    source="read.rate_table",
    id="rate_table_id",
    reader=Reader(RateTable),
)
RATE_TABLE_ORDERS: Final[dict[RateTableOrder, Order]] = {
    RateTableOrder.KEY_ASC: by_text("key"),
    RateTableOrder.CHANGED_DESC: by_position("position", is_descending=True),
}
CURRENCY_RATES: Final = Listing(
    columns="""rate_id AS id, rate_table_id, from_currency, to_currency, day AS "on", rate::text AS rate,
        published_rate::text AS published_rate, is_corrected, reason, position""",
    source="read.currency_rate",
    id="rate_id",
    reader=Reader(CurrencyRate),
)
CURRENCY_RATE_ORDERS: Final[dict[CurrencyRateOrder, Order]] = {
    CurrencyRateOrder.ON_DESC: by_day("day", is_descending=True),
    CurrencyRateOrder.ON_ASC: by_day("day", is_descending=False),
    CurrencyRateOrder.CHANGED_DESC: by_position("position", is_descending=True),
}


async def rate_tables(
    connection: Connection, scope: Scope, *, where: RateTableFilter, order: RateTableOrder, page: PageRequest
) -> Page[RateTable]:
    """A page of rate tables.

    Raises:
        CursorMalformed.
    """
    conditions = Conditions()
    conditions.known("key = {}", where.key)
    return await RATE_TABLES.page(connection, conditions, (order, RATE_TABLE_ORDERS[order]), page)


async def rate_table(connection: Connection, scope: Scope, rate_table_id: UUID) -> RateTable:
    """One rate table.

    Raises:
        ThingUnknown: there is none.
    """
    found = await rate_tables_by_ids(connection, scope, [rate_table_id])
    if rate_table_id not in found:
        raise ThingUnknown(thing="rate_table", id=str(rate_table_id))
    return found[rate_table_id]


async def rate_tables_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, RateTable]:
    """Those of these rate tables that there are."""
    conditions = Conditions()
    conditions.add("rate_table_id = ANY({}::uuid[])", list(ids))
    return {table.id: table for table in await RATE_TABLES.found(connection, conditions)}


async def currency_rates(
    connection: Connection, scope: Scope, *, where: CurrencyRateFilter, order: CurrencyRateOrder, page: PageRequest
) -> Page[CurrencyRate]:
    """A page of currency rates.

    Raises:
        CursorMalformed.
    """
    conditions = Conditions()
    conditions.known("rate_table_id = {}", where.rate_table_id)
    conditions.known("from_currency = {}", where.from_currency)
    conditions.known("to_currency = {}", where.to_currency)
    conditions.known("day >= {}", where.on_from)
    conditions.known("day <= {}", where.on_to)
    conditions.is_true("is_corrected", where.is_corrected)
    return await CURRENCY_RATES.page(connection, conditions, (order, CURRENCY_RATE_ORDERS[order]), page)
