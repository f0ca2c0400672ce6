"""Reports over REST: who sees what, how they are asked, and what is refused."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from salesapi.cli.following import running_followers
from tests.service import Service, deal

REPORTS = ("deals", "funnel", "stage-velocity")
WINDOWED = ("funnel", "stage-velocity")


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def deals_of_two_reps(founded: Service) -> AsyncIterator[int]:
    """One deal of each rep in 2026, followed by the engine; the position of the last command."""
    async with running_followers(founded.core):
        for name, on in (("rep", "2026-01-05"), ("other rep", "2026-02-05")):
            values = deal(founded, owner_id=str(founded.ids[name]), occurred_at=on, amount_minor=500, currency="CNY")
            receipt = await founded.must("/v1/deals", values)
        lost = {"reason": "price", "occurred_at": "2026-03-05"}
        receipt = await founded.must(f"/v1/deals/{receipt['id']}/lose", lost)
        yield int(receipt["position"])


async def read(service: Service, report: str = "deals", **params: Any) -> dict[str, Any]:
    answer = await service.get(f"/v1/reports/{report}", **params)
    assert answer.status_code == 200, answer.text
    values: dict[str, Any] = answer.json()
    return values


@pytest.mark.parametrize("report", REPORTS)
async def test_a_report_reflects_the_position_that_its_asker_wants_to_see(
    service: Service, deals_of_two_reps: int, report: str
) -> None:
    answer = await read(service, report, minPosition=deals_of_two_reps, asOf="2026-03-31")
    assert answer["position"] >= deals_of_two_reps
    assert answer["as_of"] == "2026-03-31"
    assert len(answer["groups"]) == 1


async def test_a_report_does_not_wait_for_ever(service: Service) -> None:
    answer = await service.get("/v1/reports/deals", minPosition=10**9)
    assert (answer.status_code, answer.json()["code"]) == (503, "position.timed_out")
    assert answer.headers["retry-after"] == "1"


async def test_amounts_are_integers_and_ratios_texts(service: Service, deals_of_two_reps: int) -> None:
    (group,) = (await read(service, minPosition=deals_of_two_reps))["groups"]
    (values,) = group["values"]
    assert (values["currency"], values["open_amount_minor"], values["lost_amount_minor"]) == ("CNY", 500, 500)
    assert (values["win_rate"], group["win_rate"], values["won_mean_minor"]) == ("0.000000", "0.000000", None)
    assert group["lost_cycle"]["median_days"] == "28"


async def test_groupings_are_sent_twice_or_with_a_comma(service: Service, deals_of_two_reps: int) -> None:
    once = await read(service, groupBy="manager,region", minPosition=deals_of_two_reps)
    twice = await read(service, groupBy=["manager", "region"])
    assert once["groups"] == twice["groups"]
    assert [[key["label"] or key["value"] for key in group["keys"]] for group in once["groups"]] == [
        ["manager", "north"],
        [None, "south"],
    ]


async def test_filters_are_sent_once_for_each_value(service: Service, deals_of_two_reps: int) -> None:
    owners = [str(service.ids["rep"]), str(service.ids["other rep"])]
    (both,) = (await read(service, ownerId=owners, minPosition=deals_of_two_reps))["groups"]
    (one,) = (await read(service, ownerId=owners, region="south", closedFrom="2026-03-05", closedTo="2026-03-05"))[
        "groups"
    ]
    (none,) = (await read(service, customerAttribute="sector:retail"))["groups"]
    assert (both["deals"], one["deals"], none["deals"]) == (2, 1, 0)


async def test_the_funnel_is_asked_by_snapshot_or_by_cohort(service: Service, deals_of_two_reps: int) -> None:
    window = {"from": "2026-01-01", "to": "2026-12-31", "minPosition": deals_of_two_reps}
    snapshot, cohort = await read(service, "funnel", **window), await read(service, "funnel", mode="cohort", **window)
    (prospecting, lost) = snapshot["groups"][0]["stages"]
    assert (prospecting["stage"], prospecting["deals"], prospecting["exits_lost"], lost["deals"]) == (
        "prospecting",
        1,
        1,
        1,
    )
    (prospecting,) = cohort["groups"][0]["stages"]
    assert (prospecting["entered"], prospecting["still_open"], prospecting["lost"]) == (2, 1, 1)
    assert (snapshot["mode"], cohort["mode"]) == ("snapshot", "cohort")


@pytest.mark.parametrize(
    ("params", "code", "pointer"),
    [
        ({"owner": "x"}, "parameter.unknown", "/owner"),
        ({"from": "2026-01-01"}, "parameter.unknown", "/from"),
        ({"ownerId": "x"}, "parameter.invalid", "/ownerId"),
        ({"region": ["x"] * 101}, "parameter.invalid", "/region"),
        ({"region": "a\x00b"}, "parameter.invalid", "/region"),
        ({"status": "voided"}, "parameter.invalid", "/status"),
        ({"customerAttribute": "retail"}, "parameter.invalid", "/customerAttribute"),
        ({"customerAttribute": ":retail"}, "parameter.invalid", "/customerAttribute"),
        ({"openedFrom": "2026-1-1"}, "parameter.invalid", "/openedFrom"),
        ({"openedFrom": ["2026-01-01", "2026-01-02"]}, "parameter.invalid", "/openedFrom"),
        ({"asOf": "2026-02-30"}, "parameter.invalid", "/asOf"),
        ({"asOf": "20260228"}, "parameter.invalid", "/asOf"),
        ({"asOf": ""}, "parameter.invalid", "/asOf"),
        ({"minPosition": "-1"}, "parameter.invalid", "/minPosition"),
        ({"groupBy": "rep"}, "report.grouping_invalid", "/groupBy"),
        ({"groupBy": ""}, "report.grouping_invalid", "/groupBy"),
        ({"groupBy": "attribute"}, "report.grouping_invalid", "/groupBy"),
        ({"groupBy": "attribute:"}, "report.grouping_invalid", "/groupBy"),
        ({"groupBy": "attribute:" + "x" * 61}, "report.grouping_invalid", "/groupBy"),
        ({"groupBy": "owner,team,region"}, "report.grouping_invalid", "/groupBy"),
    ],
)
async def test_a_question_that_cannot_be_read_is_refused_with_its_place(
    service: Service, params: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await service.get("/v1/reports/deals", **params)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["pointer"]) == (422, code, pointer)


@pytest.mark.parametrize("report", WINDOWED)
async def test_a_report_by_stage_is_not_grouped_by_stage_again(service: Service, report: str) -> None:
    answer = await service.get(f"/v1/reports/{report}", groupBy="stage")
    assert (answer.status_code, answer.json()["code"]) == (422, "report.grouping_invalid")
    assert "stage" not in answer.json()["parameters"]["known"]


async def test_the_funnel_has_two_modes(service: Service) -> None:
    answer = await service.get("/v1/reports/funnel", mode="pipeline")
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/mode")


@pytest.mark.parametrize(
    ("params", "code", "pointer"),
    [
        ({}, "parameter.invalid", "/asOf"),
        ({"asOf": "yesterday"}, "parameter.invalid", "/asOf"),
        ({"groupBy": "owner"}, "parameter.invalid", "/groupBy"),
        ({"bucketDays": "30,x"}, "parameter.invalid", "/bucketDays"),
        ({"bucketDays": "60,30"}, "field.invalid", "/bucketDays"),
        ({"customerId": "seven"}, "parameter.invalid", "/customerId"),
        ({"currency": "yuan"}, "parameter.invalid", "/currency"),
        ({"status": "open"}, "parameter.unknown", "/status"),
    ],
)
async def test_a_malformed_question_about_receivables_is_refused(
    service: Service, params: dict[str, str], code: str, pointer: str
) -> None:
    asked = params if "asOf" in params or not params else {"asOf": "2026-03-31", **params}
    answer = await service.get("/v1/reports/receivables", **asked)
    assert (answer.status_code, answer.json()["code"], answer.json()["pointer"]) == (422, code, pointer)


@pytest.mark.parametrize("report", REPORTS)
async def test_a_stranger_is_told_nothing_of_what_could_be_asked(service: Service, report: str) -> None:
    answer: httpx2.Response = await service.client.get(f"/v1/reports/{report}?nonsense=1")
    assert (answer.status_code, answer.json()["code"]) == (401, "access.key_unknown")
