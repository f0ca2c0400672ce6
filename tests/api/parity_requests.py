"""The requests that parity is shown with: every command accepted at least once, and refusals of every kind.

A request names its results, and later ones refer to them as `$name`; the ids differ between the doors, their places do not.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.service import STAGES, WAYS


@dataclass(frozen=True)
class Sent:
    """One request. `code` is the refusal that it meets; without it it is accepted."""

    command: str
    values: dict[str, Any] = field(default_factory=dict)
    role: str = "admin"
    name: str = ""
    code: str = ""
    pointer: str | None = None


def external(id: str) -> dict[str, Any]:
    """An external id."""
    return {"external_id": {"system": "crm", "id": id}}


MONEY = {"amount_minor": 125_000, "currency": "USD"}
NOBODY = "00000000-0000-7000-8000-00000000dead"
STORED_DEAL = {"title": "Pilot", "pipeline_id": "$pipeline", "owner_id": "$rep"}
DEAL = {**STORED_DEAL, "stage": "engaging", **MONEY, "occurred_at": "2026-03-02"}
COMPONENT = {"key": "base", "name": "Base", "credit": "direct", "rate_percent": "5.25"}
TIERED = {
    "key": "tiered",
    "name": "Tiered",
    "credit": "overlay",
    "tiers": {
        "mode": "marginal",
        "boundary": "lower_inclusive",
        "measure": "credited_amount",
        "tiers": [
            {"lower_minor": 0, "upper_minor": 9_007_199_254_740_000, "rate_percent": "1"},
            {"lower_minor": 9_007_199_254_740_000, "upper_minor": None, "rate_percent": "2.5"},
        ],
    },
}
ROUNDING = {"scope": "line", "mode": "half_up"}

SETTING = (
    Sent("JoinMember", {"name": "Ann Doe", "email": "ann@example.com", **external("ann")}, name="ann"),
    Sent("ChangeMember", {"member_id": "$ann", "email": None, "cost_centre": "C1"}),
    Sent("FormTeam", {"name": "East", "region": "east", "effective_from": "2025-01-01"}, name="team"),
    Sent("MoveTeam", {"team_id": "$team", "parent_id": "$north", "effective_from": "2025-02-01"}),
    Sent("ChangeTeamMembership", {"team_id": "$team", "member_id": "$ann", "effective_from": "2025-02-01"}),
    Sent("AppointTeamLeader", {"team_id": "$team", "member_id": "$ann", "effective_from": "2025-02-01"}),
    Sent("ChangeTeamRegion", {"team_id": "$team", "region": None, "effective_from": "2025-03-01"}),
    Sent("EndTeamMembership", {"team_id": "$team", "member_id": "$ann", "effective_until": "2025-06-01"}),
    Sent("CloseTeam", {"team_id": "$team", "effective_from": "2025-07-01", "reason": "Merged"}),
    Sent("MarkMemberLeft", {"member_id": "$ann", "left_on": "2025-06-01", "reason": "Moved"}),
    Sent(
        "DefineAttribute", {"of": "deal", "key": "sector", "name": "Sector", "value_type": "choice", "choices": ["it"]}
    ),
    Sent("DefinePipeline", {"key": "short", "name": "Short", **external("short")}, name="short"),
    Sent(
        "PublishPipelineVersion",
        {
            "pipeline_id": "$short",
            "stages": STAGES,
            "transitions": [{"stage_from": stage_from, "stage_to": stage_to} for stage_from, stage_to in WAYS],
        },
    ),
    Sent("RetirePipeline", {"pipeline_id": "$short", "reason": "Not used"}),
    Sent("ListProduct", {"name": "MG", "code": "MG-1"}, name="mg"),
    Sent("SetProductPrice", {"product_id": "$mg", "price": {"amount": "0.0075", "currency": "USD"}}, role="finance"),
    Sent("RetireProduct", {"product_id": "$mg", "reason": "Sold out"}),
)

CUSTOMERS = (
    Sent("RegisterCustomer", {"name": "Li Lei", "kind": "person", **external("li")}, role="rep", name="li"),
    Sent("ChangeCustomer", {"customer_id": "$li", "parent_id": "$customer"}),
    Sent("ChangeCustomer", {"customer_id": "$li", "parent_id": None}),
    Sent("AddCustomerContact", {"customer_id": "$li", "name": "Han", "contact_id": NOBODY, "role": "buyer"}),
    Sent("ChangeCustomerContact", {"customer_id": "$li", "contact_id": NOBODY, "phone": "+86", "role": None}),
    Sent("RemoveCustomerContact", {"customer_id": "$li", "contact_id": NOBODY}),
    Sent("AssignCustomer", {"customer_id": "$li", "owner_id": "$rep"}),
    Sent("ReleaseCustomer", {"customer_id": "$li", "reason": "Quiet"}, role="rep"),
    Sent("ClaimCustomer", {"customer_id": "$li"}, role="rep"),
)

LEADS = (
    Sent("CaptureLead", {"source": "fair", "name": "Mei", "note": "Tall", "occurred_at": None}, name="mei"),
    Sent("AssignLead", {"lead_id": "$mei", "owner_id": "$rep"}),
    Sent("ReleaseLead", {"lead_id": "$mei", "reason": "Busy"}, role="rep"),
    Sent("ClaimLead", {"lead_id": "$mei"}, role="rep"),
    Sent("QualifyLead", {"lead_id": "$mei", "criteria": ["budget known", "需求明确"]}, role="rep"),
    Sent(
        "ConvertLead",
        {
            "lead_id": "$mei",
            "customer_name": "Mei Ltd",
            "deal": {"title": "First", "pipeline_id": "$pipeline", **MONEY, "expected_close_on": "2026-09-01"},
        },
    ),
    Sent("CaptureLead", {"source": "web"}, name="spam"),
    Sent("DisqualifyLead", {"lead_id": "$spam", "reason": "Spam"}),
    Sent("CaptureLead", {"source": "web"}, name="double"),
    Sent("VoidLead", {"lead_id": "$double", "reason": "Twice"}),
)

DEALS = (
    Sent("OpenDeal", DEAL | external("d1") | {"lines": [{"product_id": "$product", "quantity": "2.5"}]}, name="deal"),
    Sent("ChangeDeal", {"deal_id": "$deal", "attributes": [{"key": "sector", "value": "it"}]}),
    Sent("LinkDealCustomer", {"deal_id": "$deal", "customer_id": "$customer"}),
    Sent("ChangeDealLines", {"deal_id": "$deal", "lines": []}),
    Sent("ValueDeal", {"deal_id": "$deal", "amount_minor": 9_007_199_254_740_991, "currency": "USD"}),
    Sent("MoveDealCloseDate", {"deal_id": "$deal", "expected_close_on": None, "reason": "Open"}),
    Sent("ReassignDeal", {"deal_id": "$deal", "owner_id": "$manager"}),
    Sent("ChangeDealTeam", {"deal_id": "$deal", "shares": [{"member_id": "$rep", "kind": "direct", "percent": "100"}]}),
    Sent("ChangeDealStage", {"deal_id": "$deal", "stage_to": "proposal", "occurred_at": "2026-03-05T09:00:00+08:00"}),
    Sent("WinDeal", {"deal_id": "$deal", **MONEY, "occurred_at": "2026-03-09", "occurred_zone": "Europe/Berlin"}),
    Sent("ReopenDeal", {"deal_id": "$deal", "reason": "Too early"}, role="manager"),
    Sent("LoseDeal", {"deal_id": "$deal", "reason": "price", "competitor": "Other", "note": "They were cheaper"}),
    Sent("OpenDeal", STORED_DEAL, role="rep", name="slip"),
    Sent("VoidDeal", {"deal_id": "$slip", "reason": "Twice"}),
)

ACTIVITIES = (
    Sent("OpenDeal", STORED_DEAL, role="rep", name="talk"),
    Sent(
        "ScheduleActivity",
        {
            "kind": "call",
            "about": {"kind": "deal", "id": "$talk"},
            "owner_id": "$rep",
            "due_on": "2026-04-01",
            "due_at": "2026-04-01T10:00:00+08:00",
        },
        name="call",
    ),
    Sent("RescheduleActivity", {"activity_id": "$call", "due_on": "2026-04-02"}),
    Sent("CompleteActivity", {"activity_id": "$call", "outcome": "interested", "content": "Will think"}),
    Sent(
        "LogFollowUp",
        {"about": {"kind": "deal", "id": "$talk"}, "channel": "visit", "owner_id": "$rep", "direction": "out"},
        name="visit",
    ),
    Sent("CorrectFollowUp", {"activity_id": "$visit", "reason": "Typo", "channel": "mail", "direction": None}),
    Sent("VoidActivity", {"activity_id": "$visit", "reason": "Twice"}),
    Sent(
        "ScheduleActivity",
        {"kind": "task", "about": {"kind": "deal", "id": "$talk"}, "owner_id": "$rep", "due_on": "2026-04-01"},
        name="task",
    ),
    Sent("CancelActivity", {"activity_id": "$task", "reason": "Not needed"}),
)

PAY = (
    Sent("OpenDeal", DEAL | {"stage": "engaging"}, name="paid"),
    Sent("ChangeDealStage", {"deal_id": "$paid", "stage_to": "proposal", "occurred_at": "2026-03-03"}),
    Sent("WinDeal", {"deal_id": "$paid", "occurred_at": "2026-03-04"}),
    Sent("RecordReceipt", {**MONEY, "customer_id": "$customer", **external("r1")}, role="finance", name="receipt"),
    Sent("AllocateReceipt", {"receipt_id": "$receipt", "deal_id": "$paid", "amount_minor": 100}, role="finance"),
    Sent("ReverseReceipt", {"receipt_id": "$receipt", "reason": "Bounced"}, role="finance"),
    Sent("DraftCompensationPlan", {"key": "core", "name": "Core", "currency": "USD"}, role="finance", name="plan"),
    Sent(
        "PublishCompensationPlanVersion",
        {
            "plan_id": "$plan",
            "period": "month",
            "components": [COMPONENT, TIERED],
            "rounding": ROUNDING,
            "reason": "Start",
        },
        role="finance",
    ),
    Sent("EnrolParticipant", {"member_id": "$rep", "plan_id": "$plan"}, role="finance"),
    Sent(
        "SetQuota",
        {"member_id": "$rep", "measure": "credited_amount", "period": "2026-03", **MONEY},
        role="finance",
    ),
    Sent("OpenPayoutRun", {"plan_id": "$plan", "period": "2026-03"}, role="finance", name="run"),
    Sent("CalculatePayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("IssuePayoutRunStatements", {"payout_run_id": "$run"}, role="finance"),
    Sent("SubmitPayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("ReturnPayoutRun", {"payout_run_id": "$run", "reason": "Again"}),
    Sent("CalculatePayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("IssuePayoutRunStatements", {"payout_run_id": "$run"}, role="finance"),
    Sent("SubmitPayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("ApprovePayoutRun", {"payout_run_id": "$run"}),
    Sent(
        "EndEnrolment",
        {"member_id": "$rep", "plan_id": "$plan", "effective_until": "2027-01-01", "reason": "Moved"},
        role="finance",
    ),
    Sent("RetireCompensationPlan", {"plan_id": "$plan", "reason": "Old"}),
)

MALFORMED = "request.malformed"
REFUSED = (
    Sent("OpenDeal", {**STORED_DEAL, "title": ""}, code=MALFORMED, pointer="/title"),
    Sent("OpenDeal", {"pipeline_id": "$pipeline", "owner_id": "$rep"}, code=MALFORMED, pointer="/title"),
    Sent("OpenDeal", {**STORED_DEAL, "title": None}, code=MALFORMED, pointer="/title"),
    Sent("OpenDeal", {**STORED_DEAL, "title": 5}, code=MALFORMED, pointer="/title"),
    Sent("OpenDeal", {**STORED_DEAL, "unknown": 1}, code=MALFORMED, pointer="/unknown"),
    Sent("OpenDeal", {**STORED_DEAL, "pipeline_id": "none"}, code=MALFORMED, pointer="/pipeline_id"),
    Sent("OpenDeal", {**STORED_DEAL, "amount_minor": 1.5}, code=MALFORMED, pointer="/amount_minor"),
    Sent("OpenDeal", {**STORED_DEAL, "amount_minor": 2**60}, code=MALFORMED, pointer="/amount_minor"),
    Sent("OpenDeal", {**STORED_DEAL, "expected_close_on": "soon"}, code=MALFORMED, pointer="/expected_close_on"),
    Sent("OpenDeal", {**STORED_DEAL, "lines": [{}]}, code=MALFORMED, pointer="/lines/0/product_id"),
    Sent("OpenDeal", {**STORED_DEAL, "amount_minor": 5}, code="deal.amount_incomplete", pointer="/currency"),
    Sent("OpenDeal", {**STORED_DEAL, "stage": "nowhere"}, code="deal.stage_unknown", pointer="/stage"),
    Sent("OpenDeal", {**STORED_DEAL, "title": "a\u0000b"}, code="text.refused"),
    Sent("OpenDeal", {**STORED_DEAL, "occurred_at": "yesterday"}, code="occurred_at.malformed", pointer="/occurred_at"),
    Sent("OpenDeal", {**STORED_DEAL, "occurred_zone": "Mars/Base"}, code="occurred_at.malformed"),
    Sent("OpenDeal", {**STORED_DEAL, "customer_id": NOBODY}, code="not_found", pointer="/customer_id"),
    Sent("OpenDeal", STORED_DEAL, role="auditor", code="access.role_forbidden"),
    Sent("OpenDeal", {**STORED_DEAL, "owner_id": "$manager"}, role="rep", code="access.owner_out_of_scope"),
    Sent("DefinePipeline", {"key": "x", "name": "X"}, role="rep", code="access.role_forbidden"),
    Sent("DefinePipeline", {"key": "standard", "name": "Again"}, code="already_exists"),
    Sent("DefineAttribute", {"of": "planet", "key": "a", "name": "A"}, code=MALFORMED, pointer="/of"),
    Sent("ChangeMember", {"member_id": "$rep", "name": None}, code=MALFORMED),
    Sent("WinDeal", {"deal_id": NOBODY}, code="not_found"),
    Sent("WinDeal", {"deal_id": "none"}, code=MALFORMED, pointer="/deal_id"),
    Sent("ReopenDeal", {"deal_id": "$talk", "reason": "Why not"}, code="deal.not_closed"),
    Sent("ClaimLead", {"lead_id": "$mei"}, role="rep", code="lead.closed"),
    Sent("CompleteActivity", {"activity_id": "$task"}, code="activity.closed"),
    Sent("ReverseReceipt", {"receipt_id": "$receipt", "reason": "Again"}, code="receipt.reversed"),
    Sent("SetProductPrice", {"product_id": "$mg", "price": {"amount": "1", "currency": "USD"}}, code="product.retired"),
    Sent(
        "PublishCompensationPlanVersion",
        {
            "plan_id": "$plan",
            "period": "month",
            "components": [{**COMPONENT, "credit": "none"}],
            "rounding": ROUNDING,
        },
        code=MALFORMED,
        pointer="/components/0/credit",
    ),
    Sent("LockPayoutRun", {"payout_run_id": "$run"}, role="rep", code="access.role_forbidden"),
)

REQUESTS = (*SETTING, *CUSTOMERS, *LEADS, *DEALS, *ACTIVITIES, *PAY, *REFUSED)
