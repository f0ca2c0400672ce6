"""REST routes of finance's reports of locked pay: `GET /v1/reports/commission-accruals`, `.../contract-costs`; JSON or CSV."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args
from uuid import UUID

from fastapi import FastAPI, Request, Response

from salesapi.api.authentication import Asking
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.csv_answers import FORMAT, csv_answer, csv_content, is_csv
from salesapi.api.rest.parameters import MIN_POSITION, ParameterInvalid, day, min_position, number, sent_once
from salesapi.api.rest.report_parameters import parameter
from salesapi.api.rest.reports import add_report
from salesapi.domain.pay.rules.contract_costs import (
    BENEFIT_MONTHS_MAX,
    AmortisationMethod,
    EmployerTaxes,
    Expedient,
    RenewalCommission,
)
from salesapi.queries.pay.reports_accruals import AccrualQuestion
from salesapi.queries.pay.reports_contract_costs import ContractCostQuestion
from salesapi.queries.pay.reports_pay import PayWindow
from salesapi.queries.selling.reports import Reports
from salesapi.schemas.pay.finance_reports import AccrualDimension, CommissionAccruals, ContractCosts

DIMENSIONS: Final[tuple[AccrualDimension, ...]] = get_args(AccrualDimension)
METHODS: Final[tuple[AmortisationMethod, ...]] = ("straight_line", "by_revenue")
EXPEDIENTS: Final[tuple[Expedient, ...]] = ("not_elected", "elected")
EMPLOYER_TAXES: Final[tuple[EmployerTaxes, ...]] = ("expensed", "capitalised")
RENEWALS: Final[tuple[RenewalCommission, ...]] = ("commensurate", "not_commensurate")
ACCRUAL_COLUMNS: Final = (
    "on",
    "dimension",
    "value",
    "label",
    "currency",
    "earned_not_payable_minor",
    "payable_not_paid_minor",
)
COST_COLUMNS: Final = (
    "deal_id",
    "currency",
    "benefit_months",
    "ended_on",
    "month",
    "added_minor",
    "expense_minor",
    "taxes_minor",
    "impairment_minor",
    "carrying_minor",
)
PERCENT_TEXT: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,12})?", re.ASCII)
_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date"}
_UUID: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}
_MONTHS: Final[dict[str, Any]] = {"type": "integer", "minimum": 1, "maximum": BENEFIT_MONTHS_MAX}
_WINDOW: Final = tuple(
    {**parameter(name, _DAY, about), "required": True}
    for name, about in (("from", "First day."), ("to", "Last day, inclusive; at most ten years later."))
)
_ACCRUAL_PARAMETERS: Final = [
    *_WINDOW,
    parameter(
        "dimension",
        {"type": "string", "enum": list(DIMENSIONS), "default": DIMENSIONS[0]},
        "What the balances are kept apart by, beside the currency.",
    ),
    FORMAT,
    MIN_POSITION,
]
_COST_PARAMETERS: Final = [
    *_WINDOW,
    parameter(
        "method",
        {"type": "string", "enum": list(METHODS), "default": METHODS[0]},
        "`by_revenue`: as the payment plans of the agreements ask for it, month by month.",
    ),
    parameter(
        "expedient",
        {"type": "string", "enum": list(EXPEDIENTS), "default": EXPEDIENTS[0]},
        "`elected`: what benefits at most 12 months is an expense of its first month.",
    ),
    parameter(
        "employerTaxPercent",
        {"type": "string", "format": "decimal", "default": "0"},
        "Employers' taxes in percent of commission, 0 to 100.",
    ),
    parameter(
        "employerTaxes",
        {"type": "string", "enum": list(EMPLOYER_TAXES), "default": EMPLOYER_TAXES[0]},
        "Whether employers' taxes are part of the asset or expensed at once.",
    ),
    parameter(
        "renewalCommission",
        {"type": "string", "enum": list(RENEWALS), "default": RENEWALS[0]},
        "`not_commensurate`: renewals pay less, so that the first sale benefits the customer's life, where that is longer.",
    ),
    parameter("customerLifeMonths", _MONTHS, "With `not_commensurate`, and only there: a customer's expected life."),
    parameter(
        "benefitMonths",
        _MONTHS,
        "Benefit period of all deals; without it the term of each deal's agreements.",
    ),
    parameter("planId", _UUID, "Only what this compensation plan pays."),
    parameter("dealId", _UUID, "Only this deal."),
    FORMAT,
    MIN_POSITION,
]


class FinanceReportRoutes:
    """Adds the routes. Any role may ask; the scope over pay says whose pay is counted."""

    def __init__(self, asking: Asking, reports: Reports) -> None:
        self._asking = asking
        self._reports = reports

    def add_to(self, app: FastAPI) -> None:
        """Adds them."""
        add_report(
            app, "commission-accruals", self._accruals, CommissionAccruals, _ACCRUAL_PARAMETERS, content=csv_content()
        )
        add_report(app, "contract-costs", self._contract_costs, ContractCosts, _COST_PARAMETERS, content=csv_content())

    async def _accruals(self, request: Request) -> Response:
        """Commission accruals: earned and not payable, payable and not paid, at the end of every day

        From the lines of locked statements and from payments, by plan, member or cost centre, in each currency.
        """
        asker = await self._asking.asker(request.headers.get("authorization"))
        sent = sent_once(request, tuple(each["name"] for each in _ACCRUAL_PARAMETERS))
        as_csv = is_csv(sent)
        question = AccrualQuestion(window=_window(sent), dimension=_choice(sent, "dimension", DIMENSIONS))
        report = await self._reports.commission_accruals(question, asker.pay, min_position(sent))
        return (
            csv_answer("commission-accruals", ACCRUAL_COLUMNS, _accrual_rows(report)) if as_csv else json_answer(report)
        )

    async def _contract_costs(self, request: Request) -> Response:
        """Contract costs: the asset of costs to obtain contracts, by deal and month

        From locked pay for deals with a signed agreement (ASC 340-40, IFRS 15): capitalised in the month of the earning,
        amortised over the benefit period in a straight line or by revenue; what is taken back lowers the asset and catches up.
        """
        asker = await self._asking.asker(request.headers.get("authorization"))
        sent = sent_once(request, tuple(each["name"] for each in _COST_PARAMETERS))
        as_csv = is_csv(sent)
        question = ContractCostQuestion(
            window=_window(sent),
            method=_choice(sent, "method", METHODS),
            expedient=_choice(sent, "expedient", EXPEDIENTS),
            employer_taxes=_choice(sent, "employerTaxes", EMPLOYER_TAXES),
            employer_tax_percent=_percent(sent, "employerTaxPercent"),
            renewal_commission=_choice(sent, "renewalCommission", RENEWALS),
            customer_life_months=_months(sent, "customerLifeMonths"),
            benefit_months=_months(sent, "benefitMonths"),
            plan_id=_id(sent, "planId"),
            deal_id=_id(sent, "dealId"),
        )
        report = await self._reports.contract_costs(question, asker.pay, min_position(sent))
        return csv_answer("contract-costs", COST_COLUMNS, _cost_rows(report)) if as_csv else json_answer(report)


def _accrual_rows(report: CommissionAccruals) -> Iterator[tuple[object, ...]]:
    for group in report.groups:
        key = (group.key.dimension, group.key.value, group.key.label, group.currency)
        for each in group.balances:
            yield each.on, *key, each.earned_not_payable_minor, each.payable_not_paid_minor


def _cost_rows(report: ContractCosts) -> Iterator[tuple[object, ...]]:
    for deal in report.deals:
        key = (deal.deal_id, deal.currency, deal.benefit_months, deal.ended_on)
        for each in deal.months:
            yield (
                *key,
                each.month,
                each.added_minor,
                each.expense_minor,
                each.taxes_minor,
                each.impairment_minor,
                each.carrying_minor,
            )


def _window(sent: Mapping[str, str]) -> PayWindow:
    return PayWindow(first_on=_day(sent, "from"), last_on=_day(sent, "to"))


def _day(sent: Mapping[str, str], name: str) -> date:
    found = day(sent, name)
    if found is None:
        raise ParameterInvalid(name=name, reason="name the first and the last day", pointer=f"/{name}")
    return found


def _choice(sent: Mapping[str, str], name: str, choices: tuple[Any, ...]) -> Any:
    text = sent.get(name, choices[0])
    if text not in choices:
        raise ParameterInvalid(name=name, reason=f"it is one of {', '.join(choices)}", pointer=f"/{name}")
    return text


def _months(sent: Mapping[str, str], name: str) -> int | None:
    return number(sent, name, BENEFIT_MONTHS_MAX) if name in sent else None


def _percent(sent: Mapping[str, str], name: str) -> Decimal:
    text = sent.get(name, "0")
    if PERCENT_TEXT.fullmatch(text) is None:
        raise ParameterInvalid(name=name, reason="it is a decimal such as 21.5", pointer=f"/{name}")
    return Decimal(text)


def _id(sent: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(sent[name]) if name in sent else None
    except ValueError:
        raise ParameterInvalid(name=name, reason="it is no UUID", pointer=f"/{name}") from None
