"""What an open deal would earn, through both doors: within the scope of rows and of pay, from the log as it is."""

from typing import Any

import pytest
import pytest_asyncio

from tests.api.companies import published, share, tiered, version_of
from tests.api.graphql_client import ask, must
from tests.service import Service, deal

ESTIMATE = "query($deal: UUID!) { commissionEstimate(dealId: $deal) { pays { memberId } } }"
NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def plan(founded: Service) -> None:
    """The reps' plan: 5 % up to 10,000 in a month and 10 % above."""
    await published(founded, version_of(tiered(("0", "1000000", "5"), ("1000000", None, "10"))))


async def shared(service: Service, **values: Any) -> str:
    """A deal of both reps, 60 to 40, that is expected to close in March."""
    known = {"stage": "engaging", "amount_minor": 2_000_000, "currency": "CNY", "expected_close_on": "2026-03-15"}
    sent = {name: value for name, value in (known | values).items() if value is not None}
    deal_id = str((await service.must("/v1/deals", deal(service, **sent)))["id"])
    await share(service, deal_id, {"rep": "60", "other rep": "40"})
    return deal_id


async def estimate(service: Service, deal_id: str, role: str = "admin", **params: Any) -> dict[str, Any]:
    answer = await service.get(f"/v1/deals/{deal_id}/commission-estimate", role=role, **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_estimate_names_everybody_whom_the_win_would_credit(service: Service) -> None:
    deal_id = await shared(service)
    found = await estimate(service, deal_id)
    item = found["item"]
    assert found["position"] == await service.core.log.head()
    assert (item["kind"], item["probability_percent"], item["closes_on"]) == ("estimate", "40", "2026-03-15")
    # 12,000: 500 and 10 % of 2,000. 8,000: 400. Weighted with 40 %.
    assert {each["member_id"]: (each["amount_minor"], each["weighted_minor"]) for each in item["pays"]} == {
        str(service.ids["rep"]): (70_000, 28_000),
        str(service.ids["other rep"]): (40_000, 16_000),
    }


async def test_an_estimate_is_marginal_to_what_is_known_now(service: Service) -> None:
    deal_id, first = await shared(service), await shared(service, expected_close_on="2026-03-01")
    before = await estimate(service, deal_id, "rep")
    await service.must(f"/v1/deals/{first}/change-stage", {"stage_to": "proposal"})
    receipt = await service.must(f"/v1/deals/{first}/win", {"occurred_at": "2026-03-02"})
    after = await estimate(service, deal_id, "rep", minPosition=receipt["position"])
    # The tier up to 10,000 is full by then: 10 % of all 12,000.
    assert [each["item"]["pays"][0]["amount_minor"] for each in (before, after)] == [70_000, 120_000]
    await service.must(f"/v1/deals/{first}/reopen", {"reason": "signed by nobody"})


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("rep", ["rep"]),
        ("manager", ["rep"]),
        ("finance", ["other rep", "rep"]),
        ("auditor", ["other rep", "rep"]),
        ("integration", []),
    ],
)
async def test_everybody_sees_the_parts_of_the_pay_in_its_scope(service: Service, role: str, seen: list[str]) -> None:
    deal_id = await shared(service)
    pays = (await estimate(service, deal_id, role))["item"]["pays"]
    names = {str(id): name for name, id in service.ids.items()}
    assert sorted(names[each["member_id"]] for each in pays) == seen
    (by_graphql,) = (await must(service, ESTIMATE, {"deal": deal_id}, role=role)).values()
    assert [each["memberId"] for each in by_graphql["pays"]] == [each["member_id"] for each in pays]


async def test_a_foreign_deal_is_estimated_as_one_that_does_not_exist(service: Service) -> None:
    deal_id = await shared(service)
    for id in (deal_id, NOBODY):
        answer = await service.get(f"/v1/deals/{id}/commission-estimate", role="other rep")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        asked = (await ask(service, ESTIMATE, {"deal": id}, role="other rep")).json()
        assert asked["errors"][0]["extensions"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount_minor": None, "currency": None}, "commission_estimate.amount_missing"),
        ({"expected_close_on": None}, "commission_estimate.close_date_missing"),
    ],
)
async def test_what_cannot_be_estimated_says_why(service: Service, values: dict[str, Any], code: str) -> None:
    deal_id = await shared(service, **values)
    answer = await service.get(f"/v1/deals/{deal_id}/commission-estimate")
    assert (answer.status_code, answer.json()["code"]) == (422 if code == "period.invalid" else 409, code)
    asked = (await ask(service, ESTIMATE, {"deal": deal_id})).json()
    assert asked["errors"][0]["extensions"]["code"] == code


async def test_a_closed_deal_has_no_estimate(service: Service) -> None:
    deal_id = await shared(service)
    await service.must(f"/v1/deals/{deal_id}/lose", {"reason": "price"})
    answer = await service.get(f"/v1/deals/{deal_id}/commission-estimate")
    assert (answer.status_code, answer.json()["code"]) == (409, "commission_estimate.deal_not_open")


async def test_a_stage_that_states_no_probability_gives_no_weighted_amount(service: Service) -> None:
    deal_id = await shared(service, stage="prospecting")
    item = (await estimate(service, deal_id, "rep"))["item"]
    assert (item["probability_percent"], item["pays"][0]["weighted_minor"]) == (None, None)
