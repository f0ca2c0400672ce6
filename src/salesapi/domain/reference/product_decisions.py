"""The decisions about products: what is refused and what follows. Stream `product`; its facts and state are in `products.py`."""

from typing import Final

from salesapi.domain.reference.products import (
    COSTS_MAX,
    PRICE_DIGITS_MAX,
    PRICES_MAX,
    CostPeriodEmpty,
    CostsFull,
    CostsOverlap,
    DatedCost,
    DatedPrice,
    ListProduct,
    PricePeriodEmpty,
    PricesFull,
    PricesOverlap,
    Product,
    ProductCostSet,
    ProductEvent,
    ProductIsRetired,
    ProductListed,
    ProductPriceSet,
    ProductRetired,
    RetireProduct,
    SetProductCost,
    SetProductPrice,
    evolve,
    overlapped,
)
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import KEEPERS, Context, FieldInvalid, ThingExists, external_identity, roles
from salesapi.domain.shared.money import UnitPrice, exponent


def list_product(state: Product | None, command: ListProduct, context: Context) -> tuple[ProductListed, ...]:
    """Decides `ListProduct`."""
    if state is not None:
        pointer = "/external_id" if command.external_id else "/code"
        raise ThingExists(thing="product", id=str(context.subject_id), pointer=pointer)
    return (
        ProductListed(name=command.name, code=command.code, category=command.category, external_id=command.external_id),
    )


def set_price(state: Product, command: SetProductPrice, context: Context) -> tuple[ProductPriceSet, ...]:
    """Decides `SetProductPrice`."""
    _refuse_retired(state)
    _refuse_unusable(command.price, "price")
    asked = DatedPrice(
        price=command.price, effective_from=command.effective_from, effective_until=command.effective_until
    )
    if asked.first >= asked.end:
        raise PricePeriodEmpty(effective_until=str(command.effective_until), pointer="/effective_until")
    if asked in state.prices:
        return ()
    other = overlapped(state.prices, asked)
    if other is not None:
        raise PricesOverlap(
            effective_from=str(other.effective_from or "always"),
            effective_until=str(other.effective_until or "further notice"),
            pointer="/effective_from",
        )
    if len(state.prices) >= PRICES_MAX:
        raise PricesFull(most=PRICES_MAX)
    return (
        ProductPriceSet(
            price=command.price, effective_from=command.effective_from, effective_until=command.effective_until
        ),
    )


def set_cost(state: Product, command: SetProductCost, context: Context) -> tuple[ProductCostSet, ...]:
    """Decides `SetProductCost`."""
    _refuse_unusable(command.cost, "cost")
    asked = DatedCost(cost=command.cost, effective_from=command.effective_from, effective_until=command.effective_until)
    if asked.first >= asked.end:
        raise CostPeriodEmpty(effective_until=str(command.effective_until), pointer="/effective_until")
    if asked in state.costs:
        return ()
    other = overlapped(state.costs, asked)
    if other is not None:
        raise CostsOverlap(
            effective_from=str(other.effective_from or "always"),
            effective_until=str(other.effective_until or "further notice"),
            pointer="/effective_from",
        )
    if len(state.costs) >= COSTS_MAX:
        raise CostsFull(most=COSTS_MAX)
    return (
        ProductCostSet(
            cost=command.cost, effective_from=command.effective_from, effective_until=command.effective_until
        ),
    )


def retire(state: Product, command: RetireProduct, context: Context) -> tuple[ProductRetired, ...]:
    """Decides `RetireProduct`."""
    _refuse_retired(state)
    return (ProductRetired(reason=command.reason),)


def _refuse_retired(state: Product) -> None:
    if state.is_retired:
        raise ProductIsRetired(name=state.name)


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
    if amount.adjusted() >= PRICE_DIGITS_MAX or places < -PRICE_DIGITS_MAX:
        reason = f"A {field} has at most {PRICE_DIGITS_MAX} digits on either side of its decimal point."
        raise FieldInvalid(reason=reason, pointer=f"/{field}/amount")


def _identity(command: ListProduct) -> tuple[str, ...]:
    return external_identity(command) or ("code", command.code)


STREAM: Final = Stream[Product, ProductEvent](
    kind="product",
    plural="products",
    evolve=evolve,
    commands=(
        creates(ListProduct, decide=list_product, roles=KEEPERS, identity=_identity),
        changes(SetProductPrice, decide=set_price, roles=roles("admin", "integration", "finance"), target="product_id"),
        changes(SetProductCost, decide=set_cost, roles=roles("admin", "integration", "finance"), target="product_id"),
        changes(RetireProduct, decide=retire, roles=KEEPERS, target="product_id"),
    ),
)
