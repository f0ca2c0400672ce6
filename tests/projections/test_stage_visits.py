"""Stage visits: intervals, their order by business time, reopening, voiding and owners."""

from dataclasses import replace
from datetime import date

import pytest

from salesapi.domain.selling.deals import DealLost, DealReassigned, DealReopened, DealStageChanged, DealVoided, DealWon
from salesapi.domain.selling.pipelines import Direction
from salesapi.domain.shared.kernel import BusinessTime
from salesapi.projections.projection import GROUP_ROWS_MAX
from salesapi.projections.selling import stage_visits
from salesapi.projections.selling.stage_visits import StageVisitRow
from tests.domain.examples import ANNA, BORIS, DEAL, OFFERED, OPENED
from tests.projections.histories import Fact, rows
from tests.spec import instant
from tests.values_by_type import bare, built


def moved(stage_from: str, stage_to: str, on: str | BusinessTime | None, direction: Direction = "forward") -> Fact:
    event = bare(DealStageChanged, stage_from=stage_from, stage_to=stage_to, direction=direction)
    return Fact(DEAL, event, on)


def visits(*facts: Fact) -> list[StageVisitRow]:
    """The deal's visits in their order."""
    return sorted(rows(stage_visits.PROJECTION, StageVisitRow, *facts), key=lambda row: row.number)


WON = built(DealWon, stage_to="won")
REOPENED = built(DealReopened, stage_to="offer")


def test_a_visit_ends_where_the_next_one_begins() -> None:
    first, second = visits(Fact(DEAL, OPENED, "2026-01-05"), moved("contact", "need", "2026-01-20"))
    assert (first.stage, first.entered_on, first.left_on) == ("contact", date(2026, 1, 5), date(2026, 1, 20))
    assert (first.way_in, first.way_out, first.left_version) == ("opened", "forward", 2)
    assert (second.stage, second.left_on, second.way_out) == ("need", None, None)


def test_a_back_dated_change_takes_its_place_among_the_earlier_visits() -> None:
    facts = (
        Fact(DEAL, OPENED, "2026-01-05"),
        moved("contact", "offer", "2026-02-01", "skip"),
        moved("offer", "need", "2026-01-10", "backward"),
    )
    assert [(visit.stage, visit.version, visit.number) for visit in visits(*facts)] == [
        ("contact", 1, 1),
        ("need", 3, 2),
        ("offer", 2, 3),
    ]
    contact, need, offer = visits(*facts)
    assert (contact.left_on, contact.way_out) == (date(2026, 1, 10), "backward")
    assert (need.left_on, need.way_out) == (date(2026, 2, 1), "skip")
    assert [contact.is_negative, need.is_negative, offer.is_negative] == [False, False, True]


def test_visits_of_one_day_stand_in_the_order_of_their_instants() -> None:
    found = visits(
        Fact(DEAL, OPENED, instant("2026-01-05T08:00:00+00:00")),
        moved("contact", "need", instant("2026-01-05T12:00:00+00:00")),
        moved("need", "contact", instant("2026-01-05T10:00:00+00:00"), "backward"),
    )
    assert [row.version for row in found] == [1, 3, 2]


def test_undated_visits_stand_in_the_order_of_their_versions() -> None:
    found = visits(
        Fact(DEAL, OPENED, None), moved("contact", "need", "2026-01-20"), moved("need", "offer", None, "forward")
    )
    assert [row.stage for row in found] == ["contact", "need", "offer"]
    assert [row.left_on for row in found] == [date(2026, 1, 20), None, None]
    assert not any(row.is_negative for row in found)


MORNING, NOON = instant("2026-01-05T08:00:00+00:00"), instant("2026-01-05T12:00:00+00:00")


@pytest.mark.parametrize(
    ("entered", "left", "is_negative"),
    [
        ("2026-01-05", "2026-01-06", False),
        ("2026-01-05", "2026-01-05", False),
        ("2026-01-05", "2026-01-04", True),
        (MORNING, NOON, False),
        (MORNING, MORNING, False),
        (NOON, MORNING, True),
        (NOON, "2026-01-05", False),
        ("2026-01-05", MORNING, False),
        (MORNING, "2026-01-04", True),
        (None, "2026-01-04", False),
        ("2026-01-05", None, False),
    ],
)
def test_a_visit_is_negative_where_the_next_one_began_before_it(
    entered: str | BusinessTime | None, left: str | BusinessTime | None, is_negative: bool
) -> None:
    found = visits(Fact(DEAL, OPENED, entered), moved("contact", "need", left))
    assert {row.version: row.is_negative for row in found} == {1: is_negative, 2: False}


def test_closing_is_a_visit_of_the_end_stage_and_reopening_ends_it() -> None:
    facts = (
        Fact(DEAL, replace(OFFERED, stage="offer"), "2026-01-05"),
        Fact(DEAL, WON, "2026-02-01"),
        Fact(DEAL, REOPENED, "2026-02-03"),
    )
    offer, won, again = visits(*facts)
    assert (offer.way_out, won.category, won.way_in) == ("won", "won", "won")
    assert (won.left_on, won.way_out) == (date(2026, 2, 3), "reopened")
    assert (again.stage, again.category, again.left_on) == ("offer", "open", None)


def test_a_lost_deal_visits_the_lost_end() -> None:
    lost = DealLost(stage_from="contact", stage_to="lost", reason="price", competitor="Initech", note=None)
    *_, end = visits(Fact(DEAL, OPENED, "2026-01-05"), Fact(DEAL, lost, "2026-01-09"))
    assert (end.stage, end.category, end.way_in, end.left_on) == ("lost", "lost", "lost", None)


def test_voiding_a_deal_removes_its_visits() -> None:
    voided = DealVoided(status_from="open", stage_from="contact", reason="entered twice")
    assert visits(Fact(DEAL, OPENED), Fact(DEAL, voided)) == []


def test_a_hand_over_gives_the_running_visit_to_the_new_owner_and_leaves_the_earlier_ones() -> None:
    handed = DealReassigned(owner_from=ANNA, owner_to=BORIS, reason=None)
    found = visits(
        Fact(DEAL, OPENED, "2026-01-05"),
        moved("contact", "need", "2026-01-09"),
        Fact(DEAL, handed, "2026-01-10"),
        moved("need", "offer", "2026-01-11"),
    )
    assert [row.owner_id for row in found] == [ANNA, BORIS, BORIS]


def test_the_visits_of_one_deal_are_bounded_and_the_latest_are_kept() -> None:
    there, back = moved("contact", "need", "2026-01-05"), moved("need", "contact", "2026-01-05", "backward")
    found = visits(Fact(DEAL, OPENED, "2026-01-05"), *([there, back] * (GROUP_ROWS_MAX // 2)))
    assert len(found) == GROUP_ROWS_MAX
    assert (found[0].version, found[-1].version) == (2, GROUP_ROWS_MAX + 1)
