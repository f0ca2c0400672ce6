"""Collection speed through the whole engine (R45): a factor on what each payment releases, by its own days to the cash."""

from dataclasses import replace
from decimal import Decimal

from salesapi.domain.pay.plans.plan_components import Release
from salesapi.domain.pay.rules.award_measures import CollectionBand
from tests.domain.pay.commission_stories import ANN, flat
from tests.domain.pay.pay_terms import WITH_CASH
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid

BANDS = (
    CollectionBand(up_to_days=0, factor=Decimal("1.1")),
    CollectionBand(up_to_days=None, factor=Decimal("0.8")),
)
SOON = (CollectionBand(up_to_days=31, factor=Decimal("1.1")), CollectionBand(up_to_days=None, factor=Decimal("0.8")))
BY_DUE_DATE = replace(WITH_CASH, speed=BANDS)
BY_INVOICE = replace(WITH_CASH, speed=SOON, speed_from="invoice_date")


def invoiced(release: Release = BY_DUE_DATE) -> TradeLog:
    """Ann has ten percent of 1,000.00, won on 10 January, invoiced on 15 January and due on 15 February."""
    log = TradeLog().plan(replace(flat("10"), release=release)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12")
    log.invoice(1, 1, 100_000, on="2026-01-15", due="2026-02-15")
    return log


def test_r45_each_payment_has_a_factor_by_its_own_days_from_the_due_date() -> None:
    log = invoiced()
    log.pay(1, 60_000, "2026-02-15", invoice=1)
    log.pay(2, 40_000, "2026-05-15", invoice=1)
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -4_000), ("modifier", 600)]
    assert lines_of(log, "2026Q2") == [("release", 4_000), ("modifier", -800)]


def test_r45_a_refund_is_taken_back_at_the_factor_of_the_cash_that_it_pays_back() -> None:
    log = invoiced()
    log.pay(1, 100_000, "2026-02-15", invoice=1)
    log.lock("2026Q1")
    log.refund(1, 100_000, "2026-05-15", invoice=1)
    assert paid(log, "2026Q1") == 11_000
    assert paid(log, "2026Q2") == -11_000


def test_r45_the_line_says_what_the_cash_counts_for_and_by_which_factor() -> None:
    log = invoiced()
    log.pay(1, 60_000, "2026-02-15", invoice=1)
    log.pay(2, 40_000, "2026-05-15", invoice=1)
    said = [english(log.statements(period)[ANN].lines[-1]) for period in ("2026Q1", "2026Q2")]
    assert said == [
        "60.00 times 1.1 by days to cash: 66.00 less 60.00 = 6.00 USD",
        "40.00 times 0.8 by days to cash: 32.00 less 40.00 = -8.00 USD",
    ]


def test_r45_a_line_of_several_factors_says_what_they_come_to() -> None:
    log = invoiced(BY_INVOICE)
    log.pay(1, 60_000, "2026-02-15", invoice=1)
    log.pay(2, 40_000, "2026-02-16", invoice=1)
    assert english(log.statements("2026Q1")[ANN].lines[-1]) == (
        "100.00 times 0.98 by days to cash: 98.00 less 100.00 = -2.00 USD"
    )


def test_r45_days_are_counted_from_the_invoice_where_the_plan_says_so() -> None:
    # From 15 January 31 days end on 15 February.
    log = invoiced(BY_INVOICE)
    log.pay(1, 60_000, "2026-02-15", invoice=1)
    log.pay(2, 40_000, "2026-02-16", invoice=1)
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("modifier", 600 - 800)]


def test_r45_cash_for_the_deal_counts_from_its_first_invoice() -> None:
    log = invoiced(BY_INVOICE)
    log.invoice(2, 1, 50_000, on="2026-02-01")
    log.pay(1, 100_000, "2026-02-16", deal=1)
    assert paid(log, "2026Q1") == 8_000


def test_r45_without_an_invoice_there_is_no_factor_by_its_days() -> None:
    log = TradeLog().plan(replace(flat("10"), release=BY_INVOICE)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12", instalments=(("2026-01-15", 100_000),))
    log.pay(1, 100_000, "2026-03-16", deal=1)
    assert paid(log, "2026Q1") == 10_000


def test_r45_a_late_invoice_corrects_the_days_of_a_closed_period() -> None:
    log = invoiced(BY_INVOICE)
    log.pay(1, 100_000, "2026-02-20", deal=1)
    assert log.lock("2026Q1")[ANN].total_minor == 8_000
    log.void_invoice(1, 1, on="2026-04-10")
    log.invoice(2, 1, 100_000, on="2026-02-10")
    assert [(each.period, each.posted_minor) for each in log.lock("2026Q2")[ANN].lines] == [("2026Q1", 3_000)]
