"""People and periods through the whole engine: quotas for a part of a period, ramps, new versions in mid-period, leavers, debts.

R54, R57 to R60.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.organisation.calendars import CalendarDefined, CalendarHolidaysDeclared, DeclaredDay
from salesapi.domain.pay.plans.plan_components import Component, Gate, QuotaRules, Release, VersionTakeover
from salesapi.domain.pay.plans.plan_rates import IndividualRate
from salesapi.domain.pay.rules.clawbacks import RecoveryLimit
from salesapi.domain.pay.rules.plan_versions_and_leavers import (
    CumulativeTiers,
    LeaverRule,
    LeavingReason,
    PlanChange,
)
from salesapi.domain.pay.rules.quotas import Proration, Ramp, RampStart, RampStep
from tests.domain.pay.commission_stories import ANN, BOB, flat, tiered
from tests.domain.pay.pay_terms import KEEP, WITH_CASH, leavers
from tests.domain.pay.plan_options import CALENDAR
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid

BY_DAY = Proration(basis="calendar_days")


def own_rate(target_minor: int = 1_500_000) -> Component:
    """A rate of one's own: the target at the quota."""
    return replace(flat("0"), rate=IndividualRate(target_variable_minor=target_minor))


def hired(on: str, until: str | None = None, component: Component | None = None, **quotas: Any) -> TradeLog:
    """Ann is there for a part of the third quarter, in which 300,000.00 are asked for."""
    log = TradeLog().plan(component or own_rate(), quotas=QuotaRules(**quotas) if quotas else None)
    log.enrol_from(ANN, on, until)
    log.quota(ANN, 30_000_000, "2026Q3")
    return log


def test_r58_a_hire_on_16_august_has_half_of_the_quarters_quota() -> None:
    log = hired("2026-08-16", proration=BY_DAY)
    log.sell(1, 15_000_000, "2026-09-01")
    (line_,) = log.statements("2026Q3")[ANN].lines
    assert (line_.posted_minor, line_.rate_percent) == (1_500_000, "10"), "the target at 150,000.00"


def test_r58_a_quota_as_set_is_not_prorated() -> None:
    log = hired("2026-08-16")
    log.sell(1, 15_000_000, "2026-09-01")
    assert paid(log, "2026Q3") == 750_000


def test_r58_a_gate_opens_at_the_prorated_quota() -> None:
    gated = replace(flat("10"), gate=Gate(attainment_percent=Decimal(100), pays="whole_period"))
    log = hired("2026-08-16", component=gated, proration=BY_DAY)
    log.sell(1, 14_999_999, "2026-09-01")
    assert paid(log, "2026Q3") == 0
    log.sell(2, 1, "2026-09-02")
    assert paid(log, "2026Q3") == 1_500_000


@pytest.mark.parametrize(
    ("proration", "quota"),
    [
        (BY_DAY, 15_000_000),
        (Proration(basis="whole_months", month_day="first"), 10_000_000),
        (Proration(basis="whole_months", month_day="last"), 20_000_000),
        (
            Proration(
                basis="seasonal_weights",
                month_percents=tuple(map(Decimal, (8, 8, 8, 8, 8, 8, 10, 0, 20, 8, 8, 6))),
            ),
            20_000_000,
        ),
    ],
)
def test_r58_each_basis_weighs_the_days_in_its_own_way(proration: Proration, quota: int) -> None:
    log = hired("2026-08-16", proration=proration)
    log.sell(1, quota, "2026-09-01")
    assert paid(log, "2026Q3") == 1_500_000


def test_r58_who_is_there_for_no_whole_month_waits_for_a_quota() -> None:
    log = hired("2026-08-16", "2026-08-20", proration=Proration(basis="whole_months", month_day="first"))
    log.sell(1, 100_000, "2026-08-17")
    assert lines_of(log, "2026Q3") == [("held", 0)]


def test_r58_a_period_in_which_no_day_is_worked_has_no_quota_to_divide() -> None:
    log = hired("2026-07-01", proration=Proration(basis="working_days"), calendar_id=CALENDAR)
    log.add(CALENDAR, CalendarDefined(key="office", name="Office", zone="Asia/Shanghai", weekdays=("monday",)))
    mondays = [date(2026, 7, 6) + timedelta(weeks=week) for week in range(13)]
    log.sell(1, 100_000, "2026-09-01")
    log.add(CALENDAR, CalendarHolidaysDeclared(days=tuple(DeclaredDay(on=on, name="Closed") for on in mondays[:-1])))
    assert lines_of(log, "2026Q3") == [("earning", 5_000)], "one Monday is worked: all of the quota is asked for"
    log.add(CALENDAR, CalendarHolidaysDeclared(days=(DeclaredDay(on=mondays[-1], name="Closed"),)))
    assert lines_of(log, "2026Q3") == [("held", 0)]


RAMP = Ramp(
    steps=(RampStep(through_month=1, percent=Decimal(50)),),
    after_percent=Decimal(100),
    counted_from="month_of_start",
)


@pytest.mark.parametrize(("counted_from", "quota"), [("start_date", 9_945_652), ("month_of_start", 12_391_304)])
def test_r59_a_ramp_asks_for_less_in_the_first_month_of_service(counted_from: RampStart, quota: int) -> None:
    log = hired("2026-08-16", proration=BY_DAY, ramp=replace(RAMP, counted_from=counted_from))
    log.sell(1, quota, "2026-09-01")
    assert paid(log, "2026Q3") == 1_500_000, "half of 31 days and 15 days of 92; or half of 16 days and 30"


def test_r59_a_ramp_on_a_quota_as_set_takes_its_percent_of_all_of_it() -> None:
    half = replace(RAMP, steps=(RampStep(through_month=6, percent=Decimal(50)),))
    log = hired("2026-08-16", ramp=half)
    log.sell(1, 15_000_000, "2026-09-01")
    assert paid(log, "2026Q3") == 1_500_000


def test_r59_a_ramp_of_who_starts_after_the_day_that_decides_has_nothing_to_weigh() -> None:
    log = hired("2026-09-16", ramp=RAMP, proration=Proration(basis="whole_months", month_day="first"))
    log.sell(1, 100_000, "2026-09-20")
    assert lines_of(log, "2026Q3") == [("held", 0)]


@pytest.mark.parametrize(
    ("change", "earned"),
    [
        ("by_transaction_date", [50_000, 100_000]),
        ("split_period", [150_000, 150_000]),
        ("from_next_period", [50_000, 50_000]),
    ],
)
def test_r57_a_new_version_in_mid_period_pays_its_days_its_part_or_waits(change: PlanChange, earned: list[int]) -> None:
    log = TradeLog().plan(own_rate(450_000)).enrol(ANN)
    takeover = VersionTakeover(change=change, cumulative="restart")
    log.publish(2, own_rate(900_000), effective_from="2026-01-31", takeover=takeover)
    log.quota(ANN, 900_000)
    log.sell(1, 100_000, "2026-01-30")
    log.sell(2, 100_000, "2026-02-10")
    assert [posted for _, posted in lines_of(log, "2026Q1")] == earned


def test_r58_the_quotas_of_two_versions_in_one_period_sum_to_the_whole() -> None:
    log = TradeLog()
    bonus = replace(flat("0"), rate=IndividualRate(target_variable_minor=100_000))
    log.plan(bonus).enrol(ANN)
    takeover = VersionTakeover(change="split_period", cumulative="restart")
    log.publish(2, bonus, effective_from="2026-08-16", takeover=takeover)
    log.quota(ANN, 25, "2026Q3")
    log.sell(1, 13, "2026-08-15")
    log.sell(2, 12, "2026-08-16")
    # Half of 0.25 each: 0.125 is 0.13, and 0.12 is left; who sells just that earns the target.
    assert lines_of(log, "2026Q3") == [("earning", 100_000), ("earning", 100_000)]


@pytest.mark.parametrize(("cumulative", "second"), [("restart", 140_000), ("continue", 230_000)])
def test_r57_tiers_restart_with_the_new_version_or_continue(cumulative: CumulativeTiers, second: int) -> None:
    log = TradeLog().plan(tiered("marginal")).enrol(ANN)
    takeover = VersionTakeover(change="by_transaction_date", cumulative=cumulative)
    log.publish(2, tiered("marginal"), effective_from="2026-02-01", takeover=takeover)
    log.sell(1, 7_000_000, "2026-01-30")
    log.sell(2, 7_000_000, "2026-02-10")
    assert [posted for _, posted in lines_of(log, "2026Q1")] == [140_000, second]


def leaver(*rules: LeaverRule, release: Release | None = WITH_CASH, on: str = "2026-05-15") -> TradeLog:
    """Ann's deal of the first quarter is paid in part; then she leaves."""
    log = TradeLog().plan(replace(flat("10"), release=release), leavers=rules).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.lock("2026Q1")
    log.leave(ANN, on)
    return log


@pytest.mark.parametrize(
    ("paid_on", "released"),
    [("2026-05-15", 6_000), ("2026-05-16", 3_000), ("2026-06-14", 3_000), ("2026-06-15", 0)],
)
def test_r60_what_is_released_after_the_last_day_counts_by_the_rule_within_its_days(
    paid_on: str, released: int
) -> None:
    log = leaver(*leavers(later="50", days=30))
    log.pay(2, 60_000, paid_on, deal=1)
    assert paid(log, "2026Q2") == released


def test_r60_what_lapses_with_a_leaver_is_shown() -> None:
    log = leaver(*leavers(later="50"))
    log.pay(2, 60_000, "2026-06-01", deal=1)
    assert lines_of(log, "2026Q2") == [("release", 3_000), ("lapsed", 0)]


@pytest.mark.parametrize(("reason", "released"), [("resignation", 6_000), ("dismissal_for_cause", 0)])
def test_r60_the_reason_decides_and_a_corrected_reason_corrects_what_was_paid(
    reason: LeavingReason, released: int
) -> None:
    nothing = [rule for rule in leavers("0", "0") if rule.reason == "dismissal_for_cause"]
    log = leaver(*(rule for rule in leavers() if rule.reason != "dismissal_for_cause"), *nothing)
    log.pay(2, 60_000, "2026-06-01", deal=1)
    assert log.lock("2026Q2")[ANN].total_minor == 6_000
    log.leave(ANN, "2026-05-15", reason)
    corrected = sum(posted for _, posted in lines_of(log, "2026Q3"))
    assert 6_000 + corrected == released


@pytest.mark.parametrize(("on", "earned"), [("2026-05-15", 10_000), ("2026-05-16", 2_500), ("2026-06-15", 0)])
def test_r60_open_deals_of_a_leaver_pay_their_part_for_some_days(on: str, earned: int) -> None:
    log = TradeLog().plan(flat("10"), leavers=leavers(pipeline="25")).enrol(ANN)
    log.leave(ANN, "2026-05-15")
    log.sell(1, 100_000, on)
    assert paid(log, "2026Q2") == earned


def test_r60_what_was_earned_in_the_last_period_counts_by_its_own_share() -> None:
    log = TradeLog().plan(flat("10"), leavers=leavers(earned="80")).enrol(ANN)
    log.sell(1, 100_000, "2026-02-10")
    log.sell(2, 100_000, "2026-05-10")
    log.leave(ANN, "2026-05-15")
    assert paid(log, "2026Q1") == 10_000
    assert lines_of(log, "2026Q2") == [("earning", 10_000), ("limit", -2_000)]


def test_r60_of_the_last_periods_cash_what_came_by_the_last_day_is_earned_and_the_rest_is_released_later() -> None:
    log = TradeLog().plan(replace(flat("10"), release=WITH_CASH), leavers=leavers(earned="80", later="50")).enrol(ANN)
    log.sell(1, 100_000, "2026-05-01")
    log.pay(1, 40_000, "2026-05-10", deal=1)
    log.pay(2, 60_000, "2026-06-10", deal=1)
    log.leave(ANN, "2026-05-15")
    assert paid(log, "2026Q2") == 3_200 + 3_000


def test_r60_a_leaver_who_is_back_earns_as_before_and_the_old_deals_stay_under_the_leaving() -> None:
    log = leaver(*leavers(later="50"))
    log.enrol_from(ANN, "2026-07-01")
    log.sell(2, 100_000, "2026-07-10")
    log.pay(2, 60_000, "2026-07-20", deal=1)
    log.pay(3, 100_000, "2026-07-20", deal=2)
    assert paid(log, "2026Q3") == 3_000 + 10_000


def carried(**limits: Any) -> RecoveryLimit:
    """A negative result is carried and recovered within limits."""
    return RecoveryLimit(**{"percent": None, "amount_minor": None, "kept_minor": None, "leaver": "carried", **limits})


def test_r54_what_was_paid_too_much_is_recovered_from_a_share_of_later_earnings_only() -> None:
    log = TradeLog().plan(replace(flat("10"), clawback=KEEP), recovery=carried(percent=Decimal(25))).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.lock("2026Q1")
    log.refund(1, 100_000, "2026-04-20", deal=1)
    assert lines_of(log, "2026Q2") == [("clawback", -10_000), ("recovery", 10_000)]
    assert log.lock("2026Q2")[ANN].total_minor == 0
    log.sell(2, 240_000, "2026-07-10")
    assert lines_of(log, "2026Q3") == [("earning", 24_000), ("recovery", -6_000)]
    log.lock("2026Q3")
    log.sell(3, 240_000, "2026-10-10")
    assert lines_of(log, "2026Q4") == [("earning", 24_000), ("recovery", -4_000)]


def test_r54_a_leavers_debt_is_netted_within_the_limits_and_the_rest_is_invoiced() -> None:
    log = TradeLog()
    terms = carried(percent=Decimal(50), leaver="invoiced")
    log.plan(replace(flat("10"), clawback=KEEP), recovery=terms).enrol(ANN, BOB)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.lock("2026Q1")
    log.refund(1, 100_000, "2026-04-20", deal=1)
    log.lock("2026Q2")
    log.sell(2, 60_000, "2026-07-10")
    log.leave(ANN, "2026-08-31")
    statement = log.statements("2026Q3")[ANN]
    assert [(each.kind, each.posted_minor) for each in statement.lines] == [("earning", 6_000), ("recovery", -3_000)]
    assert english(statement.lines[-1]).startswith("recovered of 100.00 owed; 30.00 is paid, 70.00 is invoiced")
