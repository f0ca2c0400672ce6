"""The published JSON Schema of plans: it takes every plan that the doors take, and names the place where one is wrong."""

import json
from random import Random
from typing import Any, Final

import pytest
from pydantic import TypeAdapter, ValidationError

from salesapi.api.plan_schema import DIALECT, NOT_OF_THE_VERSION, plan_schema
from salesapi.demo.company import foundation
from salesapi.domain.pay.plans.compensation_plans import PublishCompensationPlanVersion, terms_of
from tests.api.parity.requests import REQUESTS
from tests.api.schema_checking import problems
from tests.domain.pay.generated_options import with_options
from tests.domain.pay.plan_options import RATES, TERMS, paying, terms
from tests.domain.pay.plans.generated_plans import version as generated
from tests.laws import budget
from tests.spec import uid

SCHEMA: Final = plan_schema()
COMMAND: Final = TypeAdapter(PublishCompensationPlanVersion)
PLAN: Final = str(uid(0xF1))


def body(command: PublishCompensationPlanVersion) -> dict[str, Any]:
    """Writes what a client sends for a version."""
    sent: dict[str, Any] = COMMAND.dump_python(command, mode="json")
    return {name: value for name, value in sent.items() if name not in NOT_OF_THE_VERSION}


def publishing(stated: Any, **options: Any) -> PublishCompensationPlanVersion:
    return PublishCompensationPlanVersion(plan_id=uid(0xF1), period="quarter", **{**terms_of(stated), **options})


def is_taken(sent: dict[str, Any]) -> bool:
    """Tells whether the doors take its form; what its parts may say together is decided later."""
    try:
        COMMAND.validate_json(json.dumps({**sent, "plan_id": PLAN}), strict=True)
    except ValidationError:
        return False
    return True


def test_the_schema_says_of_itself_what_it_is() -> None:
    assert SCHEMA["$schema"] == DIALECT
    assert SCHEMA["required"] == ["components", "rounding", "period"]
    assert not set(NOT_OF_THE_VERSION) & SCHEMA["properties"].keys()


def test_everything_in_it_has_a_description() -> None:
    for name, definition in {"the version": SCHEMA, **SCHEMA["$defs"]}.items():
        assert definition["description"], name
        for field, schema in definition["properties"].items():
            assert schema.keys() & {"description", "$ref"}, f"{name}.{field}"


def test_the_plans_of_the_demo_are_valid() -> None:
    published = [each for each in foundation() if isinstance(each, PublishCompensationPlanVersion)]
    assert len(published) == 2
    assert [problems(SCHEMA, body(each)) for each in published] == [[], []]


def test_the_plans_that_the_tests_send_are_valid() -> None:
    sent = [each.values for each in REQUESTS if each.command == "PublishCompensationPlanVersion" and not each.code]
    assert sent
    for values in sent:
        assert problems(SCHEMA, {name: each for name, each in values.items() if name not in NOT_OF_THE_VERSION}) == []


@pytest.mark.parametrize("rate", RATES)
def test_every_kind_of_rate_is_valid(rate: str) -> None:
    assert problems(SCHEMA, body(publishing(terms(paying(rate))))) == []


def test_every_rule_of_the_whole_plan_is_valid() -> None:
    assert problems(SCHEMA, body(publishing(terms(**TERMS)))) == []


@pytest.mark.parametrize("seed", range(budget(100)))
def test_generated_plans_with_all_their_options_are_valid(seed: int) -> None:
    random = Random(seed)
    assert problems(SCHEMA, body(publishing(with_options(random, generated(random), "quarter")))) == []


FLAT = body(publishing(terms()))


def rated(rate: object) -> dict[str, Any]:
    """A component with this rate."""
    return {"components": [{**FLAT["components"][0], "rate": rate}]}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"components": []}, "/components minItems"),
        ({"period": "week"}, "/period enum"),
        ({"rounding": {"scope": "line"}}, "/rounding required"),
        ({"cap_minor": "5"}, "/cap_minor anyOf"),
        ({"effective_from": "31.12.2026"}, "/effective_from anyOf"),
        ({"bonus": True}, " additionalProperties"),
        ({"components": [{**FLAT["components"][0], "credit": "nobody"}]}, "/components/0/credit enum"),
        ({"components": [{**FLAT["components"][0], "key": ""}]}, "/components/0/key minLength"),
        (rated({"kind": "flat", "rate_percent": "five"}), "/components/0/rate oneOf"),
        (rated({"kind": "unheard", "rate_percent": "5"}), "/components/0/rate oneOf"),
        (rated({"kind": "deal_amount", "rate_percent": "5"}), "/components/0/rate oneOf"),
        (rated({"kind": "flat", "rate_percent": "5", "amount_minor": 5}), "/components/0/rate oneOf"),
        (rated({"rate_percent": "5"}), "/components/0/rate oneOf"),
        (rated(None), "/components/0/rate oneOf"),
    ],
)
def test_what_the_doors_do_not_take_is_invalid_at_its_place(wrong: dict[str, Any], place: str) -> None:
    assert problems(SCHEMA, {**FLAT, **wrong}) == [place]
    assert not is_taken({**FLAT, **wrong})


def test_a_rate_is_a_text_and_one_that_must_be_above_zero_is() -> None:
    number = {**FLAT, **rated({"kind": "flat", "rate_percent": 5.25})}
    assert problems(SCHEMA, number) == ["/components/0/rate oneOf"]
    factor = SCHEMA["$defs"]["Accelerator"]["properties"]["factor"]
    assert [problems(factor, text) for text in ("0", "0.000", "-1")] == [[" pattern"]] * 3
    assert [problems(factor, text) for text in ("0.001", "1", "10.50")] == [[]] * 3
