"""Targets as they are now, one row a target, with all lines that were ever set. Amounts are minor units, or the unit.

The three lines shown are those set last; `revisions` has the earlier ones with their effective dates. Dates are business
dates, None where unknown.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.selling.targets import (
    TargetAdjusted,
    TargetAgreed,
    TargetClosed,
    TargetEvent,
    TargetGap,
    TargetInput,
    TargetLines,
    TargetProposed,
    TargetSplit,
    TargetStatus,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import business_date, replace
from salesapi.projections.declaring import one_row


@record
class LinesColumn:
    """Lines as they were set once; `reason` is null for the proposal."""

    revision: int
    lines: TargetLines
    effective_on: date | None
    reason: str | None
    is_agreed: bool
    agreed_on: date | None


@record
class SplitColumn:
    """The children of one split."""

    split: int
    lines: TargetLines
    target_ids: tuple[UUID, ...]
    gap: TargetGap


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
    revisions: tuple[LinesColumn, ...]
    splits: tuple[SplitColumn, ...]
    proposed_on: date | None
    result: int | None
    closed_on: date | None
    note: str | None
    version: int
    position: int


def _fold(row: TargetRow | None, event: TargetEvent, recorded: Recorded) -> TargetRow:
    if isinstance(event, TargetProposed):
        return _proposed(event, recorded)
    assert row is not None, "a target begins with target.proposed"
    return replace(_changed(row, event, recorded), version=recorded.version, position=recorded.position)


def _proposed(event: TargetProposed, recorded: Recorded) -> TargetRow:
    return TargetRow(
        target_id=recorded.stream_id,
        owner_id=event.owner_id,
        team_id=event.team_id,
        parent_target_id=event.parent_target_id,
        measure=event.measure,
        period=event.period,
        dimension_key=event.dimension.key if event.dimension else None,
        dimension_value=event.dimension.value if event.dimension else None,
        currency=event.currency,
        unit=event.unit,
        status="proposed",
        floor=event.lines.floor,
        challenge=event.lines.challenge,
        stretch=event.lines.stretch,
        basis=event.basis,
        revisions=(_lines(1, event.lines, None, None),),
        splits=(),
        proposed_on=business_date(recorded),
        result=None,
        closed_on=None,
        note=None,
        version=recorded.version,
        position=recorded.position,
    )


def _lines(revision: int, lines: TargetLines, effective_on: date | None, reason: str | None) -> LinesColumn:
    return LinesColumn(
        revision=revision, lines=lines, effective_on=effective_on, reason=reason, is_agreed=False, agreed_on=None
    )


def _changed(row: TargetRow, event: TargetEvent, recorded: Recorded) -> TargetRow:
    match event:
        case TargetProposed():
            return row
        case TargetSplit():
            ids = tuple(child.target_id for child in event.children)
            column = SplitColumn(split=event.split, lines=event.lines, target_ids=ids, gap=event.gap)
            return replace(row, splits=(*row.splits, column))
        case TargetAgreed():
            on = business_date(recorded)
            revisions = tuple(
                replace(each, is_agreed=True, agreed_on=on) if each.revision == event.revision else each
                for each in row.revisions
            )
            return replace(row, status="agreed", revisions=revisions)
        case TargetAdjusted():
            column_of_lines = _lines(event.revision, event.lines_to, event.effective_on, event.reason)
            return replace(
                row,
                status="proposed",
                floor=event.lines_to.floor,
                challenge=event.lines_to.challenge,
                stretch=event.lines_to.stretch,
                revisions=(*row.revisions, column_of_lines),
            )
        case TargetClosed():
            return replace(
                row, status="closed", result=event.result, closed_on=business_date(recorded), note=event.note
            )


PROJECTION: Final = one_row(
    "target",
    _fold,
    row=TargetRow,
    version=1,
    key=("target_id",),
    indexes=("(position)", "(owner_id, period)", "(team_id)", "(parent_target_id, position)", "(period, measure)"),
)
