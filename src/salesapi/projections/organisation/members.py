"""Members as they are now, one row a member; names and mail addresses are in clear. Dates are the company's local dates."""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.organisation.members import evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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


PROJECTION: Final = current(
    "member",
    evolve,
    row=MemberRow,
    version=1,
    indexes=("(external_id, external_system)",),
    reads_personal=True,
)
