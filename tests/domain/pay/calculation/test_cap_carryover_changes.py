"""What caps carry over (R29, R30) where the plan, an agreement or the enrolment changes before it is earned."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride
from salesapi.domain.pay.plans.enrolments import (
    EnrolmentEnded,
    EnrolmentPlanAcknowledged,
)
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.limits import CapExcess
from tests.domain.pay.carryover_stories import CARRIED, HALF_AND_PIPELINE, of_deals, posted
from tests.domain.pay.commission_stories import ANN, PLAN, Log, flat


def test_who_leaves_the_plan_before_the_next_window_loses_what_is_carried() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    log.win(1, 1_500_000, "2026-01-15")
    ended = EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=date(2026, 4, 1), reason="moved")
    log.add(ANN, ended)
    assert posted(log, "2026Q2") == []
    log = Log().plan(CARRIED).enrol(ANN)
    log.win(1, 1_500_000, "2026-01-15")
    log.add(ANN, replace(ended, effective_until=date(2026, 4, 2)))
    assert posted(log, "2026Q2") == of_deals(("R30", 1, 50_000)), "on the first day it was still held"


def test_a_leaver_has_of_what_is_carried_the_part_of_the_last_period() -> None:
    log = Log().plan(CARRIED, leavers=HALF_AND_PIPELINE).enrol(ANN)
    log.win(1, 3_000_000, "2026-01-15")
    log.leave(ANN, "2026-05-31")
    assert posted(log, "2026Q2") == of_deals(("R30", 1, 200_000), ("R30", 1, -100_000), ("R60", 1, -50_000))
    assert posted(log, "2026Q3") == [], "what is still carried then is lost"


@pytest.mark.parametrize("excess", get_args(CapExcess))
def test_the_cap_of_a_year_counts_what_a_leaver_earned_before_its_part_of_that(excess: CapExcess) -> None:
    log = Log().plan(replace(CARRIED, cap_window="year", cap_excess=excess), leavers=HALF_AND_PIPELINE).enrol(ANN)
    log.win(1, 800_000, "2026-01-15")
    log.win(2, 800_000, "2026-04-15")
    log.leave(ANN, "2026-03-31")
    assert posted(log, "2026Q1") == of_deals(("R01", 1, 80_000), ("R60", 1, -40_000))
    assert posted(log, "2026Q2") == of_deals(("R01", 2, 80_000), ("R30", 2, -60_000)), "200.00 were left under it"


def test_the_version_of_the_next_windows_first_day_limits_what_is_carried() -> None:
    def paid_by(*components: Component) -> list[tuple[str, int, int]]:
        log = Log().plan(CARRIED).enrol(ANN)
        log.publish(2, *components, effective_from="2026-04-01")
        log.win(1, 2_500_000, "2026-01-15")
        return posted(log, "2026Q2")

    assert paid_by(flat("10")) == of_deals(("R30", 1, 150_000)), "no cap any more"
    lost = replace(CARRIED, cap_minor=120_000, cap_excess="lost")
    assert paid_by(lost) == of_deals(("R30", 1, 150_000), ("R30", 1, -30_000))
    assert paid_by(flat("10", key="other")) == [], "no such component any more"


@pytest.mark.parametrize("is_of_plan", [False, True])
def test_a_cap_of_a_year_that_follows_one_of_a_period_counts_what_that_carried_on_once(is_of_plan: bool) -> None:
    log = Log()
    of_year: dict[str, Any] = {"cap_minor": 300_000, "cap_excess": "carried", "cap_window": "year"}
    if is_of_plan:
        log.plan(flat("10"), cap_minor=100_000, cap_excess="carried").enrol(ANN)
        log.publish(2, flat("10"), **of_year, effective_from="2026-07-01")
    else:
        log.plan(CARRIED).enrol(ANN)
        log.publish(2, replace(CARRIED, **of_year), effective_from="2026-07-01")
    log.win(1, 2_500_000, "2026-01-15")
    log.win(2, 1_000_000, "2026-10-15")
    paid = [sum(minor for _, _, minor in posted(log, period)) for period in ("2026Q1", "2026Q2", "2026Q3", "2026Q4")]
    assert paid == [100_000, 100_000, 50_000, 50_000], "3,000.00 in the year"
    assert posted(log, "2027Q1") == of_deals(("R30", 2, 50_000))


def test_where_tiers_begin_anew_inside_a_period_what_is_carried_counts_with_the_version_of_its_first_day() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    log.publish(2, CARRIED, effective_from="2026-05-01")
    log.win(1, 1_500_000, "2026-01-15")
    log.win(2, 1_200_000, "2026-05-15")
    assert posted(log, "2026Q2") == of_deals(("R30", 1, 50_000), ("R01", 2, 120_000), ("R30", 2, -20_000))
    assert posted(log, "2026Q3") == of_deals(("R30", 2, 20_000))


def test_ones_own_cap_limits_what_is_carried_into_the_window_that_it_is_agreed_for() -> None:
    log = Log().plan(replace(CARRIED, override_percent_max=Decimal(50)))
    log.enrol_from(ANN, None, "2026-04-01")
    own = (ComponentOverride(component_key="base", cap_minor=120_000),)
    agreed = log.enrol_from(ANN, "2026-04-01", overrides=own)
    won = log.win(1, 2_500_000, "2026-01-15")
    assert posted(log, "2026Q2") == of_deals(("R30", 1, 150_000), ("R30", 1, -30_000))
    assert log.statements("2026Q2")[ANN].lines[0].positions == (agreed, won)


def test_what_is_carried_into_a_version_waits_until_that_is_acknowledged() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    log.publish(2, CARRIED, effective_from="2026-04-01", acknowledgement_required=True)
    log.win(1, 2_500_000, "2026-01-15")
    (held,) = log.statements("2026Q2")[ANN].lines
    assert (held.kind, held.rule, held.posted_minor) == ("held", "R64", 0)
    assert posted(log, "2026Q3") == [], "nothing is past the cap of a quarter that waits"
    log.lock("2026Q2")
    log.add(ANN, EnrolmentPlanAcknowledged(member_id=ANN, plan_id=PLAN, plan_version=2))
    assert posted(log, "2026Q3") == of_deals(("R30", 1, 50_000), ("R53", 1, 100_000))
