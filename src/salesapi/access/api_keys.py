"""API keys: made once, shown once, stored as SHA-256 of 256 random bits.

A key reads `sk_<prefix>_<secret>`. Found by the digest through a unique index, so no comparison leaks time. Valid keys are
remembered for `REMEMBERED_SECONDS`, which is how long a revocation may take to be felt.
"""

import hashlib
import secrets
import time
from collections.abc import Collection
from datetime import datetime
from typing import Final, get_args
from uuid import UUID

from salesapi.access.principals import KeyUnknown, Principal
from salesapi.database.connections import OwnConnection, Pool
from salesapi.domain.shared.kernel import Role

REMEMBERED_SECONDS: Final = 5.0
REMEMBERED_KEYS_MAX: Final = 10_000
SECRET_BYTES: Final = 32
KEY_LENGTH_MAX: Final = 200
"""Longest bearer token that is looked at, in characters."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)

SELLING: Final[frozenset[Role]] = frozenset({"rep", "manager"})
"""Roles that see a part of the rows. A key that mixed them with others would see everything in all its roles."""

_FIND: Final = """
    SELECT p.id, p.name, p.roles, p.member_id
    FROM access.api_key k JOIN access.principal p ON p.id = k.principal_id
    WHERE k.sha256 = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
"""


class ApiKeys:
    """Finds the principal of a bearer key."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._remembered: dict[bytes, tuple[float, Principal]] = {}

    async def principal_of(self, key: str) -> Principal:
        """The principal that holds this key.

        Raises:
            KeyUnknown: for a key that is not known, expired or revoked.
        """
        if not 0 < len(key) <= KEY_LENGTH_MAX:
            raise KeyUnknown()
        digest = digest_of(key)
        known = self._remembered.get(digest)
        now = time.monotonic()
        if known and known[0] > now:
            return known[1]
        row = await self._pool.fetchrow(_FIND, digest)
        if row is None:
            self._remembered.pop(digest, None)
            raise KeyUnknown()
        principal = Principal(id=row["id"], name=row["name"], roles=frozenset(row["roles"]), member_id=row["member_id"])
        if len(self._remembered) >= REMEMBERED_KEYS_MAX:
            self._remembered.clear()
        self._remembered[digest] = (now + REMEMBERED_SECONDS, principal)
        return principal


def digest_of(key: str) -> bytes:
    """Computes what is stored of a key: its SHA-256."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).digest()


async def create_key(
    connection: OwnConnection,
    *,
    principal_id: UUID,
    name: str,
    roles: Collection[Role],
    member_id: UUID | None,
    expires_at: datetime | None = None,
) -> str:
    """Makes a key for a principal (made too, or its roles replaced) with the owner's role; the key is shown only now.

    Raises:
        ValueError: without a role, for an unknown one, or for roles that do not go together.
    """
    if not roles or set(roles) - set(ROLES):
        raise ValueError(f"roles are some of {', '.join(ROLES)}; got {', '.join(roles) or 'none'}")
    if set(roles) & SELLING and set(roles) - SELLING:
        raise ValueError(
            "a key of a rep or manager sees its own rows or its team's, the other roles see everything: make one key for each"
        )
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(SECRET_BYTES)
    key = f"sk_{prefix}_{secret}"
    async with connection.transaction():
        await connection.execute(
            """
            INSERT INTO access.principal (id, name, roles, member_id) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles, member_id = excluded.member_id
            """,
            principal_id,
            name,
            sorted(roles),
            member_id,
        )
        await connection.execute(
            "INSERT INTO access.api_key (sha256, prefix, principal_id, expires_at) VALUES ($1, $2, $3, $4)",
            digest_of(key),
            prefix,
            principal_id,
            expires_at,
        )
    return key


async def revoke_keys(connection: OwnConnection, prefix: str) -> int:
    """Revokes the keys with this prefix; answers how many were."""
    rows = await connection.fetch(
        "UPDATE access.api_key SET revoked_at = clock_timestamp() WHERE prefix = $1 AND revoked_at IS NULL RETURNING 1",
        prefix,
    )
    return len(rows)
