"""The ledger of facts that pay is computed from, as deciders ask for it and read it."""

from typing import Final

from salesapi.domain.pay.ledger.pay_facts import Ledger
from salesapi.domain.shared.kernel import Context, LedgerRef, Ref

AT_HEAD: Final = LedgerRef(None)
"""The ledger with everything that is known at this moment."""


def ledger_needed(*_: object) -> tuple[Ref, ...]:
    """The needs of a command that is decided by the ledger at the head."""
    return (AT_HEAD,)


def ledger_of(context: Context, ref: LedgerRef = AT_HEAD) -> Ledger:
    """The ledger that the command's needs named."""
    ledger = context.facts.state(ref)
    assert isinstance(ledger, Ledger), "the ledger was not given"
    return ledger
