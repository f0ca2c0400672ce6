"""`encryption-keys`: the key file beside its database: shown, and rotated, with the owner's role."""

from pathlib import Path

from rich.console import Console

from salesapi.app import NotConfigured
from salesapi.cli.cli_settings import DataDir, owner_connection, owner_url, settings_for
from salesapi.cli.progress import shown_progress
from salesapi.cli.running import run
from salesapi.privacy.key_binding import bound_encryption, bound_kek_ids
from salesapi.privacy.key_rotation import add_kek
from salesapi.privacy.key_rotation import rotate as rotate_key
from salesapi.settings import Settings


def show(*, data_dir: DataDir = None) -> None:
    """Names the keys of the file and those that the database needs; ends with 3 where these are not all in the file."""
    settings = settings_for(data_dir)

    async def showing() -> None:
        async with owner_connection(owner_url(settings)) as connection:
            encryption = await bound_encryption(connection, _key_file(settings))
            print(f"key file {encryption.path}: {', '.join(encryption.kek_ids)}")
            print(f"needed by the database: {', '.join(await bound_kek_ids(connection))}")

    run(showing())


def rotate(*, only_add: bool = False, data_dir: DataDir = None) -> None:
    """Makes a new key-encryption key, wraps every subject's key by it, and removes the old one from the file.

    Run again after it was ended in any way, it goes on where it stopped. `serve` and `work` go on meanwhile.

    Parameters
    ----------
    only_add
        Only put the new key into the file: where other hosts have copies of it, copy it there, then run without this.
    """
    settings = settings_for(data_dir)

    async def rotating() -> None:
        path = _key_file(settings)
        async with owner_connection(owner_url(settings)) as connection:
            if only_add:
                print(f"{await add_kek(connection, path)} is in {path}; nothing is wrapped by it yet")
                return
            with shown_progress(Console(stderr=True), is_transient=True) as on_progress:
                done = await rotate_key(connection, path, on_keys=lambda n, of: on_progress("wrapping", n, of))
        print(f"{done.rewrapped} keys are wrapped anew by {done.kek_id}; gone from {path}: {', '.join(done.retired)}")

    run(rotating())


def _key_file(settings: Settings) -> Path:
    if settings.key_file is None:
        raise NotConfigured("set SALESAPI_KEY_FILE to the file of the key-encryption key, or give --data-dir")
    return settings.key_file
