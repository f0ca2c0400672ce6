"""All read models, as one explicit tuple. The engine follows the log for each of them."""

from typing import Final

from salesapi.projections import (
    activities,
    compensation_plans,
    credits,
    customers,
    deals,
    enrolments,
    leads,
    members,
    payout_runs,
    pipelines,
    products,
    quotas,
    receipts,
    stage_visits,
    statement_lines,
    statements,
    timelines,
)
from salesapi.projections.projection import Projection

PROJECTIONS: Final[tuple[Projection, ...]] = (
    pipelines.PROJECTION,
    members.PROJECTION,
    products.PROJECTION,
    customers.PROJECTION,
    leads.PROJECTION,
    deals.PROJECTION,
    stage_visits.PROJECTION,
    activities.PROJECTION,
    timelines.PROJECTION,
    receipts.PROJECTION,
    credits.PROJECTION,
    compensation_plans.PROJECTION,
    enrolments.PROJECTION,
    quotas.PROJECTION,
    payout_runs.PROJECTION,
    statements.PROJECTION,
    statement_lines.PROJECTION,
)
