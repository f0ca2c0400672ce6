"""What a credited amount earns: flat (R01), marginal (R04) and retroactive (R05) rates, and the bounds of tiers (R08).

All exact: fractions of minor units; nothing is rounded here. `start_minor` is what was credited in the period before.
"""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from salesapi.domain.compensation_plans import Component, Tier, TierTable
from salesapi.domain.kernel import record
from salesapi.domain.money import PRECISION_DIGITS, exponent


@record
class Earning:
    """One exact result with its derivation. An uplift pays on what was credited before, when a higher tier is reached."""

    kind: Literal["earning", "uplift"]
    rule: str
    base_minor: int
    rate_percent: str
    exact_minor: Fraction
    formula: str


def earnings_of(component: Component, start_minor: int, base_minor: int, currency: str) -> tuple[Earning, ...]:
    """What a credit earns by the component's rate or table."""
    if component.tiers is None:
        assert component.rate_percent is not None, "a published component has a rate or tiers"
        return (flat(component.rate_percent, base_minor, currency),)
    if component.tiers.mode == "marginal":
        return (marginal(component.tiers, start_minor, base_minor, currency),)
    return retroactive(component.tiers, start_minor, base_minor, currency)


def flat(rate_percent: Decimal, base_minor: int, currency: str) -> Earning:
    """R01: rate times base."""
    exact = _of(rate_percent, base_minor)
    return _earning("earning", "R01", base_minor, _text(rate_percent), exact, currency, [(rate_percent, base_minor)])


def marginal(table: TierTable, start_minor: int, base_minor: int, currency: str) -> Earning:
    """R04: each part of the amount, counted on from the start, earns its own tier's rate."""
    parts = list(parts_in_tiers(table, start_minor, base_minor))
    exact = sum((_of(rate, part_minor) for rate, part_minor in parts), Fraction())
    rates = " and ".join(_text(rate) for rate, _ in parts)
    return _earning("earning", "R04", base_minor, rates, exact, currency, parts)


def retroactive(table: TierTable, start_minor: int, base_minor: int, currency: str) -> tuple[Earning, ...]:
    """R05: the tier reached rates everything; another tier than before pays the difference on what came before."""
    before = tier_at(table, start_minor).rate_percent
    reached = tier_at(table, start_minor + base_minor).rate_percent
    own_exact, parts = _of(reached, base_minor), [(reached, base_minor)]
    own = _earning("earning", "R05", base_minor, _text(reached), own_exact, currency, parts)
    if before == reached or start_minor == 0:
        return (own,)
    exact = _of(reached, start_minor) - _of(before, start_minor)
    rates = f"{_text(reached)} less {_text(before)}"
    parts = [(reached, start_minor), (before, -start_minor)]
    return (own, _earning("uplift", "R05", start_minor, rates, exact, currency, parts))


def tier_at(table: TierTable, amount_minor: int) -> Tier:
    """R08: the tier of an amount; one exactly on a bound goes by the table's side, one below zero to the first tier."""
    for tier in table.tiers:
        if tier.upper_minor is None or amount_minor < tier.upper_minor:
            return tier
        if amount_minor == tier.upper_minor and table.boundary == "upper_inclusive":
            return tier
    raise AssertionError("a published table is open-ended")


def parts_in_tiers(table: TierTable, start_minor: int, base_minor: int) -> Iterator[tuple[Decimal, int]]:
    """The rate and length of each tier's part between the start and start plus base; lengths are negative going down."""
    if base_minor == 0:
        yield tier_at(table, start_minor).rate_percent, 0
        return
    low, high = sorted((start_minor, start_minor + base_minor))
    sign = 1 if base_minor > 0 else -1
    for index, tier in enumerate(table.tiers):
        first = low if index == 0 else max(low, tier.lower_minor)
        last = high if tier.upper_minor is None else min(high, tier.upper_minor)
        if last > first:
            yield tier.rate_percent, sign * (last - first)


def exact_text(amount_minor: Fraction) -> str:
    """The exact amount as a decimal string without needless zeros: `5270.5`."""
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return format((Decimal(amount_minor.numerator) / amount_minor.denominator).normalize(), "f")


def in_major(amount_minor: Fraction | int, currency: str) -> str:
    """The exact amount in major units, as people read it: `1,054.00`."""
    exact = Fraction(amount_minor)
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return format((Decimal(exact.numerator) / exact.denominator).scaleb(-exponent(currency)), ",f")


def _of(rate_percent: Decimal, amount_minor: int) -> Fraction:
    return Fraction(rate_percent) * amount_minor / 100


def _text(rate_percent: Decimal) -> str:
    return format(rate_percent, "f")


def _earning(
    kind: Literal["earning", "uplift"],
    rule: str,
    base_minor: int,
    rate_percent: str,
    exact_minor: Fraction,
    currency: str,
    parts: list[tuple[Decimal, int]],
) -> Earning:
    terms = " + ".join(f"{_text(rate)} % of {in_major(part_minor, currency)}" for rate, part_minor in parts)
    return Earning(
        kind=kind,
        rule=rule,
        base_minor=base_minor,
        rate_percent=rate_percent,
        exact_minor=exact_minor,
        formula=f"{terms} = {in_major(exact_minor, currency)} {currency}",
    )
