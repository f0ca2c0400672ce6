"""Read models on the real database: what they hold, where they stop, and who keeps them up."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from eventsourcing.persistence import IntegrityError

from salesapi.domain.selling.deals import DealWon
from salesapi.domain.shared.kernel import Recorded
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import LogUnavailable, Page
from salesapi.projections import positions
from salesapi.projections.generations import registered
from salesapi.projections.group import ProjectionGroup
from salesapi.projections.pages import PageCache
from salesapi.projections.projection import GroupKey, Projection, Row
from salesapi.projections.table_writer import TableWriter
from salesapi.projections.tables import read_table
from tests.projections.conftest import PATIENCE_SECONDS, ReadSide
from tests.projections.examples import (
    COUNTS,
    DEALS,
    append,
    append_stories,
    codec,
    evolve_deal,
    folded,
    opened,
    staged,
    won,
)
from tests.spec import uid

BOTH = ("deal_example", "owner_count")


def refuse_wins(rows: Sequence[Row], event: object, recorded: Recorded, group: GroupKey) -> Sequence[Row]:
    """A fold with a mistake."""
    if isinstance(event, DealWon):
        raise ZeroDivisionError(f"the secret amount {event.amount_minor}")
    return evolve_deal(rows, event, recorded, group)


async def group_of(read_side: ReadSide, *projections: Projection) -> ProjectionGroup:
    """These read models as a group that asks nobody whether it leads them. Who leaves comes back at once."""
    members = []
    for projection in projections:
        (live,) = await registered(read_side.owner, [projection.name])
        members.append(TableWriter(read_table(projection, live.generation), read_side.pool))
    types = {name for projection in projections for name in projection.types}
    pages = PageCache(read_side.log, codec(), types)
    group = ProjectionGroup(read_side.pool, pages, on_left=lambda fold: group.begin([*members]))
    group.begin(members)
    return group


async def steps(group: ProjectionGroup) -> None:
    """Steps on and on as the runner does, without a lead."""
    while True:
        try:
            await group.step()
        except IntegrityError:
            await group.resume()
        await asyncio.sleep(0)


async def test_a_table_holds_what_the_fold_in_memory_holds(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS, COUNTS)
    early = await append_stories(read_side.log, range(1, 300))
    async with read_side.engine(DEALS, COUNTS):
        await read_side.reach(BOTH, early)
        late = await append_stories(read_side.log, range(300, 400))
        await read_side.reach(BOTH, late)

    assert await read_side.rows(DEALS) == await folded(read_side.log, DEALS)
    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)
    assert len(await read_side.rows(DEALS)) == 299, "a quarter of 399 deals was voided"


async def test_a_restarted_engine_continues_where_it_stood(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], await append_stories(read_side.log, range(1, 50)))
    position = await append_stories(read_side.log, range(50, 100))
    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], position)

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)


async def test_two_engines_at_once_apply_each_event_once(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS, DEALS)
    async with read_side.engine(COUNTS, DEALS), read_side.engine(COUNTS, DEALS):
        for start in range(1, 200, 10):
            position = await append_stories(read_side.log, range(start, start + 10))
        await read_side.reach(BOTH, position)

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)


async def test_two_groups_that_both_believe_they_lead_apply_each_event_once(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS, DEALS)
    groups = [await group_of(read_side, COUNTS, DEALS) for _ in range(2)]
    tasks = [asyncio.create_task(steps(group)) for group in groups]
    for start in range(1, 200, 10):
        position = await append_stories(read_side.log, range(start, start + 10))
    await read_side.reach(BOTH, position)
    for task, group in zip(tasks, groups, strict=True):
        task.cancel()
        await asyncio.wait((task,))
        await group.close()

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)
    assert await read_side.rows(DEALS) == await folded(read_side.log, DEALS)


async def test_an_engine_takes_over_from_one_that_ended(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], await append_stories(read_side.log, range(1, 10)))
        async with read_side.engine(COUNTS):
            assert await read_side.stopped("owner_count") is None
    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], await append_stories(read_side.log, range(10, 20)))

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)


async def test_a_poison_event_stops_its_own_projection_just_before_it(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS, COUNTS)
    await append(read_side.log, uid(1), opened("First"), staged("offer"))
    poison = await append(read_side.log, uid(1), won(), expected_version=2)
    last = await append(read_side.log, uid(2), opened("Second"))

    async with read_side.engine(replace(DEALS, evolve=refuse_wins), COUNTS):
        status = await read_side.stops("deal_example")
        await read_side.reach(["owner_count"], last)

    assert (status.position, await positions.position_of(read_side.pool, ["deal_example"])) == (poison, poison - 1)
    assert status.error.startswith("deal.won: ZeroDivisionError in refuse_wins")
    assert "100000" not in status.error, "no value of the event is shown"
    assert [row.stage for row in await read_side.rows(DEALS) if hasattr(row, "stage")] == ["offer"]


async def test_a_stopped_projection_resumes_after_the_fix_without_loss(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    last = await append_stories(read_side.log, range(1, 40))
    async with read_side.engine(replace(DEALS, evolve=refuse_wins)):
        await read_side.stops("deal_example")
    async with read_side.engine(DEALS):
        await read_side.goes_on("deal_example")
        await read_side.reach(["deal_example"], last)

    assert await read_side.rows(DEALS) == await folded(read_side.log, DEALS)


async def test_an_event_that_no_program_knows_stops_only_those_who_read_its_type(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS, COUNTS)
    last = await append(read_side.log, uid(1), opened("First"), staged("offer"))
    (stored,) = (await read_side.log.read(after=1, limit=1)).events
    unaware = replace(COUNTS, types=("deal.opened",))
    await read_side.owner.execute("ALTER TABLE log.event DISABLE TRIGGER events_are_only_added")
    await read_side.owner.execute("UPDATE log.event SET schema = 99 WHERE position = $1", stored.position)

    async with read_side.engine(DEALS, unaware):
        status = await read_side.stops("deal_example")
        await read_side.reach(["owner_count"], last)

    assert "schema 99" in status.error
    assert status.position == stored.position


async def waiting_backend(read_side: ReadSide, table: str) -> int:
    """The server process that waits for the table in the middle of its transaction."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            backend: int | None = await read_side.owner.fetchval(
                "SELECT pid FROM pg_locks WHERE NOT granted AND relation = to_regclass($1)", f"read.{table}"
            )
            if backend is not None:
                return backend
            await asyncio.sleep(0.01)


async def test_rows_and_checkpoint_are_lost_together(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    async with read_side.held_up("owner_count") as table, read_side.engine(COUNTS):
        last = await append_stories(read_side.log, range(1, 10))
        backend = await waiting_backend(read_side, table)
        await read_side.pool.execute("SELECT pg_terminate_backend($1, 5000)", backend)

        assert await positions.position_of(read_side.pool, ["owner_count"]) == 0
        assert await read_side.rows(COUNTS) == set()
    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], last)

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)


async def test_a_follower_that_lost_its_connection_goes_on_by_itself(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    async with read_side.engine(COUNTS):
        async with read_side.held_up("owner_count") as table:
            last = await append_stories(read_side.log, range(1, 10))
            backend = await waiting_backend(read_side, table)
            await read_side.pool.execute("SELECT pg_terminate_backend($1, 5000)", backend)
        await read_side.reach(["owner_count"], last)

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)


class LogThatIsAway(PostgreSQLEventLog):
    """A log whose PostgreSQL cannot be reached for so many reads."""

    reads_to_refuse = 6

    async def read(self, *, after: int, limit: int, types: Sequence[str] | None = None) -> Page:
        if self.reads_to_refuse:
            self.reads_to_refuse -= 1
            raise LogUnavailable("the event log cannot be read")
        return await super().read(after=after, limit=limit, types=types)


async def test_an_outage_of_the_log_stops_no_projection(read_side: ReadSide, caplog: pytest.LogCaptureFixture) -> None:
    await read_side.prepare(COUNTS)
    last = await append_stories(read_side.log, range(1, 10))
    log = await LogThatIsAway.connect(read_side.urls.application_url)
    async with replace(read_side, log=log).engine(COUNTS):
        await read_side.reach(["owner_count"], last)
    await log.close()

    assert log.reads_to_refuse == 0
    assert "failing at position 0: LogUnavailable" in caplog.text
    assert "stopped" not in caplog.text


async def test_a_query_does_not_wait_longer_than_it_asked_for(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    with pytest.raises(positions.PositionTimedOut) as refused:
        await positions.wait_until(read_side.pool, ["owner_count"], 1, 0.05)

    assert refused.value.code == "position.timed_out"
    assert refused.value.parameters == {"read_model": "owner_count", "position": 0, "wanted": 1}


async def test_a_query_is_told_at_once_that_its_read_model_has_stopped(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    last = await append(read_side.log, uid(1), opened("First"), staged("offer"), won())
    async with read_side.engine(replace(DEALS, evolve=refuse_wins)):
        await read_side.stops("deal_example")
        with pytest.raises(positions.ProjectionStopped) as refused:
            await positions.wait_until(read_side.pool, ["deal_example"], last, PATIENCE_SECONDS)
        reached = await positions.wait_until(read_side.pool, ["deal_example"], last - 1, PATIENCE_SECONDS)

    assert refused.value.code == "projection.stopped"
    assert refused.value.parameters["read_model"] == "deal_example"
    assert reached == last - 1, "what it holds already can be read"


async def test_a_query_of_a_read_model_that_was_never_prepared_says_so(read_side: ReadSide) -> None:
    with pytest.raises(positions.ReadModelMissing, match="salesapi migrate"):
        await positions.position_of(read_side.pool, ["owner_count"])


def too_many_groups(event: object, recorded: Recorded) -> Sequence[GroupKey]:
    return ((recorded.stream_id, "superfluous"),)


def misplaced(rows: Sequence[Row], event: object, recorded: Recorded, group: GroupKey) -> Sequence[Row]:
    return evolve_deal((), opened("Elsewhere"), replace(recorded, stream_id=uid(0xEE)), group)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (replace(DEALS, groups=too_many_groups), "names a group by other columns than deal_id"),
        (replace(DEALS, evolve=misplaced), "yields a row that is not of the group"),
    ],
    ids=["group", "row"],
)
async def test_a_fold_that_breaks_its_own_rules_stops(read_side: ReadSide, broken: Projection, says: str) -> None:
    await read_side.prepare(broken)
    await append(read_side.log, uid(1), opened("First"))
    async with read_side.engine(broken):
        status = await read_side.stops("deal_example")

    assert says in status.error
