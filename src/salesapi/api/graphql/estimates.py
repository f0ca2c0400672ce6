"""The field `commissionEstimate` (R66): what an open deal would earn, as REST answers it."""

from typing import Any, Final
from uuid import UUID

import strawberry

from salesapi.api.graphql.connections import MinPosition
from salesapi.api.graphql.context import Asked
from salesapi.api.graphql.outputs import Outputs
from salesapi.queries.pay.commission_estimates import commission_estimate
from salesapi.schemas.pay.commission_estimates import CommissionEstimate

Info = strawberry.Info[Asked, None]
_ABSENT: Final[Any] = strawberry.UNSET


def commission_estimate_field(outputs: Outputs) -> Any:
    """The field over the log and the kept ledger."""

    async def resolver(info: Info, deal_id: UUID, min_position: MinPosition = _ABSENT) -> Any:
        asked = info.context
        await asked.position(min_position or None)
        sources, asker = asked.sources, asked.asker
        found, _ = await commission_estimate(
            sources.states, sources.ledgers, UUID(str(deal_id)), rows=asker.rows, pay=asker.pay
        )
        return found

    shape: Any = outputs.of(CommissionEstimate)
    resolver.__annotations__["return"] = shape | None
    return strawberry.field(
        resolver=resolver,
        name="commissionEstimate",
        description="What an open deal would earn if it were won as it stands, and to whom. Nothing is posted.",
    )
