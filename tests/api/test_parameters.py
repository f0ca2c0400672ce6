"""Every parameter of every read that is no list changes the answer: one that is read and forgotten fails by its name.

Parameters are taken from the OpenAPI document, so that a new one fails here until it has a value. The filters of lists are
tested on rows (`tests/queries/test_every_list.py`); what the figures of reports are has tests of its own.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio

from salesapi.api.reads.catalogue import LISTS
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.companies import flat, version_of
from tests.api.scope_company import Company, scoped_company

NOBODY: Final = "00000000-0000-7000-8000-00000000dead"
BEFORE, AFTER = "1999-01-01", "2999-01-01"
FEBRUARY: Final = {"from": "2026-02-01", "to": "2026-02-28"}
COMMON: Final = {"first", "after", "minPosition", "format", "waitSeconds"}
"""What all lists have, and what changes the form of an answer only."""
OF_LISTS: Final = {read.name for read in LISTS}
OF_DEALS: Final[dict[str, Any]] = {
    **dict.fromkeys(("pipelineId", "ownerId", "managerId", "teamId", "productId"), NOBODY),
    "region": "west",
    "productCategory": "none",
    "customerAttribute": "sector:none",
    "status": "lost",
    **{"openedFrom": AFTER, "openedTo": BEFORE, "closedFrom": AFTER, "closedTo": BEFORE},
    "groupBy": "owner",
    "asOf": BEFORE,
}
OF_COSTS: Final[dict[str, Any]] = {"from": "2026-02-01", "to": "2026-03-31", "employerTaxPercent": "20"}
ASKED: Final[dict[str, dict[str, Any]]] = {
    "teams": {"on": BEFORE},
    "compensationPlanDifferences": {"from": 2, "to": 3},
    "statement": {"expand": "events"},
    "liveStatement": {"period": "2026-03", "expand": "events"},
    "payroll": {"batch": "none"},
    "DealsReport": OF_DEALS,
    "FunnelReport": {**OF_DEALS, "from": AFTER, "to": BEFORE, "mode": "cohort"},
    "StageVelocityReport": {**OF_DEALS, "from": AFTER, "to": BEFORE},
    "ReceivablesReport": {
        "asOf": BEFORE,
        "customerId": NOBODY,
        "currency": "JPY",
        "groupBy": "customer",
        "bucketDays": "1,2",
        "from": AFTER,
        "to": BEFORE,
    },
    "CommissionAccrualsReport": {"from": "2026-02-02", "to": "2026-02-27", "dimension": "member"},
    "ContractCostsReport": {
        "from": "2026-03-01",
        "to": "2026-02-28",
        "method": "by_revenue",
        "expedient": "elected",
        "employerTaxPercent": "30",
        "employerTaxes": "capitalised",
        "renewalCommission": {"renewalCommission": "not_commensurate", "customerLifeMonths": 60},
        "customerLifeMonths": 90,
        "benefitMonths": 36,
        "planId": NOBODY,
        "dealId": NOBODY,
    },
    "events": {"types": "deal.won", "limit": 1, "epoch": 7, "lastEventId": "1:5"},
}
"""By operation and parameter: with this value (or these) the answer is another than without it, or than with that of `GIVEN`."""
GIVEN: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("compensationPlanDifferences", ""): {"from": 1, "to": 2},
    ("liveStatement", ""): {"period": "2026-02"},
    ("ReceivablesReport", ""): {"asOf": "2026-03-31"},
    ("CommissionAccrualsReport", ""): FEBRUARY,
    ("ContractCostsReport", ""): OF_COSTS,
    ("ContractCostsReport", "customerLifeMonths"): {
        **OF_COSTS,
        "renewalCommission": "not_commensurate",
        "customerLifeMonths": 60,
    },
}
"""What an operation is asked with besides, or that parameter of it."""


REFUSED: dict[str, str] = {"batch": "payout_run.batch_unknown", "epoch": "feed.history_unknown"}
"""Parameters whose value names what is not there, by what it is answered with."""
NO_JSON = {"export", "RetentionDueReport"}
"""Operations whose answer is a file, or rests on a rule; `test_export.py` and `test_retention.py` have their parameters."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """The company of the tests of scope, a team that is formed later, a plan with three versions, a settled invoice."""
    async with scoped_company(postgresql, tmp_path_factory.mktemp("parameters"), "parameters") as made:
        await made.service.must("/v1/teams", {"name": "Later", "effective_from": "2026-01-01"})
        for rate in ("5", "4", "3"):
            version = version_of(flat(rate), effective_from=f"2099-0{8 - int(rate)}-01", reason="agreed")
            await made.service.must(f"/v1/compensation-plans/{made['plan nobody']}/publish-version", version)
        rest = {"invoice_id": made["invoice of rep"], "amount_minor": 300, "occurred_at": "2026-02-20"}
        await made.service.must(f"/v1/receipts/{made['receipt of rep']}/allocate", rest)
        await made.settled()
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reads(company: Company) -> dict[str, tuple[str, set[str]]]:
    """The path of each read that is no list, with its query parameters, as the document has them."""
    document = (await company.get("/openapi.json", "admin")).json()
    found = {}
    for path, methods in document["paths"].items():
        asked = methods.get("get", {"operationId": next(iter(OF_LISTS))})
        if asked["operationId"] not in {*OF_LISTS, *NO_JSON}:
            parameters = {each["name"] for each in asked.get("parameters", []) if each["in"] == "query"}
            found[asked["operationId"]] = (path, parameters - COMMON)
    return found


def test_every_parameter_has_a_value_here(reads: dict[str, tuple[str, set[str]]]) -> None:
    documented = {operation: names for operation, (_, names) in reads.items() if names}
    assert documented == {operation: set(values) for operation, values in ASKED.items()}


@pytest.mark.parametrize(
    ("operation", "name"), [(operation, name) for operation, values in ASKED.items() for name in values]
)
async def test_a_parameter_changes_the_answer(
    company: Company, reads: dict[str, tuple[str, set[str]]], operation: str, name: str
) -> None:
    path, _ = reads[operation]
    plan = "plan nobody" if operation == "compensationPlanDifferences" else "plan both"
    path = path.format(plan_id=company[plan], member_id=company["rep"], payout_run_id=company["run both"])
    given = GIVEN.get((operation, name), GIVEN.get((operation, ""), {}))
    without = await company.get(path, "admin", **given)
    assert without.status_code == 200, without.text
    sent = ASKED[operation][name]
    answer = await company.get(path, "admin", **{**given, **(sent if isinstance(sent, dict) else {name: sent})})
    if name in REFUSED:
        assert answer.json()["code"] == REFUSED[name]
    else:
        assert answer.status_code == 200, answer.text
        assert content(answer.json()) != content(without.json())


def content(answer: dict[str, Any]) -> dict[str, Any]:
    """Picks what was found: not the position, nor the question that a report repeats."""
    return {name: value for name, value in answer.items() if isinstance(value, list | dict)}
