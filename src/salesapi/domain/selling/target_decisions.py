"""What may happen to a target: the decisions of `targets.py`, pure, and the declaration of the stream."""

from typing import Final
from uuid import UUID

from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.selling import target_refusals as refusals
from salesapi.domain.selling import targets
from salesapi.domain.selling.targets import Target, TargetEvent, evolve
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty, NotApart
from salesapi.domain.shared.kernel import (
    CLOSERS,
    LEADERS,
    SELLERS,
    Context,
    Facts,
    StreamRef,
    ThingUnknown,
    owner_of,
    refuse_existing,
    roles,
)
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import period_named
from salesapi.domain.shared.references import referred, refuse_unknown
from salesapi.domain.shared.states import made_from


def propose(
    state: Target | None, command: targets.ProposeTarget, context: Context
) -> tuple[targets.TargetProposed, ...]:
    """Decides `ProposeTarget`. Who does not answer for a team is not told what targets it has."""
    refuse_unknown(command, context.facts, "owner_id")
    if command.team_id is not None:
        _refuse_foreign_team(command.owner_id, command.team_id, context.facts)
    refuse_existing(state, context, "target", pointer="")
    period_named(command.period)
    if (command.currency is None) == (command.unit is None):
        raise refusals.TargetUnitAmbiguous(pointer="/currency")
    if command.currency is not None:
        exponent(command.currency, pointer="/currency")
    lines = made_from(targets.TargetLines, command)
    _refuse_unordered(lines, pointer="/challenge")
    if command.parent_target_id is not None:
        _refuse_foreign_parent(command, context.facts)
    return (made_from(targets.TargetProposed, command, lines=lines),)


def split(state: Target, command: targets.SplitTarget, context: Context) -> tuple[targets.TargetSplit, ...]:
    """Decides `SplitTarget`; the children are proposed by `consequences.py` in the same commit."""
    _refuse_closed(state)
    if state.split_count >= targets.SPLITS_MAX:
        raise refusals.TargetLimitReached(limit=targets.SPLITS_MAX, things="splits")
    parts = targets.children_of(state, command)
    _refuse_invalid_parts(state, parts, context.subject_id)
    gap = _gap(state.lines, parts)
    if gap != (command.gap or targets.NO_GAP):
        raise refusals.TargetSplitGap(floor=gap.floor, challenge=gap.challenge, stretch=gap.stretch, pointer="/gap")
    return (targets.TargetSplit(split=state.split_count + 1, lines=state.lines, children=parts, gap=gap),)


def agree(state: Target, command: targets.AgreeTarget, context: Context) -> tuple[targets.TargetAgreed, ...]:
    """Decides `AgreeTarget`: its owner does, or a leader to what the owner proposed. Agreeing again changes nothing."""
    _refuse_closed(state)
    revision = len(state.revisions)
    stated_by = context.acted.get(targets.TargetAdjusted if revision > 1 else targets.TargetProposed)
    is_own = stated_by is not None and stated_by.member_id == state.owner_id
    if context.member_id is None or (not is_own and context.member_id != state.owner_id):
        raise refusals.TargetNotYours()
    if state.revisions[-1].is_agreed:
        return ()
    if is_own and context.member_id == state.owner_id:
        raise NotApart(operation="AgreeTarget", event="TargetAdjusted" if revision > 1 else "TargetProposed")
    return (targets.TargetAgreed(revision=revision, agreed_by=context.member_id),)


def adjust(state: Target, command: targets.AdjustTarget, context: Context) -> tuple[targets.TargetAdjusted, ...]:
    """Decides `AdjustTarget`. The same lines from the same day on change nothing."""
    _refuse_closed(state)
    lines = made_from(targets.TargetLines, command)
    _refuse_unordered(lines, pointer="/challenge")
    period = period_named(state.period)
    if command.effective_on is not None and not period.first_on <= command.effective_on <= period.last_on:
        raise refusals.TargetEffectiveOutside(
            first_on=period.first_on.isoformat(), last_on=period.last_on.isoformat(), pointer="/effective_on"
        )
    latest = state.revisions[-1]
    if (latest.lines, latest.effective_on) == (lines, command.effective_on):
        return ()
    if len(state.revisions) >= targets.REVISIONS_MAX:
        raise refusals.TargetLimitReached(limit=targets.REVISIONS_MAX, things="revisions of its lines")
    revision = len(state.revisions) + 1
    return (made_from(targets.TargetAdjusted, command, revision=revision, lines_from=state.lines, lines_to=lines),)


def close(state: Target, command: targets.CloseTarget, context: Context) -> tuple[targets.TargetClosed, ...]:
    """Decides `CloseTarget`. Closing again with the same result changes nothing."""
    if (state.status, state.result) == ("closed", command.result):
        return ()
    _refuse_closed(state)
    return (targets.TargetClosed(result=command.result, note=command.note),)


def _refuse_closed(state: Target) -> None:
    if state.status == "closed":
        raise refusals.TargetIsClosed()


def _refuse_unordered(lines: targets.TargetLines, pointer: str) -> None:
    if not lines.floor <= lines.challenge <= lines.stretch:
        raise refusals.TargetLinesUnordered(
            floor=lines.floor, challenge=lines.challenge, stretch=lines.stretch, pointer=pointer
        )


def _refuse_foreign_team(owner_id: UUID, team_id: UUID, facts: Facts) -> None:
    teams = facts.state(TREE)
    team = teams.by_id.get(team_id) if isinstance(teams, Teams) else None
    if team is None:
        raise ThingUnknown(thing="team", id=str(team_id), pointer="/team_id")
    if all(leader.value != owner_id for leader in team.leaders):
        raise refusals.TargetOwnerNotLeader(member_id=str(owner_id), pointer="/owner_id")


def _refuse_foreign_parent(command: targets.ProposeTarget, facts: Facts) -> None:
    """A part is measured as its parent is, inside its period, as long as that is open."""
    parent = referred(command, "parent_target_id", Target, facts)
    _refuse_closed(parent)
    if (parent.measure, parent.currency, parent.unit) != (command.measure, command.currency, command.unit):
        raise refusals.TargetParentDiffers(
            measure=parent.measure, unit=parent.currency or parent.unit, pointer="/parent_target_id"
        )
    _refuse_not_nested(command.period, parent.period, pointer="/period")


def _refuse_not_nested(period: str, parent_period: str, pointer: str) -> None:
    inner, outer = period_named(period, pointer=pointer), period_named(parent_period)
    if not (outer.first_on <= inner.first_on and inner.last_on <= outer.last_on):
        raise refusals.TargetPeriodNotNested(period=period, parent_period=parent_period, pointer=pointer)


def _refuse_invalid_parts(state: Target, parts: tuple[targets.TargetPart, ...], target_id: UUID) -> None:
    seen = {target_id}
    for index, part in enumerate(parts):
        _refuse_not_nested(part.period, state.period, pointer=f"/children/{index}/period")
        _refuse_unordered(part.lines, pointer=f"/children/{index}/challenge")
        if part.target_id in seen:
            raise refusals.TargetChildTwice(pointer=f"/children/{index}")
        seen.add(part.target_id)


def _gap(lines: targets.TargetLines, parts: tuple[targets.TargetPart, ...]) -> targets.TargetGap:
    return targets.TargetGap(
        floor=lines.floor - sum(part.lines.floor for part in parts),
        challenge=lines.challenge - sum(part.lines.challenge for part in parts),
        stretch=lines.stretch - sum(part.lines.stretch for part in parts),
    )


def _needs_teams(state: Target | None, command: targets.ProposeTarget, facts: Facts) -> tuple[StreamRef, ...]:
    return (TREE,) if command.team_id else ()


STREAM: Final = Stream[Target, TargetEvent](
    kind="target",
    plural="targets",
    evolve=evolve,
    commands=(
        creates(
            targets.ProposeTarget, decide=propose, roles=SELLERS, identity=targets.target_identity, needs=_needs_teams
        ),
        changes(targets.SplitTarget, decide=split, roles=LEADERS, target="target_id"),
        changes(
            targets.AgreeTarget,
            decide=agree,
            roles=roles("rep", "manager"),
            target="target_id",
            duty=Duty(
                why="two people agree on a target: who states it, and its owner or, to what the owner states, a leader",
                looks_at=(targets.TargetProposed, targets.TargetAdjusted),
            ),
        ),
        changes(targets.AdjustTarget, decide=adjust, roles=LEADERS, target="target_id"),
        changes(targets.CloseTarget, decide=close, roles=CLOSERS, target="target_id"),
    ),
    owner=owner_of,
)
