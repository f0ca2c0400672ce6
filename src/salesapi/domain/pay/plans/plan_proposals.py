"""Versions of a plan that another person has to approve: those that change at short notice what people are paid by.

A proposal holds the whole version. Another one takes its place until one is approved, which publishes it as it was proposed.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import Ge

from salesapi.domain.pay.plans.compensation_plan_terms import PlanTerms
from salesapi.domain.shared.dates import StartDate
from salesapi.domain.shared.kernel import About, Reason, Refused, record
from salesapi.domain.shared.periods import PeriodKind


@record
class CompensationPlanVersionProposed(PlanTerms):
    """A version that is to be approved. Proposals of a plan are numbered from 1."""

    proposal: int
    period: PeriodKind
    effective_from: date | None
    reason: str


@record
class CompensationPlanProposalRejected:
    proposal: int
    reason: str


@record
class ProposeCompensationPlanVersion(PlanTerms):
    """Proposes the next version of a plan, for another person to approve. It takes the place of an earlier proposal."""

    plan_id: Annotated[UUID, About("The plan.")]
    period: Annotated[PeriodKind, About("Calendar period that is summed and paid; the same in all versions of a plan.")]
    effective_from: Annotated[StartDate, About("First win date that it applies to; null is always.")] = None
    reason: Annotated[Reason, About("Why the version comes at short notice, or changes the past.")]


ProposalNumber = Annotated[int, Ge(1), About("The proposal, so that no other one is meant.")]


@record
class ApproveCompensationPlanVersion:
    """Approves the proposed version of a plan and publishes it as it was proposed."""

    plan_id: Annotated[UUID, About("The plan.")]
    proposal: ProposalNumber


@record
class RejectCompensationPlanVersion:
    """Turns down the proposed version of a plan."""

    plan_id: Annotated[UUID, About("The plan.")]
    proposal: ProposalNumber
    reason: Annotated[Reason, About("Why, for those who proposed it.")]


class CompensationPlanApprovalNeeded(Refused):
    """Nobody alone changes at short notice what people are paid by."""

    code = "compensation_plan.approval_needed"
    message = (
        "The version takes effect before {earliest_on} and {participants} people are paid by the plan: send "
        "ProposeCompensationPlanVersion; another person, who is not paid by it, sends ApproveCompensationPlanVersion."
    )


class CompensationPlanProposalUnknown(Refused):
    """The proposal is not there, or another one took its place."""

    code = "compensation_plan.proposal_unknown"
    message = "The proposal {proposal} does not wait for approval; waiting: {waiting}."
