"""The export as a download: the same bytes as the operator's file, for those who audit, bounded, and cut off visibly."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.types import ASGIApp, Message

from salesapi.api.http import doors
from salesapi.api.rest.export import EXPORTS_MAX
from salesapi.audit.exporting import export
from salesapi.audit.sealing import seal_all
from salesapi.audit.verdict import Status
from salesapi.audit.verifying import verify_export
from salesapi.cli.auditing import reader
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.service import Service, found_company, running_service

PATIENCE_SECONDS = 30.0
ROLES = ("rep", "manager", "finance", "auditor", "integration", "admin")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(postgresql: EmbeddedPostgreSQL, session_folder: Path) -> AsyncIterator[Service]:
    """A small company whose log is sealed; no follower runs, so that nothing more is."""
    urls = await postgresql.create_database("export_door")
    async with running_service(urls, session_folder) as made:
        await found_company(made)
        await seal_all(urls.application_url)
        yield made
    await postgresql.drop_database("export_door")


@pytest.mark.parametrize("role", ROLES)
async def test_those_who_audit_may_export(service: Service, role: str) -> None:
    answer = await service.get("/v1/export", role=role)

    told = (answer.status_code, answer.headers["content-type"].partition(";")[0])
    is_allowed = role in ("finance", "auditor", "admin")
    assert told == ((200, "application/jsonl") if is_allowed else (403, "application/problem+json"))


async def test_the_download_is_the_file_that_the_operator_writes_and_is_proven(
    service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "download.jsonl"
    path.write_bytes((await service.get("/v1/export", role="auditor")).content)

    plan = await export(service.urls.application_url, tmp_path / "written.jsonl")

    assert path.read_bytes() == (tmp_path / "written.jsonl").read_bytes()
    assert verify_export(path, reader()).status is Status.PROVEN
    shorter = (await service.get("/v1/export", role="auditor", upTo=3)).content
    assert shorter.splitlines()[:3] == path.read_bytes().splitlines()[:3]
    assert plan.size > 3


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"upTo": 10**9}, 409, "export.past_head"),
        ({"upTo": "-1"}, 422, "parameter.invalid"),
        ({"upTo": "9" * 30}, 422, "parameter.invalid"),
        ({"to": 3}, 422, "parameter.unknown"),
    ],
)
async def test_an_export_that_cannot_be_is_refused(
    service: Service, asked: dict[str, object], status: int, code: str
) -> None:
    for _ in range(EXPORTS_MAX + 1):
        answer = await service.get("/v1/export", role="auditor", **asked)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_as_many_exports_as_are_bounded_run_at_once_and_a_client_that_left_gives_its_place_up(
    service: Service,
) -> None:
    app, reading = doors(service.core), asyncio.Event()
    stalled = [Stalled(app, service.keys["auditor"], reading) for _ in range(EXPORTS_MAX)]
    for client in stalled:
        await client.begin()

    refused = await Stalled(app, service.keys["auditor"], reading).begin()
    assert refused["status"] == 503
    assert b"retry-after" in dict(refused["headers"])

    stalled[0].leave()
    await stalled[0].ended()
    assert (await Stalled(app, service.keys["auditor"], reading).begin())["status"] == 200
    reading.set()
    await asyncio.gather(*(client.ended() for client in stalled[1:]))


class Stalled:
    """A client that asks for the export, and reads the head of the answer but nothing of its body until it is told to."""

    def __init__(self, app: ASGIApp, key: str, reading: asyncio.Event) -> None:
        self._app, self._key, self._reading = app, key, reading
        self._began: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Future[None] | None = None
        self._is_sent = False

    async def begin(self) -> Message:
        """Asks; the head of the answer."""
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/export",
            "raw_path": b"/v1/export",
            "query_string": b"",
            "headers": [(b"authorization", f"Bearer {self._key}".encode())],
            "http_version": "1.1",
            "scheme": "http",
            "server": ("test", 80),
            "client": ("test", 1),
            "root_path": "",
        }
        self._task = asyncio.ensure_future(self._app(scope, self._receive, self._send))
        return await asyncio.wait_for(self._began, PATIENCE_SECONDS)

    async def _receive(self) -> Message:
        if self._is_sent:
            await asyncio.Event().wait()
        self._is_sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._began.set_result(message)
        else:
            await self._reading.wait()

    def leave(self) -> None:
        """Hangs up, as a server tells its application."""
        assert self._task is not None, "it has begun"
        self._task.cancel()

    async def ended(self) -> None:
        """Waits for the end of the answer."""
        assert self._task is not None, "it has begun"
        await asyncio.wait([self._task], timeout=PATIENCE_SECONDS)
        assert self._task.done(), "the answer goes on"
