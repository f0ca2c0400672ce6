"""What an engine keeps in its folder beside its data: the lock, private files, and the remembered port.

The lock is a file lock of the kernel, so it ends with the process that holds it and is never stale.
"""

import asyncio
import fcntl
import json
import os
import secrets
import socket
from pathlib import Path
from typing import Final

from salesapi.embedded.failures import EngineNotStarted

LOOPBACK: Final = "127.0.0.1"
PRIVATE_FILE_MODE: Final = 0o600
# Somebody who only asks whether the folder is in use holds the lock for an instant; a second dev holds it for good.
LOCK_ATTEMPTS: Final = 5
LOCK_RETRY_SECONDS: Final = 0.05
# Below the ports that systems give to outgoing connections, which could take a remembered one while we are stopped.
PORTS: Final = range(20_000, 32_000)
PORT_TRIES: Final = 100


class FolderLock:
    """Says that one process works on a folder. Held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    async def acquire(self) -> None:
        """Take the lock. Raises: EngineNotStarted when another process has it."""
        for attempt in range(1, LOCK_ATTEMPTS + 1):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE_MODE)
            if _try_lock(descriptor):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
                self._descriptor = descriptor
                return
            holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            if attempt < LOCK_ATTEMPTS:
                await asyncio.sleep(LOCK_RETRY_SECONDS)
        raise EngineNotStarted(
            f"The folder {self._path.parent} is in use by another running salesapi (process {holder}). "
            "Stop that one, or choose another data folder."
        )

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(path: Path) -> bool:
    """Tells whether a living process holds the lock at `path`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut: a rename is not on disk before."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_texts(path: Path) -> dict[str, str]:
    """A file of names and texts as `write_texts` wrote it."""
    return {str(name): str(text) for name, text in json.loads(path.read_text(encoding="utf-8")).items()}


def write_texts(path: Path, texts: dict[str, str]) -> None:
    """Keep names and texts (secrets among them) in a private file."""
    write_private(path, json.dumps(texts, indent=2) + "\n")


def choose_port(remembered: Path, *, wanted: int | None, engine: str) -> int:
    """The port to listen on: the wanted one, else the remembered one while it is free, else a new one, remembered.

    Raises: EngineNotStarted when the wanted port is taken.
    """
    if wanted is not None:
        if not port_is_free(wanted):
            raise EngineNotStarted(
                f"Port {wanted} of {LOOPBACK}, wanted for {engine}, is taken. Name another, or none to have one chosen."
            )
        return wanted
    if remembered.exists():
        port = int(remembered.read_text(encoding="ascii"))
        if port_is_free(port):
            return port
    port = _new_port(engine)
    write_private(remembered, f"{port}\n")
    return port


def port_is_free(port: int) -> bool:
    """Tells whether we could listen on the port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _new_port(engine: str) -> int:
    for _ in range(PORT_TRIES):
        port = secrets.choice(PORTS)
        if port_is_free(port):
            return port
    raise EngineNotStarted(f"No free port for {engine} found between {PORTS.start} and {PORTS.stop} on {LOOPBACK}.")
