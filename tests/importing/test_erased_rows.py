"""A row whose person was erased: nothing is remembered of it, and the file that still has the person brings nothing back."""

from uuid import UUID

from salesapi.access.principals import EVERYTHING, Principal
from salesapi.app import Core
from salesapi.commands.requests import Envelope, Request
from salesapi.domain.customers.persons import ErasePerson, PersonSubject, RequestErasure
from salesapi.domain.organisation.members import MemberJoined
from salesapi.domain.shared.kernel import natural_id
from salesapi.embedded.postgresql import DatabaseUrls
from tests.connections import value_of
from tests.importing.generated_crm import GeneratedCrm
from tests.importing.reading_back import Importing, counts, events

ONE, OTHER = (
    Principal(
        id=natural_id("principal", name), name=name, roles=frozenset({"admin"}), member_id=natural_id("member", name)
    )
    for name in ("one", "other")
)


async def _given(core: Core, command: object, principal: Principal) -> UUID:
    envelope = Envelope(principal=principal, scope=EVERYTHING, key=f"{principal.name}/{type(command).__name__}")
    return (await core.handling.handle(Request(command=command, occurred=None), envelope)).id


async def test_the_same_file_brings_an_erased_person_not_back(
    crm: Importing[GeneratedCrm], database: DatabaseUrls
) -> None:
    await crm.run()
    joined = next(
        event
        for event in await events(crm.core)
        if isinstance(event.event, MemberJoined) and event.event.name == crm.made.teams[0]["sales_agent"]
    )
    subject = PersonSubject(kind="member", id=joined.stored.stream.id)
    request = RequestErasure(subject=subject, basis="request_of_person", reason="Letter")
    person_id = await _given(crm.core, request, ONE)
    await _given(crm.core, ErasePerson(person_id=person_id), OTHER)
    before = await counts(crm.core)

    summary = await crm.run()

    assert summary.rejections == []
    assert await counts(crm.core) == before
    told = [result for result in crm.results.rows if result.code]
    assert {(result.status, result.code) for result in told} == {("unchanged", "import.person_erased")}
    erased = "SELECT bool_and(steps = '{}' AND offered IS NULL) FROM importing.row WHERE is_erased"
    assert await value_of(database.owner_url, erased) is True
    left = await value_of(database.owner_url, "SELECT count(*) FROM importing.row WHERE is_erased")
    assert left == len(told)
