"""Wire shape of teams, as they stand on one day of the company's calendar."""

from datetime import date
from typing import Annotated
from uuid import UUID

from salesapi.domain.shared.kernel import About, record


@record
class Team:
    """A team as it stands on a day."""

    id: Annotated[UUID, About("The team.")]
    name: Annotated[str, About("Name.")]
    parent_id: Annotated[UUID | None, About("The team above it; null at the top.")]
    leader_id: Annotated[UUID | None, About("The member who leads it.")]
    region: Annotated[str | None, About("Its region, or that of the nearest team above that has one.")]
    member_ids: Annotated[tuple[UUID, ...], About("Who is in the team itself, not in those below it.")]
    formed_from: Annotated[date | None, About("First day on which it exists; null is always.")]
    closed_from: Annotated[date | None, About("First day on which it is no more; null is open.")]
