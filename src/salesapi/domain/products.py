"""Products: what is sold, and its list price over time. Stream `product`; names and codes are business labels, in clear.

Prices are exact decimals in major units of a currency. A price holds on the local dates in [from, until), null being "always"
or "open"; no two prices of a product share a day. An undated fact gets the price that began last, ended or not.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from salesapi.domain.kernel import (
    About,
    CommandType,
    Context,
    EventType,
    ExternalId,
    FieldInvalid,
    Key,
    Reason,
    Recorded,
    Refused,
    Stream,
    ThingExists,
    Title,
    external_identity,
    record,
    roles,
)
from salesapi.domain.money import UnitPrice, exponent

PRICES_MAX: Final = 500
"""Most prices of one product over time."""
PRICE_DIGITS_MAX: Final = 20
"""Most digits of a price before, and after, its decimal point."""


@record
class ProductListed:
    name: str
    code: str
    category: str | None
    external_id: ExternalId | None


@record
class ProductPriceSet:
    """The price of these days. A running open price ends on the first of them; one of just these days is corrected."""

    price: UnitPrice
    effective_from: date | None
    effective_until: date | None


@record
class ProductRetired:
    """No more prices; deals that have it on a line keep it."""

    reason: str


ProductEvent: TypeAlias = ProductListed | ProductPriceSet | ProductRetired

ProductId: TypeAlias = Annotated[UUID, About("The product.")]


@record
class ListProduct:
    """Lists a product or service that can stand on deals."""

    name: Annotated[Title, About("A business label, stored in clear.")]
    code: Annotated[Key, About("Stock-keeping code; unique where no id of another system is given.")]
    category: Annotated[Title | None, About("Product line or family, where known.")] = None
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class SetProductPrice:
    """Sets the list price of a product for a period.

    An open price (without an end) ends the open one before it on its first day. The same period again corrects its price.
    Any other overlap is refused.
    """

    product_id: ProductId
    price: Annotated[UnitPrice, About("Price of one unit, not negative.")]
    effective_from: Annotated[date | None, About("First day on which it holds; null is always.")] = None
    effective_until: Annotated[date | None, About("First day on which it no longer holds; null is open.")] = None


@record
class RetireProduct:
    """Takes a product off the list."""

    product_id: ProductId
    reason: Annotated[Reason, About("Why it is retired.")]


class ProductIsRetired(Refused):
    """The product is off the list."""

    code = "product.retired"
    message = "The product {name} is retired."


class PricePeriodEmpty(Refused):
    """The period has no day."""

    code = "product.price_period_empty"
    message = "The price would end on {effective_until}, before its first day."


class PricesOverlap(Refused):
    """A product has at most one price on any date."""

    code = "product.prices_overlap"
    message = "There is a price from {effective_from} until {effective_until} already; choose dates beside it."


class PricesFull(Refused):
    """The bound of prices is reached."""

    code = "product.too_many_prices"
    message = "A product has at most {most} prices."


@record
class DatedPrice:
    """A price and the days on which it holds: [effective_from, effective_until)."""

    price: UnitPrice
    effective_from: date | None
    effective_until: date | None

    @property
    def first(self) -> date:
        """Its first day; "always" is the first day there is."""
        return self.effective_from or date.min

    @property
    def end(self) -> date:
        """The day after its last; "open" is the last day there is."""
        return self.effective_until or date.max


@record
class Product:
    """A product and its prices, ordered by date."""

    name: str
    code: str
    prices: tuple[DatedPrice, ...] = ()
    is_retired: bool = False

    def price_on(self, on: date | None) -> UnitPrice | None:
        """The list price on a date; for an undated fact the one that began last."""
        if on is None:
            return self.prices[-1].price if self.prices else None
        return next((dated.price for dated in self.prices if dated.first <= on < dated.end), None)


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
    _refuse_unusable(command.price)
    asked = DatedPrice(
        price=command.price, effective_from=command.effective_from, effective_until=command.effective_until
    )
    if asked.first >= asked.end:
        raise PricePeriodEmpty(effective_until=str(command.effective_until), pointer="/effective_until")
    if asked in state.prices:
        return ()
    overlapped = next((dated for dated in state.prices if _overlap(dated, asked)), None)
    if overlapped is not None:
        raise PricesOverlap(
            effective_from=str(overlapped.effective_from or "always"),
            effective_until=str(overlapped.effective_until or "further notice"),
            pointer="/effective_from",
        )
    if len(state.prices) >= PRICES_MAX:
        raise PricesFull(most=PRICES_MAX)
    return (
        ProductPriceSet(
            price=command.price, effective_from=command.effective_from, effective_until=command.effective_until
        ),
    )


def retire(state: Product, command: RetireProduct, context: Context) -> tuple[ProductRetired, ...]:
    """Decides `RetireProduct`."""
    _refuse_retired(state)
    return (ProductRetired(reason=command.reason),)


def evolve(state: Product | None, event: ProductEvent, recorded: Recorded) -> Product:
    """Folds the stream to its state."""
    if isinstance(event, ProductListed):
        return Product(name=event.name, code=event.code)
    assert state is not None, "a product begins with product.listed"
    match event:
        case ProductPriceSet():
            return replace(state, prices=_with_price(state.prices, event))
        case ProductRetired():
            return replace(state, is_retired=True)


def _with_price(prices: tuple[DatedPrice, ...], event: ProductPriceSet) -> tuple[DatedPrice, ...]:
    added = DatedPrice(price=event.price, effective_from=event.effective_from, effective_until=event.effective_until)
    kept = [
        replace(dated, effective_until=event.effective_from) if _is_ended_by(dated, added) else dated
        for dated in prices
        if not _is_corrected_by(dated, added)
    ]
    return tuple(sorted([*kept, added], key=lambda dated: dated.first))


def _is_ended_by(dated: DatedPrice, later: DatedPrice) -> bool:
    return dated.effective_until is None and later.effective_until is None and dated.first < later.first


def _is_corrected_by(dated: DatedPrice, again: DatedPrice) -> bool:
    return (dated.first, dated.end) == (again.first, again.end)


def _overlap(dated: DatedPrice, asked: DatedPrice) -> bool:
    """Whether they share a day in a way that is not the one ending or correcting the other."""
    share_a_day = dated.first < asked.end and asked.first < dated.end
    return share_a_day and not _is_ended_by(dated, asked) and not _is_corrected_by(dated, asked)


def _refuse_retired(state: Product) -> None:
    if state.is_retired:
        raise ProductIsRetired(name=state.name)


def _refuse_unusable(price: UnitPrice) -> None:
    """Infinite, negative and endless decimals cannot be meant as a price.

    Raises:
        FieldInvalid, CurrencyUnknown.
    """
    exponent(price.currency)
    amount = price.amount
    if not amount.is_finite() or amount < 0:
        raise FieldInvalid(reason="A price is a number that is not negative.", pointer="/price/amount")
    places = amount.as_tuple().exponent
    assert isinstance(places, int), "a finite decimal has a numeric exponent"
    if amount.adjusted() >= PRICE_DIGITS_MAX or places < -PRICE_DIGITS_MAX:
        reason = f"A price has at most {PRICE_DIGITS_MAX} digits on either side of its decimal point."
        raise FieldInvalid(reason=reason, pointer="/price/amount")


def _identity(command: ListProduct) -> tuple[str, ...]:
    return external_identity(command) or ("code", command.code)


_KEEPERS: Final = roles("admin", "integration")


STREAM: Final = Stream(
    kind="product",
    plural="products",
    events=(
        EventType(name="product.listed", event=ProductListed),
        EventType(name="product.price_set", event=ProductPriceSet),
        EventType(name="product.retired", event=ProductRetired),
    ),
    commands=(
        CommandType(command=ListProduct, decide=list_product, roles=_KEEPERS, creates=True, identity=_identity),
        CommandType(
            command=SetProductPrice,
            decide=set_price,
            roles=roles("admin", "integration", "finance"),
            target="product_id",
        ),
        CommandType(command=RetireProduct, decide=retire, roles=_KEEPERS, target="product_id"),
    ),
    evolve=evolve,
)
