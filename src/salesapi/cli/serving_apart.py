"""`migrate`, `serve` and `work`: the same as `dev` as separate processes, on PostgreSQL and NATS of one's own."""

from pathlib import Path

from salesapi.api.http import http_app
from salesapi.app import running_core
from salesapi.cli.cli_settings import owner_url, read_settings
from salesapi.cli.following import running_followers
from salesapi.cli.founding import found_access
from salesapi.cli.migrating import migrate_all
from salesapi.cli.running import run, until_stopped
from salesapi.cli.serving import listening_socket, serving
from salesapi.eventlog.epochs import RestoreUntold


def migrate(*, admin_key_file: Path | None = None, empty: bool = False) -> None:
    """Brings the database to this version, with the owner's role (SALESAPI_MIGRATION_URL).

    Parameters
    ----------
    admin_key_file
        Write the first admin key to this file, readable by you only; without it the key is printed.
    empty
        Leave the log empty, for an export that is restored into it: no principal is stated and no key is made.
    """
    settings = read_settings()

    async def work() -> None:
        url = owner_url(settings)
        done = await migrate_all(url, settings.key_file)
        try:
            done += [] if empty else await found_access(url, admin_key_file)
        except RestoreUntold:
            # The log is not written before: the next start of the server is refused until it is told, and says so.
            done.append("nothing was stated in the log: run `salesapi restored`, then `salesapi migrate` again")
        print("\n".join(done) or "nothing to do: the database has this version")

    run(work())


def serve() -> None:
    """Serves REST and GraphQL (SALESAPI_DATABASE_URL, SALESAPI_HOST, SALESAPI_PORT). Any number may run."""
    settings = read_settings()

    async def work() -> None:
        async with running_core(settings) as core:
            listener = listening_socket(settings.host, settings.port)
            async with serving(http_app(core), listener):
                host, port = listener.getsockname()[:2]
                print(f"salesapi serves http://{host}:{port}", flush=True)
                await until_stopped()

    run(work())


def work() -> None:
    """Runs the followers: projections, sealer, relay. Any number may run; each follower is led by one at a time."""
    settings = read_settings()

    async def working() -> None:
        async with running_core(settings) as core, running_followers(core):
            print("salesapi follows the log", flush=True)
            await until_stopped()

    run(working())
