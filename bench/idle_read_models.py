"""`salesapi work` with sixty read models more, which no event of the load concerns: what further capabilities will cost."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from bench.bench_database import Database
from salesapi.app import running_core
from salesapi.cli.cli_settings import read_settings
from salesapi.cli.following import running_followers
from salesapi.cli.running import run, until_stopped
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.generations import prepare_read_models
from salesapi.projections.projection import GroupKey, Projection, Row

IDLE: Final = 60


@record
class IdleRow:
    """A row that is never written."""

    stream_id: UUID


def _groups(event: object, recorded: Recorded) -> Sequence[GroupKey]:
    return ((recorded.stream_id,),)


def _unchanged(rows: Sequence[Row], event: object, recorded: Recorded, group: GroupKey) -> Sequence[Row]:
    return rows


WITH_IDLE: Final = (
    *PROJECTIONS,
    *(
        Projection(
            name=f"idle_{number}",
            version=1,
            row=IdleRow,
            key=("stream_id",),
            group=("stream_id",),
            types=("objection.raised",),
            groups=_groups,
            evolve=_unchanged,
        )
        for number in range(1, IDLE + 1)
    ),
)


async def make_tables(database: Database) -> None:
    async with database.owner() as owner:
        await prepare_read_models(owner, WITH_IDLE)


async def work() -> None:
    """Follows the log as `salesapi work` does, with idle read models beside."""
    async with running_core(read_settings()) as core, running_followers(core, WITH_IDLE):
        print("follows the log", flush=True)
        await until_stopped()


if __name__ == "__main__":
    run(work())
