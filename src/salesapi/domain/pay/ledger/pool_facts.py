"""What leaders gave of the pools of their teams (R42) and somebody else approved. Folded in constant work for an approval."""

from typing import TypeAlias
from uuid import UUID

from salesapi.domain.pay.records.pool_shares import PoolShare, PoolSharesApproved
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.states import made_from

PoolKey: TypeAlias = tuple[str, str, UUID]
"""Award, period and leader."""


@record
class ApprovedShares:
    """The shares approved last for a leader's pool of a period, and the positions of that approval and the first."""

    award_key: str
    period: Period
    owner_id: UUID
    shares: tuple[PoolShare, ...]
    position: int
    first_position: int


class ApprovedPools:
    """Approved share points up to now, by plan."""

    def __init__(self) -> None:
        self._by_plan: dict[UUID, dict[PoolKey, ApprovedShares]] = {}

    def apply(self, event: PoolSharesApproved, recorded: Recorded) -> None:
        """Takes the next approval: it counts instead of an earlier one."""
        of_plan = self._by_plan.setdefault(event.plan_id, {})
        key = (event.award_key, event.period, event.owner_id)
        known = of_plan.get(key)
        of_plan[key] = made_from(
            ApprovedShares,
            event,
            period=period_named(event.period),
            position=recorded.position,
            first_position=recorded.position if known is None else known.first_position,
        )

    def approved(self, plan_id: UUID, award_key: str, *, period: str, owner_id: UUID) -> ApprovedShares | None:
        """Finds the shares that count for a leader's pool; None where nothing is approved."""
        return self._by_plan.get(plan_id, {}).get((award_key, period, owner_id))

    def of_plan(self, plan_id: UUID) -> tuple[ApprovedShares, ...]:
        """All that was approved for the pools of a plan."""
        return tuple(self._by_plan.get(plan_id, {}).values())
