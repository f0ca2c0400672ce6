"""Wire shapes of the export of locked pay to payroll and ERP (R71). Amounts are minor units of the plan's currency.

Nothing in a line changes once its run is locked: what is known of member and plan is that of the position at which the run
was calculated, and a batch never changes.
"""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.scalars import Amount

PayrollAccount: TypeAlias = Literal["commission", "clawback", "adjustment", "award", "draw"]


@record
class PayrollLine:
    """What one component of a plan gives one member for one period. The lines of a member are its statement's total.

    In a batch that pays a statement in part they are the amount that the batch pays.
    """

    payout_run_id: Annotated[UUID, About("The payout run.")]
    batch: Annotated[str | None, About("The batch that was asked for; null for the whole run.")]
    period: Annotated[str, About("The period of the run.")]
    earned_period: Annotated[str, About("The period that it is for: of an adjustment the one that it corrects.")]
    plan_id: Annotated[UUID, About("The compensation plan.")]
    plan_key: Annotated[str, About("The plan's short name.")]
    component: Annotated[str, About("Key of the plan's component.")]
    account: Annotated[
        PayrollAccount,
        About("`commission`, `clawback`, `adjustment`, `award`, or `draw`, which is guarantees and recoveries too."),
    ]
    member_id: Annotated[UUID, About("The member.")]
    employee_number: Annotated[str | None, About("The member's number in payroll.")]
    cost_centre: Annotated[str | None, About("The cost centre that bears it.")]
    legal_entity: Annotated[str | None, About("The company that pays: the plan's, or else the member's employer.")]
    currency: Annotated[str, About("ISO 4217 code.")]
    amount_minor: Annotated[Amount, About("The sum of the statement's lines; below 0 where it takes away.")]
    statement_digest: Annotated[str, About("SHA-256 over the member's statement.")]


@record
class Payroll:
    """The pay of a locked run, or of one of its batches, for payroll and ERP. The same request gives the same bytes again."""

    payout_run_id: Annotated[UUID, About("The payout run.")]
    batch: Annotated[str | None, About("The batch that was asked for; null for the whole run.")]
    statements_digest: Annotated[str, About("SHA-256 over the digests of all statements, as the lock names it.")]
    currency: Annotated[str | None, About("ISO 4217 code; null where nobody is paid.")]
    total_minor: Annotated[Amount, About("All lines together.")]
    lines: Annotated[tuple[PayrollLine, ...], About("By member, then in the order of the statement; none of 0.")]
