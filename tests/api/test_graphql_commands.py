"""Commands through the GraphQL door on the real log: receipts, retries, dry runs, refusals, masked errors, HTTP forms."""

import logging
from typing import Any

import pytest

from tests.api.graphql_client import RESPONSE_JSON, ask, mutate
from tests.service import Service, deal


async def test_a_mutation_answers_a_receipt_with_its_position(service: Service) -> None:
    receipt = await mutate(service, "OpenDeal", deal(service), role="rep")
    head = await service.core.log.head()
    assert receipt["position"] == str(head)
    assert receipt["version"] == 1
    assert [event["type"] for event in receipt["events"]] == ["deal.opened"]
    assert receipt["events"][0]["id"] == f"1:{head}"


async def test_a_retry_with_the_same_key_gives_the_same_receipt(service: Service) -> None:
    first = await mutate(service, "OpenDeal", deal(service), key="k1")
    again = await mutate(service, "OpenDeal", deal(service), key="k1")
    assert again == {**first, "isReplay": True}
    assert await service.core.log.head() == int(first["position"])


async def test_a_key_belongs_to_one_request(service: Service) -> None:
    await mutate(service, "OpenDeal", deal(service), key="k1")
    other = await mutate(service, "OpenDeal", deal(service, title="Another"), key="k1")
    assert other["error"]["extensions"]["code"] == "idempotency_key.reused"
    assert other["error"]["extensions"]["status"] == 422


async def test_a_dry_run_shows_the_events_and_writes_nothing(service: Service) -> None:
    before = await service.core.log.head()
    receipt = await mutate(service, "OpenDeal", deal(service), dryRun=True)
    assert receipt["events"][0]["payload"]["title"] == "Pilot"
    assert receipt["position"] is None
    assert await service.core.log.head() == before


async def test_a_lost_update_is_refused_with_the_expected_version(service: Service) -> None:
    opened = await mutate(service, "OpenDeal", deal(service))
    value = {"deal_id": opened["id"], "amount_minor": 500, "currency": "USD"}
    await mutate(service, "ValueDeal", value)
    late = await mutate(service, "ValueDeal", value | {"amount_minor": 700}, expectedVersion=1)
    assert late["error"]["extensions"]["code"] == "version.stale"
