"""Deals: opening, the stage model, amounts, shares, closing and what a closed deal still takes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from salesapi.domain.selling.deal_decisions import MOVE_BACK, SKIP_STAGES
from salesapi.domain.selling.deal_refusals import (
    AmountIncomplete,
    AmountMissing,
    DealClosed,
    DealNotClosed,
    PipelineUnpublished,
    RequiredFieldsMissing,
    SharesNotWhole,
    StageNotEntry,
    StageUnknown,
    TransitionNeedsPermission,
    TransitionNeedsReason,
    TransitionNotAllowed,
)
from salesapi.domain.selling.deals import (
    ChangeDeal,
    ChangeDealLines,
    ChangeDealStage,
    ChangeDealTeam,
    Deal,
    DealChanged,
    DealCloseDateMoved,
    DealConfidenceDeclared,
    DealCustomerLinked,
    DealLine,
    DealLinesChanged,
    DealLost,
    DealReassigned,
    DealReopened,
    DealShare,
    DealStageChanged,
    DealTeamChanged,
    DealValued,
    DealVoided,
    DealWon,
    DeclareDealConfidence,
    LinkDealCustomer,
    LoseDeal,
    MoveDealCloseDate,
    OpenDeal,
    ReassignDeal,
    ReopenDeal,
    ShareKind,
    ValueDeal,
    VoidDeal,
    WinDeal,
)
from salesapi.domain.selling.pipelines import PipelineIsRetired, PipelineRetired
from salesapi.domain.shared.attributes import AttributeUnknown, AttributeValue
from salesapi.domain.shared.kernel import (
    BusinessTimeMissing,
    ExternalId,
    Ref,
    Refused,
    StreamRef,
    ThingExists,
    ThingUnknown,
)
from salesapi.domain.shared.money import CurrencyUnknown, UnitPrice
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import (
    ACME,
    ANNA,
    BORIS,
    FACTS,
    HUNDRED,
    OFFERED,
    OPENED,
    PIPELINE,
    PIPELINE_EVENTS,
    PRODUCT,
    STAGES,
)
from tests.spec import SUBJECT, Case, fold, given, uid

OPEN: Final = OpenDeal(title="Machines for Acme", pipeline_id=PIPELINE, owner_id=ANNA)
WON: Final = DealWon(
    stage_from="offer",
    stage_to="won",
    amount_minor=125_000,
    currency="CNY",
    owner_id=ANNA,
    reason=None,
    customer_id=ACME,
)
LOST: Final = DealLost(stage_from="contact", stage_to="lost", reason="price", competitor=None, note=None)
VOIDED: Final = DealVoided(status_from="open", stage_from="contact", reason="test")


def _deal(*events: object) -> Case:
    return given(*events).facts(FACTS)


def _pipeline(*events: object) -> dict[Ref, object]:
    return {StreamRef("pipeline", PIPELINE): fold("pipeline", events)}


def _line(price: str | None = None, currency: str = "CNY") -> DealLine:
    unit_price = UnitPrice(amount=Decimal(price), currency=currency) if price else None
    return DealLine(product_id=PRODUCT, quantity=Decimal(2), unit_price=unit_price)


def test_a_deal_opens_in_the_first_entry_stage_of_the_latest_version_with_all_else_unknown() -> None:
    _deal().when(OPEN).then(OPENED)


def test_a_deal_opens_in_the_entry_stage_that_is_named() -> None:
    _deal().when(replace(OPEN, stage="need")).then(replace(OPENED, stage="need"))


def test_a_deal_pins_the_version_that_it_was_opened_under() -> None:
    second = replace(PIPELINE_EVENTS[1], pipeline_version=2)
    _deal().facts(_pipeline(*PIPELINE_EVENTS, second)).when(OPEN).then(replace(OPENED, pipeline_version=2))
    without_way = replace(second, transitions=PIPELINE_EVENTS[1].transitions[1:])
    moved = DealStageChanged(stage_from="contact", stage_to="need", direction="forward", stages_skipped=(), reason=None)
    command = ChangeDealStage(deal_id=SUBJECT, stage_to="need")
    _deal(OPENED).facts(_pipeline(*PIPELINE_EVENTS, without_way)).when(command).then(moved)


BROKEN: Final = OpenDeal(
    title="x",
    pipeline_id=uid(9),
    stage="unknown",
    owner_id=uid(9),
    customer_id=uid(9),
    lead_id=uid(9),
    lines=(DealLine(product_id=uid(9)),),
    amount_minor=1,
    attributes=(AttributeValue(key="no", value="1"),),
)
NOT_ENTRY: Final = replace(BROKEN, pipeline_id=PIPELINE, stage="offer")
NO_OWNER: Final = replace(NOT_ENTRY, stage=None)
NO_CUSTOMER: Final = replace(NO_OWNER, owner_id=ANNA)
NO_LEAD: Final = replace(NO_CUSTOMER, customer_id=ACME)
NO_PRODUCT: Final = replace(NO_LEAD, lead_id=None)
NO_CURRENCY: Final = replace(NO_PRODUCT, lines=())
OPENING_PRECEDENCE: Final[list[tuple[OpenDeal, type[Refused], str]]] = [
    (BROKEN, ThingUnknown, "/pipeline_id"),
    (replace(NOT_ENTRY, stage="unknown"), StageUnknown, "/stage"),
    (NOT_ENTRY, StageNotEntry, "/stage"),
    (NO_OWNER, ThingUnknown, "/owner_id"),
    (NO_CUSTOMER, ThingUnknown, "/customer_id"),
    (NO_LEAD, ThingUnknown, "/lead_id"),
    (NO_PRODUCT, ThingUnknown, "/lines/0/product_id"),
    (replace(NO_PRODUCT, lines=(_line("1", "XXX"),)), CurrencyUnknown, "/lines/0/unit_price/currency"),
    (NO_CURRENCY, AmountIncomplete, "/currency"),
    (replace(NO_CURRENCY, currency="XXX"), CurrencyUnknown, "/currency"),
    (replace(NO_CURRENCY, currency="JPY"), AttributeUnknown, "/attributes/0/key"),
]


@pytest.mark.parametrize(("command", "refusal", "pointer"), OPENING_PRECEDENCE)
def test_an_opening_names_its_first_obstacle(command: OpenDeal, refusal: type[Refused], pointer: str) -> None:
    _deal().when(command).refused(refusal, pointer=pointer)


def test_an_opening_needs_a_published_pipeline_in_use() -> None:
    defined, published = PIPELINE_EVENTS
    _deal().facts(_pipeline(defined)).when(OPEN).refused(PipelineUnpublished)
    retired = _pipeline(defined, published, PipelineRetired(reason="old"))
    _deal().facts(retired).when(OPEN).refused(PipelineIsRetired)


def test_a_deal_with_a_known_external_id_is_there_already() -> None:
    command = replace(OPEN, external_id=ExternalId(system="erp", id="1"))
    _deal(OPENED).when(command).refused(ThingExists, pointer="/external_id")


def test_a_change_records_only_what_changed() -> None:
    command = ChangeDeal(
        deal_id=SUBJECT, title="Machines for Acme", attributes=(AttributeValue(key="sector", value="steel"),)
    )
    changed = DealChanged(attributes=(AttributeValue(key="sector", value="steel"),))
    _deal(OPENED).when(command).then(changed)
    _deal(OPENED, changed).when(command).then()
    cleared = DealChanged(attributes=(AttributeValue(key="sector", value=None),))
    _deal(OPENED, changed).when(replace(command, attributes=cleared.attributes)).then(cleared)


def test_p13_the_priority_of_a_deal_is_changed_at_any_time_and_recorded_once() -> None:
    urgent = DealChanged(priority="high")
    _deal(OPENED).when(ChangeDeal(deal_id=SUBJECT, priority="high")).then(urgent)
    _deal(OPENED, urgent).when(ChangeDeal(deal_id=SUBJECT, priority="high")).then()
    _deal(OPENED).when(ChangeDeal(deal_id=SUBJECT, priority="normal")).then()
    _deal(OPENED, LOST).when(ChangeDeal(deal_id=SUBJECT, priority="low")).then(DealChanged(priority="low"))


def test_the_term_of_a_deal_is_changed_beside_what_else_is_known_and_recorded_once() -> None:
    yearly = DealChanged(term_months=12)
    _deal(OPENED).when(ChangeDeal(deal_id=SUBJECT, term_months=12)).then(yearly)
    _deal(OPENED, yearly).when(ChangeDeal(deal_id=SUBJECT, term_months=12)).then()
    both = DealChanged(priority="high", term_months=24)
    _deal(OPENED, yearly).when(ChangeDeal(deal_id=SUBJECT, priority="high", term_months=24)).then(both)
    state = fold("deal", (OPENED, yearly, DealChanged(title="Line")))
    assert isinstance(state, Deal)
    assert (state.title, state.term_months) == ("Line", 12)


def test_f02_confidence_in_an_open_deal_is_declared_with_its_reason_and_recorded_once() -> None:
    command = DeclareDealConfidence(deal_id=SUBJECT, confidence="high", reason="budget approved")
    sure = DealConfidenceDeclared(confidence="high", reason="budget approved")
    _deal(OPENED).when(command).then(sure)
    _deal(OPENED, sure).when(command).then()
    doubted = DealConfidenceDeclared(confidence="low", reason="new rival")
    _deal(OPENED, sure).when(replace(command, confidence="low", reason="new rival")).then(doubted)
    _deal(OPENED, LOST).when(command).refused(DealClosed)


def test_bug_of_two_values_for_one_attribute_both_were_recorded_and_the_first_could_win() -> None:
    steel, glass = AttributeValue(key="sector", value="steel"), AttributeValue(key="sector", value="glass")
    command = ChangeDeal(deal_id=SUBJECT, attributes=(steel, glass))
    _deal(OPENED).when(command).then(DealChanged(attributes=(glass,)))
    _deal(replace(OPENED, attributes=(glass,))).when(command).then()


def test_a_customer_is_linked_even_after_closing() -> None:
    linked = DealCustomerLinked(customer_from=None, customer_to=ACME)
    _deal(OPENED, LOST).when(LinkDealCustomer(deal_id=SUBJECT, customer_id=ACME)).then(linked)
    _deal(OPENED, linked).when(LinkDealCustomer(deal_id=SUBJECT, customer_id=ACME)).then()
    _deal(OPENED).when(LinkDealCustomer(deal_id=SUBJECT, customer_id=uid(9))).refused(ThingUnknown)


def test_a_deal_moves_along_a_defined_transition() -> None:
    moved = DealStageChanged(stage_from="contact", stage_to="need", direction="forward", stages_skipped=(), reason=None)
    _deal(OPENED).when(ChangeDealStage(deal_id=SUBJECT, stage_to="need")).then(moved)
    _deal(OPENED, moved).when(ChangeDealStage(deal_id=SUBJECT, stage_to="need")).then()


def test_a_skip_with_permission_and_reason_names_the_stages_left_out() -> None:
    ready = replace(OPENED, amount_minor=1, currency="CNY", attributes=(AttributeValue(key="sector", value="steel"),))
    command = ChangeDealStage(deal_id=SUBJECT, stage_to="offer", reason="known customer")
    moved = DealStageChanged(
        stage_from="contact", stage_to="offer", direction="skip", stages_skipped=("need",), reason="known customer"
    )
    _deal(ready).allowed(SKIP_STAGES).when(command).then(moved)


def test_a_backward_move_needs_its_own_permission() -> None:
    command = ChangeDealStage(deal_id=SUBJECT, stage_to="contact", reason="wrong person")
    moved = DealStageChanged(
        stage_from="need", stage_to="contact", direction="backward", stages_skipped=(), reason="wrong person"
    )
    at_need = replace(OPENED, stage="need")
    _deal(at_need).allowed(MOVE_BACK).when(command).then(moved)
    _deal(at_need).allowed(SKIP_STAGES).when(command).refused(TransitionNeedsPermission)


STAGE_PRECEDENCE: Final[list[tuple[tuple[object, ...], str, tuple[str, ...], str | None, type[Refused]]]] = [
    ((OPENED, LOST), "unknown", (), None, DealClosed),
    ((OPENED,), "unknown", (), None, StageUnknown),
    ((replace(OPENED, stage="offer"),), "contact", (), None, TransitionNotAllowed),
    ((OPENED,), "lost", (), None, TransitionNotAllowed),
    ((OPENED,), "offer", (), None, TransitionNeedsPermission),
    ((OPENED,), "offer", (SKIP_STAGES,), None, TransitionNeedsReason),
    ((OPENED,), "offer", (SKIP_STAGES,), "hurry", RequiredFieldsMissing),
]


@pytest.mark.parametrize(("events", "stage_to", "permissions", "reason", "refusal"), STAGE_PRECEDENCE)
def test_a_stage_change_names_its_first_obstacle(
    events: tuple[object, ...],
    stage_to: str,
    permissions: tuple[str, ...],
    reason: str | None,
    refusal: type[Refused],
) -> None:
    command = ChangeDealStage(deal_id=SUBJECT, stage_to=stage_to, reason=reason)
    _deal(*events).allowed(*permissions).when(command).refused(refusal)


def test_a_stage_names_all_that_it_misses() -> None:
    command = ChangeDealStage(deal_id=SUBJECT, stage_to="offer")
    refused = _deal(replace(OPENED, stage="need")).when(command).refused(RequiredFieldsMissing)
    assert refused.parameters["fields"] == ["amount_minor", "attributes.sector"]


def test_lines_replace_earlier_lines_and_name_products_that_exist() -> None:
    command = ChangeDealLines(deal_id=SUBJECT, lines=(_line("19.99"),))
    changed = DealLinesChanged(lines=(_line("19.99"),))
    _deal(OPENED).when(command).then(changed)
    _deal(OPENED, changed).when(command).then()
    unknown = ChangeDealLines(deal_id=SUBJECT, lines=(_line(), DealLine(product_id=uid(9))))
    _deal(OPENED).when(unknown).refused(ThingUnknown, pointer="/lines/1/product_id")


def test_bug_a_line_was_taken_with_a_price_in_an_unknown_currency() -> None:
    command = ChangeDealLines(deal_id=SUBJECT, lines=(_line(), _line("1", "XXX")))
    _deal(OPENED).when(command).refused(CurrencyUnknown, pointer="/lines/1/unit_price/currency")


@pytest.mark.parametrize("currency", ["JPY", "BHD"])
def test_a_deal_is_valued_in_the_minor_unit_of_its_currency(currency: str) -> None:
    command = ValueDeal(deal_id=SUBJECT, amount_minor=1_234_567, currency=currency)
    valued = DealValued(amount_minor=1_234_567, currency=currency)
    _deal(OPENED).when(command).then(valued)
    _deal(OPENED, valued).when(command).then()
    _deal(OPENED).when(replace(command, currency="XXX")).refused(CurrencyUnknown)


def test_the_closing_date_moves_and_may_become_unknown() -> None:
    moved = DealCloseDateMoved(close_on_from=date(2026, 6, 30), close_on_to=None, reason="budget")
    command = MoveDealCloseDate(deal_id=SUBJECT, expected_close_on=None, reason="budget")
    _deal(OFFERED).when(command).then(moved)
    _deal(OFFERED, moved).when(command).then()


def test_a_deal_is_handed_to_another_member() -> None:
    command = ReassignDeal(deal_id=SUBJECT, owner_id=BORIS)
    reassigned = DealReassigned(owner_from=ANNA, owner_to=BORIS, reason=None)
    _deal(OPENED).when(command).then(reassigned)
    _deal(OPENED, reassigned).when(command).then()
    _deal(OPENED).when(replace(command, owner_id=uid(9))).refused(ThingUnknown, pointer="/owner_id")


def _share(percent: str, kind: ShareKind = "direct") -> DealShare:
    return DealShare(member_id=ANNA, kind=kind, percent=Decimal(percent))


SHARES: Final[list[tuple[tuple[DealShare, ...], bool]]] = [
    ((_share("60"), _share("40")), True),
    ((_share("33.3"), _share("33.3"), _share("33.4")), True),
    ((_share("100"), _share("50", "overlay")), True),
    ((_share("50", "overlay"),), True),
    ((_share("60"), _share("39.99")), False),
    ((_share("60"), _share("40", "overlay")), False),
]


@pytest.mark.parametrize(("shares", "whole"), SHARES)
def test_direct_shares_sum_to_one_hundred_or_there_are_none(shares: tuple[DealShare, ...], whole: bool) -> None:
    case = _deal(OPENED).when(ChangeDealTeam(deal_id=SUBJECT, shares=shares))
    if whole:
        case.then(DealTeamChanged(shares=shares))
    else:
        case.refused(SharesNotWhole, pointer="/shares")


def test_a_team_can_be_dissolved() -> None:
    team = DealTeamChanged(shares=(DealShare(member_id=ANNA, kind="direct", percent=HUNDRED),))
    _deal(OPENED, team).when(ChangeDealTeam(deal_id=SUBJECT, shares=())).then(DealTeamChanged(shares=()))


STATED: Final = (OFFERED.amount_minor, OFFERED.currency)


@pytest.mark.parametrize(
    ("stated", "sent", "won"),
    [
        (STATED, (None, None), STATED),
        (STATED, (99, "JPY"), (99, "JPY")),
        (STATED, (0, "CNY"), (0, "CNY")),
        ((None, None), (99, "JPY"), (99, "JPY")),
    ],
)
def test_a_deal_is_won_with_the_amount_sent_with_the_win_or_else_with_its_stated_value(
    stated: tuple[int | None, str | None], sent: tuple[int | None, str | None], won: tuple[int, str]
) -> None:
    opened = replace(OFFERED, amount_minor=stated[0], currency=stated[1])
    command = WinDeal(deal_id=SUBJECT, amount_minor=sent[0], currency=sent[1])
    _deal(opened).when(command).then(replace(WON, amount_minor=won[0], currency=won[1]))


WIN_PRECEDENCE: Final[list[tuple[object, WinDeal, bool, type[Refused]]]] = [
    (OPENED, WinDeal(deal_id=SUBJECT, amount_minor=1), False, AmountIncomplete),
    (OPENED, WinDeal(deal_id=SUBJECT), False, BusinessTimeMissing),
    (OPENED, WinDeal(deal_id=SUBJECT), True, AmountMissing),
    (OPENED, WinDeal(deal_id=SUBJECT, amount_minor=1, currency="CNY"), True, TransitionNotAllowed),
    (replace(OFFERED, customer_id=None), WinDeal(deal_id=SUBJECT), True, RequiredFieldsMissing),
]


@pytest.mark.parametrize(("opened", "command", "dated", "refusal"), WIN_PRECEDENCE)
def test_a_win_names_its_first_obstacle(opened: object, command: WinDeal, dated: bool, refusal: type[Refused]) -> None:
    case = _deal(opened)
    (case if dated else case.on(None)).when(command).refused(refusal)


def test_a_win_states_what_was_sold_to_whom_and_where_it_came_from() -> None:
    lead, sector = uid(0x1EAD), (AttributeValue(key="sector", value="energy"),)
    sold = replace(OFFERED, lead_id=lead, lines=(_line("5"),), attributes=sector)
    _deal(sold).when(WinDeal(deal_id=SUBJECT)).then(replace(WON, lead_id=lead, lines=(_line("5"),), attributes=sector))


def test_an_end_may_require_a_reason_of_winning() -> None:
    stages = tuple(replace(stage, required_fields=("reason",)) if stage.key == "won" else stage for stage in STAGES)
    pipeline = _pipeline(PIPELINE_EVENTS[0], replace(PIPELINE_EVENTS[1], stages=stages))
    refused = _deal(OFFERED).facts(pipeline).when(WinDeal(deal_id=SUBJECT)).refused(RequiredFieldsMissing)
    assert refused.parameters["fields"] == ["reason"]
    won = replace(WON, reason="price")
    _deal(OFFERED).facts(pipeline).when(WinDeal(deal_id=SUBJECT, reason="price")).then(won)


def test_a_lost_deal_has_its_reason_and_its_note_is_sealed() -> None:
    command = LoseDeal(deal_id=SUBJECT, reason="price", competitor="Initech", note="They were cheaper.")
    lost = replace(LOST, competitor="Initech", note="They were cheaper.")
    _deal(OPENED).when(command).then(lost)
    assert [field.path for field in personal_fields(DealLost)] == [("note",)]
    _deal(OFFERED).when(command).refused(TransitionNotAllowed)


CLOSED_TO: Final = (
    ChangeDealStage(deal_id=SUBJECT, stage_to="need"),
    ChangeDealLines(deal_id=SUBJECT, lines=()),
    ValueDeal(deal_id=SUBJECT, amount_minor=1, currency="CNY"),
    MoveDealCloseDate(deal_id=SUBJECT, expected_close_on=None),
    ReassignDeal(deal_id=SUBJECT, owner_id=BORIS),
    ChangeDealTeam(deal_id=SUBJECT, shares=()),
    WinDeal(deal_id=SUBJECT),
    LoseDeal(deal_id=SUBJECT, reason="price"),
)


@pytest.mark.parametrize("command", CLOSED_TO, ids=lambda command: type(command).__name__)
def test_a_closed_deal_changes_only_by_reopening(command: object) -> None:
    for closing, opened in ((WON, OFFERED), (LOST, OPENED), (VOIDED, OPENED)):
        _deal(opened, closing).when(command).refused(DealClosed)


def test_a_voided_deal_takes_nothing_more() -> None:
    _deal(OPENED, VOIDED).when(ChangeDeal(deal_id=SUBJECT, title="x")).refused(DealClosed)
    _deal(OPENED, VOIDED).when(LinkDealCustomer(deal_id=SUBJECT, customer_id=ACME)).refused(DealClosed)
    _deal(OPENED, VOIDED).when(VoidDeal(deal_id=SUBJECT, reason="again")).refused(DealClosed)
    _deal(OPENED, VOIDED).when(ReopenDeal(deal_id=SUBJECT, reason="no")).refused(DealNotClosed)


def test_reopening_a_won_deal_takes_back_its_amount_and_returns_to_the_stage_before() -> None:
    reopened = DealReopened(
        status_from="won", stage_from="won", stage_to="offer", reason="cancelled", amount_minor=125_000, currency="CNY"
    )
    _deal(OFFERED, WON).when(ReopenDeal(deal_id=SUBJECT, reason="cancelled")).then(reopened)
    state = fold("deal", (OFFERED, WON, reopened))
    assert isinstance(state, Deal)
    assert (state.status, state.stage) == ("open", "offer")
    _deal(OFFERED, WON, reopened).when(WinDeal(deal_id=SUBJECT)).then(WON)


def test_reopening_a_lost_deal_may_lead_to_another_open_stage() -> None:
    reopened = DealReopened(
        status_from="lost", stage_from="lost", stage_to="need", reason="called", amount_minor=None, currency=None
    )
    _deal(OPENED, LOST).when(ReopenDeal(deal_id=SUBJECT, reason="called", stage_to="need")).then(reopened)
    to_end = ReopenDeal(deal_id=SUBJECT, reason="called", stage_to="won")
    _deal(OPENED, LOST).when(to_end).refused(TransitionNotAllowed)
    _deal(OPENED).when(ReopenDeal(deal_id=SUBJECT, reason="called")).refused(DealNotClosed)


def test_a_deal_recorded_by_mistake_is_voided_whatever_became_of_it() -> None:
    voided = DealVoided(status_from="won", stage_from="won", reason="test entry")
    _deal(OFFERED, WON).when(VoidDeal(deal_id=SUBJECT, reason="test entry")).then(voided)
