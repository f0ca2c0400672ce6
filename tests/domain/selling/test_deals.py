"""Deals: opening, what changes of an open one, the stage model, amounts and shares. How deals end: `test_deal_closings.py`."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from salesapi.domain.selling import deal_refusals as refusals
from salesapi.domain.selling import deals
from salesapi.domain.selling.deal_decisions import MOVE_BACK, SKIP_STAGES
from salesapi.domain.selling.deal_progress import (
    ChangeDealLines,
    ChangeDealStage,
    ChangeDealTeam,
    DeclareDealConfidence,
    LinkDealCustomer,
    MoveDealCloseDate,
    ReassignDeal,
    ValueDeal,
)
from salesapi.domain.selling.pipelines import PipelineIsRetired, PipelineRetired
from salesapi.domain.shared.attributes import AttributeUnknown, AttributeValue
from salesapi.domain.shared.kernel import ExternalId, Ref, Refused, StreamRef, ThingExists, ThingUnknown
from salesapi.domain.shared.money import CurrencyUnknown, UnitPrice
from tests.domain.examples import ACME, ANNA, BORIS, FACTS, HUNDRED, OFFERED, OPENED, PIPELINE, PIPELINE_EVENTS, PRODUCT
from tests.spec import SUBJECT, Case, fold, folded, given, uid
from tests.values_by_type import bare

OPEN: Final = deals.OpenDeal(title="Machines for Acme", pipeline_id=PIPELINE, owner_id=ANNA)
LOST: Final = deals.DealLost(stage_from="contact", stage_to="lost", reason="price", competitor=None, note=None)
TO_NEED: Final = ChangeDealStage(deal_id=SUBJECT, stage_to="need")
MOVED: Final = bare(deals.DealStageChanged, stage_from="contact", stage_to="need", direction="forward")
LINK: Final = LinkDealCustomer(deal_id=SUBJECT, customer_id=ACME)
LINKED: Final = deals.DealCustomerLinked(customer_from=None, customer_to=ACME)
VALUE: Final = ValueDeal(deal_id=SUBJECT, amount_minor=1_234_567, currency="CNY")
REASSIGN: Final = ReassignDeal(deal_id=SUBJECT, owner_id=BORIS)
STEEL: Final = AttributeValue(key="sector", value="steel")


def deal(*events: object) -> Case:
    return given(*events).facts(FACTS)


def pipeline_of(*events: object) -> dict[Ref, object]:
    return {StreamRef("pipeline", PIPELINE): fold("pipeline", events)}


def line(price: str | None = None, currency: str = "CNY") -> deals.DealLine:
    unit_price = UnitPrice(amount=Decimal(price), currency=currency) if price else None
    return deals.DealLine(product_id=PRODUCT, quantity=Decimal(2), unit_price=unit_price)


def test_a_deal_opens_in_the_first_entry_stage_of_the_latest_version_with_all_else_unknown() -> None:
    deal().when(OPEN).then(OPENED)


def test_a_deal_opens_in_the_entry_stage_that_is_named() -> None:
    deal().when(replace(OPEN, stage="need")).then(replace(OPENED, stage="need"))


def test_a_deal_pins_the_version_that_it_was_opened_under() -> None:
    second = replace(PIPELINE_EVENTS[1], pipeline_version=2)
    deal().facts(pipeline_of(*PIPELINE_EVENTS, second)).when(OPEN).then(replace(OPENED, pipeline_version=2))
    without_way = replace(second, transitions=PIPELINE_EVENTS[1].transitions[1:])
    deal(OPENED).facts(pipeline_of(*PIPELINE_EVENTS, without_way)).when(TO_NEED).then(MOVED)


BROKEN: Final = deals.OpenDeal(
    title="x",
    pipeline_id=uid(9),
    stage="unknown",
    owner_id=uid(9),
    customer_id=uid(9),
    lead_id=uid(9),
    lines=(deals.DealLine(product_id=uid(9)),),
    amount_minor=1,
    attributes=(AttributeValue(key="no", value="1"),),
)
NOT_ENTRY: Final = replace(BROKEN, pipeline_id=PIPELINE, stage="offer")
NO_OWNER: Final = replace(NOT_ENTRY, stage=None)
NO_CUSTOMER: Final = replace(NO_OWNER, owner_id=ANNA)
NO_LEAD: Final = replace(NO_CUSTOMER, customer_id=ACME)
NO_PRODUCT: Final = replace(NO_LEAD, lead_id=None)
NO_CURRENCY: Final = replace(NO_PRODUCT, lines=())
OPENING_PRECEDENCE: Final[list[tuple[deals.OpenDeal, type[Refused], str]]] = [
    (BROKEN, ThingUnknown, "/pipeline_id"),
    (replace(NOT_ENTRY, stage="unknown"), refusals.StageUnknown, "/stage"),
    (NOT_ENTRY, refusals.StageNotEntry, "/stage"),
    (NO_OWNER, ThingUnknown, "/owner_id"),
    (NO_CUSTOMER, ThingUnknown, "/customer_id"),
    (NO_LEAD, ThingUnknown, "/lead_id"),
    (NO_PRODUCT, ThingUnknown, "/lines/0/product_id"),
    (replace(NO_PRODUCT, lines=(line("1", "XXX"),)), CurrencyUnknown, "/lines/0/unit_price/currency"),
    (NO_CURRENCY, refusals.AmountIncomplete, "/currency"),
    (replace(NO_CURRENCY, currency="XXX"), CurrencyUnknown, "/currency"),
    (replace(NO_CURRENCY, currency="JPY"), AttributeUnknown, "/attributes/0/key"),
]


@pytest.mark.parametrize(("command", "refusal", "pointer"), OPENING_PRECEDENCE)
def test_an_opening_names_its_first_obstacle(command: deals.OpenDeal, refusal: type[Refused], pointer: str) -> None:
    deal().when(command).refused(refusal, pointer=pointer)


def test_an_opening_needs_a_published_pipeline_in_use() -> None:
    defined, published = PIPELINE_EVENTS
    deal().facts(pipeline_of(defined)).when(OPEN).refused(refusals.PipelineUnpublished)
    retired = pipeline_of(defined, published, PipelineRetired(reason="old"))
    deal().facts(retired).when(OPEN).refused(PipelineIsRetired)


def test_a_deal_with_a_known_external_id_is_there_already() -> None:
    command = replace(OPEN, external_id=ExternalId(system="erp", id="1"))
    deal(OPENED).when(command).refused(ThingExists, pointer="/external_id")


DECLARE: Final = DeclareDealConfidence(deal_id=SUBJECT, confidence="high", reason="budget approved")
SURE: Final = deals.DealConfidenceDeclared(confidence="high", reason="budget approved")
CLEARED: Final = deals.DealChanged(attributes=(replace(STEEL, value=None),))
ONCE: Final[list[tuple[deals.DealOpened, object, object]]] = [
    (
        OPENED,
        deals.ChangeDeal(deal_id=SUBJECT, title=OPENED.title, attributes=(STEEL,)),
        deals.DealChanged(attributes=(STEEL,)),
    ),
    (replace(OPENED, attributes=(STEEL,)), deals.ChangeDeal(deal_id=SUBJECT, attributes=CLEARED.attributes), CLEARED),
    (OPENED, deals.ChangeDeal(deal_id=SUBJECT, priority="high"), deals.DealChanged(priority="high")),
    (OPENED, DECLARE, SURE),
    (OPENED, LINK, LINKED),
    (OPENED, TO_NEED, MOVED),
    (OPENED, ChangeDealLines(deal_id=SUBJECT, lines=(line("19.99"),)), deals.DealLinesChanged(lines=(line("19.99"),))),
    (OPENED, replace(VALUE, currency="JPY"), deals.DealValued(amount_minor=1_234_567, currency="JPY")),
    (OPENED, replace(VALUE, currency="BHD"), deals.DealValued(amount_minor=1_234_567, currency="BHD")),
    (
        OFFERED,
        MoveDealCloseDate(deal_id=SUBJECT, expected_close_on=None, reason="budget"),
        deals.DealCloseDateMoved(close_on_from=date(2026, 6, 30), close_on_to=None, reason="budget"),
    ),
    (OPENED, REASSIGN, deals.DealReassigned(owner_from=ANNA, owner_to=BORIS, reason=None)),
]


@pytest.mark.parametrize(("opened", "command", "recorded"), ONCE, ids=lambda each: type(each).__name__)
def test_only_what_changes_is_recorded_and_the_same_again_changes_nothing(
    opened: deals.DealOpened, command: object, recorded: object
) -> None:
    deal(opened).when(command).then(recorded)
    deal(opened, recorded).when(command).then()


def test_p13_the_priority_of_a_deal_is_changed_at_any_time_and_begins_as_normal() -> None:
    deal(OPENED).when(deals.ChangeDeal(deal_id=SUBJECT, priority="normal")).then()
    deal(OPENED, LOST).when(deals.ChangeDeal(deal_id=SUBJECT, priority="low")).then(deals.DealChanged(priority="low"))


def test_the_term_of_a_deal_is_changed_beside_what_else_is_known_and_recorded_once() -> None:
    yearly = deals.DealChanged(term_months=12)
    deal(OPENED).when(deals.ChangeDeal(deal_id=SUBJECT, term_months=12)).then(yearly)
    deal(OPENED, yearly).when(deals.ChangeDeal(deal_id=SUBJECT, term_months=12)).then()
    both = deals.DealChanged(priority="high", term_months=24)
    deal(OPENED, yearly).when(deals.ChangeDeal(deal_id=SUBJECT, priority="high", term_months=24)).then(both)
    state = folded(deals.Deal, "deal", OPENED, yearly, deals.DealChanged(title="Line"))
    assert (state.title, state.term_months) == ("Line", 12)


def test_f02_confidence_in_an_open_deal_may_fall() -> None:
    doubted = deals.DealConfidenceDeclared(confidence="low", reason="new rival")
    deal(OPENED, SURE).when(replace(DECLARE, confidence="low", reason="new rival")).then(doubted)


def test_bug_of_two_values_for_one_attribute_both_were_recorded_and_the_first_could_win() -> None:
    glass = replace(STEEL, value="glass")
    command = deals.ChangeDeal(deal_id=SUBJECT, attributes=(STEEL, glass))
    deal(OPENED).when(command).then(deals.DealChanged(attributes=(glass,)))
    deal(replace(OPENED, attributes=(glass,))).when(command).then()


def test_a_customer_is_linked_even_after_closing() -> None:
    deal(OPENED, LOST).when(LINK).then(LINKED)


def test_a_skip_with_permission_and_reason_names_the_stages_left_out() -> None:
    ready = replace(OPENED, amount_minor=1, currency="CNY", attributes=(STEEL,))
    command = ChangeDealStage(deal_id=SUBJECT, stage_to="offer", reason="known customer")
    moved = deals.DealStageChanged(
        stage_from="contact", stage_to="offer", direction="skip", stages_skipped=("need",), reason="known customer"
    )
    deal(ready).allowed(SKIP_STAGES).when(command).then(moved)


def test_a_backward_move_needs_its_own_permission() -> None:
    command = ChangeDealStage(deal_id=SUBJECT, stage_to="contact", reason="wrong person")
    moved = deals.DealStageChanged(
        stage_from="need", stage_to="contact", direction="backward", stages_skipped=(), reason="wrong person"
    )
    at_need = replace(OPENED, stage="need")
    deal(at_need).allowed(MOVE_BACK).when(command).then(moved)
    deal(at_need).allowed(SKIP_STAGES).when(command).refused(refusals.TransitionNeedsPermission)


STAGE_PRECEDENCE: Final[list[tuple[tuple[object, ...], str, tuple[str, ...], str | None, type[Refused]]]] = [
    ((OPENED, LOST), "unknown", (), None, refusals.DealClosed),
    ((OPENED,), "unknown", (), None, refusals.StageUnknown),
    ((replace(OPENED, stage="offer"),), "contact", (), None, refusals.TransitionNotAllowed),
    ((OPENED,), "lost", (), None, refusals.TransitionNotAllowed),
    ((OPENED,), "offer", (), None, refusals.TransitionNeedsPermission),
    ((OPENED,), "offer", (SKIP_STAGES,), None, refusals.TransitionNeedsReason),
    ((OPENED,), "offer", (SKIP_STAGES,), "hurry", refusals.RequiredFieldsMissing),
]


@pytest.mark.parametrize(("events", "stage_to", "permissions", "reason", "refusal"), STAGE_PRECEDENCE)
def test_a_stage_change_names_its_first_obstacle(
    events: tuple[object, ...], stage_to: str, permissions: tuple[str, ...], reason: str | None, refusal: type[Refused]
) -> None:
    command = ChangeDealStage(deal_id=SUBJECT, stage_to=stage_to, reason=reason)
    deal(*events).allowed(*permissions).when(command).refused(refusal)


def test_a_stage_names_all_that_it_misses() -> None:
    command = ChangeDealStage(deal_id=SUBJECT, stage_to="offer")
    refused = deal(replace(OPENED, stage="need")).when(command).refused(refusals.RequiredFieldsMissing)
    assert refused.parameters["fields"] == ["amount_minor", "attributes.sector"]


NO_PRODUCT_LINE: Final = ChangeDealLines(deal_id=SUBJECT, lines=(line(), deals.DealLine(product_id=uid(9))))
UNKNOWN: Final[list[tuple[object, type[Refused], str]]] = [
    (replace(LINK, customer_id=uid(9)), ThingUnknown, "/customer_id"),
    (replace(REASSIGN, owner_id=uid(9)), ThingUnknown, "/owner_id"),
    (NO_PRODUCT_LINE, ThingUnknown, "/lines/1/product_id"),
    (replace(VALUE, currency="XXX"), CurrencyUnknown, "/currency"),
]


@pytest.mark.parametrize(("command", "refusal", "pointer"), UNKNOWN)
def test_what_a_change_names_and_is_not_there_is_refused_at_its_place(
    command: object, refusal: type[Refused], pointer: str
) -> None:
    deal(OPENED).when(command).refused(refusal, pointer=pointer)


def test_bug_a_line_was_taken_with_a_price_in_an_unknown_currency() -> None:
    command = ChangeDealLines(deal_id=SUBJECT, lines=(line(), line("1", "XXX")))
    deal(OPENED).when(command).refused(CurrencyUnknown, pointer="/lines/1/unit_price/currency")


def _share(percent: str, kind: deals.ShareKind = "direct") -> deals.DealShare:
    return deals.DealShare(member_id=ANNA, kind=kind, percent=Decimal(percent))


SHARES: Final[list[tuple[tuple[deals.DealShare, ...], bool]]] = [
    ((_share("60"), _share("40")), True),
    ((_share("33.3"), _share("33.3"), _share("33.4")), True),
    ((_share("100"), _share("50", "overlay")), True),
    ((_share("50", "overlay"),), True),
    ((_share("60"), _share("39.99")), False),
    ((_share("60"), _share("40", "overlay")), False),
]


@pytest.mark.parametrize(("shares", "whole"), SHARES)
def test_direct_shares_sum_to_one_hundred_or_there_are_none(shares: tuple[deals.DealShare, ...], whole: bool) -> None:
    case = deal(OPENED).when(ChangeDealTeam(deal_id=SUBJECT, shares=shares))
    if whole:
        case.then(deals.DealTeamChanged(shares=shares))
    else:
        case.refused(refusals.SharesNotWhole, pointer="/shares")


def test_a_team_can_be_dissolved() -> None:
    team = deals.DealTeamChanged(shares=(deals.DealShare(member_id=ANNA, kind="direct", percent=HUNDRED),))
    deal(OPENED, team).when(ChangeDealTeam(deal_id=SUBJECT, shares=())).then(deals.DealTeamChanged(shares=()))
