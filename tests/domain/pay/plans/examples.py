"""What the tests of plans share: a version, and how a problem is looked at."""

from typing import Any

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.tables import Problem
from tests.domain.pay.commission_stories import BY_LINE


def quarterly(*components: Component, **stated: Any) -> CompensationPlanVersion:
    """The first version of a plan that pays by quarter, from ever on."""
    always = {"number": 1, "period": "quarter", "rounding": BY_LINE, "effective_from": None}
    return CompensationPlanVersion(components=components, **{**always, **stated})


def check_problem(found: Problem | None, pointer: str, *, words: str = "") -> None:
    """There is a problem at this place, told with these words."""
    assert found is not None
    assert found.pointer == pointer
    assert words in found.reason
