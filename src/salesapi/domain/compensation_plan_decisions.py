"""What may happen to a compensation plan: the decisions of `compensation_plans.py`, pure, and the declaration of the stream."""

from decimal import Decimal
from typing import Final

from salesapi.domain.compensation_plans import (
    RATE_DECIMALS_MAX,
    RATE_PERCENT_MAX,
    VERSIONS_MAX,
    CompensationPlan,
    CompensationPlanDrafted,
    CompensationPlanIsRetired,
    CompensationPlanPeriodFixed,
    CompensationPlanReasonMissing,
    CompensationPlanRetired,
    CompensationPlanVersionPublished,
    CompensationPlanVersionsExhausted,
    Component,
    ComponentInvalid,
    DraftCompensationPlan,
    PublishCompensationPlanVersion,
    RetireCompensationPlan,
    Tier,
    TiersInvalid,
    evolve,
)
from salesapi.domain.kernel import CommandType, Context, EventType, Stream, ThingExists, external_identity, roles
from salesapi.domain.money import exponent


def draft(
    state: CompensationPlan | None, command: DraftCompensationPlan, context: Context
) -> tuple[CompensationPlanDrafted, ...]:
    """Decides `DraftCompensationPlan`."""
    if state is not None:
        raise ThingExists(thing="compensation plan", id=str(context.subject_id), pointer="/key")
    exponent(command.currency)
    return (
        CompensationPlanDrafted(
            key=command.key,
            name=command.name,
            currency=command.currency,
            legal_entity=command.legal_entity,
            external_id=command.external_id,
        ),
    )


def publish(
    state: CompensationPlan, command: PublishCompensationPlanVersion, context: Context
) -> tuple[CompensationPlanVersionPublished, ...]:
    """Decides `PublishCompensationPlanVersion`: every option stated, tables without gaps, the past only with a reason."""
    if state.is_retired:
        raise CompensationPlanIsRetired(name=state.name)
    if len(state.versions) >= VERSIONS_MAX:
        raise CompensationPlanVersionsExhausted(limit=VERSIONS_MAX)
    if state.versions and state.versions[-1].period != command.period:
        raise CompensationPlanPeriodFixed(period=state.versions[-1].period, pointer="/period")
    _refuse_invalid_components(command.components)
    is_backdated = command.effective_from is None or command.effective_from < context.today
    if is_backdated and command.reason is None:
        raise CompensationPlanReasonMissing(pointer="/reason")
    return (
        CompensationPlanVersionPublished(
            plan_version=len(state.versions) + 1,
            period=command.period,
            components=command.components,
            rounding=command.rounding,
            effective_from=command.effective_from,
            reason=command.reason,
        ),
    )


def retire(
    state: CompensationPlan, command: RetireCompensationPlan, context: Context
) -> tuple[CompensationPlanRetired, ...]:
    """Decides `RetireCompensationPlan`."""
    if state.is_retired:
        raise CompensationPlanIsRetired(name=state.name)
    return (CompensationPlanRetired(reason=command.reason),)


def _refuse_invalid_components(components: tuple[Component, ...]) -> None:
    seen: set[str] = set()
    for index, component in enumerate(components):
        pointer = f"/components/{index}"
        if component.key in seen:
            raise ComponentInvalid(component=component.key, reason="its key is used twice", pointer=f"{pointer}/key")
        seen.add(component.key)
        if component.rate_percent is not None and component.tiers is not None:
            reason = "it has a flat rate and tiers; send one of them"
            raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/tiers")
        if component.rate_percent is not None:
            _refuse_invalid_rate(component.key, component.rate_percent, f"{pointer}/rate_percent")
        elif component.tiers is not None:
            _refuse_invalid_tiers(component.key, component.tiers.tiers, f"{pointer}/tiers/tiers")
        else:
            reason = "it has neither a flat rate nor tiers; send one of them"
            raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/rate_percent")


def _refuse_invalid_rate(component: str, rate_percent: Decimal, pointer: str) -> None:
    if not rate_percent.is_finite() or abs(rate_percent) > RATE_PERCENT_MAX:
        reason = f"a rate lies between -{RATE_PERCENT_MAX} and {RATE_PERCENT_MAX} percent"
        raise ComponentInvalid(component=component, reason=reason, pointer=pointer)
    digits_after_point = rate_percent.as_tuple().exponent
    assert isinstance(digits_after_point, int), "a finite decimal has an exponent"
    if -digits_after_point > RATE_DECIMALS_MAX:
        reason = f"a rate has at most {RATE_DECIMALS_MAX} decimals"
        raise ComponentInvalid(component=component, reason=reason, pointer=pointer)


def _refuse_invalid_tiers(component: str, tiers: tuple[Tier, ...], pointer: str) -> None:
    """Gapless from 0 to an open end; the pointer names the field that is wrong."""
    if not tiers:
        raise TiersInvalid(component=component, reason="there is no tier", pointer=pointer)
    expected_minor = 0
    for index, tier in enumerate(tiers):
        place = f"{pointer}/{index}"
        _refuse_invalid_rate(component, tier.rate_percent, f"{place}/rate_percent")
        if tier.lower_minor != expected_minor:
            reason = _misplaced(index, tier.lower_minor, expected_minor)
            raise TiersInvalid(component=component, reason=reason, pointer=f"{place}/lower_minor")
        is_last = index == len(tiers) - 1
        if tier.upper_minor is None:
            if is_last:
                return
            raise TiersInvalid(
                component=component, reason="only the last tier is open-ended", pointer=f"{place}/upper_minor"
            )
        if is_last:
            reason = "the last tier must be open-ended (upper_minor null)"
            raise TiersInvalid(component=component, reason=reason, pointer=f"{place}/upper_minor")
        if tier.upper_minor <= tier.lower_minor:
            reason = f"a tier must end above {tier.lower_minor}, where it begins"
            raise TiersInvalid(component=component, reason=reason, pointer=f"{place}/upper_minor")
        expected_minor = tier.upper_minor


def _misplaced(index: int, lower_minor: int, expected_minor: int) -> str:
    if index == 0:
        return f"the first tier begins at 0, not at {lower_minor}"
    fault = "leaves a gap" if lower_minor > expected_minor else "overlaps the one before"
    return f"a tier that begins at {lower_minor} {fault}; it must begin at {expected_minor}"


def _identity(command: DraftCompensationPlan) -> tuple[str, ...]:
    return external_identity(command) or ("key", command.key)


_PAYERS: Final = roles("finance", "admin")

STREAM: Final = Stream(
    kind="compensation_plan",
    plural="compensation-plans",
    events=(
        EventType(name="compensation_plan.drafted", event=CompensationPlanDrafted),
        EventType(name="compensation_plan.version_published", event=CompensationPlanVersionPublished),
        EventType(name="compensation_plan.retired", event=CompensationPlanRetired),
    ),
    commands=(
        CommandType(command=DraftCompensationPlan, decide=draft, roles=_PAYERS, creates=True, identity=_identity),
        CommandType(command=PublishCompensationPlanVersion, decide=publish, roles=_PAYERS, target="plan_id"),
        CommandType(command=RetireCompensationPlan, decide=retire, roles=_PAYERS, target="plan_id"),
    ),
    evolve=evolve,
)
