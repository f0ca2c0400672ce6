"""What a version may not say of upper limits (R29, R30): caps of nothing, what belongs to a cap that there is not, and what no
limit can mean. Pure. Pointers count from the component, or from the version.
"""

from collections.abc import Iterator

from salesapi.domain.pay.plans.compensation_plans import PlanTerms
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import tells_lines
from salesapi.domain.pay.plans.problem_places import at
from salesapi.domain.pay.rules.limits import problem_of_limit
from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.periods import PeriodKind


def problems_of_component_limits(component: Component) -> Iterator[Problem]:
    """The limit of a line, the cap of a deal and of the component."""
    yield from _problems_of_limits(component, "line_limit_minor", "deal_cap_minor", "cap_minor")
    if component.line_limit_minor is None:
        yield from _without_limit(component, "line_limit_minor", line_limit_excess="lost")
    elif not tells_lines(component.rate):
        reason = "only a flat or individual rate, rules and tiers by line tell what a line earns; send null"
        yield Problem(pointer="/line_limit_minor", reason=reason)
    if component.deal_cap_minor is None:
        yield from _without_limit(component, "deal_cap_minor", deal_cap_excess="lost")
    if component.deal_cap_minor is None and component.line_limit_minor is None:
        yield from _without_limit(component, "deal_cap_minor", deal_cap_split="split_then_cap")
    if component.cap_minor is None:
        yield from _without_limit(component, "cap_minor", cap_window="period", cap_excess="lost")
    for name in ("line_limit_excess", "deal_cap_excess"):
        if getattr(component, name) == "deferred" and component.rates_year_again():
            reason = "the year rates earlier periods again, so that no one period says what a deal is due; send `lost`"
            yield Problem(pointer=f"/{name}", reason=reason)


def problems_of_plan_limits(terms: PlanTerms, kind: PeriodKind) -> Iterator[Problem]:
    """The cap of the plan and its budget, and caps of the year where that is the period."""
    yield from _problems_of_limits(terms, "cap_minor", "budget_minor", "correction_from_minor")
    if terms.cap_minor is None:
        yield from _without_limit(terms, "cap_minor", cap_window="period", cap_excess="lost")
    windows = [(f"/components/{index}", each.cap_window) for index, each in enumerate(terms.components)]
    for place, window in (*windows, ("", terms.cap_window)):
        if kind == "year" and window == "year":
            reason = "the plan pays by year, so that its period is the year; send `period`"
            yield Problem(pointer=f"{place}/cap_window", reason=reason)


def _problems_of_limits(of: PlanTerms | Component, *names: str) -> Iterator[Problem]:
    for name in names:
        limit_minor = getattr(of, name)
        if limit_minor is not None:
            yield from at("", problem_of_limit(limit_minor, f"/{name}"))


def _without_limit(of: PlanTerms | Component, limit: str, **plain: str) -> Iterator[Problem]:
    """Reports what is set of a limit that there is not: each of these fields must keep its plain value."""
    for name, value in plain.items():
        if getattr(of, name) != value:
            yield Problem(pointer=f"/{name}", reason=f"it belongs to a limit; send {limit}, or `{value}`")
