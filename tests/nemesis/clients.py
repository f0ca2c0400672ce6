"""Clients that go on while servers and engines die, and the history that they write for the checker.

A client sends each command until it is acknowledged, with the same idempotency key, to any of the servers. Durations are in
seconds, on this process's monotonic clock.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

ATTEMPT_SECONDS = 5.0
"""A client's patience for one attempt; what is not answered then is unknown."""
PAUSE_SECONDS = 0.1
COMMAND_SECONDS_MAX = 120.0
"""How long a client tries one command: no outage here lasts longer, unless a test failed in the middle of one."""
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request and what became of it."""

    number: int
    key: str
    outcome: str
    """The status, or `unknown` where no answer came."""
    code: str = ""
    seconds: float = 0.0
    retry_after: str | None = None
    is_replay: bool = False
    receipt: dict[str, Any] | None = None


@dataclass
class Clients:
    """Any number of clients over the same servers."""

    addresses: Callable[[], list[str]]
    api_key: str
    random: Random
    prefix: str = "n"
    """Begins the idempotency keys: `<prefix>/<command>`."""
    retries_with_a_new_key: bool = False
    """The planted bug: a client that takes a new key for a retry."""
    patience_seconds: tuple[float, ...] = (ATTEMPT_SECONDS,)
    """How long a client waits for an answer: one of these, drawn for each attempt."""
    attempts: list[Attempt] = field(default_factory=list)
    is_stopped: bool = False
    _numbers: int = 0

    def acknowledged(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.receipt is not None]

    def refused(self) -> int:
        return sum(attempt.outcome == "503" for attempt in self.attempts)

    def refused_at_least(self, count: int) -> bool:
        return self.refused() >= count

    @asynccontextmanager
    async def running(self, count: int) -> AsyncIterator[None]:
        """So many clients, for as long as the block lasts; each ends with an acknowledged command."""
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self._client())
            try:
                yield
            finally:
                self.is_stopped = True

    async def _client(self) -> None:
        async with httpx2.AsyncClient(timeout=ATTEMPT_SECONDS) as client:
            while not self.is_stopped:
                self._numbers += 1
                await self._command(client, self._numbers)

    async def _command(self, client: httpx2.AsyncClient, number: int) -> None:
        key = f"{self.prefix}/{number}"
        deadline = time.monotonic() + COMMAND_SECONDS_MAX
        for retry in itertools.count(1):
            attempt = await self.attempt(client, number, key)
            self.attempts.append(attempt)
            if attempt.outcome in ("200", "201"):
                return
            assert attempt.outcome in (UNKNOWN, "503"), attempt
            assert time.monotonic() < deadline, f"not acknowledged in {COMMAND_SECONDS_MAX} s: {attempt}"
            await asyncio.sleep(PAUSE_SECONDS)
            if self.retries_with_a_new_key:
                key = f"{self.prefix}/{number}/{retry}"

    async def attempt(self, client: httpx2.AsyncClient, number: int, key: str) -> Attempt:
        """One request, not written into the history."""
        began = time.monotonic()
        address = self.random.choice(self.addresses())
        headers = {"authorization": f"Bearer {self.api_key}", "idempotency-key": key}
        try:
            answer = await client.post(
                f"{address}/v1/members",
                json={"name": f"Member {number}"},
                headers=headers,
                timeout=self.random.choice(self.patience_seconds),
            )
        except httpx2.TransportError:
            return Attempt(number=number, key=key, outcome=UNKNOWN, seconds=time.monotonic() - began)
        content = answer.json()
        is_receipt = answer.status_code in (200, 201)
        return Attempt(
            number=number,
            key=key,
            outcome=str(answer.status_code),
            code="" if is_receipt else content["code"],
            seconds=time.monotonic() - began,
            retry_after=answer.headers.get("retry-after"),
            is_replay="idempotent-replayed" in answer.headers,
            receipt=content if is_receipt else None,
        )
