"""Teams: the tree of teams, their leaders and regions, and who is in which team. One stream `team` holds all of them.

They share a stream because two invariants span them: the tree has no cycle on any date, and a member is in at most one team
on any date. All dates are local dates of the company's calendar; a period is [from, until), and null is "always" or "open".

How facts fold:
- A parent, leader or region holds from its date until the next recorded one begins; the same date again corrects it.
- A membership holds for its period. Joining ends the membership that is running on its first day, for good: the member does
  not return to it by itself. Other memberships that begin within the new period fall. A period without days only removes.

How undated facts are placed (`on=None`): what began last holds, ended or not. That is the one that holds "always", where
nothing else was recorded. Team names and regions are business labels, stored in clear.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from typing import Annotated, Final, Generic, TypeAlias, TypeVar, assert_never
from uuid import UUID

from salesapi.domain.shared.dates import EndDate, PlannedDate, StartDate, end_of, is_within, start_of
from salesapi.domain.shared.kernel import (
    About,
    ExternalId,
    Key,
    Reason,
    Recorded,
    Refers,
    Refused,
    StreamRef,
    Title,
    natural_id,
    record,
)

TEAMS_MAX: Final = 2_000
"""Most teams, closed ones included."""
MEMBERSHIPS_MAX: Final = 20_000
"""Most membership periods of all members together."""
CHANGES_MAX: Final = 500
"""Most parents, leaders or regions of one team over time."""

TREE: Final = StreamRef("team", natural_id("team", "tree"))
"""The stream of all teams; deciders name it in their needs."""

Value = TypeVar("Value")


@record
class TeamFormed:
    """A team exists from a date on, or always."""

    team_id: UUID
    name: str
    parent_id: UUID | None
    region: str | None
    effective_from: date | None
    external_id: ExternalId | None


@record
class TeamMembershipChanged:
    """The member is in the team for this period; the module says what that does to other memberships."""

    team_id: UUID
    member_id: UUID
    effective_from: date | None
    effective_until: date | None


@record
class TeamMoved:
    """`parent_from` is the parent that the team would have had on this date without the move."""

    team_id: UUID
    parent_from: UUID | None
    parent_to: UUID | None
    effective_from: date | None


@record
class TeamLeaderAppointed:
    team_id: UUID
    member_id: UUID
    effective_from: date | None


@record
class TeamRegionChanged:
    """Without a region of its own the team has that of the nearest team above it."""

    team_id: UUID
    region: str | None
    effective_from: date | None


@record
class TeamClosed:
    """From this date on the team is no more; facts before it stay."""

    team_id: UUID
    effective_from: date
    reason: str


TeamEvent: TypeAlias = (
    TeamFormed | TeamMembershipChanged | TeamMoved | TeamLeaderAppointed | TeamRegionChanged | TeamClosed
)

TeamId: TypeAlias = Annotated[UUID, About("The team.")]
EffectiveFrom: TypeAlias = Annotated[StartDate, About("First day on which it holds; null is always.")]


@record
class FormTeam:
    """Forms a team, at the top of the tree or below another one."""

    name: Annotated[Title, About("A business label, stored in clear.")]
    parent_id: Annotated[UUID | None, About("The team above it; null for the top.")] = None
    region: Annotated[Key | None, About("Its region; without one that of the nearest team above it.")] = None
    effective_from: EffectiveFrom = None
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class MoveTeam:
    """Puts a team, with everything below it, under another one from a date on. Cycles are refused on every date."""

    team_id: TeamId
    parent_id: Annotated[UUID | None, About("The new team above it; null for the top.")]
    effective_from: EffectiveFrom = None


@record
class ChangeTeamMembership:
    """Says that a member is in this team for a period.

    The membership that is running on the first day ends on it. Where the member has already joined another team later in
    the period, it is refused: send `effective_until`, or end that membership first.
    """

    team_id: TeamId
    member_id: Annotated[UUID, Refers("member"), About("The member.")]
    effective_from: EffectiveFrom = None
    effective_until: Annotated[EndDate, About("First day on which it no longer holds; null is open.")] = None


@record
class EndTeamMembership:
    """Ends the membership that is running on a day; on its own first day it is withdrawn altogether."""

    team_id: TeamId
    member_id: Annotated[UUID, About("The member.")]
    effective_until: Annotated[PlannedDate, About("First day on which the member is no longer in the team.")]


@record
class AppointTeamLeader:
    """Appoints the leader of a team from a date on, until the next one. A leader need not be a member of the team."""

    team_id: TeamId
    member_id: Annotated[UUID, Refers("member"), About("The member who leads it.")]
    effective_from: EffectiveFrom = None


@record
class ChangeTeamRegion:
    """States the region of a team from a date on."""

    team_id: TeamId
    region: Annotated[Key | None, About("The region; null takes that of the nearest team above it.")]
    effective_from: EffectiveFrom = None


@record
class CloseTeam:
    """Closes a team from a date on. Its members and the teams below it must have left by then."""

    team_id: TeamId
    effective_from: Annotated[PlannedDate, About("First day on which the team is no more.")]
    reason: Annotated[Reason, About("Why it is closed.")]


class TeamCycle(Refused):
    """A team cannot stand below itself."""

    code = "team.cycle"
    message = "On {on} the team {parent} stands below the team {team}, so it cannot be above it."


class TeamNotOpen(Refused):
    code = "team.not_open"
    message = "The team {team} is open from {open_from} until {open_until}; these dates reach beyond that."


class TeamNotEmpty(Refused):
    code = "team.not_empty"
    message = (
        "On {on} or later the team {team} still has {members} memberships and {teams} teams below it; end them first."
    )


class MemberElsewhere(Refused):
    """A member is in at most one team on any date."""

    code = "team.member_elsewhere"
    message = "The member joins the team {team} on {on}; send an earlier effective_until, or end that membership first."


class MemberNotInTeam(Refused):
    code = "team.member_not_in_team"
    message = "The member is not in the team {team} on {on}."


class TeamPeriodEmpty(Refused):
    code = "team.period_empty"
    message = "The period ends on {effective_until}, before its first day."


class TeamsFull(Refused):
    code = "team.too_many"
    message = "There are at most {most} {what}."


@record
class Since(Generic[Value]):
    """A value that holds from a date on, until the next one of its history."""

    effective_from: date | None
    value: Value


@record
class Membership:
    """A member's time in a team: the days in [effective_from, effective_until)."""

    team_id: UUID
    effective_from: date | None
    effective_until: date | None

    def holds(self, on: date) -> bool:
        """Tells whether this day lies within; `effective_until` is the first day after it."""
        return is_within(on, effective_from=self.effective_from, effective_until=self.effective_until)


@record
class Team:
    """One team; each history is ordered by date."""

    name: str
    formed_from: date | None
    parents: tuple[Since[UUID | None], ...]
    regions: tuple[Since[str | None], ...]
    leaders: tuple[Since[UUID], ...] = ()
    closed_from: date | None = None

    def is_open(self, on: date | None) -> bool:
        """Tells whether the team is there on this date; for undated facts it always is."""
        return on is None or is_within(on, effective_from=self.formed_from, effective_until=self.closed_from)


@record
class Teams:
    """All teams and all memberships. With `on=None` every question is about what began last (see the module)."""

    by_id: Mapping[UUID, Team] = field(default_factory=dict)
    by_member: Mapping[UUID, tuple[Membership, ...]] = field(default_factory=dict)

    def memberships_of(self, member_id: UUID) -> tuple[Membership, ...]:
        """All memberships of a member, in their order; no two share a day."""
        return self.by_member.get(member_id, ())

    def team_of(self, member_id: UUID, on: date | None) -> UUID | None:
        """The team that the member is in."""
        held = self.memberships_of(member_id)
        if on is None:
            return held[-1].team_id if held else None
        return next((membership.team_id for membership in held if membership.holds(on)), None)

    def leader_of(self, team_id: UUID, on: date | None) -> UUID | None:
        """The member who leads the team itself, whoever leads those above it."""
        team = self._open(team_id, on)
        return at(team.leaders, on) if team else None

    def parent_of(self, team_id: UUID, on: date | None) -> UUID | None:
        """The team directly above."""
        team = self._open(team_id, on)
        return at(team.parents, on) if team else None

    def upwards(self, team_id: UUID, on: date | None) -> Iterator[UUID]:
        """The team itself, the one above it, and so on to the top. Ends, because no date has a cycle."""
        above: UUID | None = team_id
        for _ in range(len(self.by_id) + 1):
            if above is None:
                return
            yield above
            above = self.parent_of(above, on)
        assert above is None, "the team tree has a cycle"

    def managers_of(self, member_id: UUID, on: date | None) -> tuple[UUID, ...]:
        """Everybody who leads a team that the member is in or below, nearest first, each once; never the member itself.

        A member in no team has none, even where it leads one.
        """
        team_id = self.team_of(member_id, on)
        teams = self.upwards(team_id, on) if team_id else ()
        leaders = dict.fromkeys(self.leader_of(above, on) for above in teams)
        return tuple(leader for leader in leaders if leader is not None and leader != member_id)

    def region_of(self, team_id: UUID, on: date | None) -> str | None:
        """The region of the team, or of the nearest team above it that has one."""
        teams = (self._open(above, on) for above in self.upwards(team_id, on))
        regions = (at(team.regions, on) for team in teams if team)
        return next((region for region in regions if region is not None), None)

    def subtree(self, team_id: UUID, on: date | None) -> tuple[UUID, ...]:
        """The team itself and every team below it, nearer ones first; nothing where it is not open."""
        below: dict[UUID | None, list[UUID]] = {}
        for child in self.by_id:
            below.setdefault(self.parent_of(child, on), []).append(child)
        found = [team_id] if self._open(team_id, on) else []
        for above in found:
            found += [child for child in below.get(above, ()) if self._open(child, on)]
        return tuple(found)

    def _open(self, team_id: UUID, on: date | None) -> Team | None:
        team = self.by_id.get(team_id)
        return team if team and team.is_open(on) else None


def at(history: tuple[Since[Value], ...], on: date | None) -> Value | None:
    """Finds what holds on a date: the last value that has begun by then; for undated facts the last of all."""
    begun = (since.value for since in reversed(history) if on is None or start_of(since.effective_from) <= on)
    return next(begun, None)


def evolve(state: Teams | None, event: TeamEvent, recorded: Recorded) -> Teams:
    """Folds the stream to its state."""
    teams = state or Teams()
    if isinstance(event, TeamFormed):
        team = Team(
            name=event.name,
            formed_from=event.effective_from,
            parents=(Since(effective_from=event.effective_from, value=event.parent_id),),
            regions=(Since(effective_from=event.effective_from, value=event.region),),
        )
        return _with_team(teams, event.team_id, team)
    team = teams.by_id[event.team_id]
    match event:
        case TeamMembershipChanged():
            return _with_membership(teams, event)
        case TeamMoved():
            team = replace(team, parents=_changed(team.parents, event.effective_from, event.parent_to))
        case TeamLeaderAppointed():
            team = replace(team, leaders=_changed(team.leaders, event.effective_from, event.member_id))
        case TeamRegionChanged():
            team = replace(team, regions=_changed(team.regions, event.effective_from, event.region))
        case TeamClosed():
            team = replace(team, closed_from=event.effective_from)
        case _:
            assert_never(event)
    return _with_team(teams, event.team_id, team)


def _with_team(teams: Teams, team_id: UUID, team: Team) -> Teams:
    return replace(teams, by_id={**teams.by_id, team_id: team})


def _changed(history: tuple[Since[Value], ...], effective_from: date | None, value: Value) -> tuple[Since[Value], ...]:
    others = [since for since in history if start_of(since.effective_from) != start_of(effective_from)]
    others.append(Since(effective_from=effective_from, value=value))
    return tuple(sorted(others, key=lambda since: start_of(since.effective_from)))


def _with_membership(teams: Teams, event: TeamMembershipChanged) -> Teams:
    first, end = start_of(event.effective_from), end_of(event.effective_until)
    kept: list[Membership] = []
    for held in teams.memberships_of(event.member_id):
        begins = start_of(held.effective_from)
        if begins < first:
            kept.append(replace(held, effective_until=event.effective_from) if held.holds(first) else held)
        elif begins >= end and begins != first:
            kept.append(held)
    if first < end:
        days = {"effective_from": event.effective_from, "effective_until": event.effective_until}
        kept.append(Membership(team_id=event.team_id, **days))
    kept.sort(key=lambda held: start_of(held.effective_from))
    return replace(teams, by_member={**teams.by_member, event.member_id: tuple(kept)})
