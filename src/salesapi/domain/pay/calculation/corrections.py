"""Corrections of closed periods (R53): what the facts known now give for a locked period, less what was posted for it.

The difference is posted in a later run of the same plan, one posting for each member, component, deal and side, with the period
and the events that caused it: what was earned, what of it was released, what was taken back, and what is never released, which
posts nothing. What was posted includes earlier corrections, so that several of them chain; where a plan does not pay small ones,
these are recorded, and are a part of the next one of the deal. Only the members whom a changed deal may concern are recomputed;
all of them where a rule changed.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.earnings import Earnings
from salesapi.domain.pay.calculation.postings import Origin, Posting
from salesapi.domain.pay.calculation.restatements import Restatements
from salesapi.domain.pay.ledger.pay_facts import Change, PayFacts
from salesapi.domain.pay.ledger.payout_facts import PostedKey, RunFacts, Side
from salesapi.domain.pay.reasons.posted_reasons import Recomputed
from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.periods import Period

CAUSES_MAX: Final = 20
"""Most positions that one correction names: the newest of them."""
CORRECTED: Final[dict[Side, LineKind]] = {
    "earned": "adjustment",
    "released": "release_adjustment",
    "clawed": "clawback_adjustment",
    "gone": "cancelled",
}
"""The kind of line that corrects a side, in the order in which they are told."""
_ORDER: Final = tuple(CORRECTED)


class Corrections:
    """The corrections that a run for a period posts, member by member."""

    def __init__(self, earnings: Earnings, period: Period) -> None:
        self._earnings = earnings
        evaluation = earnings.evaluation
        self._currency = evaluation.currency
        version = evaluation.plan.version_on(period.last_on)
        self._from_minor = version.correction_from_minor if version is not None else None
        ledger, runs = evaluation.ledger, evaluation.ledger.paid.runs_of(evaluation.plan_id)
        changes: dict[int, _Changes] = {}
        self._closed: list[_Closed] = []
        for run in runs:
            if run.is_locked and run.period.first_on < period.first_on:
                since = settled_at(runs, run)
                if since not in changes:
                    changes[since] = _Changes(ledger, since)
                self._closed.append(_Closed(run, changes[since], looks_back=evaluation.looks_back))
        self._restatements = Restatements(evaluation, period)

    def of(self, member_id: UUID) -> list[Posting]:
        """A member's corrections of every locked run for an earlier period, oldest first."""
        if not self._closed:
            return []
        evaluation = self._earnings.evaluation
        posted = [
            evaluation.ledger.paid.posted(evaluation.plan_id, closed.run.period.text, member_id=member_id)
            for closed in self._closed
        ]
        deals = self._deals_of(member_id)
        if deals is not None:
            # A win that was taken back is none any more: it is known by what was posted for it.
            deals.update(key[2] for of_run in posted for key in of_run)
        found: list[Posting] = []
        for closed, of_run in zip(self._closed, posted, strict=True):
            restated = self._restatements.since(closed.run.period, deals or {key[2] for key in of_run})
            if restated or closed.concerns(deals):
                found += self._of_run(closed, member_id, of_run, restated)
        return found

    def _deals_of(self, member_id: UUID) -> set[UUID] | None:
        """The deals that the member may be credited with; None where any deal moves its pay, as by the team's attainment."""
        evaluation = self._earnings.evaluation
        if any(component.asks_team() for component in evaluation.components):
            return None
        return set(evaluation.register.wins_ever(evaluation.components, member_id))

    def _of_run(
        self,
        closed: "_Closed",
        member_id: UUID,
        posted: dict[PostedKey, int],
        restated: dict[UUID, tuple[int, ...]],
    ) -> list[Posting]:
        period = closed.run.period
        recomputed = self._earnings.sums(member_id, period)
        known = sorted(recomputed.keys() | posted.keys(), key=lambda key: (key[:3], _ORDER.index(key[3])))
        changed = [key for key in known if recomputed.get(key, 0) != posted.get(key, 0)]
        causes = closed.causes(changed, restated)
        found = [
            _Correction(
                period=period,
                key=key,
                recomputed_minor=recomputed.get(key, 0),
                posted_minor=posted.get(key, 0),
                causes=causes[key],
                currency=self._currency,
            )
            for key in changed
        ]
        by_deal = groupby(found, key=lambda each: each.key[:3])
        return [posting for _, of_deal in by_deal for posting in self._postings(list(of_deal))]

    def _postings(self, of_deal: list["_Correction"]) -> list[Posting]:
        """Posts a component's corrections of one deal and period: all sides are paid, or all only recorded."""
        small = is_small([each.delta_minor for each in of_deal], self._from_minor)
        return [each.recorded(self._from_minor or 0) if small else each.paid() for each in of_deal]


def is_small(deltas_minor: Sequence[int], from_minor: int | None) -> bool:
    """R53: whether a correction of a deal is not worth paying: each of its sides is below what the plan pays at least."""
    return from_minor is not None and all(abs(delta_minor) < from_minor for delta_minor in deltas_minor)


class _Changes:
    """The changes since a position: those of rules, and by deal those of what it may earn."""

    def __init__(self, ledger: PayFacts, since: int) -> None:
        self.rules = ledger.rule_changes(since=since)
        self.by_deal: dict[UUID | None, list[Change]] = {}
        for change in ledger.changes_since(since):
            self.by_deal.setdefault(change.deal_id, []).append(change)


class _Closed:
    """A locked run, and what has changed since its period was settled."""

    def __init__(self, run: RunFacts, changes: _Changes, *, looks_back: bool) -> None:
        self.run = run
        self._changes = changes
        self._looks_back = looks_back

    def concerns(self, deals: set[UUID] | None) -> bool:
        """Tells whether the changes may move what is earned in the period by who may be credited with these deals."""
        if self._changes.rules or self._of(None):
            return True
        changed = self._changes.by_deal.keys()
        return any(self._of(deal_id) for deal_id in (changed if deals is None else changed & deals))

    def causes(
        self, changed: list[PostedKey], restated: dict[UUID, tuple[int, ...]]
    ) -> dict[PostedKey, tuple[int, ...]]:
        """For each key the deal's own changes; else those of the other deals that moved its tier, and of the rules.

        Where neither is known, as where the team's attainment moved it: the wins that changed.
        """
        together: dict[str, set[int]] = {}
        for _, component, deal_id, _ in changed:
            together.setdefault(component, set()).update(self._of(deal_id), restated.get(deal_id, ()))
        found: dict[PostedKey, tuple[int, ...]] = {}
        for key in changed:
            own = {*self._of(key[2]), *restated.get(key[2], ())}
            others = together[key[1]].union(self._changes.rules, self._of(None))
            found[key] = tuple(sorted(own or others or self._wins()))[-CAUSES_MAX:]
        return found

    def _wins(self) -> list[int]:
        return [position for deal_id in self._changes.by_deal for position in self._of(deal_id, only_wins=True)]

    def _of(self, deal_id: UUID | None, *, only_wins: bool = False) -> list[int]:
        """Positions of the changes of a deal (None: of any) that may reach the period."""
        return [
            change.position
            for change in self._changes.by_deal.get(deal_id, ())
            if (change.is_win or not only_wins) and _reaches(change, self.run.period, self._looks_back)
        ]


def _reaches(change: Change, period: Period, looks_back: bool) -> bool:
    """Tells whether a change may move what a period earned: of its months, or earlier where the plan looks back."""
    months = period.months()
    if looks_back:
        return change.since <= months[-1]
    return change.is_win and change.month in months


def settled_at(runs: Sequence[RunFacts], run: RunFacts) -> int:
    """The position up to which the run's period is paid: its own, or that of the last locked run which corrected it."""
    later = (
        other.position
        for other in runs
        if other.is_locked and other.period.first_on > run.period.first_on and other.position >= run.locked_position
    )
    return max(run.position, *later, 0)


@fast_record
class _Correction:
    """One side of a deal in a closed period: what is known of it now, and what was posted of it."""

    period: Period
    key: PostedKey
    recomputed_minor: int
    posted_minor: int
    causes: tuple[int, ...]
    currency: str

    @property
    def delta_minor(self) -> int:
        """By how much what was posted is wrong."""
        return self.recomputed_minor - self.posted_minor

    def paid(self) -> Posting:
        """The difference posted; of what is never released it is named, since nothing was ever paid of it."""
        if self.key[3] == "gone":
            return self._posting(exact_minor=0, posted_minor=0, base_minor=self.delta_minor)
        return self._posting(exact_minor=self.delta_minor, posted_minor=self.delta_minor)

    def recorded(self, from_minor: int) -> Posting:
        """The difference told and not posted."""
        return self._posting(exact_minor=self.delta_minor, posted_minor=0, least_minor=from_minor)

    def _posting(
        self, *, exact_minor: int, posted_minor: int, base_minor: int | None = None, least_minor: int | None = None
    ) -> Posting:
        _, component, deal_id, side = self.key
        return Posting(
            kind=CORRECTED[side],
            rule="R53",
            component=component,
            period=self.period.text,
            currency=self.currency,
            exact_minor=Fraction(exact_minor),
            posted_minor=posted_minor,
            reason=Recomputed(
                period=self.period.text,
                side=side,
                recomputed_minor=self.recomputed_minor,
                posted_minor=self.posted_minor,
                difference_minor=self.delta_minor,
                least_minor=least_minor,
            ),
            positions=self.causes,
            origin=Origin(deal_id=deal_id),
            base_minor=base_minor,
        )
