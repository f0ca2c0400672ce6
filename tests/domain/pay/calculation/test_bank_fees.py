"""R24 with bank fees: what the bank kept of a payment counts as paid or as unpaid, as the plan says."""

from dataclasses import replace
from typing import Any

from tests.domain.pay.commission_stories import ANN, flat
from tests.domain.pay.pay_terms import PAYMENT, WITH_CASH
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid

UNPAID = replace(WITH_CASH, payment=replace(PAYMENT, bank_fee="counts_as_unpaid"))
PAID = replace(WITH_CASH, payment=replace(PAYMENT, bank_fee="counts_as_paid"))


def ten_percent(**more: Any) -> TradeLog:
    """Ann has ten percent of a deal of 1,000.00, which is paid in February less 20.00 that the bank kept."""
    log = TradeLog().plan(replace(flat("10"), **more)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-02-10", deal=1, fee=2_000)
    return log


def test_a_fee_that_counts_as_paid_releases_with_the_rest() -> None:
    assert lines_of(ten_percent(release=PAID), "2026Q1") == [("earning", 10_000)]


def test_a_fee_that_counts_as_unpaid_releases_nothing_until_the_customer_pays_it() -> None:
    log = ten_percent(release=UNPAID)
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -200)]
    log.lock("2026Q1")
    log.pay(2, 2_000, "2026-05-10", deal=1)
    assert lines_of(log, "2026Q2") == [("release", 200)]


def test_each_part_of_a_receipt_carries_its_part_of_the_fee() -> None:
    log = TradeLog().plan(replace(flat("10"), release=UNPAID)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.sell(2, 300_000, "2026-01-10")
    log.pay(1, 100_000, "2026-02-10", deal=1, fee=4_000)
    log.pay(2, 400_000, "2026-05-10", deal=2, fee=40_000)
    assert paid(log, "2026Q1") == 9_600
    # 400,000 less a tenth are 360,000: more than the 300,000 that are due.
    assert paid(log, "2026Q2") == 30_000


def test_money_paid_back_takes_its_part_of_the_fee_along() -> None:
    log = ten_percent(release=UNPAID)
    log.lock("2026Q1")
    log.refund(1, 50_000, "2026-05-10", deal=1)
    assert lines_of(log, "2026Q2") == [("release", -4_900)]
    log.lock("2026Q2")
    log.refund(1, 50_000, "2026-08-10", deal=1)
    assert lines_of(log, "2026Q3") == [("release", -4_900)]


def test_a_sale_that_is_a_payment_releases_what_arrived_of_it() -> None:
    log = ten_percent(release=UNPAID, attributed="payment")
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -200)]
