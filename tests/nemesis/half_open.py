"""A way to a server that can fall silent: its connections stay open, and nothing comes through any more, in neither direction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CHUNK_BYTES = 65_536


@dataclass
class Way:
    """The way; `is_open` is an event that the test clears and sets."""

    to_port: int
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries one connection; while the way is not open, a new one is taken and gets no answer."""
        await self.is_open.wait()
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        for source, target in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(self._carry(source, target))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                await self.is_open.wait()
                target.write(chunk)
                await target.drain()
            await self.is_open.wait()
            target.close()


@asynccontextmanager
async def way_to(port: int) -> AsyncIterator[Way]:
    """A way on a port of its own, open at first, for as long as the block lasts."""
    way = Way(port)
    way.is_open.set()
    server = await asyncio.start_server(way.take, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        for task in list(way.tasks):
            task.cancel()
