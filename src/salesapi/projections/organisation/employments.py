"""Where a member's pay is booked: number in payroll, cost centre and employer. One row for each log position that changed it.

An export of a locked run asks for what was known at the position that the run was calculated at, so it never changes.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.domain.organisation import members
from salesapi.domain.organisation.members import Member, MemberChanged, MemberJoined
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import made_from, replace
from salesapi.projections.declaring import row_group
from salesapi.projections.projection import GroupKey

CHANGES_MAX: Final = 1_000
"""Most rows of one member; of more changes only the latest are kept."""


@record
class EmploymentRow:
    """The employment that holds from `since_position` on, until the member's next row."""

    member_id: UUID
    since_position: int
    employee_number: str | None
    cost_centre: str | None
    legal_entity: str | None


def _evolve(
    rows: Sequence[EmploymentRow], event: MemberJoined | MemberChanged, recorded: Recorded, group: GroupKey
) -> tuple[EmploymentRow, ...]:
    known = sorted(rows, key=lambda row: row.since_position)
    last = known[-1] if known else None
    after = members.evolve(_state(last) if last else None, event, recorded)
    row = made_from(EmploymentRow, after, member_id=recorded.stream_id, since_position=recorded.position)
    if last is not None and row == replace(last, since_position=recorded.position):
        return tuple(known)
    return (*known, row)[-CHANGES_MAX:]


def _state(row: EmploymentRow) -> Member:
    return Member(employee_number=row.employee_number, cost_centre=row.cost_centre, legal_entity=row.legal_entity)


PROJECTION: Final = row_group(
    "employment", _evolve, row=EmploymentRow, version=1, key=("member_id", "since_position"), group=("member_id",)
)
