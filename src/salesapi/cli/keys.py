"""`keys create`, `list`, `rotate` and `revoke`: what admins do over the API, for who holds the database's address."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table as ShownTable

from salesapi.access.bearer_keys import new_key
from salesapi.access.principals import EVERYTHING
from salesapi.app import Core, running_core
from salesapi.cli.cli_settings import DataDir, fail, settings_for
from salesapi.cli.running import run
from salesapi.commands.key_issuing import OPERATOR, issue_key, own_envelope, register
from salesapi.commands.requests import Request
from salesapi.domain.organisation.api_keys import RevokeApiKey, RotateApiKey
from salesapi.domain.organisation.principals import SELLING
from salesapi.domain.shared.kernel import Refused, Role
from salesapi.domain.shared.key_digests import key_id
from salesapi.projections.positions import reached
from salesapi.queries.organisation.api_keys import API_KEYS
from salesapi.queries.organisation.principals import PRINCIPALS
from salesapi.queries.paging import PAGE_ROWS_MAX, PageRequest
from salesapi.schemas.organisation.api_keys import ApiKey, ApiKeyFilter, ApiKeyOrder
from salesapi.schemas.organisation.principals import Principal

ORIGIN: Final = "cli:keys"
COLUMNS: Final = ("prefix", "principal", "label", "issued", "expires", "revoked", "last used")
LINE_LENGTH: Final = 160
"""Characters of a line, whatever the terminal is: the list is read by programs, too."""


def create(
    name: str,
    *,
    roles: Annotated[list[Role], Parameter(consume_multiple=True)],
    member: UUID | None = None,
    expires_days: int | None = None,
    label: str | None = None,
    data_dir: DataDir = None,
) -> None:
    """Makes an API key and prints it; it is not shown again.

    Parameters
    ----------
    name
        Name of the principal; a known one gets a further key, with the roles and the member that it has.
    roles
        Some of rep, manager, finance, auditor, admin, integration; rep and manager not with the others.
    member
        The member that the principal is; reps and managers need one.
    expires_days
        Days from now until the key ends; without them it does not.
    label
        What tells the key from others of the same principal.
    """

    if SELLING.intersection(roles) and member is None:
        fail("a rep or manager sees the rows of a member: give --member")

    async def creating(core: Core) -> None:
        expires_at = None if expires_days is None else _in(core, expires_days)
        made = await issue_key(
            core.handling, name=name, roles=roles, member_id=member, expires_at=expires_at, label=label, origin=ORIGIN
        )
        print(made)

    _run(creating, data_dir)


def list_(*, all: bool = False, data_dir: DataDir = None) -> None:
    """Lists the keys: whose they are, until when they open something, and the day on which each was used last.

    Parameters
    ----------
    all
        Revoked keys, too.
    """

    async def listing(core: Core) -> None:
        await reached(core.pool, [*API_KEYS.reads, *PRINCIPALS.reads], await core.log.head())
        where = ApiKeyFilter(is_revoked=None if all else False)
        shown = ShownTable(*COLUMNS)
        async with core.pool.acquire() as connection:
            after: str | None = None
            while True:
                request = PageRequest(first=PAGE_ROWS_MAX, after=after)
                page = await API_KEYS.page(
                    connection, EVERYTHING, where=where, order=ApiKeyOrder.PREFIX_ASC, page=request
                )
                names = await PRINCIPALS.by_ids(connection, EVERYTHING, [key.principal_id for key in page.items])
                for key in page.items:
                    shown.add_row(*_cells(key, names[key.principal_id]))
                if (after := page.next_cursor) is None:
                    break
        Console(width=LINE_LENGTH).print(shown, markup=False)

    _run(listing, data_dir)


def rotate(prefix: str, *, overlap_days: int = 7, expires_days: int | None = None, data_dir: DataDir = None) -> None:
    """Makes a key in the place of another one and prints it; the old one goes on for the overlap.

    Parameters
    ----------
    prefix
        The prefix of the old key, the middle part of `sk_<prefix>_...`.
    overlap_days
        Days from now in which both keys open the same; 0 ends the old one at once.
    expires_days
        Days from now until the new key ends; without them it does not.
    """

    async def rotating(core: Core) -> None:
        key, digest = new_key()
        command = RotateApiKey(
            api_key_id=key_id(prefix),
            overlap_until=_in(core, overlap_days),
            expires_at=None if expires_days is None else _in(core, expires_days),
            digest=digest,
        )
        await _give(core, command)
        print(key)

    _run(rotating, data_dir)


def revoke(prefix: str, *, reason: str = "revoked on the command line", data_dir: DataDir = None) -> None:
    """Revokes the key with this prefix, the middle part of `sk_<prefix>_...`, and ends what it opened.

    Parameters
    ----------
    prefix
        The prefix; where no key has it, the command ends with 1.
    reason
        Why; it is stored.
    """

    async def revoking(core: Core) -> None:
        await _give(core, RevokeApiKey(api_key_id=key_id(prefix), reason=reason))
        print(f"revoked {prefix}")

    _run(revoking, data_dir)


async def _give(core: Core, command: object) -> None:
    await register(core.handling, OPERATOR, origin=ORIGIN)
    await core.handling.handle(Request(command=command, occurred=None), own_envelope(OPERATOR, ORIGIN))


def _in(core: Core, days: int) -> datetime:
    try:
        return core.clock.now() + timedelta(days=days)
    except OverflowError:
        fail("so many days lead past the end of the calendar")


def _cells(key: ApiKey, principal: Principal) -> tuple[str, ...]:
    name = f"{principal.name} (disabled)" if principal.is_disabled else principal.name
    days = (key.issued_at, key.expires_at, key.revoked_at)
    shown = ["" if day is None else day.astimezone(UTC).date().isoformat() for day in days]
    return key.prefix, name, key.label or "", *shown, str(key.last_used_on or "")


def _run(work: Callable[[Core], Awaitable[None]], data_dir: Path | None) -> None:
    async def running() -> None:
        try:
            async with running_core(settings_for(data_dir)) as core:
                await work(core)
        except Refused as refused:
            fail(f"{refused.code}: {refused.text}")

    run(running())
