"""The team tree as pay asks for it: who is above whom, and on which days nothing about that changes. Days are business dates."""

from bisect import bisect_right
from datetime import date
from functools import cached_property
from uuid import UUID

from salesapi.domain.organisation import teams
from salesapi.domain.organisation.teams import TeamEvent, Teams
from salesapi.domain.shared.dates import DaySpan, cut
from salesapi.domain.shared.kernel import Recorded


class TeamTree:
    """The teams as of one event; the next one makes a new tree. Answers are kept by member and days without a change."""

    def __init__(self, teams: Teams | None = None) -> None:
        self._teams = teams or Teams()
        self._managers: dict[tuple[UUID, int], tuple[UUID, ...]] = {}

    def apply(self, event: TeamEvent, recorded: Recorded) -> "TeamTree":
        """The tree after an event."""
        return TeamTree(teams.evolve(self._teams, event, recorded))

    def managers_of(self, member_id: UUID, on: date) -> tuple[UUID, ...]:
        """The leaders above the member on this day, nearest first."""
        key = (member_id, bisect_right(self._days, on))
        if key not in self._managers:
            self._managers[key] = self._teams.managers_of(member_id, on)
        return self._managers[key]

    def spans(self, whole: DaySpan) -> tuple[DaySpan, ...]:
        """Some days in parts within which nobody's manager changes."""
        return cut(whole, self._days)

    def ever_below(self, manager_id: UUID) -> set[UUID]:
        """Everybody of a team that the manager ever led, or of one that was ever below such a team."""
        by_id = self._teams.by_id
        below = {id for id, team in by_id.items() if any(since.value == manager_id for since in team.leaders)}
        grown = below
        while grown:
            under = {id for id, team in by_id.items() if any(since.value in grown for since in team.parents)}
            grown = under - below
            below = below | grown
        members = self._teams.by_member.items()
        of_these = (member_id for member_id, held in members if any(each.team_id in below for each in held))
        return set(of_these) - {manager_id}

    @cached_property
    def _days(self) -> list[date]:
        """The days from which on somebody is in another team or in none, or a team is led, stands or is there otherwise."""
        found: set[date | None] = set()
        for team in self._teams.by_id.values():
            found |= {team.formed_from, team.closed_from}
            found |= {since.effective_from for since in team.parents} | {since.effective_from for since in team.leaders}
        for held in self._teams.by_member.values():
            found |= {on for each in held for on in (each.effective_from, each.effective_until)}
        return sorted(on for on in found if on is not None)
