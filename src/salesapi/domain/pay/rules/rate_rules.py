"""Rates by product, region, customer type and channel (R38): the most specific rule wins.

Rates are decimals in percent, dates business dates. Keys are compared exactly; what a sale does not state matches only rules
that do not ask for it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.pay.rules.tables import Problem, problem_of_rate
from salesapi.domain.shared.dates import StartDate
from salesapi.domain.shared.kernel import About, Key, record
from salesapi.domain.shared.money import Exact

RULES_MAX: Final = 1_000
"""Most rate rules of one component."""
PRIORITY_MAX: Final = 1_000
"""Highest priority of a rule."""

ProductLevel: TypeAlias = Literal["variant", "product", "category", "all"]
Specificity: TypeAlias = tuple[int, int, int, date]
"""Product level, number of further axes, priority, date of effect: compared in this order, the greatest wins."""

_LEVELS: Final[dict[ProductLevel, int]] = {"all": 0, "category": 1, "product": 2, "variant": 3}


@record
class RateRule:
    """A rate for the sales that fit everything it states."""

    product_level: Annotated[
        ProductLevel, About("What `product_key` names: a `variant`, a `product`, a `category`, or nothing (`all`).")
    ]
    product_key: Annotated[Key | None, About("Key of the variant, product or category; null for `all`.")]
    region: Annotated[Key | None, About("Only sales of this region; null: any.")]
    customer_type: Annotated[Key | None, About("Only sales to this type of customer; null: any.")]
    channel: Annotated[Key | None, About("Only sales through this channel; null: any.")]
    priority: Annotated[
        int, Ge(0), Le(PRIORITY_MAX), About("Decides between equally specific rules; the higher one wins.")
    ]
    effective_from: Annotated[StartDate, About("First day that it applies to; null is always.")]
    rate_percent: Annotated[Exact, About("Rate in percent.")]


@record
class RateRules:
    """Rates by product, region, customer type and channel (R38); the most specific rule wins."""

    kind: Annotated[Literal["rules"], About("Which kind of rate it is.")] = "rules"
    rules: Annotated[tuple[RateRule, ...], MinLen(1), MaxLen(RULES_MAX), About("The rules, in any order.")]


@record
class RatedSale:
    """The axes of one sale, on the date that rates it."""

    on: date
    variant: str | None
    product: str | None
    category: str | None
    region: str | None
    customer_type: str | None
    channel: str | None


def most_specific_rule(rules: Sequence[RateRule], sale: RatedSale) -> RateRule | None:
    """R38: of the rules in effect that fit the sale, the one that names the most.

    Variant goes before product, category, all; then the number of further axes (region, customer type, channel) that the
    rule states; then the higher priority; then the newer date of effect (`always` is the oldest). The order of the rules
    does not matter. None where no rule fits: the sale has no rate, which a statement shows as such.
    """
    fitting = [rule for rule in rules if (rule.effective_from or date.min) <= sale.on and _fits(rule, sale)]
    return max(fitting, key=specificity_of, default=None)


def specificity_of(rule: RateRule) -> Specificity:
    """R38: what decides between two rules that fit one sale."""
    named = sum(value is not None for value in (rule.region, rule.customer_type, rule.channel))
    return (_LEVELS[rule.product_level], named, rule.priority, rule.effective_from or date.min)


def problem_of_rate_rules(rules: Sequence[RateRule]) -> Problem | None:
    """R38: rates within bounds, keys as the level asks, and no two rules of equal rank that can fit the same sale."""
    if len(rules) > RULES_MAX:
        return Problem(pointer="", reason=f"there are {len(rules)} rules; send at most {RULES_MAX}")
    by_rank: dict[Specificity, list[int]] = {}
    for index, rule in enumerate(rules):
        if (found := _problem_of_rule(rule, f"/{index}")) is not None:
            return found
        equals = by_rank.setdefault(specificity_of(rule), [])
        for other in equals:
            if _can_meet(rule, rules[other]):
                reason = f"it is as specific as rule {other}, of equal priority and date, and fits the same sales"
                return Problem(pointer=f"/{index}", reason=f"{reason}: change the priority of one")
        equals.append(index)
    return None


def _problem_of_rule(rule: RateRule, pointer: str) -> Problem | None:
    if (rule.product_level == "all") != (rule.product_key is None):
        reason = f"a rule for `{rule.product_level}` needs a key" if rule.product_key is None else "`all` has no key"
        return Problem(pointer=f"{pointer}/product_key", reason=reason)
    return problem_of_rate(rule.rate_percent, f"{pointer}/rate_percent")


def _fits(rule: RateRule, sale: RatedSale) -> bool:
    products: dict[ProductLevel, str | None] = {
        "variant": sale.variant,
        "product": sale.product,
        "category": sale.category,
        "all": None,
    }
    asked = (rule.region, rule.customer_type, rule.channel)
    stated = (sale.region, sale.customer_type, sale.channel)
    return products[rule.product_level] == rule.product_key and all(
        wanted is None or wanted == found for wanted, found in zip(asked, stated, strict=True)
    )


def _can_meet(one: RateRule, other: RateRule) -> bool:
    """Tells whether one sale can fit both rules of one product level: no axis is asked for with two values."""
    if one.product_key != other.product_key:
        return False
    pairs = (
        (one.region, other.region),
        (one.customer_type, other.customer_type),
        (one.channel, other.channel),
    )
    return all(first is None or second is None or first == second for first, second in pairs)
