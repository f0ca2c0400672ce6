"""Rate tables with the latest rate of each pair, one row a table. Rates are exact decimals in major units."""

from typing import Final
from uuid import UUID

from salesapi.domain.reference.rate_tables import LatestRate, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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


PROJECTION: Final = current(
    "rate_table",
    evolve,
    row=RateTableRow,
    version=1,
    indexes=("(key)",),
)
