"""Rules R43 to R46 at their bounds, worked by hand (amounts in minor units). Examples by hypothesis with fixed seeds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import award_measures as measures
from salesapi.domain.pay.rules.rates import payout_percent
from salesapi.domain.pay.rules.tables import CurvePoint, PayoutCurve
from tests.spec import uid

# R43

COHORT: Final = measures.RevenueCohort(
    starting=Fraction(200_000), churned=Fraction(20_000), contracted=Fraction(10_000), expanded=Fraction(50_000)
)


@pytest.mark.parametrize(
    ("measure", "percent"),
    [
        ("net_revenue_retention", 110),  # (200 - 20 - 10 + 50) / 200
        ("gross_revenue_retention", 85),  # (200 - 20 - 10) / 200
        ("expansion_rate", 25),  # 50 / 200
    ],
)
def test_retention_is_measured_on_the_starting_cohort(measure: measures.RetentionMeasure, percent: int) -> None:
    assert measures.retention_percent(COHORT, measure) == percent
    assert measures.retention_percent(replace(COHORT, starting=Fraction(0)), measure) is None


@given(st.tuples(*[st.integers(min_value=0, max_value=10**9)] * 4))
def test_gross_retention_never_exceeds_net_retention(amounts: tuple[int, int, int, int]) -> None:
    starting, churned, contracted, expanded = map(Fraction, amounts)
    cohort = measures.RevenueCohort(starting=starting + 1, churned=churned, contracted=contracted, expanded=expanded)
    gross = measures.retention_percent(cohort, "gross_revenue_retention")
    net = measures.retention_percent(cohort, "net_revenue_retention")
    expansion = measures.retention_percent(cohort, "expansion_rate")
    assert gross is not None
    assert expansion is not None
    assert gross <= 100
    assert net == gross + expansion


def test_only_customers_who_bought_before_can_buy_again() -> None:
    before = frozenset(uid(number) for number in (1, 2, 3))
    buyers = frozenset(uid(number) for number in (2, 9))  # customer 9 is new
    assert measures.repurchase_rate(customers_before=before, buyers=buyers) == Fraction(100, 3)
    assert measures.repurchase_rate(customers_before=frozenset(), buyers=buyers) is None


def renewal(due: int, renewed: int, noticed_on: date | None, signed_on: date | None) -> measures.RenewalTerm:
    return measures.RenewalTerm(
        ended_on=date(2026, 3, 31),
        due=Fraction(due),
        renewed=Fraction(renewed),
        noticed_on=noticed_on,
        signed_on=signed_on,
    )


SIGNED_LATE: Final = renewal(1_000, 1_500, noticed_on=date(2026, 3, 1), signed_on=date(2026, 4, 30))


@pytest.mark.parametrize(
    ("credit_date", "late_days_max", "credited_on"),
    [
        ("notice", 0, date(2026, 3, 1)),
        ("signature", 30, date(2026, 4, 30)),  # exactly thirty days after the term's last day
        ("signature", 29, None),
    ],
)
def test_a_late_renewal_counts_for_so_many_days_by_notice_or_signature(
    credit_date: measures.RenewalCreditDate, late_days_max: int, credited_on: date | None
) -> None:
    assert measures.renewal_credited_on(SIGNED_LATE, credit_date, late_days_max) == credited_on
    lost = replace(SIGNED_LATE, noticed_on=None, signed_on=None)
    assert measures.renewal_credited_on(lost, credit_date, late_days_max) is None


@pytest.mark.parametrize(
    ("counting", "late_days_max", "percent"),
    [
        ("count", 30, Fraction(200, 3)),
        ("count", 0, Fraction(100, 3)),
        ("value", 30, 45),  # (1,000 of 1,500 renewed, counted up to the 1,000 due, and 800) of 4,000
        ("value", 0, 20),
    ],
)
def test_renewals_are_counted_or_weighed(
    counting: measures.RenewalCounting, late_days_max: int, percent: Fraction
) -> None:
    reduced = renewal(2_000, 800, noticed_on=None, signed_on=date(2026, 3, 31))
    lost = renewal(1_000, 0, noticed_on=None, signed_on=None)
    assert measures.renewal_rate([SIGNED_LATE, reduced, lost], counting, "signature", late_days_max) == percent
    assert measures.renewal_rate([], counting, "signature", late_days_max) is None


@pytest.mark.parametrize(
    ("percent", "unmeasured", "award"),
    [
        ("89", "target", 0),
        ("90", "nothing", 5_000),
        ("95", "nothing", 7_500),
        ("120", "nothing", 10_000),
        (None, "nothing", 0),
        (None, "target", 10_000),
    ],
)
def test_retention_pays_by_its_curve(percent: str | None, unmeasured: measures.Unmeasured, award: int) -> None:
    points = tuple(
        CurvePoint(attainment_percent=Decimal(attained), payout_percent=Decimal(pays))
        for attained, pays in ((90, 50), (100, 100))
    )
    curve = partial(payout_percent, PayoutCurve(points=points, above_last="capped"))
    measured = None if percent is None else Fraction(percent)
    assert measures.retention_award(measured, curve, target=Fraction(10_000), unmeasured=unmeasured) == award


# R44


@pytest.mark.parametrize(
    ("answers", "score"),
    [((), None), ((9, 10), 100), ((0, 6), -100), ((7, 8), 0), ((10, 9, 8, 6), 25), ((10, 6, 6), Fraction(-100, 3))],
)
def test_nps_is_promoters_less_detractors(answers: tuple[int, ...], score: Fraction | None) -> None:
    assert measures.net_promoter_score(answers) == score


@pytest.mark.parametrize(
    ("answers", "score"), [((), None), ((4, 5), 100), ((1, 2, 3), 0), ((3, 4, 5), Fraction(200, 3))]
)
def test_csat_is_the_share_of_fours_and_fives(answers: tuple[int, ...], score: Fraction | None) -> None:
    assert measures.customer_satisfaction(answers) == score


def bands(*steps: tuple[str, str]) -> tuple[measures.SatisfactionBand, ...]:
    return tuple(
        measures.SatisfactionBand(from_score=Decimal(score), factor=Decimal(factor)) for score, factor in steps
    )


NPS: Final = measures.SatisfactionTable(
    survey="nps", responses_min=4, too_few="nothing", bands=bands(("-100", "0"), ("0", "1"), ("50", "1.2"))
)


@pytest.mark.parametrize(
    ("answers", "factor"),
    [
        ((6, 6, 6, 6), "0"),
        ((9, 6, 7, 8), "1"),  # exactly 0
        ((9, 9, 9, 6), "1.2"),  # exactly 50
        ((9, 9, 7, 6, 8), "1"),  # 20
        ((10, 10, 10, 10), "1.2"),
    ],
)
def test_the_score_reaches_a_factor(answers: tuple[int, ...], factor: str) -> None:
    assert measures.satisfaction_factor(NPS, answers) == Fraction(factor)


@pytest.mark.parametrize(("too_few", "factor"), [("nothing", 0), ("neutral", 1)])
@pytest.mark.parametrize("answers", [(), (10, 10, 10)])
def test_too_few_answers_give_no_score(
    answers: tuple[int, ...], too_few: measures.TooFewResponses, factor: int
) -> None:
    assert measures.satisfaction_factor(replace(NPS, too_few=too_few), answers) == factor
    csat = replace(NPS, survey="csat", too_few=too_few, bands=bands(("0", "0"), ("75", "1")))
    assert measures.satisfaction_factor(csat, (5, 5, 5, 1)) == 1  # three of four are exactly 75 percent


# R45


def speed(*steps: tuple[int | None, str]) -> tuple[measures.CollectionBand, ...]:
    return tuple(measures.CollectionBand(up_to_days=days, factor=Decimal(factor)) for days, factor in steps)


SPEED: Final = speed((0, "1.2"), (30, "1"), (90, "0.5"), (None, "0"))


@pytest.mark.parametrize(
    ("days_late", "earned"),
    [(-10, 480), (0, 480), (1, 400), (30, 400), (31, 200), (90, 200), (91, 0)],
)
def test_the_days_to_cash_pick_the_factor(days_late: int, earned: int) -> None:
    # 4 % of 10,000 are 400.
    assert 400 * measures.collection_speed(SPEED, days_late) == earned


def test_each_partial_payment_has_its_own_days() -> None:
    # 4 % of each: the one that bounced takes back its own factor.
    payments = ((5_000, -1), (3_000, 30), (2_000, 200), (-3_000, 30))
    assert [amount * measures.collection_speed(SPEED, days) / 25 for amount, days in payments] == [240, 120, 0, -120]


def test_without_a_day_to_count_from_there_is_no_factor() -> None:
    assert measures.collection_speed(SPEED, None) == 1


# R46

FORECAST: Final = measures.ForecastAwardTerms(
    lead_days=0,
    deviation_percent_max=Decimal(10),
    periods=3,
    unmeasured="breaks",
    repeat="counts_anew",
    award_minor=50_000,
)


@pytest.mark.parametrize(("lead_days", "counted"), [(0, 30), (1, 20), (14, 20), (15, 10), (60, None), (-5, 40)])
def test_the_last_forecast_by_the_named_lead_time_counts(lead_days: int, counted: int | None) -> None:
    taken = [(date(2026, 3, 1), 30), (date(2026, 2, 15), 20), (date(2026, 1, 31), 10), (date(2026, 3, 6), 40)]
    snapshots = [measures.ForecastSnapshot(taken_on=on, forecast=Fraction(amount)) for on, amount in taken]
    terms = replace(FORECAST, lead_days=lead_days)
    assert measures.forecast_that_counts(terms, snapshots, period_first_on=date(2026, 3, 1)) == counted


@pytest.mark.parametrize(
    ("actual", "forecast", "deviation"),
    [(100, 110, 10), (100, 90, 10), (100, 100, 0), (80, 100, 25), (0, 0, None), (-10, 5, None), (100, None, None)],
)
def test_a_deviation_is_measured_on_the_actual_result(actual: int, forecast: int | None, deviation: int | None) -> None:
    exact = None if forecast is None else Fraction(forecast)
    assert measures.forecast_deviation(actual=Fraction(actual), forecast=exact) == deviation


def awarded(
    deviations: list[int | None], unmeasured: measures.UnmeasuredForecast, repeat: measures.ForecastRepeat
) -> list[bool]:
    exact = [None if deviation is None else Fraction(deviation) for deviation in deviations]
    steps = measures.forecast_accuracy(replace(FORECAST, unmeasured=unmeasured, repeat=repeat), exact)
    return [step.earned == 50_000 for step in steps]


@pytest.mark.parametrize(
    ("deviations", "unmeasured", "repeat", "expected"),
    [
        ([10, 0, 10], "breaks", "counts_anew", "..x"),  # exactly on the bound
        ([10, 11, 10, 10, 10], "breaks", "counts_anew", "....x"),
        ([0, 0, 0, 0, 0, 0], "breaks", "counts_anew", "..x..x"),
        ([0, 0, 0, 0, 11, 0], "breaks", "every_period", "..xx.."),
        ([0, 0, None, 0], "breaks", "every_period", "...."),
        ([0, 0, None, 0], "skipped", "every_period", "...x"),
        ([0, 0, 0, None, 0], "skipped", "every_period", "..x.x"),  # an unmeasured period itself is never awarded
        ([], "breaks", "every_period", ""),
    ],
)
def test_accurate_forecasts_in_a_row_are_awarded(
    deviations: list[int | None],
    unmeasured: measures.UnmeasuredForecast,
    repeat: measures.ForecastRepeat,
    expected: str,
) -> None:
    assert awarded(deviations, unmeasured, repeat) == [mark == "x" for mark in expected]
