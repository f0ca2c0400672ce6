"""Statements: credit, rates, rounding and the trace of a period, from facts applied to a ledger."""

from decimal import Decimal
from random import Random
from typing import get_args

import pytest

from salesapi.domain.catalogue import PAY_EVENT_TYPES
from salesapi.domain.pay.ledger.pay_facts import PayEvent
from salesapi.domain.pay.plans.plan_components import Component, Rounding, RoundingScope
from salesapi.domain.pay.plans.plan_rates import FlatRate
from salesapi.domain.pay.records.payout_runs import STATEMENT_LINES_MAX, STATEMENT_PART_BYTES_MAX
from salesapi.domain.pay.rules.tables import TIERS_MAX, TierBoundary, TierTable
from salesapi.domain.pay.statements.statements import (
    canonical_bytes,
    digest_of,
    parts_of_statement,
    statements_of,
    totals_of,
)
from tests.domain.pay.commission_stories import ANN, BOB, CID, DAN, PLAN, Log, flat, share, tiered, tiers
from tests.domain.pay.generated_companies import SPANS, Story
from tests.domain.pay.reasons_said import english
from tests.spec import CATALOGUE, uid

QUARTER = "2026Q1"
NORTH, TOP = uid(0x11), uid(0x12)


def test_the_ledger_reads_only_declared_events() -> None:
    assert len(PAY_EVENT_TYPES) == len(get_args(PayEvent))
    whole_streams = ("team", "compensation_plan", "enrolment")
    needed = {event.name for kind in whole_streams for event in CATALOGUE.by_kind[kind].events}
    assert needed - set(PAY_EVENT_TYPES) == {
        "compensation_plan.simulated",
        "compensation_plan.version_proposed",
        "compensation_plan.proposal_rejected",
    }, "a what-if changes no pay"


def test_the_owner_at_the_win_has_all_of_it() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    won_at = log.win(1, 105_400, "2026-01-31")
    (statement,) = log.statements(QUARTER).values()
    (line,) = statement.lines
    assert statement.member_id == ANN
    assert (line.posted_minor, line.exact_minor, line.residual_minor) == (5_270, "5270", "0")
    assert (line.rule, line.credit_rule, line.plan_version, line.deal_id) == ("R01", "R15", 1, uid(1))
    assert line.positions == (won_at,)
    assert english(line) == "5 % of 1,054.00 = 52.70 USD"


def test_who_is_not_enrolled_on_the_win_date_earns_nothing() -> None:
    log = Log().plan(flat("5"))
    log.enrol_from(ANN, "2026-02-01", "2026-03-01", component_keys=("base",))
    for deal, on in enumerate(("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"), start=1):
        log.win(deal, 10_000, on)
    assert [line.deal_id for line in log.statements(QUARTER)[ANN].lines] == [uid(2), uid(3)]


def test_the_version_in_effect_on_the_win_date_pays() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.publish(2, flat("10"), effective_from="2026-02-01")
    log.win(1, 10_000, "2026-01-31")
    log.win(2, 10_000, "2026-02-01")
    statement = log.statements(QUARTER)[ANN]
    assert [(line.plan_version, line.posted_minor) for line in statement.lines] == [(1, 500), (2, 1_000)]
    assert statement.plan_versions == (1, 2)


def test_a_period_takes_its_first_and_last_day_and_no_other() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    for deal, on in enumerate(("2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01"), start=1):
        log.win(deal, 10_000, on)
    assert [line.deal_id for line in log.statements(QUARTER)[ANN].lines] == [uid(2), uid(3)]


def test_three_equal_shares_add_up_to_the_whole() -> None:
    log = Log().plan(flat("100")).enrol(ANN, BOB, CID)
    shares = (share(ANN, "33.34"), share(BOB, "33.33"), share(CID, "33.33"))
    log.win(1, 10_000, "2026-01-31", shares=shares)
    statements = log.statements(QUARTER)
    assert [statements[member].total_minor for member in (ANN, BOB, CID)] == [3_334, 3_333, 3_333]
    assert {line.credit_rule for one in statements.values() for line in one.lines} == {"R16"}


def test_overlay_credit_stands_outside_the_hundred_at_its_own_rate() -> None:
    log = Log().plan(flat("5"), flat("2", "overlay", "specialist")).enrol(ANN, DAN)
    log.win(1, 10_000, "2026-01-31", shares=(share(DAN, "50", "overlay"),))
    statements = log.statements(QUARTER)
    assert (statements[ANN].total_minor, statements[DAN].total_minor) == (500, 100)
    assert statements[DAN].lines[0].credit_rule == "R17"


def test_the_manager_on_the_win_date_earns_on_the_teams_credit() -> None:
    log = Log().plan(flat("5"), flat("1", "manager_override", "override")).enrol(ANN, BOB, CID, DAN)
    log.form(NORTH, leader=CID)
    log.join(NORTH, ANN, CID)
    log.form(TOP, leader=DAN)
    log.join(TOP, BOB)
    log.join(TOP, ANN, since="2026-02-01")
    log.win(1, 10_000, "2026-01-31")
    log.win(2, 20_000, "2026-02-01")
    log.win(3, 40_000, "2026-02-02", owner=CID)
    statements = log.statements(QUARTER)
    assert [(line.deal_id, line.component, line.posted_minor) for line in statements[CID].lines] == [
        (uid(1), "override", 100),
        (uid(3), "base", 2_000),
    ]
    assert [(line.deal_id, line.posted_minor) for line in statements[DAN].lines] == [(uid(2), 200)]
    assert statements[DAN].lines[0].source_member_id == ANN


@pytest.mark.parametrize(("levels", "paid"), [(1, {0xB: 100}), (2, {0xB: 100, 0xC: 100})])
def test_an_override_reaches_as_many_levels_of_managers_as_the_plan_says(levels: int, paid: dict[int, int]) -> None:
    override = Component(
        key="override",
        name="Override",
        credit="manager_override",
        rate=FlatRate(rate_percent=Decimal(1)),
        levels=levels,
    )
    log = Log().plan(override).enrol(ANN, BOB, CID)
    log.form(TOP, leader=CID)
    log.form(NORTH, leader=BOB, parent=TOP)
    log.join(NORTH, ANN)
    log.win(1, 10_000, "2026-01-31")
    totals = {member_id: statement.total_minor for member_id, statement in log.statements(QUARTER).items()}
    assert totals == {uid(member): amount for member, amount in paid.items()}


@pytest.mark.parametrize(
    ("component", "amounts", "total"),
    [
        (tiered("marginal"), (13_000_000,), 325_000),
        (tiered("marginal"), (7_000_000, 6_000_000), 325_000),
        (tiered("retroactive"), (13_000_000,), 585_000),
        (tiered("retroactive"), (7_000_000, 2_000_000), 270_000),
        (tiered("retroactive", "lower_inclusive"), (12_000_000,), 540_000),
        (tiered("retroactive", "upper_inclusive"), (12_000_000,), 360_000),
        (tiered("marginal", "upper_inclusive"), (12_000_000,), 280_000),
    ],
)
def test_the_catalogues_table_as_statement_totals(component: Component, amounts: tuple[int, ...], total: int) -> None:
    log = Log().plan(component).enrol(ANN)
    for deal, amount_minor in enumerate(amounts, start=1):
        log.win(deal, amount_minor, "2026-01-31")
    assert log.statements(QUARTER)[ANN].total_minor == total


def test_crossing_a_retroactive_tier_shows_the_uplift_as_a_line() -> None:
    log = Log().plan(tiered("retroactive")).enrol(ANN)
    log.win(1, 7_000_000, "2026-01-30")
    log.win(2, 2_000_000, "2026-01-31")
    lines = log.statements(QUARTER)[ANN].lines
    assert [(line.kind, line.deal_id, line.posted_minor) for line in lines] == [
        ("earning", uid(1), 140_000),
        ("earning", uid(2), 60_000),
        ("uplift", uid(2), 70_000),
    ]


def test_deals_count_by_win_date_and_then_by_position() -> None:
    log = Log().plan(tiered("marginal")).enrol(ANN)
    for deal, on in ((3, "2026-02-02"), (2, "2026-02-01"), (1, "2026-02-01")):
        log.win(deal, 4_000_000, on)
    assert [line.deal_id for line in log.statements(QUARTER)[ANN].lines] == [uid(2), uid(1), uid(3)]


@pytest.mark.parametrize(("scope", "posted"), [("line", [1, 1, 1]), ("component", [1, 0, 1]), ("statement", [1, 0, 1])])
def test_rounding_by_scope_adds_up_and_shows_the_residual(scope: RoundingScope, posted: list[int]) -> None:
    log = Log().plan(flat("50"), rounding=Rounding(scope=scope, mode="half_up")).enrol(ANN)
    for deal in (1, 2, 3):
        log.win(deal, 1, "2026-01-31")
    statement = log.statements(QUARTER)[ANN]
    assert [line.posted_minor for line in statement.lines] == posted
    assert statement.total_minor == sum(posted)
    for line in statement.lines:
        assert line.exact_minor is not None
        assert line.residual_minor is not None
        assert Decimal(line.posted_minor) + Decimal(line.residual_minor) == Decimal(line.exact_minor)


def test_statement_rounding_spans_components_and_component_rounding_does_not() -> None:
    def total(scope: RoundingScope) -> int:
        log = Log().plan(flat("50"), flat("50", key="extra"), rounding=Rounding(scope=scope, mode="half_up")).enrol(ANN)
        log.win(1, 1, "2026-01-31")
        return log.statements(QUARTER)[ANN].total_minor

    assert (total("statement"), total("component")) == (1, 2)


@pytest.mark.parametrize(("currency", "text"), [("JPY", "12,345 = 617.25 JPY"), ("BHD", "12.345 = 0.61725 BHD")])
def test_minor_units_are_the_currencys_own(currency: str, text: str) -> None:
    log = Log().plan(flat("5"), currency=currency).enrol(ANN)
    log.win(1, 12_345, "2026-01-31", currency=currency)
    (line,) = log.statements(QUARTER)[ANN].lines
    assert (line.posted_minor, line.residual_minor) == (617, "0.25")
    assert english(line) == f"5 % of {text}"


def test_a_win_in_another_currency_waits_for_a_rate() -> None:
    log = Log().plan(tiered("marginal")).enrol(ANN)
    log.win(1, 8_000_000, "2026-01-30", currency="EUR")
    log.win(2, 8_000_000, "2026-01-31")
    held, paid = log.statements(QUARTER)[ANN].lines
    assert (held.kind, held.rule, held.posted_minor, held.exact_minor, held.currency) == ("held", "R67", 0, None, "EUR")
    assert english(held) == "waiting for a rate from EUR to USD; nothing is posted"
    assert paid.posted_minor == 160_000


def test_a_reopened_or_voided_win_earns_nothing() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    for deal in (1, 2, 3):
        log.win(deal, 10_000, "2026-01-31")
    log.reopen(1)
    log.void(2)
    assert [line.deal_id for line in log.statements(QUARTER)[ANN].lines] == [uid(3)]


@pytest.mark.parametrize("boundary", ["lower_inclusive", "upper_inclusive"])
def test_the_same_facts_give_the_same_digest(boundary: TierBoundary) -> None:
    def digest(amount_minor: int) -> str:
        log = Log().plan(tiered("marginal", boundary)).enrol(ANN)
        log.win(1, amount_minor, "2026-01-31")
        return digest_of(log.statements(QUARTER)[ANN])

    assert digest(10_000) == digest(10_000) != digest(10_001)


def long_table() -> Component:
    """As many tiers as a table may have, so that one line says as much as a line can."""
    step = 2**53 // 25
    bounds = [(number * step, (number + 1) * step if number < TIERS_MAX - 1 else None) for number in range(TIERS_MAX)]
    rates = tiers(*((lower, upper, f"{lower % 999}.{number:010}") for number, (lower, upper) in enumerate(bounds)))
    table = TierTable(axis="amount", boundary="lower_inclusive", tiers=rates)
    return Component(key="k" * 60, name="Longest", credit="direct", rate=table)


@pytest.mark.parametrize("component", [flat("5"), long_table()])
def test_a_long_statement_is_cut_into_parts_that_keep_every_line(component: Component) -> None:
    log = Log().plan(component).enrol(ANN)
    for deal in range(1, 702):
        log.win(deal, (2**53 - 1) * (-1) ** (deal + 1), "2026-01-31")
    statement = log.statements(QUARTER)[ANN]
    parts = parts_of_statement(statement)
    assert tuple(line for part in parts for line in part) == statement.lines
    assert max(len(part) for part in parts) <= STATEMENT_LINES_MAX
    assert max(sum(len(canonical_bytes(line)) for line in part) for part in parts) <= STATEMENT_PART_BYTES_MAX


@pytest.mark.parametrize(
    ("digits", "posted"), [(None, [333, 333, 667]), (2, [333, 333, 667]), (1, [330, 330, 670]), (0, [300, 300, 700])]
)
def test_a_plan_says_to_how_many_decimals_it_posts(digits: int | None, posted: list[int]) -> None:
    log = Log().plan(flat("10"), rounding=Rounding(scope="line", mode="half_up", digits=digits)).enrol(ANN)
    for number, amount_minor in enumerate((3_333, 3_333, 6_666), start=1):
        log.win(number, amount_minor, "2026-01-31")
    lines = log.statements("2026Q1")[ANN].lines
    assert [line.posted_minor for line in lines] == posted
    assert [line.exact_minor for line in lines] == ["333.3", "333.3", "666.6"]


def test_a_preview_without_words_comes_to_what_the_statements_say() -> None:
    random = Random(20261122)
    for _ in range(20):
        story = Story(random)
        for _ in range(6):
            story.win()
        for span in SPANS:
            traced = {each.member_id: each.total_minor for each in statements_of(story.log.ledger, PLAN, span.text)}
            totals = totals_of(story.log.ledger, PLAN, span.text)
            assert {member_id: each.total_minor for member_id, each in totals.items()} == traced
