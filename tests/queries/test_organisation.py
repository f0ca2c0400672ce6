"""Who answers to whom on which day: the pieces of time that reports join. Dates are those of the company's calendar."""

import random
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import pytest

from salesapi.domain.organisation.teams import (
    TeamClosed,
    TeamEvent,
    TeamFormed,
    TeamLeaderAppointed,
    TeamMembershipChanged,
    TeamMoved,
    TeamRegionChanged,
    Teams,
)
from salesapi.queries.organisation.organisation import ReportingLine, line_arrays, reporting_lines
from tests.laws import budget
from tests.spec import fold, uid

COMPANY, NORTH, SOUTH = uid(1), uid(2), uid(3)
ANNA, BORIS, HEAD, CHIEF = uid(11), uid(12), uid(13), uid(14)
MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
HISTORIES: Final = budget(40)
CHANGES: Final = 30


def formed(
    team_id: UUID, parent_id: UUID | None = None, *, region: str | None = None, since: date | None = None
) -> TeamFormed:
    return TeamFormed(
        team_id=team_id, name="Team", parent_id=parent_id, region=region, effective_from=since, external_id=None
    )


def joined(
    team_id: UUID, member_id: UUID, since: date | None = None, until: date | None = None
) -> TeamMembershipChanged:
    return TeamMembershipChanged(team_id=team_id, member_id=member_id, effective_from=since, effective_until=until)


def leads(team_id: UUID, member_id: UUID, since: date | None = None) -> TeamLeaderAppointed:
    return TeamLeaderAppointed(team_id=team_id, member_id=member_id, effective_from=since)


def teams_of(*events: TeamEvent) -> Teams:
    teams = fold("team", events)
    assert isinstance(teams, Teams)
    return teams


def pieces(teams: Teams, member_id: UUID) -> list[tuple[date | None, date | None, UUID, UUID | None, str | None]]:
    """The member's dated lines, without its id."""
    return [
        (line.effective_from, line.effective_until, line.team_id, line.manager_id, line.region)
        for line in reporting_lines(teams)
        if line.member_id == member_id and not line.is_for_undated
    ]


def undated(teams: Teams, member_id: UUID) -> ReportingLine:
    (line,) = [line for line in reporting_lines(teams) if line.member_id == member_id and line.is_for_undated]
    return line


def test_a_change_further_up_is_a_change_of_the_line() -> None:
    teams = teams_of(
        formed(COMPANY, region="all"),
        formed(NORTH, COMPANY),
        leads(COMPANY, CHIEF),
        joined(NORTH, ANNA),
        leads(COMPANY, BORIS, MARCH),
        TeamMoved(team_id=NORTH, parent_from=COMPANY, parent_to=None, effective_from=MAY),
    )
    assert pieces(teams, ANNA) == [
        (None, MARCH, NORTH, CHIEF, "all"),
        (MARCH, MAY, NORTH, BORIS, "all"),
        (MAY, None, NORTH, None, None),
    ]


def test_a_change_that_changes_nothing_for_the_member_does_not_cut_its_line() -> None:
    teams = teams_of(
        formed(COMPANY), formed(NORTH, COMPANY), leads(NORTH, HEAD), joined(NORTH, ANNA), leads(COMPANY, CHIEF, MAY)
    )
    assert pieces(teams, ANNA) == [(None, None, NORTH, HEAD, None)]


def test_undated_facts_have_the_line_that_began_last_also_after_it_ended() -> None:
    teams = teams_of(
        formed(NORTH, region="north"),
        formed(SOUTH, region="south"),
        leads(SOUTH, HEAD),
        joined(NORTH, ANNA),
        joined(SOUTH, ANNA, MARCH, MAY),
        leads(SOUTH, CHIEF, JULY),
    )
    line = undated(teams, ANNA)
    assert (line.team_id, line.manager_id, line.region) == (SOUTH, CHIEF, "south")
    assert (line.effective_from, line.effective_until) == (None, None)


def test_without_teams_there_are_no_lines() -> None:
    assert reporting_lines(Teams()) == ()
    assert line_arrays(()) == ([], [], [], [], [], [], [])


def _some_day(chance: random.Random) -> date | None:
    return None if chance.random() < 0.2 else date(2026, 1, 1) + timedelta(days=chance.randrange(60))


def _some_change(chance: random.Random, teams: list[UUID], members: list[UUID]) -> TeamEvent:
    team_id, since = chance.choice(teams), _some_day(chance)
    match chance.randrange(5):
        case 0:
            return leads(team_id, chance.choice(members), since)
        case 1:
            return TeamRegionChanged(team_id=team_id, region=chance.choice(["a", "b", None]), effective_from=since)
        case 2:
            # Only to a team formed earlier, so that no date has a cycle.
            above = chance.choice([*teams[: teams.index(team_id)], None])
            return TeamMoved(team_id=team_id, parent_from=None, parent_to=above, effective_from=since)
        case 3:
            # Seldom early: what is closed answers to nobody any more.
            return TeamClosed(
                team_id=team_id, effective_from=date(2026, 2, 1) + timedelta(days=chance.randrange(60)), reason=""
            )
        case _:
            until = None if since is None else since + timedelta(days=chance.randrange(30))
            return joined(team_id, chance.choice(members), since, until)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_lines_say_on_every_day_what_the_teams_say(seed: int) -> None:
    chance = random.Random(seed)
    team_ids, member_ids = [uid(n) for n in range(1, 6)], [uid(n) for n in range(11, 15)]
    events = [formed(team_id, since=_some_day(chance)) for team_id in team_ids]
    teams = teams_of(*events, *(_some_change(chance, team_ids, member_ids) for _ in range(CHANGES)))
    lines = [line for line in reporting_lines(teams) if not line.is_for_undated]
    for on in (date(2025, 12, 31) + timedelta(days=number) for number in range(100)):
        for member_id in member_ids:
            found = [
                (line.team_id, line.manager_id, line.region)
                for line in lines
                if line.member_id == member_id
                and (line.effective_from or date.min) <= on < (line.effective_until or date.max)
            ]
            team_id = teams.team_of(member_id, on)
            manager_id = next(iter(teams.managers_of(member_id, on)), None)
            expected = [(team_id, manager_id, teams.region_of(team_id, on))] if team_id else []
            assert found == expected, (on, member_id)
