"""Principals and keys by their states alone, for tests of what asks for them and not of how they came about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from salesapi.access.bearer_keys import new_key
from salesapi.domain.organisation.api_keys import ApiKey
from salesapi.domain.organisation.principals import Principal
from salesapi.domain.shared.kernel import Role, StreamRef, natural_id
from salesapi.domain.shared.key_digests import key_id

ISSUED_AT = datetime(2026, 3, 2, tzinfo=UTC)


class StatedAccess:
    """The states of principals and their keys."""

    def __init__(self) -> None:
        self.by_ref: dict[StreamRef, object] = {}
        self.reads = 0

    async def state(self, ref: StreamRef) -> object | None:
        """As `States.state`."""
        self.reads += 1
        return self.by_ref.get(ref)

    def key_of(
        self,
        name: str,
        roles: Sequence[Role],
        *,
        member_id: UUID | None = None,
        expires_at: datetime | None = None,
        is_revoked: bool = False,
        is_disabled: bool = False,
    ) -> str:
        """States a principal and a key of it; the key."""
        key, digest = new_key()
        principal = StreamRef("principal", natural_id("principal", name))
        self.by_ref[principal] = Principal(name=name, roles=tuple(roles), member_id=member_id, is_disabled=is_disabled)
        self.by_ref[StreamRef("api_key", key_id(digest.prefix))] = ApiKey(
            principal_id=principal.id,
            prefix=digest.prefix,
            sha256=digest.sha256,
            label=None,
            issued_at=ISSUED_AT,
            expires_at=expires_at,
            is_revoked=is_revoked,
        )
        return key
