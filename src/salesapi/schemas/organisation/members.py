"""Wire shapes of members, with the filter and orders of their list. Name and mail address are personal, in clear."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.shared.kernel import About, ExternalId, Key, record
from salesapi.schemas.filters import SearchText
from salesapi.schemas.scalars import Position


@record
class Member:
    """A person of the company's sales."""

    id: Annotated[UUID, About("The member.")]
    name: Annotated[str | None, About("Name; null where erased.")]
    email: Annotated[str | None, About("Mail address. Null but for the member, its managers, finance and admin.")]
    employee_number: Annotated[
        str | None, About("Number in payroll. Null for members and managers who don't have it in their team.")
    ]
    joined_on: Annotated[date | None, About("First day, where known.")]
    left_on: Annotated[date | None, About("First day on which the member is no longer there.")]
    cost_centre: Annotated[str | None, About("Cost centre that bears the pay.")]
    legal_entity: Annotated[str | None, About("Legal entity that employs the member.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    is_erased: Annotated[bool, About("Name and mail address were erased.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class MemberFilter:
    """Which members. Fields that are not sent do not filter."""

    employee_number: Annotated[Key | None, About("With this number in payroll, among those whose number you see.")] = (
        None
    )
    has_left: Annotated[bool | None, About("Has a leaving date, or none.")] = None
    text: Annotated[SearchText | None, About("With this text in the name, in any case.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class MemberOrder(StrEnum):
    """Orders of members. Unknown names come first."""

    NAME_ASC = "name_asc"
    NAME_DESC = "name_desc"
    CHANGED_DESC = "changed_desc"
