"""What is declared is also used: a step of a recipe in CONTRIBUTING.md that is left out is told here by its name."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar, get_type_hints
from uuid import UUID

import salesapi.domain
import salesapi.projections
import salesapi.queries
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.domain.catalogue import STREAMS
from salesapi.domain.shared.references import parts_of_hint, referring_fields
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.projection import Projection
from salesapi.queries.listings import Listing

Kind = TypeVar("Kind")
DOMAIN: Final = Path(inspect.getfile(salesapi.domain)).parent
WITHOUT_READ_MODEL: Final = {"attribute_definition", "team", "retention_rule"}
"""Streams that are answered from their states."""
WITHOUT_ITEM: Final = {"enrolment"}
"""Streams whose things are read in lists only."""
NOT_SHOWN: Final[Mapping[str, set[str]]] = {
    "deals": {"product_id", "stage_before_closing"},
    "leads": {"touch_count"},
    "compensationPlans": {"effective_dates", "proposals"},
    "enrolments": {"enrolment_id", "is_participant", "spans_before_leaving", "leavings"},
    "credits": {"owner_id", "number"},
    "statements": {"parts"},
    "awards": {"granter_id"},
    "allPoolShares": {"stater_id"},
    "currencyRates": {"rate_id", "day"},
    "approvals": {"party_ids"},
    "apiKeys": {"sha256"},
    "customers": {"removed_contact_ids", "comment_versions"},
}
"""Columns that a list has for its conditions or its fold alone, by the list."""
HANDED_ON_WHOLE: Final = {
    "PublishCompensationPlanVersion",
    "ProposeCompensationPlanVersion",
    "SimulateCompensationPlan",
    "SplitTarget",
}
"""Commands whose fields are read by what they are handed to."""
FOUND_BY_THE_DECIDER: Final[Mapping[str, set[str]]] = {
    "FormTeam": {"parent_id"},
    "MoveTeam": {"parent_id"},
    "EndTeamMembership": {"member_id"},
    "AddCustomerContact": {"contact_id"},
    "ChangeCustomerContact": {"contact_id"},
    "RemoveCustomerContact": {"contact_id"},
    "PlaceLegalHold": {"subject.contact_id"},
    "RecordConsent": {"subject.contact_id"},
    "RequestErasure": {"subject.contact_id", "records.contact_id"},
    "ConvertLead": {"deal.pipeline_id"},
    "ProposeTarget": {"team_id"},
    "SplitTarget": {"children.owner_id", "children.team_id"},
    "RefundReceipt": {"deal_id", "invoice_id"},
    "PublishCompensationPlanVersion": {"awards.team_pool.share_points.member_id"},
    "ProposeCompensationPlanVersion": {"awards.team_pool.share_points.member_id"},
    "SimulateCompensationPlan": {"awards.team_pool.share_points.member_id"},
    "EndEnrolment": {"member_id", "plan_id"},
    "RecordParticipantLeft": {"member_id"},
    "AcknowledgeCompensationPlan": {"member_id"},
    "InstructPayout": {"member_ids"},
    "ConfirmPayoutPaid": {"member_ids"},
    "ReportPayoutFailed": {"member_id"},
    "RaiseObjection": {"subject.id", "member_id"},
    "CreditPlanPoints": {"plan_id"},
    "StatePoolShares": {"plan_id", "owner_id", "shares.member_id"},
}
"""Ids that a command names and that are looked up in its own stream, by its needs or by what follows from it."""
MAKING: Final = {"made_from", "differing"}
"""The functions that make a record, their first argument, of another one, the second."""
CHANGING: Final = "changed"
"""The function that takes all that its second argument says."""


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def declared(package: ModuleType, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    """Each thing of this kind that a module of the package declares, by its place."""
    for module in modules(package):
        for name, found in vars(module).items():
            if isinstance(found, kind):
                yield f"{module.__name__}.{name}", found


FIELDS_OF_RECORDS: Final = {
    each.__name__: [field.name for field in fields(each)]
    for _, each in declared(salesapi.domain, type)
    if is_dataclass(each)
}


def test_a_read_model_that_is_declared_is_in_the_catalogue() -> None:
    left_out = [place for place, each in declared(salesapi.projections, Projection) if each not in PROJECTIONS]
    assert left_out == [], "add them to PROJECTIONS in projections/catalogue.py"


def test_a_list_that_is_declared_is_read_through_the_doors() -> None:
    read = [each.listing for each in LISTS]
    left_out = [place for place, each in declared(salesapi.queries, Listing) if each not in read]
    assert left_out == [], "add a ListRead to the context's lists in api/reads"


def test_the_events_of_a_stream_reach_a_read_model() -> None:
    read = {name for projection in PROJECTIONS for name in projection.types}
    unread = {stream.kind for stream in STREAMS if read.isdisjoint(event.name for event in stream.events)}
    assert unread == WITHOUT_READ_MODEL, "declare a read model of its things"


def test_the_things_of_a_stream_are_listed_and_read_one_by_one() -> None:
    kinds = {stream.kind for stream in STREAMS} - WITHOUT_READ_MODEL
    listed = {read_model(each.listing) for each in LISTS}
    assert kinds - listed == set(), "declare a Listing and a ListRead"
    paths = {each.path.partition("/{")[0] for each in ITEMS}
    shown = {read_model(each.listing) for each in LISTS if each.path in paths}
    assert kinds - shown == WITHOUT_ITEM, "declare an ItemRead"


def test_a_list_shows_each_column_of_its_read_model() -> None:
    rows = {projection.name: projection for projection in PROJECTIONS}
    for read in LISTS:
        projection = rows[read_model(read.listing)]
        shown = {field.name for field in fields(read.listing.shape)} | {"external_system", projection.key[0]}
        hidden = {field.name for field in fields(projection.row)} - shown
        wrong = hidden ^ NOT_SHOWN.get(read.name, set())
        assert not wrong, (
            f"{read.name}: add {', '.join(wrong)} to {read.listing.shape.__name__}, or say in NOT_SHOWN that it hides"
        )


def test_a_field_of_a_command_is_read_where_it_is_decided() -> None:
    together = attributes_of_command(DOMAIN / "consequences.py")
    for stream in STREAMS:
        for command in stream.commands:
            known = {command.target, *together, *attributes_of_command(Path(inspect.getfile(command.decide)))}
            unread = [field.name for field in fields(command.command) if field.name not in known]
            name = command.command.__name__
            assert not unread or name in HANDED_ON_WHOLE, f"{name}: its decider does not read {', '.join(unread)}"


def test_an_id_in_a_command_says_what_it_names() -> None:
    for command in (command for stream in STREAMS for command in stream.commands):
        name = command.command.__name__
        unmarked = {*ids_without_mark(command.command)} - {command.target}
        wrong = unmarked ^ FOUND_BY_THE_DECIDER.get(name, set())
        assert not wrong, (
            f"{name}: mark {', '.join(wrong)} by Refers, or say in FOUND_BY_THE_DECIDER that it is looked up"
        )


def test_a_field_of_an_event_is_given_where_it_is_made() -> None:
    given: dict[str, set[str]] = {}
    for call, command in (found for file in DOMAIN.rglob("*.py") for found in calls(tree(file))):
        stated = {keyword.arg or "**" for keyword in call.keywords}
        made = named(call.args[0]) if named(call.func) in MAKING and call.args else named(call.func)
        given.setdefault(made, set()).update(stated)
        if named(call.func) == "made_from":
            given[made].add("**")
        elif named(call.func) in MAKING:
            given[made].update(FIELDS_OF_RECORDS.get(command, ()))
    for event in (event.event for stream in STREAMS for event in stream.events):
        known = given.get(event.__name__, set())
        missing = [field.name for field in fields(event) if field.name not in known]
        assert not missing or "**" in known, f"{event.__name__}: no decider gives {', '.join(missing)}"


def read_model(listing: Listing[Any, Any, Any]) -> str:
    """The one that the list begins with."""
    return listing.reads[0]


def ids_without_mark(record: type, at: str = "") -> Iterator[str]:
    """The fields of a record, and of those in it, that hold ids without the mark of what these name."""
    marked = {field.name for field in referring_fields(record) if field.kind or field.kind_in}
    hints = get_type_hints(record, include_extras=True)
    for field in fields(record):
        parts = list(parts_of_hint(hints[field.name]))
        if UUID in parts and field.name not in marked:
            yield f"{at}{field.name}"
        for part in parts:
            if isinstance(part, type) and is_dataclass(part):
                yield from ids_without_mark(part, f"{at}{field.name}.")


def attributes_of_command(file: Path) -> set[str]:
    """What a module of the domain reads of the commands that it is given, one by one or by making a record of them."""
    read = {
        node.attr for node in ast.walk(tree(file)) if isinstance(node, ast.Attribute) and named(node.value) == "command"
    }
    for call, command in calls(tree(file)):
        if named(call.func) in MAKING and named(call.args[1]) == "command":
            read.update(FIELDS_OF_RECORDS.get(named(call.args[0]), ()))
        elif named(call.func) == CHANGING and named(call.args[1]) == "command":
            read.update(FIELDS_OF_RECORDS.get(command, ()))
    return read


def calls(module: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """The calls in a module, each with the class of the `command` that the function around it takes."""
    for function in (node for node in module.body if isinstance(node, ast.FunctionDef)):
        taken = [each.annotation for each in function.args.args if each.arg == "command" and each.annotation]
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                yield node, named(taken[0]) if taken else ""


def named(node: ast.expr) -> str:
    """The last word of what is named."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())
