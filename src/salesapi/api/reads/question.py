"""What a question is: one declaration of a read that both doors, CSV, the contracts and the tests follow from.

A question has arguments (a record: its fields are REST's parameters and GraphQL's arguments), a form of answer, the read models
that it rests on, and the function that answers it. Whose rows it sees is said where it reads: `reading.read(query, scope, ...)`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Concatenate, Final, Generic, ParamSpec, Protocol, TypeVar

from salesapi.access.principals import Scope, ScopeOf
from salesapi.api.authentication import Caller
from salesapi.clock import Clock
from salesapi.commands.stream_states import StreamStates
from salesapi.database.connections import Connection, Pool
from salesapi.eventlog.recorder import EventLog
from salesapi.ledgers import PayFactsReader
from salesapi.queries.paging import Page
from salesapi.queries.pay.live_statements import LiveAnswer
from salesapi.queries.reports import Reports
from salesapi.queries.sources import refuse_unknown_read_models
from salesapi.schemas.pay.live_statements import LiveStatement

Arguments = TypeVar("Arguments")
Answer = TypeVar("Answer")
Shape = TypeVar("Shape")
Found = TypeVar("Found")
Given = ParamSpec("Given")


@dataclass(frozen=True, slots=True)
class Answers(Generic[Answer]):
    """A form of answer; one of those below."""

    shape: type
    """What the answer is, or holds."""


@dataclass(frozen=True, slots=True)
class Item(Answers[Shape]):
    """One thing; null in GraphQL where there is none."""

    shape: type[Shape]


@dataclass(frozen=True, slots=True)
class PageOf(Answers[Page[Shape]], Generic[Shape]):
    """Some of a list; the question's record holds `page: PageRequest`."""

    shape: type[Shape]


@dataclass(frozen=True, slots=True)
class AllOf(Answers[tuple[Shape, ...]], Generic[Shape]):
    """All parts of one thing; in GraphQL these are a field of the thing."""

    shape: type[Shape]


@dataclass(frozen=True, slots=True)
class Whole(Answers[Shape]):
    """An answer that stands by itself and says which position it reflects, such as a report."""

    shape: type[Shape]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSources:
    """The sources that the questions of one process share."""

    pool: Pool
    log: EventLog
    states: StreamStates
    ledgers: PayFactsReader
    clock: Clock
    reports: Reports


class Reading(Protocol):
    """One question as it is being answered: who asks, and what may be read for it."""

    @property
    def caller(self) -> Caller:
        """The caller who asks, with its scopes."""

    @property
    def shared(self) -> ReadSources:
        """The sources that it may read beside the read models."""

    @property
    def live(self) -> dict[LiveStatement, LiveAnswer]:
        """The live statements that were answered, for the lines that are asked of them."""

    @property
    def wanted(self) -> int | None:
        """The log position that the answer shall reflect, where the caller names one."""

    async def position(self, later: int | None = None) -> int:
        """The log position that the answer reflects at least: the wanted one, and a later one where that is asked for.

        Raises:
            PositionTimedOut, ProjectionStopped.
        """

    async def read(
        self,
        query: Callable[Concatenate[Connection, Scope, Given], Awaitable[Found]],
        scope: ScopeOf,
        *args: Given.args,
        **named: Given.kwargs,
    ) -> Found:
        """One question to the read models, within the asker's scope."""


@dataclass(frozen=True, slots=True)
class Reflecting(Generic[Answer]):
    """An answer that is later than the read models: it was computed from the log, up to this position."""

    answer: Answer
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable(Generic[Answer]):
    """An answer as a table beside JSON: the name of the file, its columns, and its rows."""

    name: Callable[[Answer], str]
    columns: tuple[str, ...]
    rows: Callable[[Answer], Iterable[Sequence[object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class InRest:
    """The place at which REST answers a question, and what REST says of it beyond the summary."""

    path: str
    """Its parts in braces are names of arguments."""
    operation: str = ""
    """The operation, where it is not named as the question."""
    summary: str = ""
    """One sentence without its full stop, where it is not the question's."""
    about: str = ""
    """What a caller must know beyond the summary."""
    refusals: tuple[int, ...] = (401, 404, 422, 503)
    tag: str = ""
    """The group of operations, where it is not the first part of the path."""
    choice: tuple[str, str] | None = None
    """A parameter and the value with which this question is meant, where several share a path; the first is the default."""


in_reports: Final = partial(InRest, refusals=(401, 413, 422, 503))
"""The place of a report: it names no thing that could be unknown, and may ask for too much."""
in_pay: Final = partial(InRest, refusals=(401, 404, 409, 422, 503))
"""The place of pay as it is computed, which what it is asked of may not allow yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[Arguments, Answer]):
    """A read, declared once for both doors."""

    name: str
    """The field of `Query` in GraphQL, and the operation in REST."""
    summary: str
    """One sentence for the users of both doors, without its full stop."""
    arguments: type[Arguments]
    answers: Answers[Answer]
    answer: Callable[[Reading, Arguments], Awaitable[Answer | Reflecting[Answer]]]
    reads: tuple[str, ...]
    """The read models whose position the answer reflects; none where it is read from the log itself."""
    rest: InRest | None = None
    in_graphql: bool = True
    csv: CsvTable[Answer] | None = None

    def __post_init__(self) -> None:
        """Checks that some door answers it.

        Raises:
            QuestionInvalid: with its name.
        """
        if self.rest is None and not self.in_graphql:
            raise QuestionInvalid(f"the question {self.name} is answered by no door: give it `rest`, or `in_graphql`")
        refuse_unknown_read_models(f"the question {self.name}", self.reads)


class QuestionInvalid(ValueError):
    """A question's declaration contradicts itself; the message names it."""
