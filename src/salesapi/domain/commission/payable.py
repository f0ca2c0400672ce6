"""What of an earning is payable by the end of a day (steps 9, 10 of the catalogue's order): R22 to R28, R45, R49, R50, R55, R60.

It is a function of the day: what the clock has released, less what was taken back. A statement posts how it changes within its
period, so that all parts add up to the whole in whatever order facts arrive. Exact minor units of the plan's currency.
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from salesapi.domain.commission.claims import Claim
from salesapi.domain.commission.dates import date_after
from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.people import LeaverRule
from salesapi.domain.commission.release_clock import Earned, PeriodEnd, ReleaseClock, Released
from salesapi.domain.commission.withholding import Holdback, ends_on
from salesapi.domain.enrolments import Left
from salesapi.domain.kernel import record

ZERO: Final = Fraction()
ALL: Final = Fraction(1)


@record
class Payable:
    """How an earning stands at the end of a day. `released - clawed` is payable; the rest is open, lapsed or cancelled."""

    released: Fraction = ZERO
    lapsed: Fraction = ZERO
    """Never released, because it came too late (R26) or after the member had left (R60)."""
    clawed: Fraction = ZERO
    """Taken back of what had been released (R49, R50)."""
    cancelled: Fraction = ZERO
    """Taken off what had not been released (R50)."""
    sped: Fraction = ZERO
    """What factors by days to cash add to what was released (R45)."""
    positions: tuple[int, ...] = ()
    """The events, beside those of the sale, that it rests on."""

    @property
    def payable(self) -> Fraction:
        """What is paid of it by now."""
        return self.released - self.clawed


@record
class ClaimedShare:
    """A part of an earning with what takes it back: the losses of its own deal, or of one that a reached tier lifted."""

    exact_minor: Fraction
    claims: tuple[Claim, ...] = ()


@record
class Leaving:
    """A member who left, the rule for the reason, and the first day of the plan's period in which that was."""

    left: Left
    rule: LeaverRule
    period_first_on: date


class PayableOf:
    """The payable part of one earning, asked for any day. The shares add up to the earning."""

    def __init__(
        self,
        ledger: Ledger,
        earned: Earned,
        shares: tuple[ClaimedShare, ...],
        period_end: PeriodEnd,
        leaving: Leaving | None,
    ) -> None:
        self._earned = earned
        self._leaving = leaving
        self._clock = ReleaseClock(ledger, earned, period_end)
        self._shares = shares
        self._by_day: dict[date, Released] = {}

    def by(self, on: date) -> Payable:
        """How the earning stands at the end of a day; nothing of it before it is earned."""
        exact = self._earned.exact_minor
        if on < self._earned.sale.on:
            return Payable()
        clock = self._with_leaver(on)
        if not exact:
            return Payable(positions=clock.positions)
        payable = taken = clawed = counted = ZERO
        for share in self._shares:
            part_taken, part_clawed = self._taken(on, share)
            payable += share.exact_minor * self._payable_part(on, part_taken)
            counted += share.exact_minor * self._counted_part(on, part_taken)
            taken += share.exact_minor * part_taken
            clawed += share.exact_minor * part_clawed
        lost = (each for share in self._shares for claim in share.claims if claim.on <= on for each in claim.positions)
        gone = exact - payable - clawed - clock.lapsed
        return Payable(
            released=payable + clawed,
            lapsed=clock.lapsed,
            clawed=clawed,
            cancelled=min(taken - clawed, gone) if exact > 0 else max(taken - clawed, gone),
            sped=clock.sped * counted / clock.kept if taken and clock.kept else clock.sped,
            positions=tuple(sorted({*clock.positions, *lost})),
        )

    def _taken(self, on: date, share: ClaimedShare) -> tuple[Fraction, Fraction]:
        """R49, R50: the part of a share that all claims took, and what of that had been paid."""
        claimed = forfeited = taken = clawed = ZERO
        for claim in share.claims:
            if claim.on > on:
                break
            before = self._payable_part(claim.on, taken)
            claimed += claim.part
            forfeited = max(forfeited, self._forfeited_part(claim.on))
            taken = min(ALL, max(claimed, forfeited))
            clawed += max(ZERO, before - self._payable_part(claim.on, taken))
        return taken, clawed

    def _payable_part(self, on: date, taken: Fraction) -> Fraction:
        """R28: the part that is payable, where so much was taken, behind a holdback."""
        counted, holdback = self._counted_part(on, taken), self._holdback(on)
        if holdback is None:
            return counted
        released = self._counted_part(on, ZERO)
        held = released * Fraction(holdback.share_percent) / 100
        if holdback.on_clawback == "released":
            return max(ZERO, counted - held) if taken else counted - held
        return min(released - held, counted)

    def _counted_part(self, on: date, taken: Fraction) -> Fraction:
        """The part that the clock released, at most what was not taken."""
        released = self._with_leaver(on).kept / self._earned.exact_minor
        return min(released, ALL - taken) if taken else released

    def _forfeited_part(self, on: date) -> Fraction:
        """R28: what a clawback takes at least, where it ends all that is held back."""
        holdback = self._holdback(on)
        if holdback is None or holdback.on_clawback != "forfeited":
            return ZERO
        return Fraction(holdback.share_percent) / 100

    def _holdback(self, on: date) -> Holdback | None:
        """The holdback that still keeps something by the end of a day."""
        release = self._earned.component.release
        holdback = release.holdback if release is not None else None
        if holdback is None:
            return None
        over_on = ends_on(holdback.wait, holdback.event, self._earned.sale.on, self._clock.happened)
        return None if over_on is not None and over_on <= on else holdback

    def _with_leaver(self, on: date) -> Released:
        """R60: what is released in the last period by the last day, and later within the days, counts by the rule's shares.

        What was released in earlier periods stays paid.
        """
        if on not in self._by_day:
            self._by_day[on] = self._of_leaver(on)
        return self._by_day[on]

    def _of_leaver(self, on: date) -> Released:
        clock, leaving = self._clock.by(on), self._leaving
        has_release = self._earned.component.release is not None
        if (
            leaving is None
            or not has_release
            or on < leaving.left.left_on
            or self._earned.sale.on > leaving.left.left_on
        ):
            return clock
        left_on, rule = leaving.left.left_on, leaving.rule
        before = self._clock.by(leaving.period_first_on - timedelta(days=1))
        by_then = self._clock.by(left_on)
        in_time = self._clock.by(min(on, date_after(left_on, rule.released_later_days, "days")))
        earned, later = Fraction(rule.earned_percent) / 100, Fraction(rule.released_later_percent) / 100
        kept = before.kept + (by_then.kept - before.kept) * earned + (in_time.kept - by_then.kept) * later
        sped = before.sped + (by_then.sped - before.sped) * earned + (in_time.sped - by_then.sped) * later
        return Released(kept=kept, lapsed=clock.lapsed + clock.kept - kept, sped=sped, positions=clock.positions)
