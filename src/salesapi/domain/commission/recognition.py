"""Rewards that are not a rate: points and their redemption (R47), recognition awards by nomination and approval (R48).

Posted points are whole numbers without a currency, money is minor units, dates business dates. Nothing is rounded here.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Le

from salesapi.domain.commission.tables import Problem
from salesapi.domain.kernel import About, Key, Title, record
from salesapi.domain.money import Exact

POINTS_MAX: Final = 10**9
"""Most points of one entry."""
APPROVALS_MAX: Final = 10
"""Most approvals that an award can ask for."""
WINNERS_MAX: Final = 1_000
"""Most winners of one award in a period."""

PointsKind: TypeAlias = Literal["earned", "taken_back", "redeemed"]
RecognitionUnit: TypeAlias = Literal["money", "points", "benefit"]
Verdict: TypeAlias = Literal["approved", "rejected"]
RecognitionOutcome: TypeAlias = Literal["awarded", "waiting", "rejected", "self_nominated", "not_among_the_first"]


@record
class PointsTerms:
    """What points are worth and how they are redeemed."""

    redeem_least: Annotated[int, Ge(1), Le(POINTS_MAX), About("Fewest points that can be redeemed at once.")]
    minor_per_point: Annotated[
        Exact | None, About("Worth of a point in minor units; null where points buy benefits only.")
    ]


@record
class PointsEntry:
    """One entry of a member's points: earned above zero, taken back and redeemed below zero."""

    kind: PointsKind
    points: int


@record
class Redemption:
    """A redemption: the entry that it posts, its worth in minor units (None without one), the balance after it."""

    entry: PointsEntry
    worth: Fraction | None
    balance_after: int


@record
class RecognitionTerms:
    """A fixed award for what is nominated and approved, such as a quarter's star (季度之星)."""

    key: Annotated[Key, About("Stable name of the award.")]
    unit: Annotated[RecognitionUnit, About("What is awarded: `money`, `points`, or a `benefit` in kind.")]
    amount: Annotated[
        Annotated[int, Ge(1), Le(10**12)], About("Minor units, points, or number of benefits for each winner.")
    ]
    benefit: Annotated[Title | None, About("What the benefit is; null for money and points.")]
    approvals_min: Annotated[int, Ge(1), Le(APPROVALS_MAX), About("How many different people must approve.")]
    self_nomination: Annotated[bool, About("Whether people may nominate themselves.")]
    winners_max: Annotated[
        Annotated[int, Ge(1), Le(WINNERS_MAX)] | None,
        About("Only the first so many of a period, by the day of the last approval needed; null: all."),
    ]


@record
class RecognitionVerdict:
    """What one person said about a nomination, and when."""

    by_id: UUID
    on: date
    verdict: Verdict


@record
class Nomination:
    """Who was nominated by whom, and the verdicts in the order in which they were recorded."""

    nomination_id: UUID
    nominee_id: UUID
    nominated_by_id: UUID
    nominated_on: date
    verdicts: tuple[RecognitionVerdict, ...]


@record
class RecognitionResult:
    """What became of a nomination, and its approval trail. `amount` is in the award's unit, 0 unless awarded."""

    nomination_id: UUID
    nominee_id: UUID
    outcome: RecognitionOutcome
    approved_on: date | None
    approver_ids: tuple[UUID, ...]
    unit: RecognitionUnit
    amount: int


def points_earned(quantity: Fraction, points_per_unit: Decimal) -> Fraction:
    """R47: `n * u` in points, as R02 has it in money; like money it becomes whole where a line is posted."""
    return quantity * Fraction(points_per_unit)


def points_balance(entries: Sequence[PointsEntry]) -> int:
    """R47: the sum of all entries, in any order. Below zero where points were taken back after they were redeemed."""
    return sum(entry.points for entry in entries)


def problem_of_redemption(terms: PointsTerms, balance: int, points: int) -> Problem | None:
    """R47: nobody redeems less than the least, or more than the balance."""
    if points < terms.redeem_least:
        return Problem(pointer="/points", reason=f"redeem at least {terms.redeem_least} points at once")
    if points > balance:
        return Problem(pointer="/points", reason=f"the balance is {balance} points, so {points} cannot be redeemed")
    return None


def redemption(terms: PointsTerms, balance: int, points: int) -> Redemption:
    """R47: a redemption posts a negative entry; its worth is `points * minor_per_point`, exact."""
    assert problem_of_redemption(terms, balance, points) is None, "what cannot be redeemed is refused before"
    worth = None if terms.minor_per_point is None else points * Fraction(terms.minor_per_point)
    entry = PointsEntry(kind="redeemed", points=-points)
    return Redemption(entry=entry, worth=worth, balance_after=balance - points)


def recognitions(terms: RecognitionTerms, nominations: Sequence[Nomination]) -> tuple[RecognitionResult, ...]:
    """R48: a fixed amount, or none, for each nomination of a period, in the order given.

    It takes approvals of so many different people, none of whom is the nominee or nominated them; verdicts of these are
    passed over. A rejection before the last approval needed ends it. With fewer places than approved nominations those
    approved first win, then those nominated first, then the lower nomination id: the order given does not matter.
    """
    judged = [_judged(terms, nomination) for nomination in nominations]
    approved = [
        (approved_on, nomination.nominated_on, nomination.nomination_id)
        for nomination, (outcome, approved_on, _) in zip(nominations, judged, strict=True)
        if outcome == "awarded" and approved_on is not None
    ]
    winners = {nomination_id for _, _, nomination_id in sorted(approved)[: terms.winners_max]}
    return tuple(
        _result(terms, nomination, outcome, approved_on, approver_ids, nomination.nomination_id in winners)
        for nomination, (outcome, approved_on, approver_ids) in zip(nominations, judged, strict=True)
    )


def problem_of_points(terms: PointsTerms) -> Problem | None:
    """R47: a least redemption of one point or more; a point is worth something where it has a worth."""
    if not 1 <= terms.redeem_least <= POINTS_MAX:
        return Problem(pointer="/redeem_least", reason=f"between 1 and {POINTS_MAX} points")
    worth: Decimal | None = terms.minor_per_point
    if worth is not None and not (worth.is_finite() and worth > 0):
        return Problem(pointer="/minor_per_point", reason="a point is worth more than 0; send null for no worth")
    return None


def problem_of_recognition(terms: RecognitionTerms) -> Problem | None:
    """R48: an amount above zero, a benefit that is named exactly where the unit is one, bounded approvals and winners."""
    if terms.amount < 1:
        return Problem(pointer="/amount", reason="an award is 1 or more of its unit")
    if (terms.unit == "benefit") != (terms.benefit is not None):
        return Problem(pointer="/benefit", reason="name the benefit where the unit is `benefit`, and only there")
    if not 1 <= terms.approvals_min <= APPROVALS_MAX:
        return Problem(pointer="/approvals_min", reason=f"between 1 and {APPROVALS_MAX} people approve")
    if terms.winners_max is not None and not 1 <= terms.winners_max <= WINNERS_MAX:
        return Problem(pointer="/winners_max", reason=f"between 1 and {WINNERS_MAX} winners, or null for all")
    return None


def _judged(
    terms: RecognitionTerms, nomination: Nomination
) -> tuple[RecognitionOutcome, date | None, tuple[UUID, ...]]:
    """The outcome before places are given, the day of the last approval needed, and who approved."""
    if nomination.nominee_id == nomination.nominated_by_id and not terms.self_nomination:
        return "self_nominated", None, ()
    approver_ids: list[UUID] = []
    for verdict in nomination.verdicts:
        if verdict.by_id in (nomination.nominee_id, nomination.nominated_by_id, *approver_ids):
            continue
        if verdict.verdict == "rejected":
            return "rejected", None, tuple(approver_ids)
        approver_ids.append(verdict.by_id)
        if len(approver_ids) == terms.approvals_min:
            return "awarded", verdict.on, tuple(approver_ids)
    return "waiting", None, tuple(approver_ids)


def _result(
    terms: RecognitionTerms,
    nomination: Nomination,
    outcome: RecognitionOutcome,
    approved_on: date | None,
    approver_ids: tuple[UUID, ...],
    is_winner: bool,
) -> RecognitionResult:
    has_no_place = outcome == "awarded" and not is_winner
    return RecognitionResult(
        nomination_id=nomination.nomination_id,
        nominee_id=nomination.nominee_id,
        outcome="not_among_the_first" if has_no_place else outcome,
        approved_on=approved_on,
        approver_ids=approver_ids,
        unit=terms.unit,
        amount=terms.amount if is_winner else 0,
    )
