"""What an enrolment agrees otherwise than its plan: rates, target pay, bonuses and caps of components, and the draw (R56).

A component says by how many percent an enrolment's own value may differ from its own. That limit is the law of each version: who
enrols is refused beyond it, and a later version pays its own value where it has no such component or value, or not within its
limit. Amounts are minor units of the plan's currency, rates decimals in percent.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, TypeVar

from annotated_types import Gt

from salesapi.domain.pay.plans.compensation_plans import (
    CompensationPlan,
    CompensationPlanUnpublished,
    CompensationPlanVersion,
)
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import FlatRate, IndividualRate, Rate, TargetBonus
from salesapi.domain.pay.rules.draws import (
    DrawInAdvance,
    RecoverableDraw,
    problem_of_draw_in_advance,
    problem_of_recoverable_draw,
)
from salesapi.domain.pay.rules.tables import problem_of_rate
from salesapi.domain.pay.rules.wording import percent
from salesapi.domain.shared.kernel import About, AmountMinor, FieldInvalid, Key, Refused, record
from salesapi.domain.shared.money import Exact

Number = TypeVar("Number", int, Decimal)


@record
class ComponentOverride:
    """Values of one's own for a component. Only what the component has itself can be another for one participant."""

    component_key: Annotated[Key, About("The component, one that the enrolment holds.")]
    rate_percent: Annotated[Exact | None, About("In place of its flat rate, in percent.")] = None
    target_variable_minor: Annotated[
        Annotated[AmountMinor, Gt(0)] | None, About("In place of the target pay that its individual rate pays.")
    ] = None
    target_minor: Annotated[Annotated[AmountMinor, Gt(0)] | None, About("In place of its target bonus.")] = None
    cap_minor: Annotated[Annotated[AmountMinor, Gt(0)] | None, About("In place of its cap.")] = None


VALUES: Final = ("rate_percent", "target_variable_minor", "target_minor", "cap_minor")
"""The fields of an override that say what is paid."""


class EnrolmentOverrideComponentUnknown(Refused):
    """What the version in force does not pay cannot be agreed otherwise."""

    code = "enrolment.override_component_unknown"
    message = "Version {plan_version} of the plan has no component {component}; it has {components}."


class EnrolmentOverrideNotTaken(Refused):
    """A plan says which of its components may be agreed otherwise, and a component only has its own kind of value."""

    code = "enrolment.override_not_taken"
    message = "In version {plan_version} of the plan the component {component} takes no {value} of one's own: {reason}."


class EnrolmentOverrideBeyondLimit(Refused):
    """The plan limits how far an enrolment may go."""

    code = "enrolment.override_beyond_limit"
    message = (
        "In version {plan_version} of the plan {value} of the component {component} is {planned}; one's own may be from "
        "{least} to {most}, {limit_percent} percent less or more."
    )


class EnrolmentDrawNotTaken(Refused):
    """A draw of one's own needs a plan that draws, by its rules."""

    code = "enrolment.draw_not_taken"
    message = "Version {plan_version} of the plan takes no such draw: {reason}."


def overridden(component: Component, override: ComponentOverride) -> Component:
    """R56: the component as it pays under the enrolment. What it does not take, it pays as the plan says."""
    limit_percent = component.override_percent_max
    if limit_percent is None:
        return component
    cap_minor = component.cap_minor
    if cap_minor is not None:
        cap_minor = _paying(limit_percent, cap_minor, override.cap_minor)
    return replace(component, rate=_rate(component.rate, limit_percent, override), cap_minor=cap_minor)


def _rate(rate: Rate, limit_percent: Decimal, override: ComponentOverride) -> Rate:
    match rate:
        case FlatRate():
            return replace(rate, rate_percent=_paying(limit_percent, rate.rate_percent, override.rate_percent))
        case IndividualRate():
            target_minor = _paying(limit_percent, rate.target_variable_minor, override.target_variable_minor)
            return replace(rate, target_variable_minor=target_minor)
        case TargetBonus():
            return replace(rate, target_minor=_paying(limit_percent, rate.target_minor, override.target_minor))
        case _:
            return rate


def with_draw_of(draw: RecoverableDraw, draw_minor: int) -> RecoverableDraw:
    """R56: the draw as it is paid under the enrolment; the plan's where its rules do not allow such an amount."""
    own = replace(draw, draw_minor=draw_minor)
    return own if problem_of_recoverable_draw(own) is None else draw


def with_advance_of(advance: DrawInAdvance, draw_minor: int) -> DrawInAdvance:
    """R56: the draw in advance as it is paid under the enrolment; the plan's where its rules do not allow such an amount."""
    own = replace(advance, advance_minor=draw_minor)
    return own if problem_of_draw_in_advance(own) is None else advance


def refuse_untaken(
    plan: CompensationPlan,
    effective_from: date | None,
    overrides: Sequence[ComponentOverride],
    *,
    component_keys: Sequence[str] | None,
    draw_minor: int | None,
) -> None:
    """Refuses what the version on the first day does not take; without a day or a version on it, the newest one.

    Raises:
        CompensationPlanUnpublished, FieldInvalid, EnrolmentOverrideComponentUnknown, EnrolmentOverrideNotTaken,
        EnrolmentOverrideBeyondLimit, EnrolmentDrawNotTaken.
    """
    if not overrides and draw_minor is None:
        return
    if not plan.versions:
        raise CompensationPlanUnpublished(name=plan.name, pointer="/overrides" if overrides else "/draw_minor")
    on_first = plan.version_on(effective_from) if effective_from is not None else None
    version = on_first or plan.versions[-1]
    seen: set[str] = set()
    for index, override in enumerate(overrides):
        key, pointer = override.component_key, f"/overrides/{index}"
        if key in seen:
            raise FieldInvalid(reason=f"{key} is named twice.", pointer=f"{pointer}/component_key")
        if component_keys is not None and key not in component_keys:
            raise FieldInvalid(reason=f"The enrolment does not hold {key}.", pointer=f"{pointer}/component_key")
        seen.add(key)
        _refuse_override(version, override, pointer)
    if draw_minor is not None:
        _refuse_draw(version, draw_minor)


def _refuse_override(version: CompensationPlanVersion, override: ComponentOverride, pointer: str) -> None:
    key = override.component_key
    component = next((each for each in version.components if each.key == key), None)
    if component is None:
        raise EnrolmentOverrideComponentUnknown(
            plan_version=version.number,
            component=key,
            components=sorted(each.key for each in version.components),
            pointer=f"{pointer}/component_key",
        )
    stated = [name for name in VALUES if getattr(override, name) is not None]
    if not stated:
        raise FieldInvalid(
            reason=f"Nothing of {key} is another value; send one of {', '.join(VALUES)}.", pointer=pointer
        )
    if override.rate_percent is not None:
        problem = problem_of_rate(override.rate_percent, f"{pointer}/rate_percent")
        if problem is not None:
            raise FieldInvalid(reason=f"It is out of bounds: {problem.reason}.", pointer=problem.pointer)
    for name in stated:
        _refuse_value(version, component, name, own=getattr(override, name), pointer=f"{pointer}/{name}")


def _refuse_value(
    version: CompensationPlanVersion, component: Component, name: str, *, own: Decimal | int, pointer: str
) -> None:
    planned, limit_percent = _planned(component)[name], component.override_percent_max
    if planned is None or limit_percent is None:
        reason = "it has none" if planned is None else "it takes no overrides"
        raise EnrolmentOverrideNotTaken(
            plan_version=version.number, component=component.key, value=name, reason=reason, pointer=pointer
        )
    least, most = _range(limit_percent, planned)
    if not least <= Fraction(own) <= most:
        raise EnrolmentOverrideBeyondLimit(
            plan_version=version.number,
            component=component.key,
            value=name,
            planned=percent(Fraction(planned)),
            least=percent(least),
            most=percent(most),
            limit_percent=percent(Fraction(limit_percent)),
            pointer=pointer,
        )


def _refuse_draw(version: CompensationPlanVersion, draw_minor: int) -> None:
    if version.draw is not None:
        problem = problem_of_recoverable_draw(replace(version.draw, draw_minor=draw_minor))
    elif version.advance is not None:
        problem = problem_of_draw_in_advance(replace(version.advance, advance_minor=draw_minor))
    else:
        raise EnrolmentDrawNotTaken(plan_version=version.number, reason="it has no draw", pointer="/draw_minor")
    if problem is not None:
        raise EnrolmentDrawNotTaken(plan_version=version.number, reason=problem.reason, pointer="/draw_minor")


def _planned(component: Component) -> dict[str, Decimal | int | None]:
    """Reads what the component says itself, by the names of an override."""
    rate = component.rate
    return {
        "rate_percent": rate.rate_percent if isinstance(rate, FlatRate) else None,
        "target_variable_minor": rate.target_variable_minor if isinstance(rate, IndividualRate) else None,
        "target_minor": rate.target_minor if isinstance(rate, TargetBonus) else None,
        "cap_minor": component.cap_minor,
    }


def _paying(limit_percent: Decimal, planned: Number, own: Number | None) -> Number:
    """The value that pays: one's own within the limit, else the plan's."""
    if own is None:
        return planned
    least, most = _range(limit_percent, planned)
    return own if least <= Fraction(own) <= most else planned


def _range(limit_percent: Decimal, planned: Decimal | int) -> tuple[Fraction, Fraction]:
    """From where to where a value may be: by so many percent less or more, and never beyond zero."""
    whole, part = Fraction(planned), Fraction(limit_percent) / 100
    least, most = sorted((whole * max(1 - part, Fraction()), whole * (1 + part)))
    return least, most
