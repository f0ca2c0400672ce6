"""What may happen to products and their prices, in sentences."""

from datetime import date
from decimal import Decimal

import pytest

from salesapi.domain.kernel import ExternalId, FieldInvalid, Refused, ThingExists
from salesapi.domain.money import CurrencyUnknown, UnitPrice
from salesapi.domain.products import (
    ListProduct,
    PricePeriodEmpty,
    PricesOverlap,
    Product,
    ProductIsRetired,
    ProductListed,
    ProductPriceSet,
    ProductRetired,
    RetireProduct,
    SetProductPrice,
)
from tests.spec import CATALOGUE, SUBJECT, fold, given

JANUARY, MARCH, MAY, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
LISTED = ProductListed(name="Pump", code="P-1", category=None, external_id=None)
RETIRED = ProductRetired(reason="replaced")


def price(amount: str, currency: str = "CNY") -> UnitPrice:
    return UnitPrice(amount=Decimal(amount), currency=currency)


def was_set(amount: str, since: date | None = None, until: date | None = None) -> ProductPriceSet:
    return ProductPriceSet(price=price(amount), effective_from=since, effective_until=until)


def set_to(amount: str, since: date | None = None, until: date | None = None) -> SetProductPrice:
    return SetProductPrice(product_id=SUBJECT, price=price(amount), effective_from=since, effective_until=until)


def prices(*events: ProductPriceSet) -> Product:
    state = fold("product", (LISTED, *events))
    assert isinstance(state, Product)
    return state


def test_a_product_is_listed() -> None:
    given().when(ListProduct(name="Pump", code="P-1")).then(LISTED)


def test_a_product_is_known_by_its_external_id_or_else_by_its_code() -> None:
    _, listing = CATALOGUE.command("ListProduct")
    assert listing.identity is not None
    assert listing.identity(ListProduct(name="Pump", code="P-1")) == ("code", "P-1")
    external = ExternalId(system="erp", id="9")
    assert listing.identity(ListProduct(name="Pump", code="P-1", external_id=external)) == ("erp", "9")


def test_a_product_is_not_listed_twice() -> None:
    given(LISTED).when(ListProduct(name="Other", code="P-1")).refused(ThingExists, pointer="/code")


def test_a_price_without_dates_holds_always() -> None:
    given(LISTED).when(set_to("9.5")).then(was_set("9.5"))
    state = prices(was_set("9.5"))
    assert state.price_on(JANUARY) == state.price_on(None) == price("9.5")


def test_a_product_without_a_price_has_none() -> None:
    assert prices().price_on(None) is None


def test_an_open_price_ends_the_open_price_before_it_that_day() -> None:
    given(LISTED, was_set("9")).when(set_to("10", MARCH)).then(was_set("10", MARCH))
    state = prices(was_set("9"), was_set("10", MARCH))
    assert [state.price_on(day) for day in (date(2026, 2, 28), MARCH)] == [price("9"), price("10")]


def test_between_two_limited_prices_there_is_none() -> None:
    state = prices(was_set("9", JANUARY, MARCH), was_set("10", MAY, JULY))
    assert [state.price_on(day) for day in (JANUARY, MARCH, MAY, JULY)] == [price("9"), None, price("10"), None]


def test_an_undated_fact_gets_the_price_that_began_last() -> None:
    assert prices(was_set("10", MAY), was_set("9", JANUARY, MARCH)).price_on(None) == price("10")


def test_the_same_period_again_corrects_its_price() -> None:
    given(LISTED, was_set("9", JANUARY)).when(set_to("8", JANUARY)).then(was_set("8", JANUARY))
    assert prices(was_set("9", JANUARY), was_set("8", JANUARY)).price_on(MARCH) == price("8")


def test_the_same_price_again_changes_nothing() -> None:
    given(LISTED, was_set("9", JANUARY)).when(set_to("9", JANUARY)).then()


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (was_set("9", JANUARY), set_to("8", MARCH, MAY)),
        (was_set("9", MARCH), set_to("8", JANUARY)),
        (was_set("9", JANUARY, MAY), set_to("8", MARCH)),
        (was_set("9", JANUARY, MAY), set_to("8", JANUARY, MARCH)),
        (was_set("9", JANUARY, MAY), set_to("8")),
    ],
)
def test_prices_that_would_share_a_day_are_refused(before: ProductPriceSet, asked: SetProductPrice) -> None:
    given(LISTED, before).when(asked).refused(PricesOverlap)


def test_prices_may_touch() -> None:
    given(LISTED, was_set("9", JANUARY, MARCH)).when(set_to("8", MARCH)).then(was_set("8", MARCH))


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity", "1E+20", "1E-21"])
def test_an_amount_that_cannot_be_a_price_is_refused(amount: str) -> None:
    given(LISTED).when(set_to(amount)).refused(FieldInvalid, pointer="/price/amount")


def test_a_price_may_have_more_decimals_than_its_currency() -> None:
    given(LISTED).when(set_to("0.0075")).then(was_set("0.0075"))


def test_a_retired_product_keeps_its_prices() -> None:
    given(LISTED).when(RetireProduct(product_id=SUBJECT, reason="replaced")).then(RETIRED)
    state = fold("product", (LISTED, was_set("9"), RETIRED))
    assert isinstance(state, Product)
    assert state.price_on(MARCH) == price("9")


WRONG_ALTOGETHER = SetProductPrice(
    product_id=SUBJECT, price=price("-1", "XXX"), effective_from=MARCH, effective_until=MARCH
)


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        ((RETIRED,), WRONG_ALTOGETHER, ProductIsRetired),
        ((), WRONG_ALTOGETHER, CurrencyUnknown),
        ((was_set("9"),), set_to("-1", MARCH, MARCH), FieldInvalid),
        ((was_set("9"),), set_to("1", MARCH, MARCH), PricePeriodEmpty),
        ((was_set("9"),), set_to("1", MARCH, MAY), PricesOverlap),
        ((RETIRED,), RetireProduct(product_id=SUBJECT, reason="again"), ProductIsRetired),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(LISTED, *events).when(command).refused(refusal)
