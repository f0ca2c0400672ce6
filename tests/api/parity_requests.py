"""The requests that parity is shown with: every command accepted at least once, and refusals of every kind.

A request names its results, and later ones refer to them as `$name`; the ids differ between the doors, their places do not.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from salesapi.domain.pay.plans.plan_components import Component
from tests.domain.pay.plan_options import RATES, paying
from tests.service import STAGES, WAYS, expiring, team_pool


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
MALFORMED = "request.malformed"
NOBODY = "00000000-0000-7000-8000-00000000dead"
LOCKED_AWAY: dict[str, dict[str, Any]] = {
    "LockPayoutRun": {"payout_run_id": "$run"},
    "InstructPayout": {"payout_run_id": "$run", "batch": "A", "payout_on": "2026-04-15", "member_ids": ["$rep"]},
    "ConfirmPayoutPaid": {
        "payout_run_id": "$run",
        "batch": "A",
        "external_reference": "bank 7",
        "paid_on": "2026-04-15",
        "member_ids": ["$rep"],
    },
    "ReportPayoutFailed": {"payout_run_id": "$run", "batch": "A", "member_id": "$rep", "reason": "Account closed"},
    "UpdatePayoutHold": {"payout_run_id": "$run", "objection_id": "$objection"},
}
"""Commands that need the sealer's root, or a run that was locked with it; no follower makes it here. Only refusals of theirs
are among the requests."""
STORED_DEAL = {"title": "Pilot", "pipeline_id": "$pipeline", "owner_id": "$rep"}
DEAL = {**STORED_DEAL, "stage": "engaging", **MONEY, "occurred_at": "2026-03-02"}
COMPONENT = {"key": "base", "name": "Base", "credit": "direct", "rate": {"kind": "flat", "rate_percent": "5.25"}}
TIERED: dict[str, Any] = {
    "key": "tiered",
    "name": "Tiered",
    "credit": "overlay",
    "rate": {
        "kind": "tiers",
        "axis": "amount",
        "boundary": "lower_inclusive",
        "tiers": [
            {"lower": "0", "upper": "900719925474000", "rate_percent": "1", "applies_to": "new"},
            {"lower": "900719925474000", "upper": None, "rate_percent": "2.5", "applies_to": "all"},
        ],
    },
}
DOLLAR = {"from_currency": "USD", "to_currency": "CNY", "rate": "7.1012"}
SHARED = {
    "plan_id": "$plan",
    "award_key": "pool",
    "period": "2026-04",
    "owner_id": "$manager",
    "shares": [{"member_id": "$rep", "points": "2.5"}],
}
GIVEN_POINTS = {"key": "won", "name": "Won", "points": {"each": "deal", "points": "10", "component": "base"}}
AWARDS = [
    GIVEN_POINTS,
    team_pool("base"),
    {
        "key": "spring",
        "name": "Spring",
        "spiff": {
            "component": "base",
            "unit": "deal",
            "only": {"conditions": [{"of": "deal_attribute", "key": "channel", "any_of": ["direct"]}]},
            "terms": {
                "first_on": "2026-03-01",
                "last_on": "2026-03-31",
                "unit_award_minor": 50_000,
                "commission_multiplier": None,
                "budget_minor": 900_000,
                "budget_end": "partial",
                "winners_max": 9,
                "member_awards_max": None,
                "winner_ties": "in_order",
                "refunded_budget": "freed",
                "stacking": "added",
            },
        },
    },
    {
        "key": "card",
        "name": "Card",
        "scorecard": {
            "target_minor": 100_000,
            "missing": "zero",
            "goals": [
                {
                    "key": "met",
                    "weight_percent": "100",
                    "source": {"of": "touches", "target_count": 8, "kinds": ["meeting"]},
                    "curve": {
                        "points": [{"attainment_percent": "50", "payout_percent": "50"}],
                        "above_last": "capped",
                    },
                }
            ],
        },
    },
]
BONUS = {
    "key": "bonus",
    "name": "Bonus",
    "credit": "direct",
    "rate": {
        "kind": "bonus",
        "target_minor": 9_007_199_254_740_991,
        "curve": {
            "points": [
                {"attainment_percent": "50.5", "payout_percent": "0"},
                {"attainment_percent": "100", "payout_percent": "100"},
            ],
            "above_last": "continued",
        },
    },
    "gate": {"attainment_percent": "50", "pays": "later_deals"},
    "cap_minor": 9_007_199_254_740_991,
}
EVERY_RATE = [
    TypeAdapter(Component).dump_python(paying(kind, key=f"by_{kind}", name=kind), mode="json") for kind in RATES
]
DRAW = {
    "draw_minor": 9_007_199_254_740_991,
    "last_on": "2027-12-31",
    "compared_with": "payable",
    "kept_minimum_minor": None,
    "recovery_limit_percent": "33.3",
    "at_end": "forgiven",
    "on_leaving": "still_owed",
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
    Sent(
        "PlanCampaign",
        {
            **{"key": "spring", "name": "Spring fair", "currency": "EUR", "channel": "fair", "budget_minor": 5_000},
            **{"first_on": "2026-03-01", "last_on": "2026-03-31"},
        },
        name="campaign",
    ),
    Sent("PlanCampaign", {"key": "spring", "name": "Again", "currency": "EUR"}, code="already_exists", pointer="/key"),
    Sent(
        "BookCampaignCost",
        {
            "campaign_id": "$campaign",
            "amount_minor": 9_007_199_254_740_991,
            "reason": "Stand",
            "occurred_at": "2026-03-02",
        },
    ),
    Sent("CloseCampaign", {"campaign_id": "$campaign", "reason": "Over"}),
    Sent(
        "BookCampaignCost",
        {"campaign_id": "$campaign", "amount_minor": -1, "reason": "Late"},
        role="finance",
        code="campaign.closed",
    ),
    Sent("ListProduct", {"name": "MG", "code": "MG-1"}, name="mg"),
    Sent("SetProductPrice", {"product_id": "$mg", "price": {"amount": "0.0075", "currency": "USD"}}, role="finance"),
    Sent("SetProductCost", {"product_id": "$mg", "cost": {"amount": "0.005", "currency": "USD"}}, role="finance"),
    Sent("RetireProduct", {"product_id": "$mg", "reason": "Sold out"}),
    Sent("DefineRateTable", {"key": "central", "name": "Central parity", "source": "PBOC"}, name="rates"),
    Sent("PublishRates", {"rate_table_id": "$rates", "on": "2026-03-02", "pairs": [DOLLAR]}, role="integration"),
    Sent(
        "CorrectRates",
        {"rate_table_id": "$rates", "on": "2026-02-27", "pairs": [DOLLAR], "reason": "Missed"},
        role="finance",
    ),
    Sent(
        "DefineCalendar",
        {"key": "china", "name": "China", "zone": "Asia/Shanghai", "weekdays": ["tuesday", "monday"]},
        name="calendar",
    ),
    Sent(
        "DeclareHolidays",
        {
            "calendar_id": "$calendar",
            "days": [{"on": "2026-10-01", "name": "国庆节"}, {"on": "2026-10-10", "name": "调休", "is_worked": True}],
        },
        role="integration",
    ),
    Sent(
        "DefineFiscalPeriods",
        {"calendar_id": "$calendar", "kind": "quarter", "first_month": 4, "effective_from": "2026-04-01"},
        role="finance",
    ),
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
    Sent(
        "RecordAttributionTouch",
        {"lead_id": "$mei", "kind": "event", "member_id": "$manager", "campaign": "fair", "weight": "0.25"},
        role="rep",
    ),
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
    Sent("ChangeDeal", {"deal_id": "$deal", "priority": "high", "term_months": 12}),
    Sent("ChangeDeal", {"deal_id": "$deal", "term_months": 0}, code=MALFORMED, pointer="/term_months"),
    Sent("DeclareDealConfidence", {"deal_id": "$deal", "confidence": "mid", "reason": "Budget is open"}),
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
        "RecordSatisfaction",
        {"customer_id": "$li", "kind": "nps", "score": 9, "deal_id": "$talk", "comment": "Fast", "occurred_at": None},
        role="rep",
    ),
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

AGREEMENTS = (
    Sent("RegisterCustomer", {"name": "Buyer"}, name="buyer"),
    Sent(
        "DraftAgreement",
        {"title": "Rollout", "customer_id": "$buyer", "currency": "USD", "legal_entity": "North", **external("c1")},
        role="rep",
        name="agreement",
    ),
    Sent(
        "SignAgreement",
        {
            "agreement_id": "$agreement",
            "lines": [
                {"key": "seats", "product_id": "$product", "quantity": "2.5", "amount_minor": 10_000, "tax_minor": 600},
                {"key": "setup", "description": "Set-up", "amount_minor": 2_000, "cost_minor": 900},
                {"key": "care", "amount_minor": 0, "recurring": True},
            ],
            "starts_on": "2026-04-01",
            "ends_on": "2027-03-31",
            "payment_days": 30,
            "instalments": [{"key": "all", "due_on": "2026-05-01", "amount_minor": 12_600}],
            "occurred_at": "2026-03-10",
        },
        role="rep",
    ),
    Sent(
        "AmendAgreement",
        {
            "agreement_id": "$agreement",
            "lines": [{"key": "seats", "quantity": "-0.5", "amount_minor": -2_000, "tax_minor": -120}],
            "instalments": [{"key": "less", "due_on": "2026-05-01", "amount_minor": -2_120}],
            "effective_on": None,
            "reason": "Fewer seats",
        },
        role="manager",
    ),
    Sent(
        "ReportAgreementFulfilment",
        {"agreement_id": "$agreement", "line_key": "seats", "step": "delivered", "quantity": "1.5"},
        role="rep",
    ),
    Sent(
        "ReportAgreementFulfilment",
        {"agreement_id": "$agreement", "line_key": "seats", "step": "live", "quantity": "0.5"},
        role="integration",
    ),
    Sent(
        "RestateAgreementCost",
        {"agreement_id": "$agreement", "line_key": "setup", "cost_minor": 1_100, "reason": "Bill"},
        role="finance",
    ),
    Sent("DraftAgreement", {"title": "Next", "customer_id": "$buyer", "currency": "USD"}, name="next"),
    Sent("RenewAgreement", {"agreement_id": "$agreement", "renewed_by": "$next"}, role="rep"),
    Sent(
        "IssueInvoice",
        {
            "number": "2026-1",
            "currency": "USD",
            "agreement_id": "$agreement",
            "lines": [{"line_key": "seats", "amount_minor": 8_000, "tax_minor": 480}],
            "due_on": "2026-05-01",
            "occurred_at": "2026-04-01",
        },
        role="finance",
        name="invoice",
    ),
    Sent(
        "IssueCreditNote",
        {"invoice_id": "$invoice", "number": "C1", "amount_minor": 1_000, "tax_minor": 60, "reason": "Damaged"},
        role="finance",
    ),
    Sent("DisputeInvoice", {"invoice_id": "$invoice"}, role="integration"),
    Sent("ResolveInvoiceDispute", {"invoice_id": "$invoice", "outcome": "Sent anew"}, role="finance"),
    Sent("IssueInvoice", {"number": "7", **MONEY, "occurred_at": None, **external("i7")}, role="finance", name="slip7"),
    Sent("VoidInvoice", {"invoice_id": "$slip7", "reason": "Twice"}, role="finance"),
    Sent(
        "RecordReceipt", {"amount_minor": 9_000, "bank_fee_minor": 25, "currency": "USD"}, role="finance", name="money"
    ),
    Sent("AllocateReceipt", {"receipt_id": "$money", "invoice_id": "$invoice", "amount_minor": 7_000}, role="finance"),
    Sent(
        "RefundReceipt",
        {"receipt_id": "$money", "invoice_id": "$invoice", "amount_minor": 500, "reason": "Returned"},
        role="finance",
    ),
    Sent(
        "CancelAgreement",
        {"agreement_id": "$agreement", "effective_on": "2026-09-01", "fee_kept_minor": 500, "reason": "Closed"},
        role="manager",
    ),
)

SNAPSHOT = {"owner_id": "$rep", "period": "2026-04", "currency": "USD"}
FORECASTS = (
    Sent(
        "TakeForecastSnapshot",
        {**SNAPSHOT, "entries": [{"deal_id": "$talk", "amount_minor": 9_007_199_254_740_991, "category": "commit"}]},
        role="rep",
        name="sheet",
    ),
    Sent("SubmitForecast", {"forecast_sheet_id": "$sheet", "best_case_minor": 500, "note": "Careful"}, role="rep"),
    Sent("AdjustForecast", {"forecast_sheet_id": "$sheet", "delta_minor": -1, "reason": "Leave"}, role="manager"),
    Sent(
        "TakeForecastSnapshot",
        {**SNAPSHOT, "entries": [{"deal_id": NOBODY, "amount_minor": 1, "category": "commit", "confidence": "low"}]},
        code="not_found",
        pointer="/entries/0/deal_id",
    ),
    Sent("FreezeForecast", {"forecast_sheet_id": "$sheet"}, role="manager"),
    Sent("SubmitForecast", {"forecast_sheet_id": "$sheet"}, code="forecast_sheet.frozen"),
)

THREE_LINES = {"floor": 800, "challenge": 1_000, "stretch": 9_007_199_254_740_991}
TARGET = {"owner_id": "$rep", "measure": "won_amount", "period": "2026Q2", "currency": "CNY", **THREE_LINES}
TARGETS = (
    Sent(
        "ProposeTarget",
        {
            **TARGET,
            "dimension": {"key": "region", "value": "北"},
            "basis": [{"name": "last_quarter", "value": "912.50"}],
        },
        role="rep",
        name="target",
    ),
    Sent("AgreeTarget", {"target_id": "$target"}, role="rep"),
    Sent(
        "SplitTarget",
        {
            "target_id": "$target",
            "children": [
                {"owner_id": "$rep", "period": "2026-04", **THREE_LINES, "stretch": 1_000},
                {"owner_id": "$manager", **THREE_LINES, "stretch": 1_000},
            ],
            "gap": {"floor": -800, "challenge": -1_000, "stretch": 9_007_199_254_738_991},
        },
        role="manager",
    ),
    Sent(
        "AdjustTarget",
        {"target_id": "$target", **THREE_LINES, "floor": 700, "effective_on": "2026-05-01", "reason": "One less"},
        role="manager",
    ),
    Sent("CloseTarget", {"target_id": "$target", "result": 9_007_199_254_740_991}, role="manager"),
    Sent("AgreeTarget", {"target_id": "$target"}, role="rep", code="target.closed"),
    Sent("ProposeTarget", {**TARGET, "floor": 1_001}, code="target.lines_unordered", pointer="/challenge"),
    Sent("ProposeTarget", {**TARGET, "floor": -1}, code=MALFORMED, pointer="/floor"),
)
ACKNOWLEDGED = {"member_id": "$rep", "plan_id": "$plan", "plan_version": 1}

PAY = (
    Sent("OpenDeal", DEAL | {"stage": "engaging"}, name="paid"),
    Sent("ChangeDealStage", {"deal_id": "$paid", "stage_to": "proposal", "occurred_at": "2026-03-03"}),
    Sent("WinDeal", {"deal_id": "$paid", "occurred_at": "2026-03-04"}),
    Sent("RecordReceipt", {**MONEY, "customer_id": "$customer", **external("r1")}, role="finance", name="receipt"),
    Sent("AllocateReceipt", {"receipt_id": "$receipt", "deal_id": "$paid", "amount_minor": 100}, role="finance"),
    Sent(
        "AllocateReceipt",
        {
            "receipt_id": "$money",
            "deal_id": "$paid",
            "amount_minor": 10,
            "settled": {"amount_minor": 71, "currency": "CNY"},
        },
        role="finance",
    ),
    Sent("ReverseReceipt", {"receipt_id": "$receipt", "reason": "Bounced"}, role="finance"),
    Sent(
        "DraftCompensationPlan",
        {"key": "core", "name": "Core", "currency": "USD", "notice_days": 30},
        role="finance",
        name="plan",
    ),
    Sent(
        "PublishCompensationPlanVersion",
        {
            "plan_id": "$plan",
            "period": "month",
            "components": [{**COMPONENT, "override_percent_max": "20"}, expiring(TIERED)],
            "rounding": ROUNDING,
            "recovery": {"percent": "50", "amount_minor": None, "kept_minor": None, "leaver": "carried"},
            "awards": AWARDS,
            "reason": "Start",
        },
        role="finance",
    ),
    Sent(
        "SimulateCompensationPlan",
        {
            "plan_id": "$plan",
            "period": "2026-03",
            "components": [BONUS, *EVERY_RATE],
            "rounding": ROUNDING,
            "draw": DRAW,
            "assumed_quotas": [{"member_id": "$rep", "period": "2026", "amount_minor": 5_000}],
            "assumed_deals": [{"owner_id": "$rep", **MONEY, "on": "2026-03-31"}],
        },
        role="finance",
    ),
    Sent(
        "SimulateCompensationPlan",
        {
            "plan_id": "$plan",
            "period": "2026-03",
            "components": [BONUS],
            "rounding": ROUNDING,
            "awards": [{"key": "nothing", "name": "Nothing"}],
        },
        role="finance",
        code="compensation_plan.award_invalid",
        pointer="/awards/0/key",
    ),
    Sent(
        "SimulateCompensationPlan",
        {
            "plan_id": "$plan",
            "period": "2026-03",
            "components": [BONUS],
            "rounding": ROUNDING,
            "assumed_deals": [{"owner_id": "$rep", **MONEY, "on": "2026-04-01"}],
        },
        role="finance",
        code="compensation_plan.assumption_outside",
        pointer="/assumed_deals/0/on",
    ),
    Sent(
        "EnrolParticipant",
        {"member_id": "$rep", "plan_id": "$plan", "overrides": [{"component_key": "base", "rate_percent": "6.31"}]},
        role="finance",
        code="enrolment.override_beyond_limit",
        pointer="/overrides/0/rate_percent",
    ),
    Sent(
        "EnrolParticipant",
        {"member_id": "$rep", "plan_id": "$plan", "draw_minor": 9_007_199_254_740_991},
        role="finance",
        code="enrolment.draw_not_taken",
        pointer="/draw_minor",
    ),
    Sent(
        "EnrolParticipant",
        {"member_id": "$rep", "plan_id": "$plan", "overrides": [{"component_key": "base", "rate_percent": "6.3"}]},
        role="finance",
    ),
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
    Sent("AcknowledgeCompensationPlan", ACKNOWLEDGED, role="rep"),
    Sent("AcknowledgeCompensationPlan", ACKNOWLEDGED, role="rep"),
    Sent(
        "RecordParticipantLeft",
        {"member_id": "$rep", "left_on": "2026-11-30", "leaving": "resignation"},
        role="finance",
    ),
    Sent("RetireCompensationPlan", {"plan_id": "$plan", "reason": "Old"}),
)

ASKED = {
    "subject": {"kind": "deal", "id": "$talk"},
    "steps": [{"member_ids": ["$manager", "$ann"]}, {"member_ids": ["$manager"]}],
    "due_on": "2026-03-06",
    "reason": "12 percent off",
}
OBJECTED = {
    "subject": {"kind": "process_step", "id": "$pipeline", "key": "engaging"},
    "member_id": "$rep",
    "claim": "The stage asks for too much",
    "occurred_at": "2026-03-05",
}
PLAN_POINTS = {"member_id": "$rep", "plan_id": "$plan", "award_key": "won", "period": "2026-03"}
POINTS = {"member_id": "$rep", "kind": "points", "points": 40, "reason": "Follow-ups on time"}
ADJUSTED = {
    "member_id": "$rep",
    "plan_id": "$plan",
    "period_corrected": "2026-02",
    "period": "2026-03",
    "amount_minor": -700,
    "cause": "Counted twice",
}
FORGIVEN = {
    "member_id": "$rep",
    "plan_id": "$plan",
    "period": "2026-03",
    "amount_minor": 9_007_199_254_740_991,
    "reason": "The launch was late",
}
EXTENDED = {"plan_id": "$plan", "deal_id": "$paid", "days": 3660, "reason": "Their works burned down"}
JUDGED = (
    Sent("RequestApproval", ASKED, name="approval"),
    Sent("DelegateApprovalStep", {"approval_id": "$approval", "step": 2, "member_id": "$rep"}, role="manager"),
    Sent(
        "DecideApprovalStep",
        {"approval_id": "$approval", "step": 1, "decision": "approve", "note": "Once only"},
        role="manager",
    ),
    Sent(
        "DecideApprovalStep",
        {"approval_id": "$approval", "step": 2, "decision": "approve"},
        role="manager",
        code="approval.not_asked",
        pointer="/step",
    ),
    Sent("DecideApprovalStep", {"approval_id": "$approval", "step": 2, "decision": "reject"}, role="rep"),
    Sent("RequestApproval", {**ASKED, "step_order": "parallel"}, role="rep", name="dropped"),
    Sent("WithdrawApproval", {"approval_id": "$dropped", "reason": "Not needed"}, role="rep"),
    Sent("RaiseObjection", OBJECTED, role="rep", name="objection"),
    Sent("AnswerObjection", {"objection_id": "$objection", "answer": "It stays"}, role="manager"),
    Sent("DecideObjection", {"objection_id": "$objection", "outcome": "explain"}, role="manager"),
    Sent("RaiseObjection", OBJECTED, role="rep", name="taken back"),
    Sent("WithdrawObjection", {"objection_id": "$taken back"}, role="rep"),
    Sent("RaiseObjection", OBJECTED, role="manager", code="objection.not_yours", pointer="/member_id"),
    Sent("GrantAward", POINTS, role="finance", name="points award"),
    Sent("ApproveAward", {"award_id": "$points award"}, role="finance", code="award.approver_is_granter"),
    Sent("ApproveAward", {"award_id": "$points award"}),
    Sent("CreditPoints", {"member_id": "$rep", "award_id": "$points award"}, role="finance"),
    Sent("RedeemPoints", {"member_id": "$rep", "points": 30, "reason": "Day off"}, role="rep"),
    Sent("CreditPlanPoints", PLAN_POINTS, role="finance"),
    Sent("CreditPlanPoints", {**PLAN_POINTS, "award_key": "spring"}, code="points.no_award", pointer="/award_key"),
    Sent("RedeemPoints", {"member_id": "$rep", "points": 10, "reason": "Mug"}, role="rep"),
    Sent(
        "RedeemPoints",
        {"member_id": "$rep", "points": 11, "reason": "Day off"},
        role="rep",
        code="points.too_few",
        pointer="/points",
    ),
    Sent("PostAdjustment", ADJUSTED, role="finance", name="adjustment"),
    Sent("RevokeAward", {"award_id": "$adjustment", "reason": "Was right"}, role="finance"),
    Sent("PostAdjustment", {**ADJUSTED, "period": "2026-01"}, role="finance", code="award.periods_reversed"),
    Sent("ForgiveDraw", FORGIVEN, role="finance", name="forgiven"),
    Sent("ApproveAward", {"award_id": "$forgiven"}, role="finance", code="award.approver_is_granter"),
    Sent("ApproveAward", {"award_id": "$forgiven"}),
    Sent("ForgiveDraw", {**FORGIVEN, "amount_minor": 0}, role="finance", code=MALFORMED, pointer="/amount_minor"),
    Sent("ForgiveDraw", {**FORGIVEN, "member_id": "$manager"}, code="not_found", pointer="/member_id"),
    Sent("ForgiveDraw", FORGIVEN, role="manager", code="access.role_forbidden"),
    Sent("ExtendExpiry", EXTENDED, role="manager", name="extension"),
    Sent("ApproveAward", {"award_id": "$extension"}, role="manager", code="award.approver_is_granter"),
    Sent("ApproveAward", {"award_id": "$extension"}, role="finance"),
    Sent("ExtendExpiry", EXTENDED, role="finance", name="extension dropped"),
    Sent("RevokeAward", {"award_id": "$extension dropped", "reason": "Paid in time"}, role="finance"),
    Sent("ExtendExpiry", {**EXTENDED, "days": 0}, role="finance", code=MALFORMED, pointer="/days"),
    Sent("ExtendExpiry", {**EXTENDED, "days": 3661}, role="finance", code=MALFORMED, pointer="/days"),
    Sent("ExtendExpiry", {**EXTENDED, "deal_id": "$rep"}, role="finance", code="not_found", pointer="/deal_id"),
    Sent("ExtendExpiry", {**EXTENDED, "plan_id": "$rep"}, role="finance", code="not_found", pointer="/plan_id"),
    Sent("ExtendExpiry", EXTENDED, role="rep", code="access.role_forbidden"),
    Sent("StatePoolShares", SHARED, role="manager", name="pool shares"),
    Sent(
        "ApprovePoolShares", {"pool_shares_id": "$pool shares"}, role="manager", code="pool_shares.approver_is_stater"
    ),
    Sent("RejectPoolShares", {"pool_shares_id": "$pool shares", "reason": "Too bold"}, role="finance"),
    Sent("StatePoolShares", SHARED, role="manager"),
    Sent("ApprovePoolShares", {"pool_shares_id": "$pool shares"}, role="finance"),
    Sent(
        "StatePoolShares",
        {**SHARED, "shares": [{"member_id": "$rep", "points": "0"}]},
        code="pool_shares.out_of_bounds",
        pointer="/shares",
    ),
    Sent(
        "StatePoolShares",
        {**SHARED, "shares": [{"member_id": "$rep", "points": "-1"}]},
        code=MALFORMED,
        pointer="/shares/0/points",
    ),
)

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
    Sent("RecordAttributionTouch", {"lead_id": "$double", "kind": "outbound"}, code="lead.closed"),
    Sent(
        "RecordAttributionTouch",
        {"lead_id": "$mei", "kind": "outbound", "weight": "0"},
        code=MALFORMED,
        pointer="/weight",
    ),
    Sent("CompleteActivity", {"activity_id": "$task"}, code="activity.closed"),
    Sent("ReverseReceipt", {"receipt_id": "$receipt", "reason": "Again"}, code="receipt.reversed"),
    Sent(
        "AllocateReceipt",
        {"receipt_id": "$money", "deal_id": "$paid", "invoice_id": "$invoice", "amount_minor": 1},
        code="receipt.allocation_unclear",
        pointer="/deal_id",
    ),
    Sent("AllocateReceipt", {"receipt_id": "$money", "amount_minor": 1}, code="receipt.allocation_unclear"),
    Sent(
        "AllocateReceipt",
        {
            "receipt_id": "$money",
            "deal_id": "$paid",
            "amount_minor": 1,
            "settled": {"amount_minor": 7, "currency": "USD"},
        },
        code="receipt.settled_in_own_currency",
        pointer="/settled",
    ),
    Sent(
        "RefundReceipt",
        {"receipt_id": "$money", "amount_minor": 2_001, "reason": "Too much"},
        code="receipt.refund_too_large",
        pointer="/amount_minor",
    ),
    Sent(
        "IssueInvoice",
        {"number": "2026-1", "currency": "USD", "agreement_id": "$agreement", "amount_minor": 1},
        code="already_exists",
        pointer="/number",
    ),
    Sent("IssueInvoice", {"number": "8", "currency": "USD"}, code="invoice.amount_unclear"),
    Sent(
        "IssueCreditNote",
        {"invoice_id": "$invoice", "amount_minor": 99_999, "reason": "More"},
        code="invoice.credit_note_too_large",
    ),
    Sent(
        "AmendAgreement",
        {"agreement_id": "$agreement", "reason": "Late"},
        role="manager",
        code="agreement.not_signed",
    ),
    Sent("SignAgreement", {"agreement_id": "$next", "lines": []}, code=MALFORMED, pointer="/lines"),
    Sent(
        "SignAgreement",
        {"agreement_id": "$next", "lines": [{"key": "all", "amount_minor": 1}], "payment_days": 3_651},
        code=MALFORMED,
        pointer="/payment_days",
    ),
    Sent(
        "RecordSatisfaction",
        {"customer_id": "$li", "kind": "csat", "score": 6},
        code="customer.satisfaction_score_off_scale",
        pointer="/score",
    ),
    Sent("SetProductPrice", {"product_id": "$mg", "price": {"amount": "1", "currency": "USD"}}, code="product.retired"),
    Sent(
        "SetProductCost",
        {"product_id": "$mg", "cost": {"amount": "1", "currency": "USD"}, "effective_until": "2026-05-01"},
        code="product.costs_overlap",
        pointer="/effective_from",
    ),
    Sent("SetProductCost", {"product_id": "$mg"}, code=MALFORMED, pointer="/cost"),
    Sent(
        "PublishRates",
        {"rate_table_id": "$rates", "on": "2026-03-02", "pairs": [{**DOLLAR, "rate": "7.2"}]},
        code="rate_table.rate_already_published",
        pointer="/pairs/0/rate",
    ),
    Sent(
        "PublishRates",
        {"rate_table_id": "$rates", "on": "2026-03-01", "pairs": [DOLLAR]},
        code="rate_table.later_rate_published",
        pointer="/pairs/0",
    ),
    Sent(
        "PublishRates",
        {"rate_table_id": "$rates", "on": "2026-03-03", "pairs": [{**DOLLAR, "rate": "0"}]},
        code=MALFORMED,
        pointer="/pairs/0/rate",
    ),
    Sent(
        "CorrectRates",
        {"rate_table_id": "$rates", "on": "2026-03-03", "pairs": [DOLLAR], "reason": "Early"},
        code="rate_table.rate_not_published",
        pointer="/pairs/0",
    ),
    Sent(
        "DefineCalendar",
        {"key": "mars", "name": "Mars", "zone": "Mars/Base", "weekdays": ["monday"]},
        code="field.invalid",
        pointer="/zone",
    ),
    Sent(
        "DefineFiscalPeriods",
        {"calendar_id": "$calendar", "kind": "quarter", "first_month": 13},
        code=MALFORMED,
        pointer="/first_month",
    ),
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
    Sent(
        "PublishCompensationPlanVersion",
        {
            "plan_id": "$plan",
            "period": "month",
            "components": [{**TIERED, "rate": {**TIERED["rate"], "rate_percent": "5"}}],
            "rounding": ROUNDING,
        },
        code=MALFORMED,
        pointer="/components/0/rate/rate_percent",
    ),
    Sent(
        "PublishCompensationPlanVersion",
        {
            "plan_id": "$plan",
            "period": "month",
            "components": [{**TIERED, "rate": {**TIERED["rate"], "tiers": []}}],
            "rounding": ROUNDING,
        },
        code=MALFORMED,
        pointer="/components/0/rate/tiers",
    ),
    Sent(
        "DraftCompensationPlan",
        {"key": "x", "name": "X", "currency": "USD", "notice_days": 366},
        code=MALFORMED,
        pointer="/notice_days",
    ),
    Sent(
        "EnrolParticipant",
        {"member_id": "$rep", "plan_id": "$plan", "overrides": [{"component_key": "base", "cap_minor": 0}]},
        role="finance",
        code=MALFORMED,
        pointer="/overrides/0/cap_minor",
    ),
    Sent("AcknowledgeCompensationPlan", ACKNOWLEDGED, role="manager", code="enrolment.not_yours", pointer="/member_id"),
    Sent(
        "AcknowledgeCompensationPlan",
        {**ACKNOWLEDGED, "plan_version": 2},
        role="rep",
        code="enrolment.version_unpublished",
        pointer="/plan_version",
    ),
    Sent(
        "RecordParticipantLeft",
        {"member_id": "$rep", "left_on": "2026-11-30", "leaving": "holiday"},
        role="finance",
        code=MALFORMED,
        pointer="/leaving",
    ),
    Sent("LockPayoutRun", LOCKED_AWAY["LockPayoutRun"], role="rep", code="access.role_forbidden"),
    Sent("InstructPayout", LOCKED_AWAY["InstructPayout"], role="finance", code="payout_run.status_wrong"),
    Sent("InstructPayout", {**LOCKED_AWAY["InstructPayout"], "batch": ""}, code=MALFORMED, pointer="/batch"),
    Sent("ConfirmPayoutPaid", LOCKED_AWAY["ConfirmPayoutPaid"], role="finance", code="payout_run.status_wrong"),
    Sent("ReportPayoutFailed", LOCKED_AWAY["ReportPayoutFailed"], role="finance", code="payout_run.status_wrong"),
    Sent("ReportPayoutFailed", LOCKED_AWAY["ReportPayoutFailed"], role="rep", code="access.role_forbidden"),
    Sent("UpdatePayoutHold", LOCKED_AWAY["UpdatePayoutHold"], code="not_found", pointer="/objection_id"),
    Sent("UpdatePayoutHold", LOCKED_AWAY["UpdatePayoutHold"], role="rep", code="access.role_forbidden"),
)

REQUESTS = (
    *SETTING,
    *CUSTOMERS,
    *LEADS,
    *DEALS,
    *ACTIVITIES,
    *FORECASTS,
    *TARGETS,
    *AGREEMENTS,
    *PAY,
    *JUDGED,
    *REFUSED,
)
