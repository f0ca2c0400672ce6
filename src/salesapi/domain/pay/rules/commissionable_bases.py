"""What a rate is applied to: margin (R36), margin bands (R37), contract value by term (R39), recurring invoices (R40).

Amounts are exact minor units of one currency (`Fraction`), rates decimals in percent, factors plain multipliers (1 changes
nothing), terms whole months, dates business dates. Nothing is rounded here. Which of several rates applies by product,
region, customer type and channel (R38) is in `rate_rules.py`.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.pay.rules.tables import Problem, TierBoundary, problem_of_rate
from salesapi.domain.reference.products import Product
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import Exact, line_amount_minor

BANDS_MAX: Final = 50
"""Most bands of one table."""
KICKERS_MAX: Final = 20
"""Most kickers of one contract-term table."""
FACTOR_MAX: Final = Decimal(100)
"""A factor lies between 0 and this."""
TERM_MONTHS_MAX: Final = 1_200
"""Longest contract term, in months."""
PERIODS_MAX: Final = 1_200
"""Most periods that a residual is paid for."""
MONTHS_OF_YEAR: Final = 12

NegativeMargin: TypeAlias = Literal["zero", "negative", "block"]
MarginDenominator: TypeAlias = Literal["price", "cost"]
MarginRatedBase: TypeAlias = Literal["price", "margin"]
ContractBase: TypeAlias = Literal["total_contract_value", "annual_contract_value", "first_year"]
OneOffCharges: TypeAlias = Literal["counted", "left_out"]
KickerStacking: TypeAlias = Literal["multiplied", "greatest"]
OwnerChange: TypeAlias = Literal["new_owner", "first_owner", "ends"]


@record
class MarginBase:
    """The figures of R36. A blocked sale earns nothing until someone decides."""

    base: Fraction
    is_blocked: bool


@record
class RatedBase:
    """The result of a sale at the rate found for it. `picked_by` is the value that picked it; None is undefined."""

    base: Fraction
    picked_by: Fraction | None
    rate_percent: Decimal
    factor: Fraction

    @property
    def earned(self) -> Fraction:
        """In exact minor units."""
        return self.base * Fraction(self.rate_percent) / 100 * self.factor


@record
class MarginBand:
    """The rate of one band of margin percentages."""

    lower_percent: Annotated[
        Exact | None, About("Where it begins, in percent; null for the first band, which is open.")
    ]
    upper_percent: Annotated[Exact | None, About("Where it ends, in percent; null for the last band, which is open.")]
    rate_percent: Annotated[Exact, About("Rate in percent.")]


@record
class MarginBandTable:
    """Rates by margin percentage (R37, 毛利率分段)."""

    kind: Annotated[Literal["margin_bands"], About("Which kind of rate it is.")] = "margin_bands"
    denominator: Annotated[
        MarginDenominator, About("`price`: margin percent of the price; `cost`: markup, in percent of the cost.")
    ]
    boundary: Annotated[
        TierBoundary,
        About("To which band a margin exactly on a bound belongs: `lower_inclusive` the upper, else the lower band."),
    ]
    base: Annotated[MarginRatedBase, About("What the rate is paid on: the `price` or the `margin`.")]
    negative_margin: Annotated[
        NegativeMargin,
        About("A margin below zero as base: counted as `zero`, as `negative`, or the sale earns nothing (`block`)."),
    ]
    undefined_rate_percent: Annotated[
        Exact, About("Rate where no margin percent exists: nothing to divide by, or a cost of the other sign.")
    ]
    bands: Annotated[tuple[MarginBand, ...], MinLen(1), MaxLen(BANDS_MAX), About("All bands, in order, without a gap.")]


@record
class TermBand:
    """The rate of contracts from this term on."""

    from_months: Annotated[
        int, Ge(0), Le(TERM_MONTHS_MAX), About("Shortest term in months; the first band begins at 0.")
    ]
    rate_percent: Annotated[Exact, About("Rate in percent.")]


@record
class TermKicker:
    """A factor for contracts that fulfil every condition stated."""

    term_months_min: Annotated[
        Annotated[int, Ge(1), Le(TERM_MONTHS_MAX)] | None, About("Shortest term in months; null: any.")
    ]
    prepaid_percent_min: Annotated[Exact | None, About("Least share paid in advance, in percent; null: any.")]
    payment_days_max: Annotated[
        Annotated[int, Ge(0), Le(3_650)] | None, About("Longest payment term in days; null: any.")
    ]
    factor: Annotated[Exact, About("Multiplies the rate; 1 changes nothing.")]


@record
class ContractTermTable:
    """Rates and kickers by contract term (R39)."""

    kind: Annotated[Literal["contract_terms"], About("Which kind of rate it is.")] = "contract_terms"
    base: Annotated[
        ContractBase,
        About(
            "`total_contract_value`: the whole term; `annual_contract_value`: recurring value of an average year; "
            "`first_year`: recurring value of the first twelve months."
        ),
    ]
    one_off: Annotated[OneOffCharges, About("Whether one-off charges are added to the base.")]
    kicker_stacking: Annotated[
        KickerStacking, About("Several kickers apply: all are `multiplied`, or the `greatest` factor counts.")
    ]
    bands: Annotated[tuple[TermBand, ...], MinLen(1), MaxLen(BANDS_MAX), About("Bands by rising term.")]
    kickers: Annotated[tuple[TermKicker, ...], MaxLen(KICKERS_MAX), About("Factors; none is an empty list.")]
    rate_cap_percent: Annotated[
        Exact | None, About("The highest rate in percent, to which kickers raise it (R30). Null: no cap.")
    ] = None


@record
class Contract:
    """The terms of one agreement. `recurring_by_year` holds each contract year's recurring value; the last may be partial."""

    term_months: int
    recurring_by_year: tuple[Fraction, ...]
    one_off: Fraction
    prepaid_percent: Decimal
    payment_days: int


@record
class ResidualTerms:
    """Pay on each recurring invoice of a contract (R40)."""

    kind: Annotated[Literal["residual"], About("Which kind of rate it is.")] = "residual"
    rate_percent: Annotated[Exact, About("Rate in percent of each recurring invoice.")]
    periods: Annotated[
        Annotated[int, Ge(1), Le(PERIODS_MAX)] | None, About("How many billing periods of a contract pay; null: all.")
    ]
    owner_change: Annotated[
        OwnerChange,
        About("After the contract changes hands: pay the `new_owner`, the `first_owner`, or it `ends`."),
    ]


@record
class RecurringInvoice:
    """Recurring revenue of one billing period (1 is the contract's first), and who owned the contract when it began.

    A credit note is a negative invoice of the period that it credits, so it takes back what that period paid.
    """

    period: int
    begins_on: date
    recurring: Fraction
    owner_id: UUID


def frozen_cost(product: Product | None, quantity: Decimal, *, on: date, currency: str) -> Fraction | None:
    """R36: what so many of a product cost on the day of their sale, in minor units of its currency.

    A cost that begins later leaves the margin alone; one that corrects that day changes what is recomputed, so R53 posts the
    difference. None where no cost in this currency is known: the margin waits, it is not the price.
    """
    unit = product.cost_on(on) if product is not None else None
    if unit is None or unit.currency != currency:
        return None
    return Fraction(line_amount_minor(unit, quantity))


def margin_base(*, price: Fraction, cost: Fraction, negative_margin: NegativeMargin) -> MarginBase:
    """R36: `base = price - cost` in minor units; with the internal floor price as cost it is 超底价提成.

    A margin below zero counts as zero, as it is, or blocks the sale. A reversal (price below zero, or no price and a cost
    below zero) mirrors the sale, so that a full refund takes back exactly what was counted. After a partial refund take
    the sale's totals and post the difference: two parts may each be below zero where the whole is not.
    """
    if price < 0 or (price == 0 and cost < 0):
        sale = margin_base(price=-price, cost=-cost, negative_margin=negative_margin)
        return MarginBase(base=-sale.base, is_blocked=sale.is_blocked)
    margin = price - cost
    is_loss = margin < 0
    base = Fraction() if is_loss and negative_margin != "negative" else margin
    return MarginBase(base=base, is_blocked=is_loss and negative_margin == "block")


def margin_percent(*, price: Fraction, cost: Fraction, denominator: MarginDenominator) -> Fraction | None:
    """R37: `100 * (price - cost) / price`, or `/ cost` for the markup.

    None where the denominator is zero, or is a cost of another sign than the price (a markup of a rebate means nothing).
    """
    divisor = price if denominator == "price" else cost
    if divisor == 0 or (denominator == "cost" and price * cost < 0):
        return None
    return 100 * (price - cost) / divisor


def margin_band_rate(table: MarginBandTable, percent: Fraction | None) -> Decimal:
    """R37: the rate of the band that the margin percentage lies in; on a bound by the table's side (R08)."""
    if percent is None:
        return table.undefined_rate_percent
    for band in table.bands:
        if band.upper_percent is None or percent < band.upper_percent:
            return band.rate_percent
        if percent == band.upper_percent and table.boundary == "upper_inclusive":
            return band.rate_percent
    raise AssertionError("a published margin table is open-ended")


def margin_band_earning(table: MarginBandTable, *, price: Fraction, cost: Fraction) -> RatedBase:
    """R37: `earned = rate(margin percent) * base`, the base being the price or the margin of R36.

    Where the price is the base, a loss earns the rate of its band; `block` stops it there too, `zero` does not.
    """
    percent = margin_percent(price=price, cost=cost, denominator=table.denominator)
    margin = margin_base(price=price, cost=cost, negative_margin=table.negative_margin)
    base = margin.base if table.base == "margin" or margin.is_blocked else price
    rate_percent = margin_band_rate(table, percent)
    return RatedBase(base=base, picked_by=percent, rate_percent=rate_percent, factor=Fraction(1))


def contract_base(contract: Contract, base: ContractBase, one_off: OneOffCharges) -> Fraction:
    """R39: the contract's value that is rated, in minor units.

    Total: all recurring value. Annual: `total * 12 / months`, where a term under a year is not annualised (nobody is paid on
    money that was never contracted). First year: the first contract year. One-off charges are added where counted.
    """
    recurring = sum(contract.recurring_by_year, Fraction())
    match base:
        case "total_contract_value":
            value = recurring
        case "annual_contract_value":
            value = recurring * MONTHS_OF_YEAR / max(contract.term_months, MONTHS_OF_YEAR)
        case "first_year":
            value = contract.recurring_by_year[0] if contract.recurring_by_year else Fraction()
    return value + contract.one_off if one_off == "counted" else value


def kicker_factor(table: ContractTermTable, contract: Contract) -> Fraction:
    """R39: the factor of the kickers whose every condition the contract fulfils (bounds included); 1 without any."""
    factors = [Fraction(kicker.factor) for kicker in table.kickers if _is_kicked(kicker, contract)]
    if table.kicker_stacking == "greatest":
        return max(factors, default=Fraction(1))
    product = Fraction(1)
    for factor in factors:
        product *= factor
    return product


def contract_term_earning(table: ContractTermTable, contract: Contract) -> RatedBase:
    """R39: `earned = base * rate(term) * kickers`; the rate is that of the longest band that the term reaches."""
    reached = [band for band in table.bands if band.from_months <= contract.term_months]
    base = contract_base(contract, table.base, table.one_off)
    return RatedBase(
        base=base,
        picked_by=Fraction(contract.term_months),
        rate_percent=reached[-1].rate_percent,
        factor=kicker_factor(table, contract),
    )


def residual_owner(terms: ResidualTerms, *, first_owner_id: UUID, owner_id: UUID) -> UUID:
    """R40: whose a recurring invoice is: the contract's owner when its period began, or always the first one."""
    return first_owner_id if terms.owner_change == "first_owner" else owner_id


def residual(
    terms: ResidualTerms, invoice: RecurringInvoice, *, first_owner_id: UUID, churned_on: date | None
) -> Fraction | None:
    """R40: `earned = rate * recurring` for an invoice of the first n periods that begin before the churn date; else None.

    A period that began before the churn pays; what is not served comes back as a credit note of that period. The periods
    are counted by the contract: a change of owner does not start them again. With `ends`, every period that another than
    the first owner held earns nothing.
    """
    is_over = terms.periods is not None and invoice.period > terms.periods
    is_churned = churned_on is not None and invoice.begins_on >= churned_on
    has_ended = terms.owner_change == "ends" and invoice.owner_id != first_owner_id
    return None if is_over or is_churned or has_ended else invoice.recurring * Fraction(terms.rate_percent) / 100


def problem_of_margin_bands(table: MarginBandTable) -> Problem | None:
    """R37: gapless, rising, open at both ends, every rate within bounds."""
    found = problem_of_rate(table.undefined_rate_percent, "/undefined_rate_percent")
    expected: Decimal | None = None
    for index, band in enumerate(table.bands):
        place = f"/bands/{index}"
        found = found or problem_of_rate(band.rate_percent, f"{place}/rate_percent")
        if found is not None:
            return found
        is_last = index == len(table.bands) - 1
        if band.lower_percent != expected:
            wanted = "open (lower_percent null)" if expected is None else f"at {expected} percent"
            return Problem(pointer=f"{place}/lower_percent", reason=f"this band must begin {wanted}, without a gap")
        if is_last != (band.upper_percent is None):
            return Problem(pointer=f"{place}/upper_percent", reason="the last band, and only it, is open (null)")
        if expected is not None and band.upper_percent is not None and band.upper_percent <= expected:
            reason = f"a band must end above {expected}, where it begins"
            return Problem(pointer=f"{place}/upper_percent", reason=reason)
        expected = band.upper_percent
    return found or (None if table.bands else Problem(pointer="/bands", reason="there is no band"))


def problem_of_contract_terms(table: ContractTermTable) -> Problem | None:
    """R39: terms rise from 0, rates and factors are within bounds, and every kicker has a condition."""
    if not table.bands:
        return Problem(pointer="/bands", reason="there is no band")
    for index, band in enumerate(table.bands):
        place = f"/bands/{index}/from_months"
        if index == 0 and band.from_months != 0:
            return Problem(pointer=place, reason=f"the first band begins at 0 months, not at {band.from_months}")
        if index > 0 and band.from_months <= table.bands[index - 1].from_months:
            return Problem(pointer=place, reason="terms rise from band to band")
        if (found := problem_of_rate(band.rate_percent, f"/bands/{index}/rate_percent")) is not None:
            return found
    for index, kicker in enumerate(table.kickers):
        if (found := problem_of_factor(kicker.factor, f"/kickers/{index}/factor")) is not None:
            return found
        if (kicker.term_months_min, kicker.prepaid_percent_min, kicker.payment_days_max) == (None, None, None):
            reason = "a kicker without a condition applies to all: put it into the rates"
            return Problem(pointer=f"/kickers/{index}", reason=reason)
    return None


def problem_of_residual(terms: ResidualTerms) -> Problem | None:
    """R40: the rate is within bounds and at least one period pays."""
    if terms.periods is not None and not 1 <= terms.periods <= PERIODS_MAX:
        return Problem(pointer="/periods", reason=f"between 1 and {PERIODS_MAX} periods pay, or null for all")
    return problem_of_rate(terms.rate_percent, "/rate_percent")


def problem_of_factor(factor: Decimal, pointer: str) -> Problem | None:
    """A factor is finite and within bounds; it never turns the sign of pay."""
    if factor.is_finite() and 0 <= factor <= FACTOR_MAX:
        return None
    return Problem(pointer=pointer, reason=f"a factor lies between 0 and {FACTOR_MAX}")


def _is_kicked(kicker: TermKicker, contract: Contract) -> bool:
    return (
        (kicker.term_months_min is None or contract.term_months >= kicker.term_months_min)
        and (kicker.prepaid_percent_min is None or contract.prepaid_percent >= kicker.prepaid_percent_min)
        and (kicker.payment_days_max is None or contract.payment_days <= kicker.payment_days_max)
    )
