"""Products with their prices and costs over time, one row a product. Both are exact decimals in major units of a currency.

They are ordered by date; each holds on [effective_from, effective_until).
"""

from typing import Final

from salesapi.domain.reference.products import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("product", evolve, version=2, indexes=("(code)", "(external_id, external_system)"))
