"""Touches and scorecards of a plan on statements, worked by hand, and what happens where a score is not known."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest

from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded, SatisfactionKind
from salesapi.domain.pay.plans.enrolments import EnrolmentBegun
from salesapi.domain.pay.plans.plan_awards import PlanAward, Scorecard, ScorecardGoal, TouchAward
from salesapi.domain.pay.records.points import PointsCredited
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded, TouchKind
from tests.domain.pay.award_options import award, goal
from tests.domain.pay.award_stories import line_of, paid, with_award
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, flat
from tests.domain.pay.reasons_said import english
from tests.spec import uid

HOTEL: Final = uid(0xC1)
LEAD: Final = uid(0xD1)


# R02


def touch(log: Log, on: str | None, kind: TouchKind = "meeting", member_id: UUID = ANN, lead: UUID = LEAD) -> int:
    touched = LeadAttributionTouchRecorded(kind=kind, member_id=member_id, campaign=None, weight=None, deal_id=None)
    return log.add(lead, touched, on)


def test_each_meeting_of_the_period_is_paid() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)))
    touch(log, "2025-12-31")
    first = touch(log, "2026-01-01")
    last = touch(log, "2026-03-31", lead=uid(0xD2))
    for on, kind, member_id in (
        ("2026-04-01", "meeting", ANN),
        ("2026-02-01", "event", ANN),
        ("2026-02-01", "meeting", BOB),
    ):
        touch(log, on, kind, member_id)  # type: ignore[arg-type]
    touch(log, None)
    line = line_of(log)
    assert line is not None
    assert (line.rule, line.posted_minor, line.positions) == ("R02", 10_000, (first, last))
    assert english(line) == "touches: 2 x 50.00 = 100.00 USD"


def test_a_meeting_before_the_member_held_the_award_is_not_paid() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)), "2026-02-01")
    touch(log, "2026-01-31")
    touch(log, "2026-02-01")
    assert paid(log) == 5_000


def test_an_award_that_comes_to_nothing_is_no_line() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)))
    assert log.statements("2026Q1") == {}


def test_a_line_names_the_newest_twenty_events() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)))
    positions = [touch(log, "2026-02-01") for _ in range(25)]
    line = line_of(log)
    assert line is not None
    assert (line.posted_minor, list(line.positions)) == (125_000, positions[-20:])


# R41


def card(*goals: ScorecardGoal, **options: Any) -> PlanAward:
    """A target of 1,000.00."""
    return award("card", scorecard=Scorecard(**{"target_minor": 100_000, "goals": goals, "missing": "zero", **options}))


THREE: Final = (
    goal("quota", "50", of="attainment", component="base"),
    goal("content", "30", of="csat", responses_min=4),
    goal("meetings", "20", of="touches", target_count=8, kinds=("meeting",)),
)


def answer(log: Log, kind: SatisfactionKind, *scores: int, on: str = "2026-02-10", deal: int | None = None) -> None:
    for score in scores:
        answered = CustomerSatisfactionRecorded(
            kind=kind,
            score=score,
            deal_id=uid(deal) if deal is not None else None,
            agreement_id=None,
            activity_id=None,
            comment=None,
        )
        log.add(HOTEL, answered, on)


def sell(log: Log, deal: int, owner: UUID, on: str, customer_id: UUID = HOTEL, amount_minor: int = 800_000) -> int:
    return log.win(deal, amount_minor, on, owner=owner, customer_id=customer_id)


def scored(made: PlanAward, enrolled_from: str | None = None) -> Log:
    """80 percent of a quota where it is set later, 3 of 4 customers satisfied, 6 of 8 meetings."""
    log = with_award(made, enrolled_from)
    sell(log, 1, ANN, "2026-03-05")
    answer(log, "csat", 5, 4, 4, 3)
    for day in range(1, 7):
        touch(log, f"2026-03-0{day}")
    return log


def test_a_scorecard_pays_the_target_by_weighted_scores() -> None:
    log = scored(card(*THREE))
    log.quota(ANN, 1_000_000)
    line = line_of(log)
    assert line is not None
    assert (line.rule, line.posted_minor) == ("R41", 77_500), "half of 80, 30 of 75, 20 of 75 percent"
    assert english(line) == (
        "1,000.00 x (50 % x 80 % for quota at 80 % + 30 % x 75 % for content at 75 % + 20 % x 75 % for meetings at 75 %)"
        " = 775.00 USD"
    )


@pytest.mark.parametrize(("missing", "expected"), [("zero", 37_500), ("one", 87_500), ("reweight", 75_000)])
def test_without_a_quota_the_score_of_attainment_is_missing(missing: str, expected: int) -> None:
    assert paid(scored(card(*THREE, missing=missing))) == expected


def test_with_too_few_answers_the_score_is_missing() -> None:
    log = with_award(card(goal("promoters", "100", of="nps", responses_min=3), missing="one"))
    sell(log, 1, ANN, "2026-01-05")
    answer(log, "nps", 10, 9)
    answer(log, "csat", 5)
    assert paid(log) == 100_000
    answer(log, "nps", 0)
    assert paid(log) == 0, "a score of 33 percent is below the first point"
    answer(log, "nps", 10, 10, 10)
    assert paid(log) == 66_667, "4 of 6 promote, 1 does not: 5 of 6 less 1 of 6"


def test_an_answer_about_a_deal_scores_those_who_won_it() -> None:
    log = with_award(card(goal("content", "100", of="csat", responses_min=1)))
    sell(log, 1, ANN, "2026-01-05")
    sell(log, 2, BOB, "2026-01-06")
    answer(log, "csat", 1, deal=2)
    answer(log, "csat", 5, on="2026-04-01", deal=1)
    assert paid(log) == 0
    answer(log, "csat", 5, deal=1)
    assert paid(log) == 100_000


def test_points_of_the_period_score_in_percent_of_those_asked_for() -> None:
    log = with_award(card(goal("process", "100", of="points", target_count=50)))
    for on, points in (("2025-12-31", 50), ("2026-01-01", 15), ("2026-03-31", 25), (None, 50)):
        log.add(uid(0x99), PointsCredited(member_id=ANN, award_id=uid(1), points=points), on)
    assert paid(log) == 80_000


@pytest.mark.parametrize(("part_of_period", "expected"), [("whole", 75_000), ("by_days", 25_833)])
def test_who_joins_in_the_period_has_the_whole_target_or_its_days(part_of_period: str, expected: int) -> None:
    made = card(goal("meetings", "100", of="touches", target_count=8), part_of_period=part_of_period)
    assert paid(scored(made, "2026-03-01")) == expected, "31 of 90 days of 750.00"


def test_who_does_not_hold_the_award_on_the_last_day_has_no_scorecard() -> None:
    log = Log().plan(flat("5"), awards=(card(goal("meetings", "100", of="touches", target_count=1)),))
    begun = EnrolmentBegun(
        member_id=ANN, plan_id=PLAN, effective_from=None, effective_until=date(2026, 3, 31), component_keys=None
    )
    log.add(ANN, begun)
    touch(log, "2026-03-05")
    assert paid(log) == 0
