"""Wire shapes of deals and their stage visits, with the filters and orders of their lists. Dates are business dates."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.selling.deals import Confidence, DealLine, DealShare, Priority, SaleType, Status
from salesapi.domain.selling.pipelines import StageCategory
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import About, AmountMinor, CurrencyCode, ExternalId, record
from salesapi.projections.selling.stage_visits import Way
from salesapi.schemas.filters import Keys, SearchText, Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class Deal:
    """One possible sale."""

    id: Annotated[UUID, About("The deal.")]
    status: Annotated[Status, About("`open`, `won`, `lost` or `voided`.")]
    title: Annotated[str, About("A business label.")]
    pipeline_id: Annotated[UUID, About("The pipeline that it moves through.")]
    pipeline_version: Annotated[int, About("The version of the pipeline that it is pinned to.")]
    stage: Annotated[str, About("Key of the stage that it is in.")]
    owner_id: Annotated[UUID, About("The accountable member.")]
    customer_id: Annotated[UUID | None, About("The customer, where known.")]
    lead_id: Annotated[UUID | None, About("The lead that it came from.")]
    amount_minor: Annotated[Amount | None, About("Expected value, or won value, in minor units.")]
    currency: Annotated[str | None, About("ISO 4217 code of the amount.")]
    lines: Annotated[tuple[DealLine, ...], About("Products on the deal.")]
    shares: Annotated[tuple[DealShare, ...], About("Who has which part; without shares the owner has all.")]
    expected_close_on: Annotated[date | None, About("Expected closing date.")]
    opened_on: Annotated[date | None, About("Business date of the opening.")]
    opened_at: Annotated[datetime | None, About("Instant of the opening, where known.")]
    stage_entered_on: Annotated[date | None, About("Business date on which it entered its stage.")]
    closed_on: Annotated[date | None, About("Business date of the closing; null while it is open.")]
    closed_at: Annotated[datetime | None, About("Instant of the closing, where known.")]
    reason: Annotated[str | None, About("Why it was won, lost or voided.")]
    competitor: Annotated[str | None, About("Who won it, where it was lost and that is known.")]
    priority: Annotated[Priority, About("How urgently it is worked on.")]
    confidence: Annotated[Confidence | None, About("How sure its seller is that it will be won; null: not said.")]
    confidence_reason: Annotated[str | None, About("What that rests on.")]
    term_months: Annotated[int | None, About("How long it is to run, where known.")]
    sale_type: Annotated[SaleType | None, About("New business, more for a customer, or a renewal, where known.")]
    attributes: Annotated[tuple[AttributeValue, ...], About("Typed attributes.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class StageVisit:
    """One stay of a deal in a stage, an interval of business time."""

    deal_id: Annotated[UUID, About("The deal.")]
    number: Annotated[int, About("Its place in the order of business time, from 1.")]
    version: Annotated[int, About("Stream version of the event that began it.")]
    pipeline_id: Annotated[UUID, About("The pipeline.")]
    pipeline_version: Annotated[int, About("The version of the pipeline.")]
    stage: Annotated[str, About("Key of the stage.")]
    category: Annotated[StageCategory, About("`open`, or an end: `won` or `lost`.")]
    owner_id: Annotated[UUID, About("Who answered for the deal at the end of the stay, or answers now.")]
    entered_on: Annotated[date | None, About("Business date on which it began; null where unknown.")]
    entered_at: Annotated[datetime | None, About("Instant at which it began, where known.")]
    left_on: Annotated[date | None, About("Business date on which it ended.")]
    left_at: Annotated[datetime | None, About("Instant at which it ended, where known.")]
    left_version: Annotated[int | None, About("Stream version of the event that ended it; null while it lasts.")]
    way_in: Annotated[Way, About("How the stage was entered.")]
    way_out: Annotated[Way | None, About("How it was left; null while it lasts.")]
    is_negative: Annotated[
        bool, About("Its dates contradict the order in which it was recorded: it was left before it was entered.")
    ]


@record
class DealFilter:
    """Which deals. Fields that are not sent do not filter; days are inclusive at both ends."""

    status: Annotated[
        tuple[Status, ...] | None, MinLen(1), MaxLen(4), About("Any of these; without it all but voided ones.")
    ] = None
    priority: Annotated[tuple[Priority, ...] | None, MinLen(1), MaxLen(3), About("Of any of these priorities.")] = None
    pipeline_id: Annotated[UUID | None, About("In this pipeline.")] = None
    stage: Annotated[Keys | None, About("In any of these stages.")] = None
    owner_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    customer_id: Annotated[Uuids | None, About("With any of these customers.")] = None
    product_id: Annotated[UUID | None, About("With a line of this product.")] = None
    opened_from: Annotated[date | None, About("Opened on this day or later.")] = None
    opened_to: Annotated[date | None, About("Opened on this day or earlier.")] = None
    closed_from: Annotated[date | None, About("Closed on this day or later.")] = None
    closed_to: Annotated[date | None, About("Closed on this day or earlier.")] = None
    expected_from: Annotated[date | None, About("Expected to close on this day or later.")] = None
    expected_to: Annotated[date | None, About("Expected to close on this day or earlier.")] = None
    amount_from: Annotated[AmountMinor | None, About("Of this amount in minor units or more.")] = None
    amount_to: Annotated[AmountMinor | None, About("Of this amount in minor units or less.")] = None
    currency: Annotated[CurrencyCode | None, About("Valued in this currency (ISO 4217).")] = None
    text: Annotated[SearchText | None, About("With this text in the title, in any case.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class DealOrder(StrEnum):
    """Orders of deals. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    CHANGED_ASC = "changed_asc"
    OPENED_DESC = "opened_desc"
    OPENED_ASC = "opened_asc"
    CLOSED_DESC = "closed_desc"
    CLOSED_ASC = "closed_asc"
    EXPECTED_CLOSE_DESC = "expected_close_desc"
    EXPECTED_CLOSE_ASC = "expected_close_asc"
    AMOUNT_DESC = "amount_desc"
    AMOUNT_ASC = "amount_asc"
    TITLE_ASC = "title_asc"
