"""Read models of one row a thing, timelines, enrolments and statements: given facts, the rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from salesapi.domain.activities import (
    ActivityCompleted,
    ActivityFollowUpCorrected,
    ActivityFollowUpLogged,
    ActivityScheduled,
    FollowUp,
    Subject,
)
from salesapi.domain.customers import (
    CustomerContactAdded,
    CustomerContactChanged,
    CustomerContactRemoved,
    CustomerRegistered,
    CustomerReleased,
)
from salesapi.domain.deals import DealLine, DealLost, DealReopened, DealVoided, DealWon
from salesapi.domain.enrolments import EnrolmentBegun, EnrolmentEnded, EnrolmentQuotaSet
from salesapi.domain.kernel import ExternalId
from salesapi.domain.leads import LeadCaptured, LeadConverted, LeadQualified
from salesapi.domain.payout_runs import (
    STATEMENT_LINES_MAX,
    PayoutRunCalculated,
    PayoutRunOpened,
    PayoutRunReturned,
    PayoutRunStatementIssued,
    StatementLine,
)
from salesapi.domain.receipts import ReceiptAllocated, ReceiptPart, ReceiptRecorded, ReceiptReversed
from salesapi.projections import (
    activities,
    customers,
    deals,
    enrolments,
    leads,
    payout_runs,
    quotas,
    receipts,
    statement_lines,
    statements,
    timelines,
)
from salesapi.projections.activities import ActivityRow
from salesapi.projections.customers import CustomerRow
from salesapi.projections.deals import DealRow
from salesapi.projections.enrolments import EnrolmentRow
from salesapi.projections.leads import LeadRow
from salesapi.projections.payout_runs import PayoutRunRow
from salesapi.projections.projection import Projection
from salesapi.projections.quotas import QuotaRow
from salesapi.projections.receipts import ReceiptRow
from salesapi.projections.statement_lines import StatementLineRow
from salesapi.projections.statements import StatementRow
from salesapi.projections.timelines import TimelineRow
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


def test_a_won_deal_carries_the_won_value_and_its_closing_date() -> None:
    (deal,) = rows(deals.PROJECTION, DealRow, Fact(DEAL, OFFERED, "2026-01-05"), Fact(DEAL, WON, "2026-02-01"))
    assert (deal.status, deal.stage, deal.amount_minor, deal.closed_on) == ("won", "won", 130_000, date(2026, 2, 1))
    assert (deal.opened_on, deal.version, deal.position) == (date(2026, 1, 5), 2, 2)


def test_a_reopened_deal_is_open_again_without_a_closing() -> None:
    lost = DealLost(stage_from="offer", stage_to="lost", reason="price", competitor="Initech", note=None)
    back = DealReopened(
        status_from="lost", stage_from="lost", stage_to="offer", reason="called again", amount_minor=None, currency=None
    )
    (deal,) = rows(deals.PROJECTION, DealRow, Fact(DEAL, OFFERED), Fact(DEAL, lost), Fact(DEAL, back, "2026-03-09"))
    assert (deal.status, deal.stage, deal.closed_on, deal.competitor) == ("open", "offer", None, None)
    assert deal.stage_entered_on == date(2026, 3, 9)


def test_a_voided_deal_keeps_its_row() -> None:
    voided = DealVoided(status_from="open", stage_from="offer", reason="entered twice")
    (deal,) = rows(deals.PROJECTION, DealRow, Fact(DEAL, OFFERED), Fact(DEAL, voided))
    assert (deal.status, deal.reason) == ("voided", "entered twice")


def test_a_deal_names_its_product_where_all_lines_are_of_one() -> None:
    line = DealLine(product_id=PRODUCT, quantity=Decimal(2))
    one = replace(OFFERED, lines=(line, line))
    two = replace(OFFERED, lines=(line, replace(line, product_id=uid(1))))
    assert [row.product_id for row in rows(deals.PROJECTION, DealRow, Fact(uid(1), one), Fact(uid(2), two))] == [
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
CONVERTED = LeadConverted(customer_id=ACME, contact_id=None, deal_id=DEAL)


def test_a_converted_lead_names_its_customer_and_deal() -> None:
    (lead,) = rows(
        leads.PROJECTION,
        LeadRow,
        Fact(LEAD, CAPTURED, "2026-01-02"),
        Fact(LEAD, LeadQualified(criteria=("budget",)), None),
        Fact(LEAD, CONVERTED, "2026-01-09"),
    )
    assert (lead.status, lead.customer_id, lead.deal_id) == ("converted", ACME, DEAL)
    assert (lead.captured_on, lead.qualified_on, lead.converted_on) == (date(2026, 1, 2), None, date(2026, 1, 9))


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


def test_an_ended_enrolment_keeps_its_days_and_a_withdrawn_one_falls() -> None:
    first = EnrolmentBegun(
        member_id=ANNA, plan_id=PLAN, effective_from=None, effective_until=None, component_keys=("base",)
    )
    second = replace(first, effective_from=date(2026, 5, 1), component_keys=("extra",))
    ended = EnrolmentEnded(member_id=ANNA, plan_id=PLAN, effective_until=date(2026, 5, 1), reason="moved")
    stream = uid(0xE0)
    found = rows(enrolments.PROJECTION, EnrolmentRow, *(Fact(stream, event) for event in (first, second, ended)))
    assert [(row.number, row.effective_until, row.component_keys, row.position) for row in found] == [
        (1, date(2026, 5, 1), ("base",), 3)
    ]


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
    formula="1000 x 5%",
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
        adjusted_minor=0,
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
