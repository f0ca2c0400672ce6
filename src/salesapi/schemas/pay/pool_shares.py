"""Wire shapes of the share points of teams' pools, with the filter and orders of their list."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.pay.records.pool_shares import PoolShare, PoolSharesStatus
from salesapi.domain.shared.kernel import About, Key, record
from salesapi.domain.shared.periods import PeriodText
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Position


@record
class PoolShares:
    """How a leader divides the pool of the own team for a period."""

    id: Annotated[UUID, About("The share points.")]
    plan_id: Annotated[UUID, About("The compensation plan with the pool.")]
    award_key: Annotated[str, About("The award of the plan that is the pool.")]
    period: Annotated[str, About("The period of the pool.")]
    owner_id: Annotated[UUID, About("The leader of the team.")]
    status: Annotated[
        PoolSharesStatus, About("Of what was stated last: `stated` waits for its approval; `approved`; `rejected`.")
    ]
    shares: Annotated[tuple[PoolShare, ...], About("What was stated last.")]
    approved_shares: Annotated[tuple[PoolShare, ...], About("What counts: approved last; empty until then.")]
    stated_by: Annotated[UUID, About("The principal who stated them.")]
    stated_on: Annotated[date | None, About("Business date of the statement.")]
    approved_by: Annotated[UUID | None, About("The principal who approved those that count.")]
    settled_on: Annotated[date | None, About("Business date of the approval or rejection; null while it waits.")]
    rejection_reason: Annotated[str | None, About("Why what was stated last was rejected.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class PoolSharesFilter:
    """Which share points. Fields that are not sent do not filter."""

    plan_id: Annotated[UUID | None, About("Of pools of this plan.")] = None
    award_key: Annotated[Key | None, About("Of this award.")] = None
    period: Annotated[PeriodText | None, About("Of this period.")] = None
    owner_id: Annotated[Uuids | None, About("Of teams of any of these leaders.")] = None
    status: Annotated[
        tuple[PoolSharesStatus, ...] | None,
        MinLen(1),
        MaxLen(3),
        About("Any of these; `stated` waits for an approval."),
    ] = None


class PoolSharesOrder(StrEnum):
    """Orders of share points."""

    CHANGED_DESC = "changed_desc"
    PERIOD_DESC = "period_desc"
