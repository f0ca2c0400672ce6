"""What the terms of a version may not say beside its components, each with the place and the words that it is refused with."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans.compensation_plans import PlanTerms
from salesapi.domain.pay.plans.plan_components import QuotaRules
from salesapi.domain.pay.plans.plan_problems import problem_of_terms
from salesapi.domain.pay.plans.plan_rates import DealAmount
from salesapi.domain.pay.rules.quotas import Proration
from tests.domain.pay import plan_options as options
from tests.domain.pay.plan_options import component, paying, terms
from tests.domain.pay.plans.examples import check_problem

ZERO = Decimal(0)


def quotas(proration: Proration | None, **others: Any) -> PlanTerms:
    """Terms with rules on quotas."""
    return terms(quotas=QuotaRules(proration=proration, **others))


CONVERSION = options.CURRENCIES.conversion
FIXED = replace(options.CURRENCIES, conversion=replace(CONVERSION, rate_date="plan_fixed"))
UNKNOWN = replace(options.CURRENCIES, conversion=replace(CONVERSION, base_currency="XXQ"))
AT_NO_RATE = replace(options.CURRENCIES, conversion=replace(CONVERSION, fixed_on=date(2026, 1, 1)))
SUMMERLESS = Proration(
    basis="seasonal_weights", month_percents=tuple(Decimal(each) for each in (20, 20, 20, 20, 20, *[0] * 7))
)
BACKWARDS = replace(options.RAMP, steps=options.RAMP.steps[::-1])
TERMS = [
    (terms(paying("flat"), paying("tiers")), "/components/1/key", "its key is used twice"),
    (
        terms(paying("flat"), component(key="other", rate=DealAmount(amount_minor=0))),
        "/components/1/rate/amount_minor",
        "must be above 0, not 0",
    ),
    (terms(guarantee=options.GUARANTEE, draw=options.DRAW), "/draw", "not both"),
    (terms(guarantee=replace(options.GUARANTEE, amount_minor=-1)), "/guarantee/amount_minor", "must not be negative"),
    (terms(draw=replace(options.DRAW, draw_minor=0)), "/draw/draw_minor", "must be above 0"),
    (
        terms(guarantee=options.GUARANTEE, advance=options.ADVANCE),
        "/advance",
        "send a guarantee or an advance, not both",
    ),
    (terms(draw=options.DRAW, advance=options.ADVANCE), "/advance", "send a draw or an advance, not both"),
    (
        terms(recovery=options.RECOVERY, advance=options.ADVANCE),
        "/recovery",
        "an advance says itself what becomes of a negative end",
    ),
    (terms(advance=replace(options.ADVANCE, advance_minor=0)), "/advance/advance_minor", "must be above 0"),
    (
        terms(advance=replace(options.ADVANCE, collection_allowed_by=None)),
        "/advance/collection_allowed_by",
        "carried, not collected, unless a law or contract allows it",
    ),
    (
        terms(advance=replace(options.ADVANCE, negative_end="carried", on_leaving="forgiven")),
        "/advance/collection_allowed_by",
        "nothing is collected",
    ),
    (terms(currencies=FIXED), "/currencies/conversion/fixed_on", "belongs to the rate date"),
    (terms(currencies=AT_NO_RATE), "/currencies/conversion/fixed_on", "and to no other"),
    (terms(currencies=UNKNOWN), "/currencies/conversion/base_currency", "XXQ is not a currency"),
    (quotas(None), "/quotas", "send null for quotas as set"),
    (quotas(Proration(basis="whole_months")), "/quotas/proration/month_day", "belongs to whole months"),
    (quotas(SUMMERLESS), "/quotas/proration/month_percents/6", "the quarter that begins here has no weight"),
    (quotas(options.WORKING_DAYS), "/quotas/calendar_id", "a proration by working days"),
    (quotas(Proration(basis="calendar_days"), calendar_id=options.CALENDAR), "/quotas/calendar_id", "and to no other"),
    (quotas(None, ramp=BACKWARDS), "/quotas/ramp/steps/1/through_month", "further than"),
    (terms(leavers=options.LEAVERS[1:]), "/leavers", "there is no rule for resignation"),
    (terms(recovery=replace(options.RECOVERY, percent=ZERO)), "/recovery/percent", "more than 0"),
    (terms(correction_from_minor=0), "/correction_from_minor", "must be above 0, not 0"),
]


@pytest.mark.parametrize(("wrong", "pointer", "words"), TERMS)
def test_terms_that_leave_something_open_are_refused_at_their_place(wrong: PlanTerms, pointer: str, words: str) -> None:
    check_problem(problem_of_terms(wrong, "quarter"), pointer, words=words)


def test_a_plan_by_year_does_not_count_over_a_year_again() -> None:
    yearly = terms(paying("tiers", counted_over="year_to_date"))
    check_problem(problem_of_terms(yearly, "year"), "/components/0/counted_over", words="send `period`")
    assert problem_of_terms(yearly, "quarter") is None


@pytest.mark.parametrize("kind", ["month", "quarter", "year"])
def test_all_rules_of_a_plan_together_can_be_published(kind: Any) -> None:
    rules = {name: rule for name, rule in options.TERMS.items() if name not in ("guarantee", "advance")}
    assert problem_of_terms(terms(**rules), kind) is None
    assert problem_of_terms(terms(guarantee=options.GUARANTEE), kind) is None
    assert problem_of_terms(terms(advance=options.ADVANCE), kind) is None
