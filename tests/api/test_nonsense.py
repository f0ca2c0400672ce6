"""The doors under nonsense: never a fault of ours, never a hang, always a problem with a code, and nothing half done.

The requests follow from a printed seed and from the catalogue and the OpenAPI document, so new commands and reads are in them.
"""

import asyncio
import itertools
import json
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from salesapi.domain.catalogue import mutation_name, route
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.companies import followed_company, settled
from tests.api.graphql_client import CATALOGUE, as_input
from tests.api.nonsense import CANARY, INSTANTS, NOBODY, TEXTS, ZONES, as_text, nonsense
from tests.api.one_of_each import SAMPLES, filled, one_of_each
from tests.service import Service

NUMBERS = itertools.count(1)
SEED = int(os.environ.get("NONSENSE_SEED", "20261121"))
BY_REST = 5
BY_GRAPHQL = 2
BY_QUERY = 350
"""How many requests: for each command by each door, and for all reads together."""
ANSWER_SECONDS_MAX = 10.0
NAMES_THE_WORD = {"report.grouping_invalid", "feed.type_unknown", "deal.stage_unknown", "parameter.unknown"}
"""Refusals that repeat what was sent: a word of the API's or the company's own vocabulary, never a person's."""
WAITING = {"minPosition", "waitSeconds"}
"""Parameters whose right values wait; only wrong ones are sent here."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """A company whose read models follow whatever is accepted."""
    print(f"seed {SEED}")  # noqa: T201 - pytest shows it with a failure
    folder = tmp_path_factory.mktemp("nonsense")
    async with followed_company(postgresql, folder, f"nonsense_{next(NUMBERS)}") as running:
        await one_of_each(running)
        yield running


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collects what is logged meanwhile, with the tracebacks as a handler would write them."""
    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.levelname} {self.format(record)}")

    keeping, loggers = Keeping(), [logging.getLogger(name) for name in ("", "uvicorn", "uvicorn.error")]
    for logger in loggers:
        logger.addHandler(keeping)
    yield lines
    for logger in loggers:
        logger.removeHandler(keeping)


def refuse_fault(answer: httpx2.Response, documented: set[str], what: str) -> None:
    """A refusal is a problem with a code, quotes nothing, and has a status that the document names."""
    assert answer.status_code != 500, (what, answer.text[:500])
    assert str(answer.status_code) in documented, (what, answer.status_code, answer.text[:500])
    if answer.status_code >= 400:
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json", what
        assert problem["code"], what
        assert problem["status"] == answer.status_code, (what, problem)
        assert CANARY not in answer.text or problem["code"] in NAMES_THE_WORD, (what, answer.text)
        assert len(answer.content) < 4_096, (what, answer.text[:500])
    assert answer.headers["cache-control"] == "no-store", what
    assert answer.headers["x-content-type-options"] == "nosniff", what


async def test_no_command_is_half_done_or_a_fault_by_rest(service: Service) -> None:
    random, document = Random(SEED), await described(service)
    with logged() as lines:
        for command in sorted(CATALOGUE.commands):
            stream, kind = CATALOGUE.command(command)
            documented = set(document["paths"][route(stream, kind)]["post"]["responses"])
            for _ in range(BY_REST):
                values = filled(service, SAMPLES[command])
                target = values.pop(kind.target) if kind.target else ""
                body = as_text(random, nonsense(random, values))
                path = route(stream, kind).format(**{kind.target: target} if kind.target else {})
                before = await service.core.log.head()
                answer = await within(service.client.post(path, content=body, headers=service.headers("admin")))
                refuse_fault(answer, documented, f"{path} {body[:300]!r}")
                moved = await service.core.log.head() - before
                expected = len(answer.json()["events"]) if answer.status_code < 300 else 0
                assert moved == expected, (path, body[:300])
    assert not lines, lines[:3]


async def test_no_bulk_is_half_done_or_a_fault(service: Service) -> None:
    random, document = Random(SEED), await described(service)
    documented = set(document["paths"]["/v1/bulk"]["post"]["responses"])
    commands = sorted(CATALOGUE.commands)
    for number in range(80):
        items = [{"command": name, "values": filled(service, SAMPLES[name])} for name in random.sample(commands, 2)]
        content = nonsense(random, {"atomic": bool(number % 2), "commands": items})
        body = as_text(random, content)
        before = await service.core.log.head()
        answer = await within(service.client.post("/v1/bulk", content=body, headers=service.headers("admin")))
        refuse_fault(answer, documented, f"{body[:500]!r}")
        if answer.status_code >= 400:
            assert await service.core.log.head() == before


async def test_no_command_is_half_done_or_a_fault_by_graphql(service: Service) -> None:
    random = Random(SEED)
    with logged() as lines:
        for command in sorted(CATALOGUE.commands):
            _, kind = CATALOGUE.command(command)
            for _ in range(BY_GRAPHQL):
                values = nonsense(random, filled(service, SAMPLES[command]))
                arguments = {
                    "at": values.pop("occurred_at", "2026-01-01"),
                    "zone": values.pop("occurred_zone", "UTC"),
                    "key": service.headers("admin")["idempotency-key"],
                    "input": as_input(kind.command, values),
                }
                document = (
                    f"mutation($input: {command}Input!, $at: String, $zone: String, $key: String) {{ "
                    f"{mutation_name(kind)}(input: $input, occurredAt: $at, occurredZone: $zone, idempotencyKey: $key) "
                    "{ id events { type } } }"
                )
                content = as_text(random, {"query": document, "variables": arguments})
                before = await service.core.log.head()
                answer = await graphql(service, content)
                refuse_graphql_fault(answer, f"{command} {content[-600:]!r}")
                data = (answer.json().get("data") or {}).get(mutation_name(kind))
                moved = await service.core.log.head() - before
                assert moved == (len(data["events"]) if data else 0), content
    assert not lines, lines[:3]


async def test_no_business_time_is_a_fault(service: Service) -> None:
    document = await described(service)
    documented = set(document["paths"]["/v1/activities"]["post"]["responses"])
    for instant in INSTANTS:
        for zone in ZONES:
            values = {**filled(service, SAMPLES["ScheduleActivity"]), "occurred_at": instant, "occurred_zone": zone}
            values["due_at"] = instant
            values["due_on"] = str(instant)[:10]
            answer = await within(service.post("/v1/activities", values))
            refuse_fault(answer, documented, f"{instant} {zone}")


async def test_no_query_parameter_is_a_fault(service: Service) -> None:
    random, document = Random(SEED), await described(service)
    asked = [
        (path, methods["get"], parameter["name"])
        for path, methods in sorted(document["paths"].items())
        if "get" in methods
        for parameter in [*methods["get"]["parameters"], {"name": "unknown"}, {"name": "first"}]
    ]
    with logged() as lines:
        for number in range(BY_QUERY):
            path, operation, name = asked[number % len(asked)]
            texts = [random.choice(TEXTS) for _ in range(random.choice((1, 1, 1, 2, 12)))]
            if name in WAITING:
                texts = [text for text in texts if not text.isdigit()] or ["-1"]
            place = "/".join(NOBODY if part.startswith("{") else part for part in path.split("/"))
            headers = {"authorization": service.headers("admin")["authorization"]}
            sent = {**required(operation), name: texts}
            answer = await within(service.client.get(place, params=sent, headers=headers))
            refuse_fault(answer, set(operation["responses"]), f"{place} {name} {texts}")
    assert not lines, lines[:3]


async def test_what_was_accepted_can_be_folded_and_read(service: Service) -> None:
    document = await described(service)
    await settled(service)
    assert (await service.client.get("/readyz")).json()["stopped"] == []
    for path, methods in document["paths"].items():
        if "get" in methods and "{" not in path:
            answer = await service.get(path, **required(methods["get"]))
            assert answer.status_code == 200, (path, answer.text)


def required(operation: dict[str, Any]) -> dict[str, Any]:
    """Fills in what a read cannot do without: the day of a report."""
    asked = operation.get("parameters", ())
    return {each["name"]: "2026-03-31" for each in asked if each["in"] == "query" and each["required"]}


async def described(service: Service) -> dict[str, Any]:
    """The OpenAPI document with its references to shared answers as they are."""
    document: dict[str, Any] = (await service.client.get("/openapi.json")).json()
    return document


async def graphql(service: Service, content: bytes) -> httpx2.Response:
    """One operation by its body."""
    headers = {"authorization": service.headers("admin")["authorization"], "content-type": "application/json"}
    return await within(service.client.post("/graphql", content=content, headers=headers))


def refuse_graphql_fault(answer: httpx2.Response, what: str) -> None:
    """Every error has a code, is no fault of ours and quotes nothing."""
    assert answer.status_code in (200, 400, 413), (what, answer.text[:500])
    for error in answer.json().get("errors", ()):
        assert error["extensions"]["code"] not in ("", "internal"), (what, error)
        assert CANARY not in json.dumps(error), (what, error)


async def within(answering: Any) -> httpx2.Response:
    """The answer, in time."""
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        answer: httpx2.Response = await answering
    return answer
