"""GraphQL's door to questions: one field of `Query` for each, its arguments, and its answer as a thing or a connection."""

from collections.abc import Awaitable, Callable, Mapping
from enum import EnumType, StrEnum
from typing import Annotated, Any, Concatenate, Literal, get_args, get_origin

import strawberry
from pydantic import TypeAdapter
from strawberry.tools import create_type
from strawberry.types.fields.resolver import Parameter, Signature

from salesapi.access.principals import Scope, ScopeOf
from salesapi.api.authentication import Caller
from salesapi.api.graphql.connections import After, Connections, First, MinPosition, read_json
from salesapi.api.graphql.context import ABSENT, Info, OperationContext
from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.inputs import Inputs, values_of
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.scalars import BigInt
from salesapi.api.reads.arguments import Argument, arguments_of, page_field
from salesapi.api.reads.question import Found, Given, Item, PageOf, Question, ReadSources, Reflecting, Whole
from salesapi.api.reads.questions import QUESTIONS
from salesapi.database.connections import Connection
from salesapi.projections.positions import log_reached
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, PageRequest
from salesapi.queries.pay.live_statements import LiveAnswer
from salesapi.schemas.pay.live_statements import LiveStatement


def query_type(fields: "QuestionFields") -> type:
    """The type `Query`: one field for each question that GraphQL answers, and the position that an answer reflects."""
    position: Any = strawberry.field(
        resolver=_position,
        name="position",
        description="Log position that everything in this answer reflects, at least.",
    )
    answered = [fields.field(question) for question in QUESTIONS if question.in_graphql]
    return create_type("Query", [position, *answered], description="All reads, within the scope of the key.")


async def _position(info: Info, min_position: MinPosition = ABSENT) -> BigInt:
    return BigInt(await info.context.position(min_position or None))


class FieldReading:
    """A question as a field of one operation answers it: the position is that of the whole operation."""

    def __init__(self, asked: OperationContext, reads: tuple[str, ...], wanted: int | None) -> None:
        self._asked = asked
        self._reads = reads
        self.wanted = wanted

    @property
    def caller(self) -> Caller:
        """The caller who asks, with its scopes."""
        return self._asked.caller

    @property
    def shared(self) -> ReadSources:
        """The sources that it may read beside the read models."""
        return self._asked.sources.reading

    @property
    def live(self) -> dict[LiveStatement, LiveAnswer]:
        """The live statements of this operation."""
        return self._asked.live

    async def position(self, later: int | None = None) -> int:
        """As `Reading.position`."""
        if not self._reads:
            return await log_reached(self._asked.sources.reading.log, self.wanted)
        return await self._asked.position(self.wanted if later is None else max(later, self.wanted or 0))

    async def read(
        self,
        query: Callable[Concatenate[Connection, Scope, Given], Awaitable[Found]],
        scope: ScopeOf,
        *args: Given.args,
        **named: Given.kwargs,
    ) -> Found:
        """As `Reading.read`."""
        return await self._asked.read(query, scope, *args, **named)


class QuestionFields:
    """Makes the fields of one schema."""

    def __init__(self, enums: Enums, inputs: Inputs, outputs: Outputs, connections: Connections) -> None:
        self._enums = enums
        self._inputs = inputs
        self._outputs = outputs
        self._connections = connections

    def field(self, question: Question[Any, Any]) -> Any:
        """The field that answers a question."""
        taken = {argument.graphql: argument for argument in arguments_of(question.arguments) if argument.graphql}
        # Bounds of plain values are checked by whoever answers, alike for both doors.
        adapters = {name: TypeAdapter[Any](argument.kind) for name, argument in taken.items()}
        page_name = page_field(question.arguments)

        async def resolver(info: Info, **given: Any) -> Any:
            page = {page_name: _page(given)} if page_name is not None else {}
            values = {
                argument.field: read_json(adapters[name], values_of(given[argument.field]), pointer=f"/{name}")
                for name, argument in taken.items()
                if given.get(argument.field, ABSENT) is not ABSENT and given[argument.field] is not None
            }
            reading = FieldReading(info.context, question.reads, given.get("min_position") or None)
            return await self._answered(question, reading, question.arguments(**values, **page), page)

        resolver.__signature__ = self._signature(question, taken, has_page=page_name is not None)  # type: ignore[attr-defined]
        resolver.__annotations__ = {
            name: parameter.annotation
            for name, parameter in resolver.__signature__.parameters.items()  # type: ignore[attr-defined]
        } | {"return": self._returned(question)}
        resolver.__name__ = question.name
        return strawberry.field(resolver=resolver, name=question.name, description=f"{question.summary}.")

    async def _answered(
        self, question: Question[Any, Any], reading: FieldReading, arguments: Any, page: Mapping[str, PageRequest]
    ) -> Any:
        position = None if isinstance(question.answers, Whole) else await reading.position()
        found = await question.answer(reading, arguments)
        if isinstance(found, Reflecting):
            found, position = found.answer, found.position
        if not isinstance(question.answers, PageOf):
            return found
        assert position is not None, "a page says what it reflects"
        (asked,) = page.values()
        return self._connections.page(question.answers.shape, found, asked.after, position)

    def _returned(self, question: Question[Any, Any]) -> Any:
        if isinstance(question.answers, PageOf):
            return self._connections.of(question.answers.shape)
        shape: Any = self._outputs.of(question.answers.shape)
        return shape | None if isinstance(question.answers, Item) else shape

    def _signature(self, question: Question[Any, Any], taken: Mapping[str, Argument], *, has_page: bool) -> Signature:
        parameters = [_parameter("info", Info)]
        for name, argument in taken.items():
            carried = self._carried(argument, question.arguments)
            default = _default(argument, carried)
            shown = carried | None if default is ABSENT else carried
            about = strawberry.argument(name=name, description=argument.about or None)
            parameters.append(_parameter(argument.field, Annotated[shown, about], default))
        if has_page:
            parameters += [_parameter("first", First, PAGE_ROWS_DEFAULT), _parameter("after", After, ABSENT)]
        parameters.append(_parameter("min_position", MinPosition, ABSENT))
        return Signature(parameters, return_annotation=self._returned(question))

    def _carried(self, argument: Argument, owner: type) -> Any:
        if argument.is_filter:
            return self._inputs.of(argument.kind)
        if get_origin(argument.kind) is Literal:
            return self._enums.of(argument.kind, owner, argument.field)
        if isinstance(argument.kind, type) and issubclass(argument.kind, StrEnum):
            return self._enums.named(argument.kind.__name__, [str(value) for value in argument.kind])
        if get_origin(argument.kind) is tuple:
            item: Any = get_args(argument.kind)[0]
            return list[item]
        return argument.kind


def _default(argument: Argument, carried: Any) -> Any:
    """The default that the schema shows; any other stands where the argument is absent."""
    if argument.is_required:
        return Parameter.empty
    if isinstance(carried, EnumType) and argument.default is not None:
        return carried(str(argument.default))
    if argument.kind is bool:
        return argument.default
    if get_origin(argument.kind) is tuple and argument.default:
        return list(argument.default)
    return ABSENT


def _page(given: Mapping[str, Any]) -> PageRequest:
    return PageRequest(first=given.get("first", PAGE_ROWS_DEFAULT), after=given.get("after") or None)


def _parameter(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
