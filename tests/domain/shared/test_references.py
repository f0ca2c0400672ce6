"""What a command refers to follows from the marks on its fields: what is loaded, what is refused, and with which pointer."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Annotated, Final, get_type_hints
from uuid import UUID

import pytest

from salesapi.domain.shared.kernel import UNSET, Ref, Refers, StreamRef, ThingUnknown, Unset, record
from salesapi.domain.shared.references import (
    Reference,
    parts_of_hint,
    reference_at,
    references,
    referred,
    refuse_unknown,
)
from tests.spec import CATALOGUE, States, uid

ALL: Final = (uid(1), uid(2), uid(3), uid(4), uid(5), uid(6))


@record
class Stop:
    customer_id: Annotated[UUID, Refers("customer")]
    note: str = ""


@record
class About:
    kind: str
    id: Annotated[UUID, Refers(kind_in="kind")]


@record
class Driver:
    name: str


@record
class PlanTour:
    tour_id: UUID
    owner_id: Annotated[UUID, Refers("member")]
    stops: tuple[Stop, ...] = ()
    about: About | None = None
    helper_ids: Annotated[tuple[UUID, ...], Refers("member")] = ()
    deal_id: Annotated[UUID | Unset | None, Refers("deal")] = UNSET
    driver: Driver | None = None


TOUR: Final = PlanTour(
    tour_id=uid(9),
    owner_id=ALL[0],
    stops=(Stop(customer_id=ALL[1]), Stop(customer_id=ALL[2])),
    about=About(kind="lead", id=ALL[3]),
    helper_ids=(ALL[4],),
    deal_id=ALL[5],
)
REFERENCES: Final = (
    Reference(StreamRef("member", ALL[0]), "/owner_id"),
    Reference(StreamRef("customer", ALL[1]), "/stops/0/customer_id"),
    Reference(StreamRef("customer", ALL[2]), "/stops/1/customer_id"),
    Reference(StreamRef("lead", ALL[3]), "/about/id"),
    Reference(StreamRef("member", ALL[4]), "/helper_ids/0"),
    Reference(StreamRef("deal", ALL[5]), "/deal_id"),
)
KNOWN: Final[dict[Ref, object]] = {reference.ref: "known" for reference in REFERENCES}


def test_what_a_record_refers_to_is_told_in_the_order_of_its_fields_with_the_places() -> None:
    assert tuple(references(TOUR)) == REFERENCES


def test_what_is_not_sent_refers_to_nothing() -> None:
    assert tuple(references(PlanTour(tour_id=uid(9), owner_id=ALL[0]))) == REFERENCES[:1]
    assert tuple(references(PlanTour(tour_id=uid(9), owner_id=ALL[0], deal_id=None))) == REFERENCES[:1]


@pytest.mark.parametrize("missing", REFERENCES, ids=lambda reference: reference.pointer)
def test_each_thing_that_is_not_there_is_refused_at_its_place(missing: Reference) -> None:
    known = States({ref: state for ref, state in KNOWN.items() if ref != missing.ref})
    refuse_unknown(TOUR, States(KNOWN))
    with pytest.raises(ThingUnknown) as refused:
        refuse_unknown(TOUR, known)
    assert refused.value.pointer == missing.pointer
    assert refused.value.parameters == {"thing": missing.ref.kind, "id": str(missing.ref.id)}


@pytest.mark.parametrize("kinds", [{}, {"kind": "deal", "kind_in": "kind"}])
def test_a_mark_says_the_kind_in_one_way(kinds: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Refers takes the kind of the stream, or `kind_in`"):
        Refers(**kinds)


def test_the_first_of_several_is_refused_and_only_the_named_fields_are_looked_at() -> None:
    nothing = States({})
    with pytest.raises(ThingUnknown) as first:
        refuse_unknown(TOUR, nothing)
    with pytest.raises(ThingUnknown) as named:
        refuse_unknown(TOUR, nothing, "deal_id")
    assert (first.value.pointer, named.value.pointer) == ("/owner_id", "/deal_id")
    refuse_unknown(TOUR, States(KNOWN), "owner_id", "deal_id")


def test_a_part_of_a_command_is_refused_at_its_own_place() -> None:
    with pytest.raises(ThingUnknown) as refused:
        refuse_unknown(TOUR.stops[1], States({}), at="/stops/1")
    assert refused.value.pointer == "/stops/1/customer_id"


def test_the_state_of_what_a_field_refers_to_is_of_the_expected_kind_or_unknown() -> None:
    assert referred(TOUR, "owner_id", str, States(KNOWN)) == "known"
    for facts in (States({}), States({REFERENCES[0].ref: 7})):
        with pytest.raises(ThingUnknown) as refused:
            referred(TOUR, "owner_id", str, facts)
        assert refused.value.pointer == "/owner_id"
    with pytest.raises(AssertionError, match=r"PlanTour\.tour_id refers to nothing"):
        reference_at(TOUR, "tour_id")


NO_REFERENCE: Final = {
    "a part of the tree of teams, which is one stream": {
        "FormTeam.parent_id",
        "MoveTeam.parent_id",
        "ProposeTarget.team_id",
        "SplitTarget.children/team_id",
        "EndTeamMembership.member_id",
    },
    "a contact within its customer": {
        "AddCustomerContact.contact_id",
        "ChangeCustomerContact.contact_id",
        "RemoveCustomerContact.contact_id",
    },
    "checked by the command that follows": {"ConvertLead.deal/pipeline_id", "SplitTarget.children/owner_id"},
    "found among the parts of the thing itself": {
        "RefundReceipt.deal_id",
        "RefundReceipt.invoice_id",
        "PlaceLegalHold.subject/contact_id",
        "RecordConsent.subject/contact_id",
        "RequestErasure.subject/contact_id",
        "RequestErasure.records/contact_id",
        "EndEnrolment.plan_id",
        "InstructPayout.member_ids",
        "ConfirmPayoutPaid.member_ids",
        "ReportPayoutFailed.member_id",
    },
    "says which stream it is": {
        "EndEnrolment.member_id",
        "RecordParticipantLeft.member_id",
        "AcknowledgeCompensationPlan.member_id",
    },
    "looked up in the ledger": {
        "CreditPlanPoints.plan_id",
        "StatePoolShares.plan_id",
        "StatePoolShares.owner_id",
        "StatePoolShares.shares/member_id",
    },
    "its kind is not that of a stream; see objection_decisions.py": {"RaiseObjection.subject/id"},
    "compared with who asks": {"RaiseObjection.member_id"},
    "of no effect for who is not in the pool": {
        "PublishCompensationPlanVersion.awards/team_pool/share_points/member_id",
        "ProposeCompensationPlanVersion.awards/team_pool/share_points/member_id",
        "SimulateCompensationPlan.awards/team_pool/share_points/member_id",
    },
}
"""Ids in commands that are no references, by the reason. A new field with an id has the mark or stands here."""


def test_every_id_in_a_command_is_a_reference_or_has_a_reason_not_to_be() -> None:
    unmarked = {
        f"{kind.command.__name__}.{path}"
        for _, kind in CATALOGUE.commands.values()
        for path in _unmarked(kind.command, "")
        if path != kind.target
    }
    assert unmarked == set().union(*NO_REFERENCE.values())


def _unmarked(command: type, prefix: str) -> Iterator[str]:
    hints = get_type_hints(command, include_extras=True)
    for field in fields(command):
        parts = list(parts_of_hint(hints[field.name]))
        if UUID in parts and not any(isinstance(part, Refers) for part in parts):
            yield f"{prefix}{field.name}"
        for part in parts:
            if isinstance(part, type) and is_dataclass(part):
                yield from _unmarked(part, f"{prefix}{field.name}/")
