"""Awards and adjustments by hand (step 10 of the catalogue's order) as postings of a statement: R35, R48 and R63.

What was approved for a period is paid by the plan's run for it, or by the next one where that was calculated before.
"""

from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.payout_facts import AwardFact
from salesapi.domain.pay.reasons.posted_reasons import AdjustedByHand, Granted
from salesapi.domain.pay.records.awards import PaidKind
from salesapi.domain.shared.periods import Period

AWARD: Final = "award"
"""What stands in place of a component's key on these lines."""
RULES: Final[dict[PaidKind, str]] = {
    "spiff": "R35",
    "recognition": "R48",
    "innovation": "R48",
    "other": "R48",
    "points": "R47",
    "adjustment": "R63",
}


def award_postings(ledger: PayFacts, plan_id: UUID, period: Period) -> dict[UUID, list[Posting]]:
    """One posting for each award that is due, by member, in the order of approval."""
    currency = ledger.plan(plan_id).currency
    found: dict[UUID, list[Posting]] = {}
    for award in ledger.paid.awards_due(plan_id, period):
        found.setdefault(award.member_id, []).append(_posting(award, currency))
    return found


def _posting(award: AwardFact, currency: str) -> Posting:
    corrected = award.period_corrected
    return Posting(
        kind="award",
        rule=RULES[award.kind],
        component=AWARD,
        period=corrected or award.period.text,
        currency=currency,
        exact_minor=Fraction(award.amount_minor),
        posted_minor=award.amount_minor,
        reason=Granted(award=award.kind) if corrected is None else AdjustedByHand(period=corrected),
        positions=award.positions,
    )
