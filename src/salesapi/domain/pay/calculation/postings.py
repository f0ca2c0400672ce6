"""Postings: exact results with what they come from and why, rounded once. A statement's line is the stored form of a posting.

Amounts are minor units of the plan's currency. The form is made when a line is: who only needs sums does not pay for it.
"""

from datetime import date
from fractions import Fraction
from uuid import UUID

from salesapi.domain.pay.reasons.reason_form import form_of, number_text
from salesapi.domain.pay.reasons.reasons import Reason, rate_of
from salesapi.domain.pay.records.payout_runs import LineKind, StatementLine
from salesapi.domain.pay.rules.wording import exact_text, residual_text
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.states import made_from


@fast_record
class Origin:
    """The credit that a posting comes from."""

    deal_id: UUID
    source_member_id: UUID | None = None
    credit_rule: str | None = None
    won_on: date | None = None


@fast_record
class Posting:
    """One exact result and what is posted of it; `exact_minor` is None where nothing is known yet.

    `base_minor` is in `currency`.
    """

    kind: LineKind
    rule: str
    component: str
    period: str
    currency: str
    exact_minor: Fraction | None
    posted_minor: int
    reason: Reason
    positions: tuple[int, ...] = ()
    plan_version: int | None = None
    origin: Origin | None = None
    base_minor: int | None = None


def line_of(posting: Posting) -> StatementLine:
    """The posting as a line with its trace."""
    origin, exact = posting.origin, posting.exact_minor
    rate_percent = rate_of(posting.reason)
    return made_from(
        StatementLine,
        posting,
        credit_rule=origin.credit_rule if origin is not None else None,
        deal_id=origin.deal_id if origin is not None else None,
        source_member_id=origin.source_member_id if origin is not None else None,
        won_on=origin.won_on if origin is not None else None,
        rate_percent=None if rate_percent is None else number_text(rate_percent),
        reason=form_of(posting.reason),
        exact_minor=None if exact is None else exact_text(exact),
        residual_minor=None if exact is None else residual_text(exact, posting.posted_minor),
    )
