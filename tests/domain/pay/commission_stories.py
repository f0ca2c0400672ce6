"""Builders for stories about pay: a log in memory whose events are applied to a ledger one after the other."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self, TypeAlias
from uuid import UUID

from salesapi.domain.organisation.teams import TREE, TeamFormed, TeamLeaderAppointed, TeamMembershipChanged
from salesapi.domain.pay.calculation.earnings import Earnings
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.postings import line_of
from salesapi.domain.pay.ledger.pay_facts import PayEvent, PayFacts
from salesapi.domain.pay.ledger.payout_facts import PostedKey
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanDrafted, CompensationPlanVersionPublished
from salesapi.domain.pay.plans.enrolments import EnrolmentBegun, EnrolmentParticipantLeft, EnrolmentQuotaSet
from salesapi.domain.pay.plans.plan_components import Component, CreditKind, Rounding
from salesapi.domain.pay.plans.plan_rates import FlatRate
from salesapi.domain.pay.records.awards import AwardApproved, AwardDrawForgiven, AwardExpiryExtended
from salesapi.domain.pay.records.payout_runs import PayoutRunLocked, PayoutRunOpened, StatementLine
from salesapi.domain.pay.rules.plan_versions_and_leavers import LeavingReason
from salesapi.domain.pay.rules.tables import AppliesTo, Tier, TierBoundary, TierTable
from salesapi.domain.pay.statements.statements import (
    Statement,
    digest_of,
    digest_of_digests,
    issued_parts,
    statements_of,
)
from salesapi.domain.selling.deals import DealReopened, DealShare, DealTeamChanged, DealVoided, DealWon
from salesapi.domain.shared.kernel import BusinessTime, Recorded, natural_id
from salesapi.domain.shared.periods import PeriodKind, period_named
from tests.spec import day, uid

TierMode: TypeAlias = Literal["marginal", "retroactive"]

PLAN = uid(0xF1)
ANN, BOB, CID, DAN = uid(0xA), uid(0xB), uid(0xC), uid(0xD)
BY_LINE = Rounding(scope="line", mode="half_up")


APPLIES_TO: dict[TierMode, AppliesTo] = {"marginal": "new", "retroactive": "all"}


def tiers(*bounds_and_rates: tuple[int, int | None, str], mode: TierMode = "marginal") -> tuple[Tier, ...]:
    """Tiers as (lower, upper, rate in percent)."""
    return tuple(
        Tier(
            lower=Decimal(lower),
            upper=None if upper is None else Decimal(upper),
            rate_percent=Decimal(rate),
            applies_to=APPLIES_TO[mode],
        )
        for lower, upper, rate in bounds_and_rates
    )


TABLE_T = ((0, 8_000_000, "2"), (8_000_000, 12_000_000, "3"), (12_000_000, None, "4.5"))
"""2% to 80,000; 3% from 80,000 to 120,000; 4.5% above."""


def table(mode: TierMode, boundary: TierBoundary = "lower_inclusive") -> TierTable:
    """Table T in a mode."""
    return TierTable(axis="amount", boundary=boundary, tiers=tiers(*TABLE_T, mode=mode))


def flat(rate: str, credit: CreditKind = "direct", key: str = "base", **options: Any) -> Component:
    """A component with a flat rate; `options` are further fields of the rate."""
    return Component(key=key, name=key, credit=credit, rate=FlatRate(rate_percent=Decimal(rate), **options))


def tiered(mode: TierMode, boundary: TierBoundary = "lower_inclusive") -> Component:
    """A component with table T."""
    return Component(key="base", name="Base", credit="direct", rate=table(mode, boundary))


def share(member_id: UUID, percent: str, kind: str = "direct") -> DealShare:
    """A part in a deal."""
    return DealShare(member_id=member_id, kind="overlay" if kind == "overlay" else "direct", percent=Decimal(percent))


def on_day(text: str | None) -> date | None:
    """A day, or none."""
    return None if text is None else date.fromisoformat(text)


@dataclass
class Log:
    """Facts in their order; positions count from 1."""

    ledger: PayFacts = field(default_factory=PayFacts)
    head: int = 0

    def add(self, stream_id: UUID, event: PayEvent, on: str | None = None) -> int:
        """Appends one event; answers its position."""
        self.head += 1
        occurred: BusinessTime | None = day(on) if on else None
        self.ledger.apply(
            event, Recorded(position=self.head, version=self.head, stream_id=stream_id, occurred=occurred)
        )
        return self.head

    def plan(
        self,
        *components: Component,
        currency: str = "USD",
        rounding: Rounding = BY_LINE,
        **terms: Any,
    ) -> Self:
        """A plan with one version that always applies, quarterly unless said; `terms` are further fields of a version."""
        drafted = CompensationPlanDrafted(
            key="plan", name="Plan", currency=currency, legal_entity=None, external_id=None
        )
        self.add(PLAN, drafted)
        self.publish(1, *components, rounding=rounding, **terms)
        return self

    def publish(
        self,
        number: int,
        *components: Component,
        effective_from: str | None = None,
        rounding: Rounding = BY_LINE,
        period: PeriodKind = "quarter",
        **terms: Any,
    ) -> int:
        """A further version of the plan."""
        return self.add(
            PLAN,
            CompensationPlanVersionPublished(
                plan_version=number,
                period=period,
                components=components,
                rounding=rounding,
                effective_from=date.fromisoformat(effective_from) if effective_from else None,
                reason=None,
                **terms,
            ),
        )

    def enrol(self, *members: UUID) -> Self:
        """Members who always hold all components."""
        for member_id in members:
            self.enrol_from(member_id, None)
        return self

    def enrol_from(self, member_id: UUID, since: str | None, until: str | None = None, **agreed: Any) -> int:
        """A member takes part for some days; answers the position."""
        agreed = {"component_keys": None, **agreed}
        begun = EnrolmentBegun(
            member_id=member_id, plan_id=PLAN, effective_from=on_day(since), effective_until=on_day(until), **agreed
        )
        return self.add(member_id, begun)

    def leave(self, member_id: UUID, on: str, leaving: LeavingReason = "resignation") -> int:
        """A member leaves after its last day."""
        left = EnrolmentParticipantLeft(member_id=member_id, left_on=date.fromisoformat(on), leaving=leaving)
        return self.add(member_id, left)

    def team(self, leader: UUID, *members: UUID, since: str | None = None) -> None:
        """Members in one team with a leader."""
        team_id = uid(0x7100_0000 + leader.int)
        self.form(team_id, leader=leader, since=since)
        self.join(team_id, *members, since=since)

    def form(
        self, team_id: UUID, *, leader: UUID | None = None, parent: UUID | None = None, since: str | None = None
    ) -> None:
        """A team, within another one and with a leader where they are named."""
        formed = TeamFormed(
            team_id=team_id, name="Team", parent_id=parent, region=None, effective_from=on_day(since), external_id=None
        )
        self.add(TREE.id, formed)
        if leader is not None:
            self.add(TREE.id, TeamLeaderAppointed(team_id=team_id, member_id=leader, effective_from=on_day(since)))

    def join(self, team_id: UUID, *members: UUID, since: str | None = None, until: str | None = None) -> None:
        """Members are in a team for some days."""
        for member_id in members:
            joined = TeamMembershipChanged(
                team_id=team_id, member_id=member_id, effective_from=on_day(since), effective_until=on_day(until)
            )
            self.add(TREE.id, joined)

    def quota(self, member_id: UUID, amount_minor: int, period: str = "2026Q1", currency: str = "USD") -> int:
        """A member's quota for a period."""
        return self.add(
            member_id,
            EnrolmentQuotaSet(
                member_id=member_id,
                measure="credited_amount",
                period=period,
                amount_minor=amount_minor,
                currency=currency,
            ),
        )

    def win(
        self,
        deal: int,
        amount_minor: int,
        on: str,
        *,
        owner: UUID = ANN,
        currency: str = "USD",
        shares: tuple[DealShare, ...] = (),
        **known: Any,
    ) -> int:
        """A won deal with what is known of it; answers the position of the win."""
        if shares:
            self.add(uid(deal), DealTeamChanged(shares=shares))
        won = DealWon(
            stage_from="open",
            stage_to="won",
            amount_minor=amount_minor,
            currency=currency,
            owner_id=owner,
            reason=None,
            **known,
        )
        return self.add(uid(deal), won, on)

    def reopen(self, deal: int) -> int:
        """A win is taken back."""
        return self.add_reopening(uid(deal))

    def add_reopening(self, deal_id: UUID) -> int:
        """A win is taken back, by the deal's id."""
        reopened = DealReopened(
            status_from="won", stage_from="won", stage_to="open", reason="refund", amount_minor=None, currency=None
        )
        return self.add(deal_id, reopened, "2026-12-01")

    def void(self, deal: int) -> int:
        """A deal was recorded by mistake."""
        return self.add(uid(deal), DealVoided(status_from="won", stage_from="won", reason="twice"), "2026-12-01")

    def forgive(
        self, amount_minor: int, period: str, award: int = 0xF0, *, is_approved: bool = True
    ) -> tuple[int, ...]:
        """Ann owes less before the run of a period; answers the positions of the grant and of its approval."""
        forgiven = AwardDrawForgiven(
            member_id=ANN,
            plan_id=PLAN,
            period=period,
            amount_minor=amount_minor,
            currency="USD",
            reason="agreed",
            granted_by=uid(0xC1),
            granter_id=None,
        )
        approved = AwardApproved(
            member_id=ANN, plan_id=PLAN, period=period, amount_minor=None, currency=None, approved_by=uid(0xC2)
        )
        return tuple(self.add(uid(award), event) for event in ((forgiven, approved) if is_approved else (forgiven,)))

    def extend(
        self, days: int, deal: int = 1, award: int = 0xE0, *, plan_id: UUID = PLAN, is_approved: bool = True
    ) -> tuple[int, ...]:
        """The expiry of a deal's release is extended; answers the positions of the asking and of its approval."""
        extended = AwardExpiryExtended(
            member_id=ANN,
            plan_id=plan_id,
            deal_id=uid(deal),
            days=days,
            reason="their works burned down",
            granted_by=uid(0xC1),
            granter_id=None,
        )
        approved = AwardApproved(
            member_id=ANN, plan_id=plan_id, period=None, amount_minor=None, currency=None, approved_by=uid(0xC2)
        )
        return tuple(self.add(uid(award), event) for event in ((extended, approved) if is_approved else (extended,)))

    def statements(self, period: str) -> dict[UUID, Statement]:
        """The statements of the plan for a period, by member."""
        return {statement.member_id: statement for statement in statements_of(self.ledger, PLAN, period)}

    def open_run(self, period: str) -> None:
        """Opens a run."""
        self.add(run_of(period), PayoutRunOpened(plan_id=PLAN, period=period))

    def issue(self, period: str) -> dict[UUID, Statement]:
        """Calculates a run at this moment and issues its statements."""
        position, statements = self.head, self.statements(period)
        for statement in statements.values():
            for issued in issued_parts(statement, position):
                self.add(run_of(period), issued)
        return statements

    def lock(self, period: str) -> dict[UUID, Statement]:
        """Opens, issues and locks a run for the period at this moment; answers its statements."""
        self.open_run(period)
        return self.lock_open(period)

    def lock_open(self, period: str) -> dict[UUID, Statement]:
        """Issues and locks an open run at this moment; answers its statements."""
        position, statements = self.head, self.issue(period)
        self.lock_issued(period, position, statements)
        return statements

    def lock_issued(self, period: str, position: int, statements: dict[UUID, Statement]) -> None:
        """Locks a run over statements that were computed at a position."""
        digests = tuple(digest_of(statement) for statement in statements.values())
        locked = PayoutRunLocked(
            statements_digest=digest_of_digests(digests), position=position, tree_root="00", tree_size=position
        )
        self.add(run_of(period), locked)


def recomputed(ledger: PayFacts, period: str) -> dict[PostedKey, int]:
    """Computes by all known now what deals earn in a period and what of it is payable, less what comes to nothing."""
    earnings = Earnings(Evaluation(ledger, PLAN))
    return {
        key: minor
        for member_id in earnings.evaluation.members()
        for key, minor in earnings.sums(member_id, period_named(period)).items()
        if minor
    }


def deal_lines(ledger: PayFacts, period: str) -> dict[UUID, tuple[StatementLine, ...]]:
    """The lines that members have from deals in a period."""
    earnings = Earnings(Evaluation(ledger, PLAN))
    members = earnings.evaluation.members()
    return {member_id: tuple(map(line_of, earnings.of(member_id, period_named(period)))) for member_id in members}


def posted(ledger: PayFacts, period: str) -> dict[PostedKey, int]:
    """Collects what locked runs posted for a period: without what comes to nothing."""
    of_all = (ledger.paid.posted(PLAN, period, member_id=member_id) for member_id in ledger.participants(PLAN))
    return {key: minor for posted in of_all for key, minor in posted.items() if minor}


def balance_minor(ledger: PayFacts, member_id: UUID) -> int:
    """Sums a member's draw over all locked runs, in minor units."""
    return sum(ledger.paid.balance_minor(run.run_id, "draw", member_id=member_id) for run in ledger.paid.runs_of(PLAN))


def run_of(period: str) -> UUID:
    """The id of the run for a period."""
    return natural_id("payout_run", str(PLAN), period)
