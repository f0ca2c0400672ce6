"""The guide to the stream: its program reads as a consumer, and goes on where it stopped, also in another incarnation."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from salesapi.embedded.nats import EmbeddedNats
from salesapi.streaming.relay import Relay
from salesapi.streaming.sales_stream import SALES, StreamConnection
from tests.streaming.conftest import Facts

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "stream.md"


def program() -> ModuleType:
    """The one program of the guide."""
    (text,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    made = ModuleType("stream_reader")
    exec(compile(text, str(GUIDE), "exec"), made.__dict__)
    return made


async def test_the_program_of_the_guide_reads_each_event_once_and_again_what_was_faulty(
    facts: Facts, reachable_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = await EmbeddedNats.start(reachable_folder / "nats")
    relay = Relay(facts.log, server.url)
    reader = program()
    try:
        await facts.append(20)
        await relay.send_next()
        position, incarnation = await reader.read(server.consumer_url, 0, "")
        assert (position, len(capsys.readouterr().out.splitlines())) == (20, 20)

        await facts.append(5)
        await relay.send_next()
        position, same = await reader.read(server.consumer_url, position, incarnation)
        assert (position, same) == (25, incarnation)
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["21", "22", "23", "24", "25"]

        connection = await StreamConnection.open(server.url, SALES)
        await connection.make_anew(replaced=incarnation, faulty_from=24)
        await connection.close()
        while await relay.send_next():
            pass
        position, another = await reader.read(server.consumer_url, position, incarnation)
        assert position == 25
        assert another != incarnation
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["24", "25"]
    finally:
        sys.modules.pop("stream_reader", None)
        await relay.close()
        await server.stop()
