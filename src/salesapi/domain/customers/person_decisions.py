"""What may happen to a person: the decisions of `persons.py`, pure, and the declaration of the stream."""

from collections.abc import Iterable, Sequence
from typing import Final, get_args

from salesapi.domain.customers import persons
from salesapi.domain.customers.customers import Customer
from salesapi.domain.customers.persons import Person, PersonalRecord, PersonEvent, PersonSubject
from salesapi.domain.selling.leads import Lead
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import CASHIERS, Context, Facts, Ref, StreamRef, roles
from salesapi.domain.shared.references import refuse_unknown
from salesapi.domain.shared.states import made_from

OFFICERS: Final = roles("finance", "admin")
"""Whoever answers for what is kept and what is erased."""
KINDS: Final[tuple[persons.RecordKind, ...]] = get_args(persons.RecordKind)


def place_hold(
    state: Person | None, command: persons.PlaceLegalHold, context: Context
) -> tuple[persons.PersonLegalHoldPlaced, ...]:
    """Decides `PlaceLegalHold`. Placed again for the same matter, it changes nothing."""
    _refuse_unknown_person(command, command.subject, context)
    holds = () if state is None else state.holds
    if any(each.matter == command.matter for each in holds):
        return ()
    if len(holds) >= persons.HOLDS_MAX:
        raise persons.PersonHoldsTooMany(limit=persons.HOLDS_MAX)
    return (made_from(persons.PersonLegalHoldPlaced, command, placed_by=context.actor_id),)


def release_hold(
    state: Person, command: persons.ReleaseLegalHold, context: Context
) -> tuple[persons.PersonLegalHoldReleased, ...]:
    """Decides `ReleaseLegalHold`."""
    if all(each.matter != command.matter for each in state.holds):
        raise persons.PersonNotHeld(matter=command.matter, pointer="/matter")
    return (made_from(persons.PersonLegalHoldReleased, command, released_by=context.actor_id),)


def record_consent(
    state: Person | None, command: persons.RecordConsent, context: Context
) -> tuple[persons.PersonConsentGiven, ...]:
    """Decides `RecordConsent`."""
    _refuse_unknown_person(command, command.subject, context)
    purposes = {each.purpose for each in state.consents} if state else set()
    if len(purposes | {command.purpose}) > persons.CONSENTS_MAX:
        raise persons.PersonConsentsTooMany(limit=persons.CONSENTS_MAX)
    return (made_from(persons.PersonConsentGiven, command),)


def withdraw_consent(
    state: Person, command: persons.WithdrawConsent, context: Context
) -> tuple[persons.PersonConsentWithdrawn, ...]:
    """Decides `WithdrawConsent`. Withdrawn again, it changes nothing."""
    known = next((each for each in state.consents if each.purpose == command.purpose), None)
    if known is None:
        raise persons.PersonConsentMissing(purpose=command.purpose, pointer="/purpose")
    return () if known.is_withdrawn else (made_from(persons.PersonConsentWithdrawn, command),)


def request_erasure(
    state: Person | None, command: persons.RequestErasure, context: Context
) -> tuple[persons.PersonErasureRequested, ...]:
    """Decides `RequestErasure`. A held person's is recorded, too: what is refused is the erasure."""
    _refuse_unknown_person(command, command.subject, context)
    for number, each in enumerate(command.records):
        _refuse_unknown_contact(each, context, pointer=f"/records/{number}/contact_id")
    records = _all_records(command, context.facts)
    _refuse_shared_keys(records, context.facts)
    requested = made_from(
        persons.PersonErasureRequested,
        command,
        records=records,
        requested_by=context.actor_id,
        requester_id=context.member_id,
    )
    request = None if state is None else state.request
    if request is None:
        return (requested,)
    if (request.basis, request.reason, request.records) != (command.basis, command.reason, records):
        raise persons.PersonErasureRequestedAlready()
    return ()


def withdraw_request(
    state: Person, command: persons.WithdrawErasureRequest, context: Context
) -> tuple[persons.PersonErasureWithdrawn, ...]:
    """Decides `WithdrawErasureRequest`."""
    if state.request is None:
        raise persons.PersonErasureNotRequested()
    return (made_from(persons.PersonErasureWithdrawn, command),)


def erase(state: Person, command: persons.ErasePerson, context: Context) -> tuple[persons.PersonErased, ...]:
    """Decides `ErasePerson`: asked for by somebody else, and nothing of it held."""
    request = state.request
    if request is None:
        raise persons.PersonErasureNotRequested()
    _refuse_held(request.records, context.facts)
    _refuse_shared_keys(request.records, context.facts)
    erased = made_from(
        persons.PersonErased,
        request,
        subject=state.subject,
        subject_ids=tuple(dict.fromkeys(each.subject_id for each in request.records)),
        confirmed_by=context.actor_id,
    )
    return (erased,)


def _refuse_unknown_person(
    command: persons.PlaceLegalHold | persons.RecordConsent | persons.RequestErasure,
    subject: PersonSubject,
    context: Context,
) -> None:
    refuse_unknown(command, context.facts)
    _refuse_unknown_contact(made_from(PersonalRecord, subject), context, pointer="/subject/contact_id")


def _refuse_unknown_contact(record: PersonalRecord, context: Context, *, pointer: str) -> None:
    if record.contact_id is None:
        return
    if record.kind != "customer":
        raise persons.PersonContactMisplaced(pointer=pointer)
    customer = context.facts.state(_stream(record))
    if not isinstance(customer, Customer) or not customer.knew_contact(record.contact_id):
        raise persons.PersonContactUnknown(id=str(record.contact_id), pointer=pointer)


def _all_records(command: persons.RequestErasure, facts: Facts) -> tuple[PersonalRecord, ...]:
    """The person, what a lead became, and what else is named; each once."""
    subject = made_from(PersonalRecord, command.subject)
    became: list[PersonalRecord] = []
    lead = facts.state(_stream(subject)) if subject.kind == "lead" else None
    if isinstance(lead, Lead) and lead.customer_id is not None:
        customer = facts.state(StreamRef("customer", lead.customer_id))
        if isinstance(customer, Customer) and customer.kind == "person":
            became.append(PersonalRecord(kind="customer", id=lead.customer_id))
        if lead.contact_id is not None:
            became.append(PersonalRecord(kind="customer", id=lead.customer_id, contact_id=lead.contact_id))
    return tuple(dict.fromkeys((subject, *became, *command.records)))


def _refuse_held(records: Iterable[PersonalRecord], facts: Facts) -> None:
    for each in records:
        person = facts.state(StreamRef("person", persons.person_id_of(each)))
        if isinstance(person, Person) and person.holds:
            matters = tuple(hold.matter for hold in person.holds)
            raise persons.PersonHeld(kind=each.kind, id=str(each.subject_id), matters=matters)


def _refuse_shared_keys(records: Sequence[PersonalRecord], facts: Facts) -> None:
    """A contact's id is stated by who adds it: that of another thing would take that one's key along."""
    named = {(each.kind, each.id) for each in records}
    for each in records:
        for ref in _of_same_id(each):
            if facts.state(ref) is not None and (ref.kind, ref.id) not in named:
                raise persons.PersonKeyShared(id=str(ref.id), kind=ref.kind.replace("_", " "))


def _stream(record: PersonSubject | PersonalRecord) -> StreamRef:
    return StreamRef(record.kind, record.id)


def _of_same_id(record: PersonalRecord) -> tuple[StreamRef, ...]:
    return () if record.contact_id is None else tuple(StreamRef(kind, record.contact_id) for kind in KINDS)


def _needs_of_request(state: Person | None, command: persons.RequestErasure, facts: Facts) -> tuple[Ref, ...]:
    records = [made_from(PersonalRecord, command.subject), *command.records]
    became: list[Ref] = []
    lead = facts.state(_stream(command.subject)) if command.subject.kind == "lead" else None
    if isinstance(lead, Lead) and lead.customer_id is not None:
        became.append(StreamRef("customer", lead.customer_id))
        records.append(PersonalRecord(kind="customer", id=lead.customer_id, contact_id=lead.contact_id))
    return (*became, *(ref for each in records for ref in (_stream(each), *_of_same_id(each))))


def _needs_of_erasure(state: Person, command: persons.ErasePerson, facts: Facts) -> tuple[Ref, ...]:
    records = state.request.records if state.request else ()
    return tuple(
        ref
        for each in records
        for ref in (_stream(each), StreamRef("person", persons.person_id_of(each)), *_of_same_id(each))
    )


def _identity(command: persons.PlaceLegalHold | persons.RecordConsent | persons.RequestErasure) -> tuple[str, ...]:
    return persons.person_identity(command.subject)


STREAM: Final = Stream[Person, PersonEvent](
    kind="person",
    plural="persons",
    evolve=persons.evolve,
    commands=(
        creates(persons.PlaceLegalHold, decide=place_hold, roles=OFFICERS, identity=_identity, verb="place-legal-hold"),
        changes(persons.ReleaseLegalHold, decide=release_hold, roles=OFFICERS, target="person_id"),
        creates(
            persons.RecordConsent, decide=record_consent, roles=CASHIERS, identity=_identity, verb="record-consent"
        ),
        changes(
            persons.WithdrawConsent,
            decide=withdraw_consent,
            roles=CASHIERS,
            target="person_id",
        ),
        creates(
            persons.RequestErasure,
            decide=request_erasure,
            roles=OFFICERS,
            identity=_identity,
            needs=_needs_of_request,
            verb="request-erasure",
            duty=Duty(why="another person has to confirm it"),
        ),
        changes(persons.WithdrawErasureRequest, decide=withdraw_request, roles=OFFICERS, target="person_id"),
        changes(
            persons.ErasePerson,
            decide=erase,
            roles=OFFICERS,
            target="person_id",
            needs=_needs_of_erasure,
            duty=Duty(why="two people decide what is gone for good", apart_from=(persons.PersonErasureRequested,)),
        ),
    ),
)
