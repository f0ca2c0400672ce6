"""Corrections of closed periods (R53): what the facts known now give for a locked period, less what was posted for it.

The difference is posted in a later run of the same plan, one line for each member, component and deal, with the period and
the events that caused it. What was posted includes earlier corrections, so that several of them chain.
"""

from typing import Final
from uuid import UUID

from salesapi.domain.commission.earnings import earning_lines
from salesapi.domain.commission.facts import Ledger, PostedKey, RunFacts
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.wording import in_major
from salesapi.domain.payout_runs import StatementLine

CAUSES_MAX: Final = 20
"""Most positions that one correction names: the newest of them."""


def correction_lines(ledger: Ledger, plan_id: UUID, period: Period) -> dict[UUID, tuple[StatementLine, ...]]:
    """The corrections that a run for this period posts: of every locked run for an earlier period, oldest first."""
    lines: dict[UUID, tuple[StatementLine, ...]] = {}
    for run in ledger.runs_of(plan_id):
        if run.is_locked and run.period.first_on < period.first_on:
            for member_id, line in _corrections_of(ledger, run):
                lines[member_id] = (*lines.get(member_id, ()), line)
    return lines


def _corrections_of(ledger: Ledger, run: RunFacts) -> list[tuple[UUID, StatementLine]]:
    since = settled_at(ledger, run)
    if not ledger.has_changed(run.period, since=since):
        return []
    recomputed, posted = recomputed_minor(ledger, run), ledger.posted(run.plan_id, run.period.text)
    currency = ledger.plan(run.plan_id).currency
    changed = [key for key in sorted(recomputed.keys() | posted.keys()) if recomputed.get(key, 0) != posted.get(key, 0)]
    causes = _Causes(ledger, since, changed)
    return [
        (key[0], _line(run.period, key, recomputed.get(key, 0), posted.get(key, 0), causes.of(key), currency))
        for key in changed
    ]


def settled_at(ledger: Ledger, run: RunFacts) -> int:
    """The position up to which the run's period is paid: its own, or that of the last locked run which corrected it."""
    later = (
        other.position
        for other in ledger.runs_of(run.plan_id)
        if other.is_locked and other.period.first_on > run.period.first_on and other.position >= run.locked_position
    )
    return max(run.position, *later, 0)


def recomputed_minor(ledger: Ledger, run: RunFacts) -> dict[PostedKey, int]:
    """What the period pays by everything known now, for each member, component and deal."""
    sums: dict[PostedKey, int] = {}
    for member_id, lines in earning_lines(ledger, run.plan_id, run.period).items():
        for line in lines:
            assert line.deal_id is not None, "what is earned is earned by a deal"
            key = (member_id, line.component, line.deal_id)
            sums[key] = sums.get(key, 0) + line.posted_minor
    return sums


class _Causes:
    """Which events since a position explain a correction."""

    def __init__(self, ledger: Ledger, since: int, changed: list[PostedKey]) -> None:
        self._deals = {key[2]: ledger.deal_changes(key[2], since=since) for key in changed}
        self._rules = ledger.rule_changes(since=since)
        deals_of: dict[tuple[UUID, str], set[int]] = {}
        for member_id, component, deal_id in changed:
            deals_of.setdefault((member_id, component), set()).update(self._deals[deal_id])
        self._together = deals_of

    def of(self, key: PostedKey) -> tuple[int, ...]:
        """The deal's own changes; else those of the other deals that moved its tier, and of plans, enrolments, teams."""
        own = self._deals[key[2]]
        found = own or tuple(sorted(self._together[key[:2]].union(self._rules)))
        return found[-CAUSES_MAX:]


def _line(
    period: Period, key: PostedKey, recomputed: int, posted: int, causes: tuple[int, ...], currency: str
) -> StatementLine:
    delta_minor = recomputed - posted
    now, before, delta = (in_major(amount, currency) for amount in (recomputed, posted, delta_minor))
    return StatementLine(
        kind="adjustment",
        period=period.text,
        component=key[1],
        rule="R53",
        credit_rule=None,
        plan_version=None,
        deal_id=key[2],
        source_member_id=None,
        won_on=None,
        positions=causes,
        base_minor=None,
        currency=currency,
        rate_percent=None,
        formula=f"{period.text} recomputed {now} less posted {before} = {delta} {currency}",
        exact_minor=str(delta_minor),
        posted_minor=delta_minor,
        residual_minor="0",
    )
