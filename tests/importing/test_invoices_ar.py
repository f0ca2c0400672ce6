"""Invoices of the same shape as the practice file, made here with their own answers, imported by its example mapping."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from salesapi.app import Core
from tests.importing.reading_back import EXAMPLE, Importing, Row, counts, events

Invoices = Importing[list[Row]]
MAPPING = EXAMPLE.with_name("invoices_ar.yaml")
CONTENT = """\
countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate
391,0379-N,4/6/2013,611365,1/2/2013,2/1/2013,55.945,No,1/15/2013,Paper,13,0
406,8976-A,3/3/2012,790077,1/26/2013,2/25/2013,61.74,Yes,3/3/2013,Electronic,36,6
391,0379-N,4/6/2013,923190,12/31/2013,1/30/2014,65.9,No,,Paper,,
"""


@pytest.fixture
def invoices(core: Core, tmp_path: Path) -> Invoices:
    """Three invoices of two customers; one is disputed and paid late, one is open."""
    made = list(csv.DictReader(CONTENT.splitlines()))
    return Importing(core, tmp_path / "files", made, {"invoices": made}, MAPPING)


async def test_dates_are_read_month_first_and_amounts_rounded_half_up(invoices: Invoices) -> None:
    summary = await invoices.run()

    assert summary.rejections == []
    found = await events(invoices.core)
    issued = {e.stored.position: e for e in found if e.stored.type == "invoice.issued"}.values()
    shown = {getattr(e.event, "number", ""): (getattr(e.event, "amount_minor", 0), _day(e)) for e in issued}
    assert shown == {"611365": (5595, "2013-01-02"), "790077": (6174, "2013-01-26"), "923190": (6590, "2013-12-31")}
    received = {getattr(e.event, "amount_minor", 0): _day(e) for e in found if e.stored.type == "receipt.recorded"}
    assert received == {5595: "2013-01-15", 6174: "2013-03-03"}
    disputed = [e for e in found if e.stored.type == "invoice.disputed"]
    assert [e.recorded.occurred for e in disputed] == [None]
    assert await counts(invoices.core) == Counter(
        {
            "attribute_definition.defined": 2,
            "customer.registered": 2,
            "invoice.issued": 3,
            "invoice.disputed": 1,
            "receipt.recorded": 2,
            "receipt.allocated": 2,
        }
    )


async def test_the_same_file_adds_nothing_and_a_changed_one_what_changed(invoices: Invoices) -> None:
    await invoices.run()

    invoices.made.reverse()
    assert await invoices.added() == {}

    invoices.made[0]["SettledDate"] = "2/3/2014"
    invoices.made[1]["Disputed"] = "No"
    assert await invoices.added() == {
        "receipt.recorded": 1,
        "receipt.allocated": 1,
        "invoice.dispute_resolved": 1,
    }


async def test_what_no_command_can_change_is_rejected_with_its_row(invoices: Invoices) -> None:
    await invoices.run()
    invoices.made[0]["InvoiceAmount"] = "60"
    invoices.made[1]["InvoiceDate"] = "26/1/2013"

    await invoices.run()

    assert invoices.results.rejected() == [("611365", "import.change_not_mapped"), ("", "import.value_invalid")]


def _day(event: object) -> str:
    occurred = getattr(getattr(event, "recorded", None), "occurred", None)
    return str(occurred.on) if occurred else ""
