"""Principals, their roles and named permissions, and the scope of rows that a role reaches."""

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias, get_args
from uuid import UUID

from salesapi.access.reaches import ALL_UNMASKED, Reach, reach_over
from salesapi.domain.shared.kernel import Kind, Refused, Role

PERMISSIONS: Final[dict[Role, frozenset[str]]] = {
    "rep": frozenset(),
    "manager": frozenset({"deal.skip_stages", "deal.move_back"}),
    "finance": frozenset({"approval.request_for_pay", "objection.raise_late"}),
    "auditor": frozenset(),
    "admin": frozenset({"deal.skip_stages", "deal.move_back", "approval.request_for_pay", "objection.raise_late"}),
    "integration": frozenset({"deal.skip_stages", "deal.move_back"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The one who asks: a person with a key, or an integration."""

    id: UUID
    name: str
    roles: frozenset[Role]
    member_id: UUID | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """Named permissions that the roles bring."""
        return _permissions_of(self.roles)

    @property
    def is_system(self) -> bool:
        """Whether it is a system that states facts, and nobody's own key."""
        return self.member_id is None and "integration" in self.roles

    @property
    def kind(self) -> str:
        """`member` for people, `integration` for everything else."""
        return "member" if self.member_id else "integration"

    def reach(self) -> Reach:
        """The widest reach of the roles over leads, customers, deals and activities."""
        return reach_over(self.roles, "rows")

    def pay_reach(self) -> Reach:
        """The widest reach of the roles over commission statements."""
        return reach_over(self.roles, "pay")


@cache
def _permissions_of(roles: frozenset[Role]) -> frozenset[str]:
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The rows that a query may return: those of these members, or of everybody (`None`)."""

    member_ids: frozenset[UUID] | None
    unmasked: frozenset[str] = frozenset()
    """Masked fields that are shown of every row, as `product.costs`."""

    def reaches(self, owner_id: UUID | None) -> bool:
        """Tells whether a row of this owner is inside. Rows without an owner (the pool) are open to everybody."""
        return self.member_ids is None or owner_id is None or owner_id in self.member_ids


EVERYTHING: Final = Scope(member_ids=None, unmasked=ALL_UNMASKED)
EVERY_ROLE: Final = frozenset[Role](get_args(Role))
OVERSEERS: Final = frozenset[Role]({"admin", "auditor"})
"""Whoever keeps the keys, and whoever looks over the keeper's shoulder."""
ScopeOf: TypeAlias = Literal["rows", "pay"]
"""Which of an asker's scopes bounds a read."""


class RoleForbidden(Refused):
    """The principal's roles do not include this."""

    code = "access.role_forbidden"
    kind = Kind.FORBIDDEN
    message = "{operation} is for the roles {roles}; your key has {have}."


class KeyUnknown(Refused):
    """No valid API key came with the request."""

    code = "access.key_unknown"
    kind = Kind.UNAUTHENTICATED
    message = (
        "Send a valid API key as `Authorization: Bearer <key>`; an admin issues keys, as does `salesapi keys create`."
    )


class OwnerOutOfScope(Refused):
    """A thing may be created only for members in the principal's scope."""

    code = "access.owner_out_of_scope"
    kind = Kind.FORBIDDEN
    message = "You may act for yourself and for your team only, and for nobody else."


def refuse_foreign_role(principal: Principal, roles: frozenset[Role], operation: str) -> None:
    """Function-level authorisation.

    Raises:
        RoleForbidden: when no role of the principal is among them.
    """
    if not principal.roles & roles:
        raise RoleForbidden(operation=operation, roles=sorted(roles), have=sorted(principal.roles))
