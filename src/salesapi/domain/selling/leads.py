"""Leads: unqualified interest, from capture to conversion or refusal. Stream `lead`; without an owner a lead is in the pool.

Name, phone, mail, WeChat and note are sealed under the lead's id; the company's name is a business label, stored in clear.
Nothing about the person need be known: some sources deliver ids only. A converted or disqualified lead is final: a mistake
is still withdrawn from there, and touches that become known late are recorded (`attribution.py`). The decisions are in
`lead_decisions.py`; what a conversion makes is in `consequences.py`.
"""

from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.shared.attributes import AttributeValue, AttributeValues
from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    ExternalId,
    FreeText,
    Key,
    Kind,
    Personal,
    Reason,
    Recorded,
    Refers,
    Refused,
    Title,
    natural_id,
    record,
)
from salesapi.domain.shared.parties import CustomerKind, EmailText, PhoneText
from salesapi.domain.shared.states import business_date, business_instant, made_from, replace

CRITERIA_MAX: Final = 30
"""Most criteria of one qualification."""

LeadStatus: TypeAlias = Literal["open", "qualified", "disqualified", "converted", "voided"]


@record
class LeadCaptured:
    source: str | None
    campaign: str | None
    name: Annotated[str | None, Personal()]
    company: str | None
    phone: Annotated[str | None, Personal()]
    email: Annotated[str | None, Personal()]
    wechat: Annotated[str | None, Personal()]
    note: Annotated[str | None, Personal()]
    owner_id: UUID | None
    attributes: tuple[AttributeValue, ...]
    external_id: ExternalId | None


@record
class LeadAssigned:
    owner_from: UUID | None
    owner_to: UUID
    reason: str | None


@record
class LeadReleased:
    owner_from: UUID
    reason: str


@record
class LeadClaimed:
    owner_to: UUID


@record
class LeadQualified:
    criteria: tuple[str, ...]


@record
class LeadDisqualified:
    status_from: LeadStatus
    reason: str


@record
class LeadConverted:
    """`contact_id` and `deal_id` are null where the conversion made none."""

    customer_id: UUID
    contact_id: UUID | None
    deal_id: UUID | None


@record
class LeadVoided:
    """Recorded by mistake: metrics ignore the lead, audit shows it."""

    status_from: LeadStatus
    reason: str


@record
class LeadPersonErased:
    """What was known of the person is erased; see `customers/persons.py`."""

    person_id: UUID


LeadEvent: TypeAlias = (
    LeadCaptured
    | LeadAssigned
    | LeadReleased
    | LeadClaimed
    | LeadQualified
    | LeadDisqualified
    | LeadConverted
    | LeadVoided
    | LeadAttributionTouchRecorded
    | LeadPersonErased
)

LeadId: TypeAlias = Annotated[UUID, About("The lead.")]


@record
class CaptureLead:
    """Records a lead as its source delivers it. What the source does not say stays unknown.

    The first touch is the business time (`occurred_at`). Without an owner the lead is in the pool.
    """

    source: Annotated[Key | None, About("Where it came from, for example `web_form`.")] = None
    campaign: Annotated[Key | None, About("The campaign that it answered.")] = None
    name: Annotated[Title | None, About("Name of the person; sealed.")] = None
    company: Annotated[Title | None, About("Name of the company, stored in clear: no personal data.")] = None
    phone: Annotated[PhoneText | None, About("Phone number; sealed.")] = None
    email: Annotated[EmailText | None, About("Mail address; sealed.")] = None
    wechat: Annotated[Title | None, About("WeChat id; sealed.")] = None
    note: Annotated[FreeText | None, About("Free text; sealed.")] = None
    owner_id: Annotated[
        UUID | None, Refers("member"), About("The accountable member; without one it is in the pool.")
    ] = None
    attributes: AttributeValues = ()
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class AssignLead:
    """Makes a member accountable for a lead, from the pool or in place of another."""

    lead_id: LeadId
    owner_id: Annotated[UUID, Refers("member"), About("The new accountable member.")]
    reason: Annotated[Reason | None, About("Why.")] = None


@record
class ReleaseLead:
    """Gives a lead back to the pool."""

    lead_id: LeadId
    reason: Annotated[Reason, About("Why it is released.")]


@record
class ClaimLead:
    """Takes a lead from the pool for the member who asks. Of two claims one wins."""

    lead_id: LeadId


@record
class QualifyLead:
    """States that a lead met your definition of a qualified lead."""

    lead_id: LeadId
    criteria: Annotated[
        tuple[Title, ...], MaxLen(CRITERIA_MAX), About("The criteria that it met, for example `budget known`.")
    ] = ()


@record
class DisqualifyLead:
    """Closes a lead that will not become business. This is final."""

    lead_id: LeadId
    reason: Annotated[Reason, About("Why, from your list.")]


@record
class LeadDeal:
    """The deal that a conversion opens, for the lead's owner."""

    title: Annotated[Title, About("A business label, stored in clear: no personal data.")]
    pipeline_id: Annotated[UUID, About("The pipeline; its latest version is pinned.")]
    stage: Annotated[Key | None, About("An entry stage; without it the first one.")] = None
    amount_minor: Annotated[AmountMinor | None, About("Expected value in minor units, where known.")] = None
    currency: Annotated[CurrencyCode | None, About("ISO 4217 code of the amount.")] = None
    expected_close_on: Annotated[PlannedDate | None, About("Expected closing date.")] = None


@record
class ConvertLead:
    """Turns a qualified lead into a customer, with a contact and a deal where you ask for them, all in one commit.

    Name an existing customer by `customer_id`, or a new one by `customer_name`. The new things belong to the lead's owner.
    """

    lead_id: LeadId
    customer_id: Annotated[UUID | None, Refers("customer"), About("The existing customer that it belongs to.")] = None
    customer_name: Annotated[Title | None, About("Name of the new customer, where it is not there yet.")] = None
    customer_kind: Annotated[CustomerKind, About("What the new customer is; a person's name is sealed.")] = "company"
    with_contact: Annotated[bool, About("Adds the person as a contact of the customer; needs a name.")] = True
    deal: Annotated[LeadDeal | None, About("The deal to open, if any; needs an owner.")] = None


@record
class VoidLead:
    """Withdraws a lead that was recorded by mistake. Metrics ignore it; audit shows it."""

    lead_id: LeadId
    reason: Annotated[Reason, About("What was wrong.")]


class LeadClosed(Refused):
    code = "lead.closed"
    message = "The lead is {status}, and that is final."


class LeadNotQualified(Refused):
    code = "lead.not_qualified"
    message = "Only a qualified lead is converted; qualify it first."


class LeadAlreadyQualified(Refused):
    code = "lead.already_qualified"
    message = "The lead is qualified already, by these criteria: {criteria}."


class LeadAlreadyClaimed(Refused):
    code = "lead.already_claimed"
    kind = Kind.CONFLICT
    message = "The lead is not in the pool: a member answers for it already."


class LeadClaimantNotMember(Refused):
    code = "lead.claimant_not_member"
    message = "Only a member can claim a lead; assign it to one instead."


class LeadCustomerAmbiguous(Refused):
    code = "lead.customer_ambiguous"
    message = "Send either customer_id, for a customer that exists, or customer_name, for a new one."


class LeadNameUnknown(Refused):
    code = "lead.name_unknown"
    message = "The lead has no name to make a contact from; send with_contact as false and add the contact later."


class LeadWithoutOwner(Refused):
    code = "lead.without_owner"
    message = "A deal needs an owner and the lead is in the pool; assign or claim it first."


@record
class Lead:
    """A lead as it is now. Erased values are null; `reason` is that of the refusal or of the voiding."""

    status: LeadStatus
    name: str | None
    company: str | None
    phone: str | None
    email: str | None
    wechat: str | None
    note: str | None
    source: str | None
    campaign: str | None
    owner_id: UUID | None
    captured_on: date | None
    captured_at: datetime | None
    qualified_on: date | None = None
    criteria: tuple[str, ...] = ()
    converted_on: date | None = None
    reason: str | None = None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    deal_id: UUID | None = None
    """The deal that its conversion opened; customer and contact are those that it made or named."""
    touch_count: int = 0
    attributes: tuple[AttributeValue, ...]
    external: ExternalId | None
    is_erased: bool = False


def conversion(command: ConvertLead) -> LeadConverted:
    """The fact that a conversion is recorded as. Ids of what it makes follow from the lead's, so that a lead makes them once."""
    lead = ("lead", str(command.lead_id))
    return LeadConverted(
        customer_id=command.customer_id or natural_id("customer", *lead),
        contact_id=natural_id("contact", *lead) if command.with_contact else None,
        deal_id=natural_id("deal", *lead) if command.deal else None,
    )


def evolve(state: Lead | None, event: LeadEvent, recorded: Recorded) -> Lead:
    """Folds the stream to its state."""
    on = business_date(recorded)
    if isinstance(event, LeadCaptured):
        return made_from(
            Lead,
            event,
            status="open",
            captured_on=on,
            captured_at=business_instant(recorded),
            external=event.external_id,
        )
    assert state is not None, "a lead begins with lead.captured"
    match event:
        case LeadAssigned() | LeadClaimed():
            return replace(state, owner_id=event.owner_to)
        case LeadReleased():
            return replace(state, owner_id=None)
        case LeadQualified():
            return replace(state, status="qualified", criteria=event.criteria, qualified_on=on)
        case LeadDisqualified():
            return replace(state, status="disqualified", reason=event.reason)
        case LeadConverted():
            return replace(
                state,
                status="converted",
                converted_on=on,
                customer_id=event.customer_id,
                contact_id=event.contact_id,
                deal_id=event.deal_id,
            )
        case LeadVoided():
            return replace(state, status="voided", reason=event.reason)
        case LeadAttributionTouchRecorded():
            return replace(state, touch_count=state.touch_count + 1)
        case LeadPersonErased():
            return replace(state, name=None, phone=None, email=None, wechat=None, note=None, is_erased=True)
        case _:
            assert_never(event)
