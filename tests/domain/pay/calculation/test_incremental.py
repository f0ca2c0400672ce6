"""What one member's pay looks at is bounded by that member's deals and their periods, whatever others did. Counted, not timed."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from uuid import UUID

from salesapi.domain.customers.customers import CustomerAssigned
from salesapi.domain.pay.calculation.credit_register import CreditRegister
from salesapi.domain.pay.calculation.crediting import credits_of
from salesapi.domain.pay.calculation.sales import sales_of
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component, Sourcing
from salesapi.domain.pay.plans.plan_rates import RateMatrix
from salesapi.domain.pay.rules.tables import Band, Matrix, MatrixRow
from salesapi.domain.pay.statements.live_statements import LiveStatements
from salesapi.domain.shared.periods import Period, period_named
from tests.domain.pay.commission_stories import ANN, BOB, CID, DAN, PLAN, Log, flat, share, tiered
from tests.domain.pay.generated_options import with_options
from tests.domain.pay.pay_terms import WITH_CASH
from tests.domain.pay.plans.generated_plans import version as plan_version
from tests.domain.pay.trade_stories import TradeLog
from tests.domain.pay.traded_company import CUSTOMER, add_trade
from tests.laws import budget
from tests.spec import uid


def looked_at(log: Log, member_id: UUID, period: str) -> list[tuple[UUID, str]]:
    """Lists the members' periods that a live statement evaluates, each as often as it does."""
    asked = LiveStatements(log.ledger, PLAN, period_named(period))
    asked.of(member_id)
    return sorted(asked.pay.evaluation.evaluated)


def two_years_with_cash() -> TradeLog:
    """Ann and Bob are paid with the cash and won a deal in each quarter of 2025 and 2026; those of 2025 are paid for."""
    log = TradeLog().plan(replace(flat("10"), release=WITH_CASH)).enrol(ANN, BOB)
    number = 0
    for year in (2025, 2026):
        for month in (1, 4, 7, 10):
            for owner in (ANN, BOB):
                number += 1
                log.win(number, 100_000, f"{year}-{month:02}-10", owner=owner)
                if year == 2025:
                    log.pay(number, 100_000, f"{year}-{month:02}-20", deal=number)
    for quarter in ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"):
        log.lock(quarter)
    return log


def test_a_receipt_makes_its_own_members_statement_look_at_its_own_period() -> None:
    log = two_years_with_cash()
    log.pay(99, 50_000, "2026-11-01", deal=9)
    still_open = [(ANN, "2026Q1"), (ANN, "2026Q2"), (ANN, "2026Q3"), (ANN, "2026Q4")]
    assert looked_at(log, ANN, "2026Q4") == still_open
    found = LiveStatements(log.ledger, PLAN, period_named("2026Q4")).of(ANN)
    assert [(line.kind, line.deal_id, line.posted_minor) for line in found.lines(first=1, last=9)] == [
        ("earning", uid(15), 10_000),
        ("withheld", uid(15), -10_000),
        ("release", uid(9), 5_000),
    ]


def test_a_receipt_for_somebody_else_adds_nothing_to_look_at() -> None:
    log = two_years_with_cash()
    before = looked_at(log, ANN, "2026Q4")
    for number in (2, 4, 6, 8, 10, 12, 14, 16):
        log.pay(100 + number, 50_000, "2026-11-01", deal=number)
    assert looked_at(log, ANN, "2026Q4") == before


def test_what_was_paid_for_in_full_is_not_looked_at_again() -> None:
    log = two_years_with_cash()
    for number in (9, 11, 13, 15):
        log.pay(100 + number, 100_000, "2026-10-20", deal=number)
    log.lock("2026Q4")
    assert looked_at(log, ANN, "2027Q1") == [(ANN, "2027Q1")]


def test_who_does_not_lead_looks_at_nobody_below() -> None:
    log = Log().plan(flat("5"), flat("1", "manager_override", key="over")).enrol(ANN, BOB, CID)
    log.team(CID, ANN, BOB)
    log.win(1, 1_000, "2026-01-10", owner=ANN)
    log.win(2, 1_000, "2026-01-10", owner=BOB)
    asked = LiveStatements(log.ledger, PLAN, period_named("2026Q1"))
    assert asked.pay.evaluation.register.wins_of_team(ANN, period_named("2026Q1")) == []
    of_leader = asked.pay.evaluation.register.wins_of_team(CID, period_named("2026Q1"))
    assert [win.deal_id for win in of_leader] == [uid(1), uid(2)]


def test_a_late_win_of_one_member_recomputes_no_closed_period_of_another() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    for quarter in ("2026Q1", "2026Q2"):
        log.lock(quarter)
    log.win(1, 1_000, "2026-01-10", owner=BOB)
    assert looked_at(log, ANN, "2026Q3") == [(ANN, "2026Q3")]
    assert looked_at(log, BOB, "2026Q3") == [(BOB, "2026Q1"), (BOB, "2026Q3")]


def test_a_deal_of_an_earlier_period_that_is_voided_moves_the_tiers_of_the_year_in_later_ones() -> None:
    # Table T over the year, each part at its own rate: 80,000.00 in Q1 fill the first tier, 10,000.00 in Q2 earn 3 %.
    # Without the deal of Q1 those 10,000.00 earn 2 %: 100.00 less.
    log = Log().plan(replace(tiered("marginal"), counted_over="year_to_date")).enrol(ANN)
    log.win(1, 8_000_000, "2026-01-10")
    log.win(2, 1_000_000, "2026-04-10")
    for quarter in ("2026Q1", "2026Q2"):
        log.lock(quarter)
    log.void(1)
    lines = log.statements("2026Q3")[ANN].lines
    assert [(line.period, line.deal_id, line.posted_minor) for line in lines] == [
        ("2026Q1", uid(1), -160_000),
        ("2026Q2", uid(2), -10_000),
    ]


def test_a_late_win_of_a_teammate_corrects_who_is_paid_by_the_teams_attainment() -> None:
    # Cid's quota is 2,000.00. The team reaches 50 % with Ann's 1,000.00, and 100 % once Bob's late 1,000.00 is known.
    halves = (Band(lower=Decimal(0), upper=Decimal(100)), Band(lower=Decimal(100), upper=None))
    any_own = (Band(lower=Decimal(0), upper=None),)
    cells = tuple(MatrixRow(rates_percent=(Decimal(rate),)) for rate in ("1", "3"))
    by_team = RateMatrix(
        first="team_attainment_percent",
        second="attainment_percent",
        matrix=Matrix(rows=halves, columns=any_own, cells=cells),
    )
    own = replace(flat("1"), rate=by_team)
    log = Log().plan(own).enrol(ANN, BOB)
    log.team(CID, ANN, BOB)
    for member_id, quota in ((ANN, 100_000), (BOB, 100_000), (CID, 200_000)):
        log.quota(member_id, quota)
    log.win(1, 100_000, "2026-01-10", owner=ANN)
    log.lock("2026Q1")
    won_at = log.win(2, 100_000, "2026-01-20", owner=BOB)
    (line,) = log.statements("2026Q2")[ANN].lines
    assert (line.kind, line.deal_id, line.posted_minor, line.positions) == ("adjustment", uid(1), 2_000, (won_at,))


def test_every_deal_that_came_from_a_lead_is_credited_to_who_touched_it() -> None:
    sourced = replace(flat("1"), credit="sourcing", sourcing=Sourcing(model="last"))
    log = TradeLog().plan(sourced).enrol(ANN)
    log.touch(1, ANN, "2026-01-02")
    for deal in (1, 2):
        log.sell(deal, 100, "2026-01-10", owner=BOB, lead=1)
    assert [line.deal_id for line in log.statements("2026Q1")[ANN].lines] == [uid(1), uid(2)]


def credits_of_all(log: Log, component: Component, period: Period) -> list[tuple[UUID, UUID, str, Fraction]]:
    """Everybody's credits under a component, by a look at every deal there is."""
    wins = [win for deal in range(1, 20) if (win := log.ledger.wins.win(uid(deal))) is not None]
    return sorted(
        (credit.member_id, sale.win.deal_id, credit.rule, Fraction(credit.amount))
        for sale in sales_of(log.ledger, component, wins, period)
        for credit in credits_of(sale, component, log.ledger)
    )


def credits_by_member(
    log: Log, version: CompensationPlanVersion, component: Component, period: Period
) -> list[tuple[UUID, UUID, str, Fraction]]:
    """The same, asked of the register member by member."""
    register = CreditRegister(log.ledger)
    return sorted(
        (credit.member_id, sale.win.deal_id, credit.rule, Fraction(credit.amount))
        for member_id in (ANN, BOB, CID, DAN)
        for sale, credit in register.of(version, component, member_id, period)
    )


def test_what_is_found_by_member_is_all_that_there_is() -> None:
    log = Log()
    log.team(CID, ANN, BOB)
    log.win(1, 4_000_000, "2026-01-05", shares=(share(ANN, "40"), share(BOB, "60"), share(DAN, "10", "overlay")))
    log.win(2, 300_000, "2026-02-06", owner=BOB)
    add_trade(log)
    log.add(CUSTOMER, CustomerAssigned(owner_from=ANN, owner_to=BOB, reason=None), "2026-03-01")
    random, compared = Random(20261122), Counter[str]()
    periods = [period_named(text) for text in ("2026-01", "2026Q1", "2026Q2", "2026")]
    for _ in range(max(budget(400), 150)):
        version = with_options(random, plan_version(random), "quarter")
        for component in version.components:
            # What a clawback restates is the register's own doing, and is compared by the corrections' tests.
            asked = replace(component, clawback=None)
            for period in periods:
                by_member = credits_by_member(log, version, asked, period)
                assert by_member == credits_of_all(log, asked, period), (asked, period.text)
                compared[f"{asked.credit} by {asked.attributed}"] += len(by_member)
    assert len([kind for kind, count in compared.items() if count]) > 15, compared
