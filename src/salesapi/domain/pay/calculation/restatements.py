"""R51, `restate`: losses that reach back into closed periods when their day comes, also where no event happens on that day.

A cancellation may hold from a later day on, and a run may know of what happened after its period: it restates what is lost by the
end of its own period, so that each loss is corrected by the run of the period in which it is.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.losses import claims_of
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.shared.periods import Period, periods_between

NOTHING: Final[dict[UUID, tuple[int, ...]]] = {}


class Restatements:
    """The losses that a run restates closed periods by."""

    def __init__(self, evaluation: Evaluation, period: Period) -> None:
        self._ledger = evaluation.ledger
        self._period = period
        self._components: tuple[Component, ...] = tuple(
            component
            for component in evaluation.components
            if component.clawback is not None and component.clawback.attainment == "restate"
        )

    def since(self, closed: Period, deals: Iterable[UUID]) -> dict[UUID, tuple[int, ...]]:
        """The deals of which something was lost after a closed period, with the events that state it."""
        if not self._components:
            return NOTHING
        later = [each for each in periods_between(first=closed, last=self._period) if each.first_on > closed.first_on]
        months = [month for each in later for month in each.months()]
        touched = (deal_id for deal_id in deals if self._ledger.trade.is_touched(deal_id, months))
        return {deal_id: positions for deal_id in touched if (positions := self._lost(deal_id, closed))}

    def _lost(self, deal_id: UUID, closed: Period) -> tuple[int, ...]:
        win = self._ledger.wins.win(deal_id)
        if win is None:
            return ()
        claims = [claim for component in self._components for claim in claims_of(self._ledger, component, win)]
        by_now = [claim for claim in claims if closed.last_on < claim.on <= self._period.last_on]
        return tuple(sorted({position for claim in by_now for position in claim.positions}))
