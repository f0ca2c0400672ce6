"""What people decided about pay: payout runs with what they posted, approved awards, forgiven debts, extended expiries.

Folded in constant work for a line. Amounts are minor units of the plan's currency.
"""

from dataclasses import replace
from typing import Final, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.pay.records.awards import (
    AwardAdjustmentPosted,
    AwardApproved,
    AwardBegun,
    AwardDrawForgiven,
    AwardExpiryExtended,
    AwardGranted,
    PaidKind,
)
from salesapi.domain.pay.records.payout_runs import (
    LineKind,
    PayoutRunLocked,
    PayoutRunOpened,
    PayoutRunStatementIssued,
    StatementLine,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.states import made_from

PaidEvent: TypeAlias = PayoutRunOpened | PayoutRunStatementIssued | PayoutRunLocked | AwardBegun | AwardApproved

Side: TypeAlias = Literal["earned", "released", "clawed", "gone"]
"""What a deal earned, what of that is released, what was taken back, and what is never released: only this posts nothing."""
PostedKey: TypeAlias = tuple[UUID, str, UUID, Side]
"""Member, component, deal and side: the grain in which posted and recomputed pay are compared. Guarantees, draws, recoveries and
awards are not: they depend on what was paid when, and a correction counts towards the floor of the period that posts it."""

SIDES: Final[dict[LineKind, Side]] = {
    "earning": "earned",
    "uplift": "earned",
    "limit": "earned",
    "modifier": "earned",
    "adjustment": "earned",
    "withheld": "released",
    "release": "released",
    "release_adjustment": "released",
    "clawback": "clawed",
    "clawback_adjustment": "clawed",
    "lapsed": "gone",
    "cancelled": "gone",
}
"""The side of each kind of line that a deal earns. A deal's withheld and released lines end at 0 once all is payable."""
Balanced: TypeAlias = Literal["draw", "recovery"]
BALANCED: Final[tuple[Balanced, ...]] = ("draw", "recovery")
"""Kinds of lines whose balance goes on over the runs. What is forgiven of it they name in `base_minor`, and post nothing."""


@record
class Totals:
    """The sums of a statement's lines, in minor units of the plan's currency. They add up to `total_minor`."""

    earned_minor: int
    released_minor: int
    clawed_minor: int
    adjusted_minor: int
    awarded_minor: int
    drawn_minor: int
    total_minor: int


@record
class AwardFact:
    """An approved award or adjustment of a plan. `positions` are those of the grant and of the approval, which names it."""

    member_id: UUID
    plan_id: UUID
    period: Period
    kind: PaidKind
    period_corrected: str | None
    amount_minor: int
    positions: tuple[int, int]


@record
class ForgivenDraw:
    """The draw that was approved to be forgiven before the run of a period. `positions` are as those of an award."""

    period: Period
    amount_minor: int
    positions: tuple[int, int]


@record
class ExtendedExpiry:
    """R26: by how many days all approved extensions of a deal's expiry under a plan move it. `positions` are theirs, as above."""

    days: int
    positions: tuple[int, ...]


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
        """True where it is final."""
        return self.locked_position > 0


def told_minor(side: Side, posted_minor: int, base_minor: int | None) -> int:
    """Tells what a line adds to its side: what it posts; of the side `gone` what it names, as it was never paid."""
    return (base_minor or 0) if side == "gone" else posted_minor


class _Issued:
    """The postings in the statements of a run's newest calculation, until the run is locked."""

    def __init__(self, period: str) -> None:
        self.period = period
        self.advances: dict[tuple[str, UUID], int] = {}
        """By the period that they are for, always another one than the run's own (R34)."""
        self.posted: dict[tuple[str, PostedKey], int] = {}
        self.balances: dict[tuple[str, UUID], int] = {}
        self.awards: set[int] = set()
        self.totals: dict[UUID, Totals] = {}

    def add(self, member_id: UUID, line: StatementLine) -> None:
        """Takes a line of a member's statement. An award by hand names no plan version; one of a plan is no approved award."""
        if line.deal_id is None:
            if line.kind in BALANCED:
                key = (line.kind, member_id)
                self.balances[key] = self.balances.get(key, 0) + line.posted_minor - (line.base_minor or 0)
                if line.base_minor is not None:
                    self.awards.update(line.positions[-1:])
                if line.period != self.period:
                    self.advances[line.period, member_id] = line.posted_minor
            elif line.kind == "award" and line.plan_version is None:
                self.awards.update(line.positions[-1:])
            return
        side = SIDES.get(line.kind)
        if side is not None:
            of = (line.period, (member_id, line.component, line.deal_id, side))
            self.posted[of] = self.posted.get(of, 0) + told_minor(side, line.posted_minor, line.base_minor)


class PaidRuns:
    """Payout runs and awards up to now."""

    def __init__(self) -> None:
        self._runs: dict[UUID, RunFacts] = {}
        self._issued: dict[UUID, _Issued] = {}
        self._posted: dict[tuple[UUID, str], dict[UUID, dict[PostedKey, int]]] = {}
        self._balances: dict[UUID, dict[tuple[str, UUID], int]] = {}
        self._advances: dict[UUID, dict[tuple[str, UUID], int]] = {}
        self._offered: dict[UUID, tuple[int, AwardBegun]] = {}
        self._awards: list[AwardFact] = []
        self._forgiven: dict[tuple[UUID, UUID], list[ForgivenDraw]] = {}
        self._extended: dict[tuple[UUID, UUID], ExtendedExpiry] = {}
        self._used_awards: set[int] = set()
        self._totals: dict[UUID, dict[UUID, Totals]] = {}

    def apply(self, event: PaidEvent, recorded: Recorded) -> UUID | None:
        """Takes the next event; answers the deal whose pay it changes, where it is an extension that counts now."""
        match event:
            case PayoutRunOpened():
                run = RunFacts(run_id=recorded.stream_id, plan_id=event.plan_id, period=period_named(event.period))
                self._runs[recorded.stream_id] = run
            case PayoutRunStatementIssued():
                self._issue(event, recorded)
            case PayoutRunLocked():
                self._lock(event, recorded)
            case AwardApproved():
                offered_at, offered = self._offered.pop(recorded.stream_id)
                if isinstance(offered, AwardExpiryExtended):
                    self._extend(offered, (offered_at, recorded.position))
                    return offered.deal_id
                self._approve(offered, event, (offered_at, recorded.position))
            case _:
                self._offered[recorded.stream_id] = (recorded.position, event)
        return None

    def runs_of(self, plan_id: UUID) -> tuple[RunFacts, ...]:
        """All runs of a plan, in the order of their periods."""
        runs = (run for run in self._runs.values() if run.plan_id == plan_id)
        return tuple(sorted(runs, key=lambda run: run.period.first_on))

    def posted(self, plan_id: UUID, period: str, *, member_id: UUID) -> dict[PostedKey, int]:
        """Answers the sums that locked runs of the plan told a member of a period, by sides, adjustments included."""
        return dict(self._posted.get((plan_id, period), {}).get(member_id, {}))

    def balance_minor(self, run_id: UUID, kind: Balanced, *, member_id: UUID) -> int:
        """By how much the lines of a `BALANCED` kind change what a member owes, in a locked run."""
        return self._balances.get(run_id, {}).get((kind, member_id), 0)

    def advanced_minor(self, plan_id: UUID, period: str, *, member_id: UUID) -> int:
        """R34: what locked runs of earlier periods paid a member of a plan in advance for a period."""
        return self._advances.get(plan_id, {}).get((period, member_id), 0)

    def posted_ever(self, plan_id: UUID, *, member_id: UUID) -> dict[str, dict[PostedKey, int]]:
        """Answers the sums that locked runs of the plan posted to a member, by period."""
        return {
            period: dict(of_members[member_id])
            for (of_plan, period), of_members in self._posted.items()
            if of_plan == plan_id and member_id in of_members
        }

    def totals(self, run_id: UUID, *, member_id: UUID) -> Totals | None:
        """Finds what a member's statement of a locked run comes to."""
        return self._totals.get(run_id, {}).get(member_id)

    def awards_due(self, plan_id: UUID, period: Period) -> tuple[AwardFact, ...]:
        """Awards of the plan for this period or an earlier one that no locked run has paid, in the order of approval."""
        return tuple(
            award
            for award in self._awards
            if award.plan_id == plan_id
            and award.period.first_on <= period.first_on
            and award.positions[1] not in self._used_awards
        )

    def forgiven_due(self, plan_id: UUID, *, member_id: UUID, period: Period) -> tuple[ForgivenDraw, ...]:
        """Lists what is forgiven for the period or an earlier one and no locked run took, in the order of approval."""
        return tuple(
            each
            for each in self._forgiven.get((plan_id, member_id), ())
            if each.period.first_on <= period.first_on and each.positions[1] not in self._used_awards
        )

    def extended_expiry(self, plan_id: UUID, *, deal_id: UUID) -> ExtendedExpiry | None:
        """R26: by how much the expiry of a deal's release under a plan is extended; several extensions add up."""
        return self._extended.get((plan_id, deal_id))

    def _extend(self, offered: AwardExpiryExtended, positions: tuple[int, int]) -> None:
        key = (offered.plan_id, offered.deal_id)
        before = self._extended.get(key, ExtendedExpiry(days=0, positions=()))
        self._extended[key] = ExtendedExpiry(days=before.days + offered.days, positions=(*before.positions, *positions))

    def _approve(
        self,
        offered: AwardGranted | AwardAdjustmentPosted | AwardDrawForgiven,
        event: AwardApproved,
        positions: tuple[int, int],
    ) -> None:
        """An approved award is due where a plan pays it; one without a plan, or of points, is none of pay's business."""
        if isinstance(offered, AwardDrawForgiven):
            forgiven = ForgivenDraw(
                period=period_named(offered.period), amount_minor=offered.amount_minor, positions=positions
            )
            self._forgiven.setdefault((offered.plan_id, offered.member_id), []).append(forgiven)
            return
        if event.plan_id is None or event.period is None or event.amount_minor is None:
            return
        self._awards.append(
            made_from(
                AwardFact,
                event,
                plan_id=event.plan_id,
                period=period_named(event.period),
                kind="adjustment" if isinstance(offered, AwardAdjustmentPosted) else offered.kind,
                period_corrected=offered.period_corrected if isinstance(offered, AwardAdjustmentPosted) else None,
                amount_minor=event.amount_minor,
                positions=positions,
            )
        )

    def _issue(self, event: PayoutRunStatementIssued, recorded: Recorded) -> None:
        """Statements of a newer calculation replace those of an older one; only the lock posts them."""
        run = self._runs[recorded.stream_id]
        if run.position != event.position:
            self._runs[run.run_id] = replace(run, position=event.position)
            self._issued[run.run_id] = _Issued(run.period.text)
        issued = self._issued[run.run_id]
        # Each part of a statement states the totals of the whole.
        issued.totals[event.member_id] = made_from(Totals, event)
        for line in event.lines:
            issued.add(event.member_id, line)

    def _lock(self, event: PayoutRunLocked, recorded: Recorded) -> None:
        """Posts what was issued at the locked position; nothing, where that calculation had nobody to pay."""
        run = self._runs[recorded.stream_id]
        issued = self._issued.pop(recorded.stream_id, _Issued(run.period.text))
        self._runs[run.run_id] = replace(run, position=event.position, locked_position=recorded.position)
        if run.position != event.position:
            return
        self._used_awards.update(issued.awards)
        self._balances[run.run_id] = issued.balances
        if issued.advances:
            self._advances.setdefault(run.plan_id, {}).update(issued.advances)
        self._totals[run.run_id] = issued.totals
        for (period, key), posted_minor in issued.posted.items():
            posted = self._posted.setdefault((run.plan_id, period), {}).setdefault(key[0], {})
            posted[key] = posted.get(key, 0) + posted_minor
