"""The live deal board over WebSocket, and the protocol graphql-transport-ws that carries it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from salesapi.access.principals import EVERYTHING
from salesapi.api.graphql.board_watch import QUEUE_CHANGES_MAX, Subscriber
from salesapi.queries.selling.deals import DEALS
from tests.api.companies import PATIENCE_SECONDS, settled
from tests.service import Service, deal

PROTOCOL: Any = ["graphql-transport-ws"]


class Client:
    """A client of the WebSocket, as a frontend is one."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **message: Any) -> None:
        """One message."""
        await self.socket.send(orjson.dumps(message).decode())

    async def subscribe(self, id: str, query: str, **variables: Any) -> None:
        """One operation."""
        await self.send(type="subscribe", id=id, payload={"query": query, "variables": variables})

    async def take(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            message: dict[str, Any] = orjson.loads(await self.socket.recv())
            return message

    async def closed(self) -> int:
        """The code with which the server closes."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed:
                pass
        assert self.socket.close_code is not None
        return self.socket.close_code


@asynccontextmanager
async def socket(sales: Service, role: str | None = None) -> AsyncIterator[Client]:
    """A socket; with a role it has said who it is."""
    async with connect(f"{sales.address.replace('http', 'ws')}/graphql", subprotocols=PROTOCOL) as made:
        client = Client(made)
        if role is not None:
            await client.send(type="connection_init", payload={"authorization": f"Bearer {sales.keys[role]}"})
            assert await client.take() == {"type": "connection_ack"}
        yield client


BOARD = """subscription($at: BigInt, $pipeline: UUID) { dealBoard(minPosition: $at, pipelineId: $pipeline) {
    position deal { title stage owner { name } } } }"""


async def test_the_board_pushes_a_change_once_queries_show_it(sales: Service) -> None:
    opened = await sales.must("/v1/deals", deal(sales, title="Live", stage="engaging"))
    before = await settled(sales)
    async with socket(sales, "rep") as client:
        await client.subscribe("a", BOARD, at=before)
        await client.subscribe("b", "{ position }")
        assert [(await client.take())["type"] for _ in range(2)] == ["next", "complete"]
        moved = await sales.must(
            f"/v1/deals/{opened['id']}/change-stage", {"stage_to": "prospecting", "reason": "Back"}
        )
        message = await client.take()
        assert (message["type"], message["id"]) == ("next", "a")
        shown = message["payload"]["data"]["dealBoard"]
        assert shown["position"] == str(moved["position"])
        assert shown["deal"] == {"title": "Live", "stage": "prospecting", "owner": {"name": "rep"}}
        await client.send(type="complete", id="a")
        await client.send(type="ping")
        assert await client.take() == {"type": "pong"}


async def test_the_board_begins_with_what_was_missed_and_keeps_to_the_scope(sales: Service) -> None:
    before = await settled(sales)
    foreign = {**deal(sales, title="Not yours"), "owner_id": str(sales.ids["other rep"])}
    await sales.must("/v1/deals", foreign)
    await sales.must("/v1/deals", deal(sales, title="Missed"))
    await settled(sales)
    async with socket(sales, "rep") as client:
        await client.subscribe("a", BOARD, at=str(before), pipeline=str(sales.ids["pipeline"]))
        assert (await client.take())["payload"]["data"]["dealBoard"]["deal"]["title"] == "Missed"


async def test_a_bad_document_ends_its_own_operation_only(sales: Service) -> None:
    before = await settled(sales)
    async with socket(sales, "rep") as client:
        await client.subscribe("good", BOARD, at=before)
        for id, document in (
            ("syntax", "{ "),
            ("unknown", "{ nothing }"),
            ("costly", "{ deals(first: 999) { position } }"),
        ):
            await client.subscribe(id, document)
            answer = await client.take()
            assert (answer["type"], answer["id"]) == ("error", id)
        await sales.must("/v1/deals", deal(sales, title="Still here"))
        assert (await client.take())["payload"]["data"]["dealBoard"]["deal"]["title"] == "Still here"


async def test_a_misspelt_pipeline_is_refused_before_anything_is_watched(sales: Service) -> None:
    async with socket(sales, "rep") as client:
        await client.subscribe("a", BOARD, pipeline="none")
        answer = await client.take()
        assert answer["payload"][0]["extensions"]["code"] == "request.malformed"


async def test_who_does_not_keep_up_is_dropped_alone(sales: Service) -> None:
    receipt = await sales.must("/v1/deals", deal(sales, title="Often"))
    await settled(sales)
    async with sales.core.pool.acquire() as connection:
        often = await DEALS.one(connection, EVERYTHING, UUID(receipt["id"]))
    slow, quick = Subscriber(), Subscriber()
    for _ in range(QUEUE_CHANGES_MAX + 5):
        for subscriber in (slow, quick):
            subscriber.push(often)
        assert quick.changes.get_nowait() == often
    assert (slow.is_dropped, quick.is_dropped) == (True, False)
    assert [slow.changes.get_nowait() for _ in range(slow.changes.qsize())][-1] is None


async def test_the_protocol_is_kept(sales: Service) -> None:
    async with socket(sales) as client:
        await client.send(type="connection_init", payload={"authorization": "Bearer nonsense"})
        assert await client.closed() == 4403
    async with socket(sales) as client:
        await client.subscribe("a", "{ position }")
        assert await client.closed() == 4401
    async with socket(sales, "rep") as client:
        await client.send(type="connection_init")
        assert await client.closed() == 4429
    async with socket(sales, "rep") as client:
        await client.subscribe("a", BOARD)
        await client.subscribe("a", BOARD)
        assert await client.closed() == 4409
    for message in ("nonsense", "[]", '{"type": "other"}', '{"type": "subscribe"}'):
        async with socket(sales, "rep") as client:
            await client.socket.send(message)
            assert await client.closed() == 4400
    async with socket(sales, "rep") as client:
        await client.socket.send("x" * 70_000)
        assert await client.closed() == 1009
    async with connect(f"{sales.address.replace('http', 'ws')}/graphql") as made:
        assert await Client(made).closed() == 4406
