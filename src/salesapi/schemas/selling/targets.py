"""Wire shapes of targets, with the filter and orders of their list. Lines are minor units of the currency, or the unit."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.selling.targets import TargetGap, TargetInput, TargetLines, TargetStatus
from salesapi.domain.shared.kernel import About, Key, Title, record
from salesapi.domain.shared.periods import PeriodText
from salesapi.schemas.filters import CHOSEN_MAX, Keys, Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class TargetRevision:
    """Lines as they were set once."""

    revision: Annotated[int, About("Its number; 1 is the proposal.")]
    lines: Annotated[TargetLines, About("The lines.")]
    effective_on: Annotated[date | None, About("First day on which they hold; null is the whole period.")]
    reason: Annotated[str | None, About("Why they were set; null for the proposal.")]
    is_agreed: Annotated[bool, About("The owner acknowledged them.")]
    agreed_on: Annotated[date | None, About("Business date of that, where known.")]


@record
class TargetDivision:
    """One split of a target."""

    split: Annotated[int, About("Its number, from 1.")]
    lines: Annotated[TargetLines, About("The lines that were divided.")]
    target_ids: Annotated[tuple[UUID, ...], About("The children.")]
    gap: Annotated[TargetGap, About("What the children left of the target.")]


@record
class Target:
    """What a member or a team shall reach in a period."""

    id: Annotated[UUID, About("The target.")]
    owner_id: Annotated[UUID, About("The member who answers for it.")]
    team_id: Annotated[UUID | None, About("The team whose result counts; null for the member's own.")]
    parent_target_id: Annotated[UUID | None, About("The target that it is a part of.")]
    measure: Annotated[str, About("What counts.")]
    period: Annotated[str, About("The calendar period, for example `2026-03`.")]
    dimension_key: Annotated[str | None, About("What the business is cut by, where only a part counts.")]
    dimension_value: Annotated[str | None, About("The part of the business that counts.")]
    currency: Annotated[str | None, About("ISO 4217 code where money counts.")]
    unit: Annotated[str | None, About("What is counted where it is not money.")]
    status: Annotated[TargetStatus, About("`proposed` until the owner agrees to the latest lines, `agreed`, `closed`.")]
    floor: Annotated[Amount, About("The least that is expected, as set last.")]
    challenge: Annotated[Amount, About("What is aimed at, as set last.")]
    stretch: Annotated[Amount, About("What would be outstanding, as set last.")]
    basis: Annotated[tuple[TargetInput, ...], About("The numbers that the proposal rests on.")]
    revisions: Annotated[tuple[TargetRevision, ...], About("All lines that were ever set, the oldest first.")]
    splits: Annotated[tuple[TargetDivision, ...], About("Its splits, the oldest first.")]
    proposed_on: Annotated[date | None, About("Business date of the proposal.")]
    result: Annotated[Amount | None, About("What was reached; null until it is closed.")]
    closed_on: Annotated[date | None, About("Business date of the closing.")]
    note: Annotated[str | None, About("What explains the result.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class TargetFilter:
    """Which targets. Fields that are not sent do not filter."""

    owner_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    team_id: Annotated[Uuids | None, About("Of any of these teams.")] = None
    parent_target_id: Annotated[Uuids | None, About("Parts of any of these targets.")] = None
    measure: Annotated[Keys | None, About("That count any of these measures.")] = None
    period: Annotated[
        tuple[PeriodText, ...] | None, MinLen(1), MaxLen(CHOSEN_MAX), About("For any of these periods.")
    ] = None
    status: Annotated[tuple[TargetStatus, ...] | None, MinLen(1), MaxLen(3), About("In any of these states.")] = None
    dimension_key: Annotated[Key | None, About("Cut by this.")] = None
    dimension_value: Annotated[Title | None, About("For this part of the business.")] = None


class TargetOrder(StrEnum):
    """Orders of targets."""

    CHANGED_DESC = "changed_desc"
    PERIOD_DESC = "period_desc"
    PERIOD_ASC = "period_asc"
    CHALLENGE_DESC = "challenge_desc"
