"""Campaigns: what they cost, entry by entry, until they are closed."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from salesapi.domain.selling import campaigns
from salesapi.domain.shared.kernel import BusinessTimeMissing, ThingExists
from salesapi.domain.shared.money import CurrencyUnknown
from salesapi.domain.shared.states import made_from
from tests.spec import SUBJECT, day, fold, given

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
PLAN: Final = campaigns.PlanCampaign(
    key="spring", name="Spring fair", currency="EUR", channel="fair", budget_minor=5_000, first_on=FIRST, last_on=LAST
)
PLANNED: Final = made_from(campaigns.CampaignPlanned, PLAN)
BOOK: Final = campaigns.BookCampaignCost(campaign_id=SUBJECT, amount_minor=900, reason="Stand")
BOOKED: Final = campaigns.CampaignCostBooked(amount_minor=900, reason="Stand")
CLOSED: Final = campaigns.CampaignClosed(reason="Over")


def test_l10_a_campaign_is_planned_once_by_its_key() -> None:
    given().when(PLAN).then(PLANNED)
    given(PLANNED).when(PLAN).refused(ThingExists, pointer="/key")
    given().when(replace(PLAN, currency="XXY")).refused(CurrencyUnknown, pointer="/currency")


def test_a_campaign_ends_on_its_first_day_or_later() -> None:
    given().when(replace(PLAN, last_on=FIRST)).then(replace(PLANNED, last_on=FIRST))
    given().when(replace(PLAN, first_on=LAST, last_on=FIRST)).refused(
        campaigns.CampaignDatesReversed, pointer="/last_on"
    )
    given().when(replace(PLAN, first_on=None, last_on=FIRST)).then(replace(PLANNED, first_on=None, last_on=FIRST))


def test_a_cost_is_booked_on_its_day_and_taken_back_by_another_entry() -> None:
    given(PLANNED).when(BOOK).then(BOOKED)
    back = replace(BOOKED, amount_minor=-900, reason="Cancelled")
    given(PLANNED, BOOKED).when(replace(BOOK, amount_minor=-900, reason="Cancelled")).then(back)
    campaign = fold("campaign", (PLANNED, BOOKED, back), occurred=day("2026-03-03"))
    assert isinstance(campaign, campaigns.Campaign)
    on = date(2026, 3, 3)
    assert campaign.costs == (
        campaigns.CampaignCost(booked_on=on, amount_minor=900, reason="Stand"),
        campaigns.CampaignCost(booked_on=on, amount_minor=-900, reason="Cancelled"),
    )
    assert campaign.cost_minor == 0


def test_a_cost_of_an_unknown_day_is_refused_and_one_of_nothing_is_not_recorded() -> None:
    given(PLANNED).on(None).when(BOOK).refused(BusinessTimeMissing)
    given(PLANNED).when(replace(BOOK, amount_minor=0)).then()


@pytest.mark.parametrize("amount_minor", [-901, campaigns.COST_MAX - 899])
def test_all_costs_together_are_an_amount_that_there_can_be(amount_minor: int) -> None:
    command = replace(BOOK, amount_minor=amount_minor)
    given(PLANNED, BOOKED).when(command).refused(campaigns.CampaignCostOutOfRange, pointer="/amount_minor")
    nearer = amount_minor + (1 if amount_minor < 0 else -1)
    given(PLANNED, BOOKED).when(replace(BOOK, amount_minor=nearer)).then(replace(BOOKED, amount_minor=nearer))


def test_the_number_of_costs_has_a_bound() -> None:
    all_but_one = (BOOKED,) * (campaigns.COSTS_MAX - 1)
    given(PLANNED, *all_but_one).when(BOOK).then(BOOKED)
    given(PLANNED, *all_but_one, BOOKED).when(BOOK).refused(campaigns.CampaignCostOutOfRange)


def test_a_closed_campaign_is_final() -> None:
    close = campaigns.CloseCampaign(campaign_id=SUBJECT, reason="Over")
    given(PLANNED).when(close).then(CLOSED)
    given(PLANNED, CLOSED).when(close).refused(campaigns.CampaignIsClosed)
    given(PLANNED, CLOSED).when(BOOK).refused(campaigns.CampaignIsClosed)
