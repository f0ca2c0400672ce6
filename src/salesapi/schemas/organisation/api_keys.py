"""Wire shapes of API keys, with the filter and orders of their list. Neither a key nor its digest is ever among them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.key_digests import PREFIX_LENGTH
from salesapi.schemas.scalars import Position


@record
class ApiKey:
    """A key that was issued."""

    id: Annotated[UUID, About("The key.")]
    prefix: Annotated[str, About("The middle part of `sk_<prefix>_...`.")]
    principal_id: Annotated[UUID, About("The principal for whom it opens the doors.")]
    label: Annotated[str | None, About("What tells it from others, for people.")]
    issued_at: Annotated[datetime | None, About("When it was issued.")]
    expires_at: Annotated[datetime | None, About("From when on it opens nothing; null is never.")]
    successor_id: Annotated[UUID | None, About("The key in its place, where it was rotated.")]
    is_revoked: Annotated[bool, About("It was revoked.")]
    revoked_at: Annotated[datetime | None, About("When it was revoked.")]
    revocation_reason: Annotated[str | None, About("Why it was revoked.")]
    last_used_on: Annotated[date | None, About("The day (UTC) on which it was used last; null is never.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class ApiKeyFilter:
    """Which keys. Fields that are not sent do not filter."""

    prefix: Annotated[str | None, MaxLen(PREFIX_LENGTH), About("With this prefix.")] = None
    principal_id: Annotated[UUID | None, About("Of this principal.")] = None
    is_revoked: Annotated[bool | None, About("Revoked, or not.")] = None


class ApiKeyOrder(StrEnum):
    """Orders of keys."""

    PREFIX_ASC = "prefix_asc"
    CHANGED_DESC = "changed_desc"
