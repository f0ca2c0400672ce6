"""What may happen to agreements, in sentences."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salesapi.domain.cash import agreements
from salesapi.domain.cash.agreement_lines import AgreementLine, AgreementLineChange, Instalment
from salesapi.domain.cash.agreements import Agreement, FulfilmentStep
from salesapi.domain.shared.kernel import (
    AMOUNT_MINOR_MAX,
    ExternalId,
    Ref,
    Refused,
    StreamRef,
    ThingExists,
    ThingUnknown,
)
from salesapi.domain.shared.money import CurrencyUnknown
from salesapi.domain.shared.states import made_from
from tests.spec import SUBJECT, folded, given, uid
from tests.values_by_type import bare

CUSTOMER, DEAL, PRODUCT, NEXT, FOREIGN, HIDDEN, UNKNOWN = uid(1), uid(2), uid(3), uid(4), uid(5), uid(7), uid(99)
KNOWN: dict[Ref, object] = {
    StreamRef("customer", CUSTOMER): object(),
    StreamRef("deal", DEAL): object(),
    StreamRef("product", PRODUCT): object(),
    StreamRef("agreement", NEXT): Agreement(customer_id=CUSTOMER, currency="CNY"),
    StreamRef("agreement", FOREIGN): Agreement(customer_id=uid(6), currency="CNY"),
    StreamRef("agreement", HIDDEN): Agreement(customer_id=uid(8), currency="CNY"),
    StreamRef("customer", uid(6)): object(),
    StreamRef("agreement", SUBJECT): Agreement(customer_id=CUSTOMER, currency="CNY"),
}
REFERENCE = ExternalId(system="erp", id="C-2026-17")
DRAFTED = agreements.AgreementDrafted(
    title="Rollout north", customer_id=CUSTOMER, deal_id=DEAL, currency="CNY", legal_entity=None, external_id=REFERENCE
)
DRAFT = made_from(agreements.DraftAgreement, DRAFTED)
LICENCE = AgreementLine(key="licence", product_id=PRODUCT, quantity=Decimal(10), amount_minor=10_000, tax_minor=600)
SETUP = AgreementLine(key="setup", description="Set-up on site", amount_minor=2_000, cost_minor=900)
PLAN = (
    Instalment(key="first", due_on=date(2026, 4, 1), amount_minor=6_600),
    Instalment(key="second", due_on=date(2026, 7, 1), amount_minor=6_000),
)
SUPPORT = AgreementLineChange(key="support", amount_minor=2_000, quantity=Decimal(1), recurring=True)
START, END = date(2026, 4, 1), date(2027, 3, 31)
SIGN = agreements.SignAgreement(
    agreement_id=SUBJECT, lines=(LICENCE, SETUP), instalments=PLAN, starts_on=START, ends_on=END
)
SIGNED = agreements.AgreementSigned(lines=(LICENCE, SETUP), instalments=PLAN, starts_on=START, ends_on=END)
CANCELLED = bare(agreements.AgreementCancelled, status_from="signed", fee_kept_minor=0, reason="moved away")
MORE = AgreementLineChange(key="licence", quantity=Decimal(2), amount_minor=2_000, tax_minor=120)
LATER = Instalment(key="third", due_on=date(2026, 10, 1), amount_minor=2_120)
AMEND = agreements.AmendAgreement(
    agreement_id=SUBJECT, lines=(MORE,), instalments=(LATER,), effective_on=START, reason="more seats"
)
AMENDED = agreements.AgreementAmended(lines=(MORE,), instalments=(LATER,), effective_on=START, reason="more seats")


def report(
    quantity: int, step: FulfilmentStep = "delivered", line: str = "licence"
) -> agreements.ReportAgreementFulfilment:
    return agreements.ReportAgreementFulfilment(
        agreement_id=SUBJECT, line_key=line, step=step, quantity=Decimal(quantity)
    )


def reported(quantity: int, step: FulfilmentStep = "delivered") -> agreements.AgreementFulfilmentReported:
    return agreements.AgreementFulfilmentReported(line_key="licence", step=step, quantity=Decimal(quantity))


def restate(cost_minor: int | None, line: str = "setup") -> agreements.RestateAgreementCost:
    return agreements.RestateAgreementCost(
        agreement_id=SUBJECT, line_key=line, cost_minor=cost_minor, reason="supplier's bill"
    )


def cancel(fee_kept_minor: int = 0) -> agreements.CancelAgreement:
    return agreements.CancelAgreement(agreement_id=SUBJECT, reason="moved away", fee_kept_minor=fee_kept_minor)


def renew(by: int = 4) -> agreements.RenewAgreement:
    return agreements.RenewAgreement(agreement_id=SUBJECT, renewed_by=uid(by))


def test_an_agreement_is_drafted_from_a_deal() -> None:
    given().facts(KNOWN).when(DRAFT).then(DRAFTED)


def test_an_agreement_is_drafted_once_for_each_external_id() -> None:
    given(DRAFTED).facts(KNOWN).when(DRAFT).refused(ThingExists, pointer="/external_id")


def test_an_agreement_is_signed_with_lines_and_a_plan_that_sums_to_their_total() -> None:
    given(DRAFTED).facts(KNOWN).when(SIGN).then(SIGNED)
    agreement = folded(Agreement, "agreement", DRAFTED, SIGNED)
    assert agreement.total_minor == 12_600


def test_an_agreement_needs_no_payment_plan() -> None:
    given(DRAFTED).facts(KNOWN).when(replace(SIGN, instalments=())).then(replace(SIGNED, instalments=()))


def test_a_plan_that_does_not_sum_to_the_total_is_refused() -> None:
    refused = (
        given(DRAFTED).facts(KNOWN).when(replace(SIGN, instalments=PLAN[:1])).refused(agreements.PaymentPlanUneven)
    )
    assert refused.parameters == {"plan_minor": 6_600, "total_minor": 12_600, "currency": "CNY"}


def test_an_amendment_adds_to_lines_and_never_rewrites_them() -> None:
    given(DRAFTED, SIGNED).facts(KNOWN).when(AMEND).then(AMENDED)
    agreement = folded(Agreement, "agreement", DRAFTED, SIGNED, AMENDED)
    line = agreement.line("licence")
    assert line is not None
    assert line.quantity == Decimal(12)
    assert (line.amount_minor, line.tax_minor, line.cost_minor) == (12_000, 720, None)
    assert agreement.total_minor == sum(instalment.amount_minor for instalment in agreement.instalments) == 14_720


def test_an_amendment_may_add_a_line_and_lower_another() -> None:
    lines = (AgreementLineChange(key="setup", quantity=Decimal(-1), amount_minor=-2_000, cost_minor=-900), SUPPORT)
    given(DRAFTED, SIGNED).facts(KNOWN).when(replace(AMEND, lines=lines, instalments=())).then(
        replace(AMENDED, lines=lines, instalments=())
    )


def test_a_line_is_charged_again_as_it_was_first_agreed_whatever_an_amendment_says() -> None:
    seats = replace(LICENCE, recurring=True)
    signed = replace(SIGNED, lines=(seats, SETUP))
    given(DRAFTED).facts(KNOWN).when(replace(SIGN, lines=(seats, SETUP))).then(signed)
    setup = AgreementLineChange(key="setup", amount_minor=0, recurring=True)
    amended = replace(AMENDED, lines=(MORE, setup, SUPPORT))
    agreement = folded(Agreement, "agreement", DRAFTED, signed, amended)
    assert [(line.key, line.recurring) for line in agreement.lines] == [
        ("licence", True),
        ("setup", False),
        ("support", True),
    ]


def test_an_agreement_may_state_how_many_days_the_customer_has_to_pay() -> None:
    sign = replace(SIGN, payment_days=30)
    given(DRAFTED).facts(KNOWN).when(sign).then(replace(SIGNED, payment_days=30))


@pytest.mark.parametrize("step", ["delivered", "accepted", "live"])
def test_what_was_fulfilled_is_not_amended_away(step: FulfilmentStep) -> None:
    fewer = replace(AMEND, lines=(AgreementLineChange(key="licence", quantity=Decimal(-7), amount_minor=0),))
    case = given(DRAFTED, SIGNED, reported(4, step)).facts(KNOWN)
    refused = case.when(replace(fewer, instalments=())).refused(agreements.QuantityBelowFulfilled)
    assert refused.parameters == {"line": "licence", "quantity": "3", "done": "4"}


@pytest.mark.parametrize("step", ["delivered", "accepted", "live"])
def test_each_step_of_fulfilment_is_reported_in_parts_up_to_what_was_agreed(step: FulfilmentStep) -> None:
    case = given(DRAFTED, SIGNED, reported(4, step)).facts(KNOWN)
    case.when(report(6, step)).then(reported(6, step))
    refused = case.when(report(7, step)).refused(agreements.FulfilmentTooLarge)
    assert (refused.parameters["done"], refused.parameters["step"]) == ("4", step)


def test_each_step_of_fulfilment_counts_for_itself() -> None:
    case = given(DRAFTED, SIGNED, reported(4)).facts(KNOWN)
    case.when(report(10, "accepted")).then(reported(10, "accepted"))
    case.when(report(10, "live")).then(reported(10, "live"))


def test_a_late_report_about_a_cancelled_agreement_is_taken() -> None:
    given(DRAFTED, SIGNED, CANCELLED).facts(KNOWN).when(report(1)).then(reported(1))


def test_a_cost_is_restated_with_what_it_was_before() -> None:
    restated = agreements.AgreementCostRestated(
        line_key="setup", cost_from=900, cost_to=1_100, reason="supplier's bill"
    )
    given(DRAFTED, SIGNED).when(restate(1_100)).then(restated)
    given(DRAFTED, SIGNED, restated).when(restate(1_100)).then()


def test_an_agreement_is_renewed_by_another_one_of_the_same_customer() -> None:
    renewed = agreements.AgreementRenewed(renewed_by=NEXT)
    given(DRAFTED, SIGNED).facts(KNOWN).when(renew()).then(renewed)
    given(DRAFTED, SIGNED, renewed).facts(KNOWN).when(renew()).then()
    given(DRAFTED, SIGNED, renewed).facts(KNOWN).when(renew(5)).refused(agreements.AgreementIsRenewed)


def test_an_agreement_does_not_renew_itself() -> None:
    itself = agreements.RenewAgreement(agreement_id=SUBJECT, renewed_by=SUBJECT)
    given(DRAFTED, SIGNED).facts(KNOWN).when(itself).refused(agreements.RenewalForeign)


def test_a_cancelled_agreement_may_keep_a_fee_up_to_its_total() -> None:
    case = given(DRAFTED, SIGNED).facts(KNOWN)
    case.when(cancel(12_600)).then(replace(CANCELLED, fee_kept_minor=12_600))
    case.when(cancel(12_601)).refused(agreements.FeeTooLarge)


def test_a_draft_may_be_dropped_without_a_fee() -> None:
    given(DRAFTED).facts(KNOWN).when(cancel()).then(replace(CANCELLED, status_from="draft"))
    given(DRAFTED).facts(KNOWN).when(cancel(1)).refused(agreements.FeeTooLarge)


@pytest.mark.parametrize("command", [SIGN, AMEND, report(1), renew(), cancel()])
def test_who_does_not_see_the_customer_does_not_see_its_agreements(command: object) -> None:
    hidden = {ref: state for ref, state in KNOWN.items() if ref != StreamRef("customer", CUSTOMER)}
    given(DRAFTED, SIGNED).facts(hidden).when(command).refused(ThingUnknown)


def test_an_amendment_stays_within_the_bound_of_instalments() -> None:
    plan = tuple(
        Instalment(key=str(number), due_on=END, amount_minor=0) for number in range(agreements.INSTALMENTS_MAX)
    )
    free = bare(agreements.AgreementSigned, lines=(replace(SETUP, amount_minor=0),), instalments=plan)
    given(DRAFTED, free).facts(KNOWN).when(AMEND).refused(agreements.AgreementLinesFull)


TWICE = replace(SIGN, lines=(LICENCE, LICENCE))
BEYOND = AgreementLine(key="all", amount_minor=AMOUNT_MINOR_MAX, tax_minor=1)


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        ((), replace(DRAFT, currency="XXX", customer_id=UNKNOWN), CurrencyUnknown),
        ((), replace(DRAFT, customer_id=UNKNOWN, deal_id=UNKNOWN), ThingUnknown),
        ((), replace(DRAFT, deal_id=UNKNOWN), ThingUnknown),
        ((DRAFTED, SIGNED), replace(SIGN, ends_on=date(2026, 1, 1)), agreements.AgreementNotDraft),
        ((DRAFTED,), replace(TWICE, ends_on=date(2026, 1, 1)), agreements.AgreementTermEmpty),
        ((DRAFTED,), replace(TWICE, instalments=PLAN[:1]), agreements.AgreementKeyRepeated),
        ((DRAFTED,), replace(SIGN, instalments=(PLAN[0], PLAN[0])), agreements.AgreementKeyRepeated),
        ((DRAFTED,), replace(SIGN, lines=(replace(LICENCE, product_id=UNKNOWN),)), ThingUnknown),
        ((DRAFTED,), replace(SIGN, lines=(replace(SETUP, amount_minor=-1),)), agreements.AgreementTotalInvalid),
        ((DRAFTED,), replace(SIGN, lines=(BEYOND,)), agreements.AgreementTotalInvalid),
        ((DRAFTED,), replace(AMEND, lines=(), instalments=()), agreements.AgreementNotSigned),
        ((DRAFTED, SIGNED, CANCELLED), AMEND, agreements.AgreementNotSigned),
        ((DRAFTED, SIGNED), replace(AMEND, lines=(), instalments=()), agreements.AgreementEmpty),
        ((DRAFTED, SIGNED), replace(AMEND, lines=(MORE, MORE)), agreements.AgreementKeyRepeated),
        ((DRAFTED, SIGNED), replace(AMEND, instalments=PLAN), agreements.AgreementKeyRepeated),
        ((DRAFTED, SIGNED), replace(AMEND, lines=(replace(MORE, product_id=UNKNOWN),)), ThingUnknown),
        ((DRAFTED, SIGNED), replace(AMEND, instalments=()), agreements.PaymentPlanUneven),
        ((DRAFTED,), report(99, line="other"), agreements.AgreementNotSigned),
        ((DRAFTED, SIGNED), report(99, line="other"), agreements.AgreementLineUnknown),
        ((DRAFTED, SIGNED), restate(1, line="other"), agreements.AgreementLineUnknown),
        ((DRAFTED,), renew(99), agreements.AgreementNotSigned),
        ((DRAFTED, SIGNED), renew(99), ThingUnknown),
        ((DRAFTED, SIGNED), renew(7), ThingUnknown),
        ((DRAFTED, SIGNED), renew(5), agreements.RenewalForeign),
        ((DRAFTED, SIGNED, CANCELLED), cancel(99_999), agreements.AgreementIsCancelled),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(*events).facts(KNOWN).when(command).refused(refusal)
