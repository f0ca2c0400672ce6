"""Payouts of a locked run: everybody is paid what was locked, once, by somebody who is not paid by it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from salesapi.domain.pay.records import payout_runs as runs
from salesapi.domain.pay.records import payouts
from salesapi.domain.pay.records.payout_run_states import PayoutRun
from salesapi.domain.shared.duties import OwnBenefit
from salesapi.domain.shared.kernel import Refused, ThingUnknown
from tests.domain.pay.commission_stories import ANN, BOB, PLAN
from tests.spec import ACTOR, SUBJECT, Case, folded, given, uid
from tests.values_by_type import built

CAT, DAN, STRANGER, APPROVER = uid(0xC), uid(0xD), uid(0xEE), uid(0xAD)
TOTALS = ((ANN, 50_000), (BOB, 120_050), (CAT, -30_000), (DAN, 0))
DUE, PAID_ON = date(2026, 4, 15), date(2026, 4, 16)


def issued(member_id: UUID, total_minor: int, part: int = 1) -> runs.PayoutRunStatementIssued:
    return built(
        runs.PayoutRunStatementIssued,
        member_id=member_id,
        part=part,
        lines=(),
        total_minor=total_minor,
        digest=f"digest of {member_id}",
    )


CALCULATED = built(runs.PayoutRunCalculated, participant_count=len(TOTALS), currency="CNY")
ISSUED = (runs.PayoutRunOpened(plan_id=PLAN, period="2026-03"), CALCULATED, *(issued(*each) for each in TOTALS))
SUBMITTED, APPROVED = runs.PayoutRunSubmitted(submitted_by=uid(1)), runs.PayoutRunApproved(approved_by=APPROVER)
LOCKED = (
    *ISSUED,
    SUBMITTED,
    APPROVED,
    runs.PayoutRunLocked(statements_digest="00", position=9, tree_root="ab" * 32, tree_size=9),
)
ANNS, BOBS = (
    payouts.PayoutAmount(member_id=ANN, amount_minor=50_000),
    payouts.PayoutAmount(member_id=BOB, amount_minor=120_050),
)
CATS = payouts.PayoutOmission(member_id=CAT, total_minor=-30_000, reason="negative")
DANS = payouts.PayoutOmission(member_id=DAN, total_minor=0, reason="zero")
INSTRUCTED = payouts.PayoutRunPayoutInstructed(
    batch="A", payout_on=DUE, takes_all=True, amounts=(ANNS, BOBS), parts=(), omissions=(CATS, DANS), currency="CNY"
)
PAID = payouts.PayoutRunPayoutPaid(
    batch="A", external_reference="bank 7", paid_on=PAID_ON, amounts=(ANNS, BOBS), currency="CNY"
)
ANN_PAID = replace(PAID, amounts=(ANNS,))
ANN_FAILED = payouts.PayoutRunPayoutFailed(
    batch="A", member_id=ANN, amount_minor=50_000, currency="CNY", was_paid=False, reason="account closed"
)


def instruct(batch: str = "A", *members: UUID, on: date = DUE) -> payouts.InstructPayout:
    return payouts.InstructPayout(payout_run_id=SUBJECT, batch=batch, payout_on=on, member_ids=members or None)


def confirm(
    batch: str = "A", *members: UUID, reference: str = "bank 7", on: date = PAID_ON
) -> payouts.ConfirmPayoutPaid:
    return payouts.ConfirmPayoutPaid(
        payout_run_id=SUBJECT, batch=batch, external_reference=reference, paid_on=on, member_ids=members or None
    )


def failed(batch: str = "A", member: UUID = ANN) -> payouts.ReportPayoutFailed:
    return payouts.ReportPayoutFailed(payout_run_id=SUBJECT, batch=batch, member_id=member, reason="account closed")


def locked(*events: object) -> Case:
    return given(*LOCKED, *events)


def test_a_locked_run_is_instructed_whole_and_what_is_not_above_zero_is_left_out_with_its_reason() -> None:
    locked().when(instruct()).then(INSTRUCTED)


def test_what_is_instructed_is_what_was_locked_to_the_minor_unit() -> None:
    (event,) = locked().when(instruct()).decide()
    assert isinstance(event, payouts.PayoutRunPayoutInstructed)
    above = {member: total for member, total in TOTALS if total > 0}
    assert {each.member_id: each.amount_minor for each in event.amounts} == above


def test_only_named_members_are_instructed_each_once_and_the_rest_by_another_batch() -> None:
    one = replace(INSTRUCTED, takes_all=False, amounts=(ANNS,), omissions=(CATS,))
    locked().when(instruct("A", CAT, ANN, ANN)).then(one)
    rest = replace(INSTRUCTED, batch="B", amounts=(BOBS,))
    locked(one).when(instruct("B")).then(rest)


@pytest.mark.parametrize("command", [instruct(), confirm(), failed()])
def test_only_a_locked_run_is_paid_out(command: object) -> None:
    for events in (LOCKED[:1], ISSUED, (*ISSUED, SUBMITTED), (*ISSUED, SUBMITTED, APPROVED)):
        given(*events).when(command).refused(runs.PayoutRunStatusWrong)


@pytest.mark.parametrize(
    ("before", "command"),
    [((), instruct()), ((INSTRUCTED,), confirm()), ((INSTRUCTED,), failed("A", BOB))],
)
def test_nobody_who_is_paid_by_the_run_pays_it_out(before: tuple[object, ...], command: object) -> None:
    locked(*before).by(ACTOR, ANN).when(command).refused(OwnBenefit)


def test_who_approved_the_run_may_pay_it_out() -> None:
    locked().by(APPROVER, STRANGER).when(instruct()).then(INSTRUCTED)


def test_a_run_stays_locked_when_it_is_paid_out() -> None:
    for command in (
        runs.ReturnPayoutRun(payout_run_id=SUBJECT, reason="again"),
        runs.ApprovePayoutRun(payout_run_id=SUBJECT),
        runs.LockPayoutRun(payout_run_id=SUBJECT),
    ):
        locked(INSTRUCTED, PAID).when(command).refused(runs.PayoutRunIsLocked)


def test_the_same_instruction_again_changes_nothing() -> None:
    locked(INSTRUCTED).when(instruct()).then()
    locked(INSTRUCTED, PAID).when(instruct()).then()
    locked(INSTRUCTED, ANN_FAILED).when(instruct()).then()
    named = replace(INSTRUCTED, takes_all=False, amounts=(ANNS,), omissions=(CATS,))
    locked(named).when(instruct("A", CAT, ANN)).then()


@pytest.mark.parametrize("command", [instruct("A", ANN, BOB), instruct("A", ANN), instruct("A", on=date(2026, 4, 30))])
def test_a_batch_is_not_instructed_again_otherwise(command: payouts.InstructPayout) -> None:
    locked(INSTRUCTED).when(command).refused(payouts.PayoutBatchExists, pointer="/batch")


def test_nobody_is_instructed_twice() -> None:
    refused = (
        locked(INSTRUCTED).when(instruct("B", CAT, ANN)).refused(payouts.PayoutInstructed, pointer="/member_ids/1")
    )
    assert (refused.parameters["batch"], refused.parameters["status"]) == ("A", "instructed")
    refused = locked(INSTRUCTED, PAID).when(instruct("B", ANN)).refused(payouts.PayoutInstructed)
    assert refused.parameters["status"] == "paid"
    locked(INSTRUCTED).when(instruct("B")).refused(payouts.PayoutNothingOpen)


def test_a_batch_pays_somebody() -> None:
    locked().when(instruct("A", CAT, DAN)).refused(payouts.PayoutNothingOpen)


def test_a_member_without_a_statement_is_not_instructed() -> None:
    locked().when(instruct("A", ANN, STRANGER)).refused(ThingUnknown, pointer="/member_ids/1")


def test_a_batch_is_confirmed_whole_or_member_by_member() -> None:
    locked(INSTRUCTED).when(confirm()).then(PAID)
    locked(INSTRUCTED).when(confirm("A", ANN)).then(ANN_PAID)
    rest = replace(PAID, external_reference="bank 8", amounts=(BOBS,))
    locked(INSTRUCTED, ANN_PAID).when(confirm(reference="bank 8")).then(rest)


def test_the_same_confirmation_again_changes_nothing() -> None:
    locked(INSTRUCTED, PAID).when(confirm()).then()
    locked(INSTRUCTED, PAID).when(confirm("A", BOB)).then()


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (confirm("A", ANN, reference="bank 8"), payouts.PayoutPaid),
        (confirm("A", ANN, on=date(2026, 4, 17)), payouts.PayoutPaid),
        (confirm(reference="bank 8"), payouts.PayoutNothingOpen),
        (confirm("B"), payouts.PayoutBatchUnknown),
        (confirm("A", CAT), payouts.PayoutNotInBatch),
        (confirm("A", STRANGER), payouts.PayoutNotInBatch),
        (failed("B"), payouts.PayoutBatchUnknown),
        (failed("A", CAT), payouts.PayoutNotInBatch),
    ],
)
def test_what_was_not_sent_or_is_paid_otherwise_is_neither_confirmed_nor_failed(
    command: object, refusal: type[Refused]
) -> None:
    locked(INSTRUCTED, PAID).when(command).refused(refusal)


def test_a_failed_payment_is_instructed_again_only_in_another_batch() -> None:
    locked(INSTRUCTED).when(failed()).then(ANN_FAILED)
    locked(INSTRUCTED, ANN_FAILED).when(failed()).then()
    again = replace(INSTRUCTED, batch="B", amounts=(ANNS,))
    locked(INSTRUCTED, ANN_FAILED).when(instruct("B")).then(again)
    locked(INSTRUCTED, ANN_FAILED, again).when(confirm("B")).then(replace(PAID, batch="B", amounts=(ANNS,)))
    locked(INSTRUCTED, ANN_FAILED, again).when(instruct("C", ANN)).refused(payouts.PayoutInstructed)


def test_what_failed_is_not_confirmed_with_its_batch() -> None:
    locked(INSTRUCTED, ANN_FAILED).when(confirm()).then(replace(PAID, amounts=(BOBS,)))
    locked(INSTRUCTED, ANN_FAILED).when(confirm("A", ANN)).refused(payouts.PayoutFailed)
    bob_failed = replace(ANN_FAILED, member_id=BOB, amount_minor=120_050)
    locked(INSTRUCTED, ANN_FAILED, bob_failed).when(confirm()).refused(payouts.PayoutNothingOpen)


def test_a_payment_that_came_back_fails_and_is_owed_again() -> None:
    locked(INSTRUCTED, PAID).when(failed()).then(replace(ANN_FAILED, was_paid=True))
    again = replace(INSTRUCTED, batch="B", amounts=(ANNS,))
    locked(INSTRUCTED, PAID, replace(ANN_FAILED, was_paid=True)).when(instruct("B")).then(again)


def test_the_batches_of_a_run_are_bounded() -> None:
    story = [
        event
        for number in range(payouts.BATCHES_MAX)
        for event in (replace(INSTRUCTED, batch=str(number), amounts=(ANNS,)), replace(ANN_FAILED, batch=str(number)))
    ]
    locked(*story).when(instruct("one more")).refused(payouts.PayoutBatchesTooMany)


def test_a_large_batch_is_several_events_of_bounded_size_and_still_one_batch() -> None:
    members = [uid(0x1000 + number) for number in range(2 * payouts.MEMBERS_MAX + 1)]
    run = given(*LOCKED[:2], *(issued(member, 100) for member in members), *LOCKED[-3:])
    decided = run.when(instruct()).decide()
    sizes = [len(event.amounts) for event in decided if isinstance(event, payouts.PayoutRunPayoutInstructed)]
    assert sizes == [payouts.MEMBERS_MAX, payouts.MEMBERS_MAX, 1]
    after = given(*run.events, *decided)
    after.when(instruct()).then()
    paid = after.when(confirm()).decide()
    assert sum(len(event.amounts) for event in paid if isinstance(event, payouts.PayoutRunPayoutPaid)) == len(members)


def test_a_statement_issued_anew_is_paid_as_it_was_locked() -> None:
    anew = (CALCULATED, issued(ANN, 70_000), *LOCKED[-3:])
    (event,) = given(*ISSUED, *anew).when(instruct()).decide()
    assert isinstance(event, payouts.PayoutRunPayoutInstructed)
    assert (event.amounts, event.omissions) == ((payouts.PayoutAmount(member_id=ANN, amount_minor=70_000),), ())


def test_whatever_follows_nobody_is_owed_more_than_was_locked() -> None:
    """Every order of instructions, confirmations and failures of two members, five commands deep."""
    commands = (instruct("A"), instruct("B"), instruct("C", ANN), confirm("A"), confirm("B"), failed("A"), failed("B"))
    reached: list[tuple[object, ...]] = [LOCKED]
    for _ in range(5):
        reached += [longer for events in reached for command in commands if (longer := after(events, command))]
        reached = list(dict.fromkeys(reached))
        for events in reached:
            assert all(paid <= max(total, 0) for paid, total in paid_and_locked(events))
    assert len(reached) > 50


def after(events: tuple[object, ...], command: object) -> tuple[object, ...] | None:
    try:
        decided = given(*events).when(command).decide()
    except Refused:
        return None
    return (*events, *decided) if decided else None


def paid_and_locked(events: tuple[object, ...]) -> list[tuple[int, int]]:
    """For each member what is instructed and did not fail, counted from the events alone, and its total."""
    owed = dict.fromkeys((member for member, _ in TOTALS), 0)
    for event in events:
        if isinstance(event, payouts.PayoutRunPayoutInstructed):
            for each in event.amounts:
                owed[each.member_id] += each.amount_minor
        elif isinstance(event, payouts.PayoutRunPayoutFailed):
            owed[event.member_id] -= event.amount_minor
    return [(owed[member], total) for member, total in TOTALS]


def test_the_fold_of_a_run_names_its_batches_in_their_order() -> None:
    again = replace(INSTRUCTED, batch="B", amounts=(ANNS,))
    state = folded(PayoutRun, "payout_run", *LOCKED, INSTRUCTED, ANN_FAILED, again, replace(PAID, amounts=(BOBS,)))
    assert [batch.batch for batch in state.payouts.batches] == ["A", "B"]
    assert [each.status for each in state.payouts.batches[0].payments.values()] == ["failed", "paid"]


def test_a_part_of_a_batch_for_somebody_without_an_amount_there_pays_nobody() -> None:
    stray = replace(INSTRUCTED, parts=(payouts.PayoutPart(member_id=STRANGER, without_lines=(), lines=(1,)),))
    state = folded(PayoutRun, "payout_run", *LOCKED, stray)
    batch = state.payouts.batch("A")
    assert batch is not None
    assert batch.payments.keys() == {ANN, BOB}
