"""Lists and single things: plans, enrolments, runs, statements, awards, points, pools and objections."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.pay import (
    awards,
    compensation_plans,
    credits,
    enrolments,
    objections,
    payout_runs,
    points,
    pool_shares,
)

LISTS: Final = (
    ListRead(
        path="/v1/compensation-plans",
        name="compensationPlans",
        summary="Compensation plans that pay you, your team or everybody",
        listing=compensation_plans.PLANS,
    ),
    ListRead(
        path="/v1/enrolments",
        name="enrolments",
        summary="Who takes part in which compensation plan, and which version of it is to be acknowledged",
        listing=enrolments.ENROLMENTS,
    ),
    ListRead(path="/v1/credits", name="credits", summary="Credits: whose part in which deal", listing=credits.CREDITS),
    ListRead(path="/v1/payout-runs", name="payoutRuns", summary="Payout runs", listing=payout_runs.RUNS),
    ListRead(path="/v1/statements", name="statements", summary="Statements that stand", listing=payout_runs.STATEMENTS),
    ListRead(path="/v1/objections", name="objections", summary="Objections", listing=objections.OBJECTIONS),
    ListRead(path="/v1/awards", name="awards", summary="Awards, and adjustments by hand", listing=awards.AWARDS),
    ListRead(path="/v1/points", name="pointsBalances", summary="Points of members", listing=points.BALANCES),
    ListRead(
        path="/v1/points-entries", name="pointsEntries", summary="Credited and redeemed points", listing=points.ENTRIES
    ),
    ListRead(
        path="/v1/pool-shares",
        name="allPoolShares",
        summary="Share points that leaders give for the pools of their teams",
        listing=pool_shares.SHARES,
    ),
)

ITEMS: Final = (
    ItemRead(
        path="/v1/compensation-plans/{plan_id}",
        name="compensationPlan",
        summary="One compensation plan with its versions",
        thing=compensation_plans.PLANS,
    ),
    ItemRead(
        path="/v1/compensation-plans/{plan_id}/in-words",
        name="compensationPlanInWords",
        summary="One compensation plan in words, English and Chinese",
        thing=compensation_plans.PLAN_IN_WORDS,
    ),
    ItemRead(
        path="/v1/payout-runs/{payout_run_id}", name="payoutRun", summary="One payout run", thing=payout_runs.RUNS
    ),
    ItemRead(
        path="/v1/objections/{objection_id}", name="objection", summary="One objection", thing=objections.OBJECTIONS
    ),
    ItemRead(
        path="/v1/awards/{award_id}",
        name="award",
        summary="One award or adjustment, also a revoked one",
        thing=awards.AWARDS,
    ),
    ItemRead(
        path="/v1/points/{member_id}", name="pointsBalance", summary="The points of one member", thing=points.BALANCES
    ),
    ItemRead(
        path="/v1/pool-shares/{pool_shares_id}",
        name="poolShares",
        summary="How one team's pool of a period is divided",
        thing=pool_shares.SHARES,
    ),
)
