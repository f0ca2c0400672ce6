"""Bugs of pay that generated companies and plans found, each by its smallest example. Amounts are minor units."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from salesapi.domain.pay.plans.plan_components import Component, Gate
from salesapi.domain.pay.plans.plan_rates import DealAmount, IndividualRate
from salesapi.domain.pay.records.payout_runs import StatementLine
from salesapi.domain.pay.rules.tables import TierTable
from salesapi.domain.pay.words.plan_in_words import plan_in_words
from tests.domain.pay.commission_stories import ANN, BOB, CID, PLAN, Log, flat, share, tiers
from tests.domain.pay.market_stories import MarketLog
from tests.domain.pay.reasons_said import english


def lines_of(log: Log, period: str, member_id: UUID = ANN) -> tuple[StatementLine, ...]:
    """A member's lines of a period."""
    return log.statements(period)[member_id].lines


def team_of_two(*components: Component) -> Log:
    """Cid leads Ann and Bob; all three are enrolled."""
    log = MarketLog().plan(*components).enrol(ANN, BOB, CID)
    log.team(CID, ANN, BOB)
    return log


HALVES = (share(ANN, "50"), share(BOB, "50"))


def test_two_sellers_of_one_deal_give_their_manager_one_cap_of_that_deal() -> None:
    log = team_of_two(replace(flat("10", "manager_override"), deal_cap_minor=60_000))
    log.win(1, 1_000_000, "2026-01-05", shares=HALVES)
    log.win(2, 1_000_000, "2026-01-06")
    amounts = [(line.rule, line.posted_minor) for line in lines_of(log, "2026Q1", CID)]
    assert amounts == [("R01", 50_000), ("R01", 50_000), ("R29", -40_000), ("R01", 100_000), ("R29", -40_000)]


def test_two_sellers_of_one_deal_give_their_manager_its_amount_once() -> None:
    log = team_of_two(
        Component(key="base", name="Base", credit="manager_override", rate=DealAmount(amount_minor=50_000))
    )
    log.win(1, 1_000_000, "2026-01-05", shares=HALVES)
    log.win(2, 1_000_000, "2026-01-06")
    formulas = [english(line) for line in lines_of(log, "2026Q1", CID)]
    assert formulas == ["1 x 500.00 = 500.00 USD", "0 x 500.00 = 0.00 USD", "1 x 500.00 = 500.00 USD"]


def test_a_deal_whose_second_part_opens_the_gate_pays_its_amount() -> None:
    gate = Gate(attainment_percent=Decimal(100), pays="later_deals")
    log = team_of_two(
        Component(key="base", name="Base", credit="manager_override", rate=DealAmount(amount_minor=50_000), gate=gate)
    )
    log.quota(CID, 1_000_000)
    log.win(1, 1_000_000, "2026-01-05", shares=HALVES)
    assert [(line.rule, line.posted_minor) for line in lines_of(log, "2026Q1", CID)] == [("R13", 0), ("R02", 50_000)]


def test_a_credit_note_after_the_gate_opened_takes_back_what_it_takes_back() -> None:
    gated = replace(flat("5"), gate=Gate(attainment_percent=Decimal(100), pays="later_deals"))
    log = Log().plan(gated).enrol(ANN)
    log.quota(ANN, 1_000_000)
    log.win(1, 1_000_000, "2026-01-05")
    log.win(2, -400_000, "2026-01-06")
    assert [(line.rule, line.posted_minor) for line in lines_of(log, "2026Q1")] == [("R01", 50_000), ("R01", -20_000)]


def test_a_negative_deal_says_that_it_counts_back() -> None:
    log = (
        Log().plan(Component(key="base", name="Base", credit="direct", rate=DealAmount(amount_minor=50_000))).enrol(ANN)
    )
    log.win(1, -100, "2026-01-05")
    assert english(lines_of(log, "2026Q1")[0]) == "-1 x 500.00 = -500.00 USD"


def test_an_amount_without_an_end_is_its_posted_part_and_its_residual_to_the_last_digit_shown() -> None:
    third = Component(key="base", name="Base", credit="direct", rate=IndividualRate(target_variable_minor=100))
    log = Log().plan(third).enrol(ANN)
    log.quota(ANN, 30)
    log.win(1, 1, "2026-01-05")
    (line,) = lines_of(log, "2026Q1")
    assert (line.exact_minor, line.posted_minor, line.residual_minor) == (f"3.{'3' * 49}", 3, f"0.{'3' * 49}")


def test_a_bound_of_half_a_minor_unit_is_read_as_it_is() -> None:
    halved = TierTable(axis="amount", boundary="lower_inclusive", tiers=tiers((0, 1, "1"), (1, None, "2")))
    first, second = halved.tiers
    halved = replace(halved, tiers=(replace(first, upper=Decimal("150.5")), replace(second, lower=Decimal("150.5"))))
    log = Log().plan(Component(key="base", name="Base", credit="direct", rate=halved))
    sentences = plan_in_words(log.ledger.plan(PLAN).versions[0], "USD", "en")
    assert any("from 0.00 USD to 1.505 USD" in sentence for sentence in sentences)
