"""Wire shapes of payout runs, statements and their lines. Amounts are minor units of the plan's currency.

Exact amounts and residuals are decimal strings of minor units. Only statements that stand are shown: those of a run's last
calculation, from their issue on until the run is returned.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.pay.records.payout_run_states import Status
from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.pay.records.payouts import PayoutStatus
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.periods import PeriodText
from salesapi.schemas.pay.line_events import LINE_EVENTS, LineEvent
from salesapi.schemas.pay.reasons import PayReason
from salesapi.schemas.scalars import Amount, Position


@record
class PayoutRunLock:
    """What the lock names, so that everybody can check it."""

    statements_digest: Annotated[str, About("SHA-256 over the digests of all statements.")]
    position: Annotated[Position, About("Log position that the run was calculated at.")]
    tree_root: Annotated[str, About("Root of the log's Merkle tree over its first `tree_size` events.")]
    tree_size: Annotated[Position, About("How many events the tree covers.")]


@record
class PayoutRun:
    """One plan's pay for one period. Who sees only some statements does not see the totals of all."""

    id: Annotated[UUID, About("The payout run.")]
    plan_id: Annotated[UUID, About("The compensation plan.")]
    period: Annotated[str, About("The calendar period, for example `2026-03`.")]
    status: Annotated[Status, About("`open`, `calculated`, `issued`, `submitted`, `approved` or `locked`.")]
    calculated_position: Annotated[Position | None, About("Log position that it was calculated at.")]
    engine_version: Annotated[str | None, About("Version of the rules as code.")]
    plan_versions: Annotated[tuple[int, ...], About("The plan's versions that apply.")]
    digest: Annotated[str | None, About("SHA-256 over all statements.")]
    participant_count: Annotated[int | None, About("How many statements.")]
    total_minor: Annotated[Amount | None, About("All statements together.")]
    currency: Annotated[str | None, About("ISO 4217 code.")]
    submitted_by: Annotated[UUID | None, About("The principal who submitted it.")]
    approved_by: Annotated[UUID | None, About("The principal who approved it.")]
    reason: Annotated[str | None, About("Why it was returned.")]
    locked: Annotated[PayoutRunLock | None, About("What the lock names; null until it is locked.")]
    instructed_minor: Annotated[Amount | None, About("What was instructed to be paid and did not fail.")]
    paid_minor: Annotated[Amount | None, About("What of it was paid.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class StatementPayout:
    """How it stands with the payment of a statement, by the batch that was instructed last.

    The total less `instructed_minor` and `held_minor` is what the next batch pays, where that is above 0.
    """

    status: Annotated[PayoutStatus, About("`not_instructed`, `instructed`, `paid` or `failed`.")]
    batch: Annotated[str | None, About("Finance's number of the batch.")]
    payout_on: Annotated[date | None, About("The day on which it is to be paid.")]
    paid_on: Annotated[date | None, About("The day on which it was paid.")]
    external_reference: Annotated[str | None, About("Number of the payment at the bank or in payroll.")]
    reason: Annotated[
        str | None,
        About("Why it failed; `negative`, `zero` or `disputed` where the batch left it out: its total, or objections."),
    ]
    instructed_minor: Annotated[Amount, About("What all batches instructed to be paid, and what did not fail.")]
    held_minor: Annotated[Amount, About("What of the rest is not paid while objections to its lines are open.")]


@record
class Statement:
    """What a member earns by a payout run."""

    payout_run_id: Annotated[UUID, About("The payout run.")]
    member_id: Annotated[UUID, About("The member.")]
    plan_id: Annotated[UUID, About("The compensation plan.")]
    period: Annotated[str, About("The calendar period.")]
    run_status: Annotated[Status, About("Status of the payout run.")]
    currency: Annotated[str, About("ISO 4217 code.")]
    earned_minor: Annotated[Amount, About("Earned in the period, after rounding, payable or not.")]
    released_minor: Annotated[
        Amount, About("Released of earlier periods, less what is withheld of this one: below 0 where more is withheld.")
    ]
    clawed_minor: Annotated[Amount, About("Taken back of what was paid; below 0.")]
    adjusted_minor: Annotated[Amount, About("Corrections of earlier periods.")]
    awarded_minor: Annotated[Amount, About("Approved awards, and adjustments by hand.")]
    drawn_minor: Annotated[
        Amount,
        About("Guarantee, draw and recovery: topped up, advanced or carried above 0, recovered or netted below 0."),
    ]
    total_minor: Annotated[Amount, About("All of these together: what is payable.")]
    line_count: Annotated[int, About("How many lines it has.")]
    plan_versions: Annotated[tuple[int, ...], About("The plan's versions that apply.")]
    engine_version: Annotated[str, About("Version of the rules as code.")]
    deal_order: Annotated[str, About("In which order deals count inside the period.")]
    digest: Annotated[str, About("SHA-256 over the whole statement.")]
    calculated_position: Annotated[Position, About("Log position that it was calculated at.")]
    issued_position: Annotated[Position, About("Log position of the event that issued it.")]
    payout: Annotated[StatementPayout, About("Its payment.")]


@record
class StatementLine:
    """One line with its trace: events, rule, plan version, rate, amount."""

    number: Annotated[int, About("Rises over the statement, with gaps.")]
    kind: Annotated[
        LineKind,
        About(
            "Earned: `earning`, `uplift`, `modifier`, `limit`; `held` waits. Payable: `withheld`, `release`, `clawback`; "
            "`lapsed` and `cancelled` never are. `adjustment`, `release_adjustment` and `clawback_adjustment` correct a locked "
            "period; so does a `cancelled` of rule R53. For the whole statement: `award`, `guarantee`, `draw`, `recovery`."
        ),
    ]
    period: Annotated[
        str, About("The period that it is for; an adjustment names the corrected one, an advance the next.")
    ]
    component: Annotated[str, About("Key of the plan's component.")]
    rule: Annotated[str, About("The rule that made it.")]
    credit_rule: Annotated[str | None, About("The rule that credited the member.")]
    plan_version: Annotated[int | None, About("The plan's version.")]
    deal_id: Annotated[UUID | None, About("The deal; null where the line stands for the whole statement.")]
    source_member_id: Annotated[UUID | None, About("Whose sale it rests on.")]
    won_on: Annotated[date | None, About("Business date of the win.")]
    positions: Annotated[tuple[Position, ...], About("Log positions of the events that it rests on.")]
    base_minor: Annotated[
        Amount | None, About("The amount that the rate applies to; of a draw or recovery of 0 what was forgiven.")
    ]
    currency: Annotated[str, About("ISO 4217 code.")]
    rate_percent: Annotated[
        str | None,
        About(
            "Exact rate in percent: a decimal, or where that has no end a fraction such as `10/3`; null where it rests on "
            "several, which the reason names. A statement of engine version 1 keeps what it said."
        ),
    ]
    reason: Annotated[PayReason, About("How the amount follows, as data and in words.")]
    exact_minor: Annotated[str | None, About("Exact amount before rounding, a decimal string.")]
    posted_minor: Annotated[Amount, About("What it adds to the statement.")]
    residual_minor: Annotated[str | None, About("Exact minus posted, a decimal string.")]


@record
class StatementTrace:
    """A statement with a page of its lines."""

    statement: Annotated[Statement, About("The statement.")]
    lines: Annotated[tuple[StatementLine, ...], About("Its lines, in their order.")]
    next_cursor: Annotated[str | None, About("Send it as `after` for further lines; null at the end.")]
    events: Annotated[tuple[LineEvent, ...] | None, LINE_EVENTS]


@record
class PayoutRunFilter:
    """Which payout runs. Fields that are not sent do not filter."""

    plan_id: Annotated[UUID | None, About("Of this plan.")] = None
    period: Annotated[PeriodText | None, About("For this period.")] = None
    status: Annotated[tuple[Status, ...] | None, MinLen(1), MaxLen(6), About("Any of these.")] = None


@record
class StatementFilter:
    """Which statements. Fields that are not sent do not filter."""

    payout_run_id: Annotated[UUID | None, About("Of this payout run.")] = None
    member_id: Annotated[UUID | None, About("Of this member.")] = None
    plan_id: Annotated[UUID | None, About("By this plan.")] = None
    period: Annotated[PeriodText | None, About("For this period.")] = None


class PayoutRunOrder(StrEnum):
    """Orders of payout runs."""

    CHANGED_DESC = "changed_desc"
    PERIOD_DESC = "period_desc"
    PERIOD_ASC = "period_asc"


class StatementOrder(StrEnum):
    """Orders of statements."""

    TOTAL_DESC = "total_desc"
    TOTAL_ASC = "total_asc"
    ISSUED_DESC = "issued_desc"
