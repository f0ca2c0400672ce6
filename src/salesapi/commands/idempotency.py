"""How a repeated request is known: its key and fingerprint are stored in the commit of its events, with its results."""

from collections.abc import Mapping, Sequence

from salesapi.commands.command_results import CommandResult, stored_text
from salesapi.commands.requests import Envelope
from salesapi.domain.shared.kernel import Kind, Refused, StreamRef
from salesapi.eventlog.recorder import RequestKey, StoredRequest


class KeyReused(Refused):
    """The idempotency key was used for another request."""

    code = "idempotency_key.reused"
    kind = Kind.KEY_REUSED
    message = "This idempotency key belongs to another request; use a new key for a new request."


def request_key(
    results: Sequence[CommandResult], offsets: Mapping[tuple[StreamRef, int], int], envelope: Envelope
) -> RequestKey | None:
    """Makes what is stored beside the events so that a retry gets the same results; None for a request without a key."""
    if envelope.key is None:
        return None
    return RequestKey(
        principal_id=envelope.principal.id,
        key=envelope.key,
        fingerprint=envelope.fingerprint,
        receipt=stored_text(results, offsets),
        keep_forever=envelope.keep_key,
    )


def refuse_another_request(earlier: StoredRequest, envelope: Envelope) -> None:
    """Refuses a key that was used for another request.

    Raises:
        KeyReused: the fingerprints differ.
    """
    if earlier.fingerprint != envelope.fingerprint:
        raise KeyReused()
