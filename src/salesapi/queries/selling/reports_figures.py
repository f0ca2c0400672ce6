"""Exact figures from integers: ratios, means and medians as decimal strings. No float."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final

from salesapi.domain.shared.money import PRECISION_DIGITS

PLACES: Final = Decimal("0.000001")
"""Ratios and means have six digits."""


def quotient(dividend: int | None, divisor: int | None) -> str | None:
    """Rounded half up to six digits; None where nothing divides."""
    if not divisor or dividend is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return str((Decimal(dividend) / divisor).quantize(PLACES, rounding=ROUND_HALF_UP))


def middle(lower: int | None, upper: int | None) -> str | None:
    """The median from the two middle values (the same one twice where the count is odd), exact."""
    if lower is None or upper is None:
        return None
    half, odd = divmod(abs(lower + upper), 2)
    sign = "-" if lower + upper < 0 else ""
    return f"{sign}{half}{'.5' if odd else ''}"


def median(figures: Mapping[str, Any], name: str) -> str | None:
    """The median whose middle values stand under `<name>_lower` and `<name>_upper`."""
    return middle(figures[f"{name}_lower"], figures[f"{name}_upper"])
