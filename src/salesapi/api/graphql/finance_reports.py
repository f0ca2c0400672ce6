"""Finance's reports of locked pay as GraphQL fields: the same questions and answers as REST's `/v1/reports/...`."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, get_args
from uuid import UUID

import strawberry

from salesapi.api.graphql.connections import MinPosition
from salesapi.api.graphql.context import Asked
from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.outputs import Outputs
from salesapi.domain.pay.rules.contract_costs import AmortisationMethod, EmployerTaxes, Expedient, RenewalCommission
from salesapi.queries.pay.reports_accruals import AccrualQuestion
from salesapi.queries.pay.reports_contract_costs import ContractCostQuestion
from salesapi.queries.pay.reports_pay import PayWindow
from salesapi.schemas.pay.finance_reports import AccrualDimension, CommissionAccruals, ContractCosts

Info = strawberry.Info[Asked, None]
WindowFrom = Annotated[date, strawberry.argument(description="First day of the window.")]
WindowTo = Annotated[date, strawberry.argument(description="Last day of the window, at most ten years later.")]
BenefitMonths = Annotated[
    int | None,
    strawberry.argument(description="Benefit period of all deals; without it the term of each deal's agreements."),
]
CustomerLifeMonths = Annotated[
    int | None,
    strawberry.argument(description="With `NOT_COMMENSURATE`, and only there: a customer's expected life in months."),
]
EmployerTaxPercent = Annotated[
    Decimal | None, strawberry.argument(description="Employers' taxes in percent of commission, 0 to 100.")
]
PlanId = Annotated[UUID | None, strawberry.argument(description="Only what this compensation plan pays.")]
DealId = Annotated[UUID | None, strawberry.argument(description="Only this deal.")]
_ABSENT: Final[Any] = strawberry.UNSET


def commission_accruals_field(enums: Enums, outputs: Outputs) -> Any:
    """The field over the accruals (R69)."""
    dimensions = enums.named("AccrualDimension", list(get_args(AccrualDimension)))

    async def resolver(
        info: Info,
        window_from: WindowFrom,
        window_to: WindowTo,
        dimension: Any = dimensions("plan"),
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        question = AccrualQuestion(window=_window(window_from, window_to), dimension=dimension.value)
        return await asked.sources.reports.commission_accruals(question, asked.asker.pay, min_position or None)

    about = "What the balances are kept apart by, beside the currency."
    given: Any = Annotated[dimensions, strawberry.argument(description=about)]
    resolver.__annotations__ |= {"dimension": given, "return": outputs.of(CommissionAccruals)}
    return strawberry.field(
        resolver=resolver,
        name="commissionAccruals",
        description="What of locked pay is earned and not payable, and payable and not paid, at the end of every day.",
    )


def contract_costs_field(enums: Enums, outputs: Outputs) -> Any:
    """The field over the contract costs (R70)."""
    methods = enums.named("AmortisationMethod", list(get_args(AmortisationMethod)))
    expedients = enums.named("Expedient", list(get_args(Expedient)))
    taxes = enums.named("EmployerTaxes", list(get_args(EmployerTaxes)))
    renewals = enums.named("RenewalCommission", list(get_args(RenewalCommission)))

    async def resolver(
        info: Info,
        window_from: WindowFrom,
        window_to: WindowTo,
        method: Any = methods("straight_line"),
        expedient: Any = expedients("not_elected"),
        employer_tax_percent: EmployerTaxPercent = _ABSENT,
        employer_taxes: Any = taxes("expensed"),
        renewal_commission: Any = renewals("commensurate"),
        customer_life_months: CustomerLifeMonths = _ABSENT,
        benefit_months: BenefitMonths = _ABSENT,
        plan_id: PlanId = _ABSENT,
        deal_id: DealId = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        question = ContractCostQuestion(
            window=_window(window_from, window_to),
            method=method.value,
            expedient=expedient.value,
            employer_taxes=employer_taxes.value,
            employer_tax_percent=Decimal(str(employer_tax_percent or 0)),
            renewal_commission=renewal_commission.value,
            customer_life_months=customer_life_months if isinstance(customer_life_months, int) else None,
            benefit_months=benefit_months if isinstance(benefit_months, int) else None,
            plan_id=_id(plan_id),
            deal_id=_id(deal_id),
        )
        return await asked.sources.reports.contract_costs(question, asked.asker.pay, min_position or None)

    choices = {
        "method": (methods, "`BY_REVENUE`: as the payment plans of the agreements ask for it, month by month."),
        "expedient": (expedients, "`ELECTED`: what benefits at most 12 months is an expense of its first month."),
        "employer_taxes": (taxes, "Whether employers' taxes are part of the asset or expensed at once."),
        "renewal_commission": (renewals, "`NOT_COMMENSURATE`: the first sale benefits the customer's life, too."),
    }
    given: dict[str, Any] = {
        name: Annotated[kind, strawberry.argument(description=about)] for name, (kind, about) in choices.items()
    }
    resolver.__annotations__ |= {**given, "return": outputs.of(ContractCosts)}
    return strawberry.field(
        resolver=resolver,
        name="contractCosts",
        description="The asset of costs to obtain contracts, by deal and month, from locked pay.",
    )


def _window(window_from: object, window_to: object) -> PayWindow:
    """Dates arrive as the client's text, which the scalar has checked."""
    return PayWindow(first_on=date.fromisoformat(str(window_from)), last_on=date.fromisoformat(str(window_to)))


def _id(value: object) -> UUID | None:
    return UUID(value) if isinstance(value, str) else None
