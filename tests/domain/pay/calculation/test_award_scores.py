"""Touches and scorecards of a plan on statements, worked by hand, and what happens where a score is not known."""

from typing import Any, Final

import pytest

from salesapi.domain.customers.satisfaction import SatisfactionKind
from salesapi.domain.pay.plans.plan_awards import PlanAward, Scorecard, ScorecardGoal, TouchAward
from salesapi.domain.pay.records.points import PointsCredited
from tests.domain.pay.award_options import award, goal
from tests.domain.pay.award_stories import line_of, paid, with_award
from tests.domain.pay.commission_stories import ANN, BOB
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog
from tests.spec import uid

# R02


def test_each_meeting_of_the_period_is_paid() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)))
    log.touch(1, ANN, "2025-12-31")
    first, last = log.touch(1, ANN, "2026-01-01"), log.touch(2, ANN, "2026-03-31")
    log.touch(1, ANN, "2026-04-01")
    log.touch(1, ANN, "2026-02-01", kind="event")
    log.touch(1, BOB, "2026-02-01")
    log.touch(1, ANN, None)
    line = line_of(log)
    assert (line.rule, line.posted_minor, line.positions) == ("R02", 10_000, (first, last))
    assert english(line) == "touches: 2 x 50.00 = 100.00 USD"


def test_a_meeting_before_the_member_held_the_award_is_not_paid() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)), "2026-02-01")
    log.touch(1, ANN, "2026-01-31")
    log.touch(1, ANN, "2026-02-01")
    assert paid(log) == 5_000


def test_an_award_that_comes_to_nothing_is_no_line() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)))
    assert log.statements("2026Q1") == {}


def test_a_line_names_the_newest_twenty_events() -> None:
    log = with_award(award("met", touches=TouchAward(kinds=("meeting",), amount_minor=5_000)))
    positions = [log.touch(1, ANN, "2026-02-01") for _ in range(25)]
    line = line_of(log)
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


def answer(
    log: TradeLog, kind: SatisfactionKind, *scores: int, on: str = "2026-02-10", deal: int | None = None
) -> None:
    for score in scores:
        log.answer(1, score, on, deal=deal, kind=kind)


def scored(made: PlanAward, enrolled_from: str | None = None) -> TradeLog:
    """80 percent of a quota where it is set later, 3 of 4 customers satisfied, 6 of 8 meetings."""
    log = with_award(made, enrolled_from)
    log.sell(1, 800_000, "2026-03-05", owner=ANN, customer=1)
    answer(log, "csat", 5, 4, 4, 3)
    for day in range(1, 7):
        log.touch(1, ANN, f"2026-03-0{day}")
    return log


def test_a_scorecard_pays_the_target_by_weighted_scores() -> None:
    log = scored(card(*THREE))
    log.quota(ANN, 1_000_000)
    line = line_of(log)
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
    log.sell(1, 800_000, "2026-01-05", owner=ANN, customer=1)
    answer(log, "nps", 10, 9)
    answer(log, "csat", 5)
    assert paid(log) == 100_000
    answer(log, "nps", 0)
    assert paid(log) == 0, "a score of 33 percent is below the first point"
    answer(log, "nps", 10, 10, 10)
    assert paid(log) == 66_667, "4 of 6 promote, 1 does not: 5 of 6 less 1 of 6"


def test_an_answer_about_a_deal_scores_those_who_won_it() -> None:
    log = with_award(card(goal("content", "100", of="csat", responses_min=1)))
    log.sell(1, 800_000, "2026-01-05", owner=ANN, customer=1)
    log.sell(2, 800_000, "2026-01-06", owner=BOB, customer=1)
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
    log = with_award(card(goal("meetings", "100", of="touches", target_count=1)), None, "2026-03-31")
    log.touch(1, ANN, "2026-03-05")
    assert paid(log) == 0
