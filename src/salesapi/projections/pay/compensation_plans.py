"""Compensation plans with all their published versions, one row a plan. Rates are exact decimals in percent."""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class CompensationPlanRow:
    """The row of a compensation plan; amounts are in `currency`. `effective_dates` are of the versions, in order."""

    plan_id: UUID
    key: str
    name: str
    currency: str
    legal_entity: str | None
    notice_days: int
    versions: tuple[CompensationPlanVersion, ...]
    effective_dates: tuple[date | None, ...]
    is_retired: bool
    external_system: str | None
    external_id: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "compensation_plan",
    evolve,
    row=CompensationPlanRow,
    version=4,
    key="plan_id",
)
