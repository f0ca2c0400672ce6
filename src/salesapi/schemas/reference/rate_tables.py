"""Wire shapes of rate tables and currency rates, with the filters and orders of their lists. Rates are decimal strings."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.reference.rate_tables import LatestRate
from salesapi.domain.shared.kernel import About, CurrencyCode, Key, record
from salesapi.schemas.scalars import Position


@record
class RateTable:
    """What one currency is worth in another, as one source publishes it."""

    id: Annotated[UUID, About("The rate table.")]
    key: Annotated[str, About("Stable name.")]
    name: Annotated[str, About("Name shown to people.")]
    source: Annotated[str, About("Who publishes the rates.")]
    latest: Annotated[tuple[LatestRate, ...], About("The latest rate of each pair of currencies.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class RateTableFilter:
    """Which rate tables. Fields that are not sent do not filter."""

    key: Annotated[Key | None, About("With this key.")] = None


class RateTableOrder(StrEnum):
    """Orders of rate tables."""

    KEY_ASC = "key_asc"
    CHANGED_DESC = "changed_desc"


@record
class CurrencyRate:
    """The rate of a pair of currencies on a day, as it holds now."""

    id: Annotated[UUID, About("The rate.")]
    rate_table_id: Annotated[UUID, About("The rate table.")]
    from_currency: Annotated[str, About("ISO 4217 code of the currency that is converted.")]
    to_currency: Annotated[str, About("ISO 4217 code of the currency that it becomes.")]
    on: Annotated[date, About("The day of the rate.")]
    rate: Annotated[str, About("Major units of the second currency for one of the first, a decimal string.")]
    published_rate: Annotated[
        str | None, About("What was published; null where the day was missed and a correction added it.")
    ]
    is_corrected: Annotated[bool, About("A correction states it.")]
    reason: Annotated[str | None, About("Why it was corrected last.")]
    position: Annotated[Position, About("Log position of the event that states it.")]


@record
class CurrencyRateFilter:
    """Which currency rates. Fields that are not sent do not filter; days are inclusive at both ends."""

    rate_table_id: Annotated[UUID | None, About("Of this rate table.")] = None
    from_currency: Annotated[CurrencyCode | None, About("From this currency (ISO 4217).")] = None
    to_currency: Annotated[CurrencyCode | None, About("To this currency (ISO 4217).")] = None
    on_from: Annotated[date | None, About("Of this day or later.")] = None
    on_to: Annotated[date | None, About("Of this day or earlier.")] = None
    is_corrected: Annotated[bool | None, About("Stated by a correction, or as published.")] = None


class CurrencyRateOrder(StrEnum):
    """Orders of currency rates."""

    ON_DESC = "on_desc"
    ON_ASC = "on_asc"
    CHANGED_DESC = "changed_desc"
