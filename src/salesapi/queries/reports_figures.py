"""Exact figures from integers: ratios, means and medians as decimal strings. No float."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final

from salesapi.domain.shared.money import PRECISION_DIGITS

PLACES: Final = Decimal("0.000001")
"""Ratios and means have six digits."""


def quotient(dividend: int | None, *, by: int | None) -> str | None:
    """Rounded half up to six digits; None where nothing divides."""
    if not by or dividend is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return str((Decimal(dividend) / by).quantize(PLACES, rounding=ROUND_HALF_UP))


def median(figures: Mapping[str, Any], name: str) -> str | None:
    """The median whose two middle values stand under `<name>_lower` and `<name>_upper`, exact.

    They are the same value twice where the count is odd.
    """
    lower, upper = figures[f"{name}_lower"], figures[f"{name}_upper"]
    if lower is None or upper is None:
        return None
    half, odd = divmod(abs(lower + upper), 2)
    sign = "-" if lower + upper < 0 else ""
    return f"{sign}{half}{'.5' if odd else ''}"
