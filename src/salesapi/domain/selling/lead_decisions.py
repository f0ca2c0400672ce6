"""What may happen to a lead: the decisions of `leads.py`, pure, and the declaration of the stream."""

from typing import Final

from salesapi.domain.selling import leads
from salesapi.domain.selling.attribution import (
    TOUCHES_MAX,
    LeadAttributionTouchRecorded,
    LeadTouchesTooMany,
    RecordAttributionTouch,
)
from salesapi.domain.selling.leads import Lead, LeadEvent, evolve
from salesapi.domain.shared.attributes import definitions_needed, merged, refuse_invalid_values
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import LEADERS, SELLERS, Context, external_identity, owner_of, refuse_existing
from salesapi.domain.shared.references import refuse_unknown
from salesapi.domain.shared.states import made_from


def capture(state: Lead | None, command: leads.CaptureLead, context: Context) -> tuple[leads.LeadCaptured, ...]:
    """Decides `CaptureLead`."""
    refuse_existing(state, context, "lead")
    refuse_unknown(command, context.facts)
    refuse_invalid_values("lead", command, context.facts)
    captured = made_from(leads.LeadCaptured, command, attributes=merged((), sent=command.attributes))
    return (captured,)


def assign(state: Lead, command: leads.AssignLead, context: Context) -> tuple[leads.LeadAssigned, ...]:
    """Decides `AssignLead`."""
    _refuse_closed(state)
    refuse_unknown(command, context.facts)
    if command.owner_id == state.owner_id:
        return ()
    return (leads.LeadAssigned(owner_from=state.owner_id, owner_to=command.owner_id, reason=command.reason),)


def release(state: Lead, command: leads.ReleaseLead, context: Context) -> tuple[leads.LeadReleased, ...]:
    """Decides `ReleaseLead`. What is in the pool stays there."""
    _refuse_closed(state)
    if state.owner_id is None:
        return ()
    return (leads.LeadReleased(owner_from=state.owner_id, reason=command.reason),)


def claim(state: Lead, command: leads.ClaimLead, context: Context) -> tuple[leads.LeadClaimed, ...]:
    """Decides `ClaimLead`: only from the pool, and for the member who asks."""
    _refuse_closed(state)
    if context.member_id is None:
        raise leads.LeadClaimantNotMember()
    if state.owner_id == context.member_id:
        return ()
    if state.owner_id is not None:
        raise leads.LeadAlreadyClaimed()
    return (leads.LeadClaimed(owner_to=context.member_id),)


def qualify(state: Lead, command: leads.QualifyLead, context: Context) -> tuple[leads.LeadQualified, ...]:
    """Decides `QualifyLead`: once, because a funnel counts it."""
    _refuse_closed(state)
    if state.status == "qualified":
        if command.criteria != state.criteria:
            raise leads.LeadAlreadyQualified(criteria=state.criteria, pointer="/criteria")
        return ()
    return (leads.LeadQualified(criteria=command.criteria),)


def disqualify(state: Lead, command: leads.DisqualifyLead, context: Context) -> tuple[leads.LeadDisqualified, ...]:
    """Decides `DisqualifyLead`. A qualified lead may turn out to be none."""
    _refuse_closed(state)
    return (leads.LeadDisqualified(status_from=state.status, reason=command.reason),)


def convert(state: Lead, command: leads.ConvertLead, context: Context) -> tuple[leads.LeadConverted, ...]:
    """Decides `ConvertLead`; customer, contact and deal follow by `consequences.py` in the same commit."""
    _refuse_closed(state)
    if state.status != "qualified":
        raise leads.LeadNotQualified()
    if (command.customer_id is None) == (command.customer_name is None):
        raise leads.LeadCustomerAmbiguous(pointer="/customer_id")
    refuse_unknown(command, context.facts)
    if command.with_contact and state.name is None:
        raise leads.LeadNameUnknown(pointer="/with_contact")
    if command.deal is not None and state.owner_id is None:
        raise leads.LeadWithoutOwner(pointer="/deal")
    return (leads.conversion(command),)


def void(state: Lead, command: leads.VoidLead, context: Context) -> tuple[leads.LeadVoided, ...]:
    """Decides `VoidLead`. A mistake is withdrawn whatever became of it; what a conversion made is withdrawn apart."""
    if state.status == "voided":
        raise leads.LeadClosed(status=state.status)
    return (leads.LeadVoided(status_from=state.status, reason=command.reason),)


def record_touch(
    state: Lead, command: RecordAttributionTouch, context: Context
) -> tuple[LeadAttributionTouchRecorded, ...]:
    """Decides `RecordAttributionTouch`. What touched a lead is a fact whatever became of it; only a mistake takes none."""
    if state.status == "voided":
        raise leads.LeadClosed(status=state.status)
    refuse_unknown(command, context.facts)
    if state.touch_count >= TOUCHES_MAX:
        raise LeadTouchesTooMany(limit=TOUCHES_MAX)
    return (made_from(LeadAttributionTouchRecorded, command, deal_id=state.deal_id),)


def _refuse_closed(state: Lead) -> None:
    if state.status in ("disqualified", "converted", "voided"):
        raise leads.LeadClosed(status=state.status)


STREAM: Final = Stream[Lead, LeadEvent](
    kind="lead",
    plural="leads",
    evolve=evolve,
    commands=(
        creates(
            leads.CaptureLead,
            decide=capture,
            roles=SELLERS,
            identity=external_identity,
            needs=definitions_needed("lead"),
        ),
        changes(leads.AssignLead, decide=assign, roles=LEADERS, target="lead_id"),
        changes(leads.ReleaseLead, decide=release, roles=SELLERS, target="lead_id"),
        changes(leads.ClaimLead, decide=claim, roles=SELLERS, target="lead_id"),
        changes(leads.QualifyLead, decide=qualify, roles=SELLERS, target="lead_id"),
        changes(leads.DisqualifyLead, decide=disqualify, roles=SELLERS, target="lead_id"),
        changes(leads.ConvertLead, decide=convert, roles=SELLERS, target="lead_id"),
        changes(leads.VoidLead, decide=void, roles=LEADERS, target="lead_id"),
        changes(RecordAttributionTouch, decide=record_touch, roles=SELLERS, target="lead_id"),
    ),
    owner=owner_of,
)
