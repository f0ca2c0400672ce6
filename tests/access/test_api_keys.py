"""API keys: shown once, found by their digest, gone when they expire or are revoked."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from salesapi.access.api_keys import ApiKeys, create_key, revoke_keys
from salesapi.access.principals import KeyUnknown
from salesapi.database.connections import OwnConnection
from salesapi.database.migrating import migrate
from salesapi.domain.shared.kernel import Role
from salesapi.embedded.postgresql import DatabaseUrls
from tests.spec import uid

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def owner(database: DatabaseUrls) -> AsyncIterator[OwnConnection]:
    await migrate(database.owner_url)
    connection = await asyncpg.connect(database.owner_url)
    yield connection
    await connection.close()


async def made(
    owner: OwnConnection,
    *roles: Role,
    member_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> str:
    return await create_key(
        owner, principal_id=uid(1), name="Ann", roles=roles, member_id=member_id, expires_at=expires_at
    )


async def asked(database: DatabaseUrls, key: str) -> frozenset[Role]:
    """The roles that the key brings, as the application's role finds them."""
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=1) as pool:
        return (await ApiKeys(pool).principal_of(key)).roles


async def test_a_key_brings_the_roles_of_its_principal(database: DatabaseUrls, owner: OwnConnection) -> None:
    assert await asked(database, await made(owner, "finance", "auditor")) == {"finance", "auditor"}


async def test_a_key_is_not_stored(database: DatabaseUrls, owner: OwnConnection) -> None:
    key = await made(owner, "finance")
    stored = str(await owner.fetch("SELECT * FROM access.api_key, access.principal"))
    assert key not in stored
    assert key.split("_", 2)[2] not in stored


@pytest.mark.parametrize("key", ["", "nonsense", "sk_00000000_" + "a" * 43, "x" * 10_000, "\ud800"])
async def test_a_key_that_was_never_made_is_unknown(database: DatabaseUrls, owner: OwnConnection, key: str) -> None:
    with pytest.raises(KeyUnknown):
        await asked(database, key)


async def test_an_expired_or_revoked_key_is_unknown(database: DatabaseUrls, owner: OwnConnection) -> None:
    with pytest.raises(KeyUnknown):
        await asked(database, await made(owner, "finance", expires_at=LONG_AGO))
    key = await made(owner, "finance")
    assert await revoke_keys(owner, key.split("_")[1]) == 1
    with pytest.raises(KeyUnknown):
        await asked(database, key)


@pytest.mark.parametrize("roles", [(), ("rep", "finance"), ("manager", "admin"), ("king",)])
async def test_roles_that_do_not_go_together_are_refused(owner: OwnConnection, roles: tuple[Role, ...]) -> None:
    with pytest.raises(ValueError, match="role"):
        await made(owner, *roles, member_id=uid(2))


async def test_the_application_cannot_make_keys(database: DatabaseUrls, owner: OwnConnection) -> None:
    application = await asyncpg.connect(database.application_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await made(application, "admin")
    finally:
        await application.close()
