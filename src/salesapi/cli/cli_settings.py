"""How a command finds its engines: by the environment, or by the data folder of a running `dev`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import asyncpg
from cyclopts import Parameter
from pydantic import SecretStr, ValidationError

from salesapi.app import NotConfigured
from salesapi.embedded.engines import Engines, read_running_engines
from salesapi.settings import Settings

KEY_FILE_NAME = "key-encryption.key"
"""The key-encryption key of a `dev`, in its data folder."""

DataDir = Annotated[
    Path | None, Parameter(help="Data folder of a running `salesapi dev`; without it the environment is used.")
]


def read_settings() -> Settings:
    """The settings of the environment; ends with a line that names a malformed one, and never its value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        fail(f"the setting SALESAPI_{str(first['loc'][0]).upper()} is malformed: {first['msg']}")


def settings_for(data_dir: Path | None) -> Settings:
    """The settings of the environment, or those of the `dev` that runs in this folder."""
    return read_settings() if data_dir is None else settings_of(read_running_engines(data_dir), data_dir)


def settings_of(engines: Engines, folder: Path, settings: Settings | None = None) -> Settings:
    """The settings that lead to these engines."""
    return (settings or read_settings()).model_copy(
        update={
            "database_url": SecretStr(engines.application_url),
            "migration_url": SecretStr(engines.owner_url),
            "nats_url": SecretStr(engines.nats_url),
            "key_file": folder / KEY_FILE_NAME,
            "development": True,
        }
    )


def owner_url(settings: Settings) -> str:
    """The migration URL.

    Raises:
        NotConfigured: when it is not set.
    """
    if settings.migration_url is None:
        raise NotConfigured("set SALESAPI_MIGRATION_URL to the owner's role, or give --data-dir of a running dev")
    return settings.migration_url.get_secret_value()


@asynccontextmanager
async def owner_connection(
    url: str, server_settings: dict[str, str] | None = None
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection with the owner's role."""
    connection = await asyncpg.connect(url, server_settings=server_settings)
    try:
        yield connection
    finally:
        await connection.close()


def fail(message: str, status: int = 1) -> NoReturn:
    """Says what is wrong, and ends."""
    print(f"salesapi: {message}", file=sys.stderr)
    raise SystemExit(status)
