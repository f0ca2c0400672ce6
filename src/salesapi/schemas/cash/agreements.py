"""Wire shapes of agreements, with the filter and orders of their list. Amounts are minor units of the agreement's currency."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.cash.agreements import Status
from salesapi.domain.shared.kernel import About, CurrencyCode, ExternalId, Key, record
from salesapi.schemas.filters import SearchText, Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class AgreedLine:
    """A line as it stands after all amendments."""

    key: Annotated[str, About("Names the line within the agreement.")]
    product_id: Annotated[UUID | None, About("The product, where it is one.")]
    description: Annotated[str | None, About("A business label.")]
    quantity: Annotated[Decimal, About("What was agreed; exact decimal, as a string.")]
    amount_minor: Annotated[Amount, About("Net amount of the whole line.")]
    tax_minor: Annotated[Amount | None, About("Its tax; null where none is stated.")]
    cost_minor: Annotated[Amount | None, About("What it costs us, as last stated; null where unknown.")]
    recurring: Annotated[bool, About("Charged again in every billing period of the term.")]
    delivered: Annotated[Decimal, About("How much was delivered; exact decimal, as a string.")]
    accepted: Annotated[Decimal, About("How much the customer accepted; exact decimal, as a string.")]
    live: Annotated[Decimal, About("How much the customer uses productively; exact decimal, as a string.")]


@record
class PlannedInstalment:
    """A part of the total that is due on a day."""

    key: Annotated[str, About("Names it within the payment plan.")]
    due_on: Annotated[date, About("Last day on which it is paid in time.")]
    amount_minor: Annotated[Amount, About("Gross amount; negative where an amendment lowered the total.")]


@record
class Agreement:
    """What was agreed with a customer, and what was invoiced on it."""

    id: Annotated[UUID, About("The agreement.")]
    title: Annotated[str, About("A business label.")]
    customer_id: Annotated[UUID, About("The customer.")]
    deal_id: Annotated[UUID | None, About("The deal that it comes from, where there is one.")]
    currency: Annotated[str, About("ISO 4217 code of all its amounts.")]
    legal_entity: Annotated[str | None, About("Our company that made it.")]
    status: Annotated[Status, About("`draft`, `signed` or `cancelled`.")]
    lines: Annotated[tuple[AgreedLine, ...], About("What is sold, after all amendments.")]
    instalments: Annotated[tuple[PlannedInstalment, ...], About("The payment plan; none where there is none.")]
    total_minor: Annotated[Amount, About("All lines with their taxes.")]
    amendment_count: Annotated[int, About("How often it was amended; the amendments are its events.")]
    starts_on: Annotated[date | None, About("First day of the term; null is always.")]
    ends_on: Annotated[date | None, About("Last day of the term; null is open.")]
    payment_days: Annotated[int | None, About("Days that the customer has to pay after the invoice; null: not stated.")]
    signed_on: Annotated[date | None, About("Business date of signing; null where unknown.")]
    cancelled_on: Annotated[date | None, About("First day on which the cancelled agreement no longer holds.")]
    fee_kept_minor: Annotated[Amount | None, About("What is owed of a cancelled agreement all the same, gross.")]
    reason: Annotated[str | None, About("Why it was cancelled.")]
    renewed_by: Annotated[UUID | None, About("The agreement that continues it.")]
    invoiced_minor: Annotated[Amount, About("All its invoices, gross, without voided ones.")]
    credited_minor: Annotated[Amount, About("All credit notes against these, gross.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of the last event that it reflects.")]


@record
class AgreementFilter:
    """Which agreements. Fields that are not sent do not filter; days are inclusive at both ends."""

    customer_id: Annotated[Uuids | None, About("With any of these customers.")] = None
    deal_id: Annotated[UUID | None, About("From this deal.")] = None
    status: Annotated[tuple[Status, ...] | None, MinLen(1), MaxLen(3), About("In any of these states.")] = None
    currency: Annotated[CurrencyCode | None, About("In this currency (ISO 4217).")] = None
    legal_entity: Annotated[Key | None, About("Made by this company of ours.")] = None
    is_renewed: Annotated[bool | None, About("Continued by another agreement, or not.")] = None
    signed_from: Annotated[date | None, About("Signed on this day or later.")] = None
    signed_to: Annotated[date | None, About("Signed on this day or earlier.")] = None
    ends_from: Annotated[date | None, About("With a term that ends on this day or later.")] = None
    ends_to: Annotated[date | None, About("With a term that ends on this day or earlier.")] = None
    text: Annotated[SearchText | None, About("With this text in the title, in any case.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class AgreementOrder(StrEnum):
    """Orders of agreements. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    SIGNED_DESC = "signed_desc"
    ENDS_ASC = "ends_asc"
    TOTAL_DESC = "total_desc"
