"""Pipelines with all their published versions, one row a pipeline."""

from typing import Final
from uuid import UUID

from salesapi.domain.selling.pipelines import (
    PipelineDefined,
    PipelineEvent,
    PipelineRetired,
    PipelineVersion,
    PipelineVersionPublished,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import id_of, replace, system_of
from salesapi.projections.declaring import one_row


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


def _fold(row: PipelineRow | None, event: PipelineEvent, recorded: Recorded) -> PipelineRow:
    if isinstance(event, PipelineDefined):
        return PipelineRow(
            pipeline_id=recorded.stream_id,
            key=event.key,
            name=event.name,
            versions=(),
            is_retired=False,
            external_system=system_of(event.external_id),
            external_id=id_of(event.external_id),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a pipeline begins with pipeline.defined"
    changed = replace(row, version=recorded.version, position=recorded.position)
    match event:
        case PipelineVersionPublished():
            published = PipelineVersion(
                number=event.pipeline_version, stages=event.stages, transitions=event.transitions
            )
            return replace(changed, versions=(*row.versions, published))
        case PipelineRetired():
            return replace(changed, is_retired=True)


PROJECTION: Final = one_row(
    "pipeline",
    _fold,
    row=PipelineRow,
    version=1,
    key=("pipeline_id",),
    indexes=("(key)",),
)
