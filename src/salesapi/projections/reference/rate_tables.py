"""Rate tables with the latest rate of each pair, one row a table. Rates are exact decimals in major units."""

from typing import Final
from uuid import UUID

from salesapi.domain.reference import rate_tables
from salesapi.domain.reference.rate_tables import LatestRate, RateTable, RateTableDefined, RateTableEvent
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import replace
from salesapi.projections.declaring import one_row


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


PROJECTION: Final = one_row(
    "rate_table",
    _fold,
    row=RateTableRow,
    version=1,
    key=("rate_table_id",),
    indexes=("(key)",),
)
