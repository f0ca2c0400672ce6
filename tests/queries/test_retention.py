"""Who is due by the retention rule, on small histories worked out by hand, on the real tables."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import pytest
import pytest_asyncio

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.domain.cash.agreements import AgreementDrafted, AgreementSigned
from salesapi.domain.customers.customers import (
    CustomerContactAdded,
    CustomerPersonErased,
    CustomerRegistered,
)
from salesapi.domain.customers.persons import PersonLegalHoldPlaced, PersonLegalHoldReleased, PersonSubject
from salesapi.domain.organisation.members import MemberJoined, MemberLeft
from salesapi.domain.selling.activities import ActivityScheduled, Subject
from salesapi.domain.selling.deals import DealOpened, DealVoided
from salesapi.domain.selling.leads import LeadCaptured, LeadDisqualified, LeadPersonErased
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.queries.customers.retention import READ_MODELS, due_persons
from tests.domain.examples import ACME, ANNA, BORIS
from tests.projections.histories import Fact
from tests.queries.read_tables import ReadTables, read_tables
from tests.spec import uid
from tests.values_by_type import bare, built

READ: Final = tuple(each for each in PROJECTIONS if each.name in READ_MODELS)
LEAD, LI, HAN, DEAL, CALL, TERMS, HOLD = (uid(number) for number in (0x1E, 0x11, 0xC0, 0xDE, 0xCA, 0xA9, 0xFE))
YEARS: Final = {"lead": 3, "customer": 10, "member": 2}
CAPTURED: Final = Fact(LEAD, bare(LeadCaptured, owner_id=ANNA), "2020-01-10")
REFUSED: Final = Fact(LEAD, built(LeadDisqualified), "2020-02-29")
PERSON: Final = Fact(LI, bare(CustomerRegistered, kind="person", owner_id=ANNA), "2010-05-01")
COMPANY: Final = (
    Fact(ACME, bare(CustomerRegistered, kind="company", owner_id=BORIS), "2010-05-01"),
    Fact(ACME, bare(CustomerContactAdded, contact_id=HAN, name="Han"), "2010-05-02"),
)


@dataclass(frozen=True)
class Kept:
    """The read models after a history."""

    tables: ReadTables

    async def due(
        self, *facts: Fact, as_of: str = "2026-03-31", scope: Scope = EVERYTHING, years: Mapping[str, int] = YEARS
    ) -> Sequence[tuple[UUID, str]]:
        """Who is due, and since when."""
        await self.tables.fill(READ, facts)
        async with self.tables.pool.acquire() as connection:
            found = await due_persons(connection, scope, years=years, as_of=date.fromisoformat(as_of))
        return [(each.contact_id or each.id, str(each.due_on)) for each in found]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kept(postgresql: EmbeddedPostgreSQL) -> AsyncIterator[Kept]:
    async with read_tables(postgresql, "retention_by_hand") as tables:
        yield Kept(tables)


async def test_a_refused_lead_is_due_when_its_years_are_over(kept: Kept) -> None:
    assert await kept.due(CAPTURED, REFUSED, as_of="2023-01-09") == []
    assert await kept.due(CAPTURED, REFUSED, as_of="2023-01-10") == [(LEAD, "2023-01-10")]
    assert await kept.due(CAPTURED, REFUSED, years={"customer": 1}) == []
    assert await kept.due(CAPTURED, as_of="2026-03-31") == [], "it is open"


async def test_who_was_spoken_with_is_kept_from_then_on_and_for_an_open_activity_altogether(kept: Kept) -> None:
    about = Subject(kind="lead", id=LEAD)
    scheduled = Fact(CALL, bare(ActivityScheduled, kind="task", about=about, owner_id=ANNA, due_on=date(2030, 1, 1)))

    assert await kept.due(CAPTURED, REFUSED, scheduled, as_of="2040-01-01") == []


async def test_a_customer_and_its_contacts_are_due_without_open_business(kept: Kept) -> None:
    assert await kept.due(PERSON, *COMPANY) == [(LI, "2020-05-01"), (HAN, "2020-05-01")]
    deal = Fact(DEAL, built(DealOpened, customer_id=ACME, owner_id=BORIS), "2018-01-01")
    assert await kept.due(PERSON, *COMPANY, deal) == [(LI, "2020-05-01")]
    voided = Fact(DEAL, built(DealVoided), "2018-01-02")
    assert await kept.due(PERSON, *COMPANY, deal, voided) == [(LI, "2020-05-01")], "its day counts all the same"
    drafted = Fact(TERMS, bare(AgreementDrafted, title="A", customer_id=LI, currency="CNY"))
    signed = Fact(TERMS, bare(AgreementSigned, starts_on=date(2012, 1, 1), ends_on=None))
    assert await kept.due(PERSON, drafted, signed) == [], "it runs without an end"


async def test_a_member_is_due_after_leaving(kept: Kept) -> None:
    joined, left = Fact(ANNA, bare(MemberJoined)), Fact(ANNA, MemberLeft(left_on=date(2024, 1, 1), reason=None))
    assert await kept.due(joined) == []
    assert await kept.due(joined, left) == [(ANNA, "2026-01-01")]


async def test_who_is_held_or_erased_is_not_proposed(kept: Kept) -> None:
    hold = bare(
        PersonLegalHoldPlaced,
        subject=PersonSubject(kind="lead", id=LEAD),
        matter="audit",
        reason="Audit",
        placed_by=ANNA,
    )
    assert await kept.due(CAPTURED, REFUSED, Fact(HOLD, hold)) == []
    released = built(PersonLegalHoldReleased, matter="audit")
    assert await kept.due(CAPTURED, REFUSED, Fact(HOLD, hold), Fact(HOLD, released)) == [(LEAD, "2023-01-10")]
    assert await kept.due(CAPTURED, REFUSED, Fact(LEAD, built(LeadPersonErased))) == []
    erased = Fact(ACME, built(CustomerPersonErased, contact_id=HAN, answer_versions=()))
    assert await kept.due(*COMPANY, erased) == []


async def test_each_sees_those_in_scope(kept: Kept) -> None:
    everybody = (CAPTURED, REFUSED, PERSON, *COMPANY)
    annas = await kept.due(*everybody, scope=Scope(member_ids=frozenset({ANNA})))
    assert [each for each, _ in annas] == [LI, LEAD]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_first_and_the_last_day_that_there_are_break_nothing(kept: Kept, day: str) -> None:
    facts = [
        Fact(LEAD, bare(LeadCaptured, owner_id=ANNA), day),
        Fact(LEAD, built(LeadDisqualified), day),
        Fact(ANNA, bare(MemberJoined)),
        Fact(ANNA, MemberLeft(left_on=date.fromisoformat(day), reason=None)),
    ]
    for as_of in (day, "2026-03-31", "0001-01-01", "9999-12-31"):
        await kept.due(*facts, as_of=as_of, years={"lead": 100, "member": 100})
