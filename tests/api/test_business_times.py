"""Days that other systems send for "unknown" and "for ever" are refused at every door, with the place and the bounds."""

from typing import Any

import pytest

from tests.api.graphql_client import ask, mutate
from tests.service import Service, deal

CASES = (
    ("OpenDeal", "/v1/deals", "occurred_at", "9999-12-31", "occurred_at.in_future"),
    ("OpenDeal", "/v1/deals", "occurred_at", "9999-12-31T23:59:59Z", "occurred_at.in_future"),
    ("OpenDeal", "/v1/deals", "occurred_at", "0001-01-01", "occurred_at.before_first_day"),
    ("OpenDeal", "/v1/deals", "expected_close_on", "9999-12-31", "date.out_of_range"),
    ("OpenDeal", "/v1/deals", "expected_close_on", "0001-01-01", "date.out_of_range"),
)
"""Command, path, field, value, code."""
EMPTY = (
    "mutation($key: String, $atomic: Boolean!) "
    "{ bulk(atomic: $atomic, commands: [], idempotencyKey: $key) { problem { code } } }"
)


@pytest.mark.parametrize(("command", "path", "field", "value", "code"), CASES)
async def test_both_doors_refuse_the_same_and_store_nothing(
    service: Service, command: str, path: str, field: str, value: str, code: str
) -> None:
    before, values = await service.core.log.head(), deal(service, **{field: value})
    answer = await service.post(path, values)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["pointer"]) == (422, code, f"/{field}")
    assert value not in problem["detail"]
    assert {"latest", "first_on", "last_on"} & problem["parameters"].keys()
    error = (await mutate(service, command, values))["error"]
    assert (error["extensions"]["code"], error["extensions"]["pointer"]) == (code, f"/{field}")
    dry = await service.post(f"{path}?dryRun=true", values)
    assert (dry.status_code, dry.json()["code"]) == (422, code)
    assert await service.core.log.head() == before


async def test_a_bulk_refuses_the_item_or_the_whole(service: Service) -> None:
    right, wrong = deal(service), deal(service, occurred_at="9999-12-31")
    commands = [{"command": "OpenDeal", "values": values} for values in (right, wrong)]
    each = await service.post("/v1/bulk", {"atomic": False, "commands": commands})
    assert [(result.get("problem") or {}).get("code") for result in each.json()["results"]] == [
        None,
        "occurred_at.in_future",
    ]
    before = await service.core.log.head()
    whole = await service.post("/v1/bulk", {"atomic": True, "commands": commands})
    assert (whole.status_code, whole.json()["code"]) == (422, "occurred_at.in_future")
    assert await service.core.log.head() == before


@pytest.mark.parametrize("is_atomic", [True, False])
async def test_an_empty_bulk_is_refused_by_both_doors(service: Service, is_atomic: bool) -> None:
    answer = await service.post("/v1/bulk", {"atomic": is_atomic, "commands": []})
    assert (answer.status_code, answer.json()["code"]) == (422, "bulk.empty")
    variables: dict[str, Any] = {"atomic": is_atomic, "key": service.headers("admin")["idempotency-key"]}
    errors = (await ask(service, EMPTY, variables)).json()["errors"]
    assert errors[0]["extensions"]["code"] == "bulk.empty"


async def test_an_end_for_ever_is_null(service: Service) -> None:
    member = str(service.ids["rep"])
    problem = (await service.post(f"/v1/members/{member}/mark-left", {"left_on": "9999-12-31"})).json()
    assert (problem["status"], problem["code"], problem["pointer"]) == (422, "date.out_of_range", "/left_on")
    membership = {"member_id": member, "effective_until": "9999-12-31"}
    answer = await service.post(f"/v1/teams/{service.ids['north']}/change-membership", membership)
    assert answer.json()["detail"].endswith("; send null where it has no end.")


async def test_a_company_has_had_its_first_day_in_1970_where_no_setting_says_another(service: Service) -> None:
    assert (await service.post("/v1/deals", deal(service, occurred_at="1969-12-31"))).status_code == 422
    assert (await service.post("/v1/deals", deal(service, occurred_at="1970-01-01"))).status_code == 201
