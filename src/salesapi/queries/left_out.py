"""What a report leaves out and names: things with a day that cannot be meant, which one old row of many may have.

Their rows come in the report's own statement, with the part `left_out`. The parameters `:first_day` and `:end_day` bound what
can be meant: the first of these days, and the first one after them.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Final, Literal
from uuid import UUID

from salesapi.database.conditions import Named, stated
from salesapi.database.connections import Record
from salesapi.domain.shared.dates import DaySpan
from salesapi.schemas.figures import LEFT_OUT_MAX, LeftOut

PART: Final = "left_out"


def beyond(*days: str) -> str:
    """The text of the first of these days of a row that cannot be meant; null where each can, or is unknown."""
    return f"coalesce({', '.join(f'CASE WHEN {day} < :first_day OR {day} >= :end_day THEN {day} END' for day in days)})"


def told_as_left_out(*, id: str, source: str) -> str:
    """The text of the figures of what a source leaves out: the rows whose `beyond_on` is known, the first by their ids."""
    figures = f"jsonb_build_object('id', {id}, 'on', {stated('beyond_on')})"
    return f"SELECT {figures} AS figures FROM {source} WHERE beyond_on IS NOT NULL ORDER BY {id} LIMIT {LEFT_OUT_MAX}"  # noqa: S608


def days_meant(days: DaySpan) -> Named:
    """The parameters."""
    return {"first_day": ("date", days.effective_from), "end_day": ("date", days.effective_until)}


def left_out(kind: Literal["deal", "invoice"], rows: Sequence[Record]) -> tuple[LeftOut, ...]:
    """The things that rows name as left out."""
    named = [json.loads(row["figures"]) for row in rows if row["part"] == PART]
    return tuple(LeftOut(kind=kind, id=UUID(each["id"]), on=date.fromisoformat(each["on"])) for each in named)
