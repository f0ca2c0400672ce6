"""Row scope: which members' leads, customers, deals, activities and pay a principal sees.

A rep reaches its own, a manager its team tree as it stands on the day of asking, the others everything. The tree is the
state of the one team stream, read through the log, so a move of a team is felt at once.
"""

from datetime import date
from typing import Protocol
from uuid import UUID

from salesapi.access.principals import Principal, Scope
from salesapi.access.reaches import Reach, unmasked
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.shared.kernel import StreamRef


class States(Protocol):
    """The reader of a stream's state: `commands/stream_states.py`, which stands above and is handed in."""

    async def state(self, ref: StreamRef) -> object | None:
        """The stream's folded state, or None where it has no event."""


class Scopes:
    """Works out scopes from the team tree."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._teams: Teams | None = None
        self._led: dict[tuple[UUID, date], frozenset[UUID]] = {}

    async def rows(self, principal: Principal, today: date) -> Scope:
        """The scope over leads, customers, deals and activities."""
        return await self._scope(principal, principal.reach(), today)

    async def pay(self, principal: Principal, today: date) -> Scope:
        """The scope over commission statements."""
        return await self._scope(principal, principal.pay_reach(), today)

    async def _scope(self, principal: Principal, reach: Reach, today: date) -> Scope:
        shown = unmasked(principal.roles)
        if reach == "all":
            return Scope(member_ids=None, unmasked=shown)
        if reach == "none" or principal.member_id is None:
            return Scope(member_ids=frozenset(), unmasked=shown)
        own = frozenset({principal.member_id})
        if reach == "own":
            return Scope(member_ids=own, unmasked=shown)
        teams = await self._states.state(TREE)
        if not isinstance(teams, Teams):
            return Scope(member_ids=own, unmasked=shown)
        if teams is not self._teams:
            # The answers are kept for one state of the tree; the next state is another object.
            self._teams, self._led = teams, {}
        key = (principal.member_id, today)
        if key not in self._led:
            self._led[key] = members_led_by(teams, *key)
        return Scope(member_ids=self._led[key] | own, unmasked=shown)


def members_led_by(teams: Teams, member_id: UUID, on: date) -> frozenset[UUID]:
    """Everybody who is on this day in a team that the member leads, or below it."""
    led = [team_id for team_id in teams.by_id if teams.leader_of(team_id, on) == member_id]
    below = {team_id for top in led for team_id in teams.subtree(top, on)}
    return frozenset(member for member in teams.by_member if teams.team_of(member, on) in below)
