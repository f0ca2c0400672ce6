"""R24: money in another currency than what is due counts as what it settles there."""

from dataclasses import replace

from salesapi.domain.cash.receipts import Settled
from tests.domain.pay.commission_stories import ANN, flat
from tests.domain.pay.pay_terms import WITH_CASH
from tests.domain.pay.trade_stories import TradeLog, lines_of


def sold() -> TradeLog:
    """Ann has ten percent of a deal of 1,000.00 dollars, payable with the cash."""
    log = TradeLog().plan(replace(flat("10"), release=WITH_CASH)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    return log


def test_money_in_another_currency_releases_by_what_it_settles() -> None:
    log = sold()
    log.pay(1, 355_000, "2026-02-10", deal=1, currency="CNY", settled=Settled(amount_minor=50_000, currency="USD"))
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -5_000)]


def test_money_in_another_currency_that_settles_nothing_of_what_is_due_releases_nothing() -> None:
    log = sold()
    log.pay(1, 355_000, "2026-02-10", deal=1, currency="CNY")
    log.pay(2, 355_000, "2026-02-10", deal=1, currency="CNY", settled=Settled(amount_minor=40_000, currency="EUR"))
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -10_000)]


def test_what_bounces_takes_back_what_it_had_settled() -> None:
    log = sold()
    log.pay(1, 355_000, "2026-02-10", deal=1, currency="CNY", settled=Settled(amount_minor=50_000, currency="USD"))
    log.lock("2026Q1")
    log.bounce(1, "2026-05-10")
    assert lines_of(log, "2026Q2") == [("release", -5_000)]
