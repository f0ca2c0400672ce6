"""Customers: registering, names of persons, contacts, parents, owners and the pool."""

from dataclasses import replace
from typing import Final
from uuid import UUID

import pytest

from salesapi.domain.catalogue import route
from salesapi.domain.customers import customers
from salesapi.domain.customers.customers import Customer
from salesapi.domain.shared.attributes import AttributeDefined, AttributeUnknown, AttributeValue, definitions_ref
from salesapi.domain.shared.kernel import ExternalId, Ref, Refused, StreamRef, ThingExists, ThingUnknown, natural_id
from salesapi.domain.shared.states import made_from
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import ACME, ANNA, BORIS, FACTS
from tests.spec import ACTOR, CATALOGUE, NEW_ID, SUBJECT, fold, folded, given, uid
from tests.values_by_type import bare

COMPANY: Final = bare(customers.CustomerRegistered, kind="company", name="Globex", owner_id=ANNA)
PERSON: Final = replace(COMPANY, kind="person", name=None, person_name="Li Na", owner_id=None)
MARIA: Final = bare(customers.CustomerContactAdded, contact_id=uid(0xB1), name="Maria", phone="+49 30 1", role="buyer")
DEFINED: Final = AttributeDefined(
    of="customer", key="sector", name="Sector", value_type="text", choices=(), definition_version=1
)
SECTOR: Final[dict[Ref, object]] = {definitions_ref("customer"): fold("attribute_definition", (DEFINED,))}


def test_a_company_is_registered_with_its_name_in_clear() -> None:
    command = customers.RegisterCustomer(name="Globex", owner_id=ANNA)
    given().facts(FACTS).when(command).then(COMPANY)


def test_the_name_of_a_person_is_kept_apart_and_sealed() -> None:
    given().when(customers.RegisterCustomer(name="Li Na", kind="person")).then(PERSON)
    assert [field.path for field in personal_fields(customers.CustomerRegistered)] == [("person_name",)]
    assert [field.path for field in personal_fields(customers.CustomerChanged)] == [("person_name",)]


def test_contacts_are_sealed_each_under_its_own_id() -> None:
    for event in (customers.CustomerContactAdded, customers.CustomerContactChanged):
        assert {field.path[0] for field in personal_fields(event)} == {"name", "phone", "email", "wechat"}
        assert {field.subject for field in personal_fields(event)} == {"contact_id"}


def test_a_customer_with_a_known_external_id_is_there_already() -> None:
    command = customers.RegisterCustomer(name="Globex", external_id=ExternalId(system="erp", id="7"))
    given(COMPANY).when(command).refused(ThingExists, pointer="/external_id")


WRONG_ALTOGETHER: Final = customers.RegisterCustomer(
    name="x", owner_id=uid(9), parent_id=SUBJECT, attributes=(AttributeValue(key="no", value="1"),)
)
IN_POOL: Final = replace(WRONG_ALTOGETHER, owner_id=None)


@pytest.mark.parametrize(
    ("command", "refusal", "pointer"),
    [
        (WRONG_ALTOGETHER, ThingUnknown, "/owner_id"),
        (IN_POOL, customers.CustomerParentIsItself, "/parent_id"),
        (replace(IN_POOL, parent_id=uid(9)), ThingUnknown, "/parent_id"),
        (replace(IN_POOL, parent_id=None), AttributeUnknown, "/attributes/0/key"),
    ],
)
def test_a_registration_names_its_first_obstacle(
    command: customers.RegisterCustomer, refusal: type[Refused], pointer: str
) -> None:
    given().facts({**FACTS, **SECTOR}).when(command).refused(refusal, pointer=pointer)


def test_a_change_records_only_what_changed() -> None:
    command = customers.ChangeCustomer(
        customer_id=SUBJECT, name="Globex", attributes=(AttributeValue(key="sector", value="steel"),)
    )
    changed = customers.CustomerChanged(attributes=(AttributeValue(key="sector", value="steel"),))
    given(COMPANY).facts(SECTOR).when(command).then(changed)
    given(COMPANY, changed).facts(SECTOR).when(command).then()


def test_of_two_values_for_one_attribute_the_last_one_counts() -> None:
    sent = (AttributeValue(key="sector", value="steel"), AttributeValue(key="sector", value="glass"))
    changed = customers.CustomerChanged(attributes=(AttributeValue(key="sector", value="glass"),))
    given(COMPANY).facts(SECTOR).when(customers.ChangeCustomer(customer_id=SUBJECT, attributes=sent)).then(changed)


def test_a_renamed_person_stays_sealed() -> None:
    given(PERSON).when(customers.ChangeCustomer(customer_id=SUBJECT, name="Li Nan")).then(
        customers.CustomerChanged(person_name="Li Nan")
    )


def test_a_parent_is_set_and_taken_away() -> None:
    set_parent = customers.CustomerParentChanged(parent_from=None, parent_to=ACME)
    given(COMPANY).facts(FACTS).when(customers.ChangeCustomer(customer_id=SUBJECT, parent_id=ACME)).then(set_parent)
    unset = customers.CustomerParentChanged(parent_from=ACME, parent_to=None)
    given(COMPANY, set_parent).when(customers.ChangeCustomer(customer_id=SUBJECT, parent_id=None)).then(unset)


def test_a_parent_is_another_customer_that_exists() -> None:
    case = given(COMPANY).facts({StreamRef("customer", SUBJECT): COMPANY})
    case.when(customers.ChangeCustomer(customer_id=SUBJECT, parent_id=SUBJECT)).refused(
        customers.CustomerParentIsItself
    )
    case.when(customers.ChangeCustomer(customer_id=SUBJECT, parent_id=uid(9))).refused(
        ThingUnknown, pointer="/parent_id"
    )


CONTACT_IDS: Final[list[tuple[UUID | None, ExternalId | None, UUID]]] = [
    (uid(5), ExternalId(system="crm", id="c5"), uid(5)),
    (None, ExternalId(system="crm", id="c5"), natural_id("contact", "crm", "c5")),
    (None, None, NEW_ID),
]


@pytest.mark.parametrize(("sent", "external_id", "made"), CONTACT_IDS)
def test_a_contact_id_is_given_or_made_from_its_external_id_or_new(
    sent: UUID | None, external_id: ExternalId | None, made: UUID
) -> None:
    command = customers.AddCustomerContact(customer_id=SUBJECT, name="Maria", contact_id=sent, external_id=external_id)
    given(COMPANY).when(command).then(replace(MARIA, contact_id=made, phone=None, role=None, external_id=external_id))


def test_the_same_contact_again_changes_nothing_and_another_one_under_its_id_is_refused() -> None:
    again = made_from(customers.AddCustomerContact, MARIA, customer_id=SUBJECT, name="Maria")
    given(COMPANY, MARIA).when(again).then()
    other = customers.AddCustomerContact(customer_id=SUBJECT, contact_id=MARIA.contact_id, name="Mario")
    given(COMPANY, MARIA).when(other).refused(customers.CustomerContactExists)


def test_a_customer_has_a_bounded_number_of_contacts() -> None:
    many = [replace(MARIA, contact_id=uid(1000 + number)) for number in range(customers.CONTACTS_MAX)]
    command = customers.AddCustomerContact(customer_id=SUBJECT, name="One more")
    given(COMPANY, *many).when(command).refused(customers.CustomerContactsTooMany)
    removed = customers.CustomerContactRemoved(contact_id=uid(1000), reason=None)
    assert len(given(COMPANY, *many, removed).when(command).decide()) == 1


def test_a_contact_keeps_what_is_not_sent_and_loses_what_is_sent_as_null() -> None:
    command = customers.ChangeCustomerContact(
        customer_id=SUBJECT, contact_id=MARIA.contact_id, phone=None, email="m@example.org", role="buyer"
    )
    changed = made_from(
        customers.CustomerContactChanged, MARIA, fields=("phone", "email"), phone=None, email="m@example.org"
    )
    given(COMPANY, MARIA).when(command).then(changed)
    given(COMPANY, MARIA, changed).when(command).then()


def test_a_removed_contact_is_no_longer_known() -> None:
    remove = customers.RemoveCustomerContact(customer_id=SUBJECT, contact_id=MARIA.contact_id, reason="left")
    removed = customers.CustomerContactRemoved(contact_id=MARIA.contact_id, reason="left")
    given(COMPANY, MARIA).when(remove).then(removed)
    given(COMPANY, MARIA, removed).when(remove).refused(customers.CustomerContactUnknown, pointer="/contact_id")
    change = customers.ChangeCustomerContact(customer_id=SUBJECT, contact_id=MARIA.contact_id, name="Mia")
    given(COMPANY, MARIA, removed).when(change).refused(customers.CustomerContactUnknown)


def test_a_customer_is_assigned_from_one_member_to_another() -> None:
    command = customers.AssignCustomer(customer_id=SUBJECT, owner_id=BORIS, reason="region")
    assigned = customers.CustomerAssigned(owner_from=ANNA, owner_to=BORIS, reason="region")
    given(COMPANY).facts(FACTS).when(command).then(assigned)
    given(COMPANY, assigned).facts(FACTS).when(command).then()
    unknown = customers.AssignCustomer(customer_id=SUBJECT, owner_id=uid(9))
    given(COMPANY).facts(FACTS).when(unknown).refused(ThingUnknown, pointer="/owner_id")


def test_a_released_customer_is_claimed_by_the_member_who_asks() -> None:
    released = customers.CustomerReleased(owner_from=ANNA, reason="idle")
    given(COMPANY).when(customers.ReleaseCustomer(customer_id=SUBJECT, reason="idle")).then(released)
    given(COMPANY, released).when(customers.ReleaseCustomer(customer_id=SUBJECT, reason="idle")).then()
    claim = customers.ClaimCustomer(customer_id=SUBJECT)
    given(COMPANY, released).by(ACTOR, member=BORIS).when(claim).then(customers.CustomerClaimed(owner_to=BORIS))
    state = folded(Customer, "customer", COMPANY, released, customers.CustomerClaimed(owner_to=BORIS))
    assert state.owner_id == BORIS


def test_of_two_claims_one_wins_and_the_winner_may_repeat_it() -> None:
    claimed = (PERSON, customers.CustomerClaimed(owner_to=BORIS))
    given(*claimed).by(ACTOR, member=ANNA).when(customers.ClaimCustomer(customer_id=SUBJECT)).refused(
        customers.CustomerAlreadyClaimed
    )
    given(*claimed).by(ACTOR, member=BORIS).when(customers.ClaimCustomer(customer_id=SUBJECT)).then()
    given(*claimed).by(ACTOR, None).when(customers.ClaimCustomer(customer_id=SUBJECT)).refused(
        customers.CustomerClaimantNotMember
    )


def test_contacts_have_their_own_routes_under_the_customer() -> None:
    assert route(*CATALOGUE.command("AddCustomerContact")) == "/v1/customers/{customer_id}/add-contact"
    assert route(*CATALOGUE.command("RegisterCustomer")) == "/v1/customers"
