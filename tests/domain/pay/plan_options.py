"""One valid value of every option of a plan, for the tests of what may be published and of how it reads."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from salesapi.domain.pay.plans import plan_components, plan_rates
from salesapi.domain.pay.plans.compensation_plans import PlanTerms
from salesapi.domain.pay.rules.accounting import Conversion
from salesapi.domain.pay.rules.award_measures import CollectionBand, SatisfactionBand, SatisfactionTable
from salesapi.domain.pay.rules.clawbacks import ClawbackRule, ClawbackStep, RecoveryLimit
from salesapi.domain.pay.rules.commissionable_bases import (
    ContractTermTable,
    MarginBand,
    MarginBandTable,
    ResidualTerms,
    TermBand,
    TermKicker,
)
from salesapi.domain.pay.rules.draws import DrawInAdvance, Guarantee, RecoverableDraw
from salesapi.domain.pay.rules.plan_versions_and_leavers import LEAVING_REASONS, LeaverRule
from salesapi.domain.pay.rules.quotas import Proration, Ramp, RampStep
from salesapi.domain.pay.rules.rate_rules import RateRule, RateRules
from salesapi.domain.pay.rules.release import ExpiryStep, ExpiryTable, PaymentRelease
from salesapi.domain.pay.rules.tables import Band, CurvePoint, Matrix, MatrixRow, PayoutCurve, Tier, TierTable
from salesapi.domain.pay.rules.withholding import Holdback, InstalmentTable, ReleaseInstalment, Wait

RATE_TABLE: Final = UUID(int=0x7A)
CALENDAR: Final = UUID(int=0xCA)

HALF: Final = Decimal("0.5")
TIERS: Final = TierTable(
    axis="amount",
    boundary="lower_inclusive",
    tiers=(
        Tier(lower=Decimal(0), upper=Decimal(8_000_000), rate_percent=Decimal(2), applies_to="new"),
        Tier(lower=Decimal(8_000_000), upper=None, rate_percent=Decimal(3), applies_to="all"),
    ),
)
CURVE: Final = PayoutCurve(
    points=tuple(CurvePoint(attainment_percent=Decimal(at), payout_percent=Decimal(at)) for at in (50, 100)),
    above_last="capped",
)
RULE: Final = RateRule(
    product_level="category",
    product_key="beds",
    region="north",
    customer_type=None,
    channel=None,
    priority=0,
    effective_from=None,
    rate_percent=Decimal(4),
)
MARGIN: Final = plan_components.Base(kind="margin", cost_from="agreement", negative_margin="zero")
MARGIN_BANDS: Final = MarginBandTable(
    denominator="price",
    boundary="lower_inclusive",
    base="margin",
    negative_margin="zero",
    undefined_rate_percent=Decimal(0),
    bands=(
        MarginBand(lower_percent=None, upper_percent=Decimal(20), rate_percent=Decimal(5)),
        MarginBand(lower_percent=Decimal(20), upper_percent=None, rate_percent=Decimal(8)),
    ),
)
CONTRACT_TERMS: Final = ContractTermTable(
    base="first_year",
    one_off="left_out",
    kicker_stacking="multiplied",
    bands=(
        TermBand(from_months=0, rate_percent=Decimal(6)),
        TermBand(from_months=24, rate_percent=Decimal(7)),
    ),
    kickers=(TermKicker(term_months_min=36, prepaid_percent_min=None, payment_days_max=None, factor=Decimal("1.2")),),
)
RESIDUAL: Final = ResidualTerms(rate_percent=Decimal(2), periods=12, owner_change="new_owner")
MATRIX: Final = plan_rates.RateMatrix(
    first="attainment_percent",
    second="term_months",
    matrix=Matrix(
        rows=(Band(lower=Decimal(0), upper=Decimal(100)), Band(lower=Decimal(100), upper=None)),
        columns=(Band(lower=Decimal(0), upper=Decimal(12)), Band(lower=Decimal(12), upper=None)),
        cells=(
            MatrixRow(rates_percent=(Decimal(1), Decimal(2))),
            MatrixRow(rates_percent=(Decimal(3), Decimal(4))),
        ),
    ),
)
ACCELERATOR: Final = plan_rates.Accelerator(above_attainment_percent=Decimal(100), factor=Decimal("1.5"))
DECELERATOR: Final = plan_rates.Decelerator(below_attainment_percent=Decimal(50), factor=HALF, slowed="below")
GATE: Final = plan_components.Gate(attainment_percent=Decimal(60), pays="later_deals")

RATES: Final[dict[str, plan_rates.Rate]] = {
    each.kind: each
    for each in (
        plan_rates.FlatRate(rate_percent=Decimal(5)),
        plan_rates.DealAmount(amount_minor=10_000),
        plan_rates.UnitAmount(amount_minor=500),
        plan_rates.IndividualRate(target_variable_minor=3_000_000),
        TIERS,
        plan_rates.TargetBonus(target_minor=900_000, curve=CURVE),
        RateRules(rules=(RULE,)),
        MARGIN_BANDS,
        CONTRACT_TERMS,
        RESIDUAL,
        MATRIX,
    )
}
"""Every kind of rate."""
MOVING: Final = ("accelerator", "decelerator", "rate_cap_percent")
"""Options of a rate itself."""
NEEDED_BY: Final[dict[str, dict[str, Any]]] = {
    "margin_bands": {"base": MARGIN},
    "residual": {"attributed": "invoice"},
}
"""What a kind of rate needs beside it."""

ONLY: Final = plan_components.SaleFilter(
    conditions=(
        plan_components.FilterCondition(of="product_category", any_of=("beds", "tables")),
        plan_components.FilterCondition(of="deal_attribute", key="channel", any_of=("direct",)),
    ),
    customer="new",
)
SOURCING: Final = plan_components.Sourcing(model="weighted", kinds=("meeting", "referral"), expires_after_days=90)
SATISFACTION: Final = SatisfactionTable(
    survey="csat",
    responses_min=5,
    too_few="neutral",
    bands=(
        SatisfactionBand(from_score=Decimal(0), factor=Decimal(0)),
        SatisfactionBand(from_score=Decimal(80), factor=Decimal(1)),
    ),
)
PAYMENT: Final = PaymentRelease(
    bank_fee="counts_as_paid", prepayment="releases_on_invoice", nothing_due="release_nothing"
)
EXPIRY: Final = ExpiryTable(
    anchor="invoice",
    steps=(ExpiryStep(after_days=90, kept_percent=Decimal(50)), ExpiryStep(after_days=180, kept_percent=Decimal(0))),
)
SPEED: Final = (
    CollectionBand(up_to_days=0, factor=Decimal("1.1")),
    CollectionBand(up_to_days=None, factor=Decimal("0.9")),
)
WITH_CASH: Final = plan_components.Release(on="payment", payment=PAYMENT, order="pro_rata", expiry=EXPIRY, speed=SPEED)
INSTALMENTS: Final = InstalmentTable(
    residual="last_part",
    on_churn="cancel_remaining",
    instalments=(
        ReleaseInstalment(share_percent=Decimal(60), wait=Wait(count=0, unit="days"), event=None),
        ReleaseInstalment(share_percent=Decimal(40), wait=None, event="acceptance"),
    ),
)
HOLDBACK: Final = Holdback(
    share_percent=Decimal(10), wait=Wait(count=12, unit="months"), event=None, on_clawback="netted"
)
IN_PARTS: Final = plan_components.Release(instalments=INSTALMENTS, holdback=HOLDBACK)
CLAWBACK: Final = plan_components.Clawback(
    rule=ClawbackRule(
        triggers=("cancellation", "non_payment"),
        anchor="booking",
        window=12,
        unit="months",
        window_end="included",
        share="partial",
        percent=Decimal(75),
    ),
    attainment="keep",
    non_payment_days=60,
)
SLIDING: Final = plan_components.Clawback(
    rule=ClawbackRule(
        triggers=("refund",),
        anchor="signature",
        window=90,
        unit="days",
        window_end="excluded",
        share="schedule",
        steps=(ClawbackStep(until=30, percent=Decimal(100)), ClawbackStep(until=90, percent=Decimal(50))),
    ),
    attainment="keep",
)
UNSERVED: Final = plan_components.Clawback(
    rule=ClawbackRule(
        triggers=("churn", "downgrade"),
        anchor="go_live",
        window=24,
        unit="months",
        window_end="included",
        share="unserved_term",
        started_month="served",
    ),
    attainment="keep",
)

ROUNDING: Final = plan_components.Rounding(scope="component", mode="half_even")
GUARANTEE: Final = Guarantee(kind="guarantee", amount_minor=200_000, last_on=None, compared_with="earned")
DRAW: Final = RecoverableDraw(
    draw_minor=90_000,
    last_on=None,
    compared_with="payable",
    kept_minimum_minor=None,
    recovery_limit_percent=Decimal(40),
    at_end="forgiven",
    on_leaving="still_owed",
)
ADVANCE: Final = DrawInAdvance(
    advance_minor=70_000,
    compared_with="payable",
    negative_end="collected",
    on_leaving="collected",
    collection_allowed_by="section 3 of the agreement",
)
CURRENCIES: Final = plan_components.CurrencyRules(
    rate_table_id=RATE_TABLE, conversion=Conversion(rate_date="booking", inverse="allowed", base_currency="EUR")
)
RAMP: Final = Ramp(
    steps=(RampStep(through_month=3, percent=Decimal(25)), RampStep(through_month=6, percent=Decimal(50))),
    after_percent=Decimal(100),
    counted_from="month_of_start",
)
WORKING_DAYS: Final = Proration(basis="working_days")
SEASONAL: Final = Proration(
    basis="seasonal_weights", month_percents=tuple(Decimal(each) for each in (*[5] * 4, *[10] * 8))
)
QUOTAS: Final = plan_components.QuotaRules(proration=WORKING_DAYS, calendar_id=CALENDAR, ramp=RAMP)
TAKEOVER: Final = plan_components.VersionTakeover(change="split_period", cumulative="continue")
LEAVERS: Final = tuple(
    LeaverRule(
        reason=reason,
        earned_percent=Decimal(90),
        released_later_percent=Decimal(50),
        released_later_days=180,
        pipeline_percent=Decimal(25),
        pipeline_days=30,
    )
    for reason in LEAVING_REASONS
)
RECOVERY: Final = RecoveryLimit(percent=Decimal(20), amount_minor=50_000, kept_minor=150_000, leaver="invoiced")

TERMS: Final[dict[str, Any]] = {
    "guarantee": GUARANTEE,
    "draw": DRAW,
    "advance": ADVANCE,
    "currencies": CURRENCIES,
    "quotas": QUOTAS,
    "takeover": TAKEOVER,
    "leavers": LEAVERS,
    "recovery": RECOVERY,
    "cap_minor": 5_000_000,
    "correction_from_minor": 100,
}
"""Every rule that holds for all components."""
OPENED: Final = date(2026, 1, 1)


def paying(kind: str, **options: Any) -> plan_components.Component:
    """A component with one kind of rate and what that needs, and these options of both."""
    moving: dict[str, Any] = {name: options.pop(name) for name in MOVING if name in options}
    return component(**{"rate": replace(RATES[kind], **moving)} | NEEDED_BY.get(kind, {}) | options)


def component(**options: Any) -> plan_components.Component:
    """A component with these options only."""
    return plan_components.Component(**{"key": "base", "name": "Base", "credit": "direct", **options})


def terms(*components: plan_components.Component, **rules: Any) -> PlanTerms:
    """Terms with these components, or with a flat rate, and these rules."""
    return PlanTerms(components=components or (paying("flat"),), rounding=ROUNDING, **rules)
