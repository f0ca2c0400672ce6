"""Decisions about agreements, and the declaration of the stream `agreement`. Facts and requests are in `agreements.py`.

An agreement is seen, and changed, by who sees its customer.
"""

from collections.abc import Iterable
from typing import Final

from salesapi.domain.cash import agreements
from salesapi.domain.cash.agreement_lines import AgreedLine, Instalment, agreed, amended
from salesapi.domain.cash.agreements import Agreement, AgreementEvent, evolve
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    AMOUNT_MINOR_MAX,
    CASHIERS,
    Context,
    Facts,
    StreamRef,
    ThingUnknown,
    external_identity,
    refuse_existing,
    roles,
)
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.references import reference_at, referred, refuse_unknown
from salesapi.domain.shared.states import made_from


def draft(
    state: Agreement | None, command: agreements.DraftAgreement, context: Context
) -> tuple[agreements.AgreementDrafted, ...]:
    """Decides `DraftAgreement`."""
    refuse_existing(state, context, "agreement")
    exponent(command.currency, pointer="/currency")
    refuse_unknown(command, context.facts)
    return (made_from(agreements.AgreementDrafted, command),)


def sign(
    state: Agreement, command: agreements.SignAgreement, context: Context
) -> tuple[agreements.AgreementSigned, ...]:
    """Decides `SignAgreement`."""
    _refuse_foreign(state, context)
    if state.status != "draft":
        raise agreements.AgreementNotDraft(status=state.status)
    if command.starts_on is not None and command.ends_on is not None and command.ends_on < command.starts_on:
        raise agreements.AgreementTermEmpty(ends_on=str(command.ends_on), pointer="/ends_on")
    _refuse_repeated((line.key for line in command.lines), "/lines")
    _refuse_repeated((each.key for each in command.instalments), "/instalments")
    refuse_unknown(command, context.facts)
    _refuse_unsound(state, tuple(agreed(line) for line in command.lines), command.instalments)
    return (made_from(agreements.AgreementSigned, command),)


def amend(
    state: Agreement, command: agreements.AmendAgreement, context: Context
) -> tuple[agreements.AgreementAmended, ...]:
    """Decides `AmendAgreement`."""
    _refuse_foreign(state, context)
    _refuse_unsigned(state)
    if not command.lines and not command.instalments:
        raise agreements.AgreementEmpty(pointer="/lines")
    _refuse_repeated((line.key for line in command.lines), "/lines")
    _refuse_repeated((each.key for each in (*state.instalments, *command.instalments)), "/instalments")
    refuse_unknown(command, context.facts)
    lines = amended(state.lines, command.lines)
    instalments = state.instalments + command.instalments
    if len(lines) > agreements.LINES_MAX or len(instalments) > agreements.INSTALMENTS_MAX:
        raise agreements.AgreementLinesFull(
            lines_most=agreements.LINES_MAX, instalments_most=agreements.INSTALMENTS_MAX
        )
    _refuse_taken_back(lines)
    _refuse_unsound(state, lines, instalments)
    return (made_from(agreements.AgreementAmended, command),)


def report_fulfilment(
    state: Agreement, command: agreements.ReportAgreementFulfilment, context: Context
) -> tuple[agreements.AgreementFulfilmentReported, ...]:
    """Decides `ReportAgreementFulfilment`. Also of a cancelled agreement: the report may come late."""
    _refuse_foreign(state, context)
    line = _line(state, command.line_key)
    done = {"delivered": line.delivered, "accepted": line.accepted, "live": line.live}[command.step]
    if done + command.quantity > line.quantity:
        raise agreements.FulfilmentTooLarge(
            line=line.key, quantity=str(line.quantity), done=str(done), step=command.step, pointer="/quantity"
        )
    return (agreements.AgreementFulfilmentReported(line_key=line.key, step=command.step, quantity=command.quantity),)


def restate_cost(
    state: Agreement, command: agreements.RestateAgreementCost, context: Context
) -> tuple[agreements.AgreementCostRestated, ...]:
    """Decides `RestateAgreementCost`. Also of a cancelled agreement: costs become known late."""
    line = _line(state, command.line_key)
    if line.cost_minor == command.cost_minor:
        return ()
    return (
        agreements.AgreementCostRestated(
            line_key=line.key, cost_from=line.cost_minor, cost_to=command.cost_minor, reason=command.reason
        ),
    )


def renew(
    state: Agreement, command: agreements.RenewAgreement, context: Context
) -> tuple[agreements.AgreementRenewed, ...]:
    """Decides `RenewAgreement`."""
    _refuse_foreign(state, context)
    _refuse_unsigned(state)
    if state.renewed_by == command.renewed_by:
        return ()
    if state.renewed_by is not None:
        raise agreements.AgreementIsRenewed(agreement=str(state.renewed_by))
    continued = referred(command, "renewed_by", Agreement, context.facts)
    if context.facts.state(_customer_of(continued)) is None:
        raise reference_at(command, "renewed_by").refusal()
    if command.renewed_by == command.agreement_id or continued.customer_id != state.customer_id:
        raise agreements.RenewalForeign(pointer="/renewed_by")
    return (agreements.AgreementRenewed(renewed_by=command.renewed_by),)


def cancel(
    state: Agreement, command: agreements.CancelAgreement, context: Context
) -> tuple[agreements.AgreementCancelled, ...]:
    """Decides `CancelAgreement`."""
    _refuse_foreign(state, context)
    if state.status == "cancelled":
        raise agreements.AgreementIsCancelled()
    if command.fee_kept_minor > state.total_minor:
        raise agreements.FeeTooLarge(total_minor=state.total_minor, currency=state.currency, pointer="/fee_kept_minor")
    return (made_from(agreements.AgreementCancelled, command, status_from=state.status),)


def _refuse_foreign(state: Agreement, context: Context) -> None:
    """Refuses an agreement whose customer the caller does not see, as if there were no such agreement."""
    if context.facts.state(_customer_of(state)) is None:
        raise ThingUnknown(thing="agreement", id=str(context.subject_id))


def _customer_of(agreement: Agreement) -> StreamRef:
    return StreamRef("customer", agreement.customer_id)


def _refuse_unsigned(state: Agreement) -> None:
    if state.status != "signed":
        raise agreements.AgreementNotSigned(status=state.status)


def _refuse_repeated(keys: Iterable[str], pointer: str) -> None:
    known: set[str] = set()
    for key in keys:
        if key in known:
            raise agreements.AgreementKeyRepeated(key=key, pointer=pointer)
        known.add(key)


def _refuse_taken_back(lines: tuple[AgreedLine, ...]) -> None:
    for line in lines:
        done = max(line.delivered, line.accepted, line.live)
        if line.quantity < done or line.quantity < 0:
            raise agreements.QuantityBelowFulfilled(
                line=line.key, quantity=str(line.quantity), done=str(done), pointer="/lines"
            )


def _refuse_unsound(state: Agreement, lines: tuple[AgreedLine, ...], instalments: tuple[Instalment, ...]) -> None:
    """Amounts within their bound, and a plan that sums to the total."""
    total_minor = sum(line.gross_minor for line in lines)
    amounts = (amount for line in lines for amount in (line.amount_minor, line.tax_minor, line.cost_minor) if amount)
    if not 0 <= total_minor <= AMOUNT_MINOR_MAX or any(abs(amount) > AMOUNT_MINOR_MAX for amount in amounts):
        raise agreements.AgreementTotalInvalid(
            total_minor=str(total_minor), currency=state.currency, most_minor=str(AMOUNT_MINOR_MAX), pointer="/lines"
        )
    plan_minor = sum(instalment.amount_minor for instalment in instalments)
    if instalments and plan_minor != total_minor:
        raise agreements.PaymentPlanUneven(
            plan_minor=plan_minor, total_minor=total_minor, currency=state.currency, pointer="/instalments"
        )


def _line(state: Agreement, key: str) -> AgreedLine:
    if state.status == "draft":
        raise agreements.AgreementNotSigned(status=state.status)
    line = state.line(key)
    if line is None:
        raise agreements.AgreementLineUnknown(line=key, lines=[line.key for line in state.lines], pointer="/line_key")
    return line


def _needs_customer(state: Agreement, command: object, facts: Facts) -> tuple[StreamRef, ...]:
    return (_customer_of(state),)


def _needs_customers(state: Agreement, command: agreements.RenewAgreement, facts: Facts) -> tuple[StreamRef, ...]:
    continued = facts.state(reference_at(command, "renewed_by").ref)
    return (_customer_of(state), *([_customer_of(continued)] if isinstance(continued, Agreement) else []))


_SELLERS: Final = roles("rep", "manager", "finance", "admin", "integration")
_LEADERS: Final = roles("manager", "finance", "admin", "integration")


STREAM: Final = Stream[Agreement, AgreementEvent](
    kind="agreement",
    plural="agreements",
    evolve=evolve,
    commands=(
        creates(agreements.DraftAgreement, decide=draft, roles=_SELLERS, identity=external_identity),
        changes(agreements.SignAgreement, decide=sign, roles=_SELLERS, target="agreement_id", needs=_needs_customer),
        changes(agreements.AmendAgreement, decide=amend, roles=_LEADERS, target="agreement_id", needs=_needs_customer),
        changes(
            agreements.ReportAgreementFulfilment,
            decide=report_fulfilment,
            roles=_SELLERS,
            target="agreement_id",
            needs=_needs_customer,
        ),
        changes(agreements.RestateAgreementCost, decide=restate_cost, roles=CASHIERS, target="agreement_id"),
        changes(agreements.RenewAgreement, decide=renew, roles=_SELLERS, target="agreement_id", needs=_needs_customers),
        changes(
            agreements.CancelAgreement, decide=cancel, roles=_LEADERS, target="agreement_id", needs=_needs_customer
        ),
    ),
)
