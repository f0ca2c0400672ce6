"""Runs the HTTP server until the block ends, without dropping requests."""

import asyncio
import contextlib
import errno
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

SHUTDOWN_SECONDS: Final = 10
"""How long open requests may take after a stop signal."""
LISTEN_BACKLOG: Final = 1_024
WEB_SOCKET_MESSAGE_BYTES_MAX: Final = 65_536
GC_THRESHOLDS: Final = (20_000, 20, 50)
"""Fewer, larger collections: half of the time of eight concurrent GraphQL queries went into the default ones."""


class AddressRefused(RuntimeError):
    """The server cannot listen where it should."""


class _Server(uvicorn.Server):
    """Leaves the signals to us: the engines must outlive the last request."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that is bound already, so that the address in the ready line is true (port 0 takes a free one).

    Raises:
        AddressRefused: the port is taken, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small parts at once only where the protocol is named; else the second part of an answer waits for an ACK.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(LISTEN_BACKLOG)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressRefused(
                f"Port {port} of {host} is taken. Name another one, or 0 for any that is free."
            ) from None
        raise AddressRefused(f"Cannot listen on port {port} of {host}: {error.strerror or error}.") from None
    return made


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serves while the block runs."""
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        ws_per_message_deflate=False,
        ws_max_size=WEB_SOCKET_MESSAGE_BYTES_MAX,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        yield
    finally:
        server.should_exit = True
        await task
