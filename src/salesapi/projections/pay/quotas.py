"""Quotas of members, one row for each member, measure and period. Amounts are minor units; a later quota replaces an earlier."""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.plans.enrolments import EnrolmentQuotaSet
from salesapi.domain.pay.plans.plan_components import Measure
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import made_from
from salesapi.projections.declaring import by, one_row
from salesapi.projections.projection import GroupKey


@record
class QuotaRow:
    """The amount that a member is expected to reach in a calendar period."""

    member_id: UUID
    measure: Measure
    period: str
    amount_minor: int
    currency: str
    position: int


def _groups(event: EnrolmentQuotaSet, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((event.member_id, event.measure, event.period),)


def _fold(row: QuotaRow | None, event: EnrolmentQuotaSet, recorded: Recorded) -> QuotaRow:
    return made_from(QuotaRow, event, position=recorded.position)


PROJECTION: Final = one_row(
    "quota",
    _fold,
    row=QuotaRow,
    version=1,
    key=("member_id", "measure", "period"),
    groups=by(_groups),
    indexes=("(period)",),
)
