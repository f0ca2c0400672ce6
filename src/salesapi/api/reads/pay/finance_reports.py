"""Finance's reports of locked pay: commission accruals (R69) and contract costs (R70); in REST also as CSV."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from annotated_types import Ge, Le

from salesapi.api.reads.arguments import Named
from salesapi.api.reads.question import CsvTable, Question, Reading, Whole, in_reports
from salesapi.domain.pay.rules.contract_costs import (
    BENEFIT_MONTHS_MAX,
    AmortisationMethod,
    EmployerTaxes,
    Expedient,
    RenewalCommission,
)
from salesapi.domain.shared.kernel import About, record
from salesapi.queries.pay import reports_accruals, reports_contract_costs
from salesapi.queries.pay.reports_accruals import AccrualQuestion
from salesapi.queries.pay.reports_contract_costs import ContractCostQuestion
from salesapi.queries.pay.reports_pay import PayWindow
from salesapi.schemas.pay.finance_reports import AccrualDimension, CommissionAccruals, ContractCosts

DAY_COLUMNS: Final = ("on", "dimension", "value", "label", "currency")
BALANCE_COLUMNS: Final = ("earned_not_payable_minor", "payable_not_paid_minor")
DEAL_COLUMNS: Final = ("deal_id", "currency", "benefit_months", "ended_on")
MONTH_COLUMNS: Final = ("month", "added_minor", "expense_minor", "taxes_minor", "impairment_minor", "carrying_minor")
FirstDay: TypeAlias = Annotated[date, Named("from", "windowFrom"), About("First day.")]
LastDay: TypeAlias = Annotated[date, Named("to", "windowTo"), About("Last day, inclusive; at most ten years later.")]
Months: TypeAlias = Annotated[int, Ge(1), Le(BENEFIT_MONTHS_MAX)]


@record
class AccrualArguments:
    """The arguments of the report of accruals."""

    window_from: FirstDay
    window_to: LastDay
    dimension: Annotated[AccrualDimension, About("What the balances are kept apart by, beside the currency.")] = "plan"


@record
class ContractCostArguments:
    """The arguments of the report of contract costs."""

    window_from: FirstDay
    window_to: LastDay
    method: Annotated[
        AmortisationMethod,
        About("By revenue: as the payment plans of the agreements ask for it, month by month."),
    ] = "straight_line"
    expedient: Annotated[
        Expedient, About("Elected: what benefits at most 12 months is an expense of its first month.")
    ] = "not_elected"
    employer_tax_percent: Annotated[Decimal, About("Employers' taxes in percent of commission, 0 to 100.")] = Decimal(0)
    employer_taxes: Annotated[
        EmployerTaxes, About("Whether employers' taxes are part of the asset or expensed at once.")
    ] = "expensed"
    renewal_commission: Annotated[
        RenewalCommission,
        About(
            "Not commensurate: renewals pay less, so that the first sale benefits the customer's life, where that is longer."
        ),
    ] = "commensurate"
    customer_life_months: Annotated[
        Months | None,
        About("Where renewals are not commensurate, and only there: a customer's expected life in months."),
    ] = None
    benefit_months: Annotated[
        Months | None, About("Benefit period of all deals; without it the term of each deal's agreements.")
    ] = None
    plan_id: Annotated[UUID | None, About("Only what this compensation plan pays.")] = None
    deal_id: Annotated[UUID | None, About("Only this deal.")] = None


async def _accruals(reading: Reading, given: AccrualArguments) -> CommissionAccruals:
    window = PayWindow(first_on=given.window_from, last_on=given.window_to)
    question = AccrualQuestion(window=window, dimension=given.dimension)
    return await reading.shared.reports.commission_accruals(question, reading.caller.pay, reading.wanted)


async def _contract_costs(reading: Reading, given: ContractCostArguments) -> ContractCosts:
    question = ContractCostQuestion(
        window=PayWindow(first_on=given.window_from, last_on=given.window_to),
        method=given.method,
        expedient=given.expedient,
        employer_taxes=given.employer_taxes,
        employer_tax_percent=given.employer_tax_percent,
        renewal_commission=given.renewal_commission,
        customer_life_months=given.customer_life_months,
        benefit_months=given.benefit_months,
        plan_id=given.plan_id,
        deal_id=given.deal_id,
    )
    return await reading.shared.reports.contract_costs(question, reading.caller.pay, reading.wanted)


def _accrual_rows(report: CommissionAccruals) -> Iterator[tuple[object, ...]]:
    for group in report.groups:
        key = (group.key.dimension, group.key.value, group.key.label, group.currency)
        for each in group.balances:
            yield each.on, *key, each.earned_not_payable_minor, each.payable_not_paid_minor


def _cost_rows(report: ContractCosts) -> Iterator[tuple[object, ...]]:
    of_deal, of_month = attrgetter(*DEAL_COLUMNS), attrgetter(*MONTH_COLUMNS)
    for deal in report.deals:
        yield from ((*of_deal(deal), *of_month(month)) for month in deal.months)


QUESTIONS: Final = (
    Question(
        name="commissionAccruals",
        answers=Whole(CommissionAccruals),
        arguments=AccrualArguments,
        answer=_accruals,
        summary="What of locked pay is earned and not payable, and payable and not paid, at the end of every day",
        reads=reports_accruals.READ_MODELS,
        rest=in_reports(
            path="/v1/reports/commission-accruals",
            operation="CommissionAccrualsReport",
            summary="Commission accruals: earned and not payable, payable and not paid, at the end of every day",
            about="From the lines of locked statements and from payments, by plan, member or cost centre, in each currency.",
        ),
        csv=CsvTable(
            name=lambda _: "commission-accruals", columns=(*DAY_COLUMNS, *BALANCE_COLUMNS), rows=_accrual_rows
        ),
    ),
    Question(
        name="contractCosts",
        answers=Whole(ContractCosts),
        arguments=ContractCostArguments,
        answer=_contract_costs,
        summary="The asset of costs to obtain contracts, by deal and month, from locked pay",
        reads=reports_contract_costs.READ_MODELS,
        rest=in_reports(
            path="/v1/reports/contract-costs",
            operation="ContractCostsReport",
            summary="Contract costs: the asset of costs to obtain contracts, by deal and month",
            about="""\
From locked pay for deals with a signed agreement (ASC 340-40, IFRS 15): capitalised in the month of the earning,
amortised over the benefit period in a straight line or by revenue; what is taken back lowers the asset and catches up.""",
        ),
        csv=CsvTable(name=lambda _: "contract-costs", columns=(*DEAL_COLUMNS, *MONTH_COLUMNS), rows=_cost_rows),
    ),
)
