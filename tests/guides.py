"""The commands of a guide, run as an operator types them: each fenced block of `sh` by the heading that it stands under."""

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conftest import REPOSITORY
from tests.programs import SOURCE

GUIDES: Final = REPOSITORY / "docs" / "guides"
HEADING_OR_BLOCK: Final = re.compile(r"^## (?P<heading>[^\n]+)$|^```sh\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK_SECONDS: Final = 120.0


def blocks_of(guide: str) -> dict[str, str]:
    """The commands of a guide under each heading, in order."""
    found: dict[str, str] = {}
    heading = ""
    for match in HEADING_OR_BLOCK.finditer((GUIDES / guide).read_text()):
        heading = match["heading"] or heading
        if match["block"]:
            found[heading] = found.get(heading, "") + match["block"]
    return found


@dataclass(frozen=True)
class Shell:
    """A shell in a folder, in which `salesapi` is the program of this checkout and the engine's own programs are found."""

    folder: Path
    engine_programs: Path

    async def run(self, commands: str, **environment: str) -> tuple[int, str]:
        """Runs commands until one fails; its status, and all that was written."""
        place = self.folder / "bin"
        place.mkdir(exist_ok=True)
        program = place / "salesapi"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m salesapi "$@"\n')
        program.chmod(0o755)
        path = f"{place}:{self.engine_programs}:{os.environ['PATH']}"
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-eu", "-c", commands),
            cwd=self.folder,
            env={"PATH": path, "LANG": "C.UTF-8", "PYTHONPATH": str(SOURCE), **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(BLOCK_SECONDS):
                output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None, "it has ended"
        return process.returncode, output.decode()

    async def must(self, commands: str, **environment: str) -> str:
        """Runs commands that do not fail; what was written."""
        status, output = await self.run(commands, **environment)
        assert status == 0, f"{commands}\n{output}"
        return output
