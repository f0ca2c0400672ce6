"""Simulation (R65): what a proposal would pay for a period beside what the plan pays, from the same facts. Nothing is posted.

Amounts are minor units of the plan's currency. The proposal applies to every win of the period; what it changes in earlier
periods is none of its business, so corrections of these stay as they are.
"""

import hashlib
import json
from dataclasses import asdict, replace
from uuid import UUID

from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.statements import ENGINE_VERSION, statements_of
from salesapi.domain.compensation_plans import (
    CHANGES_MAX,
    CompensationPlanSimulated,
    CompensationPlanVersion,
    SimulatedPay,
)


def simulated(
    ledger: Ledger, plan_id: UUID, period: Period, proposal: CompensationPlanVersion
) -> CompensationPlanSimulated:
    """R65: every participant's pay now and by the proposal, the largest differences first."""
    plan = ledger.plan(plan_id)
    proposed = replace(plan, versions=(*plan.versions, replace(proposal, effective_from=period.first_on)))
    current, other = _totals(ledger, plan_id, period), _totals(ledger.with_plan(plan_id, proposed), plan_id, period)
    pays = [
        SimulatedPay(
            member_id=member_id, current_minor=current.get(member_id, 0), simulated_minor=other.get(member_id, 0)
        )
        for member_id in sorted(current.keys() | other.keys())
    ]
    changed = [pay for pay in pays if pay.simulated_minor != pay.current_minor]
    changed.sort(key=lambda pay: -abs(pay.simulated_minor - pay.current_minor))
    winners = sum(pay.simulated_minor > pay.current_minor for pay in changed)
    return CompensationPlanSimulated(
        period=period.text,
        position=ledger.position,
        engine_version=ENGINE_VERSION,
        proposal_digest=_digest(proposal),
        participant_count=len(pays),
        winner_count=winners,
        loser_count=len(changed) - winners,
        current_minor=sum(current.values()),
        simulated_minor=sum(other.values()),
        currency=plan.currency,
        changes=tuple(changed[:CHANGES_MAX]),
    )


def _totals(ledger: Ledger, plan_id: UUID, period: Period) -> dict[UUID, int]:
    return {each.member_id: each.total_minor for each in statements_of(ledger, plan_id, period.text)}


def _digest(proposal: CompensationPlanVersion) -> str:
    """SHA-256 (hex) over the canonical JSON of what decides pay: a published version can be compared with it."""
    rules = {name: value for name, value in asdict(proposal).items() if name not in ("number", "effective_from")}
    text = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
