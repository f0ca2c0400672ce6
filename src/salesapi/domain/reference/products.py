"""Products: what is sold, its list price and what it costs us, over time. Stream `product`; names and codes are in clear.

Prices and costs are exact decimals in major units of a currency. One holds on the local dates in [from, until), null being
"always" or "open"; no two prices of a product share a day, nor two costs. An undated fact gets the one that began last, ended
or not. The decisions are in `product_decisions.py`.
"""

from datetime import date
from typing import Annotated, Final, TypeAlias, TypeVar, assert_never
from uuid import UUID

from salesapi.domain.shared.dates import EndDate, StartDate, end_of, start_of
from salesapi.domain.shared.kernel import About, ExternalId, Key, Reason, Recorded, Refused, Title, record
from salesapi.domain.shared.money import UnitPrice
from salesapi.domain.shared.states import made_from, replace

PRICES_MAX: Final = 500
"""Most prices of one product over time."""
COSTS_MAX: Final = 500
"""Most costs of one product over time."""
PRICE_DIGITS_MAX: Final = 20
"""Most digits of a price or cost before, and after, its decimal point."""


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
class ProductCostSet:
    """What one unit costs us on these days. It ends and corrects other costs as a price does other prices."""

    cost: UnitPrice
    effective_from: date | None
    effective_until: date | None


@record
class ProductRetired:
    """No more prices; deals that have it on a line keep it, and what it cost may still become known."""

    reason: str


ProductEvent: TypeAlias = ProductListed | ProductPriceSet | ProductCostSet | ProductRetired

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
    effective_from: Annotated[StartDate, About("First day on which it holds; null is always.")] = None
    effective_until: Annotated[EndDate, About("First day on which it no longer holds; null is open.")] = None


@record
class SetProductCost:
    """Sets what one unit of a product costs us for a period; margins are computed with it.

    An open cost (without an end) ends the open one before it on its first day. The same period again corrects its cost.
    Any other overlap is refused. A retired product takes costs too: they are often known later than the deal.
    """

    product_id: ProductId
    cost: Annotated[UnitPrice, About("Cost of one unit, not negative.")]
    effective_from: Annotated[StartDate, About("First day on which it holds; null is always.")] = None
    effective_until: Annotated[EndDate, About("First day on which it no longer holds; null is open.")] = None


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


class CostPeriodEmpty(Refused):
    """The period has no day."""

    code = "product.cost_period_empty"
    message = "The cost would end on {effective_until}, before its first day."


class CostsOverlap(Refused):
    """A product has at most one cost on any date."""

    code = "product.costs_overlap"
    message = "There is a cost from {effective_from} until {effective_until} already; choose dates beside it."


class CostsFull(Refused):
    """The bound of costs is reached."""

    code = "product.too_many_costs"
    message = "A product has at most {most} costs."


@record
class DatedPrice:
    """A price and the days on which it holds: [effective_from, effective_until)."""

    price: UnitPrice
    effective_from: date | None
    effective_until: date | None


@record
class DatedCost:
    """A cost and the days on which it holds: [effective_from, effective_until)."""

    cost: UnitPrice
    effective_from: date | None
    effective_until: date | None


Dated = TypeVar("Dated", bound=DatedPrice | DatedCost)


@record
class Product:
    """A product with its prices and its costs, each ordered by date."""

    name: str
    code: str
    category: str | None = None
    prices: tuple[DatedPrice, ...] = ()
    costs: tuple[DatedCost, ...] = ()
    is_retired: bool = False
    external: ExternalId | None = None

    def cost_on(self, on: date | None) -> UnitPrice | None:
        """Finds a unit's cost on a date; for an undated fact the cost that began last. None is unknown, and never 0."""
        found = held_on(self.costs, on)
        return found.cost if found else None


def evolve(state: Product | None, event: ProductEvent, recorded: Recorded) -> Product:
    """Folds the stream to its state."""
    if isinstance(event, ProductListed):
        return made_from(Product, event, external=event.external_id)
    assert state is not None, "a product begins with product.listed"
    match event:
        case ProductPriceSet():
            price = made_from(DatedPrice, event)
            return replace(state, prices=_with(state.prices, price))
        case ProductCostSet():
            cost = made_from(DatedCost, event)
            return replace(state, costs=_with(state.costs, cost))
        case ProductRetired():
            return replace(state, is_retired=True)
        case _:
            assert_never(event)


def overlapped(all_dated: tuple[Dated, ...], asked: Dated) -> Dated | None:
    """The first that shares a day with the asked one in a way that is not the one ending or correcting the other."""
    return next((dated for dated in all_dated if _overlap(dated, asked)), None)


def days_of(dated: Dated) -> tuple[date, date]:
    """Its first day, and the first one after it, to be compared: "always" and "open" are the first and last there are."""
    return start_of(dated.effective_from), end_of(dated.effective_until)


def held_on(all_dated: tuple[Dated, ...], on: date | None) -> Dated | None:
    """The price or cost of a date; for an undated fact the one that began last."""
    if on is None:
        return all_dated[-1] if all_dated else None
    return next(
        (dated for dated in all_dated if start_of(dated.effective_from) <= on < end_of(dated.effective_until)), None
    )


def _with(all_dated: tuple[Dated, ...], added: Dated) -> tuple[Dated, ...]:
    kept = [
        replace(dated, effective_until=added.effective_from) if _is_ended_by(dated, added) else dated
        for dated in all_dated
        if days_of(dated) != days_of(added)
    ]
    return tuple(sorted([*kept, added], key=days_of))


def _is_ended_by(dated: Dated, later: Dated) -> bool:
    return dated.effective_until is None and later.effective_until is None and days_of(dated) < days_of(later)


def _overlap(dated: Dated, asked: Dated) -> bool:
    (first, end), (asked_first, asked_end) = days_of(dated), days_of(asked)
    share_a_day = first < asked_end and asked_first < end
    return share_a_day and not _is_ended_by(dated, asked) and (first, end) != (asked_first, asked_end)
