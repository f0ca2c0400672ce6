"""Who asks: the bearer key of a request as a principal with its scopes. Both doors begin here."""

from datetime import datetime
from uuid import UUID

from salesapi.access.api_keys import ApiKeys
from salesapi.access.principals import KeyUnknown, Principal, Scope, ScopeOf
from salesapi.access.scopes import Scopes
from salesapi.clock import Clock
from salesapi.domain.shared.kernel import fast_record


@fast_record
class Caller:
    """A principal and the rows that it sees."""

    principal: Principal
    rows: Scope
    pay: Scope
    key_prefix: str
    """Names the key that was shown."""
    key_expires_at: datetime | None

    @property
    def member_id(self) -> UUID | None:
        """The member that the principal is."""
        return self.principal.member_id

    def scope(self, of: ScopeOf) -> Scope:
        """The rows that it sees of this kind."""
        return self.rows if of == "rows" else self.pay


class Authenticator:
    """Authenticates requests."""

    def __init__(self, keys: ApiKeys, scopes: Scopes, clock: Clock) -> None:
        self._keys = keys
        self._scopes = scopes
        self._clock = clock

    async def caller(self, authorization: str | None, *, is_anew: bool = False) -> Caller:
        """Reads `Authorization: Bearer <key>`; `is_anew` asks the log, for whoever was kept waiting since.

        Raises:
            KeyUnknown: without a valid key.
        """
        access = await self._keys.access_of(_bearer(authorization), is_anew=is_anew)
        principal, today = access.principal, self._clock.now().date()
        return Caller(
            principal=principal,
            rows=await self._scopes.rows(principal, today),
            pay=await self._scopes.pay(principal, today),
            key_prefix=access.prefix,
            key_expires_at=access.expires_at,
        )

    async def until_changed(self, authorization: str, caller: Caller) -> None:
        """Returns once the key opens nothing any longer, or something else than it did for this caller."""
        await self._keys.until_changed(_bearer(authorization), caller.principal)


def _bearer(authorization: str | None) -> str:
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise KeyUnknown()
    return key.strip()
