"""`migrate`, `serve`, `work` and the operators' commands as separate processes, over nothing but their environment."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from salesapi.cli.running import KEY_FILE_STATUS
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.projections.catalogue import PROJECTIONS
from tests.deployments import Deployment, Server, caught_up
from tests.programs import Programs, programs_in, until
from tests.streaming.stream_comparison import compare_stream_with_log

DATABASE = "story_processes"
NOTHING = "postgresql://nobody:secret-5521@127.0.0.1:1/nothing?sslmode=disable"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def deployment(postgresql: EmbeddedPostgreSQL, session_folder: Path) -> AsyncIterator[Deployment]:
    """A migrated database with a NATS server of its own, and an administrator."""
    folder = session_folder / "processes"
    folder.mkdir(mode=0o711)
    nats = await EmbeddedNats.start(folder / "nats")
    urls = await postgresql.create_database(DATABASE)
    with programs_in(folder) as programs:
        made = Deployment(programs, urls, folder / "key-encryption.key", nats.url)
        await made.found()
        yield made
    await postgresql.drop_database(DATABASE)
    await nats.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def servers(deployment: Deployment) -> AsyncIterator[tuple[Server, Server]]:
    """Two servers over the one database."""
    made = (await deployment.serve(), await deployment.serve())
    yield made
    for server in made:
        await server.client.aclose()
        assert await server.program.stop() == 0, server.program.told()
        assert server.program.complaints() == []


async def join(server: Server, number: int) -> int:
    """A member joins; the position of it."""
    values = {"name": f"Member {number}", "external_id": {"system": "hr", "id": str(number)}}
    answer = await server.post("/v1/members", values, f"join/{number}")
    assert answer.status_code == 201, answer.text
    position: int = answer.json()["position"]
    return position


async def test_migrate_says_what_it_did_and_the_second_time_nothing(deployment: Deployment) -> None:
    status, output, errors = await deployment.programs.run("migrate", **deployment.owner_environment)

    assert (status, errors) == (0, "")
    assert output == "nothing to do: the database has this version\n"
    assert stat.S_IMODE(deployment.key_file.stat().st_mode) == 0o600


async def test_a_command_through_one_server_is_read_through_another(
    deployment: Deployment, servers: tuple[Server, Server]
) -> None:
    worker = await deployment.work()
    first, second = servers
    for number in range(20):
        position = await join(first, number)
        answer = await second.client.get("/v1/members", params={"minPosition": position, "first": 100})
        assert answer.status_code == 200, answer.text
        assert f"Member {number}" in {member["name"] for member in answer.json()["items"]}
        assert answer.json()["position"] >= position
    assert await worker.stop() == 0
    assert worker.complaints() == []


async def test_when_one_of_two_workers_is_killed_the_other_goes_on_with_everything(
    deployment: Deployment, servers: tuple[Server, Server]
) -> None:
    server = servers[0]
    workers = [await deployment.work(), await deployment.work()]
    await asyncio.gather(*(join(server, number) for number in range(100, 160)))
    await caught_up(server)

    workers[0].kill()
    await asyncio.gather(*(join(server, number) for number in range(160, 220)))
    health = await caught_up(server)
    assert health["stopped"] == []

    log = await PostgreSQLEventLog.connect(deployment.urls.application_url)
    assert deployment.nats_url is not None
    nats_url = deployment.nats_url

    async def is_relayed() -> bool:
        return await compare_stream_with_log(log, nats_url) is None

    await until(is_relayed, "the stream is the log")
    await log.close()
    status, output, errors = await deployment.programs.run("verify", **deployment.environment)
    assert status == 0, output + errors
    assert await workers[1].stop() == 0


async def test_a_rebuilt_read_model_answers_the_same(deployment: Deployment, servers: tuple[Server, Server]) -> None:
    server = servers[0]
    worker = await deployment.work()
    await join(server, 300)
    await caught_up(server)
    before = (await server.client.get("/v1/members", params={"first": 100})).json()["items"]

    status, output, errors = await deployment.programs.run("rebuild", "member", **deployment.owner_environment)

    assert (status, errors) == (0, "")
    assert "member is served from " in output
    assert (await server.client.get("/v1/members", params={"first": 100})).json()["items"] == before
    status, _, errors = await deployment.programs.run("rebuild", "members", **deployment.owner_environment)
    assert status == 1
    assert all(projection.name in errors for projection in PROJECTIONS), errors
    assert await worker.stop() == 0


async def test_a_key_works_until_it_is_revoked(deployment: Deployment, servers: tuple[Server, Server]) -> None:
    key = await deployment.make_key("Auditor", "auditor")
    client = servers[0].client

    async def status_of_it() -> int:
        return (await client.get("/v1/members", headers={"authorization": f"Bearer {key}"})).status_code

    assert await status_of_it() == 200
    prefix = key.split("_")[1]
    revoking = await deployment.programs.run("keys", "revoke", prefix, **deployment.owner_environment)
    assert revoking == (0, f"revoked {prefix}\n", "")

    async def is_refused() -> bool:
        return await status_of_it() == 401

    await until(is_refused, "the revocation is felt", 10)
    status, output, errors = await deployment.programs.run("keys", "revoke", "0" * 12, **deployment.owner_environment)
    assert (status, output) == (1, "")
    assert errors.startswith("salesapi: not_found: There is no api key")


async def test_a_key_that_makes_no_sense_is_refused(deployment: Deployment) -> None:
    refused = {
        ("--roles", "rep"): "give --member",
        ("--roles", "boss"): "boss",
        ("--roles", "rep", "--member", "7"): "7",
        ("--roles", "rep", "--member", "00000000-0000-7000-8000-00000000dead"): "There is no member",
        ("--roles", "admin", "--expires-days", "-3"): "A key ends between today",
    }
    environment = deployment.owner_environment
    found = await asyncio.gather(
        *(deployment.programs.run("keys", "create", "x", *more, **environment) for more in refused)
    )
    for (status, output, errors), said in zip(found, refused.values(), strict=True):
        assert status in (1, 2)
        assert said in output + errors
        assert "Traceback" not in errors
        assert "sk_" not in output


async def test_a_known_name_is_not_given_other_roles(deployment: Deployment) -> None:
    for roles, said in (("auditor",), "principal.exists"), (("admin",), ""):
        status, output, errors = await deployment.programs.run(
            "keys", "create", "admin", "--roles", *roles, **deployment.owner_environment
        )
        assert (status, output == "") == ((1, True) if said else (0, False))
        assert said in errors


async def test_a_missing_or_malformed_setting_is_named_in_one_line(programs: Programs, deployment: Deployment) -> None:
    overpowered = {**deployment.environment, "SALESAPI_DATABASE_URL": deployment.urls.owner_url}
    no_port = {"SALESAPI_MIGRATION_URL": "postgresql://u:secret-5521/x@h/d"}
    nowhere = {"SALESAPI_DATABASE_URL": NOTHING}
    told: tuple[tuple[tuple[str, ...], dict[str, str], str], ...] = (
        (("serve",), {}, "SALESAPI_DATABASE_URL"),
        (("migrate",), {}, "SALESAPI_MIGRATION_URL"),
        (("serve",), nowhere, "SALESAPI_KEY_FILE"),
        (("serve",), {**nowhere, "SALESAPI_PORT": "http"}, "SALESAPI_PORT"),
        (("serve",), {**nowhere, "SALESAPI_KEY_FILE": "none.key"}, "the database cannot be reached"),
        (("serve",), {**deployment.environment, "SALESAPI_KEY_FILE": "none.key"}, "key_file.missing"),
        (("migrate",), no_port, "SALESAPI_MIGRATION_URL"),
        (("serve",), overpowered, "connect with the application's role"),
        (("work",), overpowered, "connect with the application's role"),
        (("verify", "--data-dir", "nowhere"), {}, "No engines run in"),
    )
    found = await asyncio.gather(*(programs.run(*command, **environment) for command, environment, _ in told))
    for (status, output, errors), (command, _, said) in zip(found, told, strict=True):
        expected = KEY_FILE_STATUS if said.startswith("key_file") else 2 if command[0] == "verify" else 1
        assert (status, output) == (expected, ""), (command, errors)
        assert errors.count("\n") == 1, errors
        assert said in errors
        assert "secret-5521" not in errors


async def test_an_export_proves_itself_and_every_change_of_it_is_placed(
    deployment: Deployment, servers: tuple[Server, Server], reachable_folder: Path
) -> None:
    for number in range(400, 410):
        await join(servers[0], number)
    file = reachable_folder / "log.jsonl"
    status, output, errors = await deployment.programs.run("export", str(file), **deployment.environment)
    assert (status, errors) == (0, "")
    lines = file.read_bytes().splitlines(keepends=True)
    assert f"{len(lines) - 1} events written" in output or f"{len(lines)} events written" in output
    # Verification is offline: it is given no setting at all.
    assert (await deployment.programs.run("verify", "--export", str(file)))[0] == 0

    fifth = next(n for n, line in enumerate(lines) if n > 4 and b"member.joined" in line)
    changes = {
        "changed": [*lines[:fifth], lines[fifth].replace(b"member.joined", b"member.joinee"), *lines[fifth + 1 :]],
        "removed": lines[:fifth] + lines[fifth + 1 :],
        "swapped": [*lines[:fifth], lines[fifth + 1], lines[fifth], *lines[fifth + 2 :]],
    }
    for what, changed in changes.items():
        (reachable_folder / f"{what}.jsonl").write_bytes(b"".join(changed))
    *found, (status, _, errors) = await asyncio.gather(
        *(
            deployment.programs.run("verify", "--export", str(reachable_folder / f"{what}.jsonl"))
            for what in (*changes, "none")
        )
    )
    for refuted, output, _ in found:
        assert refuted == 1, output
        assert f"line {fifth + 1}" in output, output
    assert status == 2
    assert errors.count("\n") == 1
    assert "none.jsonl" in errors
