"""Currencies, tax and balances of commission: R67 to R69 of the rule catalogue, one function a rule.

Amounts are minor units of their currency (ISO 4217 exponent), exact where they are converted; currency rates are units of one
major unit in the other, exact decimals. Dates are local business dates. The contract-cost asset (R70) is in
`contract_costs.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias

from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.dates import DaySpan, PlannedDate
from salesapi.domain.shared.kernel import About, CurrencyCode, record
from salesapi.domain.shared.money import MINOR_UNIT_EXPONENTS, exponent

BALANCE_DAYS_MAX: Final = 3_660
"""Most days of one table of balances: ten years."""
ZERO: Final = Fraction()

RateDate: TypeAlias = Literal["booking", "invoice", "payment", "period_end", "plan_fixed"]
InverseRate: TypeAlias = Literal["allowed", "refused"]
TaxBasis: TypeAlias = Literal["net", "gross"]
MovementKind: TypeAlias = Literal["earned", "cancelled", "released", "paid", "clawed_back"]

_EFFECTS: Final[dict[MovementKind, tuple[int, int]]] = {
    "earned": (1, 0),
    "cancelled": (-1, 0),
    "released": (-1, 1),
    "paid": (0, -1),
    "clawed_back": (0, -1),
}
"""How often the amount of a movement is added to what is earned and not payable, and to what is payable and not paid."""

RateOn: TypeAlias = Callable[[str, str, date], Decimal | None]
"""`rate_on(from, to, on)`: how many major units of the second currency one of the first is, as quoted; None is unknown."""


@record
class Conversion:
    """Which rate turns the deal's currency into the plan's."""

    rate_date: Annotated[
        RateDate, About("The date whose rate applies; `plan_fixed`: one date that the plan names, for all credits.")
    ]
    inverse: Annotated[
        InverseRate, About("Whether a rate that is quoted only the other way round may be used as one divided by it.")
    ]
    base_currency: Annotated[
        CurrencyCode | None,
        About("A pair that is not quoted is converted through this currency; null: it waits for a rate."),
    ] = None
    fixed_on: Annotated[PlannedDate | None, About("With `plan_fixed`: the date.")] = None


@record
class FrozenRate:
    """The rate that a credit was converted at. It stays with the credit, so that its reversal uses it again."""

    currency_from: str
    currency_to: str
    rate: Fraction
    """Major units of the second currency for one of the first."""


@record
class Movement:
    """One posting of the pay ledger: its day, its kind and its amount.

    The amount is positive in the direction of its kind: earned more, cancelled, released, paid, taken back. A correction of
    the same kind is negative.
    """

    on: date
    kind: MovementKind
    amount_minor: int


@record
class DayBalance:
    """R69: what stands at the end of a day."""

    on: date
    earned_not_payable_minor: int
    payable_not_paid_minor: int


def problem_of_conversion(conversion: Conversion) -> Problem | None:
    """R67: a fixed date where the plan fixes it, and a base currency that exists."""
    if (conversion.rate_date == "plan_fixed") != (conversion.fixed_on is not None):
        return Problem(pointer="/fixed_on", reason="a fixed date belongs to the rate date plan_fixed and to no other")
    if conversion.base_currency is not None and conversion.base_currency not in MINOR_UNIT_EXPONENTS:
        return Problem(pointer="/base_currency", reason=f"{conversion.base_currency} is not a currency that we know")
    return None


def frozen_rate(
    conversion: Conversion, currencies: tuple[str, str], dates: Mapping[RateDate, date], rate_on: RateOn
) -> FrozenRate | None:
    """R67: the rate from the first currency to the second, to be frozen in the credit; None waits, for a date or for a rate.

    In this order: 1 for the same currency, the quoted rate, the inverse where allowed, the way through the base currency
    where the plan names one. A rate that is not above zero is no rate.
    """
    source, target = currencies
    if source == target:
        return FrozenRate(currency_from=source, currency_to=target, rate=Fraction(1))
    on = conversion.fixed_on if conversion.rate_date == "plan_fixed" else dates.get(conversion.rate_date)
    if on is None:
        return None
    rate = _quoted(conversion, currencies, on, rate_on)
    if rate is None and conversion.base_currency not in (None, source, target):
        rate = _triangulated(conversion, currencies, on, rate_on)
    return None if rate is None else FrozenRate(currency_from=source, currency_to=target, rate=rate)


def _quoted(conversion: Conversion, currencies: tuple[str, str], on: date, rate_on: RateOn) -> Fraction | None:
    source, target = currencies
    direct = rate_on(source, target, on)
    if direct is not None and direct > 0:
        return Fraction(direct)
    if conversion.inverse == "refused":
        return None
    opposite = rate_on(target, source, on)
    return 1 / Fraction(opposite) if opposite is not None and opposite > 0 else None


def _triangulated(conversion: Conversion, currencies: tuple[str, str], on: date, rate_on: RateOn) -> Fraction | None:
    base = conversion.base_currency
    assert base is not None, "the caller has a base currency"
    into_base = _quoted(conversion, (currencies[0], base), on, rate_on)
    out_of_base = _quoted(conversion, (base, currencies[1]), on, rate_on)
    return into_base * out_of_base if into_base is not None and out_of_base is not None else None


def converted(amount_minor: Fraction | int, frozen: FrozenRate) -> Fraction:
    """R67: `amount * rate`, from minor units to minor units: exponents differ (JPY 0, USD 2, BHD 3). Exact.

    Raises:
        CurrencyUnknown: for a code outside the table.
    """
    shift = exponent(frozen.currency_to) - exponent(frozen.currency_from)
    return amount_minor * frozen.rate * Fraction(10) ** shift


def taxed_base(net_minor: int, tax_minor: int | None, basis: TaxBasis) -> int:
    """R68: a line counts without its tax (不含税) unless the plan says `gross`; each line at its own tax, so that rates mix.

    Where no tax is stated, the amount is the whole. What is taken back counts down. Cash releases the same share of the net
    as it is of the gross (R24), whatever the rates are.
    """
    return net_minor + (tax_minor or 0) if basis == "gross" else net_minor


def accrual_balances(movements: Sequence[Movement], days: DaySpan) -> tuple[DayBalance, ...]:
    """R69: for every day, what stands at its end; earlier movements open the first day, later ones wait.

    `earned not payable = earned - cancelled - released`; `payable not paid = released - paid - clawed back`, negative where
    more was taken back than was due (R54). Both together are the liability. The order of the movements does not matter;
    those of one dimension of finance are sent together.
    """
    assert days.length_days() <= BALANCE_DAYS_MAX, "the caller bounds the days"
    changes: dict[date, tuple[int, int]] = {}
    for movement in movements:
        on = max(movement.on, days.effective_from)
        earned_minor, payable_minor = changes.get(on, (0, 0))
        of_earned, of_payable = _EFFECTS[movement.kind]
        amount_minor = movement.amount_minor
        changes[on] = (earned_minor + of_earned * amount_minor, payable_minor + of_payable * amount_minor)
    earned_minor = payable_minor = 0
    balances = []
    for day in days.days():
        earned_change, payable_change = changes.get(day, (0, 0))
        earned_minor, payable_minor = earned_minor + earned_change, payable_minor + payable_change
        balances.append(DayBalance(on=day, earned_not_payable_minor=earned_minor, payable_not_paid_minor=payable_minor))
    return tuple(balances)
