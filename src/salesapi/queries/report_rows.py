"""The rows of a report: one statement within a time, in little memory, with a bound on what it answers."""

import asyncio
from typing import Final

from salesapi.database.conditions import Conditions, Named
from salesapi.database.connections import Pool, Record
from salesapi.domain.shared.kernel import Kind, Refused

GROUPS_MAX: Final = 5_000
"""Most groups of one answer."""
ROWS_MAX: Final = 100_000
"""Most rows of one statement: groups with their currencies and stages."""
REPORT_TIMEOUT_SECONDS: Final = 20.0
WORK_MEMORY_MB: Final = 32
"""Memory of one sort or hash of a report; beyond it they go to disk."""
SETTINGS: Final = f"SET LOCAL work_mem = '{WORK_MEMORY_MB}MB'; SET LOCAL jit = off"
"""Compiling a report takes longer than running it."""


class TooManyGroups(Refused):
    """The answer would be too long."""

    code = "report.too_many_groups"
    kind = Kind.TOO_LARGE
    message = "The answer would have more than {most} groups; group by less, or filter."


class ReportTimedOut(Refused):
    """The statement took too long."""

    code = "report.timed_out"
    kind = Kind.UNAVAILABLE
    message = "The report took longer than {seconds} seconds; filter it, or ask again later."


async def rows_of(pool: Pool, text: str, named: Named, chosen: Conditions | None = None) -> list[Record]:
    """The rows of one statement of a report, which ends with a limit of one row more than `ROWS_MAX`.

    `named` are the parameters that its text names; those of conditions in the text stand before them.

    Raises:
        TooManyGroups: beyond `ROWS_MAX`.
        ReportTimedOut: after `REPORT_TIMEOUT_SECONDS`.
    """
    conditions = chosen or Conditions()
    numbered = conditions.numbered(text, named)
    try:
        async with (
            asyncio.timeout(REPORT_TIMEOUT_SECONDS),
            pool.acquire() as connection,
            connection.transaction(readonly=True),
        ):
            await connection.execute(SETTINGS)
            rows = await connection.fetch(numbered, *conditions.values)
    except TimeoutError:
        raise ReportTimedOut(seconds=int(REPORT_TIMEOUT_SECONDS)) from None
    if len(rows) > ROWS_MAX:
        raise TooManyGroups(most=GROUPS_MAX)
    return rows


def name_order(value: str | None, *, label: str | None) -> tuple[bool, str, str]:
    """The place of a group: by its name, unknown ones last."""
    return value is None, label or value or "", value or ""
