"""What may happen to members, in sentences."""

from datetime import date

import pytest

from salesapi.domain.organisation.members import (
    ChangeMember,
    JoinMember,
    MarkMemberLeft,
    Member,
    MemberChanged,
    MemberDatesReversed,
    MemberJoined,
    MemberLeft,
)
from salesapi.domain.shared.kernel import ExternalId, Refused, ThingExists
from tests.spec import SUBJECT, folded, given
from tests.values_by_type import bare

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
JOINED = MemberJoined(
    name="Anna Li",
    email="anna@example.com",
    employee_number="17",
    joined_on=JANUARY,
    cost_centre="C1",
    legal_entity=None,
    external_id=ExternalId(system="hr", id="17"),
)
LEFT = MemberLeft(left_on=MAY, reason=None)


def test_a_member_joins_with_nothing_known_but_the_name() -> None:
    given().when(JoinMember(name="Anna Li")).then(bare(MemberJoined, name="Anna Li"))


def test_a_member_with_the_same_external_id_does_not_join_twice() -> None:
    again = JoinMember(name="Anna Li", external_id=ExternalId(system="hr", id="17"))
    given(JOINED).when(again).refused(ThingExists, pointer="/external_id")


def test_only_what_changed_is_recorded() -> None:
    changing = ChangeMember(member_id=SUBJECT, name="Anna Li", cost_centre="C2")
    given(JOINED).when(changing).then(MemberChanged(cost_centre="C2"))


def test_null_makes_a_field_unknown_and_a_field_not_sent_stays() -> None:
    cleared = MemberChanged(cleared=("email", "joined_on"))
    given(JOINED).when(ChangeMember(member_id=SUBJECT, email=None, joined_on=None)).then(cleared)
    member = folded(Member, "member", JOINED, cleared)
    assert (member.email, member.joined_on, member.employee_number) == (None, None, "17")


def test_a_change_to_what_is_known_already_changes_nothing() -> None:
    given(JOINED).when(ChangeMember(member_id=SUBJECT, email="anna@example.com", legal_entity=None)).then()


def test_a_leaver_can_still_be_corrected() -> None:
    given(JOINED, LEFT).when(ChangeMember(member_id=SUBJECT, cost_centre="C2")).then(MemberChanged(cost_centre="C2"))


def test_a_member_leaves() -> None:
    leaving = MarkMemberLeft(member_id=SUBJECT, left_on=MAY, reason="retired")
    given(JOINED).when(leaving).then(MemberLeft(left_on=MAY, reason="retired"))


def test_leaving_again_on_the_same_day_changes_nothing_and_on_another_day_corrects_it() -> None:
    given(JOINED, LEFT).when(MarkMemberLeft(member_id=SUBJECT, left_on=MAY)).then()
    corrected = MemberLeft(left_on=MARCH, reason=None)
    given(JOINED, LEFT).when(MarkMemberLeft(member_id=SUBJECT, left_on=MARCH)).then(corrected)


@pytest.mark.parametrize(
    ("command", "refusal", "pointer"),
    [
        (MarkMemberLeft(member_id=SUBJECT, left_on=date(2025, 12, 31)), MemberDatesReversed, "/left_on"),
        (ChangeMember(member_id=SUBJECT, joined_on=date(2026, 6, 1)), MemberDatesReversed, "/joined_on"),
    ],
)
def test_nobody_leaves_before_they_came(command: object, refusal: type[Refused], pointer: str) -> None:
    given(JOINED, LEFT).when(command).refused(refusal, pointer=pointer)
