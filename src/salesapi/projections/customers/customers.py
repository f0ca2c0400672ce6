"""Customers as they are now, with their contacts, one row a customer. Names and contacts are in clear here.

A customer without an owner is in the pool. Dates are business dates.
"""

from typing import Final

from salesapi.domain.customers.customers import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "customer",
    evolve,
    version=2,
    indexes=("(position)", "(owner_id, position)", "(parent_id)", "(external_id, external_system)"),
    reads_personal=True,
)
