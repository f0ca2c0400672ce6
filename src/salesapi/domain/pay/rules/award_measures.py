"""Awards by what customers do: retention (R43), satisfaction (R44), collection speed (R45); and forecast accuracy (R46).

Amounts are exact minor units (`Fraction`), measures percent, dates business dates, days calendar days. A measure without
anything to divide by is None, never 0 or 100 percent; what None pays is stated by the plan. Nothing is rounded here.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.pay.rules.awards import Curve
from salesapi.domain.pay.rules.commissionable_bases import problem_of_factor
from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.dates import days_after
from salesapi.domain.shared.kernel import About, AmountMinor, record
from salesapi.domain.shared.money import Exact

BANDS_MAX: Final = 50
"""Most bands of one table."""
DAYS_MAX: Final = 3_650
"""Longest span of days that a table names."""
RESPONSES_MAX: Final = 1_000_000
"""Most answers that a plan can ask for."""
FORECAST_PERIODS_MAX: Final = 120
"""Longest run of periods that a plan can ask for."""

RetentionMeasure: TypeAlias = Literal["net_revenue_retention", "gross_revenue_retention", "expansion_rate"]
RenewalCreditDate: TypeAlias = Literal["signature", "notice"]
RenewalCounting: TypeAlias = Literal["count", "value"]
Unmeasured: TypeAlias = Literal["nothing", "target"]
CollectedFrom: TypeAlias = Literal["due_date", "invoice_date"]
Survey: TypeAlias = Literal["nps", "csat"]
TooFewResponses: TypeAlias = Literal["nothing", "neutral"]
UnmeasuredForecast: TypeAlias = Literal["breaks", "skipped"]
ForecastRepeat: TypeAlias = Literal["counts_anew", "every_period"]

_LOWEST_SCORE: Final[dict[Survey, int]] = {"nps": -100, "csat": 0}


@record
class RevenueCohort:
    """Recurring revenue of the customers at the start of a period, and what became of it; all four are positive amounts."""

    starting: Fraction
    churned: Fraction
    contracted: Fraction
    expanded: Fraction


@record
class RenewalTerm:
    """An agreement due for renewal: its value, what it was renewed for, and when that was noticed and signed."""

    ended_on: date
    due: Fraction
    renewed: Fraction
    noticed_on: date | None
    signed_on: date | None


@record
class SatisfactionBand:
    """The factor of scores from here on."""

    from_score: Annotated[Exact, About("Lowest score of the band; the first begins at -100 (NPS) or 0 (CSAT).")]
    factor: Annotated[Exact, About("Multiplies what is earned; 1 changes nothing, 0 is a shut gate.")]


@record
class SatisfactionTable:
    """A gate or multiplier by survey score."""

    survey: Annotated[Survey, About("`nps`: answers 0 to 10; `csat`: answers 1 to 5.")]
    responses_min: Annotated[int, Ge(1), Le(RESPONSES_MAX), About("Fewest answers that a score is taken from.")]
    too_few: Annotated[
        TooFewResponses, About("With fewer answers: `nothing` is paid, or the score changes nothing (`neutral`).")
    ]
    bands: Annotated[tuple[SatisfactionBand, ...], MinLen(1), MaxLen(BANDS_MAX), About("Bands by rising score.")]


@record
class CollectionBand:
    """The factor of payments up to this many days."""

    up_to_days: Annotated[
        Annotated[int, Ge(-DAYS_MAX), Le(DAYS_MAX)] | None,
        About("Last day of the band, inclusive; null for the last band, which is open."),
    ]
    factor: Annotated[Exact, About("Multiplies the commission on the payment; 1 changes nothing.")]


@record
class ForecastAwardTerms:
    """A fixed award for a run of accurate forecasts."""

    lead_days: Annotated[
        int,
        Ge(-366),
        Le(366),
        About("The last snapshot taken at least so many days before the period begins counts; 0: up to its first day."),
    ]
    deviation_percent_max: Annotated[Exact, About("Largest deviation in percent of the actual result, inclusive.")]
    periods: Annotated[int, Ge(1), Le(FORECAST_PERIODS_MAX), About("How many accurate periods in a row it takes.")]
    unmeasured: Annotated[
        UnmeasuredForecast, About("A period without forecast or result `breaks` the run or is `skipped`.")
    ]
    repeat: Annotated[
        ForecastRepeat,
        About("After an award the run `counts_anew`, or `every_period` that goes on with it is awarded."),
    ]
    award_minor: Annotated[AmountMinor, About("The award in minor units.")]


@record
class ForecastSnapshot:
    """The forecast for a period, and the day on which it was taken."""

    taken_on: date
    forecast: Fraction


@record
class ForecastStep:
    """One period of a run: how far off it was, how long the run is with it, what it earns."""

    deviation_percent: Fraction | None
    run: int
    earned: Fraction


def retention_percent(cohort: RevenueCohort, measure: RetentionMeasure) -> Fraction | None:
    """R43: NRR `(start - churn - contraction + expansion) / start`, GRR the same without expansion, or `expansion / start`.

    In percent of the starting cohort's recurring revenue; new customers count nowhere. None without a cohort.
    """
    if cohort.starting == 0:
        return None
    kept = cohort.starting - cohort.churned - cohort.contracted
    match measure:
        case "net_revenue_retention":
            part = kept + cohort.expanded
        case "gross_revenue_retention":
            part = kept
        case "expansion_rate":
            part = cohort.expanded
    return 100 * part / cohort.starting


def repurchase_rate(*, customers_before: AbstractSet[UUID], buyers: AbstractSet[UUID]) -> Fraction | None:
    """R43: buyers of the period who had bought before, in percent of all who had. None where nobody had."""
    if not customers_before:
        return None
    return Fraction(100 * len(customers_before & buyers), len(customers_before))


def renewal_credited_on(term: RenewalTerm, credit_date: RenewalCreditDate, late_days_max: int) -> date | None:
    """R43: the day that a renewal is credited on (signature or notice); None where it has none or comes too late.

    It is late after the term's last day and still counts for so many days; the last of them is inclusive.
    """
    credited_on = term.signed_on if credit_date == "signature" else term.noticed_on
    if credited_on is None or credited_on > days_after(term.ended_on, late_days_max):
        return None
    return credited_on


def renewal_rate(
    terms: Sequence[RenewalTerm], counting: RenewalCounting, credit_date: RenewalCreditDate, late_days_max: int
) -> Fraction | None:
    """R43: renewed in percent of what was due, by count or by value.

    A value counts up to what was due: what goes beyond is expansion, and would hide a loss elsewhere. None with nothing due.
    """
    renewed = [term for term in terms if renewal_credited_on(term, credit_date, late_days_max) is not None]
    if counting == "count":
        return Fraction(100 * len(renewed), len(terms)) if terms else None
    due = sum((term.due for term in terms), Fraction())
    return 100 * sum((min(term.renewed, term.due) for term in renewed), Fraction()) / due if due else None


def retention_award(percent: Fraction | None, curve: Curve, *, target: Fraction, unmeasured: Unmeasured) -> Fraction:
    """R43: `e = T * curve(measure) / 100` (R12); without a measure nothing or the target, as the plan says."""
    if percent is None:
        return target if unmeasured == "target" else Fraction()
    return target * curve(percent) / 100


def net_promoter_score(answers: Sequence[int]) -> Fraction | None:
    """R44: percent of promoters (9, 10) less percent of detractors (0 to 6): -100 to 100. None without an answer."""
    if not answers:
        return None
    promoters, detractors = sum(answer >= 9 for answer in answers), sum(answer <= 6 for answer in answers)
    return Fraction(100 * (promoters - detractors), len(answers))


def customer_satisfaction(answers: Sequence[int]) -> Fraction | None:
    """R44: percent of the answers that are 4 or 5 of 5. None without an answer."""
    return Fraction(100 * sum(answer >= 4 for answer in answers), len(answers)) if answers else None


def satisfaction_factor(table: SatisfactionTable, answers: Sequence[int]) -> Fraction:
    """R44: the factor of the highest band that the score reaches; a gate is a table with the factors 0 and 1.

    With fewer answers than the minimum there is no score: the factor is 0 (`nothing`) or 1 (`neutral`).
    """
    score = net_promoter_score(answers) if table.survey == "nps" else customer_satisfaction(answers)
    if score is None or len(answers) < table.responses_min:
        return Fraction(1 if table.too_few == "neutral" else 0)
    return Fraction([band for band in table.bands if band.from_score <= score][-1].factor)


def collection_speed(bands: Sequence[CollectionBand], days: int | None) -> Fraction:
    """R45: `k(days)`, the factor on what a payment releases: that of the first band that reaches so far.

    Each payment has its own days, negative where it came before the day that they are counted from: so a late rest does not
    lower what came early. 1 where there is no such day.
    """
    if days is None:
        return Fraction(1)
    return next(Fraction(band.factor) for band in bands if band.up_to_days is None or days <= band.up_to_days)


def forecast_that_counts(
    terms: ForecastAwardTerms, snapshots: Sequence[ForecastSnapshot], *, period_first_on: date
) -> Fraction | None:
    """R46: the forecast of the last snapshot taken by the cut-off day; None where there was none by then."""
    cut_off = days_after(period_first_on, -terms.lead_days)
    in_time = [snapshot for snapshot in snapshots if snapshot.taken_on <= cut_off]
    return max(in_time, key=lambda snapshot: snapshot.taken_on).forecast if in_time else None


def forecast_deviation(*, actual: Fraction, forecast: Fraction | None) -> Fraction | None:
    """R46: `100 * abs(actual - forecast) / actual`; None without a forecast, or an actual result above zero to divide by."""
    if forecast is None or actual <= 0:
        return None
    return 100 * abs(actual - forecast) / actual


def forecast_accuracy(terms: ForecastAwardTerms, deviations: Sequence[Fraction | None]) -> tuple[ForecastStep, ...]:
    """R46: `deviation <= x` for n periods in a row earns the award; one step for each period, oldest first."""
    steps: list[ForecastStep] = []
    run = 0
    for deviation in deviations:
        if deviation is not None:
            run = run + 1 if deviation <= terms.deviation_percent_max else 0
        elif terms.unmeasured == "breaks":
            run = 0
        is_measured = deviation is not None
        is_awarded = is_measured and run >= terms.periods
        earned = Fraction(terms.award_minor if is_awarded else 0)
        steps.append(ForecastStep(deviation_percent=deviation, run=run, earned=earned))
        if is_awarded and terms.repeat == "counts_anew":
            run = 0
    return tuple(steps)


def problem_of_satisfaction(table: SatisfactionTable) -> Problem | None:
    """R44: bands rise from the lowest possible score, below 100, with factors within bounds."""
    lowest = _LOWEST_SCORE[table.survey]
    if not table.bands:
        return Problem(pointer="/bands", reason="there is no band")
    for index, band in enumerate(table.bands):
        place = f"/bands/{index}"
        if index == 0 and band.from_score != lowest:
            reason = f"the first band begins at {lowest}, the lowest score, not at {band.from_score}"
            return Problem(pointer=f"{place}/from_score", reason=reason)
        if index > 0 and not table.bands[index - 1].from_score < band.from_score <= 100:
            return Problem(pointer=f"{place}/from_score", reason="scores rise from band to band, up to 100")
        if (found := problem_of_factor(band.factor, f"{place}/factor")) is not None:
            return found
    return None


def problem_of_collection_bands(bands: Sequence[CollectionBand], pointer: str) -> Problem | None:
    """R45: days rise from band to band, the last band and only it is open, factors are within bounds."""
    if not bands:
        return Problem(pointer=pointer, reason="there is no band")
    before: int | None = None
    for index, band in enumerate(bands):
        place = f"{pointer}/{index}/up_to_days"
        if (index == len(bands) - 1) != (band.up_to_days is None):
            return Problem(pointer=place, reason="the last band, and only it, is open (null)")
        if before is not None and band.up_to_days is not None and band.up_to_days <= before:
            return Problem(pointer=place, reason=f"a band after one up to day {before} ends later than that")
        if (found := problem_of_factor(band.factor, f"{pointer}/{index}/factor")) is not None:
            return found
        before = band.up_to_days
    return None


def problem_of_forecast_award(terms: ForecastAwardTerms) -> Problem | None:
    """R46: a deviation not below zero, at least one period, an award above zero."""
    if not terms.deviation_percent_max.is_finite() or terms.deviation_percent_max < 0:
        return Problem(pointer="/deviation_percent_max", reason="a deviation is not below 0 percent")
    if not 1 <= terms.periods <= FORECAST_PERIODS_MAX:
        return Problem(pointer="/periods", reason=f"a run takes between 1 and {FORECAST_PERIODS_MAX} periods")
    if terms.award_minor <= 0:
        return Problem(pointer="/award_minor", reason="an award is above 0")
    return None
