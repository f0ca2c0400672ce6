"""What the feed, masked fields and the events beside a line tell each role: the same as lists and single things."""

from typing import Any

import pytest

from salesapi.api.authentication import Authenticator
from salesapi.queries.pay.line_events import line_events
from tests.api.scope_company import ROLES, SELLERS, Company

FEED_READERS = {"finance", "auditor", "admin", "integration"}
PEOPLE = ("rep", "other rep", "manager", "other manager")


@pytest.mark.parametrize("role", ROLES)
async def test_the_feed_is_for_those_who_see_all_rows(company: Company, role: str) -> None:
    answer = await company.get("/v1/events", role)
    assert answer.status_code == (200 if role in FEED_READERS else 403)


@pytest.mark.parametrize("role", sorted(FEED_READERS))
async def test_the_feed_holds_exactly_the_events_that_a_role_sees_in_whole(company: Company, role: str) -> None:
    page = (await company.get("/v1/events", role, limit=1_000)).json()
    whole = (await company.get("/v1/events", "auditor", limit=1_000)).json()
    is_open = role != "integration"
    wanted = [each for each in whole["events"] if is_open or is_told_to_integrations(each)]
    assert page["events"] == wanted
    assert page["scanned_to"] == page["head"] == whole["head"]
    for name in ("payout_run.locked", "product.cost_set"):
        answer = await company.get("/v1/events", role, types=name)
        code = None if is_open else "feed.type_out_of_reach"
        assert answer.json().get("code") == code


def is_told_to_integrations(event: dict[str, Any]) -> bool:
    """Tells it by hand: nothing about pay, and no costs."""
    of_pay = {"compensation_plan", "enrolment", "payout_run", "objection", "award", "points", "pool_shares"}
    return event["streamkind"] not in of_pay and not event["type"].endswith(".product.cost_set")


@pytest.mark.parametrize("role", ROLES)
async def test_costs_and_numbers_of_members_are_masked_by_role(company: Company, role: str) -> None:
    products = (await company.get("/v1/products", role, first=100)).json()["items"]
    assert {each["costs"] is not None for each in products} == {role in ("finance", "auditor", "admin")}
    shown = {
        **{"rep": ("rep",), "other rep": ("other rep",)},
        **{"manager": ("rep", "manager"), "other manager": ("other rep", "other manager")},
        **dict.fromkeys(("finance", "admin"), PEOPLE),
    }
    for name in PEOPLE:
        whole = (await company.get(f"/v1/members/{company[name]}", "admin")).json()["item"]
        assert whole["email"]
        assert whole["employee_number"]
        hides_number = name not in shown.get(role, ()) and role not in ("auditor", "integration")
        masked = {"email"} if name not in shown.get(role, ()) else set()
        masked |= {"employee_number"} if hides_number else set()
        got = (await company.get(f"/v1/members/{company[name]}", role)).json()["item"]
        assert got == {**whole, **dict.fromkeys(masked)}, (role, name)
        found = await company.get("/v1/members", role, employeeNumber=whole["employee_number"])
        assert [each["id"] for each in found.json()["items"]] == ([] if hides_number else [company[name]])


@pytest.mark.parametrize("role", SELLERS)
async def test_an_event_beside_a_line_tells_only_what_is_in_scope(company: Company, role: str) -> None:
    core, foreign = company.service.core, [each for each in company.of("deal") if not company.sees(role, each)]
    whole = (await company.get("/v1/events", "auditor", limit=1_000, types="deal.opened,deal.won")).json()["events"]
    caller = await Authenticator(core.api_keys, core.scopes, core.clock).caller(f"Bearer {company.service.keys[role]}")
    async with core.pool.acquire() as connection:
        events = await line_events(connection, caller.pay, [each["position"] for each in whole])
    hidden = {str(each.stream_id) for each in events.values() if each.payload is None}
    assert hidden == {each.id for each in foreign}
    assert hidden < {each["subject"] for each in whole}
