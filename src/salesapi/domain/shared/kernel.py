"""The words every capability is written in: streams, events, commands, refusals, business time.

A capability (`leads.py`, `deals.py`, ...) declares its stream in these words with `declarations.py`; routes, mutations,
authorisation and contracts follow from the declarations in `catalogue.py`. Standard library and annotated_types only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Annotated, ClassVar, Final, Literal, Protocol, TypeAlias, TypeVar, dataclass_transform
from uuid import UUID, uuid5

from annotated_types import Ge, Le, MaxLen, MinLen

NAMESPACE: Final = UUID("6f1b7a52-6d38-5c1b-9e2f-0c7f3a9d5e10")
"""The uuidv5 namespace of all ids made from natural keys. Never changes: stored ids depend on it."""


Type = TypeVar("Type")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[Type]) -> type[Type]:
    """The one form of commands, events, states and values here: a frozen, slotted, keyword-only dataclass.

    At the doors an unknown field is refused, not ignored (`__pydantic_config__` is read by pydantic there).
    """
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]
    return made


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fast_record(cls: type[Type]) -> type[Type]:
    """A `record` for what a computation makes by the hundred thousand and no door reads: the type checker keeps it immutable.

    The guard at run time is left out, because it is half of what making one costs.
    """
    return dataclass(slots=True, kw_only=True)(cls)


@dataclass(frozen=True, slots=True)
class About:
    """The description of a field, shown to callers in OpenAPI and GraphQL."""

    text: str

    def __get_pydantic_json_schema__(
        self, core_schema: object, handler: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        """Puts the description into the JSON Schema (the hook is pydantic's; the domain does not import it)."""
        return {**handler(core_schema), "description": self.text}


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks an event field that is sealed per subject before it is stored (see `privacy/`).

    `subject` names the event field that holds the subject's id; without it the stream itself is the subject.
    """

    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a field that holds the id of another thing, or several: it is loaded, and refused where it is unknown.

    `kind` is the kind of its stream; `kind_in` names the field beside it that says the kind. See `references.py`.
    """

    kind: str = ""
    kind_in: str = ""

    def __post_init__(self) -> None:
        """Exactly one of the two says the kind."""
        if bool(self.kind) == bool(self.kind_in):
            raise ValueError("Refers takes the kind of the stream, or `kind_in` with the field that says it")


class Unset(Enum):
    """The type of `UNSET`: a field that the caller did not send, unlike one sent as null."""

    UNSET = 0

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, object]:
        """No JSON value is UNSET: only absence is (the hook is pydantic's)."""
        return {"type": "is-instance", "cls": cls}


UNSET: Final = Unset.UNSET

Key: TypeAlias = Annotated[str, MinLen(1), MaxLen(60)]
Title: TypeAlias = Annotated[str, MinLen(1), MaxLen(200)]
Reason: TypeAlias = Annotated[str, MinLen(1), MaxLen(500)]
FreeText: TypeAlias = Annotated[str, MaxLen(4_000)]
CurrencyCode: TypeAlias = Annotated[str, MinLen(3), MaxLen(3)]
AMOUNT_MINOR_MAX: Final = 2**53 - 1
"""Largest amount that every client can read, in minor units."""
AmountMinor: TypeAlias = Annotated[int, Ge(-AMOUNT_MINOR_MAX), Le(AMOUNT_MINOR_MAX)]
"""An amount of money in minor units of its currency (ISO 4217 exponent)."""


@record
class BusinessTime:
    """The time at which something was true, as its source states it: an instant, or only a local date, in a zone.

    Unknown business time is `None`, never a default. `on` is the local date in `zone` (an IANA name).
    """

    on: date
    zone: str
    at: datetime | None = None


@record
class ExternalId:
    """The id of a thing in another system; unique per (system, id) and kind."""

    system: Annotated[str, MinLen(1), MaxLen(60), About("Name of the other system, for example `erp`.")]
    id: Annotated[str, MinLen(1), MaxLen(200), About("The id of this thing there.")]


def natural_id(kind: str, *parts: str) -> UUID:
    """The stable id (uuidv5) of the thing of this kind with this natural key."""
    return uuid5(NAMESPACE, "\x1f".join((kind, *parts)))


@dataclass(frozen=True, slots=True, order=True)
class StreamRef:
    """Names one stream: its kind and its id."""

    kind: str
    id: UUID


class Kind(StrEnum):
    """The sort of a refusal. The doors turn it into a status, in one table."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    PRECONDITION = "precondition"
    RULE = "rule"
    KEY_REUSED = "key_reused"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


Parameter: TypeAlias = str | int | Sequence[str] | None


class Refused(Exception):
    """A command or query that is answered with no. `code` is stable; `parameters` let a frontend say it in its own words."""

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = Kind.RULE
    message: ClassVar[str] = "Refused."

    def __init__(self, *, pointer: str = "", **parameters: Parameter) -> None:
        """`pointer` is the JSON pointer of the field in the request that caused it, where one did."""
        self.pointer = pointer
        self.parameters: Mapping[str, Parameter] = parameters
        shown = {name: _shown(value) for name, value in parameters.items()}
        self.text = self.message.format_map(shown)
        super().__init__(f"{self.code}: {self.text}")


def _shown(value: Parameter) -> str:
    if isinstance(value, str | int) or value is None:
        return str(value)
    return ", ".join(value) or "none"


class ThingUnknown(Refused):
    """There is no such thing, or the caller may not see it: the two are told apart nowhere."""

    code = "not_found"
    kind = Kind.NOT_FOUND
    message = "There is no {thing} {id}."

    def __init__(self, *, thing: str, id: str, pointer: str = "") -> None:
        """`thing` may be a kind of stream; it is told in words."""
        super().__init__(thing=thing.replace("_", " "), id=id, pointer=pointer)


class ThingExists(Refused):
    """A thing with this natural key or external id is already there."""

    code = "already_exists"
    kind = Kind.CONFLICT
    message = "A {thing} with this identity exists already, with the id {id}."


class FieldInvalid(Refused):
    """A field's value is well-formed but cannot be meant."""

    code = "field.invalid"
    kind = Kind.MALFORMED
    message = "{reason}"


class BusinessTimeMissing(Refused):
    """This fact cannot be recorded without knowing when it was true."""

    code = "occurred_at.missing"
    kind = Kind.RULE
    message = "This needs a business time: send `occurred_at` as an instant or a local date."


@dataclass(frozen=True, slots=True)
class PayFactsRef:
    """Asks for the commission facts folded from the log up to `position` (None: up to the head at this moment)."""

    position: int | None = None


@dataclass(frozen=True, slots=True)
class TreeRootRef:
    """Asks for the root (hex) of the log's Merkle tree over its first `size` events."""

    size: int


Ref: TypeAlias = StreamRef | PayFactsRef | TreeRootRef


@record
class Party:
    """Who gave a command: the principal, which is a key's, and the member that it is; None where it is nobody's own."""

    principal_id: UUID
    member_id: UUID | None

    def is_apart_from(self, other: "Party") -> bool:
        """Tells whether these are two people: whose key it is, is known of both and differs. Two keys alone never are."""
        return None not in (self.member_id, other.member_id) and self.member_id != other.member_id


class Facts(Protocol):
    """The states of other streams that a decider asked for by its `needs`."""

    def state(self, ref: Ref) -> object | None:
        """Finds a stream's folded state, a ledger or a root, None where there is none; it was asked for."""


@fast_record
class Context:
    """The knowledge of a decider besides the state and the command."""

    actor_id: UUID
    """The principal who gave the command."""
    member_id: UUID | None
    """The member that the principal is, where it is one."""
    permissions: frozenset[str]
    """Named permissions beyond the role, such as `deal.skip_stages`."""
    occurred: BusinessTime | None
    """Business time of the command; None is unknown."""
    subject_id: UUID
    """The id of the thing that the command creates or changes."""
    new_id: UUID
    """A fresh id for a part of the thing, such as a contact of a customer, that the command adds."""
    today: date
    """The date of the record clock in UTC; only for bounds: on what may lie in the future, and on delays."""
    facts: Facts
    is_system: bool = False
    """Whether a system gave it, such as an import: a principal with the role integration that is no member."""
    acted: Mapping[type, Party] = field(default_factory=dict)
    """Who last gave cause for each of the stream's events from which a duty of its commands is kept apart."""

    @property
    def party(self) -> Party:
        """The one who gave the command."""
        return Party(principal_id=self.actor_id, member_id=self.member_id)


Role: TypeAlias = Literal["rep", "manager", "finance", "auditor", "admin", "integration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The facts of an event that `evolve` and the folds may know besides its payload."""

    position: int
    """Place in the log, from 1; 0 while an event is only decided, not yet stored."""
    version: int
    stream_id: UUID
    occurred: BusinessTime | None
    type: str = ""
    """The event's stored name."""
    recorded_at: datetime | None = None
    """Record time; None while an event is only decided."""
    actor_id: UUID | None = None
    """The principal who gave the command."""
    member_id: UUID | None = None
    """The member that the principal was then, where it was one."""


def roles(*names: Role) -> frozenset[Role]:
    """The roles that may give a command."""
    return frozenset(names)


SELLERS: Final = roles("rep", "manager", "admin", "integration")
"""Whoever sells, and the systems that record it for them."""
LEADERS: Final = roles("manager", "admin", "integration")
"""Whoever hands out and withdraws what others sell."""
PEOPLE: Final = roles("rep", "manager", "finance", "admin")
"""People in their own name: no system does it for them."""
GRANTERS: Final = roles("manager", "finance", "admin")
"""Whoever gives to others, and answers them."""
CLOSERS: Final = GRANTERS | roles("integration")
"""Whoever closes what others forecast and aim at, and the systems that do."""
PAYERS: Final = roles("finance", "admin")
"""Whoever decides what is paid."""
CASHIERS: Final = roles("finance", "admin", "integration")
"""Whoever records money, and the systems that do."""
KEEPERS: Final = roles("admin", "integration")
"""Whoever keeps the reference data."""


def refuse_existing(state: object | None, context: Context, thing: str, *, pointer: str = "/external_id") -> None:
    """For what brings a thing into being; `pointer` is that of the field by which it is known.

    Raises:
        ThingExists: it is there already.
    """
    if state is not None:
        raise ThingExists(thing=thing, id=str(context.subject_id), pointer=pointer)


def occurred_on(context: Context) -> date:
    """The business date of the command.

    Raises:
        BusinessTimeMissing: when it is unknown.
    """
    if context.occurred is None:
        raise BusinessTimeMissing(pointer="/occurred_at")
    return context.occurred.on


class Referenced(Protocol):
    """A command that may carry the id of its thing in another system."""

    @property
    def external_id(self) -> ExternalId | None:
        """The id there; unique."""


def external_identity(command: Referenced) -> tuple[str, ...] | None:
    """The natural key of a command by its `external_id`, or None."""
    external = command.external_id
    return (external.system, external.id) if external else None


class OfOwner(Protocol):
    """The state of a thing for which a member answers, or nobody while it is in a pool."""

    @property
    def owner_id(self) -> UUID | None:
        """The accountable member."""


class OfMember(Protocol):
    """The state of a thing that is a member's own, such as what they are paid."""

    @property
    def member_id(self) -> UUID:
        """The member."""


def owner_of(state: OfOwner) -> UUID | None:
    """Row scope: the accountable member."""
    return state.owner_id


def member_of(state: OfMember) -> UUID:
    """Row scope: the member whose it is."""
    return state.member_id
