"""Awards beside the commission: SPIFF (R35), weighted scorecard (R41).

Amounts are exact minor units of the plan's currency (`Fraction`), scores and weights percent, dates business dates. Nothing is
rounded here. Team pools (R42) are in `pools.py`, awards by what customers do (R43 to R46) in `award_measures.py`, points and
recognition (R47, R48) in `recognition.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Le

from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.pay.rules.wording import percent
from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import About, AmountMinor, Key, record
from salesapi.domain.shared.money import Exact

WINNERS_MAX: Final = 10_000
"""Most awards of one campaign."""
ITEMS_MAX: Final = 50
"""Most items of one scorecard."""
MULTIPLIER_MAX: Final = Decimal(100)
"""A multiplier of a campaign lies above 0 and is at most this."""

Curve: TypeAlias = Callable[[Fraction], Fraction]
"""R12: a score in percent to the share of the target that it pays, in percent."""

BudgetEnd: TypeAlias = Literal["partial", "nothing", "whole"]
RefundedBudget: TypeAlias = Literal["freed", "kept"]
WinnerTies: TypeAlias = Literal["in_order", "same_day_wins"]
SpiffStacking: TypeAlias = Literal["added", "instead", "greater"]
SpiffOutcome: TypeAlias = Literal[
    "awarded",
    "cut_by_budget",
    "outside_dates",
    "not_among_the_first",
    "over_budget",
    "nothing_to_award",
    "taken_back",
    "never_awarded",
]
MissingScore: TypeAlias = Literal["zero", "one", "reweight"]


@record
class Spiff:
    """A dated campaign: an amount for each unit, or a multiple of the commission, of the deals that match."""

    first_on: Annotated[PlannedDate, About("First day, by the deal's anchor date.")]
    last_on: Annotated[PlannedDate, About("Last day, inclusive.")]
    unit_award_minor: Annotated[
        AmountMinor | None, About("Award for each unit, in minor units; either this or a multiplier.")
    ]
    commission_multiplier: Annotated[
        Exact | None, About("Award as a multiple of the deal's commission; `1` doubles pay where it is added to it.")
    ]
    budget_minor: Annotated[AmountMinor | None, About("Most that the campaign pays, in minor units; null: no budget.")]
    budget_end: Annotated[
        BudgetEnd,
        About(
            "A deal that needs more than is left gets what is left (`partial`), `nothing` (a later, smaller one may still "
            "fit), or all of it while anything is left (`whole`)."
        ),
    ]
    winners_max: Annotated[
        Annotated[int, Ge(1), Le(WINNERS_MAX)] | None, About("Only the first so many awards; null: all.")
    ]
    member_awards_max: Annotated[
        Annotated[int, Ge(1), Le(WINNERS_MAX)] | None, About("Most awards of one member; null: any number.")
    ]
    winner_ties: Annotated[
        WinnerTies,
        About("Whether deals of the same day as the last winner win too (`same_day_wins`) or the order decides."),
    ]
    refunded_budget: Annotated[
        RefundedBudget, About("Whether a refund frees budget and place for later deals, or they stay used (`kept`).")
    ]
    stacking: Annotated[
        SpiffStacking, About("The award is `added` to the commission, paid `instead` of it, or the `greater` is paid.")
    ]


@record
class SpiffDeal:
    """A deal that matches a campaign, in the order of anchor date, record time, event id. Commission in minor units."""

    deal_id: UUID
    member_id: UUID
    on: date
    units: Fraction
    commission: Fraction


@record
class SpiffRefund:
    """This share (0 to 1) of a deal was refunded; several refunds of one deal add up."""

    deal_id: UUID
    share: Fraction


@record
class SpiffAward:
    """The effect of one deal or refund on a campaign."""

    deal_id: UUID
    award: Fraction
    outcome: SpiffOutcome


@record
class ScorecardItem:
    """One goal of a scorecard."""

    key: Annotated[Key, About("Stable name within the scorecard.")]
    weight_percent: Annotated[Exact, About("Its weight in percent; all weights add up to 100.")]


@record
class ScorecardLine:
    """The result of a goal, with the weight applied; a missing score is None, and its payout too where re-weighted."""

    key: str
    weight_percent: Fraction
    score_percent: Fraction | None
    payout_percent: Fraction | None
    earned: Fraction


def spiff_awards(spiff: Spiff, entries: Sequence[SpiffDeal | SpiffRefund]) -> tuple[SpiffAward, ...]:
    """R35: `e = n * u` (or `k * commission`) while budget and places last; one result for each entry, in their order.

    A refund takes back its share of what the deal was awarded, even after the campaign's end. What it frees is for deals
    after it: a deal that missed is not called back. A place is freed only once the deal is refunded in full.
    """
    awarded: dict[UUID, Fraction] = {}
    places: list[SpiffDeal] = []
    returned: dict[UUID, Fraction] = {}
    used = Fraction()
    found: list[SpiffAward] = []
    for entry in entries:
        if isinstance(entry, SpiffDeal):
            award, outcome = _spiff_award(spiff, entry, places, used)
            used += award
            if outcome in ("awarded", "cut_by_budget"):
                awarded[entry.deal_id] = award
                places.append(entry)
        else:
            before = returned.get(entry.deal_id, Fraction())
            returned[entry.deal_id] = min(before + entry.share, Fraction(1))
            award = awarded.get(entry.deal_id, Fraction()) * (before - returned[entry.deal_id])
            outcome = "taken_back" if entry.deal_id in awarded else "never_awarded"
            if spiff.refunded_budget == "freed":
                used += award
                if returned[entry.deal_id] == 1:
                    places = [place for place in places if place.deal_id != entry.deal_id]
        found.append(SpiffAward(deal_id=entry.deal_id, award=award, outcome=outcome))
    return tuple(found)


def with_spiff(commission: Fraction, *, award: Fraction, stacking: SpiffStacking) -> Fraction:
    """R35: what a deal pays in all; a deal without award keeps its commission. Refunds (both below zero) mirror it."""
    match stacking:
        case "added":
            return commission + award
        case "instead":
            return award if award != 0 else commission
        case "greater":
            return max(commission, award, key=abs)


def scorecard(
    items: Sequence[ScorecardItem],
    scores: Mapping[str, Fraction | None],
    curves: Mapping[str, Curve],
    *,
    target: Fraction,
    missing: MissingScore,
) -> tuple[ScorecardLine, ...]:
    """R41: `e = T * sum w_i * f_i(s_i)`: one line for each item; their sum is what is earned.

    A missing score pays 0 percent of its weight (`zero`), 100 percent (`one`), or its weight goes to the scored items in
    proportion (`reweight`; where no item at all is scored, nothing is earned).
    """
    scored = sum((Fraction(item.weight_percent) for item in items if scores.get(item.key) is not None), Fraction())
    lines: list[ScorecardLine] = []
    for item in items:
        weight, score = Fraction(item.weight_percent), scores.get(item.key)
        payout: Fraction | None
        if score is not None:
            payout = curves[item.key](score)
            weight = weight * 100 / scored if missing == "reweight" else weight
        elif missing == "reweight":
            payout, weight = None, Fraction()
        else:
            payout = Fraction(100 if missing == "one" else 0)
        earned = target * weight * (payout or 0) / 10_000
        lines.append(
            ScorecardLine(
                key=item.key, weight_percent=weight, score_percent=score, payout_percent=payout, earned=earned
            )
        )
    return tuple(lines)


def problem_of_spiff(spiff: Spiff) -> Problem | None:
    """R35: dates in order, one kind of award, above zero, and a budget above zero where there is one."""
    if spiff.last_on < spiff.first_on:
        return Problem(pointer="/last_on", reason=f"it ends before {spiff.first_on}, when it begins")
    unit, multiplier = spiff.unit_award_minor, spiff.commission_multiplier
    if (unit is None) == (multiplier is None):
        reason = "state either an award for each unit or a multiplier of the commission"
        return Problem(pointer="/unit_award_minor", reason=reason)
    if unit is not None and unit <= 0:
        return Problem(pointer="/unit_award_minor", reason="an award is above 0")
    if multiplier is not None and not (multiplier.is_finite() and 0 < multiplier <= MULTIPLIER_MAX):
        reason = f"a multiplier lies above 0 and is at most {MULTIPLIER_MAX}"
        return Problem(pointer="/commission_multiplier", reason=reason)
    if spiff.budget_minor is not None and spiff.budget_minor <= 0:
        return Problem(pointer="/budget_minor", reason="a budget is above 0; send null for none")
    for place, count in (("winners_max", spiff.winners_max), ("member_awards_max", spiff.member_awards_max)):
        if count is not None and not 1 <= count <= WINNERS_MAX:
            return Problem(pointer=f"/{place}", reason=f"between 1 and {WINNERS_MAX}, or null for no limit")
    return None


def problem_of_scorecard(items: Sequence[ScorecardItem]) -> Problem | None:
    """R41: each key once, every weight above zero, and the weights add up to 100 percent exactly."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item.key in seen:
            return Problem(pointer=f"/{index}/key", reason=f"the item {item.key} stands twice")
        seen.add(item.key)
        if not item.weight_percent.is_finite() or item.weight_percent <= 0:
            return Problem(pointer=f"/{index}/weight_percent", reason="a weight is above 0 percent")
    total = sum((Fraction(item.weight_percent) for item in items), Fraction())
    if total != 100:
        return Problem(pointer="", reason=f"the weights add up to {percent(total)} percent, not to 100")
    return None


def _spiff_award(
    spiff: Spiff, deal: SpiffDeal, places: Sequence[SpiffDeal], used: Fraction
) -> tuple[Fraction, SpiffOutcome]:
    nothing = Fraction()
    if not spiff.first_on <= deal.on <= spiff.last_on:
        return nothing, "outside_dates"
    if not _has_place(spiff, deal, places):
        return nothing, "not_among_the_first"
    wanted = _wanted(spiff, deal)
    if wanted <= 0:
        return nothing, "nothing_to_award"
    left = wanted if spiff.budget_minor is None else spiff.budget_minor - used
    if wanted <= left:
        return wanted, "awarded"
    if left <= 0 or spiff.budget_end == "nothing":
        return nothing, "over_budget"
    return (left, "cut_by_budget") if spiff.budget_end == "partial" else (wanted, "awarded")


def _has_place(spiff: Spiff, deal: SpiffDeal, places: Sequence[SpiffDeal]) -> bool:
    own = sum(place.member_id == deal.member_id for place in places)
    if spiff.member_awards_max is not None and own >= spiff.member_awards_max:
        return False
    if spiff.winners_max is None or len(places) < spiff.winners_max:
        return True
    return spiff.winner_ties == "same_day_wins" and places[spiff.winners_max - 1].on == deal.on


def _wanted(spiff: Spiff, deal: SpiffDeal) -> Fraction:
    if spiff.unit_award_minor is not None:
        return deal.units * spiff.unit_award_minor
    assert spiff.commission_multiplier is not None, "a published campaign has one kind of award"
    return deal.commission * Fraction(spiff.commission_multiplier)
