"""Why pay comes to what it does: one record for each way in which a rule earns, releases, takes back, awards, lifts or waits.

They are the closed sum that the calculation yields: exact numbers under names that end in their unit (`_minor` of the plan's
currency, `_percent`, `_count`, `_days`, ...), and no sentence. What is None does not apply. The kind of a reason is stored and
shown, and never changes. How a reason is stored is in `reason_form.py`, how it reads in `reason_words.py`.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias, get_args

from salesapi.domain.pay.reasons.earned_reasons import (
    BonusShare,
    EarnedReason,
    MatrixRated,
    Number,
    PointsEarned,
    QuotaDerived,
    RatedParts,
    Recurring,
    TableRated,
    Waits,
)
from salesapi.domain.pay.reasons.posted_reasons import Clawed, PostedReason, Released
from salesapi.domain.shared.declarations import words

Reason: TypeAlias = EarnedReason | PostedReason | QuotaDerived | PointsEarned | Waits

NAMED: Final[Mapping[type, str]] = {}
"""Kinds that do not follow from the class of the reason: a class that is renamed keeps its kind here."""


def _kinds() -> Mapping[type, str]:
    kinds = {each: NAMED.get(each) or "_".join(words(each.__name__)) for each in get_args(Reason)}
    assert len(set(kinds.values())) == len(kinds), "two reasons have one kind: rename the newer one"
    assert kinds.keys() >= NAMED.keys(), "a class that is no reason has a kind: take it off"
    return kinds


KINDS: Final = _kinds()
"""The kind of each reason: `GateShut` is stored as `gate_shut`."""


def rate_of(reason: Reason) -> Number | None:
    """The one rate in percent that a result rests on; None where it rests on none, or on several that differ."""
    match reason:
        case RatedParts(parts=parts):
            rates = {part.rate_percent for part in parts}
            return parts[0].rate_percent if len(rates) == 1 else None
        case TableRated():
            return reason.rate_percent if reason.capped_percent is None else reason.capped_percent
        case MatrixRated() | Recurring() | Clawed():
            return reason.rate_percent
        case BonusShare():
            return reason.after_percent
        case Released():
            return reason.payable_percent
        case _:
            return None
