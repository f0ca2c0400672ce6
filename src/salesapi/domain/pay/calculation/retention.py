"""R43 in a plan: what a member's customers kept, expanded, renewed and bought again in a period, in percent.

A member's customers are those with an agreement that it answers for on the first day of the period. Revenue is what recurs in the
plan's currency on one day: on the day before the period, and on its last day.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.award_basis import AwardBasis, Awarded, Measured, newest
from salesapi.domain.pay.ledger.customer_terms import CustomerTerm
from salesapi.domain.pay.plans.plan_awards import PlanAward, RenewalTerms, RetentionAward
from salesapi.domain.pay.reasons.posted_reasons import Retained, RetentionUnmeasured
from salesapi.domain.pay.reasons.reasons import Reason
from salesapi.domain.pay.rules.award_measures import (
    RenewalTerm,
    RevenueCohort,
    renewal_rate,
    repurchase_rate,
    retention_award,
    retention_percent,
)
from salesapi.domain.pay.rules.rates import payout_percent
from salesapi.domain.shared.dates import day_before, days_after
from salesapi.domain.shared.periods import Period

ZERO: Final = Fraction()


class Retention:
    """One award by retention in a period."""

    def __init__(self, basis: AwardBasis, award: PlanAward, terms: RetentionAward) -> None:
        self._basis = basis
        self._key = award.key
        self._terms = terms

    def of(self, member_id: UUID) -> Awarded | None:
        """Computes what a member's customers earn it; None where it does not hold the award at the period's end."""
        basis, terms = self._basis, self._terms
        if not basis.is_enrolled(member_id, self._key):
            return None
        measured = self._measured(self._customers.get(member_id, []))
        part = basis.part(member_id, self._key, terms.part_of_period)
        target = terms.target_minor * part
        exact_minor = retention_award(
            measured.percent,
            lambda found: payout_percent(terms.curve, found),
            target=target,
            unmeasured=terms.unmeasured,
        )
        reason: Reason
        if measured.percent is None:
            reason = RetentionUnmeasured(measured=terms.measured, unmeasured=terms.unmeasured)
        else:
            reason = Retained(
                measured=terms.measured,
                retained_percent=measured.percent,
                payout_percent=payout_percent(terms.curve, measured.percent),
                target_minor=target,
            )
        return Awarded(rule="R43", exact_minor=exact_minor, positions=measured.positions, reason=reason)

    @cached_property
    def _customers(self) -> dict[UUID, list[tuple[CustomerTerm, ...]]]:
        """For each member the agreements of each of its customers."""
        ledger = self._basis.ledger
        found: dict[UUID, list[tuple[CustomerTerm, ...]]] = {}
        for customer_id in ledger.terms.customers():
            owner_id = ledger.market.owner_on(customer_id, self._basis.period.first_on)
            if owner_id is not None:
                found.setdefault(owner_id, []).append(ledger.terms.of_customer(customer_id))
        return found

    def _measured(self, customers: Sequence[tuple[CustomerTerm, ...]]) -> Measured:
        period = self._basis.period
        match self._terms.measured:
            case "net_revenue_retention" | "gross_revenue_retention" | "expansion_rate" as measure:
                cohort = _cohort(customers, self._basis.currency, period)
                return Measured(percent=retention_percent(cohort, measure), positions=_positions(customers))
            case "renewal_rate":
                assert self._terms.renewal is not None, "a published renewal rate says which renewals count"
                return self._renewed(customers, self._terms.renewal)
            case "repurchase_rate":
                return Measured(percent=_repurchased(customers, period), positions=_positions(customers))

    def _renewed(self, customers: Sequence[tuple[CustomerTerm, ...]], renewal: RenewalTerms) -> Measured:
        due = list(self._due(customers, renewal))
        found = renewal_rate([term for _, term in due], renewal.counting, renewal.credit_date, renewal.late_days_max)
        return Measured(percent=found, positions=_positions([tuple(held for held, _ in due)]))

    def _due(
        self, customers: Sequence[tuple[CustomerTerm, ...]], renewal: RenewalTerms
    ) -> Iterator[tuple[CustomerTerm, RenewalTerm]]:
        """The terms that are judged in the period: each once, when the days for a late renewal are over.

        By value, only where the agreement and the one that continues it are in the plan's currency.
        """
        basis = self._basis
        for term in (term for held in customers for term in held):
            if term.ends_on is None or term.is_cancelled:
                continue
            if not basis.period.first_on <= days_after(term.ends_on, renewal.late_days_max) <= basis.period.last_on:
                continue
            renewing = basis.ledger.terms.term(term.renewed_by) if term.renewed_by is not None else None
            currencies = {term.currency, renewing.currency if renewing is not None else term.currency}
            if renewal.counting == "value" and currencies != {basis.currency}:
                continue
            renewed = RenewalTerm(
                ended_on=term.ends_on,
                due=Fraction(term.net_minor),
                renewed=Fraction(renewing.net_minor) if renewing is not None else ZERO,
                noticed_on=term.noticed_on,
                signed_on=renewing.signed_on if renewing is not None else None,
            )
            yield term, renewed


def _cohort(customers: Sequence[tuple[CustomerTerm, ...]], currency: str, period: Period) -> RevenueCohort:
    """Measures what recurred the day before the period, and what became of it by its last day."""
    starting = churned = contracted = expanded = ZERO
    if period.first_on > date.min:
        for held in customers:
            before = _recurring(held, currency, day_before(period.first_on))
            after = _recurring(held, currency, period.last_on)
            if before == 0:
                continue
            starting += before
            churned += before if after == 0 else ZERO
            contracted += before - after if 0 < after < before else ZERO
            expanded += max(after - before, ZERO)
    return RevenueCohort(starting=starting, churned=churned, contracted=contracted, expanded=expanded)


def _recurring(held: Sequence[CustomerTerm], currency: str, on: date) -> Fraction:
    return sum((term.recurring_on(on) for term in held if term.currency == currency), ZERO)


def _repurchased(customers: Sequence[tuple[CustomerTerm, ...]], period: Period) -> Fraction | None:
    """Of who signed before the period, who signed again in it; what was cancelled is no repurchase."""
    before: set[UUID] = set()
    buyers: set[UUID] = set()
    for term in (term for held in customers for term in held):
        if term.signed_on is not None and term.signed_on < period.first_on:
            before.add(term.customer_id)
        elif term.signed_on is not None and term.signed_on <= period.last_on and not term.is_cancelled:
            buyers.add(term.customer_id)
    return repurchase_rate(customers_before=before, buyers=buyers)


def _positions(customers: Sequence[Sequence[CustomerTerm]]) -> tuple[int, ...]:
    return newest(position for held in customers for term in held for position in term.positions)
