"""`keys create` and `keys revoke`: API keys, with the owner's role."""

from typing import Annotated
from uuid import UUID

from cyclopts import Parameter

from salesapi.access.api_keys import create_key, revoke_keys
from salesapi.cli.cli_settings import DataDir, fail, owner_connection, owner_url, settings_for
from salesapi.cli.running import run
from salesapi.domain.shared.kernel import Role, natural_id


def create(
    name: str,
    *,
    roles: Annotated[list[Role], Parameter(consume_multiple=True)],
    member: UUID | None = None,
    data_dir: DataDir = None,
) -> None:
    """Makes an API key and prints it; it is not shown again.

    Parameters
    ----------
    name
        Name of the principal; the same name gets a further key.
    roles
        Some of rep, manager, finance, auditor, admin, integration; rep and manager not with the others.
    member
        The member that the principal is; reps and managers need one.
    """

    async def making() -> None:
        if {"rep", "manager"} & set(roles) and member is None:
            fail("a rep or manager sees the rows of a member: give --member")
        id = natural_id("principal", name)
        try:
            async with owner_connection(owner_url(settings_for(data_dir))) as connection:
                print(await create_key(connection, principal_id=id, name=name, roles=roles, member_id=member))
        except ValueError as error:
            fail(str(error))

    run(making())


def revoke(prefix: str, *, data_dir: DataDir = None) -> None:
    """Revokes the keys with this prefix, the middle part of `sk_<prefix>_...`.

    Parameters
    ----------
    prefix
        The prefix; where no key has it, the command ends with 1.
    """

    async def revoking() -> int:
        async with owner_connection(owner_url(settings_for(data_dir))) as connection:
            count = await revoke_keys(connection, prefix)
        print(f"{count} keys revoked")
        return 0 if count else 1

    run(revoking())
