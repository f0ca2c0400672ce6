"""What may happen to a compensation plan: the decisions of `compensation_plans.py`, pure, and the declaration of the stream."""

from collections.abc import Set
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.ledger.ledger_needs import AT_HEAD, ledger_needed, ledger_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans import compensation_plans as plans
from salesapi.domain.pay.plans import plan_proposals as proposals
from salesapi.domain.pay.plans.plan_assumptions import Assumptions, refuse_useless
from salesapi.domain.pay.plans.plan_problems import problem_of_terms
from salesapi.domain.pay.statements.simulating import simulated
from salesapi.domain.shared.dates import days_after
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import NOBODY, Duty
from salesapi.domain.shared.kernel import PAYERS, Context, Facts, Ref, ThingExists, external_identity
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import PeriodKind, period_named
from salesapi.domain.shared.references import references, refuse_unknown
from salesapi.domain.shared.states import made_from


def draft(
    state: plans.CompensationPlan | None, command: plans.DraftCompensationPlan, context: Context
) -> tuple[plans.CompensationPlanDrafted, ...]:
    """Decides `DraftCompensationPlan`."""
    if state is not None:
        raise ThingExists(thing="compensation plan", id=str(context.subject_id), pointer="/key")
    exponent(command.currency)
    return (made_from(plans.CompensationPlanDrafted, command),)


def publish(
    state: plans.CompensationPlan, command: plans.PublishCompensationPlanVersion, context: Context
) -> tuple[plans.CompensationPlanVersionPublished, ...]:
    """Decides `PublishCompensationPlanVersion`: every option stated, tables without gaps; nobody is surprised by one alone."""
    _refuse_version(state, command, context)
    earliest_on = days_after(context.today, state.notice_days)
    is_short = command.effective_from is None or command.effective_from < earliest_on
    if is_short and command.reason is None:
        raise plans.CompensationPlanReasonMissing(
            earliest_on=earliest_on.isoformat(), notice_days=state.notice_days, pointer="/reason"
        )
    participants = _participants(state, command, context.facts)
    if is_short and participants:
        raise proposals.CompensationPlanApprovalNeeded(
            earliest_on=earliest_on.isoformat(), participants=len(participants), pointer="/effective_from"
        )
    return (_published(state, command),)


def propose(
    state: plans.CompensationPlan, command: proposals.ProposeCompensationPlanVersion, context: Context
) -> tuple[proposals.CompensationPlanVersionProposed, ...]:
    """Decides `ProposeCompensationPlanVersion`: held to the same rules as a version that is published."""
    _refuse_version(state, command, context)
    return (
        proposals.CompensationPlanVersionProposed(
            proposal=state.proposals + 1,
            period=command.period,
            effective_from=command.effective_from,
            reason=command.reason,
            **plans.terms_of(command),
        ),
    )


def approve(
    state: plans.CompensationPlan, command: proposals.ApproveCompensationPlanVersion, context: Context
) -> tuple[plans.CompensationPlanVersionPublished, ...]:
    """Decides `ApproveCompensationPlanVersion`: what was proposed is checked anew, as the plan and the world are now."""
    proposed = _waiting(state, command.proposal)
    _refuse_version(state, proposed, context)
    return (_published(state, proposed),)


def reject(
    state: plans.CompensationPlan, command: proposals.RejectCompensationPlanVersion, context: Context
) -> tuple[proposals.CompensationPlanProposalRejected, ...]:
    """Decides `RejectCompensationPlanVersion`."""
    _waiting(state, command.proposal)
    return (made_from(proposals.CompensationPlanProposalRejected, command),)


def simulate(
    state: plans.CompensationPlan, command: plans.SimulateCompensationPlan, context: Context
) -> tuple[plans.CompensationPlanSimulated, ...]:
    """Decides `SimulateCompensationPlan`: held to the same rules as a version that is published."""
    if not state.versions:
        raise plans.CompensationPlanUnpublished(name=state.name, pointer="/plan_id")
    kind = state.versions[-1].period
    _refuse_terms(state, command, kind, context)
    period = period_named(command.period)
    if period.kind != kind:
        raise plans.CompensationPlanPeriodFixed(period=kind, pointer="/period")
    assumed = Assumptions(quotas=command.assumed_quotas, deals=command.assumed_deals)
    refuse_useless(assumed, period)
    proposal = plans.CompensationPlanVersion(
        number=len(state.versions) + 1, period=kind, effective_from=None, **plans.terms_of(command)
    )
    return (simulated(ledger_of(context), command.plan_id, period, proposal, assumed=assumed),)


def retire(
    state: plans.CompensationPlan, command: plans.RetireCompensationPlan, context: Context
) -> tuple[plans.CompensationPlanRetired, ...]:
    """Decides `RetireCompensationPlan`."""
    if state.is_retired:
        raise plans.CompensationPlanIsRetired(name=state.name)
    return (plans.CompensationPlanRetired(reason=command.reason),)


_Stated: TypeAlias = (
    plans.PublishCompensationPlanVersion | proposals.ProposeCompensationPlanVersion | plans.CompensationPlanProposal
)
"""A version as it is to be published."""


def _published(state: plans.CompensationPlan, stated: _Stated) -> plans.CompensationPlanVersionPublished:
    return plans.CompensationPlanVersionPublished(
        plan_version=len(state.versions) + 1,
        period=stated.period,
        effective_from=stated.effective_from,
        reason=stated.reason,
        **plans.terms_of(stated),
    )


def _waiting(state: plans.CompensationPlan, proposal: int) -> plans.CompensationPlanProposal:
    waiting = [each for each in state.proposed if each.proposal == proposal]
    if not waiting:
        raise proposals.CompensationPlanProposalUnknown(
            proposal=proposal, waiting=[str(each.proposal) for each in state.proposed] or ["none"], pointer="/proposal"
        )
    return waiting[0]


def _refuse_version(state: plans.CompensationPlan, stated: _Stated, context: Context) -> None:
    if state.is_retired:
        raise plans.CompensationPlanIsRetired(name=state.name)
    if len(state.versions) >= plans.VERSIONS_MAX:
        raise plans.CompensationPlanVersionsExhausted(limit=plans.VERSIONS_MAX)
    if state.versions and state.versions[-1].period != stated.period:
        raise plans.CompensationPlanPeriodFixed(period=state.versions[-1].period, pointer="/period")
    _refuse_terms(state, stated, stated.period, context)


def _refuse_terms(state: plans.CompensationPlan, terms: plans.PlanTerms, kind: PeriodKind, context: Context) -> None:
    _refuse_problem(terms, kind)
    digits, currency_digits = terms.rounding.digits, exponent(state.currency)
    if digits is not None and digits > currency_digits:
        reason = f"{state.currency} has {currency_digits} decimals, so nothing is posted with {digits}"
        raise plans.TermsInvalid(reason=reason, pointer="/rounding/digits")
    refuse_unknown(terms, context.facts)


def _refuse_problem(terms: plans.PlanTerms, kind: PeriodKind) -> None:
    """Refuses what is wrong with them, under the code of the part that it is in."""
    found = problem_of_terms(terms, kind)
    if found is None:
        return
    match found.pointer.split("/")[1:]:
        case ["components", index, "rate", "tiers", *_]:
            key = terms.components[int(index)].key
            raise plans.TiersInvalid(component=key, reason=found.reason, pointer=found.pointer)
        case ["components", index, *_]:
            key = terms.components[int(index)].key
            raise plans.ComponentInvalid(component=key, reason=found.reason, pointer=found.pointer)
        case ["awards", index, *_]:
            key = terms.awards[int(index)].key
            raise plans.AwardInvalid(award=key, reason=found.reason, pointer=found.pointer)
        case ["guarantee" | "draw" | "advance", *_]:
            raise plans.FloorInvalid(reason=found.reason, pointer=found.pointer)
    raise plans.TermsInvalid(reason=found.reason, pointer=found.pointer)


def _identity(command: plans.DraftCompensationPlan) -> tuple[str, ...]:
    return external_identity(command) or ("key", command.key)


_OfPlan: TypeAlias = (
    plans.PublishCompensationPlanVersion
    | proposals.ProposeCompensationPlanVersion
    | proposals.ApproveCompensationPlanVersion
    | proposals.RejectCompensationPlanVersion
)


def _needs_ledger(
    state: plans.CompensationPlan, command: plans.SimulateCompensationPlan, facts: Facts
) -> tuple[Ref, ...]:
    return (AT_HEAD,) if state.versions else ()


def _needs_ledger_and_referred(
    state: plans.CompensationPlan, command: proposals.ApproveCompensationPlanVersion, facts: Facts
) -> tuple[Ref, ...]:
    return (AT_HEAD, *(each.ref for proposed in state.proposed for each in references(proposed)))


def _participants(state: plans.CompensationPlan, command: _OfPlan, facts: Facts) -> Set[UUID]:
    """Whoever was ever enrolled in the plan: they are, or may have been, paid by it."""
    ledger = facts.state(AT_HEAD)
    return ledger.participants(command.plan_id).keys() if isinstance(ledger, PayFacts) else NOBODY


PUBLISHING: Final[Duty[plans.CompensationPlan, _OfPlan]] = Duty(
    why="nobody says by what they themselves are paid", benefits=_participants, is_for_systems=True
)

STREAM: Final = Stream[plans.CompensationPlan, plans.CompensationPlanEvent](
    kind="compensation_plan",
    plural="compensation-plans",
    schemas={plans.CompensationPlanVersionPublished: 2},
    evolve=plans.evolve,
    commands=(
        creates(plans.DraftCompensationPlan, decide=draft, roles=PAYERS, identity=_identity),
        changes(
            plans.PublishCompensationPlanVersion,
            decide=publish,
            roles=PAYERS,
            target="plan_id",
            needs=ledger_needed,
            duty=PUBLISHING,
        ),
        changes(
            proposals.ProposeCompensationPlanVersion,
            decide=propose,
            roles=PAYERS,
            target="plan_id",
            needs=ledger_needed,
            duty=PUBLISHING,
        ),
        changes(
            proposals.ApproveCompensationPlanVersion,
            decide=approve,
            roles=PAYERS,
            target="plan_id",
            needs=_needs_ledger_and_referred,
            duty=Duty(
                why="four eyes see what changes pay at short notice, and none of them are paid by it",
                apart_from=(proposals.CompensationPlanVersionProposed,),
                benefits=_participants,
            ),
        ),
        changes(
            proposals.RejectCompensationPlanVersion,
            decide=reject,
            roles=PAYERS,
            target="plan_id",
            needs=ledger_needed,
            duty=PUBLISHING,
        ),
        changes(plans.SimulateCompensationPlan, decide=simulate, roles=PAYERS, target="plan_id", needs=_needs_ledger),
        changes(plans.RetireCompensationPlan, decide=retire, roles=PAYERS, target="plan_id"),
    ),
)
