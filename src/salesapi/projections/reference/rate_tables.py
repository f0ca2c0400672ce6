"""Rate tables with the latest rate of each pair, one row a table. Rates are exact decimals in major units."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from salesapi.domain.reference import rate_tables
from salesapi.domain.reference.rate_tables import LatestRate, RateTable, RateTableDefined, RateTableEvent
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.projections.projection import Projection
from salesapi.projections.single_stream import one_row, own_stream


@record
class RateTableRow:
    """A table. `latest` is ordered by pair; all rates by day are rows of `read.currency_rate`."""

    rate_table_id: UUID
    key: str
    name: str
    source: str
    latest: tuple[LatestRate, ...]
    version: int
    position: int


def _fold(row: RateTableRow | None, event: RateTableEvent, recorded: Recorded) -> RateTableRow:
    if isinstance(event, RateTableDefined):
        return RateTableRow(
            rate_table_id=recorded.stream_id,
            key=event.key,
            name=event.name,
            source=event.source,
            latest=(),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a rate table begins with rate_table.defined"
    known = RateTable(key=row.key, name=row.name, source=row.source, latest=row.latest)
    state = rate_tables.evolve(known, event, recorded)
    return replace(row, latest=state.latest, version=recorded.version, position=recorded.position)


PROJECTION: Final = Projection(
    name="rate_table",
    version=1,
    row=RateTableRow,
    key=("rate_table_id",),
    group=("rate_table_id",),
    types=("rate_table.defined", "rate_table.rates_published", "rate_table.rates_corrected"),
    groups=own_stream,
    evolve=one_row(_fold),
    indexes=("(key)",),
)
