"""Finance's reports of locked pay through both doors, as JSON and CSV: who sees what, how they are asked, what is refused."""

import csv
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.companies import approved_run, flat, followed_company, lock, opened, published, settled, version_of, win
from tests.api.graphql_client import ask
from tests.service import Service

NUMBERS = itertools.count(1)
REPORTS = ("commission-accruals", "contract-costs")
WINDOW = {"from": "2026-02-01", "to": "2026-03-31"}
HELD = {"share_percent": "40", "wait": {"count": 1, "unit": "months"}, "event": None, "on_clawback": "netted"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def paid(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Two reps who sold in February for 9,000 and 4,000: 5 %, of which 40 % are kept for a month. The rep was paid in March."""
    folder = tmp_path_factory.mktemp("finance")
    async with followed_company(postgresql, folder, f"finance_{next(NUMBERS)}") as service:
        ids: dict[str, Any] = service.ids
        await _sold(service, ids)
        for period in ("2026-02", "2026-03"):
            ids[f"run {period}"] = await approved_run(service, ids["plan"], period)
            await lock(service, ids[f"run {period}"])
        batch = {"batch": "A", "payout_on": "2026-03-15", "member_ids": [str(ids["rep"])]}
        run = ids["run 2026-02"]
        await service.must(f"/v1/payout-runs/{run}/instruct-payout", batch)
        confirmed = {"batch": "A", "external_reference": "bank 7", "paid_on": "2026-03-16"}
        await service.must(f"/v1/payout-runs/{run}/confirm-payout-paid", confirmed)
        await settled(service)
        yield service


async def _sold(service: Service, ids: dict[str, Any]) -> None:
    await service.must(f"/v1/members/{ids['rep']}/change", {"cost_centre": "CC-100, north"})
    ids["plan"] = await published(service, version_of(flat("5", release={"holdback": HELD})))
    for seller, amount_minor in (("rep", 9_000), ("other rep", 4_000)):
        ids[f"deal of {seller}"] = await opened(service, seller, amount_minor)
        await win(service, ids[f"deal of {seller}"], "2026-02-10")
    parties = {"customer_id": str(ids["customer"]), "deal_id": ids["deal of rep"]}
    drafted = {"title": "Service", "currency": "CNY", **parties}
    agreement = (await service.must("/v1/agreements", drafted))["id"]
    terms = {"lines": [{"key": "all", "amount_minor": 9_000}], "starts_on": "2026-02-01", "ends_on": "2028-01-31"}
    await service.must(f"/v1/agreements/{agreement}/sign", terms)


async def read(service: Service, report: str, role: str = "finance", **params: Any) -> Any:
    answer = await service.get(f"/v1/reports/{report}", role=role, **{**WINDOW, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def table(service: Service, report: str, role: str = "finance", **params: Any) -> list[dict[str, str]]:
    """The rows of CSV."""
    answer = await service.get(f"/v1/reports/{report}", role=role, **{**WINDOW, **params}, format="csv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8; header=present")
    assert answer.headers["content-disposition"] == f'attachment; filename="{report}.csv"'
    return list(csv.DictReader(answer.text.splitlines()))


async def test_accruals_stand_for_every_day(paid: Service) -> None:
    report = await read(paid, "commission-accruals", dimension="member")
    assert (report["dimension"], report["window_from"], report["window_to"]) == ("member", "2026-02-01", "2026-03-31")
    days = {}
    for group in report["groups"]:
        assert len(group["balances"]) == 59
        days[group["key"]["label"]] = {
            each["on"]: (each["earned_not_payable_minor"], each["payable_not_paid_minor"]) for each in group["balances"]
        }
    # 450, of which 180 are kept until 10 March; 270 were paid on 16 March, 180 are due at the end of March.
    asked = ("2026-02-09", "2026-02-10", "2026-02-28", "2026-03-16", "2026-03-31")
    assert [days["rep"][on] for on in asked] == [(0, 0), (450, 0), (180, 270), (180, 0), (0, 180)]
    assert [days["other rep"][on] for on in asked] == [(0, 0), (200, 0), (80, 120), (80, 120), (0, 200)]


async def test_csv_has_a_row_for_each_balance(paid: Service) -> None:
    report = await read(paid, "commission-accruals", dimension="cost_centre")
    rows = await table(paid, "commission-accruals", dimension="cost_centre")
    assert [(each["value"], each["currency"]) for each in rows[:1] + rows[-1:]] == [
        ("CC-100, north", "CNY"),
        ("", "CNY"),
    ]
    assert [int(each["earned_not_payable_minor"]) for each in rows] == [
        each["earned_not_payable_minor"] for group in report["groups"] for each in group["balances"]
    ]
    assert {each["dimension"] for each in rows} == {"cost_centre"}


async def test_contract_costs_follow_the_term_of_the_agreement(paid: Service) -> None:
    report = await read(paid, "contract-costs")
    (found,) = report["deals"]
    assert (found["deal_id"], found["benefit_months"], report["without_agreement"]) == (paid.ids["deal of rep"], 24, 1)
    # 450 over 24 months: 18, and the last takes the rest. What is kept back is a cost all the same.
    assert [tuple(each.values()) for each in found["months"]] == [
        ("2026-02", 450, 18, 0, 0, 432),
        ("2026-03", 0, 18, 0, 0, 414),
    ]
    assert (report["window_to"], report["expedient"], report["benefit_months"]) == ("2026-03-31", "not_elected", None)
    rows = await table(paid, "contract-costs", benefitMonths=12, expedient="elected")
    assert [(each["month"], each["expense_minor"], each["carrying_minor"], each["ended_on"]) for each in rows] == [
        ("2026-02", "450", "0", "")
    ]


async def test_finances_policy_is_asked_for(paid: Service) -> None:
    policy: dict[str, Any] = {
        "employerTaxPercent": "20.5",
        "employerTaxes": "capitalised",
        "renewalCommission": "not_commensurate",
        "customerLifeMonths": 30,
    }
    report = await read(paid, "contract-costs", **policy)
    (found,) = report["deals"]
    # 450 and 92.25 of taxes, 92: 542 over 30 months is 18.
    assert (found["benefit_months"], list(found["months"][0].values())) == (30, ["2026-02", 542, 18, 0, 0, 524])
    assert (report["method"], report["employer_taxes"]) == ("straight_line", "capitalised")
    by_revenue = await read(paid, "contract-costs", method="by_revenue")
    assert (by_revenue["deals"], by_revenue["without_revenue"]) == ([], 1), "the agreement has no payment plan"


async def test_everybody_sees_the_pay_in_its_scope(paid: Service) -> None:
    seen, costs = {}, {}
    for role in ("finance", "auditor", "admin", "manager", "rep", "other rep", "integration"):
        groups = (await read(paid, "commission-accruals", role, dimension="member"))["groups"]
        seen[role] = sorted(group["key"]["label"] for group in groups)
        costs[role] = len((await read(paid, "contract-costs", role))["deals"])
    everybody = ["other rep", "rep"]
    assert seen == {
        "finance": everybody,
        "auditor": everybody,
        "admin": everybody,
        "manager": ["rep"],
        "rep": ["rep"],
        "other rep": ["other rep"],
        "integration": [],
    }
    assert costs == {
        **dict.fromkeys(("finance", "auditor", "admin", "manager", "rep"), 1),
        "other rep": 0,
        "integration": 0,
    }


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    ("params", "code", "pointer"),
    [
        ({"from": ""}, "parameter.invalid", "/from"),
        ({"to": "2026-02-30"}, "parameter.invalid", "/to"),
        ({"to": "2026-01-31"}, "field.invalid", "/to"),
        ({"to": "2036-02-10"}, "field.invalid", "/to"),
        ({"format": "xml"}, "parameter.invalid", "/format"),
        ({"owner": "x"}, "parameter.unknown", "/owner"),
        ({"minPosition": "0"}, "parameter.invalid", "/minPosition"),
    ],
)
async def test_a_question_that_cannot_be_read_is_refused_with_its_place(
    paid: Service, report: str, params: dict[str, str], code: str, pointer: str
) -> None:
    answer = await paid.get(f"/v1/reports/{report}", **{**WINDOW, **params})
    assert (answer.status_code, answer.json()["code"], answer.json()["pointer"]) == (422, code, pointer)


@pytest.mark.parametrize(
    ("report", "params", "pointer"),
    [
        ("commission-accruals", {"dimension": "team"}, "/dimension"),
        ("contract-costs", {"expedient": "yes"}, "/expedient"),
        ("contract-costs", {"method": "evenly"}, "/method"),
        ("contract-costs", {"employerTaxPercent": "-1"}, "/employerTaxPercent"),
        ("contract-costs", {"employerTaxes": "paid"}, "/employerTaxes"),
        ("contract-costs", {"renewalCommission": "same"}, "/renewalCommission"),
        ("contract-costs", {"customerLifeMonths": "0"}, "/customerLifeMonths"),
        ("contract-costs", {"benefitMonths": "0"}, "/benefitMonths"),
        ("contract-costs", {"benefitMonths": "241"}, "/benefitMonths"),
        ("contract-costs", {"planId": "seven"}, "/planId"),
        ("contract-costs", {"dealId": "seven"}, "/dealId"),
    ],
)
async def test_an_option_that_there_is_not_is_refused_with_its_place(
    paid: Service, report: str, params: dict[str, str], pointer: str
) -> None:
    answer = await paid.get(f"/v1/reports/{report}", **WINDOW, **params)
    assert (answer.status_code, answer.json()["code"], answer.json()["pointer"]) == (422, "parameter.invalid", pointer)


async def test_a_window_is_needed(paid: Service) -> None:
    for report in REPORTS:
        answer = await paid.get(f"/v1/reports/{report}", to="2026-03-31")
        assert (answer.status_code, answer.json()["pointer"]) == (422, "/from")
    asked = (await ask(paid, '{ contractCosts(windowFrom: "2026-02-02", windowTo: "2026-02-01") { position } }')).json()
    assert asked["errors"][0]["extensions"]["code"] == "field.invalid"


async def test_a_report_waits_only_so_long_for_its_position(paid: Service) -> None:
    answer = await paid.get("/v1/reports/contract-costs", **WINDOW, minPosition=10**9)
    assert (answer.status_code, answer.json()["code"]) == (503, "position.timed_out")
