"""Targets: what a member or a team shall reach in a period. Stream `target`: facts, requests, state, fold.

Identity is (member or team, measure, period, dimension). A target has three lines, floor <= challenge <= stretch, as whole
numbers: minor units of its currency, or its unit. A member always answers for it: of a team's target that is a leader of the
team. A split proposes the children in the same commit; they sum to their parent or the gap is stated. Adjusted lines hold
from their effective date; the earlier ones stay. A closed target is final. The decisions are in `target_decisions.py`,
their refusals in `target_refusals.py`.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, MaxLen, MinLen

from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    Key,
    Reason,
    Recorded,
    Refers,
    Title,
    natural_id,
    record,
)
from salesapi.domain.shared.money import Exact
from salesapi.domain.shared.periods import PeriodText
from salesapi.domain.shared.states import business_date, made_from, replace

CHILDREN_MAX: Final = 100
"""Most children of one split."""
SPLITS_MAX: Final = 20
"""Most splits of one target: by quarter, by team, by region."""
REVISIONS_MAX: Final = 50
"""Most times that the lines of one target are set."""
INPUTS_MAX: Final = 20
"""Most inputs of one proposal."""

TargetStatus: TypeAlias = Literal["proposed", "agreed", "closed"]
Line: TypeAlias = Annotated[AmountMinor, Ge(0)]
Floor: TypeAlias = Annotated[
    Line, About("The least that is expected (保底), in minor units of the currency or the unit.")
]
Challenge: TypeAlias = Annotated[Line, About("What is aimed at (挑战), not below the floor.")]
Stretch: TypeAlias = Annotated[Line, About("What would be outstanding (冲刺), not below the challenge.")]


@record
class TargetLines:
    """The three lines, in minor units of the currency or in the unit."""

    floor: Floor
    challenge: Challenge
    stretch: Stretch


@record
class TargetGap:
    """What a target holds more than its children together, line by line; below zero where they hold more."""

    floor: Annotated[AmountMinor, About("Difference of the floors.")]
    challenge: Annotated[AmountMinor, About("Difference of the challenge lines.")]
    stretch: Annotated[AmountMinor, About("Difference of the stretch lines.")]


NO_GAP: Final = TargetGap(floor=0, challenge=0, stretch=0)


@record
class TargetDimension:
    """The part of the business that counts."""

    key: Annotated[Key, About("What is cut by, for example `product_category`, `region` or `customer_type`.")]
    value: Annotated[Title, About("The part, for example `north`.")]


@record
class TargetInput:
    """A number that a proposal rests on."""

    name: Annotated[Key, About("What it is, for example `last_quarter` or `head_count`.")]
    value: Annotated[Exact, About("Its value, a decimal string.")]
    note: Annotated[Title | None, About("Where it comes from.")] = None


@record
class TargetPart:
    """A child as it was split off."""

    target_id: UUID
    owner_id: UUID
    team_id: UUID | None
    period: str
    dimension: TargetDimension | None
    lines: TargetLines


@record
class TargetProposed:
    """A target with the inputs of the proposal. Either `currency` or `unit` is set."""

    owner_id: UUID
    team_id: UUID | None
    measure: str
    period: str
    dimension: TargetDimension | None
    currency: str | None
    unit: str | None
    lines: TargetLines
    basis: tuple[TargetInput, ...]
    parent_target_id: UUID | None


@record
class TargetSplit:
    """The lines were divided among these children; `gap` is what is left."""

    split: int
    lines: TargetLines
    children: tuple[TargetPart, ...]
    gap: TargetGap


@record
class TargetAgreed:
    """The owner acknowledged the lines of this revision."""

    revision: int
    agreed_by: UUID


@record
class TargetAdjusted:
    """New lines from `effective_on` on (null is the whole period); revisions count from 1, the proposal."""

    revision: int
    lines_from: TargetLines
    lines_to: TargetLines
    effective_on: date | None
    reason: str


@record
class TargetClosed:
    """Final: what was reached."""

    result: int
    note: str | None


TargetEvent: TypeAlias = TargetProposed | TargetSplit | TargetAgreed | TargetAdjusted | TargetClosed

TargetId: TypeAlias = Annotated[UUID, About("The target.")]


@record
class ProposeTarget:
    """Proposes what a member, or a team, shall reach in a period. The owner agrees to it later."""

    owner_id: Annotated[
        UUID, Refers("member"), About("The member who answers for it; of a team's target a leader of the team.")
    ]
    measure: Annotated[Key, About("What counts, for example `won_amount`, `received_amount` or `visits`.")]
    period: Annotated[PeriodText, About("A month `2026-03`, a quarter `2026Q1` or a year `2026`.")]
    floor: Floor
    challenge: Challenge
    stretch: Stretch
    team_id: Annotated[UUID | None, About("The team whose result counts; null for the member's own.")] = None
    currency: Annotated[CurrencyCode | None, About("ISO 4217 code where money counts; else send `unit`.")] = None
    unit: Annotated[Key | None, About("What is counted where it is not money, for example `visit`.")] = None
    dimension: Annotated[TargetDimension | None, About("The part of the business that counts, if not all.")] = None
    basis: Annotated[tuple[TargetInput, ...], MaxLen(INPUTS_MAX), About("The numbers that the proposal rests on.")] = ()
    parent_target_id: Annotated[
        UUID | None, Refers("target"), About("The target that this one is a part of, if any.")
    ] = None


@record
class TargetChild:
    """One child of a split. Measure, currency or unit are those of the parent."""

    owner_id: Annotated[UUID, About("The member who answers for it; of a team's target a leader of the team.")]
    floor: Floor
    challenge: Challenge
    stretch: Stretch
    team_id: Annotated[UUID | None, About("The team whose result counts; null for the member's own.")] = None
    period: Annotated[PeriodText | None, About("A period inside the parent's; null is the parent's own.")] = None
    dimension: Annotated[TargetDimension | None, About("The part of the business; null is the parent's own.")] = None


@record
class SplitTarget:
    """Divides a target among children and proposes them, all in one commit. They sum to it, or you state the gap."""

    target_id: TargetId
    children: Annotated[tuple[TargetChild, ...], MinLen(1), MaxLen(CHILDREN_MAX), About("The children.")]
    gap: Annotated[TargetGap | None, About("What they leave of the target, line by line; null is nothing.")] = None


@record
class AgreeTarget:
    """Acknowledges a target. Only its owner does; adjusted lines are agreed to anew."""

    target_id: TargetId


@record
class AdjustTarget:
    """Sets new lines with a reason. The old ones stay visible and hold for the days before."""

    target_id: TargetId
    floor: Floor
    challenge: Challenge
    stretch: Stretch
    reason: Annotated[Reason, About("Why.")]
    effective_on: Annotated[PlannedDate | None, About("First day, inside the period; null is the whole period.")] = None


@record
class CloseTarget:
    """Closes a target with its result. This is final."""

    target_id: TargetId
    result: Annotated[AmountMinor, About("What was reached, in minor units of the currency or the unit.")]
    note: Annotated[Reason | None, About("What explains it, if anything. Stored in clear: no personal data.")] = None


@record
class LinesSet:
    """Lines as they were set once, with their first day; None is the whole period. `reason` is null for the proposal."""

    revision: int
    lines: TargetLines
    effective_on: date | None
    reason: str | None
    is_agreed: bool = False
    agreed_on: date | None = None


@record
class SplitMade:
    """The children of one split."""

    split: int
    lines: TargetLines
    target_ids: tuple[UUID, ...]
    gap: TargetGap


@record
class Target:
    """A target as it is now. Either `currency` or `unit` is set."""

    owner_id: UUID
    team_id: UUID | None
    measure: str
    period: str
    dimension: TargetDimension | None
    currency: str | None
    unit: str | None
    revisions: tuple[LinesSet, ...]
    """The lines in the order in which they were set."""
    parent_target_id: UUID | None = None
    basis: tuple[TargetInput, ...] = ()
    status: TargetStatus = "proposed"
    splits: tuple[SplitMade, ...] = ()
    proposed_on: date | None = None
    result: int | None = None
    closed_on: date | None = None
    note: str | None = None

    @property
    def split_count(self) -> int:
        """The number of the last split; 0 before the first one."""
        return self.splits[-1].split if self.splits else 0

    @property
    def lines(self) -> TargetLines:
        """The lines that were set last."""
        return self.revisions[-1].lines


def target_identity(command: ProposeTarget) -> tuple[str, ...]:
    """The natural key of a target."""
    whose = ("team", str(command.team_id)) if command.team_id else ("member", str(command.owner_id))
    cut = (command.dimension.key, command.dimension.value) if command.dimension else ("", "")
    return (*whose, command.measure, command.period, *cut)


def proposals(state: Target, command: SplitTarget) -> tuple[ProposeTarget, ...]:
    """The children of a split as they are proposed, with what they have from their parent."""
    return tuple(
        made_from(
            ProposeTarget,
            child,
            measure=state.measure,
            period=child.period or state.period,
            currency=state.currency,
            unit=state.unit,
            dimension=child.dimension or state.dimension,
            parent_target_id=command.target_id,
        )
        for child in command.children
    )


def children_of(state: Target, command: SplitTarget) -> tuple[TargetPart, ...]:
    """The children of a split as its fact tells them. Their ids follow from their content."""
    return tuple(
        made_from(
            TargetPart,
            child,
            target_id=natural_id("target", *target_identity(child)),
            lines=made_from(TargetLines, child),
        )
        for child in proposals(state, command)
    )


def evolve(state: Target | None, event: TargetEvent, recorded: Recorded) -> Target:
    """Folds the stream to its state."""
    on = business_date(recorded)
    if isinstance(event, TargetProposed):
        return made_from(
            Target,
            event,
            revisions=(LinesSet(revision=1, lines=event.lines, effective_on=None, reason=None),),
            proposed_on=on,
        )
    assert state is not None, "a target begins with target.proposed"
    match event:
        case TargetSplit():
            ids = tuple(child.target_id for child in event.children)
            made = SplitMade(split=event.split, lines=event.lines, target_ids=ids, gap=event.gap)
            return replace(state, splits=(*state.splits, made))
        case TargetAgreed():
            revisions = tuple(
                replace(each, is_agreed=True, agreed_on=on) if each.revision == event.revision else each
                for each in state.revisions
            )
            return replace(state, status="agreed", revisions=revisions)
        case TargetAdjusted():
            lines = made_from(LinesSet, event, lines=event.lines_to)
            return replace(state, status="proposed", revisions=(*state.revisions, lines))
        case TargetClosed():
            return replace(state, status="closed", result=event.result, closed_on=on, note=event.note)
        case _:
            assert_never(event)
