"""R20 where all of the year is rated by where it stands: what a period pays again of the credits of earlier ones.

Tiers, curves and accelerators say with each credit what reaching it is worth. A gate on the whole, and a matrix by attainment,
rate every credit by the total: when that moves, what earlier credits are due changes. What they were due by the end of the period
before is what was paid of them until then.
"""

from fractions import Fraction
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.components import Earning
from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.reasons.earned_reasons import YearToDate
from salesapi.domain.pay.rules.rates import year_to_date_less_paid

ZERO: Final = Fraction()
CreditKey: TypeAlias = tuple[str, UUID, int, UUID]
"""A component and what it credits: deal, the event that its sale is counted by, and whose result it is."""


def credit_key(credited: Credited) -> CreditKey:
    """Makes the key that tells the credits of a member apart."""
    sale = credited.sale
    return (credited.component.key, sale.win.deal_id, sale.stated_at, credited.credit.source_member_id)


def rated_again(due: Fraction, *, due_before: Fraction) -> Earning:
    """Makes the line of what the year to date changes on an earlier credit."""
    exact = year_to_date_less_paid(due, paid_before=due_before)
    reason = YearToDate(due_minor=due, paid_minor=due_before)
    return Earning(kind="uplift", rule="R20", base=0, exact_minor=exact, reason=reason)
