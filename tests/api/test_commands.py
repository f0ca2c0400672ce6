"""Commands through the REST door on the real log: receipts, retries, versions, roles, refusals, bulk."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.service import Service, deal


async def test_a_command_answers_a_receipt_with_its_position(service: Service) -> None:
    answer = await service.post("/v1/deals", deal(service), role="rep")
    receipt = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert receipt["version"] == 1
    assert receipt["position"] == await service.core.log.head()
    assert [event["type"] for event in receipt["events"]] == ["deal.opened"]
    assert receipt["events"][0]["id"] == f"1:{receipt['position']}"


async def test_a_retry_with_the_same_key_gives_the_same_receipt(service: Service) -> None:
    first = await service.post("/v1/deals", deal(service), role="rep", key="k1")
    again = await service.post("/v1/deals", deal(service), role="rep", key="k1")
    assert again.content == first.content
    assert again.status_code == first.status_code
    assert again.headers["idempotent-replayed"] == "true"
    assert await service.core.log.head() == first.json()["position"]


async def test_a_retry_is_answered_even_when_the_deal_has_moved_on(service: Service) -> None:
    opened = await service.must("/v1/deals", deal(service, stage="engaging", amount_minor=100, currency="USD"))
    path = f"/v1/deals/{opened['id']}"
    first = await service.post(f"{path}/change-stage", {"stage_to": "proposal"}, key="move")
    await service.must(f"{path}/win", {})
    again = await service.post(f"{path}/change-stage", {"stage_to": "proposal"}, key="move")
    assert again.json() == first.json()


async def test_a_key_belongs_to_one_request(service: Service) -> None:
    await service.post("/v1/deals", deal(service), role="rep", key="k1")
    other = await service.post("/v1/deals", deal(service, title="Another"), role="rep", key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key.reused")


async def test_two_principals_may_use_the_same_key(service: Service) -> None:
    one = await service.post("/v1/deals", deal(service), role="rep", key="k1")
    two = await service.post("/v1/deals", deal(service), role="manager", key="k1")
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["id"] != two.json()["id"]


async def test_concurrent_twins_open_one_deal(service: Service) -> None:
    before = await service.core.log.head()
    twins = await asyncio.gather(*(service.post("/v1/deals", deal(service), role="rep", key="twin") for _ in range(8)))
    assert {twin.content for twin in twins} == {twins[0].content}
    assert await service.core.log.head() == before + 1


async def test_a_lost_update_is_refused_with_if_match(service: Service) -> None:
    opened = await service.must("/v1/deals", deal(service))
    path = f"/v1/deals/{opened['id']}/value"
    await service.must(path, {"amount_minor": 500, "currency": "USD"})
    late = await service.post(path, {"amount_minor": 700, "currency": "USD"}, **{"if-match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "version.stale")


async def test_concurrent_writers_without_if_match_all_succeed_in_some_order(service: Service) -> None:
    opened = await service.must("/v1/deals", deal(service))
    path = f"/v1/deals/{opened['id']}/value"
    answers = await asyncio.gather(
        *(service.post(path, {"amount_minor": amount, "currency": "USD"}) for amount in range(1, 7))
    )
    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(answer.json()["version"] for answer in answers) == [2, 3, 4, 5, 6, 7]


async def test_a_dry_run_shows_the_events_and_writes_nothing(service: Service) -> None:
    before = await service.core.log.head()
    answer = await service.client.post(
        "/v1/deals?dryRun=true", json=deal(service), headers={"authorization": f"Bearer {service.keys['rep']}"}
    )
    assert answer.status_code == 200
    assert answer.json()["events"][0]["payload"]["title"] == "Pilot"
    assert answer.json()["position"] is None
    assert await service.core.log.head() == before


@pytest.mark.parametrize(
    ("case", "status", "code", "pointer"),
    [
        ({"drop": "title"}, 422, "request.malformed", "/title"),
        ({"put": {"unknown": 1}}, 422, "request.malformed", "/unknown"),
        ({"put": {"title": ""}}, 422, "request.malformed", "/title"),
        ({"put": {"amount_minor": 1.5, "currency": "USD"}}, 422, "request.malformed", "/amount_minor"),
        ({"put": {"amount_minor": 2**60, "currency": "USD"}}, 422, "request.malformed", "/amount_minor"),
        ({"put": {"amount_minor": 5}}, 409, "deal.amount_incomplete", "/currency"),
        ({"put": {"amount_minor": 5, "currency": "XXX"}}, 422, "currency.unknown", None),
        ({"put": {"stage": "nowhere"}}, 409, "deal.stage_unknown", "/stage"),
        ({"put": {"stage": "proposal"}}, 409, "deal.stage_not_entry", "/stage"),
        ({"put": {"title": "a\u0000b"}}, 422, "text.refused", None),
        ({"put": {"occurred_at": "yesterday"}}, 422, "occurred_at.malformed", "/occurred_at"),
        ({"put": {"occurred_at": "2026-03-02", "occurred_zone": "Mars/Base"}}, 422, "occurred_at.malformed", None),
        ({"put": {"customer_id": "00000000-0000-0000-0000-000000000001"}}, 404, "not_found", "/customer_id"),
    ],
)
async def test_bad_input_is_refused_with_a_code_and_a_place(
    service: Service, case: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    values = deal(service) | case.get("put", {})
    values.pop(case.get("drop"), None)
    before = await service.core.log.head()
    answer = await service.post("/v1/deals", values, role="rep")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer is None or problem["pointer"] == pointer
    assert await service.core.log.head() == before


async def test_a_pointer_names_the_field_that_was_sent_and_no_alternative(service: Service) -> None:
    path = f"/v1/members/{service.ids['rep']}/change"
    null = await service.post(path, {"name": None})
    assert (null.status_code, null.json()["pointer"]) == (422, "/name")
    nested = await service.post("/v1/deals", deal(service, external_id={"system": 1, "id": "x"}))
    assert (nested.status_code, nested.json()["pointer"]) == (422, "/external_id/system")
    listed = await service.post("/v1/deals", deal(service, lines=[{"product_id": "x"}]))
    assert (listed.status_code, listed.json()["pointer"]) == (422, "/lines/0/product_id")
    unknown = await service.post("/v1/deals", deal(service, external_id={"system": "a", "id": "x", "more": 1}))
    assert (unknown.status_code, unknown.json()["pointer"]) == (422, "/external_id/more")


async def test_a_body_that_is_not_json_is_refused(service: Service) -> None:
    for body in (b"{", b"[]", b"\xff", b""):
        answer = await service.client.post("/v1/deals", content=body, headers=service.headers("rep"))
        assert (answer.status_code, answer.json()["code"]) == (422, "body.not_json")


async def test_an_oversized_body_is_refused_with_or_without_its_length(service: Service) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    for body in (b"x" * (1024 * 1024 + 1), parts()):
        answer = await service.client.post("/v1/deals", content=body, headers=service.headers("rep"))
        assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")


async def test_every_request_needs_a_valid_key(service: Service) -> None:
    for headers in (
        {},
        {"authorization": "Bearer nonsense"},
        {"authorization": "Basic Zm9v"},
        {"authorization": "Bearer"},
    ):
        answer = await service.client.post("/v1/deals", json=deal(service), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "access.key_unknown")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_write_needs_an_idempotency_key(service: Service) -> None:
    answer = await service.client.post(
        "/v1/deals", json=deal(service), headers={"authorization": f"Bearer {service.keys['rep']}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key.missing")


async def test_a_role_gives_only_its_own_commands(service: Service) -> None:
    answer = await service.post("/v1/pipelines", {"key": "x", "name": "X"}, role="rep")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.role_forbidden")
    answer = await service.post("/v1/deals", deal(service), role="auditor")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.role_forbidden")


async def test_a_rep_neither_sees_nor_makes_deals_of_others(service: Service) -> None:
    foreign = await service.must("/v1/deals", deal(service, owner_id=str(service.ids["other rep"])))
    touched = await service.post(f"/v1/deals/{foreign['id']}/void", {"reason": "mine"}, role="manager")
    missing = await service.post(
        "/v1/deals/00000000-0000-0000-0000-00000000dead/void", {"reason": "mine"}, role="manager"
    )
    assert touched.status_code == missing.status_code == 404
    assert touched.json()["code"] == missing.json()["code"] == "not_found"
    made = await service.post("/v1/deals", deal(service, owner_id=str(service.ids["other rep"])), role="rep")
    assert (made.status_code, made.json()["code"]) == (403, "access.owner_out_of_scope")


async def test_a_manager_reaches_the_deals_of_the_team(service: Service) -> None:
    opened = await service.must("/v1/deals", deal(service), role="rep")
    answer = await service.post(
        f"/v1/deals/{opened['id']}/reassign", {"owner_id": str(service.ids["manager"])}, role="manager"
    )
    assert answer.status_code == 200


async def test_a_skip_needs_permission_and_reason(service: Service) -> None:
    opened = await service.must("/v1/deals", deal(service, amount_minor=100, currency="USD"))
    path = f"/v1/deals/{opened['id']}/change-stage"
    by_rep = await service.post(path, {"stage_to": "proposal"}, role="rep")
    assert (by_rep.status_code, by_rep.json()["code"]) == (409, "deal.transition_needs_permission")
    silent = await service.post(path, {"stage_to": "proposal"}, role="manager")
    assert (silent.status_code, silent.json()["code"]) == (409, "deal.transition_needs_reason")
    said = await service.post(path, {"stage_to": "proposal", "reason": "Old customer"}, role="manager")
    assert said.status_code == 200


async def test_a_missing_field_of_a_stage_is_named(service: Service) -> None:
    opened = await service.must("/v1/deals", deal(service, stage="engaging"))
    answer = await service.post(f"/v1/deals/{opened['id']}/change-stage", {"stage_to": "proposal"})
    assert (answer.status_code, answer.json()["code"]) == (409, "deal.required_fields_missing")
    assert answer.json()["parameters"]["fields"] == ["amount_minor"]


async def test_an_atomic_bulk_stores_all_or_nothing(service: Service) -> None:
    good = {"command": "OpenDeal", "values": deal(service)}
    bad = {"command": "OpenDeal", "values": deal(service, stage="nowhere")}
    before = await service.core.log.head()
    refused = await service.post("/v1/bulk", {"atomic": True, "commands": [good, bad]})
    assert (refused.status_code, refused.json()["code"]) == (409, "deal.stage_unknown")
    assert await service.core.log.head() == before
    stored = await service.post("/v1/bulk", {"atomic": True, "commands": [good, good]})
    assert stored.status_code == 200
    assert len(stored.json()["results"]) == 2
    assert await service.core.log.head() == before + 2


async def test_a_bulk_for_each_itself_answers_receipts_and_problems(service: Service) -> None:
    good = {"command": "OpenDeal", "values": deal(service)}
    bad = {"command": "OpenDeal", "values": deal(service, stage="nowhere")}
    first = await service.post("/v1/bulk", {"atomic": False, "commands": [good, bad, good]}, key="bulk")
    results = first.json()["results"]
    assert [sorted(result) for result in results] == [["receipt"], ["problem", "status"], ["receipt"]]
    again = await service.post("/v1/bulk", {"atomic": False, "commands": [good, bad, good]}, key="bulk")
    assert again.json() == first.json()


async def test_an_oversized_bulk_is_refused(service: Service) -> None:
    answer = await service.post("/v1/bulk", {"atomic": True, "commands": [{"command": "OpenDeal", "values": {}}] * 501})
    assert (answer.status_code, answer.json()["code"]) == (413, "bulk.too_large")


async def test_a_converted_lead_is_a_customer_a_contact_and_a_deal_in_one_commit(service: Service) -> None:
    lead = await service.must(
        "/v1/leads",
        {"source": "fair", "name": "Li Lei", "phone": "+8613800000000", "owner_id": str(service.ids["rep"])},
    )
    await service.must(f"/v1/leads/{lead['id']}/qualify", {"criteria": ["budget"]})
    receipt = await service.must(
        f"/v1/leads/{lead['id']}/convert",
        {
            "customer_name": "Lei Trading",
            "with_contact": True,
            "deal": {"title": "First order", "pipeline_id": str(service.ids["pipeline"])},
        },
    )
    assert {event["type"] for event in receipt["events"]} == {
        "lead.converted",
        "customer.registered",
        "customer.contact_added",
        "deal.opened",
    }
    again = await service.post(f"/v1/leads/{lead['id']}/convert", {"customer_name": "Lei Trading"})
    assert again.status_code == 409


async def test_no_personal_value_stands_in_clear_in_the_log(service: Service) -> None:
    canaries = ["Canary Name", "+8613912345678", "canary@example.com", "canary note"]
    await service.must(
        "/v1/leads",
        {"source": "fair", "name": canaries[0], "phone": canaries[1], "email": canaries[2], "note": canaries[3]},
    )
    stored = await service.core.pool.fetch("SELECT payload::text || meta::text AS text FROM log.event")
    assert stored
    assert not [canary for canary in canaries for row in stored if canary in row["text"]]
