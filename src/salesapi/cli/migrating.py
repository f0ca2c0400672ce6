"""`salesapi migrate`: brings a database to this version, with the owner's role."""

from pathlib import Path

from salesapi.cli.cli_settings import owner_connection
from salesapi.database.migrating import migrate
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.generations import prepare_read_models


async def migrate_all(owner_url: str, key_file: Path | None) -> list[str]:
    """Applies what is missing, makes the read tables and, where a place for it is given, the key-encryption key."""
    done = await migrate(owner_url)
    async with owner_connection(owner_url) as connection:
        await prepare_read_models(connection, PROJECTIONS)
    if key_file is not None and not key_file.exists():
        FileKeyEncryption.create(key_file)
        done.append(f"made the key-encryption key {key_file}")
    return done
