"""What customers answer about their satisfaction: scales, what an answer is about, and what is sealed."""

from dataclasses import replace
from typing import Final

import pytest

from salesapi.domain.cash.agreements import Agreement
from salesapi.domain.catalogue import route
from salesapi.domain.customers import satisfaction
from salesapi.domain.customers.customers import CustomerRegistered
from salesapi.domain.shared.kernel import Ref, Refused, StreamRef, ThingUnknown
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import OFFERED
from tests.spec import CATALOGUE, SUBJECT, fold, given, uid
from tests.values_by_type import bare

COMPANY: Final = bare(CustomerRegistered, kind="company", name="Globex")
OWN_DEAL, LOOSE_DEAL, OTHER_DEAL, VISIT, UNKNOWN = uid(1), uid(2), uid(3), uid(4), uid(99)
OWN_AGREEMENT, OTHER_AGREEMENT = uid(5), uid(6)
KNOWN: Final[dict[Ref, object]] = {
    StreamRef("deal", OWN_DEAL): fold("deal", (replace(OFFERED, customer_id=SUBJECT),)),
    StreamRef("deal", LOOSE_DEAL): fold("deal", (replace(OFFERED, customer_id=None),)),
    StreamRef("deal", OTHER_DEAL): fold("deal", (replace(OFFERED, customer_id=UNKNOWN),)),
    StreamRef("agreement", OWN_AGREEMENT): Agreement(customer_id=SUBJECT, currency="CNY"),
    StreamRef("agreement", OTHER_AGREEMENT): Agreement(customer_id=UNKNOWN, currency="CNY"),
    StreamRef("activity", VISIT): object(),
}
NINE: Final = satisfaction.RecordSatisfaction(customer_id=SUBJECT, kind="nps", score=9)


def test_a_customer_answers_about_its_deal_and_a_visit_in_its_own_words() -> None:
    answer = replace(NINE, deal_id=OWN_DEAL, agreement_id=OWN_AGREEMENT, activity_id=VISIT, comment="Fast and kind")
    given(COMPANY).facts(KNOWN).when(answer).then(
        satisfaction.CustomerSatisfactionRecorded(
            kind="nps",
            score=9,
            deal_id=OWN_DEAL,
            agreement_id=OWN_AGREEMENT,
            activity_id=VISIT,
            comment="Fast and kind",
        )
    )


def test_an_answer_of_an_unknown_day_about_nothing_in_particular_is_recorded() -> None:
    given(COMPANY).on(None).when(NINE).then(bare(satisfaction.CustomerSatisfactionRecorded, kind="nps", score=9))


def test_the_same_answer_may_be_given_twice() -> None:
    (first,) = given(COMPANY).when(NINE).decide()
    given(COMPANY, first).when(NINE).then(first)


def test_a_deal_without_a_customer_may_be_this_ones() -> None:
    (recorded,) = given(COMPANY).facts(KNOWN).when(replace(NINE, deal_id=LOOSE_DEAL)).decide()
    assert isinstance(recorded, satisfaction.CustomerSatisfactionRecorded)
    assert recorded.deal_id == LOOSE_DEAL


@pytest.mark.parametrize(
    ("kind", "score", "is_on_scale"),
    [
        ("nps", 0, True),
        ("nps", 10, True),
        ("csat", 0, False),
        ("csat", 1, True),
        ("csat", 5, True),
        ("csat", 6, False),
        ("ces", 0, False),
        ("ces", 1, True),
        ("ces", 7, True),
        ("ces", 8, False),
    ],
)
def test_each_kind_has_its_own_scale(kind: satisfaction.SatisfactionKind, score: int, is_on_scale: bool) -> None:
    answer = given(COMPANY).when(replace(NINE, kind=kind, score=score))
    if is_on_scale:
        assert len(answer.decide()) == 1
    else:
        refused = answer.refused(satisfaction.SatisfactionScoreOffScale, pointer="/score")
        assert refused.parameters["score"] == score


@pytest.mark.parametrize(
    ("answer", "refusal", "pointer"),
    [
        (replace(NINE, kind="csat", deal_id=UNKNOWN), satisfaction.SatisfactionScoreOffScale, "/score"),
        (replace(NINE, deal_id=UNKNOWN, activity_id=UNKNOWN), ThingUnknown, "/deal_id"),
        (replace(NINE, deal_id=OTHER_DEAL, agreement_id=UNKNOWN), satisfaction.SatisfactionDealForeign, "/deal_id"),
        (replace(NINE, agreement_id=UNKNOWN, activity_id=UNKNOWN), ThingUnknown, "/agreement_id"),
        (replace(NINE, agreement_id=OTHER_AGREEMENT, activity_id=UNKNOWN), ThingUnknown, "/agreement_id"),
        (replace(NINE, deal_id=OWN_DEAL, activity_id=UNKNOWN), ThingUnknown, "/activity_id"),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    answer: satisfaction.RecordSatisfaction, refusal: type[Refused], pointer: str
) -> None:
    given(COMPANY).facts(KNOWN).when(answer).refused(refusal, pointer=pointer)


def test_the_comment_is_sealed_under_the_customer() -> None:
    (comment,) = personal_fields(satisfaction.CustomerSatisfactionRecorded)
    assert (comment.path, comment.subject) == (("comment",), None)


def test_the_command_is_below_its_customer() -> None:
    assert route(*CATALOGUE.command("RecordSatisfaction")) == "/v1/customers/{customer_id}/record-satisfaction"
