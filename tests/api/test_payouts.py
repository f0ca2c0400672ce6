"""A locked run is exported, instructed, paid and partly fails, through both doors; the export stays the same to the byte."""

import asyncio
import csv
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, get_args
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from salesapi.audit.log_verifying import verify_log
from salesapi.audit.sealing import seal_all
from salesapi.audit.verdict import Status
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.pay.statements.statements import _TOTALS
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.queries.pay.payroll import ACCOUNTS
from tests.api.companies import approved_run, flat, followed_company, lock, opened, published, settled, version_of, win
from tests.api.graphql_client import ask, must
from tests.service import Service

NUMBERS = itertools.count(1)
FIRST = {"batch": "A", "payout_on": "2026-03-15"}
"""The first instruction of a run."""
ACCOUNT_OF_TOTAL = {
    "earned_minor": "commission",
    "released_minor": "commission",
    "clawed_minor": "clawback",
    "adjusted_minor": "adjustment",
    "awarded_minor": "award",
    "drawn_minor": "draw",
}
LINES = """query($run: UUID!, $batch: String, $first: Int!, $after: String) {
  payrollLines(payoutRunId: $run, batch: $batch, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } edges { node { memberId amountMinor batch plan { key } } } } }"""
STATEMENTS = """query($run: UUID!) { payoutRun(id: $run) { instructedMinor paidMinor statements(first: 9) {
  memberId payout { status batch externalReference paidOn reason } } } }"""


def refusal(answer: httpx2.Response) -> str:
    """How a request was refused, as `409 payout_run.locked`."""
    return f"{answer.status_code} {answer.json()['code']}"


class Paying:
    """A locked run of two sellers: the rep earns 450 and 90 and is owed a correction of -40, the other rep earns 200 and 40."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.run = ""

    async def to(self, verb: str, role: str = "finance", /, **values: Any) -> Any:
        """A command to the run that is not refused."""
        return await self.service.must(f"/v1/payout-runs/{self.run}/{verb}", values, role=role)

    async def refused(self, verb: str, role: str = "finance", /, **values: Any) -> str:
        """A command to the run that is refused; how."""
        return refusal(await self.service.post(f"/v1/payout-runs/{self.run}/{verb}", values, role=role))

    async def payroll(self, role: str = "finance", **params: Any) -> bytes:
        """The export as it arrives."""
        await self.settled()
        answer = await self.service.get(f"/v1/payout-runs/{self.run}/payroll", role=role, **params)
        assert answer.status_code == 200, answer.text
        return answer.content

    async def lines(self, role: str = "finance", **params: Any) -> list[dict[str, Any]]:
        """The lines of CSV."""
        return list(csv.DictReader((await self.payroll(role, format="csv", **params)).decode().splitlines()))

    def names(self) -> dict[str, str]:
        """The names of everything, by id."""
        return {str(id): name for name, id in self.service.ids.items()}

    async def of_statements(self, *keys: str) -> dict[str, tuple[Any, ...]]:
        """Reads how the payment of each statement stands, by seller."""
        await self.settled()
        items = (await self.service.get(f"/v1/payout-runs/{self.run}/statements")).json()["items"]
        return {self.names()[each["member_id"]]: tuple(each["payout"][key] for key in keys) for each in items}

    async def payouts(self) -> dict[str, tuple[Any, ...]]:
        """Reads status, batch and reference of each payment, by seller; both doors say the same."""
        states, names = await self.of_statements("status", "batch", "external_reference"), self.names()
        run = (await must(self.service, STATEMENTS, {"run": self.run}))["payoutRun"]
        shown = {names[each["memberId"]]: each["payout"] for each in run["statements"]}
        assert states == {
            name: (each["status"].lower(), each["batch"], each["externalReference"]) for name, each in shown.items()
        }
        return states

    async def held(self) -> dict[str, tuple[Any, ...]]:
        """Reads what of each statement is instructed, and what objections hold, by seller, in minor units."""
        return await self.of_statements("instructed_minor", "held_minor")

    async def sums(self) -> tuple[int, int]:
        """Reads what of the run is instructed and what is paid, in minor units."""
        await self.settled()
        run = (await self.service.get(f"/v1/payout-runs/{self.run}")).json()["item"]
        return run["instructed_minor"], run["paid_minor"]

    async def settled(self) -> None:
        """Waits until all read models reflect everything."""
        await settled(self.service)


@pytest_asyncio.fixture(loop_scope="session")
async def approved(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Paying]:
    """A company of its own for each test, with what follows its log."""
    async with followed_company(postgresql, tmp_path_factory.mktemp("payouts"), f"payouts_{next(NUMBERS)}") as service:
        made = Paying(service)
        await _founded(made)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def paying(approved: Paying) -> Paying:
    """The same once the run is locked."""
    await lock(approved.service, approved.run)
    return approved


async def _founded(made: Paying) -> None:
    service, ids = made.service, made.service.ids
    booked = {"employee_number": "E7", "cost_centre": "CC-100, north", "legal_entity": "CN-1"}
    await service.must(f"/v1/members/{ids['rep']}/change", booked)
    await service.make_key("paid finance", ["finance"], ids["rep"])
    recovery = {"percent": None, "amount_minor": None, "kept_minor": None, "leaver": "carried"}
    plan = await published(service, version_of(flat("5"), flat("1", key="plus"), recovery=recovery))
    ids["plan"] = UUID(plan)
    for seller, amount_minor in (("rep", 9_000), ("other rep", 4_000)):
        ids[f"deal of {seller}"] = UUID(await opened(service, seller, amount_minor))
        await win(service, str(ids[f"deal of {seller}"]), "2026-02-10")
    wrong = {"member_id": str(ids["rep"]), "plan_id": plan, "period": "2026-02", "cause": "counted twice"}
    adjusted = await service.must(
        "/v1/awards/post-adjustment", {**wrong, "period_corrected": "2026-01", "amount_minor": -40}, role="finance"
    )
    await service.must(f"/v1/awards/{adjusted['id']}/approve", {})
    made.run = await approved_run(service, plan, "2026-02")


async def test_a_run_is_exported_once_it_is_locked(approved: Paying) -> None:
    service, rep = approved.service, str(approved.service.ids["rep"])
    await approved.settled()
    answer = await service.get(f"/v1/payout-runs/{approved.run}/payroll", role="finance")
    assert refusal(answer) == "409 payout_run.status_wrong"
    refused = (await ask(service, LINES, {"run": approved.run, "first": 9}, role="finance")).json()
    assert refused["errors"][0]["extensions"]["code"] == "payout_run.status_wrong"
    assert await approved.refused("instruct-payout", **FIRST) == "409 payout_run.status_wrong"
    await lock(service, approved.run)

    mine = [line for line in await approved.lines() if line["member_id"] == rep]
    assert [(each["component"], each["account"], each["earned_period"], each["amount_minor"]) for each in mine] == [
        ("base", "commission", "2026-02", "450"),
        ("plus", "commission", "2026-02", "90"),
        ("award", "award", "2026-01", "-40"),
    ]
    assert {(each["cost_centre"], each["employee_number"], each["legal_entity"]) for each in mine} == {
        ("CC-100, north", "E7", "CN-1")
    }
    others = [line for line in await approved.lines() if line["member_id"] != rep]
    assert {(each["cost_centre"], each["employee_number"], each["batch"]) for each in others} == {("", "", "")}
    assert [int(each["amount_minor"]) for each in others] == [200, 40]
    assert {(each["plan_key"], each["period"], each["currency"]) for each in mine + others} == {
        ("reps", "2026-02", "CNY")
    }


def test_every_kind_of_line_is_booked_where_the_statement_sums_it() -> None:
    assert set(ACCOUNTS) < set(get_args(LineKind))
    assert {kind: ACCOUNTS.get(kind, "commission") for kind in _TOTALS} == {
        kind: ACCOUNT_OF_TOTAL[total] for kind, total in _TOTALS.items()
    }


async def test_accounts_are_the_totals_of_the_statement(paying: Paying) -> None:
    lines = await paying.lines()
    for each in (await paying.service.get(f"/v1/payout-runs/{paying.run}/statements")).json()["items"]:
        mine = [line for line in lines if line["member_id"] == each["member_id"]]
        booked, summed = Counter[str](), Counter[str]()
        for line in mine:
            booked[line["account"]] += int(line["amount_minor"])
        for total, account in ACCOUNT_OF_TOTAL.items():
            summed[account] += each.get(total, 0)
        assert booked == summed
        assert {line["statement_digest"] for line in mine} == {each["digest"]}


async def test_lines_are_read_page_by_page_by_graphql(paying: Paying) -> None:
    await paying.to("instruct-payout", **FIRST, member_ids=[str(paying.service.ids["rep"])])
    for batch in (None, "A"):
        by_rest = await paying.lines(**({"batch": batch} if batch else {}))
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            variables = {"run": paying.run, "batch": batch, "first": 2, "after": page["pageInfo"]["endCursor"]}
            page = (await must(paying.service, LINES, variables, "finance"))["payrollLines"]
            found += [edge["node"] for edge in page["edges"]]
        shown = [(each["memberId"], each["amountMinor"]) for each in found]
        assert shown == [(each["member_id"], each["amount_minor"]) for each in by_rest]
        assert {(each["plan"]["key"], each["batch"]) for each in found} == {("reps", batch)}


async def test_everybody_is_paid_once_and_the_statement_says_how(paying: Paying) -> None:
    ids = paying.service.ids
    rep, other = str(ids["rep"]), str(ids["other rep"])
    assert await paying.payouts() == dict.fromkeys(("rep", "other rep"), ("not_instructed", None, None))
    assert await paying.refused("instruct-payout", "rep", **FIRST) == "403 access.role_forbidden"
    assert await paying.refused("instruct-payout", "paid finance", **FIRST) == "409 duty.own_benefit"
    await paying.to("instruct-payout", "admin", **FIRST)
    assert (await paying.to("instruct-payout", **FIRST))["events"] == []
    assert await paying.sums() == (740, 0)
    refused = await paying.refused("instruct-payout", batch="B", payout_on="2026-03-16")
    assert refused == "409 payout_run.payout_nothing_open"
    await paying.to("report-payout-failed", batch="A", member_id=other, reason="account closed")
    paid = {"external_reference": "bank 7", "paid_on": "2026-03-16"}
    await paying.to("confirm-payout-paid", batch="A", **paid)
    assert (await paying.to("confirm-payout-paid", batch="A", **paid))["events"] == []
    assert await paying.payouts() == {"rep": ("paid", "A", "bank 7"), "other rep": ("failed", "A", None)}
    assert await paying.sums() == (500, 500)
    await paying.to("instruct-payout", batch="B", payout_on="2026-03-20", member_ids=[other])
    refused = await paying.refused("instruct-payout", batch="C", payout_on="2026-03-20", member_ids=[rep])
    assert refused == "409 payout_run.payout_instructed"
    assert await paying.refused("confirm-payout-paid", batch="C", **paid) == "404 payout_run.batch_unknown"
    await paying.to("confirm-payout-paid", batch="B", external_reference="bank 8", paid_on="2026-03-21")
    assert await paying.payouts() == {"rep": ("paid", "A", "bank 7"), "other rep": ("paid", "B", "bank 8")}
    assert await paying.sums() == (740, 740)


async def test_a_line_is_not_paid_while_its_member_objects_to_it_and_paid_after_the_decision(paying: Paying) -> None:
    service, rep, run = paying.service, str(paying.service.ids["rep"]), paying.run
    line = {"kind": "statement_line", "id": run, "line": 1}
    claim = {"subject": line, "member_id": rep, "claim": "Half of it is missing", "occurred_at": "2026-03-12"}
    raised = await service.must("/v1/objections", claim, role="rep")
    assert [event["type"] for event in raised["events"]] == ["objection.raised", "payout_run.line_held"]
    again = await service.post("/v1/objections", claim, role="rep")
    assert refusal(again) == "409 payout_run.line_held"
    assert await paying.held() == {"rep": (0, 450), "other rep": (0, 0)}

    await paying.to("instruct-payout", **FIRST)
    assert await paying.sums() == (290, 0), "90 less 40 to the one, all to the other"
    assert await paying.held() == {"rep": (50, 450), "other rep": (240, 0)}
    mine = [each for each in await paying.lines(batch="A") if each["member_id"] == rep]
    assert [(each["component"], each["amount_minor"]) for each in mine] == [("plus", "90"), ("award", "-40")]
    assert len([each for each in await paying.lines() if each["member_id"] == rep]) == 3
    before = await paying.payroll(batch="A")

    path = f"/v1/objections/{raised['id']}"
    await service.must(f"{path}/answer", {"answer": "Nothing is missing"}, role="manager")
    assert (await paying.to("update-payout-hold", objection_id=raised["id"]))["events"] == []
    decided = await service.must(f"{path}/decide", {"outcome": "explain"}, role="manager")
    assert [event["type"] for event in decided["events"]] == ["objection.decided", "payout_run.line_freed"]
    await paying.to("instruct-payout", batch="B", payout_on="2026-03-20")
    assert await paying.held() == {"rep": (500, 0), "other rep": (240, 0)}
    (own,) = await paying.lines(batch="B")
    assert (own["component"], own["amount_minor"]) == ("base", "450")
    assert await paying.payroll(batch="A") == before
    await service.must("/v1/objections", claim, role="rep")
    assert await paying.held() == {"rep": (500, 0), "other rep": (240, 0)}, "it is paid already"


async def test_objecting_and_instructing_at_once_never_pays_what_is_objected_to(paying: Paying) -> None:
    service, rep = paying.service, str(paying.service.ids["rep"])
    claims = [
        {"subject": {"kind": "statement_line", "id": paying.run, "line": number}, "member_id": rep, "claim": "Mine"}
        for number in (1, 2)
    ]
    order = [service.post("/v1/objections", {**claim, "occurred_at": "2026-03-12"}, role="rep") for claim in claims] + [
        service.post(f"/v1/payout-runs/{paying.run}/instruct-payout", FIRST)
    ]
    answers = await asyncio.gather(*order)
    assert [answer.status_code for answer in answers] == [201, 201, 200]
    instructed, held = (await paying.held())["rep"]
    assert (instructed, held) in {(500, 0), (50, 450), (410, 90), (0, 540)}, "500 are 450 and 90, less 40"


async def test_a_forgiven_draw_is_stated_by_the_next_run_without_being_paid(paying: Paying) -> None:
    service, plan, rep = paying.service, str(paying.service.ids["plan"]), str(paying.service.ids["rep"])
    forgiving = {"member_id": rep, "plan_id": plan, "period": "2026-02", "amount_minor": 300, "reason": "Our delay"}
    late = await service.post("/v1/awards/forgive-draw", forgiving, role="finance")
    assert refusal(late) == "409 award.period_locked"
    forgiven = await service.must("/v1/awards/forgive-draw", {**forgiving, "period": "2026-03"}, role="finance")
    await service.must(f"/v1/awards/{forgiven['id']}/approve", {})
    await paying.settled()
    (shown,) = (await service.get("/v1/awards", kind="draw_forgiven")).json()["items"]
    assert (shown["id"], shown["status"], shown["amount_minor"]) == (forgiven["id"], "approved", 300)

    run = (await service.must("/v1/payout-runs", {"plan_id": plan, "period": "2026-03"}, role="finance"))["id"]
    for step in ("calculate", "issue-statements"):
        await service.must(f"/v1/payout-runs/{run}/{step}", {}, role="finance")
    await paying.settled()
    (line,) = (await service.get(f"/v1/statements/{run}/{rep}")).json()["item"]["lines"]
    assert (line["kind"], line["posted_minor"], line["base_minor"]) == ("draw", 0, 0)
    assert line["reason"]["english"] == "3.00 forgiven: 0.00 of 0.00 owed = 0.00 CNY"


async def test_r71_an_export_that_is_sent_again_is_the_same_whatever_happened_since(paying: Paying) -> None:
    service, ids = paying.service, paying.service.ids
    await paying.to("instruct-payout", **FIRST)
    asked: list[dict[str, str]] = [
        {**form, **batch} for form in ({}, {"format": "csv"}) for batch in ({}, {"batch": "A"})
    ]
    before = [await paying.payroll(**each) for each in asked]

    moved = {"cost_centre": "CC-200", "employee_number": "E8", "legal_entity": None}
    await service.must(f"/v1/members/{ids['rep']}/change", moved)
    await service.must(f"/v1/members/{ids['other rep']}/mark-left", {"left_on": "2026-03-31"})
    await service.must(f"/v1/deals/{ids['deal of rep']}/reopen", {"stage_to": "proposal", "reason": "signed by nobody"})
    await paying.to("report-payout-failed", batch="A", member_id=str(ids["other rep"]), reason="account closed")
    await paying.to("instruct-payout", batch="B", payout_on="2026-03-20")
    await paying.to("confirm-payout-paid", batch="A", external_reference="bank 7", paid_on="2026-03-16")

    assert [await paying.payroll(**each) for each in asked] == before
    assert [line["amount_minor"] for line in await paying.lines(batch="B")] == ["200", "40"]
    answer = await service.get(f"/v1/payout-runs/{paying.run}/payroll", batch="C")
    assert refusal(answer) == "404 payout_run.batch_unknown"
    answer = await service.get(f"/v1/payout-runs/{paying.run}/payroll", format="xml")
    assert refusal(answer) == "422 parameter.invalid"


async def test_a_member_is_exported_what_its_own_statement_says(paying: Paying) -> None:
    ids = paying.service.ids
    assert {line["member_id"] for line in await paying.lines("rep")} == {str(ids["rep"])}
    await paying.to("instruct-payout", **FIRST, member_ids=[str(ids["other rep"])])
    await paying.settled()
    answer = await paying.service.get(f"/v1/payout-runs/{paying.run}/payroll", role="rep", batch="A")
    assert refusal(answer) == "404 payout_run.batch_unknown"


async def test_payouts_change_nothing_of_what_is_proven(paying: Paying) -> None:
    await paying.to("instruct-payout", **FIRST)
    await paying.to("confirm-payout-paid", batch="A", external_reference="bank 7", paid_on="2026-03-16")
    url = paying.service.urls.application_url
    await seal_all(url)
    verdict = await verify_log(url, Codec(Catalogue().event_types(), None, UPCASTS))
    assert verdict.status is Status.PROVEN, str(verdict)
