"""How exact results are put into words for statements: amounts in major units, rates in percent, formulas with their numbers."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Final

from salesapi.domain.pay.rules.rates import Part
from salesapi.domain.shared.money import PRECISION_DIGITS, exponent

RATE_DECIMALS_SHOWN: Final = 10
"""Decimals of a rate without an end, such as a target over a quota; the amounts beside it are exact."""
TEXT_DIGITS: Final = 4 * PRECISION_DIGITS
"""Digits in which texts are made of decimals, so that none is lost on the way, however large and however fine they are."""
RATES_KEPT: Final = 4_096
"""How many rates are kept as text: a run says the same few again and again."""


def exact_text(amount_minor: Fraction) -> str:
    """The exact amount as a decimal string without needless zeros: `5270.5`. One without an end is cut after 50 digits."""
    if amount_minor.denominator == 1:
        return str(amount_minor.numerator)
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return format(_decimal(amount_minor).normalize(), "f")


def residual_text(amount_minor: Fraction, posted_minor: int) -> str:
    """What is left of an exact amount once so much is posted: both add up to its text, to the last digit shown."""
    if amount_minor.denominator == 1:
        return str(amount_minor.numerator - posted_minor)
    with localcontext() as context:
        context.prec = TEXT_DIGITS
        return format((Decimal(exact_text(amount_minor)) - posted_minor).normalize(), "f")


def in_major(amount_minor: Fraction | int, currency: str) -> str:
    """The exact amount in major units, as people read it: `1,054.00`."""
    places = exponent(currency)
    if amount_minor.denominator == 1:
        whole, rest = divmod(abs(amount_minor.numerator), 10**places)
        sign = "-" if amount_minor < 0 else ""
        return f"{sign}{whole:,}.{rest:0{places}}" if places else f"{sign}{whole:,}"
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return format(_decimal(Fraction(amount_minor)).scaleb(-places), ",f")


@lru_cache(maxsize=RATES_KEPT)
def percent(rate_percent: Fraction) -> str:
    """A rate as people read it: `4.5`; one without an end is cut and says so: `3.3333333333...`."""
    exact = _decimal(rate_percent)
    with localcontext() as context:
        context.prec = TEXT_DIGITS
        shown = exact.quantize(Decimal(1).scaleb(-RATE_DECIMALS_SHOWN), rounding=ROUND_DOWN)
        text = format(shown.normalize(), "f")
    return text if Fraction(shown) == rate_percent else f"{text}..."


def terms(parts: Sequence[Part], currency: str, *, uncapped: Sequence[Part] = ()) -> str:
    """`2 % of 10,000.00 + 3 % of 5,000.00`; `6 % in place of 7.5 % of 10,000.00` where a cap holds the rate of a part."""
    return " + ".join(
        f"{_rate(part, whole)} of {in_major(part.amount, currency)}"
        for part, whole in zip(parts, uncapped or parts, strict=True)
    )


def _rate(part: Part, uncapped: Part) -> str:
    shown = f"{percent(part.rate_percent)} %"
    if uncapped.rate_percent == part.rate_percent:
        return shown
    return f"{shown} in place of {percent(uncapped.rate_percent)} %"


def equals(left: str, exact_minor: Fraction, currency: str) -> str:
    """A formula and its result: `2 % of 10,000.00 = 200.00 USD`."""
    return f"{left} = {in_major(exact_minor, currency)} {currency}"


def _decimal(value: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec, context.rounding = PRECISION_DIGITS, ROUND_DOWN
        return Decimal(value.numerator) / value.denominator
