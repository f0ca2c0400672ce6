"""A line under an open objection is not paid, the rest of its statement is, and the line once the objection is closed (R63)."""

from dataclasses import replace
from uuid import UUID

import pytest

from salesapi.domain.consequences import Step
from salesapi.domain.pay.records import payouts
from salesapi.domain.pay.records.objections import (
    DecideObjection,
    Objection,
    ObjectionRaised,
    ObjectionStatus,
    ObjectionSubject,
    RaiseObjection,
    WithdrawObjection,
)
from salesapi.domain.pay.records.payout_holds import (
    HELD_LINES_MAX,
    PayoutHoldsTooMany,
    PayoutLineHeld,
    PayoutRunLineFreed,
    PayoutRunLineHeld,
    UpdatePayoutHold,
)
from salesapi.domain.pay.records.payout_run_states import PayoutRun
from salesapi.domain.pay.records.payout_runs import PayoutRunStatementIssued, StatementLine
from salesapi.domain.shared.kernel import Ref, Refused, StreamRef, ThingUnknown
from tests.domain.pay.commission_stories import ANN, BOB
from tests.domain.pay.records.test_payouts import ANN_FAILED, DUE, LOCKED, PAID, confirm, failed, instruct, issued
from tests.spec import DAY, SUBJECT, Case, folded, given, uid
from tests.values_by_type import built

EVE = uid(0xE)
LINES: dict[UUID, tuple[int, ...]] = {ANN: (30_000, 25_000, -5_000), BOB: (100_000, 20_050), EVE: (90_000, -20_000)}
"""What the lines of each statement post; Eve's first line is more than her total."""


def issued_with(member_id: UUID, amounts: tuple[int, ...], part: int = 1) -> PayoutRunStatementIssued:
    return replace(
        issued(member_id, sum(amounts), part), lines=tuple(built(StatementLine, posted_minor=each) for each in amounts)
    )


RUN = (*LOCKED[:2], *(issued_with(*each) for each in LINES.items()), *LOCKED[-3:])
"""A run that is locked with these statements."""
ANNS_FIRST, ANNS_SECOND, EVES, ANNS_LAST = uid(0x71), uid(0x72), uid(0x73), uid(0x74)
OBJECTIONS: dict[UUID, tuple[UUID, int]] = {
    ANNS_FIRST: (ANN, 1),
    ANNS_SECOND: (ANN, 2),
    EVES: (EVE, 1),
    ANNS_LAST: (ANN, 3),
}


def objection(member_id: UUID, number: int, *, run: UUID = SUBJECT, status: ObjectionStatus = "open") -> Objection:
    """An objection to a line of a run."""
    subject = ObjectionSubject(kind="statement_line", id=run, line=number)
    return Objection(answer_due_on=DAY, subject=subject, member_id=member_id, raised_by=uid(2), status=status)


def facts(status: ObjectionStatus) -> dict[Ref, object]:
    """All objections in this status."""
    return {StreamRef("objection", id): objection(*line, status=status) for id, line in OBJECTIONS.items()}


def update(objection_id: UUID) -> UpdatePayoutHold:
    return UpdatePayoutHold(payout_run_id=SUBJECT, objection_id=objection_id)


def held(objection_id: UUID) -> PayoutRunLineHeld:
    member_id, number = OBJECTIONS[objection_id]
    return PayoutRunLineHeld(
        member_id=member_id,
        line=number,
        amount_minor=LINES[member_id][number - 1],
        currency="CNY",
        objection_id=objection_id,
    )


def freed(objection_id: UUID) -> PayoutRunLineFreed:
    member_id, number = OBJECTIONS[objection_id]
    return PayoutRunLineFreed(member_id=member_id, line=number, objection_id=objection_id)


def batch(
    number: str, *paid: tuple[UUID, int], parts: tuple[payouts.PayoutPart, ...] = (), disputed: tuple[UUID, ...] = ()
) -> payouts.PayoutRunPayoutInstructed:
    """Makes the event that instructs so much for each member."""
    return payouts.PayoutRunPayoutInstructed(
        batch=number,
        payout_on=DUE,
        takes_all=True,
        amounts=tuple(payouts.PayoutAmount(member_id=member, amount_minor=amount) for member, amount in paid),
        parts=parts,
        omissions=tuple(
            payouts.PayoutOmission(member_id=member, total_minor=sum(LINES[member]), reason="disputed")
            for member in disputed
        ),
        currency="CNY",
    )


def without(member_id: UUID, *lines: int) -> payouts.PayoutPart:
    return payouts.PayoutPart(member_id=member_id, without_lines=lines, lines=())


def only(member_id: UUID, *lines: int) -> payouts.PayoutPart:
    return payouts.PayoutPart(member_id=member_id, without_lines=(), lines=lines)


def run(*events: object) -> Case:
    return given(*RUN, *events)


def came_back(number: str, member_id: UUID, amount_minor: int) -> payouts.PayoutRunPayoutFailed:
    return replace(ANN_FAILED, batch=number, member_id=member_id, amount_minor=amount_minor)


def test_a_line_is_held_while_its_objection_is_open_and_free_once_it_is_closed() -> None:
    run().facts(facts("open")).when(update(ANNS_FIRST)).then(held(ANNS_FIRST))
    run(held(ANNS_FIRST)).facts(facts("answered")).when(update(ANNS_FIRST)).then()
    for status in ("adjusted", "partly_adjusted", "explained", "rejected", "withdrawn"):
        run(held(ANNS_FIRST)).facts(facts(status)).when(update(ANNS_FIRST)).then(freed(ANNS_FIRST))
        run(held(ANNS_FIRST), freed(ANNS_FIRST)).facts(facts(status)).when(update(ANNS_FIRST)).then()


def test_a_line_that_takes_away_is_not_held_because_nobody_is_paid_more_than_was_locked() -> None:
    run().facts(facts("open")).when(update(ANNS_LAST)).then()


def test_one_objection_at_a_time_holds_a_line() -> None:
    other = replace(held(ANNS_FIRST), objection_id=uid(0x7F))
    refused = run(other).facts(facts("open")).when(update(ANNS_FIRST)).refused(PayoutLineHeld)
    assert refused.parameters == {"line": 1, "objection_id": str(uid(0x7F))}


@pytest.mark.parametrize("subject", [SUBJECT, uid(0x99)])
def test_only_an_objection_to_a_line_of_this_run_holds_one(subject: UUID) -> None:
    foreign = objection(ANN, 1, run=uid(0x98))
    known: dict[Ref, object] = {StreamRef("objection", ANNS_FIRST): foreign} if subject == SUBJECT else {}
    run().facts(known).when(update(ANNS_FIRST)).refused(ThingUnknown, pointer="/objection_id")


def test_the_held_lines_of_a_statement_are_bounded() -> None:
    amounts = (100,) * (HELD_LINES_MAX + 1)
    holds = [
        PayoutRunLineHeld(
            member_id=ANN, line=number, amount_minor=100, currency="CNY", objection_id=uid(0x900 + number)
        )
        for number in range(2, HELD_LINES_MAX + 2)
    ]
    full = given(*LOCKED[:2], issued_with(ANN, amounts), *LOCKED[-3:], *holds)
    full.facts(facts("open")).when(update(ANNS_FIRST)).refused(PayoutHoldsTooMany)


def test_a_batch_pays_all_but_what_is_held_and_a_later_one_what_is_free_then() -> None:
    # Ann: 50,000 less the held 30,000. Eve: 70,000 less the held 90,000 leaves nothing.
    first = batch("A", (ANN, 20_000), (BOB, 120_050), parts=(without(ANN, 1),), disputed=(EVE,))
    run(held(ANNS_FIRST), held(EVES)).when(instruct()).then(first)
    before = (held(ANNS_FIRST), held(EVES), first)
    run(*before).when(instruct("B")).refused(payouts.PayoutNothingOpen)
    then = batch("B", (ANN, 30_000), parts=(only(ANN, 1),), disputed=(EVE,))
    run(*before, freed(ANNS_FIRST)).when(instruct("B")).then(then)
    last = batch("C", (EVE, 70_000))
    run(*before, freed(ANNS_FIRST), then, freed(EVES)).when(instruct("C")).then(last)
    run(*before, freed(ANNS_FIRST), then, freed(EVES), last).when(instruct("D")).refused(payouts.PayoutNothingOpen)


def test_a_member_of_whom_all_that_is_free_is_instructed_is_not_instructed_again() -> None:
    first = batch("A", (ANN, 20_000), parts=(without(ANN, 1),))
    named = payouts.InstructPayout(payout_run_id=SUBJECT, batch="B", payout_on=DUE, member_ids=(ANN,))
    run(held(ANNS_FIRST), first).when(named).refused(payouts.PayoutInstructed, pointer="/member_ids/0")
    run(held(ANNS_FIRST), first, freed(ANNS_FIRST)).when(named).then(
        replace(batch("B", (ANN, 30_000), parts=(only(ANN, 1),)), takes_all=False)
    )


def test_an_objection_to_what_is_paid_holds_nothing_until_that_comes_back() -> None:
    paid = batch("A", (ANN, 50_000), (BOB, 120_050), (EVE, 70_000))
    run(paid, held(ANNS_SECOND)).when(instruct("B")).refused(payouts.PayoutNothingOpen)
    back = came_back("A", ANN, 50_000)
    again = batch("B", (ANN, 25_000), parts=(without(ANN, 2),))
    run(paid, held(ANNS_SECOND), back).when(instruct("B")).then(again)
    without_first = batch("A", (ANN, 20_000), (BOB, 120_050), (EVE, 70_000), parts=(without(ANN, 1),))
    own = batch("B", (ANN, 30_000), parts=(only(ANN, 1),))
    story = (held(ANNS_FIRST), without_first, freed(ANNS_FIRST), held(ANNS_SECOND))
    run(*story).when(instruct("B")).then(own)


def test_when_the_rest_comes_back_what_was_paid_on_its_own_is_not_paid_twice() -> None:
    first = batch("A", (ANN, 20_000), (BOB, 120_050), (EVE, 70_000), parts=(without(ANN, 1),))
    own = batch("B", (ANN, 30_000), parts=(only(ANN, 1),))
    before = (held(ANNS_FIRST), first, freed(ANNS_FIRST), own, came_back("A", ANN, 20_000))
    again = batch("C", (ANN, 20_000), parts=(without(ANN, 1),))
    run(*before).when(instruct("C")).then(again)
    run(*before, again, came_back("B", ANN, 30_000)).when(instruct("D")).then(
        batch("D", (ANN, 30_000), parts=(only(ANN, 1),))
    )


def test_a_part_is_confirmed_and_fails_as_any_other_payment() -> None:
    first = batch("A", (ANN, 20_000), parts=(without(ANN, 1),))
    paid = replace(PAID, amounts=first.amounts)
    run(held(ANNS_FIRST), first).when(confirm()).then(paid)
    back = replace(came_back("A", ANN, 20_000), was_paid=True)
    run(held(ANNS_FIRST), first, paid).when(failed()).then(back)
    state = folded(PayoutRun, "payout_run", *RUN, held(ANNS_FIRST), first, paid, back)
    assert state.payouts.batches[0].payments[ANN].without_lines == (1,)


def test_lines_of_further_parts_of_a_statement_have_their_own_numbers() -> None:
    story = (*LOCKED[:2], issued_with(ANN, (100,) * 300), issued_with(ANN, (7, 8), 2), *LOCKED[-3:])
    hold = PayoutRunLineHeld(member_id=ANN, line=302, amount_minor=8, currency="CNY", objection_id=ANNS_FIRST)
    given(*story).facts({StreamRef("objection", ANNS_FIRST): objection(ANN, 302)}).when(update(ANNS_FIRST)).then(hold)
    given(*story, hold).when(instruct()).then(batch("A", (ANN, 29_992), parts=(without(ANN, 302),)))


def test_a_batch_with_parts_is_in_smaller_events() -> None:
    members = [uid(0x1000 + number) for number in range(2 * payouts.PARTS_MAX + 1)]
    holds = [
        PayoutRunLineHeld(member_id=member, line=2, amount_minor=50, currency="CNY", objection_id=uid(0x9000 + number))
        for number, member in enumerate(members)
    ]
    story = given(*LOCKED[:2], *(issued_with(member, (100, 50)) for member in members), *LOCKED[-3:], *holds)
    decided = [each for each in story.when(instruct()).decide() if isinstance(each, payouts.PayoutRunPayoutInstructed)]
    assert [(len(each.amounts), len(each.parts)) for each in decided] == [
        (payouts.PARTS_MAX, payouts.PARTS_MAX)
    ] * 2 + [(1, 1)]
    assert {amount.amount_minor for each in decided for amount in each.amounts} == {100}


def test_whatever_follows_nobody_is_paid_more_than_was_locked_and_in_the_end_exactly_that() -> None:
    """Every order of holds, batches and failures of one member, seven steps deep; then all is freed and instructed."""
    reached: list[tuple[object, ...]] = [()]
    newest = reached
    for _ in range(7):
        newest = [(*events, *more) for events in newest for more in steps(events)]
        reached = reached + newest
    assert len(reached) > 2_000
    for events in reached:
        assert 0 <= paid_minor(events) <= 50_000, events
        ends = [freed(id) for id in (ANNS_FIRST, ANNS_SECOND) if is_held(events, id)]
        closed = (*events, *ends)
        assert paid_minor((*closed, *decided_after(closed, instruct("last", ANN)))) == 50_000, events


def steps(events: tuple[object, ...]) -> list[tuple[object, ...]]:
    """Lists the steps that may come next, each as its events."""
    found: list[tuple[object, ...]] = [
        (freed(objection_id) if is_held(events, objection_id) else held(objection_id),)
        for objection_id in (ANNS_FIRST, ANNS_SECOND)
    ]
    batches = [each.batch for each in events if isinstance(each, payouts.PayoutRunPayoutInstructed)]
    found.append(decided_after(events, instruct(f"batch {len(batches)}", ANN)))
    found += [decided_after(events, failed(each)) for each in batches]
    return [each for each in found if each]


def is_held(events: tuple[object, ...], objection_id: UUID) -> bool:
    mine = [
        each
        for each in events
        if isinstance(each, PayoutRunLineHeld | PayoutRunLineFreed) and each.objection_id == objection_id
    ]
    return bool(mine) and isinstance(mine[-1], PayoutRunLineHeld)


def decided_after(events: tuple[object, ...], command: object) -> tuple[object, ...]:
    try:
        return run(*events).when(command).decide()
    except Refused:
        return ()


def paid_minor(events: tuple[object, ...]) -> int:
    """Counts what is instructed of Ann and did not fail, in minor units, from the events alone."""
    instructed = sum(
        amount.amount_minor
        for each in events
        if isinstance(each, payouts.PayoutRunPayoutInstructed)
        for amount in each.amounts
    )
    return instructed - sum(each.amount_minor for each in events if isinstance(each, payouts.PayoutRunPayoutFailed))


def test_raising_deciding_and_withdrawing_an_objection_to_a_line_update_its_hold() -> None:
    about_line = ObjectionSubject(kind="statement_line", id=SUBJECT, line=1)
    raising = RaiseObjection(subject=about_line, member_id=ANN, claim="It is mine.")
    deciding = DecideObjection(objection_id=ANNS_FIRST, outcome="explain")
    withdrawing = WithdrawObjection(objection_id=ANNS_FIRST)
    step = (Step(command=update(ANNS_FIRST)),)
    assert replace(given(), subject=ANNS_FIRST).when(raising).following() == step
    assert given(raised(about_line)).when(deciding).following() == step
    assert given(raised(about_line)).when(withdrawing).following() == step
    assert given(raised(ObjectionSubject(kind="target", id=uid(5)))).when(deciding).following() == ()


def raised(subject: ObjectionSubject) -> ObjectionRaised:
    return built(ObjectionRaised, subject=subject, member_id=ANN)
