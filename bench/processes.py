"""Processes beside the measuring one: `salesapi serve` and `work`, the baseline service, the load generator."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
ADDRESS: Final = re.compile(r"http://[0-9.]+:([0-9]+)")


class ProcessFailed(RuntimeError):
    """A process ended by itself, or did not get ready."""


@asynccontextmanager
async def running(arguments: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[tuple[int, str]]:
    """A Python module as a process of its own, from its first line of output on; its id and that line."""
    process = await _started(arguments, environment)
    try:
        assert process.stdout is not None, "its output is a pipe"
        async with asyncio.timeout(READY_SECONDS):
            line = (await process.stdout.readline()).decode().strip()
        if not line:
            raise ProcessFailed(f"{arguments[0]} ended before it was ready; its messages are above")
        yield process.pid, line
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


@asynccontextmanager
async def serving(arguments: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[tuple[int, int]]:
    """A process that says where it serves; its id and its port."""
    async with running(arguments, environment) as (pid, line):
        found = ADDRESS.search(line)
        if found is None:
            raise ProcessFailed(f"{arguments[0]} does not say where it serves: {line}")
        yield pid, int(found[1])


async def ended(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None, *, input_text: str | None = None
) -> dict[str, float]:
    """Runs a Python module to its end; the JSON object that it prints last."""
    process = await _started(arguments, environment or {}, stdin=None if input_text is None else PIPE)
    output, _ = await process.communicate(None if input_text is None else input_text.encode())
    if process.returncode != 0:
        raise ProcessFailed(f"{arguments[0]} ended with status {process.returncode}")
    answer: dict[str, float] = json.loads(output.decode().splitlines()[-1])
    return answer


async def _started(arguments: Sequence[str], environment: Mapping[str, str], stdin: int | None = None) -> Process:
    python = (sys.executable, "-m", *arguments)
    return await asyncio.create_subprocess_exec(
        *python, cwd=REPOSITORY, env={**os.environ, **environment}, stdin=stdin, stdout=PIPE
    )


def resident_bytes(pid: int) -> int:
    """The memory that a process holds in RAM."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessFailed(f"process {pid} has ended")
