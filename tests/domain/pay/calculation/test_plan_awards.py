"""Campaigns and team pools of a plan on statements, worked by hand: order, budget, refunds, days, residual cents."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from salesapi.domain.organisation.teams import TREE, TeamLeaderAppointed
from salesapi.domain.pay.plans.enrolments import EnrolmentPlanAcknowledged
from salesapi.domain.pay.plans.plan_awards import MemberSharePoints, PlanAward, TeamPool, TouchAward
from salesapi.domain.pay.plans.plan_components import Component, FilterCondition, SaleFilter
from salesapi.domain.pay.rules.clawbacks import AttainmentPolicy
from salesapi.domain.pay.rules.draws import Guarantee
from salesapi.domain.selling.deals import DealLine
from tests.domain.pay.award_options import POOL, award, campaign
from tests.domain.pay.award_stories import award_lines, awarded, awarding
from tests.domain.pay.calculation.test_award_lines import AWARD, GRANTED, approve
from tests.domain.pay.commission_stories import ANN, BOB, CID, DAN, PLAN, Log, flat, share
from tests.domain.pay.market_stories import product_id
from tests.domain.pay.pay_terms import KEEP
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog
from tests.spec import uid

NORTH, SOUTH = uid(0x71), uid(0x72)


def with_award(made: PlanAward, *components: Component, **terms: Any) -> TradeLog:
    """A quarterly plan with 5 percent and one award, and four people in it."""
    return awarding(made, *components, **terms).enrol(ANN, BOB, CID, DAN)


def with_campaign(*components: Component, **options: Any) -> TradeLog:
    return with_award(award("spring", spiff=campaign(**{"unit": "deal", **options})), *components)


def with_pool(*, points: tuple[tuple[UUID, str], ...] = (), qualified: str | None = None, **options: Any) -> TradeLog:
    """A pool of 2 percent; Cid leads Ann and Bob, nobody leads Dan's team."""
    pool = TeamPool(
        terms=replace(POOL, **options),
        component="base",
        share_points=tuple(MemberSharePoints(member_id=member, points=Decimal(each)) for member, each in points),
        qualified_from_percent=Decimal(qualified) if qualified else None,
    )
    log = with_award(award("pool", team_pool=pool))
    log.form(NORTH, leader=CID)
    log.form(SOUTH)
    log.join(NORTH, ANN)
    log.join(SOUTH, DAN)
    return log


# R35


def test_deals_of_a_campaign_share_its_budget_in_their_order() -> None:
    log = with_campaign(budget_minor=120_000)
    log.win(1, 1_000_000, "2026-02-28")
    log.win(2, 1_000_000, "2026-03-01")
    log.win(4, 1_000_000, "2026-03-31", owner=BOB)
    log.win(3, 1_000_000, "2026-03-02", owner=BOB)
    assert awarded(log) == {ANN: 50_000, BOB: 70_000}, "the deal of 31 March gets the 200.00 that are left"
    log.win(5, 1_000_000, "2026-04-01")
    assert awarded(log, "2026Q2") == {}


def test_a_line_of_a_campaign_names_plan_version_and_events_and_no_deal() -> None:
    log = with_campaign()
    first, second = log.win(2, 1_000_000, "2026-03-01"), log.win(3, 1_000_000, "2026-03-02")
    line = award_lines(log)[ANN]
    assert (line.component, line.rule, line.plan_version, line.deal_id) == ("spring", "R35", 1, None)
    assert line.positions == (first, second)
    assert english(line) == "campaign of 2026-03-01 to 2026-03-31: 500.00 + 500.00 = 1,000.00 USD"


def test_a_multiplier_pays_each_one_the_multiple_of_its_own_commission() -> None:
    log = with_campaign(unit=None, unit_award_minor=None, commission_multiplier=Decimal("0.5"))
    log.win(1, 1_000_000, "2026-03-05", shares=(share(ANN, "60"), share(BOB, "40")))
    assert awarded(log) == {ANN: 15_000, BOB: 10_000}, "half of 300.00 and of 200.00"


def test_an_award_for_a_shared_deal_is_one_award_and_divided_by_credit() -> None:
    log = with_campaign(winners_max=1)
    log.win(1, 1_000_000, "2026-03-05", shares=(share(ANN, "60"), share(BOB, "40")))
    log.win(2, 1_000_000, "2026-03-06", owner=CID)
    assert awarded(log) == {ANN: 30_000, BOB: 20_000}


def test_a_shared_deal_counts_for_the_one_with_the_largest_part() -> None:
    log = with_campaign(member_awards_max=1)
    log.win(1, 1_000_000, "2026-03-05", shares=(share(ANN, "40"), share(BOB, "60")))
    log.win(2, 1_000_000, "2026-03-06", owner=BOB)
    log.win(3, 1_000_000, "2026-03-07", owner=ANN)
    assert awarded(log) == {ANN: 70_000, BOB: 30_000}


@pytest.mark.parametrize(
    ("ties", "expected"), [("in_order", {ANN: 50_000}), ("same_day_wins", {ANN: 50_000, BOB: 50_000})]
)
def test_deals_of_the_day_of_the_last_winner_win_only_where_the_plan_says_so(ties: str, expected: Any) -> None:
    log = with_campaign(winners_max=1, winner_ties=ties)
    log.win(1, 1_000_000, "2026-03-05")
    log.win(2, 1_000_000, "2026-03-05", owner=BOB)
    log.win(3, 1_000_000, "2026-03-06", owner=CID)
    assert awarded(log) == expected


@pytest.mark.parametrize(
    ("stacking", "unit_award_minor", "expected"),
    [("added", 30_000, 30_000), ("instead", 30_000, -20_000), ("greater", 30_000, None), ("greater", 80_000, 30_000)],
)
def test_the_line_is_what_the_campaign_adds_to_the_commission(
    stacking: str, unit_award_minor: int, expected: int | None
) -> None:
    log = with_campaign(stacking=stacking, unit_award_minor=unit_award_minor)
    log.win(1, 1_000_000, "2026-03-05")
    assert awarded(log).get(ANN) == expected, "the commission of 500.00 stands on a line of its own"


def test_the_budget_that_an_earlier_period_used_is_used() -> None:
    log = with_campaign(budget_minor=120_000, last_on=date(2026, 4, 30))
    log.win(1, 1_000_000, "2026-03-30")
    log.win(2, 1_000_000, "2026-03-31", owner=BOB)
    log.lock("2026Q1")
    log.win(3, 1_000_000, "2026-04-01")
    assert awarded(log, "2026Q2") == {ANN: 20_000}


def clawing(attainment: AttainmentPolicy) -> Component:
    """5 percent, all of which is clawed back within a year."""
    return replace(flat("5"), clawback=replace(KEEP, attainment=attainment))


def cancel(log: TradeLog, deal: int, on: str, kept_minor: int = 0) -> None:
    """The deal's agreement is signed on the day of the win and cancelled on another one."""
    log.agree(deal, 1_000_000, on="2026-03-05")
    log.cancel(deal, on=on, effective=on, fee=kept_minor)


@pytest.mark.parametrize("attainment", ["keep", "restate"])
@pytest.mark.parametrize("doubling", [True, False])
def test_what_claws_the_commission_back_takes_the_award_back_in_its_own_period(
    attainment: AttainmentPolicy, doubling: bool
) -> None:
    multiplied = {"unit": None, "unit_award_minor": None, "commission_multiplier": Decimal(1)}
    log = with_campaign(clawing(attainment), **(multiplied if doubling else {}))
    log.win(1, 1_000_000, "2026-03-05")
    assert awarded(log) == {ANN: 50_000}
    log.lock("2026Q1")
    cancel(log, 1, "2026-05-01", kept_minor=250_000)
    assert awarded(log, "2026Q2") == {ANN: -37_500}, "three quarters of it"
    assert awarded(log, "2026Q3") == {}


@pytest.mark.parametrize(("refunded", "expected"), [("freed", {ANN: -50_000, BOB: 50_000}), ("kept", {ANN: -50_000})])
def test_a_refund_frees_the_place_for_a_later_deal_where_the_plan_says_so(refunded: str, expected: Any) -> None:
    log = with_campaign(clawing("keep"), winners_max=1, refunded_budget=refunded, last_on=date(2026, 6, 30))
    log.win(1, 1_000_000, "2026-03-05")
    log.lock("2026Q1")
    cancel(log, 1, "2026-05-01")
    log.win(2, 1_000_000, "2026-05-02", owner=BOB)
    assert awarded(log, "2026Q2") == expected


def test_only_what_the_filter_names_takes_part_and_units_are_those_of_its_lines() -> None:
    only = SaleFilter(conditions=(FilterCondition(of="product_code", any_of=("s27",)),))
    log = with_campaign(unit="quantity", unit_award_minor=1_000, only=only)
    log.product(1, "s27", "beds")
    line, other = (DealLine(product_id=product_id(number), quantity=Decimal("3.5")) for number in (1, 2))
    for deal, sold in ((1, (line, other)), (2, (other,))):
        log.win(deal, 1_000_000, "2026-03-05", lines=sold)
    assert awarded(log) == {ANN: 3_500}


def test_a_deal_that_waits_or_is_won_for_less_than_nothing_takes_no_place() -> None:
    log = with_campaign(winners_max=1)
    log.win(1, 1_000_000, "2026-03-05", currency="EUR")
    log.win(2, -1_000_000, "2026-03-06")
    log.win(3, 1_000_000, "2026-03-07", owner=BOB)
    assert awarded(log) == {BOB: 50_000}


def test_deals_of_who_does_not_hold_the_award_take_no_part() -> None:
    log = Log().plan(flat("5"), awards=(award("spring", spiff=campaign(unit="deal", winners_max=1)),))
    for member_id, since, keys in ((ANN, None, ("base",)), (BOB, "2026-03-06", None), (CID, None, ("base", "spring"))):
        log.enrol_from(member_id, since, component_keys=keys)
    for deal, owner in enumerate((ANN, BOB, CID), start=1):
        log.win(deal, 1_000_000, "2026-03-05", owner=owner)
    assert awarded(log) == {CID: 50_000}
    assert log.ledger.plan(PLAN).component_keys() == {"base", "spring"}, "an enrolment can be limited to either"


def test_deals_of_a_version_without_the_campaign_take_no_part() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.publish(
        2, flat("5"), effective_from="2026-03-10", awards=(award("spring", spiff=campaign(unit="deal", winners_max=1)),)
    )
    log.win(1, 1_000_000, "2026-03-09")
    second = log.win(2, 1_000_000, "2026-03-10")
    assert award_lines(log)[ANN].positions == (second,)
    assert award_lines(log)[ANN].plan_version == 2


def test_an_award_of_a_locked_run_is_never_recomputed() -> None:
    log = with_campaign()
    log.win(1, 1_000_000, "2026-03-05")
    log.lock("2026Q1")
    log.win(2, 1_000_000, "2026-03-06")
    log.reopen(1)
    kinds = {line.kind for line in log.statements("2026Q2")[ANN].lines}
    assert kinds == {"adjustment"}, "the commission is corrected, the award stays as it was"


def test_an_award_by_hand_is_paid_beside_those_of_the_plan_and_once() -> None:
    log = with_campaign()
    log.add(AWARD, GRANTED)
    log.win(1, 1_000_000, "2026-03-05")
    log.lock("2026Q1")
    approve(log, GRANTED)
    assert [(line.component, line.posted_minor) for line in log.lock("2026Q2")[ANN].lines] == [("award", 50_000)]
    assert log.statements("2026Q3") == {}


def test_awards_count_towards_a_guarantee_of_what_is_payable() -> None:
    floor = Guarantee(kind="guarantee", amount_minor=120_000, last_on=None, compared_with="payable")
    log = with_award(award("spring", spiff=campaign(unit="deal")), guarantee=floor)
    log.win(1, 1_000_000, "2026-03-05")
    statement = log.statements("2026Q1")[ANN]
    assert (statement.earned_minor, statement.awarded_minor, statement.drawn_minor) == (50_000, 50_000, 20_000)


def test_a_version_that_is_not_acknowledged_awards_nothing() -> None:
    met = award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000))
    log = with_award(met, acknowledgement_required=True)
    log.touch(1, ANN, "2026-03-05")
    assert awarded(log) == {}
    log.add(ANN, EnrolmentPlanAcknowledged(member_id=ANN, plan_id=PLAN, plan_version=1))
    assert awarded(log) == {ANN: 5_000}


# R42


def test_a_pool_is_divided_by_days_in_the_team_and_adds_up() -> None:
    log = with_pool()
    log.join(NORTH, BOB, since="2026-03-01")
    log.win(1, 6_000_000, "2026-01-15")
    log.win(2, 9_000_000, "2026-02-28", owner=BOB)
    log.win(3, 4_000_000, "2026-03-01", owner=BOB)
    assert awarded(log) == {ANN: 148_760, BOB: 51_240}, "2,000.00 by 90 and 31 of 121 days; February was another team's"
    assert english(award_lines(log)[ANN]) == (
        "2 % of 100,000.00 of the team is a pool of 2,000.00, 90 of 121 days: 1,487.60 = 1,487.60 USD"
    )


def test_who_changes_teams_gets_a_part_of_each_pool() -> None:
    log = with_pool()
    log.add(TREE.id, TeamLeaderAppointed(team_id=SOUTH, member_id=BOB, effective_from=None))
    log.join(SOUTH, ANN, since="2026-03-01")
    log.win(1, 1_000_000, "2026-02-01")
    log.win(2, 1_000_000, "2026-03-01")
    assert awarded(log) == {ANN: 20_000 + 5_124, DAN: 14_876}, "alone with Cid; 31 of 121 days beside Dan"


def test_a_team_without_a_leader_has_no_pool() -> None:
    log = with_pool()
    log.win(1, 1_000_000, "2026-02-01", owner=DAN)
    assert awarded(log) == {}


def test_a_pool_by_share_points_gives_nothing_to_who_has_none() -> None:
    log = with_pool(division="share_points", points=((ANN, "3"), (DAN, "9")))
    log.join(NORTH, BOB)
    log.win(1, 1_000_000, "2026-02-01", owner=BOB)
    assert awarded(log) == {ANN: 20_000}


def test_a_pool_by_contribution_counts_who_lost_more_than_it_won_as_nothing() -> None:
    log = with_pool(division="contribution")
    log.join(NORTH, BOB)
    log.win(1, 1_500_000, "2026-02-01")
    log.win(2, -500_000, "2026-02-01", owner=BOB)
    assert awarded(log) == {ANN: 20_000}


def test_a_team_that_lost_more_than_it_won_has_its_pool_taken_back() -> None:
    log = with_pool()
    log.join(NORTH, BOB)
    log.win(1, -1_000_025, "2026-02-01")
    assert awarded(log) == {ANN: -10_001, BOB: -10_000}, "2 percent of -10,000.25 is -200.005, rounded to -200.01"


@pytest.mark.parametrize(("unqualified", "of_ann"), [("redistributed", 20_000), ("lapses", 10_000)])
def test_who_misses_the_quota_or_has_none_does_not_qualify(unqualified: str, of_ann: int) -> None:
    log = with_pool(unqualified=unqualified, qualified="80")
    log.join(NORTH, BOB)
    log.win(1, 800_000, "2026-02-01")
    log.win(2, 200_000, "2026-02-01", owner=BOB)
    log.quota(ANN, 1_000_000)
    assert awarded(log) == {ANN: of_ann}, "exactly 80 percent qualifies"


def test_days_in_the_team_count_only_while_the_award_is_held() -> None:
    log = with_pool()
    log.enrol_from(uid(0xE), "2026-03-01")
    log.join(NORTH, uid(0xE))
    log.win(1, 6_050_000, "2026-02-01")
    assert awarded(log) == {ANN: 90_000, uid(0xE): 31_000}
