"""Satisfaction: what customers answered, one row an answer, in the order of the log. Comments are in clear here.

`answered_on` is the business date, None where unknown.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.customers.customers import CustomerPersonErased
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded, SatisfactionKind
from salesapi.domain.shared.kernel import Recorded, natural_id, record
from salesapi.domain.shared.states import business_date, made_from, replace
from salesapi.projections.declaring import by, one_row
from salesapi.projections.projection import GroupKey


@record
class SatisfactionRow:
    """One answer of a customer."""

    satisfaction_id: UUID
    customer_id: UUID
    kind: SatisfactionKind
    score: int
    deal_id: UUID | None
    agreement_id: UUID | None
    activity_id: UUID | None
    comment: str | None
    answered_on: date | None
    is_erased: bool
    position: int


def _id(recorded: Recorded, version: int) -> UUID:
    return natural_id("satisfaction", str(recorded.stream_id), str(version))


def _groups(event: CustomerSatisfactionRecorded | CustomerPersonErased, recorded: Recorded) -> tuple[GroupKey, ...]:
    if isinstance(event, CustomerPersonErased):
        return tuple((_id(recorded, version),) for version in event.answer_versions)
    return ((_id(recorded, recorded.version),),)


def _fold(
    row: SatisfactionRow | None, event: CustomerSatisfactionRecorded | CustomerPersonErased, recorded: Recorded
) -> SatisfactionRow:
    if isinstance(event, CustomerPersonErased):
        assert row is not None, "only answers that were given are erased"
        return replace(row, comment=None, is_erased=True)
    return made_from(
        SatisfactionRow,
        event,
        satisfaction_id=_id(recorded, recorded.version),
        is_erased=False,
        customer_id=recorded.stream_id,
        answered_on=business_date(recorded),
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "satisfaction",
    _fold,
    row=SatisfactionRow,
    version=2,
    key=("satisfaction_id",),
    groups=by(_groups),
    indexes=("(position)", "(customer_id, position)", "(kind, answered_on)", "(deal_id)"),
    reads_personal=True,
)
