"""Wire shapes of what customers answered about their satisfaction, with the filter and orders of the list."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.customers.satisfaction import SatisfactionKind
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Position


@record
class Satisfaction:
    """One answer of a customer."""

    id: Annotated[UUID, About("The answer.")]
    customer_id: Annotated[UUID, About("The customer who answered.")]
    kind: Annotated[SatisfactionKind, About("`nps` is scored 0 to 10, `csat` 1 to 5, `ces` 1 to 7.")]
    score: Annotated[int, About("The score on the scale of its kind.")]
    deal_id: Annotated[UUID | None, About("The deal that it is about, if any.")]
    agreement_id: Annotated[UUID | None, About("The agreement that it is about, if any.")]
    activity_id: Annotated[UUID | None, About("The activity that it is about, if any.")]
    comment: Annotated[str | None, About("What the customer added; null where nothing, or erased.")]
    answered_on: Annotated[date | None, About("Business date of the answer; null where unknown.")]
    is_erased: Annotated[bool, About("The comment was erased.")]
    position: Annotated[Position, About("Log position of its event.")]


@record
class SatisfactionFilter:
    """Which answers. Fields that are not sent do not filter; days are inclusive at both ends."""

    customer_id: Annotated[Uuids | None, About("Of any of these customers.")] = None
    deal_id: Annotated[Uuids | None, About("About any of these deals.")] = None
    agreement_id: Annotated[Uuids | None, About("About any of these agreements.")] = None
    activity_id: Annotated[Uuids | None, About("About any of these activities.")] = None
    kind: Annotated[SatisfactionKind | None, About("Of this kind.")] = None
    answered_from: Annotated[date | None, About("Answered on this day or later.")] = None
    answered_to: Annotated[date | None, About("Answered on this day or earlier.")] = None


class SatisfactionOrder(StrEnum):
    """Orders of answers. Unknown days come last when descending, first when ascending."""

    RECORDED_DESC = "recorded_desc"
    ANSWERED_DESC = "answered_desc"
    ANSWERED_ASC = "answered_asc"
