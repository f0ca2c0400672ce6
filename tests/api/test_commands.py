"""Commands through the REST door on the real log: receipts, retries, versions, roles, refusals, bulk."""

import asyncio
from collections.abc import AsyncIterator

from tests.service import Service, deal
from tests.spec import uid


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


async def test_a_refusal_is_a_problem_and_writes_nothing(service: Service) -> None:
    before = await service.core.log.head()
    for values, status, code in (
        ({"title": ""}, 422, "request.malformed"),
        ({"stage": "proposal"}, 409, "deal.stage_not_entry"),
        ({"customer_id": "00000000-0000-0000-0000-000000000001"}, 404, "not_found"),
    ):
        answer = await service.post("/v1/deals", deal(service, **values), role="rep")
        assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (status, status, code)
        assert answer.headers["content-type"] == "application/problem+json"
    assert await service.core.log.head() == before


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


async def test_a_skip_needs_permission_and_reason(service: Service) -> None:
    opened = await service.must("/v1/deals", deal(service, amount_minor=100, currency="USD"))
    path = f"/v1/deals/{opened['id']}/change-stage"
    by_rep = await service.post(path, {"stage_to": "proposal"}, role="rep")
    assert (by_rep.status_code, by_rep.json()["code"]) == (409, "deal.transition_needs_permission")
    silent = await service.post(path, {"stage_to": "proposal"}, role="manager")
    assert (silent.status_code, silent.json()["code"]) == (409, "deal.transition_needs_reason")
    said = await service.post(path, {"stage_to": "proposal", "reason": "Old customer"}, role="manager")
    assert said.status_code == 200


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


async def test_bug_of_a_bulk_for_each_itself_that_lost_the_correlation_of_its_events(service: Service) -> None:
    mark = {"x-correlation-id": str(uid(0xC0))}
    good = {"command": "OpenDeal", "values": deal(service)}
    for atomic in (True, False):
        answer = await service.post("/v1/bulk", {"atomic": atomic, "commands": [good]}, key=str(atomic), **mark)
        position = answer.json()["results"][0]["receipt"]["position"]
        query = "SELECT meta::json ->> 'correlation_id' FROM log.event WHERE position = $1"
        assert await service.core.pool.fetchval(query, position) == str(uid(0xC0))


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
