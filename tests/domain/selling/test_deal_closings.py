"""How deals end: winning, losing, what a closed deal still takes, reopening and voiding."""

from dataclasses import replace
from typing import Final

import pytest

from salesapi.domain.selling import deal_progress
from salesapi.domain.selling import deal_refusals as refusals
from salesapi.domain.selling.deals import (
    ChangeDeal,
    Deal,
    DealChanged,
    DealLost,
    DealReopened,
    DealVoided,
    DealWon,
    VoidDeal,
)
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import BusinessTimeMissing, Refused
from salesapi.domain.shared.states import made_from
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import ACME, ANNA, OFFERED, OPENED, PIPELINE_EVENTS, STAGES
from tests.domain.selling.test_deals import DECLARE, LINK, LOST, REASSIGN, TO_NEED, VALUE, deal, line, pipeline_of
from tests.spec import SUBJECT, folded, uid
from tests.values_by_type import bare

WIN: Final = deal_progress.WinDeal(deal_id=SUBJECT)
WON: Final = bare(
    DealWon, stage_from="offer", stage_to="won", amount_minor=125_000, currency="CNY", owner_id=ANNA, customer_id=ACME
)
VOIDED: Final = DealVoided(status_from="open", stage_from="contact", reason="test")
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
    command = replace(WIN, amount_minor=sent[0], currency=sent[1])
    deal(opened).when(command).then(replace(WON, amount_minor=won[0], currency=won[1]))


WIN_PRECEDENCE: Final[list[tuple[object, deal_progress.WinDeal, bool, type[Refused]]]] = [
    (OPENED, replace(WIN, amount_minor=1), False, refusals.AmountIncomplete),
    (OPENED, WIN, False, BusinessTimeMissing),
    (OPENED, WIN, True, refusals.AmountMissing),
    (OPENED, replace(WIN, amount_minor=1, currency="CNY"), True, refusals.TransitionNotAllowed),
    (replace(OFFERED, customer_id=None), WIN, True, refusals.RequiredFieldsMissing),
]


@pytest.mark.parametrize(("opened", "command", "dated", "refusal"), WIN_PRECEDENCE)
def test_a_win_names_its_first_obstacle(
    opened: object, command: deal_progress.WinDeal, dated: bool, refusal: type[Refused]
) -> None:
    case = deal(opened)
    (case if dated else case.on(None)).when(command).refused(refusal)


def test_a_win_states_what_was_sold_to_whom_and_where_it_came_from() -> None:
    lead, sector = uid(0x1EAD), (AttributeValue(key="sector", value="energy"),)
    sold = replace(OFFERED, lead_id=lead, lines=(line("5"),), attributes=sector)
    deal(sold).when(WIN).then(replace(WON, lead_id=lead, lines=(line("5"),), attributes=sector))


def test_an_end_may_require_a_reason_of_winning() -> None:
    stages = tuple(replace(stage, required_fields=("reason",)) if stage.key == "won" else stage for stage in STAGES)
    pipeline = pipeline_of(PIPELINE_EVENTS[0], replace(PIPELINE_EVENTS[1], stages=stages))
    refused = deal(OFFERED).facts(pipeline).when(WIN).refused(refusals.RequiredFieldsMissing)
    assert refused.parameters["fields"] == ["reason"]
    won = replace(WON, reason="price")
    deal(OFFERED).facts(pipeline).when(replace(WIN, reason="price")).then(won)


def test_a_lost_deal_has_its_reason_and_its_note_is_sealed() -> None:
    command = deal_progress.LoseDeal(deal_id=SUBJECT, reason="price", competitor="Initech", note="They were cheaper.")
    lost = replace(LOST, competitor="Initech", note="They were cheaper.")
    deal(OPENED).when(command).then(lost)
    assert [field.path for field in personal_fields(DealLost)] == [("note",)]
    deal(OFFERED).when(command).refused(refusals.TransitionNotAllowed)


CLOSED_TO: Final = (
    TO_NEED,
    deal_progress.ChangeDealLines(deal_id=SUBJECT, lines=()),
    VALUE,
    deal_progress.MoveDealCloseDate(deal_id=SUBJECT, expected_close_on=None),
    DECLARE,
    REASSIGN,
    deal_progress.ChangeDealTeam(deal_id=SUBJECT, shares=()),
    WIN,
    deal_progress.LoseDeal(deal_id=SUBJECT, reason="price"),
)


@pytest.mark.parametrize("command", CLOSED_TO, ids=lambda command: type(command).__name__)
def test_a_closed_deal_changes_only_by_reopening(command: object) -> None:
    for closing, opened in ((WON, OFFERED), (LOST, OPENED), (VOIDED, OPENED)):
        deal(opened, closing).when(command).refused(refusals.DealClosed)


def test_a_voided_deal_takes_nothing_more() -> None:
    deal(OPENED, VOIDED).when(ChangeDeal(deal_id=SUBJECT, title="x")).refused(refusals.DealClosed)
    deal(OPENED, VOIDED).when(LINK).refused(refusals.DealClosed)
    deal(OPENED, VOIDED).when(VoidDeal(deal_id=SUBJECT, reason="again")).refused(refusals.DealClosed)
    deal(OPENED, VOIDED).when(deal_progress.ReopenDeal(deal_id=SUBJECT, reason="no")).refused(refusals.DealNotClosed)


def test_reopening_a_won_deal_takes_back_its_amount_and_returns_to_the_stage_before() -> None:
    reopened = made_from(DealReopened, WON, status_from="won", stage_from="won", stage_to="offer", reason="cancelled")
    deal(OFFERED, WON).when(deal_progress.ReopenDeal(deal_id=SUBJECT, reason="cancelled")).then(reopened)
    state = folded(Deal, "deal", OFFERED, WON, reopened)
    assert (state.status, state.stage) == ("open", "offer")
    deal(OFFERED, WON, reopened).when(WIN).then(WON)


def test_reopening_a_lost_deal_may_lead_to_another_open_stage() -> None:
    reopened = bare(DealReopened, status_from="lost", stage_from="lost", stage_to="need", reason="called")
    deal(OPENED, LOST).when(deal_progress.ReopenDeal(deal_id=SUBJECT, reason="called", stage_to="need")).then(reopened)
    to_end = deal_progress.ReopenDeal(deal_id=SUBJECT, reason="called", stage_to="won")
    deal(OPENED, LOST).when(to_end).refused(refusals.TransitionNotAllowed)
    deal(OPENED).when(deal_progress.ReopenDeal(deal_id=SUBJECT, reason="called")).refused(refusals.DealNotClosed)


def test_a_deal_recorded_by_mistake_is_voided_whatever_became_of_it() -> None:
    voided = DealVoided(status_from="won", stage_from="won", reason="test entry")
    deal(OFFERED, WON).when(VoidDeal(deal_id=SUBJECT, reason="test entry")).then(voided)


def test_the_type_of_a_sale_is_changed_after_closing_too_and_recorded_once() -> None:
    renewal = DealChanged(sale_type="renewal")
    deal(OPENED, WON).when(ChangeDeal(deal_id=SUBJECT, sale_type="renewal")).then(renewal)
    deal(OPENED, WON, renewal).when(ChangeDeal(deal_id=SUBJECT, sale_type="renewal")).then()
