"""Principals: who may ask for something, and as which person. Stream `principal`; its identity is its name.

A principal is what every event names as its actor, so it is never taken away and never becomes somebody else: its name does
not change, the member that it is does not either once it is one, and a name that is known is not given other roles by naming
it again. It opens doors only by its keys (`api_keys.py`).
"""

from typing import Annotated, Final, TypeAlias, assert_never, get_args
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    UNSET,
    About,
    Context,
    FieldInvalid,
    Kind,
    Reason,
    Recorded,
    Refers,
    Refused,
    Role,
    Unset,
    record,
    roles,
)
from salesapi.domain.shared.references import refuse_unknown
from salesapi.domain.shared.states import made_from, replace

NAME_LENGTH_MAX: Final = 100
"""Longest name, in characters."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)
SELLING: Final = roles("rep", "manager")
"""Roles that see a part of the rows. A principal that mixed them with others would see everything in all its roles."""
KEEPERS_OF_KEYS: Final = roles("admin")
"""Whoever says who may ask, and hands out the keys."""

SomeRoles: TypeAlias = Annotated[
    tuple[Role, ...], MinLen(1), MaxLen(len(ROLES)), About("Its roles; `rep` and `manager` not with the others.")
]


@record
class PrincipalRegistered:
    """Somebody may ask from now on, once there is a key."""

    name: str
    roles: tuple[Role, ...]
    member_id: UUID | None


@record
class PrincipalChanged:
    """The roles and the member are these from now on."""

    roles: tuple[Role, ...]
    member_id: UUID | None
    reason: str


@record
class PrincipalDisabled:
    """None of its keys opens anything any longer."""

    reason: str


PrincipalEvent: TypeAlias = PrincipalRegistered | PrincipalChanged | PrincipalDisabled

PrincipalId: TypeAlias = Annotated[UUID, About("The principal.")]


@record
class RegisterPrincipal:
    """Registers who may ask: a person or a system. A known name is answered again only with the same roles and member."""

    name: Annotated[
        str,
        MinLen(1),
        MaxLen(NAME_LENGTH_MAX),
        About("Its name, unique and for good, stored in clear: not that of a person, whom `member_id` names."),
    ]
    roles: SomeRoles
    member_id: Annotated[UUID | None, Refers("member"), About("The member that it is; a rep or manager is one.")] = None


@record
class ChangePrincipal:
    """Changes what a principal may, with all of its keys. Fields that are not sent stay."""

    principal_id: PrincipalId
    roles: Annotated[SomeRoles | Unset, About("Its roles from now on; `rep` and `manager` not with the others.")] = (
        UNSET
    )
    member_id: Annotated[
        UUID | Unset, Refers("member"), About("The member that it is, where it was none; it is never another one.")
    ] = UNSET
    reason: Annotated[Reason, About("Why; stored in clear.")]


@record
class DisablePrincipal:
    """Ends all keys of a principal at once, and for good. What it did stays under its name."""

    principal_id: PrincipalId
    reason: Annotated[Reason, About("Why; stored in clear.")]


class PrincipalExists(Refused):
    """A name is an identity: it is not given other roles or another member by naming it again."""

    code = "principal.exists"
    kind = Kind.CONFLICT
    message = (
        "The principal {name} exists with the roles {have} and the member {member_id}; change it by its id {id}, "
        "or take another name."
    )


class PrincipalIsDisabled(Refused):
    """What is disabled stays so."""

    code = "principal.disabled"
    message = "The principal {name} is disabled; register another one under another name."


class PrincipalRolesMixed(Refused):
    """Who sees a part of the rows in one role must not see all of them in another."""

    code = "principal.roles_mixed"
    message = "A rep or manager sees its own rows or its team's, the other roles see everything: register one for each."


class PrincipalMemberMissing(Refused):
    """Whose rows it sees must be known."""

    code = "principal.member_missing"
    message = "A rep or manager sees the rows of a member: say which in `member_id`."


class PrincipalMemberFixed(Refused):
    """One who acted as one person never becomes another."""

    code = "principal.member_fixed"
    message = "The principal is the member {member_id} for good; register another one for another person."


@record
class Principal:
    """A principal as it is now."""

    name: str
    roles: tuple[Role, ...]
    member_id: UUID | None
    is_disabled: bool = False
    reason: str | None = None
    """Why it was changed or disabled last."""


def register(state: Principal | None, command: RegisterPrincipal, context: Context) -> tuple[PrincipalRegistered, ...]:
    """Decides `RegisterPrincipal`. The same again is the same, so that it need not be asked for first."""
    if not command.name.isprintable() or command.name != command.name.strip():
        raise FieldInvalid(reason="A name is of printable characters, with no space before or after.", pointer="/name")
    wanted = _in_order(command.roles)
    refuse_unknown(command, context.facts)
    _refuse_unfit(wanted, command.member_id)
    if state is None:
        return (made_from(PrincipalRegistered, command, roles=wanted),)
    if (wanted, command.member_id) != (state.roles, state.member_id):
        raise PrincipalExists(
            name=state.name,
            have=state.roles,
            member_id=None if state.member_id is None else str(state.member_id),
            id=str(context.subject_id),
            pointer="/name",
        )
    refuse_disabled(state)
    return ()


def change(state: Principal, command: ChangePrincipal, context: Context) -> tuple[PrincipalChanged, ...]:
    """Decides `ChangePrincipal`."""
    refuse_disabled(state)
    refuse_unknown(command, context.facts)
    member_id = state.member_id if command.member_id is UNSET else command.member_id
    if state.member_id not in (None, member_id):
        raise PrincipalMemberFixed(member_id=str(state.member_id), pointer="/member_id")
    wanted = state.roles if command.roles is UNSET else _in_order(command.roles)
    _refuse_unfit(wanted, member_id)
    if (wanted, member_id) == (state.roles, state.member_id):
        return ()
    return (PrincipalChanged(roles=wanted, member_id=member_id, reason=command.reason),)


def disable(state: Principal, command: DisablePrincipal, context: Context) -> tuple[PrincipalDisabled, ...]:
    """Decides `DisablePrincipal`."""
    return () if state.is_disabled else (PrincipalDisabled(reason=command.reason),)


def evolve(state: Principal | None, event: PrincipalEvent, recorded: Recorded) -> Principal:
    """Folds the stream to its state."""
    if isinstance(event, PrincipalRegistered):
        return made_from(Principal, event)
    assert state is not None, "a principal begins with principal.registered"
    match event:
        case PrincipalChanged():
            return replace(state, roles=event.roles, member_id=event.member_id, reason=event.reason)
        case PrincipalDisabled():
            return replace(state, is_disabled=True, reason=event.reason)
        case _:
            assert_never(event)


def refuse_disabled(state: Principal) -> None:
    """Refuses what would give a disabled principal something.

    Raises:
        PrincipalIsDisabled.
    """
    if state.is_disabled:
        raise PrincipalIsDisabled(name=state.name)


def _in_order(named: tuple[Role, ...]) -> tuple[Role, ...]:
    """The roles, each once, in the order of their declaration."""
    return tuple(role for role in ROLES if role in named)


def _refuse_unfit(wanted: tuple[Role, ...], member_id: UUID | None) -> None:
    selling = SELLING.intersection(wanted)
    if selling and len(selling) < len(wanted):
        raise PrincipalRolesMixed(pointer="/roles")
    if selling and member_id is None:
        raise PrincipalMemberMissing(pointer="/member_id")


STREAM: Final = Stream[Principal, PrincipalEvent](
    kind="principal",
    plural="principals",
    evolve=evolve,
    commands=(
        creates(RegisterPrincipal, decide=register, roles=KEEPERS_OF_KEYS, identity=lambda command: (command.name,)),
        changes(ChangePrincipal, decide=change, roles=KEEPERS_OF_KEYS, target="principal_id"),
        changes(DisablePrincipal, decide=disable, roles=KEEPERS_OF_KEYS, target="principal_id"),
    ),
)
