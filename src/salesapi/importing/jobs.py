"""The tables of imports: jobs, and what each row was imported as. One statement a function; the record clock is the server's.

Whether the latest offer of a row was accepted is never stored here: the log knows, by the key of the request.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import msgspec

from salesapi.database.connections import Pool
from salesapi.database.locks import IMPORT, RELEASE_NAMED, TRY_NAMED
from salesapi.importing.rows import Prints, StepPrint

BEGIN: Final = "INSERT INTO importing.job (source, mapping_sha256, files) VALUES ($1, $2, $3::text::jsonb) RETURNING id"
ADD_SOURCE: Final = "INSERT INTO importing.source (source) VALUES ($1) ON CONFLICT DO NOTHING"
SECRET: Final = "SELECT secret FROM importing.source WHERE source = $1"
FINISH: Final = "UPDATE importing.job SET finished_at = clock_timestamp(), summary = $2::text::jsonb WHERE id = $1"
# Probes of an index for each row, whatever the statistics say: a scalar subquery is never turned into a join.
FIND: Final = """
    SELECT r.row_id, r.revision, r.steps::text, r.offered::text,
           r.offered_key IS NOT NULL AND coalesce((
               SELECT true FROM log.request q WHERE q.principal_id = $3 AND q.key = r.offered_key
           ), false) AS is_accepted, r.is_erased
    FROM unnest($4::text[]) AS wanted (row_id)
    CROSS JOIN LATERAL (
        SELECT * FROM importing.row r
        WHERE r.source = $1 AND r.table_name = $2 AND r.row_id = wanted.row_id OFFSET 0
    ) r
"""
OFFER: Final = """
    INSERT INTO importing.row (source, table_name, row_id, revision, steps, offered_key, offered, job_id)
    SELECT $1, $2, row_id, revision, steps::jsonb, offered_key, offered::jsonb, $3
    FROM unnest($4::text[], $5::integer[], $6::text[], $7::text[], $8::text[])
        AS o (row_id, revision, steps, offered_key, offered)
    ON CONFLICT ON CONSTRAINT row_identity DO UPDATE
    SET revision = excluded.revision, steps = excluded.steps, offered_key = excluded.offered_key,
        offered = excluded.offered, job_id = excluded.job_id
"""

DIGEST_CHARACTERS: Final = 24
"""Hexadecimal characters of the content's digest in an idempotency key."""

_PRINTS: Final = msgspec.json.Decoder(dict[str, StepPrint])


class ImportRunning(RuntimeError):
    """Another import of the same source runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The import of a row so far: its accepted changes, the prints of its steps, and whether none was accepted yet."""

    revision: int = 0
    prints: Prints
    is_new: bool = False
    is_erased: bool = False
    """A person of the row was erased: nothing is known of it, and nothing of it is brought back."""


NOT_IMPORTED: Final = Imported(prints={}, is_new=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The import that a row is about to get. Without a key there is nothing to ask of the log: it holds already."""

    row_id: str
    before: Imported
    prints: Prints
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A running import of a source. Without an id it is a rehearsal, which stores nothing."""

    pool: Pool
    source: str
    principal_id: UUID
    id: int | None
    secret: bytes = b""
    """The key of the digests in the idempotency keys of its rows; the same for each job of the source."""

    def digest(self, content: bytes) -> str:
        """Digests what a row becomes, so that nobody without the database can find out what that was."""
        return hmac.new(self.secret, content, hashlib.sha256).hexdigest()[:DIGEST_CHARACTERS]

    async def find(self, table: str, row_ids: Sequence[str]) -> dict[str, Imported]:
        """Finds what these rows were imported as so far; rows that were never offered are left out."""
        records = await self.pool.fetch(FIND, self.source, table, self.principal_id, list(row_ids))
        return {
            row_id: Imported(
                revision=revision + 1 if is_accepted else revision,
                prints=_PRINTS.decode(offered if is_accepted else steps),
                is_new=not is_accepted and revision == 0,
                is_erased=is_erased,
            )
            for row_id, revision, steps, offered, is_accepted, is_erased in records
        }

    async def offer(self, table: str, offers: Sequence[Offer]) -> None:
        """Remembers what the rows are about to be imported as; the log's answer decides."""
        if self.id is None or not offers:
            return
        await self.pool.execute(
            OFFER,
            self.source,
            table,
            self.id,
            [offer.row_id for offer in offers],
            [offer.before.revision for offer in offers],
            [_text(offer.prints if offer.key is None else offer.before.prints) for offer in offers],
            [offer.key for offer in offers],
            [None if offer.key is None else _text(offer.prints) for offer in offers],
        )

    async def finish(self, summary: Mapping[str, object]) -> None:
        """Marks the job as finished."""
        if self.id is not None:
            await self.pool.execute(FINISH, self.id, msgspec.json.encode(summary).decode())


@asynccontextmanager
async def running_job(rehearsal: Job, mapping_sha256: bytes, files: object) -> AsyncIterator[Job]:
    """The job that would have been a rehearsal, alone with its source while the block runs.

    Raises:
        ImportRunning.
    """
    source = rehearsal.source
    async with rehearsal.pool.acquire() as connection:
        if not await connection.fetchval(TRY_NAMED, IMPORT, source):
            raise ImportRunning(f"another import of {source} runs; wait for it to end")
        try:
            await connection.execute(ADD_SOURCE, source)
            secret = await connection.fetchval(SECRET, source)
            job_id = await connection.fetchval(BEGIN, source, mapping_sha256, msgspec.json.encode(files).decode())
            yield replace(rehearsal, id=int(job_id), secret=secret)
        finally:
            if not connection.is_closed():
                await connection.execute(RELEASE_NAMED, IMPORT, source)


def _text(prints: Prints) -> str:
    return msgspec.json.encode(prints).decode()
