"""What is earned and paid later (R27, R28): fixed instalments, and a share held back until a window or an event passes.

Instalments are whole minor units that add up to the rounded whole; holdbacks are exact parts of an earning (0 to 1). Days are
business dates, end of day inclusive; months are calendar months, their day cut to the length of the month.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.pay.rules.release import DAYS_MAX, Anchor
from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.dates import DateUnit, date_after
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import Exact, parts_of, rounded

INSTALMENTS_MAX: Final = 120
"""Most instalments of one earning: ten years of months."""

Residual: TypeAlias = Literal["largest_remainder", "last_part"]
OnChurn: TypeAlias = Literal["cancel_remaining", "keep_remaining"]
OnClawback: TypeAlias = Literal["forfeited", "released", "netted"]
InstalmentState: TypeAlias = Literal["released", "coming", "cancelled"]


@record
class Wait:
    """So long after the attribution date."""

    count: Annotated[int, Ge(0), Le(DAYS_MAX), About("How many days or months; 0 is the attribution date itself.")]
    unit: Annotated[DateUnit, About("Calendar `days` or `months`; a day that the month lacks is its last.")]


@record
class ReleaseInstalment:
    """One part of an earning; it has a wait or an event, not both."""

    share_percent: Annotated[Exact, About("Percent of the whole; all shares add up to 100.")]
    wait: Annotated[Wait | None, About("How long after the attribution date it is payable.")]
    event: Annotated[Anchor | None, About("What makes it payable, where no wait does.")]


@record
class InstalmentTable:
    """All parts in which an earning is paid."""

    residual: Annotated[
        Residual, About("`largest_remainder`; or `last_part`: others are cut to minor units, the last has the rest.")
    ]
    on_churn: Annotated[OnChurn, About("What becomes of the parts that are not payable when the customer is lost.")]
    instalments: Annotated[
        tuple[ReleaseInstalment, ...], MinLen(1), MaxLen(INSTALMENTS_MAX), About("The parts, in their order.")
    ]


@record
class Holdback:
    """A share that is kept until a window or an event has passed; it has one of them."""

    share_percent: Annotated[Exact, About("Percent of the earning that is kept.")]
    wait: Annotated[Wait | None, About("How long after the attribution date it is kept.")]
    event: Annotated[Anchor | None, About("Until what it is kept, where no wait says so.")]
    on_clawback: Annotated[
        OnClawback,
        About(
            "When the earning is clawed back meanwhile: `netted` takes it from here first; `forfeited` ends all that is "
            "kept, and it counts towards the clawback; `released` leaves it to its day."
        ),
    ]


@record
class InstalmentPart:
    """One part with its day, if that is known."""

    amount_minor: int
    payable_on: date | None
    state: InstalmentState


def instalment_amounts(table: InstalmentTable, whole_minor: int) -> tuple[int, ...]:
    """R27: the amounts; they always add up to the whole, of either sign. `last_part` cuts the others towards zero."""
    shares = [instalment.share_percent for instalment in table.instalments]
    if table.residual == "largest_remainder":
        return parts_of(whole_minor, shares)
    first = [rounded(whole_minor * Fraction(share) / 100, "down") for share in shares[:-1]]
    return (*first, whole_minor - sum(first))


def instalments(
    table: InstalmentTable,
    *,
    whole_minor: int,
    attributed_on: date,
    happened_on: Mapping[Anchor, date],
    churned_on: date | None,
    as_of_on: date,
) -> tuple[InstalmentPart, ...]:
    """R27: the parts of a rounded whole, each `released` from its day on, before it `coming`, after a churn `cancelled`.

    What is payable on the day of the churn is still paid. An event before the attribution counts on the attribution date.
    """
    amounts = instalment_amounts(table, whole_minor)
    parts: list[InstalmentPart] = []
    for instalment, amount_minor in zip(table.instalments, amounts, strict=True):
        payable_on = ends_on(instalment.wait, instalment.event, attributed_on, happened_on)
        has_churned = churned_on is not None and churned_on <= as_of_on
        is_late = churned_on is not None and (payable_on is None or payable_on > churned_on)
        state: InstalmentState = "released" if payable_on is not None and payable_on <= as_of_on else "coming"
        if table.on_churn == "cancel_remaining" and has_churned and is_late:
            state = "cancelled"
        parts.append(InstalmentPart(amount_minor=amount_minor, payable_on=payable_on, state=state))
    return tuple(parts)


def held_back(holdback: Holdback, released: Fraction) -> Fraction:
    """R28: `held = share * released`, the rest is payable; of a negative earning, what is taken back mirrors it."""
    return released * Fraction(holdback.share_percent) / 100


def holdback_settled(holdback: Holdback, *, released: Fraction, left: Fraction) -> Fraction:
    """R28: what is payable of `released` (a part of the earning) while a share is kept, and clawbacks leave `left` of it.

    They meet what is held first: `payable = min(released - held, left)`. Where it is `released` on its day whatever is clawed
    back, it does not: `payable = left - held`. When its window or event has passed, all that is left is payable.
    """
    held = held_back(holdback, released)
    if holdback.on_clawback == "released":
        return max(Fraction(), left - held)
    return min(released - held, left)


def forfeited(holdback: Holdback) -> Fraction:
    """R28: the part of an earning that any clawback takes at least: all that is held, where it is forfeited."""
    return held_back(holdback, Fraction(1)) if holdback.on_clawback == "forfeited" else Fraction()


def meets_clawback(ended_on: date | None, claimed_on: date) -> bool:
    """R28: whether a clawback meets what is held: on the last day it still does; a later one finds nothing held."""
    return ended_on is None or claimed_on <= ended_on


def ends_on(
    wait: Wait | None, event: Anchor | None, attributed_on: date, happened_on: Mapping[Anchor, date]
) -> date | None:
    """R27, R28: the day on which a wait or an event is over, never before the attribution; None where it is not known.

    For the event `period_end`, `happened_on` has the last day of the period that is meant (the year, for pay at its end).
    """
    if wait is not None:
        return date_after(attributed_on, wait.count, wait.unit)
    event_on = None if event is None else happened_on.get(event)
    return None if event_on is None else max(event_on, attributed_on)


def problem_of_instalments(table: InstalmentTable) -> Problem | None:
    """R27: every part has a share and a day; the shares add up to 100."""
    if not table.instalments:
        return Problem(pointer="/instalments", reason="there is no instalment")
    for index, instalment in enumerate(table.instalments):
        found = _problem_of_part(instalment, f"/instalments/{index}")
        if found is not None:
            return found
    total_percent = sum((instalment.share_percent for instalment in table.instalments), Decimal())
    if total_percent != 100:
        return Problem(pointer="/instalments", reason=f"the shares add up to {total_percent} percent, not to 100")
    return None


def problem_of_holdback(holdback: Holdback) -> Problem | None:
    """R28: a share above zero, and something that ends it."""
    return _problem_of_part(holdback, "")


def _problem_of_part(part: ReleaseInstalment | Holdback, place: str) -> Problem | None:
    if not 0 < part.share_percent <= 100:
        return Problem(pointer=f"{place}/share_percent", reason="a share is above 0 and at most 100 percent")
    if part.wait is None and part.event is None:
        return Problem(pointer=f"{place}/wait", reason="without a wait or an event it is never payable")
    if part.wait is not None and part.event is not None:
        return Problem(pointer=f"{place}/event", reason="it has a wait and an event; send one of them")
    return None
