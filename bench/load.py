"""The load generator, a process of its own: HTTP/1.1 over kept connections, one request at a time on each.

It does as little as it can for each request, so that it leaves the machine to the service. Durations are in seconds of this
process's monotonic clock. Prints one JSON object: requests, refused ones, requests per second, latencies in ms.
"""

import argparse
import asyncio
import json
import sys
import time
from typing import Final, cast
from uuid import uuid4

import uvloop

HOST: Final = "127.0.0.1"
END_OF_HEAD: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length: "
CREATED: Final = b"HTTP/1.1 201"


class Client(asyncio.Protocol):
    """One connection: sends the next request as soon as the answer to the last one is complete."""

    def __init__(self, load: "Load", number: int) -> None:
        self._load = load
        self._key = f"{uuid4().hex[:12]}-{number}"
        self._sent = 0
        self._sent_at = 0.0
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transport has the methods of `asyncio.Transport`, and is none by class.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Counts a complete answer."""
        self._buffer += data
        head = self._buffer.find(END_OF_HEAD)
        if head < 0:
            return
        start = self._buffer.lower().find(LENGTH, 0, head + 2) + len(LENGTH)
        length = int(self._buffer[start : self._buffer.index(b"\r\n", start)])
        if len(self._buffer) < head + len(END_OF_HEAD) + length:
            return
        self._load.count(time.perf_counter() - self._sent_at, is_created=self._buffer.startswith(CREATED))
        if not self._load.refusal and not self._buffer.startswith(CREATED):
            self._load.refusal = self._buffer.decode(errors="replace")
        self._buffer = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """Ends; a connection that the service closed counts as a refusal."""
        if not self._load.is_over:
            self._load.count(0.0, is_created=False)
        self._load.ended()

    def _send(self) -> None:
        assert self._transport is not None
        if self._load.is_over:
            self._transport.close()
            return
        self._sent += 1
        self._sent_at = time.perf_counter()
        self._transport.write(self._load.head + f"{self._key}-{self._sent}".encode() + self._load.rest)


class Load:
    """The state that all clients share: the request, the end, the counts."""

    def __init__(self, arguments: argparse.Namespace, body: bytes) -> None:
        self._stop_after = arguments.requests
        self.head = (
            f"POST {arguments.path} HTTP/1.1\r\nhost: {HOST}\r\nauthorization: Bearer {arguments.key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\nidempotency-key: "
        ).encode()
        self.rest = END_OF_HEAD + body
        self.is_over = False
        self.refusal = ""
        self.created = 0
        self.refused = 0
        self.latencies: list[float] = []
        self.left = arguments.clients
        self.all_ended = asyncio.Event()

    def count(self, seconds: float, *, is_created: bool) -> None:
        """One answer."""
        if is_created:
            self.created += 1
            self.latencies.append(seconds)
        else:
            self.refused += 1
        if self._stop_after and self.created + self.refused >= self._stop_after:
            self.is_over = True

    def ended(self) -> None:
        self.left -= 1
        if not self.left:
            self.all_ended.set()


async def run(arguments: argparse.Namespace) -> dict[str, float]:
    """Runs the clients to the end."""
    load = Load(arguments, sys.stdin.buffer.read() if arguments.body == "-" else arguments.body.encode())
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    for number in range(arguments.clients):
        await loop.create_connection(lambda number=number: Client(load, number), HOST, arguments.port)  # type: ignore[misc]
    if arguments.seconds:
        await asyncio.sleep(arguments.seconds)
        load.is_over = True
    await load.all_ended.wait()
    seconds = time.perf_counter() - started
    if load.refused:
        print(f"{load.refused} requests were refused, the first with: {load.refusal}", file=sys.stderr)
    latencies = sorted(load.latencies) or [0.0]
    return {
        "requests": load.created,
        "refused": load.refused,
        "per_second": load.created / seconds,
        "p50_ms": 1_000 * latencies[len(latencies) // 2],
        "p99_ms": 1_000 * latencies[len(latencies) * 99 // 100],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--body", required=True)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--requests", type=int, default=0)
    print(json.dumps(uvloop.run(run(parser.parse_args()))))


if __name__ == "__main__":
    main()
