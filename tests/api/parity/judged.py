"""Approvals, objections, awards, points and pools."""

from tests.api.parity.request import MALFORMED, Sent

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
