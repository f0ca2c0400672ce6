"""What a component of a plan may not say, each with the place and the words that it is refused with."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans.plan_components import Base, Component, FilterCondition, Gate, Release, SaleFilter
from salesapi.domain.pay.plans.plan_problems import problem_of_component
from salesapi.domain.pay.plans.plan_rates import DealAmount, FlatRate, RateMatrix, TargetBonus, UnitAmount
from salesapi.domain.pay.rules.award_measures import CollectionBand
from salesapi.domain.pay.rules.rate_rules import RateRules
from salesapi.domain.pay.rules.tables import CurvePoint, MatrixRow
from tests.domain.pay import plan_options as options
from tests.domain.pay.plan_options import CLAWBACK, CURVE, MARGIN, MATRIX, RATES, WITH_CASH, component, paying
from tests.domain.pay.plans.examples import check_problem

ZERO = Decimal(0)
TOO_HIGH = Decimal(1001)
WHOLE = replace(options.TIERS, tiers=(replace(options.TIERS.tiers[1], lower=ZERO),))
GAPPED = replace(options.TIERS, tiers=(options.TIERS.tiers[0], replace(options.TIERS.tiers[1], lower=Decimal(9**8))))
BY_MARGIN = RateMatrix(first="margin_percent", second="term_months", matrix=MATRIX.matrix)
ONE_CELL = replace(MATRIX.matrix, cells=(MATRIX.matrix.cells[0], MatrixRow(rates_percent=(Decimal(3),))))
FROM_20 = replace(options.MARGIN_BANDS, bands=options.MARGIN_BANDS.bands[1:])
FROM_24 = replace(options.CONTRACT_TERMS, bands=options.CONTRACT_TERMS.bands[1:])
FROM_80 = replace(options.SATISFACTION, bands=options.SATISFACTION.bands[1:])
SIXTY = replace(options.INSTALMENTS, instalments=options.INSTALMENTS.instalments[:1])
BOTH_ENDS = replace(options.HOLDBACK, event="acceptance")
FROM_PAYMENT = replace(options.EXPIRY, anchor="payment")


def bonus(*points: tuple[int, int]) -> TargetBonus:
    """A bonus with a curve through (attainment, payout)."""
    made = tuple(CurvePoint(attainment_percent=Decimal(at), payout_percent=Decimal(pays)) for at, pays in points)
    return TargetBonus(target_minor=100, curve=replace(CURVE, points=made))


def on_products(key: str | None, *any_of: str) -> SaleFilter:
    """A filter on products."""
    return SaleFilter(conditions=(FilterCondition(of="product_code", key=key, any_of=any_of),))


def on_bookings(**others: Any) -> Release:
    """A release at once, with something that belongs to cash."""
    return Release(on="booking", **others)


def clawing(rule: dict[str, Any], **others: Any) -> Component:
    """A component with a clawback that differs from the valid one."""
    return paying("flat", clawback=replace(CLAWBACK, rule=replace(CLAWBACK.rule, **rule), **others))


WITHOUT_CONDITION = SaleFilter(conditions=(FilterCondition(of="deal_attribute", any_of=("direct",)),))
OF_A_RATE = [
    (component(rate=DealAmount(amount_minor=0)), "/rate/amount_minor", "must be above 0, not 0"),
    (component(rate=UnitAmount(amount_minor=-1)), "/rate/amount_minor", "must be above 0, not -1"),
    (component(rate=FlatRate(rate_percent=TOO_HIGH)), "/rate/rate_percent", "between -1000 and 1000 percent"),
    (component(rate=GAPPED), "/rate/tiers/1/lower", "leaves a gap"),
    (
        component(rate=bonus((50, 0), (40, 1))),
        "/rate/curve/points/1/attainment_percent",
        "a point at 40 cannot follow one at 50",
    ),
    (component(rate=bonus((0, 10))), "/rate/curve/points", "pays nothing at 0 percent"),
    (component(rate=RateRules(rules=(options.RULE, options.RULE))), "/rate/rules/1", "it is as specific as rule 0"),
    (paying("margin_bands", rate=FROM_20), "/rate/bands/0/lower_percent", "must begin open"),
    (component(rate=FROM_24), "/rate/bands/0/from_months", "the first band begins at 0 months"),
    (
        paying("residual", rate=replace(options.RESIDUAL, rate_percent=TOO_HIGH)),
        "/rate/rate_percent",
        "between -1000 and 1000 percent",
    ),
    (
        component(rate=replace(MATRIX, second="attainment_percent")),
        "/rate/second",
        "rows and columns both stand for attainment_percent",
    ),
    (
        component(rate=replace(MATRIX, matrix=ONE_CELL)),
        "/rate/matrix/cells/1/rates_percent",
        "2 bands need as many rates, not 1",
    ),
]
OF_CREDIT = [
    (paying("flat", credit="sourcing"), "/sourcing", "belongs to the credit `sourcing`"),
    (paying("flat", sourcing=options.SOURCING), "/sourcing", "and to no other"),
    (
        paying("flat", credit="sourcing", sourcing=replace(options.SOURCING, kinds=("event", "event"))),
        "/sourcing/kinds/1",
        "event is named twice",
    ),
    (paying("flat", levels=2), "/levels", "send 1, not 2"),
    (paying("flat", only=SaleFilter()), "/only", "send null for all sales"),
    (paying("flat", only=WITHOUT_CONDITION), "/only/conditions/0/key", "deal_attribute needs the attribute's key"),
    (paying("flat", only=on_products("code", "s27")), "/only/conditions/0/key", "a product has no key"),
    (paying("flat", only=on_products(None, "s27", "s28", "s27")), "/only/conditions/0/any_of/2", "s27 is named twice"),
    (paying("flat", attributed="period_end"), "/attributed", "does not say which one"),
    (paying("residual", attributed="booking"), "/attributed", "send `invoice`"),
    (paying("contract_terms", base=MARGIN), "/base", "contract_terms says itself what is rated"),
    (paying("residual", base=MARGIN), "/base", "residual says itself what is rated"),
    (paying("flat", base=replace(MARGIN, cost_from=None)), "/base/cost_from", "a margin needs cost_from"),
    (
        paying("flat", base=replace(MARGIN, negative_margin=None)),
        "/base/negative_margin",
        "a margin needs negative_margin",
    ),
    (
        paying("flat", base=Base(kind="deal_amount", cost_from="catalogue")),
        "/base/cost_from",
        "cost_from belongs to the base `margin`, not to `deal_amount`",
    ),
    (
        paying("flat", base=Base(kind="agreement_net", negative_margin="block")),
        "/base/negative_margin",
        "negative_margin belongs to the base `margin`, not to `agreement_net`",
    ),
    (paying("margin_bands", base=None), "/base", "needs the base `margin`"),
    (paying("margin_bands", base=Base(kind="agreement_gross")), "/base/kind", "needs the base `margin`"),
    (component(rate=BY_MARGIN), "/base", "needs the base `margin`"),
    (
        paying("margin_bands", base=replace(MARGIN, negative_margin="block")),
        "/base/negative_margin",
        "it says block of a margin below zero, and margin_bands say zero",
    ),
    (paying("flat", counted_over="year_to_date"), "/counted_over", "neither tiers nor anything by attainment"),
]
OF_LIMITS = [
    (
        paying("flat", accelerator=options.ACCELERATOR, decelerator=options.DECELERATOR),
        "/rate/decelerator",
        "an accelerator and a decelerator",
    ),
    (
        component(rate=WHOLE, gate=Gate(attainment_percent=Decimal(50), pays="later_deals")),
        "/gate/pays",
        "let it pay `whole_period`",
    ),
    (paying("flat", override_percent_max=ZERO), "/override_percent_max", "above 0 percent"),
    (paying("tiers", override_percent_max=TOO_HIGH), "/override_percent_max", "no enrolment can agree"),
    (paying("flat", satisfaction=FROM_80), "/satisfaction/bands/0/from_score", "the first band begins at 0"),
]
OF_A_RELEASE = [
    (replace(WITH_CASH, payment=None), "/release/payment", "needs how cash counts"),
    (replace(WITH_CASH, order=None), "/release/order", "which part of the deal its cash pays first"),
    (on_bookings(payment=options.PAYMENT), "/release/payment", "belongs to a release on `payment`"),
    (on_bookings(order="in_order"), "/release/order", "belongs to a release on `payment`"),
    (on_bookings(expiry=options.EXPIRY), "/release/expiry", "belongs to a release on `payment`"),
    (on_bookings(speed=options.SPEED), "/release/speed", "belongs to a release on `payment`"),
    (replace(WITH_CASH, expiry=FROM_PAYMENT), "/release/expiry/anchor", "not counted from payment"),
    (replace(WITH_CASH, speed=(), speed_from="invoice_date"), "/release/speed_from", "without `speed`"),
    (
        replace(WITH_CASH, speed=(CollectionBand(up_to_days=9, factor=Decimal(1)),)),
        "/release/speed/0/up_to_days",
        "the last band, and only it, is open",
    ),
    (Release(on="invoice", instalments=options.INSTALMENTS), "/release/on", "send `booking`, not `invoice`"),
    (Release(instalments=SIXTY), "/release/instalments/instalments", "the shares add up to 60 percent"),
    (Release(holdback=BOTH_ENDS), "/release/holdback/event", "it has a wait and an event"),
]
OF_A_CLAWBACK = [
    (clawing({"percent": None}), "/clawback/rule/percent", "belongs to a partial clawback"),
    (clawing({}, non_payment_days=None), "/clawback/non_payment_days", "belong to the trigger `non_payment`"),
    (clawing({}, attainment="restate"), "/clawback/attainment", "let it `keep`"),
    (clawing({"triggers": ("churn",)}), "/clawback/non_payment_days", "and to no other"),
]
RELEASED = [(paying("flat", release=release), *rest) for release, *rest in OF_A_RELEASE]
COMPONENTS = [*OF_A_RATE, *OF_CREDIT, *OF_LIMITS, *RELEASED, *OF_A_CLAWBACK]


@pytest.mark.parametrize(("wrong", "pointer", "words"), COMPONENTS)
def test_a_component_that_leaves_something_open_is_refused_at_its_place(
    wrong: Component, pointer: str, words: str
) -> None:
    check_problem(problem_of_component(wrong), pointer, words=words)


@pytest.mark.parametrize("kind", RATES)
def test_every_kind_of_rate_can_be_published(kind: str) -> None:
    assert problem_of_component(paying(kind)) is None


@pytest.mark.parametrize(
    "valid",
    [
        paying("flat", credit="sourcing", sourcing=options.SOURCING, only=options.ONLY),
        paying("flat", credit="manager_override", levels=5, base=MARGIN),
        paying("flat", attributed="payment", release=WITH_CASH, clawback=CLAWBACK),
        paying("deal_amount", attributed="go_live", release=options.IN_PARTS, deal_cap_minor=1, cap_minor=1),
        paying("individual", decelerator=options.DECELERATOR, gate=options.GATE, satisfaction=options.SATISFACTION),
        paying("bonus", counted_over="year_to_date_rate"),
        component(rate=BY_MARGIN, base=MARGIN),
        paying("flat", gate=options.GATE, counted_over="year_to_date"),
        clawing({"triggers": ("refund",)}, non_payment_days=None),
    ],
)
def test_options_that_fit_together_can_be_published(valid: Component) -> None:
    assert problem_of_component(valid) is None
