"""Wire shapes of estimates of commission (R66). Amounts are minor units of the plan's currency; nothing of them is due."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.pay.reasons import PayReason
from salesapi.schemas.scalars import Amount


@record
class EstimatedComponent:
    """What one component of a plan would earn more with the deal than without it."""

    component: Annotated[str, About("Key of the plan's component.")]
    amount_minor: Annotated[Amount, About("In minor units; with what the deal lifts on other deals of the period.")]
    waits_for: Annotated[
        PayReason | None, About("Why nothing is known of it yet: a quota, a rate, another day; else null.")
    ]


@record
class EstimatedPay:
    """What the deal would earn one member by one plan, marginal to what the member earns in the period without it."""

    member_id: Annotated[UUID, About("The member.")]
    plan_id: Annotated[UUID, About("The compensation plan.")]
    period: Annotated[str, About("The plan's period in which the deal is expected to close.")]
    currency: Annotated[str, About("ISO 4217 code of the plan.")]
    amount_minor: Annotated[Amount, About("If it is won as it stands, in minor units: the sum of its components.")]
    weighted_minor: Annotated[
        Amount | None, About("The same times the probability, rounded half up; null where that is not stated.")
    ]
    components: Annotated[tuple[EstimatedComponent, ...], About("By component of the plan.")]


@record
class CommissionEstimate:
    """What an open deal would earn if it were won as it stands on its expected closing day. Nothing is posted."""

    kind: Annotated[Literal["estimate"], About("Always `estimate`: nothing of it is due to anybody.")]
    deal_id: Annotated[UUID, About("The deal.")]
    stage: Annotated[str, About("Key of the stage that it is in.")]
    probability_percent: Annotated[
        Decimal | None, About("How likely it is won, as the version of its pipeline states for the stage; null: not.")
    ]
    closes_on: Annotated[date, About("The day on which it is expected to close.")]
    deal_amount_minor: Annotated[Amount, About("What it is expected to be worth, in minor units.")]
    deal_currency: Annotated[str, About("ISO 4217 code of its worth.")]
    engine_version: Annotated[str, About("Version of the rules as code.")]
    pays: Annotated[
        tuple[EstimatedPay, ...],
        About("Those whose pay is in your scope and whom it would credit, by member and plan."),
    ]
