"""Both doors are one: the same requests leave the same events and meet the same refusals, and a retry may change doors.

Two companies are founded alike. One gets every request by REST and its repetition by GraphQL, the other the reverse.
"""

import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from salesapi.domain.catalogue import route
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.graphql_client import CATALOGUE, must, mutate, snake
from tests.api.parity.request import LOCKED_AWAY, MALFORMED, Sent
from tests.api.parity.requests import REQUESTS
from tests.service import Service, deal, found_company, running_service

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PREFIX_TEXT = re.compile(r'(?<="prefix":")[0-9a-f]{12}')
DIGEST_TEXT = re.compile(r"[0-9a-f]{64}")
"""Digests of statements cover the deals' ids."""
NUMBERS = itertools.count(1)
EVENTS = "SELECT stream_kind, stream_id, version, type, payload, meta FROM log.event ORDER BY position"


class Sender:
    """Sends the requests to one company: first through one door, then again through the other."""

    def __init__(self, service: Service, first: str) -> None:
        self.service = service
        self.first = first
        self.outcomes: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.events: list[str] = []
        self._ids = {name: str(id) for name, id in service.ids.items()}

    async def send_all(self) -> None:
        """All requests, each with a key of its own for both doors."""
        for number, sent in enumerate(REQUESTS):
            values = self._filled(sent.values)
            doors = [self._rest, self._graphql] if self.first == "rest" else [self._graphql, self._rest]
            outcome = await doors[0](sent, values, f"request {number}")
            again = await doors[1](sent, values, f"request {number}")
            self.outcomes.append((outcome, again))
            if sent.name and "id" in outcome:
                self._ids[sent.name] = outcome["id"]

    async def _rest(self, sent: Sent, values: dict[str, Any], key: str) -> dict[str, Any]:
        stream, kind = CATALOGUE.command(sent.command)
        path, body = route(stream, kind), dict(values)
        if kind.target is not None:
            path = path.format(**{kind.target: body.pop(kind.target)})
        answer = await self.service.post(path, body, role=sent.role, key=key)
        content: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            return _refusal(content)
        content.pop("key", None)  # Answered once, so not again through the other door; see test_keys.py.
        return {**content, "is_replay": "idempotent-replayed" in answer.headers}

    async def _graphql(self, sent: Sent, values: dict[str, Any], key: str) -> dict[str, Any]:
        answer = await mutate(self.service, sent.command, values, role=sent.role, key=key)
        if "error" in answer:
            return _refusal(answer["error"]["extensions"])
        return _snake(answer)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self._ids.get(value[1:], value)
        if isinstance(value, dict):
            return {name: self._filled(inner) for name, inner in value.items()}
        return [self._filled(item) for item in value] if isinstance(value, list) else value


def _refusal(problem: dict[str, Any]) -> dict[str, Any]:
    """Picks what a frontend acts on. The words for a malformed field are each door's own."""
    names = ["code", "status", "pointer"]
    return {name: problem.get(name) for name in (names if problem["code"] == MALFORMED else [*names, "parameters"])}


def _snake(receipt: dict[str, Any]) -> dict[str, Any]:
    """GraphQL's receipt as REST's: snake_case, positions as numbers, no payload outside of a dry run."""
    made = snake(receipt)
    made.pop("payload", None)
    if made["position"] is not None:
        made["position"] = int(made["position"])
    if "events" in made:
        made["events"] = [_snake(event) for event in made["events"]]
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sent(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Sender]]:
    """Both companies after all requests."""
    senders = []
    for door in ("rest", "graphql"):
        urls = await postgresql.create_database(f"parity_{door}_{next(NUMBERS)}")
        folder: Path = tmp_path_factory.mktemp("parity")
        async with running_service(urls, folder) as service:
            await found_company(service)
            sender = Sender(service, door)
            await sender.send_all()
            sender.events = await _events(service)
            senders.append(sender)
        await postgresql.drop_database(urls.name)
    yield senders


async def _events(service: Service) -> list[str]:
    """The stored events in clear of everything that differs by nature: ids by their first place, sealed texts, keys, times."""
    seen: dict[str, str] = {}
    made = []
    for row in await service.core.pool.fetch(EVENTS):
        meta = {k: v for k, v in orjson.loads(row["meta"]).items() if "key" not in k}
        content = [
            row["stream_kind"],
            str(row["stream_id"]),
            row["version"],
            row["type"],
            orjson.loads(row["payload"]),
            meta,
        ]
        text = orjson.dumps(_unsealed(content)).decode()
        named = UUID_TEXT.sub(lambda found: seen.setdefault(found[0], f"id {len(seen)}"), text)
        made.append(PREFIX_TEXT.sub("prefix", DIGEST_TEXT.sub("digest", named)))
    return made


def _unsealed(value: Any) -> Any:
    if isinstance(value, dict):
        return "sealed" if "$enc" in value else {name: _unsealed(inner) for name, inner in value.items()}
    return [_unsealed(item) for item in value] if isinstance(value, list) else value


@pytest.mark.complete
def test_the_requests_cover_every_command() -> None:
    accepted = {sent.command for sent in REQUESTS if not sent.code}
    assert accepted | LOCKED_AWAY.keys() == set(CATALOGUE.commands)


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=lambda n: f"{n} {REQUESTS[n].command} {REQUESTS[n].code}")
def test_a_request_has_the_same_outcome_through_both_doors(sent: list[Sender], number: int) -> None:
    request = REQUESTS[number]
    for sender in sent:
        outcome, again = sender.outcomes[number]
        if request.code:
            assert outcome["code"] == request.code, outcome
            assert again == outcome
            assert request.pointer is None or outcome["pointer"] == request.pointer
        else:
            assert outcome.get("is_replay") is False, outcome
            assert again == {**outcome, "is_replay": True}


def test_both_doors_leave_the_same_events(sent: list[Sender]) -> None:
    by_rest, by_graphql = (sender.events for sender in sent)
    assert len(by_rest) > len(REQUESTS) / 2
    for rest, graphql in zip(by_rest, by_graphql, strict=True):
        assert rest == graphql


BULK = """mutation($atomic: Boolean!, $commands: [BulkCommandInput!]!, $key: String!) {
    bulk(atomic: $atomic, commands: $commands, idempotencyKey: $key) { receipt { id isReplay } problem { code pointer } } }"""


@pytest.mark.parametrize("atomic", [True, False])
async def test_a_bulk_sent_again_through_the_other_door_is_a_replay(service: Service, atomic: bool) -> None:
    commands = [{"command": "OpenDeal", "values": deal(service)}] * 2
    by_rest = (await service.post("/v1/bulk", {"atomic": atomic, "commands": commands}, key="bulk")).json()
    key = service.headers("admin", "bulk")["idempotency-key"]
    by_graphql = (await must(service, BULK, {"atomic": atomic, "commands": commands, "key": key}))["bulk"]
    assert [result["receipt"]["id"] for result in by_graphql] == [
        result["receipt"]["id"] for result in by_rest["results"]
    ]
    assert all(result["receipt"]["isReplay"] for result in by_graphql)


async def test_a_bulk_names_the_same_problem_through_both_doors(service: Service) -> None:
    commands = [{"command": "OpenDeal", "values": deal(service, stage="nowhere")}]
    by_rest = (await service.post("/v1/bulk", {"atomic": False, "commands": commands}, key="k1")).json()
    by_graphql = (await must(service, BULK, {"atomic": False, "commands": commands, "key": "k2"}))["bulk"]
    problem = by_rest["results"][0]["problem"]
    assert by_graphql[0]["problem"] == {"code": problem["code"], "pointer": problem["pointer"]}
