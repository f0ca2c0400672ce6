"""The text of API keys: how one is made, and what one that is shown says of itself.

A key reads `sk_<prefix>_<secret>`. The secret is 256 random bits, so SHA-256 is all that its digest needs.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from salesapi.domain.shared.key_digests import PREFIX_LENGTH, KeyDigest, key_id

SECRET_BYTES: Final = 32
KEY_LENGTH_MAX: Final = 200
"""Longest bearer token that is looked at, in characters."""
_KEY: Final = re.compile(r"sk_([0-9a-f]{8}|[0-9a-f]{12})_[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key that somebody shows: the id that it claims, and the SHA-256 that proves it."""

    id: UUID
    sha256: bytes

    def is_of(self, sha256: str) -> bool:
        """Tells whether the stored digest (hexadecimal) is this key's, in the same time whatever differs."""
        return hmac.compare_digest(self.sha256, bytes.fromhex(sha256))


def new_key() -> tuple[str, KeyDigest]:
    """Makes a key, and what may be stored of it."""
    prefix = secrets.token_hex(PREFIX_LENGTH // 2)
    key = f"sk_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return key, KeyDigest(prefix=prefix, sha256=hashlib.sha256(key.encode()).hexdigest())


def sha256_of(text: str) -> bytes:
    """Computes the digest of what is shown, whatever it is; of what is longer than any key, only that of its beginning."""
    return hashlib.sha256(text[: KEY_LENGTH_MAX + 1].encode(errors="surrogatepass")).digest()


def shown_key(text: str) -> ShownKey | None:
    """Reads a key; None for what is none, which nothing needs to be looked up for."""
    found = _KEY.fullmatch(text) if len(text) <= KEY_LENGTH_MAX else None
    return None if found is None else ShownKey(key_id(found[1]), sha256_of(text))
