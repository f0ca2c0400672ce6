"""What may happen to products, their prices and their costs, in sentences."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from salesapi.domain.reference.products import (
    COSTS_MAX,
    CostPeriodEmpty,
    CostsFull,
    CostsOverlap,
    DatedCost,
    ListProduct,
    PricePeriodEmpty,
    PricesOverlap,
    Product,
    ProductCostSet,
    ProductIsRetired,
    ProductListed,
    ProductPriceSet,
    ProductRetired,
    RetireProduct,
    SetProductCost,
    SetProductPrice,
)
from salesapi.domain.shared.kernel import ExternalId, FieldInvalid, Refused, ThingExists
from salesapi.domain.shared.money import CurrencyUnknown, UnitPrice
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


def cost_was_set(amount: str, since: date | None = None, until: date | None = None) -> ProductCostSet:
    return ProductCostSet(cost=price(amount), effective_from=since, effective_until=until)


def set_cost_to(amount: str, since: date | None = None, until: date | None = None) -> SetProductCost:
    return SetProductCost(product_id=SUBJECT, cost=price(amount), effective_from=since, effective_until=until)


def costs(*events: ProductCostSet) -> Product:
    state = fold("product", (LISTED, *events))
    assert isinstance(state, Product)
    return state


def test_a_cost_without_dates_holds_always() -> None:
    given(LISTED).when(set_cost_to("6.25")).then(cost_was_set("6.25"))
    state = costs(cost_was_set("6.25"))
    assert state.cost_on(JANUARY) == state.cost_on(None) == price("6.25")


def test_a_product_without_a_cost_has_none_and_its_price_is_not_its_cost() -> None:
    state = prices(was_set("9"))
    assert (state.price_on(MARCH), state.cost_on(MARCH)) == (price("9"), None)


def test_an_open_cost_ends_the_open_cost_before_it_that_day() -> None:
    given(LISTED, cost_was_set("6")).when(set_cost_to("7", MARCH)).then(cost_was_set("7", MARCH))
    state = costs(cost_was_set("6"), cost_was_set("7", MARCH))
    assert [state.cost_on(day) for day in (date(2026, 2, 28), MARCH)] == [price("6"), price("7")]
    assert state.costs[0] == DatedCost(cost=price("6"), effective_from=None, effective_until=MARCH)


def test_between_two_limited_costs_the_cost_is_unknown_and_not_zero() -> None:
    state = costs(cost_was_set("6", JANUARY, MARCH), cost_was_set("7", MAY, JULY))
    assert [state.cost_on(day) for day in (JANUARY, MARCH, MAY, JULY)] == [price("6"), None, price("7"), None]


def test_the_same_period_again_corrects_its_cost_and_the_same_cost_changes_nothing() -> None:
    before = given(LISTED, cost_was_set("6", JANUARY))
    before.when(set_cost_to("5", JANUARY)).then(cost_was_set("5", JANUARY))
    before.when(set_cost_to("6", JANUARY)).then()
    assert costs(cost_was_set("6", JANUARY), cost_was_set("5", JANUARY)).cost_on(MARCH) == price("5")


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (cost_was_set("6", JANUARY), set_cost_to("5", MARCH, MAY)),
        (cost_was_set("6", MARCH), set_cost_to("5", JANUARY)),
        (cost_was_set("6", JANUARY, MAY), set_cost_to("5", MARCH)),
    ],
)
def test_costs_that_would_share_a_day_are_refused(before: ProductCostSet, asked: SetProductCost) -> None:
    given(LISTED, before).when(asked).refused(CostsOverlap, pointer="/effective_from")


def test_a_cost_and_a_price_of_the_same_days_do_not_touch_each_other() -> None:
    given(LISTED, was_set("9", JANUARY, MAY)).when(set_cost_to("6", MARCH)).then(cost_was_set("6", MARCH))
    given(LISTED, cost_was_set("6", JANUARY, MAY)).when(set_to("9", MARCH)).then(was_set("9", MARCH))


def test_what_a_retired_product_cost_may_still_become_known() -> None:
    given(LISTED, RETIRED).when(set_cost_to("6", JANUARY)).then(cost_was_set("6", JANUARY))


def test_a_product_takes_so_many_costs_and_no_more() -> None:
    days = [JANUARY + timedelta(days=number) for number in range(COSTS_MAX + 1)]
    full = [cost_was_set("6", first, until) for first, until in pairwise(days)]
    given(LISTED, *full).when(set_cost_to("7", days[-1])).refused(CostsFull)


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        (
            (),
            SetProductCost(product_id=SUBJECT, cost=price("-1", "XXX"), effective_from=MARCH, effective_until=MARCH),
            CurrencyUnknown,
        ),
        ((cost_was_set("6"),), set_cost_to("-1", MARCH, MARCH), FieldInvalid),
        ((cost_was_set("6"),), set_cost_to("1", MARCH, MARCH), CostPeriodEmpty),
        ((cost_was_set("6"),), set_cost_to("1", MARCH, MAY), CostsOverlap),
    ],
)
def test_of_several_refusals_of_a_cost_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(LISTED, *events).when(command).refused(refusal)
