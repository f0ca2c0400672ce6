"""Wire shapes of attribution touches, with the filter and orders of their list. Weights are exact decimals, as strings."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.selling.attribution import TouchKind
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Keys, Uuids
from salesapi.schemas.scalars import Position


@record
class AttributionTouch:
    """Who or what touched a lead."""

    id: Annotated[UUID, About("The touch.")]
    lead_id: Annotated[UUID, About("The lead.")]
    kind: Annotated[TouchKind, About("`campaign`, `meeting`, `referral`, `event`, `content` or `outbound`.")]
    member_id: Annotated[UUID | None, About("The member whose touch it was; null for nobody's.")]
    campaign: Annotated[str | None, About("The campaign that it belongs to.")]
    weight: Annotated[str | None, About("Its weight, a decimal string; null counts as 1 in the weighted model.")]
    touched_on: Annotated[date | None, About("Business date of the touch; null where unknown.")]
    touched_at: Annotated[datetime | None, About("Instant of the touch, where known.")]
    deal_id: Annotated[UUID | None, About("The deal that it counts for, once the lead's conversion opened one.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class AttributionTouchFilter:
    """Which touches. Fields that are not sent do not filter; days are inclusive at both ends."""

    lead_id: Annotated[Uuids | None, About("Of any of these leads.")] = None
    deal_id: Annotated[Uuids | None, About("That count for any of these deals.")] = None
    member_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    kind: Annotated[TouchKind | None, About("Of this kind.")] = None
    campaign: Annotated[Keys | None, About("Of any of these campaigns.")] = None
    touched_from: Annotated[date | None, About("On this day or later.")] = None
    touched_to: Annotated[date | None, About("On this day or earlier.")] = None


class AttributionTouchOrder(StrEnum):
    """Orders of touches. Unknown days come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    TOUCHED_DESC = "touched_desc"
    TOUCHED_ASC = "touched_asc"
