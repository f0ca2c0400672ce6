"""REST's door to questions: one route for each path, its parameters, its answer as JSON or CSV, and its description."""

from collections.abc import Awaitable, Callable, Sequence
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any, Concatenate, Final

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from salesapi.access.principals import Scope, ScopeOf
from salesapi.api.authentication import Authenticator, Caller
from salesapi.api.reads.question import (
    AllOf,
    Found,
    Given,
    InRest,
    Item,
    PageOf,
    Question,
    ReadSources,
    Reflecting,
    Whole,
)
from salesapi.api.reads.questions import QUESTIONS
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.argument_texts import ArgumentTexts
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.csv_answers import FORMAT, csv_answer, is_csv
from salesapi.api.rest.parameters import ParameterInvalid, described
from salesapi.database.connections import Connection
from salesapi.projections.positions import log_reached, reached
from salesapi.queries.pay.live_statements import LiveAnswer
from salesapi.schemas.answers import item_of, items_of, page_of
from salesapi.schemas.pay.live_statements import LiveStatement

ENVELOPES: Final[dict[type, Callable[[Any], type[BaseModel]]]] = {PageOf: page_of, AllOf: items_of, Item: item_of}
"""What is around a form of answer; one that stands by itself has none."""


class RestReading:
    """A question as REST answers it."""

    def __init__(self, caller: Caller, shared: ReadSources, reads: Sequence[str], wanted: int | None) -> None:
        """`reads` are the read models whose position counts; without any it is the log's."""
        self.caller = caller
        self.shared = shared
        self.wanted = wanted
        self.live: dict[LiveStatement, LiveAnswer] = {}
        self._reads = reads
        self._position: int | None = None

    async def position(self, later: int | None = None) -> int:
        """As `Reading.position`."""
        wanted = self.wanted if later is None else max(later, self.wanted or 0)
        if self._position is None or (later is not None and self._position < later):
            if self._reads:
                self._position = await reached(self.shared.pool, self._reads, wanted)
            else:
                self._position = await log_reached(self.shared.log, wanted)
        return self._position

    async def read(
        self,
        query: Callable[Concatenate[Connection, Scope, Given], Awaitable[Found]],
        scope: ScopeOf,
        *args: Given.args,
        **named: Given.kwargs,
    ) -> Found:
        """As `Reading.read`."""
        async with self.shared.pool.acquire() as connection:
            return await query(connection, self.caller.scope(scope), *args, **named)


class QuestionRoutes:
    """Adds the routes of all questions."""

    def __init__(self, authenticator: Authenticator, shared: ReadSources) -> None:
        self._authenticator = authenticator
        self._shared = shared

    def add_to(self, app: FastAPI) -> None:
        """Adds them; questions that share a path are told apart by a parameter."""
        for path, several in groupby(QUESTIONS, key=lambda question: question.rest and question.rest.path):
            if path is not None:
                self._add(app, list(several))

    def _add(self, app: FastAPI, questions: list[Question[Any, Any]]) -> None:
        first, place = questions[0], _place(questions[0])
        choice = _choice(questions)
        also = [each for each in (choice, FORMAT if first.csv is not None else None) if each is not None]
        texts = ArgumentTexts(first, also)

        async def endpoint(request: Request) -> Response:
            caller = await self._authenticator.caller(request.headers.get("authorization"))
            arguments, wanted = texts.read(request)
            question = _chosen(request, questions)
            as_csv = question.csv is not None and is_csv(request.query_params)
            reading = RestReading(caller, self._shared, question.reads, wanted)
            return await _answered(question, reading, arguments, as_csv=as_csv)

        app.add_api_route(
            place.path,
            endpoint,
            methods=["GET"],
            operation_id=place.operation or first.name,
            tags=[place.tag or place.path.split("/")[2]],
            summary=place.summary or first.summary,
            description=place.about,
            response_model=None,
            responses={
                200: {"model": _model(questions), **_described(first)},
                **{status: REFUSALS[status] for status in place.refusals},
            },
            openapi_extra={"parameters": texts.described()},
        )


async def _answered(question: Question[Any, Any], reading: RestReading, arguments: Any, *, as_csv: bool) -> Response:
    position = None if isinstance(question.answers, Whole) else await reading.position()
    found = await question.answer(reading, arguments)
    if isinstance(found, Reflecting):
        found, position = found.answer, found.position
    if as_csv:
        assert question.csv is not None, "asked for by its parameter only"
        return csv_answer(question.csv.name(found), question.csv.columns, question.csv.rows(found))
    if isinstance(question.answers, PageOf):
        return json_answer({"items": found.items, "next_cursor": found.next_cursor, "position": position})
    if isinstance(question.answers, AllOf):
        return json_answer({"items": found, "position": position})
    if isinstance(question.answers, Item):
        version = getattr(found, "version", None)
        headers = {} if version is None else {"etag": f'"{version}"'}
        return json_answer({"item": found, "position": position}, headers=headers)
    return json_answer(found)


def _place(question: Question[Any, Any]) -> InRest:
    assert question.rest is not None, "REST answers it"
    return question.rest


def _choice(questions: Sequence[Question[Any, Any]]) -> dict[str, Any] | None:
    """The parameter that tells the questions of one path apart, for the OpenAPI document."""
    choices = [place.choice for place in map(_place, questions) if place.choice is not None]
    if not choices:
        return None
    values = [value for _, value in choices]
    schema = {"type": "string", "enum": values, "default": values[0]}
    return described(choices[0][0], schema, about="Flow, or cohorts.")


def _chosen(request: Request, questions: Sequence[Question[Any, Any]]) -> Question[Any, Any]:
    by_value = {place.choice: question for question in questions if (place := _place(question)).choice is not None}
    if not by_value:
        return questions[0]
    name = next(iter(by_value))[0]
    value = request.query_params.get(name, next(iter(by_value))[1])
    if (name, value) not in by_value:
        known = ", ".join(value for _, value in by_value)
        raise ParameterInvalid(name=name, reason=f"it is one of {known}", pointer=f"/{name}")
    return by_value[name, value]


def _model(questions: Sequence[Question[Any, Any]]) -> Any:
    answers = questions[0].answers
    if type(answers) in ENVELOPES:
        return ENVELOPES[type(answers)](answers.shape)
    return reduce(or_, (question.answers.shape for question in questions))


def _described(question: Question[Any, Any]) -> dict[str, Any]:
    if not isinstance(question.answers, Whole):
        return {"description": "The answer."}
    return {
        "description": "The report.",
        "content": {"text/csv": {"schema": {"type": "string"}}} if question.csv else {},
    }
