"""What may happen to products, in sentences. What is said of a price holds of a cost, too, where nothing else is said."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Final, Literal, TypeAlias

import pytest

from salesapi.domain.reference import products
from salesapi.domain.reference.products import ListProduct, Product
from salesapi.domain.shared.kernel import ExternalId, FieldInvalid, Refused, ThingExists
from salesapi.domain.shared.money import CurrencyUnknown, UnitPrice
from tests.spec import SUBJECT, folded, given, identity_of

Of: TypeAlias = Literal["price", "cost"]
Fact: TypeAlias = products.ProductPriceSet | products.ProductCostSet
Asked: TypeAlias = products.SetProductPrice | products.SetProductCost

JANUARY, MARCH, MAY, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
LISTED = products.ProductListed(name="Pump", code="P-1", category=None, external_id=None)
RETIRED = products.ProductRetired(reason="replaced")
OVERLAPS: Final[dict[Of, type[Refused]]] = {"price": products.PricesOverlap, "cost": products.CostsOverlap}

of_both = pytest.mark.parametrize("of", ["price", "cost"])


def money(amount: str, currency: str = "CNY") -> UnitPrice:
    return UnitPrice(amount=Decimal(amount), currency=currency)


def was_set(of: Of, amount: str, since: date | None = None, until: date | None = None) -> Fact:
    if of == "price":
        return products.ProductPriceSet(price=money(amount), effective_from=since, effective_until=until)
    return products.ProductCostSet(cost=money(amount), effective_from=since, effective_until=until)


def set_to(of: Of, amount: str, since: date | None = None, until: date | None = None, currency: str = "CNY") -> Asked:
    wanted = money(amount, currency)
    if of == "price":
        return products.SetProductPrice(product_id=SUBJECT, price=wanted, effective_from=since, effective_until=until)
    return products.SetProductCost(product_id=SUBJECT, cost=wanted, effective_from=since, effective_until=until)


def product(*events: object) -> Product:
    return folded(Product, "product", LISTED, *events)


def held(of: Of, *events: object) -> Callable[[date | None], UnitPrice | None]:
    """What holds on a date, after these events."""
    state = product(*events)
    return partial(price_on, state) if of == "price" else state.cost_on


def price_on(state: Product, on: date | None) -> UnitPrice | None:
    found = products.held_on(state.prices, on)
    return found.price if found else None


def test_a_product_is_listed() -> None:
    given().when(ListProduct(name="Pump", code="P-1")).then(LISTED)


def test_a_product_is_known_by_its_external_id_or_else_by_its_code() -> None:
    assert identity_of(ListProduct(name="Pump", code="P-1")) == ("code", "P-1")
    external = ExternalId(system="erp", id="9")
    assert identity_of(ListProduct(name="Pump", code="P-1", external_id=external)) == ("erp", "9")


def test_a_product_is_not_listed_twice() -> None:
    given(LISTED).when(ListProduct(name="Other", code="P-1")).refused(ThingExists, pointer="/code")


@of_both
def test_a_price_without_dates_holds_always(of: Of) -> None:
    given(LISTED).when(set_to(of, "9.5")).then(was_set(of, "9.5"))
    on = held(of, was_set(of, "9.5"))
    assert on(JANUARY) == on(None) == money("9.5")


def test_a_product_without_a_price_or_cost_has_none_and_its_price_is_not_its_cost() -> None:
    assert price_on(product(), None) is None
    state = product(was_set("price", "9"))
    assert (price_on(state, MARCH), state.cost_on(MARCH)) == (money("9"), None)


@of_both
def test_an_open_price_ends_the_open_price_before_it_that_day(of: Of) -> None:
    before, after = was_set(of, "9"), was_set(of, "10", MARCH)
    given(LISTED, before).when(set_to(of, "10", MARCH)).then(after)
    on = held(of, before, after)
    assert [on(day) for day in (date(2026, 2, 28), MARCH)] == [money("9"), money("10")]


def test_a_cost_that_is_ended_keeps_its_first_day() -> None:
    ended = product(was_set("cost", "6"), was_set("cost", "7", MARCH)).costs[0]
    assert ended == products.DatedCost(cost=money("6"), effective_from=None, effective_until=MARCH)


@of_both
def test_between_two_limited_prices_there_is_none_and_not_zero(of: Of) -> None:
    on = held(of, was_set(of, "9", JANUARY, MARCH), was_set(of, "10", MAY, JULY))
    assert [on(day) for day in (JANUARY, MARCH, MAY, JULY)] == [money("9"), None, money("10"), None]


@of_both
def test_an_undated_fact_gets_the_price_that_began_last(of: Of) -> None:
    assert held(of, was_set(of, "10", MAY), was_set(of, "9", JANUARY, MARCH))(None) == money("10")


@of_both
def test_the_same_period_again_corrects_its_price_and_the_same_price_changes_nothing(of: Of) -> None:
    before = given(LISTED, was_set(of, "9", JANUARY))
    before.when(set_to(of, "8", JANUARY)).then(was_set(of, "8", JANUARY))
    before.when(set_to(of, "9", JANUARY)).then()
    assert held(of, was_set(of, "9", JANUARY), was_set(of, "8", JANUARY))(MARCH) == money("8")


@of_both
@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ((JANUARY, None), (MARCH, MAY)),
        ((MARCH, None), (JANUARY, None)),
        ((JANUARY, MAY), (MARCH, None)),
        ((JANUARY, MAY), (JANUARY, MARCH)),
        ((JANUARY, MAY), (None, None)),
    ],
)
def test_prices_that_would_share_a_day_are_refused(
    of: Of, before: tuple[date | None, date | None], asked: tuple[date | None, date | None]
) -> None:
    there = given(LISTED, was_set(of, "9", *before))
    there.when(set_to(of, "8", *asked)).refused(OVERLAPS[of], pointer="/effective_from")


@of_both
def test_prices_may_touch(of: Of) -> None:
    given(LISTED, was_set(of, "9", JANUARY, MARCH)).when(set_to(of, "8", MARCH)).then(was_set(of, "8", MARCH))


def test_a_cost_and_a_price_of_the_same_days_do_not_touch_each_other() -> None:
    cost, price = was_set("cost", "6", MARCH), was_set("price", "9", MARCH)
    given(LISTED, was_set("price", "9", JANUARY, MAY)).when(set_to("cost", "6", MARCH)).then(cost)
    given(LISTED, was_set("cost", "6", JANUARY, MAY)).when(set_to("price", "9", MARCH)).then(price)


@of_both
@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity", "1E+20", "1E-21"])
def test_an_amount_that_cannot_be_a_price_is_refused(of: Of, amount: str) -> None:
    given(LISTED).when(set_to(of, amount)).refused(FieldInvalid, pointer=f"/{of}/amount")


@of_both
def test_a_price_may_have_more_decimals_than_its_currency(of: Of) -> None:
    given(LISTED).when(set_to(of, "0.0075")).then(was_set(of, "0.0075"))


@pytest.mark.parametrize(
    ("of", "most", "refusal"),
    [("price", products.PRICES_MAX, products.PricesFull), ("cost", products.COSTS_MAX, products.CostsFull)],
)
def test_a_product_takes_so_many_prices_and_no_more(of: Of, most: int, refusal: type[Refused]) -> None:
    days = [JANUARY + timedelta(days=number) for number in range(most + 1)]
    full = [was_set(of, "6", first, until) for first, until in pairwise(days)]
    given(LISTED, *full).when(set_to(of, "7", days[-1])).refused(refusal)


def test_a_retired_product_keeps_its_prices() -> None:
    given(LISTED).when(products.RetireProduct(product_id=SUBJECT, reason="replaced")).then(RETIRED)
    assert price_on(product(was_set("price", "9"), RETIRED), MARCH) == money("9")


def test_what_a_retired_product_cost_may_still_become_known() -> None:
    given(LISTED, RETIRED).when(set_to("cost", "6", JANUARY)).then(was_set("cost", "6", JANUARY))


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        ((RETIRED,), set_to("price", "-1", MARCH, MARCH, "XXX"), products.ProductIsRetired),
        ((), set_to("price", "-1", MARCH, MARCH, "XXX"), CurrencyUnknown),
        ((was_set("price", "9"),), set_to("price", "-1", MARCH, MARCH), FieldInvalid),
        ((was_set("price", "9"),), set_to("price", "1", MARCH, MARCH), products.PricePeriodEmpty),
        ((was_set("price", "9"),), set_to("price", "1", MARCH, MAY), products.PricesOverlap),
        ((RETIRED,), products.RetireProduct(product_id=SUBJECT, reason="again"), products.ProductIsRetired),
        ((), set_to("cost", "-1", MARCH, MARCH, "XXX"), CurrencyUnknown),
        ((was_set("cost", "6"),), set_to("cost", "-1", MARCH, MARCH), FieldInvalid),
        ((was_set("cost", "6"),), set_to("cost", "1", MARCH, MARCH), products.CostPeriodEmpty),
        ((was_set("cost", "6"),), set_to("cost", "1", MARCH, MAY), products.CostsOverlap),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(LISTED, *events).when(command).refused(refusal)
