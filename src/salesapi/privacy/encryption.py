"""Wraps the subjects' keys with a key-encryption key (KEK) that never enters the database.

The provider here reads the KEK from a file of mode 0600. A wrapped key is a 12-byte nonce and the AES-256-GCM ciphertext,
bound to its subject and version.
"""

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEK_BYTES: Final = 32
NONCE_BYTES: Final = 12
OTHERS_MODE: Final = 0o077
"""The permission bits of group and others; none of them may be set on a key file."""


class KeyFileRefused(RuntimeError):
    """The key file cannot be used: it is exposed to others or holds something else."""


class KeyNotUnwrapped(RuntimeError):
    """A subject's wrapped key does not open with the key-encryption key at hand."""


class KeyEncryption(Protocol):
    """The port of what wraps keys: a file in development, a key service elsewhere."""

    @property
    def kek_id(self) -> str:
        """Names the key-encryption key; stored beside each wrapped key."""

    def wrap(self, key: bytes, subject_id: UUID, version: int) -> bytes:
        """The key as it may be stored."""

    def unwrap(self, wrapped: bytes, subject_id: UUID, version: int, *, kek_id: str) -> bytes:
        """The key again.

        Raises:
            KeyNotUnwrapped: another key-encryption key wrapped it, or it was altered or moved.
        """


class FileKeyEncryption:
    """A key-encryption key in a file. Whoever loses the file loses every personal value: back it up apart from the log."""

    def __init__(self, path: Path) -> None:
        """Reads the key from the file.

        Raises:
            KeyFileRefused: others may read the file, or it does not hold 32 bytes.
            FileNotFoundError: there is no such file; `create` makes one.
        """
        with path.open("rb") as file:
            # The mode of the opened file, not of the path: the path could be exchanged in between.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            kek = file.read(KEK_BYTES + 1)
        if mode & OTHERS_MODE:
            raise KeyFileRefused(f"key file {path} has mode {mode:04o}: others could read it; run `chmod 600 {path}`")
        if len(kek) != KEK_BYTES:
            raise KeyFileRefused(f"key file {path} does not hold exactly {KEK_BYTES} bytes; restore it from its backup")
        self._cipher = AESGCM(kek)
        self._kek_id = f"file:{sha256(b'salesapi/kek-id/1' + kek).hexdigest()[:16]}"

    @classmethod
    def create(cls, path: Path) -> "FileKeyEncryption":
        """Writes a new random key to a new file of mode 0600.

        Raises:
            FileExistsError: the file is there already; a key is never overwritten.
        """
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(KEK_BYTES))
            file.flush()
            os.fsync(file.fileno())
        return cls(path)

    @property
    def kek_id(self) -> str:
        """See `KeyEncryption`."""
        return self._kek_id

    def wrap(self, key: bytes, subject_id: UUID, version: int) -> bytes:
        """See `KeyEncryption`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, _bound_to(subject_id, version))

    def unwrap(self, wrapped: bytes, subject_id: UUID, version: int, *, kek_id: str) -> bytes:
        """See `KeyEncryption`."""
        which = f"key {version} of subject {subject_id}"
        if kek_id != self._kek_id:
            raise KeyNotUnwrapped(
                f"{which} was wrapped by {kek_id}, but the key file holds {self._kek_id}: use the other file"
            )
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound_to(subject_id, version))
        except (InvalidTag, ValueError) as error:
            raise KeyNotUnwrapped(f"{which} was altered or moved in privacy.subject_key: restore its row") from error


def _bound_to(subject_id: UUID, version: int) -> bytes:
    return f"salesapi/key/1|{subject_id}|{version}".encode()
