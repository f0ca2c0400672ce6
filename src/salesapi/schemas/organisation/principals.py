"""Wire shapes of principals, with the filter and orders of their list, and of the one who asks."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.organisation.principals import NAME_LENGTH_MAX
from salesapi.domain.shared.kernel import About, Role, record
from salesapi.schemas.scalars import Position


@record
class Principal:
    """Who may ask: a person or a system. Every `actor_id` is one."""

    id: Annotated[UUID, About("The principal.")]
    name: Annotated[str, About("Its name.")]
    roles: Annotated[tuple[Role, ...], About("Its roles.")]
    member_id: Annotated[UUID | None, About("The member that it is, where it is one.")]
    is_disabled: Annotated[bool, About("None of its keys opens anything any longer.")]
    reason: Annotated[str | None, About("Why it was changed or disabled last.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class PrincipalFilter:
    """Which principals. Fields that are not sent do not filter."""

    name: Annotated[str | None, MaxLen(NAME_LENGTH_MAX), About("With this name.")] = None
    member_id: Annotated[UUID | None, About("That are this member.")] = None
    is_disabled: Annotated[bool | None, About("Disabled, or not.")] = None


class PrincipalOrder(StrEnum):
    """Orders of principals."""

    NAME_ASC = "name_asc"
    CHANGED_DESC = "changed_desc"


@record
class Me:
    """Whom the key of this request stands for, and what it may."""

    principal_id: Annotated[UUID, About("The principal.")]
    name: Annotated[str, About("Its name.")]
    roles: Annotated[tuple[Role, ...], About("Its roles.")]
    permissions: Annotated[tuple[str, ...], About("Named permissions beyond the roles, such as `deal.skip_stages`.")]
    member_id: Annotated[UUID | None, About("The member that it is, where it is one.")]
    reach: Annotated[
        Literal["all", "team", "own", "none"], About("Whose leads, customers, deals and activities it sees.")
    ]
    pay_reach: Annotated[Literal["all", "team", "own", "none"], About("Whose pay it sees.")]
    key_prefix: Annotated[str, About("The prefix of the key.")]
    key_expires_at: Annotated[datetime | None, About("When the key ends; null is never.")]
