"""Postings: exact results with what they come from, rounded once. A statement's line is a posting put into words.

Amounts are minor units of the plan's currency. The words are made when a line is: who only needs sums does not pay for them.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.components import Said
from salesapi.domain.pay.records.payout_runs import LineKind, StatementLine
from salesapi.domain.pay.rules.wording import exact_text, residual_text
from salesapi.domain.shared.kernel import value

Says: TypeAlias = Callable[[], Said]


@value
class Origin:
    """The credit that a posting comes from."""

    deal_id: UUID
    source_member_id: UUID | None = None
    credit_rule: str | None = None
    won_on: date | None = None


@value
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
    said: Says
    positions: tuple[int, ...] = ()
    plan_version: int | None = None
    origin: Origin | None = None
    base_minor: int | None = None


def line_of(posting: Posting) -> StatementLine:
    """The posting as a line with its trace."""
    origin, exact = posting.origin, posting.exact_minor
    rate_percent, formula = posting.said()
    return StatementLine(
        kind=posting.kind,
        period=posting.period,
        component=posting.component,
        rule=posting.rule,
        credit_rule=origin.credit_rule if origin is not None else None,
        plan_version=posting.plan_version,
        deal_id=origin.deal_id if origin is not None else None,
        source_member_id=origin.source_member_id if origin is not None else None,
        won_on=origin.won_on if origin is not None else None,
        positions=posting.positions,
        base_minor=posting.base_minor,
        currency=posting.currency,
        rate_percent=rate_percent,
        formula=formula,
        exact_minor=None if exact is None else exact_text(exact),
        posted_minor=posting.posted_minor,
        residual_minor=None if exact is None else residual_text(exact, posting.posted_minor),
    )
