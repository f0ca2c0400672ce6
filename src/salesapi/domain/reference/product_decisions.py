"""The decisions about products: what is refused and what follows. Stream `product`; its facts and state are in `products.py`."""

from typing import Final, NamedTuple

from salesapi.domain.reference import products
from salesapi.domain.reference.products import (
    Dated,
    DatedCost,
    DatedPrice,
    Product,
    ProductEvent,
    days_of,
    evolve,
    overlapped,
)
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    CASHIERS,
    KEEPERS,
    Context,
    FieldInvalid,
    Refused,
    external_identity,
    refuse_existing,
)
from salesapi.domain.shared.money import UnitPrice, exponent
from salesapi.domain.shared.states import made_from


def list_product(
    state: Product | None, command: products.ListProduct, context: Context
) -> tuple[products.ProductListed, ...]:
    """Decides `ListProduct`."""
    refuse_existing(state, context, "product", pointer="/external_id" if command.external_id else "/code")
    return (made_from(products.ProductListed, command),)


def set_price(
    state: Product, command: products.SetProductPrice, context: Context
) -> tuple[products.ProductPriceSet, ...]:
    """Decides `SetProductPrice`."""
    _refuse_retired(state)
    _refuse_unusable(command.price, "price")
    asked = made_from(DatedPrice, command)
    if not _is_new(asked, state.prices, _OF_PRICES):
        return ()
    return (made_from(products.ProductPriceSet, command),)


def set_cost(state: Product, command: products.SetProductCost, context: Context) -> tuple[products.ProductCostSet, ...]:
    """Decides `SetProductCost`."""
    _refuse_unusable(command.cost, "cost")
    asked = made_from(DatedCost, command)
    if not _is_new(asked, state.costs, _OF_COSTS):
        return ()
    return (made_from(products.ProductCostSet, command),)


def retire(state: Product, command: products.RetireProduct, context: Context) -> tuple[products.ProductRetired, ...]:
    """Decides `RetireProduct`."""
    _refuse_retired(state)
    return (products.ProductRetired(reason=command.reason),)


class _Bounds(NamedTuple):
    """The refusals of what does not fit beside the other prices, or costs, of a product, and the most there are of them."""

    without_days: type[Refused]
    overlapping: type[Refused]
    too_many: type[Refused]
    most: int


_OF_PRICES: Final = _Bounds(products.PricePeriodEmpty, products.PricesOverlap, products.PricesFull, products.PRICES_MAX)
_OF_COSTS: Final = _Bounds(products.CostPeriodEmpty, products.CostsOverlap, products.CostsFull, products.COSTS_MAX)


def _is_new(asked: Dated, known: tuple[Dated, ...], bounds: _Bounds) -> bool:
    """Tells whether it says something new; refuses what has no day, or shares one in a way that ends or corrects nothing."""
    first, end = days_of(asked)
    if first >= end:
        raise bounds.without_days(effective_until=str(asked.effective_until), pointer="/effective_until")
    if asked in known:
        return False
    other = overlapped(known, asked)
    if other is not None:
        raise bounds.overlapping(
            effective_from=str(other.effective_from or "always"),
            effective_until=str(other.effective_until or "further notice"),
            pointer="/effective_from",
        )
    if len(known) >= bounds.most:
        raise bounds.too_many(most=bounds.most)
    return True


def _refuse_retired(state: Product) -> None:
    if state.is_retired:
        raise products.ProductIsRetired(name=state.name)


def _refuse_unusable(price: UnitPrice, field: str) -> None:
    """Infinite, negative and endless decimals cannot be meant as a price or a cost.

    Raises:
        FieldInvalid, CurrencyUnknown.
    """
    exponent(price.currency)
    amount = price.amount
    if not amount.is_finite() or amount < 0:
        raise FieldInvalid(reason=f"A {field} is a number that is not negative.", pointer=f"/{field}/amount")
    places = amount.as_tuple().exponent
    assert isinstance(places, int), "a finite decimal has a numeric exponent"
    if amount.adjusted() >= products.PRICE_DIGITS_MAX or places < -products.PRICE_DIGITS_MAX:
        reason = f"A {field} has at most {products.PRICE_DIGITS_MAX} digits on either side of its decimal point."
        raise FieldInvalid(reason=reason, pointer=f"/{field}/amount")


STREAM: Final = Stream[Product, ProductEvent](
    kind="product",
    plural="products",
    evolve=evolve,
    commands=(
        creates(
            products.ListProduct,
            decide=list_product,
            roles=KEEPERS,
            identity=lambda command: external_identity(command) or ("code", command.code),
        ),
        changes(products.SetProductPrice, decide=set_price, roles=CASHIERS, target="product_id"),
        changes(products.SetProductCost, decide=set_cost, roles=CASHIERS, target="product_id"),
        changes(products.RetireProduct, decide=retire, roles=KEEPERS, target="product_id"),
    ),
)
