"""Rate tables with the latest rate of each pair, ordered by pair; one row a table. Rates are exact decimals in major units.

All rates by day are rows of `read.currency_rate`.
"""

from typing import Final

from salesapi.domain.reference.rate_tables import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("rate_table", evolve, version=1, indexes=("(key)",))
