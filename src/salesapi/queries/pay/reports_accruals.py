"""Accruals of locked pay (R69), in one statement over statement lines and payments, and one rule for each kind of line.

What happened before the window opens its first day. Amounts of several currencies are never added. A cost centre is that
which was known when the run was calculated, as in the export to payroll.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from salesapi.access.principals import Scope
from salesapi.database.connections import Pool, Record
from salesapi.domain.pay.rules.accounting import DayBalance, Movement, accrual_balances
from salesapi.domain.pay.statements.accruals import movements_of
from salesapi.domain.shared.dates import DaySpan, days_through
from salesapi.domain.shared.states import made_from
from salesapi.queries.pay.reports_pay import LINES, LOCKED_LINES, SETTLED, SUMS, PayWindow, refuse_long
from salesapi.queries.pay.reports_pay import READ_MODELS as PAY_READ
from salesapi.queries.report_rows import ROWS_MAX, name_order, rows_of
from salesapi.schemas.figures import ReportKey
from salesapi.schemas.pay.finance_reports import AccrualBalance, AccrualDimension, AccrualGroup

READ_MODELS: Final = (*PAY_READ, "payout", "employment", "member", "compensation_plan")

_KEY: Final[Mapping[AccrualDimension, str]] = {
    "plan": "k.plan_id::text",
    "member": "k.member_id::text",
    "cost_centre": """(
        SELECT cost_centre FROM read.employment e
        WHERE e.member_id = k.member_id AND e.since_position <= k.calculated_position
        ORDER BY e.since_position DESC LIMIT 1
    )""",
}
_LABEL: Final[Mapping[AccrualDimension, str]] = {
    "plan": "(SELECT key FROM read.compensation_plan WHERE plan_id = a.value::uuid)",
    "member": "(SELECT name FROM read.member WHERE member_id = a.value::uuid)",
    "cost_centre": "NULL::text",
}
_STATEMENT: Final = """
    WITH {settled},
    line AS (
        SELECT {key} AS value, k.currency, l.kind, greatest(d.earned_on, :first_on) AS earned_on,
               greatest(k.last_on, :first_on) AS payable_on, {sums}
        FROM {lines}
        WHERE d.earned_on <= :last_on
        GROUP BY 1, 2, 3, 4, 5
    ),
    payment AS (
        SELECT {key} AS value, k.currency, 'paid' AS kind, greatest(p.paid_on, :first_on) AS earned_on,
               greatest(p.paid_on, :first_on) AS payable_on, sum(p.amount_minor)::bigint AS posted_minor, 0::bigint AS gone_minor
        FROM settled k JOIN read.payout p USING (payout_run_id, member_id)
        WHERE p.status = 'paid' AND p.paid_on <= :last_on
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT a.*, {label} AS label FROM (SELECT * FROM line UNION ALL SELECT * FROM payment) a LIMIT {limit}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualQuestion:
    """A whole question, the same for both doors."""

    window: PayWindow
    dimension: AccrualDimension = "plan"


async def accrual_groups(pool: Pool, question: AccrualQuestion, scope: Scope) -> tuple[AccrualGroup, ...]:
    """The groups that have anything in the window, by their names; unknown ones last. `scope` is the one over pay.

    Raises:
        AnswerTooLong, TooManyGroups, ReportTimedOut.
    """
    text = _STATEMENT.format(
        settled=SETTLED,
        key=_KEY[question.dimension],
        label=_LABEL[question.dimension],
        sums=SUMS,
        lines=LINES,
        limit=ROWS_MAX + 1,
    )
    window = question.window
    named = {
        "scope_member_ids": ("uuid[]", scope.member_ids),
        "first_on": ("date", window.first_on),
        "last_on": ("date", window.last_on),
    }
    rows = await rows_of(pool, text, named)
    movements: dict[tuple[str | None, str | None, str], list[Movement]] = {}
    for row in rows:
        movements.setdefault((row["value"], row["label"], row["currency"]), []).extend(_movements(row))
    days = days_through(window.first_on, last_on=window.last_on)
    shown = {group: moved for group, moved in movements.items() if _has_anything(moved, days)}
    refuse_long(len(shown) * days.length_days(), "balances")
    return tuple(
        AccrualGroup(
            key=ReportKey(dimension=question.dimension, value=value, label=label),
            currency=currency,
            balances=tuple(map(_shown, accrual_balances(shown[value, label, currency], days))),
        )
        for value, label, currency in sorted(shown, key=lambda each: (*name_order(each[0], label=each[1]), each[2]))
    )


def _movements(row: Record) -> tuple[Movement, ...]:
    if row["kind"] == "paid":
        return (Movement(on=row["payable_on"], kind="paid", amount_minor=row["posted_minor"]),)
    return movements_of(LOCKED_LINES.read(row))


def _has_anything(moved: list[Movement], days: DaySpan) -> bool:
    """Tells whether anything stood when the window opened, or moves within it."""
    opening = days_through(days.effective_from, last_on=days.effective_from)
    opened = any(
        each.earned_not_payable_minor or each.payable_not_paid_minor for each in accrual_balances(moved, opening)
    )
    return opened or any(days.effective_from < each.on < days.effective_until for each in moved)


def _shown(balance: DayBalance) -> AccrualBalance:
    return made_from(AccrualBalance, balance)
