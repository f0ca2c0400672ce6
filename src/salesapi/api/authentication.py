"""Who asks: the bearer key of a request as a principal with its scopes. Both doors begin here."""

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

    async def caller(self, authorization: str | None) -> Caller:
        """Reads `Authorization: Bearer <key>`.

        Raises:
            KeyUnknown: without a valid key.
        """
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise KeyUnknown()
        principal = await self._keys.principal_of(key.strip())
        today = self._clock.now().date()
        return Caller(
            principal=principal,
            rows=await self._scopes.rows(principal, today),
            pay=await self._scopes.pay(principal, today),
        )
