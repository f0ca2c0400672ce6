"""Satisfaction: what customers answered, one row an answer, in the order of the log. Comments are in clear here.

`answered_on` is the business date, None where unknown.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded, SatisfactionKind
from salesapi.domain.shared.kernel import Recorded, natural_id, record
from salesapi.domain.shared.states import business_date, made_from
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
    position: int


def _id(recorded: Recorded) -> UUID:
    return natural_id("satisfaction", str(recorded.stream_id), str(recorded.version))


def _groups(event: CustomerSatisfactionRecorded, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((_id(recorded),),)


def _fold(row: SatisfactionRow | None, event: CustomerSatisfactionRecorded, recorded: Recorded) -> SatisfactionRow:
    return made_from(
        SatisfactionRow,
        event,
        satisfaction_id=_id(recorded),
        customer_id=recorded.stream_id,
        answered_on=business_date(recorded),
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "satisfaction",
    _fold,
    row=SatisfactionRow,
    version=1,
    key=("satisfaction_id",),
    groups=by(_groups),
    indexes=("(position)", "(customer_id, position)", "(kind, answered_on)", "(deal_id)"),
    reads_personal=True,
)
