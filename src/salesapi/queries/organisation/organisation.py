"""Who answers to whom, and when: the one team stream as pieces of time that a report can join by date. Pure, no clock.

A piece is [effective_from, effective_until) in local dates of the company's calendar; null is "always" or "open". On every
day a member has at most one. Beside its pieces a member has one line for undated facts: what began last (see domain/teams).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import pairwise
from uuid import UUID

from salesapi.commands.stream_states import StreamStates
from salesapi.domain.organisation.teams import TREE, Membership, Teams
from salesapi.domain.shared.dates import end_of, start_of
from salesapi.domain.shared.states import made_from


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingLine:
    """A member's team, its nearest manager and region, for a piece of time or, `is_for_undated`, for undated facts."""

    member_id: UUID
    effective_from: date | None
    effective_until: date | None
    team_id: UUID
    manager_id: UUID | None
    region: str | None
    is_for_undated: bool = False


def reporting_lines(teams: Teams) -> tuple[ReportingLine, ...]:
    """All lines of all members. A piece ends where the team, the nearest manager or the region changes."""
    joined = {membership.team_id for held in teams.by_member.values() for membership in held}
    changes = {team_id: _changes(teams, team_id) for team_id in joined}
    lines: list[ReportingLine] = []
    for member_id, memberships in teams.by_member.items():
        pieces = [
            _line(teams, member_id, piece)
            for membership in memberships
            for piece in _pieces(membership, changes[membership.team_id])
        ]
        lines += _merged(pieces)
        if memberships:
            always = replace(memberships[-1], effective_from=None, effective_until=None)
            lines.append(_line(teams, member_id, always, is_for_undated=True))
    return tuple(lines)


def line_arrays(lines: Sequence[ReportingLine]) -> tuple[list[object], ...]:
    """The lines as one array a column, in the order of the fields: parameters for `unnest`."""
    return tuple([getattr(line, column.name) for line in lines] for column in fields(ReportingLine))


class Organisation:
    """The teams as the log has them now, with their lines; these are made anew only when the teams have changed."""

    def __init__(self, states: StreamStates) -> None:
        self._states = states
        self._teams = Teams()
        self._arrays = line_arrays(())

    async def now(self) -> tuple[Teams, tuple[list[object], ...]]:
        """The teams, and the arrays of their lines."""
        teams = await self._states.state(TREE)
        if isinstance(teams, Teams) and teams is not self._teams:
            # The next state of the tree is another object.
            self._teams, self._arrays = teams, line_arrays(reporting_lines(teams))
        return self._teams, self._arrays


def _changes(teams: Teams, team_id: UUID) -> list[date]:
    """The dates on which anything about the team changes, or about a team that was ever above it."""
    above, dates = [team_id], set[date | None]()
    # The list grows while it is gone through.
    for each in above:
        if (team := teams.by_id.get(each)) is not None:
            dates.update((team.formed_from, team.closed_from))
            dates.update(since.effective_from for since in team.parents)
            dates.update(since.effective_from for since in team.leaders)
            dates.update(since.effective_from for since in team.regions)
            above += {parent.value for parent in team.parents if parent.value is not None}.difference(above)
    return sorted(on for on in dates if on is not None)


def _pieces(membership: Membership, changes: Sequence[date]) -> Iterator[Membership]:
    """The membership's time, cut at the changes within."""
    first, end = start_of(membership.effective_from), end_of(membership.effective_until)
    within = [on for on in changes if first < on < end]
    for starts, ends in pairwise([membership.effective_from, *within, membership.effective_until]):
        yield replace(membership, effective_from=starts, effective_until=ends)


def _line(teams: Teams, member_id: UUID, piece: Membership, *, is_for_undated: bool = False) -> ReportingLine:
    on = None if is_for_undated else start_of(piece.effective_from)
    return made_from(
        ReportingLine,
        piece,
        member_id=member_id,
        manager_id=next(iter(teams.managers_of(member_id, on)), None),
        region=teams.region_of(piece.team_id, on),
        is_for_undated=is_for_undated,
    )


def _merged(pieces: Sequence[ReportingLine]) -> list[ReportingLine]:
    """Neighbours that say the same, as one."""
    merged: list[ReportingLine] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None and last.effective_until is not None and _continues(last, piece):
            merged[-1] = replace(last, effective_until=piece.effective_until)
        else:
            merged.append(piece)
    return merged


def _continues(last: ReportingLine, piece: ReportingLine) -> bool:
    return piece == replace(last, effective_from=last.effective_until, effective_until=piece.effective_until)
