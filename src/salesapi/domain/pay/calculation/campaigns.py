"""R35 in a plan: a campaign over the deals of a component. Everybody's deals stand in one order: they share budget and places.

The campaign is told again from the facts for every period that it reaches into; what is posted in a period is what the deals
and the refunds of its days come to. A deal is one award: it is divided among those whom it is credited to, by their commission
where that is multiplied, else by their credit. It counts as an award of the one with the largest part. It needs everybody's
deals, so that one member's statement of a plan with a campaign costs as much as all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.award_basis import AwardBasis, Awarded, newest
from salesapi.domain.pay.calculation.components import exact_of
from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.losses import claims_of
from salesapi.domain.pay.calculation.sale_parts import fits, is_asked, parts_of_sale
from salesapi.domain.pay.calculation.sales import Sale
from salesapi.domain.pay.plans.plan_awards import PlanAward, SpiffCampaign
from salesapi.domain.pay.plans.plan_components import Base, Component
from salesapi.domain.pay.reasons.posted_reasons import CampaignPart, CampaignSum
from salesapi.domain.pay.rules.awards import SpiffAward, SpiffDeal, SpiffRefund, spiff_awards, with_spiff
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period, period_of, periods_between

TERMS_SHOWN: Final = 10
"""Most amounts that one reason lists."""
AS_WON: Final = Base(kind="deal_amount")
ZERO: Final = Fraction()


@dataclass(slots=True)
class _Deal:
    """A deal that matches, with the parts of the members in it: commission and credit."""

    sale: Sale
    component: Component
    asked: Component
    """As the component, with the filter of the campaign in place of its own."""
    commissions: dict[UUID, Fraction] = field(default_factory=dict)
    credits: dict[UUID, Fraction] = field(default_factory=dict)

    @property
    def commission(self) -> Fraction:
        """The commission of the component for the deal, of all members together, in exact minor units."""
        return sum(self.commissions.values(), ZERO)


@record
class _Entry:
    """A deal or a refund at its place in the order of the campaign."""

    order: tuple[date, int, int]
    stated: SpiffDeal | SpiffRefund
    positions: tuple[int, ...]


@record
class _Part:
    """The result of one deal or refund for a member, and the events that it rests on."""

    exact_minor: Fraction
    positions: tuple[int, ...]


class Campaign:
    """One campaign of a plan as a period sees it."""

    def __init__(self, basis: AwardBasis, award: PlanAward, campaign: SpiffCampaign) -> None:
        self._basis = basis
        self._key = award.key
        self._campaign = campaign
        self._components = {
            version.number: component
            for version in basis.evaluation.plan.versions
            for component in version.components
            if component.key == campaign.component and any(each.key == award.key for each in version.awards)
        }
        """The component as each version has it that has the campaign, too: only deals of its days take part."""
        self._asked = {number: replace(component, only=campaign.only) for number, component in self._components.items()}

    def of(self, member_id: UUID) -> Awarded | None:
        """Sums what the deals and refunds of the period come to for a member; None without any."""
        parts = self._parts.get(member_id)
        if not parts:
            return None
        exact_minor = sum((part.exact_minor for part in parts), ZERO)
        more = parts[TERMS_SHOWN:]
        reason = CampaignSum(
            first_on=self._campaign.terms.first_on,
            last_on=self._campaign.terms.last_on,
            parts=tuple(CampaignPart(part_minor=part.exact_minor) for part in parts[:TERMS_SHOWN]),
            more_count=len(more) or None,
            more_minor=sum((part.exact_minor for part in more), ZERO) if more else None,
        )
        return Awarded(
            rule="R35",
            exact_minor=exact_minor,
            positions=newest(position for part in parts for position in part.positions),
            reason=reason,
        )

    @cached_property
    def _parts(self) -> dict[UUID, list[_Part]]:
        period, terms = self._basis.period, self._campaign.terms
        takes_back = any(component.clawback is not None for component in self._components.values())
        if period.last_on < terms.first_on or (terms.last_on < period.first_on and not takes_back):
            return {}
        deals = self._deals()
        entries = sorted(self._entries(deals), key=lambda entry: entry.order)
        awards = spiff_awards(terms, [entry.stated for entry in entries])
        nets: dict[UUID, Fraction] = {}
        found: dict[UUID, list[_Part]] = {}
        for entry, award in zip(entries, awards, strict=True):
            deal = deals[award.deal_id]
            net_minor = self._net(deal, award, nets)
            if net_minor and period.first_on <= entry.order[0] <= period.last_on:
                for member_id, share in self._shares(deal).items():
                    part = _Part(exact_minor=net_minor * share, positions=entry.positions)
                    found.setdefault(member_id, []).append(part)
        return found

    def _net(self, deal: _Deal, award: SpiffAward, nets: dict[UUID, Fraction]) -> Fraction:
        """Computes what is paid beside the component's commission; a refund takes back its share of that."""
        if award.outcome in ("awarded", "cut_by_budget"):
            paid = with_spiff(deal.commission, award=award.award, stacking=self._campaign.terms.stacking)
            net_minor = paid - deal.commission
            nets[award.deal_id] = net_minor / award.award
            return net_minor
        return award.award * nets.get(award.deal_id, ZERO)

    def _shares(self, deal: _Deal) -> dict[UUID, Fraction]:
        """The part of each member, together 1."""
        weights = deal.credits if self._campaign.unit is not None else deal.commissions
        total = sum(weights.values(), ZERO)
        if total == 0:
            return dict.fromkeys(weights, Fraction(1, len(weights)))
        return {member_id: weight / total for member_id, weight in weights.items()}

    def _entries(self, deals: dict[UUID, _Deal]) -> Iterator[_Entry]:
        last_on = self._basis.period.last_on
        for deal_id, deal in deals.items():
            on, position = deal.sale.order
            stated = SpiffDeal(
                deal_id=deal_id, member_id=self._first(deal), on=on, units=self._units(deal), commission=deal.commission
            )
            yield _Entry(order=(on, position, 0), stated=stated, positions=deal.sale.positions)
            for claim in claims_of(self._basis.ledger, deal.component, deal.sale.win):
                if claim.on <= last_on and claim.part > 0:
                    order = max((claim.on, claim.positions[-1], 1), (on, position, 1))
                    refund = SpiffRefund(deal_id=deal_id, share=claim.part)
                    yield _Entry(order=order, stated=refund, positions=claim.positions)

    def _first(self, deal: _Deal) -> UUID:
        """The member with the largest part, then with the lower id."""
        shares = self._shares(deal)
        return min(shares, key=lambda member_id: (-shares[member_id], member_id))

    def _units(self, deal: _Deal) -> Fraction:
        """Units of a deal that was won for less than nothing are none: there is nothing to award."""
        win = deal.sale.win
        if win.amount_minor < 0 or self._campaign.unit is None:
            return ZERO
        if self._campaign.unit == "deal":
            return Fraction(1)
        ledger = self._basis.ledger
        return sum(
            (
                Fraction(part.quantity)
                for part in parts_of_sale(ledger, win, AS_WON, (), on=deal.sale.on)
                if is_asked(ledger, deal.component, part) and is_asked(ledger, deal.asked, part)
            ),
            ZERO,
        )

    def _deals(self) -> dict[UUID, _Deal]:
        """The deals of everybody that match, up to the end of the period."""
        evaluation, ledger = self._as_won(), self._basis.ledger
        found: dict[UUID, _Deal] = {}
        for period in self._periods():
            for member_id in evaluation.members():
                for each in evaluation.credited(member_id, period):
                    if not self._takes_part(each):
                        continue
                    number, win = each.version.number, each.sale.win
                    if win.deal_id not in found:
                        if not fits(ledger, self._asked[number], win):
                            continue
                        component, asked = self._components[number], self._asked[number]
                        found[win.deal_id] = _Deal(sale=each.sale, component=component, asked=asked)
                    deal = found[win.deal_id]
                    commission, credit = deal.commissions.get(member_id, ZERO), deal.credits.get(member_id, ZERO)
                    deal.commissions[member_id] = commission + exact_of(each.earnings)
                    deal.credits[member_id] = credit + each.amount
        return found

    def _takes_part(self, credited: Credited) -> bool:
        """Tells whether a credit counts, is of the campaign's component (in its versions) and days, and of a holder."""
        terms, on = self._campaign.terms, credited.sale.on
        if credited.component.key != self._campaign.component or credited.version.number not in self._components:
            return False
        if credited.waits_for is not None or credited.carried_past is not None:
            return False
        if not terms.first_on <= on <= terms.last_on:
            return False
        enrolment = self._basis.ledger.enrolment(credited.credit.member_id)
        return enrolment is not None and enrolment.covers(self._basis.evaluation.plan_id, self._key, on)

    def _periods(self) -> Iterator[Period]:
        """The periods that the campaign reaches into, up to this one."""
        terms, until = self._campaign.terms, self._basis.period
        last_on = min(terms.last_on, until.last_on)
        if terms.first_on <= last_on:
            yield from periods_between(first=period_of(terms.first_on, until.kind), last=period_of(last_on, until.kind))

    def _as_won(self) -> Evaluation:
        """The evaluation without what R51 restates: what a deal lost is a refund of the campaign, and counts once."""
        evaluation = self._basis.evaluation
        plan, ledger = evaluation.plan, self._basis.ledger
        policies = {each.clawback.attainment for each in self._components.values() if each.clawback is not None}
        if "restate" not in policies:
            return evaluation
        versions = tuple(
            replace(version, components=tuple(self._kept(component) for component in version.components))
            for version in plan.versions
        )
        kept = ledger.with_plan(evaluation.plan_id, replace(plan, versions=versions))
        return Evaluation(kept, evaluation.plan_id)

    def _kept(self, component: Component) -> Component:
        return replace(component, clawback=None) if component.key == self._campaign.component else component
