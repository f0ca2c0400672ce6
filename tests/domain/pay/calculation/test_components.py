"""What components earn in a period: quotas, bonuses, gates and caps, deal by deal, and what a late fact changes."""

from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.plan_components import Component, Gate, GatePays
from salesapi.domain.pay.plans.plan_rates import (
    Accelerator,
    DealAmount,
    Decelerator,
    FlatRate,
    IndividualRate,
    TargetBonus,
)
from salesapi.domain.pay.records.payout_runs import StatementLine
from salesapi.domain.pay.rules.tables import CurvePoint, PayoutCurve, Tier, TierTable
from tests.domain.pay.commission_stories import ANN, BOB, Log, flat, share
from tests.domain.pay.reasons_said import english

QUOTA = 10_000_000
"""100,000.00 USD for the quarter."""


def component(**options: object) -> Component:
    """A direct component with these options."""
    return Component(key="base", name="Base", credit="direct", **options)  # type: ignore[arg-type]


def log_of(each: Component, *amounts: int, quota: int | None = QUOTA) -> Log:
    """Ann wins deals 1, 2, 3, ... of the first quarter for these amounts, one a day."""
    log = Log().plan(each).enrol(ANN)
    if quota is not None:
        log.quota(ANN, quota)
    for number, amount_minor in enumerate(amounts, start=1):
        log.win(number, amount_minor, f"2026-01-{number:02}")
    return log


def lines_of(log: Log) -> tuple[StatementLine, ...]:
    """Ann's lines of the first quarter."""
    return log.statements("2026Q1")[ANN].lines


def posted(log: Log) -> list[tuple[str, int]]:
    """Rule and posted amount of Ann's lines."""
    return [(line.rule, line.posted_minor) for line in lines_of(log)]


def test_a_flat_amount_is_paid_for_each_deal_and_for_each_who_shares_it() -> None:
    log = Log().plan(component(rate=DealAmount(amount_minor=50_000))).enrol(ANN, BOB)
    log.win(1, 7_000_000, "2026-01-01")
    log.win(2, 100, "2026-01-02", shares=(share(ANN, "40"), share(BOB, "60")))
    assert posted(log) == [("R02", 50_000), ("R02", 50_000)]
    assert english(lines_of(log)[0]) == "1 x 500.00 = 500.00 USD"
    assert lines_of(log)[0].positions == (5,), "the win; no quota is looked at"
    assert log.statements("2026Q1")[BOB].total_minor == 50_000


def test_an_individual_rate_pays_the_target_exactly_at_the_quota() -> None:
    log = log_of(component(rate=IndividualRate(target_variable_minor=333_333)), 4_000_000, 6_000_000)
    assert [line.rate_percent for line in lines_of(log)] == ["3.33333", "3.33333"]
    assert sum(amount for _, amount in posted(log)) == 333_333


def test_attainment_counts_what_was_credited_not_what_the_deal_was_worth() -> None:
    accelerated = component(
        rate=FlatRate(
            rate_percent=Decimal(4),
            accelerator=Accelerator(above_attainment_percent=Decimal(100), factor=Decimal("1.5")),
        )
    )
    log = Log().plan(accelerated).enrol(ANN)
    log.quota(ANN, QUOTA)
    log.win(1, 20_000_000, "2026-01-01", shares=(share(ANN, "50"), share(BOB, "50")))
    log.win(2, 1_000_000, "2026-01-02")
    # Ann's half is exactly the quota: 4 % of 100,000.00; then 6 % of 10,000.00.
    assert posted(log) == [("R10", 400_000), ("R10", 60_000)]
    assert english(lines_of(log)[1]) == "6 % of 10,000.00 = 600.00 USD"


def test_a_deal_across_the_threshold_is_accelerated_only_above_it() -> None:
    accelerated = component(
        rate=FlatRate(
            rate_percent=Decimal(4), accelerator=Accelerator(above_attainment_percent=Decimal(100), factor=Decimal(2))
        )
    )
    log = log_of(accelerated, 12_000_000)
    assert posted(log) == [("R10", 400_000 + 160_000)]
    (line,) = lines_of(log)
    assert line.rate_percent is None, "it rests on two rates"
    assert [[each.value for each in term.inputs] for term in line.reason.terms] == [["4", "10000000"], ["8", "2000000"]]


@pytest.mark.parametrize(("slowed", "expected"), [("below", [80_000, 160_000]), ("whole", [80_000, 240_000])])
def test_a_decelerator_slows_as_the_plan_says(slowed: str, expected: list[int]) -> None:
    slower = Decelerator(below_attainment_percent=Decimal(80), factor=Decimal("0.5"), slowed=slowed)  # type: ignore[arg-type]
    log = log_of(component(rate=FlatRate(rate_percent=Decimal(4), decelerator=slower)), 4_000_000, 6_000_000)
    # Below 80,000.00 at 2 %, above at 4 %: 4 % of 20,000.00 + 2 % of 40,000.00, or 4 % of the whole second deal.
    assert posted(log) == [("R11", amount) for amount in expected]


def test_tiers_by_attainment_rate_by_the_members_own_quota() -> None:
    by_attainment = TierTable(
        axis="attainment_percent",
        boundary="lower_inclusive",
        tiers=(
            Tier(lower=Decimal(0), upper=Decimal(100), rate_percent=Decimal(2), applies_to="new"),
            Tier(lower=Decimal(100), upper=None, rate_percent=Decimal(5), applies_to="new"),
        ),
    )
    log = Log().plan(component(rate=by_attainment)).enrol(ANN, BOB)
    log.quota(ANN, QUOTA)
    log.quota(BOB, 2 * QUOTA)
    log.win(1, 12_000_000, "2026-01-01")
    log.win(2, 12_000_000, "2026-01-01", owner=BOB)
    assert posted(log) == [("R04", 200_000 + 100_000)]
    assert log.statements("2026Q1")[BOB].total_minor == 240_000


def curve() -> PayoutCurve:
    """Nothing under half of the quota, all at the quota, capped at double."""
    points = ((50, 0), (100, 100), (150, 200))
    return PayoutCurve(
        points=tuple(CurvePoint(attainment_percent=Decimal(at), payout_percent=Decimal(pays)) for at, pays in points),
        above_last="capped",
    )


def test_a_target_bonus_follows_the_attainment_and_a_refund_takes_it_back() -> None:
    bonus = component(rate=TargetBonus(target_minor=1_000_000, curve=curve()))
    log = log_of(bonus, 4_000_000, 4_000_000, 8_000_000)
    assert posted(log) == [("R12", 0), ("R12", 600_000), ("R12", 1_400_000)]
    assert english(lines_of(log)[1]) == "(60 % less 0 %) of 10,000.00 = 6,000.00 USD"

    log.reopen(3)
    assert sum(amount for _, amount in posted(log)) == 600_000


@pytest.mark.parametrize(
    ("pays", "amounts", "expected"),
    [
        ("whole_period", (4_000_000, 5_999_999), [("R13", 0), ("R13", 0)]),
        ("whole_period", (4_000_000, 6_000_000), [("R01", 200_000), ("R01", 300_000)]),
        ("later_deals", (4_000_000, 6_000_000, 100), [("R13", 0), ("R01", 300_000), ("R01", 5)]),
    ],
)
def test_r13_a_gate_opens_exactly_at_its_attainment(
    pays: GatePays, amounts: tuple[int, ...], expected: list[tuple[str, int]]
) -> None:
    gate = Gate(attainment_percent=Decimal(100), pays=pays)
    assert posted(log_of(component(rate=FlatRate(rate_percent=Decimal(5)), gate=gate), *amounts)) == expected


def test_a_rule_that_did_not_fire_does_not_change_attainment() -> None:
    gated = component(
        rate=FlatRate(rate_percent=Decimal(5)), gate=Gate(attainment_percent=Decimal(100), pays="later_deals")
    )
    log = log_of(gated, 9_999_999, 1)
    assert posted(log) == [("R13", 0), ("R01", 0)], "the first deal earned nothing, and still counts towards the gate"
    assert lines_of(log)[1].exact_minor == "0.05"


def test_a_missing_quota_is_waited_for_and_never_taken_for_one() -> None:
    bonus = component(rate=TargetBonus(target_minor=1_000_000, curve=curve()))
    log = log_of(bonus, 4_000_000, quota=None)
    (line,) = lines_of(log)
    assert (line.kind, line.rule, line.posted_minor) == ("held", "R07", 0)
    assert english(line) == "waiting for a quota for 2026Q1 in USD; nothing is posted"

    log.quota(ANN, QUOTA, currency="EUR")
    assert lines_of(log)[0].kind == "held", "a quota in another currency is none"
    log.quota(ANN, 4_000_000)
    assert posted(log) == [("R12", 1_000_000)]
    assert lines_of(log)[0].positions == (4, log.head), "the win and the quota"


def test_a_deal_earns_at_most_its_cap_and_the_statement_shows_what_was_lost() -> None:
    log = log_of(
        component(rate=FlatRate(rate_percent=Decimal(10)), deal_cap_minor=100_000), 999_999, 1_000_000, 1_500_000
    )
    assert posted(log) == [("R01", 100_000), ("R01", 100_000), ("R01", 150_000), ("R29", -50_000)]
    assert english(lines_of(log)[3]) == "cap of a deal 1,000.00: 1,000.00 less 1,500.00 = -500.00 USD"


def test_a_component_earns_at_most_its_cap_in_a_period() -> None:
    log = log_of(
        component(rate=FlatRate(rate_percent=Decimal(10)), cap_minor=250_000),
        1_000_000,
        1_000_000,
        1_000_000,
        1_000_000,
    )
    assert posted(log) == [
        ("R01", 100_000),
        ("R01", 100_000),
        ("R01", 100_000),
        ("R30", -50_000),
        ("R01", 100_000),
        ("R30", -100_000),
    ]
    assert log.statements("2026Q1")[ANN].total_minor == 250_000


def test_the_cap_of_a_deal_comes_before_the_cap_of_the_period() -> None:
    log = log_of(
        component(rate=FlatRate(rate_percent=Decimal(10)), deal_cap_minor=200_000, cap_minor=300_000),
        5_000_000,
        1_500_000,
    )
    assert posted(log) == [("R01", 500_000), ("R29", -300_000), ("R01", 150_000), ("R30", -50_000)]


def test_several_components_on_one_deal_each_stand_for_themselves() -> None:
    log = Log().plan(flat("5"), flat("2", key="extra"), flat("1", key="c"))
    log.enrol(ANN).win(1, 1_000_000, "2026-01-01")
    assert [(line.component, line.posted_minor) for line in lines_of(log)] == [
        ("base", 50_000),
        ("extra", 20_000),
        ("c", 10_000),
    ]


def test_a_quota_that_comes_after_the_lock_is_paid_as_a_correction() -> None:
    log = log_of(component(rate=IndividualRate(target_variable_minor=500_000)), QUOTA, quota=None)
    assert [line.posted_minor for line in log.lock("2026Q1")[ANN].lines] == [0]
    position = log.quota(ANN, QUOTA)
    (line,) = log.statements("2026Q2")[ANN].lines
    assert (line.kind, line.rule, line.period, line.posted_minor) == ("adjustment", "R53", "2026Q1", 500_000)
    assert line.positions == (position,)
