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


def sourced(
    whole_minor: int, touches: Sequence[Touch], model: SourcingModel, *, on: date, expires_after_days: int | None
) -> tuple[SourcingPart, ...]:
    """Shares an amount among the touches that count on the deal's day, in the order in which they happened.

    A touch counts from its own day on, that day included, and for `expires_after_days` days after it; None is for ever. One
    without a day does not count. Without parts nobody sourced the deal.
    """
    counted = (touch for touch in touches if _counts(touch, on, expires_after_days))
    return _parts(whole_minor, sorted(counted, key=_moment), model)


def _counts(touch: Touch, on: date, expires_after_days: int | None) -> bool:
    if touch.on is None:
        return False
    age_days = (on - touch.on).days
    return age_days >= 0 and (expires_after_days is None or age_days <= expires_after_days)


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
