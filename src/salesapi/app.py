"""The composition root: builds everything from settings, in one place, and takes it down in order.

`running_core` is what every process shares: the log, the codec with its keys, the write path. `http_app` puts the doors on
it; `cli/` decides which of both a process runs.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg
from prometheus_client import CollectorRegistry

from salesapi.access.api_keys import ApiKeys
from salesapi.access.scopes import Scopes
from salesapi.audit.sealing import root_at
from salesapi.clock import Clock, Ids, SystemClock, TimeOrderedIds
from salesapi.commands.handling import Handling, Resolver
from salesapi.commands.stream_states import StreamStates
from salesapi.database.connections import (
    COMMAND_TIMEOUT_SECONDS,
    CONNECT_TIMEOUT_SECONDS,
    IDLE_IN_TRANSACTION_TIMEOUT_MS,
    KEEPALIVE_IDLE_SECONDS,
    Pool,
)
from salesapi.database.migrating import refuse_overpowered_role
from salesapi.domain.catalogue import Catalogue, whole_catalogue
from salesapi.domain.shared.kernel import PayFactsRef, Ref, TreeRootRef
from salesapi.domain.shared.time_bounds import TimeBounds
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.room import StorageRoom
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.ledgers import PayFactsReader
from salesapi.privacy.key_binding import bound_encryption
from salesapi.privacy.keys import Keys, PostgreSQLKeys
from salesapi.settings import Settings

POOL_CONNECTIONS_MAX: Final = 12
"""Connections of one process for queries, followers and keys, beside the log's own."""
ROOT_WAIT_SECONDS: Final = 10.0
"""How long the lock of a payout run waits for the sealer."""


class NotConfigured(RuntimeError):
    """A setting that this command needs is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The services that every process shares."""

    settings: Settings
    pool: Pool
    log: PostgreSQLEventLog
    codec: Codec
    catalogue: Catalogue
    states: StreamStates
    ledgers: PayFactsReader
    handling: Handling
    resolvers: Mapping[type, Resolver]
    """What finds things for deciders that are no streams, by the class of their references."""
    room: StorageRoom
    api_keys: ApiKeys
    scopes: Scopes
    clock: Clock
    ids: Ids
    bounds: TimeBounds
    registry: CollectorRegistry


@asynccontextmanager
async def running_core(settings: Settings) -> AsyncIterator[Core]:
    """Connects to PostgreSQL with the application's role and builds the write path.

    Raises:
        NotConfigured: without a database URL or a key file.
        KeyFileRefused: the key file is not that of the database.
        OverpoweredRole: when the role could write the event table itself.
    """
    if settings.database_url is None:
        raise NotConfigured("set SALESAPI_DATABASE_URL to the application's role, or give --data-dir of a running dev")
    if settings.key_file is None:
        raise NotConfigured("set SALESAPI_KEY_FILE to the file of the key-encryption key; `salesapi migrate` makes one")
    url = settings.database_url.get_secret_value()
    async with AsyncExitStack() as undo:
        pool = await asyncpg.create_pool(
            url,
            min_size=2,
            max_size=POOL_CONNECTIONS_MAX,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            server_settings={
                "application_name": "salesapi",
                # A process that is paused in a transaction would hold its rows from whoever leads after it.
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
                "tcp_keepalives_idle": str(KEEPALIVE_IDLE_SECONDS),
            },
        )
        undo.push_async_callback(pool.close)
        async with pool.acquire() as connection:
            await refuse_overpowered_role(connection)
            encryption = await bound_encryption(connection, settings.key_file)
        log = await PostgreSQLEventLog.connect(url)
        undo.push_async_callback(log.close)
        keys = PostgreSQLKeys(pool, encryption)
        core = assembled(settings, pool=pool, log=log, keys=keys)
        undo.push_async_callback(core.api_keys.close)
        yield core


def assembled(
    settings: Settings,
    *,
    pool: Pool,
    log: PostgreSQLEventLog,
    keys: Keys | None,
) -> Core:
    """Wires the parts; connects to nothing."""
    catalogue, clock, ids = whole_catalogue(), SystemClock(), TimeOrderedIds()
    codec = Codec(catalogue.event_types(), keys, UPCASTS)
    states = StreamStates(log, codec, catalogue)
    api_keys = ApiKeys(states, log, pool=pool, clock=clock)
    bounds = TimeBounds(first_on=settings.first_day)
    for holder in (states, keys):
        if holder is not None:
            log.on_erased(holder.forget)
    ledgers = PayFactsReader(log, codec)

    async def find_ledger(ref: Ref) -> object:
        assert isinstance(ref, PayFactsRef)
        return await ledgers.at(ref.position)

    async def find_root(ref: Ref) -> object:
        assert isinstance(ref, TreeRootRef)
        return (await root_at(pool, ref.size, ROOT_WAIT_SECONDS)).hex()

    folder = settings.key_file.parent if settings.development and settings.key_file is not None else None
    room = StorageRoom(pool, folder)
    resolvers: dict[type, Resolver] = {PayFactsRef: find_ledger, TreeRootRef: find_root}
    return Core(
        settings=settings,
        pool=pool,
        log=log,
        codec=codec,
        catalogue=catalogue,
        states=states,
        ledgers=ledgers,
        resolvers=resolvers,
        handling=Handling(
            log,
            codec,
            states,
            catalogue,
            clock=clock,
            ids=ids,
            resolvers=resolvers,
            bounds=bounds,
            on_appended=api_keys.appended,
            watched=room.watched,
        ),
        room=room,
        api_keys=api_keys,
        scopes=Scopes(states),
        clock=clock,
        ids=ids,
        bounds=bounds,
        registry=CollectorRegistry(),
    )
