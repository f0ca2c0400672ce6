"""A running `salesapi dev`, and calls to it as its user makes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.programs import DEV_READY, Program, Programs, programs_in


@dataclass(frozen=True)
class Dev:
    """A `dev` that says that it is ready."""

    program: Program
    folder: Path
    client: httpx2.AsyncClient

    def bearer(self, name: str = "admin") -> dict[str, str]:
        """The key that `dev` wrote for a role."""
        return {"authorization": f"Bearer {(self.folder / f'{name}.key').read_text().strip()}"}

    async def post(self, path: str, values: dict[str, Any], key: str, name: str = "admin") -> httpx2.Response:
        """One command of the holder of a key."""
        return await self.client.post(path, json=values, headers={**self.bearer(name), "idempotency-key": key})

    async def get(self, path: str, name: str = "admin", **params: Any) -> httpx2.Response:
        """One query of the holder of a key."""
        return await self.client.get(path, params=params, headers=self.bearer(name))

    async def items(self, path: str, name: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of a list."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            asked = {"first": 100, **params, **({"after": cursor} if cursor else {})}
            answer = await self.get(path, name, **asked)
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return items

    async def stop(self) -> None:
        """Ends it in order."""
        await self.client.aclose()
        assert await self.program.stop() == 0, self.program.told()

    async def head(self) -> int:
        """The log's head."""
        answer: int = (await self.client.get("/readyz")).json()["head"]
        return answer


@asynccontextmanager
async def running_dev(folder: Path, *arguments: str) -> AsyncIterator[Dev]:
    """A `dev` in a folder of its own for the tests of a module."""
    folder.mkdir(mode=0o711)
    with programs_in(folder) as programs:
        running = await started(programs, folder / "data", *arguments)
        yield running
        await running.stop()


async def started(programs: Programs, folder: Path, *arguments: str) -> Dev:
    """Starts `dev` and waits for its ready line."""
    program = programs.start("dev", "--data-dir", str(folder), "--port", "0", *arguments)
    address = (await program.says(DEV_READY)).group("address")
    return Dev(program, folder, httpx2.AsyncClient(base_url=address, timeout=30))
