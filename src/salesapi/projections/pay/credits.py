"""Credits: whose part in which deal it is, by which rule, from the opening on; the amount once the deal is won (R15 to R17).

Without stated shares the owner has all. Amounts are minor units of the deal's currency and add up as pay has them: the same
functions split them. The manager's override (R18) follows from the team tree of the win date and stands in the statements.
A reopened deal's credits lose their amount, a voided deal has none.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.crediting import direct_credits, overlay_credits
from salesapi.domain.pay.calculation.sales import plain_sale
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.selling.deals import (
    DealOpened,
    DealReassigned,
    DealReopened,
    DealShare,
    DealTeamChanged,
    DealVoided,
    DealWon,
    ShareKind,
)
from salesapi.domain.shared.kernel import Recorded, natural_id, record
from salesapi.domain.shared.states import made_from, replace
from salesapi.projections.declaring import row_group
from salesapi.projections.projection import GroupKey

WHOLE: Final = Decimal(100)


@record
class CreditRow:
    """One member's part. `share_position` is the event that states it, `won_position` the win that gives it an amount."""

    credit_id: UUID
    deal_id: UUID
    member_id: UUID
    kind: ShareKind
    rule: str
    percent: Decimal
    owner_id: UUID
    number: int
    amount_minor: int | None
    currency: str | None
    won_on: date | None
    share_position: int
    won_position: int | None
    position: int


_Read: TypeAlias = DealOpened | DealReassigned | DealTeamChanged | DealWon | DealReopened | DealVoided


def evolve(rows: Sequence[CreditRow], event: _Read, recorded: Recorded, group: GroupKey) -> tuple[CreditRow, ...]:
    """The deal's credits after an event."""
    match event:
        case DealOpened():
            return _credited(event.owner_id, (), recorded)
        case DealReassigned():
            return _credited(event.owner_to, _stated(rows), recorded)
        case DealTeamChanged():
            return _credited(rows[0].owner_id, event.shares, recorded)
        case DealWon() if recorded.occurred is not None:
            return _earned(rows, event, recorded, recorded.occurred.on)
        case DealReopened():
            return _credited(rows[0].owner_id, _stated(rows), recorded)
        case DealVoided():
            return ()
        case _:
            return tuple(rows)


def _stated(rows: Sequence[CreditRow]) -> tuple[DealShare, ...]:
    """The shares that somebody stated, in their order."""
    ordered = sorted(rows, key=lambda row: row.number)
    return tuple(
        DealShare(member_id=row.member_id, kind=row.kind, percent=row.percent) for row in ordered if row.rule != "R15"
    )


def _credited(owner_id: UUID, shares: Sequence[DealShare], recorded: Recorded) -> tuple[CreditRow, ...]:
    """Credits without an amount: the stated shares, and the owner's whole where no direct one is stated."""
    parts = [("R16" if share.kind == "direct" else "R17", share) for share in shares]
    if not any(share.kind == "direct" for share in shares):
        parts.insert(0, ("R15", DealShare(member_id=owner_id, kind="direct", percent=WHOLE)))
    deal_id = recorded.stream_id
    return tuple(
        made_from(
            CreditRow,
            share,
            credit_id=natural_id("credit", str(deal_id), str(share.member_id), share.kind, str(number)),
            deal_id=deal_id,
            rule=rule,
            owner_id=owner_id,
            number=number,
            amount_minor=None,
            currency=None,
            won_on=None,
            share_position=recorded.position,
            won_position=None,
            position=recorded.position,
        )
        for number, (rule, share) in enumerate(parts)
    )


def _earned(rows: Sequence[CreditRow], event: DealWon, recorded: Recorded, on: date) -> tuple[CreditRow, ...]:
    """The same credits with their amounts."""
    win = Win(
        deal_id=recorded.stream_id,
        on=on,
        positions=(recorded.position,),
        amount_minor=event.amount_minor,
        currency=event.currency,
        owner_id=event.owner_id,
        shares=_stated(rows),
    )
    sale = plain_sale(win)
    amounts = {"direct": iter(direct_credits(sale)), "overlay": iter(overlay_credits(sale))}
    return tuple(
        replace(
            row,
            amount_minor=int(next(amounts[row.kind]).amount),
            currency=win.currency,
            won_on=win.on,
            won_position=recorded.position,
            position=recorded.position,
        )
        for row in sorted(rows, key=lambda row: row.number)
    )


PROJECTION: Final = row_group(
    "credit",
    evolve,
    row=CreditRow,
    version=1,
    key=("credit_id",),
    group=("deal_id",),
    indexes=("(deal_id)", "(member_id, position)", "(won_on)", "(position)"),
)
