"""The contract-cost asset of locked pay (R70), in one statement over statement lines and agreements, amortised by the rules.

A deal's term begins on the first and ends on the last day of its signed agreements; where one has no last day, or neither a
first day nor a day of signing, it is open. A deal ends early when all of them are cancelled: on the last day of a cancellation,
or where they were cancelled from always, at the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.domain.commission.accruals import cost_minor, cost_on
from salesapi.domain.commission.contract_costs import BENEFIT_MONTHS_MAX, ContractCostPolicy, Expedient
from salesapi.domain.commission.cost_schedules import CostMonth, cost_schedule, term_months
from salesapi.domain.commission.dates import months_after
from salesapi.domain.kernel import FieldInvalid
from salesapi.queries.reports_facts import ROWS_MAX, rows_of
from salesapi.queries.reports_pay import LINES, SETTLED, SUMS, PayWindow, locked_lines, refuse_long
from salesapi.queries.reports_pay import READ_MODELS as PAY_READ
from salesapi.schemas.finance_reports import ContractCost, ContractCostMonth

if TYPE_CHECKING:
    import asyncpg

READ_MODELS: Final = (*PAY_READ, "agreement")

_STATEMENT: Final = f"""
    WITH {SETTLED},
    cost AS (
        SELECT l.deal_id, k.currency, l.kind, date_trunc('month', d.earned_on)::date AS earned_on,
               date_trunc('month', k.last_on)::date AS payable_on, {SUMS}
        FROM {LINES}
        WHERE l.deal_id IS NOT NULL AND d.earned_on <= $2 AND ($3::uuid IS NULL OR k.plan_id = $3)
          AND ($4::uuid IS NULL OR l.deal_id = $4)
        GROUP BY 1, 2, 3, 4, 5
    ),
    agreed AS (
        SELECT a.deal_id,
               CASE WHEN bool_and(coalesce(a.starts_on, a.signed_on) IS NOT NULL)
                    THEN min(coalesce(a.starts_on, a.signed_on)) END AS starts_on,
               CASE WHEN bool_and(a.ends_on IS NOT NULL) THEN max(a.ends_on) END AS ends_on,
               CASE WHEN bool_and(a.status = 'cancelled')
                    THEN coalesce(max(a.cancelled_on), min(a.starts_on), min(a.signed_on), '-infinity') END AS ended_on
        FROM read.agreement a
        WHERE a.deal_id IN (SELECT deal_id FROM cost) AND jsonb_array_length(a.lines) > 0
        GROUP BY a.deal_id
    )
    SELECT c.*, a.deal_id IS NOT NULL AS is_agreed, a.starts_on, a.ends_on, a.ended_on
    FROM cost c LEFT JOIN agreed a USING (deal_id)
    ORDER BY c.deal_id::text, c.currency LIMIT {ROWS_MAX + 1}
"""  # noqa: S608
"""Only a signed agreement has lines, also where it was cancelled since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCostQuestion:
    """A whole question, the same for both doors. The window is of whole months.

    Raises:
        FieldInvalid: the benefit period is out of bounds.
    """

    window: PayWindow
    expedient: Expedient = "not_elected"
    benefit_months: int | None = None
    plan_id: UUID | None = None
    deal_id: UUID | None = None

    def __post_init__(self) -> None:
        """Checks the benefit period."""
        if self.benefit_months is not None and not 1 <= self.benefit_months <= BENEFIT_MONTHS_MAX:
            raise FieldInvalid(
                reason=f"A benefit period has 1 to {BENEFIT_MONTHS_MAX} months.", pointer="/benefitMonths"
            )

    @property
    def first_on(self) -> date:
        """The first day of the first month."""
        return self.window.first_on.replace(day=1)

    @property
    def last_on(self) -> date:
        """The last day of the last month."""
        return months_after(self.window.last_on.replace(day=1), 1) - timedelta(days=1)

    @property
    def policy(self) -> ContractCostPolicy:
        """The treatment that is asked for: of a benefit period that is given for all, or of each deal's own term."""
        return ContractCostPolicy(
            method="straight_line",
            expedient=self.expedient,
            employer_taxes="expensed",
            renewal_commission="commensurate",
            customer_life_months=self.benefit_months or 1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCostAnswer:
    """The deals, and how many had to be left out."""

    deals: tuple[ContractCost, ...]
    without_agreement: int
    without_term: int


async def contract_costs(
    pool: "asyncpg.Pool[asyncpg.Record]", question: ContractCostQuestion, scope: Scope
) -> ContractCostAnswer:
    """The deals with anything in the window, by deal and currency. `scope` is the one over pay.

    Raises:
        AnswerTooLong, TooManyGroups, ReportTimedOut.
    """
    arguments = (scope.member_ids, question.last_on, question.plan_id, question.deal_id)
    rows = await rows_of(pool, _STATEMENT, arguments)
    groups: dict[tuple[UUID, str], list[asyncpg.Record]] = {}
    for row in rows:
        groups.setdefault((row["deal_id"], row["currency"]), []).append(row)
    deals: list[ContractCost] = []
    without_agreement, without_term = set[UUID](), set[UUID]()
    items = 0
    for (deal_id, currency), found in groups.items():
        months = question.benefit_months or _term_months(found[0])
        if not found[0]["is_agreed"]:
            without_agreement.add(deal_id)
        elif months is None:
            without_term.add(deal_id)
        elif schedule := _schedule(question, found, months):
            items += len(schedule)
            refuse_long(items, "months")
            deals.append(
                ContractCost(
                    deal_id=deal_id,
                    currency=currency,
                    benefit_months=months,
                    ended_on=found[0]["ended_on"],
                    months=schedule,
                )
            )
    return ContractCostAnswer(
        deals=tuple(deals), without_agreement=len(without_agreement), without_term=len(without_term)
    )


def _term_months(row: "asyncpg.Record") -> int | None:
    if row["starts_on"] is None or row["ends_on"] is None:
        return None
    return term_months(row["starts_on"], row["ends_on"])


def _schedule(
    question: ContractCostQuestion, rows: "Sequence[asyncpg.Record]", months: int
) -> tuple[ContractCostMonth, ...]:
    added: dict[date, int] = {}
    for lines in map(locked_lines, rows):
        if amount_minor := cost_minor(lines):
            added[cost_on(lines)] = added.get(cost_on(lines), 0) + amount_minor
    found = cost_schedule(question.policy, added, months, churned_on=rows[0]["ended_on"], until_on=question.last_on)
    return tuple(_shown(each) for each in found if each.month_on >= question.first_on and _has_anything(each))


def _has_anything(month: CostMonth) -> bool:
    return any((month.added_minor, month.expense_minor, month.impairment_minor, month.carrying_minor))


def _shown(month: CostMonth) -> ContractCostMonth:
    return ContractCostMonth(
        month=f"{month.month_on:%Y-%m}",
        added_minor=month.added_minor,
        expense_minor=month.expense_minor,
        impairment_minor=month.impairment_minor,
        carrying_minor=month.carrying_minor,
    )
