"""Wire shapes of persons, with the filter and orders of their list: what is owed to those of whom something is known."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.customers.persons import Consent, ErasureRequest, LegalHold, PersonKind
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Position


@record
class Person:
    """Consents, legal holds and erasure of a member, a lead, a customer, or a contact of one."""

    id: Annotated[UUID, About("The person, for commands about it.")]
    subject_kind: Annotated[PersonKind, About("`member`, `customer` or `lead`.")]
    subject_id: Annotated[UUID, About("The id of that thing.")]
    subject_contact_id: Annotated[UUID | None, About("The contact of this customer, where it is one.")]
    consents: Annotated[tuple[Consent, ...], About("What was said of each purpose last.")]
    holds: Annotated[tuple[LegalHold, ...], About("Matters for which nothing may be erased.")]
    requests: Annotated[tuple[ErasureRequest, ...], About("The erasure that waits to be confirmed, or none.")]
    is_erased: Annotated[bool, About("What was known up to `erased_on` is erased.")]
    erased_on: Annotated[date | None, About("Business date of the last erasure.")]
    confirmed_by: Annotated[UUID | None, About("The principal who confirmed it.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class PersonFilter:
    """Which persons. Fields that are not sent do not filter."""

    subject_kind: Annotated[PersonKind | None, About("Of this kind.")] = None
    subject_id: Annotated[Uuids | None, About("Any of these members, leads or customers, with their contacts.")] = None
    is_erased: Annotated[bool | None, About("Erased, or not.")] = None
    is_held: Annotated[bool | None, About("Under a legal hold, or not.")] = None
    is_requested: Annotated[bool | None, About("With an erasure that waits to be confirmed, or without.")] = None
    purpose: Annotated[str | None, MaxLen(60), About("With a consent for this purpose that is not withdrawn.")] = None


class PersonOrder(StrEnum):
    """Orders of persons."""

    CHANGED_DESC = "changed_desc"
    CHANGED_ASC = "changed_asc"
