"""What finance's reports of locked pay have in common: the statements that are locked, and the days that their lines count on.

The CTE `settled` has a row for each statement of a locked run that is in scope, with first and last day of the run's period.
Parameters: `:scope_member_ids` (null: all) and `:last_on`, the last day that is asked for. Amounts are minor units; days are
calendar days.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from salesapi.database.columns import Reader
from salesapi.domain.pay.statements.accruals import LockedLines
from salesapi.domain.shared.kernel import FieldInvalid, Kind, Refused

READ_MODELS: Final = ("payout_run", "statement", "statement_line")
WINDOW_DAYS_MAX: Final = 3_660
"""Longest window: ten years."""
ITEMS_MAX: Final = 20_000
"""Most balances or months of one answer."""
LOCKED_POSITION: Final = "SELECT coalesce(max(position), 0) FROM read.payout_run WHERE status = 'locked'"
"""A position that all read models must have reached before the lines of all locked runs are complete."""

SETTLED: Final = """
    settled AS MATERIALIZED (
        SELECT s.payout_run_id, s.member_id, s.plan_id, s.currency, s.calculated_position, p.first_on,
               (p.first_on + p.length - interval '1 day')::date AS last_on
        FROM read.payout_run r JOIN read.statement s USING (payout_run_id, calculated_position)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN s.period LIKE '%-%' THEN to_date(s.period, 'YYYY-MM')
                        WHEN s.period LIKE '%Q%'
                        THEN make_date(left(s.period, 4)::int, 3 * right(s.period, 1)::int - 2, 1)
                        ELSE make_date(s.period::int, 1, 1) END AS first_on,
                   CASE WHEN s.period LIKE '%-%' THEN interval '1 month' WHEN s.period LIKE '%Q%' THEN interval '3 months'
                        ELSE interval '1 year' END AS length
        ) p
        WHERE r.status = 'locked' AND (:scope_member_ids IS NULL OR s.member_id = ANY (:scope_member_ids))
          AND p.first_on <= :last_on
    )"""
LINES: Final = """
    settled k JOIN read.statement_line l USING (payout_run_id, member_id, calculated_position)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN l.won_on BETWEEN k.first_on AND k.last_on THEN l.won_on ELSE k.last_on END AS earned_on
    ) d"""
SUMS: Final = """
    sum(l.posted_minor)::bigint AS posted_minor,
    coalesce(sum(l.base_minor) FILTER (WHERE l.kind IN ('lapsed', 'cancelled')), 0)::bigint AS gone_minor"""

LOCKED_LINES: Final = Reader(LockedLines)
"""Reads the lines of one row of a report's statement."""


class AnswerTooLong(Refused):
    """The answer would have too many items."""

    code = "report.too_many_items"
    kind = Kind.TOO_LARGE
    message = "The answer would have more than {most} {items}; ask for a shorter window, or for less."


@dataclass(frozen=True, slots=True, kw_only=True)
class PayWindow:
    """Days, both inclusive.

    Raises:
        FieldInvalid: they are in the wrong order or too many.
    """

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        """Checks the order and the length."""
        if not 0 <= (self.last_on - self.first_on).days < WINDOW_DAYS_MAX or self.last_on == date.max:
            reason = f"A window ends on its first day or later, within {WINDOW_DAYS_MAX:,} days."
            raise FieldInvalid(reason=reason, pointer="/to")


def refuse_long(count: int, items: str) -> None:
    """Bounds an answer.

    Raises:
        AnswerTooLong.
    """
    if count > ITEMS_MAX:
        raise AnswerTooLong(most=ITEMS_MAX, items=items)
