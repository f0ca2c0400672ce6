"""Leads: capture, owner and pool, qualification, conversion, and what is final."""

from dataclasses import replace
from typing import Final

import pytest

from salesapi.domain.selling import leads
from salesapi.domain.shared.attributes import AttributeUnknown, AttributeValue
from salesapi.domain.shared.kernel import ExternalId, Refused, ThingExists, ThingUnknown, natural_id
from salesapi.domain.shared.states import made_from
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import ACME, ANNA, BORIS, FACTS, PIPELINE
from tests.spec import ACTOR, SUBJECT, folded, given, uid
from tests.values_by_type import bare

CAPTURED: Final = bare(
    leads.LeadCaptured,
    source="web_form",
    name="Li Na",
    company="Globex",
    phone="+86 10 1",
    wechat="lina",
    owner_id=ANNA,
)
IN_POOL: Final = replace(CAPTURED, owner_id=None)
QUALIFIED: Final = leads.LeadQualified(criteria=("budget known",))
DISQUALIFIED: Final = leads.LeadDisqualified(status_from="open", reason="no budget")
CONVERTED: Final = leads.LeadConverted(customer_id=ACME, contact_id=None, deal_id=None)
VOIDED: Final = leads.LeadVoided(status_from="open", reason="test")
DEAL: Final = leads.LeadDeal(title="Machines for Globex", pipeline_id=PIPELINE)


def test_a_lead_is_captured_as_its_source_delivers_it() -> None:
    command = made_from(leads.CaptureLead, CAPTURED)
    given().facts(FACTS).when(command).then(CAPTURED)


def test_a_source_that_delivers_only_an_id_leaves_all_else_unknown() -> None:
    external_id = ExternalId(system="ads", id="660737")
    unknown = replace(IN_POOL, source=None, name=None, company=None, phone=None, wechat=None)
    given().on(None).when(leads.CaptureLead(external_id=external_id)).then(replace(unknown, external_id=external_id))


def test_what_identifies_the_person_is_sealed_and_the_company_is_not() -> None:
    sealed = {field.path[0] for field in personal_fields(leads.LeadCaptured)}
    assert sealed == {"name", "phone", "email", "wechat", "note"}


def test_a_lead_has_one_owner_or_is_in_the_pool() -> None:
    assigned = leads.LeadAssigned(owner_from=None, owner_to=BORIS, reason="region")
    given(IN_POOL).facts(FACTS).when(leads.AssignLead(lead_id=SUBJECT, owner_id=BORIS, reason="region")).then(assigned)
    given(IN_POOL, assigned).facts(FACTS).when(leads.AssignLead(lead_id=SUBJECT, owner_id=BORIS)).then()
    released = leads.LeadReleased(owner_from=BORIS, reason="idle")
    given(IN_POOL, assigned).when(leads.ReleaseLead(lead_id=SUBJECT, reason="idle")).then(released)
    given(IN_POOL, assigned, released).when(leads.ReleaseLead(lead_id=SUBJECT, reason="idle")).then()
    state = folded(leads.Lead, "lead", IN_POOL, assigned, released)
    assert state.owner_id is None


def test_a_claim_takes_the_lead_for_the_member_who_asks() -> None:
    claimed = leads.LeadClaimed(owner_to=BORIS)
    given(IN_POOL).by(ACTOR, member=BORIS).when(leads.ClaimLead(lead_id=SUBJECT)).then(claimed)
    given(IN_POOL, claimed).by(ACTOR, member=BORIS).when(leads.ClaimLead(lead_id=SUBJECT)).then()


CLAIM_PRECEDENCE: Final[list[tuple[tuple[object, ...], bool, type[Refused]]]] = [
    ((CAPTURED, DISQUALIFIED), False, leads.LeadClosed),
    ((CAPTURED,), False, leads.LeadClaimantNotMember),
    ((CAPTURED,), True, leads.LeadAlreadyClaimed),
]


@pytest.mark.parametrize(("events", "is_member", "refusal"), CLAIM_PRECEDENCE)
def test_a_claim_names_its_first_obstacle(events: tuple[object, ...], is_member: bool, refusal: type[Refused]) -> None:
    case = given(*events).by(ACTOR, member=BORIS if is_member else None)
    case.when(leads.ClaimLead(lead_id=SUBJECT)).refused(refusal)


def test_a_lead_is_qualified_once_with_the_criteria_that_it_met() -> None:
    command = leads.QualifyLead(lead_id=SUBJECT, criteria=("budget known",))
    given(CAPTURED).when(command).then(QUALIFIED)
    given(CAPTURED, QUALIFIED).when(command).then()
    given(CAPTURED, QUALIFIED).when(leads.QualifyLead(lead_id=SUBJECT)).refused(
        leads.LeadAlreadyQualified, pointer="/criteria"
    )


def test_a_qualified_lead_may_turn_out_to_be_none() -> None:
    disqualified = leads.LeadDisqualified(status_from="qualified", reason="no budget")
    given(CAPTURED, QUALIFIED).when(leads.DisqualifyLead(lead_id=SUBJECT, reason="no budget")).then(disqualified)


def test_a_conversion_names_what_it_makes_by_ids_that_follow_from_the_lead() -> None:
    command = leads.ConvertLead(lead_id=SUBJECT, customer_name="Globex", deal=DEAL)
    converted = leads.LeadConverted(
        customer_id=natural_id("customer", "lead", str(SUBJECT)),
        contact_id=natural_id("contact", "lead", str(SUBJECT)),
        deal_id=natural_id("deal", "lead", str(SUBJECT)),
    )
    given(CAPTURED, QUALIFIED).facts(FACTS).when(command).then(converted)


def test_a_conversion_to_an_existing_customer_may_make_nothing_new() -> None:
    command = leads.ConvertLead(lead_id=SUBJECT, customer_id=ACME, with_contact=False)
    given(IN_POOL, QUALIFIED).facts(FACTS).when(command).then(CONVERTED)


STRANGE: Final = leads.CaptureLead(attributes=(AttributeValue(key="no", value="1"),))
BROKEN: Final = leads.ConvertLead(lead_id=SUBJECT, customer_id=uid(9), customer_name="Globex", deal=DEAL)
UNKNOWN: Final = replace(BROKEN, customer_name=None)
NAMELESS: Final = replace(IN_POOL, name=None)
PRECEDENCE: Final[list[tuple[tuple[object, ...], object, type[Refused], str]]] = [
    ((CAPTURED,), leads.CaptureLead(owner_id=uid(9)), ThingExists, "/external_id"),
    ((), replace(STRANGE, owner_id=uid(9)), ThingUnknown, "/owner_id"),
    ((), STRANGE, AttributeUnknown, "/attributes/0/key"),
    ((CAPTURED,), leads.AssignLead(lead_id=SUBJECT, owner_id=uid(9)), ThingUnknown, "/owner_id"),
    ((NAMELESS, DISQUALIFIED), BROKEN, leads.LeadClosed, ""),
    ((NAMELESS,), BROKEN, leads.LeadNotQualified, ""),
    ((NAMELESS, QUALIFIED), BROKEN, leads.LeadCustomerAmbiguous, "/customer_id"),
    ((NAMELESS, QUALIFIED), replace(UNKNOWN, customer_id=None), leads.LeadCustomerAmbiguous, "/customer_id"),
    ((NAMELESS, QUALIFIED), UNKNOWN, ThingUnknown, "/customer_id"),
    ((NAMELESS, QUALIFIED), replace(UNKNOWN, customer_id=ACME), leads.LeadNameUnknown, "/with_contact"),
    ((IN_POOL, QUALIFIED), replace(UNKNOWN, customer_id=ACME), leads.LeadWithoutOwner, "/deal"),
]


@pytest.mark.parametrize(("events", "command", "refusal", "pointer"), PRECEDENCE)
def test_a_capture_an_assignment_and_a_conversion_name_their_first_obstacle(
    events: tuple[object, ...], command: object, refusal: type[Refused], pointer: str
) -> None:
    given(*events).facts(FACTS).when(command).refused(refusal, pointer=pointer)


FINAL_FOR: Final = (
    leads.AssignLead(lead_id=SUBJECT, owner_id=BORIS),
    leads.ReleaseLead(lead_id=SUBJECT, reason="idle"),
    leads.ClaimLead(lead_id=SUBJECT),
    leads.QualifyLead(lead_id=SUBJECT),
    leads.DisqualifyLead(lead_id=SUBJECT, reason="again"),
    leads.ConvertLead(lead_id=SUBJECT, customer_id=ACME),
)


@pytest.mark.parametrize("command", FINAL_FOR, ids=lambda command: type(command).__name__)
def test_a_converted_disqualified_or_voided_lead_is_final(command: object) -> None:
    for end in (CONVERTED, DISQUALIFIED, VOIDED):
        given(CAPTURED, QUALIFIED, end).facts(FACTS).by(ACTOR, member=ANNA).when(command).refused(leads.LeadClosed)


def test_a_lead_recorded_by_mistake_is_voided_once_whatever_became_of_it() -> None:
    command = leads.VoidLead(lead_id=SUBJECT, reason="test")
    given(CAPTURED).when(command).then(VOIDED)
    given(CAPTURED, DISQUALIFIED).when(command).then(replace(VOIDED, status_from="disqualified"))
    given(CAPTURED, QUALIFIED, CONVERTED).when(command).then(replace(VOIDED, status_from="converted"))
    given(CAPTURED, VOIDED).when(command).refused(leads.LeadClosed)
