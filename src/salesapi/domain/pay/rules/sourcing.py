"""Sourcing: how the touches of a lead share what its deal earned (R19). Pure; amounts are minor units, dates business dates.

First and last give all to one touch; weighted splits by the stated weights, of which an unstated one is 1, with the largest
remainder, so that the parts add up exactly. A touch without a member keeps its part, which is then nobody's. Which touches
come into question (their kinds, campaigns) is the caller's choice.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.selling.attribution import TouchKind
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.money import parts_of

SourcingModel: TypeAlias = Literal["first", "last", "weighted"]
LeftOutReason: TypeAlias = Literal["undated", "later", "expired"]

_FIRST_INSTANT: Final = datetime.min.replace(tzinfo=UTC)


@record
class Touch:
    """A touch of the lead that a deal came from. `position` is that of its event."""

    position: int
    kind: TouchKind
    member_id: UUID | None
    weight: Decimal | None
    on: date | None
    at: datetime | None = None


@record
class SourcingPart:
    """The part of one touch in the whole, in minor units."""

    position: int
    member_id: UUID | None
    amount_minor: int


@record
class LeftOut:
    """A touch that does not count, and why: its day is unknown, it came after the deal's day, or it is too old."""

    position: int
    reason: LeftOutReason


@record
class Sourcing:
    """The division of an amount among touches. Without parts nobody sourced the deal."""

    parts: tuple[SourcingPart, ...]
    left_out: tuple[LeftOut, ...]


def sourced(
    whole_minor: int, touches: Sequence[Touch], model: SourcingModel, *, on: date, expires_after_days: int | None
) -> Sourcing:
    """Shares an amount among the touches that count on the deal's day, in the order in which they happened.

    A touch counts from its own day on, that day included, and for `expires_after_days` days after it; None is for ever.
    """
    reasons = {touch.position: _reason(touch, on, expires_after_days) for touch in touches}
    counted = sorted((touch for touch in touches if reasons[touch.position] is None), key=_moment)
    left_out = (LeftOut(position=position, reason=reason) for position, reason in reasons.items() if reason)
    return Sourcing(
        parts=_parts(whole_minor, counted, model), left_out=tuple(sorted(left_out, key=lambda touch: touch.position))
    )


def _reason(touch: Touch, on: date, expires_after_days: int | None) -> LeftOutReason | None:
    if touch.on is None:
        return "undated"
    age_days = (on - touch.on).days
    if age_days < 0:
        return "later"
    return "expired" if expires_after_days is not None and age_days > expires_after_days else None


def _moment(touch: Touch) -> tuple[date, datetime, int]:
    """The order of touches: by day, then instant, where one without stands before those with; then by position."""
    assert touch.on is not None, "an undated touch is left out"
    return (touch.on, touch.at or _FIRST_INSTANT, touch.position)


def _parts(whole_minor: int, counted: Sequence[Touch], model: SourcingModel) -> tuple[SourcingPart, ...]:
    if not counted:
        return ()
    match model:
        case "first":
            sharing = counted[:1]
        case "last":
            sharing = counted[-1:]
        case "weighted":
            sharing = counted
    weights = [Decimal(1) if touch.weight is None else touch.weight for touch in sharing]
    return tuple(
        SourcingPart(position=touch.position, member_id=touch.member_id, amount_minor=amount_minor)
        for touch, amount_minor in zip(sharing, parts_of(whole_minor, weights), strict=True)
    )
