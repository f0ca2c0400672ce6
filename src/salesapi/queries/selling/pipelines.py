"""Questions about pipelines. They belong to nobody: everybody who has a key sees them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_position,
    by_text,
)
from salesapi.schemas.selling.pipelines import Pipeline, PipelineFilter, PipelineOrder

READS: Final = ("pipeline",)

PIPELINES: Final = Listing(
    columns=f"pipeline_id AS id, key, name, versions, is_retired, {EXTERNAL_ID}, version, position",
    source="read.pipeline",
    id="pipeline_id",
    reader=Reader(Pipeline),
)
ORDERS: Final[dict[PipelineOrder, Order]] = {
    PipelineOrder.KEY_ASC: by_text("key"),
    PipelineOrder.CHANGED_DESC: by_position("position", is_descending=True),
}


async def pipelines(
    connection: Connection, scope: Scope, *, where: PipelineFilter, order: PipelineOrder, page: PageRequest
) -> Page[Pipeline]:
    """A page of pipelines.

    Raises:
        CursorMalformed.
    """
    conditions = Conditions()
    conditions.known("key = {}", where.key)
    conditions.is_true("is_retired", where.is_retired)
    return await PIPELINES.page(connection, conditions, (order, ORDERS[order]), page)


async def pipeline(connection: Connection, scope: Scope, pipeline_id: UUID) -> Pipeline:
    """One pipeline with its versions.

    Raises:
        ThingUnknown: there is none.
    """
    found = await pipelines_by_ids(connection, scope, [pipeline_id])
    if pipeline_id not in found:
        raise ThingUnknown(thing="pipeline", id=str(pipeline_id))
    return found[pipeline_id]


async def pipelines_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Pipeline]:
    """Those of these pipelines that there are."""
    conditions = Conditions()
    conditions.add("pipeline_id = ANY({}::uuid[])", list(ids))
    return {pipeline.id: pipeline for pipeline in await PIPELINES.found(connection, conditions)}
