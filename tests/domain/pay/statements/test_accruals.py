"""What locked lines mean to finance (R69, R70), worked by hand. Amounts are minor units."""

from datetime import date
from typing import get_args

import pytest

from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.pay.rules.accounting import Movement, accrual_balances
from salesapi.domain.pay.statements.accruals import LockedLines, cost_minor, cost_on, movements_of
from salesapi.domain.shared.dates import DaySpan

SOLD_ON, Q1_ENDS, Q2_ENDS = date(2026, 2, 10), date(2026, 3, 31), date(2026, 6, 30)


def lines(kind: LineKind, posted: int, gone: int = 0, earned: date = SOLD_ON, payable: date = Q1_ENDS) -> LockedLines:
    """Lines of one kind."""
    return LockedLines(kind=kind, posted_minor=posted, gone_minor=gone, earned_on=earned, payable_on=payable)


EARNED, RELEASED = (SOLD_ON, "earned", 100), (Q1_ENDS, "released", 100)
EFFECTS: list[tuple[LineKind, list[tuple[date, str, int]], int]] = [
    ("earning", [EARNED, RELEASED], 100),
    ("uplift", [EARNED, RELEASED], 100),
    ("modifier", [EARNED, RELEASED], 100),
    ("limit", [EARNED, RELEASED], 100),
    ("held", [], 0),
    ("withheld", [RELEASED], 0),
    ("release", [RELEASED], 0),
    ("lapsed", [(Q1_ENDS, "cancelled", 7)], -7),
    ("cancelled", [(Q1_ENDS, "cancelled", 7)], -7),
    ("clawback", [(Q1_ENDS, "clawed_back", -100)], 100),
    ("adjustment", [EARNED, RELEASED], 100),
    ("release_adjustment", [RELEASED], 0),
    ("clawback_adjustment", [(Q1_ENDS, "clawed_back", -100)], 100),
    ("award", [EARNED, RELEASED], 0),
    ("guarantee", [EARNED, RELEASED], 0),
    ("draw", [EARNED, RELEASED], 0),
    ("recovery", [EARNED, RELEASED], 0),
]


@pytest.mark.parametrize(("kind", "expected", "cost"), EFFECTS)
def test_each_kind_of_line_moves_its_balances_and_adds_to_the_cost_of_its_deal(
    kind: LineKind, expected: list[tuple[date, str, int]], cost: int
) -> None:
    found = lines(kind, 100, 7)
    assert [(each.on, each.kind, each.amount_minor) for each in movements_of(found)] == expected
    assert cost_minor(found) == cost


def test_every_kind_of_line_has_its_effect() -> None:
    assert {kind for kind, *_ in EFFECTS} == set(get_args(LineKind))


def test_what_changes_the_cost_later_belongs_to_the_month_of_its_run() -> None:
    assert cost_on(lines("earning", 100)) == SOLD_ON
    assert cost_on(lines("clawback", -100)) == Q1_ENDS
    assert cost_on(lines("adjustment", -100)) == Q1_ENDS


def test_a_sale_is_accrued_when_it_is_won_due_when_its_quarter_ends_and_gone_when_it_is_paid() -> None:
    # 1,000 earned in February, 600 of it withheld. In the second quarter 300 are released, 300 lapse, 100 are taken back.
    settled = (
        lines("earning", 100_000),
        lines("withheld", -60_000),
        lines("release", 30_000, earned=Q2_ENDS, payable=Q2_ENDS),
        lines("lapsed", 0, 30_000, earned=Q2_ENDS, payable=Q2_ENDS),
        lines("clawback", -10_000, earned=Q2_ENDS, payable=Q2_ENDS),
    )
    paid = [(date(2026, 4, 15), 40_000), (date(2026, 7, 15), 20_000)]
    movements = [
        *(movement for each in settled for movement in movements_of(each)),
        *(Movement(on=on, kind="paid", amount_minor=amount_minor) for on, amount_minor in paid),
    ]
    year = DaySpan(effective_from=date(2026, 1, 1), effective_until=date(2027, 1, 1))
    balances = {
        each.on: (each.earned_not_payable_minor, each.payable_not_paid_minor)
        for each in accrual_balances(movements, year)
    }
    asked = ("2026-02-09", "2026-02-10", "2026-03-31", "2026-04-15", "2026-06-29", "2026-06-30", "2026-07-15")
    assert [balances[date.fromisoformat(on)] for on in asked] == [
        (0, 0),
        (100_000, 0),
        (60_000, 40_000),
        (60_000, 0),
        (60_000, 0),
        (0, 20_000),
        (0, 0),
    ]
