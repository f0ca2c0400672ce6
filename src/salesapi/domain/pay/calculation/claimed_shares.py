"""Whose losses take back what an earning pays (R51, `keep`): a deal gives back at the rate that its tier finally paid it at.

What reaching a tier lifts on earlier credits is posted with the deal that reached it, and is taken back with the deals that it
lifted: each has its part of the lift, by amount. So all refunds together take back exactly what was earned, in any order.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.claims import Claim
from salesapi.domain.pay.calculation.components import exact_of
from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.losses import claims_of
from salesapi.domain.pay.calculation.payable import ClaimedShare
from salesapi.domain.pay.calculation.sales import Sale
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.clawbacks import lift_parts
from salesapi.domain.pay.rules.tables import TierTable
from salesapi.domain.shared.periods import period_of, periods_between

ZERO: Final = Fraction()


def lifts_are_claimed(component: Component) -> bool:
    """Tells whether a loss of one deal may take back what another one was paid with: a lift that it shares in."""
    rate = component.rate
    is_lifting = (
        isinstance(rate, TierTable) and rate.counts == "period" and any(tier.applies_to == "all" for tier in rate.tiers)
    )
    return is_lifting and (component.attributed == "payment" or component.clawback is not None)


class ClaimedShares:
    """The shares of earnings by whose losses take them back; claims of a deal are found once."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._claims: dict[tuple[int, str, UUID], tuple[Claim, ...]] = {}

    def of(self, member_id: UUID, credited: Credited) -> tuple[ClaimedShare, ...]:
        """The earning's own share, the lifted ones that anything is claimed of, and the rest."""
        exact = exact_of(credited.earnings)
        own, lifted = _rated(credited, "earning"), ZERO if _is_again(credited) else _rated(credited, "uplift")
        before = list(self._before(member_id, credited)) if lifted and lifts_are_claimed(credited.component) else []
        if not sum(each.amount for each in before) or not own + lifted:
            return (self._share(credited, credited.sale, exact),)
        lift = exact * lifted / (own + lifted)
        shares = [self._share(credited, credited.sale, exact - lift)]
        for each, part in zip(before, lift_parts(lift, [Fraction(each.amount) for each in before]), strict=True):
            share = self._share(credited, each.sale, part, is_lift=True)
            if share.claims:
                shares.append(share)
        rest = exact - sum((share.exact_minor for share in shares), ZERO)
        return (*shares, ClaimedShare(exact_minor=rest))

    def _share(self, credited: Credited, sale: Sale, exact: Fraction, *, is_lift: bool = False) -> ClaimedShare:
        """A share with its claims. A clawback takes nothing of what is not above zero, but a lift that went down goes up again;
        a payment takes back what it did.
        """
        component, win = credited.component, sale.win
        if component.attributed == "payment":
            return ClaimedShare(exact_minor=exact, claims=sale.reversals)
        is_claimed = component.clawback is not None and component.clawback.attainment == "keep"
        if not is_claimed or (exact <= 0 and not is_lift):
            return ClaimedShare(exact_minor=exact)
        key = (credited.version.number, component.key, win.deal_id)
        if key not in self._claims:
            self._claims[key] = claims_of(self._evaluation.ledger, component, win)
        return ClaimedShare(exact_minor=exact, claims=self._claims[key])

    def _before(self, member_id: UUID, credited: Credited) -> Iterator[Credited]:
        """The credits that a lift is on: those before it in the window that its tiers count."""
        component, kind, on = credited.component, credited.version.period, credited.sale.on
        own = period_of(on, kind)
        first = period_of(on.replace(month=1, day=1), kind) if component.counted_over == "year_to_date" else own
        for period in periods_between(first=first, last=own):
            for each in self._evaluation.credited(member_id, period):
                if each is credited:
                    return
                is_same = (each.counts_as, each.component.key) == (credited.counts_as, component.key)
                if is_same and each.waits_for is None:
                    yield each


def _is_again(credited: Credited) -> bool:
    """Tells whether a credit is an earlier one that is paid again (R20): then all of it is its own deal's."""
    return bool(credited.earnings) and credited.earnings[0].rule == "R20"


def _rated(credited: Credited, kind: str) -> Fraction:
    """Sums what was rated under one kind of line, before factors and caps, in exact minor units."""
    return sum((earning.exact_minor for earning in credited.earnings if earning.kind == kind), ZERO)
