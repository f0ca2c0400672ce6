"""Payloads as earlier schemas stored them: each is read as what it has always meant.

How an old statement is read stands in `tests/audit`.
"""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersionPublished
from salesapi.domain.pay.plans.plan_rates import (
    Accelerator,
    DealAmount,
    Decelerator,
    FlatRate,
    IndividualRate,
    Rate,
    TargetBonus,
    UnitAmount,
)
from salesapi.domain.pay.reasons.reason_form import stated as stated_reason
from salesapi.domain.pay.records.points import PointsPosted
from salesapi.domain.pay.rules.rate_rules import RateRules
from salesapi.domain.pay.rules.tables import Tier, TierTable
from salesapi.eventlog.codec import Codec, EventUnreadable
from salesapi.eventlog.recorder import StoredEvent
from salesapi.eventlog.upcasts import UPCASTS
from tests.domain.pay import plan_options as options
from tests.eventlog.codec_examples import stored_text
from tests.spec import uid

CODEC: Final = Codec(Catalogue().event_types(), None, UPCASTS)
RATES: Final = ("rate_percent", "deal_amount_minor", "unit_amount_minor", "individual", "tiers", "bonus", "rules")
RATES_OF_TABLES: Final = ("margin_bands", "contract_terms", "residual", "matrix")
BESIDE: Final = ("accelerator", "decelerator", "rate_cap_percent")
NO_RATE: Final[dict[str, Any]] = {**dict.fromkeys((*RATES, *RATES_OF_TABLES, *BESIDE)), "rules": []}
"""The fields of which one said what a component pays, and those beside."""
TIER: Final = {"lower": "0", "upper": None, "rate_percent": "2", "applies_to": "all", "rate_at_upper_percent": None}
FASTER: Final = {"above_attainment_percent": "100", "factor": "1.5"}
SLOWER: Final = {"below_attainment_percent": "50", "factor": "0.5", "slowed": "below"}
RULE: Final = {
    "product_level": "category",
    "product_key": "beds",
    "region": "north",
    "customer_type": None,
    "channel": None,
    "priority": 0,
    "effective_from": None,
    "rate_percent": "4",
}
BANDS: Final = {
    "denominator": "price",
    "boundary": "lower_inclusive",
    "base": "margin",
    "negative_margin": "zero",
    "undefined_rate_percent": "0",
    "bands": [
        {"lower_percent": None, "upper_percent": "20", "rate_percent": "5"},
        {"lower_percent": "20", "upper_percent": None, "rate_percent": "8"},
    ],
}
TERMS: Final = {
    "base": "first_year",
    "one_off": "left_out",
    "kicker_stacking": "multiplied",
    "bands": [{"from_months": 0, "rate_percent": "6"}, {"from_months": 24, "rate_percent": "7"}],
    "kickers": [{"term_months_min": 36, "prepaid_percent_min": None, "payment_days_max": None, "factor": "1.2"}],
}
CELLS: Final = {
    "rows": [{"lower": "0", "upper": "100"}, {"lower": "100", "upper": None}],
    "columns": [{"lower": "0", "upper": "12"}, {"lower": "12", "upper": None}],
    "cells": [{"rates_percent": ["1", "2"]}, {"rates_percent": ["3", "4"]}],
}
CURVE: Final = {
    "points": [
        {"attainment_percent": "50", "payout_percent": "50"},
        {"attainment_percent": "100", "payout_percent": "100"},
    ],
    "above_last": "capped",
}
OF_SCHEMA_1: Final[list[tuple[dict[str, Any], Rate]]] = [
    ({"rate_percent": "5.0"}, FlatRate(rate_percent=Decimal("5.0"))),
    (
        {"rate_percent": "0", "accelerator": FASTER, "rate_cap_percent": "9"},
        FlatRate(
            rate_percent=Decimal(0),
            accelerator=Accelerator(above_attainment_percent=Decimal(100), factor=Decimal("1.5")),
            rate_cap_percent=Decimal(9),
        ),
    ),
    ({"deal_amount_minor": 10_000}, DealAmount(amount_minor=10_000)),
    ({"unit_amount_minor": 500}, UnitAmount(amount_minor=500)),
    (
        {"individual": {"target_variable_minor": 3_000_000}, "decelerator": SLOWER},
        IndividualRate(
            target_variable_minor=3_000_000,
            decelerator=Decelerator(below_attainment_percent=Decimal(50), factor=Decimal("0.5"), slowed="below"),
        ),
    ),
    (
        {"tiers": {"axis": "amount", "boundary": "upper_inclusive", "tiers": [TIER], "counts": "deal"}},
        TierTable(
            axis="amount",
            boundary="upper_inclusive",
            tiers=(Tier(lower=Decimal(0), upper=None, rate_percent=Decimal(2), applies_to="all"),),
            counts="deal",
        ),
    ),
    ({"bonus": {"target_minor": 900_000, "curve": CURVE}}, TargetBonus(target_minor=900_000, curve=options.CURVE)),
    ({"rules": [RULE]}, RateRules(rules=(options.RULE,))),
    ({"margin_bands": BANDS}, options.MARGIN_BANDS),
    ({"contract_terms": TERMS}, options.CONTRACT_TERMS),
    ({"contract_terms": TERMS, "rate_cap_percent": "8"}, replace(options.CONTRACT_TERMS, rate_cap_percent=Decimal(8))),
    ({"residual": {"rate_percent": "2", "periods": 12, "owner_change": "new_owner"}}, options.RESIDUAL),
    ({"matrix": {"first": "attainment_percent", "second": "term_months", "matrix": CELLS}}, options.MATRIX),
]


def stored(components: object) -> StoredEvent:
    """A version as schema 1 stored it, with these components."""
    payload = {
        "components": components,
        "rounding": {"scope": "line", "mode": "half_up", "digits": None},
        "plan_version": 1,
        "period": "quarter",
        "effective_from": None,
        "reason": "start",
    }
    return stored_text(json.dumps(payload), type="compensation_plan.version_published")


def component(**stated: Any) -> dict[str, Any]:
    """A component as schema 1 stored it: every kind of rate beside the others."""
    return {"key": "base", "name": "Base", "credit": "direct", **NO_RATE, "cap_minor": 5_000, **stated}


async def read(row: StoredEvent) -> CompensationPlanVersionPublished:
    (decoded,) = await CODEC.decode([row])
    assert isinstance(decoded.event, CompensationPlanVersionPublished)
    return decoded.event


@pytest.mark.parametrize(("stated", "rate"), OF_SCHEMA_1, ids=[" ".join(stated) for stated, _ in OF_SCHEMA_1])
async def test_a_rate_among_other_fields_is_one_rate_of_its_kind(stated: dict[str, Any], rate: Rate) -> None:
    (found,) = (await read(stored([component(**stated)]))).components
    assert found == options.component(rate=rate, cap_minor=5_000)


async def test_a_component_that_states_its_rate_alone_is_read_alike() -> None:
    alone = {"key": "base", "name": "Base", "credit": "direct", "rate_percent": "5"}
    (found,) = (await read(stored([alone]))).components
    assert found == options.component(rate=FlatRate(rate_percent=Decimal(5)))


def test_every_kind_of_rate_was_stored_in_schema_1() -> None:
    assert {rate.kind for _, rate in OF_SCHEMA_1} == options.RATES.keys()


@pytest.mark.parametrize("components", [None, {}, [5], [component()], [component(tiers={"axis": "height"})]])
async def test_what_was_no_version_in_schema_1_is_none_today(components: object) -> None:
    with pytest.raises(EventUnreadable, match="at position 7"):
        await CODEC.decode([stored(components)])


def test_points_that_were_posted_with_a_sentence_keep_it() -> None:
    member_id, plan_id = uid(0xA), uid(0xF1)
    common: dict[str, Any] = {"plan_version": 1, "award_key": "met", "period": "2026Q1", "points": 8}
    payload = {
        **common,
        "member_id": str(member_id),
        "plan_id": str(plan_id),
        "formula": "3 touches x 2.5 = 7.5 points",
        "positions": [7, 9],
    }
    (decoded,) = CODEC.decode_unopened([stored_text(json.dumps(payload), type="points.posted")])
    reason = stated_reason("3 touches x 2.5 = 7.5 points")
    posted = PointsPosted(**common, member_id=member_id, plan_id=plan_id, reason=reason, positions=(7, 9))
    assert decoded.event == posted
