"""Receipts: the answers to commands, and how they are stored beside the idempotency key for retries.

A stored receipt holds no positions: these follow from the request's first position, which the log gives.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson

from salesapi.domain.shared.kernel import StreamRef, fast_record
from salesapi.domain.shared.states import replace
from salesapi.eventlog.recorder import Appended, StoredRequest


@fast_record
class EventResult:
    """An event that a command wrote, or would write."""

    type: str
    stream_kind: str
    stream_id: UUID
    version: int
    position: int | None
    payload: object = None
    """Only in a dry run, with personal fields in clear."""


@fast_record
class CommandResult:
    """The answer to a command. `position` is the log position that a query needs to reflect it."""

    id: UUID
    kind: str
    version: int
    position: int
    recorded_at: datetime | None
    events: tuple[EventResult, ...]
    is_replay: bool = False
    is_dry_run: bool = False
    makes_key: bool = False
    """Whether the command makes an API key."""
    made_key: str | None = None
    """The key that was made just now; a replay and a dry run have none, for it is stored nowhere."""


def positioned(
    receipts: Sequence[CommandResult], offsets: Mapping[tuple[StreamRef, int], int], appended: Appended, count: int
) -> list[CommandResult]:
    """The receipts with the positions that the log gave."""
    last = appended.first_position + count - 1
    return [
        replace(
            receipt,
            position=last,
            recorded_at=appended.recorded_at,
            events=tuple(
                replace(event, payload=None, position=appended.first_position + offsets[_ref(event), event.version])
                for event in receipt.events
            ),
        )
        for receipt in receipts
    ]


def _ref(event: EventResult) -> StreamRef:
    return StreamRef(event.stream_kind, event.stream_id)


def stored_text(receipts: Sequence[CommandResult], offsets: Mapping[tuple[StreamRef, int], int]) -> str:
    """The receipts as JSON text, with each event's offset from the request's first position."""
    stored = [
        [
            str(receipt.id),
            receipt.kind,
            receipt.version,
            [
                [
                    event.type,
                    event.stream_kind,
                    str(event.stream_id),
                    event.version,
                    offsets[_ref(event), event.version],
                ]
                for event in receipt.events
            ],
        ]
        for receipt in receipts
    ]
    return orjson.dumps(stored).decode()


def replayed(earlier: StoredRequest) -> list[CommandResult]:
    """The receipts of an earlier request, the same as they were given then."""
    first, last = earlier.first_position, earlier.first_position + earlier.event_count - 1
    return [
        CommandResult(
            id=UUID(id),
            kind=kind,
            version=version,
            position=last,
            recorded_at=earlier.recorded_at,
            events=tuple(
                EventResult(
                    type=type,
                    stream_kind=stream_kind,
                    stream_id=UUID(stream_id),
                    version=event_version,
                    position=first + offset,
                )
                for type, stream_kind, stream_id, event_version, offset in events
            ),
            is_replay=True,
        )
        for id, kind, version, events in orjson.loads(earlier.receipt)
    ]
