"""The list of pipelines. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.selling.pipelines import Pipeline, PipelineFilter, PipelineOrder

PIPELINES: Final = Listing(
    Pipeline, source="read.pipeline", scope=EVERYBODY, where=PipelineFilter, order=PipelineOrder.KEY_ASC
)
