"""Terms that stories about pay share: released with the cash, taken back by losses, converted at the rate of the booking."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from salesapi.domain.pay.plans.plan_components import Base, Clawback, CurrencyRules, Release
from salesapi.domain.pay.rules.accounting import Conversion
from salesapi.domain.pay.rules.clawbacks import ClawbackRule
from salesapi.domain.pay.rules.contract_costs import ContractCostPolicy
from salesapi.domain.pay.rules.plan_versions_and_leavers import LEAVING_REASONS, LeaverRule
from salesapi.domain.pay.rules.release import Anchor, PaymentRelease
from salesapi.domain.pay.rules.withholding import InstalmentTable, OnChurn, ReleaseInstalment, Wait
from salesapi.domain.shared.dates import DateUnit
from tests.domain.pay.plan_options import RATE_TABLE

PAYMENT: Final = PaymentRelease(
    bank_fee="counts_as_paid", prepayment="releases_on_receipt", nothing_due="release_nothing"
)
WITH_CASH: Final = Release(on="payment", payment=PAYMENT, order="pro_rata")

RULE: Final = ClawbackRule(
    triggers=("cancellation", "refund", "downgrade", "churn"),
    anchor="booking",
    window=12,
    unit="months",
    window_end="included",
    share="full",
)
KEEP: Final = Clawback(rule=RULE, attainment="keep")
RESTATE: Final = Clawback(rule=RULE, attainment="restate")

NET: Final = Base(kind="agreement_net")
AGREED_MARGIN: Final = Base(kind="margin", cost_from="agreement", negative_margin="zero")
LISTED_MARGIN: Final = Base(kind="margin", cost_from="catalogue", negative_margin="zero")

AT_BOOKING: Final = Conversion(rate_date="booking", inverse="refused", base_currency=None)


def at_rates(**options: Any) -> CurrencyRules:
    """Makes the rules by which sales are converted: at the rate of the booking unless said."""
    return CurrencyRules(rate_table_id=RATE_TABLE, conversion=replace(AT_BOOKING, **options))


def in_parts(*parts: tuple[str, Wait | Anchor], on_churn: OnChurn = "cancel_remaining") -> Release:
    """Makes a release in parts of a percent each: after a wait, or with an event."""
    instalments = tuple(
        ReleaseInstalment(share_percent=Decimal(percent), wait=until, event=None)
        if isinstance(until, Wait)
        else ReleaseInstalment(share_percent=Decimal(percent), wait=None, event=until)
        for percent, until in parts
    )
    table = InstalmentTable(residual="last_part", on_churn=on_churn, instalments=instalments)
    return Release(instalments=table)


def after(count: int, unit: DateUnit = "months") -> Wait:
    """Makes a wait of so many months or days."""
    return Wait(count=count, unit=unit)


STRAIGHT: Final = ContractCostPolicy(
    method="straight_line",
    expedient="not_elected",
    employer_taxes="expensed",
    renewal_commission="commensurate",
    customer_life_months=1,
)


def leavers(
    earned: str = "100", later: str = "100", days: int = 90, *, pipeline: str = "0", pipeline_days: int = 30
) -> tuple[LeaverRule, ...]:
    """Makes one rule for every reason."""
    return tuple(
        LeaverRule(
            reason=reason,
            earned_percent=Decimal(earned),
            released_later_percent=Decimal(later),
            released_later_days=days,
            pipeline_percent=Decimal(pipeline),
            pipeline_days=pipeline_days,
        )
        for reason in LEAVING_REASONS
    )
