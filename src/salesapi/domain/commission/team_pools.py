"""R42 in a plan: the pools of all teams in a period, each divided once among its members.

A team is those who have the same nearest leader. A member's days are those in the team on which it is enrolled for the award; the
measure of the team, and each one's contribution, is what the component credited while the member was in it.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final
from uuid import UUID

from salesapi.domain.commission.award_basis import AwardBasis, Awarded, days_held, newest, positions_of
from salesapi.domain.commission.awards import PoolMember, PoolPart, pool_parts, team_pool
from salesapi.domain.commission.wording import in_major, percent
from salesapi.domain.kernel import record
from salesapi.domain.plan_awards import PlanAward, TeamPool

ZERO: Final = Fraction()


@dataclass(slots=True)
class _Team:
    """What counts of one team in the period."""

    days: dict[UUID, int] = field(default_factory=dict)
    contributions: dict[UUID, Fraction] = field(default_factory=dict)
    positions: set[int] = field(default_factory=set)


@record
class _Share:
    """A member's part of one pool."""

    part: PoolPart
    pool_minor: int
    measure: Fraction
    total: Fraction
    """What all that the pool was divided by adds up to."""
    positions: tuple[int, ...]


class TeamPools:
    """The pools of one award in a period."""

    def __init__(self, basis: AwardBasis, award: PlanAward, pool: TeamPool) -> None:
        self._basis = basis
        self._key = award.key
        self._pool = pool

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
            words=lambda: " + ".join(map(self._words, shares)),
        )

    def _words(self, share: _Share) -> str:
        currency, terms = self._basis.currency, self._pool.terms
        pool = f"{percent(Fraction(terms.rate_percent))} % of {in_major(share.measure, currency)} of the team"
        if terms.division == "contribution":
            own, whole = in_major(share.part.weight, currency), in_major(share.total, currency)
        else:
            own, whole = percent(share.part.weight), percent(share.total)
        by = {"equal": "days", "share_points": "points x days", "contribution": "contribution"}[terms.division]
        part = f"{own} of {whole} {by}: {in_major(share.part.part_minor, currency)}"
        return f"{pool} is a pool of {in_major(share.pool_minor, currency)}, {part}"

    @cached_property
    def _shares(self) -> dict[UUID, list[_Share]]:
        points = {each.member_id: each.points for each in self._pool.share_points}
        found: dict[UUID, list[_Share]] = {}
        for _, team in sorted(self._teams().items()):
            measure = sum(team.contributions.values(), ZERO)
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
            pool_minor = team_pool(self._pool.terms, measure)
            parts = pool_parts(self._pool.terms, pool_minor, members)
            total = sum((part.weight for part in parts), ZERO)
            for part in parts:
                share = _Share(
                    part=part, pool_minor=pool_minor, measure=measure, total=total, positions=newest(team.positions)
                )
                found.setdefault(part.member_id, []).append(share)
        return found

    def _is_qualified(self, member_id: UUID) -> bool:
        """By the attainment of the whole period; who has no quota does not qualify."""
        least = self._pool.qualified_from_percent
        if least is None:
            return True
        attained = self._basis.attainment(member_id, self._pool.component)
        return attained is not None and attained >= least

    def _teams(self) -> dict[UUID, _Team]:
        """What counts of each team, by its leader."""
        basis = self._basis
        spans = basis.ledger.team_spans(basis.span)
        found: dict[UUID, _Team] = {}
        for member_id, enrolment in basis.ledger.participants(basis.evaluation.plan_id).items():
            for span in spans:
                leaders = basis.ledger.managers_of(member_id, span.effective_from)[:1]
                days = days_held(enrolment, basis.evaluation.plan_id, self._key, span)
                if leaders and days:
                    team = found.setdefault(leaders[0], _Team())
                    team.days[member_id] = team.days.get(member_id, 0) + days
            for each in basis.credits(member_id, self._pool.component):
                for leader_id in basis.ledger.managers_of(member_id, each.sale.on)[:1]:
                    team = found.setdefault(leader_id, _Team())
                    team.contributions[member_id] = team.contributions.get(member_id, ZERO) + each.amount
                    team.positions |= positions_of((each,))
        return found
