"""Compensation plans with all their published versions, one row a plan. Rates are exact decimals in percent."""

from typing import Final

from salesapi.domain.pay.plans.compensation_plans import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("compensation_plan", evolve, computed=("effective_dates",), version=6, key="plan_id")
