"""Simulation (R65): what a proposal would pay for a period beside what the plan pays, from the same facts. Nothing is posted.

Amounts are minor units of the plan's currency. The proposal applies to every win of the period, and what it supposes, other
quotas and further wins, stands beside the facts on a copy. What that changes in earlier periods is none of its business, so
corrections of these stay as they are.
"""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.ledger.pay_facts import PayFacts, QuotaFact
from salesapi.domain.pay.ledger.payout_facts import Totals
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.plans import compensation_plans
from salesapi.domain.pay.plans.plan_assumptions import Assumptions
from salesapi.domain.pay.statements.statements import ENGINE_VERSION, sums_of, totals_of
from salesapi.domain.shared.dates import months_after
from salesapi.domain.shared.kernel import natural_id
from salesapi.domain.shared.periods import Period
from salesapi.domain.shared.states import made_from

NOTHING_ASSUMED: Final = Assumptions()
NO_PAY: Final = sums_of(())


def simulated(
    ledger: PayFacts,
    plan_id: UUID,
    period: Period,
    proposal: compensation_plans.CompensationPlanVersion,
    *,
    assumed: Assumptions = NOTHING_ASSUMED,
) -> compensation_plans.CompensationPlanSimulated:
    """R65: every participant's pay now, and by the proposal with what it supposes, the largest differences first."""
    plan = ledger.plan(plan_id)
    proposed = replace(plan, versions=(*plan.versions, replace(proposal, effective_from=period.first_on)))
    what_if = _supposing(ledger, plan.currency, assumed).with_plan(plan_id, proposed)
    now, then = totals_of(ledger, plan_id, period.text), totals_of(what_if, plan_id, period.text)
    pays = [
        compensation_plans.SimulatedPay(
            member_id=member_id,
            current_minor=now.get(member_id, NO_PAY).total_minor,
            simulated_minor=_corrected_as_now(then.get(member_id, NO_PAY), now.get(member_id, NO_PAY)),
        )
        for member_id in sorted(now.keys() | then.keys())
    ]
    changed = [pay for pay in pays if pay.simulated_minor != pay.current_minor]
    changed.sort(key=lambda pay: -abs(pay.simulated_minor - pay.current_minor))
    winners = sum(pay.simulated_minor > pay.current_minor for pay in changed)
    return compensation_plans.CompensationPlanSimulated(
        period=period.text,
        position=ledger.position,
        engine_version=ENGINE_VERSION,
        proposal_digest=_digest(proposal),
        assumed_quotas=assumed.quotas,
        assumed_deals=assumed.deals,
        assumptions_digest=assumed.digest,
        participant_count=len(pays),
        winner_count=winners,
        loser_count=len(changed) - winners,
        current_minor=sum(pay.current_minor for pay in pays),
        simulated_minor=sum(pay.simulated_minor for pay in pays),
        currency=plan.currency,
        changes=tuple(changed[: compensation_plans.CHANGES_MAX]),
        versions_within_year=(within_year := _within_year(proposed, period.first_on)),
        is_changed_often=within_year > compensation_plans.VERSIONS_A_YEAR_MAX,
    )


def _within_year(plan: compensation_plans.CompensationPlan, on: date) -> int:
    """Counts the versions that take effect within the year that ends with a day, the first of a month."""
    begun = (version.effective_from for version in plan.versions if version.effective_from is not None)
    return sum(months_after(on, -12) < each <= on for each in begun)


def _supposing(ledger: PayFacts, currency: str, assumed: Assumptions) -> PayFacts:
    """A copy of the facts with what is supposed; on its day a supposed win comes after all others, in the order as sent."""
    wins = [
        made_from(
            Win, deal, deal_id=natural_id("assumed_deal", str(number)), positions=(ledger.position + number,), shares=()
        )
        for number, deal in enumerate(assumed.deals, start=1)
    ]
    quotas = {
        (each.member_id, each.measure, each.period): QuotaFact(
            amount_minor=each.amount_minor, currency=currency, position=ledger.position
        )
        for each in assumed.quotas
    }
    return ledger.with_wins(wins).with_quotas(quotas)


def _corrected_as_now(then: Totals, now: Totals) -> int:
    """The supposed pay with the corrections of earlier periods as they are."""
    return then.total_minor - then.adjusted_minor + now.adjusted_minor


def _digest(proposal: compensation_plans.CompensationPlanVersion) -> str:
    """SHA-256 (hex) over the canonical JSON of what decides pay: a published version can be compared with it."""
    rules = {name: value for name, value in asdict(proposal).items() if name not in ("number", "effective_from")}
    text = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
