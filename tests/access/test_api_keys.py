"""What a shown key opens: by the log alone, remembered while the log is heard, and forgotten at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from salesapi.access import key_uses
from salesapi.access.api_keys import ApiKeys
from salesapi.access.bearer_keys import new_key
from salesapi.access.principals import KeyUnknown
from salesapi.app import Core, running_core
from salesapi.clock import SystemClock
from salesapi.commands.key_issuing import OPERATOR, issue_key, own_envelope
from salesapi.commands.requests import Request
from salesapi.database.migrating import migrate
from salesapi.domain.organisation.api_keys import RevokeApiKey, RotateApiKey
from salesapi.domain.organisation.principals import ChangePrincipal, DisablePrincipal
from salesapi.domain.shared.kernel import FieldInvalid, StreamRef, natural_id
from salesapi.domain.shared.key_digests import key_id
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.memory import MemoryEventLog
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.settings import Settings
from tests.access.stated_access import StatedAccess
from tests.connections import connected
from tests.programs import until

SOON_SECONDS = 5.0
"""How long a test waits for what is told at once, on a machine that is busy."""
FAR_OFF = datetime(2030, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: DatabaseUrls) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    await migrate(database.owner_url)
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=1) as made:
        yield made


@asynccontextmanager
async def asked(access: StatedAccess, pool: "asyncpg.Pool[asyncpg.Record]") -> AsyncIterator[ApiKeys]:
    """The keys of stated principals, over a log in which nothing happens."""
    keys = ApiKeys(access, MemoryEventLog(), pool=pool, clock=SystemClock())
    yield keys
    await keys.close()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "nonsense",
        "sk_0a1b2c3d4e5f_" + "a" * 43,
        "sk_0A1B2C3D4E5F_" + "a" * 43,
        "sk_0a1b2c3d4e5f_" + "a" * 10_000,
        "sk_0a1b2c3d4e5f_\ud800",
        "sk_0a1b2c3d4e5f_ä",
        "x" * 10_000,
    ],
)
async def test_what_is_no_key_opens_nothing(pool: Any, key: str) -> None:
    async with asked(StatedAccess(), pool) as keys:
        with pytest.raises(KeyUnknown):
            await keys.access_of(key)


async def test_a_key_opens_what_its_principal_may(pool: Any) -> None:
    access = StatedAccess()
    key = access.key_of("erp", ("finance", "integration"))
    async with asked(access, pool) as keys:
        found = await keys.access_of(key)
    assert (found.principal.name, sorted(found.principal.roles)) == ("erp", ["finance", "integration"])
    assert found.prefix == key.split("_")[1]


async def test_the_prefix_of_a_key_with_another_secret_opens_nothing(pool: Any) -> None:
    access = StatedAccess()
    key = access.key_of("erp", ("finance",))
    other, _ = new_key()
    forged = "_".join((*key.split("_")[:2], other.split("_", 2)[2]))
    async with asked(access, pool) as keys:
        await keys.access_of(key)
        with pytest.raises(KeyUnknown):
            await keys.access_of(forged)


@pytest.mark.parametrize(
    "state",
    [{"is_revoked": True}, {"is_disabled": True}, {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}],
    ids=["revoked", "disabled", "expired"],
)
async def test_what_has_ended_opens_nothing(pool: Any, state: dict[str, Any]) -> None:
    access = StatedAccess()
    key = access.key_of("erp", ("finance",), **state)
    async with asked(access, pool) as keys:
        with pytest.raises(KeyUnknown):
            await keys.access_of(key)


async def test_a_remembered_key_asks_nothing_of_the_log(pool: Any) -> None:
    access = StatedAccess()
    key = access.key_of("erp", ("finance",))
    async with asked(access, pool) as keys:

        async def is_remembered() -> bool:
            await keys.access_of(key)
            before = access.reads
            await keys.access_of(key)
            return access.reads == before

        await until(is_remembered, "the news are heard, so the key is remembered", SOON_SECONDS)
        reads = access.reads
        for _ in range(100):
            await keys.access_of(key)
        assert access.reads == reads
        await keys.access_of(key, is_anew=True)
        assert access.reads > reads


async def test_a_key_that_expires_is_not_remembered_for_longer(pool: Any) -> None:
    access = StatedAccess()
    key = access.key_of("erp", ("finance",), expires_at=datetime.now(UTC) + timedelta(seconds=1))
    async with asked(access, pool) as keys:
        await keys.access_of(key)

        async def has_ended() -> bool:
            try:
                await keys.access_of(key)
            except KeyUnknown:
                return True
            return False

        await until(has_ended, "the key has expired", SOON_SECONDS)


async def test_what_is_read_while_news_come_is_not_remembered(pool: Any) -> None:
    """A revocation that is heard between the look into the log and the remembering must not be overtaken by it."""
    access = StatedAccess()
    key = access.key_of("erp", ("finance",))
    async with asked(access, pool) as keys:
        id = key_id(key.split("_")[1])

        class Interrupted(StatedAccess):
            async def state(self, ref: StreamRef) -> object | None:
                found = await access.state(ref)
                keys.appended([StreamRef("api_key", id)])
                return found

        keys._states = Interrupted()
        await keys.access_of(key)
        assert not keys._remembered


@dataclass
class Processes:
    """Two processes over one database."""

    one: Core
    other: Core
    urls: DatabaseUrls

    async def give(self, command: object) -> None:
        """A command of the operator's in the first process."""
        await self.one.handling.handle(Request(command=command, occurred=None), own_envelope(OPERATOR, "test"))


@pytest_asyncio.fixture(loop_scope="session")
async def processes(database: DatabaseUrls, tmp_path: Any) -> AsyncIterator[Processes]:
    key_file = tmp_path / "key"
    await migrate(database.owner_url)
    FileKeyEncryption.create(key_file)
    settings = Settings(database_url=SecretStr(database.application_url), key_file=key_file)
    async with running_core(settings) as one, running_core(settings) as other:
        yield Processes(one, other, database)


async def roles_of(core: Core, key: str) -> frozenset[str]:
    """What the key brings in this process; nothing where it opens nothing."""
    try:
        return (await core.api_keys.access_of(key)).principal.roles
    except KeyUnknown:
        return frozenset()


ERP = natural_id("principal", "erp")


def ends(key: str) -> list[tuple[object, frozenset[str]]]:
    """What changes what the key opens, and what it brings afterwards."""
    id: UUID = key_id(key.split("_")[1])
    return [
        (ChangePrincipal(principal_id=ERP, roles=("auditor",), reason="Looks only"), frozenset({"auditor"})),
        (RevokeApiKey(api_key_id=id, reason="Lost"), frozenset()),
    ]


async def test_a_change_is_felt_at_once_where_it_was_made_and_soon_in_other_processes(processes: Processes) -> None:
    key = await issue_key(processes.one.handling, name="erp", roles=["finance"])
    for command, roles in ends(key):
        before = await roles_of(processes.one, key)
        assert before == await roles_of(processes.other, key)
        await until(
            lambda: processes.other.api_keys._news.in_touch_until > time.monotonic(),
            "the other process hears",
            SOON_SECONDS,
        )
        await roles_of(processes.other, key)

        await processes.give(command)

        assert await roles_of(processes.one, key) == roles

        async def is_felt(wanted: frozenset[str] = roles) -> bool:
            return await roles_of(processes.other, key) == wanted

        await until(is_felt, f"{type(command).__name__} is felt", SOON_SECONDS)


async def test_a_disabled_principal_opens_nothing_with_any_of_its_keys(processes: Processes) -> None:
    held = [await issue_key(processes.one.handling, name="erp", roles=["finance"]) for _ in range(2)]
    assert [await roles_of(processes.one, key) for key in held] == [{"finance"}] * 2
    await processes.give(DisablePrincipal(principal_id=ERP, reason="Left"))
    assert [await roles_of(processes.one, key) for key in held] == [frozenset()] * 2


async def test_both_keys_open_the_same_until_the_overlap_ends(processes: Processes) -> None:
    old = await issue_key(processes.one.handling, name="erp", roles=["finance"])
    id, (new, digest) = key_id(old.split("_")[1]), new_key()
    until_then = datetime.now(UTC) + timedelta(seconds=2)
    await processes.give(RotateApiKey(api_key_id=id, overlap_until=until_then, digest=digest))
    assert [await roles_of(processes.one, key) for key in (old, new)] == [{"finance"}] * 2

    async def has_ended() -> bool:
        return not await roles_of(processes.one, old)

    await until(has_ended, "the overlap has ended", SOON_SECONDS)
    assert datetime.now(UTC) >= until_then
    assert await roles_of(processes.one, new) == {"finance"}


async def test_whoever_cannot_hear_looks_into_the_log_each_time(processes: Processes) -> None:
    key = await issue_key(processes.one.handling, name="erp", roles=["finance"])
    assert await roles_of(processes.other, key) == {"finance"}
    await processes.other.api_keys._news.close()
    processes.other.api_keys._news.in_touch_until = 0.0
    processes.other.api_keys._news.start = lambda: None  # type: ignore[method-assign]
    await processes.give(RevokeApiKey(api_key_id=key_id(key.split("_")[1]), reason="Lost"))
    assert await roles_of(processes.other, key) == frozenset()


async def test_the_log_holds_digests_and_never_a_key(processes: Processes) -> None:
    key = await issue_key(processes.one.handling, name="erp", roles=["finance"], label="ERP", expires_at=FAR_OFF)
    secret = key.split("_", 2)[2]
    async with connected(processes.urls.owner_url) as owner:
        for statement in ("SELECT * FROM log.event", "SELECT * FROM log.request"):
            stored = str(await owner.fetch(statement))
            assert secret not in stored
        assert key.split("_")[1] in str(await owner.fetch("SELECT payload FROM log.event"))


async def test_a_key_that_is_refused_leaves_no_principal_behind(processes: Processes) -> None:
    with pytest.raises(FieldInvalid):
        await issue_key(
            processes.one.handling, name="erp", roles=["finance"], expires_at=datetime(2020, 1, 1, tzinfo=UTC)
        )
    assert await processes.one.states.state(StreamRef("principal", ERP)) is None


async def test_a_use_is_noted_once_a_minute_whatever_number_of_requests_came(processes: Processes) -> None:
    key = await issue_key(processes.one.handling, name="erp", roles=["finance"])
    noted = "SELECT last_used_at FROM access.api_key_use WHERE api_key_id = $1"
    id = key_id(key.split("_")[1])

    async def is_noted() -> bool:
        await roles_of(processes.one, key)
        return await processes.one.pool.fetchval(noted, id) is not None

    await until(is_noted, "the first use is noted", SOON_SECONDS)
    first = await processes.one.pool.fetchval(noted, id)
    for _ in range(50):
        await roles_of(processes.one, key)
        await asyncio.sleep(0)
    assert await processes.one.pool.fetchval(noted, id) == first
    assert key_uses.NOTED_SECONDS >= 60
    await processes.one.api_keys.uses.close()
    assert await processes.one.pool.fetchval(noted, id) > first


async def test_the_application_cannot_read_what_keys_were_before(processes: Processes) -> None:
    for table in ("access.principal", "access.api_key"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await processes.one.pool.execute(f"SELECT * FROM {table}")
