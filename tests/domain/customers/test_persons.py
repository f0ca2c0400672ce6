"""Persons: consents with their withdrawal, holds that keep from erasing, and an erasure that two people decide."""

from dataclasses import replace
from typing import Final, get_args

import pytest

from salesapi.domain.catalogue import STREAMS
from salesapi.domain.consequences import FurtherFact
from salesapi.domain.customers import persons
from salesapi.domain.customers.customers import (
    Customer,
    CustomerContactAdded,
    CustomerContactRemoved,
    CustomerPersonErased,
    CustomerRegistered,
)
from salesapi.domain.customers.person_decisions import STREAM
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.organisation.members import MemberPersonErased
from salesapi.domain.selling.activities import Activity, ActivityPersonErased, Subject
from salesapi.domain.selling.leads import Lead, LeadPersonErased
from salesapi.domain.shared.duties import NotApart, PersonUnknown
from salesapi.domain.shared.kernel import Ref, StreamRef, ThingUnknown
from salesapi.domain.shared.parties import CustomerKind
from salesapi.domain.shared.states import made_from
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import ACME, ANNA, LEAD, THERE
from tests.spec import ACTOR, PERSON, SUBJECT, day, fold, folded, given, uid
from tests.values_by_type import bare, built

OTHER: Final = uid(0xAD)
CONTACT, GONE, CALL = uid(0xC0), uid(0xC2), uid(0xCA)
LI: Final = persons.PersonSubject(kind="lead", id=LEAD)
HAN: Final = persons.PersonSubject(kind="customer", id=ACME, contact_id=CONTACT)
OF_LI: Final = made_from(persons.PersonalRecord, LI)
OF_CALL: Final = persons.PersonalRecord(kind="activity", id=CALL)
HOLD: Final = persons.PlaceLegalHold(subject=LI, matter="audit", reason="Audit of 2025")
HELD: Final = made_from(persons.PersonLegalHoldPlaced, HOLD, placed_by=ACTOR)
CONSENT: Final = persons.RecordConsent(subject=LI, purpose="news", evidence="form 7")
CONSENTED: Final = made_from(persons.PersonConsentGiven, CONSENT)
WITHDRAW: Final = persons.WithdrawConsent(person_id=SUBJECT, purpose="news", reason="Asked")
REQUEST: Final = persons.RequestErasure(subject=LI, basis="request_of_person", reason="Letter", records=(OF_CALL,))
REQUESTED: Final = made_from(
    persons.PersonErasureRequested, REQUEST, records=(OF_LI, OF_CALL), requested_by=OTHER, requester_id=ANNA
)
ERASE: Final = persons.ErasePerson(person_id=SUBJECT)
ERASED: Final = made_from(persons.PersonErased, REQUESTED, subject=LI, subject_ids=(LEAD, CALL), confirmed_by=ACTOR)
ACME_CO: Final = folded(
    Customer,
    "customer",
    bare(CustomerRegistered, kind="company", name="Acme"),
    bare(CustomerContactAdded, contact_id=CONTACT, name="Han"),
    bare(CustomerContactAdded, contact_id=GONE, name="Mei"),
    CustomerContactRemoved(contact_id=GONE, reason=None),
)
FACTS: Final[dict[Ref, object]] = {
    StreamRef("lead", LEAD): bare(Lead, status="open"),
    StreamRef("activity", CALL): THERE,
    StreamRef("customer", ACME): ACME_CO,
}


def test_every_kind_of_thing_with_personal_values_can_be_erased() -> None:
    kinds = {stream.kind for stream in STREAMS if any(personal_fields(each.event) for each in stream.events)}
    assert kinds == set(get_args(persons.RecordKind))
    assert set(get_args(persons.PersonKind)) < kinds
    erasing = {stream.kind for stream in STREAMS if any(each.name.endswith(".person_erased") for each in stream.events)}
    assert erasing == kinds


def test_nothing_personal_stands_in_the_stream_of_a_person() -> None:
    assert not any(personal_fields(each.event) for each in STREAM.events)


def test_consent_is_a_fact_with_purpose_basis_and_day_and_can_be_withdrawn() -> None:
    given().facts(FACTS).when(CONSENT).then(CONSENTED)
    given(CONSENTED).when(WITHDRAW).then(persons.PersonConsentWithdrawn(purpose="news", reason="Asked"))
    given(HELD).when(WITHDRAW).refused(persons.PersonConsentMissing, pointer="/purpose")
    withdrawn = persons.PersonConsentWithdrawn(purpose="news", reason=None)
    given(CONSENTED, withdrawn).when(WITHDRAW).then()

    person = fold("person", (CONSENTED, withdrawn), occurred=day("2026-03-05"))
    assert isinstance(person, persons.Person)
    assert [(each.basis, each.is_withdrawn, str(each.withdrawn_on)) for each in person.consents] == [
        ("consent", True, "2026-03-05")
    ]
    again = fold("person", (CONSENTED, withdrawn, CONSENTED))
    assert isinstance(again, persons.Person)
    assert [each.is_withdrawn for each in again.consents] == [False]


def test_a_person_is_one_that_there_is_and_a_contact_one_that_the_customer_had() -> None:
    given().when(HOLD).refused(ThingUnknown, pointer="/subject/id")
    for contact_id in (CONTACT, GONE):
        subject = replace(HAN, contact_id=contact_id)
        placed = replace(HELD, subject=subject)
        given().facts(FACTS).when(replace(HOLD, subject=subject)).then(placed)
    at = "/subject/contact_id"
    unknown = replace(HOLD, subject=replace(HAN, contact_id=ANNA))
    given().facts(FACTS).when(unknown).refused(persons.PersonContactUnknown, pointer=at)
    misplaced = replace(HOLD, subject=replace(LI, contact_id=CONTACT))
    given().facts(FACTS).when(misplaced).refused(persons.PersonContactMisplaced, pointer=at)


def test_a_hold_is_placed_and_released_by_its_matter() -> None:
    given().facts(FACTS).when(HOLD).then(HELD)
    given(HELD).facts(FACTS).when(HOLD).then()
    release = persons.ReleaseLegalHold(person_id=SUBJECT, matter="audit", reason="Closed")
    given(HELD).when(release).then(made_from(persons.PersonLegalHoldReleased, release, released_by=ACTOR))
    given(CONSENTED).when(release).refused(persons.PersonNotHeld, pointer="/matter")


def test_an_erasure_is_asked_for_with_all_that_it_is_about() -> None:
    own = replace(REQUESTED, requested_by=ACTOR, requester_id=PERSON)
    given().facts(FACTS).when(REQUEST).then(own)
    given(HELD).facts(FACTS).when(REQUEST).then(own)
    given(own).facts(FACTS).when(REQUEST).then()
    other = replace(REQUEST, reason="Another letter")
    given(own).facts(FACTS).when(other).refused(persons.PersonErasureRequestedAlready)
    given().facts({StreamRef("lead", LEAD): FACTS[StreamRef("lead", LEAD)]}).when(REQUEST).refused(
        ThingUnknown, pointer="/records/0/id"
    )


@pytest.mark.parametrize("kind", ["company", "person"])
def test_what_a_lead_became_is_erased_with_it(kind: CustomerKind) -> None:
    became: dict[Ref, object] = {
        **FACTS,
        StreamRef("lead", LEAD): bare(Lead, status="converted", customer_id=ACME, contact_id=CONTACT),
        StreamRef("customer", ACME): replace(ACME_CO, kind=kind),
    }
    as_person = (persons.PersonalRecord(kind="customer", id=ACME),) if kind == "person" else ()
    as_contact = persons.PersonalRecord(kind="customer", id=ACME, contact_id=CONTACT)

    (requested,) = given().facts(became).when(replace(REQUEST, records=())).decide()

    assert isinstance(requested, persons.PersonErasureRequested)
    assert requested.records == (OF_LI, *as_person, as_contact)


def test_a_contact_with_the_id_of_another_thing_takes_no_other_key_along() -> None:
    shared: dict[Ref, object] = {**FACTS, StreamRef("member", CONTACT): THERE}
    request = replace(REQUEST, subject=HAN, records=())
    given().facts(shared).when(request).refused(persons.PersonKeyShared)
    member = persons.PersonalRecord(kind="member", id=CONTACT)
    assert given().facts(shared).when(replace(request, records=(member,))).decide()


def test_somebody_else_confirms_an_erasure() -> None:
    given(CONSENTED).when(ERASE).refused(persons.PersonErasureNotRequested)
    given(REQUESTED).when(ERASE).after(OTHER, ANNA).by(ACTOR, ANNA).refused(NotApart)
    given(REQUESTED).when(ERASE).after(OTHER, None).refused(NotApart)
    given(REQUESTED).when(ERASE).by(OTHER, None).refused(PersonUnknown)
    given(REQUESTED).when(ERASE).then(ERASED)
    given(REQUESTED, ERASED).when(ERASE).refused(persons.PersonErasureNotRequested)
    withdrawn = persons.PersonErasureWithdrawn(reason="Too soon")
    given(REQUESTED).when(persons.WithdrawErasureRequest(person_id=SUBJECT, reason="Too soon")).then(withdrawn)
    given(REQUESTED, withdrawn).when(ERASE).refused(persons.PersonErasureNotRequested)


@pytest.mark.parametrize("record", [OF_LI, OF_CALL])
def test_nothing_of_an_erasure_may_be_held(record: persons.PersonalRecord) -> None:
    held = StreamRef("person", persons.person_id_of(record))
    facts: dict[Ref, object] = {held: persons.Person(subject=LI, holds=(built(persons.LegalHold),))}

    refused = given(REQUESTED).facts(facts).when(ERASE).refused(persons.PersonHeld)

    assert refused.parameters["id"] == str(record.subject_id)


def test_whoever_is_erased_can_be_erased_again_when_more_has_become_known() -> None:
    given(REQUESTED, ERASED).facts(FACTS).when(REQUEST).then(
        replace(REQUESTED, requested_by=ACTOR, requester_id=PERSON)
    )


def test_an_erasure_is_told_to_every_thing_that_it_is_about() -> None:
    answered = bare(CustomerSatisfactionRecorded, kind="nps", score=9, comment="Good")
    customer = folded(Customer, "customer", bare(CustomerRegistered, kind="person", person_name="Li"), answered)
    about = Subject(kind="lead", id=LEAD)
    states: dict[Ref, object] = {
        StreamRef("customer", ACME): customer,
        StreamRef("activity", CALL): bare(Activity, kind="call", status="completed", about=about, owner_id=ANNA),
    }
    kinds: tuple[persons.RecordKind, ...] = (
        "lead",
        "member",
        "deal",
        "receipt",
        "objection",
        "approval",
        "forecast_sheet",
    )
    records = (
        *(persons.PersonalRecord(kind=kind, id=LEAD) for kind in kinds),
        OF_CALL,
        persons.PersonalRecord(kind="customer", id=ACME),
        persons.PersonalRecord(kind="customer", id=ACME, contact_id=CONTACT),
    )

    told = given(replace(REQUESTED, records=records)).facts(states).when(ERASE).following()

    facts = [each for each in told if isinstance(each, FurtherFact)]
    assert [each.ref for each in facts] == [StreamRef(each.kind, each.id) for each in records]
    assert facts[0].event == LeadPersonErased(person_id=SUBJECT)
    assert facts[1].event == MemberPersonErased(person_id=SUBJECT)
    assert [each.event for each in facts[-3:]] == [
        ActivityPersonErased(person_id=SUBJECT, about=about),
        CustomerPersonErased(person_id=SUBJECT, contact_id=None, answer_versions=(2,)),
        CustomerPersonErased(person_id=SUBJECT, contact_id=CONTACT, answer_versions=()),
    ]
