"""Targets: proposals, splits that add up or state the gap, agreement by the owner, adjustments that keep the old lines."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from salesapi.domain.consequences import Step
from salesapi.domain.organisation.teams import TREE, TeamFormed, TeamLeaderAppointed
from salesapi.domain.selling import targets
from salesapi.domain.selling.target_refusals import (
    TargetChildTwice,
    TargetEffectiveOutside,
    TargetIsClosed,
    TargetLimitReached,
    TargetLinesUnordered,
    TargetNotYours,
    TargetOwnerNotLeader,
    TargetParentDiffers,
    TargetPeriodNotNested,
    TargetSplitGap,
    TargetUnitAmbiguous,
)
from salesapi.domain.shared.kernel import Ref, Refused, StreamRef, ThingExists, ThingUnknown, natural_id
from salesapi.domain.shared.money import CurrencyUnknown
from salesapi.domain.shared.periods import PeriodInvalid
from salesapi.domain.shared.states import made_from
from tests.domain.examples import ANNA, BORIS, FACTS
from tests.spec import ACTOR, SUBJECT, fold, folded, given, identity_of, uid
from tests.values_by_type import bare

NORTH, UNKNOWN, PARENT = uid(0x70), uid(99), uid(0x7A)
LINES: Final = targets.TargetLines(floor=800, challenge=1_000, stretch=1_200)
PROPOSE: Final = targets.ProposeTarget(
    owner_id=ANNA,
    measure="won_amount",
    period="2026Q1",
    floor=800,
    challenge=1_000,
    stretch=1_200,
    currency="CNY",
    basis=(targets.TargetInput(name="last_quarter", value=Decimal("912.5")),),
)
PROPOSED: Final = made_from(targets.TargetProposed, PROPOSE, lines=LINES)
AGREED: Final = targets.TargetAgreed(revision=1, agreed_by=ANNA)
ADJUST: Final = targets.AdjustTarget(
    target_id=SUBJECT, floor=700, challenge=900, stretch=1_100, reason="One less", effective_on=date(2026, 3, 1)
)
LOWER: Final = targets.TargetLines(floor=700, challenge=900, stretch=1_100)
ADJUSTED: Final = made_from(targets.TargetAdjusted, ADJUST, revision=2, lines_from=LINES, lines_to=LOWER)
CLOSED: Final = targets.TargetClosed(result=950, note=None)
CLOSE: Final = targets.CloseTarget(target_id=SUBJECT, result=950)
TEAMS: Final = fold(
    "team",
    (
        bare(TeamFormed, team_id=NORTH, name="North"),
        TeamLeaderAppointed(team_id=NORTH, member_id=BORIS, effective_from=None),
    ),
)
YEAR: Final = replace(PROPOSED, owner_id=BORIS, team_id=NORTH, period="2026", basis=())
KNOWN: Final[dict[Ref, object]] = {
    **FACTS,
    TREE: TEAMS,
    StreamRef("target", PARENT): fold("target", (YEAR,)),
    StreamRef("target", uid(0x7B)): fold("target", (YEAR, CLOSED)),
}


def child(challenge: int, **fields: object) -> targets.TargetChild:
    """A child with lines around this one."""
    lines = targets.TargetChild(owner_id=ANNA, floor=challenge - 10, challenge=challenge, stretch=challenge + 10)
    return replace(lines, **fields)  # type: ignore[arg-type]


def test_a_target_is_proposed_with_the_numbers_that_it_rests_on() -> None:
    given().facts(KNOWN).when(PROPOSE).then(PROPOSED)


def test_a_process_target_counts_visits() -> None:
    visits = replace(PROPOSE, measure="visits", currency=None, unit="visit", basis=())
    given().facts(KNOWN).on(None).when(visits).then(
        replace(PROPOSED, measure="visits", currency=None, unit="visit", basis=())
    )


def test_a_leader_answers_for_a_teams_target() -> None:
    given().facts(KNOWN).when(replace(PROPOSE, owner_id=BORIS, team_id=NORTH)).then(
        replace(PROPOSED, owner_id=BORIS, team_id=NORTH)
    )


def test_a_target_may_be_a_part_of_one_whose_period_holds_its_own() -> None:
    part = replace(PROPOSE, parent_target_id=PARENT)
    given().facts(KNOWN).when(part).then(replace(PROPOSED, parent_target_id=PARENT))


def test_a_member_has_one_target_for_a_measure_period_and_part_of_the_business() -> None:
    north = targets.TargetDimension(key="region", value="north")
    others = [
        replace(PROPOSE, owner_id=BORIS),
        replace(PROPOSE, team_id=NORTH),
        replace(PROPOSE, measure="visits"),
        replace(PROPOSE, period="2026"),
        replace(PROPOSE, dimension=north),
        replace(PROPOSE, dimension=replace(north, value="south")),
    ]
    assert len({identity_of(each) for each in (PROPOSE, *others)}) == 7
    assert identity_of(PROPOSE) == identity_of(replace(PROPOSE, floor=0, currency="USD", basis=()))
    given(PROPOSED).facts(KNOWN).when(replace(PROPOSE, period="2026Q5")).refused(ThingExists)


def test_who_does_not_lead_a_team_is_not_told_what_targets_it_has() -> None:
    known = replace(PROPOSED, owner_id=BORIS, team_id=NORTH)
    given(known).facts(KNOWN).when(replace(PROPOSE, team_id=NORTH)).refused(TargetOwnerNotLeader)


@pytest.mark.parametrize(
    ("fields", "refusal", "pointer"),
    [
        ({"owner_id": UNKNOWN, "team_id": UNKNOWN}, ThingUnknown, "/owner_id"),
        ({"team_id": UNKNOWN, "period": "2026Q5"}, ThingUnknown, "/team_id"),
        ({"team_id": NORTH, "period": "2026Q5"}, TargetOwnerNotLeader, "/owner_id"),
        ({"period": "2026Q5", "currency": None}, PeriodInvalid, "/period"),
        ({"currency": None, "floor": 9_999}, TargetUnitAmbiguous, "/currency"),
        ({"unit": "visit", "floor": 9_999}, TargetUnitAmbiguous, "/currency"),
        ({"currency": "XXX", "floor": 9_999}, CurrencyUnknown, "/currency"),
        ({"floor": 1_001, "parent_target_id": UNKNOWN}, TargetLinesUnordered, "/challenge"),
        ({"stretch": 999, "parent_target_id": UNKNOWN}, TargetLinesUnordered, "/challenge"),
        ({"parent_target_id": UNKNOWN}, ThingUnknown, "/parent_target_id"),
        ({"parent_target_id": uid(0x7B), "measure": "visits"}, TargetIsClosed, ""),
        ({"parent_target_id": PARENT, "measure": "visits"}, TargetParentDiffers, "/parent_target_id"),
        ({"parent_target_id": PARENT, "currency": "USD", "period": "2027"}, TargetParentDiffers, "/parent_target_id"),
        ({"parent_target_id": PARENT, "period": "2027"}, TargetPeriodNotNested, "/period"),
    ],
)
def test_of_several_refusals_of_a_proposal_the_first_in_this_order_is_given(
    fields: dict[str, object], refusal: type[Refused], pointer: str
) -> None:
    command = replace(PROPOSE, **fields)  # type: ignore[arg-type]
    given().facts(KNOWN).when(command).refused(refusal, pointer=pointer)


def part(challenge: int, period: str, dimension: targets.TargetDimension | None = None) -> targets.TargetPart:
    """Anna's part as it is split off."""
    cut = (dimension.key, dimension.value) if dimension else ("", "")
    return bare(
        targets.TargetPart,
        target_id=natural_id("target", "member", str(ANNA), "won_amount", period, *cut),
        owner_id=ANNA,
        period=period,
        dimension=dimension,
        lines=targets.TargetLines(floor=challenge - 10, challenge=challenge, stretch=challenge + 10),
    )


def test_the_children_of_a_split_sum_to_their_parent() -> None:
    children = (
        replace(child(400, period="2026-01"), floor=300, stretch=500),
        replace(child(600, period="2026-02"), floor=500, stretch=700),
    )
    (split,) = given(PROPOSED).when(targets.SplitTarget(target_id=SUBJECT, children=children)).decide()
    assert isinstance(split, targets.TargetSplit)
    assert (split.split, split.lines, split.gap) == (1, LINES, targets.NO_GAP)
    assert [(each.period, each.lines.challenge) for each in split.children] == [("2026-01", 400), ("2026-02", 600)]


def test_a_split_that_leaves_something_states_the_gap() -> None:
    children = (child(400, period="2026-01"), child(500, period="2026-02"))
    gap = targets.TargetGap(floor=-80, challenge=100, stretch=280)
    silent = given(PROPOSED).when(targets.SplitTarget(target_id=SUBJECT, children=children)).refused(TargetSplitGap)
    assert silent.parameters == {"floor": -80, "challenge": 100, "stretch": 280}
    given(PROPOSED).when(targets.SplitTarget(target_id=SUBJECT, children=children, gap=gap)).then(
        targets.TargetSplit(split=1, lines=LINES, children=(part(400, "2026-01"), part(500, "2026-02")), gap=gap)
    )


def test_children_may_hold_more_than_their_parent_where_that_is_stated() -> None:
    split = targets.SplitTarget(
        target_id=SUBJECT,
        children=(child(1_100, period="2026-01"),),
        gap=targets.TargetGap(floor=-290, challenge=-100, stretch=90),
    )
    assert len(given(PROPOSED).when(split).decide()) == 1


def test_the_children_are_proposed_with_what_they_have_from_their_parent() -> None:
    north = targets.TargetDimension(key="region", value="north")
    children = (child(400, dimension=north), child(600, period="2026-03"))
    steps = given(PROPOSED).when(targets.SplitTarget(target_id=SUBJECT, children=children)).following()
    first, second = [step.command for step in steps if isinstance(step, Step)]
    assert first == targets.ProposeTarget(
        owner_id=ANNA,
        measure="won_amount",
        period="2026Q1",
        floor=390,
        challenge=400,
        stretch=410,
        currency="CNY",
        dimension=north,
        parent_target_id=SUBJECT,
    )
    assert isinstance(second, targets.ProposeTarget)
    identity = identity_of(second)
    assert identity is not None
    assert natural_id("target", *identity) == part(600, "2026-03").target_id


MANY_SPLITS: Final = targets.TargetSplit(split=targets.SPLITS_MAX, lines=LINES, children=(), gap=targets.NO_GAP)
LATE: Final = replace(ADJUST, effective_on=date(2026, 4, 1))


def divide(*children: targets.TargetChild) -> targets.SplitTarget:
    """A split in these children that states no gap."""
    return targets.SplitTarget(target_id=SUBJECT, children=children)


@pytest.mark.parametrize(
    ("events", "command", "refusal", "pointer"),
    [
        ((PROPOSED, CLOSED), divide(child(1, period="2027")), TargetIsClosed, ""),
        ((PROPOSED, MANY_SPLITS), divide(child(1, period="2027")), TargetLimitReached, ""),
        (
            (PROPOSED,),
            divide(child(50), child(40, period="2026-04", floor=99)),
            TargetPeriodNotNested,
            "/children/1/period",
        ),
        ((PROPOSED,), divide(child(50, floor=51)), TargetLinesUnordered, "/children/0/challenge"),
        ((PROPOSED,), divide(child(50), child(60)), TargetChildTwice, "/children/1"),
        ((PROPOSED,), divide(child(50)), TargetSplitGap, "/gap"),
        ((PROPOSED, CLOSED), replace(ADJUST, floor=999), TargetIsClosed, ""),
        ((PROPOSED,), replace(LATE, floor=999), TargetLinesUnordered, "/challenge"),
        ((PROPOSED,), LATE, TargetEffectiveOutside, "/effective_on"),
        ((PROPOSED,), replace(ADJUST, effective_on=date(2025, 12, 31)), TargetEffectiveOutside, "/effective_on"),
        ((PROPOSED, *((ADJUSTED,) * (targets.REVISIONS_MAX - 1))), replace(ADJUST, floor=0), TargetLimitReached, ""),
    ],
)
def test_of_several_refusals_of_a_split_or_an_adjustment_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused], pointer: str
) -> None:
    given(*events).when(command).refused(refusal, pointer=pointer)


def test_only_the_owner_agrees_and_once_to_the_same_lines() -> None:
    agree = targets.AgreeTarget(target_id=SUBJECT)
    given(PROPOSED).by(ACTOR, ANNA).when(agree).then(AGREED)
    given(PROPOSED, AGREED).by(ACTOR, ANNA).when(agree).then()
    given(PROPOSED).by(ACTOR, BORIS).when(agree).refused(TargetNotYours)
    given(PROPOSED).by(ACTOR).when(agree).refused(TargetNotYours)
    given(PROPOSED, AGREED, ADJUSTED).by(ACTOR, ANNA).when(agree).then(replace(AGREED, revision=2))


def test_adjusted_lines_name_the_old_ones_and_keep_them() -> None:
    given(PROPOSED, AGREED).when(ADJUST).then(ADJUSTED)
    target = folded(targets.Target, "target", PROPOSED, AGREED, ADJUSTED)
    assert [each.lines for each in target.revisions] == [LINES, LOWER]


def test_the_same_adjustment_again_changes_nothing() -> None:
    given(PROPOSED, ADJUSTED).when(ADJUST).then()
    given(PROPOSED, ADJUSTED).when(replace(ADJUST, effective_on=None)).then(
        replace(ADJUSTED, revision=3, lines_from=LOWER, effective_on=None)
    )


def test_a_target_is_closed_once_with_its_result() -> None:
    given(PROPOSED, AGREED).when(CLOSE).then(CLOSED)
    given(PROPOSED, CLOSED).when(CLOSE).then()
    given(PROPOSED, CLOSED).when(replace(CLOSE, result=951)).refused(TargetIsClosed)
    given(PROPOSED, CLOSED).by(ACTOR, ANNA).when(targets.AgreeTarget(target_id=SUBJECT)).refused(TargetIsClosed)
