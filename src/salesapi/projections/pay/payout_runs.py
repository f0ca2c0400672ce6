"""Payout runs as they are now, one row a run. Amounts are minor units of the plan's currency."""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.payout_run_states import Lock, Status, progressed
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class PayoutRunRow:
    """Statements of the run stand where their `calculated_position` is that of the run, and the run is issued or further."""

    payout_run_id: UUID
    plan_id: UUID
    period: str
    status: Status
    calculated_position: int | None
    engine_version: str | None
    plan_versions: tuple[int, ...]
    digest: str | None
    participant_count: int | None
    total_minor: int | None
    currency: str | None
    submitted_by: UUID | None
    approved_by: UUID | None
    reason: str | None
    locked: Lock | None
    instructed_minor: int
    paid_minor: int
    version: int
    position: int


PROJECTION: Final = current("payout_run", progressed, row=PayoutRunRow, version=2, indexes=("(plan_id, period)",))
