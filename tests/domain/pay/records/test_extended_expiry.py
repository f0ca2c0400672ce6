"""Extensions of the expiry of a deal's release (R26) through the whole engine: cash may come later, once somebody approved it.

Ann has 10 percent of a deal of 1,000.00 won on 1 March 2026. Cash after more than 30 days releases half, after more than 120
nothing: 31 March is the 30th day, 10 April the 40th, 15 April the 45th, 29 June the 120th.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesapi.domain.pay.rules.release import ExpiryStep, ExpiryTable
from salesapi.domain.pay.statements.live_statements import LiveStatements
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.commission_stories import ANN, PLAN, flat, posted, recomputed
from tests.domain.pay.pay_terms import WITH_CASH
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid
from tests.spec import uid

EXPIRES = replace(
    WITH_CASH,
    expiry=ExpiryTable(
        anchor="booking",
        steps=(
            ExpiryStep(after_days=30, kept_percent=Decimal(50)),
            ExpiryStep(after_days=120, kept_percent=Decimal(0)),
        ),
    ),
)


def late_deal() -> TradeLog:
    """The deal that is to be paid late; its first quarter withholds all."""
    log = planned()
    log.sell(1, 100_000, "2026-03-01")
    return log


def planned() -> TradeLog:
    """The plan without any deal."""
    log = TradeLog().plan(replace(flat("10"), release=EXPIRES)).enrol(ANN)
    return log


def quarter_of(on: str) -> str:
    """The quarter of a day of 2026."""
    return f"2026Q{(int(on[5:7]) + 2) // 3}"


def test_r26_cash_on_day_40_keeps_all_where_15_days_were_added_to_30_and_says_by_whose_approval() -> None:
    log = late_deal()
    asked_and_approved = log.extend(15)
    paid_at = log.pay(1, 100_000, "2026-04-10", deal=1)
    (line,) = log.statements("2026Q2")[ANN].lines
    assert (line.kind, line.rule, line.posted_minor) == ("release", "R24", 10_000)
    assert english(line) == "100 % payable of 100.00: 100.00 less 0.00 = 100.00 USD; expiry extended by 15 days"
    assert {*asked_and_approved, paid_at} <= set(line.positions)


@pytest.mark.parametrize(
    ("extensions", "paid_on", "kept_minor"),
    [
        ((), "2026-03-31", 10_000),
        ((), "2026-04-01", 5_000),
        ((15,), "2026-04-15", 10_000),
        ((15,), "2026-04-16", 5_000),
        ((10, 5), "2026-04-15", 10_000),
        ((10, 5), "2026-04-16", 5_000),
        ((), "2026-06-29", 5_000),
        ((), "2026-06-30", 0),
        ((1,), "2026-06-30", 5_000),
        ((3660,), "2026-12-31", 10_000),
    ],
)
def test_extensions_add_up_and_move_every_step_to_the_day(
    extensions: tuple[int, ...], paid_on: str, kept_minor: int
) -> None:
    log = late_deal()
    for number, days in enumerate(extensions):
        log.extend(days, award=0xE0 + number)
    log.pay(1, 100_000, paid_on, deal=1)
    assert paid(log, quarter_of(paid_on)) == kept_minor


def test_what_nobody_approved_and_what_is_of_another_deal_or_plan_extends_nothing() -> None:
    log = late_deal()
    log.extend(15, is_approved=False)
    log.extend(15, deal=2, award=0xE1)
    log.extend(15, award=0xE2, plan_id=uid(0xF2))
    log.pay(1, 100_000, "2026-04-10", deal=1)
    assert lines_of(log, "2026Q2") == [("release", 5_000), ("lapsed", 0)]
    assert "extended" not in english(log.statements("2026Q2")[ANN].lines[0])


def test_an_extension_that_was_approved_before_the_deal_was_won_counts() -> None:
    log = planned()
    log.extend(15)
    log.sell(1, 100_000, "2026-03-01")
    log.pay(1, 100_000, "2026-04-10", deal=1)
    assert lines_of(log, "2026Q2") == [("release", 10_000)]


def test_cash_in_time_says_nothing_of_an_extension_that_it_did_not_need() -> None:
    log = late_deal()
    positions = log.extend(15)
    log.pay(1, 40_000, "2026-03-20", deal=1)
    log.pay(2, 60_000, "2026-04-10", deal=1)
    _, withheld = log.statements("2026Q1")[ANN].lines
    (released,) = log.statements("2026Q2")[ANN].lines
    assert (withheld.posted_minor, released.posted_minor) == (-6_000, 6_000)
    assert not set(positions) & set(withheld.positions)
    assert "extended" not in english(withheld)
    assert set(positions) <= set(released.positions)
    assert "extended by 15 days" in english(released)


def test_each_payment_that_needed_the_extension_says_so_in_its_own_period() -> None:
    # Half on the 40th day keeps all of its 50.00; half on the 130th day keeps half of them in place of nothing.
    log = late_deal()
    positions = log.extend(15)
    log.pay(1, 50_000, "2026-04-10", deal=1)
    log.pay(2, 50_000, "2026-07-09", deal=1)
    assert (lines_of(log, "2026Q2"), lines_of(log, "2026Q3")) == (
        [("release", 5_000)],
        [("release", 2_500), ("lapsed", 0)],
    )
    for period in ("2026Q2", "2026Q3"):
        line = log.statements(period)[ANN].lines[0]
        assert set(positions) <= set(line.positions)
        assert english(line).endswith("; expiry extended by 15 days")


def test_what_an_extension_kept_within_the_period_of_the_sale_is_said_in_a_line_that_withholds_nothing() -> None:
    log = planned()
    log.sell(1, 100_000, "2026-01-10")
    positions = log.extend(15)
    log.pay(1, 100_000, "2026-02-19", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", 0)]
    withheld = log.statements("2026Q1")[ANN].lines[1]
    assert english(withheld) == "100 % payable of 100.00: 100.00 less 100.00 = 0.00 USD; expiry extended by 15 days"
    assert set(positions) <= set(withheld.positions)


def test_r53_a_closed_period_is_corrected_by_an_extension_that_was_approved_after_it() -> None:
    log = late_deal()
    log.lock("2026Q1")
    log.pay(1, 100_000, "2026-04-10", deal=1)
    assert [(each.kind, each.posted_minor, each.base_minor) for each in log.lock("2026Q2")[ANN].lines] == [
        ("release", 5_000, None),
        ("lapsed", 0, 5_000),
    ]
    _, approved_at = log.extend(15)
    released, gone = log.lock("2026Q3")[ANN].lines
    assert (released.kind, released.rule, released.period) == ("release_adjustment", "R53", "2026Q2")
    assert (released.posted_minor, released.positions) == (5_000, (approved_at,))
    assert english(released) == "2026Q2 payable part recomputed 100.00 less posted 50.00 = 50.00 USD"
    assert (gone.kind, gone.posted_minor, gone.base_minor) == ("cancelled", 0, -5_000)
    for period in ("2026Q1", "2026Q2", "2026Q3"):
        assert posted(log.ledger, period) == recomputed(log.ledger, period), "locked runs told what is known now"
    log.extend(30, award=0xE1)
    assert lines_of(log, "2026Q4") == [], "all was kept before"


def test_a_refund_takes_back_what_the_extension_had_kept() -> None:
    log = late_deal()
    positions = log.extend(15)
    log.pay(1, 100_000, "2026-04-10", deal=1)
    log.lock("2026Q2")
    log.refund(1, 100_000, "2026-07-20", deal=1)
    (line,) = log.statements("2026Q3")[ANN].lines
    assert (line.kind, line.posted_minor) == ("release", -10_000)
    assert set(positions) <= set(line.positions)


def test_a_live_statement_knows_an_extension_as_soon_as_a_run_would() -> None:
    log = late_deal()
    log.pay(1, 100_000, "2026-04-10", deal=1)
    for days, kept_minor in ((9, 5_000), (1, 10_000)):
        log.extend(days, award=0xE0 + days)
        found = LiveStatements(log.ledger, PLAN, period_named("2026Q2")).of(ANN)
        assert found.lines(first=1, last=10) == log.statements("2026Q2")[ANN].lines
        assert found.totals.total_minor == kept_minor
