"""What the lines of locked statements mean to finance: movements between balances (R69), and the cost of contracts (R70).

Whole minor units of the plan's currency. A line is earned on the day of its sale where that lies in the period of its run, else
on the period's last day; it is payable, taken back or gone on the period's last day, when the run settles it. What a run pays
beside deals is payable as it is earned.
"""

from datetime import date
from typing import assert_never

from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.pay.rules.accounting import Movement, MovementKind
from salesapi.domain.shared.kernel import record


@record
class LockedLines:
    """Lines of one kind and one day, summed. `gone_minor` is what lapsed and cancelled lines say is never released."""

    kind: LineKind
    posted_minor: int
    gone_minor: int
    earned_on: date
    payable_on: date


def movements_of(lines: LockedLines) -> tuple[Movement, ...]:
    """R69: what lines move. All that is earned is payable at the end of its period, but for what is withheld there."""

    def moved(kind: MovementKind, amount_minor: int) -> Movement:
        on = lines.earned_on if kind == "earned" else lines.payable_on
        return Movement(on=on, kind=kind, amount_minor=amount_minor)

    match lines.kind:
        case "earning" | "uplift" | "modifier" | "limit" | "adjustment" | "award" | "guarantee" | "draw" | "recovery":
            return moved("earned", lines.posted_minor), moved("released", lines.posted_minor)
        case "withheld" | "release" | "release_adjustment":
            return (moved("released", lines.posted_minor),)
        case "clawback" | "clawback_adjustment":
            return (moved("clawed_back", -lines.posted_minor),)
        case "lapsed" | "cancelled":
            return (moved("cancelled", lines.gone_minor),)
        case "held":
            return ()
    assert_never(lines.kind)


def cost_minor(lines: LockedLines) -> int:
    """R70: what lines of a deal add to the cost of its contract; less where it is taken back, lapses or is cancelled.

    When it is released does not matter. What is paid beside deals is no incremental cost of a contract.
    """
    match lines.kind:
        case "earning" | "uplift" | "modifier" | "limit" | "adjustment" | "clawback" | "clawback_adjustment":
            return lines.posted_minor
        case "lapsed" | "cancelled":
            return -lines.gone_minor
        case "held" | "withheld" | "release" | "release_adjustment" | "award" | "guarantee" | "draw" | "recovery":
            return 0
    assert_never(lines.kind)


def cost_on(lines: LockedLines) -> date:
    """R70: the day whose month the cost belongs to: that of the earning; else that of the run that changes it."""
    return lines.earned_on if lines.kind in ("earning", "uplift", "modifier", "limit") else lines.payable_on
