"""What things, profiles, timelines and look-ups show on the real database, and to whom; lists are in `test_every_list.py`."""

import asyncio
from datetime import date
from typing import Any

import pytest

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.database.text import TextRefused
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.cash.agreements import agreement
from salesapi.queries.cash.invoices import invoice
from salesapi.queries.cash.receipts import receipt
from salesapi.queries.customers.customers import customer, customer_profile, customer_timeline, customers_by_ids
from salesapi.queries.organisation.members import member
from salesapi.queries.paging import CursorMalformed, Page, PageRequest, PageSizeInvalid, encoded_cursor
from salesapi.queries.pay.compensation_plans import compensation_plan
from salesapi.queries.pay.payout_runs import payout_run, payout_runs, statement, statement_lines, statements
from salesapi.queries.reference.products import product
from salesapi.queries.selling.activities import activities_about
from salesapi.queries.selling.attribution_touches import attribution_touches
from salesapi.queries.selling.deals import deal, deals, deals_by_ids, deals_of_customers, stage_visits
from salesapi.queries.selling.forecast_sheets import forecast_sheet
from salesapi.queries.selling.pipelines import pipeline
from salesapi.queries.selling.targets import target
from salesapi.schemas.customers.customers import TimelineEntry
from salesapi.schemas.pay.payout_runs import PayoutRunFilter, PayoutRunOrder, StatementFilter, StatementOrder
from salesapi.schemas.selling.attribution_touches import AttributionTouchFilter, AttributionTouchOrder
from salesapi.schemas.selling.deals import Deal, DealFilter, DealOrder
from tests.queries.conftest import Reads
from tests.spec import uid

ALL = PageRequest(first=100)
NOBODY = Scope(member_ids=frozenset())


async def titles(reads: Reads, where: DealFilter, scope: Scope = EVERYTHING) -> list[str]:
    """Titles of the deals that are found, the first opened first."""
    page = await deals(reads.pool, scope, where=where, order=DealOrder.OPENED_ASC, page=ALL)
    return [found.title for found in page.items]


async def test_a_deal_shows_its_lines_dates_and_version(reads: Reads) -> None:
    shown = await deal(reads.pool, EVERYTHING, reads.ids["deal 0"])
    assert [(line.product_id, str(line.quantity)) for line in shown.lines] == [(reads.ids["product"], "2")]
    assert (shown.opened_on, shown.version, shown.status) == (date(2026, 1, 1), 1, "open")


@pytest.mark.parametrize("fields", [{"text": "a\x00"}, {"stage": ("ok", "\ud800")}, {"external_id": "\x00"}], ids=str)
async def test_a_text_that_no_row_can_hold_is_refused(reads: Reads, fields: dict[str, Any]) -> None:
    with pytest.raises(TextRefused):
        await titles(reads, DealFilter(**fields))


async def test_a_rep_sees_deals_of_its_own_only(reads: Reads) -> None:
    assert "Foreign" not in await titles(reads, DealFilter(), reads.scope("rep"))
    assert await titles(reads, DealFilter(), reads.scope("other rep")) == ["Foreign"]
    assert await titles(reads, DealFilter(), NOBODY) == []
    with pytest.raises(ThingUnknown):
        await deal(reads.pool, reads.scope("rep"), reads.ids["other deal"])
    with pytest.raises(ThingUnknown):
        await stage_visits(reads.pool, reads.scope("rep"), reads.ids["other deal"])


async def test_stage_visits_stand_in_their_order(reads: Reads) -> None:
    visits = await stage_visits(reads.pool, EVERYTHING, reads.ids["deal 4"])
    assert [(visit.stage, visit.way_in, visit.left_on) for visit in visits] == [
        ("engaging", "opened", date(2026, 1, 20)),
        ("proposal", "forward", date(2026, 2, 1)),
        ("won", "won", None),
    ]


async def test_look_ups_answer_many_things_in_scope_at_once(reads: Reads) -> None:
    ids = reads.ids
    wanted = [ids["customer"], ids["pool customer"], ids["other customer"], uid(1)]
    found = await customers_by_ids(reads.pool, reads.scope("rep"), wanted)
    assert set(found) == {ids["customer"], ids["pool customer"]}
    assert set(await deals_by_ids(reads.pool, reads.scope("rep"), [ids["deal 0"], ids["other deal"]])) == {
        ids["deal 0"]
    }
    by_customer = await deals_of_customers(reads.pool, reads.scope("rep"), [*wanted, wanted[0]], 2)
    assert [shown.title for shown in by_customer[ids["customer"]]] == ["Deal 104%", "Deal 103%"]
    assert by_customer[uid(1)] == ()
    about = await activities_about(reads.pool, EVERYTHING, [ids["deal 4"], ids["deal 0"]], 5)
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


async def test_an_agreement_is_seen_with_its_customer(reads: Reads) -> None:
    shown = await agreement(reads.pool, reads.scope("rep"), reads.ids["agreement"])
    assert (shown.status, shown.total_minor, shown.invoiced_minor) == ("signed", 12_600, 5_500)
    assert [(line.key, str(line.quantity), str(line.delivered), str(line.live)) for line in shown.lines] == [
        ("seats", "10", "4", "3"),
        ("setup", "1", "0", "0"),
    ]
    assert ([line.recurring for line in shown.lines], shown.payment_days) == ([True, False], 30)
    with pytest.raises(ThingUnknown):
        await agreement(reads.pool, reads.scope("rep"), reads.ids["other agreement"])


async def test_an_invoice_is_seen_with_its_customer_and_says_what_is_open(reads: Reads) -> None:
    shown = await invoice(reads.pool, reads.scope("rep"), reads.ids["invoice"])
    assert (shown.customer_id, shown.total_minor, shown.open_minor) == (reads.ids["customer"], 5_500, 4_500)
    assert [(entry.on, entry.allocated_minor) for entry in shown.entries] == [(date(2026, 3, 2), 1_000)]
    for role, unseen in (("rep", "loose invoice"), ("other rep", "invoice")):
        with pytest.raises(ThingUnknown):
            await invoice(reads.pool, reads.scope(role), reads.ids[unseen])


async def test_a_receipt_is_seen_with_its_customer(reads: Reads) -> None:
    shown = await receipt(reads.pool, reads.scope("rep"), reads.ids["receipt"])
    assert [(part.deal_id, part.invoice_id, part.amount_minor) for part in shown.allocations] == [
        (reads.ids["deal 4"], None, 4_000),
        (None, reads.ids["invoice"], 1_000),
    ]
    with pytest.raises(ThingUnknown):
        await receipt(reads.pool, reads.scope("other rep"), reads.ids["receipt"])


async def test_a_touch_is_seen_with_its_lead_and_by_the_member_who_touched(reads: Reads) -> None:
    order = AttributionTouchOrder.TOUCHED_DESC
    seen = {}
    for name in ("rep", "other rep", "manager"):
        page = await attribution_touches(
            reads.pool, reads.scope(name), where=AttributionTouchFilter(), order=order, page=ALL
        )
        seen[name] = [(touch.kind, touch.weight, touch.touched_on) for touch in page.items]
    assert seen == {
        "rep": [("campaign", "0.5", date(2026, 1, 3)), ("meeting", None, None)],
        "other rep": [("meeting", None, None)],
        "manager": [],
    }


async def test_a_forecast_is_seen_by_who_is_in_scope_of_its_member(reads: Reads) -> None:
    shown = await forecast_sheet(reads.pool, reads.scope("rep"), reads.ids["sheet of rep"])
    (revision,) = shown.revisions
    assert (shown.status, shown.commit_minor, shown.lead_days) == ("frozen", 500, 29)
    assert (revision.note, revision.sums.commit_minor, revision.adjustments[0].delta_minor) == ("Careful.", 700, -200)
    with pytest.raises(ThingUnknown):
        await forecast_sheet(reads.pool, reads.scope("other rep"), reads.ids["sheet of rep"])


async def test_a_target_is_seen_by_who_is_in_scope_of_its_owner_with_its_old_lines(reads: Reads) -> None:
    ids = reads.ids
    shown = await target(reads.pool, reads.scope("rep"), ids["target"])
    assert (shown.status, shown.parent_target_id, shown.result, shown.floor) == ("closed", ids["team target"], 95, 40)
    assert [(each.lines.floor, each.effective_on) for each in shown.revisions] == [(50, None), (40, date(2026, 2, 1))]
    with pytest.raises(ThingUnknown):
        await target(reads.pool, reads.scope("rep"), ids["team target"])
    (division,) = (await target(reads.pool, reads.scope("manager"), ids["team target"])).splits
    whole = await target(reads.pool, EVERYTHING, ids["team target"])
    assert [(each.name, str(each.value)) for each in whole.basis] == [("last_quarter", "180.50")]
    assert (division.gap.stretch, len(division.target_ids), division.target_ids[0]) == (100, 2, ids["target"])


async def test_single_things_are_shown_whole(reads: Reads) -> None:
    ids = reads.ids
    assert (await customer(reads.pool, EVERYTHING, ids["customer"])).kind == "company"
    assert (await product(reads.pool, EVERYTHING, ids["product"])).code == "GTX-PRO"
    shown = await member(reads.pool, EVERYTHING, ids["rep"])
    assert (shown.name, shown.external_id and shown.external_id.id) == ("rep", "rep")
    (version,) = (await pipeline(reads.pool, EVERYTHING, ids["pipeline"])).versions
    assert [stage.key for stage in version.stages][:2] == ["prospecting", "engaging"]
    (published,) = (await compensation_plan(reads.pool, EVERYTHING, ids["plan"])).versions
    assert str(published.components[0].rate_percent) == "5"


async def test_pay_is_seen_by_who_is_paid(reads: Reads) -> None:
    ids, rep, other = reads.ids, reads.scope("rep"), reads.scope("other rep")
    run = await payout_run(reads.pool, rep, ids["run"])
    assert (run.status, run.total_minor, run.participant_count) == ("issued", None, None)
    assert (await payout_run(reads.pool, EVERYTHING, ids["run"])).total_minor == 450
    mine = await statements(reads.pool, rep, where=StatementFilter(), order=StatementOrder.TOTAL_DESC, page=ALL)
    assert [(each.member_id, each.total_minor, each.run_status) for each in mine.items] == [(ids["rep"], 450, "issued")]
    assert (await compensation_plan(reads.pool, rep, ids["plan"])).key == "reps"
    for unseen in (
        payout_run(reads.pool, other, ids["run"]),
        payout_run(reads.pool, rep, ids["open run"]),
        statement(reads.pool, other, payout_run_id=ids["run"], member_id=ids["rep"]),
        compensation_plan(reads.pool, other, ids["plan"]),
    ):
        with pytest.raises(ThingUnknown):
            await unseen
    assert not (
        await payout_runs(reads.pool, NOBODY, where=PayoutRunFilter(), order=PayoutRunOrder.PERIOD_ASC, page=ALL)
    ).items


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
        await deals(reads.pool, EVERYTHING, where=DealFilter(), order=DealOrder.CHANGED_DESC, page=page)


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_has_a_bound(first: int) -> None:
    with pytest.raises(PageSizeInvalid):
        PageRequest(first=first)


async def test_a_whole_page_of_deals_is_one_statement(reads: Reads) -> None:
    async with reads.pool.acquire() as connection:
        asked: list[str] = []
        connection.add_query_logger(lambda record: asked.append(record.query))
        page: Page[Deal] = await deals(
            connection, EVERYTHING, where=DealFilter(), order=DealOrder.CHANGED_DESC, page=ALL
        )
        await customers_by_ids(connection, EVERYTHING, [each.customer_id for each in page.items if each.customer_id])
        await asyncio.sleep(0)  # the logger is called in the loop's next turn
        assert len(asked) == 2
