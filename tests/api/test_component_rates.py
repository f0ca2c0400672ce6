"""The rate of a component is one of several kinds: how both doors take it, show it, and say what is wrong with one."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from salesapi.api.graphql.documents import DocumentRejected, Documents
from salesapi.api.graphql.schema import build_schema
from salesapi.cli.following import running_followers
from salesapi.clock import SystemClock
from salesapi.commands.command_reading import CommandMalformed, CommandReader
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.pay.plans.compensation_plans import PublishCompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from tests.api.graphql_client import must
from tests.domain.pay.plan_options import RATES, paying
from tests.service import Service
from tests.spec import uid

CATALOGUE: Final = Catalogue()
READER: Final = CommandReader(CATALOGUE, SystemClock(), "UTC")
DOCUMENTS: Final = Documents(build_schema(CATALOGUE).executable, with_introspection=False)
TIER: Final = {"lower": "0", "upper": None, "rate_percent": "5", "applies_to": "new"}
TIERS: Final = {"kind": "tiers", "axis": "amount", "boundary": "lower_inclusive", "tiers": [TIER]}
PUBLISH: Final = """mutation(%s) {
    publishCompensationPlanVersion(idempotencyKey: "k", input: {planId: "%s", period: QUARTER, reason: "x",
        rounding: {scope: LINE, mode: HALF_UP}, components: [{key: "a", name: "A", credit: DIRECT, rate: %s}]}) { id } }"""
READ: Final = """query($plan: UUID!, $at: BigInt) {
    compensationPlan(id: $plan, minPosition: $at) { versions { components { key rate { __typename
    ... on FlatRate { kind ratePercent accelerator { factor } } ... on DealAmount { kind amountMinor }
    ... on UnitAmount { kind amountMinor } ... on IndividualRate { kind targetVariableMinor }
    ... on TierTable { kind tiers { appliesTo } } ... on TargetBonus { kind curve { aboveLast } }
    ... on RateRules { kind rules { productKey } } ... on MarginBandTable { kind bands { ratePercent } }
    ... on ContractTermTable { kind kickers { factor } } ... on ResidualTerms { kind periods }
    ... on RateMatrix { kind first } } } } } }"""


def sent(rate: object) -> dict[str, Any]:
    """Writes what a client sends for a version that pays by this rate."""
    component = {"key": "a", "name": "A", "credit": "direct", "rate": rate}
    rounding = {"scope": "line", "mode": "half_up"}
    return {"plan_id": str(uid(0xF1)), "period": "quarter", "components": [component], "rounding": rounding}


@pytest.mark.parametrize("kind", RATES)
def test_every_kind_of_rate_is_read_as_it_is_shown(kind: str) -> None:
    shown = json.loads(TypeAdapter(Component).dump_json(paying(kind)))
    command = READER.read("PublishCompensationPlanVersion", {**sent(None), "components": [shown]}).command
    assert isinstance(command, PublishCompensationPlanVersion)
    assert shown["rate"]["kind"] == kind
    assert command.components == (paying(kind),)


@pytest.mark.parametrize(
    ("rate", "place", "words"),
    [
        ({"kind": "unheard", "rate_percent": "5"}, "/kind", "`kind` is one of flat, deal_amount, unit_amount"),
        ({"rate_percent": "5"}, "/kind", "`kind` is one of"),
        ({"kind": ["flat"], "rate_percent": "5"}, "/kind", "`kind` is one of"),
        ({}, "/kind", "`kind` is one of"),
        (None, "", "should be an object"),
        ("flat", "", "should be an object"),
        ({"kind": "flat"}, "/rate_percent", "Field required"),
        ({"kind": "flat", "rate_percent": "5", "amount_minor": 5}, "/amount_minor", "Unexpected"),
        ({**TIERS, "axis": "height"}, "/axis", "'amount' or 'attainment_percent'"),
        ({**TIERS, "tiers": []}, "/tiers", "at least 1 item"),
        ({**TIERS, "tiers": [{**TIER, "lower": "low"}]}, "/tiers/0/lower", "valid decimal"),
        ({"kind": "matrix", "first": "term_months", "matrix": {}}, "/second", "Field required"),
        ({"kind": "rules", "rules": [{}]}, "/rules/0/product_level", "Field required"),
    ],
)
def test_what_is_wrong_with_a_rate_is_told_at_its_place(rate: object, place: str, words: str) -> None:
    with pytest.raises(CommandMalformed) as refused:
        READER.read("PublishCompensationPlanVersion", sent(rate))
    assert refused.value.pointer == f"/components/0/rate{place}"
    assert words in refused.value.text
    assert "unheard" not in refused.value.text, "a refusal never quotes what was sent"


@pytest.mark.parametrize(
    "rate", [{}, {"flat": None}, {"flat": {"ratePercent": "5"}, "dealAmount": {"amountMinor": "5"}}]
)
def test_graphql_takes_exactly_one_kind(rate: dict[str, Any]) -> None:
    with pytest.raises(CommandMalformed, match="needs exactly one of flat, dealAmount, unitAmount"):
        DOCUMENTS.prepare(PUBLISH % ("$rate: ComponentRateInput!", uid(0xF1), "$rate"), {"rate": rate}, None)


@pytest.mark.parametrize(
    "rate", ["{}", "{flat: null}", '{flat: {ratePercent: "5"}, dealAmount: {amountMinor: 5}}', "{flat: $nothing}"]
)
def test_graphql_takes_exactly_one_kind_in_a_document(rate: str) -> None:
    with pytest.raises(DocumentRejected):
        DOCUMENTS.prepare(PUBLISH % ("$nothing: FlatRateInput", uid(0xF1), rate), {}, None)


@pytest_asyncio.fixture
async def followed(service: Service) -> AsyncIterator[Service]:
    """The service, whose plans are followed."""
    async with running_followers(service.core):
        yield service


async def test_every_kind_of_rate_is_shown_by_both_doors(followed: Service) -> None:
    plan = (await followed.must("/v1/compensation-plans", {"key": "all", "name": "All", "currency": "CNY"}))["id"]
    components = [TypeAdapter(Component).dump_python(paying(kind, key=kind), mode="json") for kind in RATES]
    version = {**sent(None), "components": components, "reason": "start"}
    del version["plan_id"]
    at = (await followed.must(f"/v1/compensation-plans/{plan}/publish-version", version))["position"]
    answer = await followed.get(f"/v1/compensation-plans/{plan}", minPosition=at)
    assert answer.status_code == 200, answer.text
    by_rest = answer.json()["item"]
    assert by_rest["versions"][0]["components"] == components
    by_graphql = (await must(followed, READ, {"plan": plan, "at": at}))["compensationPlan"]["versions"][0]["components"]
    assert [each["rate"]["kind"] for each in by_graphql] == [kind.upper() for kind in RATES]
    by_key = {each["key"]: each["rate"] for each in by_graphql}
    assert by_key["flat"] == {"__typename": "FlatRate", "kind": "FLAT", "ratePercent": "5", "accelerator": None}
    assert by_key["matrix"] == {"__typename": "RateMatrix", "kind": "MATRIX", "first": "ATTAINMENT_PERCENT"}
