"""Compensation plans with all their published versions, one row a plan. Rates are exact decimals in percent."""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import (
    CompensationPlanDrafted,
    CompensationPlanEvent,
    CompensationPlanRetired,
    CompensationPlanSimulated,
    CompensationPlanVersion,
    CompensationPlanVersionPublished,
    terms_of,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import id_of, replace, system_of
from salesapi.projections.declaring import one_row


@record
class CompensationPlanRow:
    """How sales pay is earned; all amounts are in `currency`. `effective_dates` are those of the versions, in their order."""

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


def _fold(row: CompensationPlanRow | None, event: CompensationPlanEvent, recorded: Recorded) -> CompensationPlanRow:
    if isinstance(event, CompensationPlanDrafted):
        return CompensationPlanRow(
            plan_id=recorded.stream_id,
            key=event.key,
            name=event.name,
            currency=event.currency,
            legal_entity=event.legal_entity,
            notice_days=event.notice_days,
            versions=(),
            effective_dates=(),
            is_retired=False,
            external_system=system_of(event.external_id),
            external_id=id_of(event.external_id),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a plan begins with compensation_plan.drafted"
    changed = replace(row, version=recorded.version, position=recorded.position)
    match event:
        case CompensationPlanVersionPublished():
            published = CompensationPlanVersion(
                number=event.plan_version,
                period=event.period,
                effective_from=event.effective_from,
                **terms_of(event),
            )
            return replace(
                changed,
                versions=(*row.versions, published),
                effective_dates=(*row.effective_dates, event.effective_from),
            )
        case CompensationPlanSimulated():
            return changed
        case CompensationPlanRetired():
            return replace(changed, is_retired=True)


PROJECTION: Final = one_row(
    "compensation_plan",
    _fold,
    row=CompensationPlanRow,
    version=3,
    key=("plan_id",),
)
