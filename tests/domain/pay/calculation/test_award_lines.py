"""Awards and adjustments by hand on statements: paid once, when approved, by the run of their period or the next."""

from dataclasses import replace

from salesapi.domain.pay.records.awards import AwardAdjustmentPosted, AwardApproved, AwardGranted
from salesapi.domain.pay.rules.draws import Guarantee
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, flat
from tests.domain.pay.reasons_said import english
from tests.spec import uid

GRANTED = AwardGranted(
    member_id=ANN,
    kind="recognition",
    amount_minor=50_000,
    currency="USD",
    points=None,
    reason="Star of the quarter",
    plan_id=PLAN,
    period="2026Q1",
    granted_by=uid(0xC1),
    granter_id=None,
)
ADJUSTED = AwardAdjustmentPosted(
    member_id=ANN,
    plan_id=PLAN,
    period_corrected="2026Q1",
    period="2026Q2",
    amount_minor=-7_000,
    currency="USD",
    cause="Counted twice",
    objection_id=None,
    granted_by=uid(0xC1),
    granter_id=None,
)
AWARD, OTHER = uid(0xAA1), uid(0xAA2)


def approve(log: Log, award: AwardGranted | AwardAdjustmentPosted, award_id: object = AWARD) -> int:
    """Somebody else approves it."""
    approved = AwardApproved(
        member_id=award.member_id,
        plan_id=award.plan_id,
        period=award.period,
        amount_minor=award.amount_minor,
        currency=award.currency,
        approved_by=uid(0xC2),
    )
    return log.add(award_id, approved)  # type: ignore[arg-type]


def test_an_approved_award_is_paid_in_its_period_and_names_grant_and_approval() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    granted_at = log.add(AWARD, GRANTED)
    assert log.statements("2026Q1") == {}, "nobody has approved it yet"
    approved_at = approve(log, GRANTED)
    statement = log.statements("2026Q1")[ANN]
    (line,) = statement.lines
    assert (line.kind, line.rule, line.posted_minor, line.deal_id) == ("award", "R48", 50_000, None)
    assert line.positions == (granted_at, approved_at)
    assert english(line) == "recognition award: 500.00 USD"
    assert (statement.earned_minor, statement.awarded_minor, statement.total_minor) == (0, 50_000, 50_000)


def test_an_award_is_paid_once() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.add(AWARD, GRANTED)
    approve(log, GRANTED)
    log.lock("2026Q1")
    assert log.statements("2026Q2") == {}


def test_an_award_approved_after_its_run_was_calculated_is_paid_by_the_next() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    log.win(1, 100_000, "2026-01-31", owner=BOB)
    log.open_run("2026Q1")
    position, statements = log.head, log.issue("2026Q1")
    log.add(AWARD, GRANTED)
    approve(log, GRANTED)
    log.lock_issued("2026Q1", position, statements)
    (line,) = log.statements("2026Q2")[ANN].lines
    assert (line.kind, line.period, line.posted_minor) == ("award", "2026Q1", 50_000)


def test_an_adjustment_by_hand_names_the_period_that_it_corrects() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.lock("2026Q1")
    log.add(AWARD, ADJUSTED)
    approve(log, ADJUSTED)
    (line,) = log.statements("2026Q2")[ANN].lines
    assert (line.rule, line.period, line.posted_minor) == ("R63", "2026Q1", -7_000)
    assert english(line) == "2026Q1 adjusted by hand: -70.00 USD"


def test_awards_of_points_and_of_no_plan_are_none_of_pays_business() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    for award_id, award in (
        (AWARD, replace(GRANTED, plan_id=None)),
        (OTHER, replace(GRANTED, kind="points", amount_minor=None, currency=None, points=5)),
    ):
        log.add(award_id, award)
        approve(log, award, award_id)
    assert log.statements("2026Q1") == {}


def test_an_award_counts_towards_a_guarantee_only_where_that_compares_what_is_payable() -> None:
    for compared_with, topped_up in (("payable", 40_000), ("earned", 90_000)):
        floor = Guarantee(kind="guarantee", amount_minor=90_000, last_on=None, compared_with=compared_with)  # type: ignore[arg-type]
        log = Log().plan(flat("5"), guarantee=floor).enrol(ANN)
        log.add(AWARD, GRANTED)
        approve(log, GRANTED)
        assert log.statements("2026Q1")[ANN].drawn_minor == topped_up
