"""What may happen to a lead: the decisions of `leads.py`, pure, and the declaration of the stream."""

from typing import Final

from salesapi.domain.selling.attribution import (
    TOUCHES_MAX,
    LeadAttributionTouchRecorded,
    LeadTouchesTooMany,
    RecordAttributionTouch,
)
from salesapi.domain.selling.leads import (
    AssignLead,
    CaptureLead,
    ClaimLead,
    ConvertLead,
    DisqualifyLead,
    Lead,
    LeadAlreadyClaimed,
    LeadAlreadyQualified,
    LeadAssigned,
    LeadCaptured,
    LeadClaimantNotMember,
    LeadClaimed,
    LeadClosed,
    LeadConverted,
    LeadCustomerAmbiguous,
    LeadDisqualified,
    LeadEvent,
    LeadNameUnknown,
    LeadNotQualified,
    LeadQualified,
    LeadReleased,
    LeadVoided,
    LeadWithoutOwner,
    QualifyLead,
    ReleaseLead,
    VoidLead,
    conversion,
    evolve,
)
from salesapi.domain.shared.attributes import definitions_needed, merged, refuse_invalid_values
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import LEADERS, SELLERS, Context, ThingExists, external_identity, owner_of
from salesapi.domain.shared.references import refuse_unknown


def capture(state: Lead | None, command: CaptureLead, context: Context) -> tuple[LeadCaptured, ...]:
    """Decides `CaptureLead`."""
    if state is not None:
        raise ThingExists(thing="lead", id=str(context.subject_id), pointer="/external_id")
    refuse_unknown(command, context.facts)
    refuse_invalid_values("lead", command, context.facts)
    captured = LeadCaptured(
        source=command.source,
        campaign=command.campaign,
        name=command.name,
        company=command.company,
        phone=command.phone,
        email=command.email,
        wechat=command.wechat,
        note=command.note,
        owner_id=command.owner_id,
        attributes=merged((), sent=command.attributes),
        external_id=command.external_id,
    )
    return (captured,)


def assign(state: Lead, command: AssignLead, context: Context) -> tuple[LeadAssigned, ...]:
    """Decides `AssignLead`."""
    _refuse_closed(state)
    refuse_unknown(command, context.facts)
    if command.owner_id == state.owner_id:
        return ()
    return (LeadAssigned(owner_from=state.owner_id, owner_to=command.owner_id, reason=command.reason),)


def release(state: Lead, command: ReleaseLead, context: Context) -> tuple[LeadReleased, ...]:
    """Decides `ReleaseLead`. What is in the pool stays there."""
    _refuse_closed(state)
    if state.owner_id is None:
        return ()
    return (LeadReleased(owner_from=state.owner_id, reason=command.reason),)


def claim(state: Lead, command: ClaimLead, context: Context) -> tuple[LeadClaimed, ...]:
    """Decides `ClaimLead`: only from the pool, and for the member who asks."""
    _refuse_closed(state)
    if context.member_id is None:
        raise LeadClaimantNotMember()
    if state.owner_id == context.member_id:
        return ()
    if state.owner_id is not None:
        raise LeadAlreadyClaimed()
    return (LeadClaimed(owner_to=context.member_id),)


def qualify(state: Lead, command: QualifyLead, context: Context) -> tuple[LeadQualified, ...]:
    """Decides `QualifyLead`: once, because a funnel counts it."""
    _refuse_closed(state)
    if state.status == "qualified":
        if command.criteria != state.criteria:
            raise LeadAlreadyQualified(criteria=state.criteria, pointer="/criteria")
        return ()
    return (LeadQualified(criteria=command.criteria),)


def disqualify(state: Lead, command: DisqualifyLead, context: Context) -> tuple[LeadDisqualified, ...]:
    """Decides `DisqualifyLead`. A qualified lead may turn out to be none."""
    _refuse_closed(state)
    return (LeadDisqualified(status_from=state.status, reason=command.reason),)


def convert(state: Lead, command: ConvertLead, context: Context) -> tuple[LeadConverted, ...]:
    """Decides `ConvertLead`; customer, contact and deal follow by `consequences.py` in the same commit."""
    _refuse_closed(state)
    if state.status != "qualified":
        raise LeadNotQualified()
    if (command.customer_id is None) == (command.customer_name is None):
        raise LeadCustomerAmbiguous(pointer="/customer_id")
    refuse_unknown(command, context.facts)
    if command.with_contact and state.name is None:
        raise LeadNameUnknown(pointer="/with_contact")
    if command.deal is not None and state.owner_id is None:
        raise LeadWithoutOwner(pointer="/deal")
    return (conversion(command),)


def void(state: Lead, command: VoidLead, context: Context) -> tuple[LeadVoided, ...]:
    """Decides `VoidLead`. A mistake is withdrawn whatever became of it; what a conversion made is withdrawn apart."""
    if state.status == "voided":
        raise LeadClosed(status=state.status)
    return (LeadVoided(status_from=state.status, reason=command.reason),)


def record_touch(
    state: Lead, command: RecordAttributionTouch, context: Context
) -> tuple[LeadAttributionTouchRecorded, ...]:
    """Decides `RecordAttributionTouch`. What touched a lead is a fact whatever became of it; only a mistake takes none."""
    if state.status == "voided":
        raise LeadClosed(status=state.status)
    refuse_unknown(command, context.facts)
    if state.touch_count >= TOUCHES_MAX:
        raise LeadTouchesTooMany(limit=TOUCHES_MAX)
    return (
        LeadAttributionTouchRecorded(
            kind=command.kind,
            member_id=command.member_id,
            campaign=command.campaign,
            weight=command.weight,
            deal_id=state.deal_id,
        ),
    )


def _refuse_closed(state: Lead) -> None:
    if state.status in ("disqualified", "converted", "voided"):
        raise LeadClosed(status=state.status)


STREAM: Final = Stream[Lead, LeadEvent](
    kind="lead",
    plural="leads",
    evolve=evolve,
    commands=(
        creates(
            CaptureLead, decide=capture, roles=SELLERS, identity=external_identity, needs=definitions_needed("lead")
        ),
        changes(AssignLead, decide=assign, roles=LEADERS, target="lead_id"),
        changes(ReleaseLead, decide=release, roles=SELLERS, target="lead_id"),
        changes(ClaimLead, decide=claim, roles=SELLERS, target="lead_id"),
        changes(QualifyLead, decide=qualify, roles=SELLERS, target="lead_id"),
        changes(DisqualifyLead, decide=disqualify, roles=SELLERS, target="lead_id"),
        changes(ConvertLead, decide=convert, roles=SELLERS, target="lead_id"),
        changes(VoidLead, decide=void, roles=LEADERS, target="lead_id"),
        changes(RecordAttributionTouch, decide=record_touch, roles=SELLERS, target="lead_id"),
    ),
    owner=owner_of,
)
