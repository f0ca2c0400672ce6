"""Lines of guarantees, draws and recoveries: one exact result of a participant, with its reason, rounded by a plan's version.

Amounts are minor units of the plan's currency.
"""

from fractions import Fraction
from typing import Final

from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.reasons.reasons import Reason
from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.pay.rules.draws import DaysCovered
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.states import made_from

DRAW: Final = "draw"
RECOVERY: Final = "recovery"
"""The kinds of these lines, and what stands in place of a component's key on them."""


@record
class FloorResult:
    """The result of a floor and its reason. `positions` are the events that it rests on, beside the plan's version."""

    kind: LineKind
    rule: str
    exact_minor: Fraction
    reason: Reason
    positions: tuple[int, ...] = ()
    tells: bool = False
    """Whether it has a line also where it comes to nothing."""


def floor_postings(
    result: FloorResult, version: CompensationPlanVersion, *, currency: str, period: str
) -> list[Posting]:
    """The result as a line for a period; none where it comes to nothing, and that tells nothing."""
    posted_minor = version.rounding.minor(result.exact_minor, currency)
    if posted_minor == 0 and not result.tells:
        return []
    return [
        made_from(
            Posting,
            result,
            component=result.kind,
            period=period,
            currency=currency,
            posted_minor=posted_minor,
            plan_version=version.number,
        )
    ]


def days_counted(days: DaysCovered) -> tuple[int | None, int | None]:
    """Counts the days of a period that count, and all of its days; None for both where all count."""
    return (None, None) if days.covered == days.of else (days.covered, days.of)
