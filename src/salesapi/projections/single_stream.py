"""What projections share of which one row is one stream: the row's key is the stream's id, and each event makes the row anew.

Business dates and instants are those of the events; unknown ones stay None.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from salesapi.domain.shared.kernel import ExternalId, Recorded
from salesapi.projections.projection import GroupKey

Stored = TypeVar("Stored")


def own_stream(event: object, recorded: Recorded) -> tuple[GroupKey, ...]:
    """The row of the event's own stream."""
    return ((recorded.stream_id,),)


def one_row(fold: Callable[..., Stored]) -> Callable[..., Sequence[Stored]]:
    """The evolve of a projection with one row a group, from `fold(row | None, event, recorded) -> row`."""

    def evolve(rows: Sequence[Stored], event: object, recorded: Recorded, group: GroupKey) -> Sequence[Stored]:
        return (fold(rows[0] if rows else None, event, recorded),)

    return evolve


def business_date(recorded: Recorded) -> date | None:
    """The local date on which it was true."""
    return recorded.occurred.on if recorded.occurred else None


def business_instant(recorded: Recorded) -> datetime | None:
    """The instant at which it was true, where the source states one."""
    return recorded.occurred.at if recorded.occurred else None


def system_of(external: ExternalId | None) -> str | None:
    """The other system's name."""
    return external.system if external else None


def id_of(external: ExternalId | None) -> str | None:
    """The id in the other system."""
    return external.id if external else None


def only(ids: Sequence[UUID]) -> UUID | None:
    """The one id that all of them are, or None."""
    return ids[0] if len(set(ids)) == 1 else None
