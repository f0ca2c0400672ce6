"""How a follower is: its state, and what is told of its trouble. Kept in `log.follower`, so that every process can show it.

Written when something changes, and the position of a follower without a checkpoint at most once in `REPORT_SECONDS`.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Final, Literal, NamedTuple, TypeAlias

from salesapi.database.connections import UNAVAILABLE, Pool
from salesapi.eventlog.recorder import LogUnavailable, PositionGap

State: TypeAlias = Literal["following", "failing", "stopped"]
"""`failing`: something cannot be reached; it tries again and goes on by itself. `stopped`: it stands before something that
only a human can mend; it looks again, too."""

REPORT_SECONDS: Final = 1.0
"""How often the position of a follower without a checkpoint is stored at most."""
WRITE_SECONDS_MAX: Final = 2.0
"""Longest that a follower is held up by the storing of its state."""
ERROR_CHARACTERS_MAX: Final = 500

WRITE: Final = """
    INSERT INTO log.follower AS f (follower, state, error, position)
    SELECT name, $2, $3, $4 FROM unnest($1::text[]) AS name
    ON CONFLICT (follower) DO UPDATE SET
        state = excluded.state, error = excluded.error, position = excluded.position,
        since = CASE WHEN (f.state, f.error) IS NOT DISTINCT FROM (excluded.state, excluded.error)
                     THEN f.since ELSE clock_timestamp() END
"""


class Trouble(NamedTuple):
    """The trouble that stopped a try."""

    state: Literal["failing", "stopped"]
    reason: str
    """Without any value of an event and without any secret: everybody may read it."""


def trouble_of(
    error: Exception, *, told: tuple[type[Exception], ...] = (), passing: tuple[type[Exception], ...] = ()
) -> Trouble:
    """Judges an exception. `told` are those whose texts may be shown, `passing` those that pass by themselves.

    That PostgreSQL cannot serve always passes; what is unknown is taken for a mistake in the program.
    """
    does_pass = isinstance(error, (*UNAVAILABLE, LogUnavailable, *passing))
    return Trouble("failing" if does_pass else "stopped", reason_of(error, told))


def reason_of(error: Exception, told: tuple[type[Exception], ...] = ()) -> str:
    """Says what went wrong, without any value of an event: texts of foreign exceptions may hold such values."""
    if isinstance(error, (*told, PositionGap)):
        return f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS_MAX]
    frames = extract_tb(error.__traceback__)
    place = f" in {frames[-1].name} ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"


async def write_state(
    pool: Pool, names: Sequence[str], state: State, *, error: str | None, position: int | None
) -> None:
    """Stores how these followers are now; `position` only of one without a checkpoint.

    Raises: what asyncpg raises when the server cannot be reached.
    """
    async with asyncio.timeout(WRITE_SECONDS_MAX):
        await pool.execute(WRITE, list(names), state, error, position)
