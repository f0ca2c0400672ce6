"""What of an earning is payable by the end of a day (steps 9, 10 of the catalogue's order): R22 to R28, R45, R49, R50, R55, R60.

It is a function of the day: what the clock has released, less what was taken back. A statement posts how it changes within its
period, so that all parts add up to the whole in whatever order facts arrive. Exact minor units of the plan's currency.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property, partial
from typing import Final

from salesapi.domain.pay.calculation import release_clock
from salesapi.domain.pay.calculation.claims import Claim
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.rules.clawbacks import ZERO, Reversal, left_unclaimed, limited_clawback
from salesapi.domain.pay.rules.withholding import Holdback, ends_on, forfeited, holdback_settled, meets_clawback
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.states import made_from


@record
class Payable:
    """The state of an earning at a day's end. `released - clawed` is payable; the rest is open, lapsed or cancelled."""

    released: Fraction = ZERO
    lapsed: Fraction = ZERO
    """Never released, because it came too late (R26), after the customer was lost (R27) or the member had left (R60)."""
    left: Fraction = ZERO
    """What of that lapsed with the member."""
    clawed: Fraction = ZERO
    """Taken back of what had been released (R49, R50)."""
    cancelled: Fraction = ZERO
    """Taken off what had not been released (R50)."""
    sped: Fraction = ZERO
    """What factors by days to cash add to what was released (R45)."""
    extended: release_clock.KeptByExtension | None = None
    """What the clock released only because its expiry was extended (R26), before holdbacks and clawbacks."""
    positions: tuple[int, ...] = ()
    """The events, beside those of the sale, that it rests on."""

    @property
    def payable(self) -> Fraction:
        """The part of it that is payable by now: released less clawed back, in exact minor units."""
        return self.released - self.clawed


@record
class ClaimedShare:
    """A part of an earning with what takes it back: the losses of its own deal, or of one that a reached tier lifted."""

    exact_minor: Fraction
    claims: tuple[Claim, ...] = ()
    """In the order of their days."""


NOTHING: Final = Payable()
NOT_CLAIMED: Final = Reversal()


class PayableOf:
    """The payable part of one earning, asked for any day. The shares add up to the earning."""

    def __init__(
        self,
        ledger: PayFacts,
        earned: release_clock.Earned,
        shares: tuple[ClaimedShare, ...],
        *,
        period_end: release_clock.PeriodEnd,
        leaving: release_clock.Leaving | None,
    ) -> None:
        self._earned = earned
        self._clock = release_clock.ReleaseClock(ledger, earned, period_end, leaving)
        self._claimed = tuple(share for share in shares if share.claims)
        self._unclaimed_minor = sum((share.exact_minor for share in shares if not share.claims), ZERO)
        self._released: dict[date, release_clock.Released] = {}
        self._stands: dict[date, Payable] = {}

    def by(self, on: date) -> Payable:
        """Tells how the earning stands at the end of a day; nothing of it before it is earned."""
        if on < self._earned.sale.on:
            return NOTHING
        if on not in self._stands:
            released = self._released_by(on)
            self._stands[on] = (
                self._stand(on, released) if self._earned.exact_minor else Payable(positions=released.positions)
            )
        return self._stands[on]

    def _stand(self, on: date, released: release_clock.Released) -> Payable:
        """Sums what is payable of each share, and what of it is gone: taken back once paid, cancelled before."""
        exact, holdback = self._earned.exact_minor, self._holdback_on(on)
        shares = [(share, self._reversed(on, share)) for share in self._claimed]
        unclaimed = made_from(
            Payable, released, released=released.kept if holdback is None else exact * self._behind(holdback, on, ZERO)
        )
        if all(reversal is NOT_CLAIMED for _, reversal in shares):
            return unclaimed
        payable = self._unclaimed_minor * self._behind(holdback, on, ZERO)
        counted = self._unclaimed_minor * self._released_part(on)
        taken = clawed = ZERO
        for share, reversal in shares:
            payable += share.exact_minor * self._behind(holdback, on, reversal.taken)
            counted += share.exact_minor * left_unclaimed(reversal.taken, released=self._released_part(on))
            taken += share.exact_minor * reversal.taken
            clawed += share.exact_minor * reversal.clawed
        claims = (claim for share in self._claimed for claim in share.claims if claim.on <= on)
        unpaid, gone = taken - clawed, exact - payable - clawed - released.lapsed
        return replace(
            unclaimed,
            released=payable + clawed,
            clawed=clawed,
            cancelled=max(ZERO, min(unpaid, gone)) if exact > 0 else min(ZERO, max(unpaid, gone)),
            sped=released.sped * counted / released.kept if taken and released.kept else released.sped,
            positions=tuple(sorted({*released.positions, *(each for claim in claims for each in claim.positions)})),
        )

    def _reversed(self, on: date, share: ClaimedShare) -> Reversal:
        """R49, R50: what all claims by the end of a day took of a share, one after the other."""
        found = NOT_CLAIMED
        for claim in share.claims:
            if claim.on > on:
                break
            holdback = self._holdback if meets_clawback(self._held_until, claim.on) else None
            found = limited_clawback(
                found,
                claim.part,
                at_least=forfeited(holdback) if holdback is not None else ZERO,
                payable=partial(self._behind, holdback, claim.on),
            )
        return found

    def _holdback_on(self, on: date) -> Holdback | None:
        """R28: the holdback that still keeps something by the end of a day."""
        is_over = self._held_until is not None and self._held_until <= on
        return None if is_over else self._holdback

    def _behind(self, holdback: Holdback | None, on: date, taken: Fraction) -> Fraction:
        """The part that is payable by the end of a day behind a holdback, where so much was taken."""
        released = self._released_part(on)
        left = left_unclaimed(taken, released=released)
        return left if holdback is None else holdback_settled(holdback, released=released, left=left)

    @property
    def _holdback(self) -> Holdback | None:
        release = self._earned.component.release
        return release.holdback if release is not None else None

    @cached_property
    def _held_until(self) -> date | None:
        """R28: the day on which what is held is released; None where it is not known, or nothing is held."""
        held = self._holdback
        return ends_on(held.wait, held.event, self._earned.sale.on, self._clock.happened) if held is not None else None

    def _released_part(self, on: date) -> Fraction:
        return self._released_by(on).kept / self._earned.exact_minor

    def _released_by(self, on: date) -> release_clock.Released:
        if on not in self._released:
            self._released[on] = self._clock.by(on)
        return self._released[on]
