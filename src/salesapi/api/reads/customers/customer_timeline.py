"""What happened to a customer and all that belongs to it."""

from typing import Final
from uuid import UUID

from salesapi.api.reads.question import InRest, PageOf, Question, Reading
from salesapi.domain.shared.kernel import record
from salesapi.queries.customers.customers import TIMELINE_READS, customer_timeline
from salesapi.queries.paging import Page, PageRequest
from salesapi.schemas.customers.customers import TimelineEntry


@record
class TimelineOf:
    """The customer whose timeline is asked for, and the page of it."""

    customer_id: UUID
    page: PageRequest


async def _timeline(reading: Reading, given: TimelineOf) -> Page[TimelineEntry]:
    return await reading.read(customer_timeline, "rows", given.customer_id, given.page)


QUESTIONS: Final = (
    Question(
        name="customerTimeline",
        answers=PageOf(TimelineEntry),
        arguments=TimelineOf,
        answer=_timeline,
        summary="What happened to a customer, its deals, leads, agreements and invoices, the latest recorded first",
        reads=TIMELINE_READS,
        rest=InRest(path="/v1/customers/{customer_id}/timeline"),
    ),
)
