"""Pipelines with all their published versions, one row a pipeline; deals pin one of the versions."""

from typing import Final

from salesapi.domain.selling.pipelines import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("pipeline", evolve, version=1, indexes=("(key)",))
