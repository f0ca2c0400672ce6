"""The kept ledger: advanced by what is new, dropped after a fault or a restore, and never taken for another position."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanDrafted, CompensationPlanVersionPublished
from salesapi.domain.pay.plans.enrolments import EnrolmentBegun
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import FlatRate
from salesapi.domain.selling.deals import DealReopened, DealWon
from salesapi.domain.shared.kernel import BusinessTime, StreamRef
from salesapi.eventlog.codec import Codec, EventMeta, UnknownEventType
from salesapi.eventlog.epochs import Epoch, Epochs
from salesapi.eventlog.memory import MemoryEventLog
from salesapi.eventlog.recorder import AppendRequest, NewEvent, Page, StreamAppend
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.ledgers import PayFactsReader, ledger_at
from tests.domain.pay.commission_stories import ANN, BY_LINE, PLAN
from tests.spec import ACTOR, CATALOGUE, day, uid

META = EventMeta(actor_id=ACTOR, principal_kind="member", command="win_deal")
CODEC = Codec(CATALOGUE.event_types(), None, UPCASTS)


class Log(MemoryEventLog):
    """A log whose epoch can be raised, whose reading can be seen, and that can be lost for one page."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1
        self.asked_after: list[int] = []
        self.lost_at: int | None = None
        self.last: dict[StreamRef, int] = {}

    async def epochs(self) -> Epochs:
        """The epoch as the test sets it."""
        return Epochs((Epoch(self.now, 1),))

    def cut(self, position: int) -> None:
        """Forgets what came after a position, as a backup does."""
        del self._events[position:]

    async def read(self, *, after: int, limit: int, types: Sequence[str] | None = None) -> Page:
        """A page; notes from where it was asked for."""
        self.asked_after.append(after)
        if self.lost_at == after:
            self.lost_at = None
            raise ConnectionResetError("the log went away")
        return await super().read(after=after, limit=limit, types=types)

    async def add(self, stream: StreamRef, event: object, on: str | None = None) -> None:
        """Appends one event."""
        occurred: BusinessTime | None = day(on) if on else None
        version = self.last.get(stream, 0) + 1
        (new,) = await CODEC.encode([(stream, version, event, occurred, META)])
        await self.add_stored(stream, new)

    async def add_stored(self, stream: StreamRef, new: NewEvent) -> None:
        """Appends one event as it is."""
        version = self.last.get(stream, 0)
        await self.append(
            AppendRequest(appends=(StreamAppend(stream=stream, expected_version=version, events=(new,)),))
        )
        self.last[stream] = version + 1

    async def win(self, deal: int, on: str = "2026-01-31") -> None:
        """A deal of Ann's is won."""
        won = DealWon(stage_from="a", stage_to="won", amount_minor=100, currency="USD", owner_id=ANN, reason=None)
        await self.add(StreamRef("deal", uid(deal)), won, on)

    async def reopen(self, deal: int) -> None:
        """And lost again."""
        reopened = DealReopened(
            status_from="won", stage_from="won", stage_to="a", reason="refund", amount_minor=None, currency=None
        )
        await self.add(StreamRef("deal", uid(deal)), reopened, "2026-02-01")


async def founded() -> tuple[Log, PayFactsReader]:
    """A plan with Ann in it, and two wins of hers."""
    log = Log()
    drafted = CompensationPlanDrafted(key="plan", name="Plan", currency="USD", legal_entity=None, external_id=None)
    base = Component(key="base", name="Base", credit="direct", rate=FlatRate(rate_percent=Decimal(5)))
    published = CompensationPlanVersionPublished(
        plan_version=1, period="quarter", components=(base,), rounding=BY_LINE, effective_from=None, reason=None
    )
    for event in (drafted, published):
        await log.add(StreamRef("compensation_plan", PLAN), event)
    begun = EnrolmentBegun(member_id=ANN, plan_id=PLAN, effective_from=None, effective_until=None, component_keys=None)
    await log.add(StreamRef("enrolment", ANN), begun)
    await log.win(1)
    await log.win(2)
    return log, PayFactsReader(log, CODEC)


async def test_the_kept_ledger_is_advanced_by_what_is_new_only() -> None:
    log, ledgers = await founded()
    first = await ledgers.at_head()
    assert (first.position, ledgers.applied_count) == (5, 5)
    await log.win(3)
    log.asked_after.clear()
    again = await ledgers.at_head()
    assert again is first
    assert (again.position, ledgers.applied_count, log.asked_after) == (6, 6, [5])
    assert again.wins.win(uid(3)) is not None


async def test_the_kept_ledger_knows_what_a_new_one_knows() -> None:
    log, ledgers = await founded()
    await ledgers.at_head()
    await log.reopen(1)
    await log.win(3)
    kept, new = await ledgers.at_head(), await ledger_at(log, CODEC, None)
    assert kept.position == new.position
    for deal in (1, 2, 3):
        assert kept.wins.win(uid(deal)) == new.wins.win(uid(deal))
    assert kept.changes_since(0) == new.changes_since(0)


async def test_many_at_once_fold_the_log_once() -> None:
    _, ledgers = await founded()
    found = await asyncio.gather(*(ledgers.at_head() for _ in range(5)))
    assert len(set(map(id, found))) == 1
    assert ledgers.applied_count == 5


async def test_at_its_own_position_the_kept_ledger_is_used_and_elsewhere_a_new_one() -> None:
    log, ledgers = await founded()
    kept = await ledgers.at_head()
    assert await ledgers.at(5) is kept
    earlier = await ledgers.at(4)
    assert earlier is not kept
    assert (earlier.position, earlier.wins.win(uid(2))) == (4, None)
    await log.win(3)
    assert (await ledgers.at(None)).position == 6
    assert await ledgers.at(5) is not kept
    assert ledgers.applied_count == 6, "what is folded anew leaves the kept one as it is"


async def test_an_event_that_cannot_be_folded_leaves_no_ledger_behind() -> None:
    log, ledgers = await founded()
    kept = await ledgers.at_head()
    await log.win(3)
    await log.win(1)
    with pytest.raises(AssertionError, match="won once"):
        await ledgers.at_head()
    with pytest.raises(AssertionError, match="won once"):
        await ledgers.at_head()
    assert await ledgers.at(6) is not kept


async def test_an_unknown_event_is_told_each_time_and_what_was_folded_before_it_is_not_read_again() -> None:
    log, ledgers = await founded()
    await ledgers.at_head()
    stored = (await log.read(after=3, limit=1)).events[0]
    newer = NewEvent(type="deal.won", schema=99, payload=stored.payload, meta=stored.meta, occurred=stored.occurred)
    await log.add_stored(StreamRef("deal", uid(3)), newer)
    for _ in range(2):
        with pytest.raises(UnknownEventType):
            await ledgers.at_head()


async def test_a_restored_log_is_folded_anew() -> None:
    log, ledgers = await founded()
    kept = await ledgers.at_head()
    log.now = 2
    assert await ledgers.at(5) is not kept
    again = await ledgers.at_head()
    assert again is not kept
    assert (again.position, ledgers.applied_count) == (5, 10)


async def test_a_log_that_is_shorter_than_the_ledger_is_folded_anew() -> None:
    log, ledgers = await founded()
    await ledgers.at_head()
    log.cut(4)
    again = await ledgers.at_head()
    assert (again.position, again.wins.win(uid(2))) == (4, None)


async def test_a_log_that_is_lost_in_the_middle_is_gone_on_with_from_the_last_whole_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, ledgers = await founded()
    monkeypatch.setattr("salesapi.ledgers.PAGE_EVENTS", 2)
    log.lost_at = 4
    with pytest.raises(ConnectionResetError):
        await ledgers.at_head()
    log.asked_after.clear()
    ledger = await ledgers.at_head()
    assert (ledger.position, ledgers.applied_count, log.asked_after) == (5, 5, [4])
