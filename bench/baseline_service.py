"""The baseline for commands over HTTP: what one would write without a log, keys, rules or receipts.

FastAPI, a pydantic body, a bearer check against one digest, and one prepared INSERT of an equal row through an asyncpg
pool. Same server settings as `salesapi serve`, one worker.
"""

import asyncio
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import asyncpg
import uuid_utils
import uvicorn
import uvloop
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from salesapi.cli.serving import listening_socket

POOL_CONNECTIONS: Final = 10
"""The default of asyncpg's pools. It reached 0.98 of a pool of 32 (median of six noisy rounds), which together with
`serve` and `work` exceeds the embedded server's 60 connections."""
INSERT: Final = """
    INSERT INTO bench.event (stream_kind, stream_id, version, type, schema, payload, meta, occurred_at, occurred_on,
                             occurred_zone, recorded_at)
    VALUES ('deal', $1, 1, 'deal.opened', 1, $2, $3, $4, $5, 'UTC', clock_timestamp())
    RETURNING position
"""


class DealToOpen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=200)]
    pipeline_id: UUID
    owner_id: UUID
    amount_minor: Annotated[int | None, Field(ge=-(2**53) + 1, le=2**53 - 1)] = None
    currency: Annotated[str | None, Field(min_length=3, max_length=3)] = None


class OpenedDeal(BaseModel):
    id: UUID
    version: int
    position: int


def service(pool: "asyncpg.Pool[asyncpg.Record]", key_sha256: str, meta: str) -> FastAPI:
    app = FastAPI()

    async def check(authorization: Annotated[str, Header()]) -> None:
        digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
        if not hmac.compare_digest(digest, key_sha256):
            raise HTTPException(401)

    @app.post("/v1/deals", status_code=201, dependencies=[Depends(check)])
    async def open_deal(deal: DealToOpen) -> OpenedDeal:
        deal_id, now = UUID(int=uuid_utils.uuid7().int), datetime.now(UTC)
        position = await pool.fetchval(INSERT, deal_id, _payload(deal), meta, now, now.date())
        return OpenedDeal(id=deal_id, version=1, position=position)

    return app


def _payload(deal: DealToOpen) -> str:
    """As many bytes as the stored event has."""
    return json.dumps(
        {
            "title": deal.title,
            "pipeline_id": str(deal.pipeline_id),
            "pipeline_version": 1,
            "stage": "intent",
            "owner_id": str(deal.owner_id),
            "customer_id": None,
            "lead_id": None,
            "amount_minor": deal.amount_minor,
            "currency": deal.currency,
            "lines": [],
            "expected_close_on": None,
            "attributes": [],
            "external_id": None,
        },
        separators=(",", ":"),
    )


async def main() -> None:
    """Serves until it is stopped."""
    pool = await asyncpg.create_pool(
        os.environ["SALESAPI_MIGRATION_URL"], min_size=POOL_CONNECTIONS, max_size=POOL_CONNECTIONS
    )
    listener = listening_socket("127.0.0.1", 0)
    app = service(pool, os.environ["BENCH_KEY_SHA256"], os.environ["BENCH_META"])
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", server_header=False)
    print(f"serves http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    async with pool:
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main())
