"""`salesapi migrate`: brings a database to this version, with the owner's role."""

from pathlib import Path

from salesapi.cli.cli_settings import owner_connection
from salesapi.database.migrating import migrate
from salesapi.privacy.key_binding import bound_encryption
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.generations import prepare_read_models


async def migrate_all(owner_url: str, key_file: Path | None) -> list[str]:
    """Applies what is missing, makes the read tables and, where a place for it is given, the key-encryption key.

    Raises:
        KeyFileRefused: the database needs another key file, which is never made anew.
    """
    done = await migrate(owner_url)
    async with owner_connection(owner_url) as connection:
        if key_file is not None:
            is_new = not key_file.exists()
            encryption = await bound_encryption(connection, key_file, may_create=True)
            if is_new:
                done.append(f"made the key-encryption key {encryption.kek_ids[0]} in {key_file}: back it up")
        await prepare_read_models(connection, PROJECTIONS)
    return done
