"""Wire shapes of retention: the rule with its versions, and who is due by it. Days are business dates."""

from datetime import date
from typing import Annotated
from uuid import UUID

from salesapi.domain.customers.persons import PersonKind
from salesapi.domain.customers.retention_rules import RetentionVersion
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.figures import Reflected


@record
class DuePerson:
    """A person without open business whose time is over, proposed for erasure."""

    kind: Annotated[PersonKind, About("`member`, `customer` or `lead`.")]
    id: Annotated[UUID, About("Its id.")]
    contact_id: Annotated[UUID | None, About("The contact of this customer, where it is one.")]
    last_on: Annotated[date, About("Day of the last business.")]
    due_on: Annotated[date, About("Day since when it is due.")]


@record
class RetentionDue:
    """Who is due by the rule as it is now, at the end of a day. Those who are held or erased are not among them."""

    position: Reflected
    as_of: Annotated[date, About("The day.")]
    versions: Annotated[tuple[RetentionVersion, ...], About("All versions of the rule; the last one holds.")]
    due: Annotated[tuple[DuePerson, ...], About("The longest due first.")]
    has_more: Annotated[bool, About("There are more than these: have some erased, and ask again.")]
