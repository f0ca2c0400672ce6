"""Sealing and opening of one personal value: AES-256-GCM under its subject's key.

The sealed form stands in the payload where the value stood: `{"$enc": {"v": 1, "s": subject, "k": key version, "n": nonce,
"c": ciphertext}}`, both in base64. Stream, version, pointer and subject are authenticated with it, so a ciphertext that is
moved to another field, event or person does not open. GCM is not key-committing: nothing that decides money is sealed.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from os import urandom
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from salesapi.database.text import MARK
from salesapi.privacy.keys import SubjectKey

ERASED: Final = "[erased]"
"""What stands for a value whose key is destroyed, where the field cannot be null."""
FORM: Final = 1
NONCE_BYTES: Final = 12


class SealBroken(RuntimeError):
    """A sealed value does not open where it stands: it was altered, or moved from another place."""

    def __init__(self, place: "Place", reason: str) -> None:
        """`reason` never holds the value."""
        super().__init__(
            f"the sealed value at {place.pointer} of stream {place.stream_id} version {place.version} does not open: {reason}; "
            "compare the log with its last export (`salesapi verify`)"
        )


class Place(NamedTuple):
    """The place of a sealed value in the log."""

    stream_id: UUID
    version: int
    pointer: str
    """JSON pointer within the payload."""

    def bound_to(self, subject_id: UUID, key_version: int) -> bytes:
        """The associated data: what the ciphertext is bound to."""
        return f"salesapi/1|{self.stream_id}|{self.version}|{self.pointer}|{subject_id}|{key_version}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed value as read from a payload."""

    subject_id: UUID
    key_version: int
    nonce: bytes
    ciphertext: bytes


def seal(text: str, key: SubjectKey, place: Place) -> dict[str, object]:
    """Seals the JSON text of a value; the result takes the value's place in the payload."""
    nonce = urandom(NONCE_BYTES)
    ciphertext = AESGCM(key.key).encrypt(nonce, text.encode(), place.bound_to(key.subject_id, key.version))
    return {
        MARK: {
            "v": FORM,
            "s": str(key.subject_id),
            "k": key.version,
            "n": b64encode(nonce).decode(),
            "c": b64encode(ciphertext).decode(),
        }
    }


def read_sealed(form: object, place: Place) -> Sealed:
    """Reads the sealed form, without a key.

    Raises:
        SealBroken: it is not of this form.
    """
    parts = form.get(MARK) if isinstance(form, dict) else None
    if not isinstance(parts, dict) or parts.get("v") != FORM:
        raise SealBroken(place, f"it is not of form {FORM}")
    try:
        return Sealed(
            subject_id=UUID(parts["s"]),
            key_version=int(parts["k"]),
            nonce=b64decode(parts["n"], validate=True),
            ciphertext=b64decode(parts["c"], validate=True),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SealBroken(place, "a part of it is missing or malformed") from error


def open_(sealed: Sealed, key: SubjectKey, place: Place) -> str:
    """The JSON text that was sealed at this place.

    Raises:
        SealBroken: it was altered, moved, or sealed under another key.
    """
    bound = place.bound_to(sealed.subject_id, sealed.key_version)
    try:
        return AESGCM(key.key).decrypt(sealed.nonce, sealed.ciphertext, bound).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken(place, "it was altered, moved from another place, or sealed under another key") from error
