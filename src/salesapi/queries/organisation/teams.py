"""Questions about teams. They are answered from the folded team tree, not from a table; everybody who has a key sees them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.organisation.teams import Teams
from salesapi.domain.shared.states import made_from
from salesapi.queries.paging import Cursors, Page, PageRequest
from salesapi.schemas.organisation.teams import Team

_CURSORS: Final = Cursors(order="team", kind=str)


def teams_on(teams: Teams, on: date, page: PageRequest) -> Page[Team]:
    """A page of the teams that are open on this day, in the order of their names.

    Raises:
        CursorMalformed.
    """
    by_place = sorted((team.name, id) for id, team in teams.by_id.items() if team.is_open(on))
    if (after := _CURSORS.after(page)) is not None:
        by_place = [place for place in by_place if place > after]
    members = _members(teams, on)
    return _CURSORS.page(
        by_place, page, item=lambda each: _team(teams, each[1], on, members.get(each[1], ())), place=lambda each: each
    )


def _members(teams: Teams, on: date) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for member_id in teams.by_member:
        team_id = teams.team_of(member_id, on)
        if team_id is not None:
            found[team_id].append(member_id)
    return {team_id: tuple(sorted(ids)) for team_id, ids in found.items()}


def _team(teams: Teams, team_id: UUID, on: date, member_ids: tuple[UUID, ...]) -> Team:
    team = teams.by_id[team_id]
    return made_from(
        Team,
        team,
        id=team_id,
        parent_id=teams.parent_of(team_id, on),
        leader_id=teams.leader_of(team_id, on),
        region=teams.region_of(team_id, on),
        member_ids=member_ids,
    )


def teams_of_members(teams: Teams, on: date, member_ids: Sequence[UUID]) -> dict[UUID, Team]:
    """The team that each of these members is in on this day, of those that are in one."""
    members = _members(teams, on)
    team_ids = {member_id: teams.team_of(member_id, on) for member_id in member_ids}
    return {
        member_id: _team(teams, team_id, on, members.get(team_id, ()))
        for member_id, team_id in team_ids.items()
        if team_id is not None
    }
