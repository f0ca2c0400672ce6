"""The ledger: the facts that pay follows from, folded from the log event by event, in constant work for each.

Read the log filtered by `EVENT_TYPES`, `apply` each event in its order, then `advance_to` the position that was read up to.
Positions are the log's; days are business dates of the events (`recorded.occurred.on`). Deciders only read a ledger.
"""

from copy import copy
from dataclasses import replace
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain import compensation_plans, enrolments, teams
from salesapi.domain.awards import AwardAdjustmentPosted, AwardApproved, AwardGranted, AwardKind
from salesapi.domain.commission.periods import Period, period_named
from salesapi.domain.compensation_plans import CompensationPlan, CompensationPlanEvent, Measure
from salesapi.domain.deals import DealReopened, DealShare, DealTeamChanged, DealVoided, DealWon
from salesapi.domain.enrolments import Enrolment, EnrolmentEvent
from salesapi.domain.kernel import Recorded, record
from salesapi.domain.payout_runs import PayoutRunLocked, PayoutRunOpened, PayoutRunStatementIssued
from salesapi.domain.teams import TeamEvent, Teams

EVENT_TYPES: Final = (
    "deal.team_changed",
    "deal.won",
    "deal.reopened",
    "deal.voided",
    "team.formed",
    "team.membership_changed",
    "team.moved",
    "team.leader_appointed",
    "team.region_changed",
    "team.closed",
    "compensation_plan.drafted",
    "compensation_plan.version_published",
    "compensation_plan.retired",
    "enrolment.begun",
    "enrolment.ended",
    "enrolment.quota_set",
    "award.granted",
    "award.adjustment_posted",
    "award.approved",
    "payout_run.opened",
    "payout_run.statement_issued",
    "payout_run.locked",
)
"""Stored names of all events that the ledger reads. `deal.won` states the owner, so that openings need not be read."""

LedgerEvent: TypeAlias = (
    DealTeamChanged
    | DealWon
    | DealReopened
    | DealVoided
    | TeamEvent
    | CompensationPlanEvent
    | EnrolmentEvent
    | AwardGranted
    | AwardAdjustmentPosted
    | AwardApproved
    | PayoutRunOpened
    | PayoutRunStatementIssued
    | PayoutRunLocked
)

PostedKey: TypeAlias = tuple[UUID, str, UUID]
"""Member, component and deal: the grain in which posted and recomputed pay are compared. Guarantees and draws are not: they
depend on what was paid when, and a correction counts towards the floor of the period that posts it."""


@record
class Win:
    """A deal that is won as of the ledger's position. `positions` are the events that state it."""

    deal_id: UUID
    on: date
    positions: tuple[int, ...]
    amount_minor: int
    currency: str
    owner_id: UUID
    shares: tuple[DealShare, ...]


@record
class AwardFact:
    """An approved award or adjustment of a plan. `positions` are those of the grant and of the approval, which names it."""

    member_id: UUID
    plan_id: UUID
    period: Period
    kind: AwardKind
    period_corrected: str | None
    amount_minor: int
    positions: tuple[int, int]


@record
class QuotaFact:
    """A member's quota for a period, and the position of the event that set it."""

    amount_minor: int
    currency: str
    position: int


@record
class RunFacts:
    """A payout run: what its statements posted, for each period that its lines name."""

    run_id: UUID
    plan_id: UUID
    period: Period
    position: int = 0
    """Position at which its statements were computed; 0 before any were issued."""
    locked_position: int = 0
    """Position of its lock; 0 while it is open."""

    @property
    def is_locked(self) -> bool:
        """Whether it is final."""
        return self.locked_position > 0


class Ledger:
    """Accumulates facts in their order; answers about the state at `position`."""

    def __init__(self) -> None:
        self.position = 0
        self._teams: Teams | None = None
        self._plans: dict[UUID, CompensationPlan] = {}
        self._enrolments: dict[UUID, Enrolment] = {}
        self._quotas: dict[tuple[UUID, Measure, str], QuotaFact] = {}
        self._shares: dict[UUID, tuple[int, tuple[DealShare, ...]]] = {}
        self._wins: dict[UUID, Win] = {}
        self._wins_by_month: dict[tuple[int, int], dict[UUID, Win]] = {}
        self._runs: dict[UUID, RunFacts] = {}
        self._pending: dict[UUID, dict[tuple[str, PostedKey], int]] = {}
        self._posted: dict[tuple[UUID, str], dict[PostedKey, int]] = {}
        self._pending_draws: dict[UUID, dict[UUID, int]] = {}
        self._draws: dict[UUID, dict[UUID, int]] = {}
        self._offered: dict[UUID, tuple[int, AwardGranted | AwardAdjustmentPosted]] = {}
        self._awards: list[AwardFact] = []
        self._pending_awards: dict[UUID, set[int]] = {}
        self._paid_awards: set[int] = set()
        self._deal_changes: dict[UUID, tuple[int, ...]] = {}
        self._month_changed: dict[tuple[int, int], int] = {}
        self._rule_changes: list[int] = []

    def apply(self, event: LedgerEvent, recorded: Recorded) -> None:
        """Takes the next event of the log that is one of `EVENT_TYPES`."""
        assert recorded.position > self.position, "events come in the order of the log, each once"
        self.position = recorded.position
        match event:
            case DealWon():
                self._win(event, recorded)
            case DealTeamChanged():
                self._shares[recorded.stream_id] = (recorded.position, event.shares)
            case DealReopened() | DealVoided():
                self._take_back(recorded)
            case PayoutRunOpened():
                run = RunFacts(run_id=recorded.stream_id, plan_id=event.plan_id, period=period_named(event.period))
                self._runs[recorded.stream_id] = run
            case PayoutRunStatementIssued():
                self._issue(event, recorded)
            case PayoutRunLocked():
                self._lock(event, recorded)
            case AwardGranted() | AwardAdjustmentPosted():
                self._offered[recorded.stream_id] = (recorded.position, event)
            case AwardApproved():
                self._award(event, recorded)
            case _:
                self._change_rules(event, recorded)

    def advance_to(self, position: int) -> None:
        """States that the log was read up to here: what lies between was of no concern."""
        assert position >= self.position, "a ledger does not go back; fold a new one"
        self.position = position

    def plan(self, plan_id: UUID) -> CompensationPlan:
        """The plan; a run's plan exists."""
        return self._plans[plan_id]

    def with_plan(self, plan_id: UUID, plan: CompensationPlan) -> "Ledger":
        """The same facts with another plan in place of this one, to look at: a what-if takes no further event."""
        what_if = copy(self)
        what_if._plans = {**self._plans, plan_id: plan}
        return what_if

    def is_enrolled(self, member_id: UUID, plan_id: UUID, component: str, on: date) -> bool:
        """Whether the member holds the component of the plan on this day."""
        enrolment = self._enrolments.get(member_id)
        return enrolment is not None and enrolment.covers(plan_id, component, on)

    def quota(self, member_id: UUID, measure: Measure, period: str, currency: str) -> QuotaFact | None:
        """The member's quota for the period; None where none is set in this currency."""
        found = self._quotas.get((member_id, measure, period))
        return found if found is not None and found.currency == currency else None

    def managers_of(self, member_id: UUID, on: date) -> tuple[UUID, ...]:
        """The leaders above the member on this day, nearest first."""
        return self._teams.managers_of(member_id, on) if self._teams else ()

    def wins_in(self, period: Period) -> tuple[Win, ...]:
        """The wins of a period in the order in which they are paid: win date, then position of the win."""
        months = (self._wins_by_month.get(month, {}) for month in period.months())
        wins = [win for month in months for win in month.values()]
        return tuple(sorted(wins, key=lambda win: (win.on, win.positions[-1])))

    def runs_of(self, plan_id: UUID) -> tuple[RunFacts, ...]:
        """All runs of a plan, in the order of their periods."""
        runs = (run for run in self._runs.values() if run.plan_id == plan_id)
        return tuple(sorted(runs, key=lambda run: run.period.first_on))

    def posted(self, plan_id: UUID, period: str) -> dict[PostedKey, int]:
        """What locked runs of the plan posted for a period, adjustments included."""
        return dict(self._posted.get((plan_id, period), {}))

    def drawn_minor(self, run_id: UUID, member_id: UUID) -> int:
        """What a locked run advanced the member of a draw (above 0), or recovered (below 0)."""
        return self._draws.get(run_id, {}).get(member_id, 0)

    def awards_due(self, plan_id: UUID, period: Period) -> tuple[AwardFact, ...]:
        """Awards of the plan for this period or an earlier one that no locked run has paid, in the order of approval."""
        return tuple(
            award
            for award in self._awards
            if award.plan_id == plan_id
            and award.period.first_on <= period.first_on
            and award.positions[1] not in self._paid_awards
        )

    def participants(self, plan_id: UUID) -> dict[UUID, Enrolment]:
        """The members who were ever enrolled in the plan."""
        return {
            member_id: enrolment
            for member_id, enrolment in self._enrolments.items()
            if any(span.plan_id == plan_id for span in enrolment.spans)
        }

    def has_changed(self, period: Period, *, since: int) -> bool:
        """Whether anything after a position could change what was earned in the period."""
        newest = max(self._month_changed.get(month, 0) for month in period.months())
        return max(newest, self._rule_changes[-1] if self._rule_changes else 0) > since

    def deal_changes(self, deal_id: UUID, *, since: int) -> tuple[int, ...]:
        """Positions after `since` at which the deal was won or its win taken back."""
        return tuple(position for position in self._deal_changes.get(deal_id, ()) if position > since)

    def rule_changes(self, *, since: int) -> tuple[int, ...]:
        """Positions after `since` of changes of plans, enrolments and teams."""
        return tuple(position for position in self._rule_changes if position > since)

    def _win(self, event: DealWon, recorded: Recorded) -> None:
        assert recorded.occurred is not None, "a win has a business date"
        assert recorded.stream_id not in self._wins, "a deal is won once until it is reopened"
        shared_at, shares = self._shares.get(recorded.stream_id, (0, ()))
        win = Win(
            deal_id=recorded.stream_id,
            on=recorded.occurred.on,
            positions=(shared_at, recorded.position) if shares else (recorded.position,),
            amount_minor=event.amount_minor,
            currency=event.currency,
            owner_id=event.owner_id,
            shares=shares,
        )
        self._wins[win.deal_id] = win
        self._wins_by_month.setdefault((win.on.year, win.on.month), {})[win.deal_id] = win
        self._deal_changed(win, recorded.position)

    def _take_back(self, recorded: Recorded) -> None:
        """A reopened or voided deal is no win; one that was lost before never was."""
        win = self._wins.pop(recorded.stream_id, None)
        if win is not None:
            del self._wins_by_month[win.on.year, win.on.month][win.deal_id]
            self._deal_changed(win, recorded.position)

    def _deal_changed(self, win: Win, position: int) -> None:
        self._deal_changes[win.deal_id] = (*self._deal_changes.get(win.deal_id, ()), position)
        self._month_changed[win.on.year, win.on.month] = position

    def _award(self, event: AwardApproved, recorded: Recorded) -> None:
        """An approved award is due where a plan pays it; one without a plan, or of points, is none of pay's business."""
        offered_at, offered = self._offered.pop(recorded.stream_id)
        if event.plan_id is None or event.period is None or event.amount_minor is None:
            return
        self._awards.append(
            AwardFact(
                member_id=event.member_id,
                plan_id=event.plan_id,
                period=period_named(event.period),
                kind="adjustment" if isinstance(offered, AwardAdjustmentPosted) else offered.kind,
                period_corrected=offered.period_corrected if isinstance(offered, AwardAdjustmentPosted) else None,
                amount_minor=event.amount_minor,
                positions=(offered_at, recorded.position),
            )
        )

    def _issue(self, event: PayoutRunStatementIssued, recorded: Recorded) -> None:
        """Statements of a newer calculation replace those of an older one; only the lock posts them."""
        run = self._runs[recorded.stream_id]
        if run.position != event.position:
            self._runs[run.run_id] = replace(run, position=event.position)
            self._pending[run.run_id], self._pending_draws[run.run_id] = {}, {}
            self._pending_awards[run.run_id] = set()
        pending, draws = self._pending[run.run_id], self._pending_draws[run.run_id]
        for line in event.lines:
            if line.deal_id is None:
                if line.kind == "draw":
                    draws[event.member_id] = draws.get(event.member_id, 0) + line.posted_minor
                elif line.kind == "award":
                    self._pending_awards[run.run_id].add(line.positions[-1])
                continue
            key = (line.period, (event.member_id, line.component, line.deal_id))
            pending[key] = pending.get(key, 0) + line.posted_minor

    def _lock(self, event: PayoutRunLocked, recorded: Recorded) -> None:
        """Posts what was issued at the locked position; nothing, where that calculation had nobody to pay."""
        run = self._runs[recorded.stream_id]
        is_issued = run.position == event.position
        pending, draws = self._pending.pop(run.run_id, {}), self._pending_draws.pop(run.run_id, {})
        awards = self._pending_awards.pop(run.run_id, set())
        self._paid_awards.update(awards if is_issued else ())
        self._draws[run.run_id] = draws if is_issued else {}
        self._runs[run.run_id] = replace(run, position=event.position, locked_position=recorded.position)
        for (period, key), posted_minor in pending.items() if is_issued else ():
            posted = self._posted.setdefault((run.plan_id, period), {})
            posted[key] = posted.get(key, 0) + posted_minor

    def _change_rules(self, event: TeamEvent | CompensationPlanEvent | EnrolmentEvent, recorded: Recorded) -> None:
        """Plans, enrolments and teams fold as their own streams do."""
        self._rule_changes.append(recorded.position)
        match event:
            case enrolments.EnrolmentBegun() | enrolments.EnrolmentEnded() | enrolments.EnrolmentQuotaSet():
                known = self._enrolments.get(event.member_id)
                self._enrolments[event.member_id] = enrolments.evolve(known, event, recorded)
                if isinstance(event, enrolments.EnrolmentQuotaSet):
                    self._quotas[event.member_id, event.measure, event.period] = QuotaFact(
                        amount_minor=event.amount_minor, currency=event.currency, position=recorded.position
                    )
            case (
                compensation_plans.CompensationPlanDrafted()
                | compensation_plans.CompensationPlanVersionPublished()
                | compensation_plans.CompensationPlanSimulated()
                | compensation_plans.CompensationPlanRetired()
            ):
                plan = self._plans.get(recorded.stream_id)
                self._plans[recorded.stream_id] = compensation_plans.evolve(plan, event, recorded)
            case _:
                self._teams = teams.evolve(self._teams, event, recorded)
