"""What may happen to a compensation plan: the decisions of `compensation_plans.py`, pure, and the declaration of the stream."""

from datetime import timedelta
from typing import Final

from salesapi.domain.pay.ledger.ledger_needs import AT_HEAD, ledger_of
from salesapi.domain.pay.plans.compensation_plans import (
    VERSIONS_MAX,
    AwardInvalid,
    CompensationPlan,
    CompensationPlanDrafted,
    CompensationPlanEvent,
    CompensationPlanIsRetired,
    CompensationPlanPeriodFixed,
    CompensationPlanReasonMissing,
    CompensationPlanRetired,
    CompensationPlanSimulated,
    CompensationPlanUnpublished,
    CompensationPlanVersion,
    CompensationPlanVersionPublished,
    CompensationPlanVersionsExhausted,
    ComponentInvalid,
    DraftCompensationPlan,
    FloorInvalid,
    PlanTerms,
    PublishCompensationPlanVersion,
    RetireCompensationPlan,
    SimulateCompensationPlan,
    TermsInvalid,
    TiersInvalid,
    evolve,
    terms_of,
)
from salesapi.domain.pay.plans.plan_assumptions import Assumptions, refuse_useless
from salesapi.domain.pay.plans.plan_problems import problem_of_terms
from salesapi.domain.pay.statements.simulating import simulated
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import PAYERS, Context, Facts, Ref, ThingExists, external_identity
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import PeriodKind, period_named
from salesapi.domain.shared.references import refuse_unknown
from salesapi.domain.shared.states import made_from


def draft(
    state: CompensationPlan | None, command: DraftCompensationPlan, context: Context
) -> tuple[CompensationPlanDrafted, ...]:
    """Decides `DraftCompensationPlan`."""
    if state is not None:
        raise ThingExists(thing="compensation plan", id=str(context.subject_id), pointer="/key")
    exponent(command.currency)
    return (made_from(CompensationPlanDrafted, command),)


def publish(
    state: CompensationPlan, command: PublishCompensationPlanVersion, context: Context
) -> tuple[CompensationPlanVersionPublished, ...]:
    """Decides `PublishCompensationPlanVersion`: every option stated, tables without gaps, short notice only with a reason."""
    if state.is_retired:
        raise CompensationPlanIsRetired(name=state.name)
    if len(state.versions) >= VERSIONS_MAX:
        raise CompensationPlanVersionsExhausted(limit=VERSIONS_MAX)
    if state.versions and state.versions[-1].period != command.period:
        raise CompensationPlanPeriodFixed(period=state.versions[-1].period, pointer="/period")
    _refuse_terms(state, command, command.period, context)
    earliest_on = context.today + timedelta(days=state.notice_days)
    is_short = command.effective_from is None or command.effective_from < earliest_on
    if is_short and command.reason is None:
        raise CompensationPlanReasonMissing(
            earliest_on=earliest_on.isoformat(), notice_days=state.notice_days, pointer="/reason"
        )
    return (
        CompensationPlanVersionPublished(
            plan_version=len(state.versions) + 1,
            period=command.period,
            effective_from=command.effective_from,
            reason=command.reason,
            **terms_of(command),
        ),
    )


def simulate(
    state: CompensationPlan, command: SimulateCompensationPlan, context: Context
) -> tuple[CompensationPlanSimulated, ...]:
    """Decides `SimulateCompensationPlan`: held to the same rules as a version that is published."""
    if not state.versions:
        raise CompensationPlanUnpublished(name=state.name, pointer="/plan_id")
    kind = state.versions[-1].period
    _refuse_terms(state, command, kind, context)
    period = period_named(command.period)
    if period.kind != kind:
        raise CompensationPlanPeriodFixed(period=kind, pointer="/period")
    assumed = Assumptions(quotas=command.assumed_quotas, deals=command.assumed_deals)
    refuse_useless(assumed, period)
    proposal = CompensationPlanVersion(
        number=len(state.versions) + 1, period=kind, effective_from=None, **terms_of(command)
    )
    return (simulated(ledger_of(context), command.plan_id, period, proposal, assumed=assumed),)


def retire(
    state: CompensationPlan, command: RetireCompensationPlan, context: Context
) -> tuple[CompensationPlanRetired, ...]:
    """Decides `RetireCompensationPlan`."""
    if state.is_retired:
        raise CompensationPlanIsRetired(name=state.name)
    return (CompensationPlanRetired(reason=command.reason),)


def _refuse_terms(state: CompensationPlan, terms: PlanTerms, kind: PeriodKind, context: Context) -> None:
    _refuse_problem(terms, kind)
    digits, currency_digits = terms.rounding.digits, exponent(state.currency)
    if digits is not None and digits > currency_digits:
        reason = f"{state.currency} has {currency_digits} decimals, so nothing is posted with {digits}"
        raise TermsInvalid(reason=reason, pointer="/rounding/digits")
    refuse_unknown(terms, context.facts)


def _refuse_problem(terms: PlanTerms, kind: PeriodKind) -> None:
    """Refuses what is wrong with them, under the code of the part that it is in."""
    found = problem_of_terms(terms, kind)
    if found is None:
        return
    match found.pointer.split("/")[1:]:
        case ["components", index, "rate", "tiers", *_]:
            key = terms.components[int(index)].key
            raise TiersInvalid(component=key, reason=found.reason, pointer=found.pointer)
        case ["components", index, *_]:
            key = terms.components[int(index)].key
            raise ComponentInvalid(component=key, reason=found.reason, pointer=found.pointer)
        case ["awards", index, *_]:
            key = terms.awards[int(index)].key
            raise AwardInvalid(award=key, reason=found.reason, pointer=found.pointer)
        case ["guarantee" | "draw" | "advance", *_]:
            raise FloorInvalid(reason=found.reason, pointer=found.pointer)
    raise TermsInvalid(reason=found.reason, pointer=found.pointer)


def _identity(command: DraftCompensationPlan) -> tuple[str, ...]:
    return external_identity(command) or ("key", command.key)


def _needs_ledger(state: CompensationPlan, command: SimulateCompensationPlan, facts: Facts) -> tuple[Ref, ...]:
    return (AT_HEAD,) if state.versions else ()


STREAM: Final = Stream[CompensationPlan, CompensationPlanEvent](
    kind="compensation_plan",
    plural="compensation-plans",
    schemas={CompensationPlanVersionPublished: 2},
    evolve=evolve,
    commands=(
        creates(DraftCompensationPlan, decide=draft, roles=PAYERS, identity=_identity),
        changes(PublishCompensationPlanVersion, decide=publish, roles=PAYERS, target="plan_id"),
        changes(SimulateCompensationPlan, decide=simulate, roles=PAYERS, target="plan_id", needs=_needs_ledger),
        changes(RetireCompensationPlan, decide=retire, roles=PAYERS, target="plan_id"),
    ),
)
