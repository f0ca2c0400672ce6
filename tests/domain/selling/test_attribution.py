"""Attribution touches: what touched a lead is recorded whatever became of it, and counts for the deal of its conversion."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest

from salesapi.domain.selling.attribution import (
    TOUCHES_MAX,
    LeadAttributionTouchRecorded,
    LeadTouchesTooMany,
    RecordAttributionTouch,
)
from salesapi.domain.selling.leads import LeadClosed
from salesapi.domain.shared.kernel import Refused, ThingUnknown
from salesapi.domain.shared.states import made_from
from tests.domain.examples import ANNA, DEAL, FACTS
from tests.domain.selling.test_leads import CAPTURED, CONVERTED, DISQUALIFIED, QUALIFIED, VOIDED
from tests.spec import SUBJECT, given, uid

MEETING: Final = RecordAttributionTouch(
    lead_id=SUBJECT, kind="meeting", member_id=ANNA, campaign="spring", weight=Decimal("2.5")
)
MET: Final = made_from(LeadAttributionTouchRecorded, MEETING, deal_id=None)
UNKNOWN: Final = uid(99)


def test_a_meeting_of_a_member_touches_a_lead() -> None:
    given(CAPTURED).facts(FACTS).when(MEETING).then(MET)


def test_a_campaign_touches_a_lead_on_an_unknown_day_without_a_member_or_weight() -> None:
    touch = RecordAttributionTouch(lead_id=SUBJECT, kind="campaign", campaign="spring")
    given(CAPTURED).on(None).when(touch).then(
        LeadAttributionTouchRecorded(kind="campaign", member_id=None, campaign="spring", weight=None, deal_id=None)
    )


def test_a_touch_that_becomes_known_after_the_conversion_names_the_deal() -> None:
    converted = replace(CONVERTED, deal_id=DEAL)
    given(CAPTURED, QUALIFIED, converted).facts(FACTS).when(MEETING).then(replace(MET, deal_id=DEAL))


def test_a_conversion_without_a_deal_leaves_touches_without_one() -> None:
    given(CAPTURED, QUALIFIED, CONVERTED).facts(FACTS).when(MEETING).then(MET)


def test_a_disqualified_lead_was_touched_too() -> None:
    given(CAPTURED, DISQUALIFIED).facts(FACTS).when(MEETING).then(MET)


def test_the_same_touch_may_happen_twice() -> None:
    given(CAPTURED, MET).facts(FACTS).when(MEETING).then(MET)


@pytest.mark.parametrize(
    ("events", "touch", "refusal"),
    [
        ((CAPTURED, *((MET,) * TOUCHES_MAX), VOIDED), replace(MEETING, member_id=UNKNOWN), LeadClosed),
        ((CAPTURED, *((MET,) * TOUCHES_MAX)), replace(MEETING, member_id=UNKNOWN), ThingUnknown),
        ((CAPTURED, *((MET,) * TOUCHES_MAX)), MEETING, LeadTouchesTooMany),
    ],
    ids=["voided", "unknown member", "too many"],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], touch: RecordAttributionTouch, refusal: type[Refused]
) -> None:
    given(*events).facts(FACTS).when(touch).refused(refusal)
