"""Principals and keys through both doors: a key is shown once, and what it opened ends with it, wherever it is open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, get_type_hints

import pytest
import pytest_asyncio

from salesapi.api.graphql.relations import RELATIONS
from salesapi.api.http import http_app
from salesapi.api.reads.catalogue import LISTS
from salesapi.app import running_core
from salesapi.cli.serving import listening_socket, serving
from salesapi.domain.shared.key_digests import key_id
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.schemas.customers.customers import TimelineEntry
from salesapi.schemas.pay.line_events import LineEvent
from tests.api.companies import PATIENCE_SECONDS, followed_company, settled
from tests.api.graphql_client import ask, must
from tests.api.test_graphql_board import BOARD, socket
from tests.connections import connected
from tests.programs import until
from tests.service import Service

FORBIDDEN = 4403
TABLES = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^(pg_catalog|information_schema)$'"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """A company of this module's own, with its read models: its keys change."""
    folder: Path = tmp_path_factory.mktemp("keys")
    async with followed_company(postgresql, folder, "keys") as service:
        yield service


@pytest.fixture
def service(company: Service, request: pytest.FixtureRequest) -> Service:
    """The company, with idempotency keys that begin with the test's name."""
    company.key_prefix = request.node.name
    return company


async def registered(service: Service, name: str, *roles: str, **values: Any) -> str:
    """The id of a principal."""
    receipt = await service.must("/v1/principals", {"name": name, "roles": list(roles), **values})
    return str(receipt["id"])


async def issued(service: Service, name: str, principal_id: str, **values: Any) -> str:
    """A key of a principal, which `service.keys` knows by the name; its id."""
    receipt = await service.must("/v1/api-keys", {"principal_id": principal_id, **values})
    service.keys[name] = receipt["key"]
    return str(receipt["id"])


async def status(service: Service, name: str) -> int:
    """What a request with the key is answered with."""
    return (await service.get("/v1/me", role=name)).status_code


async def test_a_key_is_answered_once_and_never_again(service: Service) -> None:
    principal = await registered(service, "erp", "integration")
    first = await service.post("/v1/api-keys", {"principal_id": principal}, key="issue")
    again = await service.post("/v1/api-keys", {"principal_id": principal}, key="issue")
    key = first.json().pop("key")
    assert (key.split("_")[0], len(key.split("_")[1])) == ("sk", 12)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {**first.json(), "key": None}
    tried = await service.post("/v1/api-keys?dryRun=true", {"principal_id": principal})
    assert tried.json()["key"] is None
    assert "key" not in await service.must("/v1/customers", {"name": "Nobody"})


ISSUE = """mutation($input: IssueApiKeyInput!, $key: String!) {
    issueApiKey(input: $input, idempotencyKey: $key) { id key isReplay } }"""
ROTATE = """mutation($input: RotateApiKeyInput!, $key: String!) {
    rotateApiKey(input: $input, idempotencyKey: $key) { id key isReplay } }"""


async def test_both_doors_make_keys_and_a_retry_at_the_other_door_has_none(service: Service) -> None:
    principal = await registered(service, "mail", "integration")
    asked = {"input": {"principalId": principal, "label": "mail"}, "key": f"{service.key_prefix}/issue"}
    made = (await must(service, ISSUE, asked))["issueApiKey"]
    service.keys["mail"] = made["key"]
    assert await status(service, "mail") == 200
    assert (await must(service, ISSUE, asked))["issueApiKey"] == {"id": made["id"], "key": None, "isReplay": True}
    again = await service.post("/v1/api-keys", {"principal_id": principal, "label": "mail"}, key="issue")
    assert (again.json()["id"], again.json()["key"]) == (made["id"], None)

    rotate = {"apiKeyId": made["id"], "overlapUntil": "2029-01-01T00:00:00Z"}
    rotated = (await must(service, ROTATE, {"input": rotate, "key": f"{service.key_prefix}/rotate"}))["rotateApiKey"]
    service.keys["mail, new"] = rotated["key"]
    assert [await status(service, name) for name in ("mail", "mail, new")] == [200, 200]


async def test_each_key_of_a_bulk_stands_beside_its_receipt(service: Service) -> None:
    principal = await registered(service, "bulk", "integration")
    item = {"command": "IssueApiKey", "values": {"principal_id": principal}}
    for atomic in (True, False):
        bulk = {"atomic": atomic, "commands": [item, item]}
        answers = [await service.post("/v1/bulk", bulk, key=f"bulk {atomic}") for _ in range(2)]
        first, again = [[each["receipt"]["key"] for each in answer.json()["results"]] for answer in answers]
        assert len({*first, None}) == 3
        assert again == [None, None]


async def test_nobody_but_the_server_says_what_a_key_is(service: Service) -> None:
    principal = await registered(service, "forger", "integration")
    digest = {"prefix": "0a1b2c3d4e5f", "sha256": "ab" * 32}
    answer = await service.post("/v1/api-keys", {"principal_id": principal, "digest": digest})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/digest")
    item = {"command": "IssueApiKey", "values": {"principal_id": principal, "digest": digest}}
    answer = await service.post("/v1/bulk", {"atomic": True, "commands": [item]})
    assert answer.status_code == 422
    by_graphql = await ask(service, ISSUE, {"input": {"principalId": principal, "digest": digest}, "key": "forged"})
    assert "digest" in by_graphql.json()["errors"][0]["message"]


async def test_no_table_and_no_event_holds_a_key(service: Service) -> None:
    principal = await registered(service, "canary", "integration")
    await issued(service, "canary", principal, label="canary")
    assert await status(service, "canary") == 200
    await settled(service)
    secret = service.keys["canary"].split("_", 2)[2]
    async with connected(service.urls.owner_url) as owner:
        for (table,) in await owner.fetch(TABLES):
            held = await owner.fetchval(f"SELECT count(*) FROM {table} t WHERE t::text LIKE $1", f"%{secret}%")
            assert held == 0, table
    feed = await service.get("/v1/events", types="api_key.issued", limit=1000)
    assert secret not in feed.text
    assert service.keys["canary"].split("_")[1] in feed.text


END: Final[dict[str, tuple[str, dict[str, Any], int]]] = {
    "revoked": ("/v1/api-keys/{key}/revoke", {"reason": "Lost"}, 401),
    "disabled": ("/v1/principals/{principal}/disable", {"reason": "Left"}, 401),
    "changed": ("/v1/principals/{principal}/change", {"roles": ["finance"], "reason": "Moved"}, 200),
    "rotated without overlap": ("/v1/api-keys/{key}/rotate", {"overlap_until": "$now"}, 401),
}


def said(values: dict[str, Any]) -> dict[str, Any]:
    """The values, with what is meant by now."""
    return {name: datetime.now(UTC).isoformat() if value == "$now" else value for name, value in values.items()}


@pytest.mark.parametrize("end", END)
async def test_what_a_key_opened_ends_with_it(service: Service, end: str) -> None:
    path, values, afterwards = END[end]
    principal = await registered(service, end, "auditor")
    key = await issued(service, end, principal)
    assert await status(service, end) == 200
    async with socket(service, end) as client:
        await client.subscribe("a", BOARD)

        await service.must(path.format(key=key, principal=principal), said(values))

        assert await status(service, end) == afterwards
        assert await client.closed() == FORBIDDEN


WAITED: Final[dict[str, tuple[str, dict[str, Any], int]]] = {
    "revoked": (END["revoked"][0], END["revoked"][1], 401),
    "demoted": ("/v1/principals/{principal}/change", {"roles": ["rep"], "member_id": "$rep", "reason": "Moved"}, 403),
}


@pytest.mark.parametrize("end", WAITED)
async def test_a_feed_that_waits_tells_nothing_more_to_who_may_not_read_it(service: Service, end: str) -> None:
    path, values, code = WAITED[end]
    principal = await registered(service, f"follower {end}", "integration")
    key = await issued(service, "follower", principal)
    head, before = await service.core.log.head(), service.core.log._watch._waiting
    waiting = asyncio.create_task(service.get("/v1/events", role="follower", after=head, waitSeconds=20))
    await until(lambda: service.core.log._watch._waiting > before, "the feed waits", PATIENCE_SECONDS)

    member = {"member_id": str(service.ids["rep"])} if "member_id" in values else {}
    await service.must(path.format(key=key, principal=principal), {**values, **member})

    assert (await waiting).status_code == code


async def test_a_socket_ends_when_its_key_expires_and_not_when_it_is_rotated(service: Service) -> None:
    principal = await registered(service, "short", "auditor")
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    key = await issued(service, "short", principal)
    async with socket(service, "short") as client:
        await client.subscribe("a", BOARD)
        await service.must(f"/v1/api-keys/{key}/rotate", {"overlap_until": soon})
        await client.send(type="ping")
        assert await client.take() == {"type": "pong"}
        assert await client.closed() == FORBIDDEN
    assert datetime.now(UTC).isoformat() >= soon


async def test_a_revocation_in_one_process_ends_what_is_open_in_another(service: Service) -> None:
    principal = await registered(service, "elsewhere", "auditor")
    key = await issued(service, "elsewhere", principal)
    async with AsyncExitStack() as undo:
        other = await undo.enter_async_context(running_core(service.core.settings))
        listener = listening_socket("127.0.0.1", 0)
        await undo.enter_async_context(serving(http_app(other), listener))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        there = Service(other, service.urls, address, service.client, keys=service.keys)
        async with socket(there, "elsewhere") as client:
            await client.subscribe("a", BOARD)
            await service.must(f"/v1/api-keys/{key}/revoke", {"reason": "Lost"})
            assert await client.closed() == FORBIDDEN


async def test_a_name_that_is_known_is_not_given_to_somebody_else(service: Service) -> None:
    id = await registered(service, "known", "auditor")
    await issued(service, "known", id)
    taken = await service.post("/v1/principals", {"name": "known", "roles": ["admin"]})
    assert (taken.status_code, taken.json()["code"]) == (409, "principal.exists")
    assert (await service.get("/v1/me", role="known")).json()["roles"] == ["auditor"]
    assert await registered(service, "known", "auditor") == id
    unknown = await service.post(
        "/v1/principals", {"name": "ghost", "roles": ["rep"], "member_id": "00000000-0000-7000-8000-00000000dead"}
    )
    assert (unknown.status_code, unknown.json()["pointer"]) == (404, "/member_id")


async def test_whoever_asks_is_told_who_they_are(service: Service) -> None:
    me = (await service.get("/v1/me", role="manager")).json()
    assert me == {
        "principal_id": me["principal_id"],
        "name": "manager",
        "roles": ["manager"],
        "permissions": ["deal.move_back", "deal.skip_stages"],
        "member_id": str(service.ids["manager"]),
        "reach": "team",
        "pay_reach": "team",
        "key_prefix": service.keys["manager"].split("_")[1],
        "key_expires_at": None,
    }
    by_graphql = (await must(service, "{ me { principalId name member { name } keyPrefix } }", role="manager"))["me"]
    assert by_graphql["principalId"] == me["principal_id"]
    assert by_graphql["member"] == {"name": "manager"}


async def test_a_list_of_keys_tells_everything_but_the_key(service: Service) -> None:
    principal = await registered(service, "listed", "integration")
    key = await issued(service, "listed", principal, label="nightly", expires_at="2030-01-01T00:00:00+08:00")
    assert await status(service, "listed") == 200
    await service.core.api_keys.uses.write()
    await service.must(f"/v1/api-keys/{key}/revoke", {"reason": "Not needed"})
    await settled(service)
    for role in ("admin", "auditor"):
        answer = await service.get("/v1/api-keys", role=role, principalId=principal)
        (item,) = answer.json()["items"]
        assert (item["id"], item["prefix"], item["label"]) == (key, service.keys["listed"].split("_")[1], "nightly")
        assert item["expires_at"] == "2029-12-31T16:00:00Z"
        assert (item["is_revoked"], item["revocation_reason"]) == (True, "Not needed")
        assert item["last_used_on"] == datetime.now(UTC).date().isoformat()
        assert not {"sha256", "digest", "key"} & set(item)
    assert str(key_id(item["prefix"])) == key


async def test_every_actor_of_the_log_has_a_name(service: Service) -> None:
    await settled(service)
    events = (await service.get("/v1/events", limit=1000)).json()["events"]
    actors = {event["actorid"] for event in events}
    stated = {event["subject"] for event in events if event["type"] == "sales.v1.principal.registered"}
    assert actors <= stated, "also offline, from the log alone"
    for actor in actors:
        item = (await service.get(f"/v1/principals/{actor}", role="rep")).json()["item"]
        assert item["name"]


async def test_where_a_principal_is_named_graphql_leads_to_it(service: Service) -> None:
    customer = service.ids["customer"]
    await settled(service)
    document = (
        f'{{ customerTimeline(customerId: "{customer}") {{ edges {{ node {{ actorId actor {{ id name }} }} }} }} }}'
    )
    found = (await must(service, document))["customerTimeline"]["edges"]
    assert {edge["node"]["actor"]["name"] for edge in found} == {"admin"}


def test_every_field_that_names_a_principal_has_a_relation_to_it() -> None:
    for shape in (*(read.listing.shape for read in LISTS), TimelineEntry, LineEvent):
        hints = get_type_hints(shape, include_extras=True)
        named = {name for name, hint in hints.items() if "The principal who" in str(getattr(hint, "__metadata__", ""))}
        led = {relation.key for relation in RELATIONS.get(shape, ())}
        assert named <= led, shape.__name__
