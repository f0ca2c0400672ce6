"""Requests about a deal that is there: who it is with, where it stands, what is expected of it, and how it ends.

`OpenDeal`, `ChangeDeal` and `VoidDeal` stand in `deals.py`, beside the facts and the state that they begin, fill and withdraw.
"""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.selling.deals import TEAM_MAX, Confidence, DealId, DealShare, Lines
from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import About, AmountMinor, CurrencyCode, FreeText, Key, Reason, Refers, Title, record


@record
class LinkDealCustomer:
    """Says which customer a deal is with, or corrects it."""

    deal_id: DealId
    customer_id: Annotated[UUID, Refers("customer"), About("The customer.")]


@record
class ChangeDealStage:
    """Moves an open deal along a defined transition. Skipping and going back need a permission and a reason."""

    deal_id: DealId
    stage_to: Annotated[Key, About("Key of the open stage to enter.")]
    reason: Annotated[Reason | None, About("Required for a skip and for a backward move.")] = None


@record
class ChangeDealLines:
    """Replaces the products on an open deal."""

    deal_id: DealId
    lines: Lines


@record
class ValueDeal:
    """States the expected value of an open deal."""

    deal_id: DealId
    amount_minor: Annotated[AmountMinor, About("Expected value in minor units.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code.")]


@record
class MoveDealCloseDate:
    """Moves the expected closing date of an open deal."""

    deal_id: DealId
    expected_close_on: Annotated[PlannedDate | None, About("New date; null where it is no longer known.")]
    reason: Annotated[Reason | None, About("Why it moved.")] = None


@record
class DeclareDealConfidence:
    """Says how sure its seller is that an open deal will be won, and why."""

    deal_id: DealId
    confidence: Annotated[Confidence, About("`high`, `mid` or `low`.")]
    reason: Annotated[Reason, About("What it rests on.")]


@record
class ReassignDeal:
    """Hands an open deal to another member."""

    deal_id: DealId
    owner_id: Annotated[UUID, Refers("member"), About("The new accountable member.")]
    reason: Annotated[Reason | None, About("Why.")] = None


@record
class ChangeDealTeam:
    """States who has which part in the deal. Direct shares sum to 100 percent; without shares the owner has all."""

    deal_id: DealId
    shares: Annotated[tuple[DealShare, ...], MaxLen(TEAM_MAX), About("All parts; replaces earlier ones.")]


@record
class WinDeal:
    """Closes an open deal as won. Needs an amount and the closing date (`occurred_at`)."""

    deal_id: DealId
    amount_minor: Annotated[AmountMinor | None, About("Won value; without it the stated value.")] = None
    currency: Annotated[CurrencyCode | None, About("ISO 4217 code of the amount.")] = None
    reason: Annotated[Reason | None, About("Why it was won, from your list.")] = None


@record
class LoseDeal:
    """Closes an open deal as lost. Whether it needs a reason is stated by the lost stage of its pipeline."""

    deal_id: DealId
    reason: Annotated[Reason | None, About("Why it was lost, from your list.")] = None
    competitor: Annotated[Title | None, About("Who won it, where known.")] = None
    note: Annotated[FreeText | None, About("Free text; sealed.")] = None


@record
class ReopenDeal:
    """Takes back a closing: the deal returns to the stage that it was closed from, or to another open stage."""

    deal_id: DealId
    reason: Annotated[Reason, About("Why it is reopened.")]
    stage_to: Annotated[Key | None, About("Open stage to return to; without it the one before closing.")] = None
