"""What lists show beside what `test_every_list.py` shows of all of them: look-ups, profiles, timelines, traces and cursors."""

import asyncio
from datetime import date
from typing import Any

import pytest

from salesapi.access.principals import EVERYTHING
from salesapi.database.text import TextRefused
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.customers.customers import CUSTOMERS, customer_profile, customer_timeline
from salesapi.queries.paging import CursorMalformed, Page, PageRequest, encoded_cursor
from salesapi.queries.pay.payout_runs import RUNS, statement, statement_lines
from salesapi.queries.selling.activities import ACTIVITIES
from salesapi.queries.selling.attribution_touches import TOUCHES
from salesapi.queries.selling.deals import DEALS, stage_visits
from salesapi.schemas.customers.customers import TimelineEntry
from salesapi.schemas.selling.attribution_touches import AttributionTouchFilter, AttributionTouchOrder
from salesapi.schemas.selling.deals import Deal, DealFilter, DealOrder
from tests.queries.conftest import Reads
from tests.spec import uid

ALL = PageRequest(first=100)


@pytest.mark.parametrize("fields", [{"text": "a\x00"}, {"stage": ("ok", "\ud800")}, {"external_id": "\x00"}], ids=str)
async def test_a_text_that_no_row_can_hold_is_refused(reads: Reads, fields: dict[str, Any]) -> None:
    with pytest.raises(TextRefused):
        await DEALS.page(reads.pool, EVERYTHING, where=DealFilter(**fields), order=DealOrder.CHANGED_DESC, page=ALL)


async def test_stage_visits_stand_in_their_order(reads: Reads) -> None:
    visits = await stage_visits(reads.pool, EVERYTHING, reads.ids["deal 4"])
    assert [(visit.stage, visit.way_in, visit.left_on) for visit in visits] == [
        ("engaging", "opened", date(2026, 1, 20)),
        ("proposal", "forward", date(2026, 2, 1)),
        ("won", "won", None),
    ]
    with pytest.raises(ThingUnknown):
        await stage_visits(reads.pool, reads.scope("rep"), reads.ids["other deal"])


async def test_look_ups_answer_many_things_in_scope_at_once(reads: Reads) -> None:
    ids = reads.ids
    wanted = [ids["customer"], ids["pool customer"], ids["other customer"], uid(1)]
    found = await CUSTOMERS.by_ids(reads.pool, reads.scope("rep"), wanted)
    assert set(found) == {ids["customer"], ids["pool customer"]}
    assert set(await DEALS.by_ids(reads.pool, reads.scope("rep"), [ids["deal 0"], ids["other deal"]])) == {
        ids["deal 0"]
    }
    by_customer = await DEALS.latest_by(
        reads.pool, reads.scope("rep"), [*wanted, wanted[0]], column="customer_id", first=2
    )
    assert [shown.title for shown in by_customer[ids["customer"]]] == ["Deal 104%", "Deal 103%"]
    assert by_customer[uid(1)] == ()
    about = await ACTIVITIES.latest_by(
        reads.pool, EVERYTHING, [ids["deal 4"], ids["deal 0"]], column="about_id", first=5
    )
    assert {id: len(shown) for id, shown in about.items()} == {ids["deal 4"]: 2, ids["deal 0"]: 0}


async def test_a_profile_shows_what_a_customer_is_worth(reads: Reads) -> None:
    profile = await customer_profile(reads.pool, EVERYTHING, reads.ids["customer"])
    (value,) = profile.values
    assert (value.currency, value.deal_count, value.open_minor, value.won_minor) == ("CNY", 4, 1_100, 9_000)
    assert profile.unvalued_deal_count == 2
    assert [contact.name for contact in profile.customer.contacts] == ["Maria", "Li Na"]
    assert [shown.id for shown in profile.leads] == [reads.ids["lead"]]
    assert (len(profile.deals), len(profile.activities), profile.last_activity_on) == (6, 2, date(2026, 2, 3))


async def test_a_profile_leaves_out_what_is_out_of_scope(reads: Reads) -> None:
    profile = await customer_profile(reads.pool, reads.scope("rep"), reads.ids["customer"])
    assert (len(profile.deals), profile.unvalued_deal_count) == (5, 1)
    with pytest.raises(ThingUnknown):
        await customer_profile(reads.pool, reads.scope("other rep"), reads.ids["customer"])


async def test_a_timeline_goes_over_a_customer_with_its_deals_and_leads_page_by_page(reads: Reads) -> None:
    customer_id = reads.ids["customer"]
    whole = await customer_timeline(reads.pool, EVERYTHING, customer_id, ALL)
    positions = [entry.position for entry in whole.items]
    assert positions == sorted(set(positions), reverse=True)
    types = {entry.type for entry in whole.items}
    assert {"deal.won", "lead.converted", "activity.follow_up_logged", "customer.contact_added"} <= types
    assert {"receipt.recorded", "receipt.allocated"} <= types
    after: str | None = None
    paged: list[TimelineEntry] = []
    while True:
        page = await customer_timeline(reads.pool, EVERYTHING, customer_id, PageRequest(first=4, after=after))
        paged += page.items
        after = page.next_cursor
        if after is None:
            break
    assert tuple(paged) == whole.items
    mine = await customer_timeline(reads.pool, reads.scope("rep"), customer_id, ALL)
    assert reads.ids["other deal"] not in {entry.stream_id for entry in mine.items}


async def test_a_touch_is_also_seen_by_the_member_who_touched(reads: Reads) -> None:
    where, order = AttributionTouchFilter(), AttributionTouchOrder.TOUCHED_DESC
    page = await TOUCHES.page(reads.pool, reads.scope("other rep"), where=where, order=order, page=ALL)
    assert [(touch.kind, touch.weight, touch.touched_on) for touch in page.items] == [("meeting", None, None)]


async def test_the_totals_of_a_run_are_for_who_sees_all_of_it(reads: Reads) -> None:
    ids = reads.ids
    run = await RUNS.one(reads.pool, reads.scope("rep"), ids["run"])
    assert (run.status, run.total_minor, run.participant_count) == ("issued", None, None)
    assert (await RUNS.one(reads.pool, EVERYTHING, ids["run"])).total_minor == 450
    with pytest.raises(ThingUnknown):
        await statement(reads.pool, reads.scope("other rep"), payout_run_id=ids["run"], member_id=ids["rep"])


async def test_a_statement_has_lines_with_their_trace(reads: Reads) -> None:
    shown = await statement(reads.pool, reads.scope("rep"), payout_run_id=reads.ids["run"], member_id=reads.ids["rep"])
    lines = await statement_lines(reads.pool, shown, ALL)
    assert len(lines.items) == shown.line_count == 2
    line, held = lines.items
    assert (line.deal_id, line.base_minor, line.rate_percent, line.posted_minor) == (
        reads.ids["deal 4"],
        9_000,
        "5",
        450,
    )
    assert line.positions
    assert (held.kind, held.rule, held.component, held.posted_minor) == ("held", "R42", "pool", 0)
    assert (await statement_lines(reads.pool, shown, PageRequest(after=lines.cursors[1]))).items == ()


BAD_CURSORS = [
    "x",
    "",
    "!!!",
    "bnVsbA",
    encoded_cursor("changed_asc", 1, uid(1)),
    encoded_cursor("changed_desc", "2026-01-01", uid(1)),
    encoded_cursor("changed_desc", 1, 1),
    encoded_cursor("changed_desc", 2**64 - 1, uid(1)),
    encoded_cursor("changed_desc", 1, uid(1))[:-9],
    "é" * 10,
    "A" * 100_000,
]


@pytest.mark.parametrize("cursor", BAD_CURSORS, ids=lambda cursor: str(cursor)[:20])
async def test_a_cursor_that_we_did_not_give_is_refused(reads: Reads, cursor: str) -> None:
    page = PageRequest(after=cursor)
    with pytest.raises(CursorMalformed):
        await DEALS.page(reads.pool, EVERYTHING, where=DealFilter(), order=DealOrder.CHANGED_DESC, page=page)


async def test_a_whole_page_of_deals_is_one_statement(reads: Reads) -> None:
    async with reads.pool.acquire() as connection:
        asked: list[str] = []
        connection.add_query_logger(lambda record: asked.append(record.query))
        page: Page[Deal] = await DEALS.page(
            connection, EVERYTHING, where=DealFilter(), order=DealOrder.CHANGED_DESC, page=ALL
        )
        await CUSTOMERS.by_ids(connection, EVERYTHING, [each.customer_id for each in page.items if each.customer_id])
        await asyncio.sleep(0)  # the logger is called in the loop's next turn
        assert len(asked) == 2
