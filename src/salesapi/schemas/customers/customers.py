"""Wire shapes of customers: the thing, its profile and its timeline. Names and contacts are personal data, in clear."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import About, ExternalId, record
from salesapi.domain.shared.parties import CustomerKind
from salesapi.projections.customers.timelines import Plain, TimelineKind
from salesapi.schemas.filters import SearchText, Uuids
from salesapi.schemas.scalars import Amount, Position
from salesapi.schemas.selling.activities import Activity
from salesapi.schemas.selling.deals import Deal
from salesapi.schemas.selling.leads import Lead


@record
class CustomerContact:
    """A person at a customer."""

    contact_id: Annotated[UUID, About("The contact.")]
    name: Annotated[str | None, About("Name; null where erased.")]
    phone: Annotated[str | None, About("Phone number.")]
    email: Annotated[str | None, About("Mail address.")]
    wechat: Annotated[str | None, About("WeChat id.")]
    role: Annotated[str | None, About("Part in the decision.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    is_erased: Annotated[bool, About("What was known of the person was erased.")]


@record
class Customer:
    """A company or person that we sell to."""

    id: Annotated[UUID, About("The customer.")]
    name: Annotated[str | None, About("Name; null where a person's was erased.")]
    kind: Annotated[CustomerKind, About("`company` or `person`.")]
    owner_id: Annotated[UUID | None, About("The accountable member; null in the pool.")]
    parent_id: Annotated[UUID | None, About("The customer that this one belongs to.")]
    attributes: Annotated[tuple[AttributeValue, ...], About("Typed attributes.")]
    contacts: Annotated[tuple[CustomerContact, ...], About("Its contacts, the oldest first.")]
    registered_on: Annotated[date | None, About("Business date of the registration.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    is_erased: Annotated[bool, About("The name of the person, and comments, were erased.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class CurrencyValue:
    """What deals of one currency are worth together."""

    currency: Annotated[str, About("ISO 4217 code.")]
    deal_count: Annotated[int, About("How many deals.")]
    open_minor: Annotated[Amount, About("Sum of the open deals, in minor units.")]
    won_minor: Annotated[Amount, About("Sum of the won deals, in minor units.")]


@record
class CustomerProfile:
    """Everything about a customer at a glance. Deals, leads and activities are those that you may see, latest first."""

    customer: Annotated[Customer, About("The customer with its contacts.")]
    values: Annotated[
        tuple[CurrencyValue, ...], About("Open and won value by currency; voided and lost deals are out.")
    ]
    unvalued_deal_count: Annotated[int, About("Open deals without an amount, which no sum holds.")]
    deals: Annotated[tuple[Deal, ...], About("The deals that changed last; list deals by customer for all.")]
    leads: Annotated[tuple[Lead, ...], About("The leads that became this customer.")]
    activities: Annotated[tuple[Activity, ...], About("The latest activities about the customer and its deals.")]
    last_activity_on: Annotated[date | None, About("Business date of the last completed activity.")]


@record
class TimelineEntry:
    """One event in the life of a thing."""

    position: Annotated[Position, About("Its place in the log.")]
    type: Annotated[str, About("What happened, for example `deal.stage_changed`.")]
    stream_kind: Annotated[TimelineKind, About("Kind of the thing that it happened to.")]
    stream_id: Annotated[UUID, About("The thing that it happened to.")]
    occurred_on: Annotated[date | None, About("Business date; null where unknown.")]
    occurred_at: Annotated[datetime | None, About("Business instant, where known.")]
    recorded_at: Annotated[datetime | None, About("When we recorded it.")]
    actor_id: Annotated[UUID | None, About("The principal who recorded it.")]
    summary: Annotated[dict[str, Plain], About("Its plain fields, without personal data.")]


@record
class CustomerFilter:
    """Which customers. Fields that are not sent do not filter."""

    kind: Annotated[CustomerKind | None, About("`company` or `person`.")] = None
    owner_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    is_in_pool: Annotated[bool | None, About("Without an owner, or with one.")] = None
    parent_id: Annotated[UUID | None, About("Belonging to this customer.")] = None
    text: Annotated[SearchText | None, About("With this text in the name, in any case.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class CustomerOrder(StrEnum):
    """Orders of customers. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    CHANGED_ASC = "changed_asc"
    NAME_ASC = "name_asc"
    NAME_DESC = "name_desc"
