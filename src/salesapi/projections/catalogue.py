"""All read models, as one explicit tuple. The engine follows the log for each of them."""

from typing import Final

from salesapi.projections.cash import agreements, invoices, receipts
from salesapi.projections.customers import customers, persons, satisfactions, timelines
from salesapi.projections.declaring import checked
from salesapi.projections.organisation import api_keys, approvals, calendars, employments, members, principals
from salesapi.projections.pay import (
    awards,
    compensation_plans,
    credits,
    enrolments,
    objections,
    payout_runs,
    payouts,
    points,
    pool_shares,
    quotas,
    statement_lines,
    statements,
)
from salesapi.projections.projection import Projection
from salesapi.projections.reference import currency_rates, products, rate_tables
from salesapi.projections.selling import (
    activities,
    attribution_touches,
    campaigns,
    deals,
    forecast_sheets,
    leads,
    pipelines,
    stage_visits,
    targets,
)

PROJECTIONS: Final[tuple[Projection, ...]] = checked(
    (
        principals.PROJECTION,
        api_keys.PROJECTION,
        pipelines.PROJECTION,
        members.PROJECTION,
        employments.PROJECTION,
        products.PROJECTION,
        customers.PROJECTION,
        leads.PROJECTION,
        deals.PROJECTION,
        stage_visits.PROJECTION,
        activities.PROJECTION,
        timelines.PROJECTION,
        agreements.PROJECTION,
        invoices.PROJECTION,
        receipts.PROJECTION,
        rate_tables.PROJECTION,
        currency_rates.PROJECTION,
        calendars.PROJECTION,
        satisfactions.PROJECTION,
        attribution_touches.PROJECTION,
        forecast_sheets.PROJECTION,
        targets.PROJECTION,
        campaigns.PROJECTION,
        credits.PROJECTION,
        compensation_plans.PROJECTION,
        enrolments.PROJECTION,
        quotas.PROJECTION,
        payout_runs.PROJECTION,
        statements.PROJECTION,
        statement_lines.PROJECTION,
        payouts.PROJECTION,
        approvals.PROJECTION,
        objections.PROJECTION,
        awards.PROJECTION,
        points.PROJECTION,
        points.ENTRIES,
        pool_shares.PROJECTION,
        persons.PROJECTION,
    )
)
