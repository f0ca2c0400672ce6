"""Approvals, objections, awards, points and pools through the doors, on the real log with its followers."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.organisation import approvals
from salesapi.projections.pay import awards, objections, points, pool_shares
from salesapi.projections.projection import Projection
from salesapi.projections.rebuilding import RebuildProgress, rebuild
from tests.api.companies import flat, published, version_of
from tests.api.graphql_client import must
from tests.api.scope_company import Company, scoped_company
from tests.projections.digests import rows_digest
from tests.service import expiring

NUMBERS = itertools.count(1)
REDEEMERS = 6
"""Members' hands that reach for the same points at once."""
FREE_TEXTS = ("Claim of rep", "It was counted once", "Only this time")
STORED_IN_CLEAR = "SELECT count(*) FROM log.event WHERE payload::text LIKE '%' || $1 || '%'"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """A company with a locked run, to which each rep has objected."""
    async with scoped_company(postgresql, tmp_path_factory.mktemp("judged"), f"judged_{next(NUMBERS)}") as made:
        yield made


async def test_an_objection_to_a_locked_line_ends_in_an_approved_adjustment(company: Company) -> None:
    service, id = company.service, company["objection of rep"]
    await service.must(f"/v1/objections/{id}/answer", {"answer": "It was counted once"}, role="manager")
    posting: dict[str, Any] = {"member_id": company["rep"], "plan_id": company["plan both"], "objection_id": id}
    posting |= {"period_corrected": "2026-02", "amount_minor": 450, "cause": "Half of the deal was missing"}
    path = "/v1/awards/post-adjustment"
    locked = await service.post(path, {**posting, "period": "2026-02"}, role="finance")
    assert (locked.status_code, locked.json()["code"]) == (409, "award.period_locked")
    posted = await service.must(path, {**posting, "period": "2026-03"}, role="finance")
    own = await service.post(f"/v1/awards/{posted['id']}/approve", {}, role="finance")
    assert (own.status_code, own.json()["code"]) == (409, "duty.not_apart")
    await service.must(f"/v1/awards/{posted['id']}/approve", {})
    decision = {"outcome": "adjust", "correction": {"kind": "award", "id": posted["id"]}, "reason": "He was right"}
    await service.must(f"/v1/objections/{id}/decide", decision, role="finance")
    await company.settled()
    shown = (await company.get(f"/v1/objections/{id}", "rep")).json()["item"]
    assert (shown["status"], shown["answer"]) == ("adjusted", "It was counted once")
    assert shown["correction"] == {"kind": "award", "id": posted["id"]}
    document = f'{{ awards(filter: {{objectionId: ["{id}"]}}) {{ edges {{ node {{ amountMinor objection {{ claim }} }} }} }} }}'
    edges = (await must(service, document, role="rep"))["awards"]["edges"]
    assert [edge["node"] for edge in edges] == [{"amountMinor": "450", "objection": {"claim": "Claim of rep"}}]


async def test_an_approval_moves_from_one_worklist_to_the_next(company: Company) -> None:
    service, id = company.service, company["approval across"]

    async def waiting(name: str) -> bool:
        await company.settled()
        items = (await company.get("/v1/approvals", name, waitingFor=company[name])).json()["items"]
        return id in {item["id"] for item in items}

    assert (await waiting("other rep"), await waiting("manager")) == (True, False)
    early = {"step": 2, "decision": "approve"}
    refused = await service.post(f"/v1/approvals/{id}/decide-step", early, role="manager")
    assert (refused.status_code, refused.json()["code"]) == (409, "approval.step_not_next")
    first = {"step": 1, "decision": "approve", "note": "Only this time"}
    await service.must(f"/v1/approvals/{id}/decide-step", first, role="other rep")
    assert (await waiting("other rep"), await waiting("manager")) == (False, True)
    granted = await service.must(f"/v1/approvals/{id}/decide-step", early, role="manager")
    assert [event["type"] for event in granted["events"]] == ["approval.step_decided", "approval.granted"]
    assert not await waiting("manager")


async def test_approving_an_award_credits_its_points_in_the_same_commit(company: Company) -> None:
    service, member = company.service, company["rep"]
    before = (await company.get(f"/v1/points/{member}", "rep")).json()["item"]["balance"]
    granting = {"member_id": member, "kind": "points", "points": 5, "reason": "Good calls"}
    id = (await service.must("/v1/awards", granting, role="manager"))["id"]
    approved = await service.must(f"/v1/awards/{id}/approve", {}, role="finance")
    assert [event["type"] for event in approved["events"]] == ["award.approved", "points.credited"]
    await company.settled()
    assert (await company.get(f"/v1/points/{member}", "rep")).json()["item"]["balance"] == before + 5


async def test_points_are_never_redeemed_twice_by_many_hands_at_once(company: Company) -> None:
    service, member = company.service, company["other rep"]
    before = (await company.get(f"/v1/points/{member}", "admin")).json()["item"]["balance"]
    redeeming = {"points": before // 2, "reason": "Day off"}
    answers = await asyncio.gather(*(service.post(f"/v1/points/{member}/redeem", redeeming) for _ in range(REDEEMERS)))
    codes = [answer.json().get("code") for answer in answers]
    assert (codes.count(None), codes.count("points.too_few")) == (2, REDEEMERS - 2)
    await company.settled()
    assert (await company.get(f"/v1/points/{member}", "admin")).json()["item"]["balance"] == 0


async def test_a_pool_that_was_held_back_is_paid_once_its_division_is_approved(company: Company) -> None:
    service, plan, rep = company.service, company["plan both"], company["rep"]
    given: dict[str, Any] = {"plan_id": plan, "award_key": "pool", "period": "2026-02", "owner_id": company["manager"]}
    stating = {**given, "shares": [{"member_id": rep, "points": "3"}]}
    foreign = await service.post("/v1/pool-shares/state", stating, role="other manager")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "access.owner_out_of_scope")
    stated = await service.must("/v1/pool-shares/state", stating, role="manager")
    own = await service.post(f"/v1/pool-shares/{stated['id']}/approve", {}, role="manager")
    assert (own.status_code, own.json()["code"]) == (409, "duty.not_apart")
    live = f"/v1/live-statements/{plan}/{rep}"
    before = (await company.get(live, "rep", period="2026-03", minPosition=stated["position"])).json()["item"]
    assert [line for line in before["lines"] if line["kind"] == "award" and line["component"] == "pool"] == []
    approved = await service.must(f"/v1/pool-shares/{stated['id']}/approve", {}, role="finance")
    after = (await company.get(live, "rep", period="2026-03", minPosition=approved["position"])).json()["item"]
    (line,) = [line for line in after["lines"] if line["kind"] == "award" and line["component"] == "pool"]
    february = (await company.get(live, "rep", period="2026-02")).json()["item"]["lines"]
    earned_minor = sum(each["posted_minor"] for each in february if each["kind"] == "earning")
    assert (line["period"], line["posted_minor"]) == ("2026-02", earned_minor * 2 // 5), "2 percent where 5 are earned"
    assert approved["position"] in line["positions"]
    await company.settled()
    asked = "status owner { name } approvedShares { points member { name } }"
    document = f'{{ poolShares(id: "{stated["id"]}") {{ {asked} }} }}'
    shown = (await must(service, document, role="manager"))["poolShares"]
    assert shown == {
        "status": "APPROVED",
        "owner": {"name": "manager"},
        "approvedShares": [{"points": "3", "member": {"name": "rep"}}],
    }
    assert (await company.get(f"/v1/pool-shares/{stated['id']}", "rep")).status_code == 404


async def test_an_expiry_that_somebody_else_agrees_to_extend_releases_the_late_cash(company: Company) -> None:
    service, rep, deal = company.service, company["rep"], company["won of rep"]
    plan = await published(service, version_of(expiring(flat("10"))), key="cash", sellers=("rep",))
    # Won on 1 February for 90.00, of which 45.00 came in 40 days: 4.50 are earned by it, and half of that lapses after 30.
    money = {"amount_minor": 4_500, "currency": "CNY", "occurred_at": "2026-03-13"}
    receipt = (await service.must("/v1/receipts", money))["id"]
    paid = await service.must(f"/v1/receipts/{receipt}/allocate", {"deal_id": deal, "amount_minor": 4_500})

    async def march(position: int) -> list[tuple[str, int]]:
        asked = await company.get(f"/v1/live-statements/{plan}/{rep}", "rep", period="2026-03", minPosition=position)
        lines.extend(asked.json()["item"]["lines"])
        return [(line["kind"], line["posted_minor"]) for line in asked.json()["item"]["lines"]]

    lines: list[dict[str, Any]] = []
    assert await march(paid["position"]) == [("release", 225), ("lapsed", 0)]
    authenticator = {"plan_id": plan, "deal_id": deal, "days": 10, "reason": "Their bank was closed"}
    asked = await service.must("/v1/awards/extend-expiry", authenticator, role="manager")
    assert await march(asked["position"]) == [("release", 225), ("lapsed", 0)]
    own = await service.post(f"/v1/awards/{asked['id']}/approve", {}, role="manager")
    assert (own.status_code, own.json()["code"]) == (409, "duty.not_apart")
    approved = await service.must(f"/v1/awards/{asked['id']}/approve", {}, role="finance")
    assert await march(approved["position"]) == [("release", 450)]
    assert approved["position"] in lines[-1]["positions"]
    assert lines[-1]["reason"]["english"].endswith("; expiry extended by 10 days")

    await company.settled()
    chosen = {"kind": "expiry_extended", "dealId": deal, "planId": plan}
    (shown,) = (await company.get("/v1/awards", "rep", **chosen)).json()["items"]
    assert (shown["id"], shown["status"], shown["days"]) == (asked["id"], "approved", 10)


async def test_what_people_wrote_is_stored_sealed(company: Company) -> None:
    for text in FREE_TEXTS:
        assert await company.service.core.pool.fetchval(STORED_IN_CLEAR, text) == 0, text
    assert await company.service.core.pool.fetchval(STORED_IN_CLEAR, "Half of the deal was missing") == 1


@pytest.mark.parametrize(
    "projection",
    [
        approvals.PROJECTION,
        objections.PROJECTION,
        awards.PROJECTION,
        points.PROJECTION,
        points.ENTRIES,
        pool_shares.PROJECTION,
    ],
    ids=lambda projection: projection.name,
)
async def test_a_rebuild_gives_the_same_rows(company: Company, projection: Projection) -> None:
    def quietly(progress: RebuildProgress) -> None:
        """Nobody watches."""

    service, core = company.service, company.service.core
    await company.settled()
    async with core.pool.acquire() as connection:
        before = await rows_digest(connection, projection)
    assert not before.startswith("0:")
    await rebuild(
        service.urls.owner_url, projection, log=core.log, codec=core.codec, pool=core.pool, on_progress=quietly
    )
    async with core.pool.acquire() as connection:
        assert await rows_digest(connection, projection) == before
