"""The subscription to the live deal board: what the watch of the process pushes, within the scope of each subscriber.

Durations are in seconds, on this process's monotonic clock.
"""

import time
import types
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry
from strawberry.tools import create_type

from salesapi.api.graphql.context import ABSENT, Info, OperationContext
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.scalars import BigInt
from salesapi.schemas.selling.deals import Deal

ASK_AGAIN_SECONDS: Final = 30.0
"""After how long a change is only pushed once the key and its scope have been looked at again."""

PipelineId = Annotated[UUID | None, strawberry.argument(description="Only deals of this pipeline.")]
After = Annotated[
    BigInt | None,
    strawberry.argument(
        description="Begins with what changed after this position, as the query of the board gave it; without it with "
        "what changes from now on."
    ),
]


def subscription_type(outputs: Outputs) -> type:
    """The type `Subscription`."""
    deal: Any = outputs.of(Deal)
    change: Any = types.new_class("DealBoardChange")
    change.__annotations__ = {"position": BigInt, "deal": deal}
    strawberry.type(change, description="A deal as it is after a change. One that leaves your scope is not told.")

    async def resolver(
        info: Info, pipeline_id: PipelineId = ABSENT, min_position: After = ABSENT
    ) -> AsyncGenerator[Any, None]:
        wanted = UUID(str(pipeline_id)) if pipeline_id else None
        async with aclosing(seen_changes(info.context, min_position or None)) as changes:
            async for changed in changes:
                if wanted is None or changed.pipeline_id == wanted:
                    yield change(position=BigInt(changed.position), deal=changed)

    resolver.__annotations__["return"] = AsyncGenerator[change, None]
    field: Any = strawberry.subscription(
        resolver=resolver,
        name="dealBoard",
        description="Deals whose state changed, within your scope, as soon as queries show it.",
    )
    return create_type("Subscription", [field])


async def seen_changes(asked: OperationContext, after: int | None) -> AsyncGenerator[Deal, None]:
    """The changes that the asker may see. A key that was revoked ends them.

    Raises:
        KeyUnknown, and what `BoardWatch.changes` raises.
    """
    asked_at = time.monotonic()
    async with aclosing(asked.sources.board.changes(after)) as changes:
        async for changed in changes:
            if time.monotonic() - asked_at > ASK_AGAIN_SECONDS:
                await asked.ask_again()
                asked_at = time.monotonic()
            if asked.caller.rows.reaches(changed.owner_id):
                yield changed
