"""Reasons of what is earned: by which rate, under which limit, and what a credit, a quota or points wait for or follow from.

One record for each way in which it comes about; see `reasons.py`.
"""

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal, TypeAlias

from salesapi.domain.shared.kernel import fast_record

Number: TypeAlias = int | Fraction | Decimal
"""Exact."""
LimitName: TypeAlias = Literal["line", "deal", "component", "period", "year", "plan"]
Axis: TypeAlias = Literal["attainment_percent", "team_attainment_percent", "margin_percent", "term_months"]
QuotaFor: TypeAlias = Literal["version", "calendar_days", "working_days", "whole_months", "seasonal_weights", "service"]


@fast_record
class RatedPart:
    """So much of a base at so many percent; where a cap holds the rate (R30), `uncapped_percent` is what it would be."""

    rate_percent: Number
    amount_minor: Number
    uncapped_percent: Number | None = None


@fast_record
class RatedParts:
    """R01, R03 to R11, R38: parts of a base at their rates; an uplift is what came before at its new rate less at its old one."""

    parts: tuple[RatedPart, ...]


@fast_record
class PerDeal:
    """R02: a flat amount for a deal, or for the part of it that a payment is."""

    deal_count: Number
    amount_minor: Number


@fast_record
class PerUnit:
    """R02: a flat amount for each unit."""

    unit_count: Number
    amount_minor: Number


@fast_record
class TableRated:
    """R37, R39: the rate that margin or term pick in a table, with the factor of kickers and the cap on the rate."""

    rate_percent: Number
    base_minor: Number
    margin_percent: Number | None = None
    term_months: Number | None = None
    kicker_factor: Number | None = None
    capped_percent: Number | None = None


@fast_record
class AxisValue:
    """The place of a sale on one axis of a matrix."""

    axis: Axis
    axis_number: Number


@fast_record
class MatrixRated:
    """R14: the rate of the cell where two values meet."""

    axes: tuple[AxisValue, ...]
    rate_percent: Number
    amount_minor: Number


@fast_record
class Recurring:
    """R40: the rate on an invoice; `unpaid_number` is that of its billing period where that does not pay."""

    rate_percent: Number
    amount_minor: Number
    unpaid_number: Number | None = None


@fast_record
class BonusShare:
    """R12: the share of a target bonus that the attainment gives with a credit, less that before it."""

    after_percent: Number
    before_percent: Number
    target_minor: Number


@fast_record
class GateShut:
    """R13: what the gate needs, and what is reached, in percent of the quota."""

    needed_percent: Number
    reached_percent: Number


@fast_record
class SatisfactionFactored:
    """R44: what was rated, and the same times the factor."""

    satisfaction_factor: Number
    factored_minor: Number
    earned_minor: Number


@fast_record
class LimitCut:
    """R29, R30: what a limit keeps of what was earned; the rest is `lost`, or earned `later`."""

    limit: LimitName
    limit_minor: Number
    kept_minor: Number
    earned_minor: Number
    rest: Literal["lost", "later"]


@fast_record
class CarriedIn:
    """R29, R30: what a limit of an earlier window left to be earned now."""

    limit: LimitName
    period_cut: str


@fast_record
class BudgetCut:
    """R30: what the budget of all keeps of what was earned."""

    budget_minor: Number
    kept_minor: Number
    earned_minor: Number


@fast_record
class LeaverShare:
    """R60: the share that is paid after leaving."""

    paid_percent: Number
    earned_minor: Number


@fast_record
class YearToDate:
    """R20: what the year to date pays of an earlier credit, less what it paid."""

    due_minor: Number
    paid_minor: Number


@fast_record
class AwaitsAcknowledgement:
    """R64: the version of the plan is not acknowledged."""

    rule: ClassVar[str] = "R64"
    version_number: Number


@fast_record
class AwaitsRate:
    """R67: there is no rate of exchange."""

    rule: ClassVar[str] = "R67"
    currency_from: str
    currency_to: str


@fast_record
class AwaitsOneCurrency:
    """R67: the deal's agreements are in several currencies."""

    rule: ClassVar[str] = "R67"


@fast_record
class AwaitsQuota:
    """R07: no quota is set."""

    rule: ClassVar[str] = "R07"
    period: str
    quota_currency: str


@fast_record
class AwaitsCost:
    """R36: the cost of what was sold is not known."""

    rule: ClassVar[str] = "R36"


@fast_record
class AwaitsAgreement:
    """R22: the base is taken from an agreement that is not there."""

    rule: ClassVar[str] = "R22"
    base: str


@fast_record
class AwaitsAnchor:
    """R22: the sale counts by the day of something that has not happened."""

    rule: ClassVar[str] = "R22"
    anchor: str


@fast_record
class QuotaPart:
    """R57 to R59: a share of a quota; of the days of a version with its number."""

    share_percent: Number
    quota_for: QuotaFor
    version_number: Number | None = None


@fast_record
class QuotaDerived:
    """R57 to R59: the quota as set, its shares, and what it comes to."""

    set_minor: Number
    shares: tuple[QuotaPart, ...]
    quota_minor: Number


@fast_record
class PointsEarned:
    """R47: points for each touch or deal."""

    done_count: Number
    each: Literal["touch", "deal"]
    each_points: Number
    exact_points: Number


EarnedReason: TypeAlias = (
    RatedParts
    | PerDeal
    | PerUnit
    | TableRated
    | MatrixRated
    | Recurring
    | BonusShare
    | GateShut
    | SatisfactionFactored
    | LimitCut
    | CarriedIn
    | BudgetCut
    | LeaverShare
    | YearToDate
)
Waits: TypeAlias = (
    AwaitsAcknowledgement | AwaitsRate | AwaitsOneCurrency | AwaitsQuota | AwaitsCost | AwaitsAgreement | AwaitsAnchor
)
"""What a credit waits for, each by its rule: it posts nothing and counts towards no tier."""
