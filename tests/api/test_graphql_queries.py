"""Reads through the GraphQL door: connections, nested relations with few statements, scopes, positions, reports."""

from typing import Any

import pytest

from salesapi.access.principals import EVERYTHING
from salesapi.api.authentication import Authenticator, Caller
from salesapi.api.graphql.board_watch import BoardWatch
from salesapi.api.graphql.context import OperationContext, Sources
from salesapi.api.graphql.documents import Prepared
from salesapi.api.graphql.executing import Executor
from salesapi.api.graphql.schema import build_schema
from salesapi.api.http import read_sources
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.commands.bulk import Bulk
from salesapi.commands.command_reading import CommandReader
from salesapi.commands.key_issuing import OPERATOR
from salesapi.domain.catalogue import Catalogue
from tests.api.graphql_client import ask, must
from tests.service import Service, deal

DEALS = """query($filter: DealFilterInput, $order: DealOrder! = OPENED_ASC, $first: Int! = 50, $after: String) {
    deals(filter: $filter, orderBy: $order, first: $first, after: $after) {
        edges { cursor node { title amountMinor status openedOn } }
        pageInfo { hasNextPage hasPreviousPage endCursor } position
    } }"""


def titles(connection: dict[str, Any]) -> list[str]:
    """The titles of the deals of a page."""
    return [edge["node"]["title"] for edge in connection["edges"]]


async def test_a_list_is_read_page_by_page_and_says_its_position(sales: Service) -> None:
    first = (await must(sales, DEALS, {"first": 4}))["deals"]
    rest = (await must(sales, DEALS, {"first": 4, "after": first["pageInfo"]["endCursor"]}))["deals"]
    assert [*titles(first), *titles(rest)] == ["Foreign", *(f"Deal {number}" for number in range(6))]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert rest["position"] == str(await sales.core.log.head())


async def test_amounts_are_digits_and_words_are_enums(sales: Service) -> None:
    found = (await must(sales, DEALS, {"filter": {"status": ["WON"], "amountFrom": str(2**40)}}))["deals"]
    (won,) = [edge["node"] for edge in found["edges"]]
    assert won == {"title": "Deal 5", "amountMinor": str(2**40 + 5), "status": "WON", "openedOn": "2026-01-06"}


@pytest.mark.parametrize(
    ("variables", "code", "pointer"),
    [
        ({"after": "garbage"}, "cursor.malformed", "/after"),
        ({"first": 0}, "page.size_invalid", "/first"),
        ({"filter": {"currency": "TOOLONG"}}, "request.malformed", "/filter/currency"),
        ({"filter": {"text": "a\u0000b"}}, "request.malformed", "/filter"),
        ({"filter": {"status": ["NONE"]}}, "request.malformed", "/status/0"),
        ({"order": "NONE"}, "request.malformed", "/order"),
    ],
)
async def test_a_list_refuses_what_it_cannot_read(
    sales: Service, variables: dict[str, Any], code: str, pointer: str
) -> None:
    extensions = (await ask(sales, DEALS, variables)).json()["errors"][0]["extensions"]
    assert (extensions["code"], extensions["pointer"], extensions["status"]) == (code, pointer, 422)


async def test_a_member_has_its_team_of_today(sales: Service) -> None:
    found = (await must(sales, "{ members { edges { node { name team { name } } } } }"))["members"]["edges"]
    assert {"name": "rep", "team": {"name": "North"}} in [edge["node"] for edge in found]


async def test_a_foreign_thing_is_as_if_it_did_not_exist(sales: Service) -> None:
    found = (await must(sales, '{ deals(filter: {text: "Foreign"}) { edges { node { id } } } }'))["deals"]
    document = "query($id: UUID!) { deal(id: $id) { title } }"
    foreign, missing = [
        (await ask(sales, document, {"id": id}, role="rep")).json()
        for id in (found["edges"][0]["node"]["id"], "00000000-0000-7000-8000-00000000dead")
    ]
    assert foreign["data"] == missing["data"] == {"deal": None}
    assert foreign["errors"][0]["extensions"]["code"] == missing["errors"][0]["extensions"]["code"] == "not_found"


def asked(sales: Service) -> OperationContext:
    """The context of one operation of somebody who sees everything."""
    core = sales.core
    authenticator = Authenticator(core.api_keys, core.scopes, core.clock)
    reader = CommandReader(core.catalogue, core.clock, "UTC")
    sources = Sources(
        handling=core.handling,
        reader=reader,
        bulk=Bulk(core.catalogue, reader, core.handling),
        reading=read_sources(core),
        board=BoardWatch(core.pool, core.log),
        authenticator=authenticator,
        log=core.log,
    )
    caller = Caller(principal=OPERATOR, rows=EVERYTHING, pay=EVERYTHING, key_prefix="", key_expires_at=None)
    return OperationContext(caller=caller, authorization="", sources=sources, request_id="test")


async def executed(
    sales: Service, document: str, variables: dict[str, Any] | None = None
) -> tuple[dict[str, Any], OperationContext]:
    """The answer to an operation, and what it knows at its end."""
    executor = Executor(build_schema(sales.core.catalogue), with_introspection=False)
    operation = executor.prepared({"query": document, "variables": variables})
    assert isinstance(operation, Prepared)
    context = asked(sales)
    return (await executor.executed(operation, context)).content, context


@pytest.mark.parametrize(
    ("document", "statements"),
    [
        ("{ deals { edges { node { title } } } }", 1),
        (
            "{ deals(first: 20) { edges { node { customer { name } owner { name } pipeline { name } stageVisits { stage }"
            " activities { content } lines { product { name } } } } } }",
            7,
        ),
        ("{ deals { edges { node { customer { owner { name } deals(first: 3) { owner { name } } } } } } }", 5),
        ("{ payoutRuns(first: 5) { edges { node { statements { member { name } lines { deal { title } } } } } } }", 5),
        (
            "{ payoutRuns(first: 2) { edges { node { statements(first: 2) { lines(first: 5) "
            "{ events(first: 5) { type } deal { title } } } } } } }",
            5,
        ),
        ("{ members { edges { node { team { name leader { name } } } } } }", 2),
    ],
)
async def test_a_relation_takes_one_statement_for_its_whole_level(
    sales: Service, document: str, statements: int
) -> None:
    content, context = await executed(sales, document)
    assert "errors" not in content
    assert context.statement_count == statements


async def test_a_live_statement_takes_statements_only_for_what_leads_on_from_its_lines(sales: Service) -> None:
    (edge,) = (await must(sales, "{ payoutRuns { edges { node { planId } } } }"))["payoutRuns"]["edges"]
    document = """query($plan: UUID!, $member: UUID!) { liveStatement(planId: $plan, memberId: $member, period: "2026-02") {
        totals: sums { totalMinor } lines { number events { type } deal { title } } } }"""
    variables = {"plan": edge["node"]["planId"], "member": str(sales.ids["rep"])}
    content, context = await executed(sales, document, variables)
    (line,) = content["data"]["liveStatement"]["lines"]
    assert line == {"number": 1, "events": [{"type": "deal.won"}], "deal": {"title": "Deal 5"}}
    assert context.statement_count == 2


async def test_a_position_is_that_of_all_read_models_in_the_answer(sales: Service) -> None:
    document = "{ deals { edges { node { ...A } } } } fragment A on Deal { stageVisits { stage } }"
    _, context = await executed(sales, document)
    assert context.reads == {"deal", "stage_visit"}


def test_the_position_of_every_read_counts_its_own_read_models() -> None:
    counted = build_schema(Catalogue()).reads
    for read in (*(each.listing for each in LISTS), *(each.thing for each in ITEMS)):
        assert counted[read.shape.__name__] == frozenset(read.reads)


async def test_a_query_waits_for_the_position_of_a_command(sales: Service) -> None:
    receipt = await sales.must("/v1/deals", deal(sales, title="Just now"))
    document = "query($id: UUID!, $at: BigInt) { deal(id: $id, minPosition: $at) { title } position }"
    data = await must(sales, document, {"id": receipt["id"], "at": receipt["position"]})
    assert data["deal"] == {"title": "Just now"}
    assert int(data["position"]) >= receipt["position"]
    await sales.must(f"/v1/deals/{receipt['id']}/void", {"reason": "test"})
    late = (await ask(sales, document, {"id": receipt["id"], "at": 10**9})).json()
    assert late["errors"][0]["extensions"]["code"] == "position.timed_out"


async def test_pay_is_seen_with_its_trace(sales: Service) -> None:
    document = """{ payoutRuns(first: 5) { edges { node { id period totalMinor plan { key } statements {
        memberId totalMinor payoutRun { status } lines(first: 1) { reason { english } rule deal { title } positions } } } } } }"""
    (edge,) = (await must(sales, document, role="finance"))["payoutRuns"]["edges"]
    run = edge["node"]
    (statement,) = run["statements"]
    assert (run["period"], run["plan"], statement["payoutRun"]) == ("2026-02", {"key": "reps"}, {"status": "ISSUED"})
    assert statement["lines"][0]["deal"] == {"title": "Deal 5"}
    assert all(position.isdigit() for position in statement["lines"][0]["positions"])
    ids = {"run": run["id"], "member": statement["memberId"]}
    lines = """query($run: UUID!, $member: UUID!) { statement(payoutRunId: $run, memberId: $member) { totalMinor }
        statementLines(payoutRunId: $run, memberId: $member) { edges { node { postedMinor } } } }"""
    own = await must(sales, lines, ids, role="rep")
    assert own["statement"]["totalMinor"] == own["statementLines"]["edges"][0]["node"]["postedMinor"]
    foreign = (await ask(sales, lines, ids, role="other rep")).json()
    assert foreign["errors"][0]["extensions"]["code"] == "not_found"


async def test_a_participant_sees_what_a_new_version_changes_and_that_it_is_open(sales: Service) -> None:
    (plan,) = (await must(sales, '{ compensationPlans(filter: { key: "spiff" }) { edges { node { id } } } }'))[
        "compensationPlans"
    ]["edges"]
    asked = """query($plan: UUID!) {
        compensationPlanDifferences(id: $plan, from: 1, to: 2) { count differences { pointer before after } }
        enrolments(filter: { planId: [$plan], isOpen: true }) { edges { node {
            member { name } plan { key enrolments { openVersion } } openVersion acknowledged { planVersion } } } } }"""
    shown = await must(sales, asked, {"plan": plan["node"]["id"]}, role="rep")
    difference = {"pointer": "/cap_minor", "before": None, "after": "90000"}
    assert shown["compensationPlanDifferences"] == {"count": 1, "differences": [difference]}
    (open_one,) = (edge["node"] for edge in shown["enrolments"]["edges"])
    assert open_one == {
        "member": {"name": "rep"},
        "plan": {"key": "spiff", "enrolments": [{"openVersion": 2}]},
        "openVersion": 2,
        "acknowledged": [{"planVersion": 1}],
    }
    foreign = (await ask(sales, asked, {"plan": plan["node"]["id"]}, role="other rep")).json()
    assert [error["extensions"]["code"] for error in foreign["errors"]] == ["not_found"]
