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
        name="compensationPlans",
        summary="Compensation plans that pay you, your team or everybody",
        listing=compensation_plans.PLANS,
    ),
    ListRead(
        name="enrolments",
        summary="Who takes part in which compensation plan, and which version of it is to be acknowledged",
        listing=enrolments.ENROLMENTS,
    ),
    ListRead(name="credits", summary="Credits: whose part in which deal", listing=credits.CREDITS),
    ListRead(name="payoutRuns", summary="Payout runs", listing=payout_runs.RUNS),
    ListRead(name="statements", summary="Statements that stand", listing=payout_runs.STATEMENTS),
    ListRead(name="objections", summary="Objections", listing=objections.OBJECTIONS),
    ListRead(name="awards", summary="Awards, and adjustments by hand", listing=awards.AWARDS),
    ListRead(at="/v1/points", name="pointsBalances", summary="Points of members", listing=points.BALANCES),
    ListRead(name="pointsEntries", summary="Credited and redeemed points", listing=points.ENTRIES),
    ListRead(
        at="/v1/pool-shares",
        name="allPoolShares",
        summary="Share points that leaders give for the pools of their teams",
        listing=pool_shares.SHARES,
    ),
)

ITEMS: Final = (
    ItemRead(
        at="/v1/compensation-plans/{plan_id}",
        name="compensationPlan",
        summary="One compensation plan with its versions",
        thing=compensation_plans.PLANS,
    ),
    ItemRead(
        at="/v1/compensation-plans/{plan_id}/in-words",
        name="compensationPlanInWords",
        summary="One compensation plan in words, English and Chinese",
        thing=compensation_plans.PLAN_IN_WORDS,
    ),
    ItemRead(name="payoutRun", summary="One payout run", thing=payout_runs.RUNS),
    ItemRead(name="objection", summary="One objection", thing=objections.OBJECTIONS),
    ItemRead(name="award", summary="One award or adjustment, also a revoked one", thing=awards.AWARDS),
    ItemRead(
        at="/v1/points/{member_id}", name="pointsBalance", summary="The points of one member", thing=points.BALANCES
    ),
    ItemRead(
        at="/v1/pool-shares/{pool_shares_id}",
        name="poolShares",
        summary="How one team's pool of a period is divided",
        thing=pool_shares.SHARES,
    ),
)
