"""Campaigns: efforts of marketing and what they cost (L10). Stream `campaign`; its key is what leads and touches say of it.

Costs are minor units of the campaign's one currency and dated by their business time. A cost is never changed: an entry of
the opposite sign takes it back, and together they are never below zero. A closed campaign is final.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge

from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    CASHIERS,
    KEEPERS,
    About,
    AmountMinor,
    Context,
    CurrencyCode,
    Key,
    Reason,
    Recorded,
    Refused,
    Title,
    occurred_on,
    record,
    refuse_existing,
)
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.states import business_date, made_from, replace

COSTS_MAX: Final = 500
"""Most entries of one campaign."""
COST_MAX: Final = 2**53 - 1
"""Most that a campaign costs in all, in minor units."""
STATE_VERSION: Final = 1
"""Raised when a field of `Campaign` or its fold changes: the rows that are made of it are then built anew."""

CampaignStatus: TypeAlias = Literal["open", "closed"]
CampaignId: TypeAlias = Annotated[UUID, About("The campaign.")]


@record
class CampaignCost:
    """One entry; a negative one takes back."""

    booked_on: Annotated[date | None, About("Day of the cost.")]
    amount_minor: Annotated[AmountMinor, About("Minor units of the campaign's currency.")]
    reason: Annotated[str, About("What it was for, or why it is taken back.")]


@record
class CampaignPlanned:
    key: str
    name: str
    channel: str | None
    currency: str
    budget_minor: int | None
    first_on: date | None
    last_on: date | None


@record
class CampaignCostBooked:
    """The day of the cost is the event's business date."""

    amount_minor: int
    reason: str


@record
class CampaignClosed:
    reason: str


CampaignEvent: TypeAlias = CampaignPlanned | CampaignCostBooked | CampaignClosed


@record
class PlanCampaign:
    """Plans a campaign. Leads and touches that say its key are of it, those of earlier days too."""

    key: Annotated[Key, About("Stable name, unique among campaigns, as leads and touches say it.")]
    name: Annotated[Title, About("Name shown to people.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code of its budget and its costs.")]
    channel: Annotated[Key | None, About("The channel that it uses, for example `fair`.")] = None
    budget_minor: Annotated[Annotated[AmountMinor, Ge(0)] | None, About("What it may cost, in minor units.")] = None
    first_on: Annotated[PlannedDate | None, About("First day, where known.")] = None
    last_on: Annotated[PlannedDate | None, About("Last day, where known.")] = None


@record
class BookCampaignCost:
    """Books a cost of a campaign on its day (`occurred_at`). A negative amount takes a booked one back."""

    campaign_id: CampaignId
    amount_minor: Annotated[AmountMinor, About("Minor units of the campaign's currency.")]
    reason: Annotated[Reason, About("What it was for, or why it is taken back.")]


@record
class CloseCampaign:
    """Closes a campaign: nothing is booked on it any more."""

    campaign_id: CampaignId
    reason: Annotated[Reason, About("Why it is closed.")]


class CampaignIsClosed(Refused):
    """The campaign is final."""

    code = "campaign.closed"
    message = "The campaign {name} is closed."


class CampaignDatesReversed(Refused):
    """A campaign ends on its first day or later."""

    code = "campaign.dates_reversed"
    message = "A campaign from {first_on} on cannot end on {last_on}."


class CampaignCostOutOfRange(Refused):
    """What a campaign costs in all is no amount that there can be."""

    code = "campaign.cost_out_of_range"
    message = (
        "The campaign would have {entry_count} costs, together {total_minor}: at most {entries_most}, and 0 to {most}."
    )


@record
class Campaign:
    """A campaign as it is now."""

    key: str
    name: str
    channel: str | None
    currency: str
    budget_minor: int | None
    first_on: date | None
    last_on: date | None
    status: CampaignStatus = "open"
    costs: tuple[CampaignCost, ...] = ()
    closed_on: date | None = None
    closing_reason: str | None = None

    @property
    def cost_minor(self) -> int:
        """What it has cost in all."""
        return sum(cost.amount_minor for cost in self.costs)


def evolve(state: Campaign | None, event: CampaignEvent, recorded: Recorded) -> Campaign:
    """Folds the stream to its state."""
    if isinstance(event, CampaignPlanned):
        return made_from(Campaign, event)
    assert state is not None, "a campaign begins with campaign.planned"
    on = business_date(recorded)
    match event:
        case CampaignCostBooked():
            cost = CampaignCost(booked_on=on, amount_minor=event.amount_minor, reason=event.reason)
            return replace(state, costs=(*state.costs, cost))
        case CampaignClosed():
            return replace(state, status="closed", closed_on=on, closing_reason=event.reason)
        case _:
            assert_never(event)


def plan(state: Campaign | None, command: PlanCampaign, context: Context) -> tuple[CampaignPlanned, ...]:
    """Decides `PlanCampaign`."""
    refuse_existing(state, context, "campaign", pointer="/key")
    exponent(command.currency, pointer="/currency")
    if command.first_on and command.last_on and command.last_on < command.first_on:
        raise CampaignDatesReversed(first_on=str(command.first_on), last_on=str(command.last_on), pointer="/last_on")
    return (made_from(CampaignPlanned, command),)


def book(state: Campaign, command: BookCampaignCost, context: Context) -> tuple[CampaignCostBooked, ...]:
    """Decides `BookCampaignCost`. Nothing is recorded of a cost of nothing."""
    if state.status == "closed":
        raise CampaignIsClosed(name=state.name)
    occurred_on(context)
    count, total_minor = len(state.costs) + 1, state.cost_minor + command.amount_minor
    if count > COSTS_MAX or not 0 <= total_minor <= COST_MAX:
        raise CampaignCostOutOfRange(
            entry_count=count, total_minor=total_minor, entries_most=COSTS_MAX, most=COST_MAX, pointer="/amount_minor"
        )
    booked = CampaignCostBooked(amount_minor=command.amount_minor, reason=command.reason)
    return (booked,) if command.amount_minor else ()


def close(state: Campaign, command: CloseCampaign, context: Context) -> tuple[CampaignClosed, ...]:
    """Decides `CloseCampaign`."""
    if state.status == "closed":
        raise CampaignIsClosed(name=state.name)
    return (CampaignClosed(reason=command.reason),)


STREAM: Final = Stream[Campaign, CampaignEvent](
    kind="campaign",
    plural="campaigns",
    evolve=evolve,
    commands=(
        creates(PlanCampaign, decide=plan, roles=KEEPERS, identity=lambda command: ("key", command.key)),
        changes(BookCampaignCost, decide=book, roles=CASHIERS, target="campaign_id"),
        changes(CloseCampaign, decide=close, roles=KEEPERS, target="campaign_id"),
    ),
)
