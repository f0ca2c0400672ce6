"""Read models of deals, customers, leads, activities and goals: given facts, the rows that follow from several of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from salesapi.domain.cash.receipts import ReceiptAllocated, ReceiptPart, ReceiptRecorded, ReceiptReversed
from salesapi.domain.customers.customers import (
    CustomerContactAdded,
    CustomerContactChanged,
    CustomerContactRemoved,
    CustomerRegistered,
)
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.pay.plans.enrolments import EnrolmentQuotaSet
from salesapi.domain.selling import activities, forecast_sheets, targets
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.selling.deals import DealLine, DealLost, DealReopened, DealWon
from salesapi.domain.selling.leads import LeadCaptured, LeadConverted, LeadQualified, LeadVoided
from salesapi.projections.cash import receipts
from salesapi.projections.cash.receipts import ReceiptRow
from salesapi.projections.customers import customers, satisfactions, timelines
from salesapi.projections.customers.satisfactions import SatisfactionRow
from salesapi.projections.customers.timelines import TimelineRow
from salesapi.projections.pay import quotas
from salesapi.projections.pay.quotas import QuotaRow
from salesapi.projections.selling import activities as activity_rows
from salesapi.projections.selling import attribution_touches, deals, leads
from salesapi.projections.selling import forecast_sheets as forecast_sheet_rows
from salesapi.projections.selling import targets as target_rows
from salesapi.projections.selling.attribution_touches import AttributionTouchRow
from salesapi.projections.selling.forecast_sheets import ForecastSheetRow
from salesapi.projections.selling.targets import TargetRow
from tests.domain.examples import ACME, ANNA, DEAL, LEAD, OFFERED, PRODUCT
from tests.projections.histories import Fact, rows, views
from tests.spec import uid
from tests.values_by_type import bare, built

ACTIVITY, RECEIPT, PLAN, RUN, CONTACT = uid(0xAA), uid(0xEC), uid(0xF2), uid(0xF3), uid(0xB1)
WON = DealWon(stage_from="offer", stage_to="won", amount_minor=130_000, currency="CNY", owner_id=ANNA, reason=None)


def test_a_won_deal_carries_the_won_value_and_its_closing_date() -> None:
    (deal,) = views(deals.PROJECTION, Fact(DEAL, OFFERED, "2026-01-05"), Fact(DEAL, WON, "2026-02-01"))
    assert (deal.status, deal.stage, deal.amount_minor, deal.closed_on) == ("won", "won", 130_000, date(2026, 2, 1))
    assert (deal.opened_on, deal.version, deal.position) == (date(2026, 1, 5), 2, 2)


def test_a_reopened_deal_is_open_again_without_a_closing() -> None:
    lost = DealLost(stage_from="offer", stage_to="lost", reason="price", competitor="Initech", note=None)
    back = bare(DealReopened, status_from="lost", stage_from="lost", stage_to="offer", reason="called again")
    (deal,) = views(deals.PROJECTION, Fact(DEAL, OFFERED), Fact(DEAL, lost), Fact(DEAL, back, "2026-03-09"))
    assert (deal.status, deal.stage, deal.closed_on, deal.competitor) == ("open", "offer", None, None)
    assert deal.stage_entered_on == date(2026, 3, 9)


def test_a_deal_names_its_product_where_all_lines_are_of_one() -> None:
    line = DealLine(product_id=PRODUCT, quantity=Decimal(2))
    one = replace(OFFERED, lines=(line, line))
    two = replace(OFFERED, lines=(line, replace(line, product_id=uid(1))))
    assert [row.product_id for row in views(deals.PROJECTION, Fact(uid(1), one), Fact(uid(2), two))] == [PRODUCT, None]


COMPANY = built(CustomerRegistered, kind="company", owner_id=ANNA)
MARIA = built(CustomerContactAdded, contact_id=CONTACT, name="Maria", role="buyer")


def test_a_changed_contact_keeps_its_place_and_external_id() -> None:
    other = replace(MARIA, contact_id=uid(0xB2), name="Ben")
    changed = built(CustomerContactChanged, contact_id=CONTACT, fields=("phone",), name="Maria", phone="+49 1")
    facts = [Fact(ACME, event) for event in (COMPANY, MARIA, other, changed)]
    (customer,) = views(customers.PROJECTION, *facts)
    assert [(c.name, c.phone, c.external_id) for c in customer.contacts] == [
        ("Maria", "+49 1", MARIA.external_id),
        ("Ben", MARIA.phone, MARIA.external_id),
    ]
    gone = Fact(ACME, CustomerContactRemoved(contact_id=CONTACT, reason=None))
    (customer,) = views(customers.PROJECTION, *facts, gone)
    assert [contact.name for contact in customer.contacts] == ["Ben"]


CAPTURED = built(LeadCaptured, source="web_form", owner_id=None)
QUALIFIED = LeadQualified(criteria=("budget",))
CONVERTED = LeadConverted(customer_id=ACME, contact_id=None, deal_id=DEAL)


def test_touches_of_a_lead_count_for_the_deal_of_its_conversion_and_fall_with_a_voided_lead() -> None:
    early = built(LeadAttributionTouchRecorded, kind="campaign", weight=Decimal("0.5"), deal_id=None)
    late = built(LeadAttributionTouchRecorded, kind="meeting", deal_id=DEAL)
    facts = [Fact(LEAD, CAPTURED), Fact(LEAD, early, "2026-01-03")]
    (touch,) = rows(attribution_touches.PROJECTION, AttributionTouchRow, *facts)
    assert (touch.lead_id, touch.deal_id, touch.touched_on, touch.weight) == (
        LEAD,
        None,
        date(2026, 1, 3),
        Decimal("0.5"),
    )
    facts += [Fact(LEAD, QUALIFIED), Fact(LEAD, CONVERTED), Fact(LEAD, late, None)]
    found = rows(attribution_touches.PROJECTION, AttributionTouchRow, *facts)
    assert [(row.kind, row.deal_id, row.position, row.touched_on) for row in found] == [
        ("campaign", DEAL, 4, date(2026, 1, 3)),
        ("meeting", DEAL, 5, None),
    ]
    (lead,) = views(leads.PROJECTION, *facts)
    assert (lead.version, lead.position, lead.status) == (5, 5, "converted")
    voided = Fact(LEAD, LeadVoided(status_from="converted", reason="twice"))
    assert rows(attribution_touches.PROJECTION, AttributionTouchRow, *facts, voided) == []


def test_a_corrected_follow_up_shows_what_is_right_now() -> None:
    about = activities.Subject(kind="deal", id=DEAL)
    said = built(activities.FollowUp, channel="call", content="hello")
    logged = built(activities.ActivityFollowUpLogged, about=about, follow_up=said)
    corrected = activities.ActivityFollowUpCorrected(
        about=about, fields=("content",), follow_up=replace(said, content="hello again"), reason="typo"
    )
    (activity,) = views(activity_rows.PROJECTION, Fact(ACTIVITY, logged, "2026-01-09"), Fact(ACTIVITY, corrected))
    assert (activity.status, activity.kind, activity.done_on) == ("completed", "call", date(2026, 1, 9))
    assert (activity.content, activity.is_follow_up, activity.is_corrected) == ("hello again", True, True)


def test_a_planned_activity_is_done_on_its_completion() -> None:
    about = activities.Subject(kind="lead", id=LEAD)
    planned = built(
        activities.ActivityScheduled, kind="visit", about=about, due_on=date(2026, 1, 9), next_step="show it"
    )
    done = activities.ActivityCompleted(
        about=about, kind="visit", owner_id=ANNA, outcome="interested", content="long talk"
    )
    (activity,) = views(activity_rows.PROJECTION, Fact(ACTIVITY, planned), Fact(ACTIVITY, done, "2026-01-10"))
    assert (activity.due_on, activity.done_on, activity.channel) == (date(2026, 1, 9), date(2026, 1, 10), "visit")
    assert (activity.outcome, activity.next_step, activity.is_follow_up) == ("interested", "show it", False)


def test_a_reversed_receipt_has_no_allocations() -> None:
    recorded = built(ReceiptRecorded, amount_minor=100, currency="CNY")
    allocated = ReceiptAllocated(deal_id=DEAL, amount_minor=60, currency="CNY")
    parts = (ReceiptPart(deal_id=DEAL, amount_minor=60),)
    bounced = ReceiptReversed(amount_minor=100, currency="CNY", parts=parts, reason="bounced")
    facts = [Fact(RECEIPT, recorded, "2026-01-02"), Fact(RECEIPT, allocated, "2026-01-03")]
    (receipt,) = rows(receipts.PROJECTION, ReceiptRow, *facts)
    assert (receipt.allocations, receipt.allocated_minor, receipt.received_on) == (parts, 60, date(2026, 1, 2))
    (receipt,) = rows(receipts.PROJECTION, ReceiptRow, *facts, Fact(RECEIPT, bounced))
    assert (receipt.allocations, receipt.is_reversed, receipt.reason) == ((), True, "bounced")


def test_each_answer_of_a_customer_is_a_row_of_its_own_and_changes_nothing_else_of_the_customer() -> None:
    nine = built(CustomerSatisfactionRecorded, kind="nps", score=9)
    four = built(CustomerSatisfactionRecorded, kind="csat", score=4)
    facts = (Fact(ACME, COMPANY, "2026-01-02"), Fact(ACME, nine, "2026-02-03"), Fact(ACME, four, None))
    found = rows(satisfactions.PROJECTION, SatisfactionRow, *facts)
    assert [(row.customer_id, row.kind, row.score, row.answered_on, row.position) for row in found] == [
        (ACME, "nps", 9, date(2026, 2, 3), 2),
        (ACME, "csat", 4, None, 3),
    ]
    assert len({row.satisfaction_id for row in found}) == 2
    (customer,) = views(customers.PROJECTION, *facts)
    assert (customer.version, customer.position, customer.registered_on) == (3, 3, date(2026, 1, 2))


def test_an_event_stands_in_the_timeline_of_each_thing_it_concerns_and_shows_nothing_personal() -> None:
    about = activities.Subject(kind="deal", id=DEAL)
    logged = built(activities.ActivityFollowUpLogged, about=about, owner_id=ANNA)
    found = rows(
        timelines.PROJECTION,
        TimelineRow,
        Fact(LEAD, CAPTURED, None),
        Fact(ACTIVITY, logged, "2026-01-09"),
        Fact(LEAD, CONVERTED),
        Fact(ACME, COMPANY),
        Fact(ACME, MARIA),
    )
    assert [(row.position, row.subject_kind, row.subject_id) for row in found] == [
        (1, "lead", LEAD),
        (2, "activity", ACTIVITY),
        (2, "deal", DEAL),
        (3, "lead", LEAD),
        (3, "customer", ACME),
        (4, "customer", ACME),
        (5, "customer", ACME),
    ]
    assert found[0].summary == {"source": "web_form", "campaign": "campaign one", "company": "company one"}
    assert found[2].summary == {"owner_id": str(ANNA)}
    assert found[3].summary == {"customer_id": str(ACME), "deal_id": str(DEAL)}
    assert found[6].summary == {"contact_id": str(CONTACT), "role": "buyer"}


def test_a_forecast_sheet_keeps_each_revision_and_shows_what_was_submitted_last_as_adjusted() -> None:
    entry = forecast_sheets.ForecastEntry(deal_id=DEAL, amount_minor=900, category="commit", confidence="mid")
    taken = forecast_sheets.ForecastSheetSnapshotTaken(
        owner_id=ANNA, period="2026-03", snapshot=1, currency="CNY", entries=(entry, replace(entry, deal_id=uid(5)))
    )
    totals = forecast_sheets.ForecastTotals(commit_minor=1_800, best_case_minor=0, pipeline_minor=50)
    submitted = forecast_sheets.ForecastSheetSubmitted(snapshot=1, totals=totals, currency="CNY", note="careful")
    less = forecast_sheets.ForecastSheetAdjusted(
        snapshot=1, category="commit", delta_minor=-300, currency="CNY", reason="on leave"
    )
    again = replace(taken, snapshot=2, entries=(entry,))
    kept = replace(totals, commit_minor=1_500)
    frozen = forecast_sheets.ForecastSheetFrozen(
        owner_id=ANNA, period="2026-03", snapshot=1, totals=kept, currency="CNY"
    )
    stream = uid(0xF5)
    facts = [Fact(stream, taken, "2026-03-01"), Fact(stream, submitted, "2026-03-02")]
    (sheet,) = rows(forecast_sheet_rows.PROJECTION, ForecastSheetRow, *facts)
    assert (sheet.status, sheet.commit_minor, sheet.pipeline_minor, sheet.snapshot) == ("submitted", 1_800, 50, 1)
    facts += [Fact(stream, less, None), Fact(stream, again, "2026-03-08"), Fact(stream, frozen, "2026-03-10")]
    (sheet,) = rows(forecast_sheet_rows.PROJECTION, ForecastSheetRow, *facts)
    assert (sheet.status, sheet.commit_minor, sheet.submitted_snapshot, sheet.entries) == ("frozen", 1_500, 1, (entry,))
    assert (sheet.frozen_on, sheet.lead_days, sheet.version) == (date(2026, 3, 10), 21, 5)
    first, second = sheet.revisions
    assert (first.deal_count, first.sums.commit_minor, first.submitted, first.expected) == (2, 1_800, totals, kept)
    assert [(each.delta_minor, each.reason, each.adjusted_on) for each in first.adjustments] == [
        (-300, "on leave", None)
    ]
    assert (second.taken_on, second.submitted, second.expected) == (date(2026, 3, 8), None, None)


def test_a_target_keeps_all_lines_that_were_ever_set_with_who_agreed_to_which() -> None:
    lines = targets.TargetLines(floor=800, challenge=1_000, stretch=1_200)
    lower = targets.TargetLines(floor=700, challenge=900, stretch=1_100)
    proposed = built(
        targets.TargetProposed, dimension=targets.TargetDimension(key="region", value="north"), lines=lines
    )
    part = built(targets.TargetPart, target_id=uid(0x7C))
    gap = targets.TargetGap(floor=100, challenge=100, stretch=100)
    adjusted = targets.TargetAdjusted(
        revision=2, lines_from=lines, lines_to=lower, effective_on=date(2026, 3, 1), reason="One less"
    )
    stream = uid(0x7B)
    facts = [
        Fact(stream, proposed, "2026-01-02"),
        Fact(stream, targets.TargetAgreed(revision=1, agreed_by=ANNA), "2026-01-03"),
        Fact(stream, targets.TargetSplit(split=1, lines=lines, children=(part,), gap=gap)),
    ]
    (target,) = rows(target_rows.PROJECTION, TargetRow, *facts)
    assert (target.status, target.challenge, target.dimension_value) == ("agreed", 1_000, "north")
    assert [(split.target_ids, split.gap) for split in target.splits] == [((uid(0x7C),), gap)]
    facts.append(Fact(stream, adjusted, "2026-02-20"))
    (target,) = rows(target_rows.PROJECTION, TargetRow, *facts)
    assert (target.status, target.floor, target.challenge, target.stretch) == ("proposed", 700, 900, 1_100)
    assert [(each.lines, each.effective_on, each.is_agreed, each.agreed_on) for each in target.revisions] == [
        (lines, None, True, date(2026, 1, 3)),
        (lower, date(2026, 3, 1), False, None),
    ]
    closed = Fact(stream, targets.TargetClosed(result=950, note="A late order"), "2026-04-02")
    (target,) = rows(target_rows.PROJECTION, TargetRow, *facts, closed)
    assert (target.status, target.result, target.closed_on, target.version) == ("closed", 950, date(2026, 4, 2), 5)


def test_a_later_quota_replaces_an_earlier_one_of_the_same_period() -> None:
    quota = built(EnrolmentQuotaSet, period="2026-03", amount_minor=100)
    stream = uid(0xE0)
    found = rows(
        quotas.PROJECTION,
        QuotaRow,
        Fact(stream, quota),
        Fact(stream, replace(quota, period="2026-04")),
        Fact(stream, replace(quota, amount_minor=200)),
    )
    assert [(row.period, row.amount_minor) for row in found] == [("2026-03", 200), ("2026-04", 100)]
