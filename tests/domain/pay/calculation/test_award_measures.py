"""Retention and forecasts of a plan on statements, worked by hand: which day counts, and what happens where nothing is known."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest

from salesapi.domain.cash.agreement_lines import AgreementLine, AgreementLineChange
from salesapi.domain.cash.agreements import (
    AgreementAmended,
    AgreementCancelled,
    AgreementDrafted,
    AgreementRenewed,
    AgreementSigned,
)
from salesapi.domain.pay.rules.award_measures import RenewalCounting
from salesapi.domain.selling.forecast_sheets import (
    ForecastCategory,
    ForecastEntry,
    ForecastSheetFrozen,
    ForecastSheetSnapshotTaken,
    ForecastSheetSubmitted,
    ForecastTotals,
)
from tests.domain.pay.award_options import RENEWAL, award, forecast, retention
from tests.domain.pay.award_stories import line_of, paid, with_award
from tests.domain.pay.commission_stories import ANN, BOB, Log
from tests.domain.pay.market_stories import customer_id
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog
from tests.spec import uid

HOTEL, CLINIC, SCHOOL, INN = 1, 2, 3, 4
YEAR_MINOR: Final = 365_000
"""10.00 for each day of 2025 or of 2026."""


# R43


def sign(
    log: Log,
    agreement: int,
    customer: int,
    year: int,
    amount_minor: int = YEAR_MINOR,
    *,
    on: str | None = None,
    currency: str = "USD",
) -> UUID:
    """An agreement without a deal over a calendar year, all of it recurring."""
    drafted = AgreementDrafted(
        title="Care",
        customer_id=customer_id(customer),
        deal_id=None,
        currency=currency,
        legal_entity=None,
        external_id=None,
    )
    log.add(uid(agreement), drafted)
    signed = AgreementSigned(
        lines=(AgreementLine(key="care", amount_minor=amount_minor, recurring=True),),
        instalments=(),
        starts_on=date(year, 1, 1),
        ends_on=date(year, 12, 31),
    )
    log.add(uid(agreement), signed, on or f"{year - 1}-12-20")
    return uid(agreement)


def kept(measured: Any, **options: Any) -> TradeLog:
    """Two customers of Ann's and one of Bob's, each with an agreement over 2025."""
    log = with_award(award("kept", retention=retention(measured, **options)))
    for number, owner in ((HOTEL, ANN), (CLINIC, ANN), (SCHOOL, BOB)):
        log.customer(number, owner=owner)
        sign(log, number, number, 2025)
    return log


@pytest.mark.parametrize(
    ("measured", "expected"),
    [("net_revenue_retention", 60_000), ("gross_revenue_retention", 50_000), ("expansion_rate", 0)],
)
def test_revenue_is_compared_between_the_day_before_and_the_last_day_of_the_period(
    measured: str, expected: int
) -> None:
    log = kept(measured)
    sign(log, 4, HOTEL, 2026, YEAR_MINOR * 6 // 5)
    amended = AgreementAmended(
        lines=(AgreementLineChange(key="care", amount_minor=-YEAR_MINOR),),
        instalments=(),
        effective_on=date(2026, 4, 1),
        reason="less",
    )
    log.add(uid(4), amended, "2026-02-01")
    assert paid(log) == expected, "20.00 a day fell to 12.00: one churned, the other has 2.00 more; April is later"


def test_the_line_of_retention_says_what_the_measure_pays() -> None:
    log = kept("net_revenue_retention")
    sign(log, 4, HOTEL, 2026, YEAR_MINOR * 6 // 5)
    line = line_of(log)
    assert (line.rule, english(line)) == ("R43", "net revenue retention of 60 % pays 60 % of 1,000.00 = 600.00 USD")


def test_revenue_that_was_kept_exactly_by_half_pays_at_the_first_point() -> None:
    log = kept("gross_revenue_retention")
    sign(log, 4, HOTEL, 2026)
    assert paid(log) == 50_000
    cancelled = AgreementCancelled(
        status_from="signed", effective_on=date(2026, 4, 1), fee_kept_minor=0, reason="closed"
    )
    log.add(uid(4), cancelled, "2026-03-01")
    assert paid(log) == 50_000, "it ends after the period"
    assert paid(log, "2026Q2") == 0


def test_an_amendment_changes_what_recurs_from_its_day_on() -> None:
    log = kept("net_revenue_retention")
    for agreement, customer in ((4, HOTEL), (5, CLINIC)):
        sign(log, agreement, customer, 2026)
    changes = (
        AgreementLineChange(key="care", amount_minor=-YEAR_MINOR // 5),
        AgreementLineChange(key="training", amount_minor=YEAR_MINOR),
        AgreementLineChange(key="support", amount_minor=YEAR_MINOR // 10, recurring=True),
    )
    amended = AgreementAmended(lines=changes, instalments=(), effective_on=date(2026, 3, 31), reason="other care")
    log.add(uid(4), amended, "2026-01-15")
    assert paid(log) == 95_000, "10.00 a day became 9.00 for one of two; training is charged once"


def test_revenue_in_another_currency_counts_nowhere() -> None:
    log = kept("gross_revenue_retention")
    sign(log, 4, HOTEL, 2026)
    sign(log, 5, HOTEL, 2025, currency="EUR")
    assert paid(log) == 50_000


def test_customers_are_those_of_the_first_day_of_the_period() -> None:
    log = kept("gross_revenue_retention")
    sign(log, 4, HOTEL, 2026)
    log.assign(CLINIC, BOB, "2026-01-01")
    assert paid(log) == 100_000


@pytest.mark.parametrize(("unmeasured", "expected"), [("nothing", 0), ("target", 100_000)])
def test_without_customers_nothing_or_the_target_is_paid(unmeasured: str, expected: int) -> None:
    made = award("kept", retention=retention("net_revenue_retention", unmeasured=unmeasured))
    assert paid(with_award(made)) == expected


@pytest.mark.parametrize(("signed_on", "expected"), [("2026-01-30", 50_000), ("2026-01-31", 0)])
@pytest.mark.parametrize("counting", ["count", "value"])
def test_a_renewal_counts_up_to_its_last_late_day(signed_on: str, expected: int, counting: RenewalCounting) -> None:
    log = kept("renewal_rate", renewal=replace(RENEWAL, counting=counting))
    renewing = sign(log, 4, HOTEL, 2026, 2 * YEAR_MINOR, on=signed_on)
    log.add(uid(1), AgreementRenewed(renewed_by=renewing), "2025-12-01")
    assert paid(log) == expected, "one of two; what goes beyond what was due hides no loss"
    assert paid(log, "2025Q4") == 0, "terms are judged once their late days are over"


def test_a_renewal_can_count_from_its_notice_on() -> None:
    log = kept("renewal_rate", renewal=replace(RENEWAL, credit_date="notice", late_days_max=0))
    renewing = sign(log, 4, HOTEL, 2026, on="2026-02-15")
    log.add(uid(1), AgreementRenewed(renewed_by=renewing), "2025-12-31")
    assert paid(log, "2025Q4") == 50_000


def test_a_cancelled_agreement_is_not_due_for_renewal() -> None:
    log = kept("renewal_rate", renewal=RENEWAL)
    cancelled = AgreementCancelled(status_from="signed", effective_on=date(2025, 6, 1), fee_kept_minor=0, reason="x")
    log.add(uid(2), cancelled, "2025-06-01")
    log.add(uid(1), AgreementRenewed(renewed_by=sign(log, 4, HOTEL, 2026)), "2025-12-01")
    assert paid(log) == 100_000


def test_a_customer_who_signs_again_in_the_period_bought_again() -> None:
    log = kept("repurchase_rate")
    sign(log, 4, HOTEL, 2026, on="2026-03-31")
    sign(log, 5, HOTEL, 2026, on="2026-03-31")
    log.customer(INN, owner=ANN)
    sign(log, 6, INN, 2026, on="2026-02-01")
    assert paid(log) == 50_000, "one of two; a new customer bought for the first time"


# R46


def expect(
    log: Log,
    period: str,
    amount_minor: int,
    on: str | None,
    *,
    best_case_minor: int = 0,
    currency: str = "USD",
) -> None:
    """Ann states a forecast and submits it the same day."""
    sheet = uid(SHEETS[period])
    categories: tuple[tuple[ForecastCategory, int], ...] = (("commit", amount_minor), ("best_case", best_case_minor))
    entries = tuple(
        ForecastEntry(deal_id=uid(0x600 + number), amount_minor=amount, category=category)
        for number, (category, amount) in enumerate(categories)
    )
    taken = ForecastSheetSnapshotTaken(owner_id=ANN, period=period, snapshot=1, currency=currency, entries=entries)
    log.add(sheet, taken, on)
    totals = ForecastTotals(commit_minor=amount_minor, best_case_minor=best_case_minor, pipeline_minor=0)
    log.add(sheet, ForecastSheetSubmitted(snapshot=1, totals=totals, currency=currency, note=None), on)


SHEETS: Final = {"2026Q1": 0x501, "2026Q2": 0x502, "2026Q3": 0x503}
FIRST_DAYS: Final = {"2026Q1": "2026-01-01", "2026Q2": "2026-04-01", "2026Q3": "2026-07-01"}


def foreseen(*exact: bool | None, **options: Any) -> TradeLog:
    """Quarters of 2026 from the first on, each with 10,000.00: forecast within 5 percent, not so, or not at all."""
    log = with_award(award("foreseen", forecast=forecast(**options)))
    for number, (hit, (period, on)) in enumerate(zip(exact, FIRST_DAYS.items(), strict=False), start=1):
        log.win(number, 1_000_000, on)
        if hit is not None:
            expect(log, period, 950_000 if hit else 949_999, on)
    return log


def test_a_run_of_accurate_forecasts_is_awarded_and_counts_anew() -> None:
    log = foreseen(True, True, True)
    assert [paid(log, period) for period in FIRST_DAYS] == [0, 30_000, 0]
    line = line_of(log, "2026Q2")
    assert english(line) == "forecast off by 5 %, at most 5 %, 2 of 2 periods in a row = 300.00 USD"


def test_every_further_period_of_a_run_is_awarded_where_the_plan_says_so() -> None:
    log = foreseen(True, True, True, repeat="every_period")
    assert [paid(log, period) for period in FIRST_DAYS] == [0, 30_000, 30_000]


def test_a_forecast_outside_of_the_band_breaks_the_run() -> None:
    log = foreseen(True, False, True)
    assert [paid(log, period) for period in FIRST_DAYS] == [0, 0, 0]


@pytest.mark.parametrize(("unmeasured", "expected"), [("breaks", 0), ("skipped", 30_000)])
def test_a_period_without_a_forecast_breaks_the_run_or_is_skipped(unmeasured: str, expected: int) -> None:
    log = foreseen(True, None, True, unmeasured=unmeasured)
    assert [paid(log, period) for period in FIRST_DAYS] == [0, 0, expected]


def test_a_forecast_that_comes_too_late_or_in_another_currency_or_undated_is_none() -> None:
    for on, currency in (("2026-01-02", "USD"), ("2026-01-01", "EUR"), (None, "USD")):
        log = with_award(award("foreseen", forecast=forecast(periods=1)))
        log.win(1, 1_000_000, "2026-02-01")
        expect(log, "2026Q1", 1_000_000, on, currency=currency)
        assert paid(log) == 0


def test_a_period_without_a_result_measures_nothing() -> None:
    log = with_award(award("foreseen", forecast=forecast(periods=1)))
    expect(log, "2026Q1", 0, "2026-01-01")
    assert paid(log) == 0


def test_of_two_forecasts_of_one_day_the_later_counts() -> None:
    log = with_award(award("foreseen", forecast=forecast(periods=1)))
    log.win(1, 1_000_000, "2026-02-01")
    expect(log, "2026Q1", 1, "2026-01-01")
    expect(log, "2026Q1", 1_000_000, "2026-01-01")
    assert paid(log) == 30_000


@pytest.mark.parametrize(
    ("stated_by", "scope", "expected"),
    [
        ("snapshot", "commit", 0),
        ("snapshot", "commit_and_best_case", 30_000),
        ("submission", "all", 30_000),
        ("frozen", "commit", 30_000),
        ("frozen", "all", 0),
    ],
)
def test_the_plan_says_which_statement_and_which_amounts_count(stated_by: str, scope: str, expected: int) -> None:
    log = with_award(award("foreseen", forecast=forecast(periods=1, stated_by=stated_by, scope=scope, lead_days=-30)))
    log.win(1, 1_000_000, "2026-02-01")
    expect(log, "2026Q1", 600_000, "2026-01-01", best_case_minor=400_000)
    totals = ForecastTotals(commit_minor=1_000_000, best_case_minor=400_000, pipeline_minor=0)
    frozen = ForecastSheetFrozen(owner_id=ANN, period="2026Q1", snapshot=1, totals=totals, currency="USD")
    log.add(uid(SHEETS["2026Q1"]), frozen, "2026-01-31")
    assert paid(log) == expected
