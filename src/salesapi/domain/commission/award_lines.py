"""Awards and adjustments by hand (step 10 of the catalogue's order) as lines of a statement: R35, R48 and R63.

What was approved for a period is paid by the plan's run for it, or by the next one where that was calculated before.
"""

from typing import Final
from uuid import UUID

from salesapi.domain.awards import AwardKind
from salesapi.domain.commission.facts import AwardFact, Ledger
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.wording import in_major
from salesapi.domain.payout_runs import StatementLine

AWARD: Final = "award"
"""What stands in place of a component's key on these lines."""
RULES: Final[dict[AwardKind, str]] = {
    "spiff": "R35",
    "recognition": "R48",
    "innovation": "R48",
    "other": "R48",
    "points": "R47",
    "adjustment": "R63",
}


def award_lines(ledger: Ledger, plan_id: UUID, period: Period) -> dict[UUID, tuple[StatementLine, ...]]:
    """One line for each award that is due, by member, in the order of approval."""
    currency = ledger.plan(plan_id).currency
    lines: dict[UUID, tuple[StatementLine, ...]] = {}
    for award in ledger.awards_due(plan_id, period):
        lines[award.member_id] = (*lines.get(award.member_id, ()), _line(award, currency))
    return lines


def _line(award: AwardFact, currency: str) -> StatementLine:
    what = f"{award.kind} award" if award.period_corrected is None else f"{award.period_corrected} adjusted by hand"
    return StatementLine(
        kind="award",
        period=award.period_corrected or award.period.text,
        component=AWARD,
        rule=RULES[award.kind],
        credit_rule=None,
        plan_version=None,
        deal_id=None,
        source_member_id=None,
        won_on=None,
        positions=award.positions,
        base_minor=None,
        currency=currency,
        rate_percent=None,
        formula=f"{what}: {in_major(award.amount_minor, currency)} {currency}",
        exact_minor=str(award.amount_minor),
        posted_minor=award.amount_minor,
        residual_minor="0",
    )
