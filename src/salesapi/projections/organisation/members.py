"""Members as they are now, one row a member; names and mail addresses are in clear. Dates are the company's local dates."""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.organisation import members
from salesapi.domain.organisation.members import Member, MemberEvent, MemberJoined
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import id_of, replace, system_of
from salesapi.projections.declaring import one_row


@record
class MemberRow:
    """A person of the company's sales."""

    member_id: UUID
    name: str | None
    email: str | None
    employee_number: str | None
    joined_on: date | None
    left_on: date | None
    cost_centre: str | None
    legal_entity: str | None
    external_system: str | None
    external_id: str | None
    version: int
    position: int


def _fold(row: MemberRow | None, event: MemberEvent, recorded: Recorded) -> MemberRow:
    if isinstance(event, MemberJoined):
        return MemberRow(
            member_id=recorded.stream_id,
            name=event.name,
            email=event.email,
            employee_number=event.employee_number,
            joined_on=event.joined_on,
            left_on=None,
            cost_centre=event.cost_centre,
            legal_entity=event.legal_entity,
            external_system=system_of(event.external_id),
            external_id=id_of(event.external_id),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a member begins with member.joined"
    state = members.evolve(_state(row), event, recorded)
    return replace(
        row,
        name=state.name,
        email=state.email,
        employee_number=state.employee_number,
        joined_on=state.joined_on,
        left_on=state.left_on,
        cost_centre=state.cost_centre,
        legal_entity=state.legal_entity,
        version=recorded.version,
        position=recorded.position,
    )


def _state(row: MemberRow) -> Member:
    return Member(
        name=row.name,
        email=row.email,
        employee_number=row.employee_number,
        joined_on=row.joined_on,
        cost_centre=row.cost_centre,
        legal_entity=row.legal_entity,
        left_on=row.left_on,
    )


PROJECTION: Final = one_row(
    "member",
    _fold,
    row=MemberRow,
    version=1,
    key=("member_id",),
    indexes=("(external_id, external_system)",),
    reads_personal=True,
)
