"""Why pay comes to what it does: one record for each way in which a rule earns, releases, takes back, awards, lifts or waits.

They are the closed sum that the calculation yields: exact numbers under names that end in their unit (`_minor` of the plan's
currency, `_percent`, `_count`, `_days`, ...), and no sentence. What is None does not apply. `kind` is stored and shown, and never
changes. How a reason is stored is in `reason_form.py`, how it reads in `reason_words.py`.
"""

from typing import TypeAlias

from salesapi.domain.pay.reasons.earned_reasons import (
    AwaitsAcknowledgement,
    AwaitsAgreement,
    AwaitsAnchor,
    AwaitsCost,
    AwaitsOneCurrency,
    AwaitsQuota,
    AwaitsRate,
    BonusShare,
    BudgetCut,
    CarriedIn,
    GateShut,
    LeaverShare,
    LimitCut,
    MatrixRated,
    Number,
    PerDeal,
    PerUnit,
    PointsEarned,
    QuotaDerived,
    RatedParts,
    Recurring,
    SatisfactionFactored,
    TableRated,
    YearToDate,
)
from salesapi.domain.pay.reasons.posted_reasons import (
    AdjustedByHand,
    Advance,
    AdvanceNetted,
    CampaignSum,
    Cancelled,
    Clawed,
    DebtCarried,
    DebtRecovered,
    DrawAdvanced,
    DrawRecovered,
    ForecastRun,
    Forgiven,
    Granted,
    Guaranteed,
    Lapsed,
    PerTouch,
    PoolHeld,
    PoolShared,
    Recomputed,
    Released,
    Retained,
    RetentionUnmeasured,
    Scored,
    Sped,
)

Waits: TypeAlias = (
    AwaitsAcknowledgement | AwaitsRate | AwaitsOneCurrency | AwaitsQuota | AwaitsCost | AwaitsAgreement | AwaitsAnchor
)
"""What a credit waits for, each by its rule: it posts nothing and counts towards no tier."""

Reason: TypeAlias = (
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
    | Released
    | Sped
    | Clawed
    | Lapsed
    | Cancelled
    | Recomputed
    | Granted
    | AdjustedByHand
    | CampaignSum
    | PerTouch
    | Scored
    | ForecastRun
    | Retained
    | RetentionUnmeasured
    | PoolShared
    | PoolHeld
    | Guaranteed
    | DrawAdvanced
    | DrawRecovered
    | DebtCarried
    | DebtRecovered
    | Advance
    | AdvanceNetted
    | Forgiven
    | QuotaDerived
    | PointsEarned
    | Waits
)


def rate_of(reason: Reason) -> Number | None:
    """The one rate in percent that a result rests on; None where it rests on none, or on several that differ."""
    match reason:
        case RatedParts(parts=parts):
            rates = {part.rate_percent for part in parts}
            return parts[0].rate_percent if len(rates) == 1 else None
        case TableRated():
            return reason.rate_percent if reason.capped_percent is None else reason.capped_percent
        case MatrixRated() | Recurring() | Clawed():
            return reason.rate_percent
        case BonusShare():
            return reason.after_percent
        case Released():
            return reason.payable_percent
        case _:
            return None
