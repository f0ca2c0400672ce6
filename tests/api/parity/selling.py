"""Leads, deals, activities, forecast sheets and targets."""

from tests.api.parity.request import DEAL, MONEY, NOBODY, STORED_DEAL, Sent, external, refused

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
    Sent("ChangeDeal", {"deal_id": "$deal", "priority": "high", "term_months": 12, "sale_type": "new"}),
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
    refused(
        "TakeForecastSnapshot",
        {**SNAPSHOT, "entries": [{"deal_id": NOBODY, "amount_minor": 1, "category": "commit", "confidence": "low"}]},
        "not_found",
        "/entries/0/deal_id",
    ),
    Sent("FreezeForecast", {"forecast_sheet_id": "$sheet"}, role="manager"),
    refused("SubmitForecast", {"forecast_sheet_id": "$sheet"}, "forecast_sheet.frozen"),
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
    refused("AgreeTarget", {"target_id": "$target"}, "duty.not_apart", role="rep"),
    Sent("AgreeTarget", {"target_id": "$target"}, role="manager"),
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
    refused("AgreeTarget", {"target_id": "$target"}, "target.closed", role="rep"),
    refused("ProposeTarget", {**TARGET, "floor": 1_001}, "target.lines_unordered", "/challenge"),
)
