"""A plan in words: what people read who are paid by it."""

from datetime import date
from decimal import Decimal
from string import Formatter
from typing import get_args

import pytest

from salesapi.domain.commission.draws import Guarantee, RecoverableDraw
from salesapi.domain.commission.plan_in_words import PHRASES, Language, plan_in_words
from salesapi.domain.commission.tables import CurvePoint, PayoutCurve, Tier, TierTable
from salesapi.domain.compensation_plans import (
    Accelerator,
    CompensationPlanVersion,
    Component,
    Decelerator,
    Gate,
    IndividualRate,
    Rounding,
    TargetBonus,
)
from tests.domain.commission_stories import flat, tiered

ROUNDING = Rounding(scope="component", mode="half_even")


def version(*components: Component, **floors: Guarantee | RecoverableDraw) -> CompensationPlanVersion:
    """A version of a quarterly plan in USD."""
    return CompensationPlanVersion(
        number=1,
        period="quarter",
        components=components,
        rounding=ROUNDING,
        effective_from=date(2026, 1, 1),
        **floors,  # type: ignore[arg-type]
    )


def test_a_plan_reads_in_english_in_the_order_in_which_it_is_evaluated() -> None:
    assert plan_in_words(version(tiered("marginal"), flat("1", "manager_override", "team")), "USD", "en") == (
        "Summed and paid by quarter.",
        "Applies to wins from 2026-01-01 on.",
        "Deals count in the order of their win date, then of their recording.",
        "Base: for one's own share of a deal: by tiers of what was credited in the period.",
        "from 0.00 USD to 80,000.00 USD: 2 % of the part inside this tier only (marginal).",
        "from 80,000.00 USD to 120,000.00 USD: 3 % of the part inside this tier only (marginal).",
        "from 120,000.00 USD: 4.5 % of the part inside this tier only (marginal).",
        "An amount exactly on a bound belongs to the upper tier.",
        "team: for the direct credits of one's people, 1 level(s) down: 1 % of the amount.",
        "The sum of each component is rounded half to even to the currency's smallest unit.",
    )


def test_a_ladder_in_chinese_says_which_of_the_two_ladders_it_is() -> None:
    marginal = plan_in_words(version(tiered("marginal")), "CNY", "zh")
    retroactive = plan_in_words(version(tiered("retroactive")), "CNY", "zh")
    assert "0.00 CNY至80,000.00 CNY:仅本档内的部分按2%(超额累进)。" in marginal
    assert "0.00 CNY至80,000.00 CNY:本期全部金额按2%(全额累进)。" in retroactive


@pytest.mark.parametrize("language", get_args(Language))
def test_every_option_of_a_plan_is_said(language: Language) -> None:
    moving = Tier(
        lower=Decimal(0),
        upper=Decimal(100),
        rate_percent=Decimal(1),
        applies_to="new",
        rate_at_upper_percent=Decimal(3),
    )
    last = Tier(lower=Decimal(100), upper=None, rate_percent=Decimal(4), applies_to="all")
    table = TierTable(axis="attainment_percent", boundary="upper_inclusive", tiers=(moving, last))
    points = tuple(CurvePoint(attainment_percent=Decimal(at), payout_percent=Decimal(at)) for at in (50, 100))
    percent = Decimal(80)
    components = (
        Component(key="a", name="A", credit="direct", tiers=table, cap_minor=777_701, deal_cap_minor=777_702),
        Component(
            key="b",
            name="B",
            credit="overlay",
            individual=IndividualRate(target_variable_minor=777_703),
            accelerator=Accelerator(above_attainment_percent=percent, factor=Decimal("1.5")),
            gate=Gate(attainment_percent=Decimal(60), pays="later_deals"),
        ),
        Component(
            key="c",
            name="C",
            credit="direct",
            rate_percent=Decimal(9),
            decelerator=Decelerator(below_attainment_percent=percent, factor=Decimal("0.25"), slowed="whole"),
        ),
        Component(
            key="d",
            name="D",
            credit="direct",
            bonus=TargetBonus(target_minor=777_704, curve=PayoutCurve(points=points, above_last="continued")),
        ),
        Component(key="e", name="E", credit="direct", deal_amount_minor=777_705),
    )
    draw = RecoverableDraw(
        draw_minor=777_706,
        last_on=date(2027, 12, 31),
        compared_with="payable",
        kept_minimum_minor=777_707,
        recovery_limit_percent=Decimal(40),
        at_end="forgiven",
        on_leaving="still_owed",
    )
    text = "\n".join(plan_in_words(version(*components, draw=draw), "USD", language))
    for number in range(777_701, 777_708):
        assert f"{number // 100:,}.{number % 100:02}" in text
    for said in ("1.5", "0.25", "60", "2027-12-31", "40"):
        assert said in text


def test_every_sentence_has_the_same_values_in_every_language() -> None:
    for name, phrase in PHRASES.items():
        assert phrase.keys() == set(get_args(Language)), name
        values = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in phrase.values()]
        assert values[0] == values[1], name
