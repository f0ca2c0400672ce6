"""What-ifs (R65): who would win and who would lose by another plan, and that nothing is posted by asking."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from salesapi.domain.pay.plans.compensation_plans import (
    CompensationPlanDrafted,
    CompensationPlanPeriodFixed,
    CompensationPlanSimulated,
    CompensationPlanUnpublished,
    CompensationPlanVersion,
    CompensationPlanVersionPublished,
    ComponentInvalid,
    FloorInvalid,
    SimulateCompensationPlan,
)
from salesapi.domain.pay.plans.plan_assumptions import (
    AssumedDeal,
    AssumedQuota,
    AssumptionOutside,
    Assumptions,
    AssumptionTwice,
)
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import Accelerator
from salesapi.domain.pay.rules.draws import Guarantee
from salesapi.domain.pay.statements.simulating import simulated
from salesapi.domain.pay.statements.statements import ENGINE_VERSION
from salesapi.domain.shared.kernel import PayFactsRef, Refused, StreamRef, ThingUnknown
from salesapi.domain.shared.money import CurrencyUnknown
from salesapi.domain.shared.periods import PeriodInvalid, period_named
from tests.domain.pay.commission_stories import ANN, BOB, BY_LINE, CID, PLAN, Log, flat, tiered
from tests.spec import SUBJECT, given, uid

Q1, Q2 = period_named("2026Q1"), period_named("2026Q2")
DRAFTED = CompensationPlanDrafted(key="plan", name="Plan", currency="USD", legal_entity=None, external_id=None)
PUBLISHED = CompensationPlanVersionPublished(
    plan_version=1,
    period="quarter",
    components=(flat("5"),),
    rounding=BY_LINE,
    guarantee=None,
    draw=None,
    effective_from=None,
    reason="start",
)


def proposal(*components: Component, guarantee: Guarantee | None = None) -> CompensationPlanVersion:
    """Makes a version that might be published next."""
    return CompensationPlanVersion(
        number=2, period="quarter", components=components, rounding=BY_LINE, effective_from=None, guarantee=guarantee
    )


def company() -> Log:
    """Flat 3 %: Ann sold for 130,000.00, Bob for 50,000.00, Cid nothing."""
    log = Log().plan(flat("3")).enrol(ANN, BOB, CID)
    log.win(1, 13_000_000, "2026-01-31")
    log.win(2, 5_000_000, "2026-02-28", owner=BOB)
    return log


def test_a_simulation_names_winners_and_losers_with_both_amounts() -> None:
    log = company()
    found = simulated(log.ledger, PLAN, Q1, proposal(tiered("retroactive")))
    # Ann: 3 % = 3,900.00 against 4.5 % = 5,850.00. Bob: 1,500.00 against 2 % = 1,000.00.
    assert [(pay.member_id, pay.current_minor, pay.simulated_minor) for pay in found.changes] == [
        (ANN, 390_000, 585_000),
        (BOB, 150_000, 100_000),
    ]
    assert (found.participant_count, found.winner_count, found.loser_count) == (2, 1, 1)
    assert (found.current_minor, found.simulated_minor, found.currency) == (540_000, 685_000, "USD")
    assert found.position == log.head


def test_a_simulation_posts_nothing_and_leaves_the_facts_as_they_are() -> None:
    log = company()
    before = log.statements("2026Q1")
    simulated(log.ledger, PLAN, Q1, proposal(flat("50")))
    assert log.statements("2026Q1") == before


def test_who_sold_nothing_is_among_the_winners_of_a_guarantee() -> None:
    floor = Guarantee(kind="guarantee", amount_minor=200_000, last_on=None, compared_with="payable")
    found = simulated(company().ledger, PLAN, Q1, proposal(flat("3"), guarantee=floor))
    assert [(pay.member_id, pay.simulated_minor) for pay in found.changes] == [(CID, 200_000), (BOB, 200_000)]


def test_corrections_of_earlier_periods_are_none_of_a_proposals_business() -> None:
    log = company()
    log.lock("2026Q1")
    log.win(3, 1_000_000, "2026-03-31", owner=BOB)
    found = simulated(log.ledger, PLAN, Q2, proposal(flat("50")))
    assert (found.current_minor, found.simulated_minor, found.changes) == (30_000, 30_000, ())


def test_equal_rules_have_one_digest_and_other_rules_another() -> None:
    ledger = company().ledger
    digests = [
        simulated(ledger, PLAN, period, proposal(flat(rate))).proposal_digest
        for period, rate in ((Q1, "3"), (Q2, "3"), (Q1, "4"))
    ]
    assert digests[0] == digests[1] != digests[2]


FASTER = Accelerator(above_attainment_percent=Decimal(100), factor=Decimal("1.5"))


def quota_of(amount_minor: int, period: str = "2026Q1", member_id: UUID = ANN) -> AssumedQuota:
    """A supposed quota."""
    return AssumedQuota(member_id=member_id, period=period, amount_minor=amount_minor)


def deal_of(amount_minor: int, on: str = "2026-03-01", owner: UUID = ANN, currency: str = "USD") -> AssumedDeal:
    """A supposed win."""
    return AssumedDeal(owner_id=owner, amount_minor=amount_minor, currency=currency, on=date.fromisoformat(on))


def test_a_supposed_quota_is_that_of_the_member_in_the_simulation_only() -> None:
    accelerated = flat("4", accelerator=FASTER)
    log = Log().plan(accelerated).enrol(ANN)
    log.quota(ANN, 1_000_000)
    log.win(1, 2_000_000, "2026-01-31")
    found = simulated(log.ledger, PLAN, Q1, proposal(accelerated), assumed=Assumptions(quotas=(quota_of(2_000_000),)))
    # 4 % of 10,000.00 and 6 % of as much above the quota; 4 % of all of it where the quota is 20,000.00.
    assert [(pay.current_minor, pay.simulated_minor) for pay in found.changes] == [(100_000, 80_000)]
    assert log.statements("2026Q1")[ANN].total_minor == 100_000


def test_supposed_deals_earn_by_the_proposal_beside_those_that_were_won() -> None:
    log = company()
    deals = (deal_of(1_000_000, owner=BOB), deal_of(2_000_000, "2026-01-01"), deal_of(5, owner=CID, currency="EUR"))
    found = simulated(log.ledger, PLAN, Q1, proposal(tiered("retroactive")), assumed=Assumptions(deals=deals))
    # Ann: 130,000.00 and 20,000.00 at 4.5 % = 6,750.00. Bob: 60,000.00 at 2 % = 1,200.00. Cid waits for a rate.
    assert [(pay.member_id, pay.current_minor, pay.simulated_minor) for pay in found.changes] == [
        (ANN, 390_000, 675_000),
        (BOB, 150_000, 120_000),
    ]
    assert log.statements("2026Q1")[ANN].total_minor == 390_000


def test_the_result_names_what_was_supposed_with_its_digest() -> None:
    ledger = company().ledger
    supposed = [
        Assumptions(deals=(deal_of(1),)),
        Assumptions(deals=(deal_of(1),)),
        Assumptions(deals=(deal_of(2),)),
        Assumptions(quotas=(quota_of(1),)),
        Assumptions(),
    ]
    results = [simulated(ledger, PLAN, Q1, proposal(flat("3")), assumed=each) for each in supposed]
    assert [(each.assumed_quotas, each.assumed_deals) for each in results] == [
        (each.quotas, each.deals) for each in supposed
    ]
    digests = [each.assumptions_digest for each in results]
    assert digests[0] == digests[1]
    assert len({*digests}) == 4
    assert digests[-1] is None
    assert {each.proposal_digest for each in results} == {results[0].proposal_digest}


def test_a_supposed_quota_of_the_year_corrects_no_earlier_period() -> None:
    by_year = replace(flat("4", accelerator=FASTER), counted_over="year_to_date")
    log = Log().plan(by_year).enrol(ANN)
    log.quota(ANN, 1_000_000, "2026")
    log.win(1, 2_000_000, "2026-01-31")
    log.lock("2026Q1")
    log.enrol(BOB)
    assumed = Assumptions(quotas=(quota_of(2_000_000, "2026"),))
    assert simulated(log.ledger, PLAN, Q2, proposal(by_year), assumed=assumed).changes == ()


USELESS: list[tuple[dict[str, Any], type[Refused], str]] = [
    ({"assumed_quotas": (quota_of(1, "2026Q2"),)}, AssumptionOutside, "/assumed_quotas/0/period"),
    ({"assumed_quotas": (quota_of(1), quota_of(1, "2025"))}, AssumptionOutside, "/assumed_quotas/1/period"),
    ({"assumed_quotas": (quota_of(1, "soon"),)}, PeriodInvalid, "/assumed_quotas/0/period"),
    ({"assumed_quotas": (quota_of(1), quota_of(2))}, AssumptionTwice, "/assumed_quotas/1/period"),
    ({"assumed_quotas": (quota_of(1, member_id=uid(7)),)}, ThingUnknown, "/assumed_quotas/0/member_id"),
    ({"assumed_deals": (deal_of(1, "2026-04-01"),)}, AssumptionOutside, "/assumed_deals/0/on"),
    ({"assumed_deals": (deal_of(1), deal_of(1, "2025-12-31"))}, AssumptionOutside, "/assumed_deals/1/on"),
    ({"assumed_deals": (deal_of(1, currency="XXX"),)}, CurrencyUnknown, "/assumed_deals/0/currency"),
    ({"assumed_deals": (deal_of(1, owner=uid(7)),)}, ThingUnknown, "/assumed_deals/0/owner_id"),
]


@pytest.mark.parametrize(("assumed", "refusal", "pointer"), USELESS)
def test_what_would_change_nothing_is_not_supposed(
    assumed: dict[str, Any], refusal: type[Refused], pointer: str
) -> None:
    case = given(DRAFTED, PUBLISHED).facts({StreamRef("member", ANN): object()})
    case.when(replace(command(flat("3")), **assumed)).refused(refusal, pointer=pointer)


def command(*components: Component, period: str = "2026Q1", **floors: Guarantee) -> SimulateCompensationPlan:
    """The request."""
    return SimulateCompensationPlan(
        plan_id=SUBJECT,
        period=period,
        components=components,
        rounding=BY_LINE,
        **floors,  # type: ignore[arg-type]
    )


def test_a_proposal_is_held_to_the_same_rules_as_a_version() -> None:
    plan = given(DRAFTED, PUBLISHED)
    endless = flat("1000.01")
    plan.when(command(endless)).refused(ComponentInvalid, pointer="/components/0/rate/rate_percent")
    floor = Guarantee(kind="guarantee", amount_minor=-1, last_on=None, compared_with="payable")
    plan.when(command(flat("3"), guarantee=floor)).refused(FloorInvalid, pointer="/guarantee/amount_minor")
    plan.when(command(flat("3"), period="2026-03")).refused(CompensationPlanPeriodFixed, pointer="/period")


def test_a_plan_without_a_version_has_nothing_to_be_compared_with() -> None:
    given(DRAFTED).when(command(flat("3"))).refused(CompensationPlanUnpublished, pointer="/plan_id")


def test_the_result_is_recorded_with_the_position_that_it_rests_on() -> None:
    log = Log()
    log.add(SUBJECT, DRAFTED)
    log.add(SUBJECT, PUBLISHED)
    given(DRAFTED, PUBLISHED).facts({PayFactsRef(None): log.ledger}).when(command(flat("3"))).then(
        CompensationPlanSimulated(
            period="2026Q1",
            position=2,
            engine_version=ENGINE_VERSION,
            proposal_digest=simulated(log.ledger, SUBJECT, Q1, proposal(flat("3"))).proposal_digest,
            assumed_quotas=(),
            assumed_deals=(),
            assumptions_digest=None,
            participant_count=0,
            winner_count=0,
            loser_count=0,
            current_minor=0,
            simulated_minor=0,
            currency="USD",
            changes=(),
            versions_within_year=1,
            is_changed_often=False,
        )
    )


@pytest.mark.parametrize(
    ("effective", "within_year", "often"),
    [
        ((), 1, False),
        # A year before 1 January 2026 is over on 1 January 2025.
        (("2025-01-01", "2025-01-02", "2025-07-01", "2025-10-01"), 4, False),
        (("2025-01-02", "2025-04-01", "2025-07-01", "2025-10-01"), 5, True),
        (("2025-04-01", "2025-07-01", "2025-10-01", "2026-01-02"), 4, False),
    ],
)
def test_a_simulation_warns_where_the_plan_would_change_too_often(
    effective: tuple[str, ...], within_year: int, often: bool
) -> None:
    log = company()
    for number, day in enumerate(effective, start=2):
        log.publish(number, flat("3"), effective_from=day)
    found = simulated(log.ledger, PLAN, Q1, replace(proposal(flat("4")), number=len(effective) + 2))
    assert (found.versions_within_year, found.is_changed_often) == (within_year, often)
