"""What may happen to the share points of a pool: the decisions of `pool_shares.py`, pure, and the declaration of the stream.

Who is in a team is told as pay tells it: from the ledger at the head of the log.
"""

from collections.abc import Set
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.team_pools import days_in_teams
from salesapi.domain.pay.ledger.ledger_needs import ledger_needed, ledger_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.plan_awards import TeamPool
from salesapi.domain.pay.plans.version_parts import parts_of
from salesapi.domain.pay.records import pool_shares
from salesapi.domain.pay.rules.pools import problem_of_pool_shares
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import GRANTERS, Context, Facts, ThingUnknown, owner_of
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.states import made_from


def state_shares(
    state: pool_shares.PoolShares | None, command: pool_shares.StatePoolShares, context: Context
) -> tuple[pool_shares.PoolSharesStated, ...]:
    """Decides `StatePoolShares`. Stated again alike nothing changes, unless that was rejected."""
    ledger, period = ledger_of(context), period_named(command.period)
    pool = _undivided_pool(state, command, ledger)
    team = days_in_teams(ledger, command.plan_id, command.award_key, period.span()).get(command.owner_id)
    if not team:
        raise pool_shares.PoolWithoutTeam(period=period.text, pointer="/owner_id")
    _refuse_other_team(command.shares, team.keys(), period)
    assert pool.leader is not None, "only a pool that a leader divides was found"
    problem = problem_of_pool_shares(pool.leader, [share.points for share in command.shares])
    if problem is not None:
        raise pool_shares.PoolSharesOutOfBounds(reason=problem.reason, pointer=f"/shares{problem.pointer}")
    if state is not None and state.shares == command.shares and state.status != "rejected":
        return ()
    return (made_from(pool_shares.PoolSharesStated, command, stated_by=context.actor_id, stater_id=context.member_id),)


def approve(
    state: pool_shares.PoolShares, command: pool_shares.ApprovePoolShares, context: Context
) -> tuple[pool_shares.PoolSharesApproved, ...]:
    """Decides `ApprovePoolShares`. The period may have been locked since the points were stated."""
    _refuse_settled(state)
    _undivided_pool(state, state, ledger_of(context))
    return (made_from(pool_shares.PoolSharesApproved, state, approved_by=context.actor_id),)


def reject(
    state: pool_shares.PoolShares, command: pool_shares.RejectPoolShares, context: Context
) -> tuple[pool_shares.PoolSharesRejected, ...]:
    """Decides `RejectPoolShares`."""
    _refuse_settled(state)
    return (pool_shares.PoolSharesRejected(reason=command.reason),)


def _undivided_pool(
    state: pool_shares.PoolShares | None, stated: pool_shares.StatePoolShares | pool_shares.PoolShares, ledger: PayFacts
) -> TeamPool:
    """The pool that a leader divides, of the version that pays the last days of the period.

    After the lock only one that was held back is still to be divided, once.

    Raises:
        ThingUnknown, PoolPeriodMismatch, PoolUnknown, PoolDivided.
    """
    plan_id, award_key, period = stated.plan_id, stated.award_key, period_named(stated.period)
    if not ledger.has_plan(plan_id):
        raise ThingUnknown(thing="compensation plan", id=str(plan_id), pointer="/plan_id")
    plan = ledger.plan(plan_id)
    if plan.versions and plan.versions[-1].period != period.kind:
        raise pool_shares.PoolPeriodMismatch(
            period_kind=plan.versions[-1].period, period=period.text, sent_kind=period.kind, pointer="/period"
        )
    parts = parts_of(plan, period)
    pools = [each.team_pool for each in (parts[-1].version.awards if parts else ()) if each.key == award_key]
    pool = pools[0] if pools else None
    if pool is None or pool.leader is None:
        raise pool_shares.PoolUnknown(period=period.text, award_key=award_key, pointer="/award_key")
    is_locked = any(run.is_locked for run in ledger.paid.runs_of(plan_id) if run.period.text == period.text)
    is_held = pool.is_held_back() and (state is None or not state.has_been_approved)
    if is_locked and not is_held:
        raise pool_shares.PoolDivided(period=period.text, pointer="/period")
    return pool


def _refuse_other_team(shares: tuple[pool_shares.PoolShare, ...], team: Set[UUID], period: Period) -> None:
    named: set[UUID] = set()
    for index, share in enumerate(shares):
        pointer = f"/shares/{index}/member_id"
        if share.member_id in named:
            raise pool_shares.PoolMemberTwice(member_id=str(share.member_id), pointer=pointer)
        if share.member_id not in team:
            raise pool_shares.PoolMemberForeign(member_id=str(share.member_id), period=period.text, pointer=pointer)
        named.add(share.member_id)
    missing = team - named
    if missing:
        raise pool_shares.PoolMembersMissing(member_ids=sorted(map(str, missing)), pointer="/shares")


def _refuse_settled(state: pool_shares.PoolShares) -> None:
    if state.status != "stated":
        raise pool_shares.PoolSharesSettled(status=state.status)


def _identity(command: pool_shares.StatePoolShares) -> tuple[str, ...]:
    return (str(command.plan_id), command.award_key, command.period, str(command.owner_id))


def _parties(state: pool_shares.PoolShares, command: object, facts: Facts) -> Set[UUID]:
    return {state.owner_id, *(share.member_id for share in state.shares)}


STREAM: Final = Stream[pool_shares.PoolShares, pool_shares.PoolSharesEvent](
    kind="pool_shares",
    plural="pool-shares",
    evolve=pool_shares.evolve,
    commands=(
        creates(
            pool_shares.StatePoolShares,
            decide=state_shares,
            roles=GRANTERS,
            identity=_identity,
            verb="state",
            needs=ledger_needed,
            duty=Duty(why="another person has to approve it"),
        ),
        changes(
            pool_shares.ApprovePoolShares,
            decide=approve,
            roles=GRANTERS,
            target="pool_shares_id",
            needs=ledger_needed,
            duty=Duty(
                why="four eyes see how a pool is divided, and none of them get a part",
                apart_from=(pool_shares.PoolSharesStated,),
                benefits=_parties,
            ),
        ),
        changes(
            pool_shares.RejectPoolShares,
            decide=reject,
            roles=GRANTERS,
            target="pool_shares_id",
            duty=Duty(why="nobody turns down what gives them less", benefits=_parties),
        ),
    ),
    owner=owner_of,
)
