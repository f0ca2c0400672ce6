"""Who is credited with a sale (R15 to R19): amounts are minor units of the deal's currency and add up to what they are parts of.

R15 the owner at the win has all; R16 direct shares split it by largest remainder; R17 overlay credit stands outside the 100
percent and lowers nobody's; R18 the managers on the win date are credited with the direct credits of their people; R19 those who
touched the lead share it. Overlay and sourcing credit do not feed the manager, so that the team's result counts a deal once.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.sales import Sale
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.pay.rules.sourcing import sourced
from salesapi.domain.selling.deals import DealShare
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.money import parts_of, rounded
from salesapi.domain.shared.states import replace

ALL: Final = Decimal(100)


@fast_record
class Credit:
    """A member's part in a sale. `source_member_id` is whose result it is: for an override the member of the team."""

    member_id: UUID
    source_member_id: UUID
    rule: str
    amount: Amount
    percent: Decimal = ALL
    """The part as it was stated: what is left to tell it where the sale counts for nothing."""


def credits_of(sale: Sale, component: Component, ledger: PayFacts) -> tuple[Credit, ...]:
    """The credits of the component's kind, in the order in which the shares were stated."""
    match component.credit:
        case "direct":
            return direct_credits(sale)
        case "overlay":
            return overlay_credits(sale)
        case "manager_override":
            return override_credits(sale, component.levels, ledger)
        case "sourcing":
            return sourcing_credits(sale, component, ledger)


def direct_credits(sale: Sale) -> tuple[Credit, ...]:
    """R15 and R16: the owner has all where no direct share is stated; else the shares, which sum to 100."""
    if sale.owner_id is not None:
        return (_credit(sale.owner_id, "R15", sale.base),)
    shares = [share for share in sale.win.shares if share.kind == "direct"] if sale.win.shares else []
    if not shares:
        return (_credit(sale.win.owner_id, "R15", sale.base),)
    return tuple(
        _credit(share.member_id, "R16", part, share.percent)
        for share, part in zip(shares, _split(sale.base, shares), strict=True)
    )


def overlay_credits(sale: Sale) -> tuple[Credit, ...]:
    """R17: each overlay share by itself, rounded half up."""
    return tuple(
        _credit(share.member_id, "R17", _share_of(sale.base, share.percent), share.percent)
        for share in sale.win.shares
        if share.kind == "overlay"
    )


def override_credits(sale: Sale, levels: int, ledger: PayFacts) -> tuple[Credit, ...]:
    """R18: each direct credit feeds the managers of its member on the day of the sale, as many levels up as stated."""
    return tuple(
        replace(credit, member_id=manager_id, rule="R18")
        for credit in direct_credits(sale)
        for manager_id in ledger.tree.managers_of(credit.member_id, sale.on)[:levels]
    )


def sourcing_credits(sale: Sale, component: Component, ledger: PayFacts) -> tuple[Credit, ...]:
    """R19: the touches of the deal's lead share the sale, several of one member as one credit; nobody's touch keeps its part."""
    terms = component.sourcing
    assert terms is not None, "a published component by sourcing says how"
    if sale.win.lead_id is None:
        return ()
    touches = [
        touch for touch in ledger.market.touches_of(sale.win.lead_id) if not terms.kinds or touch.kind in terms.kinds
    ]
    whole_minor = rounded(Fraction(sale.base), "half_up")

    def shared(minor: int) -> dict[UUID, int]:
        found = sourced(minor, touches, terms.model, on=sale.on, expires_after_days=terms.expires_after_days)
        amounts: dict[UUID, int] = {}
        for part in found:
            if part.member_id is not None:
                amounts[part.member_id] = amounts.get(part.member_id, 0) + part.amount_minor
        return amounts

    percents = shared(int(ALL)) if whole_minor == 0 else {}
    return tuple(
        _credit(member_id, "R19", amount, Decimal(percents.get(member_id, ALL)))
        for member_id, amount in shared(whole_minor).items()
    )


def _credit(member_id: UUID, rule: str, amount: Amount, percent: Decimal = ALL) -> Credit:
    return Credit(member_id=member_id, source_member_id=member_id, rule=rule, amount=amount, percent=percent)


def _split(base: Amount, shares: list[DealShare]) -> tuple[Amount, ...]:
    """R16: a whole amount in whole parts; a base that is a fraction is not rounded before it earns."""
    if isinstance(base, int):
        return parts_of(base, [share.percent for share in shares])
    return tuple(base * Fraction(share.percent) / 100 for share in shares)


def _share_of(base: Amount, percent: Decimal) -> Amount:
    exact = base * Fraction(percent) / 100
    return rounded(exact, "half_up") if isinstance(base, int) else exact
