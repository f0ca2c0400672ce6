"""Reports on small histories that were worked out by hand, on the real tables."""

from collections.abc import AsyncIterator
from dataclasses import fields, replace
from typing import Final

import pytest
import pytest_asyncio

from salesapi.access.principals import Scope
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.schemas.selling.reports import ReportFilter
from tests.domain.examples import ACME, ANNA, BORIS, OPENED, PIPELINE, PRODUCT
from tests.queries.read_tables import ReadTables, read_tables
from tests.queries.report_stories import AT_FAIR, OF_OLD, Board, DealStory, deal
from tests.queries.test_organisation import CHIEF, HEAD, MARCH, NORTH, SOUTH, formed, joined, leads, teams_of

DATABASE = "reports_by_hand"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tables(postgresql: EmbeddedPostgreSQL) -> AsyncIterator[ReadTables]:
    async with read_tables(postgresql, DATABASE) as tables:
        yield tables


@pytest_asyncio.fixture(loop_scope="session")
async def board(tables: ReadTables) -> Board:
    return Board(tables)


async def test_a_reopened_deal_stays_won_on_the_days_on_which_it_was(board: Board) -> None:
    story = deal(1, "2026-01-05").won("2026-02-01").reopened("2026-02-10").lost("2026-03-01")
    await board.record(story)
    states = {}
    for day in ("2026-01-04", "2026-01-05", "2026-01-31", "2026-02-01", "2026-02-09", "2026-02-10", "2026-03-01"):
        group = await board.all_deals(as_of=day)
        states[day] = (group.open, group.won, group.lost)
    assert states == {
        "2026-01-04": (0, 0, 0),
        "2026-01-05": (1, 0, 0),
        "2026-01-31": (1, 0, 0),
        "2026-02-01": (0, 1, 0),
        "2026-02-09": (0, 1, 0),
        "2026-02-10": (1, 0, 0),
        "2026-03-01": (0, 0, 1),
    }
    now = await board.all_deals()
    assert (now.open, now.won, now.lost) == (0, 0, 1)


async def test_a_voided_deal_counts_on_no_day_and_in_no_report(board: Board) -> None:
    await board.record(deal(1, "2026-01-05").moved("contact", "need", "2026-01-08").voided("2026-02-01"))
    assert (await board.all_deals()).deals == 0
    assert (await board.all_deals(as_of="2026-01-10")).deals == 0
    assert (await board.snapshot(), await board.cohort(), await board.dwells()) == ({}, {}, {})


async def test_undated_deals_are_in_no_figure_of_a_day_and_counted_apart(board: Board) -> None:
    await board.record(
        deal(1, None), deal(2, "2026-01-05").lost(None), deal(3, "2026-01-05"), deal(4, None).won("2026-02-01")
    )
    day = await board.all_deals(as_of="2026-01-31")
    assert (day.open, day.won, day.lost, day.undated) == (1, 0, 0, 3)
    later = await board.all_deals(as_of="2026-02-01")
    assert (later.open, later.won, later.lost, later.undated) == (1, 1, 0, 2)
    now = await board.all_deals()
    assert (now.open, now.won, now.lost, now.undated) == (2, 1, 1, 3)


async def test_a_deal_that_was_opened_later_is_not_there_yet(board: Board) -> None:
    await board.record(deal(1, "2026-03-05"))
    day = await board.all_deals(as_of="2026-03-04")
    assert (day.deals, day.undated) == (0, 0)


async def test_a_back_dated_change_is_seen_on_the_day_on_which_it_became_true(board: Board) -> None:
    story = deal(1, "2026-01-05").moved("contact", "offer", "2026-02-01", "skip")
    await board.record(story.moved("offer", "need", "2026-01-10", "backward"))
    stages = {}
    for day in ("2026-01-09", "2026-01-10", "2026-02-01"):
        (stage,) = (await board.all_deals(as_of=day)).stages
        stages[day] = stage.stage
    assert stages == {"2026-01-09": "contact", "2026-01-10": "need", "2026-02-01": "offer"}


async def test_values_of_two_currencies_are_never_added(board: Board) -> None:
    await board.record(
        deal(1, "2026-01-05").won("2026-02-01", 300, "CNY"),
        deal(2, "2026-01-05").won("2026-02-01", 100, "CNY"),
        deal(3, "2026-01-05", amount_minor=100, currency="CNY").lost("2026-02-01"),
        deal(4, "2026-01-05").won("2026-02-01", 7, "JPY"),
        deal(5, "2026-01-05", amount_minor=9, currency="JPY"),
        deal(6, "2026-01-05"),
    )
    group = await board.all_deals()
    yuan, yen = group.values
    assert (group.won, group.lost, group.open, group.unvalued) == (3, 1, 2, 1)
    assert (yuan.currency, yuan.won_deals, yuan.won_amount_minor, yuan.lost_amount_minor) == ("CNY", 2, 400, 100)
    assert (yuan.won_mean_minor, yuan.won_median_minor, yuan.win_rate) == ("200.000000", "200", "0.800000")
    assert (yen.currency, yen.won_amount_minor, yen.open_deals, yen.open_amount_minor) == ("JPY", 7, 1, 9)
    assert (yen.won_median_minor, yen.win_rate) == ("7", "1.000000")


async def test_what_nothing_divides_is_unknown(board: Board) -> None:
    await board.record()
    group = await board.all_deals()
    assert (group.keys, group.deals, group.win_rate, group.stages, group.values) == ((), 0, None, (), ())
    assert (group.won_cycle.deals, group.won_cycle.median_days, group.won_cycle.mean_days) == (0, None, None)
    assert await board.deals("owner") == ()
    await board.record(deal(1, "2026-01-05", amount_minor=10))
    group = await board.all_deals()
    (value,) = group.values
    assert (group.win_rate, value.win_rate, value.won_mean_minor, value.won_median_minor) == (None, None, None, None)


async def test_medians_are_exact_and_means_have_six_digits(board: Board) -> None:
    await board.record(
        deal(1, "2026-01-01").won("2026-01-11"),
        deal(2, "2026-01-01").won("2026-01-12"),
        deal(3, "2026-01-01").lost("2026-01-03"),
        deal(4, None).won("2026-01-03"),
    )
    group = await board.all_deals()
    won, lost, closed = group.won_cycle, group.lost_cycle, group.closed_cycle
    assert (won.median_days, won.mean_days, won.min_days, won.max_days) == ("10.5", "10.500000", 10, 11)
    assert (won.deals, won.undated) == (2, 1)
    assert (lost.median_days, lost.deals, lost.undated) == ("2", 1, 0)
    assert (closed.median_days, closed.mean_days, closed.deals, closed.undated) == ("10", "7.666667", 3, 1)
    assert group.win_rate == "0.750000"


async def test_a_deal_belongs_to_the_manager_of_the_day_on_which_it_was_closed(board: Board) -> None:
    board.teams = teams_of(
        formed(NORTH, region="north"),
        formed(SOUTH, region="south"),
        leads(NORTH, HEAD),
        leads(SOUTH, CHIEF),
        joined(NORTH, ANNA),
        joined(SOUTH, ANNA, MARCH),
    )
    await board.record(
        deal(1, "2026-01-05").won("2026-02-28"),
        deal(2, "2026-01-05").won("2026-03-01"),
        deal(3, "2026-02-05"),
        deal(4, "2026-03-05"),
        deal(5, None),
        deal(6, "2026-03-05", owner=BORIS),
    )
    by_manager = await board.by("manager")
    assert {key: (group.open, group.won) for key, group in by_manager.items()} == {
        str(HEAD): (1, 1),
        str(CHIEF): (2, 1),
        None: (1, 0),
    }
    assert by_manager[str(CHIEF)].undated == 1
    by_region = await board.by("region")
    assert {key: group.deals for key, group in by_region.items()} == {"north": 2, "south": 3, None: 1}
    (north, south, nowhere) = await board.deals("team")
    assert [(group.keys[0].label, group.deals) for group in (north, south, nowhere)] == [
        ("Team", 2),
        ("Team", 3),
        (None, 1),
    ]
    assert (await board.all_deals(manager_id=(HEAD,))).deals == 2
    assert (await board.all_deals(team_id=(SOUTH,))).deals == 3
    assert (await board.all_deals(region=("south", "north"))).deals == 5
    # On the day before, the second deal was still open: it belongs to where its owner was when it was opened.
    day = await board.by("manager", as_of="2026-02-28")
    assert {key: (group.open, group.won) for key, group in day.items()} == {str(HEAD): (2, 1), str(CHIEF): (0, 0)}
    assert day[str(CHIEF)].undated == 1


async def test_a_past_day_shows_the_owner_of_the_stage_visit(board: Board) -> None:
    story = deal(1, "2026-01-05").moved("contact", "need", "2026-02-01").reassigned(BORIS, "2026-02-03")
    await board.record(story)
    assert set(await board.by("owner", as_of="2026-01-10")) == {str(ANNA)}
    assert set(await board.by("owner", as_of="2026-02-10")) == {str(BORIS)}
    assert set(await board.by("owner")) == {str(BORIS)}


async def test_a_scope_leaves_only_the_deals_of_its_members(board: Board) -> None:
    await board.record(deal(1, "2026-01-05"), deal(2, "2026-01-05", owner=BORIS).lost("2026-02-01"))
    board.scope = Scope(member_ids=frozenset({BORIS}))
    for as_of in (None, "2026-02-01"):
        group = await board.all_deals(as_of=as_of)
        assert (group.deals, group.lost) == (1, 1)
    assert set(await board.snapshot()) == {"contact", "lost"}
    assert (await board.dwells())["contact"].visits == 1
    board.scope = Scope(member_ids=frozenset())
    assert (await board.all_deals()).deals == 0


def changed(story: DealStory, **values: object) -> DealStory:
    """The deal, opened otherwise."""
    opened, *others = story.facts
    return replace(story, facts=(replace(opened, event=replace(OPENED, **values)), *others))  # type: ignore[arg-type]


DAYS: Final = ("2026-01-09", "2026-01-10", "2026-01-11")
OPENED_ON: Final = tuple(deal(number, on) for number, on in enumerate(DAYS))
CLOSED_ON: Final = tuple(deal(number, "2026-01-05").won(on) for number, on in enumerate(DAYS))
OPEN, OF_BORIS = deal(7, "2026-01-05"), deal(8, "2026-01-05", owner=BORIS)
SOLD: Final = deal(9, "2026-01-05", customer=ACME, product=PRODUCT)
RETAIL: Final = (AttributeValue(key="sector", value="retail"),)
IN_ULM, IN_BONN = (AttributeValue(key="city", value=city) for city in ("Ulm", "Bonn"))
FILTERS: Final[list[tuple[str, object, tuple[DealStory, ...], tuple[DealStory, ...]]]] = [
    ("pipeline_id", (PIPELINE,), (OPEN,), (changed(OPEN, pipeline_id=NORTH),)),
    ("owner_id", (ANNA,), (OPEN,), (OF_BORIS,)),
    ("owner_id", (ANNA, BORIS), (OPEN, OF_BORIS), (deal(1, "2026-01-05", owner=HEAD),)),
    ("manager_id", (HEAD,), (OPEN,), (OF_BORIS,)),
    ("team_id", (NORTH,), (OPEN,), (OF_BORIS,)),
    ("region", ("north",), (OPEN,), (OF_BORIS,)),
    ("product_id", (PRODUCT,), (SOLD,), (OPEN,)),
    ("product_category", ("machines",), (SOLD,), (OPEN,)),
    ("customer_attribute", RETAIL, (SOLD,), (OPEN,)),
    ("customer_attribute", (*RETAIL, IN_ULM), (SOLD,), (OPEN,)),
    ("customer_attribute", (*RETAIL, IN_BONN), (), (SOLD, OPEN)),
    ("status", ("open",), (OPEN,), CLOSED_ON),
    ("status", ("won", "lost"), (*CLOSED_ON, OF_BORIS.lost("2026-02-01")), (OPEN,)),
    ("opened_from", DAYS[1], OPENED_ON[1:], OPENED_ON[:1]),
    ("opened_to", DAYS[1], OPENED_ON[:2], OPENED_ON[2:]),
    ("closed_from", DAYS[1], CLOSED_ON[1:], (*CLOSED_ON[:1], OPEN)),
    ("closed_to", DAYS[1], CLOSED_ON[:2], (*CLOSED_ON[2:], OPEN)),
]


def test_every_filter_is_in_the_table() -> None:
    assert {name for name, *_ in FILTERS} == {field.name for field in fields(ReportFilter)}


@pytest.mark.parametrize("as_of", [None, "2026-12-31"])
@pytest.mark.parametrize(("name", "value", "inside", "outside"), FILTERS, ids=[name for name, *_ in FILTERS])
async def test_a_filter_leaves_exactly_its_deals(
    board: Board,
    name: str,
    value: object,
    inside: tuple[DealStory, ...],
    outside: tuple[DealStory, ...],
    as_of: str | None,
) -> None:
    board.teams = teams_of(formed(NORTH, region="north"), leads(NORTH, HEAD), joined(NORTH, ANNA))
    await board.record(*inside)
    assert (await board.all_deals(as_of=as_of, **{name: value})).deals == len(inside)
    await board.record(*outside)
    assert (await board.all_deals(as_of=as_of)).deals == len(outside)
    assert (await board.all_deals(as_of=as_of, **{name: value})).deals == 0


async def test_a_deal_whose_date_a_filter_needs_is_counted_apart_where_it_is_unknown(board: Board) -> None:
    await board.record(OPEN, deal(1, None), deal(2, "2026-01-05").lost(None))
    january = {"opened_from": "2026-01-01", "opened_to": "2026-01-31"}
    first_quarter = {"closed_from": "2026-01-01", "closed_to": "2026-03-31"}
    found = [await board.all_deals(**asked) for asked in (january, first_quarter)]
    assert [(group.deals, group.undated) for group in found] == [(2, 1), (0, 1)]


async def test_groups_have_the_names_that_people_know_and_periods_as_text(board: Board) -> None:
    await board.record(
        deal(1, "2025-12-31", customer=ACME, product=PRODUCT).won("2026-03-31"),
        deal(2, "2026-04-01").lost("2026-04-02"),
    )
    labels = {}
    for grouping in ("customer", "product", "pipeline", "stage", "product_category", "attribute:city"):
        labels[grouping] = [(group.keys[0].label or group.keys[0].value) for group in await board.deals(grouping)]
    assert labels == {
        "customer": ["Acme", None],
        "product": ["Machine", None],
        "pipeline": ["Standard"],
        "stage": ["lost", "won"],
        "product_category": ["machines", None],
        "attribute:city": ["Ulm", None],
    }
    pairs = {}
    for unit in ("month", "quarter", "year"):
        groups = await board.deals(f"opened_{unit}", f"closed_{unit}")
        pairs[unit] = [tuple(key.value for key in group.keys) for group in groups]
    assert pairs == {
        "month": [("2025-12", "2026-03"), ("2026-04", "2026-04")],
        "quarter": [("2025Q4", "2026Q1"), ("2026Q2", "2026Q2")],
        "year": [("2025", "2026"), ("2026", "2026")],
    }
    (group, other) = await board.deals("attribute:sector", "attribute:city")
    assert [key.value for key in group.keys] == ["retail", "Ulm"]
    assert [key.dimension for key in other.keys] == ["attribute:sector", "attribute:city"]


@pytest.mark.parametrize("as_of", [None, "2026-12-31"])
async def test_l10_deals_count_for_the_campaign_of_the_lead_that_they_came_from(
    board: Board, as_of: str | None
) -> None:
    await board.record(*(deal(n, "2026-01-05", lead=lead) for n, lead in enumerate((AT_FAIR, AT_FAIR, OF_OLD, None))))
    groups = await board.by("campaign", as_of=as_of)
    shown = {value: (group.keys[0].label, group.deals) for value, group in groups.items()}
    assert shown == {"spring": ("Spring fair", 2), "old": (None, 1), None: (None, 1)}
    # The leads are another member's: which campaign they answered is not told.
    board.scope = Scope(member_ids=frozenset({ANNA}))
    assert {value: group.deals for value, group in (await board.by("campaign", as_of=as_of)).items()} == {None: 4}


async def test_the_snapshot_counts_the_exits_of_its_window(board: Board) -> None:
    await board.record(
        deal(1, "2026-01-01").moved("contact", "need", "2026-02-01").moved("need", "contact", "2026-02-28", "backward"),
        deal(2, "2026-01-01", amount_minor=5).moved("contact", "offer", "2026-02-28", "skip").won("2026-03-01", 6),
        deal(3, "2026-01-01").lost("2026-02-10"),
        deal(4, "2026-01-01").lost("2026-01-31"),
        deal(5, "2026-01-01").moved("contact", "need", None),
        deal(6, None),
    )
    stages = await board.snapshot(as_of="2026-02-28", window_from="2026-02-01", window_to="2026-03-31")
    assert list(stages) == ["contact", "need", "offer", "lost"]
    contact, need, offer = stages["contact"], stages["need"], stages["offer"]
    assert (contact.exits_forward, contact.exits_lost, contact.exits_backward, contact.exits_undated) == (2, 1, 0, 1)
    assert (contact.conversion, contact.deals, contact.name) == ("0.666667", 1, "First contact")
    assert (need.exits_forward, need.exits_backward, need.conversion) == (0, 1, "0.000000")
    assert (offer.deals, offer.exits_forward, offer.conversion) == (1, 0, None)
    assert [(value.currency, value.amount_minor) for value in offer.values] == [("CNY", 6)]
    assert stages["lost"].deals == 2
    # Where an undated move may have led it away, a deal is in no figure of the day.
    assert contact.undated + need.undated == 2
    now = await board.snapshot(window_from="2026-03-01")
    assert (now["offer"].exits_forward, now["offer"].conversion, now["won"].deals) == (1, "1.000000", 1)


async def test_a_cohort_counts_a_deal_once_and_a_skip_as_passing(board: Board) -> None:
    await board.record(
        deal(1, "2026-01-01")
        .moved("contact", "need", "2026-01-10")
        .moved("need", "contact", "2026-01-12", "backward")
        .lost("2026-01-20"),
        deal(2, "2026-01-02").moved("contact", "offer", "2026-01-10", "skip"),
        deal(3, "2026-01-31").moved("contact", "need", "2026-02-01"),
        deal(4, "2026-01-15").won("2026-01-16"),
        deal(5, "2026-01-15"),
        deal(6, "2026-02-01"),
        deal(7, None),
    )
    contact = (await board.cohort(as_of="2026-01-31", window_from="2026-01-01", window_to="2026-01-31"))["contact"]
    assert (contact.entered, contact.undated) == (5, 1)
    assert (contact.reached_next, contact.conversion) == (2, "0.400000")
    assert (contact.passed, contact.step_through) == (3, "0.600000")
    assert (contact.still_open, contact.won, contact.lost) == (3, 1, 1)
    later = (await board.cohort(as_of="2026-02-01", window_from="2026-01-01", window_to="2026-01-31"))["contact"]
    assert (later.entered, later.reached_next, later.passed) == (5, 3, 4)


async def test_the_last_stage_is_passed_by_winning_only(board: Board) -> None:
    await board.record(
        deal(1, "2026-01-01", stage="offer").won("2026-01-05").reopened("2026-01-06"),
        deal(2, "2026-01-01", stage="offer").lost("2026-01-05"),
    )
    offer = (await board.cohort())["offer"]
    assert (offer.entered, offer.reached_next, offer.passed, offer.still_open, offer.lost) == (2, 1, 1, 1, 1)
    assert (offer.conversion, offer.step_through) == ("0.500000", "0.500000")


async def test_dwell_is_measured_on_visits_that_ended_and_lasting_ones_stand_apart(board: Board) -> None:
    ended = [
        deal(days, "2026-01-01").moved("contact", "need", f"2026-01-{1 + days:02}").lost("2026-03-01")
        for days in range(1, 11)
    ]
    lasting = [deal(11, "2026-01-01"), deal(12, "2025-12-01"), deal(13, "2025-09-03")]
    await board.record(*ended, *lasting, deal(14, None), deal(15, "2026-01-01").moved("contact", "need", None))
    contact = (await board.dwells(as_of="2026-01-31", window_from="2026-01-02", window_to="2026-01-11"))["contact"]
    assert (contact.visits, contact.median_days, contact.p90_days, contact.max_days) == (10, "5.5", 9, 10)
    assert (contact.mean_days, contact.undated, contact.negative) == ("5.500000", 2, 0)
    censored = contact.censored
    assert (censored.visits, censored.median_days, censored.p90_days, censored.max_days) == (3, "61", 150, 150)
    assert [(band.days_from, band.days_to, band.visits) for band in censored.ages] == [
        (0, 30, 1),
        (31, 60, 0),
        (61, 90, 1),
        (91, 120, 0),
        (121, None, 1),
    ]
    half = (await board.dwells(window_from="2026-01-07"))["contact"]
    assert (half.visits, half.median_days, half.censored.visits, half.censored.ages) == (5, "8", 3, ())
    assert half.censored.max_days is None


async def test_a_visit_whose_dates_contradict_its_record_is_flagged_and_not_dropped(board: Board) -> None:
    story = deal(1, "2026-01-05").moved("contact", "offer", "2026-02-01", "skip")
    await board.record(story.moved("offer", "need", "2026-01-10", "backward").moved("need", "offer", "2026-03-01"))
    dwells = await board.dwells()
    assert {stage: (dwell.visits, dwell.median_days, dwell.negative) for stage, dwell in dwells.items()} == {
        "contact": (1, "5", 0),
        "need": (1, "22", 0),
        "offer": (1, "28", 1),
    }
