"""Consumers of the feed from another history: a backup was restored, and what they followed is not what happened here.

Positions alone do not show it: after the restore they are given out a second time. Epochs do, see `eventlog/epochs.py`.
"""

import re
from typing import Final, NamedTuple

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.recorder import EventLog

EPOCH_MAX: Final = 2**31 - 1
EVENT_ID: Final = re.compile(r"([1-9][0-9]{0,9}):([1-9][0-9]{0,17})", re.ASCII)


class Followed(NamedTuple):
    """A point that a consumer says it has come to, and the parameter that says so."""

    epoch: int
    position: int
    is_event: bool
    """True for the id of an event: it must have happened here under this epoch."""
    pointer: str


class HistoryParted(Refused):
    """The consumer has followed a history that the log left when a backup was restored."""

    code = "feed.history_parted"
    kind = Kind.CONFLICT
    message = (
        "You followed epoch {followed_epoch} up to {followed_to}; this log (epoch {epoch}) has the same history up to "
        "{agreed_to}, and other events after it, because a backup was restored. What you have of epoch {followed_epoch} after "
        "{agreed_to} did not happen here: undo it or set it apart, then go on with after={agreed_to}&epoch={epoch}."
    )


class HistoryUnknown(Refused):
    """The consumer has followed a history that this log knows nothing of."""

    code = "feed.history_unknown"
    kind = Kind.CONFLICT
    message = (
        "You followed epoch {followed_epoch} up to {followed_to}, which this log (epoch {epoch}, ends at {head}) does not have: "
        "it was restored from a backup and that was not told yet (`salesapi restored`), or it is another log. Ask its operator; "
        "without an answer start again from 0."
    )


class EventIdMalformed(Refused):
    """What should be an event's id does not have its form."""

    code = "feed.event_id_malformed"
    kind = Kind.MALFORMED
    message = "lastEventId is the id of an event: its epoch and its position, such as 1:4711."


def followed_event(id: str | None) -> Followed | None:
    """Reads the id of a consumer's last event.

    Raises:
        EventIdMalformed: it does not have the form of one.
    """
    if id is None:
        return None
    match = EVENT_ID.fullmatch(id)
    if match is None or int(match[1]) > EPOCH_MAX:
        raise EventIdMalformed(pointer="/lastEventId")
    return Followed(int(match[1]), int(match[2]), True, "/lastEventId")


def followed_page(epoch: int, *, after: int) -> Followed:
    """Makes the point that a page of this epoch ended at."""
    return Followed(epoch, after, False, "/epoch")


async def refuse_other_history(log: EventLog, *points: Followed | None) -> None:
    """Refuses to go on after events that did not happen in this log.

    Raises:
        HistoryParted: they were followed in a history that this log has left.
        HistoryUnknown: this log has never had them.
    """
    told = [point for point in points if point is not None]
    if not told:
        return
    head, epochs = await log.head(), await log.epochs()
    for epoch, position, is_event, pointer in told:
        agreed_to = epochs.agreed_to(epoch=epoch, position=position)
        is_invented = is_event and agreed_to == position and epochs.of(position) != epoch
        if agreed_to is None or agreed_to > head or is_invented:
            raise HistoryUnknown(
                pointer=pointer, followed_epoch=epoch, followed_to=position, epoch=epochs.current, head=head
            )
        if agreed_to < position:
            raise HistoryParted(
                pointer=pointer,
                followed_epoch=epoch,
                followed_to=position,
                epoch=epochs.current,
                agreed_to=agreed_to,
            )
