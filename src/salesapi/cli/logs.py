"""What processes write to stderr: one JSON object a line, bounded, in UTC by this process's clock.

Of an error only its type and the places in the program are written. Its text may quote what a client sent: a name, a note, a
key. For the same reason no line holds a request's body or its headers.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Final

LINE_LENGTH_MAX: Final = 4_000
"""Longest message in a line, in characters."""
FRAMES_MAX: Final = 12
"""Deepest places of an error that are written."""


class JsonLine(logging.Formatter):
    """A record as one line; control characters cannot break it, because JSON escapes them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().partition("\n")[0][:LINE_LENGTH_MAX],
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-FRAMES_MAX:]
            line["places"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=True)


def write_logs() -> None:
    """Sends warnings and errors of every library to stderr in this form."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
