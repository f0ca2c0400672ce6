"""The pull feed through its route, on a real log with real keys."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from salesapi.access.api_keys import ApiKeys
from salesapi.access.scopes import Scopes
from salesapi.api.authentication import Authenticator
from salesapi.api.openapi import openapi_document
from salesapi.api.rest.answers import add_problem_handlers
from salesapi.api.rest.feed import PAGE_BYTES_MAX, FeedRoutes
from salesapi.clock import SystemClock
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.organisation.principals import ROLES
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.epochs import FIRST_EPOCHS
from salesapi.streaming.cloud_events import cloud_event
from tests.access.stated_access import StatedAccess
from tests.programs import until
from tests.streaming.conftest import PAYLOADS, Facts

CATALOGUE = Catalogue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The door, with a key for every role."""

    app: FastAPI
    client: httpx2.AsyncClient
    keys: dict[str, str]
    access: StatedAccess

    async def get(self, role: str = "integration", **parameters: Any) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.keys[role]}"}
        return await self.client.get("/v1/events", params=parameters, headers=headers)

    async def page(self, **parameters: Any) -> dict[str, Any]:
        answer = await self.get(**parameters)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def feed(facts: Facts, database: DatabaseUrls) -> AsyncIterator[Feed]:
    keys: dict[str, str] = {}
    access = StatedAccess()
    for role in ROLES:
        keys[role] = access.key_of(role, roles=(role,))
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=2) as pool:
        api_keys = ApiKeys(access, facts.log, pool=pool, clock=SystemClock())
        app = FastAPI()
        add_problem_handlers(app)
        FeedRoutes(Authenticator(api_keys, Scopes(access), SystemClock()), facts.log, CATALOGUE).add_to(app)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://feed.test") as client:
            yield Feed(app=app, client=client, keys=keys, access=access)
        await api_keys.close()


async def test_a_page_holds_the_same_cloud_events_as_the_stream(facts: Facts, feed: Feed) -> None:
    await facts.append(len(PAYLOADS))
    stored = (await facts.log.read(after=0, limit=100)).events

    answer = await feed.get()

    events = b",".join(cloud_event(event, FIRST_EPOCHS) for event in stored)
    assert answer.content == b'{"events":[' + events + b'],"scanned_to":5,"head":5,"epoch":1}'
    assert answer.headers["content-type"] == "application/json"


async def test_pages_follow_each_other_to_the_head(facts: Facts, feed: Feed) -> None:
    await facts.append(250)

    first = await feed.page()
    rest = await feed.page(after=first["scanned_to"], limit=1_000)

    assert [event["position"] for event in first["events"] + rest["events"]] == list(range(1, 251))
    assert (first["scanned_to"], first["head"], rest["scanned_to"]) == (100, 250, 250)


async def test_a_filtered_consumer_misses_nothing_and_sees_that_it_does_not(facts: Facts, feed: Feed) -> None:
    await facts.append(300)
    await facts.append_events(*(facts.event(type="lead.captured") for _ in range(50)))
    stored = (await facts.log.read(after=0, limit=1_000)).events
    wanted = [event.position for event in stored if event.type in ("deal.won", "deal.opened")]

    got: list[int] = []
    after, head = 0, 1
    while after < head:
        page = await feed.page(after=after, types="deal.won,deal.opened", limit=7)
        got += [event["position"] for event in page["events"]]
        assert page["scanned_to"] > after
        after, head = page["scanned_to"], page["head"]

    assert got == wanted
    assert after == 350


async def test_the_feed_of_an_empty_log_is_an_empty_page(feed: Feed) -> None:
    assert await feed.page() == {"events": [], "scanned_to": 0, "head": 0, "epoch": 1}


async def test_a_long_poll_answers_as_soon_as_a_wanted_event_is_recorded(facts: Facts, feed: Feed) -> None:
    await facts.append(3)
    started = time.monotonic()
    poll = asyncio.create_task(feed.page(after=3, types="deal.won", waitSeconds=20))
    while not poll.done() and await facts.log.head() < 6:
        await facts.append_events(facts.event(type="deal.lost"))
    assert not poll.done(), "it woke for an event that nobody asked for"
    await facts.append_events(facts.event(type="deal.won"))

    page = await poll

    assert [event["type"] for event in page["events"]] == ["sales.v1.deal.won"]
    assert page["scanned_to"] == page["head"] == 7
    assert time.monotonic() - started < 10


async def test_a_long_poll_without_news_ends_with_how_far_it_looked(facts: Facts, feed: Feed) -> None:
    await facts.append_events(facts.event(type="deal.lost"))

    assert await feed.page(types="deal.won", waitSeconds=1) == {"events": [], "scanned_to": 1, "head": 1, "epoch": 1}


async def test_a_page_of_large_events_is_cut_before_it_is_too_large(facts: Facts, feed: Feed) -> None:
    await facts.append_large()

    answer = await feed.get(limit=1_000)
    page = answer.json()

    assert len(answer.content) < PAGE_BYTES_MAX + 1_000
    assert page["scanned_to"] == len(page["events"]) == 33
    rest = await feed.page(after=33)
    assert [event["position"] for event in rest["events"]] == list(range(34, 41))


@pytest.mark.parametrize("role", ROLES)
async def test_the_feed_is_open_to_those_who_follow_the_whole_log_with_a_key(feed: Feed, role: str) -> None:
    answer = await feed.get(role)

    told = (answer.status_code, answer.json().get("code"))
    assert told == ((403, "access.role_forbidden") if role in ("rep", "manager") else (200, None))
    assert (await feed.client.get("/v1/events")).status_code == 401


@pytest.mark.parametrize(
    ("parameters", "status", "code", "pointer"),
    [
        ({"types": "deal.won,deal.gone"}, 422, "feed.type_unknown", "/types"),
        ({"types": ""}, 422, "feed.type_unknown", "/types"),
        ({"types": ",".join(["deal.won"] + [f"x{n}" for n in range(100)])}, 422, "feed.too_many_types", "/types"),
        ({"limit": 0}, 422, "feed.parameter_invalid", "/limit"),
        ({"limit": 1_001}, 422, "feed.parameter_invalid", "/limit"),
        ({"after": -1}, 422, "feed.parameter_invalid", "/after"),
        ({"after": "٣"}, 422, "feed.parameter_invalid", "/after"),
        ({"after": "9" * 40}, 422, "feed.parameter_invalid", "/after"),
        ({"waitSeconds": 21}, 422, "feed.parameter_invalid", "/waitSeconds"),
        ({"after": 1}, 409, "feed.after_head", "/after"),
    ],
)
async def test_a_question_that_cannot_be_meant_is_refused(
    feed: Feed, parameters: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = await feed.get(**parameters)
    problem = answer.json()

    assert (answer.status_code, problem["code"], problem["pointer"]) == (status, code, pointer)


async def test_a_key_that_was_revoked_while_it_waited_is_told_nothing_more(facts: Facts, feed: Feed) -> None:
    """What another process revoked may not have been heard yet: whoever was kept waiting is looked up in the log."""

    async def is_remembered() -> bool:
        before = feed.access.reads
        await feed.get()
        return feed.access.reads == before

    await until(is_remembered, "the key is remembered")
    waiting = asyncio.create_task(feed.get(after=0, waitSeconds=20))
    await until(lambda: facts.log._watch._waiting == 2, "the feed waits beside the news of keys")
    feed.access.by_ref.clear()
    await facts.append(1)
    answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (401, "access.key_unknown")


@pytest.mark.parametrize(
    ("parameters", "agreed_to"),
    [
        ({"lastEventId": "1:60"}, 40),
        ({"lastEventId": "1:41"}, 40),
        ({"after": 60, "epoch": 1}, 40),
        # The last wanted event is from before the restore, but what was looked at is not: the filter would hide the rest.
        ({"after": 60, "epoch": 1, "lastEventId": "1:30"}, 40),
        ({"after": 90, "lastEventId": "1:55"}, 40),
    ],
)
async def test_a_consumer_of_another_history_is_told_up_to_where_it_is_still_its_own(
    facts: Facts, feed: Feed, parameters: dict[str, Any], agreed_to: int
) -> None:
    await facts.append(60)
    await facts.restore_backup_at(40, epoch=2)
    await facts.append(55)

    answer = await feed.get(**parameters)
    problem = answer.json()

    assert (answer.status_code, problem["code"]) == (409, "feed.history_parted")
    told = problem["parameters"]
    assert (told["followed_epoch"], told["epoch"], told["agreed_to"]) == (1, 2, agreed_to)
    assert f"go on with after={agreed_to}&epoch=2" in problem["detail"]
    page = await feed.page(after=agreed_to, epoch=told["epoch"], lastEventId=f"1:{agreed_to}")
    assert [event["id"] for event in page["events"]][:2] == ["2:41", "2:42"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"lastEventId": "1:40"},
        {"after": 40, "epoch": 1},
        {"after": 80, "epoch": 2, "lastEventId": "2:77"},
        {"after": 80, "epoch": 2, "lastEventId": "1:39"},
        {"after": 0, "epoch": 1},
    ],
)
async def test_a_consumer_of_this_history_goes_on_after_a_restore(
    facts: Facts, feed: Feed, parameters: dict[str, Any]
) -> None:
    await facts.append(60)
    await facts.restore_backup_at(40, epoch=2)
    await facts.append(55)

    page = await feed.page(**parameters, limit=1)

    after = parameters.get("after", 40)
    assert [event["id"] for event in page["events"]] == [f"{1 if after < 40 else 2}:{after + 1}"]
    assert page["epoch"] == 2


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"lastEventId": "1:60"}, "feed.history_unknown"),
        ({"lastEventId": "2:10"}, "feed.history_unknown"),
        ({"after": 3, "epoch": 2}, "feed.history_unknown"),
        ({"after": 60, "epoch": 1}, "feed.history_unknown"),
        ({"after": 60}, "feed.after_head"),
        ({"lastEventId": "1"}, "feed.event_id_malformed"),
        ({"lastEventId": "1:0"}, "feed.event_id_malformed"),
        ({"lastEventId": "٣:1"}, "feed.event_id_malformed"),
        ({"lastEventId": f"{2**31}:1"}, "feed.event_id_malformed"),
        ({"lastEventId": "1:" + "9" * 40}, "feed.event_id_malformed"),
        ({"epoch": 0}, "feed.parameter_invalid"),
    ],
)
async def test_what_this_log_has_never_had_is_refused(
    facts: Facts, feed: Feed, parameters: dict[str, Any], code: str
) -> None:
    await facts.append(60)
    await facts.restore_backup_at(40)

    assert (await feed.get(**parameters)).json()["code"] == code


async def test_an_id_that_never_was_is_not_taken_for_a_place_in_the_log(facts: Facts, feed: Feed) -> None:
    await facts.append(60)
    await facts.restore_backup_at(40, epoch=2)

    assert (await feed.get(lastEventId="2:30")).json()["code"] == "feed.history_unknown"


async def test_a_refusal_of_unknown_types_does_not_grow_with_what_was_sent(feed: Feed) -> None:
    answer = await feed.get(types=",".join(f"{n}{'x' * 300}" for n in range(9)))

    assert answer.json()["code"] == "feed.type_unknown"
    assert [len(name) for name in answer.json()["parameters"]["types"]] == [100, 100, 100]


async def test_the_feed_is_described(feed: Feed) -> None:
    operation = openapi_document(feed.app, CATALOGUE)["paths"]["/v1/events"]["get"]

    assert [parameter["name"] for parameter in operation["parameters"]] == [
        "after",
        "limit",
        "epoch",
        "lastEventId",
        "types",
        "waitSeconds",
    ]
    assert "scanned_to" in operation["description"]
    page = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(page["required"]) == {"events", "scanned_to", "head", "epoch"}
