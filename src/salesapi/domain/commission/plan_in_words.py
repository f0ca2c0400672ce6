"""A published plan version in words, English or Chinese: one sentence for each thing that changes pay, in the order in which
it is evaluated. Nothing is left out and nothing is added, so that whom a plan pays can read it instead of asking.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from salesapi.domain.commission.tables import Tier, TierTable
from salesapi.domain.commission.wording import in_major
from salesapi.domain.compensation_plans import CompensationPlanVersion, Component

Language: TypeAlias = Literal["en", "zh"]

PHRASES: Final[dict[str, dict[Language, str]]] = {
    "period.month": {"en": "Summed and paid by month.", "zh": "按月汇总并支付。"},
    "period.quarter": {"en": "Summed and paid by quarter.", "zh": "按季度汇总并支付。"},
    "period.year": {"en": "Summed and paid by year.", "zh": "按年汇总并支付。"},
    "always": {"en": "Applies to all wins.", "zh": "适用于所有赢单。"},
    "from": {"en": "Applies to wins from {on} on.", "zh": "适用于{on}起的赢单。"},
    "order": {
        "en": "Deals count in the order of their win date, then of their recording.",
        "zh": "订单按赢单日期先后计算,同日按录入先后。",
    },
    "credit.direct": {"en": "{name}: for one's own share of a deal", "zh": "{name}:按本人在订单中的份额"},
    "credit.overlay": {
        "en": "{name}: for credit outside the 100 percent of a deal",
        "zh": "{name}:按订单100%之外的附加份额",
    },
    "credit.manager_override": {
        "en": "{name}: for the direct credits of one's people, {levels} level(s) down",
        "zh": "{name}:按下属的直接份额,向下{levels}级",
    },
    "component": {"en": "{credit}: {rate}", "zh": "{credit},{rate}"},
    "rate.flat": {"en": "{rate} % of the amount.", "zh": "金额的{rate}%。"},
    "rate.deal": {"en": "{amount} for each deal.", "zh": "每单{amount}。"},
    "rate.individual": {
        "en": "a rate of one's own: {amount} divided by the period's quota.",
        "zh": "个人提成率:{amount}除以本期指标。",
    },
    "rate.tiers.amount": {"en": "by tiers of what was credited in the period.", "zh": "按本期累计金额分档。"},
    "rate.tiers.attainment_percent": {"en": "by tiers of quota attainment.", "zh": "按指标完成率分档。"},
    "tier.new": {
        "en": "{range}: {rate} % of the part inside this tier only (marginal).",
        "zh": "{range}:仅本档内的部分按{rate}%(超额累进)。",
    },
    "tier.all": {
        "en": "{range}: {rate} % of everything in the period so far (retroactive).",
        "zh": "{range}:本期全部金额按{rate}%(全额累进)。",
    },
    "tier.moving": {"en": "{rate} rising evenly to {upper}", "zh": "{rate}匀速变为{upper}"},
    "range.from": {"en": "from {lower}", "zh": "{lower}起"},
    "range.between": {"en": "from {lower} to {upper}", "zh": "{lower}至{upper}"},
    "boundary.lower_inclusive": {
        "en": "An amount exactly on a bound belongs to the upper tier.",
        "zh": "恰好等于分界时归入上一档。",
    },
    "boundary.upper_inclusive": {
        "en": "An amount exactly on a bound belongs to the lower tier.",
        "zh": "恰好等于分界时归入下一档。",
    },
    "rate.bonus": {
        "en": "a bonus of {amount} at 100 % payout, by quota attainment: nothing below {first} %.",
        "zh": "目标奖金{amount}(兑现率100%时),按指标完成率:低于{first}%不发。",
    },
    "point": {"en": "At {at} % attainment: {pays} % of the bonus.", "zh": "完成率{at}%时:兑现{pays}%。"},
    "beyond.capped": {"en": "Beyond the last point it stays there.", "zh": "超过最后一点后不再增加。"},
    "beyond.continued": {
        "en": "Beyond the last point it goes on at the last slope.",
        "zh": "超过最后一点后按最后斜率继续增加。",
    },
    "straight": {"en": "Between points it goes evenly.", "zh": "各点之间匀速变化。"},
    "accelerator": {
        "en": "What is credited above {at} % of the quota earns {factor} times the rate.",
        "zh": "超过指标{at}%的部分,提成率乘以{factor}。",
    },
    "decelerator.below": {
        "en": "What is credited below {at} % of the quota earns {factor} times the rate.",
        "zh": "未达指标{at}%的部分,提成率乘以{factor}。",
    },
    "decelerator.whole": {
        "en": "A deal that leaves the total below {at} % of the quota earns {factor} times the rate.",
        "zh": "计入后累计仍未达指标{at}%的订单,整单提成率乘以{factor}。",
    },
    "gate.whole_period": {
        "en": "Pays only if the period reaches {at} % of the quota; then for all of the period.",
        "zh": "本期完成指标{at}%才发放,达到后本期全部发放。",
    },
    "gate.later_deals": {
        "en": "Pays only from the deal on that reaches {at} % of the quota; earlier deals of the period earn nothing.",
        "zh": "自达到指标{at}%的订单起才发放,本期此前的订单不发。",
    },
    "cap.deal": {
        "en": "One deal earns at most {amount}; the rest is lost.",
        "zh": "单笔订单最多{amount},超出部分作废。",
    },
    "cap.period": {
        "en": "It earns at most {amount} in a period; the rest is lost.",
        "zh": "每期最多{amount},超出部分作废。",
    },
    "quota": {
        "en": "Without a quota for the period it waits and pays nothing.",
        "zh": "本期未设指标时暂不计算,也不发放。",
    },
    "guarantee": {
        "en": "Guarantee: at least {amount} in a period, never paid back{until}.",
        "zh": "保底:每期不少于{amount},不予扣回{until}。",
    },
    "draw": {
        "en": "Draw: at least {amount} in a period{until}; what is advanced is owed and recovered from later earnings, "
        "at most {limit} % of a period's.",
        "zh": "预支:每期不少于{amount}{until};垫付部分为欠款,从以后收入中扣回,每期最多扣{limit}%。",
    },
    "until": {"en": ", until {on}", "zh": ",至{on}止"},
    "compared.earned": {
        "en": "It is compared with what the period earned, without corrections of earlier ones.",
        "zh": "与本期所得比较,不含往期更正。",
    },
    "compared.payable": {
        "en": "It is compared with what is payable, corrections of earlier periods included.",
        "zh": "与本期应发比较,含往期更正。",
    },
    "kept": {"en": "Recovery leaves at least {amount}.", "zh": "扣回后至少保留{amount}。"},
    "at_end.forgiven": {"en": "What is still owed at its end is forgiven.", "zh": "到期时余欠免除。"},
    "at_end.still_owed": {"en": "What is still owed at its end stays owed.", "zh": "到期时余欠仍须扣回。"},
    "on_leaving.forgiven": {"en": "What a leaver owes is forgiven.", "zh": "离开方案时余欠免除。"},
    "on_leaving.still_owed": {"en": "What a leaver owes stays owed.", "zh": "离开方案时余欠仍须扣回。"},
    "rounding.line": {"en": "Each line is rounded", "zh": "逐行取整"},
    "rounding.component": {"en": "The sum of each component is rounded", "zh": "各项合计取整"},
    "rounding.statement": {"en": "The sum of the statement is rounded", "zh": "报表合计取整"},
    "mode.half_up": {"en": " half up to the currency's smallest unit.", "zh": ",四舍五入至货币最小单位。"},
    "mode.half_even": {"en": " half to even to the currency's smallest unit.", "zh": ",四舍六入五成双至货币最小单位。"},
    "mode.down": {"en": " towards zero to the currency's smallest unit.", "zh": ",向零舍去至货币最小单位。"},
}
"""Every sentence in every language, under one name."""


def plan_in_words(version: CompensationPlanVersion, currency: str, language: Language) -> tuple[str, ...]:
    """The sentences of a version, in the order of evaluation. Amounts are in major units of the plan's currency."""
    words = _Words(currency, language)
    return (
        words.say(f"period.{version.period}"),
        words.say("from", on=version.effective_from) if version.effective_from else words.say("always"),
        words.say("order"),
        *(sentence for component in version.components for sentence in _component(words, component)),
        *_floor(words, version),
        words.say(f"rounding.{version.rounding.scope}") + words.say(f"mode.{version.rounding.mode}"),
    )


class _Words:
    """Sentences in one language and currency."""

    def __init__(self, currency: str, language: Language) -> None:
        self._currency = currency
        self._language = language

    def say(self, phrase: str, **values: object) -> str:
        """A sentence with its values."""
        return PHRASES[phrase][self._language].format(**values)

    def money(self, amount_minor: Fraction | int) -> str:
        """An amount in major units with its currency."""
        return f"{in_major(amount_minor, self._currency)} {self._currency}"


def _component(words: _Words, component: Component) -> Iterator[str]:
    credit = words.say(f"credit.{component.credit}", name=component.name, levels=component.levels)
    rate, *details = _rate(words, component)
    yield words.say("component", credit=credit, rate=rate)
    yield from details
    if component.accelerator is not None:
        at, factor = _plain(component.accelerator.above_attainment_percent), _plain(component.accelerator.factor)
        yield words.say("accelerator", at=at, factor=factor)
    if component.decelerator is not None:
        at, factor = _plain(component.decelerator.below_attainment_percent), _plain(component.decelerator.factor)
        yield words.say(f"decelerator.{component.decelerator.slowed}", at=at, factor=factor)
    if component.gate is not None:
        yield words.say(f"gate.{component.gate.pays}", at=_plain(component.gate.attainment_percent))
    if component.deal_cap_minor is not None:
        yield words.say("cap.deal", amount=words.money(component.deal_cap_minor))
    if component.cap_minor is not None:
        yield words.say("cap.period", amount=words.money(component.cap_minor))
    if component.needs_quota():
        yield words.say("quota")


def _rate(words: _Words, component: Component) -> Iterator[str]:
    if component.rate_percent is not None:
        yield words.say("rate.flat", rate=_plain(component.rate_percent))
    elif component.deal_amount_minor is not None:
        yield words.say("rate.deal", amount=words.money(component.deal_amount_minor))
    elif component.individual is not None:
        yield words.say("rate.individual", amount=words.money(component.individual.target_variable_minor))
    elif component.tiers is not None:
        yield words.say(f"rate.tiers.{component.tiers.axis}")
        yield from (_tier(words, component.tiers, tier) for tier in component.tiers.tiers)
        yield words.say(f"boundary.{component.tiers.boundary}")
    elif component.bonus is not None:
        curve = component.bonus.curve
        first = _plain(curve.points[0].attainment_percent)
        yield words.say("rate.bonus", amount=words.money(component.bonus.target_minor), first=first)
        for point in curve.points:
            yield words.say("point", at=_plain(point.attainment_percent), pays=_plain(point.payout_percent))
        yield words.say("straight")
        yield words.say(f"beyond.{curve.above_last}")


def _tier(words: _Words, table: TierTable, tier: Tier) -> str:
    def bound(value: Decimal) -> str:
        return words.money(Fraction(value)) if table.axis == "amount" else f"{_plain(value)} %"

    if tier.upper is None:
        span = words.say("range.from", lower=bound(tier.lower))
    else:
        span = words.say("range.between", lower=bound(tier.lower), upper=bound(tier.upper))
    rate = _plain(tier.rate_percent)
    if tier.rate_at_upper_percent is not None:
        rate = words.say("tier.moving", rate=rate, upper=_plain(tier.rate_at_upper_percent))
    return words.say(f"tier.{tier.applies_to}", range=span, rate=rate)


def _floor(words: _Words, version: CompensationPlanVersion) -> Iterator[str]:
    floor = version.guarantee
    if floor is not None:
        until = words.say("until", on=floor.last_on) if floor.last_on else ""
        yield words.say("guarantee", amount=words.money(floor.amount_minor), until=until)
        yield words.say(f"compared.{floor.compared_with}")
    draw = version.draw
    if draw is not None:
        until = words.say("until", on=draw.last_on) if draw.last_on else ""
        limit = _plain(draw.recovery_limit_percent)
        yield words.say("draw", amount=words.money(draw.draw_minor), until=until, limit=limit)
        yield words.say(f"compared.{draw.compared_with}")
        if draw.kept_minimum_minor is not None:
            yield words.say("kept", amount=words.money(draw.kept_minimum_minor))
        yield words.say(f"at_end.{draw.at_end}")
        yield words.say(f"on_leaving.{draw.on_leaving}")


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
