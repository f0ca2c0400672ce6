"""What may happen to a deal: the decisions of `deals.py`, pure, and the declaration of the stream."""

from collections.abc import Set
from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from salesapi.domain.selling import deal_progress, deals
from salesapi.domain.selling import deal_refusals as refusals
from salesapi.domain.selling.pipelines import Pipeline, PipelineIsRetired, PipelineVersion, Stage, StageCategory
from salesapi.domain.shared.attributes import changed_values, definitions_needed, merged, refuse_invalid_values
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import (
    LEADERS,
    SELLERS,
    Context,
    Facts,
    StreamRef,
    ThingUnknown,
    external_identity,
    occurred_on,
    owner_of,
    refuse_existing,
)
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.references import referred, refuse_unknown
from salesapi.domain.shared.states import differing, made_from

SKIP_STAGES: Final = "deal.skip_stages"
MOVE_BACK: Final = "deal.move_back"


def open_deal(state: deals.Deal | None, command: deals.OpenDeal, context: Context) -> tuple[deals.DealOpened, ...]:
    """Decides `OpenDeal`."""
    refuse_existing(state, context, "deal")
    pipeline = referred(command, "pipeline_id", Pipeline, context.facts)
    if pipeline.is_retired:
        raise PipelineIsRetired(name=pipeline.name, pointer="/pipeline_id")
    if not pipeline.versions:
        raise refusals.PipelineUnpublished(pointer="/pipeline_id")
    version = pipeline.versions[-1]
    stage = _entry_stage(version, command.stage)
    refuse_unknown(command, context.facts, "owner_id", "customer_id", "lead_id")
    _refuse_invalid_lines(command.lines, context.facts)
    _refuse_incomplete_amount(command.amount_minor, command.currency)
    refuse_invalid_values("deal", command, context.facts)
    opened = made_from(
        deals.DealOpened,
        command,
        pipeline_version=version.number,
        stage=stage.key,
        attributes=merged((), sent=command.attributes),
    )
    _refuse_missing_fields(stage, opened)
    return (opened,)


def change_deal(state: deals.Deal, command: deals.ChangeDeal, context: Context) -> tuple[deals.DealChanged, ...]:
    """Decides `ChangeDeal`. Attributes may be corrected after closing, and the others with them."""
    _refuse_voided(state)
    refuse_invalid_values("deal", command, context.facts)
    attributes = changed_values(state.attributes, sent=command.attributes)
    changes = differing(deals.DealChanged, command, known=state, attributes=attributes)
    return (changes,) if changes != deals.DealChanged() else ()


def link_customer(
    state: deals.Deal, command: deal_progress.LinkDealCustomer, context: Context
) -> tuple[deals.DealCustomerLinked, ...]:
    """Decides `LinkDealCustomer`. Allowed after closing too: who the customer is does not depend on the outcome."""
    _refuse_voided(state)
    refuse_unknown(command, context.facts)
    linked = deals.DealCustomerLinked(customer_from=state.customer_id, customer_to=command.customer_id)
    return (linked,) if linked.customer_from != linked.customer_to else ()


def change_stage(
    state: deals.Deal, command: deal_progress.ChangeDealStage, context: Context
) -> tuple[deals.DealStageChanged, ...]:
    """Decides `ChangeDealStage`: only defined transitions; skip and backward with permission and reason."""
    _refuse_closed(state)
    version = _pinned(state, context.facts)
    stage = _stage(version, command.stage_to)
    if stage.key == state.stage:
        return ()
    direction = version.direction(stage_from=state.stage, stage_to=stage.key)
    if direction is None or stage.category != "open":
        raise _not_allowed(version, state.stage, stage.key)
    if direction != "forward":
        permission = SKIP_STAGES if direction == "skip" else MOVE_BACK
        ends = {"direction": direction, "stage_from": state.stage, "stage_to": stage.key}
        if permission not in context.permissions:
            raise refusals.TransitionNeedsPermission(permission=permission, pointer="/stage_to", **ends)
        if command.reason is None:
            raise refusals.TransitionNeedsReason(pointer="/reason", **ends)
    _refuse_missing_fields(stage, state)
    return (
        deals.DealStageChanged(
            stage_from=state.stage,
            stage_to=stage.key,
            direction=direction,
            stages_skipped=version.skipped(stage_from=state.stage, stage_to=stage.key) if direction == "skip" else (),
            reason=command.reason,
        ),
    )


def change_lines(
    state: deals.Deal, command: deal_progress.ChangeDealLines, context: Context
) -> tuple[deals.DealLinesChanged, ...]:
    """Decides `ChangeDealLines`."""
    _refuse_closed(state)
    _refuse_invalid_lines(command.lines, context.facts)
    return (deals.DealLinesChanged(lines=command.lines),) if command.lines != state.lines else ()


def value(state: deals.Deal, command: deal_progress.ValueDeal, context: Context) -> tuple[deals.DealValued, ...]:
    """Decides `ValueDeal`."""
    _refuse_closed(state)
    exponent(command.currency, pointer="/currency")
    if (command.amount_minor, command.currency) == (state.amount_minor, state.currency):
        return ()
    return (deals.DealValued(amount_minor=command.amount_minor, currency=command.currency),)


def move_close_date(
    state: deals.Deal, command: deal_progress.MoveDealCloseDate, context: Context
) -> tuple[deals.DealCloseDateMoved, ...]:
    """Decides `MoveDealCloseDate`."""
    _refuse_closed(state)
    if command.expected_close_on == state.expected_close_on:
        return ()
    moved = deals.DealCloseDateMoved(
        close_on_from=state.expected_close_on, close_on_to=command.expected_close_on, reason=command.reason
    )
    return (moved,)


def declare(
    state: deals.Deal, command: deal_progress.DeclareDealConfidence, context: Context
) -> tuple[deals.DealConfidenceDeclared, ...]:
    """Decides `DeclareDealConfidence`."""
    _refuse_closed(state)
    is_said = (command.confidence, command.reason) == (state.confidence, state.confidence_reason)
    return () if is_said else (deals.DealConfidenceDeclared(confidence=command.confidence, reason=command.reason),)


def reassign(
    state: deals.Deal, command: deal_progress.ReassignDeal, context: Context
) -> tuple[deals.DealReassigned, ...]:
    """Decides `ReassignDeal`."""
    _refuse_closed(state)
    refuse_unknown(command, context.facts)
    reassigned = deals.DealReassigned(owner_from=state.owner_id, owner_to=command.owner_id, reason=command.reason)
    return (reassigned,) if reassigned.owner_from != reassigned.owner_to else ()


def change_team(
    state: deals.Deal, command: deal_progress.ChangeDealTeam, context: Context
) -> tuple[deals.DealTeamChanged, ...]:
    """Decides `ChangeDealTeam`: direct shares sum to 100, or there are none and the owner has all."""
    _refuse_closed(state)
    for share in command.shares:
        if context.facts.state(StreamRef("member", share.member_id)) is None:
            raise ThingUnknown(thing="member", id=str(share.member_id), pointer="/shares")
    direct = [share.percent for share in command.shares if share.kind == "direct"]
    if direct and sum(direct) != Decimal(100):
        raise refusals.SharesNotWhole(sum=str(sum(direct)), pointer="/shares")
    return (deals.DealTeamChanged(shares=command.shares),) if command.shares != state.shares else ()


def win(state: deals.Deal, command: deal_progress.WinDeal, context: Context) -> tuple[deals.DealWon, ...]:
    """Decides `WinDeal`: needs an amount and a closing date, and a way to a won end."""
    _refuse_closed(state)
    _refuse_incomplete_amount(command.amount_minor, command.currency)
    occurred_on(context)
    amount_minor = state.amount_minor if command.amount_minor is None else command.amount_minor
    currency = command.currency or state.currency
    if amount_minor is None or currency is None:
        raise refusals.AmountMissing(pointer="/amount_minor")
    end = _end(state, "won", context.facts)
    valued = replace(state, amount_minor=amount_minor, currency=currency)
    _refuse_missing_fields(end, valued, reason=command.reason)
    return (
        made_from(
            deals.DealWon,
            state,
            stage_from=state.stage,
            stage_to=end.key,
            amount_minor=amount_minor,
            currency=currency,
            reason=command.reason,
        ),
    )


def lose(state: deals.Deal, command: deal_progress.LoseDeal, context: Context) -> tuple[deals.DealLost, ...]:
    """Decides `LoseDeal`."""
    _refuse_closed(state)
    end = _end(state, "lost", context.facts)
    _refuse_missing_fields(end, state, reason=command.reason)
    return (made_from(deals.DealLost, command, stage_from=state.stage, stage_to=end.key),)


def reopen(state: deals.Deal, command: deal_progress.ReopenDeal, context: Context) -> tuple[deals.DealReopened, ...]:
    """Decides `ReopenDeal`."""
    if state.status not in ("won", "lost"):
        raise refusals.DealNotClosed(status=state.status)
    assert state.stage_before_closing is not None
    stage = _stage(_pinned(state, context.facts), command.stage_to or state.stage_before_closing)
    if stage.category != "open":
        raise refusals.TransitionNotAllowed(stage_from=state.stage, stage_to=stage.key, stages=(), pointer="/stage_to")
    was_won = state.status == "won"
    return (
        deals.DealReopened(
            status_from=state.status,
            stage_from=state.stage,
            stage_to=stage.key,
            reason=command.reason,
            amount_minor=state.amount_minor if was_won else None,
            currency=state.currency if was_won else None,
        ),
    )


def void(state: deals.Deal, command: deals.VoidDeal, context: Context) -> tuple[deals.DealVoided, ...]:
    """Decides `VoidDeal`."""
    _refuse_voided(state)
    return (deals.DealVoided(status_from=state.status, stage_from=state.stage, reason=command.reason),)


def _refuse_voided(state: deals.Deal) -> None:
    if state.status == "voided":
        raise refusals.DealClosed(status="voided")


def _refuse_closed(state: deals.Deal) -> None:
    if state.status != "open":
        raise refusals.DealClosed(status=state.status)


def _refuse_invalid_lines(lines: tuple[deals.DealLine, ...], facts: Facts) -> None:
    for index, line in enumerate(lines):
        refuse_unknown(line, facts, at=f"/lines/{index}")
        if line.unit_price is not None:
            exponent(line.unit_price.currency, pointer=f"/lines/{index}/unit_price/currency")


def _refuse_incomplete_amount(amount_minor: int | None, currency: str | None) -> None:
    if (amount_minor is None) != (currency is None):
        raise refusals.AmountIncomplete(pointer="/currency" if currency is None else "/amount_minor")
    if currency is not None:
        exponent(currency, pointer="/currency")


def _refuse_missing_fields(stage: Stage, deal: deals.Deal | deals.DealOpened, reason: str | None = None) -> None:
    values: dict[str, object] = {
        "customer_id": deal.customer_id,
        "amount_minor": deal.amount_minor,
        "expected_close_on": deal.expected_close_on,
        "lines": deal.lines or None,
        "reason": reason,
    }
    known = {value.key for value in deal.attributes}
    missing: list[str] = [name for name in stage.required_fields if values[name] is None]
    missing += [f"attributes.{key}" for key in stage.required_attributes if key not in known]
    if missing:
        raise refusals.RequiredFieldsMissing(stage=stage.key, fields=missing)


def _pinned(state: deals.Deal, facts: Facts) -> PipelineVersion:
    pipeline = facts.state(StreamRef("pipeline", state.pipeline_id))
    assert isinstance(pipeline, Pipeline), "a deal's pipeline exists"
    return pipeline.version(state.pipeline_version)


def _end(state: deals.Deal, category: StageCategory, facts: Facts) -> Stage:
    version = _pinned(state, facts)
    end = version.end(category, state.stage)
    if end is None:
        raise _not_allowed(version, state.stage, category)
    return end


def _stage(version: PipelineVersion, key: str, pointer: str = "/stage_to") -> Stage:
    stage = version.stage(key)
    if stage is None:
        stages = [stage.key for stage in version.stages]
        raise refusals.StageUnknown(pipeline_version=version.number, stage=key, stages=stages, pointer=pointer)
    return stage


def _entry_stage(version: PipelineVersion, key: str | None) -> Stage:
    entries = [stage for stage in version.stages if stage.is_entry]
    stage = entries[0] if key is None else _stage(version, key, pointer="/stage")
    if not stage.is_entry:
        raise refusals.StageNotEntry(stage=stage.key, stages=[stage.key for stage in entries], pointer="/stage")
    return stage


def _not_allowed(version: PipelineVersion, stage_from: str, stage_to: str) -> refusals.TransitionNotAllowed:
    open_ways = [way.stage_to for way in version.transitions if way.stage_from == stage_from]
    return refusals.TransitionNotAllowed(
        stage_from=stage_from, stage_to=stage_to, stages=open_ways, pointer="/stage_to"
    )


def _needs_pipeline(state: deals.Deal, command: object, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("pipeline", state.pipeline_id),)


def _gaining(state: deals.Deal, command: deal_progress.ChangeDealTeam, facts: Facts) -> Set[UUID]:
    """Those who have a larger part in the deal afterwards than before, by any kind of share."""
    before, after = deals.parts_of(state.shares, state.owner_id), deals.parts_of(command.shares, state.owner_id)
    return {of[0] for of, percent in after.items() if percent > before.get(of, 0)}


STREAM: Final = Stream[deals.Deal, deals.DealEvent](
    kind="deal",
    plural="deals",
    evolve=deals.evolve,
    commands=(
        creates(
            deals.OpenDeal,
            decide=open_deal,
            roles=SELLERS,
            identity=external_identity,
            needs=definitions_needed("deal"),
        ),
        changes(
            deals.ChangeDeal, decide=change_deal, roles=SELLERS, target="deal_id", needs=definitions_needed("deal")
        ),
        changes(deal_progress.LinkDealCustomer, decide=link_customer, roles=SELLERS, target="deal_id"),
        changes(
            deal_progress.ChangeDealStage, decide=change_stage, roles=SELLERS, target="deal_id", needs=_needs_pipeline
        ),
        changes(deal_progress.ChangeDealLines, decide=change_lines, roles=SELLERS, target="deal_id"),
        changes(deal_progress.ValueDeal, decide=value, roles=SELLERS, target="deal_id"),
        changes(deal_progress.MoveDealCloseDate, decide=move_close_date, roles=SELLERS, target="deal_id"),
        changes(deal_progress.DeclareDealConfidence, decide=declare, roles=SELLERS, target="deal_id"),
        changes(deal_progress.ReassignDeal, decide=reassign, roles=LEADERS, target="deal_id"),
        changes(
            deal_progress.ChangeDealTeam,
            decide=change_team,
            roles=LEADERS,
            target="deal_id",
            duty=Duty(why="nobody gives themselves a larger share", benefits=_gaining, is_personal=False),
        ),
        changes(deal_progress.WinDeal, decide=win, roles=SELLERS, target="deal_id", needs=_needs_pipeline),
        changes(deal_progress.LoseDeal, decide=lose, roles=SELLERS, target="deal_id", needs=_needs_pipeline),
        changes(deal_progress.ReopenDeal, decide=reopen, roles=LEADERS, target="deal_id", needs=_needs_pipeline),
        changes(deals.VoidDeal, decide=void, roles=LEADERS, target="deal_id"),
    ),
    owner=owner_of,
)
