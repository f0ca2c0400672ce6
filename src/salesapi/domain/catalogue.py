"""The catalogue: every stream with its events and commands, as one explicit tuple, and the names derived from it.

From here alone the REST routes, the GraphQL mutations, the import's rows, the authorisation check and the contracts follow.
Names: class `ChangeDealStage`, REST `POST /v1/deals/{deal_id}/change-stage`, GraphQL `changeDealStage`; event class
`DealStageChanged`, stored `deal.stage_changed`, subject `sales.v1.deal.stage_changed`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final, TypeVar, get_args

from salesapi.domain.cash import agreement_decisions, invoice_decisions, receipt_decisions
from salesapi.domain.consequences import FOLLOWING
from salesapi.domain.customers import customer_decisions, person_decisions, retention_rules
from salesapi.domain.declaration_checks import check_declarations
from salesapi.domain.organisation import api_keys, approval_decisions, calendars, members, principals, team_decisions
from salesapi.domain.pay.decisions import (
    award_decisions,
    compensation_plan_decisions,
    enrolment_decisions,
    objection_decisions,
    payout_run_decisions,
    points_decisions,
    pool_share_decisions,
)
from salesapi.domain.pay.ledger.pay_facts import PayEvent
from salesapi.domain.reference import product_decisions, rate_tables
from salesapi.domain.selling import (
    activity_decisions,
    campaigns,
    deal_decisions,
    forecast_sheet_decisions,
    lead_decisions,
    pipelines,
    target_decisions,
)
from salesapi.domain.shared import attributes
from salesapi.domain.shared.declarations import AnyCommand, AnyStream, DeclarationInvalid, EventType, words

Value = TypeVar("Value")

STREAMS: Final[tuple[AnyStream, ...]] = (
    principals.STREAM,
    api_keys.STREAM,
    attributes.STREAM,
    pipelines.STREAM,
    members.STREAM,
    team_decisions.STREAM,
    product_decisions.STREAM,
    customer_decisions.STREAM,
    lead_decisions.STREAM,
    deal_decisions.STREAM,
    activity_decisions.STREAM,
    forecast_sheet_decisions.STREAM,
    target_decisions.STREAM,
    campaigns.STREAM,
    agreement_decisions.STREAM,
    invoice_decisions.STREAM,
    receipt_decisions.STREAM,
    rate_tables.STREAM,
    calendars.STREAM,
    compensation_plan_decisions.STREAM,
    enrolment_decisions.STREAM,
    payout_run_decisions.STREAM,
    approval_decisions.STREAM,
    objection_decisions.STREAM,
    award_decisions.STREAM,
    points_decisions.STREAM,
    pool_share_decisions.STREAM,
    person_decisions.STREAM,
    retention_rules.STREAM,
)

PAY_EVENT_TYPES: Final = tuple(
    kind.name for stream in STREAMS for kind in stream.events if kind.event in get_args(PayEvent)
)
"""Stored names of all events that the ledger of pay reads."""


class Catalogue:
    """Look-ups over the declared streams.

    Raises:
        DeclarationInvalid: at construction, for a declaration that does not fit, or two that claim one name.
    """

    def __init__(self, streams: tuple[AnyStream, ...] = STREAMS) -> None:
        self.streams = streams
        self.by_kind = _unique("stream kind", ((stream.kind, stream) for stream in streams))
        check_declarations(streams, FOLLOWING)
        self.events = _unique("event name", ((event.name, event) for s in streams for event in s.events))
        self.commands = _unique(
            "command", ((command.command.__name__, (s, command)) for s in streams for command in s.commands)
        )
        _unique("event", ((event.event.__name__, event) for s in streams for event in s.events))
        self.routes = {name: route(stream, command) for name, (stream, command) in self.commands.items()}
        """The REST path of each command, by the name of its class."""
        _unique("route", ((path, name) for name, path in self.routes.items()))

    def event_types(self) -> Iterator[EventType]:
        """Every declared event type."""
        return iter(self.events.values())

    def command(self, name: str) -> tuple[AnyStream, AnyCommand]:
        """The stream and declaration of a command by its class name.

        Raises:
            KeyError: for an unknown name.
        """
        return self.commands[name]


@cache
def whole_catalogue() -> Catalogue:
    """The catalogue of all declared streams, which a process makes and checks once."""
    return Catalogue()


def _unique(what: str, pairs: Iterator[tuple[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in pairs:
        if name in found:
            raise DeclarationInvalid(f"the {what} {name} is declared twice; give one of the two another name")
        found[name] = value
    return found


def mutation_name(command: AnyCommand) -> str:
    """The GraphQL mutation: `changeDealStage`."""
    name = command.command.__name__
    return name[0].lower() + name[1:]


def snake_name(command: AnyCommand) -> str:
    """The command's name in stored meta, mappings and logs: `change_deal_stage`."""
    return "_".join(words(command.command.__name__))


def route(stream: AnyStream, command: AnyCommand) -> str:
    """The REST path: `/v1/deals` to create, `/v1/deals/{deal_id}/change-stage` to change."""
    base = f"/v1/{stream.plural}"
    verb = command.verb if command.verb is not None else _verb(stream.kind, command)
    if command.target is not None:
        base += f"/{{{command.target}}}"
    return f"{base}/{verb}" if verb and not (command.creates and command.verb is None) else base


def _verb(kind: str, command: AnyCommand) -> str:
    noun = tuple(kind.split("_"))
    rest = words(command.command.__name__)
    for start in range(len(rest)):
        if rest[start : start + len(noun)] == noun:
            return "-".join(rest[:start] + rest[start + len(noun) :])
    return "-".join(rest)
