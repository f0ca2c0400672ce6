"""Enrolments: which member takes part in which compensation plan, one row for each member and plan. Spans are business dates
[from, until). When a member has left, and which versions it has acknowledged, stands in the row, too.

All rows of a member are one group; the bounds are those of the domain.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.plans import enrolments
from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride
from salesapi.domain.pay.plans.enrolment_spans import Span
from salesapi.domain.pay.rules.plan_versions_and_leavers import LeavingReason
from salesapi.domain.shared.kernel import Recorded, natural_id, record
from salesapi.domain.shared.states import business_date, made_from, replace
from salesapi.projections.declaring import by, row_group
from salesapi.projections.projection import GroupKey

RowEvent: TypeAlias = (
    enrolments.EnrolmentBegun
    | enrolments.EnrolmentEnded
    | enrolments.EnrolmentParticipantLeft
    | enrolments.EnrolmentPlanAcknowledged
)


@record
class SpanColumn:
    """Days of the member in the plan, with its own values; no components named means all."""

    effective_from: date | None
    effective_until: date | None
    component_keys: tuple[str, ...] | None
    overrides: tuple[ComponentOverride, ...]
    draw_minor: int | None


@record
class AcknowledgedColumn:
    """A version of the plan that the member has acknowledged."""

    plan_version: int
    acknowledged_on: date | None


@record
class EnrolmentRow:
    """A member in a plan. `leavings` and what is before them are kept for corrections; `left_on` is None who is back."""

    enrolment_id: UUID
    member_id: UUID
    plan_id: UUID
    spans: tuple[SpanColumn, ...]
    is_participant: bool
    """Whether a span is left."""
    spans_before_leaving: tuple[SpanColumn, ...]
    leavings: tuple[enrolments.Left, ...]
    left_on: date | None
    leaving: LeavingReason | None
    acknowledged: tuple[AcknowledgedColumn, ...]
    position: int


def _groups(event: RowEvent, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((event.member_id,),)


def _evolve(
    rows: Sequence[EnrolmentRow], event: RowEvent, recorded: Recorded, group: GroupKey
) -> tuple[EnrolmentRow, ...]:
    if isinstance(event, enrolments.EnrolmentPlanAcknowledged):
        return tuple(_acknowledged(row, event, recorded) for row in rows)
    state = enrolments.evolve(_state(event.member_id, rows), event, recorded)
    known = {row.plan_id: row for row in rows}
    held = (*state.spans, *state.spans_before_leaving)
    plan_ids = dict.fromkeys((*known, *(span.plan_id for span in held)))
    return tuple(_row(state, plan_id, known.get(plan_id), recorded) for plan_id in plan_ids)


def _acknowledged(row: EnrolmentRow, event: enrolments.EnrolmentPlanAcknowledged, recorded: Recorded) -> EnrolmentRow:
    if row.plan_id != event.plan_id:
        return row
    version = AcknowledgedColumn(plan_version=event.plan_version, acknowledged_on=business_date(recorded))
    return replace(row, acknowledged=(*row.acknowledged, version), position=recorded.position)


def _state(member_id: UUID, rows: Sequence[EnrolmentRow]) -> enrolments.Enrolment:
    """Makes what the domain's fold needs from the rows."""
    return enrolments.Enrolment(
        member_id=member_id,
        spans=tuple(_span(row.plan_id, column) for row in rows for column in row.spans),
        spans_before_leaving=tuple(_span(row.plan_id, column) for row in rows for column in row.spans_before_leaving),
        leavings=rows[0].leavings if rows else (),
    )


def _row(state: enrolments.Enrolment, plan_id: UUID, known: EnrolmentRow | None, recorded: Recorded) -> EnrolmentRow:
    """The row of a plan; its position moves only where something in it does."""
    spans = _columns(state.spans, plan_id)
    row = EnrolmentRow(
        enrolment_id=natural_id("enrolment", str(state.member_id), str(plan_id)),
        member_id=state.member_id,
        plan_id=plan_id,
        spans=spans,
        is_participant=bool(spans),
        spans_before_leaving=_columns(state.spans_before_leaving, plan_id),
        leavings=state.leavings,
        left_on=state.left.left_on if state.left else None,
        leaving=state.left.leaving if state.left else None,
        acknowledged=known.acknowledged if known else (),
        position=known.position if known else recorded.position,
    )
    return row if row == known else replace(row, position=recorded.position)


def _columns(spans: Iterable[Span], plan_id: UUID) -> tuple[SpanColumn, ...]:
    return tuple(made_from(SpanColumn, span) for span in spans if span.plan_id == plan_id)


def _span(plan_id: UUID, column: SpanColumn) -> Span:
    return made_from(Span, column, plan_id=plan_id)


PROJECTION: Final = row_group(
    "enrolment",
    _evolve,
    row=EnrolmentRow,
    version=2,
    key=("member_id", "plan_id"),
    group=("member_id",),
    groups=by(_groups),
    indexes=("(plan_id, position)", "(position)"),
)
