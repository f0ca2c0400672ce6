"""What the rules of pay do not take, each fault at its place, beside the nearest that they take."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeAlias

import pytest

from salesapi.domain.pay.rules import (
    accounting,
    award_measures,
    awards,
    clawbacks,
    contract_costs,
    draws,
    limits,
    pools,
    quotas,
    recognition,
    tables,
)
from salesapi.domain.pay.rules import commissionable_bases as bases
from salesapi.domain.pay.rules import plan_versions_and_leavers as leavers
from salesapi.domain.pay.rules.rate_rules import problem_of_rate_rules
from salesapi.domain.pay.rules.release import Clocks, problem_of_clocks, problem_of_expiry
from salesapi.domain.pay.rules.withholding import Holdback, problem_of_holdback, problem_of_instalments
from tests.domain.pay.calculation.test_rates import curve, matrix, payout, tier
from tests.domain.pay.rules.test_rules_accounting import conversion
from tests.domain.pay.rules.test_rules_award_measures import FORECAST, NPS, SPEED, bands, speed
from tests.domain.pay.rules.test_rules_awards import ITEMS, MARCH
from tests.domain.pay.rules.test_rules_clawbacks import STEPS, rule
from tests.domain.pay.rules.test_rules_commissionable_bases import LONG, PREPAID, RESIDUAL, TERMS, band, margins
from tests.domain.pay.rules.test_rules_draws import ADVANCE, DRAW, LAW
from tests.domain.pay.rules.test_rules_plan_versions_and_leavers import RESIGNED, leaver_rules
from tests.domain.pay.rules.test_rules_pools import pool_terms
from tests.domain.pay.rules.test_rules_quotas import SEASON, ramp
from tests.domain.pay.rules.test_rules_rate_rules import ALL, CATEGORY, NEWER, NORTH, PARTNER, PRODUCT
from tests.domain.pay.rules.test_rules_recognition import STAR, TITLE
from tests.domain.pay.rules.test_rules_refunds import limit
from tests.domain.pay.rules.test_rules_release import OVERDUE, expiry
from tests.domain.pay.rules.test_rules_withholding import AT_ONCE, BY_MONTH, part, parts_table

FLOOR: Final = draws.Guarantee(kind="guarantee", amount_minor=0, last_on=None, compared_with="payable")
HELD: Final = Holdback(share_percent=Decimal(10), wait=AT_ONCE, event=None, on_clawback="netted")
POOL: Final = pool_terms("equal")
POINTS: Final = replace(TITLE, kind="points", points=40)
BEYOND: Final = (Decimal(-1), Decimal("100.1"))
SMALLEST: Final = replace(
    MARCH, last_on=MARCH.first_on, unit_award_minor=1, budget_minor=1, winners_max=1, member_awards_max=1
)


def within(lowest: int, highest: int) -> pools.LeaderShares:
    return pools.LeaderShares(lowest_percent=Decimal(lowest), highest_percent=Decimal(highest), until_approved="equal")


def in_bands(*stated: bases.MarginBand) -> bases.MarginBandTable:
    return replace(margins(), bands=stated)


def prorated(
    basis: quotas.QuotaBasis, percents: tuple[Decimal, ...] = (), month_day: quotas.MonthDay | None = None
) -> quotas.Proration:
    return quotas.Proration(basis=basis, month_percents=percents, month_day=month_day)


JANUARY_FREE: Final = prorated("seasonal_weights", (Decimal(0), Decimal(5), *SEASON[2:]))

Problems: TypeAlias = dict[str | None, list[Any]]
"""What is asked for, by the place where it is refused; None: it is taken. After a colon stands how the reason begins."""

PROBLEMS: Final[dict[Callable[[Any], tables.Problem | None], Problems]] = {
    # R04: tables with holes
    tables.problem_of_tiers: {
        None: [(tier(0, 100, "2", "new", "3"), tier(100, None, "3", "all"))],
        "/tiers/1/rate_at_upper_percent": [(tier(0, 100, "2", "new"), tier(100, None, "3", "new", "4"))],
        "/tiers/1/lower: a tier that begins at 101 leaves a gap; it must begin at 100": [
            (tier(0, 100, "2", "new"), tier(101, None, "3", "new"))
        ],
    },
    # R12: curves that go back or cannot be continued
    tables.problem_of_curve: {
        None: [curve("continued")],
        "/points/1/attainment_percent": [payout((80, 80), (50, 50))],
        "/points/3/attainment_percent": [payout((50, 50), (80, 80), (80, 80), (80, 80))],
        "/above_last": [
            replace(payout((50, 50)), above_last="continued"),
            replace(payout((50, 50), (80, 80), (80, 80)), above_last="continued"),
        ],
    },
    # R14: a matrix with a missing cell
    tables.problem_of_matrix: {
        None: [matrix()],
        "/cells/1/rates_percent: 2 bands need as many rates, not 1": [
            replace(matrix(), cells=(matrix().cells[0], tables.MatrixRow(rates_percent=(Decimal(3),))))
        ],
    },
    # R22: the end of a period cannot say which period
    problem_of_clocks: {
        None: [Clocks(attribution="booking", release="period_end")],
        "/attribution": [Clocks(attribution="period_end", release="payment")],
    },
    # R26: an expiry that is out of order or keeps more later
    problem_of_expiry: {
        None: [OVERDUE, expiry((0, "0"))],
        "/steps": [expiry()],
        "/steps/1/after_days": [expiry((30, "80"), (30, "50"))],
        "/steps/1/kept_percent": [expiry((30, "80"), (60, "80"))],
        "/steps/0/kept_percent": [expiry((30, "100")), expiry((30, "-1"))],
        "/anchor": [expiry((30, "0"), anchor="payment"), expiry((30, "0"), anchor="period_end")],
    },
    # R27: instalments that do not add up or never come
    problem_of_instalments: {
        None: [parts_table(*BY_MONTH)],
        "/instalments": [parts_table(), parts_table(part("50"), part("49.99"))],
        "/instalments/0/share_percent": [parts_table(part("0"), part("100")), parts_table(part("101"))],
        "/instalments/1/wait": [parts_table(part("50"), part("50", None))],
        "/instalments/0/event": [parts_table(part("100", AT_ONCE, "payment"))],
    },
    # R28: a holdback without a share or an end
    problem_of_holdback: {
        None: [HELD, replace(HELD, share_percent=Decimal(100), wait=None, event="acceptance")],
        "/share_percent": [replace(HELD, share_percent=Decimal(percent)) for percent in ("0", "100.01")],
        "/wait": [replace(HELD, wait=None)],
        "/event": [replace(HELD, event="acceptance")],
    },
    # R29, R30: a limit of nothing
    partial(limits.problem_of_limit, pointer="/cap_minor"): {None: [1], "/cap_minor": [0, -1]},
    # R30: a cap on the rate that is no rate above nothing
    partial(limits.problem_of_rate_cap, pointer="/cap"): {
        None: [Decimal("6"), Decimal("0.0001"), Decimal("1000")],
        "/cap: a cap on the rate is above 0 percent": [Decimal(0), Decimal(-1)],
        "/cap: a rate lies between": [Decimal(1001), Decimal("NaN")],
    },
    # R31: guarantees of less than nothing
    draws.problem_of_guarantee: {None: [FLOOR], "/amount_minor": [replace(FLOOR, amount_minor=-1)]},
    # R33: a draw that cannot be recovered or pays less for more
    draws.problem_of_recoverable_draw: {
        None: [DRAW, replace(DRAW, kept_minimum_minor=900)],
        "/draw_minor": [replace(DRAW, draw_minor=0)],
        "/kept_minimum_minor": [replace(DRAW, kept_minimum_minor=899)],
        "/recovery_limit_percent": [replace(DRAW, recovery_limit_percent=Decimal(each)) for each in ("0", "100.1")],
    },
    # R34: an advance of nothing, and collection that nothing allows
    draws.problem_of_draw_in_advance: {
        None: [
            replace(ADVANCE, advance_minor=1),
            replace(ADVANCE, negative_end="collected", collection_allowed_by=LAW),
            replace(ADVANCE, on_leaving="collected", collection_allowed_by=LAW),
        ],
        "/advance_minor": [replace(ADVANCE, advance_minor=0)],
        "/collection_allowed_by": [
            replace(ADVANCE, negative_end="collected"),
            replace(ADVANCE, on_leaving="collected"),
            replace(ADVANCE, collection_allowed_by=LAW),
        ],
    },
    # R35: a campaign that contradicts itself
    awards.problem_of_spiff: {
        None: [SMALLEST],
        "/last_on": [replace(MARCH, last_on=date(2026, 2, 28))],
        "/unit_award_minor": [
            replace(MARCH, commission_multiplier=Decimal(2)),
            replace(MARCH, unit_award_minor=None),
            replace(MARCH, unit_award_minor=0),
        ],
        "/commission_multiplier": [replace(MARCH, unit_award_minor=None, commission_multiplier=Decimal(0))],
        "/budget_minor": [replace(MARCH, budget_minor=0)],
        "/winners_max": [replace(MARCH, winners_max=0)],
        "/member_awards_max": [replace(MARCH, member_awards_max=0)],
    },
    # R37: margin bands with a gap or an end
    bases.problem_of_margin_bands: {
        None: [margins()],
        "/bands": [in_bands()],
        "/bands/0/lower_percent": [in_bands(band("0", None, "1"))],
        "/bands/0/upper_percent": [
            in_bands(band(None, "20", "1")),
            in_bands(band(None, None, "1"), band("20", None, "2")),
        ],
        "/bands/1/lower_percent": [in_bands(band(None, "20", "1"), band("25", None, "2"))],
        "/bands/1/upper_percent": [in_bands(band(None, "20", "1"), band("20", "20", "2"), band("20", None, "3"))],
        "/bands/0/rate_percent": [in_bands(band(None, None, "1001"))],
    },
    # R38: rules of equal rank for the same sales; those that never meet, and a partner's sale in the north fits both
    problem_of_rate_rules: {
        None: [
            (ALL, NEWER, NORTH, replace(NORTH, region="south"), PARTNER, PRODUCT, replace(PRODUCT, product_key="s32"))
        ],
        "/1": [(ALL, replace(ALL, rate_percent=Decimal(9))), (NORTH, replace(PARTNER, priority=0))],
        "/1/product_key": [(CATEGORY, replace(CATEGORY, product_key=None))],
        "/0/product_key": [(replace(ALL, product_key="s27"),)],
        "/0/rate_percent": [(replace(ALL, rate_percent=Decimal(1001)),)],
    },
    # R39: contract terms that leave something open
    bases.problem_of_contract_terms: {
        None: [replace(TERMS, kickers=(replace(LONG, factor=Decimal(each)),)) for each in (0, 100)],
        "/bands": [replace(TERMS, bands=())],
        "/bands/0/from_months": [replace(TERMS, bands=TERMS.bands[1:])],
        "/bands/1/from_months": [replace(TERMS, bands=TERMS.bands[:1] * 2)],
        "/kickers/0": [replace(TERMS, kickers=(replace(LONG, term_months_min=None),))],
        "/kickers/1/factor": [replace(TERMS, kickers=(LONG, replace(PREPAID, factor=Decimal(-1))))],
    },
    # R40: a residual of no period or at no rate
    bases.problem_of_residual: {
        None: [replace(RESIDUAL, periods=None), replace(RESIDUAL, periods=1)],
        "/periods": [replace(RESIDUAL, periods=0)],
        "/rate_percent": [replace(RESIDUAL, rate_percent=Decimal(1001))],
    },
    # R41: weights that do not add up
    awards.problem_of_scorecard: {
        None: [ITEMS],
        "": [(), ITEMS[:2]],
        ": the weights add up to 99.99 percent, not to 100": [
            [awards.ScorecardItem(key=key, weight_percent=Decimal("33.33")) for key in "abc"]
        ],
        "/1/key": [(ITEMS[0], ITEMS[0])],
        "/2/weight_percent": [(*ITEMS[:2], replace(ITEMS[2], weight_percent=Decimal(0)))],
    },
    # R42: a pool below zero percent, bounds between which no share lies, and a division of the leader outside of them
    pools.problem_of_team_pool: {
        None: [POOL, replace(POOL, rate_percent=Decimal(0))],
        "/rate_percent": [replace(POOL, rate_percent=Decimal(percent)) for percent in (-1, 1001)],
    },
    pools.problem_of_leader_shares: {
        None: [within(0, 100), within(50, 50)],
        "/highest_percent": [within(51, 50), within(0, 0)],
    },
    partial(pools.problem_of_pool_shares, within(20, 60)): {
        None: [(Decimal(6), Decimal(2), Decimal(2))],
        "/0/points: a share of 70 percent lies outside 20 to 60": [(Decimal(7), Decimal(3))],
        "/2/points: a share of 10 percent lies outside 20 to 60": [(Decimal(5), Decimal(4), Decimal(1))],
        ": the share points add up to nothing: nobody could be paid": [(Decimal(0),)],
    },
    partial(pools.problem_of_pool_shares, within(-100, 200)): {"/0/points": [(Decimal(-1), Decimal(2))]},
    # R44: scores without a factor
    award_measures.problem_of_satisfaction: {
        None: [NPS, replace(NPS, bands=bands(("-100", "0"), ("100", "1")))],
        "/bands": [replace(NPS, bands=())],
        "/bands/0/from_score": [replace(NPS, bands=bands(("0", "1")))],
        "/bands/1/from_score": [
            replace(NPS, bands=bands(("-100", "1"), ("-100", "2"))),
            replace(NPS, bands=bands(("-100", "1"), ("101", "2"))),
        ],
        "/bands/0/factor": [replace(NPS, bands=bands(("-100", "-1")))],
    },
    # R45: days without a factor
    partial(award_measures.problem_of_collection_bands, pointer="/speed"): {
        None: [SPEED],
        "/speed": [()],
        "/speed/0/up_to_days": [speed((0, "1")), speed((None, "1"), (None, "0"))],
        "/speed/1/up_to_days": [speed((30, "1"), (30, "1"), (None, "0"))],
        "/speed/0/factor": [speed((30, "101"), (None, "0"))],
    },
    # R46: a forecast award that cannot be earned
    award_measures.problem_of_forecast_award: {
        None: [replace(FORECAST, deviation_percent_max=Decimal(0), periods=1, award_minor=1)],
        "/deviation_percent_max": [replace(FORECAST, deviation_percent_max=Decimal(-1))],
        "/periods": [replace(FORECAST, periods=0)],
        "/award_minor": [replace(FORECAST, award_minor=0)],
    },
    # R47: a redemption of more than the balance, or of nothing
    lambda points: recognition.problem_of_redemption(250, points=points): {None: [1, 250], "/points": [251, 0, -100]},
    lambda balance: recognition.problem_of_redemption(balance, points=1): {"/points": [-5, 0]},
    # R48: an award that contradicts itself, not one of a fixed amount, of points, or of no money
    recognition.problem_of_reward: {
        None: [STAR, replace(STAR, plan_id=None), TITLE, POINTS, replace(STAR, kind="spiff")],
        "/currency": [replace(STAR, currency=None)],
        "/period": [replace(STAR, period=None), replace(TITLE, period="2026Q1")],
        "/plan_id": [replace(TITLE, plan_id=STAR.plan_id)],
        "/points": [replace(STAR, points=3), replace(POINTS, points=None)],
        "/amount_minor": [replace(STAR, kind="points", points=3), replace(TITLE, kind="spiff")],
    },
    # R49: a clawback that contradicts itself
    clawbacks.problem_of_clawback: {
        None: [
            rule(),
            rule("partial", percent=Decimal(100)),
            rule("schedule", steps=STEPS),
            rule("unserved_term", unit="days"),
        ],
        "/triggers": [rule(triggers=("churn", "churn"))],
        "/percent": [
            rule("partial"),
            rule("full", percent=Decimal(5)),
            rule("partial", percent=Decimal(0)),
            rule("partial", percent=Decimal("100.1")),
        ],
        "/started_month": [rule("unserved_term"), rule("unserved_term", unit="days", started_month="served")],
        "/steps": [rule("schedule"), rule("full", steps=STEPS)],
        "/steps/1/until": [rule("schedule", steps=STEPS[1::-1]), rule("schedule", steps=STEPS[:2])],
        "/steps/0/percent": [rule("schedule", steps=(replace(STEPS[2], percent=Decimal(101)),))],
    },
    # R54: a recovery that would never end
    clawbacks.problem_of_recovery: {
        None: [limit("100", 1, 0), limit()],
        "/percent": [limit("0"), limit("100.5")],
        "/amount_minor": [limit(amount=0)],
        "/kept_minor": [limit(kept=-1)],
    },
    # R58: a proration that cannot divide a quota
    partial(quotas.problem_of_proration, kind="month"): {
        None: [
            prorated("calendar_days"),
            prorated("whole_months", month_day="last"),
            prorated("seasonal_weights", SEASON),
        ],
        "/month_day": [prorated("whole_months"), prorated("calendar_days", month_day="last")],
        "/month_percents": [
            prorated("seasonal_weights"),
            prorated("working_days", SEASON),
        ],
        "/month_percents: a year has 12 months, not 11": [prorated("seasonal_weights", SEASON[:11])],
        "/month_percents: the weights sum to 101": [prorated("seasonal_weights", (Decimal(3), *SEASON[1:]))],
        "/month_percents/0": [JANUARY_FREE, prorated("seasonal_weights", (Decimal(-2), Decimal(7), *SEASON[2:]))],
    },
    partial(quotas.problem_of_proration, kind="quarter"): {None: [JANUARY_FREE]},
    # R59: a ramp out of order
    quotas.problem_of_ramp: {
        None: [ramp((1, 0), (3, 50))],
        "/steps/1/through_month": [ramp((3, 0), (3, 50))],
        "/steps/0/percent": [ramp((1, -1))],
        "/after_percent": [replace(ramp((1, 0)), after_percent=Decimal(1_001))],
    },
    # R60: a reason of leaving without its one rule, or with more than all
    leavers.problem_of_leaver_rules: {
        None: [leaver_rules(RESIGNED)],
        "/7/reason: resignation has a rule already": [(*leaver_rules(RESIGNED), RESIGNED)],
        ": there is no rule for death": [leaver_rules(RESIGNED)[:-1]],
        "/0/earned_percent": [leaver_rules(replace(RESIGNED, earned_percent=each)) for each in BEYOND],
        "/0/released_later_percent": [leaver_rules(replace(RESIGNED, released_later_percent=each)) for each in BEYOND],
        "/0/pipeline_percent": [leaver_rules(replace(RESIGNED, pipeline_percent=each)) for each in BEYOND],
    },
    # R67: a conversion that could never find a rate
    accounting.problem_of_conversion: {
        None: [conversion(base="USD"), conversion("plan_fixed", fixed=date(2026, 1, 1))],
        "/fixed_on": [conversion("plan_fixed"), conversion("booking", fixed=date(2026, 1, 1))],
        "/base_currency": [conversion(base="XXX")],
    },
    # R70: a schedule by revenue that is not known of each month
    partial(contract_costs.problem_of_revenue, "straight_line", months=3): {None: [()], "": [(1, 1, 1)]},
    partial(contract_costs.problem_of_revenue, "by_revenue", months=3): {
        None: [(0, 0, 5)],
        "": [(1, 1), (0, 0, 0)],
        "/1": [(1, -1, 5)],
    },
}


@pytest.mark.parametrize(
    ("check", "asked", "expected"),
    [
        (check, asked, expected)
        for check, problems in PROBLEMS.items()
        for expected, every in problems.items()
        for asked in every
    ],
)
def test_what_a_rule_does_not_take_is_refused_at_its_place(
    check: Callable[[Any], tables.Problem | None], asked: object, expected: str | None
) -> None:
    problem = check(asked)
    if problem is None:
        assert expected is None
        return
    assert expected is not None, problem.reason
    pointer, _, reason = expected.partition(": ")
    assert problem.pointer == pointer
    assert problem.reason.startswith(reason)
