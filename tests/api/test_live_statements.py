"""Live statements through both doors: from the log as it is, within the scope of pay, down to the business events.

The plan pays 10 % of a deal with its cash. The rep won 1,000.00 in February, and shares a second deal of 500.00 with the other
rep, who has a quota. No read model is followed here: nothing of this waits for one.
"""

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from salesapi.api.authentication import Authenticator
from salesapi.queries.pay.line_events import line_events
from tests.api.companies import opened, published, share, tiered, version_of, win
from tests.api.graphql_client import ask, must
from tests.service import Service

NOBODY = "00000000-0000-7000-8000-00000000dead"
LIVE = """query($plan: UUID!, $member: UUID!, $period: String!, $at: BigInt) {
  liveStatement(planId: $plan, memberId: $member, period: $period, minPosition: $at) {
    sums { totalMinor } lines { events(first: 9) { type payload } } } }"""
WITH_CASH = {
    "on": "payment",
    "order": "pro_rata",
    "payment": {"bank_fee": "counts_as_paid", "prepayment": "releases_on_receipt", "nothing_due": "release_nothing"},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def paid_with_cash(founded: Service) -> None:
    """The plan and two deals, whose ids are those of the company from then on."""
    base = tiered(("0", "200000", "10"), ("200000", None, "12"), release=WITH_CASH)
    plan = await published(founded, version_of(base), key="cash")
    quota = {"measure": "credited_amount", "period": "2026-02", "amount_minor": 100_000, "currency": "CNY"}
    await founded.must("/v1/enrolments/set-quota", {"member_id": str(founded.ids["other rep"]), **quota})
    founded.ids["plan"] = UUID(plan)
    for name, amount_minor, shares in (("own", 100_000, {}), ("shared", 50_000, {"rep": "60", "other rep": "40"})):
        sold = await opened(founded, "rep", amount_minor, occurred_at="2026-01-02")
        if shares:
            await share(founded, sold, shares)
        await win(founded, sold, "2026-02-03")
        founded.ids[name] = UUID(sold)


def path_of(service: Service, seller: str) -> str:
    """Where REST has the live statements of a seller."""
    return f"/v1/live-statements/{service.ids['plan']}/{service.ids[seller]}"


async def live(service: Service, seller: str, role: str = "finance", **params: Any) -> dict[str, Any]:
    """The live statement of a seller by REST."""
    answer = await service.get(path_of(service, seller), role=role, **{"period": "2026-02", **params})
    assert answer.status_code == 200, answer.text
    item: dict[str, Any] = answer.json()["item"]
    assert answer.json()["position"] == item["statement"]["position"]
    return item


def asked_of(service: Service, seller: str) -> dict[str, Any]:
    """The same as the variables of the query."""
    return {"plan": str(service.ids["plan"]), "member": str(service.ids[seller]), "period": "2026-02"}


def posted(item: dict[str, Any]) -> list[tuple[str, int]]:
    """Kinds of lines and what they post."""
    return [(line["kind"], line["posted_minor"]) for line in item["lines"]]


async def test_a_statement_shows_what_is_earned_held_and_coming(service: Service) -> None:
    found = await live(service, "other rep")
    statement = found["statement"]
    # 40 % of 500.00 is 200.00: 20.00 earned, nothing of it payable before the cash. 20 % of the quota of 1,000.00.
    assert posted(found) == [("earning", 2_000), ("withheld", -2_000)]
    assert (statement["sums"]["earned_minor"], statement["sums"]["total_minor"], statement["run"]) == (2_000, 0, "none")
    assert statement["coming"] == [
        {"deal_id": str(service.ids["shared"]), "component": "base", "period": "2026-02", "open_minor": 2_000}
    ]
    (standing,) = statement["standings"]
    assert (standing["credited_minor"], standing["attainment_percent"]) == (20_000, "20")
    quota = standing["quota"]
    assert (quota["amount_minor"], quota["derivation"]["english"]) == (100_000, "1,000.00 set = 1,000.00 CNY")
    assert standing["next_tier"] == {"left_minor": 180_000, "rate_percent": "12", "applies_to": "new"}
    assert statement["rank"] == {"rank": 2, "of": 2}


async def test_a_receipt_changes_the_statement_that_its_own_write_is_asked_for(service: Service) -> None:
    before = (await live(service, "rep"))["statement"]
    money = {"amount_minor": 25_000, "currency": "CNY", "occurred_at": "2026-02-20"}
    receipt = await service.must("/v1/receipts", money)
    part = {"deal_id": str(service.ids["own"]), "amount_minor": 25_000}
    written = await service.must(f"/v1/receipts/{receipt['id']}/allocate", part)
    found = await live(service, "rep", "rep", minPosition=written["position"])
    statement = found["statement"]
    # A quarter of 1,000.00 was paid, so a quarter of the 100.00 is payable.
    assert statement["position"] >= written["position"] > before["position"]
    assert statement["sums"]["total_minor"] - before["sums"]["total_minor"] == 2_500
    assert before["open_minor"] - statement["open_minor"] == 2_500
    withheld = next(line for line in found["lines"] if line["kind"] == "withheld")
    assert written["position"] in withheld["positions"]
    variables = {**asked_of(service, "rep"), "at": written["position"]}
    by_graphql = (await must(service, LIVE, variables, role="rep"))["liveStatement"]
    assert int(by_graphql["sums"]["totalMinor"]) == statement["sums"]["total_minor"]


async def test_a_position_that_is_not_reached_is_not_waited_for_for_ever(service: Service) -> None:
    answer = await service.get(path_of(service, "rep"), period="2026-02", minPosition=10**9)
    assert (answer.status_code, answer.json()["code"]) == (503, "position.timed_out")
    variables = {**asked_of(service, "rep"), "at": 10**9}
    refused = (await ask(service, LIVE, variables)).json()
    assert refused["errors"][0]["extensions"]["code"] == "position.timed_out"


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("rep", ("rep",)),
        ("other rep", ("other rep",)),
        ("manager", ("rep",)),
        ("finance", ("rep", "other rep")),
        ("auditor", ("rep", "other rep")),
        ("admin", ("rep", "other rep")),
        ("integration", ()),
    ],
)
async def test_everybody_sees_the_pay_in_its_scope(service: Service, role: str, seen: tuple[str, ...]) -> None:
    for seller in ("rep", "other rep"):
        answer = await service.get(path_of(service, seller), role=role, period="2026-02")
        assert answer.status_code == (200 if seller in seen else 404), (role, seller)
        by_graphql = (await ask(service, LIVE, asked_of(service, seller), role=role)).json()
        assert ("errors" not in by_graphql) == (seller in seen)


async def test_what_is_unknown_or_foreign_or_not_of_the_plan_is_told_alike(service: Service) -> None:
    plan, rep, other, manager = (str(service.ids[name]) for name in ("plan", "rep", "other rep", "manager"))
    told = set()
    for role, plan_id, member_id, period in (
        ("rep", plan, other, "2026-02"),
        ("rep", NOBODY, rep, "2026-02"),
        ("rep", plan, NOBODY, "2026-02"),
        ("manager", plan, manager, "2026-02"),
        ("manager", plan, manager, "2026Q1"),
    ):
        answer = await service.get(f"/v1/live-statements/{plan_id}/{member_id}", role=role, period=period)
        problem = answer.json()
        told.add((answer.status_code, problem["code"], problem["detail"].replace(plan_id, "*").replace(member_id, "*")))
    assert len(told) == 1
    assert next(iter(told))[:2] == (404, "not_found")


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({}, 422, "parameter.invalid"),
        ({"period": "2026-13"}, 422, "period.invalid"),
        ({"period": "2026Q1"}, 409, "payout_run.period_mismatch"),
        ({"period": "2026-02", "expand": "deals"}, 422, "parameter.invalid"),
        ({"period": "2026-02", "first": "0"}, 422, "page.size_invalid"),
        ({"period": "2026-02", "after": "garbage"}, 422, "cursor.malformed"),
        ({"period": "2026-02", "colour": "red"}, 422, "parameter.unknown"),
    ],
)
async def test_what_cannot_be_answered_is_refused_with_its_place(
    service: Service, params: dict[str, str], status: int, code: str
) -> None:
    answer = await service.get(path_of(service, "rep"), **params)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["pointer"]


async def test_a_plan_without_a_version_has_no_statements(service: Service) -> None:
    draft = (await service.must("/v1/compensation-plans", {"key": "draft", "name": "Draft", "currency": "CNY"}))["id"]
    answer = await service.get(f"/v1/live-statements/{draft}/{service.ids['rep']}", period="2026-02")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def inputs(**values: str) -> list[dict[str, str]]:
    """Inputs of a reason as they are shown; their names end in their unit."""
    return [{"name": name, "unit": name[name.index("_") + 1 :], "value": value} for name, value in values.items()]


async def test_a_line_says_why_as_data_and_in_both_languages(service: Service) -> None:
    found = await live(service, "other rep")
    assert [line["reason"] for line in found["lines"]] == [
        {
            "kind": "rated_parts",
            "inputs": [],
            "terms": [{"inputs": inputs(rate_percent="10", amount_minor="20000")}],
            "english": "10 % of 200.00 = 20.00 CNY",
            "chinese": "200.00 × 10% = 20.00 CNY",
        },
        {
            "kind": "released",
            "inputs": inputs(payable_percent="0", earned_minor="2000", payable_minor="0", before_minor="2000"),
            "terms": [],
            "english": "0 % payable of 20.00: 0.00 less 20.00 = -20.00 CNY",
            "chinese": "20.00已可支付0%:0.00 - 20.00 = -20.00 CNY",
        },
    ]


async def test_lines_are_read_page_by_page(service: Service) -> None:
    whole = await live(service, "rep")
    first = await live(service, "rep", first=3)
    rest = await live(service, "rep", first=3, after=first["next_cursor"])
    assert [*first["lines"], *rest["lines"]] == whole["lines"]
    assert [line["number"] for line in whole["lines"]] == list(range(1, whole["statement"]["line_count"] + 1))
    assert (len(first["lines"]), rest["next_cursor"]) == (3, None)
    document = """query($plan: UUID!, $member: UUID!, $period: String!, $first: Int!, $after: String) {
        liveStatementLines(planId: $plan, memberId: $member, period: $period, first: $first, after: $after) {
            edges { node { number } } pageInfo { hasNextPage endCursor } } }"""
    variables = {**asked_of(service, "rep"), "first": 3}
    page = (await must(service, document, variables))["liveStatementLines"]
    more = {**variables, "after": page["pageInfo"]["endCursor"]}
    last = (await must(service, document, more))["liveStatementLines"]
    shown = [edge["node"]["number"] for edge in [*page["edges"], *last["edges"]]]
    assert shown == [line["number"] for line in whole["lines"]]
    assert (page["pageInfo"]["hasNextPage"], last["pageInfo"]["hasNextPage"]) == (True, False)


async def test_one_request_leads_from_a_line_to_its_business_events(service: Service) -> None:
    found = await live(service, "other rep", "other rep", expand="events")
    named = {position for line in found["lines"] for position in line["positions"]}
    assert {event["position"] for event in found["events"]} == named
    assert [event["type"] for event in found["events"]] == ["deal.team_changed", "deal.won"]
    won = found["events"][1]
    assert (won["stream_kind"], won["stream_id"], won["occurred_on"]) == (
        "deal",
        str(service.ids["shared"]),
        "2026-02-03",
    )
    assert won["payload"]["amount_minor"] == 50_000
    assert won["actor_id"]
    assert (await live(service, "rep"))["events"] is None
    variables = asked_of(service, "other rep")
    by_graphql = (await must(service, LIVE, variables, role="other rep"))["liveStatement"]["lines"]
    assert [(event["type"], event["payload"]) for event in by_graphql[0]["events"]] == [
        (event["type"], event["payload"]) for event in found["events"]
    ]


async def test_what_concerns_the_pay_of_others_is_named_without_its_payload(service: Service) -> None:
    document = """query($plan: UUID!, $member: UUID!, $period: String!) {
        liveStatement(planId: $plan, memberId: $member, period: $period) { standings { quota { positions } } } }"""
    variables = asked_of(service, "other rep")
    (standing,) = (await must(service, document, variables))["liveStatement"]["standings"]
    (set_at,) = map(int, standing["quota"]["positions"])
    seen = {role: await quota_seen(service, role, set_at) for role in ("other rep", "rep", "manager", "finance")}
    assert seen == {"other rep": 100_000, "rep": None, "manager": None, "finance": 100_000}


async def quota_seen(service: Service, role: str, position: int) -> int | None:
    """The quota that an event states, as a role is shown it."""
    core = service.core
    caller = await Authenticator(core.api_keys, core.scopes, core.clock).caller(f"Bearer {service.keys[role]}")
    async with core.pool.acquire() as connection:
        (event,) = (await line_events(connection, caller.pay, [position])).values()
    assert (event.type, event.stream_kind) == ("enrolment.quota_set", "enrolment")
    return event.payload["amount_minor"] if event.payload is not None else None
