"""Both doors give one answer: every read that both have is asked through each, and the values are compared field by field.

The reads are taken from their declarations; a question with arguments that must be sent has an example here, or fails by name.
"""

from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from salesapi.api.reads.arguments import arguments_of, camel
from salesapi.api.reads.catalogue import ITEMS, LISTS, READS
from salesapi.api.reads.question import Item, PageOf, Question
from salesapi.api.reads.questions import QUESTIONS
from tests.api.graphql_client import must
from tests.api.scope_company import Company

NAMED: Final = {question.name: question for question in QUESTIONS if question.name not in {read.name for read in READS}}
"""Questions that are neither a list nor a single thing by its id."""
IN_BOTH: Final = {name for name, question in NAMED.items() if question.rest is not None and question.in_graphql}
WINDOW: Final = {"window_from": "2026-02-01", "window_to": "2026-02-28"}
LIFE: Final = {"renewal_commission": "not_commensurate", "customer_life_months": 30}
ASKED: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "customerTimeline": ({"customer_id": "$customer of rep"},),
    "me": ({},),
    "teams": ({}, {"on": "2026-02-01"}),
    "compensationPlanDifferences": ({"plan_id": "$plan rep", "version_from": 1, "version_to": 1},),
    "commissionEstimate": ({"deal_id": "$deal of rep"},),
    "dealReport": ({}, {"group_by": ["owner", "customer"]}, {"group_by": ["stage"], "as_of": "2026-02-28"}),
    "funnelSnapshot": ({"group_by": ["owner"], **WINDOW},),
    "funnelCohort": ({"as_of": "2026-03-31", **WINDOW},),
    "stageVelocity": ({"group_by": ["attribute:sector"], **WINDOW},),
    "receivables": ({"as_of": "2026-03-31"}, {"as_of": "2026-03-31", "by_customer": True, "bucket_days": [7, 14]}),
    "retentionDue": ({"as_of": "2036-03-31"},),
    "commissionAccruals": (WINDOW, {**WINDOW, "dimension": "member"}),
    "contractCosts": (
        {**WINDOW, "benefit_months": 24},
        {**WINDOW, "benefit_months": 6, "expedient": "elected"},
        {**WINDOW, "employer_tax_percent": "20.5", "employer_taxes": "capitalised", **LIFE},
    ),
}
"""What is asked of each question, by the fields of its record. `$name` is the id of a thing of the company."""

PAID: Final = {"payout_run_id": "$run both", "member_id": "$rep"}
LIVE: Final = {"plan_id": "$plan both", "member_id": "$rep", "period": "2026-02"}
PARTS: Final = (
    ("payroll", "lines", "payrollLines", {"payout_run_id": "$run both"}),
    ("statementTrace", "statement", "statement", PAID),
    ("statementTrace", "lines", "statementLines", PAID),
    ("liveStatementTrace", "statement", "liveStatement", LIVE),
    ("liveStatementTrace", "lines", "liveStatementLines", LIVE),
)
"""Questions of REST alone, a part of the answer, and the question of GraphQL that answers it."""
RELATIONS: Final = {"stageVisits", "payoutRunStatements"}
"""Questions of REST that are a field of a thing in GraphQL."""
TOO_DEEP: Final = frozenset({"versions", "proposed"})
"""Fields that a list would show deeper than a document may go; the single thing shows them."""


@pytest.mark.complete
def test_every_question_of_both_doors_is_asked_here() -> None:
    assert ASKED.keys() == IN_BOTH
    assert {name for each in PARTS for name in (each[0], each[2])} | RELATIONS == NAMED.keys() - IN_BOTH


@pytest.mark.parametrize("read", LISTS, ids=lambda read: str(read.name))
async def test_a_list_holds_the_same_in_both_doors(company: Company, read: Any) -> None:
    by_rest = (await company.get(read.path, "admin", first=100)).json()["items"]
    selected = selection(read.listing.shape, but=TOO_DEEP)
    document = f"{{ {read.name}(first: 100) {{ edges {{ node {{ {selected} }} }} }} }}"
    by_graphql = [edge["node"] for edge in (await must(company.service, document))[read.name]["edges"]]
    assert by_rest, f"the company has nothing to list as {read.name}"
    shallow = [{name: value for name, value in item.items() if name not in TOO_DEEP} for item in by_rest]
    assert told(by_graphql) == told(shallow)


@pytest.mark.parametrize("read", ITEMS, ids=lambda read: str(read.name))
async def test_a_thing_is_the_same_in_both_doors(company: Company, read: Any) -> None:
    listed = next(each for each in LISTS if read.path.startswith(f"{each.path}/{{"))
    for thing in (await company.get(listed.path, "admin", first=100)).json()["items"]:
        path, _, rest = read.path.partition("{")
        by_rest = (await company.get(f"{path}{thing['id']}{rest.partition('}')[2]}", "admin")).json()["item"]
        document = f'{{ {read.name}(id: "{thing["id"]}") {{ {selection(read.thing.shape)} }} }}'
        assert told((await must(company.service, document))[read.name]) == told(by_rest)


@pytest.mark.parametrize(
    ("name", "given"), [(name, given) for name, several in ASKED.items() for given in several], ids=str
)
async def test_a_question_is_answered_alike_by_both_doors(company: Company, name: str, given: dict[str, Any]) -> None:
    question = NAMED[name]
    shown = await by_rest(company, question, given)
    assert shown, f"the company has nothing to answer {name} with"
    assert told(await by_graphql(company, question, given)) == told(shown)


@pytest.mark.parametrize(("whole", "part", "name", "given"), PARTS, ids=str)
async def test_a_part_of_an_answer_is_the_same_where_it_is_asked_for_alone(
    company: Company, whole: str, part: str, name: str, given: dict[str, Any]
) -> None:
    shown = (await by_rest(company, NAMED[whole], given))[part]
    assert shown, f"the company has nothing to answer {name} with"
    assert told(await by_graphql(company, NAMED[name], given)) == told(shown)


def known_in(company: Company, given: dict[str, Any]) -> dict[str, Any]:
    """What is given, with the ids of the company."""
    return {field: company[value[1:]] if str(value).startswith("$") else value for field, value in given.items()}


async def by_rest(company: Company, question: Question[Any, Any], given: dict[str, Any]) -> Any:
    """The answer of REST without what is around it."""
    assert question.rest is not None
    known, sent = known_in(company, given), dict[str, Any]()
    for argument in arguments_of(question.arguments):
        if argument.field in known and f"{{{argument.field}}}" not in question.rest.path:
            is_repeated = argument.texts is not None and argument.texts.is_repeated
            sent[str(argument.rest)] = known[argument.field] if is_repeated else text(known[argument.field])
    if "by_customer" in known:
        sent["groupBy"] = "customer"
    if question.rest.choice is not None:
        sent |= dict([question.rest.choice])
    answer = await company.get(question.rest.path.format(**known), "admin", **sent)
    assert answer.status_code == 200, answer.text
    inner = {PageOf: "items", Item: "item"}.get(type(question.answers))
    return answer.json()[inner] if inner else answer.json()


async def by_graphql(company: Company, question: Question[Any, Any], given: dict[str, Any]) -> Any:
    """The answer of GraphQL without what is around it."""
    known, name = known_in(company, given), question.name
    passed = ", ".join(
        f"{argument.graphql}: {literal(argument.kind, known[argument.field])}"
        for argument in arguments_of(question.arguments)
        if argument.field in known
    )
    called = f"{name}({passed})" if passed else name
    inner = selection(question.answers.shape)
    if not isinstance(question.answers, PageOf):
        return (await must(company.service, f"{{ {called} {{ {inner} }} }}"))[name]
    document = f"{{ {called} {{ edges {{ node {{ {inner} }} }} }} }}"
    return [edge["node"] for edge in (await must(company.service, document))[name]["edges"]]


def selection(shape: type, *, but: frozenset[str] = frozenset()) -> str:
    """All fields of a shape and of what is inside it, but for some."""
    hints = get_type_hints(shape)
    declared: Any = shape
    names = []
    for field in fields(declared):
        if field.name in but:
            continue
        if kinds := kinds_in(hints[field.name]):
            names.append(
                f"{camel(field.name)} {{ {' '.join(f'... on {kind.__name__} {{ kind }}' for kind in kinds)} }}"
            )
            continue
        inner = record_in(hints[field.name])
        names.append(f"{camel(field.name)} {{ {selection(inner)} }}" if inner is not None else camel(field.name))
    return " ".join(names)


def record_in(hint: Any) -> type | None:
    """The record that a field holds, where it holds one or several."""
    if get_origin(hint) in (Annotated, tuple):
        return record_in(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        arms = [arm for arm in get_args(hint) if arm is not NoneType]
        return record_in(arms[0]) if len(arms) == 1 else None
    return hint if isinstance(hint, type) and is_dataclass(hint) else None


def kinds_in(hint: Any) -> list[type]:
    """The records of which a field holds one, told by its kind; what each holds is compared in `test_component_rates.py`."""
    if get_origin(hint) is Annotated:
        return kinds_in(get_args(hint)[0])
    arms = get_args(hint) if get_origin(hint) in (Union, UnionType) else ()
    records = [arm for arm in arms if isinstance(arm, type) and is_dataclass(arm)]
    return records if len(records) > 1 else []


def told(value: Any) -> Any:
    """A value as both doors tell it: names in one case, numbers and choices as their text in lower case."""
    if isinstance(value, dict):
        known = {**value, "rate": {"kind": value["rate"]["kind"]}} if isinstance(value.get("rate"), dict) else value
        return {camel(name): told(inner) for name, inner in known.items()}
    if isinstance(value, list):
        return [told(inner) for inner in value]
    return None if value is None else str(value).lower()


def text(value: Any) -> str:
    """A value as a parameter."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def literal(kind: Any, value: Any) -> str:
    """A value as GraphQL writes it."""
    if isinstance(value, list):
        return f"[{', '.join(literal(get_args(kind)[0], each) for each in value)}]"
    if isinstance(value, bool | int):
        return str(value).lower()
    return str(value).upper() if get_origin(kind) is Literal else f'"{value}"'
