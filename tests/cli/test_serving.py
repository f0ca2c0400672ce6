"""How `serve` listens."""

import asyncio
import socket

from salesapi.cli.serving import listening_socket


async def test_bug_of_answers_that_waited_for_the_clients_acknowledgement() -> None:
    """An answer is written in two parts. Its second part waited 40 ms on each kept connection, for an ACK that comes late."""
    asked: asyncio.Queue[bool] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        await asked.put(bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    with listening_socket("127.0.0.1", 0) as listener:
        async with await asyncio.start_server(answer, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await asked.get(), "parts of an answer are sent at once"
            writer.close()
