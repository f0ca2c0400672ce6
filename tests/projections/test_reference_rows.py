"""Rows of what pay is computed with: costs of products, rate tables, currency rates by day, calendars."""

from datetime import date
from decimal import Decimal
from typing import Any

from salesapi.domain.organisation.calendars import (
    CalendarDefined,
    CalendarFiscalPeriodsDefined,
    CalendarHolidaysDeclared,
    DeclaredDay,
    FiscalPeriods,
)
from salesapi.domain.reference.products import DatedCost, ProductCostSet, ProductListed, ProductPriceSet, ProductRetired
from salesapi.domain.reference.rate_tables import (
    LatestRate,
    PairRate,
    RateTableDefined,
    RateTableRatesCorrected,
    RateTableRatesPublished,
)
from salesapi.domain.shared.money import UnitPrice
from salesapi.projections.organisation import calendars
from salesapi.projections.projection import Projection
from salesapi.projections.reference import currency_rates, products, rate_tables
from salesapi.projections.reference.currency_rates import CurrencyRateRow
from tests.domain.examples import PRODUCT
from tests.projections.histories import Fact, rows
from tests.spec import uid

TABLE, OTHER_TABLE, CALENDAR = uid(0xC1), uid(0xC2), uid(0xC3)
FRIDAY, MONDAY = date(2026, 2, 27), date(2026, 3, 2)


def states(projection: Projection, *facts: Fact) -> list[Any]:
    """The rows of a read model whose class is made of the state."""
    return rows(projection, projection.row, *facts)


def cny(amount: str) -> UnitPrice:
    return UnitPrice(amount=Decimal(amount), currency="CNY")


def test_a_later_cost_ends_the_one_before_and_leaves_the_prices() -> None:
    facts = (
        ProductListed(name="Pump", code="P-1", category=None, external_id=None),
        ProductCostSet(cost=cny("6"), effective_from=None, effective_until=None),
        ProductPriceSet(price=cny("9"), effective_from=None, effective_until=None),
        ProductRetired(reason="replaced"),
        ProductCostSet(cost=cny("7"), effective_from=MONDAY, effective_until=None),
    )
    (product,) = states(products.PROJECTION, *(Fact(PRODUCT, event) for event in facts))
    assert product.costs == (
        DatedCost(cost=cny("6"), effective_from=None, effective_until=MONDAY),
        DatedCost(cost=cny("7"), effective_from=MONDAY, effective_until=None),
    )
    assert [dated.price for dated in product.prices] == [cny("9")]
    assert (product.is_retired, product.version, product.position) == (True, 5, 5)


def usd(rate: str) -> PairRate:
    return PairRate(from_currency="USD", to_currency="CNY", rate=Decimal(rate))


EUR = PairRate(from_currency="EUR", to_currency="CNY", rate=Decimal("7.7"))
RATES = (
    Fact(TABLE, RateTableDefined(key="central", name="Central", source="PBOC")),
    Fact(TABLE, RateTableRatesPublished(on=FRIDAY, pairs=(usd("7.1"), EUR))),
    Fact(OTHER_TABLE, RateTableDefined(key="bank", name="Bank", source="A bank")),
    Fact(OTHER_TABLE, RateTableRatesPublished(on=FRIDAY, pairs=(usd("7.3"),))),
    Fact(TABLE, RateTableRatesPublished(on=MONDAY, pairs=(usd("7.2"),))),
    Fact(TABLE, RateTableRatesCorrected(on=FRIDAY, pairs=(usd("7.0"),), reason="misprint")),
    Fact(TABLE, RateTableRatesCorrected(on=date(2026, 2, 26), pairs=(EUR,), reason="missed")),
)


def test_a_rate_table_holds_the_latest_rate_of_each_pair() -> None:
    table, other = states(rate_tables.PROJECTION, *RATES)
    assert table.latest == (
        LatestRate(from_currency="EUR", to_currency="CNY", on=FRIDAY, rate=Decimal("7.7")),
        LatestRate(from_currency="USD", to_currency="CNY", on=MONDAY, rate=Decimal("7.2")),
    )
    assert (table.key, table.version, table.position) == ("central", 5, 7)
    assert ([rate.rate for rate in other.latest], other.version) == ([Decimal("7.3")], 2)


def test_a_currency_rate_is_a_row_for_each_table_pair_and_day_and_shows_its_correction() -> None:
    found = rows(currency_rates.PROJECTION, CurrencyRateRow, *RATES)
    shown = {(row.rate_table_id, row.from_currency, row.day): row for row in found}
    assert len(found) == len({row.rate_id for row in found}) == 5
    corrected = shown[TABLE, "USD", FRIDAY]
    assert (corrected.rate, corrected.published_rate, corrected.reason) == (Decimal("7.0"), Decimal("7.1"), "misprint")
    missed = shown[TABLE, "EUR", date(2026, 2, 26)]
    assert (missed.rate, missed.published_rate, missed.is_corrected) == (Decimal("7.7"), None, True)
    as_published = shown[OTHER_TABLE, "USD", FRIDAY]
    assert (as_published.rate, as_published.is_corrected, as_published.position) == (Decimal("7.3"), False, 4)


def test_a_calendar_holds_its_days_and_fiscal_periods_in_the_order_of_their_dates() -> None:
    holiday = DeclaredDay(on=date(2026, 10, 1), name="国庆节")
    made_up = DeclaredDay(on=date(2026, 9, 20), name="调休", is_worked=True)
    facts = (
        CalendarDefined(key="china", name="China", zone="Asia/Shanghai", weekdays=("monday", "friday")),
        CalendarHolidaysDeclared(days=(holiday, made_up)),
        CalendarFiscalPeriodsDefined(kind="month", first_month=1, effective_from=date(2026, 1, 1)),
        CalendarFiscalPeriodsDefined(kind="quarter", first_month=4, effective_from=None),
    )
    (calendar,) = states(calendars.PROJECTION, *(Fact(CALENDAR, event) for event in facts))
    assert (calendar.weekdays, calendar.days) == (("monday", "friday"), (made_up, holiday))
    assert calendar.fiscal_periods == (
        FiscalPeriods(kind="quarter", first_month=4, effective_from=None),
        FiscalPeriods(kind="month", first_month=1, effective_from=date(2026, 1, 1)),
    )
    assert (calendar.zone, calendar.version, calendar.position) == ("Asia/Shanghai", 4, 4)
