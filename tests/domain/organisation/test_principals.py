"""Who may ask, in sentences: a name is an identity, a principal is one person for good, and roles that do not mix."""

from collections.abc import Sequence
from typing import Any

import pytest

from salesapi.domain.organisation import principals
from salesapi.domain.organisation.members import Member
from salesapi.domain.shared.kernel import UNSET, FieldInvalid, Ref, Refused, Role, StreamRef, ThingUnknown
from tests.spec import SUBJECT, given, identity_of, uid

ANN, BOB, NOBODY = uid(0xA1), uid(0xB0), uid(0xDEAD)
MEMBERS: dict[Ref, object] = {
    StreamRef("member", ANN): Member(name="Ann"),
    StreamRef("member", BOB): Member(name="Bob"),
    StreamRef("member", NOBODY): None,
}
REP = principals.PrincipalRegistered(name="ann", roles=("rep",), member_id=ANN)
ERP = principals.PrincipalRegistered(name="erp", roles=("finance", "integration"), member_id=None)
DISABLED = principals.PrincipalDisabled(reason="Left")


def register(name: str, *roles: Role, **values: Any) -> principals.RegisterPrincipal:
    return principals.RegisterPrincipal(name=name, roles=roles, **values)


def change(**values: Any) -> principals.ChangePrincipal:
    return principals.ChangePrincipal(principal_id=SUBJECT, reason="Moved", **values)


def test_a_principal_is_registered_under_its_name() -> None:
    given().facts(MEMBERS).when(register("ann", "rep", member_id=ANN)).then(REP)
    assert identity_of(register("ann", "rep", member_id=ANN)) == ("ann",)


def test_roles_stand_in_one_order_and_each_once() -> None:
    given().when(register("erp", "integration", "finance", "integration")).then(ERP)


def test_the_same_again_is_the_same() -> None:
    given(ERP).when(register("erp", "integration", "finance")).then()


@pytest.mark.parametrize(
    ("roles", "member_id"), [(("finance",), None), (("finance", "integration"), ANN), (("admin",), None)]
)
def test_a_known_name_is_not_given_other_roles_or_another_member(roles: Sequence[Role], member_id: Any) -> None:
    refused = (
        given(ERP)
        .facts(MEMBERS)
        .when(register("erp", *roles, member_id=member_id))
        .refused(principals.PrincipalExists, pointer="/name")
    )
    assert refused.parameters["id"] == str(SUBJECT)


REFUSED: list[tuple[principals.RegisterPrincipal, type[Refused], str]] = [
    (register(" ann", "rep", member_id=ANN), FieldInvalid, "/name"),
    (register("a\tnn", "rep", member_id=ANN), FieldInvalid, "/name"),
    (register("ann", "rep", "finance", member_id=NOBODY), ThingUnknown, "/member_id"),
    (register("ann", "rep", "finance"), principals.PrincipalRolesMixed, "/roles"),
    (register("ann", "manager", "admin", member_id=ANN), principals.PrincipalRolesMixed, "/roles"),
    (register("ann", "rep"), principals.PrincipalMemberMissing, "/member_id"),
    (register("ann", "manager"), principals.PrincipalMemberMissing, "/member_id"),
]


@pytest.mark.parametrize(("command", "refusal", "pointer"), REFUSED)
def test_what_is_no_principal_is_refused(
    command: principals.RegisterPrincipal, refusal: type[Refused], pointer: str
) -> None:
    given().facts(MEMBERS).when(command).refused(refusal, pointer=pointer)


def test_a_manager_may_sell_too() -> None:
    given().facts(MEMBERS).when(register("ann", "manager", "rep", member_id=ANN)).then(
        principals.PrincipalRegistered(name="ann", roles=("rep", "manager"), member_id=ANN)
    )


def test_roles_change_with_a_reason_and_what_is_not_sent_stays() -> None:
    given(REP).when(change(roles=("manager",))).then(
        principals.PrincipalChanged(roles=("manager",), member_id=ANN, reason="Moved")
    )
    given(REP).when(change(roles=("rep",))).then()
    given(REP).when(change()).then()


def test_one_without_a_member_may_be_found_to_be_one_and_then_stays_it() -> None:
    linked = principals.PrincipalChanged(roles=("finance", "integration"), member_id=BOB, reason="Moved")
    given(ERP).facts(MEMBERS).when(change(member_id=BOB)).then(linked)
    given(ERP, linked).facts(MEMBERS).when(change(member_id=BOB)).then()
    given(ERP, linked).facts(MEMBERS).when(change(member_id=ANN)).refused(
        principals.PrincipalMemberFixed, pointer="/member_id"
    )


def test_a_change_leads_to_nothing_that_could_not_be_registered() -> None:
    given(ERP).when(change(roles=("rep",))).refused(principals.PrincipalMemberMissing, pointer="/member_id")
    given(REP).when(change(roles=("rep", "admin"))).refused(principals.PrincipalRolesMixed, pointer="/roles")
    given(ERP).facts(MEMBERS).when(change(member_id=NOBODY, roles=UNSET)).refused(ThingUnknown, pointer="/member_id")


def test_disabling_is_for_good() -> None:
    disable = principals.DisablePrincipal(principal_id=SUBJECT, reason="Left")
    given(ERP).when(disable).then(DISABLED)
    given(ERP, DISABLED).when(disable).then()
    given(ERP, DISABLED).when(change(roles=("admin",))).refused(principals.PrincipalIsDisabled)
    given(ERP, DISABLED).when(register("erp", "finance", "integration")).refused(principals.PrincipalIsDisabled)
