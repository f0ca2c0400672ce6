"""Rule R38: which of several rates a sale has, one row a case. Examples by hypothesis with fixed seeds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules.rate_rules import (
    RatedSale,
    RateRule,
    most_specific_rule,
    problem_of_rate_rules,
    specificity_of,
)

ALL: Final = RateRule(
    product_level="all",
    product_key=None,
    region=None,
    customer_type=None,
    channel=None,
    priority=0,
    effective_from=None,
    rate_percent=Decimal(1),
)
CATEGORY: Final = replace(ALL, product_level="category", product_key="screens", rate_percent=Decimal(2))
PRODUCT: Final = replace(ALL, product_level="product", product_key="s27", rate_percent=Decimal(3))
VARIANT: Final = replace(ALL, product_level="variant", product_key="s27-black", rate_percent=Decimal(4))
EVERYWHERE: Final = replace(ALL, region="north", customer_type="new", channel="partner", rate_percent=Decimal(5))
NORTH: Final = replace(ALL, region="north", rate_percent=Decimal(6))
PARTNER: Final = replace(ALL, channel="partner", priority=1, rate_percent=Decimal(7))
NEWER: Final = replace(ALL, effective_from=date(2026, 4, 1), rate_percent=Decimal(8))
SALE: Final = RatedSale(
    on=date(2026, 3, 31),
    variant="s27-black",
    product="s27",
    category="screens",
    region="north",
    customer_type="new",
    channel="partner",
)


@pytest.mark.parametrize(
    ("rules", "sale", "winner"),
    [
        ((ALL, CATEGORY, PRODUCT, VARIANT), SALE, VARIANT),
        ((ALL, CATEGORY, PRODUCT, VARIANT), replace(SALE, variant="s27-white"), PRODUCT),
        ((ALL, CATEGORY, PRODUCT, VARIANT), replace(SALE, variant=None, product="s32"), CATEGORY),
        ((ALL, CATEGORY, PRODUCT), replace(SALE, variant=None, product=None, category=None), ALL),
        ((EVERYWHERE, CATEGORY), SALE, CATEGORY),  # the product goes before all further axes
        ((EVERYWHERE, PARTNER, NORTH, ALL), SALE, EVERYWHERE),  # three axes go before the higher priority of one
        ((PARTNER, NORTH, ALL), SALE, PARTNER),  # one axis each: the higher priority
        ((PARTNER, NORTH, ALL), replace(SALE, channel="direct"), NORTH),
        ((PARTNER, NORTH), replace(SALE, channel=None, region=None), None),
        ((ALL, NEWER), SALE, ALL),  # the day before it takes effect
        ((ALL, NEWER), replace(SALE, on=date(2026, 4, 1)), NEWER),
        ((), SALE, None),
    ],
)
def test_the_most_specific_rule_wins_in_any_order(
    rules: tuple[RateRule, ...], sale: RatedSale, winner: RateRule | None
) -> None:
    assert most_specific_rule(rules, sale) == winner
    assert most_specific_rule(rules[::-1], sale) == winner


RULES: Final = st.builds(
    lambda level, region, channel, priority: replace(
        ALL,
        product_level=level,
        product_key=None if level == "all" else "s27",
        region=region,
        channel=channel,
        priority=priority,
    ),
    st.sampled_from(("all", "category", "product", "variant")),
    st.sampled_from((None, "north", "south")),
    st.sampled_from((None, "partner", "direct")),
    st.integers(min_value=0, max_value=1),
)
SALES: Final = st.builds(
    lambda region, channel: replace(SALE, variant="s27", product="s27", category="s27", region=region, channel=channel),
    st.sampled_from((None, "north", "south")),
    st.sampled_from((None, "partner", "direct")),
)


@given(st.lists(RULES, max_size=6).map(tuple), SALES)
def test_published_rules_leave_no_sale_with_two_winners(rules: tuple[RateRule, ...], sale: RatedSale) -> None:
    if problem_of_rate_rules(rules) is not None:
        return
    winner = most_specific_rule(rules, sale)
    assert most_specific_rule(rules[::-1], sale) == winner
    if winner is not None:
        others = [rule for rule in rules if rule != winner and specificity_of(rule) == specificity_of(winner)]
        assert most_specific_rule(others, sale) is None
