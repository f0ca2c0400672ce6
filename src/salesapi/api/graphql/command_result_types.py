"""The answers to mutations: receipts, and the results of a bulk."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from salesapi.api.graphql.scalars import BigInt
from salesapi.api.refusals import STATUS, problem
from salesapi.commands.bulk import BulkResult
from salesapi.commands.command_results import CommandResult
from salesapi.domain.shared.kernel import Refused
from salesapi.eventlog.epochs import Epochs

KEY_ABOUT: Final = (
    "The API key that was made, in full: only here and only once. Null where none was made, and in a replay."
)


@strawberry.type(name="EventReceipt", description="An event that a command wrote, or would write.")
class EventReceiptType:
    """One event of a receipt."""

    id: str | None = strawberry.field(description="`{epoch}:{position}`; null in a dry run.")
    type: str = strawberry.field(description="Its stored name, for example `deal.stage_changed`.")
    stream_kind: str
    stream_id: UUID
    version: int
    position: BigInt | None
    payload: JSON | None = strawberry.field(description="Only in a dry run, with personal fields in clear.")


@strawberry.type(
    name="Receipt", description="The answer to a command. Send `position` as `minPosition` to read your own write."
)
class ReceiptType:
    """A receipt."""

    id: UUID = strawberry.field(description="The thing that was created or changed.")
    kind: str
    version: int = strawberry.field(description="Version of its stream; the value for `expectedVersion`.")
    position: BigInt | None = strawberry.field(description="Log position that reflects it; null in a dry run.")
    recorded_at: datetime | None
    events: list[EventReceiptType]
    is_replay: bool = strawberry.field(description="Whether an earlier request with this key is answered again.")
    key: str | None = strawberry.field(description=KEY_ABOUT)


@strawberry.type(name="Problem", description="A refusal of one command of a bulk; `code` is stable.")
class ProblemType:
    """A refusal as a value."""

    code: str
    status: int
    detail: str
    pointer: str | None = strawberry.field(description="JSON pointer of the field that caused it.")
    parameters: JSON | None = strawberry.field(description="What lets you say it in your own words.")


@strawberry.type(name="BulkResult", description="The outcome of one command of a bulk: a receipt or a problem.")
class BulkResultType:
    """One of both."""

    receipt: ReceiptType | None = None
    problem: ProblemType | None = None


def bulk_result_type(result: BulkResult, epochs: Epochs) -> BulkResultType:
    """An outcome as GraphQL shows it."""
    if not isinstance(result, Refused):
        return BulkResultType(receipt=receipt_type(result, epochs))
    parameters: Any = problem(result).get("parameters")
    return BulkResultType(
        problem=ProblemType(
            code=result.code,
            status=STATUS[result.kind],
            detail=result.text,
            pointer=result.pointer or None,
            parameters=parameters,
        )
    )


def receipt_type(receipt: CommandResult, epochs: Epochs) -> ReceiptType:
    """A receipt as GraphQL shows it."""
    events = [
        EventReceiptType(
            id=epochs.id_of(event.position) if event.position else None,
            type=event.type,
            stream_kind=event.stream_kind,
            stream_id=event.stream_id,
            version=event.version,
            position=None if event.position is None else BigInt(event.position),
            payload=JSON(event.payload) if receipt.is_dry_run else None,
        )
        for event in receipt.events
    ]
    return ReceiptType(
        id=receipt.id,
        kind=receipt.kind,
        version=receipt.version,
        position=None if receipt.is_dry_run else BigInt(receipt.position),
        recorded_at=receipt.recorded_at,
        events=events,
        is_replay=receipt.is_replay,
        key=receipt.made_key,
    )
