"""How numbers are written: exact for data, and rounded for people, who are told where a number is not all of it."""

from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Final

from salesapi.domain.shared.money import PRECISION_DIGITS, exponent, rounded

RATE_DECIMALS_SHOWN: Final = 10
"""Decimals of a rate without an end, such as a target over a quota; the amounts beside it are exact."""
MORE_DECIMALS_SHOWN: Final = 4
"""Decimals that a sentence shows of an amount beyond those of its currency."""
NUMBER_DECIMALS_SHOWN: Final = 4
"""Decimals that a sentence shows of a rate, a factor or a count."""
ABOUT: Final = "≈"
"""Stands before a number that a sentence does not show all of."""
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
    """Writes what is left of an exact amount once so much is posted: both add up to its text, to its last digit."""
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


def amount_shown(amount_minor: Fraction | int, currency: str) -> str:
    """An amount for people, in major units: as exact as it is within four more decimals than the currency has, `89.5056`.

    One that has still more is rounded half up to the currency's digits and says so, `≈33.33`; where that would show nothing of
    it, to the four more.
    """
    if (amount_minor * 10**MORE_DECIMALS_SHOWN).denominator == 1:
        return in_major(amount_minor, currency)
    shown = Fraction(rounded(Fraction(amount_minor), "half_up"))
    if shown == 0:
        shown = Fraction(rounded(Fraction(amount_minor) * 10**MORE_DECIMALS_SHOWN, "half_up"), 10**MORE_DECIMALS_SHOWN)
    return f"{ABOUT}{in_major(shown, currency)}"


@lru_cache(maxsize=RATES_KEPT)
def number_shown(number: Fraction) -> str:
    """A rate, a factor or a count for people: `4.5`; one with more than four decimals is rounded half up: `≈3.3333`."""
    in_last = number * 10**NUMBER_DECIMALS_SHOWN
    whole = rounded(in_last, "half_up")
    shown = format(Decimal(whole).scaleb(-NUMBER_DECIMALS_SHOWN).normalize(), "f")
    return shown if in_last == whole else f"{ABOUT}{shown}"


def _decimal(value: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec, context.rounding = PRECISION_DIGITS, ROUND_DOWN
        return Decimal(value.numerator) / value.denominator
