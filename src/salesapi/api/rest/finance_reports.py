"""REST routes of finance's reports of locked pay: `GET /v1/reports/commission-accruals`, `.../contract-costs`; JSON or CSV."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, get_args
from uuid import UUID

from fastapi import FastAPI, Request, Response

from salesapi.api.asking import Asking
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.csv_answers import FORMAT, csv_answer, csv_content, is_csv
from salesapi.api.rest.parameters import (
    MIN_POSITION,
    ParameterInvalid,
    day,
    min_position,
    number,
    sent_once,
)
from salesapi.api.rest.report_parameters import parameter
from salesapi.api.rest.reports import add_report
from salesapi.domain.commission.contract_costs import BENEFIT_MONTHS_MAX, Expedient
from salesapi.queries.reports import Reports
from salesapi.queries.reports_accruals import AccrualQuestion
from salesapi.queries.reports_contract_costs import ContractCostQuestion
from salesapi.queries.reports_pay import PayWindow
from salesapi.schemas.finance_reports import AccrualDimension, CommissionAccruals, ContractCosts

DIMENSIONS: Final[tuple[AccrualDimension, ...]] = get_args(AccrualDimension)
EXPEDIENTS: Final[tuple[Expedient, ...]] = ("not_elected", "elected")
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
    "impairment_minor",
    "carrying_minor",
)
_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date"}
_UUID: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}
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
        "expedient",
        {"type": "string", "enum": list(EXPEDIENTS), "default": EXPEDIENTS[0]},
        "`elected`: what benefits at most 12 months is an expense of its first month.",
    ),
    parameter(
        "benefitMonths",
        {"type": "integer", "minimum": 1, "maximum": BENEFIT_MONTHS_MAX},
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
        amortised in a straight line over the benefit period; what is taken back lowers the asset and catches up.
        """
        asker = await self._asking.asker(request.headers.get("authorization"))
        sent = sent_once(request, tuple(each["name"] for each in _COST_PARAMETERS))
        as_csv = is_csv(sent)
        question = ContractCostQuestion(
            window=_window(sent),
            expedient=_choice(sent, "expedient", EXPEDIENTS),
            benefit_months=number(sent, "benefitMonths", BENEFIT_MONTHS_MAX) if "benefitMonths" in sent else None,
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
            amounts = (each.added_minor, each.expense_minor, each.impairment_minor, each.carrying_minor)
            yield *key, each.month, *amounts


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


def _id(sent: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(sent[name]) if name in sent else None
    except ValueError:
        raise ParameterInvalid(name=name, reason="it is no UUID", pointer=f"/{name}") from None
