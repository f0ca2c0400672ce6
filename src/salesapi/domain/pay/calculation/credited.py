"""A credit with what it earns: what the evaluation of a plan makes, and rounding, release and awards rest on."""

from salesapi.domain.pay.calculation.components import Earning
from salesapi.domain.pay.calculation.crediting import Credit
from salesapi.domain.pay.calculation.sales import Sale
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.reasons.earned_reasons import Waits
from salesapi.domain.pay.rules.limits import CapOf
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.shared.kernel import fast_record


@fast_record
class Credited:
    """One credit under one component, with what it earns; `waits_for` says why it is held. `amount` is in the plan's currency."""

    sale: Sale
    credit: Credit
    version: CompensationPlanVersion
    component: Component
    amount: Amount
    currency: str
    positions: tuple[int, ...]
    earnings: tuple[Earning, ...]
    counts_as: int
    """Credits with the same number, under one component, count together."""
    waits_for: Waits | None = None
    carried_past: CapOf | None = None
    """The cap that an earlier window cut it by, where that is what it earns (R29, R30): nothing is credited a second time."""
