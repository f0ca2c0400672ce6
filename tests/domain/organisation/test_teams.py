"""What may happen to teams, in sentences; and where a member stood on which day."""

from datetime import date

import pytest

from salesapi.domain.organisation.members import Member
from salesapi.domain.organisation.teams import (
    AppointTeamLeader,
    ChangeTeamMembership,
    ChangeTeamRegion,
    CloseTeam,
    EndTeamMembership,
    FormTeam,
    MemberElsewhere,
    MemberNotInTeam,
    Membership,
    MoveTeam,
    TeamClosed,
    TeamCycle,
    TeamFormed,
    TeamLeaderAppointed,
    TeamMembershipChanged,
    TeamMoved,
    TeamNotEmpty,
    TeamNotOpen,
    TeamPeriodEmpty,
    TeamRegionChanged,
    Teams,
)
from salesapi.domain.shared.kernel import ExternalId, Ref, Refused, StreamRef, ThingExists, ThingUnknown
from tests.spec import SUBJECT, Case, folded, given, uid
from tests.values_by_type import bare

COMPANY, EAST, WEST, NORTH = uid(1), uid(2), uid(3), uid(4)
ANNA, BEN, CAO = uid(11), uid(12), uid(13)
JANUARY, MARCH, MAY, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
PERSON = Member(name="x")
MEMBERS: dict[Ref, object] = {StreamRef("member", member_id): PERSON for member_id in (ANNA, BEN, CAO)}


def formed(team: int, parent: int | None = None, *, region: str | None = None, since: date | None = None) -> TeamFormed:
    return TeamFormed(
        team_id=uid(team),
        name=f"Team {team}",
        parent_id=uid(parent) if parent else None,
        region=region,
        effective_from=since,
        external_id=None,
    )


def joined(team: int, member: int, since: date | None = None, until: date | None = None) -> TeamMembershipChanged:
    return TeamMembershipChanged(team_id=uid(team), member_id=uid(member), effective_from=since, effective_until=until)


def join(team: int, member: int, since: date | None = None, until: date | None = None) -> ChangeTeamMembership:
    return ChangeTeamMembership(team_id=uid(team), member_id=uid(member), effective_from=since, effective_until=until)


def leads(team: int, member: int, since: date | None = None) -> TeamLeaderAppointed:
    return TeamLeaderAppointed(team_id=uid(team), member_id=uid(member), effective_from=since)


def moved(team: int, parent_from: int | None, parent_to: int | None, since: date | None) -> TeamMoved:
    return TeamMoved(
        team_id=uid(team),
        parent_from=uid(parent_from) if parent_from else None,
        parent_to=uid(parent_to) if parent_to else None,
        effective_from=since,
    )


def closed(team: int, since: date) -> TeamClosed:
    return TeamClosed(team_id=uid(team), effective_from=since, reason="merged")


TREE = (formed(1), formed(2, 1), formed(3, 1), formed(4, 2))
"""Company above East and West; North below East."""


def tree(*more: object) -> Case:
    return given(*TREE, *more).facts(MEMBERS)


def teams(*events: object) -> Teams:
    return folded(Teams, "team", *events)


def test_the_first_team_is_formed_with_an_id_of_its_own() -> None:
    given().when(FormTeam(name="Team", region="emea")).then(
        TeamFormed(team_id=SUBJECT, name="Team", parent_id=None, region="emea", effective_from=None, external_id=None)
    )


def test_a_team_with_the_same_external_id_is_not_formed_twice() -> None:
    external = ExternalId(system="hr", id="7")
    there = bare(TeamFormed, team_id=SUBJECT, name="Team", external_id=external)
    given(there).when(FormTeam(name="Other", external_id=external)).refused(ThingExists, pointer="/external_id")


def test_a_team_is_not_formed_below_an_unknown_one() -> None:
    tree().when(FormTeam(name="Team", parent_id=uid(99))).refused(ThingUnknown, pointer="/parent_id")


def test_a_team_is_not_formed_below_one_that_begins_later() -> None:
    given(formed(1, since=MARCH)).when(FormTeam(name="Team", parent_id=COMPANY)).refused(TeamNotOpen)


def test_a_team_moves_below_another_from_a_date_on() -> None:
    moving = MoveTeam(team_id=NORTH, parent_id=WEST, effective_from=MARCH)
    tree().when(moving).then(moved(4, 2, 3, MARCH))


def test_a_move_to_where_the_team_stands_changes_nothing() -> None:
    tree().when(MoveTeam(team_id=NORTH, parent_id=EAST, effective_from=MARCH)).then()


def test_a_team_does_not_move_below_itself() -> None:
    tree().when(MoveTeam(team_id=EAST, parent_id=EAST, effective_from=MARCH)).refused(TeamCycle)


def test_a_team_does_not_move_below_a_team_that_stands_below_it() -> None:
    tree().when(MoveTeam(team_id=COMPANY, parent_id=NORTH)).refused(TeamCycle, pointer="/parent_id")


def test_a_cycle_that_would_only_begin_on_a_later_date_is_refused_too() -> None:
    west_goes_below_north = moved(3, 1, 4, MAY)
    refused = tree(west_goes_below_north).when(MoveTeam(team_id=NORTH, parent_id=WEST, effective_from=MARCH))
    assert refused.refused(TeamCycle).parameters["on"] == "2026-05-01"


def test_a_move_that_ends_before_the_cycle_would_begin_is_accepted() -> None:
    later = (moved(4, 2, 1, MAY), moved(3, 1, 4, MAY))
    tree(*later).when(MoveTeam(team_id=NORTH, parent_id=WEST, effective_from=MARCH)).then(moved(4, 2, 3, MARCH))


def test_a_team_may_move_below_its_former_subteam_once_that_has_left() -> None:
    state = teams(*TREE, moved(4, 2, 1, MARCH), moved(2, 1, 4, MARCH))
    assert state.parent_of(EAST, MARCH) == NORTH
    assert state.parent_of(NORTH, JANUARY) == EAST


def test_a_back_dated_move_holds_until_the_next_one_begins() -> None:
    state = teams(*TREE, moved(4, 2, 1, MAY), moved(4, 2, 3, MARCH))
    assert [state.parent_of(NORTH, day) for day in (JANUARY, MARCH, MAY)] == [EAST, WEST, COMPANY]


def test_a_member_joins_a_team() -> None:
    tree().when(join(2, 11, JANUARY)).then(joined(2, 11, JANUARY))


def test_joining_a_team_ends_the_earlier_membership_on_that_day() -> None:
    state = teams(*TREE, joined(2, 11), joined(3, 11, MARCH))
    assert state.team_of(ANNA, date(2026, 2, 28)) == EAST
    assert state.team_of(ANNA, MARCH) == WEST
    assert state.memberships_of(ANNA)[0] == Membership(team_id=EAST, effective_from=None, effective_until=MARCH)


def test_after_a_limited_membership_nobody_returns_to_the_former_team_by_itself() -> None:
    state = teams(*TREE, joined(2, 11), joined(3, 11, MARCH, MAY))
    assert state.team_of(ANNA, MAY) is None


def test_a_membership_recorded_for_the_same_first_day_corrects_the_team() -> None:
    assert teams(*TREE, joined(2, 11), joined(3, 11)).team_of(ANNA, JANUARY) == WEST


def test_joining_does_not_override_another_team_that_is_joined_later() -> None:
    refused = tree(joined(3, 11, MARCH)).when(join(2, 11, JANUARY)).refused(MemberElsewhere)
    assert refused.parameters == {"team": "Team 3", "on": "2026-03-01"}


def test_a_back_dated_membership_fits_before_a_later_one() -> None:
    tree(joined(3, 11, MARCH)).when(join(2, 11, JANUARY, MARCH)).then(joined(2, 11, JANUARY, MARCH))


def test_an_earlier_first_day_in_the_same_team_absorbs_the_recorded_period() -> None:
    tree(joined(2, 11, MARCH)).when(join(2, 11, JANUARY)).then(joined(2, 11, JANUARY))
    assert len(teams(*TREE, joined(2, 11, MARCH), joined(2, 11, JANUARY)).memberships_of(ANNA)) == 1


def test_saying_again_that_a_member_is_in_the_team_changes_nothing() -> None:
    tree(joined(2, 11, JANUARY)).when(join(2, 11, MARCH)).then()


def test_a_membership_without_a_day_is_refused() -> None:
    tree().when(join(2, 11, MARCH, MARCH)).refused(TeamPeriodEmpty, pointer="/effective_until")


def test_only_a_known_member_joins() -> None:
    tree().when(join(2, 99)).refused(ThingUnknown, pointer="/member_id")


def test_ending_a_membership_keeps_its_first_day() -> None:
    ending = EndTeamMembership(team_id=EAST, member_id=ANNA, effective_until=MARCH)
    tree(joined(2, 11, JANUARY)).when(ending).then(joined(2, 11, JANUARY, MARCH))


def test_ending_a_membership_on_its_first_day_withdraws_it() -> None:
    ending = EndTeamMembership(team_id=EAST, member_id=ANNA, effective_until=JANUARY)
    tree(joined(2, 11, JANUARY)).when(ending).then(joined(2, 11, JANUARY, JANUARY))
    assert teams(*TREE, joined(2, 11, JANUARY), joined(2, 11, JANUARY, JANUARY)).memberships_of(ANNA) == ()


def test_ending_an_ended_membership_on_the_same_day_changes_nothing() -> None:
    ending = EndTeamMembership(team_id=EAST, member_id=ANNA, effective_until=MARCH)
    tree(joined(2, 11, JANUARY, MARCH)).when(ending).then()


def test_a_membership_in_another_team_is_not_ended() -> None:
    ending = EndTeamMembership(team_id=WEST, member_id=ANNA, effective_until=MARCH)
    tree(joined(2, 11, JANUARY)).when(ending).refused(MemberNotInTeam)


def test_a_leader_need_not_be_in_the_team() -> None:
    appointing = AppointTeamLeader(team_id=EAST, member_id=BEN, effective_from=MARCH)
    tree().when(appointing).then(leads(2, 12, MARCH))


def test_a_leader_leads_until_the_next_one() -> None:
    state = teams(*TREE, leads(2, 12), leads(2, 13, MARCH))
    assert [state.leader_of(EAST, day) for day in (JANUARY, MARCH)] == [BEN, CAO]


def test_appointing_the_leader_again_changes_nothing() -> None:
    tree(leads(2, 12)).when(AppointTeamLeader(team_id=EAST, member_id=BEN, effective_from=MARCH)).then()


def test_a_team_without_a_region_has_that_of_the_nearest_team_above() -> None:
    state = teams(formed(1, region="china"), formed(2, 1, region="east"), formed(3, 1), formed(4, 2))
    assert [state.region_of(team, None) for team in (NORTH, WEST, uid(99))] == ["east", "china", None]


def test_a_region_is_taken_back_by_null() -> None:
    changing = ChangeTeamRegion(team_id=EAST, region=None, effective_from=MARCH)
    changed = TeamRegionChanged(team_id=EAST, region=None, effective_from=MARCH)
    east = (formed(1, region="china"), formed(2, 1, region="east"))
    given(*east).when(changing).then(changed)
    state = teams(*east, changed)
    assert [state.region_of(EAST, day) for day in (JANUARY, MARCH)] == ["east", "china"]


def test_a_team_with_members_or_subteams_is_not_closed() -> None:
    refused = tree(joined(2, 11, JANUARY)).when(CloseTeam(team_id=EAST, effective_from=MARCH, reason="merged"))
    assert refused.refused(TeamNotEmpty).parameters == {"team": "Team 2", "on": "2026-03-01", "members": 1, "teams": 1}


def test_a_team_is_closed_once_everybody_has_left() -> None:
    left = (joined(2, 11, JANUARY, MARCH), moved(4, 2, 1, MARCH))
    tree(*left).when(CloseTeam(team_id=EAST, effective_from=MARCH, reason="merged")).then(closed(2, MARCH))


def test_subteams_are_closed_before_the_team_above_on_the_same_day() -> None:
    tree(closed(4, MARCH)).when(CloseTeam(team_id=EAST, effective_from=MARCH, reason="merged")).then(closed(2, MARCH))


def test_a_closed_team_still_takes_facts_from_before() -> None:
    shut = (closed(4, MAY),)
    tree(*shut).when(join(4, 11, JANUARY, MAY)).then(joined(4, 11, JANUARY, MAY))
    tree(*shut).when(join(4, 11, JANUARY)).refused(TeamNotOpen)


def test_on_a_day_after_closing_a_team_has_neither_leader_nor_place() -> None:
    state = teams(*TREE, leads(4, 12), closed(4, MARCH))
    assert (state.leader_of(NORTH, MARCH), state.parent_of(NORTH, MARCH)) == (None, None)
    assert NORTH not in state.subtree(COMPANY, MARCH)
    assert NORTH in state.subtree(COMPANY, JANUARY)


def test_the_managers_of_a_member_are_the_leaders_upwards() -> None:
    state = teams(*TREE, joined(4, 11), leads(4, 12), leads(1, 13))
    assert state.managers_of(ANNA, JANUARY) == (BEN, CAO)


def test_the_manager_of_a_leader_leads_the_team_above() -> None:
    state = teams(*TREE, joined(4, 12), leads(4, 12), leads(2, 13))
    assert state.managers_of(BEN, JANUARY) == (CAO,)


def test_who_leads_two_levels_is_a_manager_once() -> None:
    state = teams(*TREE, joined(4, 11), leads(4, 12), leads(2, 12), leads(1, 13))
    assert state.managers_of(ANNA, JANUARY) == (BEN, CAO)


def test_managers_are_those_of_the_day() -> None:
    state = teams(*TREE, joined(4, 11), leads(2, 12), leads(3, 13), moved(4, 2, 3, MARCH))
    assert state.managers_of(ANNA, JANUARY) == (BEN,)
    assert state.managers_of(ANNA, MARCH) == (CAO,)


def test_a_member_in_no_team_has_no_manager() -> None:
    assert teams(*TREE, leads(1, 11)).managers_of(ANNA, None) == ()


def test_a_subtree_holds_the_team_and_all_below_on_that_day() -> None:
    state = teams(*TREE, moved(4, 2, 3, MARCH))
    assert state.subtree(EAST, JANUARY) == (EAST, NORTH)
    assert state.subtree(EAST, MARCH) == (EAST,)
    assert state.subtree(COMPANY, MARCH) == (COMPANY, EAST, WEST, NORTH)


def test_an_undated_fact_falls_to_the_team_that_was_joined_last() -> None:
    assert teams(*TREE, joined(2, 11)).team_of(ANNA, None) == EAST
    assert teams(*TREE, joined(2, 11), joined(3, 11, MARCH, MAY)).team_of(ANNA, None) == WEST


def test_undated_facts_see_the_last_leader_and_place_of_a_team() -> None:
    state = teams(*TREE, joined(4, 11), leads(4, 12), leads(4, 13, MARCH), moved(4, 2, 3, MAY))
    assert state.managers_of(ANNA, None) == (CAO,)
    assert state.parent_of(NORTH, None) == WEST


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (join(99, 99, MARCH, MARCH), ThingUnknown),
        (join(4, 99, MARCH, MARCH), ThingUnknown),
        (join(4, 11, JULY, JULY), TeamPeriodEmpty),
        (join(4, 11, JANUARY, None), TeamNotOpen),
        (join(4, 11, JANUARY, MAY), MemberElsewhere),
        (MoveTeam(team_id=uid(99), parent_id=uid(98)), ThingUnknown),
        (MoveTeam(team_id=NORTH, parent_id=uid(98), effective_from=JULY), TeamNotOpen),
        (MoveTeam(team_id=EAST, parent_id=uid(98)), ThingUnknown),
        (MoveTeam(team_id=EAST, parent_id=NORTH), TeamNotOpen),
        (MoveTeam(team_id=COMPANY, parent_id=WEST), TeamCycle),
        (CloseTeam(team_id=uid(99), effective_from=MARCH, reason="x"), ThingUnknown),
        (CloseTeam(team_id=NORTH, effective_from=JULY, reason="x"), TeamNotOpen),
        (CloseTeam(team_id=WEST, effective_from=JANUARY, reason="x"), TeamNotEmpty),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(command: object, refusal: type[Refused]) -> None:
    tree(closed(4, MAY), joined(3, 11, MARCH)).when(command).refused(refusal)


def test_bug_of_the_last_day_there_is_on_which_no_team_was_open_and_nobody_in_it() -> None:
    teams = folded(Teams, "team", formed(1), joined(1, 11), formed(2), joined(2, 12, until=JULY))
    assert teams.by_id[COMPANY].is_open(date.max)
    assert (teams.team_of(ANNA, date.max), teams.team_of(BEN, date.max)) == (COMPANY, None)
