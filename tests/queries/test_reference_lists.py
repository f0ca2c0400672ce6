"""What pay is computed with, on the real database: costs of products, currency rates and calendars. Everybody sees them."""

from datetime import date
from decimal import Decimal

import pytest

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.domain.organisation.calendars import DeclaredDay, FiscalPeriods
from salesapi.domain.reference.products import DatedCost
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.domain.shared.money import UnitPrice
from salesapi.queries.organisation.calendars import calendar
from salesapi.queries.paging import PageRequest
from salesapi.queries.reference.products import product
from salesapi.queries.reference.rate_tables import currency_rates, rate_table
from salesapi.schemas.reference.rate_tables import CurrencyRateFilter, CurrencyRateOrder
from tests.queries.conftest import Reads
from tests.spec import uid

ALL = PageRequest(first=100)
NOBODY = Scope(member_ids=frozenset())


async def test_a_product_shows_what_it_costs(reads: Reads) -> None:
    shown = await product(reads.pool, NOBODY, reads.ids["product"])
    cost = UnitPrice(amount=Decimal("6.25"), currency="CNY")
    assert shown.costs == (DatedCost(cost=cost, effective_from=date(2026, 1, 1), effective_until=None),)


async def test_a_rate_table_shows_the_latest_rate_of_each_pair(reads: Reads) -> None:
    shown = await rate_table(reads.pool, NOBODY, reads.ids["central rates"])
    assert [(rate.from_currency, rate.on, str(rate.rate)) for rate in shown.latest] == [
        ("EUR", date(2026, 2, 27), "7.70"),
        ("USD", date(2026, 3, 2), "7.2"),
    ]
    assert (shown.key, shown.version) == ("central", 4)
    with pytest.raises(ThingUnknown):
        await rate_table(reads.pool, EVERYTHING, uid(1))


async def test_a_corrected_rate_shows_what_was_published_and_why_it_is_not_so(reads: Reads) -> None:
    where, order = CurrencyRateFilter(is_corrected=True), CurrencyRateOrder.CHANGED_DESC
    (rate,) = (await currency_rates(reads.pool, EVERYTHING, where=where, order=order, page=ALL)).items
    assert (rate.on, rate.rate, rate.published_rate, rate.reason) == (date(2026, 2, 27), "7.0", "7.1012", "misprint")


async def test_a_calendar_shows_its_days_and_fiscal_periods(reads: Reads) -> None:
    shown = await calendar(reads.pool, NOBODY, reads.ids["calendar"])
    assert shown.days == (
        DeclaredDay(on=date(2026, 10, 1), name="国庆节", is_worked=False),
        DeclaredDay(on=date(2026, 10, 10), name="调休", is_worked=True),
    )
    assert shown.fiscal_periods == (FiscalPeriods(kind="quarter", first_month=4, effective_from=None),)
    with pytest.raises(ThingUnknown):
        await calendar(reads.pool, EVERYTHING, uid(1))
