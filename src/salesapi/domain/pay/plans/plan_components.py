"""The components of a compensation plan: whose credit counts, of what, at which rate, within which limits, payable when.

Each option stands with the rule of the catalogue (`commission.md`) that it belongs to. Amounts are minor units of the plan's
currency, rates and shares exact decimals in percent, factors plain multipliers. The kinds of rate are in `plan_rates.py`. What a
published component may not say is in `plan_problems.py`; what it does is in `commission/`, in the catalogue's order of evaluation
(`pay/calculation/components.py`).
"""

from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from salesapi.domain.pay.plans.plan_rates import Rate, RateMatrix, asked_of_sale, counts_attainment
from salesapi.domain.pay.rules.accounting import Conversion
from salesapi.domain.pay.rules.award_measures import CollectedFrom, CollectionBand, SatisfactionTable
from salesapi.domain.pay.rules.clawbacks import AttainmentPolicy, ClawbackRule
from salesapi.domain.pay.rules.commissionable_bases import NegativeMargin
from salesapi.domain.pay.rules.limits import CapExcess, CapSplit, CapWindow, DealExcess
from salesapi.domain.pay.rules.plan_versions_and_leavers import CumulativeTiers, PlanChange
from salesapi.domain.pay.rules.quotas import Proration, Ramp
from salesapi.domain.pay.rules.release import DAYS_MAX, Anchor, CashOrder, ExpiryTable, PaymentRelease
from salesapi.domain.pay.rules.sourcing import SourcingModel
from salesapi.domain.pay.rules.withholding import Holdback, InstalmentTable
from salesapi.domain.selling.attribution import TouchKind
from salesapi.domain.shared.kernel import About, AmountMinor, Key, Refers, Title, record
from salesapi.domain.shared.money import Exact, RoundingMode, exponent, rounded
from salesapi.domain.shared.one_of import OneOf

LEVELS_MAX: Final = 5
"""Most levels of managers above the credited member that an override reaches."""
FILTER_VALUES_MAX: Final = 200
"""Most values of one condition of a credit filter."""
CONDITIONS_MAX: Final = 20
"""Most conditions of one credit filter."""

CreditKind: TypeAlias = Literal["direct", "overlay", "manager_override", "sourcing"]
GatePays: TypeAlias = Literal["whole_period", "later_deals"]
Measure: TypeAlias = Literal["credited_amount"]
RoundingScope: TypeAlias = Literal["line", "component", "statement"]
BaseKind: TypeAlias = Literal["deal_amount", "agreement_net", "agreement_gross", "margin"]
CostFrom: TypeAlias = Literal["agreement", "catalogue"]
CountedOver: TypeAlias = Literal["period", "year_to_date", "year_to_date_rate"]
CustomerNovelty: TypeAlias = Literal["new", "existing"]
ConditionOf: TypeAlias = Literal["product_code", "product_category", "deal_attribute", "customer_attribute"]


@record
class Gate:
    """The component pays only where the quota is attained so far (R13)."""

    attainment_percent: Annotated[Exact, Gt(0), About("Attainment that opens it, in percent of the quota.")]
    pays: Annotated[
        GatePays,
        About(
            "`whole_period`: once open, all of the period; `later_deals`: only credits from the one that opens it on."
        ),
    ]


@record
class FilterCondition:
    """What a sale must be to count: one of some values."""

    of: Annotated[
        ConditionOf,
        About("A product's code or category: only these lines count; or an attribute of the deal or its customer."),
    ]
    key: Annotated[Key | None, About("Key of the attribute; null for a product.")] = None
    any_of: Annotated[
        tuple[Title, ...], MinLen(1), MaxLen(FILTER_VALUES_MAX), About("The values of which it must have one.")
    ]


@record
class SaleFilter:
    """Which sales count; all that is stated must hold."""

    conditions: Annotated[tuple[FilterCondition, ...], MaxLen(CONDITIONS_MAX), About("Conditions on the sale.")] = ()
    customer: Annotated[
        CustomerNovelty | None,
        About("`new`: the customer had no earlier win; `existing`: it had one; null: any, a sale without one too."),
    ] = None


@record
class Base:
    """What of a sale is credited."""

    kind: Annotated[
        BaseKind,
        About(
            "`deal_amount`: as won; `agreement_net` or `agreement_gross`: what the deal's agreements say, without or with "
            "tax; `margin`: that less its cost."
        ),
    ]
    cost_from: Annotated[
        CostFrom | None,
        About("With `margin`: costs of the `agreement`'s lines, or of the `catalogue` on the day of the sale."),
    ] = None
    negative_margin: Annotated[
        NegativeMargin | None, About("With `margin`: what a margin below zero counts as; `block` earns nothing.")
    ] = None


@record
class Sourcing:
    """Whose touches of the lead are credited with the deal (R19)."""

    model: Annotated[SourcingModel, About("`first`, `last`, or `weighted` by the weights that the touches state.")]
    kinds: Annotated[tuple[TouchKind, ...], MaxLen(6), About("Kinds of touches that count; none is all.")] = ()
    expires_after_days: Annotated[
        Annotated[int, Ge(0), Le(DAYS_MAX)] | None, About("A touch counts for so many days; null is for ever.")
    ] = None


@record
class Release:
    """When what is earned becomes payable (R22): on a day, with the cash, or in parts."""

    on: Annotated[
        Anchor, About("The event that makes it payable; `payment`: in proportion to the cash; `booking`: at once.")
    ] = "booking"
    payment: Annotated[PaymentRelease | None, About("With `payment`, and only there: how cash counts (R24).")] = None
    order: Annotated[CashOrder | None, About("With `payment`: which part of the deal its cash pays first (R25).")] = (
        None
    )
    expiry: Annotated[ExpiryTable | None, About("With `payment`: late cash releases less (R26).")] = None
    speed: Annotated[
        tuple[CollectionBand, ...],
        MaxLen(50),
        About("With `payment`: a factor by days to the cash (R45); none is an empty list."),
    ] = ()
    speed_from: Annotated[
        CollectedFrom,
        About("With `speed`: whether days are counted from the `due_date` or the `invoice_date` of what is paid."),
    ] = "due_date"
    instalments: Annotated[InstalmentTable | None, About("Fixed parts, in place of `on` (R27).")] = None
    holdback: Annotated[Holdback | None, About("A share that is kept for longer (R28).")] = None


@record
class Clawback:
    """What takes commission back (R49 to R51, R55)."""

    rule: Annotated[ClawbackRule, About("Which events, for how long, and how much.")]
    attainment: Annotated[
        AttainmentPolicy,
        About("`keep`: the period's attainment stays; `restate`: what is lost was never credited, tiers fall."),
    ]
    non_payment_days: Annotated[
        Annotated[int, Ge(1), Le(DAYS_MAX)] | None,
        About("With the trigger `non_payment`: so many days after the due date an open invoice is lost."),
    ] = None


@record
class Component:
    """One earning rule: whose credit counts, at which one rate, and within which limits."""

    key: Annotated[Key, About("Stable name within the plan, for example `base`.")]
    name: Annotated[Title, About("Name shown to people.")]
    credit: Annotated[
        CreditKind,
        About(
            "`direct`: own share of a deal; `overlay`: credit outside the 100 percent; `manager_override`: the team's; "
            "`sourcing`: by touches of the lead."
        ),
    ]
    attributed: Annotated[
        Anchor, About("Whose date says to which period a sale belongs, and with it its rate (R22).")
    ] = "booking"
    only: Annotated[SaleFilter | None, About("Which sales count; null: all.")] = None
    base: Annotated[Base | None, About("What of a sale is credited; null: its amount as won.")] = None
    sourcing: Annotated[Sourcing | None, About("With the credit `sourcing`, and only there.")] = None
    measure: Annotated[Measure, About("What is summed over the period, for tiers and attainment.")] = "credited_amount"
    counted_over: Annotated[
        CountedOver,
        About(
            "What tiers and attainment count: the `period`; `year_to_date`, earlier periods are rated again (R20); "
            "`year_to_date_rate`, only this period's credits are (R21). Quotas are then those of the year."
        ),
    ] = "period"
    rate: Annotated[Rate, OneOf("ComponentRate"), About("What it pays: the one rate that it has.")]
    gate: Annotated[Gate | None, About("Attainment without which nothing is paid.")] = None
    satisfaction: Annotated[
        SatisfactionTable | None, About("A factor by the answers of one's customers in the period (R44).")
    ] = None
    line_limit_minor: Annotated[
        AmountMinor | None,
        About(
            "Most that one line of a deal earns (R29), with a rate that tells what a line earns: flat, individual, by rules, or "
            "tiers by line. Null: no limit."
        ),
    ] = None
    line_limit_excess: Annotated[
        DealExcess,
        About(
            "What goes past the limit of a line: `lost`, or `deferred`: earned in the next period, under its limit (R29)."
        ),
    ] = "lost"
    deal_cap_minor: Annotated[AmountMinor | None, About("Most that one deal earns in a period. Null: no cap.")] = None
    deal_cap_excess: Annotated[
        DealExcess,
        About(
            "What goes past the cap of a deal: `lost`, or `deferred`: earned in the next period, under its cap (R29)."
        ),
    ] = "lost"
    deal_cap_split: Annotated[
        CapSplit,
        About(
            "Where a deal is shared (R29): with `split_then_cap` each share has all of the cap of the deal and of the limit of "
            "a line; with `cap_then_split` its part of them."
        ),
    ] = "split_then_cap"
    cap_minor: Annotated[AmountMinor | None, About("Most that the component earns in a window. Null: no cap.")] = None
    cap_window: Annotated[CapWindow, About("What the cap of the component is for: the `period`, or its `year`.")] = (
        "period"
    )
    cap_excess: Annotated[
        CapExcess,
        About(
            "What goes past the cap of the component: `lost`, or `carried`: earned first in the next window, under its cap "
            "(R30), by who holds the component on its first day."
        ),
    ] = "lost"
    override_percent_max: Annotated[
        Exact | None,
        About(
            "By how many percent an enrolment's own rate, target pay, bonus or cap may differ, less or more (R56); null: it "
            "takes none."
        ),
    ] = None
    levels: Annotated[
        Annotated[int, Ge(1), Le(LEVELS_MAX)],
        About("How many levels of managers an override reaches; 1 is the direct one."),
    ] = 1
    release: Annotated[Release | None, About("When it is payable; null: at once.")] = None
    clawback: Annotated[
        Clawback | None,
        About(
            "What takes it back; null: only a deal that is reopened or voided. What is attributed to payments goes back with "
            "them in any case: only the attainment policy counts there."
        ),
    ] = None

    def looks_back(self) -> bool:
        """Tells whether what it pays in a period may follow from other periods, or from other facts than wins."""
        others = (self.only, self.base, self.sourcing, self.release, self.clawback, self.satisfaction)
        is_of_year = self.cap_minor is not None and self.cap_window == "year"
        is_dated_later = (
            is_of_year or self.carries_over() or self.attributed != "booking" or self.counted_over != "period"
        )
        is_by_facts = asked_of_sale(self.rate) == "facts"
        return is_dated_later or is_by_facts or any(other is not None for other in others)

    def carries_over(self) -> bool:
        """Tells whether what one of its limits cuts is earned later."""
        is_deferred = "deferred" in (self.line_limit_excess, self.deal_cap_excess)
        return is_deferred or self.cap_excess == "carried"

    def rates_year_again(self) -> bool:
        """Tells whether the year's total rates what earlier periods were credited with, too (R20)."""
        is_gated = self.gate is not None and self.gate.pays == "whole_period"
        by_attainment = isinstance(self.rate, RateMatrix) and self.rate.is_by("attainment_percent")
        return self.counted_over == "year_to_date" and (is_gated or by_attainment)

    def asks_team(self) -> bool:
        """Tells whether what a member earns follows from the team's attainment, too."""
        return isinstance(self.rate, RateMatrix) and self.rate.is_by("team_attainment_percent")

    def needs_quota(self) -> bool:
        """Tells whether anything of it counts attainment, for which a quota is needed."""
        return self.gate is not None or counts_attainment(self.rate)


@record
class Rounding:
    """Where and how exact amounts become minor units."""

    scope: Annotated[RoundingScope, About("What is rounded: each line, each component's sum, or the statement's sum.")]
    mode: Annotated[RoundingMode, About("`half_up`, `half_even` or `down` (towards zero).")]
    digits: Annotated[
        Annotated[int, Ge(0), Le(3)] | None,
        About(
            "Decimals of the major unit that are posted, at most the currency's own; null: the currency's minor unit."
        ),
    ] = None

    def minor(self, exact_minor: Fraction, currency: str) -> int:
        """The amount that is posted, in whole minor units."""
        if self.digits is None:
            return rounded(exact_minor, self.mode)
        step: int = 10 ** (exponent(currency) - self.digits)
        return rounded(exact_minor / step, self.mode) * step


@record
class CurrencyRules:
    """How sales in other currencies are credited (R67). Without them such a sale waits."""

    rate_table_id: Annotated[UUID, Refers("rate_table"), About("The rate table.")]
    conversion: Annotated[Conversion, About("Which of its rates applies.")]


@record
class QuotaRules:
    """What a quota is for a part of its period (R58, R59)."""

    proration: Annotated[
        Proration | None, About("By the days on which the member is enrolled; null: the whole quota counts.")
    ] = None
    calendar_id: Annotated[UUID | None, Refers("calendar"), About("With `working_days`: the calendar.")] = None
    ramp: Annotated[Ramp | None, About("A share of the quota by months of service, from the first enrolment on.")] = (
        None
    )


@record
class VersionTakeover:
    """What happens to a period in which this version takes over (R57)."""

    change: Annotated[
        PlanChange,
        About(
            "`by_transaction_date`: each sale by the version of its day; `split_period`: the same, each against its part "
            "of the quota; `from_next_period`: the version of the first day pays all of the period."
        ),
    ]
    cumulative: Annotated[CumulativeTiers, About("Whether tiers `restart` with this version or `continue`.")]
