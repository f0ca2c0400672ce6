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
from tests.programs import Programs, engine_processes, until
from tests.stories.devs import Dev, running_dev, started

STORED = "SELECT stream_kind, version, type, count(*) FROM log.event GROUP BY 1, 2, 3"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(session_folder: Path) -> AsyncIterator[Dev]:
    """A `dev` that loaded the demo without being disturbed."""
    async with running_dev(session_folder / "story_demo") as running:
        yield running


async def stored(folder: Path) -> Counter[tuple[str, int, str]]:
    """Counts the events of each type and version that the `dev` on this folder has stored; none while it starts."""
    try:
        connection = await asyncpg.connect(read_running_engines(folder).application_url)
    except (NoRunningEngines, OSError, asyncpg.CannotConnectNowError):
        return Counter()
    try:
        return Counter({(kind, version, type): count for kind, version, type, count in await connection.fetch(STORED)})
    except asyncpg.PostgresError:  # the migrations are not through yet
        return Counter()
    finally:
        await connection.close()


async def test_a_demo_that_was_cut_short_is_completed_as_if_nothing_had_happened(
    reachable_folder: Path, programs: Programs, demo: Dev
) -> None:
    folder = reachable_folder / "data"
    undisturbed = await stored(demo.folder)
    assert undisturbed.total() > 5_000, "this is no year of a company"
    cuts = ((signal.SIGTERM, 200), (signal.SIGKILL, undisturbed.total() // 2))
    for number, least in cuts:
        program = programs.start("dev", "--data-dir", str(folder), "--port", "0")

        async def is_loaded(least: int = least) -> bool:
            return (await stored(folder)).total() >= least

        await until(is_loaded, f"{least} events\n{program.told()}")
        status = await program.stop(number)
        assert status == (-signal.SIGKILL if number is signal.SIGKILL else 0), program.told()
        assert program.complaints() == []
        assert "salesapi is ready" not in program.output.read_text(), "the cut came too late and tested nothing"
        await until(lambda: engine_processes(folder) == (), "the engines end with it")

    completed = await started(programs, folder)
    assert await stored(folder) == undisturbed
    head = await completed.head()
    assert head == undisturbed.total()

    await completed.stop()
    again = await started(programs, folder)
    assert await again.head() == head
    await again.stop()


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
