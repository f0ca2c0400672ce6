"""Who is credited with a win (R15 to R18): amounts are minor units of the deal's currency and add up to what they are parts of.

R15 the owner at the win has all; R16 direct shares split it by largest remainder; R17 overlay credit stands outside the 100
percent and lowers nobody's; R18 the managers on the win date are credited with the direct credits of their people. Overlay
credit does not feed the manager, so that the team's result counts a deal once.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.commission.facts import Win
from salesapi.domain.compensation_plans import CreditKind
from salesapi.domain.kernel import record
from salesapi.domain.money import parts_of, rounded

ManagersOf: TypeAlias = Callable[[UUID, date], tuple[UUID, ...]]
"""`managers_of(member_id, on)`: nearest first."""


@record
class Credit:
    """A member's part in a win. `source_member_id` is whose result it is: for an override the member of the team."""

    member_id: UUID
    source_member_id: UUID
    rule: str
    amount_minor: int


def credits_of(win: Win, kind: CreditKind, levels: int, managers_of: ManagersOf) -> tuple[Credit, ...]:
    """The credits of this kind, in the order in which the shares were stated."""
    match kind:
        case "direct":
            return direct_credits(win)
        case "overlay":
            return overlay_credits(win)
        case "manager_override":
            return override_credits(win, levels, managers_of)


def direct_credits(win: Win) -> tuple[Credit, ...]:
    """R15 and R16: the owner has all where no direct share is stated; else the shares, which sum to 100."""
    shares = [share for share in win.shares if share.kind == "direct"]
    if not shares:
        return (_credit(win.owner_id, "R15", win.amount_minor),)
    parts = parts_of(win.amount_minor, [share.percent for share in shares])
    return tuple(_credit(share.member_id, "R16", part) for share, part in zip(shares, parts, strict=True))


def overlay_credits(win: Win) -> tuple[Credit, ...]:
    """R17: each overlay share by itself, rounded half up."""
    return tuple(
        _credit(share.member_id, "R17", _share_of(win.amount_minor, share.percent))
        for share in win.shares
        if share.kind == "overlay"
    )


def override_credits(win: Win, levels: int, managers_of: ManagersOf) -> tuple[Credit, ...]:
    """R18: each direct credit feeds the managers of its member on the win date, as many levels up as stated."""
    return tuple(
        Credit(member_id=manager_id, source_member_id=credit.member_id, rule="R18", amount_minor=credit.amount_minor)
        for credit in direct_credits(win)
        for manager_id in managers_of(credit.member_id, win.on)[:levels]
    )


def _credit(member_id: UUID, rule: str, amount_minor: int) -> Credit:
    return Credit(member_id=member_id, source_member_id=member_id, rule=rule, amount_minor=amount_minor)


def _share_of(amount_minor: int, percent: Decimal) -> int:
    return rounded(amount_minor * Fraction(percent) / 100, "half_up")
