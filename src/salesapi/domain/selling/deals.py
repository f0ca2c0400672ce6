"""Deals: one possible sale moving through a pinned pipeline version. Stream `deal`: facts, requests, state, fold.

Amounts are minor units of a currency; an amount, a customer or a date that is not known stays unknown. Further requests are
in `deal_progress.py`, the decisions in `deal_decisions.py`, their refusals in `deal_refusals.py`. The title is a business label
and stored in clear: no personal data belongs in it.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from salesapi.domain.selling.pipelines import Direction
from salesapi.domain.shared.attributes import AttributeValue, AttributeValues, merged
from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import (
    UNSET,
    About,
    AmountMinor,
    CurrencyCode,
    ExternalId,
    Key,
    Personal,
    Recorded,
    Refers,
    Title,
    Unset,
    fast_record,
    record,
)
from salesapi.domain.shared.money import Exact, UnitPrice
from salesapi.domain.shared.states import business_date, business_instant, changed, made_from, replace

LINES_MAX: Final = 200
"""Most lines of one deal."""
TEAM_MAX: Final = 30
"""Most people on one deal."""
TERM_MONTHS_MAX: Final = 600

Status: TypeAlias = Literal["open", "won", "lost", "voided"]
Priority: TypeAlias = Literal["low", "normal", "high"]
SaleType: TypeAlias = Literal["new", "expansion", "renewal"]
Confidence: TypeAlias = Literal["high", "mid", "low"]
ShareKind: TypeAlias = Literal["direct", "overlay"]


@record
class DealLine:
    """A product on a deal."""

    product_id: Annotated[UUID, Refers("product"), About("The product.")]
    quantity: Annotated[Exact, Gt(0), Le(10**9), About("Exact decimal, sent as a string.")] = Decimal(1)
    unit_price: Annotated[UnitPrice | None, About("Price of one unit before any discount, where it is known.")] = None
    discount_percent: Annotated[Exact, Ge(0), Le(100), About("What is taken off the price, in percent.")] = Decimal(0)


@record
class DealShare:
    """A person's part in a deal."""

    member_id: Annotated[UUID, Refers("member"), About("The member.")]
    kind: Annotated[ShareKind, About("`direct` shares sum to 100; `overlay` stands outside of them.")]
    percent: Annotated[Exact, Gt(0), Le(100), About("Share in percent, a decimal string.")]


def parts_of(shares: "tuple[DealShare, ...]", owner_id: UUID) -> dict[tuple[UUID, ShareKind], Decimal]:
    """The part of each person, in percent, by kind of share; without direct shares the owner has all."""
    parts: dict[tuple[UUID, ShareKind], Decimal] = {}
    for share in shares:
        of = (share.member_id, share.kind)
        parts[of] = parts.get(of, Decimal(0)) + share.percent
    if not any(kind == "direct" for _, kind in parts):
        parts[owner_id, "direct"] = Decimal(100)
    return parts


@record
class DealOpened:
    title: str
    pipeline_id: UUID
    pipeline_version: int
    stage: str
    owner_id: UUID
    customer_id: UUID | None
    lead_id: UUID | None
    amount_minor: int | None
    currency: str | None
    lines: tuple[DealLine, ...]
    expected_close_on: date | None
    attributes: tuple[AttributeValue, ...]
    external_id: ExternalId | None


@record
class DealChanged:
    """Only the fields that changed are set; the others are absent (null)."""

    title: str | None = None
    attributes: tuple[AttributeValue, ...] = ()
    priority: Priority | None = None
    term_months: int | None = None
    sale_type: SaleType | None = None


@record
class DealCustomerLinked:
    customer_from: UUID | None
    customer_to: UUID


@record
class DealStageChanged:
    stage_from: str
    stage_to: str
    direction: Direction
    stages_skipped: tuple[str, ...]
    reason: str | None


@record
class DealLinesChanged:
    lines: tuple[DealLine, ...]


@record
class DealValued:
    amount_minor: int
    currency: str


@record
class DealCloseDateMoved:
    close_on_from: date | None
    close_on_to: date | None
    reason: str | None


@record
class DealConfidenceDeclared:
    confidence: Confidence
    reason: str


@record
class DealReassigned:
    owner_from: UUID
    owner_to: UUID
    reason: str | None


@record
class DealTeamChanged:
    shares: tuple[DealShare, ...]


@record
class DealWon:
    """What was won, as it stood at the win: a reader of wins needs no other event of the deal."""

    stage_from: str
    stage_to: str
    amount_minor: int
    currency: str
    owner_id: UUID
    reason: str | None
    customer_id: UUID | None = None
    lead_id: UUID | None = None
    lines: tuple[DealLine, ...] = ()
    attributes: tuple[AttributeValue, ...] = ()


@record
class DealLost:
    stage_from: str
    stage_to: str
    reason: str | None
    competitor: str | None
    note: Annotated[str | None, Personal()]


@record
class DealReopened:
    """`amount_minor` and `currency` are those of a win that is taken back."""

    status_from: Status
    stage_from: str
    stage_to: str
    reason: str
    amount_minor: int | None
    currency: str | None


@record
class DealVoided:
    """Recorded by mistake: metrics and pay ignore the deal, audit shows it."""

    status_from: Status
    stage_from: str
    reason: str


@record
class DealPersonErased:
    """What was noted at the loss is erased; see `customers/persons.py`."""

    person_id: UUID


DealEvent: TypeAlias = (
    DealOpened
    | DealChanged
    | DealCustomerLinked
    | DealStageChanged
    | DealLinesChanged
    | DealValued
    | DealCloseDateMoved
    | DealConfidenceDeclared
    | DealReassigned
    | DealTeamChanged
    | DealWon
    | DealLost
    | DealReopened
    | DealVoided
    | DealPersonErased
)

DealId: TypeAlias = Annotated[UUID, About("The deal.")]
Lines: TypeAlias = Annotated[
    tuple[DealLine, ...], MaxLen(LINES_MAX), About("Products on the deal; replaces earlier lines.")
]


@record
class OpenDeal:
    """Opens a deal in an entry stage of a pipeline's latest version.

    What the stage requires must be known; everything else may stay unknown.
    """

    title: Annotated[Title, About("A business label, stored in clear: no personal data.")]
    pipeline_id: Annotated[UUID, Refers("pipeline"), About("The pipeline; its latest version is pinned.")]
    owner_id: Annotated[UUID, Refers("member"), About("The accountable member.")]
    stage: Annotated[Key | None, About("An entry stage; without it the first one.")] = None
    customer_id: Annotated[UUID | None, Refers("customer"), About("The customer, where known.")] = None
    lead_id: Annotated[UUID | None, Refers("lead"), About("The lead that it came from.")] = None
    amount_minor: Annotated[AmountMinor | None, About("Expected value in minor units, where known.")] = None
    currency: Annotated[CurrencyCode | None, About("ISO 4217 code of the amount.")] = None
    lines: Lines = ()
    expected_close_on: Annotated[PlannedDate | None, About("Expected closing date.")] = None
    attributes: AttributeValues = ()
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class ChangeDeal:
    """Changes the label, the attributes, the priority, the term or the type of a deal. Fields that are not sent stay."""

    deal_id: DealId
    title: Annotated[Title | Unset, About("New label.")] = UNSET
    attributes: AttributeValues = ()
    priority: Annotated[Priority | None, About("How urgently it is worked on; a deal begins with `normal`.")] = None
    term_months: Annotated[Annotated[int, Ge(1), Le(TERM_MONTHS_MAX)] | None, About("How long it is to run.")] = None
    sale_type: Annotated[SaleType | None, About("New business, more for a customer, or a renewal.")] = None


@record
class VoidDeal:
    """Withdraws a deal that was recorded by mistake. Metrics and pay ignore it; audit shows it."""

    deal_id: DealId
    reason: Annotated[Annotated[str, MinLen(1), MaxLen(500)], About("What was wrong.")]


STATE_VERSION: Final = 7
"""Raised when a field of `Deal` or its fold changes: the rows that are made of it are then built anew, beside the old ones."""


@fast_record
class Deal:
    """A deal as it is now. `reason` is that of the last closing or of the voiding."""

    status: Status
    title: str
    pipeline_id: UUID
    pipeline_version: int
    stage: str
    stage_before_closing: str | None
    owner_id: UUID
    customer_id: UUID | None
    amount_minor: int | None
    currency: str | None
    lines: tuple[DealLine, ...]
    expected_close_on: date | None
    attributes: tuple[AttributeValue, ...]
    shares: tuple[DealShare, ...] = ()
    lead_id: UUID | None = None
    opened_on: date | None = None
    opened_at: datetime | None = None
    stage_entered_on: date | None = None
    closed_on: date | None = None
    closed_at: datetime | None = None
    reason: str | None = None
    competitor: str | None = None
    external: ExternalId | None = None
    priority: Priority = "normal"
    confidence: Confidence | None = None
    confidence_reason: str | None = None
    term_months: int | None = None
    sale_type: SaleType | None = None

    @property
    def product_id(self) -> UUID | None:
        """The product that all lines name, where they name one."""
        product_ids = {line.product_id for line in self.lines}
        return product_ids.pop() if len(product_ids) == 1 else None


def evolve(state: Deal | None, event: DealEvent, recorded: Recorded) -> Deal:
    """Folds the stream to its state."""
    if isinstance(event, DealOpened):
        on = business_date(recorded)
        return made_from(
            Deal,
            event,
            status="open",
            stage_before_closing=None,
            opened_on=on,
            opened_at=business_instant(recorded),
            stage_entered_on=on,
            external=event.external_id,
        )
    assert state is not None, "a deal begins with deal.opened"
    match event:
        case DealStageChanged():
            return replace(state, stage=event.stage_to, stage_entered_on=business_date(recorded))
        case DealWon() | DealLost():
            return _closed(state, event, recorded)
        case DealChanged():
            return changed(state, event, attributes=merged(state.attributes, sent=event.attributes))
        case DealCustomerLinked():
            return replace(state, customer_id=event.customer_to)
        case DealLinesChanged():
            return replace(state, lines=event.lines)
        case DealValued():
            return replace(state, amount_minor=event.amount_minor, currency=event.currency)
        case DealCloseDateMoved():
            return replace(state, expected_close_on=event.close_on_to)
        case DealConfidenceDeclared():
            return replace(state, confidence=event.confidence, confidence_reason=event.reason)
        case DealReassigned():
            return replace(state, owner_id=event.owner_to)
        case DealTeamChanged():
            return replace(state, shares=event.shares)
        case DealReopened():
            return replace(
                state,
                status="open",
                stage=event.stage_to,
                stage_before_closing=None,
                stage_entered_on=business_date(recorded),
                closed_on=None,
                closed_at=None,
                reason=None,
                competitor=None,
            )
        case DealVoided():
            return replace(state, status="voided", reason=event.reason)
        case DealPersonErased():
            return state
        case _:
            assert_never(event)


def _closed(state: Deal, event: DealWon | DealLost, recorded: Recorded) -> Deal:
    on = business_date(recorded)
    return replace(
        state,
        status="won" if isinstance(event, DealWon) else "lost",
        stage=event.stage_to,
        stage_before_closing=event.stage_from,
        stage_entered_on=on,
        closed_on=on,
        closed_at=business_instant(recorded),
        amount_minor=event.amount_minor if isinstance(event, DealWon) else state.amount_minor,
        currency=event.currency if isinstance(event, DealWon) else state.currency,
        reason=event.reason,
        competitor=event.competitor if isinstance(event, DealLost) else state.competitor,
    )
