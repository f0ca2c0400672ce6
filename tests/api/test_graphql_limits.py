"""The limits of GraphQL documents: what is too large, too deep, too wide or too costly is refused, quickly and before it runs."""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.api.graphql.documents import Documents
from salesapi.api.graphql.executing import Answer, Executor
from salesapi.api.graphql.schema import build_schema
from salesapi.domain.catalogue import Catalogue

SCHEMA = build_schema(Catalogue())
EXECUTOR = Executor(SCHEMA, with_introspection=False)
TOO_COSTLY = "graphql.document_too_costly"
INVALID = "graphql.document_invalid"
STEPS_MAX = 1_000_000
"""Most calls of functions to judge a document: thrice what is measured, far below what the attacks take without limits."""
NESTED = "{ deals(first: %d) { edges { node { customer { deals(first: %d) { activities(first: %d) { id } } } } } } }"


def refusal(document: str, variables: dict[str, object] | None = None) -> str | None:
    """The code of the first refusal of a document, or None where it may run."""
    prepared = EXECUTOR.prepared({"query": document, "variables": variables})
    if not isinstance(prepared, Answer):
        return None
    assert len(orjson.dumps(prepared.content)) < 2_000
    code: str = prepared.content["errors"][0]["extensions"]["code"]
    return code


@contextmanager
def few_steps() -> Iterator[None]:
    """Counts the work of the block instead of timing it, and ends it when it is too much."""
    steps = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal steps
        steps += event == "call"
        assert steps <= STEPS_MAX, "too much work"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def fan_out(levels: int, spreads: int = 2) -> str:
    """Fragments that each spread the next one several times: exponential for whoever walks them naively."""
    fragments = [
        f"fragment F{level} on Deal {{ id {' '.join([f'...F{level + 1}'] * spreads)} }}" for level in range(levels)
    ]
    return "{ deals { edges { node { ...F0 } } } } " + " ".join([*fragments, f"fragment F{levels} on Deal {{ id }}"])


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ deals { edges { node { id } } } }", None),
        (NESTED % (10, 5, 20), None),
        (NESTED % (100, 100, 100), TOO_COSTLY),
        (NESTED % (50, 50, 1), TOO_COSTLY),
        ("{ deals(first: 101) { edges { node { id } } } }", TOO_COSTLY),
        ("{ deals(first: 99999999999999999999) { edges { node { id } } } }", TOO_COSTLY),
        ("{ " + " ".join(f"a{n}: position" for n in range(15)) + " }", None),
        ("{ " + " ".join(f"a{n}: position" for n in range(16)) + " }", TOO_COSTLY),
        ("{ " + " ".join(f"a{n}: position" for n in range(1_000)) + " }", TOO_COSTLY),
        ("{" + " position" * 1_001 + "}", INVALID),
        ("{ position #" + "x" * 10_240 + "\n}", TOO_COSTLY),
        ("{ deals { edges { node { customer { parent { parent { parent { id } } } } } } } }", None),
        ("{ deals { edges { node { customer { parent { parent { parent { parent { id } } } } } } } } }", TOO_COSTLY),
        (fan_out(9), None),
        (fan_out(18), TOO_COSTLY),
        (fan_out(200, 1), INVALID),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", INVALID),
        ("{ position " + "@include(if: true) " * 300 + "}", INVALID),
        ("{ position " + "@skip(if: false) " * 3_000 + "}", TOO_COSTLY),
        ("{ __schema { types { name } } }", INVALID),
        ("{ " + "deals { edges { node { id " * 60 + "} } } " * 60 + "}", TOO_COSTLY),
        ("{" * 300 + "}" * 300, INVALID),
        ("{ " + " ".join(f"{'unknown' * 100}{number}" for number in range(12)) + " }", INVALID),
    ],
)
def test_a_document_is_refused_over_a_limit(document: str, code: str | None) -> None:
    with few_steps():
        assert refusal(document) == code


def test_a_variable_counts_as_what_it_holds() -> None:
    document = "query($n: Int!) { deals(first: $n) { edges { node { activities(first: $n) { id } } } } }"
    assert refusal(document, {"n": 10}) is None
    assert refusal(document, {"n": 100}) == TOO_COSTLY
    defaulted = document.replace("$n: Int!", "$n: Int! = 100")
    assert refusal(defaulted) == TOO_COSTLY
    assert refusal(defaulted, {"n": 10}) is None


def test_fields_under_a_fragment_count_for_each_of_its_spreads() -> None:
    wide = "fragment A on Deal { activities(first: 15) { id } } "
    assert refusal("{ deals(first: 100) { edges { node { ...A } } } } " + wide) is None
    assert refusal(
        "{ deals(first: 100) { edges { node { ...A customer { deals(first: 10) { ...A } } } } } } " + wide
    ) == (TOO_COSTLY)


def test_a_misspelt_field_is_told_without_suggestions() -> None:
    answer = EXECUTOR.prepared({"query": "{ dealz { id } }"})
    assert isinstance(answer, Answer)
    message = answer.content["errors"][0]["message"]
    assert "dealz" in message
    assert "Did you mean" not in message


def test_introspection_is_for_development() -> None:
    open_to_all = Executor(SCHEMA, with_introspection=True)
    assert not isinstance(open_to_all.prepared({"query": "{ __schema { types { name } } }"}), Answer)
    circle = "{ __schema { types " + "{ fields { type " * 5 + "{ name }" + " } }" * 5 + " } }"
    assert isinstance(open_to_all.prepared({"query": circle}), Answer)


def test_only_so_many_documents_are_kept() -> None:
    documents = Documents(SCHEMA.executable, with_introspection=False)
    for number in range(400):
        documents.prepare(f"query Q{number} {{ position }}", {}, None)
    assert len(documents._valid) == 128


@given(seed=st.integers(0, 2**32))
def test_any_document_of_10_kb_is_judged_in_few_steps(seed: int) -> None:
    """Random nests of fields, aliases, fragments and lists; the seed is in the failure."""
    document = random_document(random.Random(seed))[:10_240]
    with few_steps():
        refusal(document)


def random_document(chance: random.Random) -> str:
    """A document out of pieces that are costly together."""
    names = [f"F{number}" for number in range(chance.randint(0, 25))]
    pieces = [
        "id",
        "title",
        "a: title",
        "stageVisits(first: 3) { stage }",
        "customer { id name }",
        "lines { quantity }",
    ]
    pieces += ["owner { team { name } }", "activities { id }", "id " * 50, "x: id y: id"]
    pieces += [f"...{name}" for name in names]
    fragments = [
        f"fragment {name} on Deal {{ {' '.join(chance.choices(pieces, k=chance.randint(1, 12)))} }}" for name in names
    ]
    body = " ".join(chance.choices(pieces, k=chance.randint(1, 30)))
    return f"{{ deals {{ edges {{ node {{ {body} }} }} }} }} {' '.join(fragments)}"
