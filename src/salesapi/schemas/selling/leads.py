"""Wire shapes of leads, with the filter and orders of their list. Name, phone, mail, WeChat and note are personal, in clear."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.selling.leads import LeadStatus
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import About, ExternalId, record
from salesapi.schemas.filters import Keys, SearchText, Uuids
from salesapi.schemas.scalars import Position


@record
class Lead:
    """Unqualified interest, from capture to conversion or refusal."""

    id: Annotated[UUID, About("The lead.")]
    status: Annotated[LeadStatus, About("`open`, `qualified`, `disqualified`, `converted` or `voided`.")]
    name: Annotated[str | None, About("Name of the person.")]
    company: Annotated[str | None, About("Name of the company.")]
    phone: Annotated[str | None, About("Phone number.")]
    email: Annotated[str | None, About("Mail address.")]
    wechat: Annotated[str | None, About("WeChat id.")]
    note: Annotated[str | None, About("Free text.")]
    source: Annotated[str | None, About("Where it came from.")]
    campaign: Annotated[str | None, About("The campaign that it answered.")]
    owner_id: Annotated[UUID | None, About("The accountable member; null in the pool.")]
    captured_on: Annotated[date | None, About("Business date of the first touch.")]
    captured_at: Annotated[datetime | None, About("Instant of the first touch, where known.")]
    qualified_on: Annotated[date | None, About("Business date of the qualification.")]
    criteria: Annotated[tuple[str, ...], About("The criteria that it met.")]
    converted_on: Annotated[date | None, About("Business date of the conversion.")]
    reason: Annotated[str | None, About("Why it was disqualified or voided.")]
    customer_id: Annotated[UUID | None, About("The customer that it became.")]
    contact_id: Annotated[UUID | None, About("The contact that it became.")]
    deal_id: Annotated[UUID | None, About("The deal that the conversion opened.")]
    attributes: Annotated[tuple[AttributeValue, ...], About("Typed attributes.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    is_erased: Annotated[bool, About("What was known of the person was erased.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class LeadFilter:
    """Which leads. Fields that are not sent do not filter; days are inclusive at both ends."""

    status: Annotated[
        tuple[LeadStatus, ...] | None, MinLen(1), MaxLen(5), About("Any of these; without it all but voided ones.")
    ] = None
    owner_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    is_in_pool: Annotated[bool | None, About("Without an owner, or with one.")] = None
    source: Annotated[Keys | None, About("From any of these sources.")] = None
    campaign: Annotated[Keys | None, About("From any of these campaigns.")] = None
    customer_id: Annotated[UUID | None, About("That became this customer.")] = None
    captured_from: Annotated[date | None, About("First touched on this day or later.")] = None
    captured_to: Annotated[date | None, About("First touched on this day or earlier.")] = None
    text: Annotated[SearchText | None, About("With this text in the name or company, in any case.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class LeadOrder(StrEnum):
    """Orders of leads. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    CHANGED_ASC = "changed_asc"
    CAPTURED_DESC = "captured_desc"
    CAPTURED_ASC = "captured_asc"
