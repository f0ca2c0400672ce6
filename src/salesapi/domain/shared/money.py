"""Exact money: integers of minor units with a currency; rates as decimals in percent; rounding only where it is named.

Minor units follow the ISO 4217 exponent of the currency (JPY 0, USD and CNY 2, BHD 3). No float touches money.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias

from annotated_types import Ge, Le, MultipleOf

from salesapi.domain.shared.kernel import About, CurrencyCode, Kind, Refused, record

RoundingMode: TypeAlias = Literal["half_up", "half_even", "down"]

PRECISION_DIGITS: Final = 50
"""Significant digits of intermediate decimals: more than any product of a 16-digit amount and a 20-digit rate needs."""

_BY_EXPONENT: Final = {
    0: "CLP ISK JPY KRW PYG UGX VND XAF XOF",
    2: "AED AUD BRL CAD CHF CNY CZK DKK EGP EUR GBP HKD HUF IDR ILS INR KZT MAD MOP MXN MYR NGN NOK NZD PHP PLN RON "
    "RUB SAR SEK SGD THB TRY TWD UAH USD ZAR",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
MINOR_UNIT_EXPONENTS: Final = {code: places for places, codes in _BY_EXPONENT.items() for code in codes.split()}
"""Decimal places of the currencies that we take, from ISO 4217 (compared with the published table in the tests)."""

_MODES: Final = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


class CurrencyUnknown(Refused):
    """The currency is not in our ISO 4217 table."""

    code = "currency.unknown"
    kind = Kind.MALFORMED
    message = "{currency} is not a currency that we know; send an ISO 4217 code such as CNY or USD."


Exact: TypeAlias = Annotated[Decimal, Ge(Decimal(-(10**15))), Le(Decimal(10**15)), MultipleOf(Decimal("1e-12"))]
"""A decimal with at most 15 digits before the point and 12 after it: no sender can make arithmetic expensive."""


@record
class UnitPrice:
    """The exact price of one unit, with as many decimals as it has."""

    amount: Annotated[Exact, About("Exact decimal in major units, sent as a string, for example `0.0075`.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code.")]


def exponent(currency: str, *, pointer: str = "") -> int:
    """Decimal places of the currency's minor unit. `pointer` is that of the field it came from, where it came from one.

    Raises:
        CurrencyUnknown: for a code outside the table.
    """
    try:
        return MINOR_UNIT_EXPONENTS[currency]
    except KeyError:
        raise CurrencyUnknown(currency=currency, pointer=pointer) from None


def rounded(amount: Decimal | Fraction, mode: RoundingMode) -> int:
    """The amount (minor units) as an integer, by the named mode."""
    if isinstance(amount, Fraction):
        return _rounded_fraction(amount, mode)
    return int(amount.to_integral_value(rounding=_MODES[mode]))


def _rounded_fraction(amount: Fraction, mode: RoundingMode) -> int:
    sign = -1 if amount < 0 else 1
    whole, rest = divmod(abs(amount.numerator), amount.denominator)
    twice = 2 * rest
    up = {
        "down": False,
        "half_up": twice >= amount.denominator,
        "half_even": twice > amount.denominator or (twice == amount.denominator and whole % 2 == 1),
    }[mode]
    return sign * (whole + up)


def line_amount_minor(price: UnitPrice, quantity: Decimal, *, discount_percent: Decimal = Decimal(0)) -> int:
    """Price times quantity less the discount in minor units, rounded half up once: the one place where a line is rounded."""
    share = (100 - Fraction(discount_percent)) / 100
    exact = Fraction(price.amount) * Fraction(quantity) * share * 10 ** exponent(price.currency)
    return rounded(exact, "half_up")


def parts_of(whole_minor: int, weights: Sequence[Decimal]) -> tuple[int, ...]:
    """Splits an amount by weights so that the parts add up to it exactly (largest remainder; ties to the first).

    Weights are not negative and not all zero. The parts of a negative amount mirror those of the positive one, so that
    what is taken back is what was given.
    """
    if whole_minor < 0:
        return tuple(-part for part in parts_of(-whole_minor, weights))
    total = sum((Fraction(weight) for weight in weights), Fraction())
    exact = [whole_minor * Fraction(weight) / total for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    missing = whole_minor - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return tuple(parts)
