"""Principals and keys for who holds the database's address: the command line, an import, the first start.

They give the same commands as an admin at a door, by a principal of their own, so that every actor in the log has its name.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from salesapi.access.bearer_keys import new_key
from salesapi.access.principals import EVERYTHING, Principal
from salesapi.commands.handling import Handling
from salesapi.commands.requests import Envelope, Request
from salesapi.domain.organisation.api_keys import IssueApiKey
from salesapi.domain.organisation.principals import RegisterPrincipal
from salesapi.domain.shared.kernel import Role, natural_id

OPERATOR: Final = Principal(id=natural_id("principal", "operator"), name="operator", roles=frozenset({"admin"}))
"""Whoever works with the database's address."""


async def register(handling: Handling, principal: Principal, *, origin: str) -> None:
    """Lets the log know one that acts without a key, by itself; nothing happens where it does.

    Raises:
        PrincipalExists: somebody else has its name.
        PrincipalIsDisabled: an admin has ended it.
    """
    command = RegisterPrincipal(
        name=principal.name, roles=tuple(sorted(principal.roles)), member_id=principal.member_id
    )
    own = own_envelope(replace(principal, roles=principal.roles | OPERATOR.roles), origin)
    await handling.handle(Request(command=command, occurred=None), own)


async def issue_key(
    handling: Handling,
    *,
    name: str,
    roles: Collection[Role],
    member_id: UUID | None = None,
    expires_at: datetime | None = None,
    label: str | None = None,
    origin: str = "cli:keys",
    keep: Callable[[str], None] = lambda _: None,
) -> str:
    """Makes a key for the principal of this name, registered where it is not known; the answer is all that ever holds it.

    `keep` is given the key before it opens anything.

    Raises:
        Refused: as `RegisterPrincipal` and `IssueApiKey`.
    """
    await register(handling, OPERATOR, origin=origin)
    key, digest = new_key()
    keep(key)
    commands = (
        RegisterPrincipal(name=name, roles=tuple(sorted(roles)), member_id=member_id),
        IssueApiKey(principal_id=natural_id("principal", name), digest=digest, expires_at=expires_at, label=label),
    )
    # Both or none: a key that is refused leaves no principal behind.
    await handling.handle_together(
        [Request(command=command, occurred=None) for command in commands], own_envelope(OPERATOR, origin)
    )
    return key


def own_envelope(principal: Principal, origin: str) -> Envelope:
    """The envelope of a command that is the same however often it is given: it needs no idempotency key."""
    return Envelope(principal=principal, scope=EVERYTHING, key=None, origin=origin)
