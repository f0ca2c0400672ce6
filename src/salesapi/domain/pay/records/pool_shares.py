"""Share points that leaders give for the pools of their teams (R42, 团队提成二次分配). Stream `pool_shares`.

Identity is (plan, award, period, leader). The leader, or who is above, states points for everybody of the team within the bounds
of the plan; they count once somebody else has approved them, who neither leads the team nor shares in the pool. Until another
statement is approved the approved one counts. The decisions are in `pool_share_decisions.py`.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, MaxLen, MinLen

from salesapi.domain.pay.plans.plan_awards import POOL_MEMBERS_MAX
from salesapi.domain.shared.kernel import About, Key, Reason, Recorded, Refused, record
from salesapi.domain.shared.money import Exact
from salesapi.domain.shared.periods import PeriodText
from salesapi.domain.shared.states import business_date, made_from, replace

PoolSharesStatus: TypeAlias = Literal["stated", "approved", "rejected"]


@record
class PoolShare:
    """What a leader gives a member of the team."""

    member_id: Annotated[UUID, About("The member.")]
    points: Annotated[Exact, Ge(0), About("Share points; the pool is divided in proportion to them.")]


@record
class PoolSharesStated:
    """`stated_by` is the principal, `stater_id` the member that it is, where it is one."""

    plan_id: UUID
    award_key: str
    period: str
    owner_id: UUID
    shares: tuple[PoolShare, ...]
    stated_by: UUID
    stater_id: UUID | None


@record
class PoolSharesApproved:
    """From now on they count. Repeats what was stated, for those who follow approvals only."""

    plan_id: UUID
    award_key: str
    period: str
    owner_id: UUID
    shares: tuple[PoolShare, ...]
    approved_by: UUID


@record
class PoolSharesRejected:
    reason: str


PoolSharesEvent: TypeAlias = PoolSharesStated | PoolSharesApproved | PoolSharesRejected

PoolSharesId: TypeAlias = Annotated[UUID, About("The share points.")]


@record
class StatePoolShares:
    """States the share points of a team's pool for a period, anew or instead of those before. They count once approved."""

    plan_id: Annotated[UUID, About("The compensation plan with the pool.")]
    award_key: Annotated[Key, About("The award of the plan that is the pool, divided by `leader`.")]
    period: Annotated[PeriodText, About("The period of the pool, for example `2026Q1`.")]
    owner_id: Annotated[UUID, About("The leader of the team.")]
    shares: Annotated[
        tuple[PoolShare, ...],
        MinLen(1),
        MaxLen(POOL_MEMBERS_MAX),
        About("Points of everybody who holds the award in the team on a day of the period; nobody else has any."),
    ]


@record
class ApprovePoolShares:
    """Approves what was stated last. Not by who stated it, by the leader, or by who shares in the pool."""

    pool_shares_id: PoolSharesId


@record
class RejectPoolShares:
    """Rejects what was stated last; others can be stated. Points that were approved before go on to count."""

    pool_shares_id: PoolSharesId
    reason: Annotated[Reason, About("Why; stored in clear.")]


class PoolUnknown(Refused):
    """Only a pool of the plan that a leader divides takes share points."""

    code = "pool_shares.no_pool"
    message = "The version that pays the last days of {period} has no pool {award_key} that a leader divides."


class PoolPeriodMismatch(Refused):
    """The plan pays by another kind of period."""

    code = "pool_shares.period_mismatch"
    message = "The plan pays by {period_kind}; {period} is a {sent_kind}."


class PoolDivided(Refused):
    """A locked run has divided the pool for good."""

    code = "pool_shares.period_locked"
    message = "The payout run for {period} is locked and the pool is divided; put an amount right by an adjustment."


class PoolWithoutTeam(Refused):
    """Who leads nobody divides nothing."""

    code = "pool_shares.no_team"
    message = "On no day of {period} is this member the nearest leader of somebody who holds the award."


class PoolMemberTwice(Refused):
    """Each member has one share."""

    code = "pool_shares.member_twice"
    message = "The member {member_id} is named twice."


class PoolMemberForeign(Refused):
    """Only the team shares in its pool."""

    code = "pool_shares.member_foreign"
    message = "The member {member_id} holds the award in this team on no day of {period}."


class PoolMembersMissing(Refused):
    """Nobody of the team is passed over in silence."""

    code = "pool_shares.members_missing"
    message = "State points, or 0 where the plan allows it, for these members of the team, too: {member_ids}."


class PoolSharesOutOfBounds(Refused):
    """A leader is free within the bounds of the plan."""

    code = "pool_shares.out_of_bounds"
    message = "This division is not the plan's: {reason}."


class PoolSharesSettled(Refused):
    """Only what was stated and not decided yet is decided."""

    code = "pool_shares.settled"
    message = "What was stated last is {status} already; state other points first."


@record
class PoolShares:
    """Share points as they are now: `shares` were stated last, `approved_shares` are those that count.

    `settled_on` is the day on which what was stated last was approved or rejected.
    """

    plan_id: UUID
    award_key: str
    period: str
    owner_id: UUID
    status: PoolSharesStatus = "stated"
    shares: tuple[PoolShare, ...]
    approved_shares: tuple[PoolShare, ...] = ()
    stated_by: UUID
    stater_id: UUID | None
    stated_on: date | None = None
    approved_by: UUID | None = None
    settled_on: date | None = None
    rejection_reason: str | None = None

    @property
    def has_been_approved(self) -> bool:
        """True where anything was ever approved."""
        return self.approved_by is not None


def evolve(state: PoolShares | None, event: PoolSharesEvent, recorded: Recorded) -> PoolShares:
    """Folds the stream to its state."""
    on = business_date(recorded)
    if isinstance(event, PoolSharesStated):
        return made_from(
            PoolShares,
            event,
            stated_on=on,
            approved_shares=state.approved_shares if state is not None else (),
            approved_by=state.approved_by if state is not None else None,
        )
    assert state is not None, "share points are stated first"
    match event:
        case PoolSharesApproved():
            return replace(
                state, status="approved", approved_shares=event.shares, approved_by=event.approved_by, settled_on=on
            )
        case PoolSharesRejected():
            return replace(state, status="rejected", rejection_reason=event.reason, settled_on=on)
        case _:
            assert_never(event)
