"""What a member earns in a period and what of all it earned becomes payable in it: steps 1 to 10 of the order, as postings.

Rounds by the plan's scope: postings of a scope are the steps of its rounded running sum, so they add up to it. What is payable is
rounded as a sum, too: a credit's withheld and released parts always add up to what the credit posted.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cached_property, partial
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.claimed_shares import ClaimedShares, lifts_are_claimed
from salesapi.domain.pay.calculation.components import exact_of
from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.payable import PayableOf
from salesapi.domain.pay.calculation.payable_lines import longest_wait, months_due, payable_postings
from salesapi.domain.pay.calculation.postings import Origin, Posting
from salesapi.domain.pay.calculation.release_clock import Earned, Leaving
from salesapi.domain.pay.calculation.sales import sale_days
from salesapi.domain.pay.ledger.payout_facts import SIDES, PostedKey, told_minor
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.release import posted_part
from salesapi.domain.shared.dates import day_before
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.money import rounded
from salesapi.domain.shared.periods import Period, period_of, periods_between
from salesapi.domain.shared.states import made_from

ZERO: Final = Fraction()
OpenKey: TypeAlias = tuple[str, UUID]
"""Component and deal."""


@fast_record
class Rounded:
    """A credit and what each of its earnings posts, in whole minor units."""

    credited: Credited
    posted: tuple[int, ...]

    @property
    def posted_minor(self) -> int:
        """All of it."""
        return sum(self.posted)


class Earnings:
    """The postings of a plan's members; what is asked again is kept where a plan looks back."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self._rounded: dict[tuple[UUID, str], tuple[Rounded, ...]] = {}
        self._last: tuple[tuple[UUID, str], list[tuple[Period, set[UUID] | None]]] | None = None
        self._shares = ClaimedShares(evaluation)
        self._payables: tuple[UUID | None, dict[int, tuple[Credited, PayableOf]]] = (None, {})

    def of(self, member_id: UUID, period: Period) -> list[Posting]:
        """Posts what a member earned in the period, what of it waits, and what becomes payable of all earned before."""
        own = [
            posting
            for each in self.rounded(member_id, period)
            for posting in (*_earned(each, period), *self._changes(member_id, each, period))
        ]
        return [*own, *self._released(member_id, period)]

    def sums(self, member_id: UUID, period: Period) -> dict[PostedKey, int]:
        """Sums the postings of a member and period for each component, deal and side, in minor units."""
        found: dict[PostedKey, int] = {}
        for posting in self.of(member_id, period):
            side = SIDES.get(posting.kind)
            if side is not None and posting.origin is not None:
                key = (member_id, posting.component, posting.origin.deal_id, side)
                found[key] = found.get(key, 0) + told_minor(side, posting.posted_minor, posting.base_minor)
        return found

    def rounded(self, member_id: UUID, period: Period) -> tuple[Rounded, ...]:
        """The member's credits of the period with what they post."""
        key = (member_id, period.text)
        if key in self._rounded:
            return self._rounded[key]
        found = tuple(_rounded(self.evaluation.credited(member_id, period)))
        if self.evaluation.looks_back:
            self._rounded[key] = found
        return found

    def open_by_deal(self, member_id: UUID, earned_in: Period, on: date, deals: Container[UUID]) -> dict[OpenKey, int]:
        """Sums what of these deals' credits of a period is neither released nor gone at a day's end, in minor units."""
        found: dict[OpenKey, int] = {}
        for each in self.rounded(member_id, earned_in):
            credited, deal_id = each.credited, each.credited.sale.win.deal_id
            if credited.component.release is None or credited.waits_for is not None or deal_id not in deals:
                continue
            stands = self.payable_of(member_id, credited).by(on)
            settled = stands.released + stands.lapsed + stands.cancelled
            if settled != exact_of(credited.earnings):
                key = (credited.component.key, deal_id)
                open_minor = each.posted_minor - credited.version.rounding.minor(settled, self.evaluation.currency)
                found[key] = found.get(key, 0) + open_minor
        return found

    def _released(self, member_id: UUID, period: Period) -> Iterator[Posting]:
        """Posts what becomes payable, or is taken back, of credits of earlier periods."""
        if not self.releases:
            return
        for earlier, deals in self.earlier(member_id, period):
            for each in self.rounded(member_id, earlier):
                is_asked = deals is None or each.credited.sale.win.deal_id in deals
                if is_asked and may_change(each.credited.component):
                    yield from self._changes(member_id, each, period)

    @cached_property
    def releases(self) -> tuple[Component, ...]:
        """The components of all versions that anything is released of, or taken back, after its own period."""
        return tuple(filter(may_change, self.evaluation.components))

    def earlier(self, member_id: UUID, period: Period) -> list[tuple[Period, set[UUID] | None]]:
        """See `_earlier`; what was asked last is kept, since a live statement asks twice."""
        key = (member_id, period.text)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._earlier(member_id, period))
        return self._last[1]

    def _earlier(self, member_id: UUID, period: Period) -> list[tuple[Period, set[UUID] | None]]:
        """Earlier periods with the member's deals to look at: within a wait all, else those that something happened to."""
        ledger, months = self.evaluation.ledger, period.months()
        touched: dict[str, tuple[Period, set[UUID]]] = {}
        asked: set[UUID] = set()
        overdue = [shifted for each in self.releases if (shifted := months_due(each, period))]
        for deal_id, win in self.wins_ever(member_id).items():
            is_overdue = any(ledger.trade.is_due(deal_id, due) for due in overdue)
            is_won_now = period.first_on <= win.on <= period.last_on
            if not is_overdue and not is_won_now and not ledger.trade.is_touched(deal_id, months):
                continue
            asked.add(deal_id)
            for on in self.days_of(win):
                earlier = period_of(on, period.kind)
                if earlier.first_on < period.first_on:
                    touched.setdefault(earlier.text, (earlier, set()))[1].add(deal_id)
        for earlier, carried in self.carried_into(member_id, period):
            if earlier.first_on < period.first_on:
                touched.setdefault(earlier.text, (earlier, set()))[1].update(carried & asked)
        found: dict[str, tuple[Period, set[UUID] | None]] = dict(touched)
        if any(lifts_are_claimed(each) or each.rates_year_again() for each in self.releases):
            for earlier, _ in touched.values():
                # What a period lifts, or pays again, may be of any after it in its year.
                in_year = periods_between(
                    first=earlier, last=period_of(earlier.first_on.replace(month=12), period.kind)
                )
                found |= {each.text: (each, None) for each in in_year if each.first_on < period.first_on}
        leavers = (rule for version in self.evaluation.plan.versions for rule in version.leavers)
        days = max((*map(longest_wait, self.releases), *(rule.released_later_days for rule in leavers)))
        on = day_before(period.first_on)
        while days > 0 and (period.first_on - on).days <= days and on > date.min:
            earlier = period_of(on, period.kind)
            found[earlier.text] = (earlier, None)
            if earlier.first_on == date.min:
                break
            on = day_before(earlier.first_on)
        return sorted(found.values(), key=lambda each: each[0].first_on)

    def carried_into(self, member_id: UUID, until: Period) -> list[tuple[Period, set[UUID]]]:
        """The deals of what is earned in another period than it was credited in, by these (R29, R30)."""
        carried_over = self.evaluation.carried_over
        return [] if carried_over is None else carried_over.deals_into(member_id, until)

    def days_of(self, win: Win) -> set[date]:
        """The days on which anything may have been credited of a deal: that of its win, where no other event says when."""
        return {win.on} if self._is_by_win else sale_days(self.evaluation.ledger, win)

    @cached_property
    def _is_by_win(self) -> bool:
        return all(component.attributed == "booking" for component in self.releases)

    def wins_ever(self, member_id: UUID) -> dict[UUID, Win]:
        """The wins of which anything may be released to the member, or taken back."""
        return self.evaluation.register.wins_ever(self.releases, member_id)

    def payable_of(self, member_id: UUID, credited: Credited) -> PayableOf:
        """Finds what is payable of a credit that does not wait, by any day; keeps that of the member asked for last."""
        if self._payables[0] != member_id:
            self._payables = (member_id, {})
        kept = self._payables[1]
        if id(credited) not in kept:
            kept[id(credited)] = (credited, self._payable_of(member_id, credited))
        return kept[id(credited)][1]

    def _payable_of(self, member_id: UUID, credited: Credited) -> PayableOf:
        enrolment = self.evaluation.ledger.enrolment(member_id)
        release, deal_id = credited.component.release, credited.sale.win.deal_id
        expires = release is not None and release.expiry is not None
        paid = self.evaluation.ledger.paid
        earned = made_from(
            Earned,
            credited,
            exact_minor=exact_of(credited.earnings),
            rounding=credited.version.rounding,
            extended=paid.extended_expiry(self.evaluation.plan_id, deal_id=deal_id) if expires else None,
        )
        kind = credited.version.period
        return PayableOf(
            self.evaluation.ledger,
            earned,
            self._shares.of(member_id, credited),
            period_end=lambda on: period_of(on, kind).last_on,
            leaving=_leaving(enrolment, credited),
        )

    def _changes(self, member_id: UUID, each: Rounded, period: Period) -> list[Posting]:
        """Posts the changes of a credit's payable part within a period; nothing where it is payable at once."""
        credited = each.credited
        if credited.waits_for is not None or not may_change(credited.component):
            return []
        payable = self.payable_of(member_id, credited)
        is_own = credited.sale.on >= period.first_on
        before = None if is_own else payable.by(day_before(period.first_on))
        after = payable.by(period.last_on)
        if before == after:
            return []
        origin = origin_of(credited)
        return list(payable_postings(credited, each.posted_minor, origin, period, before=before, after=after))


def _rounded(all_of: Iterable[Credited]) -> Iterator[Rounded]:
    """Rounds by the plan's scope: postings of a scope are the steps of its rounded running sum, so they add up to it."""
    running: dict[tuple[object, ...], Fraction] = {}
    for credited in all_of:
        rounding = credited.version.rounding
        minor = partial(rounding.minor, currency=credited.currency)
        posted: list[int] = []
        for earning in credited.earnings:
            if rounding.scope == "line":
                posted.append(minor(earning.exact_minor))
                continue
            # Lines of two versions are never rounded together.
            group = (credited.version.number, credited.component.key if rounding.scope == "component" else None)
            before = running.get(group, ZERO)
            running[group] = before + earning.exact_minor
            posted.append(posted_part(minor, before=before, after=running[group]))
        yield Rounded(credited=credited, posted=tuple(posted))


def may_change(component: Component) -> bool:
    """Tells whether what is payable may change after the sale: by a release, a clawback or a payment that goes back."""
    return component.release is not None or component.clawback is not None or component.attributed == "payment"


def _leaving(enrolment: Enrolment | None, credited: Credited) -> Leaving | None:
    """R60: by which rule a credit is paid after its member left; None where nobody did, or no rule says anything."""
    left = enrolment.leaving_of(credited.sale.on) if enrolment is not None else None
    if left is None or not credited.version.leavers or credited.sale.on > left.left_on:
        return None
    rule = next(rule for rule in credited.version.leavers if rule.reason == left.leaving)
    period_first_on = period_of(left.left_on, credited.version.period).first_on
    return Leaving(left_on=left.left_on, rule=rule, period_first_on=period_first_on)


def _earned(each: Rounded, period: Period) -> Iterator[Posting]:
    credited = each.credited
    if credited.waits_for is not None:
        waits_for = credited.waits_for
        yield Posting(
            kind="held",
            rule=waits_for.rule,
            component=credited.component.key,
            period=period.text,
            currency=credited.sale.currency,
            exact_minor=None,
            posted_minor=0,
            reason=waits_for,
            positions=credited.positions,
            plan_version=credited.version.number,
            origin=origin_of(credited),
            base_minor=rounded(Fraction(credited.credit.amount), "half_up"),
        )
    for earning, posted_minor in zip(credited.earnings, each.posted, strict=True):
        base = earning.base
        yield made_from(
            Posting,
            earning,
            component=credited.component.key,
            period=period.text,
            currency=credited.currency,
            posted_minor=posted_minor,
            positions=credited.positions,
            plan_version=credited.version.number,
            origin=origin_of(credited),
            base_minor=base if isinstance(base, int) else rounded(base, "half_up"),
        )


def origin_of(credited: Credited) -> Origin:
    """Tells where a credit comes from: the deal, the rule, the member who sold, and the day of the win."""
    return Origin(
        deal_id=credited.sale.win.deal_id,
        source_member_id=credited.credit.source_member_id,
        credit_rule=credited.credit.rule,
        won_on=credited.sale.win.on,
    )
