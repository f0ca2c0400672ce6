"""What takes back a part of what a sale earned, and the claims that payments make by themselves when their money goes back.

Amounts are minor units of what the customer owes; parts lie between 0 and 1; days are business dates. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from salesapi.domain.pay.ledger.trade_facts import CashFact
from salesapi.domain.shared.kernel import record


@record
class Claim:
    """The part of what a sale earned that is taken back on a day, by these events."""

    on: date
    part: Fraction
    positions: tuple[int, ...]


@record
class PaidLot:
    """A payment and what of it counts: no more than was owed. `claims` are what went back of it, as parts of it."""

    cash: CashFact
    amount_minor: int
    claims: tuple[Claim, ...]


@dataclass(slots=True)
class _Lot:
    cash: CashFact
    amount_minor: int
    left_minor: int
    claims: list[Claim] = field(default_factory=list)


def paid_lots(cash: Sequence[CashFact], due_minor: int) -> tuple[PaidLot, ...]:
    """R22: the payments of a deal in their order; what counts of them never adds up to more than is due.

    Money that goes back is taken off its own receipt first, then off the last ones: so all of them together lose as much as was
    paid back of what was due, at the rates at which they were paid.
    """
    lots: list[_Lot] = []
    paid_minor = 0
    for each in cash:
        before, paid_minor = paid_minor, paid_minor + each.amount_minor
        counted_minor = _within(paid_minor, due_minor) - _within(before, due_minor)
        if counted_minor > 0:
            lots.append(_Lot(each, counted_minor, counted_minor))
        elif counted_minor < 0:
            _take_back(lots, each, -counted_minor)
    return tuple(PaidLot(cash=lot.cash, amount_minor=lot.amount_minor, claims=tuple(lot.claims)) for lot in lots)


def _take_back(lots: list[_Lot], back: CashFact, amount_minor: int) -> None:
    own = [lot for lot in lots if lot.cash.receipt_id == back.receipt_id]
    others = [lot for lot in lots if lot.cash.receipt_id != back.receipt_id]
    for lot in (*reversed(own), *reversed(others)):
        taken_minor = min(amount_minor, lot.left_minor)
        if taken_minor:
            part = Fraction(taken_minor, lot.amount_minor)
            lot.claims.append(Claim(on=back.on, part=part, positions=(back.position,)))
            lot.left_minor -= taken_minor
            amount_minor -= taken_minor


def _within(paid_minor: int, due_minor: int) -> int:
    """Cash that counts: not less than nothing, not more than what is due."""
    return max(0, min(paid_minor, due_minor))
