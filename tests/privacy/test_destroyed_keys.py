"""The event `person.erased` and its effect are one: keys, prints and what processes hold in memory end with its commit."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from salesapi.cli.migrating import migrate_all
from salesapi.domain.shared.kernel import StreamRef
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.head_watch import POLL_SECONDS
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import AppendRequest, KeyTaken, NewEvent, RequestKey, StreamAppend
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.privacy.keys import PostgreSQLKeys
from tests.connections import connected, connected_log
from tests.programs import until

ANN, BEN, LEAD, PERSON, WHO = (UUID(int=number) for number in (0xA1, 0xB1, 0x1E, 0xFE, 0xAC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A log and keys, as one process has them: told of erasures by the log."""

    log: PostgreSQLEventLog
    keys: PostgreSQLKeys


@pytest_asyncio.fixture(loop_scope="session")
async def processes(database: DatabaseUrls, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    await migrate_all(database.owner_url, tmp_path / "kek")
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(2):
            pool = await stack.enter_async_context(
                asyncpg.create_pool(database.application_url, min_size=1, max_size=2)
            )
            log = await stack.enter_async_context(connected_log(database.application_url))
            # A clock that stands still: nothing is forgotten by itself.
            keys = PostgreSQLKeys(pool, FileKeyEncryption(tmp_path / "kek"), lambda: 0.0)
            log.on_erased(keys.forget)
            made.append(Process(log=log, keys=keys))
        yield made[0], made[1]


def stored(type: str, payload: Mapping[str, object], **meta: str) -> NewEvent:
    """An event as it is appended."""
    text = json.dumps(payload, separators=(",", ":"))
    return NewEvent(type=type, schema=1, payload=text, meta=json.dumps({"actor_id": str(WHO), **meta}), occurred=None)


def erasure(*subjects: UUID, key: str = "erase") -> AppendRequest:
    """The erasure of subjects, about the lead."""
    payload = {"subject_ids": [str(each) for each in subjects], "records": [{"kind": "lead", "id": str(LEAD)}]}
    append = StreamAppend(
        stream=StreamRef("person", PERSON), expected_version=0, events=(stored("person.erased", payload),)
    )
    return AppendRequest(appends=(append,), key=RequestKey(principal_id=WHO, key=key, fingerprint=b"e", receipt="[]"))


async def test_keys_end_in_the_commit_of_the_event_and_in_every_process(processes: tuple[Process, Process]) -> None:
    one, other = processes
    made = await one.keys.for_sealing([ANN, BEN])
    assert await other.keys.for_opening([ANN, BEN]) == made

    await one.log.append(erasure(ANN))

    for process in processes:

        async def is_forgotten(keys: PostgreSQLKeys = process.keys) -> bool:
            return await keys.for_opening([ANN, BEN]) == {ANN: None, BEN: made[BEN]}

        await until(is_forgotten, "the key is forgotten", 10 * POLL_SECONDS)


async def test_an_erasure_that_is_not_stored_destroys_nothing(processes: tuple[Process, Process]) -> None:
    one, other = processes
    made = await one.keys.for_sealing([ANN])
    key = RequestKey(principal_id=WHO, key="erase", fingerprint=b"other", receipt="[]")
    await one.log.append(AppendRequest(appends=(), key=key))

    with pytest.raises(KeyTaken):
        await other.log.append(erasure(ANN))

    other.keys.forget()
    assert await other.keys.for_opening([ANN]) == made


async def test_a_process_whose_listener_was_lost_forgets_what_it_may_have_missed(
    database: DatabaseUrls, processes: tuple[Process, Process]
) -> None:
    one, other = processes
    await one.keys.for_sealing([ANN])
    assert (await other.keys.for_opening([ANN]))[ANN] is not None
    async with connected(database.owner_url) as owner:
        await owner.execute("UPDATE privacy.subject_key SET wrapped_key = NULL, kek_id = NULL, shredded_at = now()")
    assert (await other.keys.for_opening([ANN]))[ANN] is not None, "nobody was told"
    async with connected(database.application_url) as connection:
        ended = await connection.fetchval(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'salesapi listener'
            """
        )
    assert ended == 2

    async def is_forgotten() -> bool:
        return await other.keys.for_opening([ANN]) == {ANN: None}

    await until(is_forgotten, "a new listener begins with nothing in memory", 10 * POLL_SECONDS)


async def test_prints_of_what_brought_a_value_are_gone_and_others_stay(
    database: DatabaseUrls, processes: tuple[Process, Process]
) -> None:
    one, _ = processes
    sealed = {"name": {"$enc": {"v": 1, "s": str(ANN), "k": 1, "n": "", "c": ""}}}
    brought = stored("lead.captured", sealed, idempotency_key="crm/people/7/1/0a1b")
    plain = stored("lead.assigned", {}, idempotency_key="crm/people/8/1/0a1b")
    for version, (event, key) in enumerate(((brought, "crm/people/7/1/0a1b"), (plain, "crm/people/8/1/0a1b"))):
        append = StreamAppend(stream=StreamRef("lead", LEAD), expected_version=version, events=(event,))
        request_key = RequestKey(principal_id=WHO, key=key, fingerprint=b"f" * 32, receipt="[]")
        await one.log.append(AppendRequest(appends=(append,), key=request_key))
    async with connected(database.owner_url) as owner:
        await owner.execute("INSERT INTO importing.job (source, mapping_sha256, files) VALUES ('crm', '', '[]')")
        await owner.execute(
            """
            INSERT INTO importing.row (source, table_name, row_id, revision, steps, offered_key, offered, job_id)
            SELECT 'crm', 'people', id, 0, '{"a": 1}', 'crm/people/' || id || '/1/0a1b', '{"a": 1}', 1
            FROM unnest(ARRAY['7', '8']) AS id
            """
        )

        await one.log.append(erasure(ANN))

        prints = {
            row["key"]: row["fingerprint"] for row in await owner.fetch("SELECT key, fingerprint FROM log.request")
        }
        rows = await owner.fetch("SELECT row_id, is_erased, steps, offered FROM importing.row ORDER BY row_id")
    assert prints["crm/people/7/1/0a1b"] != b"f" * 32
    assert len(prints["crm/people/7/1/0a1b"]) == 32
    assert prints["crm/people/8/1/0a1b"] == b"f" * 32
    assert [tuple(row) for row in rows] == [("7", True, "{}", None), ("8", False, '{"a": 1}', '{"a": 1}')]
