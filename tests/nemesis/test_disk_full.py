"""A full disk, for real: the database's files are on a file system of a few megabytes, its journal elsewhere."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from salesapi.embedded.helper_user import find_helper_user, give_to
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.connections import connected, value_of
from tests.programs import until
from tests.service import Service, running_service

DATABASE = "nemesis_full"
SIZE = "64m"
LEFT_BYTES = 256 * 1024
BACK_SECONDS_MAX = 30.0
COMMANDS_MAX = 3_000
FILLING = "x" * 150


async def ran(*command: str) -> int:
    """Runs a command of the system; its status."""
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


@dataclass
class Disk:
    """A small file system."""

    folder: Path

    @property
    def filling(self) -> Path:
        return self.folder / "filling"

    def fill(self) -> None:
        """Takes what is free, but for a little."""
        free = os.statvfs(self.folder)
        with self.filling.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_bsize - LEFT_BYTES)

    def make_room(self) -> None:
        self.filling.unlink()


@pytest_asyncio.fixture(loop_scope="session")
async def disk(reachable_folder: Path) -> AsyncIterator[Disk]:
    """A file system that root may mount; others cannot make a full disk here."""
    folder = reachable_folder / "disk"
    folder.mkdir()
    if await ran("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)) != 0:
        pytest.skip("only root may mount a small file system")
    try:
        give_to(folder, find_helper_user())
        yield Disk(folder)
    finally:
        assert await ran("umount", "-l", str(folder)) == 0


@pytest_asyncio.fixture(loop_scope="session")
async def service(postgresql: EmbeddedPostgreSQL, disk: Disk, tmp_path: Path) -> AsyncIterator[Service]:
    """A service whose database is on the small disk."""
    place = disk.folder / "tablespace"
    place.mkdir(mode=0o700)
    give_to(place, find_helper_user())
    urls = await postgresql.create_database(DATABASE)
    async with connected(postgresql.superuser_url) as superuser:
        await superuser.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        await superuser.execute(f"ALTER DATABASE {DATABASE} SET TABLESPACE small")
    try:
        async with running_service(urls, tmp_path) as made:
            yield made
    finally:
        await postgresql.drop_database(DATABASE)
        async with connected(postgresql.superuser_url) as superuser:
            await superuser.execute("DROP TABLESPACE small")


async def test_a_full_disk_refuses_writes_is_not_ready_and_ends_by_itself_when_there_is_room(
    service: Service, disk: Disk
) -> None:
    assert (await service.client.get("/readyz")).status_code == 200
    acknowledged = [await service.must("/v1/members", {"name": "before"})]
    disk.fill()
    refused: httpx2.Response | None = None
    for number in range(COMMANDS_MAX):
        answer = await service.post("/v1/members", {"name": f"Member {number} {FILLING}"})
        if answer.status_code != 201:
            refused = answer
            break
        acknowledged.append(answer.json())

    assert refused is not None
    assert (refused.status_code, refused.json()["code"]) == (503, "storage.full")
    assert refused.headers["retry-after"]
    told = await service.client.get("/readyz")
    assert (told.status_code, told.json()["status"]) == (503, "not ready")
    assert told.json()["reason"].startswith("the database has no room left")
    assert (await service.client.get("/readyz", params={"for": "reads"})).status_code == 200
    assert "salesapi_storage_full 1.0" in (await service.client.get("/metrics")).text
    assert (await service.get("/v1/members")).status_code == 200

    disk.make_room()

    async def is_ready() -> bool:
        return (await service.client.get("/readyz")).status_code == 200

    await until(is_ready, "it is ready by itself", BACK_SECONDS_MAX)
    acknowledged.append(await service.must("/v1/members", {"name": "after"}))
    stored = await value_of(service.urls.owner_url, "SELECT count(*) FROM log.event WHERE type = 'member.joined'")
    by_others = 1
    assert stored == len(acknowledged) + by_others, "the member whose key it is came before"
