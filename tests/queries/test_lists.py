"""Lists, details and look-ups on the real database: pages, orders, filters, and who sees what."""

import asyncio
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.api.reads.catalogue import LISTS
from salesapi.api.reads.declaration import ListRead
from salesapi.database.text import TextRefused
from salesapi.domain.pay.plans.plan_rates import FlatRate
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.cash.agreements import AGREEMENTS
from salesapi.queries.cash.invoices import INVOICES
from salesapi.queries.cash.receipts import RECEIPTS
from salesapi.queries.customers.customers import CUSTOMERS, customer_profile, customer_timeline
from salesapi.queries.customers.satisfactions import SATISFACTIONS
from salesapi.queries.organisation.members import MEMBERS
from salesapi.queries.paging import CursorMalformed, Page, PageRequest, PageSizeInvalid, encoded_cursor
from salesapi.queries.pay.compensation_plans import PLANS
from salesapi.queries.pay.payout_runs import RUNS, STATEMENTS, statement, statement_lines
from salesapi.queries.reference.products import PRODUCTS
from salesapi.queries.selling.activities import ACTIVITIES
from salesapi.queries.selling.attribution_touches import TOUCHES
from salesapi.queries.selling.deals import DEALS, stage_visits
from salesapi.queries.selling.forecast_sheets import SHEETS
from salesapi.queries.selling.leads import LEADS
from salesapi.queries.selling.pipelines import PIPELINES
from salesapi.queries.selling.targets import TARGETS
from salesapi.schemas.cash.agreements import AgreementFilter, AgreementOrder
from salesapi.schemas.cash.invoices import InvoiceFilter, InvoiceOrder
from salesapi.schemas.cash.receipts import ReceiptFilter, ReceiptOrder
from salesapi.schemas.customers.customers import CustomerFilter, CustomerOrder, TimelineEntry
from salesapi.schemas.customers.satisfactions import SatisfactionFilter, SatisfactionOrder
from salesapi.schemas.pay.payout_runs import PayoutRunFilter, PayoutRunOrder, StatementFilter, StatementOrder
from salesapi.schemas.selling.activities import ActivityFilter, ActivityOrder
from salesapi.schemas.selling.attribution_touches import AttributionTouchFilter, AttributionTouchOrder
from salesapi.schemas.selling.deals import Deal, DealFilter, DealOrder
from salesapi.schemas.selling.forecast_sheets import ForecastSheetFilter, ForecastSheetOrder
from salesapi.schemas.selling.leads import LeadFilter, LeadOrder
from salesapi.schemas.selling.targets import TargetFilter, TargetOrder
from tests.queries.conftest import Reads
from tests.spec import uid

ALL = PageRequest(first=100)
NOBODY = Scope(member_ids=frozenset())
ORDERS = [(read, order) for read in LISTS for order in type(read.order)]


async def titles(reads: Reads, where: DealFilter, scope: Scope = EVERYTHING) -> list[str]:
    """Titles of the deals that are found, the first opened first."""
    page = await DEALS.page(reads.pool, scope, where=where, order=DealOrder.OPENED_ASC, page=ALL)
    return [found.title for found in page.items]


@pytest.mark.parametrize(("read", "order"), ORDERS, ids=lambda part: getattr(part, "name", str(part)))
async def test_pages_one_by_one_give_the_same_list_as_one_page(
    reads: Reads, read: ListRead[Any, Any, Any], order: StrEnum
) -> None:
    whole = await read.query(reads.pool, EVERYTHING, where=read.where(), order=order, page=ALL)
    assert whole.items
    assert whole.next_cursor is None
    after: str | None = None
    found: list[object] = []
    for _ in range(len(whole.items)):
        one = PageRequest(first=1, after=after)
        page = await read.query(reads.pool, EVERYTHING, where=read.where(), order=order, page=one)
        found += page.items
        after = page.next_cursor
    assert after is None
    assert tuple(found) == whole.items


async def test_deals_without_a_value_come_last_of_the_largest_first(reads: Reads) -> None:
    page = await DEALS.page(reads.pool, EVERYTHING, where=DealFilter(), order=DealOrder.AMOUNT_DESC, page=ALL)
    assert [found.amount_minor for found in page.items] == [9_000, 500, 300, 300, None, None]


async def test_a_deal_shows_its_lines_dates_and_version(reads: Reads) -> None:
    shown = await DEALS.one(reads.pool, EVERYTHING, reads.ids["deal 0"])
    assert [(line.product_id, str(line.quantity)) for line in shown.lines] == [(reads.ids["product"], "2")]
    assert (shown.opened_on, shown.version, shown.status) == (date(2026, 1, 1), 1, "open")


async def test_voided_deals_are_listed_only_when_asked_for(reads: Reads) -> None:
    assert "Mistake" not in await titles(reads, DealFilter())
    assert await titles(reads, DealFilter(status=("voided",))) == ["Mistake"]
    assert (await DEALS.one(reads.pool, EVERYTHING, reads.ids["voided deal"])).reason == "entered twice"


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"status": ("won",)}, ["Deal 104%"]),
    ({"stage": ("won", "prospecting")}, ["Foreign", "Deal 104%"]),
    ({"opened_from": date(2026, 1, 3), "opened_to": date(2026, 1, 4)}, ["Deal 102%", "Deal 103%"]),
    ({"closed_from": date(2026, 2, 1), "closed_to": date(2026, 2, 1)}, ["Deal 104%"]),
    ({"closed_to": date(2026, 1, 31)}, []),
    ({"expected_from": date(2026, 1, 1)}, []),
    ({"amount_from": 300, "amount_to": 500, "currency": "CNY"}, ["Deal 100%", "Deal 101%", "Deal 102%"]),
    ({"text": "deal 104"}, ["Deal 104%"]),
    ({"text": "4%"}, ["Deal 104%"]),
    ({"text": "_"}, []),
    ({"external_system": "crm", "external_id": "1"}, []),
]


@pytest.mark.parametrize(("fields", "expected"), FILTERS, ids=str)
async def test_a_filter_finds_its_deals(reads: Reads, fields: dict[str, Any], expected: list[str]) -> None:
    assert await titles(reads, DealFilter(**fields)) == expected


@pytest.mark.parametrize("fields", [{"text": "a\x00"}, {"stage": ("ok", "\ud800")}, {"external_id": "\x00"}], ids=str)
async def test_a_text_that_no_row_can_hold_is_refused(reads: Reads, fields: dict[str, Any]) -> None:
    with pytest.raises(TextRefused):
        await titles(reads, DealFilter(**fields))


async def test_deals_are_found_by_the_things_they_name(reads: Reads) -> None:
    ids = reads.ids
    assert await titles(reads, DealFilter(owner_id=(ids["other rep"],))) == ["Foreign"]
    assert await titles(reads, DealFilter(product_id=ids["product"])) == ["Deal 100%"]
    assert len(await titles(reads, DealFilter(customer_id=(ids["customer"],), pipeline_id=ids["pipeline"]))) == 6
    assert await titles(reads, DealFilter(customer_id=(ids["pool customer"],))) == []


async def test_a_rep_sees_deals_of_its_own_only(reads: Reads) -> None:
    assert "Foreign" not in await titles(reads, DealFilter(), reads.scope("rep"))
    assert await titles(reads, DealFilter(), reads.scope("other rep")) == ["Foreign"]
    assert await titles(reads, DealFilter(), NOBODY) == []
    with pytest.raises(ThingUnknown):
        await DEALS.one(reads.pool, reads.scope("rep"), reads.ids["other deal"])
    with pytest.raises(ThingUnknown):
        await stage_visits(reads.pool, reads.scope("rep"), reads.ids["other deal"])


async def test_the_pool_is_seen_by_everybody(reads: Reads) -> None:
    found = await CUSTOMERS.page(reads.pool, NOBODY, where=CustomerFilter(), order=CustomerOrder.NAME_ASC, page=ALL)
    assert [shown.name for shown in found.items] == ["Initech"]
    pool = await LEADS.page(
        reads.pool, NOBODY, where=LeadFilter(is_in_pool=True), order=LeadOrder.CAPTURED_ASC, page=ALL
    )
    assert [shown.company for shown in pool.items] == ["Hooli"]


async def test_leads_are_found_by_source_status_and_text(reads: Reads) -> None:
    for where in (
        LeadFilter(source=("fair",)),
        LeadFilter(status=("converted",)),
        LeadFilter(text="li n"),
        LeadFilter(captured_from=date(2026, 1, 2), captured_to=date(2026, 1, 2)),
        LeadFilter(customer_id=reads.ids["customer"]),
    ):
        found = await LEADS.page(reads.pool, EVERYTHING, where=where, order=LeadOrder.CHANGED_ASC, page=ALL)
        assert [shown.id for shown in found.items] == [reads.ids["lead"]], where
    assert (await LEADS.one(reads.pool, EVERYTHING, reads.ids["lead"])).criteria == ("budget",)


async def test_activities_are_found_by_due_date_status_and_subject(reads: Reads) -> None:
    for where in (
        ActivityFilter(due_from=date(2026, 3, 1), due_to=date(2026, 3, 1)),
        ActivityFilter(status=("scheduled",), about_id=(reads.ids["deal 4"],), about_kind="deal"),
        ActivityFilter(kind=("task",), owner_id=(reads.ids["rep"],)),
    ):
        found = await ACTIVITIES.page(reads.pool, EVERYTHING, where=where, order=ActivityOrder.DUE_ASC, page=ALL)
        assert [shown.id for shown in found.items] == [reads.ids["task"]], where
    assert (await ACTIVITIES.one(reads.pool, EVERYTHING, reads.ids["call"])).content == "They are happy."
    with pytest.raises(ThingUnknown):
        await ACTIVITIES.one(reads.pool, reads.scope("other rep"), reads.ids["call"])


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


async def test_an_agreement_is_seen_with_its_customer(reads: Reads) -> None:
    shown = await AGREEMENTS.one(reads.pool, reads.scope("rep"), reads.ids["agreement"])
    assert (shown.status, shown.total_minor, shown.invoiced_minor) == ("signed", 12_600, 5_500)
    assert [(line.key, str(line.quantity), str(line.delivered), str(line.live)) for line in shown.lines] == [
        ("seats", "10", "4", "3"),
        ("setup", "1", "0", "0"),
    ]
    assert ([line.recurring for line in shown.lines], shown.payment_days) == ([True, False], 30)
    where = AgreementFilter(
        customer_id=(reads.ids["customer"],),
        status=("signed",),
        legal_entity="North",
        is_renewed=False,
        signed_from=date(2026, 2, 20),
        ends_to=date(2027, 2, 28),
        text="100%",
    )
    found = await AGREEMENTS.page(reads.pool, EVERYTHING, where=where, order=AgreementOrder.ENDS_ASC, page=ALL)
    assert [each.id for each in found.items] == [reads.ids["agreement"]]
    with pytest.raises(ThingUnknown):
        await AGREEMENTS.one(reads.pool, reads.scope("rep"), reads.ids["other agreement"])


async def test_an_invoice_is_seen_with_its_customer_and_says_what_is_open(reads: Reads) -> None:
    shown = await INVOICES.one(reads.pool, reads.scope("rep"), reads.ids["invoice"])
    assert (shown.customer_id, shown.total_minor, shown.open_minor) == (reads.ids["customer"], 5_500, 4_500)
    assert [(entry.on, entry.allocated_minor) for entry in shown.entries] == [(date(2026, 3, 2), 1_000)]
    where = InvoiceFilter(agreement_id=reads.ids["agreement"], is_open=True, is_disputed=False, due_to=date(2026, 4, 1))
    found = await INVOICES.page(reads.pool, EVERYTHING, where=where, order=InvoiceOrder.DUE_ASC, page=ALL)
    assert [each.id for each in found.items] == [reads.ids["invoice"]]
    for role, unseen in (("rep", "loose invoice"), ("other rep", "invoice")):
        with pytest.raises(ThingUnknown):
            await INVOICES.one(reads.pool, reads.scope(role), reads.ids[unseen])


async def test_a_receipt_is_seen_with_its_customer(reads: Reads) -> None:
    shown = await RECEIPTS.one(reads.pool, reads.scope("rep"), reads.ids["receipt"])
    assert [(part.deal_id, part.invoice_id, part.amount_minor) for part in shown.allocations] == [
        (reads.ids["deal 4"], None, 4_000),
        (None, reads.ids["invoice"], 1_000),
    ]
    by_deal = ReceiptFilter(deal_id=reads.ids["deal 4"], is_reversed=False)
    found = await RECEIPTS.page(reads.pool, EVERYTHING, where=by_deal, order=ReceiptOrder.RECEIVED_DESC, page=ALL)
    assert [each.id for each in found.items] == [reads.ids["receipt"]]
    by_invoice = ReceiptFilter(invoice_id=reads.ids["invoice"])
    found = await RECEIPTS.page(reads.pool, EVERYTHING, where=by_invoice, order=ReceiptOrder.RECEIVED_DESC, page=ALL)
    assert [each.id for each in found.items] == [reads.ids["receipt"]]
    with pytest.raises(ThingUnknown):
        await RECEIPTS.one(reads.pool, reads.scope("other rep"), reads.ids["receipt"])


SATISFACTION_FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [9, 4]),
    ({"kind": "csat"}, [4]),
    ({"answered_from": date(2026, 2, 4), "answered_to": date(2026, 2, 4)}, [9]),
    ({"answered_to": date(2026, 2, 3)}, []),
    ({"deal_id": (uid(1),)}, []),
]


@pytest.mark.parametrize(("fields", "scores"), SATISFACTION_FILTERS, ids=str)
async def test_a_filter_finds_its_answers(reads: Reads, fields: dict[str, Any], scores: list[int]) -> None:
    where, order = SatisfactionFilter(**fields), SatisfactionOrder.ANSWERED_DESC
    found = await SATISFACTIONS.page(reads.pool, reads.scope("rep"), where=where, order=order, page=ALL)
    assert [answer.score for answer in found.items] == scores
    assert not (await SATISFACTIONS.page(reads.pool, NOBODY, where=where, order=order, page=ALL)).items


async def test_a_touch_is_seen_with_its_lead_and_by_the_member_who_touched(reads: Reads) -> None:
    order = AttributionTouchOrder.TOUCHED_DESC
    seen = {}
    for name in ("rep", "other rep", "manager"):
        page = await TOUCHES.page(reads.pool, reads.scope(name), where=AttributionTouchFilter(), order=order, page=ALL)
        seen[name] = [(touch.kind, touch.weight, touch.touched_on) for touch in page.items]
    assert seen == {
        "rep": [("campaign", "0.5", date(2026, 1, 3)), ("meeting", None, None)],
        "other rep": [("meeting", None, None)],
        "manager": [],
    }
    spring = AttributionTouchFilter(lead_id=(reads.ids["lead"],), campaign=("spring",), touched_to=date(2026, 1, 3))
    assert len((await TOUCHES.page(reads.pool, EVERYTHING, where=spring, order=order, page=ALL)).items) == 1


async def test_a_forecast_is_seen_by_who_is_in_scope_of_its_member(reads: Reads) -> None:
    shown = await SHEETS.one(reads.pool, reads.scope("rep"), reads.ids["sheet of rep"])
    (revision,) = shown.revisions
    assert (shown.status, shown.commit_minor, shown.lead_days) == ("frozen", 500, 29)
    assert (revision.note, revision.sums.commit_minor, revision.adjustments[0].delta_minor) == ("Careful.", 700, -200)
    with pytest.raises(ThingUnknown):
        await SHEETS.one(reads.pool, reads.scope("other rep"), reads.ids["sheet of rep"])
    order = ForecastSheetOrder.COMMIT_DESC
    march = ForecastSheetFilter(period=("2026-03",), currency="CNY")
    found = await SHEETS.page(reads.pool, EVERYTHING, where=march, order=order, page=ALL)
    assert [sheet.commit_minor for sheet in found.items] == [500, None]
    taken = ForecastSheetFilter(owner_id=(reads.ids["other rep"],), status=("taken",))
    assert len((await SHEETS.page(reads.pool, EVERYTHING, where=taken, order=order, page=ALL)).items) == 1


async def test_a_target_is_seen_by_who_is_in_scope_of_its_owner_with_its_old_lines(reads: Reads) -> None:
    ids = reads.ids
    shown = await TARGETS.one(reads.pool, reads.scope("rep"), ids["target"])
    assert (shown.status, shown.parent_target_id, shown.result, shown.floor) == ("closed", ids["team target"], 95, 40)
    assert [(each.lines.floor, each.effective_on) for each in shown.revisions] == [(50, None), (40, date(2026, 2, 1))]
    with pytest.raises(ThingUnknown):
        await TARGETS.one(reads.pool, reads.scope("rep"), ids["team target"])
    (division,) = (await TARGETS.one(reads.pool, reads.scope("manager"), ids["team target"])).splits
    whole = await TARGETS.one(reads.pool, EVERYTHING, ids["team target"])
    assert [(each.name, str(each.value)) for each in whole.basis] == [("last_quarter", "180.50")]
    assert (division.gap.stretch, len(division.target_ids), division.target_ids[0]) == (100, 2, ids["target"])


TARGET_FILTERS: list[tuple[dict[str, Any], int]] = [
    ({}, 3),
    ({"measure": ("won_amount",), "period": ("2026Q1",)}, 2),
    ({"status": ("closed",)}, 1),
    ({"status": ("proposed", "closed"), "period": ("2026-03",)}, 1),
    ({"dimension_key": "region"}, 0),
    ({"team_id": (uid(1),)}, 0),
]


@pytest.mark.parametrize(("fields", "count"), TARGET_FILTERS, ids=str)
async def test_a_filter_finds_its_targets(reads: Reads, fields: dict[str, Any], count: int) -> None:
    page = await TARGETS.page(
        reads.pool, EVERYTHING, where=TargetFilter(**fields), order=TargetOrder.PERIOD_ASC, page=ALL
    )
    assert len(page.items) == count
    parts = TargetFilter(parent_target_id=(reads.ids["team target"],))
    page = await TARGETS.page(reads.pool, EVERYTHING, where=parts, order=TargetOrder.CHALLENGE_DESC, page=ALL)
    assert len(page.items) == 2


async def test_single_things_are_shown_whole(reads: Reads) -> None:
    ids = reads.ids
    assert (await CUSTOMERS.one(reads.pool, EVERYTHING, ids["customer"])).kind == "company"
    assert (await PRODUCTS.one(reads.pool, EVERYTHING, ids["product"])).code == "GTX-PRO"
    shown = await MEMBERS.one(reads.pool, EVERYTHING, ids["rep"])
    assert (shown.name, shown.external_id and shown.external_id.id) == ("rep", "rep")
    (version,) = (await PIPELINES.one(reads.pool, EVERYTHING, ids["pipeline"])).versions
    assert [stage.key for stage in version.stages][:2] == ["prospecting", "engaging"]
    (published,) = (await PLANS.one(reads.pool, EVERYTHING, ids["plan"])).versions
    assert published.components[0].rate == FlatRate(rate_percent=Decimal(5))


async def test_pay_is_seen_by_who_is_paid(reads: Reads) -> None:
    ids, rep, other = reads.ids, reads.scope("rep"), reads.scope("other rep")
    run = await RUNS.one(reads.pool, rep, ids["run"])
    assert (run.status, run.total_minor, run.participant_count) == ("issued", None, None)
    assert (await RUNS.one(reads.pool, EVERYTHING, ids["run"])).total_minor == 450
    mine = await STATEMENTS.page(reads.pool, rep, where=StatementFilter(), order=StatementOrder.TOTAL_DESC, page=ALL)
    assert [(each.member_id, each.total_minor, each.run_status) for each in mine.items] == [(ids["rep"], 450, "issued")]
    assert (await PLANS.one(reads.pool, rep, ids["plan"])).key == "reps"
    for unseen in (
        RUNS.one(reads.pool, other, ids["run"]),
        RUNS.one(reads.pool, rep, ids["open run"]),
        statement(reads.pool, other, payout_run_id=ids["run"], member_id=ids["rep"]),
        PLANS.one(reads.pool, other, ids["plan"]),
    ):
        with pytest.raises(ThingUnknown):
            await unseen
    assert not (
        await RUNS.page(reads.pool, NOBODY, where=PayoutRunFilter(), order=PayoutRunOrder.PERIOD_ASC, page=ALL)
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
        await DEALS.page(reads.pool, EVERYTHING, where=DealFilter(), order=DealOrder.CHANGED_DESC, page=page)


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_has_a_bound(first: int) -> None:
    with pytest.raises(PageSizeInvalid):
        PageRequest(first=first)


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
