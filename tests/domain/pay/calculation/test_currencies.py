"""Sales in other currencies through the whole engine (R67): the rate of a named day, frozen; a missing one waits."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.accounting import RateDate
from tests.domain.pay.commission_stories import ANN, flat, tiered
from tests.domain.pay.pay_terms import KEEP, NET, RESTATE, WITH_CASH, at_rates
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid


def in_euros(component: Component, currency: str = "EUR", paid_in: str = "USD", **options: Any) -> TradeLog:
    """Ann's deal of 1,000.00 euros in a plan in dollars, won on 10 January."""
    log = TradeLog().plan(component, currency=paid_in, currencies=at_rates(**options)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10", currency=currency)
    return log


def test_a_sale_is_credited_at_the_rate_of_its_booking_whatever_the_rate_is_later() -> None:
    log = in_euros(flat("10"))
    log.rate("2026-01-10", "1.1")
    log.rate("2026-01-11", "2")
    assert lines_of(log, "2026Q1") == [("earning", 11_000)]


def test_the_last_rate_counts_until_the_next_one_and_not_for_ever() -> None:
    log = in_euros(flat("10"))
    log.rate("2025-12-10", "1.2")
    assert paid(log, "2026Q1") == 12_000, "31 days before"
    other = in_euros(flat("10"))
    other.rate("2025-12-09", "1.2")
    assert lines_of(other, "2026Q1") == [("held", 0)]


def test_a_missing_rate_is_waited_for_and_paid_as_a_correction_when_it_comes() -> None:
    log = in_euros(flat("10"))
    assert lines_of(log, "2026Q1") == [("held", 0)]
    log.lock("2026Q1")
    log.rate("2026-01-10", "1.1")
    assert lines_of(log, "2026Q2") == [("adjustment", 11_000)]


def test_a_corrected_rate_corrects_what_was_paid_with_it() -> None:
    log = in_euros(flat("10"))
    log.rate("2026-01-10", "1.1")
    assert log.lock("2026Q1")[ANN].total_minor == 11_000
    corrected_at = log.correct_rate("2026-01-10", "1.2")
    (line_,) = log.statements("2026Q2")[ANN].lines
    assert (line_.kind, line_.period, line_.posted_minor) == ("adjustment", "2026Q1", 1_000)
    assert line_.positions == (corrected_at,)


@pytest.mark.parametrize(
    ("rate_date", "fixed_on", "earned"),
    [
        ("booking", None, 11_000),
        ("invoice", None, 12_000),
        ("payment", None, 13_000),
        ("period_end", None, 14_000),
        ("plan_fixed", date(2026, 1, 2), 15_000),
    ],
)
def test_the_plan_says_which_days_rate_applies(rate_date: RateDate, fixed_on: date | None, earned: int) -> None:
    log = in_euros(flat("10"), rate_date=rate_date, fixed_on=fixed_on)
    log.agree(1, 100_000, on="2026-01-12", currency="EUR")
    log.invoice(1, 1, 100_000, on="2026-02-01", currency="EUR")
    log.pay(1, 100_000, "2026-03-01", invoice=1, currency="EUR")
    rates = {"2026-01-02": "1.5", "2026-01-10": "1.1", "2026-02-01": "1.2", "2026-03-01": "1.3", "2026-03-31": "1.4"}
    for on, rate in rates.items():
        log.rate(on, rate)
    assert paid(log, "2026Q1") == earned


def test_a_sale_waits_for_the_invoice_whose_rate_it_has() -> None:
    log = in_euros(flat("10"), rate_date="invoice")
    log.rate("2026-04-01", "1.2")
    log.agree(1, 100_000, on="2026-01-12", currency="EUR")
    assert lines_of(log, "2026Q1") == [("held", 0)]
    log.lock("2026Q1")
    log.invoice(1, 1, 100_000, on="2026-04-01", currency="EUR")
    assert lines_of(log, "2026Q2") == [("adjustment", 12_000)]


def test_a_pair_is_converted_the_other_way_round_or_through_a_base_only_where_the_plan_says_so() -> None:
    log = in_euros(flat("10"), inverse="allowed")
    log.rate("2026-01-10", "0.8", ("USD", "EUR"))
    assert paid(log, "2026Q1") == 12_500
    through = in_euros(flat("10"), base_currency="CNY")
    through.rate("2026-01-10", "8", ("EUR", "CNY"))
    through.rate("2026-01-10", "0.14", ("CNY", "USD"))
    assert paid(through, "2026Q1") == 11_200


@pytest.mark.parametrize(
    ("currency", "paid_in", "rate", "earned"),
    [
        ("JPY", "USD", "0.0065", 6_500),
        ("USD", "JPY", "150", 15_000),
        ("BHD", "USD", "2.65", 2_650),
        ("USD", "BHD", "0.377", 37_700),
    ],
)
def test_minor_units_are_those_of_each_currency(currency: str, paid_in: str, rate: str, earned: int) -> None:
    log = in_euros(flat("10"), currency, paid_in)
    log.rate("2026-01-10", rate, (currency, paid_in))
    assert paid(log, "2026Q1") == earned


def test_tiers_count_what_was_credited_in_the_plans_currency() -> None:
    log = in_euros(tiered("retroactive"))
    log.rate("2026-01-10", "80")
    assert paid(log, "2026Q1") == 240_000, "80,000.00 reach the second tier"


@pytest.mark.parametrize("terms", [KEEP, RESTATE])
def test_a_refund_is_taken_back_at_the_rate_at_which_the_sale_was_credited(terms: Any) -> None:
    log = in_euros(replace(flat("10"), clawback=terms))
    log.rate("2026-01-10", "1.1")
    log.pay(1, 100_000, "2026-01-20", deal=1, currency="EUR")
    assert log.lock("2026Q1")[ANN].total_minor == 11_000
    log.rate("2026-05-10", "3")
    log.refund(1, 100_000, "2026-05-10", deal=1)
    assert paid(log, "2026Q2") == -11_000


def test_cash_in_the_deals_currency_releases_its_share_at_the_frozen_rate() -> None:
    log = in_euros(replace(flat("10"), release=WITH_CASH))
    log.rate("2026-01-10", "1.1")
    log.rate("2026-02-10", "3")
    log.pay(1, 50_000, "2026-02-10", deal=1, currency="EUR")
    assert lines_of(log, "2026Q1") == [("earning", 11_000), ("withheld", -5_500)]


def test_each_payment_that_a_sale_is_attributed_to_has_the_rate_of_its_own_day_and_its_refund_the_same() -> None:
    log = in_euros(replace(flat("10"), attributed="payment"), rate_date="payment")
    log.rate("2026-02-10", "1.1")
    log.rate("2026-05-10", "1.2")
    log.rate("2026-08-10", "3")
    log.pay(1, 40_000, "2026-02-10", deal=1, currency="EUR")
    log.pay(2, 60_000, "2026-05-10", deal=1, currency="EUR")
    log.refund(1, 40_000, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [4_400, 7_200, -4_400]


def test_an_agreement_in_another_currency_than_its_deal_is_credited_in_its_own() -> None:
    log = TradeLog().plan(replace(flat("10"), base=NET), currencies=at_rates()).enrol(ANN)
    log.rate("2026-01-10", "1.1")
    log.sell(1, 110_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12", currency="EUR")
    assert lines_of(log, "2026Q1") == [("earning", 11_000)]


def test_agreements_of_a_deal_in_several_currencies_are_not_added_up() -> None:
    log = TradeLog().plan(replace(flat("10"), base=NET), currencies=at_rates()).enrol(ANN)
    log.sell(1, 110_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12", currency="EUR")
    log.agree(1, 100_000, on="2026-01-12", number=2)
    assert lines_of(log, "2026Q1") == [("held", 0)]


def test_a_plan_without_rules_for_currencies_lets_a_foreign_sale_wait() -> None:
    log = TradeLog().plan(flat("10")).enrol(ANN)
    log.rate("2026-01-10", "1.1")
    log.sell(1, 100_000, "2026-01-10", currency="EUR")
    assert lines_of(log, "2026Q1") == [("held", 0)]
