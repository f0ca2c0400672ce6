"""The list of pipelines. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_position, by_text
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.selling.pipelines import Pipeline, PipelineFilter, PipelineOrder

PIPELINES: Final = Listing(
    Pipeline,
    source="read.pipeline",
    scope=EVERYBODY,
    filters=Filters(PipelineFilter),
    orders=Orders(PipelineOrder.KEY_ASC, {"key": by_text("key"), "changed": by_position()}),
)
