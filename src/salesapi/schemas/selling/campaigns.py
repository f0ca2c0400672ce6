"""Wire shapes of campaigns, with the filter and orders of their list. Amounts are minor units of the campaign's currency."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.selling.campaigns import CampaignCost, CampaignStatus
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Keys, SearchText
from salesapi.schemas.scalars import Amount, Position


@record
class Campaign:
    """An effort of marketing, with what it costs."""

    id: Annotated[UUID, About("The campaign.")]
    key: Annotated[str, About("Stable name, as leads and touches say it.")]
    name: Annotated[str, About("Name shown to people.")]
    channel: Annotated[str | None, About("The channel that it uses.")]
    status: Annotated[CampaignStatus, About("`open` or `closed`.")]
    currency: Annotated[str, About("ISO 4217 code of its budget and its costs.")]
    budget_minor: Annotated[Amount | None, About("What it may cost.")]
    cost_minor: Annotated[Amount, About("What it has cost in all.")]
    costs: Annotated[tuple[CampaignCost, ...], About("Its costs, in the order of their booking.")]
    first_on: Annotated[date | None, About("First day, where known.")]
    last_on: Annotated[date | None, About("Last day, where known.")]
    closed_on: Annotated[date | None, About("Business date of the closing.")]
    closing_reason: Annotated[str | None, About("Why it is closed.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class CampaignFilter:
    """Which campaigns. Fields that are not sent do not filter."""

    key: Annotated[Keys | None, About("With any of these keys.")] = None
    channel: Annotated[Keys | None, About("Of any of these channels.")] = None
    status: Annotated[CampaignStatus | None, About("Open ones, or closed ones.")] = None
    text: Annotated[SearchText | None, About("With this text in the name, in any case.")] = None


class CampaignOrder(StrEnum):
    """Orders of campaigns."""

    KEY_ASC = "key_asc"
    CHANGED_DESC = "changed_desc"
    COST_DESC = "cost_desc"
