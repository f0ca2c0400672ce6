"""The company as it is set up: members, teams, pipelines, products, rates, calendars."""

from tests.api.parity.request import Sent, external
from tests.service import STAGES, WAYS

DOLLAR = {"from_currency": "USD", "to_currency": "CNY", "rate": "7.1012"}

SETTING = (
    Sent("JoinMember", {"name": "Ann Doe", "email": "ann@example.com", **external("ann")}, name="ann"),
    Sent("ChangeMember", {"member_id": "$ann", "email": None, "cost_centre": "C1"}),
    Sent("RegisterPrincipal", {"name": "ann", "roles": ["rep"], "member_id": "$ann"}, name="as_ann"),
    Sent(
        "RegisterPrincipal",
        {"name": "ann", "roles": ["finance"]},
        code="principal.exists",
        pointer="/name",
    ),
    Sent("ChangePrincipal", {"principal_id": "$as_ann", "roles": ["rep", "manager"], "reason": "Leads a team"}),
    Sent(
        "IssueApiKey",
        {"principal_id": "$as_ann", "expires_at": "2030-01-01T00:00:00+08:00", "label": "laptop"},
        name="key",
    ),
    Sent("RotateApiKey", {"api_key_id": "$key", "overlap_until": "2029-01-01T00:00:00Z", "expires_at": None}),
    Sent("RevokeApiKey", {"api_key_id": "$key", "reason": "Lost"}),
    Sent("DisablePrincipal", {"principal_id": "$as_ann", "reason": "Left"}),
    Sent("IssueApiKey", {"principal_id": "$as_ann"}, code="principal.disabled"),
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
