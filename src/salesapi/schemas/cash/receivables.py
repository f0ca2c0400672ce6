"""Wire shapes of the receivables report. Amounts are integers of minor units, gross; days are calendar days of business dates."""

from datetime import date
from typing import Annotated

from salesapi.domain.shared.kernel import About, CurrencyCode, record
from salesapi.schemas.figures import LeftOutThings, Mean, Median, Ratio, Reflected, ReportKey
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Amount


@record
class ReceivablesFilter:
    """Which invoices. Fields that are not sent do not filter; voided invoices never count."""

    customer_id: Annotated[Uuids | None, About("Owed by any of these customers.")] = None
    currency: Annotated[CurrencyCode | None, About("In this currency (ISO 4217).")] = None


@record
class OpenInvoices:
    """Invoices with something open at the end of the day, and how much."""

    invoices: Annotated[int, About("Number of invoices.")]
    amount_minor: Annotated[Amount, About("What is open of them, in minor units.")]


@record
class AgeingBucket:
    """Open invoices by how long they are overdue: the day of the report less the due date."""

    days_from: Annotated[int, About("Fewest days overdue.")]
    days_to: Annotated[int | None, About("Most days overdue, inclusive; null is open.")]
    invoices: Annotated[int, About("Number of invoices.")]
    amount_minor: Annotated[Amount, About("What is open of them, in minor units.")]


@record
class CollectionCycle:
    """From invoice to cash, over the invoices that were settled with money within the window.

    An invoice is settled on the day since which nothing of it is open; its days are counted from its day of issue, and its
    amount is the money that came for it. It is late where it was settled after its due date.
    """

    invoices: Annotated[int, About("Invoices settled within the window.")]
    amount_minor: Annotated[Amount, About("Money that came for them, in minor units.")]
    mean_days: Mean
    weighted_mean_days: Annotated[Mean, About("The same, each invoice weighted with its amount; six digits.")]
    median_days: Median
    late: Annotated[int, About("Of these, settled after their due date.")]
    late_share: Annotated[Ratio, About("Late ones of those with a due date.")]
    late_amount_minor: Annotated[Amount, About("Money that came for the late ones, in minor units.")]
    late_days: Annotated[int, About("Days after the due date, summed over the late ones.")]
    undated: Annotated[int, About("Settled invoices whose days are not known; in none of the others.")]


@record
class ReceivablesGroup:
    """The figures in one currency; of one customer where the report is by customer."""

    keys: tuple[ReportKey, ...]
    currency: Annotated[str, About("ISO 4217 code.")]
    open: OpenInvoices
    not_due: Annotated[OpenInvoices, About("Of the open ones, those due on the day or later.")]
    overdue: Annotated[tuple[AgeingBucket, ...], About("Of the open ones, those due before the day.")]
    without_due_date: Annotated[OpenInvoices, About("Of the open ones, those whose due date is not known.")]
    disputed: Annotated[OpenInvoices, About("Of the open ones, those that are contested as known now.")]
    undated: Annotated[
        int, About("Invoices of which it is not known whether they were open on the day; in none of the others.")
    ]
    collection: CollectionCycle


@record
class ReceivablesReport:
    """What is owed at the end of a day, by age, and how fast it is paid."""

    position: Reflected
    as_of: Annotated[date, About("The day.")]
    window_from: Annotated[
        date | None, About("First day of the window of the collection cycle; null is the first ever.")
    ]
    window_to: Annotated[date | None, About("Last day of the window; null, or later than the day, is the day.")]
    groups: tuple[ReceivablesGroup, ...]
    left_out: LeftOutThings
