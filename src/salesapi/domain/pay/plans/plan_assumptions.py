"""What a simulation supposes beside the facts (R65): other quotas and further wins. They are never facts and pay nobody.

Amounts are minor units: of quotas in the plan's currency, of deals in their own.
"""

import hashlib
import json
from dataclasses import asdict
from typing import Annotated, Final
from uuid import UUID

from annotated_types import Gt, Le

from salesapi.domain.pay.plans.plan_components import Measure
from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import About, AmountMinor, CurrencyCode, Refers, Refused, record
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import Period, PeriodText, period_named

ASSUMED_QUOTAS_MAX: Final = 200
"""Most quotas that one simulation supposes."""
ASSUMED_DEALS_MAX: Final = 100
"""Most wins that one simulation supposes."""


@record
class AssumedQuota:
    """A quota as it might be set; it replaces the member's own."""

    member_id: Annotated[UUID, Refers("member"), About("The member.")]
    period: Annotated[PeriodText, About("The simulated period, or its year for what is counted over the year.")]
    amount_minor: Annotated[
        Annotated[int, Gt(0), Le(2**53 - 1)], About("The quota in minor units of the plan's currency.")
    ]
    measure: Annotated[Measure, About("What counts towards it.")] = "credited_amount"


@record
class AssumedDeal:
    """A deal as it might be won, without shares, customer and products: all of it is its owner's."""

    owner_id: Annotated[UUID, Refers("member"), About("Who wins it.")]
    amount_minor: Annotated[AmountMinor, About("Its value in minor units.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code of its value.")]
    on: Annotated[PlannedDate, About("The day on which it is won, within the simulated period.")]


class AssumptionOutside(Refused):
    """What is supposed elsewhere would change nothing that is shown."""

    code = "compensation_plan.assumption_outside"
    message = "The simulation is of {period}: suppose deals within it, and quotas for it or for its year, not {sent}."


class AssumptionTwice(Refused):
    """Two quotas for the same thing contradict each other."""

    code = "compensation_plan.assumption_twice"
    message = "The quota of {member_id} for {period} is supposed twice; send it once."


@record
class Assumptions:
    """All that one simulation supposes."""

    quotas: tuple[AssumedQuota, ...] = ()
    deals: tuple[AssumedDeal, ...] = ()

    @property
    def digest(self) -> str | None:
        """SHA-256 (hex) over their canonical JSON; None without any."""
        if not self.quotas and not self.deals:
            return None
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def refuse_useless(assumed: Assumptions, period: Period) -> None:
    """Refuses what could not be simulated, or would change nothing of the period.

    Raises:
        AssumptionOutside, AssumptionTwice, PeriodInvalid, CurrencyUnknown.
    """
    year = f"{period.first_on.year:04}"
    seen: set[tuple[UUID, str, str]] = set()
    for index, quota in enumerate(assumed.quotas):
        pointer = f"/assumed_quotas/{index}/period"
        if period_named(quota.period, pointer=pointer).text not in (period.text, year):
            raise AssumptionOutside(period=period.text, sent=quota.period, pointer=pointer)
        key = (quota.member_id, quota.measure, quota.period)
        if key in seen:
            raise AssumptionTwice(member_id=str(quota.member_id), period=quota.period, pointer=pointer)
        seen.add(key)
    for index, deal in enumerate(assumed.deals):
        exponent(deal.currency, pointer=f"/assumed_deals/{index}/currency")
        if not period.first_on <= deal.on <= period.last_on:
            raise AssumptionOutside(period=period.text, sent=deal.on.isoformat(), pointer=f"/assumed_deals/{index}/on")
