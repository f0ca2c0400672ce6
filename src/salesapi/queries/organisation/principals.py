"""The list of principals. They belong to nobody; who may list them is said where the list is declared to the doors."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.organisation.principals import Principal, PrincipalFilter, PrincipalOrder

PRINCIPALS: Final = Listing(
    Principal, source="read.principal", scope=EVERYBODY, where=PrincipalFilter, order=PrincipalOrder.NAME_ASC
)
