"""The list of targets. A target is seen by who is in scope of the member who answers for it."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_owner
from salesapi.schemas.selling.targets import Target, TargetFilter, TargetOrder

TARGETS: Final = Listing(
    Target, source="read.target", scope=by_owner(), where=TargetFilter, order=TargetOrder.CHANGED_DESC
)
