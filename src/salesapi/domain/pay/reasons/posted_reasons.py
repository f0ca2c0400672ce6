"""Reasons of what is posted beside what is earned: released, taken back, corrected, awarded, lifted, advanced, recovered.

One record for each way in which it comes about; see `reasons.py`.
"""

from datetime import date
from typing import Literal, TypeAlias

from salesapi.domain.pay.reasons.earned_reasons import Number
from salesapi.domain.shared.kernel import fast_record

Division: TypeAlias = Literal["equal", "share_points", "contribution", "leader"]
Corrected: TypeAlias = Literal["earned", "released", "clawed", "gone"]


@fast_record
class Released:
    """R22 to R28: what of a credit is payable by now, less what was; `extended_days` of its expiry were added by hand."""

    payable_percent: Number
    earned_minor: Number
    payable_minor: Number
    before_minor: Number
    extended_days: Number | None = None


@fast_record
class Sped:
    """R45: what was released, and the same times the factor by days to cash."""

    released_minor: Number
    factored_minor: Number
    collection_factor: Number | None = None


@fast_record
class Clawed:
    """R22, R49: what is claimed of a deal that was lost, and what was lost at the rate that it was paid at."""

    claimed_minor: Number
    rate_percent: Number | None = None
    lost_minor: Number | None = None


@fast_record
class Lapsed:
    """R26, R27, R60: what is never released."""

    lapsed_minor: Number


@fast_record
class Cancelled:
    """R50: what is taken off what was not paid yet."""

    cancelled_minor: Number


@fast_record
class Recomputed:
    """R53: what is known now of a locked period, less what was posted; below `least_minor` it is recorded and not paid."""

    period: str
    side: Corrected
    recomputed_minor: Number
    posted_minor: Number
    difference_minor: Number
    least_minor: Number | None = None


@fast_record
class Granted:
    """R35, R47, R48: what people granted."""

    award: str


@fast_record
class AdjustedByHand:
    """R63: what people corrected of a period."""

    period: str


@fast_record
class CampaignPart:
    """The result of one deal or refund."""

    part_minor: Number


@fast_record
class CampaignSum:
    """R35: what the deals of a campaign come to; the first are listed, the others counted."""

    first_on: date
    last_on: date
    parts: tuple[CampaignPart, ...]
    more_count: Number | None = None
    more_minor: Number | None = None


@fast_record
class PerTouch:
    """R02: a flat amount for each touch."""

    touch_count: Number
    amount_minor: Number


@fast_record
class GoalScored:
    """The part of one goal; without a payout it is left out, without a score it has none."""

    goal: str
    weight_percent: Number
    payout_percent: Number | None = None
    score_percent: Number | None = None


@fast_record
class Scored:
    """R41: a target by weighted goals."""

    target_minor: Number
    goals: tuple[GoalScored, ...]


@fast_record
class ForecastRun:
    """R46: how far the forecast was off, and how many accurate periods there are in a row."""

    most_percent: Number
    run_count: Number
    needed_count: Number
    deviation_percent: Number | None = None


@fast_record
class Retained:
    """R43: what customers kept, and what of the target it pays."""

    measured: str
    retained_percent: Number
    payout_percent: Number
    target_minor: Number


@fast_record
class RetentionUnmeasured:
    """R43: there is nothing to divide by; nothing or the target is paid."""

    measured: str
    unmeasured: Literal["nothing", "target"]


@fast_record
class PoolShare:
    """A part of the pool of one team: by contribution in minor units, else by another weight."""

    rate_percent: Number
    measure_minor: Number
    pool_minor: Number
    division: Division
    part_minor: Number
    own_minor: Number | None = None
    whole_minor: Number | None = None
    own_weight: Number | None = None
    whole_weight: Number | None = None


@fast_record
class PoolShared:
    """R42: a member's parts of the pools of its teams."""

    shares: tuple[PoolShare, ...]


@fast_record
class HeldPool:
    """The amount in the pool of one team."""

    pool_minor: Number


@fast_record
class PoolHeld:
    """R42: pools that wait for the points of the leader to be approved."""

    pools: tuple[HeldPool, ...]


@fast_record
class Guaranteed:
    """R31, R32: what is guaranteed, where not all days count for these, less what is earned."""

    guaranteed_minor: Number
    earned_minor: Number
    covered_days: Number | None = None
    period_days: Number | None = None


@fast_record
class DrawAdvanced:
    """R33: the draw, where not all days count for these, less what is earned."""

    draw_minor: Number
    earned_minor: Number
    covered_days: Number | None = None
    period_days: Number | None = None


@fast_record
class DrawRecovered:
    """R33: what is recovered of what is owed, at most so many percent of what is earned; `paid_minor` is left."""

    owed_minor: Number
    most_percent: Number
    earned_minor: Number
    paid_minor: Number


@fast_record
class DebtCarried:
    """R54: a negative result is owed; of who left it is invoiced."""

    owed_minor: Number
    invoiced_minor: Number | None = None


@fast_record
class DebtRecovered:
    """R54: what is owed is recovered from what is payable; `paid_minor` is left, and of who left the rest is invoiced."""

    owed_minor: Number
    paid_minor: Number
    invoiced_minor: Number | None = None


@fast_record
class Advance:
    """R34: the draw in advance for a period, where not all days count for these."""

    advance_minor: Number
    period: str
    covered_days: Number | None = None
    period_days: Number | None = None


@fast_record
class AdvanceNetted:
    """R34: what is earned less what was advanced and owed; it is paid, collected as a law allows, or carried forward."""

    earned_minor: Number
    advanced_minor: Number
    owed_minor: Number | None = None
    paid_minor: Number | None = None
    collected_minor: Number | None = None
    allowed_by: str | None = None
    carried_minor: Number | None = None


@fast_record
class Forgiven:
    """R33, R34, R54: what was forgiven, and what of what is owed it takes off."""

    granted_minor: Number
    taken_minor: Number
    owed_minor: Number


PostedReason: TypeAlias = (
    Released
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
)
