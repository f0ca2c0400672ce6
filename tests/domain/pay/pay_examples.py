"""A published plan that pays by month in CNY, for the tests of what surrounds pay."""

from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanVersion
from tests.domain.pay.commission_stories import BY_LINE, flat

VERSION = CompensationPlanVersion(
    number=1,
    period="month",
    components=(flat("5"),),
    rounding=BY_LINE,
    guarantee=None,
    draw=None,
    effective_from=None,
)
MONTHLY = CompensationPlan(key="reps", name="Reps", currency="CNY", versions=(VERSION,))
