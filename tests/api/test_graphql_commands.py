"""Commands through the GraphQL door on the real log: receipts, retries, dry runs, refusals, masked errors, HTTP forms."""

import logging
from typing import Any

import pytest

from salesapi.api.graphql.errors import masked
from tests.api.graphql_client import RESPONSE_JSON, ask, mutate
from tests.service import Service, deal

OPEN = "mutation($input: OpenDealInput!, $key: String) { openDeal(input: $input, idempotencyKey: $key) { id } }"


def as_opened(service: Service, **values: Any) -> dict[str, Any]:
    """The input of a deal to open."""
    ids = {"pipelineId": str(service.ids["pipeline"]), "ownerId": str(service.ids["rep"])}
    return {"title": "Pilot", **ids, **values}


async def test_a_mutation_answers_a_receipt_with_its_position(service: Service) -> None:
    receipt = await mutate(service, "OpenDeal", deal(service), role="rep")
    head = await service.core.log.head()
    assert receipt["position"] == str(head)
    assert receipt["version"] == 1
    assert [event["type"] for event in receipt["events"]] == ["deal.opened"]
    assert receipt["events"][0]["id"] == f"1:{head}"


async def test_a_key_belongs_to_one_request(service: Service) -> None:
    await mutate(service, "OpenDeal", deal(service), key="k1")
    other = await mutate(service, "OpenDeal", deal(service, title="Another"), key="k1")
    assert other["error"]["extensions"]["code"] == "idempotency_key.reused"
    assert other["error"]["extensions"]["status"] == 422


async def test_an_amount_is_taken_as_digits_or_as_a_number(service: Service) -> None:
    values = {"amount_minor": 9_007_199_254_740_991, "currency": "USD"}
    number = await mutate(service, "OpenDeal", deal(service, **values), key="k1")
    digits = await mutate(service, "OpenDeal", deal(service, **values | {"amount_minor": "9007199254740991"}), key="k1")
    assert digits == {**number, "isReplay": True}


async def test_values_in_the_document_are_as_good_as_variables(service: Service) -> None:
    ids = f'pipelineId: "{service.ids["pipeline"]}", ownerId: "{service.ids["rep"]}"'
    document = f"""mutation {{ openDeal(
        input: {{title: "Pilot", {ids}, amountMinor: 125000, currency: "USD"}}
        idempotencyKey: "{service.key_prefix}/inline", occurredAt: null
    ) {{ version isReplay }} }}"""
    first, again = [(await ask(service, document)).json()["data"]["openDeal"] for _ in range(2)]
    assert (first, again) == ({"version": 1, "isReplay": False}, {"version": 1, "isReplay": True})


async def test_a_dry_run_shows_the_events_and_writes_nothing(service: Service) -> None:
    before = await service.core.log.head()
    receipt = await mutate(service, "OpenDeal", deal(service), dryRun=True)
    assert receipt["events"][0]["payload"]["title"] == "Pilot"
    assert receipt["position"] is None
    assert await service.core.log.head() == before


async def test_a_lost_update_is_refused_with_the_expected_version(service: Service) -> None:
    opened = await mutate(service, "OpenDeal", deal(service))
    value = {"deal_id": opened["id"], "amount_minor": 500, "currency": "USD"}
    await mutate(service, "ValueDeal", value)
    late = await mutate(service, "ValueDeal", value | {"amount_minor": 700}, expectedVersion=1)
    assert late["error"]["extensions"]["code"] == "version.stale"
    assert late["error"]["extensions"]["status"] == 412


async def test_a_refusal_names_its_rule_and_leaves_status_200(service: Service) -> None:
    answer = await ask(service, OPEN, {"input": as_opened(service, stage="nowhere"), "key": "nowhere"})
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    error = answer.json()["errors"][0]
    assert error["path"] == ["openDeal"]
    assert error["extensions"]["code"] == "deal.stage_unknown"
    assert error["extensions"]["kind"] == "rule"
    assert error["extensions"]["pointer"] == "/stage"


async def test_a_write_needs_an_idempotency_key(service: Service) -> None:
    answer = await ask(service, OPEN, {"input": as_opened(service)})
    assert answer.json()["errors"][0]["extensions"]["code"] == "idempotency_key.missing"


async def test_several_mutations_of_one_request_run_in_order(service: Service) -> None:
    opened = await mutate(service, "OpenDeal", deal(service))
    document = """mutation($id: UUID!, $key: String!) {
        valueDeal(input: {dealId: $id, amountMinor: "500", currency: "USD"}, idempotencyKey: $key) { version }
        voidDeal(input: {dealId: $id, reason: "Twice"}, idempotencyKey: "void") { version }
    }"""
    answer = (await ask(service, document, {"id": opened["id"], "key": service.key_prefix})).json()
    assert answer["data"] == {"valueDeal": {"version": 2}, "voidDeal": {"version": 3}}


async def test_an_unknown_key_is_401(service: Service) -> None:
    for bearer in ("", "Bearer nonsense", "Basic Zm9v"):
        answer = await ask(service, "{ position }", authorization=bearer)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["errors"][0]["extensions"]["code"] == "access.key_unknown"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ ", None),
        ("", None),
        ("{ nothing }", None),
        ("{ deals { edges { node { id } } }", None),
        (OPEN, {"input": {"title": 5}}),
        (OPEN, None),
        ("query A { position } query B { position }", None),
    ],
)
async def test_what_cannot_run_is_400_without_data_in_the_new_form_and_200_in_the_old(
    service: Service, document: str, variables: dict[str, Any] | None
) -> None:
    new = await ask(service, document, variables)
    assert (new.status_code, "data" in new.json()) == (400, False)
    assert new.headers["content-type"] == f"{RESPONSE_JSON}; charset=utf-8"
    old = await ask(service, document, variables, accept="application/json")
    assert (old.status_code, "data" in old.json()) == (200, False)
    assert old.headers["content-type"] == "application/json; charset=utf-8"
    assert new.json() == old.json()


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "graphql.request_malformed"),
        (b'"query"', {}, 400, "graphql.request_malformed"),
        (b'{"query": 1}', {}, 400, "graphql.request_malformed"),
        (b'{"query": "{position}", "variables": []}', {}, 400, "graphql.request_malformed"),
        (b'[{"query": "{position}"}]', {}, 400, "graphql.request_malformed"),
        (b"{}", {"content-type": "text/plain"}, 415, "graphql.media_type"),
        (b"{}", {"accept": "text/html"}, 406, "graphql.media_type"),
        (b'{"query": "subscription { dealBoard { position } }"}', {}, 400, "graphql.subscription"),
    ],
)
async def test_what_is_no_graphql_request_is_refused(
    service: Service, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    usual = {"content-type": "application/json", "accept": RESPONSE_JSON}
    bearer = {"authorization": f"Bearer {service.keys['rep']}"}
    answer = await service.client.post("/graphql", content=body, headers={**usual, **bearer, **headers})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_get_is_for_people_only(service: Service) -> None:
    page = await service.client.get("/graphql", headers={"accept": "text/html"})
    assert "graphiql" in page.text.lower()
    query = await service.client.get("/graphql", params={"query": "{ position }"})
    assert (query.status_code, query.headers["allow"]) == (405, "POST")


def test_an_unexpected_error_is_masked_and_logged_once_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        shown = masked(ValueError("canary@example.com"), "request-1", ["deals"])
    assert shown["extensions"]["code"] == "internal"
    assert "request-1" in shown["message"]
    assert len(caplog.records) == 1
    assert "canary" not in caplog.text + str(shown)
