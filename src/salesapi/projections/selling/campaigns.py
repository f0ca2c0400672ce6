"""Campaigns as they are now, one row a campaign with all its costs."""

from typing import Final

from salesapi.domain.selling.campaigns import STATE_VERSION, evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "campaign", evolve, version=STATE_VERSION, computed=("cost_minor",), indexes=("(key)", "(position)")
)
