"""Agreements: what was agreed with a customer. Stream `agreement`: facts, requests, refusals, state, fold.

Amounts are minor units of the agreement's currency: net, with the tax beside; a plan's instalments are gross. The day of
signing and of each report is the business time of its command. Lines once agreed are never rewritten: an amendment adds to
them. Title and line descriptions are business labels, in clear. The decisions are in `agreement_decisions.py`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from salesapi.domain.cash.agreement_lines import (
    AgreedLine,
    AgreementLine,
    AgreementLineChange,
    Instalment,
    agreed,
    amended,
)
from salesapi.domain.shared.dates import EndDate, StartDate
from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    ExternalId,
    Key,
    Kind,
    Reason,
    Recorded,
    Refers,
    Refused,
    Title,
    record,
)
from salesapi.domain.shared.money import Exact

LINES_MAX: Final = 200
"""Most lines of one agreement, those of its amendments included."""
INSTALMENTS_MAX: Final = 240
"""Most instalments of one payment plan, those of amendments included."""
PAYMENT_DAYS_MAX: Final = 3_650
"""Most days that a customer has to pay after the invoice."""

Status: TypeAlias = Literal["draft", "signed", "cancelled"]
FulfilmentStep: TypeAlias = Literal["delivered", "accepted", "live"]


@record
class AgreementDrafted:
    title: str
    customer_id: UUID
    deal_id: UUID | None
    currency: str
    legal_entity: str | None
    external_id: ExternalId | None


@record
class AgreementSigned:
    """Both sides agreed. The term begins and ends on these days, both inclusive; null is open.

    The customer has `payment_days` after an invoice to pay it; null: not stated.
    """

    lines: tuple[AgreementLine, ...]
    instalments: tuple[Instalment, ...]
    starts_on: date | None
    ends_on: date | None
    payment_days: int | None = None


@record
class AgreementAmended:
    """More was agreed: lines and instalments are differences to what stood before."""

    lines: tuple[AgreementLineChange, ...]
    instalments: tuple[Instalment, ...]
    effective_on: date | None
    reason: str


@record
class AgreementFulfilmentReported:
    """So much more of a line was delivered, accepted by the customer, or went live: it uses it productively."""

    line_key: str
    step: FulfilmentStep
    quantity: Decimal


@record
class AgreementCostRestated:
    """The cost of a line became known better; `cost_from` is what was taken before."""

    line_key: str
    cost_from: int | None
    cost_to: int | None
    reason: str


@record
class AgreementRenewed:
    """Another agreement continues this one."""

    renewed_by: UUID


@record
class AgreementCancelled:
    """It ends early. `fee_kept_minor` is what the customer owes all the same."""

    status_from: Status
    effective_on: date | None
    fee_kept_minor: int
    reason: str


AgreementEvent: TypeAlias = (
    AgreementDrafted
    | AgreementSigned
    | AgreementAmended
    | AgreementFulfilmentReported
    | AgreementCostRestated
    | AgreementRenewed
    | AgreementCancelled
)

AgreementId: TypeAlias = Annotated[UUID, About("The agreement.")]
LineKey: TypeAlias = Annotated[Key, About("Key of the line.")]


@record
class DraftAgreement:
    """Drafts an agreement with a customer, from a deal where it comes from one."""

    title: Annotated[Title, About("A business label, stored in clear.")]
    customer_id: Annotated[UUID, Refers("customer"), About("The customer with whom it is made.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code of all its amounts.")]
    deal_id: Annotated[UUID | None, Refers("deal"), About("The deal that it comes from, where there is one.")] = None
    legal_entity: Annotated[Key | None, About("Our company that makes it, where we have several.")] = None
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class SignAgreement:
    """Records that an agreement was signed, with what was agreed. The day of signing is `occurred_at`.

    A payment plan sums to the total of all lines with their taxes; without instalments there is no plan.
    """

    agreement_id: AgreementId
    lines: Annotated[tuple[AgreementLine, ...], MinLen(1), MaxLen(LINES_MAX), About("What is sold.")]
    starts_on: Annotated[StartDate, About("First day of the term; null is always.")] = None
    ends_on: Annotated[EndDate, About("Last day of the term; null is open.")] = None
    instalments: Annotated[
        tuple[Instalment, ...], MaxLen(INSTALMENTS_MAX), About("The payment plan, in gross amounts.")
    ] = ()
    payment_days: Annotated[
        Annotated[int, Ge(0), Le(PAYMENT_DAYS_MAX)] | None,
        About("Days that the customer has to pay after the invoice; null: not stated."),
    ] = None


@record
class AmendAgreement:
    """Adds to a signed agreement. Earlier lines and instalments stay as they were agreed; differences stand beside them.

    Where there is a payment plan, the added instalments sum to what the lines add to the total.
    """

    agreement_id: AgreementId
    lines: Annotated[
        tuple[AgreementLineChange, ...], MaxLen(LINES_MAX), About("Differences by line, and new lines.")
    ] = ()
    instalments: Annotated[
        tuple[Instalment, ...], MaxLen(INSTALMENTS_MAX), About("Instalments added to the payment plan, with new keys.")
    ] = ()
    effective_on: Annotated[StartDate, About("First day on which it holds; null is always.")] = None
    reason: Annotated[Reason, About("Why it is amended.")]


@record
class ReportAgreementFulfilment:
    """Reports that so much more of a line was delivered, accepted, or went live. Its day is `occurred_at`."""

    agreement_id: AgreementId
    line_key: LineKey
    step: Annotated[FulfilmentStep, About("What happened; `live`: the customer uses it productively.")]
    quantity: Annotated[Exact, Gt(0), Le(10**9), About("How much more; exact decimal, sent as a string.")]


@record
class RestateAgreementCost:
    """States what a line costs us, once it is known better. Cost counts in margins from the beginning."""

    agreement_id: AgreementId
    line_key: LineKey
    cost_minor: Annotated[AmountMinor | None, About("Cost of the whole line; null is unknown.")]
    reason: Annotated[Reason, About("Why it differs.")]


@record
class RenewAgreement:
    """Says that another agreement with the same customer continues this one."""

    agreement_id: AgreementId
    renewed_by: Annotated[UUID, Refers("agreement"), About("The agreement that continues it.")]


@record
class CancelAgreement:
    """Ends an agreement early, or drops a draft."""

    agreement_id: AgreementId
    reason: Annotated[Reason, About("Why it ends.")]
    effective_on: Annotated[StartDate, About("First day on which it no longer holds; null is always.")] = None
    fee_kept_minor: Annotated[
        AmountMinor, Ge(0), About("What the customer owes all the same, gross; at most the total.")
    ] = 0


class AgreementNotDraft(Refused):
    """What is signed or cancelled is not signed again."""

    code = "agreement.not_draft"
    message = "The agreement is {status}; amend it, or draft another one."


class AgreementNotSigned(Refused):
    """Only a signed agreement is amended, renewed, fulfilled and invoiced."""

    code = "agreement.not_signed"
    message = "The agreement is {status}; this needs a signed one."


class AgreementIsCancelled(Refused):
    """A cancelled agreement is not cancelled again."""

    code = "agreement.cancelled"
    message = "The agreement is cancelled already."


class AgreementTermEmpty(Refused):
    """The term has no day."""

    code = "agreement.term_empty"
    message = "The term would end on {ends_on}, before its first day."


class AgreementKeyRepeated(Refused):
    """Lines and instalments are told apart by their keys."""

    code = "agreement.key_repeated"
    message = "The key {key} stands there already; lines and instalments have keys of their own."


class AgreementLineUnknown(Refused):
    """There is no line with this key."""

    code = "agreement.line_unknown"
    message = "The agreement has no line {line}; it has {lines}."


class AgreementEmpty(Refused):
    """An amendment that changes nothing."""

    code = "agreement.amendment_empty"
    kind = Kind.MALFORMED
    message = "An amendment changes at least one line or instalment."


class AgreementTotalInvalid(Refused):
    """Nobody agrees to be paid for buying, and amounts have a bound."""

    code = "agreement.total_invalid"
    message = "The total would be {total_minor} minor units ({currency}); a total is from 0 to {most_minor}."


class PaymentPlanUneven(Refused):
    """The payment plan sums to the total."""

    code = "agreement.payment_plan_uneven"
    message = (
        "The instalments sum to {plan_minor}, the lines with their taxes to {total_minor} minor units ({currency})."
    )


class FulfilmentTooLarge(Refused):
    """Not more is delivered, accepted or live than was agreed."""

    code = "agreement.fulfilment_too_large"
    message = "Of the line {line} {quantity} are agreed and {done} {step}; amend the agreement first."


class QuantityBelowFulfilled(Refused):
    """What was delivered or accepted, or is live, is not taken off by an amendment."""

    code = "agreement.quantity_below_fulfilled"
    message = "The line {line} would have the quantity {quantity}, but {done} are delivered, accepted or live."


class AgreementLinesFull(Refused):
    """The bound of lines or instalments is reached."""

    code = "agreement.too_many_lines"
    message = "An agreement has at most {lines_most} lines and {instalments_most} instalments."


class RenewalForeign(Refused):
    """An agreement is continued by another one with the same customer."""

    code = "agreement.renewal_foreign"
    message = "An agreement is renewed by another one with the same customer."


class AgreementIsRenewed(Refused):
    """One agreement continues another."""

    code = "agreement.renewed"
    message = "The agreement is renewed by {agreement} already."


class FeeTooLarge(Refused):
    """The fee that is kept is a part of the total."""

    code = "agreement.fee_too_large"
    message = "At most the total of {total_minor} minor units ({currency}) is kept."


@record
class Agreement:
    """The state that decisions need."""

    customer_id: UUID
    currency: str
    status: Status = "draft"
    lines: tuple[AgreedLine, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    renewed_by: UUID | None = None

    @property
    def total_minor(self) -> int:
        """All lines with their taxes, in minor units."""
        return sum(line.gross_minor for line in self.lines)

    def line(self, key: str) -> AgreedLine | None:
        """The line with this key."""
        return next((line for line in self.lines if line.key == key), None)


def evolve(state: Agreement | None, event: AgreementEvent, recorded: Recorded) -> Agreement:
    """Folds the stream to its state."""
    if isinstance(event, AgreementDrafted):
        return Agreement(customer_id=event.customer_id, currency=event.currency)
    assert state is not None, "an agreement begins with agreement.drafted"
    match event:
        case AgreementSigned():
            lines = tuple(agreed(line) for line in event.lines)
            return replace(state, status="signed", lines=lines, instalments=event.instalments)
        case AgreementAmended():
            lines = amended(state.lines, event.lines)
            return replace(state, lines=lines, instalments=state.instalments + event.instalments)
        case AgreementFulfilmentReported():
            return replace(state, lines=_each(state.lines, event.line_key, lambda line: _fulfilled(line, event)))
        case AgreementCostRestated():
            lines = _each(state.lines, event.line_key, lambda line: replace(line, cost_minor=event.cost_to))
            return replace(state, lines=lines)
        case AgreementRenewed():
            return replace(state, renewed_by=event.renewed_by)
        case AgreementCancelled():
            return replace(state, status="cancelled")
        case _:
            assert_never(event)


def _fulfilled(line: AgreedLine, event: AgreementFulfilmentReported) -> AgreedLine:
    match event.step:
        case "delivered":
            return replace(line, delivered=line.delivered + event.quantity)
        case "accepted":
            return replace(line, accepted=line.accepted + event.quantity)
        case "live":
            return replace(line, live=line.live + event.quantity)


def _each(
    lines: tuple[AgreedLine, ...], key: str, change: Callable[[AgreedLine], AgreedLine]
) -> tuple[AgreedLine, ...]:
    return tuple(change(line) if line.key == key else line for line in lines)
