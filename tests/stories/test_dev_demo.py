"""The demo company of `salesapi dev`: loaded once, completed when it was cut short, and seen by each role as it may."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest_asyncio

from salesapi.demo.company import ref
from salesapi.embedded.engines import read_running_engines
from salesapi.embedded.failures import NoRunningEngines
from tests.programs import Programs, engine_processes, programs_in, until
from tests.stories.devs import Dev, started

LOADING = "loading the demo company"
STORED = "SELECT stream_kind, stream_id, version, type FROM log.event"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(session_folder: Path) -> AsyncIterator[Dev]:
    """A `dev` that loaded the demo without being disturbed."""
    folder = session_folder / "demo"
    folder.mkdir(mode=0o711)
    with programs_in(folder) as programs:
        running = await started(programs, folder / "data")
        yield running
        await running.client.aclose()
        assert await running.program.stop() == 0, running.program.told()


async def stored(folder: Path) -> "list[asyncpg.Record]":
    """Every event of the `dev` on this folder, without its content; nothing while it starts."""
    try:
        connection = await asyncpg.connect(read_running_engines(folder).application_url)
    except (NoRunningEngines, OSError, asyncpg.CannotConnectNowError):
        return []
    try:
        return await connection.fetch(STORED)
    except asyncpg.PostgresError:  # the migrations are not through yet
        return []
    finally:
        await connection.close()


async def test_a_demo_that_was_cut_short_is_completed_as_if_nothing_had_happened(
    reachable_folder: Path, programs: Programs, demo: Dev
) -> None:
    folder = reachable_folder / "data"
    undisturbed = await stored(demo.folder)
    cuts = ((signal.SIGTERM, 200), (signal.SIGKILL, len(undisturbed) // 2), (signal.SIGINT, len(undisturbed) * 3 // 4))
    reached = []
    for number, least in cuts:
        program = programs.start("dev", "--data-dir", str(folder), "--port", "0")

        async def is_loaded(least: int = least) -> bool:
            return len(await stored(folder)) >= least

        await until(is_loaded, f"{least} events\n{program.told()}")
        status = await program.stop(number)
        assert status == (-signal.SIGKILL if number is signal.SIGKILL else 0), program.told()
        assert program.errors.read_text() == ""
        assert "salesapi is ready" not in program.output.read_text(), "the cut came too late and tested nothing"
        await until(lambda: engine_processes(folder) == (), "the engines end with it")
        reached.append(least)

    completed = await started(programs, folder)
    found = await stored(folder)
    assert Counter(row["type"] for row in found) == Counter(row["type"] for row in undisturbed)
    assert {tuple(row) for row in found} == {tuple(row) for row in undisturbed}
    head = await completed.head()
    assert head == len(found)

    await completed.client.aclose()
    assert await completed.program.stop() == 0
    again = await started(programs, folder)
    assert LOADING not in again.program.output.read_text() or await again.head() == head
    assert await again.head() == head
    await again.client.aclose()
    assert await again.program.stop() == 0


async def test_a_rep_sees_its_own_deals_and_the_manager_those_of_the_team(demo: Dev) -> None:
    position = await demo.head()
    owners = {
        name: {deal["owner_id"] for deal in await demo.items("/v1/deals", name, minPosition=position)}
        for name in ("rep", "manager", "finance", "auditor", "admin")
    }
    rep = str(ref("member", "east-rep-1"))
    team = {str(ref("member", f"east-rep-{number}")) for number in range(1, 9)}

    assert owners["rep"] == {rep}
    assert owners["manager"] == team
    assert owners["finance"] == owners["auditor"] == owners["admin"]
    assert len(owners["admin"]) == 24


async def test_a_rep_sees_its_own_pay_and_finance_all_of_it(demo: Dev) -> None:
    members = {
        name: {each["member_id"] for each in await demo.items("/v1/statements", name)}
        for name in ("rep", "manager", "finance", "auditor")
    }

    assert members["rep"] == {str(ref("member", "east-rep-1"))}
    assert str(ref("member", "east-manager")) in members["manager"]
    assert len(members["manager"]) == 9
    assert members["finance"] == members["auditor"]
    assert len(members["finance"]) == 27


async def test_each_role_may_do_what_its_work_is_and_nothing_else(demo: Dev) -> None:
    foreign = (await demo.items("/v1/deals", "admin", ownerId=str(ref("member", "north-rep-1"))))[0]["id"]
    lead = {"source": "call", "name": "A", "owner_id": str(ref("member", "east-rep-1"))}
    member: dict[str, Any] = {"name": "A"}
    allowed = {
        ("rep", "/v1/leads"): 201,
        ("auditor", "/v1/leads"): 403,
        ("finance", "/v1/leads"): 403,
        ("rep", "/v1/members"): 403,
        ("manager", "/v1/members"): 403,
        ("auditor", "/v1/members"): 403,
        ("admin", "/v1/members"): 201,
    }
    for (name, path), status in allowed.items():
        answer = await demo.post(path, lead if path == "/v1/leads" else member, f"role/{name}{path}", name)
        assert answer.status_code == status, (name, path, answer.text)

    assert (await demo.get(f"/v1/deals/{foreign}", "rep")).status_code == 404
    assert (await demo.get(f"/v1/deals/{foreign}", "manager")).status_code == 404
    assert (await demo.get(f"/v1/deals/{foreign}", "auditor")).status_code == 200
