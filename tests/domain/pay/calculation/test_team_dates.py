"""The two invariants of teams on every date, and the fold of memberships against a day-by-day list, for made-up histories."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.organisation.members import Member
from salesapi.domain.organisation.teams import (
    ChangeTeamMembership,
    CloseTeam,
    EndTeamMembership,
    FormTeam,
    MoveTeam,
    TeamMembershipChanged,
    Teams,
)
from salesapi.domain.shared.kernel import Ref, Refused, StreamRef
from tests import spec

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(6)]
TEAMS = [spec.uid(number) for number in range(1, 6)]
MEMBERS = [spec.uid(number) for number in (11, 12)]
PERSON = Member(name="x")
FACTS: dict[Ref, object] = {StreamRef("member", member_id): PERSON for member_id in MEMBERS}

teams = st.sampled_from(TEAMS)
members = st.sampled_from(MEMBERS)
days = st.sampled_from(DAYS)
maybe_days = st.none() | days
commands = st.one_of(
    st.builds(MoveTeam, team_id=teams, parent_id=st.none() | teams, effective_from=maybe_days),
    st.builds(
        ChangeTeamMembership,
        team_id=teams,
        member_id=members,
        effective_from=maybe_days,
        effective_until=maybe_days,
    ),
    st.builds(EndTeamMembership, team_id=teams, member_id=members, effective_until=days),
    st.builds(CloseTeam, team_id=teams, effective_from=days, reason=st.just("merged")),
)


def history(steps: list[object]) -> tuple[object, ...]:
    """Five teams side by side, one of them from a later day on, and the events of the commands that are not refused."""
    events: tuple[object, ...] = ()
    for team_id in TEAMS:
        forming = FormTeam(name="Team", effective_from=DAYS[1] if team_id == TEAMS[-1] else None)
        events += spec.Case(events, subject=team_id, command=forming).decide()
    for step in steps:
        try:
            events += spec.Case(events, others=FACTS, command=step).decide()
        except Refused:
            continue
    return events


def state_of(events: tuple[object, ...]) -> Teams:
    state = spec.fold("team", events)
    assert isinstance(state, Teams)
    return state


@given(st.lists(commands, max_size=25))
def test_no_accepted_history_has_a_cycle_or_a_member_in_two_teams_or_anything_in_a_closed_team(
    steps: list[object],
) -> None:
    state = state_of(history(steps))
    for on in (date.min, *DAYS, date(2030, 1, 1), None):
        for team_id in state.by_id:
            assert len(set(state.upwards(team_id, on))) == len(list(state.upwards(team_id, on)))
            parent_id = state.parent_of(team_id, on)
            assert parent_id is None or state.by_id[parent_id].is_open(on)
        for member_id in MEMBERS:
            holding = [held for held in state.memberships_of(member_id) if on and held.holds(on)]
            assert len(holding) <= 1
            assert all(state.by_id[held.team_id].is_open(on) for held in holding)


@given(st.lists(commands, max_size=25))
def test_memberships_are_what_a_list_of_days_says(steps: list[object]) -> None:
    events = history(steps)
    state = state_of(events)
    shown = [date.min, *DAYS, date(2030, 1, 1)]
    for member_id in MEMBERS:
        by_day: dict[date, TeamMembershipChanged | None] = dict.fromkeys(shown)
        for event in events:
            if isinstance(event, TeamMembershipChanged) and event.member_id == member_id:
                by_day = _after(by_day, event)
        listed = {on: membership.team_id if membership else None for on, membership in by_day.items()}
        assert {on: state.team_of(member_id, on) for on in shown} == listed


def _after(
    by_day: dict[date, TeamMembershipChanged | None], event: TeamMembershipChanged
) -> dict[date, TeamMembershipChanged | None]:
    """From the event's first day on, the membership of that day is wiped; then the event's own days are its own."""
    first, end = event.effective_from or date.min, event.effective_until or date.max
    running = by_day[first]
    wiped = {on: None if on >= first and held is running else held for on, held in by_day.items()}
    return {on: event if first <= on < end else held for on, held in wiped.items()}
