"""Reads through the REST door: answers, parameters, positions, and what is refused."""

from typing import Any

import pytest
from fastapi import FastAPI

from salesapi.access.principals import EVERYTHING
from salesapi.api.http import read_sources
from salesapi.api.rest.questions import QuestionRoutes
from salesapi.queries.pay.line_events import line_events
from tests.queries.conftest import Reads
from tests.spec import uid


async def test_a_list_is_read_page_by_page_and_says_its_position(reads: Reads) -> None:
    first = await reads.shown("/v1/deals", first=4, orderBy="opened_asc")
    rest = await reads.shown("/v1/deals", first=4, orderBy="opened_asc", after=first["next_cursor"])
    assert [deal["title"] for deal in [*first["items"], *rest["items"]]] == [
        "Foreign",
        *(f"Deal 10{number}%" for number in range(5)),
    ]
    assert rest["next_cursor"] is None
    assert rest["position"] == await reads.service.core.log.head()


async def test_amounts_are_integers_and_decimals_are_strings(reads: Reads) -> None:
    (deal,) = (await reads.shown("/v1/deals", text="Deal 100", status=["open", "won"]))["items"]
    assert (deal["amount_minor"], deal["lines"][0]["quantity"], deal["opened_on"]) == (500, "2", "2026-01-01")
    assert deal["external_id"] is None


async def test_a_detail_gives_its_version_as_etag(reads: Reads) -> None:
    answer = await reads.get(f"/v1/deals/{reads.ids['deal 4']}")
    assert answer.headers["etag"] == '"3"'
    assert (answer.json()["item"]["status"], answer.json()["item"]["closed_on"]) == ("won", "2026-02-01")


async def test_a_stage_says_how_likely_its_deals_are_won(reads: Reads) -> None:
    (version,) = (await reads.shown(f"/v1/pipelines/{reads.ids['pipeline']}"))["item"]["versions"]
    assert [stage["probability_percent"] for stage in version["stages"]] == [None, "40", None, None, None]


async def test_what_belongs_to_a_thing_is_read_below_it(reads: Reads) -> None:
    ids = reads.ids
    visits = await reads.shown(f"/v1/deals/{ids['deal 4']}/stage-visits")
    assert [visit["stage"] for visit in visits["items"]] == ["engaging", "proposal", "won"]
    profile = await reads.shown(f"/v1/customers/{ids['customer']}/profile")
    assert profile["item"]["values"][0]["won_minor"] == 9_000
    timeline = await reads.shown(f"/v1/customers/{ids['customer']}/timeline", first=2)
    assert [entry["type"] for entry in timeline["items"]] == ["receipt.allocated", "receipt.recorded"]
    (statement,) = (await reads.shown(f"/v1/payout-runs/{ids['run']}/statements"))["items"]
    assert statement["member_id"] == str(ids["rep"])
    trace = await reads.shown(f"/v1/statements/{ids['run']}/{ids['rep']}")
    assert (trace["item"]["lines"][0]["posted_minor"], trace["item"]["next_cursor"]) == (450, None)
    assert trace["item"]["events"] is None


async def test_a_statement_leads_to_the_business_events_of_its_lines_in_one_request(reads: Reads) -> None:
    path = f"/v1/statements/{reads.ids['run']}/{reads.ids['rep']}"
    item = (await reads.shown(path, "rep", expand="events"))["item"]
    (won,) = item["events"]
    assert [won["position"]] == item["lines"][0]["positions"]
    assert (won["type"], won["stream_id"], won["occurred_on"]) == ("deal.won", str(reads.ids["deal 4"]), "2026-02-01")
    assert (won["payload"]["amount_minor"], won["payload"]["owner_id"]) == (9_000, str(reads.ids["rep"]))


async def test_personal_values_of_an_event_are_not_shown(reads: Reads) -> None:
    async with reads.pool.acquire() as connection:
        found = await connection.fetch("SELECT position FROM log.event WHERE type = 'customer.satisfaction_recorded'")
        shown = await line_events(connection, EVERYTHING, [row["position"] for row in found])
    assert {event.payload["score"] for event in shown.values() if event.payload} == {9, 4}
    assert {event.payload["comment"] for event in shown.values() if event.payload} == {None}


async def test_teams_stand_as_they_are_on_a_day(reads: Reads) -> None:
    north, south = (await reads.shown("/v1/teams", on="2026-03-02"))["items"]
    assert (north["name"], north["region"], north["leader_id"]) == ("North", "north", str(reads.ids["manager"]))
    assert (south["member_ids"], south["parent_id"]) == ([str(reads.ids["other rep"])], None)
    page = await reads.shown("/v1/teams", first=1)
    (after,) = (await reads.shown("/v1/teams", first=1, after=page["next_cursor"]))["items"]
    assert after["id"] == south["id"]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/deals", {"colour": "red"}, "parameter.unknown"),
    ("/v1/deals", {"status": "lukewarm"}, "parameter.invalid"),
    ("/v1/deals", {"openedFrom": "20260101"}, "parameter.invalid"),
    ("/v1/deals", {"openedFrom": "2026-02-31"}, "parameter.invalid"),
    ("/v1/deals", {"pipelineId": "seven"}, "parameter.invalid"),
    ("/v1/deals", {"pipelineId": [str(uid(1)), str(uid(2))]}, "parameter.invalid"),
    ("/v1/deals", {"amountFrom": str(2**70)}, "parameter.invalid"),
    ("/v1/deals", {"text": "a\x00b"}, "parameter.invalid"),
    ("/v1/deals", {"text": "a" * 101}, "parameter.invalid"),
    ("/v1/deals", {"orderBy": "random"}, "parameter.invalid"),
    ("/v1/deals", {"first": "101"}, "page.size_invalid"),
    ("/v1/deals", {"first": "ten"}, "page.size_invalid"),
    ("/v1/deals", {"after": "garbage"}, "cursor.malformed"),
    ("/v1/deals", {"minPosition": "0"}, "parameter.invalid"),
    ("/v1/deals/seven", {}, "parameter.invalid"),
    ("/v1/teams", {"on": "2026-13-01"}, "parameter.invalid"),
    (f"/v1/statements/{uid(1)}/{uid(2)}", {"expand": "deals"}, "parameter.invalid"),
    ("/v1/teams", {"after": "garbage"}, "cursor.malformed"),
]


@pytest.mark.parametrize(("path", "params", "code"), REFUSED, ids=str)
async def test_a_malformed_request_is_refused(reads: Reads, path: str, params: dict[str, Any], code: str) -> None:
    answer = await reads.get(path, **params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["pointer"]


async def test_a_read_waits_for_its_position_only_so_long(reads: Reads) -> None:
    head = await reads.service.core.log.head()
    assert (await reads.shown("/v1/deals", minPosition=head))["position"] >= head
    for path in ("/v1/deals", "/v1/teams"):
        answer = await reads.get(path, minPosition=head + 1_000)
        assert (answer.status_code, answer.json()["code"]) == (503, "position.timed_out")


def test_every_read_is_described(reads: Reads) -> None:
    core, app = reads.service.core, FastAPI()
    QuestionRoutes(None, read_sources(core)).add_to(app)  # type: ignore[arg-type] # asks nobody
    document = app.openapi()
    for path, methods in document["paths"].items():
        read = methods["get"]
        named = {parameter["name"] for parameter in read["parameters"] if parameter["in"] == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path
        assert all(parameter["description"] for parameter in read["parameters"] if parameter["in"] == "query")
        schema = read["responses"]["200"]["content"]["application/json"]["schema"]
        assert all("$ref" in shape for shape in schema.get("anyOf", [schema])), path
    shapes = document["components"]["schemas"]
    assert shapes["DealPage"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Deal"}
    assert shapes["Deal"]["properties"]["amount_minor"]["description"]
