"""S6, reads: what each key sees of every route of the OpenAPI document is exactly its own, its team's, or all.

The routes are taken from the document, so that a new one fails here until it has a policy.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.api.graphql_client import ask, must, snake
from tests.api.scope_company import PAY_KINDS, PAY_REACHED, ROLES, SELLERS, Company, Thing
from tests.conftest import REPOSITORY

NOBODY = "00000000-0000-7000-8000-00000000dead"
REFERENCES = {"customer_id", "lead_id", "deal_id", "parent_id", "about_id", "subject_id"}
"""Fields of a visible thing that may name a foreign one by its id, and by nothing else of it."""

LISTS = {
    **{"activities": "activity", "satisfactions": "satisfaction", "attributionTouches": "touch", "targets": "target"},
    "persons": "person",
    **{f"{kind}s": kind for kind in ("deal", "lead", "customer", "agreement", "invoice", "receipt", "product")},
    **{f"{kind}s": kind for kind in ("calendar", "member", "pipeline", "team", "enrolment", "statement", "credit")},
    **{f"{kind}s": kind for kind in ("approval", "objection", "award", "campaign")},
    **{"forecastSheets": "forecast_sheet", "rateTables": "rate_table", "currencyRates": "currency_rate"},
    **{"compensationPlans": "plan", "payoutRuns": "run", "allPoolShares": "pool_shares"},
    **{"pointsBalances": "points", "pointsEntries": "points_entry"},
}
DETAILS = {
    **{kind: kind for kind in ("deal", "lead", "activity", "customer", "agreement", "invoice", "receipt", "target")},
    **{kind: kind for kind in ("product", "calendar", "member", "pipeline", "statement", "approval", "objection")},
    **{"stageVisits": "deal", "customerProfile": "customer", "customerTimeline": "customer", "award": "award"},
    "principal": "principal",
    **{"campaign": "campaign", "person": "person"},
    **{"forecastSheet": "forecast_sheet", "rateTable": "rate_table"},
    **{"compensationPlan": "plan", "compensationPlanInWords": "plan", "compensationPlanDifferences": "plan"},
    **{"payoutRun": "run", "payoutRunStatements": "run", "pointsBalance": "points", "poolShares": "pool_shares"},
}
REPORTS = {"DealsReport": "deals", "FunnelReport": "funnel", "StageVelocityReport": "stage-velocity"}
RECEIVABLES = {"ReceivablesReport"}
RETENTION = {"RetentionDueReport"}
"""Of leads, customers and members in scope."""
PAY_REPORTS = {"CommissionAccrualsReport", "ContractCostsReport"}
ESTIMATES = {"commissionEstimate"}
"""Of a deal in scope, and there for the members in the scope of pay."""
LIVE = {"liveStatement"}
"""For the members in the scope of pay, where they take part in the plan."""
FEEDS = {"events", "export"}
"""The whole log, sealed, for some roles only; who they are is tested with `export` in `test_export.py`."""
KEPT = {"principals", "apiKeys", "apiKey"}
"""Who may ask, and with what: for whoever keeps the keys, and whoever looks over the keeper's shoulder."""
OVERSEERS = {"admin", "auditor"}
ONESELF = {"me"}
PAYROLL = {"payroll"}
"""Exports: only of locked runs, and only for the members in scope."""


NESTED = {
    "deals": (
        "id customerId customer { id name } lead { id company } activities(first: 9) { id content aboutId } "
        "stageVisits(first: 9) { stage }"
    ),
    "customers": (
        "id parent { id } deals(first: 9) { id title } leads(first: 9) { id company } activities(first: 9) { id "
        "content } agreements(first: 4) { id title } invoices(first: 4) { id number } satisfactions(first: 4) { id "
        "comment }"
    ),
    "leads": (
        "id customerId customer { id name } deal { id title } activities(first: 9) { id content } "
        "attributionTouches(first: 9) { id campaign }"
    ),
    "activities": "id aboutId customer { id name } deal { id title } lead { id company }",
    "agreements": "id title customer { id name } dealId deal { id title } invoices(first: 9) { id number }",
    "invoices": "id number customerId customer { id name } agreement { id title }",
    "receipts": (
        "id customerId customer { id name } allocations { dealId deal { id title } invoiceId invoice { id number } }"
    ),
    "satisfactions": "id customerId customer { id name } dealId deal { id title } agreement { id } comment",
    "persons": "id subjectId consents { purpose } holds { matter } requests { reason }",
    "attributionTouches": "id leadId lead { id company } dealId deal { id title } campaign",
    "targets": "id owner { name } parent { id } parts(first: 9) { id } revisions { lines { floor } }",
    "forecastSheets": "id owner { name } entries { dealId deal { id title } } revisions { note sums { commitMinor } }",
    "payoutRuns": "id planId plan { id key } statements(first: 9) { memberId plan { id } }",
    "statements": (
        "payoutRunId memberId payoutRun { id statements(first: 9) { memberId } } lines(first: 9) { deal { id title } }"
    ),
    "currencyRates": "id rate rateTableId rateTable { id key }",
    "compensationPlans": "id key name enrolments(first: 9) { id memberId member { id name } }",
    "enrolments": "id memberId member { id enrolments(first: 9) { id } } plan { id key }",
    "credits": "dealId memberId kind",
    "approvals": "id subjectId reason requester { id name } customer { id name } deal { id title } award { id reason }",
    "objections": "id subjectId claim member { id name } payoutRun { id statements { memberId } }",
    "awards": "id reason member { id name } plan { id key } objection { id claim } deal { id title }",
    "pointsBalances": "id balance member { id name }",
    "pointsEntries": "memberId number reason award { id reason }",
    "allPoolShares": "id owner { id name } plan { id key } shares { memberId member { id name } }",
}
"""Lists with the relations that lead on from them, by GraphQL."""


@pytest.fixture(scope="module")
def paths() -> dict[str, str]:
    """The path of every read by its operation id, as the contract has them."""
    document = orjson.loads((REPOSITORY / "openapi" / "openapi.json").read_bytes())
    return {methods["get"]["operationId"]: path for path, methods in document["paths"].items() if "get" in methods}


@pytest.mark.complete
def test_every_read_has_a_policy(paths: dict[str, str]) -> None:
    decided = {
        *LISTS,
        *DETAILS,
        *REPORTS,
        *RECEIVABLES,
        *FEEDS,
        *PAYROLL,
        *PAY_REPORTS,
        *ESTIMATES,
        *LIVE,
        *KEPT,
        *ONESELF,
        *RETENTION,
    }
    assert set(paths) == decided, "say in LISTS, DETAILS or the others what these show"


async def test_every_read_asks_for_a_key(company: Company, paths: dict[str, str]) -> None:
    for path in paths.values():
        answer = await company.service.client.get(filled(path, NOBODY))
        assert (answer.status_code, answer.json()["code"]) == (401, "access.key_unknown"), path


@pytest.mark.parametrize("role", ROLES)
async def test_lists_hold_exactly_what_is_in_scope(company: Company, paths: dict[str, str], role: str) -> None:
    for operation, kind in LISTS.items():
        answer = await company.get(paths[operation], role, first=100)
        assert answer.status_code == 200, (operation, answer.text)
        assert answer.json()["next_cursor"] is None
        shown = {identity(kind, item) for item in answer.json()["items"]}
        assert shown == {thing.id for thing in company.of(kind) if company.sees(role, thing)}, (operation, role)


@pytest.mark.parametrize("role", ROLES)
async def test_keys_are_listed_for_their_keepers_and_auditors_alone(
    company: Company, paths: dict[str, str], role: str
) -> None:
    for operation in sorted(KEPT):
        answer = await company.get(filled(paths[operation], NOBODY), role)
        if role in OVERSEERS:
            assert answer.status_code in (200, 404), operation
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "access.role_forbidden"), operation
    document = "{ principals { edges { node { name } } } apiKeys { edges { node { prefix } } } }"
    codes = {
        error["extensions"]["code"]
        for error in (await ask(company.service, document, role=role)).json().get("errors", [])
    }
    assert codes == (set() if role in OVERSEERS else {"access.role_forbidden"})


@pytest.mark.parametrize("role", ROLES)
async def test_a_foreign_thing_is_answered_as_one_that_does_not_exist(
    company: Company, paths: dict[str, str], role: str
) -> None:
    for operation, kind in DETAILS.items():
        missing = await company.get(filled(paths[operation], NOBODY), role)
        for thing in company.of(kind):
            answer = await company.get(filled(paths[operation], thing.id), role)
            is_seen = company.sees(role, thing)
            assert answer.status_code == (200 if is_seen else 404), (operation, role, thing)
            if not is_seen:
                assert faceless(answer.text, thing) == faceless(missing.text), operation


@pytest.mark.parametrize("role", ROLES)
async def test_no_answer_holds_anything_of_a_foreign_thing(company: Company, paths: dict[str, str], role: str) -> None:
    foreign = [thing for thing in company.things if not company.sees(role, thing)]
    for operation, path in paths.items():
        if operation in FEEDS | PAYROLL | KEPT:
            continue
        things = company.of(DETAILS[operation]) if operation in DETAILS else [None]
        for thing in things:
            if thing is None or company.sees(role, thing):
                answer = await company.get(filled(path, thing.id if thing else ""), role)
                refuse_foreign(answer.json(), foreign, f"{operation} as {role} of {thing}")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("grouping", ["customer", "owner", "attribute:sector"])
async def test_reports_count_only_deals_in_scope(company: Company, role: str, grouping: str) -> None:
    seen = [thing for thing in company.of("deal") if company.sees(role, thing)]
    foreign = [thing for thing in company.things if not company.sees(role, thing)]
    for name in REPORTS.values():
        answer = await company.get(f"/v1/reports/{name}", role, groupBy=grouping)
        refuse_foreign(answer.json(), foreign, f"{name} by {grouping} as {role}", but={"value"})
    groups = (await company.get("/v1/reports/deals", role, groupBy=grouping)).json()["groups"]
    assert sum(group["deals"] + group["undated"] for group in groups) == len(seen)


@pytest.mark.parametrize("role", ROLES)
async def test_receivables_count_only_invoices_in_scope(company: Company, role: str) -> None:
    seen = [thing for thing in company.of("invoice") if company.sees(role, thing)]
    foreign = [thing for thing in company.things if not company.sees(role, thing)]
    answer = await company.get("/v1/reports/receivables", role, asOf="2026-03-31", groupBy="customer")
    refuse_foreign(answer.json(), foreign, f"receivables as {role}")
    assert sum(group["open"]["invoices"] for group in answer.json()["groups"]) == len(seen)


@pytest.mark.parametrize("role", ROLES)
async def test_reports_of_pay_count_only_the_locked_pay_in_scope(company: Company, role: str) -> None:
    seen = [thing for thing in company.of("statement") if company.sees(role, thing)]
    paid = {thing.id.partition("/")[2] for thing in seen if thing.id.startswith(company["run both"])}
    foreign = [thing for thing in company.things if not company.sees(role, thing)]
    asked = {"from": "2026-02-01", "to": "2026-02-28"}
    accruals = await company.get("/v1/reports/commission-accruals", role, **asked, dimension="member")
    assert {group["key"]["value"] for group in accruals.json()["groups"]} == paid
    costs = await company.get("/v1/reports/contract-costs", role, **asked, benefitMonths=24)
    won = {company[seller]: company[f"won of {seller}"] for seller in SELLERS}
    assert {each["deal_id"] for each in costs.json()["deals"]} == {won[member_id] for member_id in paid}
    for answer in (accruals, costs):
        refuse_foreign(answer.json(), foreign, f"{answer.url} as {role}", but={"value"})


@pytest.mark.parametrize("role", ROLES)
async def test_a_deal_in_scope_is_estimated_for_the_pay_in_scope(company: Company, role: str) -> None:
    missing = await company.get(f"/v1/deals/{NOBODY}/commission-estimate", role)
    estimated: set[str] = set()
    for thing in company.of("deal"):
        answer = await company.get(f"/v1/deals/{thing.id}/commission-estimate", role)
        if not company.sees(role, thing):
            assert answer.status_code == missing.status_code == 404
            assert faceless(answer.text, thing) == faceless(missing.text)
        elif answer.status_code == 200:
            estimated |= {each["member_id"] for each in answer.json()["item"]["pays"]}
        else:
            assert answer.json()["code"].startswith("commission_estimate."), answer.text
    reached = PAY_REACHED[role]
    assert estimated == {company[seller] for seller in SELLERS if reached is None or seller in reached}


@pytest.mark.parametrize("role", ROLES)
async def test_live_statements_and_the_events_of_lines_hold_only_pay_in_scope(company: Company, role: str) -> None:
    foreign = [thing for thing in company.things if not company.sees(role, thing)]
    reached = PAY_REACHED[role]
    for plan, sellers in (("rep", ("rep",)), ("other", ("other rep",)), ("both", SELLERS), ("nobody", ())):
        for seller in SELLERS:
            path = f"/v1/live-statements/{company[f'plan {plan}']}/{company[seller]}"
            answer = await company.get(path, role, period="2026-02", expand="events")
            is_seen = seller in sellers and (reached is None or seller in reached)
            assert answer.status_code == (200 if is_seen else 404), (role, plan, seller)
            refuse_foreign(answer.json(), foreign, f"{path} as {role}", but={"plan_id"})
    for thing in company.of("statement"):
        answer = await company.get(f"/v1/statements/{thing.id}", role, expand="events")
        assert answer.status_code == (200 if company.sees(role, thing) else 404)
        refuse_foreign(answer.json(), foreign, f"{thing} as {role}")


@pytest.mark.parametrize("role", ROLES)
async def test_totals_of_a_payout_run_are_for_those_who_see_all_pay(company: Company, role: str) -> None:
    sees_all = role in ("finance", "auditor", "admin")
    for run in (await company.get("/v1/payout-runs", role)).json()["items"]:
        if run["status"] in ("issued", "locked"):
            assert (run["total_minor"] is not None) == (run["participant_count"] is not None) == sees_all
            assert (run["instructed_minor"] is not None) == (run["paid_minor"] is not None) == sees_all


@pytest.mark.parametrize("role", ROLES)
async def test_payroll_holds_exactly_the_locked_pay_in_scope(company: Company, role: str) -> None:
    seen = {thing.id for thing in company.of("statement") if company.sees(role, thing)}
    for run in company.of("run"):
        answer = await company.get(f"/v1/payout-runs/{run.id}/payroll", role)
        if not company.sees(role, run):
            missing = await company.get(f"/v1/payout-runs/{NOBODY}/payroll", role)
            assert answer.status_code == missing.status_code == 404
            assert faceless(answer.text, run) == faceless(missing.text)
        elif run.id == company["run both"]:
            shown = {f"{run.id}/{line['member_id']}" for line in answer.json()["lines"]}
            assert shown == {id for id in seen if id.startswith(run.id)}, role
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "payout_run.status_wrong"), role


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("field", sorted(NESTED))
async def test_nested_answers_hold_nothing_of_a_foreign_thing(company: Company, role: str, field: str) -> None:
    kind, document = LISTS[field], f"{{ {field}(first: 40) {{ edges {{ node {{ {NESTED[field]} }} }} }} }}"
    nodes = [edge["node"] for edge in (await must(company.service, document, role=role))[field]["edges"]]
    assert {identity(kind, snake(node)) for node in nodes} == {
        thing.id for thing in company.of(kind) if company.sees(role, thing)
    }
    foreign = [thing for thing in company.things if not company.sees(role, thing)]
    references = {"customerId", "leadId", "dealId", "parentId", "aboutId", "subjectId"}
    refuse_foreign(nodes, foreign, f"{field} as {role}", but=references)
    foreign_members = {thing.id.partition("/")[2] for thing in foreign if thing.kind == "statement"}
    assert not foreign_members & {value for key, value in leaves(nodes, "") if key == "memberId"}


async def test_the_timeline_of_a_customer_tells_its_owner_nothing_of_others(company: Company) -> None:
    path = f"/v1/customers/{company['customer of rep']}/timeline"
    told = {
        role: {(entry["type"], entry["stream_id"]) for entry in (await company.get(path, role)).json()["items"]}
        for role in ("rep", "manager", "admin")
    }
    foreign = {
        ("lead.converted", company["converted of other rep"]),
        ("activity.follow_up_logged", company["other's call of other rep"]),
        ("deal.opened", company["other's deal of other rep"]),
        ("receipt.allocated", company["receipt of other rep"]),
    }
    assert foreign <= told["admin"]
    assert told["rep"] == told["manager"]
    assert not foreign & told["rep"]
    assert ("receipt.recorded", company["receipt of rep"]) in told["rep"]
    assert ("activity.follow_up_logged", company["call about customer of rep"]) in told["rep"]


async def test_a_receipt_of_a_customer_in_the_pool_is_not_told_by_its_timeline(company: Company) -> None:
    path = f"/v1/customers/{company['pool customer']}/timeline"
    entry = ("receipt.recorded", company["pool receipt"])
    for role, is_told in (("admin", True), ("finance", True), ("rep", False), ("manager", False)):
        items = (await company.get(path, role)).json()["items"]
        assert (entry in {(item["type"], item["stream_id"]) for item in items}) is is_told, role


def filled(path: str, id: str) -> str:
    """The path with an id, or the two of a statement, in its places, and what it asks for beside it."""
    if path.endswith("/differences"):
        path += "?from=1&to=1"
    if "{payout_run_id}/{member_id}" in path:
        run, _, member = id.partition("/")
        return path.replace("{payout_run_id}", run).replace("{member_id}", member or NOBODY)
    return "/".join(id if part.startswith("{") else part for part in path.split("/"))


def identity(kind: str, item: dict[str, Any]) -> str:
    """Names an item of a list by what tells it from the others."""
    if kind == "credit":
        return f"{item['deal_id']}/{item['member_id']}"
    if kind == "points_entry":
        return f"{item['member_id']}/{item['number']}"
    return f"{item['payout_run_id']}/{item['member_id']}" if kind == "statement" else str(item["id"])


def faceless(text: str, thing: Thing | None = None) -> str:
    """The text of a problem without the id that was asked for."""
    ids = [part for id in (thing.id if thing else "", f"{NOBODY}/{NOBODY}") for part in (id, *id.split("/")) if part]
    for id in ids:
        text = text.replace(id, "*")
    return text


def refuse_foreign(
    content: Any, foreign: list[Thing], place: str, but: set[str] | frozenset[str] = frozenset()
) -> None:
    """No text of a foreign thing anywhere, and its id nowhere but in a field that refers to it."""
    names = {thing.name for thing in foreign if thing.name}
    # The points of a member have the id of the member, whom everybody sees.
    kinds = PAY_KINDS - {"points"}
    ids = {thing.id for thing in foreign if thing.kind != "points" and (thing.kind not in kinds or "/" not in thing.id)}
    for key, value in leaves(content, ""):
        assert value not in names, (place, key, value)
        assert value not in ids or key in REFERENCES | but, (place, key, value)


def leaves(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """All texts with the names that they stand under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    elif isinstance(value, str):
        yield key, value
