"""The list of API keys. They belong to nobody; who may list them is said where the list is declared to the doors."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.organisation.api_keys import ApiKey, ApiKeyFilter, ApiKeyOrder

API_KEYS: Final = Listing(
    ApiKey,
    source="read.api_key",
    scope=EVERYBODY,
    expressions={"last_used_on": "access.api_key_last_used_on(api_key_id)"},
    where=ApiKeyFilter,
    order=ApiKeyOrder.PREFIX_ASC,
)
