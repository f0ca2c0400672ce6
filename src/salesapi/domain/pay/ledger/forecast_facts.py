"""What members state and do that awards score: forecasts by member and period, points by member. Folded in constant work.

Amounts are minor units of the sheet's currency, days business dates. What has no day counts nowhere until it has one.
"""

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.pay.plans.plan_awards import ForecastStatement
from salesapi.domain.pay.records.points import PointsCredited, PointsPosted
from salesapi.domain.selling.forecast_sheets import (
    ForecastSheetFrozen,
    ForecastSheetSnapshotTaken,
    ForecastSheetSubmitted,
    ForecastTotals,
    summed,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.periods import period_named
from salesapi.domain.shared.states import business_date

ForecastEvent: TypeAlias = ForecastSheetSnapshotTaken | ForecastSheetSubmitted | ForecastSheetFrozen
"""An adjustment of a forecast counts once it is frozen, and the freezing states the totals with it."""


@record
class ForecastFact:
    """The expectation that a member stated on a day, by category."""

    stated_by: ForecastStatement
    on: date
    totals: ForecastTotals
    currency: str
    position: int


@record
class PointsFact:
    """Points that a member got on a day."""

    on: date
    points: int
    position: int


class Forecasts:
    """The forecasts of all members up to now."""

    def __init__(self) -> None:
        self._sheets: dict[UUID, tuple[UUID, str]] = {}
        self._facts: dict[UUID, dict[str, tuple[ForecastFact, ...]]] = {}

    def apply(self, event: ForecastEvent, recorded: Recorded) -> None:
        """Takes the next event of a forecast sheet."""
        match event:
            case ForecastSheetSnapshotTaken():
                self._sheets[recorded.stream_id] = (event.owner_id, event.period)
                self._add("snapshot", summed(event.entries), event.currency, recorded)
            case ForecastSheetSubmitted():
                self._add("submission", event.totals, event.currency, recorded)
            case ForecastSheetFrozen():
                self._add("frozen", event.totals, event.currency, recorded)

    def of_member(self, member_id: UUID) -> Mapping[str, tuple[ForecastFact, ...]]:
        """A member's forecasts by period as text, each in the order of the log."""
        return self._facts.get(member_id, {})

    def _add(self, stated_by: ForecastStatement, totals: ForecastTotals, currency: str, recorded: Recorded) -> None:
        if recorded.occurred is None:
            return
        owner_id, period = self._sheets[recorded.stream_id]
        fact = ForecastFact(
            stated_by=stated_by,
            on=recorded.occurred.on,
            totals=totals,
            currency=currency,
            position=recorded.position,
        )
        of_owner = self._facts.setdefault(owner_id, {})
        of_owner[period] = (*of_owner.get(period, ()), fact)


class PointsEarned:
    """The points that members got up to now; what they redeem takes nothing away from that."""

    def __init__(self) -> None:
        self._facts: dict[UUID, list[PointsFact]] = {}

    def apply(self, event: PointsCredited | PointsPosted, recorded: Recorded) -> None:
        """Takes the next points; those of a plan are of the last day of their period."""
        on = business_date(recorded)
        if isinstance(event, PointsPosted):
            on = period_named(event.period).last_on
        if on is not None:
            fact = PointsFact(on=on, points=event.points, position=recorded.position)
            self._facts.setdefault(event.member_id, []).append(fact)

    def of_member(self, member_id: UUID, *, first_on: date, last_on: date) -> list[PointsFact]:
        """A member's points of these days, both included, in the order of the log."""
        return [fact for fact in self._facts.get(member_id, ()) if first_on <= fact.on <= last_on]
