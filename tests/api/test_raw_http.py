"""What no client library sends: methods, paths, headers and bodies out of bounds. Each is a problem, and nothing is quoted."""

import asyncio
import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from salesapi.api.http import http_app
from salesapi.settings import Settings
from tests.api.graphql_client import ask
from tests.service import Service, deal


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
async def test_another_method_is_answered_with_those_that_are_taken(service: Service, method: str) -> None:
    for path, allowed in (("/v1/deals", {"GET", "POST"}), ("/v1/events", {"GET"}), ("/v1/bulk", {"POST"})):
        answer = await service.client.request(method, path)
        problem = answer.json()
        assert (answer.status_code, problem["status"], problem["code"]) == (405, 405, "method.not_allowed")
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.headers["allow"].split(", ")) <= allowed


async def test_a_head_is_no_fault(service: Service) -> None:
    answer = await service.client.head("/v1/deals")
    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/../../etc/passwd",
        "/v1/deals/%2e%2e/%2e%2e/etc/passwd",
        "/v1/deals/..%2f..%2fetc",
        "/v1/deals/%00",
        "/v1/deals/%ff%fe",
        "/v1/deals/" + "a" * 20_000,
        "/v1/" + "a/" * 5_000,
        "//v1//deals",
        "/v1/deals/",
    ],
    ids=lambda path: path[:30],
)
async def test_a_path_leads_nowhere_else(service: Service, path: str) -> None:
    status, _, body = await raw(service, f"GET {path} HTTP/1.1", f"authorization: Bearer {service.keys['admin']}")
    assert status in (404, 422, 307, 400)
    if status in (404, 422):
        assert json.loads(body)["code"] in ("route.unknown", "parameter.invalid")
        assert len(body) < 4_096


async def test_headers_out_of_bounds_are_refused(service: Service) -> None:
    flood = [f"x-{number}: {'y' * 1_000}" for number in range(200)]
    for headers in (flood, [f"x-long: {'y' * 200_000}"], ["content-length: -1"], ["content-length: 99999999999"]):
        status, _, _ = await raw(service, "GET /v1/deals HTTP/1.1", *headers)
        assert status in (400, 401, 413, 431)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", ""]
)
async def test_a_body_that_is_no_json_is_refused_whatever_it_says_to_be(service: Service, media_type: str) -> None:
    for body in (
        b"title=Pilot",
        b"\xff\xfe{}",
        "需求".encode("gb18030"),
        b'{"title": "\xed\xa0\x80"}',
        b"\x1f\x8b\x08\x00",
    ):
        headers = {**service.headers("rep"), "content-type": media_type}
        answer = await service.client.post("/v1/deals", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "body.not_json")
        by_graphql = await service.client.post("/graphql", content=body, headers=headers)
        assert by_graphql.status_code == 415


@pytest.mark.parametrize("version", ['"²"', "²", '"1', "W/", '"-1"', '"99999999999"', "1.0", '"1", "2"'])
async def test_an_if_match_that_is_no_version_is_refused(service: Service, version: str) -> None:
    headers = {**service.headers("rep"), "if-match": version.encode("latin-1")}
    answer = await service.client.post("/v1/deals", json=deal(service), headers=headers)  # type: ignore[arg-type]
    expected = {'"1': (412, "version.stale")}.get(version, (422, "if_match.malformed"))
    assert (answer.status_code, answer.json()["code"]) == expected


async def test_values_nested_too_deeply_are_refused(service: Service) -> None:
    for depth in (300, 900, 5_000):
        for path in ("/v1/deals", "/v1/bulk"):
            body = b'{"atomic": true, "commands": ' + b"[" * depth + b"]" * depth + b"}"
            answer = await service.client.post(path, content=body, headers=service.headers("rep"))
            assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("command", [[], {}, None, 5, "NoSuch"])
async def test_a_bulk_item_that_names_no_command_is_refused(service: Service, command: object) -> None:
    for atomic in (True, False):
        content = {"atomic": atomic, "commands": [{"command": command, "values": {}}]}
        answer = (await service.post("/v1/bulk", content, role="rep")).json()
        assert (answer if atomic else answer["results"][0]["problem"])["code"] == "request.malformed"


async def test_a_misspelt_if_match_in_a_bulk_is_refused(service: Service) -> None:
    item = {"command": "OpenDeal", "values": deal(service), "ifMatch": 1}
    answer = await service.post("/v1/bulk", {"atomic": True, "commands": [item]}, role="rep")
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


@pytest.mark.parametrize("query", ["dryrun=true", "dryRun=TRUE", "dryRun=false&dryRun=true", "dry_run=true", "dryRun="])
async def test_a_misspelt_dry_run_writes_nothing(service: Service, query: str) -> None:
    before = await service.core.log.head()
    answer = await service.post(f"/v1/deals?{query}", deal(service), role="rep")
    assert answer.status_code == 422
    assert await service.core.log.head() == before


@pytest.mark.parametrize("query", ["type=deal.won", "after=1&after=2", "wait=5"])
async def test_a_misspelt_parameter_of_the_feed_is_refused(service: Service, query: str) -> None:
    headers = {"authorization": f"Bearer {service.keys['admin']}"}
    answer = await service.client.get(f"/v1/events?{query}", headers=headers)
    assert (answer.status_code, answer.json()["pointer"]) == (422, f"/{query.partition('=')[0]}")


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2**200, True, "1", None, [], 1.5])
async def test_a_cursor_that_was_never_given_is_refused(service: Service, value: object) -> None:
    for order in ("changed_desc", "amount_asc"):
        made = json.dumps([order, value, "00000000-0000-7000-8000-00000000dead"]).encode()
        answer = await service.get("/v1/deals", orderBy=order, after=urlsafe_b64encode(made).decode())
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor.malformed")


async def test_every_answer_is_for_its_asker_alone(service: Service) -> None:
    for answer in (
        await service.get("/v1/deals"),
        await service.get("/v1/deals/nonsense"),
        await service.post("/v1/deals", deal(service), role="rep"),
        await service.client.get("/v1/deals"),
        await service.client.get("/nowhere"),
        await ask(service, "{ position }"),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


async def test_docs_are_closed_outside_of_development(service: Service) -> None:
    core = service.core
    closed = http_app(replace(core, settings=Settings(development=False), registry=CollectorRegistry()))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=closed), base_url="http://closed") as client:
        for path in ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"):
            assert (await client.get(path)).status_code == 404, path
        assert (await client.get("/graphql", headers={"accept": "text/html"})).status_code == 405
        headers = {"authorization": f"Bearer {service.keys['admin']}"}
        asked = await client.post("/graphql", json={"query": "{ __schema { types { name } } }"}, headers=headers)
        assert asked.json()["errors"]
        assert "data" not in asked.json()


async def raw(service: Service, line: str, *headers: str) -> tuple[int, str, bytes]:
    """A request as bytes on the wire; its status, its head and its body."""
    host, port = service.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write("\r\n".join([line, "host: x", "connection: close", *headers, "", ""]).encode("latin-1"))
        async with asyncio.timeout(10):
            answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode("latin-1"), body
