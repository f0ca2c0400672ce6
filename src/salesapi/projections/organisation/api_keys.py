"""API keys as they are now, one row a key, with the digest and never the key. Instants are record time, but for the expiry."""

from typing import Final

from salesapi.domain.organisation.api_keys import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("api_key", evolve, version=1, indexes=("(prefix)", "(principal_id)"))
