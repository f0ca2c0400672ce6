"""Wire shapes of live statements: what a run would calculate now for one member, and what surrounds it.

Amounts are minor units of the plan's currency, rates and attainments decimal strings in percent. Lines have the shape of those
of issued statements; their numbers are those of the moment.
"""

from typing import Annotated, Final
from uuid import UUID

from salesapi.domain.pay.plans.plan_components import CreditKind
from salesapi.domain.pay.rules.tables import AppliesTo
from salesapi.domain.pay.statements.live_statements import RunState
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.pay.line_events import LINE_EVENTS, LineEvent
from salesapi.schemas.pay.payout_runs import StatementLine
from salesapi.schemas.pay.reasons import PayReason
from salesapi.schemas.scalars import Amount, Position

COMING_MAX: Final = 200
"""Most parts of what is coming that one answer names."""


@record
class StandingQuota:
    """A quota for what the plan's version pays of the period, and how it was derived."""

    amount_minor: Annotated[Amount, About("What attainment is counted against.")]
    set_minor: Annotated[Amount, About("The quota as it was set.")]
    derivation: Annotated[PayReason, About("How one follows from the other, as data and in words.")]
    positions: Annotated[tuple[Position, ...], About("Log positions of the events that state it.")]


@record
class TierAhead:
    """The next tier of a component."""

    left_minor: Annotated[Amount, About("How much more has to be credited to reach it.")]
    rate_percent: Annotated[str, About("Its rate in percent where it begins, a decimal string.")]
    applies_to: Annotated[
        AppliesTo, About("`new`: only what is credited in it earns that rate; `all`: what came before, too.")
    ]


@record
class ComponentStanding:
    """How the member stands under one component of a version of the plan."""

    component: Annotated[str, About("Key of the component.")]
    name: Annotated[str, About("Its name.")]
    credit: Annotated[CreditKind, About("Whose credit counts.")]
    plan_version: Annotated[int, About("The plan's version.")]
    window: Annotated[str, About("What tiers and attainment count: the period, or the year up to its end.")]
    credited_minor: Annotated[Amount, About("Credited in the window so far; what waits for anything is not counted.")]
    quota: Annotated[StandingQuota | None, About("The quota; null where none is set.")]
    attainment_percent: Annotated[str | None, About("Credited in percent of the quota; null without one.")]
    rate_percent: Annotated[str | None, About("Rate of the tier that is reached; null where there are no tiers.")]
    next_tier: Annotated[TierAhead | None, About("The next tier; null where there is none.")]


@record
class PlanRank:
    """A place among the plan's participants by what was credited in the period."""

    rank: Annotated[int, About("1 is the highest; equal ones share it.")]
    of: Annotated[int, About("How many take part.")]


@record
class StatementSums:
    """What the lines of statements come to."""

    earned_minor: Annotated[Amount, About("Earned, payable or not.")]
    released_minor: Annotated[Amount, About("Released, less what is withheld.")]
    clawed_minor: Annotated[Amount, About("Taken back of what was paid; below 0.")]
    adjusted_minor: Annotated[Amount, About("Corrections of earlier periods.")]
    awarded_minor: Annotated[Amount, About("Awards, and adjustments by hand.")]
    drawn_minor: Annotated[Amount, About("Guarantee, draw and recovery.")]
    total_minor: Annotated[Amount, About("All of these together.")]


@record
class ComingPayment:
    """What may still become payable of what a deal earned."""

    deal_id: Annotated[UUID, About("The deal.")]
    component: Annotated[str, About("Key of the component.")]
    period: Annotated[str, About("The period that it was earned in.")]
    open_minor: Annotated[Amount, About("What of it is neither payable nor gone.")]


@record
class LiveStatement:
    """What a payout run would calculate now for a member, from everything known. It pays nothing."""

    plan_id: Annotated[UUID, About("The compensation plan.")]
    member_id: Annotated[UUID, About("The member.")]
    period: Annotated[str, About("The calendar period.")]
    position: Annotated[Position, About("Log position that it is computed at.")]
    run: Annotated[
        RunState,
        About(
            "The period's payout run. Where it is `locked`, the issued statement pays, and this is what is known now."
        ),
    ]
    currency: Annotated[str, About("ISO 4217 code.")]
    sums: Annotated[StatementSums, About("What its lines come to.")]
    line_count: Annotated[int, About("How many lines it has.")]
    plan_versions: Annotated[tuple[int, ...], About("The plan's versions that apply.")]
    engine_version: Annotated[str, About("Version of the rules as code.")]
    deal_order: Annotated[str, About("In which order deals count inside the period.")]
    standings: Annotated[tuple[ComponentStanding, ...], About("How the member stands, by version and component.")]
    rank: Annotated[
        PlanRank | None,
        About(
            "Place by credited amount; null where the member does not take part in the period, or the plan does not credit "
            "deals as they were won."
        ),
    ]
    year_to_date: Annotated[
        StatementSums, About("The statements of the year that are locked, before this period, and this one.")
    ]
    open_minor: Annotated[Amount, About("Earned up to the end of the period and neither payable by then nor gone.")]
    coming_count: Annotated[int, About("How many deals and components that is.")]
    coming: Annotated[
        tuple[ComingPayment, ...],
        About(f"What that is made of, the earliest earned first; at most {COMING_MAX} of them."),
    ]


@record
class LiveStatementTrace:
    """A live statement with a page of its lines."""

    statement: Annotated[LiveStatement, About("The statement.")]
    lines: Annotated[tuple[StatementLine, ...], About("Its lines, in their order.")]
    next_cursor: Annotated[str | None, About("Send it as `after` for further lines; null at the end.")]
    events: Annotated[tuple[LineEvent, ...] | None, LINE_EVENTS]
