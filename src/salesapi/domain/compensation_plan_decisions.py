"""What may happen to a compensation plan: the decisions of `compensation_plans.py`, pure, and the declaration of the stream."""

from fractions import Fraction
from typing import Final

from salesapi.domain.commission.draws import problem_of_guarantee, problem_of_recoverable_draw
from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.periods import period_named
from salesapi.domain.commission.rates import payout_percent
from salesapi.domain.commission.simulating import simulated
from salesapi.domain.commission.tables import Problem, problem_of_curve, problem_of_rate, problem_of_tiers
from salesapi.domain.compensation_plans import (
    VERSIONS_MAX,
    CompensationPlan,
    CompensationPlanDrafted,
    CompensationPlanIsRetired,
    CompensationPlanPeriodFixed,
    CompensationPlanReasonMissing,
    CompensationPlanRetired,
    CompensationPlanSimulated,
    CompensationPlanUnpublished,
    CompensationPlanVersion,
    CompensationPlanVersionPublished,
    CompensationPlanVersionsExhausted,
    Component,
    ComponentInvalid,
    DraftCompensationPlan,
    FloorInvalid,
    PublishCompensationPlanVersion,
    RetireCompensationPlan,
    SimulateCompensationPlan,
    TiersInvalid,
    evolve,
)
from salesapi.domain.kernel import (
    CommandType,
    Context,
    EventType,
    Facts,
    LedgerRef,
    Ref,
    Stream,
    ThingExists,
    external_identity,
    roles,
)
from salesapi.domain.money import exponent

AT_HEAD: Final = LedgerRef(None)


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
    _refuse_invalid_floor(command)
    is_backdated = command.effective_from is None or command.effective_from < context.today
    if is_backdated and command.reason is None:
        raise CompensationPlanReasonMissing(pointer="/reason")
    return (
        CompensationPlanVersionPublished(
            plan_version=len(state.versions) + 1,
            period=command.period,
            components=command.components,
            rounding=command.rounding,
            guarantee=command.guarantee,
            draw=command.draw,
            effective_from=command.effective_from,
            reason=command.reason,
        ),
    )


def simulate(
    state: CompensationPlan, command: SimulateCompensationPlan, context: Context
) -> tuple[CompensationPlanSimulated, ...]:
    """Decides `SimulateCompensationPlan`: held to the same rules as a version that is published."""
    if not state.versions:
        raise CompensationPlanUnpublished(name=state.name, pointer="/plan_id")
    _refuse_invalid_components(command.components)
    _refuse_invalid_floor(command)
    period, kind = period_named(command.period), state.versions[-1].period
    if period.kind != kind:
        raise CompensationPlanPeriodFixed(period=kind, pointer="/period")
    ledger = context.facts.state(AT_HEAD)
    assert isinstance(ledger, Ledger), "the ledger at the head was not given"
    proposal = CompensationPlanVersion(
        number=len(state.versions) + 1,
        period=kind,
        components=command.components,
        rounding=command.rounding,
        effective_from=None,
        guarantee=command.guarantee,
        draw=command.draw,
    )
    return (simulated(ledger, command.plan_id, period, proposal),)


def retire(
    state: CompensationPlan, command: RetireCompensationPlan, context: Context
) -> tuple[CompensationPlanRetired, ...]:
    """Decides `RetireCompensationPlan`."""
    if state.is_retired:
        raise CompensationPlanIsRetired(name=state.name)
    return (CompensationPlanRetired(reason=command.reason),)


def _refuse_invalid_floor(command: PublishCompensationPlanVersion | SimulateCompensationPlan) -> None:
    if command.guarantee is not None and command.draw is not None:
        raise FloorInvalid(reason="send a guarantee or a draw, not both", pointer="/draw")
    if command.guarantee is not None and (found := problem_of_guarantee(command.guarantee)) is not None:
        raise FloorInvalid(reason=found.reason, pointer=f"/guarantee{found.pointer}")
    if command.draw is not None and (found := problem_of_recoverable_draw(command.draw)) is not None:
        raise FloorInvalid(reason=found.reason, pointer=f"/draw{found.pointer}")


def _refuse_invalid_components(components: tuple[Component, ...]) -> None:
    seen: set[str] = set()
    for index, component in enumerate(components):
        pointer = f"/components/{index}"
        if component.key in seen:
            raise ComponentInvalid(component=component.key, reason="its key is used twice", pointer=f"{pointer}/key")
        seen.add(component.key)
        _refuse_other_than_one_rate(component, pointer)
        _refuse_invalid_modifiers(component, pointer)
        if component.rate_percent is not None:
            _refuse(component, problem_of_rate(component.rate_percent, "/rate_percent"), pointer)
        if component.tiers is not None and (found := problem_of_tiers(component.tiers.tiers)) is not None:
            raise TiersInvalid(component=component.key, reason=found.reason, pointer=f"{pointer}/tiers{found.pointer}")
        if component.bonus is not None:
            _refuse(component, problem_of_curve(component.bonus.curve), f"{pointer}/bonus/curve")
            if payout_percent(component.bonus.curve, Fraction()) != 0:
                reason = "a bonus pays nothing at 0 percent; what is paid without any result is a guarantee"
                raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/bonus/curve/points")


def _refuse_other_than_one_rate(component: Component, pointer: str) -> None:
    rates = {
        "rate_percent": component.rate_percent,
        "deal_amount_minor": component.deal_amount_minor,
        "individual": component.individual,
        "tiers": component.tiers,
        "bonus": component.bonus,
    }
    sent = [name for name, rate in rates.items() if rate is not None]
    if len(sent) > 1:
        reason = f"it has {' and '.join(sent)}; send one of them"
        raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/{sent[1]}")
    if not sent:
        reason = f"it has no rate; send one of {', '.join(rates)}"
        raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/rate_percent")


def _refuse_invalid_modifiers(component: Component, pointer: str) -> None:
    has_plain_rate = component.rate_percent is not None or component.individual is not None
    modifiers = {"accelerator": component.accelerator, "decelerator": component.decelerator}
    sent = [name for name, modifier in modifiers.items() if modifier is not None]
    if sent and not has_plain_rate:
        reason = "it goes with a flat or individual rate only; tiers and curves say themselves how they rise"
        raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/{sent[0]}")
    if len(sent) > 1:
        reason = "it has an accelerator and a decelerator; tiers by attainment say what holds between the two"
        raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/decelerator")
    rates_all = component.tiers is not None and any(tier.applies_to == "all" for tier in component.tiers.tiers)
    if rates_all and component.gate is not None and component.gate.pays == "later_deals":
        reason = "tiers that rate everything would pay on the deals before the gate; let it pay `whole_period`"
        raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/gate/pays")
    amounts = {
        "deal_amount_minor": component.deal_amount_minor,
        "deal_cap_minor": component.deal_cap_minor,
        "cap_minor": component.cap_minor,
    }
    for name, amount_minor in amounts.items():
        if amount_minor is not None and amount_minor <= 0:
            reason = f"{name} must be above 0, not {amount_minor}"
            raise ComponentInvalid(component=component.key, reason=reason, pointer=f"{pointer}/{name}")


def _refuse(component: Component, found: Problem | None, pointer: str) -> None:
    if found is not None:
        raise ComponentInvalid(component=component.key, reason=found.reason, pointer=f"{pointer}{found.pointer}")


def _identity(command: DraftCompensationPlan) -> tuple[str, ...]:
    return external_identity(command) or ("key", command.key)


def _needs_ledger(state: CompensationPlan | None, command: object, facts: Facts) -> tuple[Ref, ...]:
    return (AT_HEAD,) if state is not None and state.versions else ()


_PAYERS: Final = roles("finance", "admin")

STREAM: Final = Stream(
    kind="compensation_plan",
    plural="compensation-plans",
    events=(
        EventType(name="compensation_plan.drafted", event=CompensationPlanDrafted),
        EventType(name="compensation_plan.version_published", event=CompensationPlanVersionPublished),
        EventType(name="compensation_plan.simulated", event=CompensationPlanSimulated),
        EventType(name="compensation_plan.retired", event=CompensationPlanRetired),
    ),
    commands=(
        CommandType(command=DraftCompensationPlan, decide=draft, roles=_PAYERS, creates=True, identity=_identity),
        CommandType(command=PublishCompensationPlanVersion, decide=publish, roles=_PAYERS, target="plan_id"),
        CommandType(
            command=SimulateCompensationPlan, decide=simulate, roles=_PAYERS, target="plan_id", needs=_needs_ledger
        ),
        CommandType(command=RetireCompensationPlan, decide=retire, roles=_PAYERS, target="plan_id"),
    ),
    evolve=evolve,
)
