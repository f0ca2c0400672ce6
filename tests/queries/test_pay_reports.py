"""Accruals (R69) and contract costs (R70) of small locked runs, worked by hand on the real tables. Amounts are minor units."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.shared.kernel import FieldInvalid
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.queries.pay import reports_pay
from salesapi.queries.pay.reports_accruals import AccrualQuestion, accrual_groups
from salesapi.queries.pay.reports_contract_costs import ContractCostQuestion, contract_costs
from salesapi.queries.pay.reports_pay import AnswerTooLong, PayWindow
from salesapi.schemas.pay.finance_reports import ContractCosts
from tests.queries.locked_pay import (
    ANN,
    BOB,
    DEAL,
    MOVED,
    OTHER_DEAL,
    OTHER_PLAN,
    PLAN,
    Books,
    agreement,
    line,
    paid,
    run,
)
from tests.queries.read_tables import read_tables

DATABASE = "locked_pay_by_hand"
MINE = Scope(member_ids=frozenset({ANN}))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def books(postgresql: EmbeddedPostgreSQL) -> AsyncIterator[Books]:
    async with read_tables(postgresql, DATABASE) as tables:
        yield Books(tables)


def window(first: str, last: str) -> PayWindow:
    return PayWindow(first_on=date.fromisoformat(first), last_on=date.fromisoformat(last))


async def balances(
    books: Books, first: str, last: str, scope: Scope = EVERYTHING, **asked: Any
) -> dict[tuple[str | None, str], dict[str, tuple[int, int]]]:
    """The balances by name (or value) and currency, on each day on which they change."""
    question = AccrualQuestion(window=window(first, last), **asked)
    found = {}
    for group in await accrual_groups(books.pool, question, scope):
        steps: dict[str, tuple[int, int]] = {}
        for each in group.balances:
            standing = (each.earned_not_payable_minor, each.payable_not_paid_minor)
            if not steps or standing != list(steps.values())[-1]:
                steps[each.on.isoformat()] = standing
        found[group.key.label or group.key.value, group.currency] = steps
    return found


FEBRUARY = run(
    "2026-02",
    (ANN, (line("earning", 1_000, won="2026-02-10"), line("withheld", -600, won="2026-02-10"))),
    (BOB, (line("earning", 50, won="2026-02-20", deal=OTHER_DEAL),)),
)
MARCH = run(
    "2026-03",
    (
        ANN,
        (
            line("release", 400, won="2026-02-10"),
            line("lapsed", 0, gone=200, won="2026-02-10"),
            line("clawback", -100, won="2026-02-10"),
            line("award", 30, deal=None),
            line("adjustment", -10, period="2026-02"),
        ),
    ),
)


async def test_what_a_run_settles_stands_from_its_days_until_it_is_paid(books: Books) -> None:
    await books.record(FEBRUARY, MARCH, paid("2026-02", ANN, 400, "2026-03-16"))
    assert await balances(books, "2026-02-01", "2026-04-30", dimension="member") == {
        ("Ann", "CNY"): {
            "2026-02-01": (0, 0),
            "2026-02-10": (1_000, 0),
            "2026-02-28": (600, 400),
            "2026-03-16": (600, 0),
            # 400 released and 200 lapsed; 400 - 100 taken back + 30 - 10.
            "2026-03-31": (0, 320),
        },
        ("Bob", "CNY"): {"2026-02-01": (0, 0), "2026-02-20": (50, 0), "2026-02-28": (0, 50)},
    }


async def test_what_becomes_known_of_a_locked_period_counts_as_what_it_corrects(books: Books) -> None:
    known = (
        line("release_adjustment", 400),
        line("clawback_adjustment", -150),
        line("cancelled", 0, gone=200),
    )
    await books.record(FEBRUARY, run("2026-03", (ANN, known)))
    # 400 of the 600 that were withheld are released and 200 never are; of 400 + 400 that were payable 150 are taken back.
    assert (await balances(books, "2026-03-30", "2026-03-31", dimension="member"))["Ann", "CNY"] == {
        "2026-03-30": (600, 400),
        "2026-03-31": (0, 650),
    }


async def test_what_happened_before_opens_the_first_day_and_what_is_settled_is_not_shown(books: Books) -> None:
    await books.record(FEBRUARY, paid("2026-02", BOB, 50, "2026-03-01"))
    assert await balances(books, "2026-03-01", "2026-03-02", dimension="member") == {
        ("Ann", "CNY"): {"2026-03-01": (600, 400)}
    }
    assert await balances(books, "2026-01-01", "2026-02-09") == {}


async def test_balances_are_kept_apart_by_plan_and_currency(books: Books) -> None:
    abroad = run("2026-02", (ANN, (line("earning", 7),)), plan_id=OTHER_PLAN, currency="USD")
    await books.record(FEBRUARY, abroad, MOVED)
    assert await balances(books, "2026-03-01", "2026-03-01") == {
        ("abroad", "USD"): {"2026-03-01": (0, 7)},
        ("reps", "CNY"): {"2026-03-01": (600, 450)},
    }
    assert await balances(books, "2026-03-01", "2026-03-01", dimension="cost_centre") == {
        ("CC-1", "CNY"): {"2026-03-01": (600, 450)},
        ("CC-1", "USD"): {"2026-03-01": (0, 7)},
    }


async def test_who_sees_some_pay_sees_the_accruals_of_that(books: Books) -> None:
    await books.record(FEBRUARY, paid("2026-02", BOB, 50, "2026-03-01"))
    assert await balances(books, "2026-02-20", "2026-02-28", MINE) == {
        ("reps", "CNY"): {"2026-02-20": (1_000, 0), "2026-02-28": (600, 400)}
    }


async def test_only_locked_runs_are_accrued(books: Books) -> None:
    await books.record(run("2026-02", (ANN, (line("earning", 1_000),)), is_locked=False))
    assert await balances(books, "2026-02-01", "2026-03-31") == {}


async def test_a_payment_that_came_back_never_was_and_parts_add_up(books: Books) -> None:
    back = paid("2026-02", ANN, 400, "2026-03-02", came_back=True)
    again = paid("2026-02", ANN, 300, "2026-03-05", batch="B"), paid("2026-02", ANN, 100, "2026-03-09", batch="C")
    await books.record(FEBRUARY, back, *again)
    assert await balances(books, "2026-03-01", "2026-03-31", MINE) == {
        ("reps", "CNY"): {"2026-03-01": (600, 400), "2026-03-05": (600, 100), "2026-03-09": (600, 0)}
    }


@pytest.mark.parametrize(
    ("period", "won", "steps"),
    [
        ("2026-02", "2026-01-31", {"2026-02-28": (0, 10)}),
        ("2026Q1", "2026-01-31", {"2026-01-31": (10, 0), "2026-03-31": (0, 10)}),
        ("2026Q4", "2026-12-31", {"2026-12-31": (0, 10)}),
        ("2026", "2026-06-01", {"2026-06-01": (10, 0), "2026-12-31": (0, 10)}),
        ("2026", None, {"2026-12-31": (0, 10)}),
    ],
)
async def test_a_line_counts_on_the_day_of_its_sale_within_the_period_of_its_run_else_at_its_end(
    books: Books, period: str, won: str | None, steps: dict[str, tuple[int, int]]
) -> None:
    await books.record(run(period, (ANN, (line("earning", 10, won=won, period=period),))))
    found = await balances(books, "2026-01-01", "2026-12-31")
    assert found == {("reps", "CNY"): {"2026-01-01": (0, 0), **steps}}


@pytest.mark.parametrize(
    ("first", "last"), [("2026-03-02", "2026-03-01"), ("2016-01-01", "2026-01-08"), ("9999-12-30", "9999-12-31")]
)
def test_a_window_has_at_least_a_day_and_at_most_ten_years(first: str, last: str) -> None:
    with pytest.raises(FieldInvalid):
        window(first, last)


async def test_an_answer_is_bounded(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    await books.record(FEBRUARY, agreement(1, DEAL, starts="2026-01-01", ends="2026-12-31"))
    monkeypatch.setattr(reports_pay, "ITEMS_MAX", 30)
    assert len(await accrual_groups(books.pool, AccrualQuestion(window=window("2026-02-01", "2026-03-02")), MINE)) == 1
    with pytest.raises(AnswerTooLong):
        await balances(books, "2026-02-01", "2026-03-03")
    monkeypatch.setattr(reports_pay, "ITEMS_MAX", 3)
    with pytest.raises(AnswerTooLong):
        await costs(books, "2026-01", "2026-12")


async def costs(books: Books, first: str, last: str, scope: Scope = EVERYTHING, **asked: Any) -> ContractCosts:
    """The report over whole months."""
    days = PayWindow(first_on=date.fromisoformat(f"{first}-11"), last_on=date.fromisoformat(f"{last}-15"))
    return await contract_costs(books.pool, ContractCostQuestion(window=days, **asked), scope, position=0)


def months_of(answer: ContractCosts) -> list[tuple[str, int, int, int, int]]:
    """The months of the one deal."""
    (deal,) = answer.deals
    return [
        (each.month, each.added_minor, each.expense_minor, each.impairment_minor, each.carrying_minor)
        for each in deal.months
    ]


YEARLY = agreement(1, DEAL, starts="2026-02-01", ends="2028-01-31")
"""24 months."""
EARNED = run("2026-02", (ANN, (line("earning", 2_400, won="2026-02-10"),)))


async def test_a_cost_is_amortised_over_the_term_of_the_agreement(books: Books) -> None:
    await books.record(EARNED, YEARLY)
    found = await costs(books, "2026-01", "2026-04")
    assert months_of(found) == [
        ("2026-02", 2_400, 100, 0, 2_300),
        ("2026-03", 0, 100, 0, 2_200),
        ("2026-04", 0, 100, 0, 2_100),
    ]
    assert (found.deals[0].deal_id, found.deals[0].benefit_months, found.deals[0].currency) == (DEAL, 24, "CNY")
    assert months_of(await costs(books, "2028-01", "2030-12")) == [("2028-01", 0, 100, 0, 0)]
    assert (await costs(books, "2028-02", "2030-12")).deals == ()
    assert (await costs(books, "2026-01", "2026-01")).deals == ()


async def test_the_benefit_period_and_the_expedient_can_be_asked_for(books: Books) -> None:
    await books.record(EARNED, YEARLY)
    assert months_of(await costs(books, "2026-02", "2026-02", benefit_months=12)) == [("2026-02", 2_400, 200, 0, 2_200)]
    at_once = await costs(books, "2026-02", "2026-03", benefit_months=12, expedient="elected")
    assert months_of(at_once) == [("2026-02", 2_400, 2_400, 0, 0)]
    assert months_of(await costs(books, "2026-02", "2026-02", expedient="elected")) == [
        ("2026-02", 2_400, 100, 0, 2_300)
    ]


@pytest.mark.parametrize(("taken", "lost"), [("clawback", "lapsed"), ("clawback_adjustment", "cancelled")])
async def test_what_is_withheld_is_a_cost_all_the_same_and_what_is_taken_back_lowers_it(
    books: Books, taken: LineKind, lost: LineKind
) -> None:
    held = run("2026-02", (ANN, (line("earning", 2_400, won="2026-02-10"), line("withheld", -1_000))))
    later = run("2026-08", (ANN, (line(taken, -660), line(lost, 0, gone=300), line("release", 700))))
    await books.record(held, later, YEARLY)
    # 600 in six months; of 1,440 it would be 60 a month: 240 come back, and 60 are August's own.
    assert months_of(await costs(books, "2026-07", "2026-09")) == [
        ("2026-07", 0, 100, 0, 1_800),
        ("2026-08", -960, -180, 0, 1_020),
        ("2026-09", 0, 60, 0, 960),
    ]


async def test_a_deal_whose_agreements_are_all_cancelled_is_written_off(books: Books) -> None:
    ended = agreement(1, DEAL, starts="2026-02-01", ends="2028-01-31", cancelled="2026-03-20")
    await books.record(EARNED, ended)
    expected = [("2026-02", 2_400, 100, 0, 2_300), ("2026-03", 0, 100, 2_200, 0)]
    found = await costs(books, "2026-01", "2027-12")
    assert months_of(found) == expected
    assert found.deals[0].ended_on == date(2026, 3, 20)
    await books.record(EARNED, ended, agreement(2, DEAL, starts="2026-02-01", ends="2027-01-31"))
    assert months_of(await costs(books, "2026-03", "2026-03")) == [("2026-03", 0, 100, 0, 2_200)]
    await books.record(EARNED, agreement(1, DEAL, starts="2026-02-01", ends="2028-01-31", cancelled="always"))
    assert months_of(await costs(books, "2026-01", "2027-12")) == [("2026-02", 2_400, 100, 2_300, 0)]


async def test_all_who_are_paid_for_a_deal_cost_it_and_what_is_paid_beside_deals_does_not(books: Books) -> None:
    both = run(
        "2026-02",
        (ANN, (line("earning", 2_000, won="2026-02-10"), line("award", 500, deal=None))),
        (BOB, (line("earning", 500, won="2026-02-10"), line("limit", -100, won="2026-02-10"))),
    )
    abroad = run("2026-02", (ANN, (line("earning", 24, won="2026-02-10"),)), plan_id=OTHER_PLAN, currency="USD")
    await books.record(both, abroad, YEARLY)
    found = await costs(books, "2026-02", "2026-02")
    assert [(each.currency, each.months[0].added_minor, each.months[0].expense_minor) for each in found.deals] == [
        ("CNY", 2_400, 100),
        ("USD", 24, 1),
    ]
    assert months_of(await costs(books, "2026-02", "2026-02", plan_id=PLAN))[0][1] == 2_400
    mine = await costs(books, "2026-02", "2026-02", MINE, plan_id=PLAN)
    assert months_of(mine)[0][1] == 2_000


@pytest.mark.parametrize(
    ("agreed", "left_out"),
    [
        ((), (1, 0)),
        (agreement(1, DEAL, signed=None), (1, 0)),
        (agreement(1, DEAL, starts="2026-02-01"), (0, 1)),
        (agreement(1, DEAL, signed="2026-02-01", ends="2028-01-31"), (0, 0)),
        ((*YEARLY, *agreement(2, DEAL, starts="2026-02-01")), (0, 1)),
    ],
    ids=["none", "a draft", "open", "from the day of signing", "one of two open"],
)
async def test_deals_without_an_agreement_or_a_term_are_counted_apart(
    books: Books, agreed: tuple[Any, ...], left_out: tuple[int, int]
) -> None:
    await books.record(EARNED, agreed)
    found = await costs(books, "2026-02", "2026-02")
    assert (found.without_agreement, found.without_term) == left_out
    assert len(found.deals) == (left_out == (0, 0))
    given = await costs(books, "2026-02", "2026-02", benefit_months=24)
    assert (given.without_agreement, given.without_term) == (left_out[0], 0)


async def test_one_deal_can_be_asked_for(books: Books) -> None:
    await books.record(FEBRUARY, YEARLY, agreement(2, OTHER_DEAL, starts="2026-02-01", ends="2026-03-31"))
    assert [each.deal_id for each in (await costs(books, "2026-02", "2026-02")).deals] == [DEAL, OTHER_DEAL]
    assert [each.deal_id for each in (await costs(books, "2026-02", "2026-02", deal_id=OTHER_DEAL)).deals] == [
        OTHER_DEAL
    ]


async def test_a_cost_can_be_amortised_by_the_revenue_that_payment_plans_tell(books: Books) -> None:
    planned = agreement(
        1, DEAL, starts="2026-02-01", ends="2026-04-30", dues=(("2026-01-31", 100), ("2026-03-01", 500))
    )
    other = agreement(2, DEAL, starts="2026-02-01", ends="2026-04-30", dues=(("2026-04-30", 600),))
    await books.record(EARNED, planned, other)
    assert months_of(await costs(books, "2026-02", "2026-04", method="by_revenue")) == [
        ("2026-02", 2_400, 200, 0, 2_200),
        ("2026-03", 0, 1_000, 0, 1_200),
        ("2026-04", 0, 1_200, 0, 0),
    ]
    assert months_of(await costs(books, "2026-03", "2026-03"))[0][2] == 800
    await books.record(EARNED, YEARLY)
    unplanned = await costs(books, "2026-02", "2026-04", method="by_revenue")
    assert (unplanned.deals, unplanned.without_revenue, unplanned.without_term) == ((), 1, 0)


@pytest.mark.parametrize(("taxes", "first"), [("expensed", (2_400, 100, 504)), ("capitalised", (2_904, 121, 0))])
async def test_employers_taxes_are_expensed_or_part_of_the_asset(
    books: Books, taxes: str, first: tuple[int, int, int]
) -> None:
    await books.record(EARNED, YEARLY)
    found = await costs(books, "2026-02", "2026-03", employer_taxes=taxes, employer_tax_percent=Decimal(21))
    (deal,) = found.deals
    assert (deal.months[0].added_minor, deal.months[0].expense_minor, deal.months[0].taxes_minor) == first
    assert deal.months[1].taxes_minor == 0


@pytest.mark.parametrize(("life", "months"), [(60, 60), (12, 24)])
async def test_where_renewals_pay_less_the_first_sale_benefits_the_customers_life(
    books: Books, life: int, months: int
) -> None:
    await books.record(EARNED, YEARLY)
    found = await costs(books, "2026-02", "2026-02", renewal_commission="not_commensurate", customer_life_months=life)
    assert found.deals[0].benefit_months == months


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"customer_life_months": 12}, "/customerLifeMonths"),
        ({"renewal_commission": "not_commensurate"}, "/customerLifeMonths"),
        ({"renewal_commission": "not_commensurate", "customer_life_months": 241}, "/customerLifeMonths"),
        ({"employer_tax_percent": Decimal("100.1")}, "/employerTaxPercent"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(asked: dict[str, Any], pointer: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        ContractCostQuestion(window=window("2026-01-01", "2026-01-01"), **asked)
    assert refused.value.pointer == pointer


def test_who_asks_for_renewals_that_pay_less_is_told_to_send_a_customers_life() -> None:
    with pytest.raises(FieldInvalid) as refused:
        ContractCostQuestion(window=window("2026-01-01", "2026-01-01"), renewal_commission="not_commensurate")
    assert refused.value.text == "Renewals that are `not_commensurate` need a customer's life, and no others take one."


@pytest.mark.parametrize("months", [0, 241])
def test_a_benefit_period_has_bounds(months: int) -> None:
    with pytest.raises(FieldInvalid):
        ContractCostQuestion(window=window("2026-01-01", "2026-01-01"), benefit_months=months)
