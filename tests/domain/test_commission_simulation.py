"""What-ifs (R65): who would win and who would lose by another plan, and that nothing is posted by asking."""

from salesapi.domain.commission.draws import Guarantee
from salesapi.domain.commission.periods import period_named
from salesapi.domain.commission.simulating import simulated
from salesapi.domain.compensation_plans import (
    CompensationPlanDrafted,
    CompensationPlanPeriodFixed,
    CompensationPlanSimulated,
    CompensationPlanUnpublished,
    CompensationPlanVersion,
    CompensationPlanVersionPublished,
    Component,
    ComponentInvalid,
    FloorInvalid,
    SimulateCompensationPlan,
)
from salesapi.domain.kernel import LedgerRef
from tests.domain.commission_stories import ANN, BOB, BY_LINE, CID, PLAN, Log, flat, tiered
from tests.spec import SUBJECT, given

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
    """What might be published next."""
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
    neither = Component(key="base", name="Base", credit="direct")
    plan.when(command(neither)).refused(ComponentInvalid, pointer="/components/0/rate_percent")
    floor = Guarantee(kind="guarantee", amount_minor=-1, last_on=None, compared_with="payable")
    plan.when(command(flat("3"), guarantee=floor)).refused(FloorInvalid, pointer="/guarantee/amount_minor")
    plan.when(command(flat("3"), period="2026-03")).refused(CompensationPlanPeriodFixed, pointer="/period")


def test_a_plan_without_a_version_has_nothing_to_be_compared_with() -> None:
    given(DRAFTED).when(command(flat("3"))).refused(CompensationPlanUnpublished, pointer="/plan_id")


def test_the_result_is_recorded_with_the_position_that_it_rests_on() -> None:
    log = Log()
    log.add(SUBJECT, DRAFTED)
    log.add(SUBJECT, PUBLISHED)
    given(DRAFTED, PUBLISHED).facts({LedgerRef(None): log.ledger}).when(command(flat("3"))).then(
        CompensationPlanSimulated(
            period="2026Q1",
            position=2,
            engine_version="1",
            proposal_digest=simulated(log.ledger, SUBJECT, Q1, proposal(flat("3"))).proposal_digest,
            participant_count=0,
            winner_count=0,
            loser_count=0,
            current_minor=0,
            simulated_minor=0,
            currency="USD",
            changes=(),
        )
    )
