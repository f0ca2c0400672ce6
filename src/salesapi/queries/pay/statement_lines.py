"""Lines of statements as they are shown, issued or live: those of the domain, numbered, with their reasons in words."""

from typing import Final

from salesapi.database.columns import Reader
from salesapi.database.connections import Record
from salesapi.domain.pay.records.payout_runs import StatementLine as DomainLine
from salesapi.domain.shared.states import made_from
from salesapi.queries.pay.reasons import shown_reason
from salesapi.queries.shapes import selection
from salesapi.queries.sources import Source
from salesapi.schemas.pay.payout_runs import StatementLine

LINE_COLUMNS: Final = selection(Source("read.statement_line", declaration="the lines of statements"), DomainLine)
"""The columns of a row that are the line itself."""
_LINES: Final = Reader(DomainLine)


def read_line(row: Record) -> StatementLine:
    """A row with the columns of the line, and its `number`."""
    return shown_line(_LINES.read(row), row["number"])


def shown_line(line: DomainLine, number: int) -> StatementLine:
    """The line under its number."""
    reason = shown_reason(line.reason, line.currency, line.exact_minor)
    return made_from(StatementLine, line, number=number, reason=reason)
