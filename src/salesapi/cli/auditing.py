"""`export`, `verify` and `rebuild`: the evidence leaves, is checked, and read models are folded anew; with progress shown."""

import asyncio
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from rich.console import Console

from salesapi.app import NotConfigured, running_core
from salesapi.audit import exporting
from salesapi.audit.exporting import OnProgress
from salesapi.audit.log_verifying import verify_log
from salesapi.audit.sealing import seal_all
from salesapi.audit.verdict import Status, Verdict
from salesapi.audit.verifying import OutsideRoot, verify_export
from salesapi.cli.cli_settings import DataDir, fail, owner_url, settings_for
from salesapi.cli.progress import shown_progress
from salesapi.cli.running import run
from salesapi.database.connections import open_connection
from salesapi.domain.catalogue import Catalogue
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.privacy.key_binding import bound_encryption
from salesapi.privacy.key_file import KeyFileRefused
from salesapi.projections import rebuilding
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.rebuilding import RebuildProgress
from salesapi.settings import Settings

NOTHING_SHOWN: Final = int(Status.NOT_ENOUGH_EVIDENCE)
"""The status of a verification that could not be made: nothing is held against the log."""


async def export_log(settings: Settings, file: Path) -> None:
    """Seals what is not sealed yet, and writes the log."""
    url = _database_url(settings)
    await seal_all(url)
    with _shown() as on_progress:
        exported = await exporting.export(url, file, on_progress=on_progress)
    print(f"{exported.size} events written to {file}; root {exported.root.hex()}")


async def verify_here(settings: Settings, outside: OutsideRoot | None) -> Verdict:
    """Verifies the log in the database, which needs no key; one that is named is compared with those that it needs.

    Raises:
        KeyFileRefused: the key file is that of another database.
    """
    await _refuse_foreign_key_file(settings)
    with _shown() as on_progress:
        return await verify_log(_database_url(settings), reader(), outside=outside, on_progress=on_progress)


async def verify_file(file: Path, outside: OutsideRoot | None) -> Verdict:
    """Verifies an export; needs no engine, no key and no network."""
    with _shown() as on_progress:
        return await asyncio.to_thread(verify_export, file, reader(), outside=outside, on_progress=on_progress)


async def rebuild_model(settings: Settings, name: str) -> None:
    """Folds one read model anew beside the live one, and swaps.

    Raises:
        NotConfigured: for a name that is no read model.
    """
    projection = next((projection for projection in PROJECTIONS if projection.name == name), None)
    if projection is None:
        raise NotConfigured(
            f"there is no read model {name}; there are {', '.join(sorted(p.name for p in PROJECTIONS))}"
        )
    async with running_core(settings) as core:
        with _shown() as on_progress:

            def shown(progress: RebuildProgress) -> None:
                on_progress("folding", progress.position, progress.head)

            table = await rebuilding.rebuild(
                owner_url(settings), projection, log=core.log, codec=core.codec, pool=core.pool, on_progress=shown
            )
    print(f"{name} is served from {table} now")


async def _refuse_foreign_key_file(settings: Settings) -> None:
    if settings.key_file is None:
        return
    connection = await open_connection(_database_url(settings), name="key file")
    try:
        await bound_encryption(connection, settings.key_file)
    finally:
        await connection.close()


def reader() -> Codec:
    """A codec that opens no sealed value: evidence is read without keys."""
    return Codec(Catalogue().event_types(), None, UPCASTS)


def _database_url(settings: Settings) -> str:
    if settings.database_url is None:
        raise NotConfigured("set SALESAPI_DATABASE_URL, or give --data-dir of a running dev")
    return settings.database_url.get_secret_value()


def _shown() -> AbstractContextManager[OnProgress]:
    return shown_progress(Console(), is_transient=True)


def export(file: Path, *, data_dir: DataDir = None) -> None:
    """Writes the log as JSON lines, one stored event a line, with the tree's root in the last one.

    Parameters
    ----------
    file
        The file to write; it is replaced when it is there already.
    """
    run(export_log(settings_for(data_dir), file))


def verify(
    *,
    export: Path | None = None,
    root: str | None = None,
    size: int | None = None,
    data_dir: DataDir = None,
) -> None:
    """Recomputes the tree and every locked statement. Ends with 0: proven, 1: refuted, 2: not enough evidence.

    Parameters
    ----------
    export
        An export to verify, offline; without it the log in the database.
    root
        A root (hex) that you hold from elsewhere, for example from a locked payout run; needs `size`.
    size
        The number of events that this root was given for.
    """
    if (root is None) != (size is None):
        fail("--root and --size go together", NOTHING_SHOWN)

    async def verifying() -> int:
        try:
            outside = None if root is None or size is None else OutsideRoot(root=bytes.fromhex(root), size=size)
        except ValueError:
            fail("--root is the root in hexadecimal digits", NOTHING_SHOWN)
        try:
            verdict = await (verify_file(export, outside) if export else verify_here(settings_for(data_dir), outside))
        except KeyFileRefused as error:
            fail(str(error), NOTHING_SHOWN)
        print(verdict)
        return int(verdict.status)

    run(verifying(), failed=NOTHING_SHOWN)


def rebuild(name: str, *, data_dir: DataDir = None) -> None:
    """Folds a read model anew from the log, beside the one that is served, and swaps them.

    Parameters
    ----------
    name
        The read model, as openapi/read-models.json names it.
    """
    run(rebuild_model(settings_for(data_dir), name))
