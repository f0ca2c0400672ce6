"""The ledger of facts that pay is computed from, as deciders ask for it and read it."""

from typing import Final

from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.shared.kernel import Context, PayFactsRef, Ref

AT_HEAD: Final = PayFactsRef(None)
"""The ledger with everything that is known at this moment."""


def ledger_needed(*_: object) -> tuple[Ref, ...]:
    """The needs of a command that is decided by the ledger at the head."""
    return (AT_HEAD,)


def ledger_of(context: Context, ref: PayFactsRef = AT_HEAD) -> PayFacts:
    """The ledger that the command's needs named."""
    ledger = context.facts.state(ref)
    assert isinstance(ledger, PayFacts), "the ledger was not given"
    return ledger
