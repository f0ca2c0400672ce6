"""Enrolments: which member takes part in which compensation plan, one row for each span of business dates [from, until).

All spans of a member are one group; their bound is `SPANS_MAX` of the domain.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain import enrolments
from salesapi.domain.enrolments import Enrolment, EnrolmentBegun, EnrolmentEnded, Span
from salesapi.domain.kernel import Recorded, record
from salesapi.projections.projection import GroupKey, Projection


@record
class EnrolmentRow:
    """`number` counts a member's spans in the order in which they were recorded. No components named means all."""

    member_id: UUID
    number: int
    plan_id: UUID
    effective_from: date | None
    effective_until: date | None
    component_keys: tuple[str, ...] | None
    position: int


def _groups(event: EnrolmentBegun | EnrolmentEnded, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((event.member_id,),)


def _evolve(
    rows: Sequence[EnrolmentRow], event: EnrolmentBegun | EnrolmentEnded, recorded: Recorded, group: GroupKey
) -> tuple[EnrolmentRow, ...]:
    held = sorted(rows, key=lambda row: row.number)
    before = {_span(row): row.position for row in held}
    known = Enrolment(member_id=event.member_id, spans=tuple(_span(row) for row in held))
    state = enrolments.evolve(known, event, recorded)
    return tuple(
        EnrolmentRow(
            member_id=event.member_id,
            number=number,
            plan_id=span.plan_id,
            effective_from=span.effective_from,
            effective_until=span.effective_until,
            component_keys=span.component_keys,
            position=before.get(span, recorded.position),
        )
        for number, span in enumerate(state.spans, start=1)
    )


def _span(row: EnrolmentRow) -> Span:
    return Span(
        plan_id=row.plan_id,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        component_keys=row.component_keys,
    )


PROJECTION: Final = Projection(
    name="enrolment",
    version=1,
    row=EnrolmentRow,
    key=("member_id", "number"),
    group=("member_id",),
    types=("enrolment.begun", "enrolment.ended"),
    groups=_groups,
    evolve=_evolve,
    indexes=("(plan_id)",),
)
