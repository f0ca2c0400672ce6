"""Both engines in one data folder, for as long as one `salesapi dev` runs, and how other commands find them.

folder/engines.lock  held while a `dev` runs here
folder/engines.json  0600: URLs with passwords, and process ids; removed at an orderly end
folder/postgresql/   see postgresql.py
folder/nats/         see nats.py
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from salesapi.embedded.failures import NoRunningEngines
from salesapi.embedded.folders import FolderLock, is_locked, write_private
from salesapi.embedded.helper_user import prepare_folder
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.embedded.progress import LogProgress, say_nothing

LOCK_NAME: Final = "engines.lock"
NOTE_NAME: Final = "engines.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The addresses of the engines of one data folder. The URLs hold passwords, so no printed form shows them."""

    owner_url: str = field(repr=False)
    application_url: str = field(repr=False)
    nats_url: str = field(repr=False)
    nats_consumer_url: str = field(repr=False)
    salesapi_pid: int
    postgresql_pid: int
    nats_pid: int


@asynccontextmanager
async def running_engines(folder: Path, *, log_progress: LogProgress = say_nothing) -> AsyncIterator[Engines]:
    """Start both engines in `folder`, note them there, and stop them in order at the end.

    Raises: EngineNotStarted, also when another process runs them there.
    """
    folder, _ = prepare_folder(folder)
    note = folder / NOTE_NAME
    async with AsyncExitStack() as undo:
        lock = FolderLock(folder / LOCK_NAME)
        await lock.acquire()
        undo.callback(lock.release)
        note.unlink(missing_ok=True)
        postgresql = await EmbeddedPostgreSQL.start(folder / "postgresql", log_progress=log_progress)
        undo.push_async_callback(postgresql.stop)
        nats = await EmbeddedNats.start(folder / "nats", log_progress=log_progress)
        undo.push_async_callback(nats.stop)
        engines = Engines(
            owner_url=postgresql.owner_url,
            application_url=postgresql.application_url,
            nats_url=nats.url,
            nats_consumer_url=nats.consumer_url,
            salesapi_pid=os.getpid(),
            postgresql_pid=postgresql.pid,
            nats_pid=nats.pid,
        )
        write_private(note, json.dumps(asdict(engines), indent=2) + "\n")
        undo.callback(note.unlink, missing_ok=True)
        yield engines


def read_running_engines(folder: Path) -> Engines:
    """The engines that a `salesapi dev` runs in `folder` now. Raises: NoRunningEngines"""
    note = folder / NOTE_NAME
    if folder.exists() and folder.stat().st_uid != os.geteuid():
        raise NoRunningEngines(
            f"{folder.absolute()} belongs to user id {folder.stat().st_uid}; only that user may read where its engines "
            "listen. Run the command as that user."
        )
    # The kernel frees the lock with its holder, so a note left by a killed dev is not believed.
    if not is_locked(folder / LOCK_NAME):
        raise NoRunningEngines(
            f"No engines run in {folder.absolute()}. Start them with `salesapi dev --data-dir {folder}`, "
            "or name running ones with SALESAPI_DATABASE_URL and SALESAPI_NATS_URL."
        )
    if not note.exists():
        raise NoRunningEngines(f"The engines in {folder.absolute()} are just starting or stopping. Try again shortly.")
    return Engines(**json.loads(note.read_text(encoding="utf-8")))
