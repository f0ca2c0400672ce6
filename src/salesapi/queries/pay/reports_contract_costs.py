"""The contract-cost asset of locked pay (R70), in one statement over statement lines and agreements, amortised by the rules.

A deal's term begins on the first and ends on the last day of its signed agreements; where one has no last day, or neither a
first day nor a day of signing, it is open. A deal ends early when all of them are cancelled: on the last day of a cancellation,
or where they were cancelled from always, at the beginning. Expected revenue is what the payment plans of the agreements ask for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Pool, Record
from salesapi.domain.pay.rules import contract_costs as rules
from salesapi.domain.pay.statements.accruals import cost_minor, cost_on
from salesapi.domain.pay.statements.cost_schedules import CostMonth, cost_schedule, revenue_of_months, term_months
from salesapi.domain.shared.dates import last_of_month
from salesapi.domain.shared.kernel import FieldInvalid
from salesapi.domain.shared.states import made_from
from salesapi.queries.pay.reports_pay import LINES, LOCKED_LINES, SETTLED, SUMS, PayWindow, refuse_long
from salesapi.queries.pay.reports_pay import READ_MODELS as PAY_READ
from salesapi.queries.report_rows import ROWS_MAX, rows_of
from salesapi.schemas.pay.finance_reports import ContractCost, ContractCostMonth, ContractCosts

READ_MODELS: Final = (*PAY_READ, "agreement")
TAX_PERCENT_MAX: Final = Decimal(100)
"""Most that employers' taxes are of commission."""

_STATEMENT: Final = f"""
    WITH {SETTLED},
    cost AS (
        SELECT l.deal_id, k.currency, l.kind, date_trunc('month', d.earned_on)::date AS earned_on,
               date_trunc('month', k.last_on)::date AS payable_on, {SUMS}
        FROM {LINES}
        WHERE l.deal_id IS NOT NULL AND d.earned_on <= :last_on AND (:plan_id IS NULL OR k.plan_id = :plan_id)
          AND (:deal_id IS NULL OR l.deal_id = :deal_id)
        GROUP BY 1, 2, 3, 4, 5
    ),
    agreed AS (
        SELECT a.deal_id,
               CASE WHEN bool_and(coalesce(a.starts_on, a.signed_on) IS NOT NULL)
                    THEN min(coalesce(a.starts_on, a.signed_on)) END AS starts_on,
               CASE WHEN bool_and(a.ends_on IS NOT NULL) THEN max(a.ends_on) END AS ends_on,
               CASE WHEN :by_revenue THEN jsonb_agg(a.instalments) END AS plans,
               CASE WHEN bool_and(a.status = 'cancelled')
                    THEN coalesce(max(a.cancelled_on), min(a.starts_on), min(a.signed_on), '-infinity') END AS ended_on
        FROM read.agreement a
        WHERE a.deal_id IN (SELECT deal_id FROM cost) AND jsonb_array_length(a.lines) > 0
        GROUP BY a.deal_id
    )
    SELECT c.*, a.deal_id IS NOT NULL AS is_agreed, a.starts_on, a.ends_on, a.ended_on, a.plans
    FROM cost c LEFT JOIN agreed a USING (deal_id)
    ORDER BY c.deal_id::text, c.currency LIMIT {ROWS_MAX + 1}
"""  # noqa: S608
"""Only a signed agreement has lines, also where it was cancelled since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCostQuestion:
    """A whole question, the same for both doors. The window is of whole months.

    Raises:
        FieldInvalid: the benefit period, the customers' life or the tax is out of bounds, or the life is missing.
    """

    window: PayWindow
    method: rules.AmortisationMethod = "straight_line"
    expedient: rules.Expedient = "not_elected"
    employer_taxes: rules.EmployerTaxes = "expensed"
    employer_tax_percent: Decimal = Decimal(0)
    renewal_commission: rules.RenewalCommission = "commensurate"
    customer_life_months: int | None = None
    benefit_months: int | None = None
    plan_id: UUID | None = None
    deal_id: UUID | None = None

    def __post_init__(self) -> None:
        """Checks the periods and the tax."""
        _refuse_months(self.benefit_months, "A benefit period", "/benefitMonths")
        _refuse_months(self.customer_life_months, "A customer's life", "/customerLifeMonths")
        if (self.renewal_commission == "not_commensurate") != (self.customer_life_months is not None):
            reason = "Renewals that are `not_commensurate` need a customer's life, and no others take one."
            raise FieldInvalid(reason=reason, pointer="/customerLifeMonths")
        if not 0 <= self.employer_tax_percent <= TAX_PERCENT_MAX:
            reason = f"Employers' taxes are 0 to {TAX_PERCENT_MAX} percent of commission."
            raise FieldInvalid(reason=reason, pointer="/employerTaxPercent")

    @property
    def first_on(self) -> date:
        """The first day of the first month."""
        return self.window.first_on.replace(day=1)

    @property
    def last_on(self) -> date:
        """The last day of the last month."""
        return last_of_month(self.window.last_on)

    @property
    def policy(self) -> rules.ContractCostPolicy:
        """The treatment that is asked for: of a benefit period that is given for all, or of each deal's own term."""
        return made_from(rules.ContractCostPolicy, self, customer_life_months=self.customer_life_months or 1)


def _refuse_months(months: int | None, what: str, pointer: str) -> None:
    if months is not None and not 1 <= months <= rules.BENEFIT_MONTHS_MAX:
        raise FieldInvalid(reason=f"{what} has 1 to {rules.BENEFIT_MONTHS_MAX} months.", pointer=pointer)


async def contract_costs(pool: Pool, question: ContractCostQuestion, scope: Scope, *, position: int) -> ContractCosts:
    """The deals with anything in the window, by deal and currency, and how many had to be left out. `scope` is the one over pay,
    `position` what the read models have reached.

    Raises:
        AnswerTooLong, TooManyGroups, ReportTimedOut.
    """
    named = {
        "scope_member_ids": ("uuid[]", scope.member_ids),
        "last_on": ("date", question.last_on),
        "plan_id": ("uuid", question.plan_id),
        "deal_id": ("uuid", question.deal_id),
        "by_revenue": ("boolean", question.method == "by_revenue"),
    }
    rows = await rows_of(pool, _STATEMENT, named)
    groups: dict[tuple[UUID, str], list[Record]] = {}
    for row in rows:
        groups.setdefault((row["deal_id"], row["currency"]), []).append(row)
    deals: list[ContractCost] = []
    without_agreement, without_term, without_revenue = set[UUID](), set[UUID](), set[UUID]()
    items = 0
    for (deal_id, currency), found in groups.items():
        months = question.benefit_months or _benefit_months(question, found[0])
        if not found[0]["is_agreed"]:
            without_agreement.add(deal_id)
        elif months is None:
            without_term.add(deal_id)
        elif rules.problem_of_revenue(question.method, revenue := _revenue(found, months), months) is not None:
            without_revenue.add(deal_id)
        elif schedule := _schedule(question, found, months, revenue):
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
    return made_from(
        ContractCosts,
        question,
        position=position,
        window_from=question.first_on,
        window_to=question.last_on,
        deals=tuple(deals),
        without_agreement=len(without_agreement),
        without_term=len(without_term),
        without_revenue=len(without_revenue),
    )


def _benefit_months(question: ContractCostQuestion, row: Record) -> int | None:
    """The term of the deal's agreements, or the customer's life where renewals pay less; None where the term is open."""
    if row["starts_on"] is None or row["ends_on"] is None:
        return None
    return rules.benefit_months(question.policy, term_months(row["starts_on"], ends_on=row["ends_on"]))


def _commission(rows: Sequence[Record]) -> dict[date, int]:
    """Sums what the deal costs, in minor units, by the month that it is a cost of."""
    found: dict[date, int] = {}
    for lines in LOCKED_LINES.all(rows):
        if amount_minor := cost_minor(lines):
            found[cost_on(lines)] = found.get(cost_on(lines), 0) + amount_minor
    return found


def _revenue(rows: Sequence[Record], months: int) -> tuple[int, ...]:
    """The expected revenue of the benefit period by month, where it is asked for."""
    commission = _commission(rows)
    if rows[0]["plans"] is None or not commission:
        return ()
    plans = json.loads(rows[0]["plans"])
    dues = [(date.fromisoformat(each["due_on"]), each["amount_minor"]) for plan in plans for each in plan]
    return revenue_of_months(dues, min(commission), months)


def _schedule(
    question: ContractCostQuestion, rows: Sequence[Record], months: int, revenue_minor: Sequence[int]
) -> tuple[ContractCostMonth, ...]:
    costs = {
        month_on: rules.contract_cost(
            question.policy, commission_minor=amount_minor, employer_tax_percent=question.employer_tax_percent
        )
        for month_on, amount_minor in _commission(rows).items()
    }
    found = cost_schedule(
        question.policy,
        {month_on: cost.asset_minor for month_on, cost in costs.items()},
        months,
        churned_on=rows[0]["ended_on"],
        until_on=question.last_on,
        revenue_minor=revenue_minor,
    )
    shown = (_shown(each, costs.get(each.month_on)) for each in found if each.month_on >= question.first_on)
    return tuple(each for each in shown if _has_anything(each))


def _has_anything(month: ContractCostMonth) -> bool:
    return any(
        (month.added_minor, month.expense_minor, month.taxes_minor, month.impairment_minor, month.carrying_minor)
    )


def _shown(month: CostMonth, cost: rules.ContractCost | None) -> ContractCostMonth:
    return made_from(
        ContractCostMonth,
        month,
        month=f"{month.month_on:%Y-%m}",
        taxes_minor=cost.expensed_minor if cost is not None else 0,
    )
