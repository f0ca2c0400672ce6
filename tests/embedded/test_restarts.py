"""What the embedded engines make of a folder they cannot use, a port that is taken, and a death in the middle of work.

Each test starts engines of its own in a folder of its own, and most kill or damage them.
"""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from nats.js.api import StreamConfig
from tests.connections import value_of
from tests.programs import until

from salesapi.embedded import processes
from salesapi.embedded.engines import read_running_engines, running_engines
from salesapi.embedded.failures import EngineNotStarted, NoRunningEngines
from salesapi.embedded.helper_user import HelperUser, find_helper_user, refuse_unreachable
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.streaming.connecting import jetstream_at

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children with their parent")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has a helper user")


@asynccontextmanager
async def postgresql_in(folder: Path, *, fast_unsafe: bool = True) -> AsyncIterator[EmbeddedPostgreSQL]:
    """A cluster that is stopped in order when the block ends."""
    engine = await EmbeddedPostgreSQL.start(folder, fast_unsafe=fast_unsafe)
    yield engine
    await engine.stop()


@asynccontextmanager
async def nats_in(folder: Path) -> AsyncIterator[EmbeddedNats]:
    engine = await EmbeddedNats.start(folder)
    yield engine
    await engine.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def cluster(reachable_folder: Path) -> Path:
    """The folder of a cluster that ran and was stopped."""
    async with postgresql_in(reachable_folder / "postgresql") as engine:
        return engine.folder


@needs_root
async def test_a_folder_that_the_helper_cannot_reach_is_refused_with_one_that_works(reachable_folder: Path) -> None:
    closed = reachable_folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(EngineNotStarted, match=rf"{closed} has mode 0700 .* for example /\S+") as refusal:
        await EmbeddedPostgreSQL.start(closed / "data")
    with pytest.raises(EngineNotStarted, match=f"{closed} has mode 0700"):
        await EmbeddedNats.start(closed / "data")

    assert "do not change folders that are not ours" in str(refusal.value)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert list(closed.iterdir()) == []


def test_programs_that_the_helper_cannot_reach_are_refused(reachable_folder: Path) -> None:
    closed = reachable_folder / "closed"
    closed.mkdir(mode=0o700)
    stranger = HelperUser(name="stranger", uid=os.geteuid() + 1, gid=os.getegid() + 1)

    with pytest.raises(EngineNotStarted, match=f"{closed} has mode 0700 .* virtual environment"):
        refuse_unreachable(closed / "bin", stranger, what="program folder")


@needs_root
async def test_a_cluster_of_another_user_is_refused(cluster: Path) -> None:
    os.chown(cluster / "data", 0, 0)

    with pytest.raises(EngineNotStarted, match="belongs to user id 0, but the engine would run as user id"):
        await EmbeddedPostgreSQL.start(cluster, fast_unsafe=True)


async def test_a_first_start_that_was_cut_short_is_made_anew(reachable_folder: Path) -> None:
    folder = reachable_folder / "postgresql"
    (folder / "data.new-1").mkdir(parents=True)
    folder.chmod(0o711)
    (folder / "data.new-1" / "PG_VERSION").write_text("18\n")

    async with postgresql_in(folder) as engine:
        assert await value_of(engine.owner_url, "SELECT 1") == 1
    assert list(folder.glob("data.new*")) == []


async def test_a_cluster_that_cannot_start_is_told_with_the_last_lines_of_its_log(cluster: Path) -> None:
    (cluster / "data" / "global" / "pg_control").write_bytes(b"")

    # Nothing is left behind: the same folder can be locked again, and the refusal is the same.
    for _ in range(2):
        with pytest.raises(EngineNotStarted, match=r"(?s)ended with code .*pg_control"):
            await EmbeddedPostgreSQL.start(cluster, fast_unsafe=True)


async def test_a_remembered_port_is_kept_and_another_chosen_when_it_is_taken(reachable_folder: Path) -> None:
    folder = reachable_folder / "nats"
    async with nats_in(folder) as first:
        pass
    async with nats_in(folder) as second:
        assert second.port == first.port
    with socket.create_server(("127.0.0.1", first.port)):
        async with nats_in(folder) as third:
            assert third.port != first.port


async def test_a_wanted_port_that_is_taken_is_refused(reachable_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineNotStarted, match=f"Port {port} of 127.0.0.1, wanted for NATS, is taken"):
            await EmbeddedNats.start(reachable_folder / "nats", port=port)


async def test_a_killed_cluster_keeps_what_was_committed(reachable_folder: Path) -> None:
    engine = await EmbeddedPostgreSQL.start(reachable_folder / "postgresql")
    connection = await asyncpg.connect(engine.owner_url)
    await connection.execute("CREATE TABLE event (position bigint PRIMARY KEY)")
    await connection.execute("INSERT INTO event SELECT generate_series(1, 1000)")
    await connection.execute("BEGIN; INSERT INTO event VALUES (1001)")
    killed = engine.process_ids()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    connection.terminate()
    await engine.stop()

    assert len(killed) > 3, "the postmaster and its children"
    assert engine.pid in killed
    async with postgresql_in(engine.folder, fast_unsafe=False) as again:
        assert await value_of(again.owner_url, "SELECT max(position) FROM event") == 1000


async def test_a_cluster_starts_again_when_only_its_postmaster_was_killed(reachable_folder: Path) -> None:
    engine = await EmbeddedPostgreSQL.start(reachable_folder / "postgresql", fast_unsafe=True)
    # A stopped child does not notice that its postmaster is gone, as one in a long query does not.
    child = next(pid for pid in engine.process_ids() if pid != engine.pid)
    os.kill(child, signal.SIGSTOP)
    os.kill(engine.pid, signal.SIGKILL)
    await engine.stop()
    assert child in engine.process_ids()
    os.kill(child, signal.SIGCONT)

    async with postgresql_in(engine.folder) as again:
        assert await value_of(again.owner_url, "SELECT 1") == 1


@needs_linux
async def test_a_killed_postmaster_that_nobody_collects_does_not_hinder_the_next(
    cluster: Path, reachable_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "KILL_LIMIT_SECONDS", 0.2)
    dead = processes.start_process(["/bin/true"], log=reachable_folder / "true.log", helper=find_helper_user())
    await until(lambda: processes.is_unreaped(dead.pid), "it is dead")
    (cluster / "data" / "postmaster.pid").write_text(f"{dead.pid}\n{cluster / 'data'}\n")

    async with postgresql_in(cluster):
        dead.wait()


async def test_jetstream_keeps_acknowledged_messages_when_killed(reachable_folder: Path) -> None:
    engine = await EmbeddedNats.start(reachable_folder / "nats")
    async with jetstream_at(engine.url) as jetstream:
        await jetstream.add_stream(StreamConfig(name="SALES", subjects=["sales.v1.>"]))
        acknowledged = [(await jetstream.publish("sales.v1.deal.won", b"{}")).seq for _ in range(20)]
        os.kill(engine.pid, signal.SIGKILL)
        await engine.stop()

    async with nats_in(engine.folder) as again, jetstream_at(again.url) as jetstream:
        state = (await jetstream.stream_info("SALES")).state

    assert acknowledged == list(range(1, 21))
    assert (state.first_seq, state.last_seq, state.messages) == (1, 20, 20)


@needs_linux
async def test_engines_end_with_a_killed_dev_and_the_next_dev_starts(reachable_folder: Path) -> None:
    folder = reachable_folder / "dev"
    dev = _run_dev(folder)
    await until(lambda: (folder / "engines.json").exists() or dev.poll() is not None, "it runs")
    engines = read_running_engines(folder)
    dev.kill()
    dev.wait()

    with pytest.raises(NoRunningEngines):
        read_running_engines(folder)
    await _until_gone(engines.postgresql_pid, engines.nats_pid)
    async with running_engines(folder) as again:
        assert await value_of(again.owner_url, "SELECT 1") == 1
    assert engines.salesapi_pid == dev.pid


async def test_a_dev_killed_while_it_makes_the_cluster_does_not_disturb_the_next(reachable_folder: Path) -> None:
    folder = reachable_folder / "dev"
    dev = _run_dev(folder)
    await until(lambda: any(folder.glob("postgresql/data.new*/base")) or dev.poll() is not None, "it is at it")
    dev.kill()
    dev.wait()

    async with running_engines(folder) as engines:
        assert await value_of(engines.owner_url, "SELECT 1") == 1


async def test_a_stopped_dev_leaves_no_process_and_no_note(reachable_folder: Path) -> None:
    async with running_engines(reachable_folder / "dev") as engines:
        pass

    await _until_gone(engines.postgresql_pid, engines.nats_pid)
    assert not (reachable_folder / "dev" / "engines.json").exists()


def _run_dev(folder: Path) -> subprocess.Popen[bytes]:
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from salesapi.embedded.engines import running_engines\n"
        "async def dev():\n"
        "    async with running_engines(Path(sys.argv[1])):\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(dev())\n"
    )
    return subprocess.Popen([sys.executable, "-c", program, str(folder)])


async def _until_gone(*pids: int) -> None:
    await until(lambda: not any(_is_alive(pid) for pid in pids), "they are gone")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
