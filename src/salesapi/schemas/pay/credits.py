"""Wire shapes of credits: whose part in which deal it is. Amounts are minor units of the deal's currency."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.selling.deals import ShareKind
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class Credit:
    """A member's part in a deal, and what it is worth once the deal is won."""

    id: Annotated[UUID, About("The credit.")]
    deal_id: Annotated[UUID, About("The deal.")]
    member_id: Annotated[UUID, About("The member who is credited.")]
    kind: Annotated[ShareKind, About("`direct` parts make up the whole; `overlay` stands outside of it.")]
    rule: Annotated[str, About("R15: the owner has all; R16: a stated share; R17: a stated overlay.")]
    percent: Annotated[str, About("The part in percent, a decimal string.")]
    amount_minor: Annotated[Amount | None, About("The part of the won value; null while the deal is not won.")]
    currency: Annotated[str | None, About("ISO 4217 code of the amount.")]
    won_on: Annotated[date | None, About("Business date of the win.")]
    share_position: Annotated[Position, About("Log position of the event that states the part.")]
    won_position: Annotated[Position | None, About("Log position of the win.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class CreditFilter:
    """Which credits. Fields that are not sent do not filter; days are inclusive at both ends."""

    deal_id: Annotated[Uuids | None, About("In any of these deals.")] = None
    member_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    kind: Annotated[ShareKind | None, About("Direct or overlay.")] = None
    is_earned: Annotated[bool | None, About("With an amount, since the deal is won, or not.")] = None
    won_from: Annotated[date | None, About("Won on this day or later.")] = None
    won_to: Annotated[date | None, About("Won on this day or earlier.")] = None


class CreditOrder(StrEnum):
    """Orders of credits. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    WON_DESC = "won_desc"
    WON_ASC = "won_asc"
