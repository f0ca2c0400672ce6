"""The commands of `docs/guides/encryption-keys.md` are run as they stand there, on a served company; and a rotation is killed."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid5

import asyncpg
import pytest_asyncio

from salesapi.domain.shared.kernel import NAMESPACE
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.privacy.key_file import KEK_BYTES
from salesapi.privacy.keys import PostgreSQLKeys
from tests.conftest import REPOSITORY
from tests.connections import connected
from tests.deployments import Deployment, Server, caught_up
from tests.programs import programs_in, until

GUIDE: Final = REPOSITORY / "docs" / "guides" / "encryption-keys.md"
COMMANDS: Final = re.compile(r"(?:^    .*\n)+", re.MULTILINE)
SUBJECTS_MADE: Final = 6_000
"""Enough keys that a rotation takes longer than it takes to kill it."""
DATABASE: Final = "story_encryption_keys"


@dataclass
class Shell:
    """Runs commands of the guide, in a shell that knows `salesapi` and the settings."""

    folder: Path
    settings: dict[str, str]
    said: list[str] = field(default_factory=list)

    async def run(self, commands: str) -> str:
        """Runs them, all of them with success; what they print."""
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euc", commands),
            env={**self.settings, "PATH": f"{self.folder}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY / "src")},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        assert process.returncode == 0, (commands, output, errors)
        self.said.append(output.decode())
        return self.said[-1]


@dataclass(frozen=True)
class Operator:
    """A served database, and a shell beside it."""

    deployment: Deployment
    server: Server
    shell: Shell


@pytest_asyncio.fixture
async def operator(postgresql: EmbeddedPostgreSQL, reachable_folder: Path) -> AsyncIterator[Operator]:
    urls = await postgresql.create_database(DATABASE)
    with programs_in(reachable_folder) as programs:
        deployment = Deployment(programs, urls, reachable_folder / "key-encryption.key")
        await deployment.found()
        server = await deployment.serve()
        for name in ("officer", "finance"):
            member = await server.post("/v1/members", {"name": name}, f"member/{name}")
            await deployment.make_key(name, "finance", "--member", member.json()["id"])
        for name in ("backup", "other"):
            (reachable_folder / name).mkdir()
        program = reachable_folder / "salesapi"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m salesapi "$@"\n')
        program.chmod(0o700)
        settings = {
            **deployment.owner_environment,
            "BACKUP": str(reachable_folder / "backup"),
            "OTHER_HOST": str(reachable_folder / "other"),
            "ADDRESS": str(server.client.base_url).rstrip("/"),
            "OFFICER_KEY": deployment.keys["officer"],
            "FINANCE_KEY": deployment.keys["finance"],
        }
        yield Operator(deployment, server, Shell(reachable_folder, settings))
        await server.client.aclose()
    await postgresql.drop_database(DATABASE)


async def test_the_commands_of_the_guide_do_what_it_says(operator: Operator) -> None:
    deployment, shell = operator.deployment, operator.shell
    show, backup, rotate, hosts, erase = COMMANDS.findall(GUIDE.read_text())
    lead = (await operator.server.post("/v1/leads", {"source": "call", "name": "Li Na"}, "lead")).json()["id"]
    (first,) = FileKeyEncryption(deployment.key_file).kek_ids

    assert (await shell.run(show)).count(first) == 2
    assert f"{shell.settings['BACKUP']}/key-encryption.key: {first}" in await shell.run(backup)
    assert re.search(rf"3 keys are wrapped anew by file:\w+; gone from .*: {first}", await shell.run(rotate))
    status, _, errors = await deployment.programs.run(
        "encryption-keys",
        "show",
        **{**deployment.owner_environment, "SALESAPI_KEY_FILE": f"{shell.settings['BACKUP']}/key-encryption.key"},
    )
    assert (status, "key_file.foreign" in errors, first in errors) == (3, True, True), "the copy is of before"
    await shell.run(hosts)
    copied = Path(shell.settings["OTHER_HOST"]) / "key-encryption.key"
    assert copied.read_bytes() == deployment.key_file.read_bytes()
    changed = await operator.server.post("/v1/leads", {"source": "call", "name": "Li Lei"}, "lead 2")
    assert changed.status_code == 201, "the server went on"

    shell.settings["LEAD"] = lead
    asked, confirmed = erase.split("    curl", 2)[1:]
    told = await shell.run(f"curl{asked}")
    shell.settings["PERSON"] = re.findall(r'"id":\s*"([^"]+)"', told)[0]
    assert '"person.erased"' in await shell.run(f"curl{confirmed}")
    worker = await deployment.work()
    await caught_up(operator.server)
    shown = (await operator.server.client.get(f"/v1/leads/{lead}")).json()["item"]
    assert (shown["name"], shown["is_erased"]) == (None, True)
    again = await operator.server.post("/v1/leads", {"source": "call", "name": "Li Na"}, "lead")
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key.reused")
    assert await worker.stop() == 0


async def test_a_missing_or_foreign_key_file_ends_every_command_before_it_does_anything(operator: Operator) -> None:
    deployment = operator.deployment
    (needed,) = FileKeyEncryption(deployment.key_file).kek_ids
    other = deployment.key_file.with_name("other.key")
    (foreign,) = FileKeyEncryption.create(other).kek_ids
    missing = deployment.key_file.with_name("missing.key")
    mapping = REPOSITORY / "examples" / "maven_crm.yaml"
    commands = (
        ("serve",),
        ("work",),
        ("migrate",),
        ("encryption-keys", "rotate"),
        ("import", "--mapping", str(mapping)),
    )

    async def ended(command: tuple[str, ...], file: Path) -> tuple[int, str]:
        environment = {**deployment.owner_environment, "SALESAPI_KEY_FILE": str(file)}
        status, output, errors = await deployment.programs.run(*command, **environment)
        assert output == ""
        return status, errors

    for command in commands:
        for file, told in ((missing, ("key_file.missing", needed)), (other, ("key_file.foreign", needed, foreign))):
            status, errors = await ended(command, file)
            assert (status, errors.count("\n")) == (3, 1), (command, errors)
            assert all(each in errors for each in told), (command, errors)
    assert not missing.exists()
    for file in (missing, other):
        status, errors = await ended(("verify",), file)
        assert (status, needed in errors) == (2, True), errors
    assert "key_file" not in (await deployment.programs.run("verify", **deployment.environment))[2]


async def test_a_rotation_that_is_killed_is_finished_by_the_next_while_the_server_goes_on(operator: Operator) -> None:
    deployment, path = operator.deployment, operator.deployment.key_file
    async with asyncpg.create_pool(deployment.urls.application_url, min_size=1, max_size=2) as pool:
        keys = PostgreSQLKeys(pool, FileKeyEncryption(path))
        (old,) = FileKeyEncryption(path).kek_ids
        made = await keys.for_sealing([uuid5(NAMESPACE, str(number)) for number in range(SUBJECTS_MADE)])
        async with connected(deployment.urls.owner_url) as owner:

            async def rewrapped() -> int:
                statement = "SELECT count(*) FROM privacy.subject_key WHERE kek_id <> $1"
                count: int = await owner.fetchval(statement, old)
                return count

            for kill in range(3):
                before = await rewrapped()
                rotation = deployment.programs.start("encryption-keys", "rotate", **deployment.owner_environment)

                async def is_under_way(before: int = before) -> bool:
                    return await rewrapped() > before

                await until(is_under_way, "it has begun")
                rotation.kill()
                answer = await operator.server.post("/v1/leads", {"source": "call", "name": "Li"}, f"killed {kill}")
                assert answer.status_code == 201, answer.text
                assert len(path.read_bytes()) == 2 * KEK_BYTES
            status, output, errors = await deployment.programs.run(
                "encryption-keys", "rotate", **deployment.owner_environment
            )
            assert (status, f"gone from {path}: {old}" in output) == (0, True), output + errors
            assert await owner.fetchval("SELECT count(*) FROM privacy.subject_key WHERE kek_id = $1", old) == 0
        assert old not in FileKeyEncryption(path).kek_ids
        assert await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_opening(list(made)) == made
    answer = await operator.server.post("/v1/leads", {"source": "call", "name": "Li"}, "afterwards")
    assert answer.status_code == 201, answer.text
