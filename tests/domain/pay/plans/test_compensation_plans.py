"""Compensation plans: what can be published, and which version applies when."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans import compensation_plans as plans
from salesapi.domain.pay.plans.plan_components import Component, Gate, QuotaRules
from salesapi.domain.pay.plans.plan_rates import Accelerator, Decelerator, TargetBonus
from salesapi.domain.pay.rules.tables import CurvePoint, PayoutCurve, TierTable
from salesapi.domain.shared.kernel import Ref, Refused, StreamRef, ThingExists, ThingUnknown
from salesapi.domain.shared.money import CurrencyUnknown
from tests.domain.pay.commission_stories import BY_LINE, flat, tiered, tiers
from tests.domain.pay.plan_options import CALENDAR, CURRENCIES, DRAW, GUARANTEE, QUOTAS, RATE_TABLE, WORKING_DAYS
from tests.spec import SUBJECT, folded, given

DRAFTED = plans.CompensationPlanDrafted(key="reps", name="Reps", currency="USD", legal_entity=None, external_id=None)
TOMORROW = date(2026, 3, 3)


def publish(
    *components: Component, effective_from: date | None = TOMORROW, reason: str | None = None
) -> plans.PublishCompensationPlanVersion:
    return plans.PublishCompensationPlanVersion(
        plan_id=SUBJECT,
        period="quarter",
        components=components,
        rounding=BY_LINE,
        effective_from=effective_from,
        reason=reason,
    )


def published(
    number: int, effective_from: date | None = TOMORROW, reason: str | None = None
) -> plans.CompensationPlanVersionPublished:
    return plans.CompensationPlanVersionPublished(
        plan_version=number,
        period="quarter",
        effective_from=effective_from,
        reason=reason,
        **plans.terms_of(publish(flat("5"))),
    )


def with_tiers(*bounds_and_rates: tuple[int, int | None, str]) -> Component:
    tier_table = TierTable(axis="amount", boundary="lower_inclusive", tiers=tiers(*bounds_and_rates))
    return Component(key="base", name="Base", credit="direct", rate=tier_table)


def test_a_plan_is_drafted_once() -> None:
    command = plans.DraftCompensationPlan(key="reps", name="Reps", currency="USD")
    given().when(command).then(DRAFTED)
    given(DRAFTED).when(command).refused(ThingExists, pointer="/key")


def test_a_plan_pays_in_a_currency_that_exists() -> None:
    given().when(plans.DraftCompensationPlan(key="reps", name="Reps", currency="XXQ")).refused(CurrencyUnknown)


def test_versions_are_numbered_as_they_are_published() -> None:
    given(DRAFTED).when(publish(flat("5"))).then(published(1))
    given(DRAFTED, published(1)).when(publish(flat("5"))).then(published(2))


@pytest.mark.parametrize("effective_from", [None, date(2026, 3, 1)])
def test_a_version_that_reaches_back_needs_a_reason(effective_from: date | None) -> None:
    case = given(DRAFTED)
    case.when(publish(flat("5"), effective_from=effective_from)).refused(
        plans.CompensationPlanReasonMissing, pointer="/reason"
    )
    case.when(publish(flat("5"), effective_from=effective_from, reason="agreed")).then(
        published(1, effective_from, "agreed")
    )


def test_a_version_at_shorter_notice_than_the_plans_needs_a_reason() -> None:
    command = plans.DraftCompensationPlan(key="reps", name="Reps", currency="USD", notice_days=30)
    drafted = replace(DRAFTED, notice_days=30)
    given().when(command).then(drafted)
    last_short, in_time = date(2026, 3, 31), date(2026, 4, 1)
    case = given(drafted)
    refused = case.when(publish(flat("5"), effective_from=last_short)).refused(plans.CompensationPlanReasonMissing)
    assert refused.parameters == {"earliest_on": "2026-04-01", "notice_days": 30}
    case.when(publish(flat("5"), effective_from=last_short, reason="urgent")).then(published(1, last_short, "urgent"))
    case.when(publish(flat("5"), effective_from=in_time)).then(published(1, in_time))


def test_a_retired_plan_takes_no_version_and_is_not_retired_twice() -> None:
    case = given(DRAFTED, plans.CompensationPlanRetired(reason="replaced"))
    case.when(publish(flat("5"))).refused(plans.CompensationPlanIsRetired)
    case.when(plans.RetireCompensationPlan(plan_id=SUBJECT, reason="again")).refused(plans.CompensationPlanIsRetired)


def test_all_versions_of_a_plan_pay_by_the_same_kind_of_period() -> None:
    given(DRAFTED, published(1)).when(replace(publish(flat("5")), period="month")).refused(
        plans.CompensationPlanPeriodFixed, pointer="/period"
    )


TIER = "/components/0/rate/tiers"
LATER_DEALS = Gate(attainment_percent=Decimal(50), pays="later_deals")
FASTER = Accelerator(above_attainment_percent=Decimal(100), factor=Decimal(2))
SLOWER = Decelerator(below_attainment_percent=Decimal(50), factor=Decimal("0.5"), slowed="below")
PAYS_AT_ZERO = TargetBonus(
    target_minor=100,
    curve=PayoutCurve(
        points=(CurvePoint(attainment_percent=Decimal(0), payout_percent=Decimal(10)),), above_last="capped"
    ),
)


@pytest.mark.parametrize(
    ("component", "refusal", "pointer"),
    [
        (with_tiers((1, None, "2")), plans.TiersInvalid, f"{TIER}/0/lower"),
        (with_tiers((0, 100, "2"), (101, None, "3")), plans.TiersInvalid, f"{TIER}/1/lower"),
        (with_tiers((0, 100, "2"), (99, None, "3")), plans.TiersInvalid, f"{TIER}/1/lower"),
        (with_tiers((0, 100, "2"), (100, 200, "3")), plans.TiersInvalid, f"{TIER}/1/upper"),
        (with_tiers((0, None, "2"), (100, None, "3")), plans.TiersInvalid, f"{TIER}/0/upper"),
        (with_tiers((0, 0, "2"), (0, None, "3")), plans.TiersInvalid, f"{TIER}/0/upper"),
        (with_tiers(), plans.TiersInvalid, TIER),
        (with_tiers((0, None, "1000.1")), plans.TiersInvalid, f"{TIER}/0/rate_percent"),
        (flat("-1000.01"), plans.ComponentInvalid, "/components/0/rate/rate_percent"),
        (flat("NaN"), plans.ComponentInvalid, "/components/0/rate/rate_percent"),
        (flat("Infinity"), plans.ComponentInvalid, "/components/0/rate/rate_percent"),
        (flat("0.00000000001"), plans.ComponentInvalid, "/components/0/rate/rate_percent"),
        (replace(tiered("retroactive"), gate=LATER_DEALS), plans.ComponentInvalid, "/components/0/gate/pays"),
        (flat("5", accelerator=FASTER, decelerator=SLOWER), plans.ComponentInvalid, "/components/0/rate/decelerator"),
        (replace(flat("5"), cap_minor=0), plans.ComponentInvalid, "/components/0/cap_minor"),
        (replace(flat("5"), rate=PAYS_AT_ZERO), plans.ComponentInvalid, "/components/0/rate/curve/points"),
    ],
)
def test_a_component_that_could_be_read_in_two_ways_is_refused(
    component: Component, refusal: type[Refused], pointer: str
) -> None:
    given(DRAFTED).when(publish(component)).refused(refusal, pointer=pointer)


@pytest.mark.parametrize(
    ("rules", "refusal", "pointer"),
    [
        ({"cap_minor": 0}, plans.TermsInvalid, "/cap_minor"),
        ({"quotas": QuotaRules(proration=WORKING_DAYS)}, plans.TermsInvalid, "/quotas/calendar_id"),
        ({"guarantee": GUARANTEE, "draw": DRAW}, plans.FloorInvalid, "/draw"),
        ({"guarantee": replace(GUARANTEE, amount_minor=-1)}, plans.FloorInvalid, "/guarantee/amount_minor"),
        ({"currencies": CURRENCIES}, ThingUnknown, "/currencies/rate_table_id"),
        ({"quotas": QUOTAS}, ThingUnknown, "/quotas/calendar_id"),
    ],
)
def test_rules_of_a_plan_that_cannot_be_meant_are_refused_in_a_version_and_in_a_proposal(
    rules: dict[str, Any], refusal: type[Refused], pointer: str
) -> None:
    version = replace(publish(flat("5")), **rules)
    given(DRAFTED).when(version).refused(refusal, pointer=pointer)
    proposal = plans.SimulateCompensationPlan(plan_id=SUBJECT, period="2026Q1", **plans.terms_of(version))
    given(DRAFTED, published(1)).when(proposal).refused(refusal, pointer=pointer)


def test_a_plan_names_a_rate_table_and_a_calendar_that_are_there() -> None:
    version = replace(publish(flat("5")), currencies=CURRENCIES, quotas=QUOTAS)
    there: dict[Ref, object] = {
        StreamRef("rate_table", RATE_TABLE): object(),
        StreamRef("calendar", CALENDAR): object(),
    }
    expected = replace(published(1), currencies=CURRENCIES, quotas=QUOTAS)
    given(DRAFTED).facts(there).when(version).then(expected)


def test_two_components_with_one_key_are_refused() -> None:
    given(DRAFTED).when(publish(flat("5"), tiered("marginal"))).refused(
        plans.ComponentInvalid, pointer="/components/1/key"
    )


def test_what_is_refused_first() -> None:
    retired = given(DRAFTED, published(1), plans.CompensationPlanRetired(reason="replaced"))
    retired.when(publish(flat("NaN"), effective_from=None)).refused(plans.CompensationPlanIsRetired)
    given(DRAFTED, published(1)).when(publish(flat("NaN"), effective_from=None)).refused(plans.ComponentInvalid)


def test_the_newest_version_in_effect_on_the_day_applies() -> None:
    versions = (published(1, None, "x"), published(2, date(2026, 6, 1)), published(3, date(2026, 4, 1)))
    plan = folded(plans.CompensationPlan, "compensation_plan", DRAFTED, *versions)
    found = [plan.version_on(date(2026, month, 1)) for month in (3, 4, 6)]
    assert [version.number for version in found if version] == [1, 3, 3]
