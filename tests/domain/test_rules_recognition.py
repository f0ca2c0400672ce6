"""Rules R47 and R48, worked by hand. Examples by hypothesis with fixed seeds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesapi.domain.commission.recognition import (
    Nomination,
    PointsEntry,
    PointsTerms,
    RecognitionOutcome,
    RecognitionTerms,
    RecognitionVerdict,
    Verdict,
    points_balance,
    points_earned,
    problem_of_points,
    problem_of_recognition,
    problem_of_redemption,
    recognitions,
    redemption,
)
from tests.spec import uid

# R47

POINTS: Final = PointsTerms(redeem_least=100, minor_per_point=Decimal("2.5"))


@pytest.mark.parametrize(("quantity", "points"), [("3", 30), ("0", 0), ("-1", -10), ("1/4", Fraction(5, 2))])
def test_points_are_earned_for_each_unit(quantity: str, points: Fraction) -> None:
    assert points_earned(Fraction(quantity), Decimal(10)) == points


def test_a_redemption_posts_a_negative_entry_with_its_worth() -> None:
    found = redemption(POINTS, 250, 101)
    assert found.entry == PointsEntry(kind="redeemed", points=-101)
    assert found.worth == Fraction(505, 2)
    assert found.balance_after == 149
    assert redemption(replace(POINTS, minor_per_point=None), 250, 250).worth is None


@pytest.mark.parametrize(
    ("balance", "points", "is_possible"),
    [(250, 250, True), (250, 251, False), (250, 100, True), (250, 99, False), (-5, 100, False), (250, -100, False)],
)
def test_nobody_redeems_more_than_the_balance_or_less_than_the_least(
    balance: int, points: int, is_possible: bool
) -> None:
    assert (problem_of_redemption(POINTS, balance, points) is None) == is_possible


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.integers(min_value=-1_000, max_value=1_000), max_size=20), st.integers(min_value=1, max_value=2_000))
def test_the_balance_is_the_sum_in_any_order_and_redeeming_never_overdraws_it(entries: list[int], points: int) -> None:
    posted = [PointsEntry(kind="earned" if amount > 0 else "taken_back", points=amount) for amount in entries]
    balance = points_balance(posted)
    assert points_balance(posted[::-1]) == balance
    if problem_of_redemption(POINTS, balance, points) is None:
        found = redemption(POINTS, balance, points)
        assert points_balance([*posted, found.entry]) == found.balance_after >= 0


def test_points_of_no_worth_are_stated_as_such() -> None:
    assert problem_of_points(POINTS) is None
    assert problem_of_points(replace(POINTS, minor_per_point=None)) is None
    assert problem_of_points(replace(POINTS, minor_per_point=Decimal(0))) is not None
    assert problem_of_points(replace(POINTS, redeem_least=1)) is None
    assert problem_of_points(replace(POINTS, redeem_least=0)) is not None


# R48

NOMINEE: Final = uid(0xA)
COLLEAGUE: Final = uid(0xB)
LEADER: Final = uid(0xC)
DIRECTOR: Final = uid(0xD)
STAR: Final = RecognitionTerms(
    key="star_of_the_quarter",
    unit="money",
    amount=100_000,
    benefit=None,
    approvals_min=2,
    self_nomination=False,
    winners_max=None,
)


def said(by_id: UUID, verdict: Verdict = "approved", day: int = 10) -> RecognitionVerdict:
    return RecognitionVerdict(by_id=by_id, on=date(2026, 3, day), verdict=verdict)


def nomination(
    *verdicts: RecognitionVerdict, number: int = 1, nominated_by_id: UUID = COLLEAGUE, day: int = 1
) -> Nomination:
    return Nomination(
        nomination_id=uid(number),
        nominee_id=NOMINEE,
        nominated_by_id=nominated_by_id,
        nominated_on=date(2026, 3, day),
        verdicts=verdicts,
    )


@pytest.mark.parametrize(
    ("case", "outcome", "approvers"),
    [
        (nomination(), "waiting", 0),
        (nomination(said(LEADER)), "waiting", 1),
        (nomination(said(LEADER), said(DIRECTOR)), "awarded", 2),
        (nomination(said(LEADER), said(LEADER)), "waiting", 1),  # one person approves once
        (nomination(said(LEADER), said(COLLEAGUE)), "waiting", 1),  # who nominated does not approve
        (nomination(said(LEADER), said(NOMINEE)), "waiting", 1),  # nor does the nominee
        (nomination(said(NOMINEE, "rejected"), said(LEADER), said(DIRECTOR)), "awarded", 2),
        (nomination(said(LEADER), said(DIRECTOR, "rejected")), "rejected", 1),
        (nomination(said(LEADER), said(DIRECTOR), said(uid(0xE), "rejected")), "awarded", 2),  # too late
        (nomination(said(LEADER), said(DIRECTOR), nominated_by_id=NOMINEE), "self_nominated", 0),
    ],
)
def test_a_nomination_is_awarded_by_enough_approvals_of_others(
    case: Nomination, outcome: RecognitionOutcome, approvers: int
) -> None:
    (found,) = recognitions(STAR, [case])
    assert (found.outcome, len(found.approver_ids)) == (outcome, approvers)
    assert found.amount == (100_000 if outcome == "awarded" else 0)
    assert (found.approved_on is not None) == (outcome == "awarded")


def test_people_may_nominate_themselves_where_the_plan_says_so() -> None:
    own = nomination(said(LEADER), said(DIRECTOR), nominated_by_id=NOMINEE)
    (found,) = recognitions(replace(STAR, self_nomination=True), [own])
    assert found.outcome == "awarded"


def test_the_first_approved_win_whatever_the_order() -> None:
    late = nomination(said(LEADER), said(DIRECTOR, day=20), number=1)
    early = nomination(said(LEADER), said(DIRECTOR, day=12), number=2, day=5)
    earlier_nominated = nomination(said(LEADER), said(DIRECTOR, day=12), number=3, day=2)
    waiting = nomination(said(LEADER, day=2), number=4)
    for order in permutations((late, early, earlier_nominated, waiting)):
        found = {result.nomination_id: result for result in recognitions(replace(STAR, winners_max=1), order)}
        assert [found[uid(number)].outcome for number in (1, 2, 3, 4)] == [
            "not_among_the_first",
            "not_among_the_first",
            "awarded",
            "waiting",
        ]
        assert sum(result.amount for result in found.values()) == 100_000


def test_an_award_can_be_points_or_a_benefit() -> None:
    benefit = replace(STAR, unit="benefit", amount=1, benefit="A day off")
    (found,) = recognitions(benefit, [nomination(said(LEADER), said(DIRECTOR))])
    assert (found.unit, found.amount) == ("benefit", 1)
    assert problem_of_recognition(benefit) is None


def test_a_recognition_that_contradicts_itself_is_not_published() -> None:
    cases = {
        "/amount": replace(STAR, amount=0),
        "/benefit": replace(STAR, unit="benefit"),
        "/approvals_min": replace(STAR, approvals_min=0),
        "/winners_max": replace(STAR, winners_max=0),
    }
    for pointer, terms in cases.items():
        found = problem_of_recognition(terms)
        assert found is not None
        assert found.pointer == pointer
    assert problem_of_recognition(replace(STAR, benefit="A day off")) is not None
    assert problem_of_recognition(replace(STAR, amount=1, approvals_min=1, winners_max=1)) is None
