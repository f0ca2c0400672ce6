"""What users of a NATS server may do and may not, tried at a running one. Each attempt is harmless where it is refused."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import nats
from nats.aio.client import Client
from nats.js.api import StreamConfig
from tests.programs import until

from salesapi.embedded.nats_accounts import API_PREFIX, CONSUMER

EVENTS = 3
ANSWER_SECONDS = 2.0
STREAM_API = ("DELETE", "PURGE", "UPDATE", "CREATE", "SNAPSHOT", "RESTORE", "MSG.DELETE", "MSG.GET", "LEADER.STEPDOWN")
OTHERS_API = (f"CONSUMER.DELETE.SALES.{CONSUMER}", "CONSUMER.CREATE.SALES.other", "CONSUMER.MSG.NEXT.SALES.other")
FORBIDDEN = (
    "sales.v1.deal.won",
    "sales.v1.anything.else",
    *(f"{prefix}.STREAM.{api}.SALES" for prefix in ("$JS.API", API_PREFIX) for api in STREAM_API),
    *(f"{prefix}.{api}" for prefix in ("$JS.API", API_PREFIX) for api in OTHERS_API),
    "$JS.API.STREAM.CREATE.OTHER",
    "$SYS.REQ.SERVER.PING",
)
OVERHEARD = (">", "_INBOX.>", "sales.v1.>", "$JS.API.>", "$SYS.>")


@dataclass
class User:
    """A client and the errors that the server sent it."""

    client: Client
    errors: list[str] = field(default_factory=list)

    async def note(self, error: Exception) -> None:
        self.errors.append(str(error).lower())

    async def refusal(self) -> str:
        """What the server says next of what was tried."""
        await until(lambda: bool(self.errors), "it is refused", ANSWER_SECONDS)
        return self.errors.pop(0)


@asynccontextmanager
async def connected_as(url: str, name: str = CONSUMER) -> AsyncIterator[User]:
    """A user while the block runs."""
    user = User(Client())
    prefix = f"_INBOX_{name}".encode()
    await user.client.connect(url, inbox_prefix=prefix, error_cb=user.note, allow_reconnect=False)
    try:
        yield user
    finally:
        await user.client.close()


async def state_of(relay: Client) -> dict[str, Any]:
    """The stream as it is: everything that an attempt could have changed."""
    answer = await relay.request("$JS.API.STREAM.INFO.SALES", b"", timeout=ANSWER_SECONDS)
    found: dict[str, Any] = json.loads(answer.data)
    state = found["state"]
    return {"created": found["created"], "config": found["config"], "messages": (state["messages"], state["last_seq"])}


async def prove_that_only_the_relay_writes(relay_url: str, consumer_url: str) -> None:
    """A consumer reads and acknowledges the events, and whatever else it tries changes nothing."""
    relay = await nats.connect(relay_url)
    try:
        stream = StreamConfig(name="SALES", subjects=["sales.v1.>"], deny_delete=True, deny_purge=True)
        await relay.jetstream().add_stream(stream)
        for number in range(EVENTS):
            await relay.jetstream().publish("sales.v1.deal.won", f"{number}".encode())
        before = await state_of(relay)
        async with connected_as(consumer_url) as consumer:
            await _reads(consumer)
            assert consumer.errors == []
            for subject in FORBIDDEN:
                await consumer.client.publish(subject, b"")
                assert await consumer.refusal() == f'nats: permissions violation for publish to "{subject.lower()}"'
            for subject in OVERHEARD:
                await consumer.client.subscribe(subject)
                assert "permissions violation for subscription" in await consumer.refusal(), subject
        assert await state_of(relay) == before
    finally:
        await relay.close()


async def _reads(consumer: User) -> None:
    jetstream = consumer.client.jetstream(prefix=API_PREFIX)
    reader = await jetstream.pull_subscribe("sales.v1.>", stream="SALES", durable=CONSUMER)
    messages = await reader.fetch(EVENTS, timeout=ANSWER_SECONDS)
    assert [message.metadata.sequence.stream for message in messages] == [*range(1, EVENTS + 1)]
    for message in messages[:2]:
        await message.ack_sync(timeout=ANSWER_SECONDS)
    told = await jetstream.consumer_info("SALES", CONSUMER)
    assert told.ack_floor.stream_seq == 2
    assert (await jetstream.stream_info("SALES")).state.last_seq == EVENTS
