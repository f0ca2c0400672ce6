"""Pipelines with all their published versions, one row a pipeline."""

from typing import Final
from uuid import UUID

from salesapi.domain.selling.pipelines import PipelineVersion, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class PipelineRow:
    """A stage model; deals pin one of the versions."""

    pipeline_id: UUID
    key: str
    name: str
    versions: tuple[PipelineVersion, ...]
    is_retired: bool
    external_system: str | None
    external_id: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "pipeline",
    evolve,
    row=PipelineRow,
    version=1,
    indexes=("(key)",),
)
