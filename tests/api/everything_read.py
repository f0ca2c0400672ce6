"""Asks a service everything that it can be asked, with arguments at the bounds of their types, and lists what is not answered.

The questions are taken from their declarations, so a new one is asked here, too.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any, Final, Literal, get_args, get_origin

from salesapi.api.reads.arguments import Argument, arguments_of, camel, path_names
from salesapi.api.reads.catalogue import LISTS
from salesapi.api.reads.question import Question
from salesapi.api.reads.questions import QUESTIONS
from tests.api.graphql_client import ask
from tests.api.test_read_parity import ASKED, NAMED, TOO_DEEP, literal, selection
from tests.service import Service

PAGE: Final = 100
EDGES: Final = (date.min, date(2026, 3, 31), date.max)
WINDOWS: Final = ((date.min, date.min), (date.min, date.max), (date.max, date.max), (date.max, date.min))
PERIODS: Final = ("0001-01", "2026-02", "2026-03", "2026", "9998-12")
THINGS: Final = {
    "deal_id": "/v1/deals",
    "customer_id": "/v1/customers",
    "plan_id": "/v1/compensation-plans",
    "payout_run_id": "/v1/payout-runs",
    "member_id": "/v1/members",
}
"""Where the ids come from that a path names."""
PAIRED_MAX: Final = 40
"""Most places of a question whose path has several ids."""


class Reading:
    """One reader, and what it was not answered."""

    def __init__(self, service: Service, role: str) -> None:
        self.service = service
        self.role = role
        self.faults: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.items: dict[str, list[dict[str, Any]]] = {}

    async def get(self, path: str, **sent: Any) -> Any:
        """The answer, or None where there is none; what is a fault of the service is kept."""
        answer = await self.service.get(path, role=self.role, **sent)
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.faults.append(f"{self.role}: {path} {sent}: {answer.status_code} {answer.text[:200]}")
        is_json = answer.status_code == 200 and "json" in answer.headers["content-type"]
        return answer.json() if is_json else None

    async def graphql(self, document: str) -> None:
        """As `get`, by the other door."""
        answer = await ask(self.service, document, role=self.role)
        self.statuses[answer.status_code] += 1
        codes = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
        if answer.status_code >= 500 or "internal" in codes:
            self.faults.append(f"{self.role}: {document[:300]}: {answer.status_code} {answer.text[:200]}")

    async def everything(self) -> None:
        """Lists, single things, questions, in every form."""
        for read in LISTS:
            self.items[read.path] = [item async for item in self._pages(read.path)]
        for question in QUESTIONS:
            if question.rest is not None:
                await self._question(question)
        for read in LISTS:
            selected = selection(read.listing.shape, but=TOO_DEEP)
            await self.graphql(f"{{ {read.name}(first: 100) {{ edges {{ node {{ {selected} }} }} }} }}")
        async for _ in self._feed():
            pass

    async def by_graphql(self, names: dict[str, str]) -> None:
        """The questions with a form of their own, by the other door."""
        for name, several in ASKED.items():
            question = NAMED[name]
            for given in several:
                for day in EDGES:
                    dated = {field: str(day) for field in given if field in DATES}
                    known = {
                        field: names.get(value[1:], value) if str(value).startswith("$") else value
                        for field, value in {**given, **dated}.items()
                    }
                    passed = ", ".join(
                        f"{argument.graphql}: {literal(argument.kind, known[argument.field])}"
                        for argument in arguments_of(question.arguments)
                        if argument.field in known
                    )
                    shape = selection(question.answers.shape)
                    inner = shape if name != "customerTimeline" else f"edges {{ node {{ {shape} }} }}"
                    await self.graphql(f"{{ {name}{f'({passed})' if passed else ''} {{ {inner} }} }}")

    async def _pages(self, path: str, **sent: Any) -> AsyncIterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = await self.get(path, first=PAGE, **after, **sent)
            for item in page["items"] if page else ():
                yield item
            if not page or page["next_cursor"] is None:
                return
            after = {"after": page["next_cursor"]}

    async def _feed(self) -> AsyncIterator[None]:
        position = 0
        while True:
            page = await self.get("/v1/events", after=position, limit=500)
            if page is None or position == page["head"]:
                return
            position = page["scanned_to"]
            yield None

    async def _question(self, question: Question[Any, Any]) -> None:
        assert question.rest is not None
        also = dict([question.rest.choice]) if question.rest.choice is not None else {}
        taken = [each for each in arguments_of(question.arguments) if each.rest is not None]
        free = [each for each in taken if each.field not in path_names(question.rest.path)]
        for path in self._places(question):
            for sent in _asked(question, free):
                await self.get(path, **also, **sent)
                if question.csv is not None:
                    await self.get(path, **also, **sent, format="csv")

    def _places(self, question: Question[Any, Any]) -> Iterator[str]:
        """The paths of a question, with each of the ids that there are."""
        assert question.rest is not None
        path, names = question.rest.path, path_names(question.rest.path)
        listed = next((each.path for each in LISTS if path.startswith(f"{each.path}/{{")), "")
        if not names:
            yield path
        elif len(names) == 1:
            for item in self.items[listed or THINGS[names[0]]]:
                yield path.format(**{names[0]: item["id"]})
        else:
            for item in self._paired(names)[:PAIRED_MAX]:
                yield path.format(**item)

    def _paired(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        """The ids of what a member has its part in: a plan by its enrolment, a run with each member."""
        if "plan_id" in names:
            return [{name: each[name] for name in names} for each in self.items["/v1/enrolments"]]
        runs, members = (self.items[THINGS[name]] for name in names)
        return [dict(zip(names, (run["id"], member["id"]), strict=True)) for run, member in product(runs, members)]


DATES: Final = frozenset({"as_of", "on", "window_from", "window_to"})


def _asked(question: Question[Any, Any], free: list[Argument]) -> Iterator[dict[str, Any]]:
    """What is sent to a question: with what it cannot do without, and each argument at the bounds of its type."""
    needed = {str(each.rest): _values(each)[0] for each in free if each.is_required}
    yield needed
    names = {each.field: str(each.rest) for each in free}
    if {"window_from", "window_to"} <= names.keys():
        for first, last in WINDOWS:
            yield {**needed, names["window_from"]: str(first), names["window_to"]: str(last)}
    for argument in free:
        if argument.is_filter:
            for each in arguments_of(argument.kind):
                for value in _values(each):
                    yield {**needed, camel(each.field): value}
        else:
            for value in _values(argument):
                yield {**needed, str(argument.rest): value}
    for given in ASKED.get(question.name, ()):
        plain = {name: text for name, text in given.items() if not str(text).startswith("$") and name in names}
        for day in EDGES:
            sent = {**needed, **{names[name]: _text(value) for name, value in plain.items()}}
            yield {**sent, **{names[name]: str(day) for name in DATES & names.keys()}}


def _text(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list) and value and isinstance(value[0], int) else value


def _values(argument: Argument) -> list[Any]:
    """The values at the bounds of an argument's type; none where no type tells them."""
    kind: Any = argument.kind
    if kind is date:
        return [str(day) for day in EDGES]
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return list(kind)
    if argument.field in ("period",):
        return list(PERIODS)
    if argument.field == "group_by":
        return ["stage", "owner", "manager", "team", "region", "product", "customer", "opened_month", "closed_quarter"]
    if kind is int:
        return [1]
    return []
