"""`salesapi migrate`, `serve` and `work` as separate processes over the environment, as production runs them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from pydantic import SecretStr

from salesapi.app import running_core
from salesapi.cli.migrating import migrate_all
from salesapi.commands.key_issuing import issue_key
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.settings import Settings
from tests.programs import SERVE_READY, WORK_READY, Program, Programs, until

CLIENT_SECONDS = 30.0


@dataclass(frozen=True)
class Server:
    """A `serve` that says that it is ready, and a client that asks it as the administrator."""

    program: Program
    client: httpx2.AsyncClient

    async def post(self, path: str, values: dict[str, Any], key: str) -> httpx2.Response:
        """One command."""
        return await self.client.post(path, json=values, headers={"idempotency-key": key})

    async def health(self) -> dict[str, Any]:
        """Reads what `/readyz` says."""
        answer: dict[str, Any] = (await self.client.get("/readyz")).json()
        return answer


@dataclass
class Deployment:
    """One database, and the processes over it."""

    programs: Programs
    urls: DatabaseUrls
    key_file: Path
    nats_url: str | None = None
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The settings that `serve` and `work` are given."""
        nats = {} if self.nats_url is None else {"SALESAPI_NATS_URL": self.nats_url}
        return {
            "SALESAPI_DATABASE_URL": self.urls.application_url,
            "SALESAPI_KEY_FILE": str(self.key_file),
            "SALESAPI_PORT": "0",
            **nats,
        }

    @property
    def owner_environment(self) -> dict[str, str]:
        """The settings that `migrate`, `keys` and `rebuild` are given."""
        return {**self.environment, "SALESAPI_MIGRATION_URL": self.urls.owner_url}

    async def found(self) -> None:
        """Migrates, and makes the administrator's key."""
        status, _, errors = await self.programs.run("migrate", **self.owner_environment)
        assert status == 0, errors
        await self.make_key("admin", "admin")

    async def found_at_once(self) -> None:
        """The same without processes, for tests of what comes afterwards."""
        await migrate_all(self.urls.owner_url, self.key_file)
        settings = Settings(database_url=SecretStr(self.urls.application_url), key_file=self.key_file, nats_url=None)
        async with running_core(settings) as core:
            self.keys["admin"] = await issue_key(core.handling, name="admin", roles=["admin"])

    async def make_key(self, name: str, *roles: str) -> str:
        """Makes a key as an operator does."""
        status, output, errors = await self.programs.run(
            "keys", "create", name, "--roles", *roles, **self.owner_environment
        )
        assert status == 0, errors
        self.keys[name] = output.strip()
        return self.keys[name]

    async def serve(self, **environment: str) -> Server:
        """Starts a server on a port of its own."""
        program = self.programs.start("serve", **self.environment, **environment)
        address = (await program.says(SERVE_READY)).group("address")
        client = httpx2.AsyncClient(
            base_url=address, timeout=CLIENT_SECONDS, headers={"authorization": f"Bearer {self.keys['admin']}"}
        )
        return Server(program, client)

    async def work(self) -> Program:
        """Starts the followers."""
        program = self.programs.start("work", **self.environment)
        await program.says(WORK_READY)
        return program


async def caught_up(server: Server, seconds: float = 30.0) -> dict[str, Any]:
    """Waits until every projection and the sealer have reached the log's head; the health then."""
    health: dict[str, Any] = {}

    async def are_there() -> bool:
        nonlocal health
        health = await server.health()
        followers = health.get("followers", [])
        return len(followers) >= len(PROJECTIONS) + 1 and all(each["lag"] == 0 for each in followers)

    try:
        await until(are_there, "all followers are at the head", seconds)
    except AssertionError as error:
        raise AssertionError(f"{error}: {health}") from None
    return health
