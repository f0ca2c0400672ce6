"""The receivables report on small histories that were worked out by hand, on the real tables. Amounts are minor units."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.domain.cash.invoices import InvoiceCreditNoteIssued, InvoiceDisputed, InvoiceIssued, InvoiceVoided
from salesapi.domain.cash.receipts import ReceiptAllocated, ReceiptPart, ReceiptRefunded, ReceiptReversed
from salesapi.domain.customers.customers import CustomerRegistered
from salesapi.domain.shared.kernel import FieldInvalid
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.cash import invoices
from salesapi.projections.customers import customers
from salesapi.queries.cash.reports_receivables import ReceivablesQuestion, receivables_groups
from salesapi.schemas.cash.receivables import OpenInvoices, ReceivablesFilter, ReceivablesGroup
from salesapi.schemas.figures import LeftOut
from tests.domain.examples import ACME, ANNA, BORIS
from tests.projections.histories import Fact
from tests.queries.read_tables import ReadTables, read_tables
from tests.queries.report_stories import MEANT
from tests.spec import uid
from tests.values_by_type import built

DATABASE = "receivables_by_hand"
GLOBEX = uid(0xB0)
READ = (customers.PROJECTION, invoices.PROJECTION)
RECEIPT = uid(0xEC)


BACKGROUND = (
    Fact(ACME, built(CustomerRegistered, kind="company", name="Acme", owner_id=ANNA)),
    Fact(GLOBEX, built(CustomerRegistered, kind="company", name="Globex", owner_id=BORIS)),
)


def issued(number: int, on: str | None, due: str | None, amount_minor: int = 1_000, *, of: UUID | None = ACME) -> Fact:
    """An invoice, named by its number."""
    event = built(
        InvoiceIssued,
        customer_id=of,
        amount_minor=amount_minor,
        tax_minor=None,
        currency="CNY",
        due_on=date.fromisoformat(due) if due else None,
    )
    return Fact(uid(number), event, on)


def paid(number: int, on: str | None, amount_minor: int = 1_000) -> Fact:
    """Money for an invoice."""
    event = ReceiptAllocated(
        deal_id=None,
        invoice_id=uid(number),
        amount_minor=amount_minor,
        currency="CNY",
        received_on=date.fromisoformat(on) if on else None,
    )
    return Fact(RECEIPT, event, on)


def bounced(number: int, on: str, amount_minor: int = 1_000) -> Fact:
    part = ReceiptPart(deal_id=None, invoice_id=uid(number), amount_minor=amount_minor)
    event = ReceiptReversed(amount_minor=amount_minor, currency="CNY", parts=(part,), reason="bounced")
    return Fact(RECEIPT, event, on)


def credited(number: int, on: str, amount_minor: int) -> Fact:
    event = built(InvoiceCreditNoteIssued, amount_minor=amount_minor, tax_minor=None, currency="CNY")
    return Fact(uid(number), event, on)


@dataclass(frozen=True)
class Books:
    """The invoices of a history, in the real read tables."""

    tables: ReadTables
    left_out: list[LeftOut] = field(default_factory=list)
    """What the last report left out."""

    async def record(self, *facts: Fact) -> None:
        """Replaces all rows by those of these facts."""
        await self.tables.fill(READ, (*BACKGROUND, *facts))

    async def groups(self, as_of: str, scope: Scope = EVERYTHING, **asked: Any) -> Sequence[ReceivablesGroup]:
        """The groups of the report."""
        question = ReceivablesQuestion(as_of=date.fromisoformat(as_of), **asked)
        groups, left_out = await receivables_groups(self.tables.pool, question, scope, MEANT)
        self.left_out[:] = left_out
        return groups

    async def whole(self, as_of: str, **asked: Any) -> ReceivablesGroup:
        """The figures of all invoices."""
        (group,) = await self.groups(as_of, **asked)
        return group


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def books(postgresql: EmbeddedPostgreSQL) -> AsyncIterator[Books]:
    async with read_tables(postgresql, DATABASE) as tables:
        yield Books(tables)


def opened(invoices: int, amount_minor: int) -> OpenInvoices:
    return OpenInvoices(invoices=invoices, amount_minor=amount_minor)


async def test_an_open_amount_ages_from_its_due_date_on(books: Books) -> None:
    await books.record(issued(1, "2026-03-02", "2026-04-01"))
    ages = {}
    for day in ("2026-04-01", "2026-04-02", "2026-05-01", "2026-05-02", "2026-06-30", "2026-07-01"):
        group = await books.whole(day)
        buckets = [(bucket.days_from, bucket.days_to) for bucket in group.overdue if bucket.invoices]
        ages[day] = ("not due" if group.not_due.invoices else "overdue", *buckets)
    assert ages == {
        "2026-04-01": ("not due",),
        "2026-04-02": ("overdue", (1, 30)),
        "2026-05-01": ("overdue", (1, 30)),
        "2026-05-02": ("overdue", (31, 60)),
        "2026-06-30": ("overdue", (61, 90)),
        "2026-07-01": ("overdue", (91, None)),
    }
    assert await books.groups("2026-03-01") == ()


async def test_part_payments_and_credit_notes_lower_what_is_open_from_their_day_on(books: Books) -> None:
    await books.record(
        issued(1, "2026-03-02", "2026-04-01"), paid(1, "2026-03-10", 300), credited(1, "2026-03-20", 200)
    )
    amounts = [(await books.whole(day)).open.amount_minor for day in ("2026-03-09", "2026-03-10", "2026-03-20")]
    assert amounts == [1_000, 700, 500]


async def test_a_bounced_receipt_opens_its_invoice_again_and_never_settled_it(books: Books) -> None:
    await books.record(issued(1, "2026-03-02", "2026-04-01"), paid(1, "2026-03-10"), bounced(1, "2026-03-15"))
    shown = [await books.groups(day) for day in ("2026-03-09", "2026-03-10", "2026-03-15")]
    assert [[group.open.amount_minor for group in groups] for groups in shown] == [[1_000], [], [1_000]]
    assert (await books.whole("2026-12-31")).collection.invoices == 0


async def test_a_refund_opens_an_invoice_on_its_day(books: Books) -> None:
    back = ReceiptRefunded(deal_id=None, invoice_id=uid(1), amount_minor=100, currency="CNY", reason="by mistake")
    await books.record(issued(1, "2026-03-02", None), paid(1, "2026-03-10"), Fact(RECEIPT, back, "2026-03-20"))
    group = await books.whole("2026-03-20")
    assert (group.open, group.without_due_date, group.not_due) == (opened(1, 100), opened(1, 100), opened(0, 0))


async def test_an_overpaid_invoice_is_not_open_and_lowers_no_other(books: Books) -> None:
    await books.record(
        issued(1, "2026-03-02", "2026-04-01"), paid(1, "2026-03-10", 1_500), issued(2, "2026-03-02", "2026-04-01")
    )
    assert (await books.whole("2026-03-31")).open == opened(1, 1_000)


async def test_a_voided_invoice_was_never_open(books: Books) -> None:
    voided = InvoiceVoided(agreement_id=None, total_minor=1_000, credited_minor=0, currency="CNY", reason="twice")
    await books.record(issued(1, "2026-03-02", "2026-04-01"), Fact(uid(1), voided, "2026-05-01"))
    assert await books.groups("2026-03-31") == ()


async def test_invoices_of_unknown_days_are_told_apart(books: Books) -> None:
    await books.record(
        issued(1, None, "2026-04-01"),
        issued(2, "2026-03-02", None),
        paid(2, None),
        issued(3, None, None),
        paid(3, "2026-03-01"),
    )
    group = await books.whole("2026-03-31")
    assert (group.open, group.undated) == (opened(0, 0), 2)
    assert (group.collection.invoices, group.collection.undated) == (0, 2)


async def test_contested_invoices_are_told_among_the_open_ones(books: Books) -> None:
    await books.record(
        issued(1, "2026-03-02", "2026-04-01", 300),
        issued(2, "2026-03-02", "2026-04-01", 50),
        Fact(uid(2), InvoiceDisputed(reason=None), None),
    )
    group = await books.whole("2026-03-31")
    assert (group.open, group.disputed) == (opened(2, 350), opened(1, 50))


CYCLE = (
    issued(1, "2026-03-01", "2026-03-31", 3_000),
    paid(1, "2026-03-11", 3_000),
    issued(2, "2026-03-01", "2026-03-31", 1_000),
    paid(2, "2026-03-20", 500),
    paid(2, "2026-04-10", 500),
    issued(3, "2026-03-05", None, 1_000),
    paid(3, "2026-03-10", 900),
    credited(3, "2026-03-25", 100),
    issued(4, "2026-03-05", "2026-03-31", 700),
    credited(4, "2026-03-06", 700),
)


async def test_the_collection_cycle_counts_days_from_issue_to_the_last_money(books: Books) -> None:
    await books.record(*CYCLE)
    cycle = (await books.whole("2026-12-31")).collection
    # 10, 40 and 20 days for 3,000, 1,000 and 900; one that was only credited was never collected.
    assert (cycle.invoices, cycle.amount_minor) == (3, 4_900)
    assert (cycle.mean_days, cycle.weighted_mean_days, cycle.median_days) == ("23.333333", "17.959184", "20")
    assert (cycle.late, cycle.late_share, cycle.late_amount_minor, cycle.late_days) == (1, "0.500000", 1_000, 10)


async def test_the_window_of_the_collection_cycle_ends_with_the_day_at_the_latest(books: Books) -> None:
    await books.record(*CYCLE)
    march = {"window_from": date(2026, 3, 12), "window_to": date(2026, 3, 31)}
    assert (await books.whole("2026-12-31", **march)).collection.invoices == 1
    assert (await books.whole("2026-03-31", window_to=date(2026, 12, 31))).collection.invoices == 2


async def test_amounts_of_several_currencies_and_customers_stand_apart(books: Books) -> None:
    second = issued(2, "2026-03-02", "2026-04-01", 70, of=GLOBEX)
    assert isinstance(second.event, InvoiceIssued)
    dollars = Fact(uid(3), replace(second.event, currency="USD"), "2026-03-02")
    await books.record(
        issued(1, "2026-03-02", "2026-04-01"), second, dollars, issued(4, "2026-03-02", None, 5, of=None)
    )
    groups = await books.groups("2026-03-31", by_customer=True)
    assert [(group.keys[0].label, group.currency, group.open.amount_minor) for group in groups] == [
        ("Acme", "CNY", 1_000),
        ("Globex", "CNY", 70),
        ("Globex", "USD", 70),
        (None, "CNY", 5),
    ]
    only = ReceivablesFilter(customer_id=(GLOBEX,), currency="USD")
    assert [group.currency for group in await books.groups("2026-03-31", filter=only)] == ["USD"]


async def test_a_seller_is_told_what_its_own_customers_owe(books: Books) -> None:
    await books.record(
        issued(1, "2026-03-02", None),
        issued(2, "2026-03-02", None, 70, of=GLOBEX),
        issued(3, "2026-03-02", None, of=None),
    )
    scope = Scope(member_ids=frozenset({BORIS}))
    assert [group.open for group in await books.groups("2026-03-31", scope)] == [opened(1, 70)]


@pytest.mark.parametrize("bucket_days", [(0,), (30, 30), (60, 30), (3_651,), tuple(range(1, 14))])
def test_buckets_that_do_not_ascend_or_are_too_many_are_refused(bucket_days: tuple[int, ...]) -> None:
    with pytest.raises(FieldInvalid):
        ReceivablesQuestion(as_of=date(2026, 3, 31), bucket_days=bucket_days)
