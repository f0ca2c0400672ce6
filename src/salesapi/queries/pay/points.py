"""The lists of members' points and of their entries. They are seen by whose pay scope holds the member."""

from typing import Final

from salesapi.database.columns import Reader
from salesapi.domain.shared.states import made_from
from salesapi.projections.pay.points import PointsEntryRow
from salesapi.queries.listings import Listing
from salesapi.queries.pay.reasons import shown_reason
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay import points as wire

POINTS: Final = ""
"""Points have no currency, and no amounts among their reasons."""

BALANCES: Final = Listing(
    wire.PointsBalance,
    source="read.points",
    scope=by_pay(),
    where=wire.PointsFilter,
    order=wire.PointsOrder.BALANCE_DESC,
)
"""The balances of members who ever had points."""
_ENTRIES: Final = Reader(PointsEntryRow)


def shown_entry(row: PointsEntryRow) -> wire.PointsEntry:
    """Shows an entry, with why a plan gives it put into words."""
    given = None if row.given is None else shown_reason(row.given, POINTS)
    return made_from(wire.PointsEntry, row, given=given)


ENTRIES: Final = Listing(
    wire.PointsEntry,
    source="read.points_entry",
    id="position",
    read_row=lambda row: shown_entry(_ENTRIES.read(row)),
    scope=by_pay(),
    where=wire.PointsEntryFilter,
    order=wire.PointsEntryOrder.ENTERED_DESC,
    ordered_by={"entered": "position"},
)
