"""Questions about teams. They are answered from the folded team tree, not from a table; everybody who has a key sees them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from salesapi.domain.organisation.teams import Teams
from salesapi.queries.paging import Page, PageRequest, decoded_cursor, encoded_cursor
from salesapi.schemas.organisation.teams import Team

_ORDER = "team"


def teams_on(teams: Teams, on: date, page: PageRequest) -> Page[Team]:
    """A page of the teams that are open on this day, in the order of their names.

    Raises:
        CursorMalformed.
    """
    by_place = sorted((team.name, id) for id, team in teams.by_id.items() if team.is_open(on))
    if page.after is not None:
        after = decoded_cursor(page.after, order=_ORDER, kind=str)
        by_place = [place for place in by_place if place > after]
    shown = by_place[: page.first]
    members = _members(teams, on)
    return Page(
        items=tuple(_team(teams, id, on, members.get(id, ())) for _, id in shown),
        cursors=tuple(encoded_cursor(_ORDER, *place) for place in shown),
        has_more=len(by_place) > page.first,
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
    return Team(
        id=team_id,
        name=team.name,
        parent_id=teams.parent_of(team_id, on),
        leader_id=teams.leader_of(team_id, on),
        region=teams.region_of(team_id, on),
        member_ids=member_ids,
        formed_from=team.formed_from,
        closed_from=team.closed_from,
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
