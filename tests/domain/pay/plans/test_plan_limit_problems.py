"""What may not be published of upper limits (R29, R30), each with its place, and what may."""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.compensation_plans import PlanTerms
from salesapi.domain.pay.plans.plan_components import Component, Gate
from salesapi.domain.pay.plans.plan_problems import problem_of_component, problem_of_terms
from salesapi.domain.pay.plans.plan_rates import FlatRate
from tests.domain.pay import plan_options as options
from tests.domain.pay.plan_options import component, paying, terms
from tests.domain.pay.plans.examples import check_problem

UNKICKED = replace(options.CONTRACT_TERMS, kickers=(), rate_cap_percent=Decimal(4))
OF_COMPONENTS = [
    (paying("flat", cap_minor=0), "/cap_minor", "must be above 0"),
    (paying("flat", deal_cap_minor=0), "/deal_cap_minor", "must be above 0"),
    (paying("flat", cap_window="year"), "/cap_window", "belongs to a limit; send cap_minor"),
    (paying("flat", cap_excess="carried"), "/cap_excess", "belongs to a limit; send cap_minor"),
    (
        paying("flat", deal_cap_excess="deferred"),
        "/deal_cap_excess",
        "belongs to a limit; send deal_cap_minor, or `lost`",
    ),
    (
        paying("flat", deal_cap_split="cap_then_split"),
        "/deal_cap_split",
        "belongs to a limit; send deal_cap_minor, or `split_then_cap`",
    ),
    (paying("flat", line_limit_minor=0), "/line_limit_minor", "must be above 0"),
    (paying("bonus", line_limit_minor=1), "/line_limit_minor", "tell what a line earns"),
    (paying("tiers", line_limit_minor=1), "/line_limit_minor", "tiers by line"),
    (
        paying("flat", accelerator=options.ACCELERATOR, line_limit_minor=1),
        "/line_limit_minor",
        "only a flat or individual rate",
    ),
    (paying("flat", line_limit_excess="deferred"), "/line_limit_excess", "send line_limit_minor, or `lost`"),
    (
        component(
            rate=FlatRate(rate_percent=Decimal(5)),
            gate=Gate(attainment_percent=Decimal(50), pays="whole_period"),
            counted_over="year_to_date",
            deal_cap_minor=1,
            deal_cap_excess="deferred",
        ),
        "/deal_cap_excess",
        "no one period says what a deal is due",
    ),
    (paying("individual", rate_cap_percent=Decimal(0)), "/rate/rate_cap_percent", "above 0 percent"),
    (paying("flat", rate_cap_percent=Decimal(4)), "/rate/rate_cap_percent", "nothing moves"),
    (
        paying("flat", accelerator=options.ACCELERATOR, rate_cap_percent=Decimal("0.01")),
        "/rate/rate_cap_percent",
        "below the rate itself",
    ),
    (paying("contract_terms", rate=UNKICKED), "/rate/rate_cap_percent", "nothing moves"),
]
OF_PLANS = [
    (terms(cap_minor=0), "/cap_minor", "must be above 0, not 0"),
    (terms(cap_window="year"), "/cap_window", "belongs to a limit; send cap_minor"),
    (terms(cap_excess="carried"), "/cap_excess", "belongs to a limit; send cap_minor, or `lost`"),
    (terms(budget_minor=0), "/budget_minor", "must be above 0, not 0"),
]


@pytest.mark.parametrize(("wrong", "pointer", "words"), OF_COMPONENTS)
def test_a_limit_that_means_nothing_is_refused_at_its_place(wrong: Component, pointer: str, words: str) -> None:
    check_problem(problem_of_component(wrong), pointer, words=words)


@pytest.mark.parametrize(("wrong", "pointer", "words"), OF_PLANS)
def test_a_limit_of_the_plan_that_means_nothing_is_refused_at_its_place(
    wrong: PlanTerms, pointer: str, words: str
) -> None:
    check_problem(problem_of_terms(wrong, "quarter"), pointer, words=words)


def test_a_plan_by_year_has_no_cap_of_a_year_beside() -> None:
    by_component = terms(paying("flat", cap_minor=1, cap_window="year"))
    by_plan = terms(cap_minor=1, cap_window="year")
    for wrong, pointer in ((by_component, "/components/0/cap_window"), (by_plan, "/cap_window")):
        check_problem(problem_of_terms(wrong, "year"), pointer)
        assert problem_of_terms(wrong, "month") is None


@pytest.mark.parametrize(
    "valid",
    [
        paying("individual", rate_cap_percent=Decimal(9), cap_minor=1, cap_window="year", cap_excess="carried"),
        paying("flat", accelerator=options.ACCELERATOR, rate_cap_percent=Decimal(9)),
        paying("contract_terms", rate_cap_percent=Decimal(9)),
        paying("rules", line_limit_minor=1, line_limit_excess="deferred", deal_cap_split="cap_then_split"),
        paying("tiers", deal_cap_minor=1, deal_cap_excess="deferred", deal_cap_split="cap_then_split"),
    ],
)
def test_limits_that_fit_can_be_published(valid: Component) -> None:
    assert problem_of_component(valid) is None
