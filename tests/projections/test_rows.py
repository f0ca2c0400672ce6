"""Read models of one row a thing, timelines, quotas and statements: given facts, the rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from salesapi.domain.cash.receipts import ReceiptAllocated, ReceiptPart, ReceiptRecorded, ReceiptReversed
from salesapi.domain.customers.customers import (
    CustomerContactAdded,
    CustomerContactChanged,
    CustomerContactRemoved,
    CustomerRegistered,
    CustomerReleased,
)
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.pay.plans.enrolments import EnrolmentQuotaSet
from salesapi.domain.pay.reasons.reason_form import stated
from salesapi.domain.pay.records.payout_runs import (
    STATEMENT_LINES_MAX,
    PayoutRunCalculated,
    PayoutRunOpened,
    PayoutRunReturned,
    PayoutRunStatementIssued,
    StatementLine,
)
from salesapi.domain.selling.activities import (
    ActivityCompleted,
    ActivityFollowUpCorrected,
    ActivityFollowUpLogged,
    ActivityScheduled,
    FollowUp,
    Subject,
)
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.selling.deals import DealLine, DealLost, DealReopened, DealVoided, DealWon
from salesapi.domain.selling.forecast_sheets import (
    ForecastEntry,
    ForecastSheetAdjusted,
    ForecastSheetFrozen,
    ForecastSheetSnapshotTaken,
    ForecastSheetSubmitted,
    ForecastTotals,
)
from salesapi.domain.selling.leads import LeadCaptured, LeadConverted, LeadQualified, LeadVoided
from salesapi.domain.selling.targets import (
    TargetAdjusted,
    TargetAgreed,
    TargetClosed,
    TargetDimension,
    TargetGap,
    TargetLines,
    TargetPart,
    TargetProposed,
    TargetSplit,
)
from salesapi.domain.shared.kernel import ExternalId
from salesapi.projections.cash import receipts
from salesapi.projections.cash.receipts import ReceiptRow
from salesapi.projections.customers import customers, satisfactions, timelines
from salesapi.projections.customers.customers import CustomerRow
from salesapi.projections.customers.satisfactions import SatisfactionRow
from salesapi.projections.customers.timelines import TimelineRow
from salesapi.projections.pay import payout_runs, quotas, statement_lines, statements
from salesapi.projections.pay.payout_runs import PayoutRunRow
from salesapi.projections.pay.quotas import QuotaRow
from salesapi.projections.pay.statement_lines import StatementLineRow
from salesapi.projections.pay.statements import StatementRow
from salesapi.projections.projection import Projection
from salesapi.projections.selling import activities, attribution_touches, deals, forecast_sheets, leads, targets
from salesapi.projections.selling.activities import ActivityRow
from salesapi.projections.selling.attribution_touches import AttributionTouchRow
from salesapi.projections.selling.forecast_sheets import ForecastSheetRow
from salesapi.projections.selling.leads import LeadRow
from salesapi.projections.selling.targets import TargetRow
from tests.domain.examples import ACME, ANNA, DEAL, LEAD, OFFERED, PRODUCT
from tests.projections.histories import Fact, fold
from tests.spec import uid

Wanted = TypeVar("Wanted")
ACTIVITY, RECEIPT, PLAN, RUN, CONTACT = uid(0xAA), uid(0xEC), uid(0xF2), uid(0xF3), uid(0xB1)
WON = DealWon(stage_from="offer", stage_to="won", amount_minor=130_000, currency="CNY", owner_id=ANNA, reason=None)


def rows(projection: Projection, kind: type[Wanted], *facts: Fact) -> list[Wanted]:
    """All rows of a read model, checked to be of its class."""
    found = [row for group in fold(projection, *facts).values() for row in group]
    checked = [row for row in found if isinstance(row, kind)]
    assert len(checked) == len(found)
    return checked


def deal_rows(*facts: Fact) -> list[Any]:
    """The rows of deals, whose class is made of the state."""
    return rows(deals.PROJECTION, deals.PROJECTION.row, *facts)


def test_a_won_deal_carries_the_won_value_and_its_closing_date() -> None:
    (deal,) = deal_rows(Fact(DEAL, OFFERED, "2026-01-05"), Fact(DEAL, WON, "2026-02-01"))
    assert (deal.status, deal.stage, deal.amount_minor, deal.closed_on) == ("won", "won", 130_000, date(2026, 2, 1))
    assert (deal.opened_on, deal.version, deal.position) == (date(2026, 1, 5), 2, 2)


def test_a_reopened_deal_is_open_again_without_a_closing() -> None:
    lost = DealLost(stage_from="offer", stage_to="lost", reason="price", competitor="Initech", note=None)
    back = DealReopened(
        status_from="lost", stage_from="lost", stage_to="offer", reason="called again", amount_minor=None, currency=None
    )
    (deal,) = deal_rows(Fact(DEAL, OFFERED), Fact(DEAL, lost), Fact(DEAL, back, "2026-03-09"))
    assert (deal.status, deal.stage, deal.closed_on, deal.competitor) == ("open", "offer", None, None)
    assert deal.stage_entered_on == date(2026, 3, 9)


def test_a_voided_deal_keeps_its_row() -> None:
    voided = DealVoided(status_from="open", stage_from="offer", reason="entered twice")
    (deal,) = deal_rows(Fact(DEAL, OFFERED), Fact(DEAL, voided))
    assert (deal.status, deal.reason) == ("voided", "entered twice")


def test_a_deal_names_its_product_where_all_lines_are_of_one() -> None:
    line = DealLine(product_id=PRODUCT, quantity=Decimal(2))
    one = replace(OFFERED, lines=(line, line))
    two = replace(OFFERED, lines=(line, replace(line, product_id=uid(1))))
    assert [row.product_id for row in deal_rows(Fact(uid(1), one), Fact(uid(2), two))] == [
        PRODUCT,
        None,
    ]


def company(name: str = "Globex") -> CustomerRegistered:
    return CustomerRegistered(
        kind="company",
        name=name,
        person_name=None,
        owner_id=ANNA,
        parent_id=None,
        attributes=(),
        external_id=ExternalId(system="erp", id="7"),
    )


MARIA = CustomerContactAdded(
    contact_id=CONTACT,
    name="Maria",
    phone=None,
    email=None,
    wechat=None,
    role="buyer",
    external_id=ExternalId(system="erp", id="c7"),
)


def test_a_changed_contact_keeps_its_place_and_external_id() -> None:
    other = replace(MARIA, contact_id=uid(0xB2), name="Ben")
    changed = CustomerContactChanged(
        contact_id=CONTACT, fields=("phone",), name="Maria", phone="+49 1", email=None, wechat=None, role="buyer"
    )
    facts = [Fact(ACME, event) for event in (company(), MARIA, other, changed)]
    (customer,) = rows(customers.PROJECTION, CustomerRow, *facts)
    assert [(c.name, c.phone, c.external_id) for c in customer.contacts] == [
        ("Maria", "+49 1", MARIA.external_id),
        ("Ben", None, MARIA.external_id),
    ]
    gone = Fact(ACME, CustomerContactRemoved(contact_id=CONTACT, reason=None))
    (customer,) = rows(customers.PROJECTION, CustomerRow, *facts, gone)
    assert [contact.name for contact in customer.contacts] == ["Ben"]


def test_a_released_customer_is_in_the_pool() -> None:
    released = CustomerReleased(owner_from=ANNA, reason="left")
    (customer,) = rows(customers.PROJECTION, CustomerRow, Fact(ACME, company()), Fact(ACME, released))
    assert (customer.owner_id, customer.external_system, customer.external_id) == (None, "erp", "7")


CAPTURED = LeadCaptured(
    source="web_form",
    campaign=None,
    name="Li Na",
    company=None,
    phone="1",
    email=None,
    wechat=None,
    note=None,
    owner_id=None,
    attributes=(),
    external_id=None,
)
QUALIFIED = LeadQualified(criteria=("budget",))
CONVERTED = LeadConverted(customer_id=ACME, contact_id=None, deal_id=DEAL)


def test_a_converted_lead_names_its_customer_and_deal() -> None:
    (lead,) = rows(
        leads.PROJECTION,
        LeadRow,
        Fact(LEAD, CAPTURED, "2026-01-02"),
        Fact(LEAD, QUALIFIED, None),
        Fact(LEAD, CONVERTED, "2026-01-09"),
    )
    assert (lead.status, lead.customer_id, lead.deal_id) == ("converted", ACME, DEAL)
    assert (lead.captured_on, lead.qualified_on, lead.converted_on) == (date(2026, 1, 2), None, date(2026, 1, 9))


def test_touches_of_a_lead_count_for_the_deal_of_its_conversion_and_fall_with_a_voided_lead() -> None:
    early = LeadAttributionTouchRecorded(
        kind="campaign", member_id=None, campaign="spring", weight=Decimal("0.5"), deal_id=None
    )
    late = LeadAttributionTouchRecorded(kind="meeting", member_id=ANNA, campaign=None, weight=None, deal_id=DEAL)
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
    (lead,) = rows(leads.PROJECTION, LeadRow, *facts)
    assert (lead.version, lead.position, lead.status) == (5, 5, "converted")
    voided = Fact(LEAD, LeadVoided(status_from="converted", reason="twice"))
    assert rows(attribution_touches.PROJECTION, AttributionTouchRow, *facts, voided) == []


def test_a_corrected_follow_up_shows_what_is_right_now() -> None:
    about = Subject(kind="deal", id=DEAL)
    said = FollowUp(channel="call", direction="out", content="hello", outcome=None, next_step=None, next_on=None)
    logged = ActivityFollowUpLogged(about=about, owner_id=ANNA, follow_up=said, attributes=(), external_id=None)
    corrected = ActivityFollowUpCorrected(
        about=about, fields=("content",), follow_up=replace(said, content="hello again"), reason="typo"
    )
    (activity,) = rows(
        activities.PROJECTION, ActivityRow, Fact(ACTIVITY, logged, "2026-01-09"), Fact(ACTIVITY, corrected)
    )
    assert (activity.status, activity.kind, activity.done_on) == ("completed", "call", date(2026, 1, 9))
    assert (activity.content, activity.is_follow_up, activity.is_corrected) == ("hello again", True, True)


def test_a_planned_activity_is_done_on_its_completion() -> None:
    about = Subject(kind="lead", id=LEAD)
    planned = ActivityScheduled(
        kind="visit",
        about=about,
        owner_id=ANNA,
        due_on=date(2026, 1, 9),
        due_at=None,
        next_step="show it",
        attributes=(),
        external_id=None,
    )
    done = ActivityCompleted(about=about, kind="visit", owner_id=ANNA, outcome="interested", content="long talk")
    (activity,) = rows(activities.PROJECTION, ActivityRow, Fact(ACTIVITY, planned), Fact(ACTIVITY, done, "2026-01-10"))
    assert (activity.due_on, activity.done_on, activity.channel) == (date(2026, 1, 9), date(2026, 1, 10), "visit")
    assert (activity.outcome, activity.next_step, activity.is_follow_up) == ("interested", "show it", False)


def test_a_reversed_receipt_has_no_allocations() -> None:
    recorded = ReceiptRecorded(amount_minor=100, currency="CNY", customer_id=ACME, note=None, external_id=None)
    allocated = ReceiptAllocated(deal_id=DEAL, amount_minor=60, currency="CNY")
    parts = (ReceiptPart(deal_id=DEAL, amount_minor=60),)
    bounced = ReceiptReversed(amount_minor=100, currency="CNY", parts=parts, reason="bounced")
    facts = [Fact(RECEIPT, recorded, "2026-01-02"), Fact(RECEIPT, allocated, "2026-01-03")]
    (receipt,) = rows(receipts.PROJECTION, ReceiptRow, *facts)
    assert (receipt.allocations, receipt.allocated_minor, receipt.received_on) == (parts, 60, date(2026, 1, 2))
    (receipt,) = rows(receipts.PROJECTION, ReceiptRow, *facts, Fact(RECEIPT, bounced))
    assert (receipt.allocations, receipt.is_reversed, receipt.reason) == ((), True, "bounced")


def test_each_answer_of_a_customer_is_a_row_of_its_own_and_changes_nothing_else_of_the_customer() -> None:
    nine = CustomerSatisfactionRecorded(
        kind="nps", score=9, deal_id=DEAL, agreement_id=uid(0xA9), activity_id=None, comment="kind"
    )
    four = CustomerSatisfactionRecorded(
        kind="csat", score=4, deal_id=None, agreement_id=None, activity_id=ACTIVITY, comment=None
    )
    facts = (Fact(ACME, company(), "2026-01-02"), Fact(ACME, nine, "2026-02-03"), Fact(ACME, four, None))
    found = rows(satisfactions.PROJECTION, SatisfactionRow, *facts)
    assert [(row.customer_id, row.kind, row.score, row.answered_on, row.position) for row in found] == [
        (ACME, "nps", 9, date(2026, 2, 3), 2),
        (ACME, "csat", 4, None, 3),
    ]
    assert len({row.satisfaction_id for row in found}) == 2
    (customer,) = rows(customers.PROJECTION, CustomerRow, *facts)
    assert (customer.version, customer.position, customer.registered_on) == (3, 3, date(2026, 1, 2))


def test_an_event_stands_in_the_timeline_of_each_thing_it_concerns_and_shows_nothing_personal() -> None:
    about = Subject(kind="deal", id=DEAL)
    said = FollowUp(channel="call", direction="out", content="secret", outcome=None, next_step="secret", next_on=None)
    logged = ActivityFollowUpLogged(about=about, owner_id=ANNA, follow_up=said, attributes=(), external_id=None)
    found = rows(
        timelines.PROJECTION,
        TimelineRow,
        Fact(LEAD, CAPTURED, None),
        Fact(ACTIVITY, logged, "2026-01-09"),
        Fact(LEAD, CONVERTED),
        Fact(ACME, company()),
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
    assert found[0].summary == {"source": "web_form"}
    assert found[2].summary == {"owner_id": str(ANNA)}
    assert found[3].summary == {"customer_id": str(ACME), "deal_id": str(DEAL)}
    assert found[6].summary == {"contact_id": str(CONTACT), "role": "buyer"}


def test_a_forecast_sheet_keeps_each_revision_and_shows_what_was_submitted_last_as_adjusted() -> None:
    entry = ForecastEntry(deal_id=DEAL, amount_minor=900, category="commit", confidence="mid")
    taken = ForecastSheetSnapshotTaken(
        owner_id=ANNA, period="2026-03", snapshot=1, currency="CNY", entries=(entry, replace(entry, deal_id=uid(5)))
    )
    totals = ForecastTotals(commit_minor=1_800, best_case_minor=0, pipeline_minor=50)
    submitted = ForecastSheetSubmitted(snapshot=1, totals=totals, currency="CNY", note="careful")
    less = ForecastSheetAdjusted(snapshot=1, category="commit", delta_minor=-300, currency="CNY", reason="on leave")
    again = replace(taken, snapshot=2, entries=(entry,))
    kept = replace(totals, commit_minor=1_500)
    frozen = ForecastSheetFrozen(owner_id=ANNA, period="2026-03", snapshot=1, totals=kept, currency="CNY")
    stream = uid(0xF5)
    facts = [Fact(stream, taken, "2026-03-01"), Fact(stream, submitted, "2026-03-02")]
    (sheet,) = rows(forecast_sheets.PROJECTION, ForecastSheetRow, *facts)
    assert (sheet.status, sheet.commit_minor, sheet.pipeline_minor, sheet.snapshot) == ("submitted", 1_800, 50, 1)
    facts += [Fact(stream, less, None), Fact(stream, again, "2026-03-08"), Fact(stream, frozen, "2026-03-10")]
    (sheet,) = rows(forecast_sheets.PROJECTION, ForecastSheetRow, *facts)
    assert (sheet.status, sheet.commit_minor, sheet.submitted_snapshot, sheet.entries) == ("frozen", 1_500, 1, (entry,))
    assert (sheet.frozen_on, sheet.lead_days, sheet.version) == (date(2026, 3, 10), 21, 5)
    first, second = sheet.revisions
    assert (first.deal_count, first.sums.commit_minor, first.submitted, first.expected) == (2, 1_800, totals, kept)
    assert [(each.delta_minor, each.reason, each.adjusted_on) for each in first.adjustments] == [
        (-300, "on leave", None)
    ]
    assert (second.taken_on, second.submitted, second.expected) == (date(2026, 3, 8), None, None)


def test_a_target_keeps_all_lines_that_were_ever_set_with_who_agreed_to_which() -> None:
    lines = TargetLines(floor=800, challenge=1_000, stretch=1_200)
    lower = TargetLines(floor=700, challenge=900, stretch=1_100)
    proposed = TargetProposed(
        owner_id=ANNA,
        team_id=None,
        measure="won_amount",
        period="2026Q1",
        dimension=TargetDimension(key="region", value="north"),
        currency="CNY",
        unit=None,
        lines=lines,
        basis=(),
        parent_target_id=uid(0x7A),
    )
    part = TargetPart(target_id=uid(0x7C), owner_id=ANNA, team_id=None, period="2026-01", dimension=None, lines=lower)
    gap = TargetGap(floor=100, challenge=100, stretch=100)
    adjusted = TargetAdjusted(
        revision=2, lines_from=lines, lines_to=lower, effective_on=date(2026, 3, 1), reason="One less"
    )
    stream = uid(0x7B)
    facts = [
        Fact(stream, proposed, "2026-01-02"),
        Fact(stream, TargetAgreed(revision=1, agreed_by=ANNA), "2026-01-03"),
        Fact(stream, TargetSplit(split=1, lines=lines, children=(part,), gap=gap)),
    ]
    (target,) = rows(targets.PROJECTION, TargetRow, *facts)
    assert (target.status, target.challenge, target.dimension_value, target.parent_target_id) == (
        "agreed",
        1_000,
        "north",
        uid(0x7A),
    )
    assert [(split.target_ids, split.gap) for split in target.splits] == [((uid(0x7C),), gap)]
    facts.append(Fact(stream, adjusted, "2026-02-20"))
    (target,) = rows(targets.PROJECTION, TargetRow, *facts)
    assert (target.status, target.floor, target.challenge, target.stretch) == ("proposed", 700, 900, 1_100)
    assert [(each.lines, each.effective_on, each.is_agreed, each.agreed_on) for each in target.revisions] == [
        (lines, None, True, date(2026, 1, 3)),
        (lower, date(2026, 3, 1), False, None),
    ]
    closed = Fact(stream, TargetClosed(result=950, note="A late order"), "2026-04-02")
    (target,) = rows(targets.PROJECTION, TargetRow, *facts, closed)
    assert (target.status, target.result, target.closed_on, target.version) == ("closed", 950, date(2026, 4, 2), 5)


def test_a_later_quota_replaces_an_earlier_one_of_the_same_period() -> None:
    quota = EnrolmentQuotaSet(
        member_id=ANNA, measure="credited_amount", period="2026-03", amount_minor=100, currency="CNY"
    )
    stream = uid(0xE0)
    found = rows(
        quotas.PROJECTION,
        QuotaRow,
        Fact(stream, quota),
        Fact(stream, replace(quota, period="2026-04")),
        Fact(stream, replace(quota, amount_minor=200)),
    )
    assert [(row.period, row.amount_minor) for row in found] == [("2026-03", 200), ("2026-04", 100)]


LINE = StatementLine(
    kind="earning",
    period="2026-03",
    component="base",
    rule="rate",
    credit_rule="direct",
    plan_version=1,
    deal_id=DEAL,
    source_member_id=ANNA,
    won_on=date(2026, 3, 2),
    positions=(7, 9),
    base_minor=1_000,
    currency="CNY",
    rate_percent="5",
    reason=stated("1000 x 5%"),
    exact_minor="50",
    posted_minor=50,
    residual_minor="0",
)


def issued(
    member_id: UUID, part: int, parts: int, lines: tuple[StatementLine, ...], position: int
) -> PayoutRunStatementIssued:
    return PayoutRunStatementIssued(
        member_id=member_id,
        plan_id=PLAN,
        period="2026-03",
        position=position,
        part=part,
        parts=parts,
        lines=lines,
        line_count=sum(1 for _ in lines),
        earned_minor=50,
        released_minor=0,
        clawed_minor=0,
        adjusted_minor=0,
        awarded_minor=0,
        drawn_minor=0,
        total_minor=50,
        currency="CNY",
        plan_versions=(1,),
        engine_version="1",
        deal_order="win date",
        digest="d",
    )


CALCULATED = PayoutRunCalculated(
    position=9,
    engine_version="1",
    plan_versions=(1,),
    digest="d",
    participant_count=1,
    total_minor=50,
    currency="CNY",
)


def test_a_statement_of_several_parts_is_one_row_with_all_its_lines() -> None:
    facts = (
        Fact(RUN, issued(ANNA, 1, 2, (LINE,) * STATEMENT_LINES_MAX, 9)),
        Fact(RUN, issued(ANNA, 2, 2, (LINE,), 9)),
    )
    (statement,) = rows(statements.PROJECTION, StatementRow, *facts)
    assert (statement.parts, statement.calculated_position, statement.issued_position) == (2, 9, 1)
    lines = rows(statement_lines.PROJECTION, StatementLineRow, *facts)
    assert [line.number for line in lines] == list(range(1, STATEMENT_LINES_MAX + 2))


def test_a_statement_issued_anew_replaces_the_lines_of_its_parts() -> None:
    facts = (
        Fact(RUN, issued(ANNA, 1, 1, (LINE, LINE), 9)),
        Fact(RUN, issued(ANNA, 1, 1, (replace(LINE, posted_minor=60),), 12)),
    )
    (line,) = rows(statement_lines.PROJECTION, StatementLineRow, *facts)
    assert (line.posted_minor, line.calculated_position) == (60, 12)


def test_a_returned_run_has_no_calculation_any_more() -> None:
    facts = (
        Fact(RUN, PayoutRunOpened(plan_id=PLAN, period="2026-03")),
        Fact(RUN, CALCULATED),
        Fact(RUN, issued(ANNA, 1, 1, (LINE,), 9)),
    )
    (run,) = rows(payout_runs.PROJECTION, PayoutRunRow, *facts)
    assert (run.status, run.calculated_position, run.total_minor) == ("issued", 9, 50)
    (run,) = rows(payout_runs.PROJECTION, PayoutRunRow, *facts, Fact(RUN, PayoutRunReturned(reason="wrong rate")))
    assert (run.status, run.calculated_position, run.total_minor, run.reason) == ("open", None, None, "wrong rate")
