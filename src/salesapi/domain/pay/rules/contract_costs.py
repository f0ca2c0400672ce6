"""The contract-cost asset (ASC 340-40, IFRS 15): R70 of the rule catalogue.

Amounts are whole minor units of the plan's currency. Expense runs by months of the benefit period, the month of the earning
being the first; the last month takes the residual of rounding, so that the months add up to the cost.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Annotated, Final, Literal, TypeAlias, assert_never

from annotated_types import Ge, Le

from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import rounded

BENEFIT_MONTHS_MAX: Final = 240
"""Longest benefit period: twenty years of months."""
EXPEDIENT_MONTHS_MAX: Final = 12
"""The practical expedient: a cost with a benefit of at most a year may be an expense at once."""

AmortisationMethod: TypeAlias = Literal["straight_line", "by_revenue"]
Expedient: TypeAlias = Literal["elected", "not_elected"]
EmployerTaxes: TypeAlias = Literal["capitalised", "expensed"]
RenewalCommission: TypeAlias = Literal["commensurate", "not_commensurate"]

BenefitMonths: TypeAlias = Annotated[int, Ge(1), Le(BENEFIT_MONTHS_MAX)]


@record
class ContractCostPolicy:
    """The policy by which finance treats the cost of obtaining contracts."""

    method: Annotated[
        AmortisationMethod, About("`straight_line`: evenly; `by_revenue`: as the expected revenue of the months.")
    ]
    expedient: Annotated[
        Expedient, About("`elected`: what benefits at most 12 months is an expense of its first month.")
    ]
    employer_taxes: Annotated[
        EmployerTaxes, About("Whether the employer's taxes on commission belong to the asset or are expensed.")
    ]
    renewal_commission: Annotated[
        RenewalCommission,
        About(
            "`commensurate`: a renewal is paid like the first sale, so each is amortised over its own term; "
            "`not_commensurate`: the first sale also buys the renewals and is amortised over the customer's life."
        ),
    ]
    customer_life_months: Annotated[BenefitMonths, About("Expected life of a customer, renewals included, in months.")]


@record
class ContractCost:
    """R70: cost = asset + expense at once."""

    asset_minor: int
    expensed_minor: int


@record
class AmortisedMonth:
    """R70: the expense of a month, and what the asset still is after it. Months are counted from 1."""

    month: int
    expense_minor: int
    carrying_minor: int


def problem_of_revenue(method: AmortisationMethod, revenue_minor: Sequence[int], months: int) -> Problem | None:
    """R70: by revenue needs one amount for each month, none negative, and not all zero."""
    if method == "straight_line":
        return Problem(pointer="", reason="a straight line needs no revenue") if revenue_minor else None
    if len(revenue_minor) != months:
        return Problem(pointer="", reason=f"{months} months need as many amounts, not {len(revenue_minor)}")
    for index, amount_minor in enumerate(revenue_minor):
        if amount_minor < 0:
            return Problem(pointer=f"/{index}", reason="the expected revenue of a month is not negative")
    return None if any(revenue_minor) else Problem(pointer="", reason="there is no revenue to amortise by")


def contract_cost(policy: ContractCostPolicy, *, commission_minor: int, employer_tax_percent: Decimal) -> ContractCost:
    """R70: what the contract itself cost: the commission on the deal, and the employer's taxes on it, rounded half up.

    What would have been paid anyway (salary, awards without a deal) is none of it. Less commission is less tax.
    """
    employer_tax_minor = rounded(commission_minor * Fraction(employer_tax_percent) / 100, "half_up")
    match policy.employer_taxes:
        case "capitalised":
            return ContractCost(asset_minor=commission_minor + employer_tax_minor, expensed_minor=0)
        case "expensed":
            return ContractCost(asset_minor=commission_minor, expensed_minor=employer_tax_minor)
    assert_never(policy.employer_taxes)


def benefit_months(policy: ContractCostPolicy, term_months: int) -> int:
    """R70: the contract's term where renewals pay alike; else the customer's life, where that is longer than the term."""
    match policy.renewal_commission:
        case "commensurate":
            return term_months
        case "not_commensurate":
            return max(term_months, policy.customer_life_months)
    assert_never(policy.renewal_commission)


def amortisation(
    policy: ContractCostPolicy, cost_minor: int, *, months: int, revenue_minor: Sequence[int] = ()
) -> tuple[AmortisedMonth, ...]:
    """R70: the months of the benefit period, or one month with all of it where the expedient applies.

    `straight_line`: `cost / months`; `by_revenue`: `cost * revenue of the month / revenue of all`; rounded down, and the last
    month takes the rest. `revenue_minor` is the expected revenue of each month.
    """
    assert 1 <= months <= BENEFIT_MONTHS_MAX, "the caller bounds the benefit period"
    expenses: tuple[int, ...] = (cost_minor,)
    if policy.expedient == "not_elected" or months > EXPEDIENT_MONTHS_MAX:
        weights = (1,) * months if policy.method == "straight_line" else tuple(revenue_minor)
        total = sum(weights)
        but_last = tuple(rounded(Fraction(cost_minor * weight, total), "down") for weight in weights[:-1])
        expenses = (*but_last, cost_minor - sum(but_last))
    carrying = (cost_minor - expensed for expensed in accumulate(expenses))
    return tuple(
        AmortisedMonth(month=month, expense_minor=expense_minor, carrying_minor=carrying_minor)
        for month, (expense_minor, carrying_minor) in enumerate(zip(expenses, carrying, strict=True), 1)
    )


def caught_up(before: Sequence[AmortisedMonth], *, after: Sequence[AmortisedMonth], months_over: int) -> int:
    """R70: a clawback makes the cost smaller from the first month on: `after` is the schedule of the cost that is left.

    The asset falls by what is clawed back; what was expensed too much in the months that are over is taken back at once: by so
    much the expense changes. The months that are left follow the new schedule. All expense together is the cost that is left.
    """
    over = min(months_over, len(before))
    return _expense_minor(after[:over]) - _expense_minor(before[:over])


def impaired(schedule: Sequence[AmortisedMonth], *, months_over: int) -> int:
    """R70: on churn nothing of the asset is recoverable, and all that the months that are left carry is expensed at once."""
    return _expense_minor(schedule[months_over:])


def _expense_minor(months: Sequence[AmortisedMonth]) -> int:
    return sum(month.expense_minor for month in months)
