"""How a reason is stored and shown: its kind, its inputs by name in their order, and the inputs of each of its terms.

Numbers stay exact: a decimal, or where it has no end a fraction in lowest terms (`10/3`); `Fraction` reads both. A name says its
unit by how it ends, so that whoever reads a form knows it without the record that it was made of.
"""

from dataclasses import fields
from datetime import date
from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias

from salesapi.domain.pay.reasons.reasons import KINDS, Reason
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import PRECISION_DIGITS

ReasonUnit: TypeAlias = Literal["minor", "percent", "number", "text"]

STATED: Final = "stated"
"""The kind of a reason that was stored as a sentence, before reasons were data."""
UNITS: Final[dict[str, ReasonUnit]] = {
    "_minor": "minor",
    "_percent": "percent",
    "_count": "number",
    "_days": "number",
    "_months": "number",
    "_factor": "number",
    "_weight": "number",
    "_points": "number",
    "_number": "number",
}
"""The unit of an input, by how its name ends; else it is a word, a key, a day or a period."""
FRACTION_LENGTH_MAX: Final = PRECISION_DIGITS
"""Longest fraction, in characters; a longer one, as sums over thousands of deals may be, is a decimal cut after 50 digits."""


@record
class ReasonInput:
    """One number or word that a result follows from."""

    name: Annotated[
        str, About("What it is; how the name ends says its unit: `amount_minor`, `rate_percent`, `touch_count`.")
    ]
    value: Annotated[
        str,
        About(
            "An exact number, as a decimal, or where that has no end as a fraction such as `10/3`; a word, day or period."
        ),
    ]


@record
class ReasonTerm:
    """One of several alike, such as a part of a base at its rate."""

    inputs: Annotated[tuple[ReasonInput, ...], About("What it is made of.")]


@record
class StoredReason:
    """Why a result comes to what it does. The amounts are minor units of the plan's currency."""

    kind: Annotated[str, About("Which way it comes about; it never changes.")]
    inputs: Annotated[tuple[ReasonInput, ...], About("What the result follows from.")]
    terms: Annotated[tuple[ReasonTerm, ...], About("Its terms, where it has any.")] = ()


_Names: TypeAlias = tuple[tuple[str, ...], str | None]
_NAMES: Final[dict[type, _Names]] = {}
"""Of each record that was asked for: there are as many as there are kinds."""


def form_of(reason: Reason) -> StoredReason:
    """The reason as it is stored; what does not apply is left out."""
    names, terms = _names(type(reason))
    return StoredReason(
        kind=KINDS[type(reason)],
        inputs=_inputs(reason, names),
        terms=()
        if terms is None
        else tuple(ReasonTerm(inputs=_inputs(term, _names(type(term))[0])) for term in getattr(reason, terms)),
    )


def stated(text: str) -> StoredReason:
    """A sentence in place of a reason: all that an old statement says."""
    return StoredReason(kind=STATED, inputs=(ReasonInput(name="text", value=text),))


def unit_of(name: str) -> ReasonUnit:
    """The unit of an input of this name."""
    return UNITS.get(name[name.rfind("_") :], "text") if "_" in name else "text"


def number_text(number: int | Fraction | Decimal) -> str:
    """The exact number: `4.5`, and `10/3` where a decimal has no end. See `FRACTION_LENGTH_MAX`."""
    if isinstance(number, int):
        return str(number)
    if isinstance(number, Decimal):
        return format(number.normalize(), "f")
    if number.denominator == 1:
        return str(number.numerator)
    with localcontext() as context:
        context.prec, context.rounding = PRECISION_DIGITS, ROUND_DOWN
        shown = Decimal(number.numerator) / number.denominator
        decimal = format(shown.normalize(), "f")
    if Fraction(shown) == number or number.denominator.bit_length() > 4 * FRACTION_LENGTH_MAX:
        return decimal
    fraction = f"{number.numerator}/{number.denominator}"
    return fraction if len(fraction) <= FRACTION_LENGTH_MAX else decimal


def _names(of: type) -> _Names:
    """The names of the inputs of a record, and of the field that holds its terms."""
    if of not in _NAMES:
        found = [(each.name, str(each.type).startswith("tuple[")) for each in fields(of)]
        terms = next((name for name, is_terms in found if is_terms), None)
        _NAMES[of] = (tuple(name for name, is_terms in found if not is_terms), terms)
    return _NAMES[of]


def _inputs(of: object, names: tuple[str, ...]) -> tuple[ReasonInput, ...]:
    return tuple(
        ReasonInput(name=name, value=_text(found)) for name in names if (found := getattr(of, name)) is not None
    )


def _text(found: object) -> str:
    if isinstance(found, str | date):
        return str(found)
    assert isinstance(found, int | Fraction | Decimal), f"{type(found).__name__} is no input of a reason"
    return number_text(found)
