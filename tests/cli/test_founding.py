"""What `migrate` states in the log: keys of a data folder from before they were facts go on, and an empty log gets its first."""

import hashlib
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from salesapi.access.principals import KeyUnknown
from salesapi.app import Core, running_core
from salesapi.audit.restoring import restore_export
from salesapi.cli.founding import found_access
from salesapi.cli.migrating import migrate_all
from salesapi.commands.key_issuing import OPERATOR, issue_key, own_envelope
from salesapi.commands.requests import Request
from salesapi.database.connections import OwnConnection
from salesapi.database.migrating import FOLDER, migrate
from salesapi.domain.organisation.api_keys import RevokeApiKey
from salesapi.domain.organisation.principals import Principal, PrincipalExists
from salesapi.domain.shared.kernel import StreamRef, natural_id
from salesapi.domain.shared.key_digests import key_id
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.settings import Settings
from tests.audit.test_restoring import KEPT
from tests.connections import connected
from tests.spec import uid

FIRST_AS_FACTS = "0050"
"""The migration from which on access is stated in the log."""
MADE_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
KEYS = {name: f"sk_{n:08x}_{name[0] * 43}" for n, name in enumerate(("admin", "rep", "revoked", "expired"), start=10)}
TWIN = KEYS["rep"][:-1] + "-"
"""Another key with the prefix of an older one."""


async def insert(owner: OwnConnection, name: str, key: str, roles: list[str], **values: Any) -> None:
    """A principal and a key, as `keys create` wrote them."""
    id = natural_id("principal", name)
    await owner.execute(
        "INSERT INTO access.principal (id, name, roles, member_id, created_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT DO NOTHING",
        *(id, name, roles, values.get("member_id"), MADE_AT),
    )
    await owner.execute(
        "INSERT INTO access.api_key (sha256, prefix, principal_id, created_at, expires_at, revoked_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        *(hashlib.sha256(key.encode()).digest(), key.split("_")[1], id, values.get("created_at", MADE_AT)),
        *(values.get("expires_at"), values.get("revoked_at")),
    )


async def made_before(database: DatabaseUrls, folder: Path) -> None:
    """A database as it was left by the version that kept keys in tables."""
    older = folder / "migrations"
    older.mkdir()
    for file in FOLDER.glob("*.sql"):
        if file.name < FIRST_AS_FACTS:
            shutil.copy(file, older)
    await migrate(database.owner_url, older)
    async with connected(database.owner_url) as owner:
        await insert(owner, "admin", KEYS["admin"], ["admin", "finance"])
        await insert(owner, "rep", KEYS["rep"], ["rep"], member_id=uid(0xE9))
        await insert(owner, "rep", KEYS["revoked"], ["rep"], revoked_at=MADE_AT)
        await insert(owner, "erp", KEYS["expired"], ["integration"], expires_at=LONG_AGO)
        await owner.execute(
            "INSERT INTO importing.job (source, mapping_sha256, files) VALUES ('crm', $1, '[]')", b"digest"
        )


async def brought_up(database: DatabaseUrls, folder: Path) -> list[str]:
    """What `migrate` says."""
    await migrate_all(database.owner_url, folder / "key")
    return await found_access(database.owner_url, None)


@asynccontextmanager
async def core_of(database: DatabaseUrls, folder: Path) -> AsyncIterator[Core]:
    settings = Settings(database_url=SecretStr(database.application_url), key_file=folder / "key")
    async with running_core(settings) as core:
        yield core


async def opened(core: Core, key: str) -> tuple[UUID, list[str]] | None:
    """The principal and the roles that the key brings."""
    try:
        principal = (await core.api_keys.access_of(key)).principal
    except KeyUnknown:
        return None
    return principal.id, sorted(principal.roles)


async def test_keys_of_a_database_of_before_go_on_under_the_same_ids(database: DatabaseUrls, tmp_path: Path) -> None:
    await made_before(database, tmp_path)

    assert await brought_up(database, tmp_path) == ["stated 7 principals and keys as facts"]

    async with core_of(database, tmp_path) as core:
        assert await opened(core, KEYS["admin"]) == (natural_id("principal", "admin"), ["admin", "finance"])
        assert await opened(core, KEYS["rep"]) == (natural_id("principal", "rep"), ["rep"])
        assert [await opened(core, KEYS[name]) for name in ("revoked", "expired")] == [None, None]
        rep = await core.states.state(StreamRef("principal", natural_id("principal", "rep")))
        assert rep == Principal(name="rep", roles=("rep",), member_id=uid(0xE9))
        actors = [natural_id("principal", name) for name in ("operator", "import:crm")]
        assert None not in [await core.states.state(StreamRef("principal", actor)) for actor in actors]


async def test_what_is_stated_once_is_never_stated_again(database: DatabaseUrls, tmp_path: Path) -> None:
    await made_before(database, tmp_path)
    await brought_up(database, tmp_path)
    async with core_of(database, tmp_path) as core:
        head = await core.log.head()
        assert await brought_up(database, tmp_path) == []
        assert await core.log.head() == head

        revoke = RevokeApiKey(api_key_id=key_id(KEYS["admin"].split("_")[1]), reason="Lost")
        await core.handling.handle(Request(command=revoke, occurred=None), own_envelope(OPERATOR, "test"))
        await brought_up(database, tmp_path)
        assert await opened(core, KEYS["admin"]) is None
        assert await core.log.head() == head + 1


async def test_a_killed_migration_is_completed(database: DatabaseUrls, tmp_path: Path) -> None:
    await made_before(database, tmp_path)
    async with connected(database.owner_url) as owner:
        late = await owner.fetch("DELETE FROM access.api_key WHERE prefix = $1 RETURNING *", KEYS["rep"].split("_")[1])
        await brought_up(database, tmp_path)
        await owner.executemany("INSERT INTO access.api_key VALUES ($1, $2, $3, $4, $5, $6)", [tuple(late[0])])
    assert await brought_up(database, tmp_path) == ["stated 1 principals and keys as facts"]
    async with core_of(database, tmp_path) as core:
        assert await opened(core, KEYS["rep"]) is not None


async def test_of_two_keys_with_one_prefix_the_younger_is_told_to_end(database: DatabaseUrls, tmp_path: Path) -> None:
    await made_before(database, tmp_path)
    async with connected(database.owner_url) as owner:
        await insert(owner, "erp", TWIN, ["integration"], created_at=datetime.now(UTC))
    said = await brought_up(database, tmp_path)
    assert said[1:] == [
        f"two keys have the prefix {KEYS['rep'].split('_')[1]}: the younger one no longer opens anything"
    ]
    async with core_of(database, tmp_path) as core:
        assert await opened(core, KEYS["rep"]) is not None
        assert await opened(core, TWIN) is None


async def test_a_known_name_of_before_is_not_given_other_roles(database: DatabaseUrls, tmp_path: Path) -> None:
    await made_before(database, tmp_path)
    await brought_up(database, tmp_path)
    async with core_of(database, tmp_path) as core:
        with pytest.raises(PrincipalExists):
            await issue_key(core.handling, name="erp", roles=["admin"])
        await issue_key(core.handling, name="erp", roles=["integration"])


async def test_an_empty_log_gets_its_first_admin_key_once(database: DatabaseUrls, tmp_path: Path) -> None:
    await migrate_all(database.owner_url, tmp_path / "key")
    (said,) = await found_access(database.owner_url, tmp_path / "admin.key")
    assert said == f"the first admin key is in {tmp_path / 'admin.key'}"
    assert stat.S_IMODE((tmp_path / "admin.key").stat().st_mode) == 0o600
    key = (tmp_path / "admin.key").read_text().strip()
    async with core_of(database, tmp_path) as core:
        assert await opened(core, key) == (natural_id("principal", "admin"), ["admin"])
    assert await found_access(database.owner_url, tmp_path / "another.key") == []
    assert not (tmp_path / "another.key").exists()


async def test_without_a_file_the_first_key_is_said_once(database: DatabaseUrls, tmp_path: Path) -> None:
    (said,) = await brought_up(database, tmp_path)
    async with core_of(database, tmp_path) as core:
        assert await opened(core, said.rpartition(" ")[2]) is not None
    assert await brought_up(database, tmp_path) == []


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
async def test_a_log_that_was_restored_from_before_keys_were_facts_gets_its_first_key(
    database: DatabaseUrls, tmp_path: Path, path: Path
) -> None:
    await migrate_all(database.owner_url, tmp_path / "key")
    async with connected(database.owner_url) as owner:
        await restore_export(owner, path)

    (said,) = await brought_up(database, tmp_path)

    async with core_of(database, tmp_path) as core:
        assert await opened(core, said.rpartition(" ")[2]) == (natural_id("principal", "admin"), ["admin"])
