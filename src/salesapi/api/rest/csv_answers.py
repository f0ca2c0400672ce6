"""Tables as CSV beside JSON: the parameter `format`, and the answer (RFC 4180, UTF-8, with a header line)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Final

from fastapi import Response

from salesapi.api.rest.parameters import ParameterInvalid, described

FORMATS: Final = ("json", "csv")
LINE_END: Final = "\r\n"
FORMAT: Final = described(
    "format",
    {"type": "string", "enum": list(FORMATS), "default": FORMATS[0]},
    about="JSON, or CSV (RFC 4180, UTF-8, with a header line; what is unknown is empty).",
)


def is_csv(sent: Mapping[str, str]) -> bool:
    """Tells whether CSV is asked for.

    Raises:
        ParameterInvalid.
    """
    form = sent.get("format", FORMATS[0])
    if form not in FORMATS:
        raise ParameterInvalid(name="format", reason=f"it is one of {', '.join(FORMATS)}", pointer="/format")
    return form == "csv"


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Rows under their columns, as a file of this name."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator=LINE_END)
    writer.writerow(columns)
    writer.writerows(rows)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue().encode(), 200, headers, "text/csv; charset=utf-8; header=present")
