"""Persons: what is owed to those whose personal values are sealed: consents, legal holds, erasure. Stream `person`.

A person is a member, a lead, a customer or a contact of one; the id of the stream follows from theirs. Nothing here is personal:
ids, keys and reasons in clear. Who asks for an erasure is not who confirms it, and nobody is erased while held. The decisions are
in `person_decisions.py`; what an erasure does to the things that it names follows in `consequences.py`, in the same commit.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.shared.kernel import (
    About,
    Key,
    Kind,
    Reason,
    Recorded,
    Refers,
    Refused,
    Title,
    natural_id,
    record,
)
from salesapi.domain.shared.states import business_date, made_from, replace

RECORDS_MAX: Final = 200
"""Most things that one erasure names besides the person."""
CONSENTS_MAX: Final = 100
"""Most purposes of one person."""
HOLDS_MAX: Final = 20
"""Most matters for which one person is held at the same time."""
STATE_VERSION: Final = 1
"""Raised when a field of `Person` or its fold changes: the rows that are made of it are then built anew."""

PersonKind: TypeAlias = Literal["member", "customer", "lead"]
RecordKind: TypeAlias = Literal[
    "member", "customer", "lead", "activity", "deal", "receipt", "objection", "approval", "forecast_sheet"
]
"""The kinds of all streams whose events hold personal values."""
ConsentBasis: TypeAlias = Literal["consent", "contract", "legal_obligation", "legitimate_interest"]
ErasureBasis: TypeAlias = Literal[
    "request_of_person", "consent_withdrawn", "retention_over", "unlawful", "legal_obligation"
]


@record
class PersonSubject:
    """The person: a member, a lead, a customer, or one of a customer's contacts."""

    kind: Annotated[PersonKind, About("`member`, `customer` or `lead`.")]
    id: Annotated[UUID, Refers(kind_in="kind"), About("Its id.")]
    contact_id: Annotated[UUID | None, About("The contact of this customer, where it is one.")] = None


@record
class PersonalRecord:
    """A thing with personal values: what is known of somebody, or what was said or noted."""

    kind: Annotated[RecordKind, About("Its kind.")]
    id: Annotated[UUID, Refers(kind_in="kind"), About("Its id.")]
    contact_id: Annotated[UUID | None, About("The contact of this customer, where it is one.")] = None

    @property
    def subject_id(self) -> UUID:
        """The id under whose key its values are sealed."""
        return self.contact_id or self.id


def person_id_of(record: PersonSubject | PersonalRecord) -> UUID:
    """The id of the stream `person` of somebody."""
    return natural_id("person", *person_identity(record))


def person_identity(record: PersonSubject | PersonalRecord) -> tuple[str, ...]:
    """The natural key of a person."""
    return (record.kind, str(record.id), *([] if record.contact_id is None else [str(record.contact_id)]))


@record
class PersonLegalHoldPlaced:
    subject: PersonSubject
    matter: str
    reason: str
    placed_by: UUID


@record
class PersonLegalHoldReleased:
    matter: str
    reason: str
    released_by: UUID


@record
class PersonConsentGiven:
    """The person may be dealt with for this purpose, on this basis. Given again, it replaces what was said of the purpose."""

    subject: PersonSubject
    purpose: str
    basis: ConsentBasis
    evidence: str | None


@record
class PersonConsentWithdrawn:
    purpose: str
    reason: str | None


@record
class PersonErasureRequested:
    """`records` are all things that it is about, the person first."""

    subject: PersonSubject
    records: tuple[PersonalRecord, ...]
    basis: ErasureBasis
    reason: str
    requested_by: UUID
    requester_id: UUID | None


@record
class PersonErasureWithdrawn:
    reason: str


@record
class PersonErased:
    """The keys of these subjects are destroyed in the commit of this event: nothing opens what was sealed under them."""

    subject: PersonSubject
    records: tuple[PersonalRecord, ...]
    subject_ids: tuple[UUID, ...]
    basis: ErasureBasis
    reason: str
    requested_by: UUID
    confirmed_by: UUID


PersonEvent: TypeAlias = (
    PersonLegalHoldPlaced
    | PersonLegalHoldReleased
    | PersonConsentGiven
    | PersonConsentWithdrawn
    | PersonErasureRequested
    | PersonErasureWithdrawn
    | PersonErased
)

PersonId: TypeAlias = Annotated[UUID, About("The person, by the id that a command about it answered.")]
Matter: TypeAlias = Annotated[Key, About("Key of the matter, for example of a lawsuit or an audit.")]
Purpose: TypeAlias = Annotated[Key, About("Key of the purpose, for example `newsletter`.")]


@record
class PlaceLegalHold:
    """Keeps a person from being erased while a matter lasts."""

    subject: Annotated[PersonSubject, About("The person.")]
    matter: Matter
    reason: Annotated[Reason, About("Why; stored in clear.")]


@record
class ReleaseLegalHold:
    """Ends the hold of a matter."""

    person_id: PersonId
    matter: Matter
    reason: Annotated[Reason, About("Why; stored in clear.")]


@record
class RecordConsent:
    """Records that a person may be dealt with for a purpose, on which basis, and since when (`occurred_at`)."""

    subject: Annotated[PersonSubject, About("The person.")]
    purpose: Purpose
    basis: Annotated[ConsentBasis, About("The legal basis.")] = "consent"
    evidence: Annotated[Title | None, About("How it is shown, for example the number of a form; stored in clear.")] = (
        None
    )


@record
class WithdrawConsent:
    """Records that a person may not be dealt with for a purpose any more."""

    person_id: PersonId
    purpose: Purpose
    reason: Annotated[Reason | None, About("Why, where it was said; stored in clear.")] = None


@record
class RequestErasure:
    """Asks that everything personal of a person be erased. Somebody else confirms it with `ErasePerson`."""

    subject: Annotated[PersonSubject, About("The person.")]
    basis: Annotated[ErasureBasis, About("The legal basis.")]
    reason: Annotated[Reason, About("Why; stored in clear.")]
    records: Annotated[
        tuple[PersonalRecord, ...],
        MaxLen(RECORDS_MAX),
        About("What else holds something of the person: notes of activities, deals, receipts; the contact at others."),
    ] = ()


@record
class WithdrawErasureRequest:
    """Takes back a request that was not confirmed."""

    person_id: PersonId
    reason: Annotated[Reason, About("Why; stored in clear.")]


@record
class ErasePerson:
    """Confirms a requested erasure: the keys are destroyed, and all read models lose what they showed. It cannot be undone."""

    person_id: PersonId


class PersonContactMisplaced(Refused):
    code = "person.contact_misplaced"
    kind = Kind.MALFORMED
    message = "Only a customer has contacts: leave contact_id out, or name the customer."


class PersonContactUnknown(Refused):
    code = "person.contact_unknown"
    kind = Kind.NOT_FOUND
    message = "The customer never had a contact {id}."


class PersonKeyShared(Refused):
    code = "person.key_shared"
    message = "The contact {id} has the id of a {kind}, so both are sealed under one key: name that one among the records, too."


class PersonHeld(Refused):
    code = "person.held"
    message = "The {kind} {id} is under legal hold ({matters}): nothing of it is erased before the hold is released."


class PersonNotHeld(Refused):
    code = "person.not_held"
    message = "The person is not held for the matter {matter}."


class PersonHoldsTooMany(Refused):
    code = "person.holds_too_many"
    message = "A person is held for at most {limit} matters."


class PersonConsentsTooMany(Refused):
    code = "person.consents_too_many"
    message = "There are at most {limit} purposes of a person."


class PersonConsentMissing(Refused):
    code = "person.consent_missing"
    message = "There is nothing to withdraw for the purpose {purpose}."


class PersonErasureRequestedAlready(Refused):
    code = "person.erasure_requested_already"
    message = "An erasure is asked for already; confirm it, or withdraw the request first."


class PersonErasureNotRequested(Refused):
    code = "person.erasure_not_requested"
    message = "Nobody has asked for the erasure; request it first, and let somebody else confirm it."


@record
class LegalHold:
    """A matter for which a person is held."""

    matter: Annotated[str, About("Key of the matter.")]
    reason: Annotated[str, About("Why.")]
    placed_by: Annotated[UUID, About("The principal who placed it.")]
    placed_on: Annotated[date | None, About("Business date of the hold.")]


@record
class Consent:
    """What was said of a purpose last."""

    purpose: Annotated[str, About("Key of the purpose.")]
    basis: Annotated[ConsentBasis, About("The legal basis.")]
    evidence: Annotated[str | None, About("How it is shown.")]
    given_on: Annotated[date | None, About("Business date since when it holds; null where unknown.")]
    is_withdrawn: Annotated[bool, About("It was withdrawn.")] = False
    withdrawn_on: Annotated[date | None, About("Business date of the withdrawal.")] = None


@record
class ErasureRequest:
    """An erasure that is asked for and not confirmed."""

    basis: Annotated[ErasureBasis, About("The legal basis.")]
    reason: Annotated[str, About("Why.")]
    records: Annotated[tuple[PersonalRecord, ...], About("All things that it is about, the person first.")]
    requested_by: Annotated[UUID, About("The principal who asked.")]
    requester_id: Annotated[UUID | None, About("The member who asked, where it is one.")]
    requested_on: Annotated[date | None, About("Business date of the request.")]


@record
class Person:
    """What is owed to a person now. `is_erased` tells that what was known up to `erased_on` is erased."""

    subject: PersonSubject
    holds: tuple[LegalHold, ...] = ()
    consents: tuple[Consent, ...] = ()
    """In the order in which the purposes were first said."""
    requests: tuple[ErasureRequest, ...] = ()
    """One, or none."""
    is_erased: bool = False
    erased_on: date | None = None
    confirmed_by: UUID | None = None

    @property
    def request(self) -> ErasureRequest | None:
        """The erasure that waits to be confirmed."""
        return self.requests[0] if self.requests else None


def evolve(state: Person | None, event: PersonEvent, recorded: Recorded) -> Person:
    """Folds the stream to its state. Consents, holds and requests come in any order: each of them can be the first."""
    on = business_date(recorded)
    if state is None:
        assert not isinstance(event, PersonLegalHoldReleased | PersonConsentWithdrawn | PersonErasureWithdrawn)
        state = Person(subject=event.subject)
    match event:
        case PersonLegalHoldPlaced():
            return replace(state, holds=(*state.holds, made_from(LegalHold, event, placed_on=on)))
        case PersonLegalHoldReleased():
            return replace(state, holds=tuple(each for each in state.holds if each.matter != event.matter))
        case PersonConsentGiven():
            return _with_consent(state, made_from(Consent, event, given_on=on))
        case PersonConsentWithdrawn():
            known = next(each for each in state.consents if each.purpose == event.purpose)
            return _with_consent(state, replace(known, is_withdrawn=True, withdrawn_on=on))
        case PersonErasureRequested():
            return replace(state, requests=(made_from(ErasureRequest, event, requested_on=on),))
        case PersonErasureWithdrawn():
            return replace(state, requests=())
        case PersonErased():
            return replace(state, requests=(), is_erased=True, erased_on=on, confirmed_by=event.confirmed_by)
        case _:
            assert_never(event)


def _with_consent(state: Person, consent: Consent) -> Person:
    consents = {each.purpose: each for each in state.consents} | {consent.purpose: consent}
    return replace(state, consents=tuple(consents.values()))
