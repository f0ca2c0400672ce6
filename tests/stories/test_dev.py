"""`salesapi dev` as a newcomer runs it: one command, one folder, one ready line; stopped, killed, started again."""

import os
import signal
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.programs import Programs, engine_processes, kill_engines, until
from tests.stories.devs import Dev, running_dev, started

OPEN_PATHS = ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/docs/oauth2-redirect")
MEMBER = {"name": "Zhang Wei", "external_id": {"system": "hr", "id": "1"}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def dev(session_folder: Path) -> AsyncIterator[Dev]:
    """One `dev` without the demo, for the tests that leave it alone."""
    async with running_dev(session_folder / "story_dev", "--no-demo") as running:
        yield running


async def test_a_start_says_in_one_line_where_everything_is(dev: Dev) -> None:
    output = dev.program.output.read_text()
    address = str(dev.client.base_url).rstrip("/")

    assert output.count("salesapi is ready") == 1
    for place in (f"REST {address}/v1", f"GraphQL {address}/graphql", f"docs {address}/docs"):
        assert place in output
    assert f"admin key {dev.folder / 'admin.key'}" in output
    assert dev.program.complaints() == []


async def test_the_admin_key_works_and_only_its_owner_can_read_it(dev: Dev) -> None:
    file = dev.folder / "admin.key"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_uid == os.geteuid()
    assert (await dev.get("/v1/members")).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_health_and_metrics_are_open(dev: Dev, path: str) -> None:
    assert (await dev.client.get(path)).status_code == 200


async def test_graphiql_and_the_docs_are_served(dev: Dev) -> None:
    graphiql = await dev.client.get("/graphql", headers={"accept": "text/html"})
    docs = await dev.client.get("/docs")

    assert (graphiql.status_code, docs.status_code) == (200, 200)
    assert "graphiql" in graphiql.text.lower()
    assert "openapi.json" in docs.text


async def test_everything_else_asks_for_a_key(dev: Dev) -> None:
    paths = (await dev.client.get("/openapi.json")).json()["paths"]
    operations = [(method, path) for path, methods in paths.items() for method in methods]
    assert len(operations) > 50, "the document lists next to nothing"
    nobody = "00000000-0000-0000-0000-000000000000"
    found = {}
    for method, path in [*operations, ("post", "/graphql")]:
        if path in OPEN_PATHS:
            continue
        filled = "/".join(nobody if part.startswith("{") else part for part in path.split("/"))
        for headers in ({}, {"authorization": "Bearer sk_00000000_unknown"}, {"authorization": "Basic YTpi"}):
            answer = await dev.client.request(method, filled, json={} if method == "post" else None, headers=headers)
            found[method, path, answer.status_code] = answer.headers.get("www-authenticate")

    assert {status for _, _, status in found} == {401}, [key for key in found if key[2] != 401]
    assert set(found.values()) == {"Bearer"}


async def test_a_second_dev_on_the_same_folder_is_refused(dev: Dev, programs: Programs) -> None:
    status, output, errors = await programs.run("dev", "--data-dir", str(dev.folder), "--port", "0", "--no-demo")

    assert status == 1
    assert "ready" not in output
    assert errors.count("\n") == 1, errors
    assert f"is in use by another running salesapi (process {dev.program.pid})" in errors
    assert (await dev.get("/v1/members")).status_code == 200


async def test_a_taken_port_is_named(reachable_folder: Path, programs: Programs) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, errors = await programs.run("dev", "--data-dir", str(reachable_folder / "data"), "--port", port)

    assert status == 1
    assert errors.count("\n") == 1, errors
    assert f"port {port} of 127.0.0.1 is taken" in errors.lower()
    assert not (reachable_folder / "data").exists()


async def test_what_was_stored_is_there_after_every_kind_of_end(reachable_folder: Path, programs: Programs) -> None:
    folder = reachable_folder / "data"
    ids = []
    for number, end in enumerate((signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGTERM)):
        running = await started(programs, folder, "--no-demo")
        receipt = await running.post("/v1/members", {**MEMBER, "external_id": {"system": "hr", "id": str(number)}}, "k")
        assert receipt.status_code == (201 if number == 0 else 422), receipt.text
        position = await running.head()
        replay = await running.post("/v1/members", {**MEMBER, "external_id": {"system": "hr", "id": "0"}}, "k")
        assert replay.headers["idempotent-replayed"] == "true"
        ids.append(replay.json()["id"])
        members = (await running.get("/v1/members", minPosition=position)).json()["items"]
        assert [member["id"] for member in members] == [ids[0]]
        await running.client.aclose()
        pids = engine_processes(folder)
        assert len(pids) > 2
        if end is signal.SIGKILL:
            running.program.kill()
            kill_engines(folder)
        else:
            assert await running.program.stop(end) == 0, running.program.told()
            assert "salesapi: stopping" in running.program.output.read_text()
            assert not (folder / "engines.json").exists()
            assert engine_processes(folder) == ()
        assert running.program.complaints() == []
    assert len(set(ids)) == 1


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_in_the_middle_of_the_start_ends_in_order(
    reachable_folder: Path, programs: Programs, end: signal.Signals
) -> None:
    folder = reachable_folder / "data"
    program = programs.start("dev", "--data-dir", str(folder), "--port", "0", "--no-demo")
    await program.says("starting PostgreSQL")

    assert await program.stop(end) == 0, program.told()
    assert program.complaints() == []
    await until(lambda: engine_processes(folder) == (), "the engines are gone")
