"""Approvals, objections, awards, points and pools."""

from tests.api.parity.request import Sent, refused

SHARED = {
    "plan_id": "$plan",
    "award_key": "pool",
    "period": "2026-04",
    "owner_id": "$manager",
    "shares": [{"member_id": "$rep", "points": "2.5"}],
}

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
    refused(
        "DecideApprovalStep",
        {"approval_id": "$approval", "step": 2, "decision": "approve"},
        "approval.not_asked",
        "/step",
        role="manager",
    ),
    Sent("DecideApprovalStep", {"approval_id": "$approval", "step": 2, "decision": "reject"}, role="rep"),
    Sent("RequestApproval", {**ASKED, "step_order": "parallel"}, role="rep", name="dropped"),
    Sent("WithdrawApproval", {"approval_id": "$dropped", "reason": "Not needed"}, role="rep"),
    Sent("RaiseObjection", OBJECTED, role="rep", name="objection"),
    Sent("AnswerObjection", {"objection_id": "$objection", "answer": "It stays"}, role="manager"),
    Sent("DecideObjection", {"objection_id": "$objection", "outcome": "explain"}, role="manager"),
    Sent("RaiseObjection", OBJECTED, role="rep", name="taken back"),
    Sent("WithdrawObjection", {"objection_id": "$taken back"}, role="rep"),
    refused("RaiseObjection", OBJECTED, "objection.not_yours", "/member_id", role="manager"),
    Sent("GrantAward", POINTS, role="finance", name="points award"),
    refused("ApproveAward", {"award_id": "$points award"}, "duty.not_apart", role="finance"),
    Sent("ApproveAward", {"award_id": "$points award"}),
    Sent("CreditPoints", {"member_id": "$rep", "award_id": "$points award"}, role="finance"),
    Sent("RedeemPoints", {"member_id": "$rep", "points": 30, "reason": "Day off"}, role="rep"),
    Sent("CreditPlanPoints", PLAN_POINTS, role="finance"),
    refused("CreditPlanPoints", {**PLAN_POINTS, "award_key": "spring"}, "points.no_award", "/award_key"),
    Sent("RedeemPoints", {"member_id": "$rep", "points": 10, "reason": "Mug"}, role="rep"),
    refused(
        "RedeemPoints",
        {"member_id": "$rep", "points": 11, "reason": "Day off"},
        "points.too_few",
        "/points",
        role="rep",
    ),
    Sent("PostAdjustment", ADJUSTED, role="finance", name="adjustment"),
    Sent("RevokeAward", {"award_id": "$adjustment", "reason": "Was right"}, role="finance"),
    refused("PostAdjustment", {**ADJUSTED, "period": "2026-01"}, "award.periods_reversed", role="finance"),
    Sent("ForgiveDraw", FORGIVEN, role="finance", name="forgiven"),
    refused("ApproveAward", {"award_id": "$forgiven"}, "duty.not_apart", role="finance"),
    Sent("ApproveAward", {"award_id": "$forgiven"}),
    refused("ForgiveDraw", {**FORGIVEN, "member_id": "$manager"}, "not_found", "/member_id"),
    Sent("ExtendExpiry", EXTENDED, role="manager", name="extension"),
    refused("ApproveAward", {"award_id": "$extension"}, "duty.not_apart", role="manager"),
    Sent("ApproveAward", {"award_id": "$extension"}, role="finance"),
    Sent("ExtendExpiry", EXTENDED, role="finance", name="extension dropped"),
    Sent("RevokeAward", {"award_id": "$extension dropped", "reason": "Paid in time"}, role="finance"),
    refused("ExtendExpiry", {**EXTENDED, "deal_id": "$rep"}, "not_found", "/deal_id", role="finance"),
    refused("ExtendExpiry", {**EXTENDED, "plan_id": "$rep"}, "not_found", "/plan_id", role="finance"),
    Sent("StatePoolShares", SHARED, role="manager", name="pool shares"),
    refused("ApprovePoolShares", {"pool_shares_id": "$pool shares"}, "duty.not_apart", role="manager"),
    Sent("RejectPoolShares", {"pool_shares_id": "$pool shares", "reason": "Too bold"}, role="finance"),
    Sent("StatePoolShares", SHARED, role="manager"),
    Sent("ApprovePoolShares", {"pool_shares_id": "$pool shares"}, role="finance"),
    refused(
        "StatePoolShares",
        {**SHARED, "shares": [{"member_id": "$rep", "points": "0"}]},
        "pool_shares.out_of_bounds",
        "/shares",
    ),
)
