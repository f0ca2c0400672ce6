"""Estimates of open deals (R66), worked by hand. Amounts are minor units; Ann and Bob sell, Cid leads them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from salesapi.domain.pay.ledger.sale_facts import Wins
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersionPublished
from salesapi.domain.pay.plans.plan_components import Component, CustomerNovelty, SaleFilter
from salesapi.domain.pay.plans.plan_rates import Accelerator
from salesapi.domain.pay.reasons.earned_reasons import AwaitsAnchor, AwaitsQuota, AwaitsRate
from salesapi.domain.pay.statements.estimates import (
    EstimateAmountMissing,
    EstimateCloseDateMissing,
    EstimateDealNotOpen,
    EstimatedPay,
    estimated,
    supposed_win,
)
from salesapi.domain.selling.deals import Deal, DealShare, Status
from salesapi.domain.shared.kernel import Refused
from salesapi.domain.shared.periods import PeriodInvalid
from tests.domain.pay.commission_stories import ANN, BOB, BY_LINE, CID, DAN, PLAN, Log, flat, share, tiered
from tests.spec import uid

DEAL, NORTH, CUSTOMER, LEAD = uid(0x99), uid(0x71), uid(0xC1), uid(0xE1)
OPEN = Deal(
    status="open",
    title="Pilot",
    pipeline_id=uid(0x1),
    pipeline_version=1,
    stage="offer",
    stage_before_closing=None,
    owner_id=ANN,
    customer_id=None,
    amount_minor=2_000_000,
    currency="USD",
    lines=(),
    expected_close_on=date(2026, 3, 15),
    attributes=(),
)
PUBLISHED = CompensationPlanVersionPublished(
    plan_version=2, period="quarter", components=(), rounding=BY_LINE, effective_from=None, reason=None
)


def pays(log: Log, deal: Deal = OPEN, members: set[UUID] | None = None) -> dict[UUID, int]:
    """Estimates what the deal would earn each member, in minor units."""
    found = estimated(log.ledger, supposed_win(log.ledger, DEAL, deal), members)
    return {each.member_id: each.amount_minor for each in found}


def only(log: Log, deal: Deal = OPEN) -> EstimatedPay:
    """The one estimate there is."""
    (found,) = estimated(log.ledger, supposed_win(log.ledger, DEAL, deal))
    return found


def test_an_estimate_goes_on_from_the_tier_that_the_period_stands_in() -> None:
    log = Log().plan(tiered("marginal")).enrol(ANN)
    log.win(1, 7_000_000, "2026-02-01")
    # 70,000 stand. Of 20,000 half are below 80,000, at 2 %, half above, at 3 %: 200 + 300.
    found = only(log)
    assert (found.amount_minor, found.period, found.currency) == (50_000, "2026Q1", "USD")
    assert found.weighted_minor(Decimal(40)) == 20_000
    # In the next quarter nothing stands: all of it is at 2 %.
    assert pays(log, replace(OPEN, expected_close_on=date(2026, 4, 1))) == {ANN: 40_000}


def test_an_estimate_counts_what_the_deal_lifts_on_others() -> None:
    log = Log().plan(tiered("retroactive")).enrol(ANN)
    log.win(1, 7_000_000, "2026-02-01")
    # Section 9, R05: 600 for itself and 700 uplift on the first.
    assert pays(log) == {ANN: 130_000}


def test_a_cap_leaves_what_is_left_under_it() -> None:
    log = Log().plan(replace(flat("10"), cap_minor=250_000)).enrol(ANN)
    log.win(1, 2_000_000, "2026-02-01")
    # 2,000 of 2,500 are earned; 10 % of 20,000 would be 2,000.
    assert pays(log) == {ANN: 50_000}
    log.win(2, 2_000_000, "2026-02-02")
    assert pays(log) == {ANN: 0}


def test_a_budget_of_all_scales_what_the_deal_adds() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    log.add(PLAN, replace(PUBLISHED, components=(flat("5"),), budget_minor=150_000))
    log.win(1, 2_000_000, "2026-02-01")
    log.win(2, 1_000_000, "2026-02-02", owner=BOB)
    # 1,000 and 500 are just the budget. With the deal it is 2,000 and 500: 1,200 and 300 of it. Ann has 200 more.
    assert pays(log) == {ANN: 20_000}
    assert [(each.component, each.amount_minor) for each in only(log).components] == [
        ("base", 100_000),
        ("budget", -80_000),
    ]


def test_everybody_with_a_part_has_an_estimate_of_its_own() -> None:
    override = flat("1", "manager_override", key="team")
    log = Log().plan(flat("5"), flat("2", "overlay", key="overlay"), override).enrol(ANN, BOB, CID, DAN)
    log.team(CID, ANN, BOB)
    shares: tuple[DealShare, ...] = (share(ANN, "60"), share(BOB, "40"), share(DAN, "10", "overlay"))
    # 5 % of 12,000 and of 8,000; 2 % of 2,000; Cid 1 % of the 20,000 that its people sell.
    expected = {ANN: 60_000, BOB: 40_000, CID: 20_000, DAN: 4_000}
    shared = replace(OPEN, shares=shares)
    assert pays(log, shared) == expected
    assert pays(log, shared, {BOB, DAN}) == {BOB: 40_000, DAN: 4_000}


def test_who_takes_part_in_no_plan_has_no_estimate() -> None:
    log = Log().plan(flat("5")).enrol(BOB)
    assert pays(log) == {}


def test_what_waits_for_a_quota_or_a_rate_says_so_and_is_no_amount() -> None:
    faster = Accelerator(above_attainment_percent=Decimal(100), factor=Decimal("1.5"))
    log = Log().plan(flat("4", accelerator=faster)).enrol(ANN)
    (component,) = only(log).components
    assert (component.amount_minor, component.waits_for) == (
        0,
        AwaitsQuota(period="2026Q1", quota_currency="USD"),
    )
    # 4 % of 10,000 up to the quota, 6 % of the 10,000 above it.
    log.quota(ANN, 1_000_000)
    assert pays(log) == {ANN: 100_000}
    (component,) = only(log, replace(OPEN, currency="EUR")).components
    assert component.waits_for == AwaitsRate(currency_from="EUR", currency_to="USD")


def test_what_another_day_than_that_of_the_win_counts_is_named_and_not_estimated() -> None:
    log = Log().plan(flat("5"), replace(flat("3", key="cash"), attributed="payment")).enrol(ANN, BOB)
    found = only(log)
    assert found.amount_minor == 100_000
    assert [(each.component, each.amount_minor, each.waits_for) for each in found.components] == [
        ("base", 100_000, None),
        ("cash", 0, AwaitsAnchor(anchor="payment")),
    ]


@pytest.mark.parametrize(("customer", "before", "after"), [("new", 100_000, 0), ("existing", 0, 100_000)])
def test_a_filter_sees_the_deal_after_the_wins_that_stand(customer: CustomerNovelty, before: int, after: int) -> None:
    log = Log().plan(replace(flat("5"), only=SaleFilter(customer=customer))).enrol(ANN)
    known = replace(OPEN, customer_id=CUSTOMER)
    assert pays(log, known).get(ANN, 0) == before
    log.win(1, 100, "2026-01-05", owner=BOB, customer_id=CUSTOMER)
    assert pays(log, known).get(ANN, 0) == after


@pytest.mark.parametrize(
    "component", [flat("3.3333"), tiered("marginal"), tiered("retroactive"), replace(flat("9"), cap_minor=500_000)]
)
def test_the_statement_shows_what_was_estimated_once_the_deal_is_won_so(component: Component) -> None:
    log = Log().plan(component).enrol(ANN, BOB)
    log.win(1, 7_777_777, "2026-02-01")
    log.win(2, 1_000_001, "2026-03-31")
    both = replace(OPEN, shares=(share(ANN, "70"), share(BOB, "30")))
    estimates = pays(log, both)
    before = {member_id: found.earned_minor for member_id, found in log.statements("2026Q1").items()}
    log.win(0x99, 2_000_000, "2026-03-15", shares=both.shares)
    after = {member_id: found.earned_minor for member_id, found in log.statements("2026Q1").items()}
    assert estimates == {member_id: after[member_id] - before.get(member_id, 0) for member_id in (ANN, BOB)}


def test_an_estimate_leaves_the_facts_as_they_are() -> None:
    log = Log().plan(tiered("retroactive")).enrol(ANN)
    log.win(1, 7_000_000, "2026-02-01")
    before, position = log.statements("2026Q1"), log.ledger.position
    assert pays(log) == pays(log)
    assert (log.statements("2026Q1"), log.ledger.position) == (before, position)
    assert log.ledger.wins.win(DEAL) is None
    assert [win.deal_id for win in log.ledger.wins.of_member(ANN, [(2026, 2), (2026, 3)])] == [uid(1)]


def test_a_deal_that_closes_in_a_locked_period_is_estimated_as_its_correction() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.lock("2026Q1")
    assert pays(log) == {ANN: 100_000}
    log.win(0x99, 2_000_000, "2026-03-15")
    assert log.statements("2026Q2")[ANN].adjusted_minor == 100_000


@pytest.mark.parametrize("status", ["won", "lost", "voided"])
def test_only_open_deals_are_estimated(status: Status) -> None:
    with pytest.raises(EstimateDealNotOpen):
        pays(Log().plan(flat("5")).enrol(ANN), replace(OPEN, status=status))


def test_a_deal_that_was_won_meanwhile_is_not_estimated() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.win(0x99, 100, "2026-03-01")
    with pytest.raises(EstimateDealNotOpen):
        pays(log)


@pytest.mark.parametrize(
    ("deal", "refusal"),
    [
        (replace(OPEN, amount_minor=None, currency=None), EstimateAmountMissing),
        (replace(OPEN, expected_close_on=None), EstimateCloseDateMissing),
        (replace(OPEN, expected_close_on=date.max), PeriodInvalid),
    ],
)
def test_without_an_amount_and_a_day_there_is_nothing_to_estimate(deal: Deal, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        pays(Log().plan(flat("5")).enrol(ANN), deal)


@pytest.mark.parametrize(("percent", "expected"), [("0", 0), ("33.333", 16_667), ("50", 25_000), ("100", 50_000)])
def test_the_weighted_amount_is_rounded_half_up(percent: str, expected: int) -> None:
    log = Log().plan(flat("2.5")).enrol(ANN)
    assert only(log).weighted_minor(Decimal(percent)) == expected


def answers(wins: Wins) -> list[object]:
    """Collects what a book of wins answers about all that the test speaks of."""
    months = [(2026, 2), (2026, 3), (2026, 4)]
    standing = [each for deal in (1, 2, 0x99) if (each := wins.win(uid(deal))) is not None]
    of_member = [[each.deal_id for each in wins.of_member(member_id, months)] for member_id in (ANN, BOB)]
    ever = [{each.deal_id for each in wins.ever_of_member(member_id)} for member_id in (ANN, BOB)]
    first = [wins.is_first_of_customer(each) for each in standing]
    return [
        [each.deal_id for each in standing],
        of_member,
        ever,
        first,
        {each.deal_id for each in wins.of_customer(CUSTOMER)},
        {each.deal_id for each in wins.of_lead(LEAD)},
    ]


@pytest.mark.parametrize("on", ["2026-02-01", "2026-03-15", "2026-04-01"])
def test_supposed_wins_stand_beside_the_others_as_if_they_were_won(on: str) -> None:
    log = Log()
    log.win(1, 100, "2026-03-01", customer_id=CUSTOMER, lead_id=LEAD)
    log.win(2, 100, "2026-02-15", owner=BOB, customer_id=CUSTOMER, lead_id=LEAD)
    before = answers(log.ledger.wins)
    deal = replace(OPEN, customer_id=CUSTOMER, lead_id=LEAD, expected_close_on=date.fromisoformat(on))
    what_if = log.ledger.with_wins([supposed_win(log.ledger, DEAL, deal)])
    supposed = answers(what_if.wins)
    assert answers(log.ledger.wins) == before
    log.win(0x99, 100, on, customer_id=CUSTOMER, lead_id=LEAD)
    assert answers(log.ledger.wins) == supposed != before
