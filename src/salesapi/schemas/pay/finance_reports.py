"""Wire shapes of finance's reports of locked pay: accruals (R69) and contract costs (R70). Amounts are minor units of the plan's
currency; amounts of several currencies are never added.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.pay.rules.contract_costs import AmortisationMethod, EmployerTaxes, Expedient, RenewalCommission
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.figures import Reflected, ReportKey
from salesapi.schemas.scalars import Amount

AccrualDimension: TypeAlias = Literal["plan", "member", "cost_centre"]


@record
class AccrualBalance:
    """What stands at the end of a day."""

    on: Annotated[date, About("The day.")]
    earned_not_payable_minor: Annotated[Amount, About("Earned and neither payable nor gone, in minor units.")]
    payable_not_paid_minor: Annotated[
        Amount, About("Payable and not paid, in minor units; below 0 where more was taken back than was due.")
    ]


@record
class AccrualGroup:
    """The balances of one plan, member or cost centre in one currency, for every day."""

    key: ReportKey
    currency: Annotated[str, About("ISO 4217 code.")]
    balances: Annotated[tuple[AccrualBalance, ...], About("One for each day, in their order.")]


@record
class CommissionAccruals:
    """What is owed of locked pay, day by day: earned and not payable yet, payable and not paid yet.

    A sale is earned on its day where that is in the period of its run, else on the last day of the period; all else of a run
    counts on that last day, a payment on the day on which it was paid. A payment that came back never was.
    """

    position: Reflected
    dimension: Annotated[AccrualDimension, About("What the balances are kept apart by, beside the currency.")]
    window_from: Annotated[date, About("First day.")]
    window_to: Annotated[date, About("Last day.")]
    groups: Annotated[
        tuple[AccrualGroup, ...], About("Those with anything to show, by their names; unknown ones last.")
    ]


@record
class ContractCostMonth:
    """One month: the asset before, and what is added, less expense and impairment, is the asset after it."""

    month: Annotated[str, About("The month, such as `2026-03`.")]
    added_minor: Annotated[
        Amount,
        About(
            "Commission earned on the deal, less what was taken back, lapsed or was cancelled; with employers' taxes where they "
            "are capitalised."
        ),
    ]
    expense_minor: Annotated[Amount, About("Amortisation, with what months that are over catch up.")]
    taxes_minor: Annotated[Amount, About("Employers' taxes that are expensed at once, beside the asset.")]
    impairment_minor: Annotated[Amount, About("Written off because all agreements of the deal were cancelled.")]
    carrying_minor: Annotated[Amount, About("The asset at the end of the month.")]


@record
class ContractCost:
    """The cost of the contracts of one deal, amortised from the month of its first earning on."""

    deal_id: Annotated[UUID, About("The deal.")]
    currency: Annotated[str, About("ISO 4217 code.")]
    benefit_months: Annotated[int, About("Months of the benefit period; a started month counts.")]
    ended_on: Annotated[date | None, About("When the last of its agreements was cancelled; null while one stands.")]
    months: Annotated[tuple[ContractCostMonth, ...], About("The months of the window in which there is anything.")]


@record
class ContractCosts:
    """The asset of costs to obtain contracts (ASC 340-40, IFRS 15), from locked pay for deals with a signed agreement.

    All commission on a deal is incremental; what is paid beside deals is not.
    """

    position: Reflected
    window_from: Annotated[date, About("First day of the first month.")]
    window_to: Annotated[date, About("Last day of the last month.")]
    method: Annotated[
        AmortisationMethod,
        About("`straight_line`, or `by_revenue`: as the payment plans of the agreements ask for it."),
    ]
    expedient: Annotated[Expedient, About("Whether a benefit of at most 12 months is an expense at once.")]
    employer_taxes: Annotated[EmployerTaxes, About("Whether employers' taxes are part of the asset.")]
    renewal_commission: Annotated[
        RenewalCommission, About("`not_commensurate`: the first sale benefits the customer's life, too.")
    ]
    benefit_months: Annotated[
        int | None, About("The benefit period that was asked for; null: of each deal the term of its agreements.")
    ]
    deals: Annotated[tuple[ContractCost, ...], About("By deal and currency.")]
    without_agreement: Annotated[
        int, About("Deals with locked pay and without a signed agreement; in none of the others.")
    ]
    without_term: Annotated[
        int, About("Deals left out because the term of their agreements is open; ask for a benefit period.")
    ]
    without_revenue: Annotated[
        int, About("Deals left out of `by_revenue` because no payment plan tells the revenue of their months.")
    ]
