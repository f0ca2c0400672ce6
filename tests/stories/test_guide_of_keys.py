"""The guide to keys, run as it stands: each of its blocks of commands, in one shell, one after the other."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx2
import pytest_asyncio

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.conftest import REPOSITORY
from tests.deployments import Deployment
from tests.programs import END_SECONDS, SERVE_READY, SOURCE, programs_in

GUIDE: Final = REPOSITORY / "docs" / "guides" / "keys.md"
BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DATABASE: Final = "story_keys"


@pytest_asyncio.fixture(loop_scope="session")
async def deployment(postgresql: EmbeddedPostgreSQL, session_folder: Path) -> AsyncIterator[Deployment]:
    """An empty database."""
    folder = session_folder / "keys"
    folder.mkdir(mode=0o711)
    urls = await postgresql.create_database(DATABASE)
    with programs_in(folder) as programs:
        yield Deployment(programs, urls, folder / "key-encryption.key")
    await postgresql.drop_database(DATABASE)


async def run(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Runs a script whose commands all succeed, with `salesapi` as this checkout's; what it says."""
    program = folder / "salesapi"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{SOURCE}" exec "{sys.executable}" -m salesapi "$@"\n')
    program.chmod(0o700)
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script),
        cwd=folder,
        env={"PATH": f"{folder}:{os.environ['PATH']}", "LANG": "C.UTF-8", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(2 * END_SECONDS):
            output, _ = await shell.communicate()
    finally:
        if shell.returncode is None:
            shell.kill()
    assert shell.returncode == 0, output.decode()
    return output.decode()


async def test_the_guide_says_what_works(deployment: Deployment, tmp_path: Path) -> None:
    first, *rest = BLOCK.findall(GUIDE.read_text())
    said = await run(first, tmp_path, deployment.owner_environment)
    assert said.splitlines()[-1] == "the first admin key is in admin.key"
    await deployment.work()
    serve = deployment.programs.start("serve", **deployment.environment)
    address = (await serve.says(SERVE_READY)).group("address")

    said = await run("\n".join(rest), tmp_path, {**deployment.environment, "SERVER": address})

    listed = next(line for line in said.splitlines() if "nightly" in line)
    assert " erp " in listed
    keys = {file.stem: file.read_text().strip() for file in tmp_path.glob("*.key")}
    assert keys.keys() == {"admin", "erp", "erp-new", "books"}
    async with httpx2.AsyncClient(base_url=address) as client:
        for name, status in (("admin", 200), ("erp", 401), ("erp-new", 200), ("books", 401)):
            answer = await client.get("/v1/me", headers={"authorization": f"Bearer {keys[name]}"})
            assert answer.status_code == status, name
    assert all(key not in said for key in keys.values())
