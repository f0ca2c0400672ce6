"""API keys: what opens a door for a principal, until when. Stream `api_key`; its id follows from the key's prefix.

Facts hold the prefix and the digest, never the key (`shared/key_digests.py`). `expires_at` is an instant with offset; from it
on the key opens nothing. A key that is replaced goes on until the end of the overlap, so that whoever holds it can change over.
"""

from datetime import datetime
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.organisation.principals import KEEPERS_OF_KEYS, Principal, refuse_disabled
from salesapi.domain.shared.dates import PlannedInstant, days_after
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    About,
    Context,
    FieldInvalid,
    Reason,
    Recorded,
    Refers,
    Refused,
    record,
    refuse_existing,
)
from salesapi.domain.shared.key_digests import KeyDigest, MadeAtDoor, key_id
from salesapi.domain.shared.references import referred
from salesapi.domain.shared.states import made_from, replace

EXPIRY_DAYS_MAX: Final = 3_660
"""Furthest end of a key, in days from today."""
LABEL_LENGTH_MAX: Final = 100
"""Longest label, in characters."""


@record
class ApiKeyIssued:
    """A key opens the doors of a principal from now on, until `expires_at` where there is one."""

    principal_id: UUID
    prefix: str
    sha256: str
    expires_at: datetime | None
    label: str | None


@record
class ApiKeyRotated:
    """Another key was issued in its place; this one ends at `expires_at`."""

    successor_id: UUID
    expires_at: datetime


@record
class ApiKeyRevoked:
    """The key opens nothing any longer."""

    reason: str


ApiKeyEvent: TypeAlias = ApiKeyIssued | ApiKeyRotated | ApiKeyRevoked

ApiKeyId: TypeAlias = Annotated[UUID, About("The key.")]
Digest: TypeAlias = Annotated[KeyDigest, MadeAtDoor(), About("Made by the server.")]
ExpiresAt: TypeAlias = Annotated[
    PlannedInstant | None, About("The instant, with offset, from which on it opens nothing; null is never.")
]


@record
class IssueApiKey:
    """Makes a key for a principal. The key is answered once, as `key` of the receipt; a retry answers null there."""

    principal_id: Annotated[UUID, Refers("principal"), About("Whose doors it opens.")]
    expires_at: ExpiresAt = None
    label: Annotated[
        Annotated[str, MinLen(1), MaxLen(LABEL_LENGTH_MAX)] | None, About("What tells it from others, for people.")
    ] = None
    digest: Digest


@record
class RotateApiKey:
    """Makes a key in the place of another one, which ends with the overlap. The new one is answered as when one is issued."""

    api_key_id: ApiKeyId
    overlap_until: Annotated[
        PlannedInstant, About("The instant, with offset, at which the old key ends; now ends it at once.")
    ]
    expires_at: ExpiresAt = None
    digest: Digest


@record
class RevokeApiKey:
    """Ends a key at once, with all connections that it opened."""

    api_key_id: ApiKeyId
    reason: Annotated[Reason, About("Why; stored in clear.")]


class ApiKeyIsRevoked(Refused):
    """A revoked key has no successor."""

    code = "api_key.revoked"
    message = "The key {prefix} is revoked; issue another one."


class ApiKeyIsRotated(Refused):
    """A key is replaced once."""

    code = "api_key.rotated"
    message = "The key {prefix} was replaced already, by {successor_id}; rotate that one."


@record
class ApiKey:
    """A key as it is now."""

    principal_id: UUID
    prefix: str
    sha256: str
    label: str | None
    issued_at: datetime | None
    """Record time."""
    expires_at: datetime | None
    successor_id: UUID | None = None
    is_revoked: bool = False
    revoked_at: datetime | None = None
    """Record time."""
    revocation_reason: str | None = None


def issue(state: ApiKey | None, command: IssueApiKey, context: Context) -> tuple[ApiKeyIssued, ...]:
    """Decides `IssueApiKey`."""
    refuse_existing(state, context, "API key", pointer="")
    refuse_disabled(referred(command, "principal_id", Principal, context.facts))
    _refuse_unmeant(command.expires_at, context, pointer="/expires_at")
    digest = command.digest
    return (made_from(ApiKeyIssued, command, prefix=digest.prefix, sha256=digest.sha256),)


def rotate(state: ApiKey, command: RotateApiKey, context: Context) -> tuple[ApiKeyRotated, ...]:
    """Decides `RotateApiKey`; the new key is issued as its consequence. No overlap makes a key live longer."""
    if state.is_revoked:
        raise ApiKeyIsRevoked(prefix=state.prefix)
    if state.successor_id is not None:
        raise ApiKeyIsRotated(prefix=state.prefix, successor_id=str(state.successor_id))
    _refuse_unmeant(command.overlap_until, context, pointer="/overlap_until")
    until = command.overlap_until if state.expires_at is None else min(command.overlap_until, state.expires_at)
    return (ApiKeyRotated(successor_id=key_id(command.digest.prefix), expires_at=until),)


def revoke(state: ApiKey, command: RevokeApiKey, context: Context) -> tuple[ApiKeyRevoked, ...]:
    """Decides `RevokeApiKey`."""
    return () if state.is_revoked else (ApiKeyRevoked(reason=command.reason),)


def evolve(state: ApiKey | None, event: ApiKeyEvent, recorded: Recorded) -> ApiKey:
    """Folds the stream to its state."""
    if isinstance(event, ApiKeyIssued):
        return made_from(ApiKey, event, issued_at=recorded.recorded_at)
    assert state is not None, "a key begins with api_key.issued"
    match event:
        case ApiKeyRotated():
            return replace(state, successor_id=event.successor_id, expires_at=event.expires_at)
        case ApiKeyRevoked():
            return replace(state, is_revoked=True, revoked_at=recorded.recorded_at, revocation_reason=event.reason)
        case _:
            assert_never(event)


def opens(key: ApiKey, now: datetime) -> bool:
    """Tells whether the key opens anything at an instant, as far as that depends on the key."""
    return not key.is_revoked and (key.expires_at is None or now < key.expires_at)


def _refuse_unmeant(at: datetime | None, context: Context, *, pointer: str) -> None:
    """Bounds an instant by its own local date, which no offset can make overflow; a day of grace is for the zones."""
    if at is None:
        return
    if at.tzinfo is None:
        raise FieldInvalid(reason="An instant has its offset, such as 2026-03-02T10:00:00+08:00.", pointer=pointer)
    if not -1 <= (at.date() - context.today).days <= EXPIRY_DAYS_MAX:
        last = days_after(context.today, EXPIRY_DAYS_MAX)
        raise FieldInvalid(reason=f"A key ends between today and {last}.", pointer=pointer)


STREAM: Final = Stream[ApiKey, ApiKeyEvent](
    kind="api_key",
    plural="api-keys",
    evolve=evolve,
    commands=(
        creates(
            IssueApiKey,
            decide=issue,
            roles=KEEPERS_OF_KEYS,
            identity=lambda command: (command.digest.prefix,),
        ),
        changes(RotateApiKey, decide=rotate, roles=KEEPERS_OF_KEYS, target="api_key_id"),
        changes(RevokeApiKey, decide=revoke, roles=KEEPERS_OF_KEYS, target="api_key_id"),
    ),
)
