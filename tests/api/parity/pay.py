"""A plan with all that it can say, and a run that pays by it."""

from typing import Any

from pydantic import TypeAdapter

from salesapi.domain.pay.plans.plan_components import Component
from tests.api.parity.request import DEAL, MONEY, Sent, external, refused
from tests.domain.pay.plan_options import RATES, paying
from tests.service import expiring, team_pool

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
                    "curve": {"points": [{"attainment_percent": "50", "payout_percent": "50"}], "above_last": "capped"},
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
PUBLISHED = {"plan_id": "$plan", "period": "month", "rounding": ROUNDING}
SIMULATED = {"plan_id": "$plan", "period": "2026-03", "components": [BONUS], "rounding": ROUNDING}
BETTER = {**PUBLISHED, "components": [BONUS], "effective_from": "2026-05-01", "reason": "Better"}
PARTICIPANT = {"member_id": "$rep", "plan_id": "$plan"}

ACKNOWLEDGED = {**PARTICIPANT, "plan_version": 1}
DRAFT = {"key": "core", "name": "Core", "currency": "USD"}
QUOTA = {"measure": "credited_amount", "period": "2026-03"}
LEFT = {"member_id": "$rep", "left_on": "2026-11-30", "leaving": "resignation"}

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
    Sent("DraftCompensationPlan", {**DRAFT, "notice_days": 30}, role="finance", name="plan"),
    Sent(
        "PublishCompensationPlanVersion",
        {
            **PUBLISHED,
            "components": [{**COMPONENT, "override_percent_max": "20"}, expiring(TIERED)],
            "recovery": {"percent": "50", "amount_minor": None, "kept_minor": None, "leaver": "carried"},
            "awards": AWARDS,
            "reason": "Start",
        },
        role="finance",
    ),
    Sent(
        "SimulateCompensationPlan",
        {
            **SIMULATED,
            "components": [BONUS, *EVERY_RATE],
            "draw": DRAW,
            "assumed_quotas": [{"member_id": "$rep", "period": "2026", "amount_minor": 5_000}],
            "assumed_deals": [{"owner_id": "$rep", **MONEY, "on": "2026-03-31"}],
        },
        role="finance",
    ),
    refused(
        "SimulateCompensationPlan",
        {**SIMULATED, "awards": [{"key": "nothing", "name": "Nothing"}]},
        "compensation_plan.award_invalid",
        "/awards/0/key",
        role="finance",
    ),
    refused(
        "SimulateCompensationPlan",
        {**SIMULATED, "assumed_deals": [{"owner_id": "$rep", **MONEY, "on": "2026-04-01"}]},
        "compensation_plan.assumption_outside",
        "/assumed_deals/0/on",
        role="finance",
    ),
    refused(
        "EnrolParticipant",
        {**PARTICIPANT, "overrides": [{"component_key": "base", "rate_percent": "6.31"}]},
        "enrolment.override_beyond_limit",
        "/overrides/0/rate_percent",
        role="finance",
    ),
    refused(
        "EnrolParticipant",
        {**PARTICIPANT, "draw_minor": 9_007_199_254_740_991},
        "enrolment.draw_not_taken",
        "/draw_minor",
        role="finance",
    ),
    Sent(
        "EnrolParticipant",
        {**PARTICIPANT, "overrides": [{"component_key": "base", "rate_percent": "6.3"}]},
        role="finance",
    ),
    Sent("SetQuota", {"member_id": "$rep", **QUOTA, **MONEY}, role="finance"),
    Sent("OpenPayoutRun", {"plan_id": "$plan", "period": "2026-03"}, role="finance", name="run"),
    Sent("CalculatePayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("IssuePayoutRunStatements", {"payout_run_id": "$run"}, role="finance"),
    Sent("SubmitPayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("ReturnPayoutRun", {"payout_run_id": "$run", "reason": "Again"}),
    Sent("CalculatePayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("IssuePayoutRunStatements", {"payout_run_id": "$run"}, role="finance"),
    Sent("SubmitPayoutRun", {"payout_run_id": "$run"}, role="finance"),
    Sent("ApprovePayoutRun", {"payout_run_id": "$run"}),
    Sent("EndEnrolment", {**PARTICIPANT, "effective_until": "2027-01-01", "reason": "Moved"}, role="finance"),
    Sent("AcknowledgeCompensationPlan", ACKNOWLEDGED, role="rep"),
    Sent("AcknowledgeCompensationPlan", ACKNOWLEDGED, role="rep"),
    Sent("RecordParticipantLeft", LEFT, role="finance"),
    refused(
        "PublishCompensationPlanVersion", BETTER, "compensation_plan.approval_needed", "/effective_from", role="finance"
    ),
    Sent("ProposeCompensationPlanVersion", BETTER, role="finance"),
    Sent(
        "RejectCompensationPlanVersion",
        {"plan_id": "$plan", "proposal": 1, "reason": "Too much"},
        role="finance",
    ),
    Sent("ProposeCompensationPlanVersion", BETTER, role="finance"),
    refused(
        "ApproveCompensationPlanVersion",
        {"plan_id": "$plan", "proposal": 1},
        "compensation_plan.proposal_unknown",
        "/proposal",
    ),
    refused("ApproveCompensationPlanVersion", {"plan_id": "$plan", "proposal": 2}, "duty.not_apart", role="finance"),
    Sent("ApproveCompensationPlanVersion", {"plan_id": "$plan", "proposal": 2}),
    Sent("RetireCompensationPlan", {"plan_id": "$plan", "reason": "Old"}),
)
