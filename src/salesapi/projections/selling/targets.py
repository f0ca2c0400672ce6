"""Targets as they are now, one row a target, with all lines that were ever set. Amounts are minor units, or the unit.

The three lines shown are those set last; `revisions` has the earlier ones with their effective dates. Dates are business
dates, None where unknown.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.selling.targets import LinesSet, SplitMade, TargetInput, TargetStatus, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class TargetRow:
    """Either `currency` or `unit` is set."""

    target_id: UUID
    owner_id: UUID
    team_id: UUID | None
    parent_target_id: UUID | None
    measure: str
    period: str
    dimension_key: str | None
    dimension_value: str | None
    currency: str | None
    unit: str | None
    status: TargetStatus
    floor: int
    challenge: int
    stretch: int
    basis: tuple[TargetInput, ...]
    revisions: tuple[LinesSet, ...]
    splits: tuple[SplitMade, ...]
    proposed_on: date | None
    result: int | None
    closed_on: date | None
    note: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "target",
    evolve,
    row=TargetRow,
    version=1,
    renamed={"floor": "lines.floor", "challenge": "lines.challenge", "stretch": "lines.stretch"},
    indexes=("(position)", "(owner_id, period)", "(team_id)", "(parent_target_id, position)", "(period, measure)"),
)
