"""What may happen to an award: the decisions of `awards.py`, pure, and the declaration of the stream."""

from collections.abc import Set
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlan
from salesapi.domain.pay.plans.enrolments import Enrolment, enrolment_ref
from salesapi.domain.pay.records import awards
from salesapi.domain.pay.records.objections import Objection
from salesapi.domain.pay.records.payout_run_states import PayoutRun
from salesapi.domain.pay.rules.recognition import Reward, problem_of_reward
from salesapi.domain.selling.deals import Deal
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import (
    GRANTERS,
    PAYERS,
    Context,
    Facts,
    StreamRef,
    ThingUnknown,
    member_of,
    natural_id,
)
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.references import referred, refuse_unknown
from salesapi.domain.shared.states import made_from

_Paid: TypeAlias = awards.GrantAward | awards.PostAdjustment | awards.ForgiveDraw | awards.Award
"""What a run may pay, or take off what is owed."""


def grant(state: awards.Award | None, command: awards.GrantAward, context: Context) -> tuple[awards.AwardGranted, ...]:
    """Decides `GrantAward`."""
    refuse_unknown(command, context.facts, "member_id")
    problem = problem_of_reward(made_from(Reward, command))
    if problem is not None:
        raise awards.AwardValueUnclear(problem=problem.reason, pointer=problem.pointer)
    if command.currency is not None:
        exponent(command.currency, pointer="/currency")
    if command.period is not None:
        period = period_named(command.period)
        if command.plan_id is not None:
            plan = _plan(command, context)
            _refuse_other_kind(plan, period, "/period")
            if command.currency != plan.currency:
                raise awards.AwardCurrencyMismatch(
                    plan_currency=plan.currency, currency=command.currency, pointer="/currency"
                )
            _refuse_locked(command, context)
    return (made_from(awards.AwardGranted, command, granted_by=context.actor_id, granter_id=context.member_id),)


def post_adjustment(
    state: awards.Award | None, command: awards.PostAdjustment, context: Context
) -> tuple[awards.AwardAdjustmentPosted, ...]:
    """Decides `PostAdjustment`."""
    refuse_unknown(command, context.facts, "member_id")
    plan = _plan(command, context)
    if command.amount_minor == 0:
        raise awards.AwardValueUnclear(problem="An adjustment of nothing adjusts nothing.", pointer="/amount_minor")
    corrected = period_named(command.period_corrected, pointer="/period_corrected")
    period = period_named(command.period)
    _refuse_other_kind(plan, corrected, "/period_corrected")
    _refuse_other_kind(plan, period, "/period")
    if period.first_on < corrected.first_on:
        raise awards.AwardPeriodsReversed(period_corrected=corrected.text, period=period.text, pointer="/period")
    if command.objection_id is not None:
        objection = referred(command, "objection_id", Objection, context.facts)
        if objection.member_id != command.member_id:
            raise awards.AwardObjectionForeign(pointer="/objection_id")
    _refuse_locked(command, context)
    return (
        made_from(
            awards.AwardAdjustmentPosted,
            command,
            currency=plan.currency,
            granted_by=context.actor_id,
            granter_id=context.member_id,
        ),
    )


def forgive_draw(
    state: awards.Award | None, command: awards.ForgiveDraw, context: Context
) -> tuple[awards.AwardDrawForgiven, ...]:
    """Decides `ForgiveDraw`. How much is owed is known only to the run that comes to it."""
    refuse_unknown(command, context.facts, "member_id")
    plan, period = _plan(command, context), period_named(command.period)
    _refuse_other_kind(plan, period, "/period")
    if not any(version.draw or version.advance or version.recovery for version in plan.versions):
        raise awards.AwardPlanWithoutDraw(name=plan.name, pointer="/plan_id")
    enrolment = context.facts.state(enrolment_ref(command.member_id))
    if not isinstance(enrolment, Enrolment) or not enrolment.takes_part_in(command.plan_id):
        raise ThingUnknown(thing="enrolment", id=str(command.member_id), pointer="/member_id")
    _refuse_locked(command, context)
    return (
        made_from(
            awards.AwardDrawForgiven,
            command,
            currency=plan.currency,
            granted_by=context.actor_id,
            granter_id=context.member_id,
        ),
    )


def extend_expiry(
    state: awards.Award | None, command: awards.ExtendExpiry, context: Context
) -> tuple[awards.AwardExpiryExtended, ...]:
    """Decides `ExtendExpiry`. No run is asked: what a locked one paid otherwise, a later one corrects."""
    plan = _plan(command, context)
    releases = (component.release for version in plan.versions for component in version.components)
    if all(release is None or release.expiry is None for release in releases):
        raise awards.AwardPlanWithoutExpiry(name=plan.name, pointer="/plan_id")
    deal = referred(command, "deal_id", Deal, context.facts)
    return (
        made_from(
            awards.AwardExpiryExtended,
            command,
            member_id=deal.owner_id,
            granted_by=context.actor_id,
            granter_id=context.member_id,
        ),
    )


def approve(state: awards.Award, command: awards.ApproveAward, context: Context) -> tuple[awards.AwardApproved, ...]:
    """Decides `ApproveAward`. The period may have been locked since the award was granted."""
    _refuse_settled(state)
    _refuse_locked(state, context)
    is_paid = state.kind != "draw_forgiven"
    return (
        made_from(
            awards.AwardApproved,
            state,
            amount_minor=state.amount_minor if is_paid else None,
            currency=state.currency if is_paid else None,
            approved_by=context.actor_id,
        ),
    )


def revoke(state: awards.Award, command: awards.RevokeAward, context: Context) -> tuple[awards.AwardRevoked, ...]:
    """Decides `RevokeAward`."""
    _refuse_settled(state)
    return (awards.AwardRevoked(reason=command.reason),)


def _beneficiaries(state: awards.Award, command: object, facts: Facts) -> Set[UUID]:
    """Whom it is for; an extension also for those who own the deal or share in it by now."""
    deal = facts.state(StreamRef("deal", state.deal_id)) if state.deal_id is not None else None
    if not isinstance(deal, Deal):
        return {state.member_id}
    return {state.member_id, deal.owner_id, *(share.member_id for share in deal.shares)}


def _refuse_settled(state: awards.Award) -> None:
    if state.status != "granted":
        raise awards.AwardSettled(status=state.status)


def _plan(
    command: awards.GrantAward | awards.PostAdjustment | awards.ForgiveDraw | awards.ExtendExpiry, context: Context
) -> CompensationPlan:
    plan = referred(command, "plan_id", CompensationPlan, context.facts)
    if not plan.versions:
        raise awards.AwardPlanUnpublished(name=plan.name, pointer="/plan_id")
    return plan


def _refuse_other_kind(plan: CompensationPlan, period: Period, pointer: str) -> None:
    kind = plan.versions[-1].period
    if period.kind != kind:
        raise awards.AwardPeriodMismatch(period_kind=kind, period=period.text, sent_kind=period.kind, pointer=pointer)


def _refuse_locked(paid: _Paid, context: Context) -> None:
    for ref in _run_of(paid):
        run = context.facts.state(ref)
        if isinstance(run, PayoutRun) and run.status == "locked":
            raise awards.AwardPeriodLocked(period=run.period, pointer="/period")


def _run_of(paid: _Paid) -> tuple[StreamRef, ...]:
    """The run that pays it, where one does: its identity is (plan, period)."""
    if paid.plan_id is None or paid.period is None:
        return ()
    return (StreamRef("payout_run", natural_id("payout_run", str(paid.plan_id), paid.period)),)


def _needs_run(
    state: awards.Award | None, command: awards.GrantAward | awards.PostAdjustment | awards.ForgiveDraw, facts: Facts
) -> tuple[StreamRef, ...]:
    return _run_of(command)


def _needs_run_and_enrolment(
    state: awards.Award | None, command: awards.ForgiveDraw, facts: Facts
) -> tuple[StreamRef, ...]:
    return (*_run_of(command), enrolment_ref(command.member_id))


def _needs_deal(state: awards.Award, command: awards.RevokeAward, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("deal", state.deal_id),) if state.deal_id is not None else ()


def _needs_deal_or_run(state: awards.Award, command: awards.ApproveAward, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("deal", state.deal_id),) if state.deal_id is not None else _run_of(state)


GRANTING: Final[Duty[object, object]] = Duty(why="another person has to approve it")

STREAM: Final = Stream[awards.Award, awards.AwardEvent](
    kind="award",
    plural="awards",
    evolve=awards.evolve,
    commands=(
        creates(awards.GrantAward, decide=grant, roles=GRANTERS, needs=_needs_run, duty=GRANTING),
        creates(
            awards.PostAdjustment,
            decide=post_adjustment,
            roles=PAYERS,
            verb="post-adjustment",
            needs=_needs_run,
            duty=GRANTING,
        ),
        creates(
            awards.ForgiveDraw,
            decide=forgive_draw,
            roles=PAYERS,
            verb="forgive-draw",
            needs=_needs_run_and_enrolment,
            duty=GRANTING,
        ),
        creates(awards.ExtendExpiry, decide=extend_expiry, roles=GRANTERS, verb="extend-expiry", duty=GRANTING),
        changes(
            awards.ApproveAward,
            decide=approve,
            roles=GRANTERS,
            target="award_id",
            needs=_needs_deal_or_run,
            duty=Duty(
                why="four eyes see what is given, and none of them get it",
                apart_from=(
                    awards.AwardGranted,
                    awards.AwardAdjustmentPosted,
                    awards.AwardDrawForgiven,
                    awards.AwardExpiryExtended,
                ),
                benefits=_beneficiaries,
            ),
        ),
        changes(
            awards.RevokeAward,
            decide=revoke,
            roles=GRANTERS,
            target="award_id",
            needs=_needs_deal,
            duty=Duty(why="nobody takes back what was posted against them", benefits=_beneficiaries),
        ),
    ),
    owner=member_of,
)
