"""One mutation for each command, derived from the catalogue: `changeDealStage(input: ChangeDealStageInput!, ...): Receipt!`.

The arguments beside `input` are what REST carries in headers and query: the idempotency key, the expected version, the dry
run. With the business time they make up the same values that REST's body holds, so both doors take the same fingerprint.
"""

from inspect import cleandoc
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON
from strawberry.tools import create_type
from strawberry.types.field import StrawberryField

from salesapi.api.graphql.command_result_types import BulkResultType, ReceiptType, bulk_result_type, receipt_type
from salesapi.api.graphql.context import ABSENT, Info, OperationContext
from salesapi.api.graphql.inputs import Inputs, values_of
from salesapi.commands.command_reading import checked_key, fingerprint
from salesapi.commands.handling import BULK_MAX
from salesapi.commands.requests import Envelope
from salesapi.domain.catalogue import Catalogue, mutation_name, route
from salesapi.domain.shared.declarations import AnyCommand, AnyStream

IdempotencyKey = Annotated[
    str | None,
    strawberry.argument(
        description="The same key with the same request gives the same receipt again. Required, except for a dry run."
    ),
]
ExpectedVersion = Annotated[
    int | None, strawberry.argument(description="The version that the change is meant for, as a receipt gave it.")
]
DryRun = Annotated[
    bool, strawberry.argument(description="Answers the events that would be written, and writes nothing.")
]
OccurredAt = Annotated[
    str | None,
    strawberry.argument(
        description="Business time: an instant with offset, a local date, or null where it is not known. "
        "Without the argument it is now."
    ),
]
OccurredZone = Annotated[
    str | None,
    strawberry.argument(description="IANA zone in which a business date is read; without it the company's zone."),
]


def mutation_type(catalogue: Catalogue, inputs: Inputs) -> type:
    """The type `Mutation` with all commands."""
    made = [_mutation(stream, kind, inputs) for stream, kind in catalogue.commands.values()]
    bulk: Any = strawberry.mutation(
        resolver=_bulk,
        name="bulk",
        description=f"Up to {BULK_MAX} commands in one request, in order. `atomic: true` stores all of them in one commit or "
        "none; `atomic: false` decides each for itself and answers a receipt or a problem for each. As `POST /v1/bulk`.",
    )
    return create_type("Mutation", [*made, bulk], description="One mutation for each command, and several at once.")


def _mutation(stream: AnyStream, kind: AnyCommand, inputs: Inputs) -> StrawberryField:
    name = kind.command.__name__

    async def resolver(
        info: Info,
        *,
        input: Any,
        idempotency_key: IdempotencyKey = ABSENT,
        expected_version: ExpectedVersion = ABSENT,
        dry_run: DryRun = False,
        occurred_at: OccurredAt = ABSENT,
        occurred_zone: OccurredZone = ABSENT,
    ) -> ReceiptType:
        asked = info.context
        occurred = {"occurred_at": occurred_at, "occurred_zone": occurred_zone}
        values = values_of(input) | {field: value for field, value in occurred.items() if value is not ABSENT}
        envelope = _envelope(asked, name, values, None if dry_run else checked_key(idempotency_key or None))
        request = asked.sources.reader.read(name, values, None if expected_version is ABSENT else expected_version)
        receipt = await asked.sources.handling.handle(request, envelope, dry_run=dry_run)
        return receipt_type(receipt, asked.sources.log.known_epochs)

    resolver.__name__ = resolver.__qualname__ = mutation_name(kind)
    resolver.__annotations__["input"] = inputs.of(kind.command)
    duty = f"{kind.duty.in_words()} " if kind.duty else ""
    about = f"{cleandoc(kind.command.__doc__ or '')}\n\nRoles: {', '.join(sorted(kind.roles))}. {duty}"
    field: StrawberryField = strawberry.mutation(
        resolver=resolver,
        name=mutation_name(kind),
        description=f"{about}As `POST {route(stream, kind)}`.",
    )
    return field


@strawberry.input(description="One command of a bulk.")
class BulkCommandInput:
    """One item of a bulk, as REST's bulk takes it."""

    command: str = strawberry.field(description="Its name, for example `ChangeDealStage`.")
    values: JSON = strawberry.field(description="As the body in REST, in snake_case, with the id of its thing.")
    if_match: int | None = strawberry.field(default=ABSENT, description="The version that the change is meant for.")


async def _bulk(
    info: Info,
    *,
    atomic: bool,
    commands: list[BulkCommandInput],
    idempotency_key: IdempotencyKey = ABSENT,
    dry_run: DryRun = False,
) -> list[BulkResultType]:
    asked = info.context
    values = {"atomic": atomic, "commands": values_of(commands)}
    envelope = _envelope(asked, "bulk", values, None if dry_run else checked_key(idempotency_key or None))
    results = await asked.sources.bulk.run(values, envelope, dry_run=dry_run)
    return [bulk_result_type(result, asked.sources.log.known_epochs) for result in results]


def _envelope(asked: OperationContext, name: str, values: object, key: str | None) -> Envelope:
    return Envelope(
        principal=asked.caller.principal,
        scope=asked.caller.rows,
        key=key,
        fingerprint=fingerprint(name, values),
        correlation_id=asked.correlation_id,
    )
