"""The file of key-encryption keys (KEKs): 32 random bytes each, newest first, mode 0600.

A file with one key is what every version of this program wrote. It is replaced as a whole, so that whoever reads it while it is
written, or after a crash at any moment, finds all keys of before or all of after.
"""

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final

KEK_BYTES: Final = 32
KEKS_MAX: Final = 8
"""Most keys of one file: the newest, and those that something is still wrapped by."""
OTHERS_MODE: Final = 0o077
"""The permission bits of group and others; none of them may be set on a key file."""


class KeyFileRefused(RuntimeError):
    """The key file cannot be used, or not with this database. `code` is stable."""

    code: ClassVar[str] = "key_file.refused"

    def __init__(self, reason: str) -> None:
        """`reason` names the file and what to do, and never holds a key."""
        super().__init__(f"{self.code}: {reason}")


class KeyFileExposed(KeyFileRefused):
    """Others than its owner could read the file."""

    code = "key_file.exposed"


class KeyFileMalformed(KeyFileRefused):
    """The file does not hold keys."""

    code = "key_file.malformed"


class KeyFileMissing(KeyFileRefused):
    """There is no file, but there are values that only it can open."""

    code = "key_file.missing"


class KeyFileForeign(KeyFileRefused):
    """The file belongs to another database, or to another time of this one."""

    code = "key_file.foreign"


def kek_id(kek: bytes) -> str:
    """Names a key by a digest from which it cannot be found."""
    return f"file:{sha256(b'salesapi/kek-id/1' + kek).hexdigest()[:16]}"


def read_keks(path: Path) -> tuple[bytes, ...]:
    """Reads the keys of the file, newest first.

    Raises:
        KeyFileRefused: others may read the file, or it holds something else.
        FileNotFoundError: there is no such file; `create_key_file` makes one.
    """
    with path.open("rb") as file:
        # The mode of the opened file, not of the path: the path could be exchanged in between.
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        text = file.read(KEK_BYTES * KEKS_MAX + 1)
    if mode & OTHERS_MODE:
        raise KeyFileExposed(f"key file {path} has mode {mode:04o}: others could read it; run `chmod 600 {path}`")
    keks = tuple(text[start : start + KEK_BYTES] for start in range(0, len(text), KEK_BYTES))
    if not keks or len(keks[-1]) != KEK_BYTES or len(set(keks)) != len(keks) or len(keks) > KEKS_MAX:
        raise KeyFileMalformed(
            f"key file {path} does not hold 1 to {KEKS_MAX} different keys of exactly {KEK_BYTES} bytes; "
            "restore it from its backup"
        )
    return keks


def create_key_file(path: Path) -> None:
    """Writes a new random key to a new file of mode 0600.

    Raises:
        FileExistsError: the file is there already; a key is never overwritten.
    """
    _write(path, os.urandom(KEK_BYTES))


def replace_key_file(path: Path, keks: tuple[bytes, ...]) -> None:
    """Replaces the keys of the file, all at once and durably."""
    assert 1 <= len(keks) <= KEKS_MAX, f"a key file holds 1 to {KEKS_MAX} keys"
    beside = path.with_name(f"{path.name}.new")
    # Left by a run that was killed: only the finished file counts.
    beside.unlink(missing_ok=True)
    _write(beside, b"".join(keks))
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, text: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
