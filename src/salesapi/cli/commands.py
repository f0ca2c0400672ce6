"""The commands of `salesapi`, one function each: reads the arguments, calls what does the work, prints for people."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import asyncpg
import cyclopts
from cyclopts import Parameter

from salesapi.access.api_keys import create_key, revoke_keys
from salesapi.app import NotConfigured, running_core
from salesapi.audit.verifying import OutsideRoot
from salesapi.cli.auditing import export_log, rebuild_model, verify_file, verify_here
from salesapi.cli.contracting import contract_files, different, write_contracts
from salesapi.cli.developing import develop
from salesapi.cli.following import running_followers
from salesapi.cli.importing import import_files
from salesapi.cli.migrating import migrate_all
from salesapi.cli.places import DataDir, fail, owner_url, settings_for
from salesapi.cli.serving import listening_socket, serving, stoppable, until_stopped
from salesapi.domain.kernel import Role, natural_id
from salesapi.embedded.failures import EngineNotStarted, NoRunningEngines
from salesapi.eventlog.migrating import MigrationRefused, OverpoweredRole
from salesapi.privacy.encryption import KeyFileRefused
from salesapi.settings import Settings

app: Final = cyclopts.App(name="salesapi", help="A headless, event-sourced sales API.", version="0.1.0")
keys: Final = cyclopts.App(name="keys", help="API keys: make and revoke them.")
app.command(keys)

EXPECTED: Final = (
    EngineNotStarted,
    NoRunningEngines,
    NotConfigured,
    MigrationRefused,
    OverpoweredRole,
    KeyFileRefused,
    OSError,
    asyncpg.PostgresError,
)
"""Failures with a message that says what to do; no traceback helps there."""


def run(work: Coroutine[None, None, int | None]) -> None:
    """Runs a command's work and ends with its status."""
    runner = asyncio.run
    if sys.platform != "win32":
        import uvloop

        runner = uvloop.run
    try:
        status = runner(stoppable(work))
    except EXPECTED as error:
        fail(str(error) or type(error).__name__)
    raise SystemExit(status or 0)


@app.command
def dev(*, data_dir: Path = Path("data"), port: int = 8000, demo: bool = True) -> None:
    """Starts the engines from their wheels in a data folder, loads a demo company once, and serves everything.

    Parameters
    ----------
    data_dir
        Folder for the engines' data; made when it is missing.
    port
        Port to listen on at 127.0.0.1; 0 takes a free one.
    demo
        Load the demo company into an empty log.
    """
    run(develop(data_dir, port=port, with_demo=demo))


@app.command
def migrate() -> None:
    """Brings the database to this version, with the owner's role (SALESAPI_MIGRATION_URL)."""
    settings = Settings()

    async def work() -> None:
        done = await migrate_all(owner_url(settings), settings.key_file)
        print("\n".join(done) or "nothing to do: the database has this version")

    run(work())


@app.command
def serve() -> None:
    """Serves REST and GraphQL (SALESAPI_DATABASE_URL, SALESAPI_HOST, SALESAPI_PORT). Any number may run."""
    settings = Settings()

    async def work() -> None:
        from salesapi.api.http import http_app

        async with running_core(settings) as core:
            listener = listening_socket(settings.host, settings.port)
            async with serving(http_app(core), listener):
                host, port = listener.getsockname()[:2]
                print(f"salesapi serves http://{host}:{port}", flush=True)
                await until_stopped()

    run(work())


@app.command
def work() -> None:
    """Runs the followers: projections, sealer, relay. Any number may run; each follower is led by one at a time."""
    settings = Settings()

    async def working() -> None:
        async with running_core(settings) as core, running_followers(core):
            print("salesapi follows the log", flush=True)
            await until_stopped()

    run(working())


@app.command(name="import")
def import_(
    *files: Path,
    mapping: Path,
    dry_run: bool = False,
    results: Path | None = None,
    data_dir: DataDir = None,
) -> None:
    """Imports CSV or XLSX files by a mapping; the same rows again add nothing. Ends with 1 when rows were rejected.

    Parameters
    ----------
    files
        The files, in any order; the mapping says which table each is.
    mapping
        The YAML file that maps columns to commands; see docs/guides/importing.md.
    dry_run
        Decide every row, store nothing.
    results
        Write what became of each row to this CSV file.
    """
    run(import_files(settings_for(data_dir), mapping, list(files), dry_run, results))


@app.command
def export(file: Path, *, data_dir: DataDir = None) -> None:
    """Writes the log as JSON lines, one stored event a line, with the tree's root in the last one."""
    run(export_log(settings_for(data_dir), file))


@app.command
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
        fail("--root and --size go together", 2)

    async def verifying() -> int:
        try:
            outside = None if root is None or size is None else OutsideRoot(root=bytes.fromhex(root), size=size)
        except ValueError:
            fail("--root is the root in hexadecimal digits", 2)
        try:
            verdict = await (verify_file(export, outside) if export else verify_here(settings_for(data_dir), outside))
        except OSError as error:
            fail(str(error), 2)
        print(verdict)
        return int(verdict.status)

    run(verifying())


@app.command
def rebuild(name: str, *, data_dir: DataDir = None) -> None:
    """Folds a read model anew from the log, beside the one that is served, and swaps them."""
    run(rebuild_model(settings_for(data_dir), name))


@app.command
def contracts(*, check: bool = False) -> None:
    """Writes openapi/ anew: REST, GraphQL, the stream, events, refusals, names.

    Parameters
    ----------
    check
        Compare with what is committed instead, and end with 1 where it differs.
    """

    async def contracting() -> int:
        files = await contract_files()
        if not check:
            write_contracts(files)
            print(f"{len(files)} files written")
            return 0
        differences = different(files)
        for path in differences:
            print(f"openapi/{path} differs from the code: run `make contracts` and commit it")
        return 1 if differences else 0

    run(contracting())


@keys.command
def create(
    name: str,
    *,
    roles: Annotated[list[Role], Parameter(consume_multiple=True)],
    member: UUID | None = None,
    data_dir: DataDir = None,
) -> None:
    """Makes an API key and prints it; it is not shown again.

    Parameters
    ----------
    name
        Name of the principal; the same name gets a further key.
    roles
        Some of rep, manager, finance, auditor, admin, integration.
    member
        The member that the principal is; reps and managers need one.
    """

    async def making() -> None:
        if {"rep", "manager"} & set(roles) and member is None:
            fail("a rep or manager sees the rows of a member: give --member")
        connection = await asyncpg.connect(owner_url(settings_for(data_dir)))
        try:
            key = await create_key(
                connection,
                principal_id=natural_id("principal", name),
                name=name,
                roles=roles,
                member_id=member,
            )
        finally:
            await connection.close()
        print(key)

    run(making())


@keys.command
def revoke(prefix: str, *, data_dir: DataDir = None) -> None:
    """Revokes the keys with this prefix, the middle part of `sk_<prefix>_...`."""

    async def revoking() -> int:
        connection = await asyncpg.connect(owner_url(settings_for(data_dir)))
        try:
            count = await revoke_keys(connection, prefix)
        finally:
            await connection.close()
        print(f"{count} keys revoked")
        return 0 if count else 1

    run(revoking())
