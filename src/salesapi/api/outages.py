"""What both doors answer when PostgreSQL or the log fails: the one place where such a failure becomes a refusal.

The refusals hold no text of the failure, which may name hosts and quote values.
"""

from typing import Final

from salesapi.database.connections import UNAVAILABLE
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.recorder import LogOverloaded, LogUnavailable, NotStorable, OutcomeUnknown, StorageFull
from salesapi.privacy.encryption import KeyNotUnwrapped
from salesapi.privacy.key_file import KeyFileRefused


class DatabaseUnavailable(Refused):
    """PostgreSQL cannot be reached, or cannot serve the statement now."""

    code = "database.unavailable"
    kind = Kind.UNAVAILABLE
    message = (
        "The database does not answer at the moment. Send the same request again shortly; a command with the same key."
    )


class OutcomeNotKnown(Refused):
    """The connection was lost with the request in flight: it may be stored or not."""

    code = "outcome.unknown"
    kind = Kind.UNAVAILABLE
    message = "The database was lost while it stored this. Send the same request with the same idempotency key again."


class LogIsOverloaded(Refused):
    """More is waiting than the log can take. Nothing was stored."""

    code = "log.overloaded"
    kind = Kind.UNAVAILABLE
    message = "Too many requests wait for the log. Nothing was stored: send the same request again shortly."


class StorageIsFull(Refused):
    """The disk of the database is full. Nothing was stored; reads are answered."""

    code = "storage.full"
    kind = Kind.UNAVAILABLE
    message = (
        "The database has no room left, so nothing was stored. Send the same request with the same key again when its operator "
        "has made room."
    )


class KeysUnavailable(Refused):
    """What personal values are sealed with is not at hand here. Nothing was stored."""

    code = "keys.unavailable"
    kind = Kind.UNAVAILABLE
    message = (
        "Personal values cannot be opened or sealed at the moment. Send the same request again once the keys are back."
    )


class EventsTooLarge(Refused):
    """The events of the request pass a bound of the log. Nothing was stored."""

    code = "events.too_large"
    kind = Kind.TOO_LARGE
    message = "This request makes events that are too large or too many to be stored; send less in one request."


REFUSALS: Final[tuple[tuple[tuple[type[Exception], ...], type[Refused]], ...]] = (
    ((OutcomeUnknown,), OutcomeNotKnown),
    ((LogOverloaded,), LogIsOverloaded),
    ((NotStorable,), EventsTooLarge),
    ((StorageFull,), StorageIsFull),
    ((KeyNotUnwrapped, KeyFileRefused), KeysUnavailable),
    ((LogUnavailable, *UNAVAILABLE), DatabaseUnavailable),
)
OUTAGES: Final = tuple(outage for outages, _ in REFUSALS for outage in outages)
"""Failures that are answered as refusals; every other one is a fault of ours."""
ANSWERED: Final[tuple[type[Exception], ...]] = (Refused, *OUTAGES)
"""What ends a request with a refusal."""


def refusal(answered: BaseException) -> Refused:
    """The refusal of what is among `ANSWERED`."""
    found = refusal_of(answered)
    assert found is not None, "only refusals and outages come here"
    return found


def refusal_of(failure: BaseException) -> Refused | None:
    """The refusal that a failure is answered with; None for what is neither a refusal nor an outage."""
    if isinstance(failure, Refused):
        return failure
    return next((refused() for outages, refused in REFUSALS if isinstance(failure, outages)), None)
