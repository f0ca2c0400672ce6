"""Wraps the subjects' keys with a key-encryption key (KEK) that never enters the database.

The provider here reads KEKs from a file (`key_file.py`). A wrapped key is a 12-byte nonce and the AES-256-GCM ciphertext, bound
to its subject and version. A file may hold several KEKs, newest first, while keys are wrapped anew by the newest.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from salesapi.privacy.key_file import create_key_file, kek_id, read_keks

NONCE_BYTES: Final = 12


class KeyNotUnwrapped(RuntimeError):
    """A subject's wrapped key does not open with the key-encryption keys at hand."""


class KeyEncryption(Protocol):
    """The port of what wraps keys: a file in development, a key service elsewhere."""

    @property
    def kek_ids(self) -> tuple[str, ...]:
        """Names the key-encryption keys at hand, newest first; the name of one is stored beside each key that it wraps."""

    def reload(self) -> None:
        """Looks for keys that have come since."""

    def wrap(self, key: bytes, subject_id: UUID, version: int, *, kek_id: str) -> bytes:
        """The key as it may be stored."""

    def unwrap(self, wrapped: bytes, subject_id: UUID, version: int, *, kek_id: str) -> bytes:
        """The key again.

        Raises:
            KeyNotUnwrapped: another key-encryption key wrapped it, or it was altered or moved.
        """


class FileKeyEncryption:
    """Key-encryption keys in a file. Whoever loses the file loses every personal value: back it up apart from the log."""

    def __init__(self, path: Path) -> None:
        """Reads the keys from the file.

        Raises:
            KeyFileRefused: see `read_keks`.
            FileNotFoundError: there is no such file; `create` makes one.
        """
        self._path = path
        self._ciphers: Mapping[str, AESGCM] = {}
        self.reload()

    @classmethod
    def create(cls, path: Path) -> "FileKeyEncryption":
        """Writes a new random key to a new file of mode 0600.

        Raises:
            FileExistsError: the file is there already; a key is never overwritten.
        """
        create_key_file(path)
        return cls(path)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def kek_ids(self) -> tuple[str, ...]:
        """See `KeyEncryption`."""
        return tuple(self._ciphers)

    def reload(self) -> None:
        """See `KeyEncryption`. What was read stays where the file cannot be read now.

        Raises:
            KeyFileRefused, FileNotFoundError: see `read_keks`.
        """
        self._ciphers = {kek_id(kek): AESGCM(kek) for kek in read_keks(self._path)}

    def wrap(self, key: bytes, subject_id: UUID, version: int, *, kek_id: str) -> bytes:
        """See `KeyEncryption`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[kek_id].encrypt(nonce, key, _bound_to(subject_id, version))

    def unwrap(self, wrapped: bytes, subject_id: UUID, version: int, *, kek_id: str) -> bytes:
        """See `KeyEncryption`."""
        which = f"key {version} of subject {subject_id}"
        if kek_id not in self._ciphers:
            # A rotation may have put it there a moment ago.
            self.reload()
        if kek_id not in self._ciphers:
            raise KeyNotUnwrapped(
                f"{which} was wrapped by {kek_id}, but the key file {self._path} holds {', '.join(self._ciphers)}: "
                "use the other file"
            )
        try:
            bound = _bound_to(subject_id, version)
            return self._ciphers[kek_id].decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise KeyNotUnwrapped(f"{which} was altered or moved in privacy.subject_key: restore its row") from error


def _bound_to(subject_id: UUID, version: int) -> bytes:
    return f"salesapi/key/1|{subject_id}|{version}".encode()
