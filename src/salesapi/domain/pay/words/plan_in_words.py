"""A published plan version in words, English or Chinese: one sentence for each thing that changes pay, in the order in which
it is evaluated. Nothing is left out and nothing is added, so that whom a plan pays can read it instead of asking.

The sentences stand in the `..._phrases.py` files; how a component reads is in `component_in_words.py` and `release_in_words.py`,
how an award does in `awards_in_words.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import CurrencyRules, QuotaRules, Rounding, VersionTakeover
from salesapi.domain.pay.rules.clawbacks import RecoveryLimit
from salesapi.domain.pay.rules.draws import DrawInAdvance, Guarantee, RecoverableDraw
from salesapi.domain.pay.rules.plan_versions_and_leavers import LeaverRule
from salesapi.domain.pay.rules.quotas import Ramp
from salesapi.domain.pay.words.award_phrases import AWARD_PHRASES
from salesapi.domain.pay.words.awards_in_words import awards_in_words
from salesapi.domain.pay.words.component_in_words import component_in_words
from salesapi.domain.pay.words.component_phrases import COMPONENT_PHRASES
from salesapi.domain.pay.words.plan_phrases import PLAN_PHRASES
from salesapi.domain.pay.words.plan_words import RANGE_PHRASES, Language, Phrases, Words, where_stated
from salesapi.domain.pay.words.release_phrases import RELEASE_PHRASES

PHRASES: Final[Phrases] = {**RANGE_PHRASES, **PLAN_PHRASES, **COMPONENT_PHRASES, **RELEASE_PHRASES, **AWARD_PHRASES}
"""Every sentence in every language, under one name."""


def plan_in_words(version: CompensationPlanVersion, currency: str, language: Language) -> tuple[str, ...]:
    """The sentences of a version, in the order of evaluation. Amounts are in major units of the plan's currency."""
    return tuple(_sentences(Words(PHRASES, language, currency), version))


def _sentences(words: Words, version: CompensationPlanVersion) -> Iterator[str]:
    yield words.say(f"period.{version.period}")
    yield words.say("from", on=version.effective_from) if version.effective_from else words.say("always")
    yield words.say("order")
    yield from where_stated(words, version.takeover, _takeover)
    if version.acknowledgement_required:
        yield words.say("acknowledgement")
    yield from where_stated(words, version.currencies, _currencies)
    yield from where_stated(words, version.quotas, _quotas)
    for component in version.components:
        yield from component_in_words(words, component)
    if version.cap_minor is not None:
        yield words.say(f"cap.plan.{version.cap_window}", amount=words.money(version.cap_minor))
        yield words.say(f"excess.{version.cap_excess}.{version.cap_window}")
    if version.budget_minor is not None:
        yield words.say("budget", amount=words.money(version.budget_minor))
    if version.correction_from_minor is not None:
        yield words.say("correction_from", amount=words.money(version.correction_from_minor))
    yield from awards_in_words(words, version)
    yield from _leavers(words, version.leavers)
    yield from where_stated(words, version.recovery, _recovery)
    yield from where_stated(words, version.guarantee, _guarantee)
    yield from where_stated(words, version.draw, _draw)
    yield from where_stated(words, version.advance, _advance)
    yield _rounding(words, version.rounding)


def _rounding(words: Words, rounding: Rounding) -> str:
    to = words.say("digits.currency" if rounding.digits is None else "digits.stated", digits=rounding.digits)
    return words.say(f"rounding.{rounding.scope}") + words.say(f"mode.{rounding.mode}") + to


def _takeover(words: Words, takeover: VersionTakeover) -> Iterator[str]:
    yield from words.say_all(f"takeover.{takeover.change}", f"cumulative.{takeover.cumulative}")


def _currencies(words: Words, currencies: CurrencyRules) -> Iterator[str]:
    conversion = currencies.conversion
    day = words.say(f"day.{conversion.rate_date}", on=conversion.fixed_on)
    yield words.say("currencies", table=currencies.rate_table_id, day=day)
    yield words.say(f"inverse.{conversion.inverse}")
    if conversion.base_currency is not None:
        yield words.say("through", currency=conversion.base_currency)


def _quotas(words: Words, quotas: QuotaRules) -> Iterator[str]:
    proration = quotas.proration
    if proration is not None:
        yield words.say(
            f"proration.{proration.basis}",
            calendar=quotas.calendar_id,
            day=words.say(f"month_day.{proration.month_day}") if proration.month_day is not None else "",
            weights=words.say("comma").join(words.plain(percent) for percent in proration.month_percents),
        )
    yield from where_stated(words, quotas.ramp, _ramp)


def _ramp(words: Words, ramp: Ramp) -> Iterator[str]:
    for step in ramp.steps:
        yield words.say("ramp.step", month=step.through_month, percent=step.percent)
    yield words.say("ramp.after", percent=ramp.after_percent)
    yield words.say(f"ramp.{ramp.counted_from}")


def _leavers(words: Words, rules: Sequence[LeaverRule]) -> Iterator[str]:
    """One sentence for all reasons after which the same is paid."""
    alike: dict[LeaverRule, list[str]] = {}
    for rule in rules:
        alike.setdefault(replace(rule, reason=rules[0].reason), []).append(rule.reason)
    for rule, reasons in alike.items():
        yield words.say(
            "leaver",
            reasons=words.one_of_named("leaving", reasons),
            earned=rule.earned_percent,
            released=rule.released_later_percent,
            released_days=rule.released_later_days,
            pipeline=rule.pipeline_percent,
            pipeline_days=rule.pipeline_days,
        )


def _recovery(words: Words, limit: RecoveryLimit) -> Iterator[str]:
    yield words.say("recovery")
    if limit.percent is not None:
        yield words.say("recovery.percent", percent=limit.percent)
    if limit.amount_minor is not None:
        yield words.say("recovery.amount", amount=words.money(limit.amount_minor))
    if limit.kept_minor is not None:
        yield words.say("recovery.kept", amount=words.money(limit.kept_minor))
    yield words.say(f"debt.{limit.leaver}")


def _guarantee(words: Words, floor: Guarantee) -> Iterator[str]:
    until = words.say("until", on=floor.last_on) if floor.last_on else ""
    yield words.say(f"guarantee.{floor.kind}", amount=words.money(floor.amount_minor), until=until)
    yield words.say(f"compared.{floor.compared_with}")


def _draw(words: Words, draw: RecoverableDraw) -> Iterator[str]:
    until = words.say("until", on=draw.last_on) if draw.last_on else ""
    yield words.say("draw", amount=words.money(draw.draw_minor), until=until, limit=draw.recovery_limit_percent)
    yield from words.say_all(f"compared.{draw.compared_with}", "draw.own")
    if draw.kept_minimum_minor is not None:
        yield words.say("kept", amount=words.money(draw.kept_minimum_minor))
    yield from words.say_all(f"at_end.{draw.at_end}", f"on_leaving.{draw.on_leaving}")


def _advance(words: Words, advance: DrawInAdvance) -> Iterator[str]:
    yield words.say("advance", amount=words.money(advance.advance_minor))
    yield from words.say_all(f"netted.{advance.compared_with}", "draw.own")
    yield from words.say_all(f"negative_end.{advance.negative_end}", f"on_leaving.{advance.on_leaving}")
    if advance.collection_allowed_by is not None:
        yield words.say("collection", law=advance.collection_allowed_by)
