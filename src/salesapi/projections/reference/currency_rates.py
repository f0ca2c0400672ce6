"""Currency rates by day, one row for each table, pair and day. Rates are exact decimals in major units; days are the source's.

A corrected rate shows what holds now, beside what was published; all it ever was stands in the log.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from salesapi.domain.reference.rate_tables import RatesStated, RateTableRatesPublished
from salesapi.domain.shared.kernel import Recorded, natural_id, record
from salesapi.domain.shared.states import made_from
from salesapi.projections.declaring import by, row_group
from salesapi.projections.projection import GroupKey


@record
class CurrencyRateRow:
    """One rate. `published_rate` is None where the day was missed and a correction added it."""

    rate_table_id: UUID
    from_currency: str
    to_currency: str
    day: date
    rate_id: UUID
    rate: Decimal
    published_rate: Decimal | None
    is_corrected: bool
    reason: str | None
    position: int


def _groups(event: RatesStated, recorded: Recorded) -> tuple[GroupKey, ...]:
    return tuple((recorded.stream_id, pair.from_currency, pair.to_currency, event.on) for pair in event.pairs)


def _evolve(
    rows: Sequence[CurrencyRateRow], event: RatesStated, recorded: Recorded, group: GroupKey
) -> tuple[CurrencyRateRow, ...]:
    stated = next(pair for pair in event.pairs if (pair.from_currency, pair.to_currency) == group[1:3])
    is_published = isinstance(event, RateTableRatesPublished)
    before = rows[0].published_rate if rows else None
    return (
        made_from(
            CurrencyRateRow,
            stated,
            rate_table_id=recorded.stream_id,
            day=event.on,
            rate_id=natural_id("currency_rate", *map(str, group)),
            published_rate=stated.rate if is_published else before,
            is_corrected=not is_published,
            reason=None if isinstance(event, RateTableRatesPublished) else event.reason,
            position=recorded.position,
        ),
    )


PROJECTION: Final = row_group(
    "currency_rate",
    _evolve,
    row=CurrencyRateRow,
    version=1,
    key=("rate_table_id", "from_currency", "to_currency", "day"),
    groups=by(_groups),
    indexes=("(day, rate_id)", "(position)"),
)
