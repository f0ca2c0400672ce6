"""What follows from a command in the same commit: a converted lead makes a customer, a contact and a deal."""

from dataclasses import replace
from datetime import date
from typing import Final

from salesapi.domain.consequences import FOLLOWING, Step, approve_award, convert_lead
from salesapi.domain.customers.customers import (
    AddCustomerContact,
    CustomerContactAdded,
    CustomerRegistered,
    RegisterCustomer,
)
from salesapi.domain.customers.persons import ErasePerson
from salesapi.domain.organisation.api_keys import RotateApiKey
from salesapi.domain.pay.records.awards import ApproveAward, Award, AwardGranted
from salesapi.domain.pay.records.objections import DecideObjection, RaiseObjection, WithdrawObjection
from salesapi.domain.selling.deals import OpenDeal
from salesapi.domain.selling.leads import ConvertLead, Lead, LeadDeal
from salesapi.domain.selling.targets import SplitTarget
from salesapi.domain.shared.kernel import Context, Ref, StreamRef, natural_id
from tests.domain.examples import ACME, ANNA, FACTS, LEAD, OPENED, PIPELINE, THERE
from tests.domain.selling.test_leads import CAPTURED, QUALIFIED
from tests.spec import ACTOR, CATALOGUE, DAY, NEW_ID, States, fold, folded, given, uid
from tests.values_by_type import bare

CUSTOMER: Final = natural_id("customer", "lead", str(LEAD))
CONTACT: Final = natural_id("contact", "lead", str(LEAD))
DEAL: Final = natural_id("deal", "lead", str(LEAD))
AWARD: Final = uid(0xA7)
GRANTED: Final = bare(AwardGranted, member_id=ANNA, kind="points", points=5, reason="Good calls", granted_by=ACTOR)
CONVERT: Final = ConvertLead(
    lead_id=LEAD,
    customer_name="Globex",
    deal=LeadDeal(
        title="Machines for Globex",
        pipeline_id=PIPELINE,
        stage="need",
        amount_minor=5_000,
        currency="JPY",
        expected_close_on=date(2026, 6, 30),
    ),
)
CONTEXT: Final = bare(
    Context, actor_id=ACTOR, permissions=frozenset(), subject_id=LEAD, new_id=NEW_ID, today=DAY, facts=States()
)


def _steps(command: ConvertLead) -> tuple[Step, ...]:
    lead = fold("lead", (CAPTURED, QUALIFIED), LEAD)
    assert isinstance(lead, Lead)
    return tuple(step for step in convert_lead(lead, command, CONTEXT) if isinstance(step, Step))


def test_a_conversion_registers_the_customer_then_adds_the_contact_then_opens_the_deal() -> None:
    assert _steps(CONVERT) == (
        Step(command=RegisterCustomer(name="Globex", owner_id=ANNA), subject_id=CUSTOMER),
        Step(
            command=AddCustomerContact(
                customer_id=CUSTOMER, contact_id=CONTACT, name="Li Na", phone="+86 10 1", wechat="lina"
            )
        ),
        Step(
            command=OpenDeal(
                title="Machines for Globex",
                pipeline_id=PIPELINE,
                owner_id=ANNA,
                stage="need",
                customer_id=CUSTOMER,
                lead_id=LEAD,
                amount_minor=5_000,
                currency="JPY",
                expected_close_on=date(2026, 6, 30),
            ),
            subject_id=DEAL,
        ),
    )


def test_a_conversion_to_an_existing_customer_adds_only_what_is_asked_for() -> None:
    existing = replace(CONVERT, customer_id=ACME, customer_name=None, deal=None)
    assert [type(step.command) for step in _steps(existing)] == [AddCustomerContact]
    assert _steps(replace(existing, with_contact=False)) == ()


def test_a_lead_of_a_person_makes_a_customer_whose_name_is_sealed() -> None:
    person = replace(CONVERT, customer_name="Li Na", customer_kind="person", with_contact=False, deal=None)
    (step,) = _steps(person)
    (registered,) = replace(given(), subject=CUSTOMER).facts(FACTS).when(step.command).decide()
    assert isinstance(registered, CustomerRegistered)
    assert (registered.name, registered.person_name) == (None, "Li Na")


def test_each_step_is_accepted_on_the_states_as_they_are_by_then() -> None:
    registering, adding, opening = _steps(CONVERT)
    registered = replace(given(), subject=CUSTOMER).facts(FACTS).when(registering.command).decide()
    added = replace(given(*registered), subject=CUSTOMER).when(adding.command).decide()
    assert [type(event) for event in (*registered, *added)] == [CustomerRegistered, CustomerContactAdded]
    by_then: dict[Ref, object] = {**FACTS, StreamRef("customer", CUSTOMER): THERE}
    whose = replace(OPENED, title="Machines for Globex", stage="need", customer_id=CUSTOMER, lead_id=LEAD)
    opened = replace(whose, amount_minor=5_000, currency="JPY", expected_close_on=date(2026, 6, 30))
    replace(given(), subject=DEAL).facts(by_then).when(opening.command).then(opened)


def test_whatever_follows_is_a_declared_command() -> None:
    objecting = {RaiseObjection, DecideObjection, WithdrawObjection}
    assert set(FOLLOWING) == {ConvertLead, ApproveAward, SplitTarget, ErasePerson, RotateApiKey} | objecting
    award = folded(Award, "award", GRANTED)
    for step in (*_steps(CONVERT), *approve_award(award, ApproveAward(award_id=AWARD), CONTEXT)):
        assert isinstance(step, Step)
        assert CATALOGUE.command(type(step.command).__name__)
