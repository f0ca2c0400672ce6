"""What read models do not tell of the events that they read, with the reasons; and what must have happened before an event.

Read models have their own names; events have their classes; `occurred` is the event's business date, the other names are its
fields. A field that is named covers all inside of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from salesapi.domain.cash.agreements import (
    AgreementAmended,
    AgreementCostRestated,
    AgreementFulfilmentReported,
    AgreementSigned,
)
from salesapi.domain.cash.receipts import ReceiptAllocated, ReceiptRefunded, ReceiptReversed
from salesapi.domain.customers.customers import (
    CustomerChanged,
    CustomerContactAdded,
    CustomerContactChanged,
    CustomerContactRemoved,
    CustomerPersonErased,
    CustomerRegistered,
)
from salesapi.domain.customers.persons import (
    PersonConsentGiven,
    PersonConsentWithdrawn,
    PersonErased,
    PersonErasureRequested,
    PersonErasureWithdrawn,
)
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.organisation.approvals import ApprovalDelegated, ApprovalStepDecided
from salesapi.domain.pay.plans.enrolments import EnrolmentBegun, EnrolmentEnded
from salesapi.domain.pay.records.payout_runs import PayoutRunStatementIssued
from salesapi.domain.pay.records.payouts import PayoutRunPayoutFailed, PayoutRunPayoutInstructed, PayoutRunPayoutPaid
from salesapi.domain.reference.rate_tables import RateTableRatesCorrected, RateTableRatesPublished
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.selling.forecast_sheets import ForecastSheetAdjusted, ForecastSheetSubmitted
from salesapi.domain.selling.leads import LeadConverted, LeadVoided
from tests.values_by_type import built

LINE: Final = replace(built(AgreementSigned).lines[0], key=built(AgreementFulfilmentReported).line_key)
SIGNED: Final = built(AgreementSigned, lines=(LINE,))
BEFORE: Final[Mapping[type, tuple[object, ...]]] = {
    CustomerContactChanged: (built(CustomerContactAdded),),
    CustomerContactRemoved: (built(CustomerContactAdded),),
    CustomerPersonErased: (built(CustomerContactAdded), built(CustomerSatisfactionRecorded)),
    PersonConsentWithdrawn: (built(PersonConsentGiven),),
    PersonErasureWithdrawn: (built(PersonErasureRequested),),
    PersonErased: (built(PersonErasureRequested),),
    LeadConverted: (built(LeadAttributionTouchRecorded),),
    LeadVoided: (built(LeadAttributionTouchRecorded),),
    AgreementAmended: (SIGNED,),
    AgreementFulfilmentReported: (SIGNED,),
    AgreementCostRestated: (SIGNED,),
    ReceiptRefunded: (built(ReceiptAllocated, amount_minor=10**6),),
    ReceiptReversed: (built(ReceiptAllocated),),
    RateTableRatesCorrected: (built(RateTableRatesPublished),),
    ForecastSheetAdjusted: (built(ForecastSheetSubmitted),),
    PayoutRunPayoutPaid: (built(PayoutRunPayoutInstructed),),
    PayoutRunPayoutFailed: (built(PayoutRunPayoutInstructed),),
}
"""Events that need more before them than what begins the streams that the read model reads."""


@dataclass(frozen=True)
class Way:
    """The way to say an event where no made value means anything: fields of it, and of what began its stream."""

    given: Mapping[str, object] = field(default_factory=dict)
    begun: Mapping[str, object] = field(default_factory=dict)


WAYS: Final[Mapping[type, tuple[Way, ...]]] = {
    CustomerRegistered: (Way(), Way(given={"kind": "person"})),
    CustomerChanged: (Way(), Way(begun={"kind": "person"})),
    CustomerPersonErased: (
        Way(given={"answer_versions": (3,)}),
        Way(given={"contact_id": None, "answer_versions": (3,)}),
    ),
    AgreementAmended: (Way(given={"lines": (built(AgreementAmended).lines[0], LINE)}),),
    PayoutRunStatementIssued: (Way(given={"part": 1}),),
    ApprovalStepDecided: (Way(given={"step": 1}),),
    ApprovalDelegated: (Way(given={"step": 1}),),
    EnrolmentBegun: (Way(given={"effective_from": date(2026, 1, 1)}),),
    EnrolmentEnded: (Way(given={"effective_until": date(2026, 7, 1)}, begun={"effective_from": date(2026, 1, 1)}),),
}
"""A field that one way leaves out must be told in another."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "The row tells that something is gone; who was erased, when and why, `person` tells and the log.": """
        member: MemberPersonErased(occurred, person_id)
        customer: CustomerPersonErased(answer_versions, occurred, person_id)
        satisfaction: CustomerPersonErased(contact_id, occurred, person_id)
        lead: LeadPersonErased(occurred, person_id)
        deal: DealPersonErased(occurred, person_id)
        activity: ActivityPersonErased(about, occurred, person_id)
        receipt: ReceiptPersonErased(occurred, person_id)
        forecast_sheet: ForecastSheetPersonErased(occurred, person_id)
        approval: ApprovalPersonErased(occurred, person_id)
        objection: ObjectionPersonErased(occurred, person_id)
        timeline: CustomerPersonErased(answer_versions)
        person: PersonErased(basis, reason, records, requested_by, subject, subject_ids)
    """,
    "What is over is not shown; why it ended stands in the log.": """
        person: PersonLegalHoldReleased(occurred, reason, released_by) PersonConsentWithdrawn(reason)
            PersonErasureWithdrawn(occurred, reason)
    """,
    "The person is the one that the stream began with.": """
        person: PersonConsentGiven(subject) PersonErasureRequested(subject)
    """,
    "The event repeats, for who reads it alone, what the row holds already.": """
        deal: DealWon(attributes, customer_id, lead_id, lines, owner_id) DealReopened(amount_minor, currency)
        activity: ActivityRescheduled(about) ActivityCompleted(about) ActivityCancelled(about)
            ActivityFollowUpCorrected(about) ActivityVoided(about)
        invoice: InvoiceCreditNoteIssued(agreement_id, currency, number) InvoiceVoided(agreement_id, credited_minor,
            currency, total_minor) ReceiptAllocated(amount_minor, currency, deal_id, settled.currency)
            ReceiptRefunded(amount_minor, currency, deal_id, settled.currency) ReceiptReversed(amount_minor,
            currency, parts.amount_minor, parts.deal_id, parts.settled.currency)
        receipt: ReceiptAllocated(currency, received_on) ReceiptRefunded(currency) ReceiptReversed(amount_minor,
            currency, parts)
        forecast_sheet: ForecastSheetSubmitted(currency) ForecastSheetAdjusted(currency)
            ForecastSheetFrozen(currency, owner_id, period, snapshot, totals)
        target: TargetSplit(children.dimension, children.lines, children.owner_id, children.period,
            children.team_id) TargetAgreed(revision)
        payout: PayoutRunPayoutInstructed(omissions.total_minor) PayoutRunPayoutPaid(amounts.amount_minor, currency)
            PayoutRunPayoutFailed(amount_minor, currency, was_paid)
        approval: ApprovalGranted(subject) ApprovalDenied(subject)
        award: AwardApproved(amount_minor, currency, member_id, period, plan_id)
        pool_shares: PoolSharesApproved(award_key, owner_id, period, plan_id)
    """,
    "The read model tells one side of the thing: visits, credits, places of work, points, money.": """
        stage_visit: DealStageChanged(reason, stages_skipped) DealWon(reason, amount_minor, attributes, currency,
            customer_id, lead_id, lines, owner_id) DealLost(note, reason, competitor) DealReopened(reason,
            amount_minor, currency) DealReassigned(reason) DealVoided(reason) DealOpened(amount_minor, attributes,
            currency, customer_id, expected_close_on, external_id, lead_id, lines, title)
        agreement: InvoiceCreditNoteIssued(reason, currency, number) InvoiceVoided(reason, currency)
            InvoiceIssued(currency, customer_id, due_on, external_id, lines, number)
        attribution_touch: LeadVoided(reason) LeadConverted(contact_id, customer_id)
        credit: DealReassigned(reason) DealWon(reason, attributes, customer_id, lead_id, lines, owner_id, stage_to)
            DealReopened(reason, amount_minor, currency, stage_to) DealVoided(reason) DealOpened(amount_minor,
            attributes, currency, customer_id, expected_close_on, external_id, lead_id, lines, pipeline_id,
            pipeline_version, stage, title)
        points: PointsRedeemed(reason) PointsCredited(award_id) PointsPosted(award_key, reason, period, plan_id,
            plan_version, positions)
        employment: MemberJoined(email, external_id, joined_on, name) MemberChanged(cleared, email, joined_on, name)
        statement: PayoutRunStatementIssued(lines)
        statement_line: PayoutRunStatementIssued(adjusted_minor, awarded_minor, clawed_minor, currency, deal_order,
            digest, drawn_minor, earned_minor, engine_version, line_count, parts, period, plan_id, plan_versions,
            released_minor, total_minor)
        points_entry: PointsPosted(plan_version, positions)
    """,
    "Another read model tells it; here it moves the version and what it changes of the thing as a whole.": """
        customer: CustomerSatisfactionRecorded(comment, activity_id, agreement_id, deal_id, kind, score)
        payout_run: PayoutRunPayoutFailed(reason, batch, currency, member_id)
            PayoutRunStatementIssued(adjusted_minor, awarded_minor, clawed_minor, currency, deal_order, digest,
            drawn_minor, earned_minor, engine_version, line_count, lines, member_id, part, parts, period, plan_id,
            plan_versions, position, released_minor, total_minor) PayoutRunPayoutInstructed(amounts.member_id,
            batch, currency, omissions, parts, payout_on, takes_all) PayoutRunPayoutPaid(amounts.member_id, batch,
            currency, external_reference, paid_on) PayoutRunLineHeld(amount_minor, currency, line, member_id,
            objection_id) PayoutRunLineFreed(line, member_id, objection_id)
        lead: LeadAttributionTouchRecorded(campaign, deal_id, kind, member_id, weight)
        compensation_plan: CompensationPlanSimulated(assumed_deals, assumed_quotas, assumptions_digest, changes,
            currency, current_minor, engine_version, is_changed_often, loser_count, participant_count, period,
            position, proposal_digest, simulated_minor, versions_within_year, winner_count)
            CompensationPlanProposalRejected(proposal)
    """,
    "The row holds what it came to; what it was before stands in the log.": """
        customer: CustomerParentChanged(parent_from) CustomerAssigned(owner_from) CustomerReleased(owner_from)
        lead: LeadAssigned(owner_from) LeadReleased(owner_from) LeadDisqualified(status_from)
            LeadVoided(status_from)
        deal: DealCustomerLinked(customer_from) DealStageChanged(stage_from) DealCloseDateMoved(close_on_from)
            DealReassigned(owner_from) DealReopened(stage_from, status_from) DealVoided(stage_from, status_from)
        stage_visit: DealStageChanged(stage_from) DealWon(stage_from) DealLost(stage_from) DealReopened(stage_from,
            status_from) DealReassigned(owner_from) DealVoided(stage_from, status_from)
        activity: ActivityRescheduled(due_at_from, due_on_from) ActivityVoided(status_from)
        agreement: AgreementCostRestated(cost_from) AgreementCancelled(status_from)
        attribution_touch: LeadVoided(status_from)
        target: TargetAdjusted(lines_from)
        credit: DealReassigned(owner_from) DealWon(stage_from) DealReopened(stage_from, status_from)
            DealVoided(stage_from, status_from)
        approval: ApprovalDelegated(member_from)
    """,
    "Why it was done stands in the timeline and in the log; the row has no place for it.": """
        pipeline: PipelineRetired(reason)
        member: MemberLeft(reason)
        product: ProductRetired(reason)
        customer: CustomerContactRemoved(reason) CustomerAssigned(reason) CustomerReleased(reason)
        lead: LeadAssigned(reason) LeadReleased(reason)
        deal: DealStageChanged(reason) DealCloseDateMoved(reason) DealReassigned(reason) DealLost(note)
            DealReopened(reason)
        activity: ActivityRescheduled(reason) ActivityFollowUpCorrected(reason)
        agreement: AgreementAmended(reason) AgreementCostRestated(reason)
        invoice: InvoiceCreditNoteIssued(reason) ReceiptRefunded(reason) ReceiptReversed(reason)
        receipt: ReceiptRecorded(note) ReceiptRefunded(reason)
        rate_table: RateTableRatesCorrected(reason)
        compensation_plan: CompensationPlanVersionPublished(reason) CompensationPlanRetired(reason)
            CompensationPlanProposalRejected(reason)
        enrolment: EnrolmentEnded(reason)
    """,
    "Who did it is for the log and the rules on who may.": """
        target: TargetAgreed(agreed_by)
    """,
    "How it came about; the row holds what came of it.": """
        deal: DealStageChanged(direction, stages_skipped)
        agreement: AgreementAmended(effective_on)
        payout: PayoutRunPayoutInstructed(takes_all)
    """,
    "It names fields; what they hold stands beside it.": """
        member: MemberChanged(cleared)
        customer: CustomerContactChanged(fields)
        activity: ActivityFollowUpCorrected(fields)
    """,
    "A timeline shows plain values: no lists, no records, nothing personal.": """
        timeline: LeadCaptured(attributes, email, external_id, name, note, phone, wechat) LeadQualified(criteria)
            CustomerRegistered(attributes, external_id, person_name) CustomerChanged(attributes, person_name)
            CustomerContactAdded(email, external_id, name, phone, wechat) CustomerContactChanged(email, fields,
            name, phone, wechat) CustomerSatisfactionRecorded(comment) DealOpened(attributes, external_id, lines)
            DealChanged(attributes) DealStageChanged(stages_skipped) DealLinesChanged(lines) DealTeamChanged(shares)
            DealWon(attributes, lines) DealLost(note) ActivityScheduled(attributes, external_id, next_step)
            ActivityFollowUpLogged(attributes, external_id, follow_up) ActivityCompleted(content)
            ActivityFollowUpCorrected(fields, follow_up) AgreementDrafted(external_id) AgreementSigned(instalments,
            lines) AgreementAmended(instalments, lines) InvoiceIssued(external_id, lines)
            ReceiptRecorded(external_id, note) ReceiptAllocated(settled) ReceiptRefunded(settled)
            ReceiptReversed(parts)
    """,
    "The row tells no day of the event, or one that the event names itself.": """
        pipeline: PipelineDefined(occurred) PipelineVersionPublished(occurred) PipelineRetired(occurred)
        principal: PrincipalRegistered(occurred) PrincipalChanged(occurred) PrincipalDisabled(occurred)
        api_key: ApiKeyIssued(occurred) ApiKeyRotated(occurred) ApiKeyRevoked(occurred)
        member: MemberJoined(occurred) MemberChanged(occurred) MemberLeft(occurred)
        employment: MemberJoined(occurred) MemberChanged(occurred)
        product: ProductListed(occurred) ProductPriceSet(occurred) ProductCostSet(occurred) ProductRetired(occurred)
        customer: CustomerChanged(occurred) CustomerParentChanged(occurred) CustomerContactAdded(occurred)
            CustomerContactChanged(occurred) CustomerContactRemoved(occurred) CustomerAssigned(occurred)
            CustomerReleased(occurred) CustomerClaimed(occurred) CustomerSatisfactionRecorded(occurred)
        lead: LeadAssigned(occurred) LeadReleased(occurred) LeadClaimed(occurred) LeadDisqualified(occurred)
            LeadVoided(occurred) LeadAttributionTouchRecorded(occurred)
        deal: DealChanged(occurred) DealCustomerLinked(occurred) DealLinesChanged(occurred) DealValued(occurred)
            DealCloseDateMoved(occurred)
            DealConfidenceDeclared(occurred) DealReassigned(occurred) DealTeamChanged(occurred) DealVoided(occurred)
        stage_visit: DealReassigned(occurred) DealVoided(occurred)
        activity: ActivityScheduled(occurred) ActivityRescheduled(occurred) ActivityCancelled(occurred)
            ActivityFollowUpCorrected(occurred) ActivityVoided(occurred)
        agreement: AgreementDrafted(occurred) AgreementAmended(occurred) AgreementFulfilmentReported(occurred)
            AgreementCostRestated(occurred) AgreementRenewed(occurred) AgreementCancelled(occurred)
            InvoiceIssued(occurred) InvoiceCreditNoteIssued(occurred) InvoiceVoided(occurred)
        invoice: InvoiceDisputed(occurred) InvoiceDisputeResolved(occurred) InvoiceVoided(occurred)
            ReceiptAllocated(occurred)
        receipt: ReceiptAllocated(occurred) ReceiptRefunded(occurred) ReceiptReversed(occurred)
        rate_table: RateTableDefined(occurred) RateTableRatesPublished(occurred) RateTableRatesCorrected(occurred)
        currency_rate: RateTableRatesPublished(occurred) RateTableRatesCorrected(occurred)
        calendar: CalendarDefined(occurred) CalendarHolidaysDeclared(occurred)
            CalendarFiscalPeriodsDefined(occurred)
        attribution_touch: LeadConverted(occurred) LeadVoided(occurred)
        campaign: CampaignPlanned(occurred)
        target: TargetSplit(occurred) TargetAgreed(occurred) TargetAdjusted(occurred)
        credit: DealOpened(occurred) DealReassigned(occurred) DealTeamChanged(occurred) DealReopened(occurred)
            DealVoided(occurred)
        compensation_plan: CompensationPlanDrafted(occurred) CompensationPlanVersionPublished(occurred)
            CompensationPlanSimulated(occurred) CompensationPlanRetired(occurred)
            CompensationPlanVersionProposed(occurred) CompensationPlanProposalRejected(occurred)
        enrolment: EnrolmentBegun(occurred) EnrolmentEnded(occurred) EnrolmentParticipantLeft(occurred)
        quota: EnrolmentQuotaSet(occurred)
        payout_run: PayoutRunOpened(occurred) PayoutRunCalculated(occurred) PayoutRunStatementIssued(occurred)
            PayoutRunSubmitted(occurred) PayoutRunApproved(occurred) PayoutRunReturned(occurred)
            PayoutRunLocked(occurred) PayoutRunPayoutInstructed(occurred) PayoutRunPayoutPaid(occurred)
            PayoutRunPayoutFailed(occurred) PayoutRunLineHeld(occurred) PayoutRunLineFreed(occurred)
        statement: PayoutRunStatementIssued(occurred)
        statement_line: PayoutRunStatementIssued(occurred)
        payout: PayoutRunPayoutInstructed(occurred) PayoutRunPayoutPaid(occurred) PayoutRunPayoutFailed(occurred)
        approval: ApprovalDelegated(occurred)
        points: PointsCredited(occurred) PointsPosted(occurred) PointsRedeemed(occurred)
    """,
}
"""By reason: the read model, and of which events it leaves out which fields."""

STANDS_OTHERWISE: Final[Mapping[str, str]] = {
    "The name of a person is a personal value: it stands by itself.": "customer: CustomerRegistered(name) CustomerChanged(name)",
    "The reason is that of the confidence.": "deal: DealConfidenceDeclared(reason)",
    "What is amended stands beside what was agreed.": "agreement: AgreementAmended(instalments)",
    "The sums are those of all invoices.": "agreement: InvoiceVoided(total_minor, credited_minor)",
    "The position is the one that was calculated at.": "payout_run: PayoutRunCalculated(position) PayoutRunLocked(position)",
}
"""What a column of the same name does not hold of an event, by the reason."""

TYPES_LEFT_OUT: Final[Mapping[str, str]] = {
    "Leaving changes no place of work: `member` tells the day.": "employment: member.left",
    "Nothing personal stands here.": """
        employment: member.person_erased
        stage_visit: deal.person_erased
        credit: deal.person_erased
        invoice: receipt.person_erased
        attribution_touch: lead.person_erased
    """,
    "The deal stays where it is.": """
        stage_visit: deal.changed deal.customer_linked deal.lines_changed deal.valued deal.close_date_moved
            deal.confidence_declared deal.team_changed
    """,
    "Disputes are the invoice's: what was invoiced on the agreement stays.": """
        agreement: invoice.disputed invoice.dispute_resolved
    """,
    "Money that is for nothing yet pays no invoice.": "invoice: receipt.recorded",
    "A table without rates has no row here.": "currency_rate: rate_table.defined",
    "The read model tells one kind of fact of the thing.": """
        satisfaction: customer.registered customer.changed customer.parent_changed customer.contact_added
            customer.contact_changed customer.contact_removed customer.assigned customer.released customer.claimed
        attribution_touch: lead.captured lead.assigned lead.released lead.claimed lead.qualified lead.disqualified
        enrolment: enrolment.quota_set
        quota: enrolment.begun enrolment.ended enrolment.participant_left enrolment.plan_acknowledged
    """,
    "Parts of a deal change with its owner and its team, and have an amount from the win to a reopening.": """
        credit: deal.changed deal.customer_linked deal.stage_changed deal.lines_changed deal.valued
            deal.close_date_moved deal.confidence_declared deal.lost
    """,
    "Which statements stand follows from their run, by `calculated_position`.": """
        statement: payout_run.opened payout_run.calculated payout_run.submitted payout_run.approved payout_run.returned
            payout_run.locked payout_run.payout_instructed payout_run.payout_paid payout_run.payout_failed
            payout_run.line_held payout_run.line_freed
        statement_line: payout_run.opened payout_run.calculated payout_run.submitted payout_run.approved
            payout_run.returned payout_run.locked payout_run.payout_instructed payout_run.payout_paid
            payout_run.payout_failed payout_run.line_held payout_run.line_freed
    """,
    "Nobody is paid before a batch is instructed, and a held line is in no batch.": """
        payout: payout_run.opened payout_run.calculated payout_run.statement_issued payout_run.submitted
            payout_run.approved payout_run.returned payout_run.locked payout_run.line_held payout_run.line_freed
    """,
}
"""By reason: the read model, and which events it does not read of streams of which it reads others."""
