"""What processes hold in memory of a person ends with the erasure: keys, states, pages and rows, whoever erased."""

import gc
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr

from salesapi.access.principals import EVERYTHING, Principal
from salesapi.app import Core, running_core
from salesapi.cli.following import running_followers
from salesapi.cli.migrating import migrate_all
from salesapi.commands.requests import Envelope, Request
from salesapi.domain.customers.persons import ErasePerson, PersonSubject, RequestErasure
from salesapi.domain.selling.leads import CaptureLead, Lead, LeadCaptured, QualifyLead
from salesapi.domain.shared.kernel import StreamRef, natural_id
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.projections.positions import wait_until
from salesapi.projections.selling import leads
from salesapi.settings import Settings
from tests.programs import until

NAME = "Canary-memory-4711-Zhang"
ONE, OTHER = (
    Principal(
        id=natural_id("principal", name), name=name, roles=frozenset({"admin"}), member_id=natural_id("member", name)
    )
    for name in ("one", "other")
)
PATIENCE_SECONDS = 20.0


async def _given(core: Core, command: object, principal: Principal = ONE) -> UUID:
    envelope = Envelope(principal=principal, scope=EVERYTHING, key=type(command).__name__)
    return (await core.handling.handle(Request(command=command, occurred=None), envelope)).id


def _held() -> set[str]:
    """The kinds of records in this process that hold the name."""
    kinds = (Lead, LeadCaptured, leads.PROJECTION.row)
    held = [each for each in gc.get_objects() if isinstance(each, kinds)]
    return {type(each).__name__ for each in held if getattr(each, "name", None) == NAME}


async def test_nothing_of_an_erased_person_stays_in_memory(database: DatabaseUrls, tmp_path: Path) -> None:
    await migrate_all(database.owner_url, tmp_path / "kek")
    settings = Settings(database_url=SecretStr(database.application_url), key_file=tmp_path / "kek")
    async with AsyncExitStack() as stack:
        erasing = await stack.enter_async_context(running_core(settings))
        other = await stack.enter_async_context(running_core(settings))
        await stack.enter_async_context(running_followers(other))
        lead_id = await _given(other, CaptureLead(source="call", name=NAME))
        await _given(other, QualifyLead(lead_id=lead_id, criteria=("budget",)))
        await wait_until(other.pool, ["lead"], await other.log.head(), PATIENCE_SECONDS)
        assert "Lead" in _held(), "the state of the lead is kept"
        stored = (await other.log.load([(StreamRef("lead", lead_id), 0)])).streams[0][:1]

        subject = PersonSubject(kind="lead", id=lead_id)
        request = RequestErasure(subject=subject, basis="request_of_person", reason="Letter")
        person_id = await _given(erasing, request)
        await _given(erasing, ErasePerson(person_id=person_id), OTHER)

        async def is_forgotten() -> bool:
            gc.collect()
            return _held() == set()

        await until(is_forgotten, "no record holds the name", PATIENCE_SECONDS)
        (opened,) = await other.codec.decode(stored)
        assert isinstance(opened.event, LeadCaptured)
        assert opened.event.name is None, "the key is forgotten, too"
