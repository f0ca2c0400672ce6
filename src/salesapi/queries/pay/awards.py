"""The list of awards and adjustments. An award is seen by whose pay scope holds its member."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.awards import Award, AwardFilter, AwardOrder

AWARDS: Final = Listing(Award, source="read.award", scope=by_pay(), where=AwardFilter, order=AwardOrder.CHANGED_DESC)
