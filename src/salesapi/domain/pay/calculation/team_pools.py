"""R42 in a plan: the pools of all teams in a period, each divided once among its members.

A team is those who have the same nearest leader. A member's days are those in the team on which it is enrolled for the award; the
measure of the team, and each one's contribution, is what the component credited while the member was in it. A pool that a leader
divides and that was held back when its period was locked is paid by the first run after the approval of its share points.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.award_basis import AwardBasis, Awarded, days_held, newest, positions_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.pool_facts import ApprovedShares
from salesapi.domain.pay.plans.plan_awards import PlanAward, TeamPool
from salesapi.domain.pay.reasons.posted_reasons import HeldPool, PoolHeld, PoolShare, PoolShared
from salesapi.domain.pay.rules.pools import PoolDivision, PoolMember, PoolPart, TeamPoolTerms, pool_parts, team_pool
from salesapi.domain.shared.dates import DaySpan
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period

ZERO: Final = Fraction()


@dataclass(slots=True)
class _Team:
    """The days, contributions and events that count of one team in the period."""

    days: dict[UUID, int] = field(default_factory=dict)
    contributions: dict[UUID, Fraction] = field(default_factory=dict)
    positions: set[int] = field(default_factory=set)


@record
class _Share:
    """A member's part of one pool."""

    part: PoolPart
    division: PoolDivision
    pool_minor: int
    measure: Fraction
    total: Fraction
    """What all that the pool was divided by adds up to."""
    positions: tuple[int, ...]


class TeamPools:
    """The pools of one award in a period: of all teams, or only of those of some leaders."""

    def __init__(
        self, basis: AwardBasis, award: PlanAward, pool: TeamPool, leaders: frozenset[UUID] | None = None
    ) -> None:
        self._basis = basis
        self._key = award.key
        self._pool = pool
        self._leaders = leaders

    def of(self, member_id: UUID) -> Awarded | None:
        """A member's parts of the pools of its teams; None where it was in none."""
        shares = self._shares.get(member_id)
        if not shares:
            return None
        posted_minor = sum(share.part.part_minor for share in shares)
        return Awarded(
            rule="R42",
            exact_minor=Fraction(posted_minor),
            posted_minor=posted_minor,
            positions=newest(position for share in shares for position in share.positions),
            reason=PoolShared(shares=tuple(map(self._share, shares))),
        )

    def held_of(self, member_id: UUID) -> Awarded | None:
        """The pools of a member's teams that wait for their leaders' points to be approved; None where none does."""
        teams = [team for team in self._held_back if member_id in team.days]
        if not teams:
            return None
        pools = tuple(HeldPool(pool_minor=self._pool_minor(team)) for team in teams)
        return Awarded(
            rule="R42",
            exact_minor=ZERO,
            positions=newest(position for team in teams for position in team.positions),
            reason=PoolHeld(pools=pools),
            is_held=True,
        )

    def _share(self, share: _Share) -> PoolShare:
        is_money = share.division == "contribution"
        return PoolShare(
            rate_percent=self._pool.terms.rate_percent,
            measure_minor=share.measure,
            pool_minor=share.pool_minor,
            division=share.division,
            part_minor=share.part.part_minor,
            own_minor=share.part.weight if is_money else None,
            whole_minor=share.total if is_money else None,
            own_weight=None if is_money else share.part.weight,
            whole_weight=None if is_money else share.total,
        )

    @cached_property
    def _shares(self) -> dict[UUID, list[_Share]]:
        found: dict[UUID, list[_Share]] = {}
        for leader_id, team in sorted(self._teams.items()):
            for share in self._divided(team, self._given(leader_id)):
                found.setdefault(share.part.member_id, []).append(share)
        return found

    @cached_property
    def _held_back(self) -> list[_Team]:
        """The teams whose pool is held back, where there is anything in it."""
        teams = sorted(self._teams.items())
        held = (team for leader_id, team in teams if self._terms(self._given(leader_id)) is None)
        return [team for team in held if self._pool_minor(team)]

    def _pool_minor(self, team: _Team) -> int:
        return team_pool(self._pool.terms, sum(team.contributions.values(), ZERO))

    def _given(self, leader_id: UUID) -> ApprovedShares | None:
        """The share points of the leader that count."""
        if self._pool.leader is None:
            return None
        basis = self._basis
        return basis.ledger.pool_shares.approved(
            basis.evaluation.plan_id, self._key, period=basis.period.text, owner_id=leader_id
        )

    def _terms(self, given: ApprovedShares | None) -> TeamPoolTerms | None:
        """Finds how the pool of a team is divided; None holds it back."""
        terms, leader = self._pool.terms, self._pool.leader
        if leader is None or given is not None:
            return terms
        return None if leader.until_approved == "held_back" else replace(terms, division=leader.until_approved)

    def _divided(self, team: _Team, given: ApprovedShares | None) -> Iterator[_Share]:
        terms = self._terms(given)
        if terms is None:
            return
        stated = given.shares if given is not None else self._pool.share_points
        points = {each.member_id: each.points for each in stated}
        members = [
            PoolMember(
                member_id=member_id,
                days=days,
                share_points=points.get(member_id, Decimal()),
                contribution=team.contributions.get(member_id, ZERO),
                is_qualified=self._is_qualified(member_id),
            )
            for member_id, days in team.days.items()
        ]
        measure = sum(team.contributions.values(), ZERO)
        pool_minor = team_pool(terms, measure)
        parts = pool_parts(terms, pool_minor, members)
        total = sum((part.weight for part in parts), ZERO)
        positions = newest(team.positions if given is None else {*team.positions, given.position})
        for part in parts:
            yield _Share(
                part=part,
                division=terms.division,
                pool_minor=pool_minor,
                measure=measure,
                total=total,
                positions=positions,
            )

    def _is_qualified(self, member_id: UUID) -> bool:
        """By the attainment of the whole period; who has no quota does not qualify."""
        least = self._pool.qualified_from_percent
        if least is None:
            return True
        attained = self._basis.attainment(member_id, self._pool.component)
        return attained is not None and attained >= least

    @cached_property
    def _teams(self) -> dict[UUID, _Team]:
        """The days and contributions that count of each team that is asked for, by its leader."""
        basis = self._basis
        ledger, plan_id = basis.ledger, basis.evaluation.plan_id
        held = days_in_teams(ledger, plan_id, self._key, basis.span)
        found = {leader_id: _Team(days=days) for leader_id, days in held.items()}
        for member_id in ledger.participants(plan_id):
            for each in basis.credits(member_id, self._pool.component):
                for leader_id in ledger.tree.managers_of(member_id, each.sale.on)[:1]:
                    team = found.setdefault(leader_id, _Team())
                    team.contributions[member_id] = team.contributions.get(member_id, ZERO) + each.amount
                    team.positions |= positions_of((each,))
        return {
            leader_id: team for leader_id, team in found.items() if self._leaders is None or leader_id in self._leaders
        }


def days_in_teams(ledger: PayFacts, plan_id: UUID, award: str, span: DaySpan) -> dict[UUID, dict[UUID, int]]:
    """By leader: on how many of these days each member of the team holds an award of the plan."""
    spans = ledger.tree.spans(span)
    found: dict[UUID, dict[UUID, int]] = {}
    for member_id, enrolment in ledger.participants(plan_id).items():
        for each in spans:
            leaders = ledger.tree.managers_of(member_id, each.effective_from)[:1]
            days = days_held(enrolment, plan_id, award, each)
            if leaders and days:
                team = found.setdefault(leaders[0], {})
                team[member_id] = team.get(member_id, 0) + days
    return found


def approved_late(ledger: PayFacts, plan_id: UUID, period: Period) -> dict[Period, dict[str, frozenset[UUID]]]:
    """Earlier periods, by pool: the leaders whose points were approved first after the run that locked the period.

    The first run that is calculated after it pays such a pool, if it was held back; a later run does not.
    """
    runs = [run for run in ledger.paid.runs_of(plan_id) if run.is_locked and run.period.first_on < period.first_on]
    found: dict[Period, dict[str, frozenset[UUID]]] = {}
    for given in ledger.pool_shares.of_plan(plan_id):
        since = [run for run in runs if run.period.first_on >= given.period.first_on]
        is_locked = any(run.period.text == given.period.text for run in since)
        if is_locked and all(run.position < given.first_position for run in since):
            of_pools = found.setdefault(given.period, {})
            of_pools[given.award_key] = of_pools.get(given.award_key, frozenset()) | {given.owner_id}
    return found
