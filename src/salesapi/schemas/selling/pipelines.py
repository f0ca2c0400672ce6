"""Wire shapes of pipelines, with the filter and orders of their list."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.selling.pipelines import PipelineVersion
from salesapi.domain.shared.kernel import About, ExternalId, Key, record
from salesapi.schemas.scalars import Position


@record
class Pipeline:
    """A stage model with all its published versions."""

    id: Annotated[UUID, About("The pipeline.")]
    key: Annotated[str, About("Stable name.")]
    name: Annotated[str, About("Name shown to people.")]
    versions: Annotated[tuple[PipelineVersion, ...], About("Published versions, the latest last; deals pin one.")]
    is_retired: Annotated[bool, About("It is closed to new deals.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class PipelineFilter:
    """Which pipelines. Fields that are not sent do not filter."""

    key: Annotated[Key | None, About("With this key.")] = None
    is_retired: Annotated[bool | None, About("Closed to new deals, or not.")] = None


class PipelineOrder(StrEnum):
    """Orders of pipelines."""

    KEY_ASC = "key_asc"
    CHANGED_DESC = "changed_desc"
