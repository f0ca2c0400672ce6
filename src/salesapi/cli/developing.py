"""`salesapi dev`: engines, migrations, demo company, doors and followers in one process and one folder."""

import os
from pathlib import Path

import asyncpg

from salesapi.access.api_keys import create_key
from salesapi.api.http import http_app
from salesapi.app import running_core
from salesapi.cli.following import running_followers
from salesapi.cli.migrating import migrate_all
from salesapi.cli.places import KEY_FILE_NAME, settings_of
from salesapi.cli.serving import listening_socket, serving, until_stopped
from salesapi.domain.kernel import natural_id
from salesapi.embedded.engines import running_engines

ADMIN_KEY_NAME = "admin.key"


async def develop(folder: Path, *, port: int, with_demo: bool) -> None:
    """Runs until Ctrl-C or SIGTERM."""
    listener = listening_socket("127.0.0.1", port)
    async with running_engines(folder, log_progress=_say) as engines:
        await migrate_all(engines.owner_url, folder / KEY_FILE_NAME)
        await _make_admin_key(engines.owner_url, folder / ADMIN_KEY_NAME)
        settings = settings_of(engines, folder)
        async with running_core(settings) as core, running_followers(core), serving(http_app(core), listener):
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            print(
                f"salesapi is ready: REST {address}/v1  GraphQL {address}/graphql  docs {address}/docs  "
                f"admin key {folder / ADMIN_KEY_NAME}",
                flush=True,
            )
            await until_stopped()
            _say("stopping")


def _say(text: str) -> None:
    print(f"salesapi: {text}", flush=True)


async def _make_admin_key(owner_url: str, file: Path) -> None:
    """Writes the admin's key, once, readable only by the user who runs this."""
    if file.exists():
        return
    connection = await asyncpg.connect(owner_url)
    try:
        key = await create_key(
            connection,
            principal_id=natural_id("principal", "admin"),
            name="admin",
            roles=["admin"],
            member_id=None,
        )
    finally:
        await connection.close()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(key + "\n")
