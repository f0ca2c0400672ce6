"""Events that hold every kind of value, some of them personal, and rows of the log as they are stored."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import Gt, MaxLen, MinLen

from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import About, AmountMinor, Personal, StreamRef, Title, record
from salesapi.eventlog.codec import Codec, EventMeta, encode_meta
from salesapi.eventlog.recorder import NewEvent, StoredEvent
from salesapi.privacy.keys import SubjectKey
from tests.privacy.memory_keys import MemoryKeys

STREAM = StreamRef("lead", UUID("0190a000-0000-7000-8000-000000000001"))
OTHER_STREAM = StreamRef("lead", UUID("0190a000-0000-7000-8000-000000000002"))
ACTOR = UUID("0190a000-0000-7000-8000-00000000000a")
PERSON = UUID("0190a000-0000-7000-8000-00000000000b")
RECORDED_AT = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
CANARY = "Canary Wren 7f3a"
META = EventMeta(actor_id=ACTOR, principal_kind="member", command="CaptureLead")


class Channel(StrEnum):
    MAIL = "mail"
    PHONE = "phone"


@record
class Line:
    product: Annotated[str, MinLen(1), About("The product.")]
    quantity: Annotated[Decimal, Gt(0)]


@record
class OrderTaken:
    title: Annotated[Title, About("The title.")]
    amount_minor: AmountMinor
    rate_percent: Decimal
    customer_id: UUID
    due_on: date
    signed_at: datetime
    channel: Channel
    direction: Literal["in", "out"]
    lines: tuple[Line, ...]
    first_line: Line | None = None
    tags: frozenset[str] = frozenset()
    note: str | None = None


@record
class Contact:
    name: Annotated[str, MinLen(1), MaxLen(200), Personal("person_id"), About("The name.")]
    role: str
    person_id: UUID | None = None
    phone: Annotated[str | None, Personal("person_id")] = None


@record
class LeadCaptured:
    company: Annotated[str, Personal()]
    source: str
    contact: Contact | None = None
    others: tuple[Contact, ...] = ()
    email: Annotated[str, Personal("person")] | None = None
    address: Annotated[tuple[str, ...] | None, Personal()] = None
    remarks: tuple[Annotated[str, Personal()], ...] = ()
    person: UUID | None = None


TYPES = (EventType(name="order.taken", event=OrderTaken), EventType(name="lead.captured", event=LeadCaptured))
ORDER = OrderTaken(
    title="Pumps",
    amount_minor=2**53 - 1,
    rate_percent=Decimal("1.50"),
    customer_id=PERSON,
    due_on=date(2026, 2, 28),
    signed_at=datetime(2026, 2, 1, 9, 30, tzinfo=timezone(timedelta(hours=8))),
    channel=Channel.PHONE,
    direction="out",
    lines=(Line(product="pump", quantity=Decimal("2.500")), Line(product="valve", quantity=Decimal(1))),
    first_line=Line(product="pump", quantity=Decimal("2.500")),
    tags=frozenset({"b", "a"}),
)
LEAD = LeadCaptured(
    company=f"{CANARY} company",
    source="fair",
    contact=Contact(name=f"{CANARY} contact", role="buyer", person_id=PERSON, phone=f"{CANARY} phone"),
    others=(Contact(name=f"{CANARY} first", role="user"), Contact(name=f"{CANARY} second", role="user")),
    email=f"{CANARY} e-mail",
    address=(f"{CANARY} street", f"{CANARY} town"),
    remarks=(f"{CANARY} remark",),
    person=PERSON,
)


class CountingKeys(MemoryKeys):
    """Keys in memory that count look-ups."""

    openings = 0

    async def for_opening(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey | None]:
        self.openings += 1
        return await super().for_opening(subjects)


def stored(new: NewEvent, *, version: int = 1, stream: StreamRef = STREAM) -> StoredEvent:
    return StoredEvent(
        position=7,
        stream=stream,
        version=version,
        type=new.type,
        schema=new.schema,
        payload=new.payload,
        meta=new.meta,
        occurred=new.occurred,
        recorded_at=RECORDED_AT,
    )


def stored_text(payload: str, *, type: str = "order.taken", schema: int = 1, stream: StreamRef = STREAM) -> StoredEvent:
    new = NewEvent(type=type, schema=schema, payload=payload, meta=encode_meta(META), occurred=None)
    return stored(new, stream=stream)


async def encode_one(codec: Codec, event: object, *, version: int = 1) -> NewEvent:
    (new,) = await codec.encode([(STREAM, version, event, None, META)])
    return new


async def decode_one(codec: Codec, row: StoredEvent) -> object:
    (decoded,) = await codec.decode([row])
    return decoded.event
