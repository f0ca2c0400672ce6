"""The ports of time and identity, and their real adapters. Nothing else reads the clock or makes ids."""

from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import uuid_utils


class Clock(Protocol):
    """The record clock."""

    def now(self) -> datetime:
        """The current instant in UTC."""


class Ids(Protocol):
    """The source of new ids."""

    def new(self) -> UUID:
        """A new id, ordered by time (uuidv7)."""


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC)


class TimeOrderedIds:
    """Ids of version 7 (RFC 9562)."""

    def new(self) -> UUID:
        """A new id."""
        return UUID(int=uuid_utils.uuid7().int)
