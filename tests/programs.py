"""The program `salesapi` as its operators run it: real processes, their output in files, each ended by its own id.

Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from salesapi.embedded.folders import read_texts
from salesapi.embedded.processes import PR_SET_PDEATHSIG, find_processes

SOURCE = Path(__file__).parent.parent / "src"
"""The programs are those of this checkout, whatever is installed."""
READY_SECONDS = 90.0
"""How long a start may take on a busy machine; a second start of a killed cluster recovers first."""
END_SECONDS = 60.0
LOOK_SECONDS = 0.05
DEV_READY = r"salesapi is ready: REST (?P<address>http://127\.0\.0\.1:\d+)/v1 .*\n"
SERVE_READY = r"salesapi serves (?P<address>http://127\.0\.0\.1:\d+)\n"
WORK_READY = r"salesapi follows the log\n"
WAITED = re.compile(
    r"[a-z0-9_. ]+: (cannot connect to|lost its connection to|cannot reach) PostgreSQL \(TimeoutError\)(; \w+ing again)?"
    r"|the leads were not renewed: TimeoutError"
)
"""What a program says on a busy machine, where its database answers late; it goes on by itself."""


class Program:
    """One process of `salesapi`."""

    def __init__(self, folder: Path, name: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self.output, self.errors = folder / f"{name}.out", folder / f"{name}.err"
        with self.output.open("wb") as output, self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "salesapi", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd=folder,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(SOURCE), **environment},
                start_new_session=True,
                preexec_fn=_end_with_us,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def told(self) -> str:
        """Collects what it has written, for the message of a failed test."""
        return f"stdout:\n{self.output.read_text()}\nstderr:\n{self.errors.read_text()}"

    def complaints(self) -> list[str]:
        """Lists what it wrote to standard error, but that its database answered late."""
        return complaints_in(self.errors.read_text())

    async def says(self, pattern: str, seconds: float = READY_SECONDS) -> re.Match[str]:
        """Waits until its output holds this."""
        deadline = time.monotonic() + seconds
        while (found := re.search(pattern, self.output.read_text())) is None:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}\n{self.told()}"
            assert time.monotonic() < deadline, f"it did not say {pattern!r} in time\n{self.told()}"
            await asyncio.sleep(LOOK_SECONDS)
        return found

    async def ended(self, seconds: float = END_SECONDS) -> int:
        """Waits for its end; its status."""
        deadline = time.monotonic() + seconds
        while (status := self.process.poll()) is None:
            assert time.monotonic() < deadline, f"it did not end in time\n{self.told()}"
            await asyncio.sleep(LOOK_SECONDS)
        return status

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop, and waits; its status."""
        self.process.send_signal(number)
        return await self.ended()

    def kill(self) -> None:
        """kill -9, and collects it; harmless when it has ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def complaints_in(errors: str) -> list[str]:
    """The lines that are not warnings of a database that answered late."""
    return [line for line in errors.splitlines() if not _is_wait(line)]


def _is_wait(line: str) -> bool:
    try:
        told = json.loads(line)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("level") == "warning" and bool(WAITED.fullmatch(told["message"]))


def _end_with_us() -> None:
    # A killed test run leaves nothing behind.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


class Programs:
    """Starts programs in a folder, and ends all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Program] = []

    def start(self, *arguments: str, **environment: str) -> Program:
        """Starts `salesapi` with these arguments, and nothing of our environment but the path."""
        name = f"{len(self.started) + 1}-{arguments[0]}"
        program = Program(self.folder, name, arguments, environment)
        self.started.append(program)
        return program

    async def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        """Runs one to its end: its status, output and errors."""
        program = self.start(*arguments, **environment)
        status = await program.ended(READY_SECONDS)
        return status, program.output.read_text(), program.errors.read_text()

    def end(self) -> None:
        """Kills what still runs, by its id."""
        for program in self.started:
            program.kill()


@contextmanager
def programs_in(folder: Path) -> Iterator[Programs]:
    """Programs while the block runs."""
    programs = Programs(folder)
    try:
        yield programs
    finally:
        programs.end()


def engine_processes(data_folder: Path) -> tuple[int, ...]:
    """The ids of the engines' processes of a `dev` on this folder."""
    found: tuple[int, ...] = ()
    for engine, program in (("postgresql", "postgres"), ("nats", "nats-server")):
        with suppress(FileNotFoundError):
            found += find_processes(program=program, mark=read_texts(data_folder / engine / "credentials.json")["mark"])
    return found


def kill_engines(data_folder: Path) -> None:
    """kill -9 of every process of the engines on this folder."""
    for pid in engine_processes(data_folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def until(holds: Callable[[], Awaitable[bool] | bool], what: str, seconds: float = END_SECONDS) -> None:
    """Waits until it holds."""
    deadline = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer if isinstance(answer, bool) else await answer:
            return
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(LOOK_SECONDS)
