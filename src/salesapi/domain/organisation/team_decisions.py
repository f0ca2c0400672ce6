"""What may happen to teams: the decisions of `teams.py`, pure, and the declaration of the stream.

Effective dates are local dates of the company's calendar; the business time of a command plays no part in them.
"""

from collections.abc import Iterator, Sized
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.organisation import teams
from salesapi.domain.organisation.teams import Membership, Team, TeamEvent, Teams, at, evolve
from salesapi.domain.shared.dates import end_of, start_of
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import KEEPERS, Context, ThingExists, ThingUnknown, external_identity
from salesapi.domain.shared.references import refuse_unknown
from salesapi.domain.shared.states import made_from


def form(state: Teams | None, command: teams.FormTeam, context: Context) -> tuple[teams.TeamFormed, ...]:
    """Decides `FormTeam`. A new team is above nothing, so it cannot close a cycle."""
    tree = state or Teams()
    if context.subject_id in tree.by_id:
        raise ThingExists(thing="team", id=str(context.subject_id), pointer="/external_id")
    if command.parent_id is not None:
        parent = _known(tree, command.parent_id, pointer="/parent_id")
        _refuse_outside(parent, command.effective_from, None, pointer="/parent_id")
    _refuse_full(tree.by_id, teams.TEAMS_MAX, "teams")
    return (made_from(teams.TeamFormed, command, team_id=context.subject_id),)


def move(state: Teams, command: teams.MoveTeam, context: Context) -> tuple[teams.TeamMoved, ...]:
    """Decides `MoveTeam`: the new parent is there as long as the team stands below it, and no date has a cycle."""
    team = _known(state, command.team_id)
    first = command.effective_from
    later = (since.effective_from for since in team.parents if start_of(since.effective_from) > start_of(first))
    until = next(later, None) or team.closed_from
    _refuse_not_begun(team, first)
    if command.parent_id is not None:
        parent = _known(state, command.parent_id, pointer="/parent_id")
        _refuse_outside(parent, first, until, pointer="/parent_id")
        _refuse_cycle(state, command, parent, until)
    before = at(team.parents, start_of(first))
    if before == command.parent_id:
        return ()
    _refuse_full(team.parents, teams.CHANGES_MAX, "moves of one team")
    return (
        teams.TeamMoved(team_id=command.team_id, parent_from=before, parent_to=command.parent_id, effective_from=first),
    )


def change_membership(
    state: Teams, command: teams.ChangeTeamMembership, context: Context
) -> tuple[teams.TeamMembershipChanged, ...]:
    """Decides `ChangeTeamMembership`: later memberships are never overridden, running ones end (see `teams.py`)."""
    team = _known(state, command.team_id)
    refuse_unknown(command, context.facts)
    if start_of(command.effective_from) >= end_of(command.effective_until):
        raise teams.TeamPeriodEmpty(effective_until=str(command.effective_until), pointer="/effective_until")
    _refuse_outside(team, command.effective_from, command.effective_until, pointer="/effective_from")
    asked = made_from(Membership, command)
    held = state.memberships_of(command.member_id)
    if any(_says_already(membership, asked) for membership in held):
        return ()
    later = next((membership for membership in held if _overridden(membership, asked)), None)
    if later is not None:
        name = state.by_id[later.team_id].name
        raise teams.MemberElsewhere(team=name, on=str(later.effective_from), pointer="/effective_until")
    if sum(map(len, state.by_member.values())) >= teams.MEMBERSHIPS_MAX:
        raise teams.TeamsFull(most=teams.MEMBERSHIPS_MAX, what="memberships")
    return (made_from(teams.TeamMembershipChanged, command),)


def end_membership(
    state: Teams, command: teams.EndTeamMembership, context: Context
) -> tuple[teams.TeamMembershipChanged, ...]:
    """Decides `EndTeamMembership`."""
    team = _known(state, command.team_id)
    in_team = [held for held in state.memberships_of(command.member_id) if held.team_id == command.team_id]
    running = next((held for held in in_team if held.holds(command.effective_until)), None)
    if running is None:
        if any(held.effective_until == command.effective_until for held in in_team):
            return ()
        raise teams.MemberNotInTeam(team=team.name, on=str(command.effective_until), pointer="/effective_until")
    return (made_from(teams.TeamMembershipChanged, command, effective_from=running.effective_from),)


def appoint_leader(
    state: Teams, command: teams.AppointTeamLeader, context: Context
) -> tuple[teams.TeamLeaderAppointed, ...]:
    """Decides `AppointTeamLeader`."""
    team = _known(state, command.team_id)
    refuse_unknown(command, context.facts)
    _refuse_not_begun(team, command.effective_from)
    if at(team.leaders, start_of(command.effective_from)) == command.member_id:
        return ()
    _refuse_full(team.leaders, teams.CHANGES_MAX, "leaders of one team")
    return (made_from(teams.TeamLeaderAppointed, command),)


def change_region(
    state: Teams, command: teams.ChangeTeamRegion, context: Context
) -> tuple[teams.TeamRegionChanged, ...]:
    """Decides `ChangeTeamRegion`."""
    team = _known(state, command.team_id)
    _refuse_not_begun(team, command.effective_from)
    if at(team.regions, start_of(command.effective_from)) == command.region:
        return ()
    _refuse_full(team.regions, teams.CHANGES_MAX, "regions of one team")
    return (made_from(teams.TeamRegionChanged, command),)


def close(state: Teams, command: teams.CloseTeam, context: Context) -> tuple[teams.TeamClosed, ...]:
    """Decides `CloseTeam`: nobody and nothing is left in it from that date on."""
    team = _known(state, command.team_id)
    on = command.effective_from
    if team.closed_from == on:
        return ()
    _refuse_not_begun(team, on)
    members = sum(
        1
        for held in state.by_member.values()
        for membership in held
        if membership.team_id == command.team_id and end_of(membership.effective_until) > on
    )
    below = sum(1 for child in state.by_id.values() if _is_below_later(child, command.team_id, on))
    if members or below:
        raise teams.TeamNotEmpty(team=team.name, on=str(on), members=members, teams=below)
    return (teams.TeamClosed(team_id=command.team_id, effective_from=on, reason=command.reason),)


def _known(state: Teams, team_id: UUID, pointer: str = "/team_id") -> Team:
    team = state.by_id.get(team_id)
    if team is None:
        raise ThingUnknown(thing="team", id=str(team_id), pointer=pointer)
    return team


def _refuse_outside(team: Team, effective_from: date | None, effective_until: date | None, pointer: str) -> None:
    """The whole period lies within the team's life."""
    begins_before = start_of(effective_from) < start_of(team.formed_from)
    ends_after = end_of(effective_until) > end_of(team.closed_from)
    if begins_before or ends_after:
        raise _not_open(team, pointer)


def _refuse_not_begun(team: Team, effective_from: date | None) -> None:
    """The first day lies within the team's life; what holds until further notice ends with it."""
    if not team.is_open(start_of(effective_from)):
        raise _not_open(team, "/effective_from")


def _not_open(team: Team, pointer: str) -> teams.TeamNotOpen:
    open_from = str(team.formed_from) if team.formed_from else "always"
    open_until = str(team.closed_from) if team.closed_from else "further notice"
    return teams.TeamNotOpen(team=team.name, open_from=open_from, open_until=open_until, pointer=pointer)


def _refuse_full(found: Sized, most: int, what: str) -> None:
    if len(found) >= most:
        raise teams.TeamsFull(most=most, what=what)


def _refuse_cycle(state: Teams, command: teams.MoveTeam, parent: Team, until: date | None) -> None:
    """The edge closes a cycle where the team is the new parent or above it, on any day that the edge holds."""
    assert command.parent_id is not None
    for day in _days_of_change(state, start_of(command.effective_from), end_of(until)):
        if command.team_id in state.upwards(command.parent_id, day):
            team = state.by_id[command.team_id]
            on = "every date" if day == date.min else str(day)
            raise teams.TeamCycle(on=on, team=team.name, parent=parent.name, pointer="/parent_id")


def _days_of_change(state: Teams, first: date, end: date) -> list[date]:
    """The days in [first, end) on which the tree has another shape than the day before, and the first one."""
    moves = {start_of(since.effective_from) for team in state.by_id.values() for since in team.parents}
    return sorted({first} | {day for day in moves if first < day < end})


def _is_below_later(child: Team, parent_id: UUID, on: date) -> bool:
    """Tells whether the child stands below the parent on this date or any later one."""
    return any(value == parent_id and end > on for value, end in _parent_periods(child))


def _parent_periods(team: Team) -> Iterator[tuple[UUID | None, date]]:
    """Each parent with the first day on which the team is no longer below it."""
    closed = end_of(team.closed_from)
    ends = [min(start_of(since.effective_from), closed) for since in team.parents[1:]]
    return ((since.value, end) for since, end in zip(team.parents, [*ends, closed], strict=True))


def _says_already(held: Membership, asked: Membership) -> bool:
    begins = start_of(held.effective_from) <= start_of(asked.effective_from) < end_of(held.effective_until)
    return held.team_id == asked.team_id and begins and held.effective_until == asked.effective_until


def _overridden(held: Membership, asked: Membership) -> bool:
    """Tells whether the asked period cuts into a later membership, except one of its team that it contains."""
    begins = start_of(held.effective_from)
    if not start_of(asked.effective_from) < begins < end_of(asked.effective_until):
        return False
    within = end_of(held.effective_until) <= end_of(asked.effective_until)
    return not (held.team_id == asked.team_id and within)


def _tree(command: object) -> UUID:
    return teams.TREE.id


STREAM: Final = Stream[Teams, TeamEvent](
    kind="team",
    plural="teams",
    evolve=evolve,
    commands=(
        creates(teams.FormTeam, decide=form, roles=KEEPERS, identity=external_identity, stream_of=_tree),
        changes(teams.MoveTeam, decide=move, roles=KEEPERS, target="team_id", stream_of=_tree),
        changes(teams.ChangeTeamMembership, decide=change_membership, roles=KEEPERS, target="team_id", stream_of=_tree),
        changes(teams.EndTeamMembership, decide=end_membership, roles=KEEPERS, target="team_id", stream_of=_tree),
        changes(teams.AppointTeamLeader, decide=appoint_leader, roles=KEEPERS, target="team_id", stream_of=_tree),
        changes(teams.ChangeTeamRegion, decide=change_region, roles=KEEPERS, target="team_id", stream_of=_tree),
        changes(teams.CloseTeam, decide=close, roles=KEEPERS, target="team_id", stream_of=_tree),
    ),
)
