"""Nothing of a plan is left out of its words: two versions that differ and can both be published never read the same."""

import types
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Base, Component, QuotaRules, Release
from salesapi.domain.pay.plans.plan_problems import problem_of_terms
from salesapi.domain.pay.rules.quotas import Proration
from salesapi.domain.pay.words.plan_in_words import plan_in_words
from salesapi.domain.pay.words.plan_words import Language
from salesapi.domain.shared.one_of import is_tag
from tests.domain.pay import plan_options as options
from tests.domain.pay.award_options import every_kind
from tests.domain.pay.plan_options import RATES, paying

EXAMPLES: tuple[Component, ...] = (
    *(paying(rate, key=rate) for rate in RATES),
    paying("flat", key="sourced", credit="sourcing", sourcing=options.SOURCING, attributed="payment"),
    paying("flat", key="team", credit="manager_override", levels=2, only=options.ONLY),
    paying("flat", key="margin", base=options.MARGIN, release=Release(on="period_end")),
    paying("flat", key="net", base=Base(kind="agreement_net"), accelerator=options.ACCELERATOR),
    paying("individual", key="slow", decelerator=options.DECELERATOR, gate=options.GATE, counted_over="year_to_date"),
    paying("flat", key="capped", deal_cap_minor=1_000, cap_minor=9_000, satisfaction=options.SATISFACTION),
    paying(
        "individual",
        key="carried",
        cap_minor=9_000,
        cap_window="year",
        rate_cap_percent=Decimal(9),
        line_limit_minor=900,
    ),
    paying("flat", key="cash", release=options.WITH_CASH, clawback=options.CLAWBACK),
    paying("flat", key="parts", release=options.IN_PARTS, clawback=options.SLIDING),
    paying("flat", key="served", clawback=options.UNSERVED),
)
WHOLE = CompensationPlanVersion(
    number=1,
    period="quarter",
    effective_from=options.OPENED,
    components=EXAMPLES,
    rounding=options.ROUNDING,
    awards=every_kind("flat"),
    **{name: rule for name, rule in options.TERMS.items() if name not in ("guarantee", "advance")},
)
OTHERS = (
    replace(WHOLE, draw=None, guarantee=options.GUARANTEE, components=EXAMPLES[:1]),
    replace(WHOLE, draw=None, recovery=None, advance=options.ADVANCE, components=EXAMPLES[:1]),
    replace(WHOLE, draw=replace(options.DRAW, kept_minimum_minor=120_000), components=EXAMPLES[:1]),
    replace(
        WHOLE,
        components=EXAMPLES[:1],
        quotas=QuotaRules(proration=Proration(basis="whole_months", month_day="first")),
        currencies=replace(
            options.CURRENCIES,
            conversion=replace(options.CURRENCIES.conversion, rate_date="plan_fixed", fixed_on=options.OPENED),
        ),
    ),
)
NOT_SAID = {"Component.key", "PlanAward.key", "Component.measure", "CompensationPlanVersion.number"}
"""What changes no pay: a name for machines; the only measure there is; the version's own number, which stands beside it."""
BOUND_TO_ANOTHER = {
    *("Tier.lower", "Tier.upper", "Band.lower", "Band.upper", "MarginBand.lower_percent", "MarginBand.upper_percent"),
    *("MarginBandTable.negative_margin", "SatisfactionTable.survey", "ReleaseInstalment.share_percent"),
    *("Holdback.event", "ClawbackRule.share", "Proration.basis", "Proration.month_percents"),
    *("SpiffCampaign.component", "PointsAward.component", "PointsAward.each", "TeamPool.component"),
    *("ForecastAward.component", "ScoreSource.component", "ScorecardGoal.weight_percent", "TeamPoolTerms.division"),
    "LeaverRule.reason",
}
"""What cannot be changed alone, or the version could not be published: the tests of words have these, one by one."""


def others(value: Any, hint: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Values of the same type that differ in one thing, each with the record and field that it is in."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, types.UnionType):
        known = [each for each in get_args(hint) if each is not type(None)]
        if value is None:
            yield from ((place, sample) for each in known for sample in samples(each))
            return
        if type(None) in get_args(hint):
            yield place, None
        hint = known[0]
        while get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
    if is_dataclass(value) and not isinstance(value, type):
        yield from other_records(value)
    elif isinstance(value, tuple):
        if len(value) > 1:
            yield place, value[:-1]
        for index, each in enumerate(value):
            for inner, other in others(each, get_args(hint)[0], place):
                yield inner, (*value[:index], other, *value[index + 1 :])
    elif get_origin(hint) is Literal:
        yield from ((place, other) for other in get_args(hint) if other != value)
    else:
        yield place, another(value)


def other_records(value: Any) -> Iterator[tuple[str, Any]]:
    """The record with one field changed, or left at its default."""
    hints = get_type_hints(type(value), include_extras=True)
    for each in fields(value):
        place, own = f"{type(value).__name__}.{each.name}", getattr(value, each.name)
        if each.default is not MISSING and each.default != own:
            yield place, replace(value, **{each.name: each.default})
        for inner, other in others(own, hints[each.name], place):
            yield inner, replace(value, **{each.name: other})


def samples(hint: Any) -> Iterator[Any]:
    """A value of a plain type."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is Literal:
        yield get_args(hint)[0]
    plain = {int: 7, Decimal: Decimal(7), str: "other", date: date(2026, 7, 7), UUID: UUID(int=7)}
    if hint in plain:
        yield plain[hint]


def another(value: Any) -> Any:
    """Another plain value of the same type."""
    match value:
        case bool():
            return not value
        case int() | Decimal():
            return value + 1
        case str():
            return f"{value} other"
        case date():
            return value + timedelta(days=1)
        case UUID():
            return UUID(int=value.int + 1)
    raise AssertionError(f"a plan has no {type(value)}")


@pytest.mark.parametrize("language", get_args(Language))
def test_versions_that_differ_do_not_read_the_same(language: Language) -> None:
    told: set[str] = set()
    for original in (WHOLE, *OTHERS):
        assert problem_of_terms(original, original.period) is None
        words = plan_in_words(original, "USD", language)
        for place, other in other_records(original):
            if place not in NOT_SAID and problem_of_terms(other, other.period) is None:
                assert plan_in_words(other, "USD", language) != words, place
                told.add(place)
    missing = set(all_places(CompensationPlanVersion)) - told - NOT_SAID
    assert missing == BOUND_TO_ANOTHER, missing ^ BOUND_TO_ANOTHER


def all_places(record: Any) -> Iterator[str]:
    """Every record and field with a plain value that a version consists of."""
    for name, hint in get_type_hints(record, include_extras=True).items():
        if name.startswith("__") or is_tag(name, hint):
            continue
        inside = set(records_in(hint))
        if not inside:
            yield f"{record.__name__}.{name}"
        for inner in inside:
            yield from all_places(inner)


def records_in(hint: Any) -> Iterator[Any]:
    """The records that a type names."""
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for each in get_args(hint):
        yield from records_in(each)
