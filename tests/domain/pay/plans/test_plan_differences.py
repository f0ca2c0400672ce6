"""Differences between two versions of a plan: each place once, by key, in the order of the plan, as JSON."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component, FilterCondition, Rounding, SaleFilter
from salesapi.domain.pay.plans.plan_differences import DIFFERENCES_MAX, plan_differences
from tests.domain.pay.commission_stories import flat, table, tiered
from tests.domain.pay.plan_options import GUARANTEE
from tests.domain.pay.plans.examples import quarterly
from tests.domain.pay.plans.generated_plans import version as generated
from tests.laws import budget

FLAT = flat("5")


def differences(
    before: CompensationPlanVersion, after: CompensationPlanVersion
) -> list[tuple[str, str | None, str | None]]:
    return [
        (each.pointer, each.before, each.after) for each in plan_differences(before=before, after=after).differences
    ]


def test_a_version_does_not_differ_from_itself_under_another_number() -> None:
    assert differences(quarterly(FLAT), quarterly(FLAT, number=2)) == []


def test_a_rate_is_equal_to_one_that_is_written_with_more_digits() -> None:
    assert differences(quarterly(flat("5")), quarterly(flat("5.00"))) == []


def test_a_changed_rate_is_named_by_the_key_of_its_component() -> None:
    extra = flat("1", key="extra")
    assert differences(quarterly(extra, flat("5")), quarterly(extra, flat("4.5"))) == [
        ("/components/base/rate/rate_percent", '"5"', '"4.5"')
    ]


def test_a_component_that_comes_or_goes_is_one_difference_without_what_it_leaves_open() -> None:
    [(pointer, before, after)] = differences(quarterly(FLAT), quarterly(FLAT, flat("1", key="extra")))
    assert (pointer, before) == ("/components/extra", None)
    assert after is not None
    shown = json.loads(after)
    assert shown["rate"] == {"kind": "flat", "rate_percent": "1"}
    assert "only" not in shown
    assert differences(quarterly(FLAT, flat("1", key="extra")), quarterly(FLAT)) == [(pointer, after, None)]


def test_components_in_another_order_are_a_difference() -> None:
    extra = flat("1", key="extra")
    assert differences(quarterly(FLAT, extra), quarterly(extra, FLAT)) == [
        ("/components", '["base", "extra"]', '["extra", "base"]')
    ]
    assert differences(quarterly(FLAT, extra), quarterly(extra)) == [("/components/base", _text(FLAT), None)]


def _text(component: Component) -> str | None:
    return plan_differences(before=quarterly(), after=quarterly(component)).differences[0].after


def test_a_bound_of_one_tier_is_named_by_its_place() -> None:
    first, *rest = table("marginal").tiers
    wider = replace(table("marginal"), tiers=(replace(first, rate_percent=Decimal("2.5")), *rest))
    changed = differences(quarterly(tiered("marginal")), quarterly(replace(tiered("marginal"), rate=wider)))
    assert [pointer for pointer, _, _ in changed] == ["/components/base/rate/tiers/0/rate_percent"]


def test_terms_of_the_whole_plan_are_compared_in_their_order() -> None:
    later = replace(
        quarterly(FLAT),
        rounding=Rounding(scope="statement", mode="half_up"),
        guarantee=GUARANTEE,
        effective_from=date(2026, 4, 1),
    )
    pointers = [pointer for pointer, _, _ in differences(quarterly(FLAT), later)]
    assert pointers == ["/rounding/scope", "/guarantee", "/effective_from"]


def test_an_amount_is_a_number_a_rate_a_text_and_a_day_a_date() -> None:
    changed = replace(quarterly(FLAT), cap_minor=500_000, effective_from=date(2026, 4, 1))
    assert differences(quarterly(FLAT), changed)[0] == ("/cap_minor", None, "500000")
    assert differences(quarterly(FLAT), changed)[1] == ("/effective_from", None, '"2026-04-01"')


def test_a_key_with_a_slash_is_escaped_as_pointers_are() -> None:
    assert differences(quarterly(flat("1", key="a/b~c")), quarterly(flat("2", key="a/b~c"))) == [
        ("/components/a~1b~0c/rate/rate_percent", '"1"', '"2"')
    ]


def test_at_most_so_many_differences_are_listed_and_all_are_counted() -> None:
    def filtered(prefix: str) -> Component:
        values = tuple(f"{prefix}{number}" for number in range(200))
        conditions = tuple(FilterCondition(of="product_code", any_of=values) for _ in range(6))
        return replace(FLAT, only=SaleFilter(conditions=conditions))

    found = plan_differences(before=quarterly(filtered("a")), after=quarterly(filtered("b")))
    assert len(found.differences) == DIFFERENCES_MAX
    assert found.count == 1_200


@pytest.mark.parametrize("seed", range(budget(50)))
def test_looked_at_from_the_other_side_the_same_places_differ(seed: int) -> None:
    random = Random(seed)
    one, other = generated(random), generated(random)
    there, back = plan_differences(before=one, after=other), plan_differences(before=other, after=one)
    assert {each.pointer: (each.before, each.after) for each in there.differences} == {
        each.pointer: (each.after, each.before) for each in back.differences
    }
    assert there.count == back.count
    assert len({each.pointer for each in there.differences}) == len(there.differences)
