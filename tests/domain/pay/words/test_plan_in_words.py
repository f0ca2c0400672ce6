"""A plan in words: what people read who are paid by it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any, get_args

import pytest

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Base, Component, Gate, QuotaRules, Release
from salesapi.domain.pay.plans.plan_rates import (
    Accelerator,
    DealAmount,
    Decelerator,
    FlatRate,
    IndividualRate,
    TargetBonus,
)
from salesapi.domain.pay.rules.quotas import Proration
from salesapi.domain.pay.rules.rate_rules import RateRules
from salesapi.domain.pay.rules.tables import Tier, TierTable
from salesapi.domain.pay.words.award_phrases import AWARD_PHRASES
from salesapi.domain.pay.words.component_phrases import COMPONENT_PHRASES
from salesapi.domain.pay.words.plan_in_words import PHRASES, plan_in_words
from salesapi.domain.pay.words.plan_phrases import PLAN_PHRASES
from salesapi.domain.pay.words.plan_words import RANGE_PHRASES, Language
from salesapi.domain.pay.words.release_phrases import RELEASE_PHRASES
from tests.domain.pay import plan_options as options
from tests.domain.pay.commission_stories import flat, tiered
from tests.domain.pay.plan_options import ROUNDING, component, paying
from tests.domain.pay.plans.examples import quarterly


def version(*components: Component, **rules: Any) -> CompensationPlanVersion:
    """A version of a quarterly plan in USD."""
    return quarterly(*components, rounding=ROUNDING, effective_from=date(2026, 1, 1), **rules)


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
    percent = Decimal(80)
    faster = Accelerator(above_attainment_percent=percent, factor=Decimal("1.5"))
    slower = Decelerator(below_attainment_percent=percent, factor=Decimal("0.25"), slowed="whole")
    gate = Gate(attainment_percent=Decimal(60), pays="later_deals")
    individual = IndividualRate(target_variable_minor=777_703, accelerator=faster)
    components = (
        component(key="a", rate=table, cap_minor=777_701, deal_cap_minor=777_702),
        component(key="b", credit="overlay", rate=individual, gate=gate),
        component(key="c", rate=FlatRate(rate_percent=Decimal(9), decelerator=slower)),
        component(
            key="d", rate=TargetBonus(target_minor=777_704, curve=replace(options.CURVE, above_last="continued"))
        ),
        component(key="e", rate=DealAmount(amount_minor=777_705)),
    )
    draw = replace(
        options.DRAW,
        draw_minor=777_706,
        last_on=date(2027, 12, 31),
        kept_minimum_minor=777_707,
        recovery_limit_percent=Decimal(40),
    )
    text = "\n".join(plan_in_words(version(*components, draw=draw), "USD", language))
    for number in range(777_701, 777_708):
        assert f"{number // 100:,}.{number % 100:02}" in text
    for said in ("1.5", "0.25", "60", "2027-12-31", "40"):
        assert said in text


OF_A_COMPONENT: list[tuple[Component, str, str]] = [
    (
        paying("flat", credit="sourcing", sourcing=options.SOURCING),
        "Base: for one's touches of the lead that a deal came from: 5 % of the amount.\n"
        "Touches share the deal by their weights.\n"
        "Only meetings or referrals count as touches.\n"
        "A touch counts for 90 day(s).",
        "Base:按本人对来源线索的触点,金额的5%。\n各触点按权重分享业绩。\n触点仅计会面或转介绍。\n触点90天内有效。",
    ),
    (
        paying("flat", only=options.ONLY),
        "Only the categories beds or tables count.\nThe deal's channel must be direct.\n"
        "The customer must not have had an earlier win.",
        "仅计类别beds或tables。\n订单的channel须为direct。\n仅限此前无赢单的新客户。",
    ),
    (
        paying("flat", base=options.MARGIN),
        "The amount of a sale is its margin: that of its agreements without tax less the costs of their lines.\n"
        "A margin below zero counts as zero.",
        "金额指毛利,即合同不含税金额减去合同明细的成本。\n毛利为负时按零计。",
    ),
    (
        paying("flat", base=Base(kind="agreement_gross")),
        "The amount of a sale is that of its agreements with tax.",
        "金额指合同含税金额。",
    ),
    (
        paying("flat", attributed="acceptance"),
        "A sale belongs to the period of the acceptance, and is rated there; before that it does not count.",
        "销售按验收日期归属期间并计提,此前不计。",
    ),
    (
        paying("tiers", counted_over="year_to_date_rate"),
        "against the year's quota; only this period's sales are rated.",
        "对照全年指标;仅对本期销售计提。",
    ),
    (paying("unit_amount"), "Base: for one's own share of a deal: 5.00 USD for each unit.", "每件5.00 USD。"),
    (
        paying("flat", cap_minor=100_000, override_percent_max=Decimal("12.50")),
        "An enrolment may agree another rate or cap, up to 12.5 % less or more.",
        "参加时可另行约定提成率或上限,上下浮动不超过12.5%。",
    ),
    (
        paying("individual", override_percent_max=Decimal(20)),
        "An enrolment may agree another target pay, up to 20 % less or more.",
        "参加时可另行约定目标浮动收入,上下浮动不超过20%。",
    ),
    (
        paying("bonus", override_percent_max=Decimal(20)),
        "An enrolment may agree another bonus, up to 20 % less or more.",
        "参加时可另行约定目标奖金,上下浮动不超过20%。",
    ),
    (
        paying("rules", rate=RateRules(rules=(replace(options.RULE, priority=7, effective_from=date(2026, 4, 1)),))),
        "Category beds, in the region north, from 2026-04-01 on: 4 %, with priority 7.\n"
        "A variant goes before a product, that before a category, that before everything;",
        "类别beds,区域north,2026-04-01起:4%,优先级7。\n规格先于产品,产品先于类别,类别先于全部;",
    ),
    (
        paying("margin_bands"),
        "by the margin in percent of the price.\nbelow 20 %: 5 % of the margin.\nfrom 20 %: 8 % of the margin.\n"
        "An amount exactly on a bound belongs to the upper tier.\nWhere there is nothing to divide by: 0 %.",
        "按毛利占售价的百分比分段。\n20%以下:毛利的5%。\n20%起:毛利的8%。\n恰好等于分界时归入上一档。\n"
        "无法计算百分比时:0%。",
    ),
    (
        paying("contract_terms"),
        "by the term of the agreements, of their recurring value in the first twelve months.\n"
        "One-off charges are left out.\n"
        "A term from 0 month(s) on: 6 %.\nA term from 24 month(s) on: 7 %.\n"
        "A term of at least 36 month(s): times 1.2.\nSeveral of them are multiplied.",
        "按合同期限,以首个十二个月的经常性金额计提。\n一次性费用不计。\n期限满0个月:6%。\n期限满24个月:7%。\n"
        "期限不少于36个月:乘以1.2。\n同时符合多项时系数连乘。",
    ),
    (
        paying("residual"),
        "2 % of each recurring invoice.\nIt is paid for the first 12 billing period(s) of an agreement.\n"
        "After the customer changes hands it is paid to the new owner.",
        "每张经常性发票金额的2%。\n仅合同的前12个账单期计提。\n客户转手后归新负责人。",
    ),
    (
        paying("matrix"),
        "by the quota attainment of the whole period and the agreement's term in months.\n"
        "from 0 % to 100 %: 1 % from 0 month(s) to 12 month(s), 2 % from 12 month(s).\n"
        "from 100 %: 3 % from 0 month(s) to 12 month(s), 4 % from 12 month(s).",
        "按整期指标完成率与合同月数确定提成率。\n0%至100%:0个月至12个月为1%、12个月起为2%。\n"
        "100%起:0个月至12个月为3%、12个月起为4%。",
    ),
    (
        paying("flat", satisfaction=options.SATISFACTION),
        "It is multiplied by a factor for the percent of one's customers who are satisfied in the period.\n"
        "A score from 0 on: times 0.\nA score from 80 on: times 1.\nWith fewer than 5 answer(s) the factor is 1.",
        "所得乘以本期客户满意率对应的系数。\n得分0起:乘以0。\n得分80起:乘以1。\n答复少于5份时系数为1。",
    ),
    (
        paying("flat", release=Release(on="period_end")),
        "It is payable from the end of the period on, and never before it is earned.",
        "自期末起应发,且不早于计入之日。",
    ),
    (paying("flat", release=Release()), "It is payable as soon as it is earned.", "计入之日起即应发。"),
    (
        paying("flat", release=options.WITH_CASH),
        "It becomes payable with the customer's cash, in the same proportion, tax left out.\n"
        "Cash pays all lines of the deal in proportion.\n"
        "What the bank keeps of a payment counts as paid.\n"
        "Cash that comes before the invoice waits for it.\n"
        "Where the customer owes nothing, nothing becomes payable.\n"
        "Cash more than 90 day(s) after the invoice releases only 50 % of its part.\n"
        "Cash more than 180 day(s) after the invoice releases nothing.\n"
        "Cash up to 0 day(s) from the due date: times 1.1.\nAny other cash where the due date is known: times 0.9.",
        "随客户回款按同等比例兑现,不计税款。\n回款按比例冲抵订单各行。\n银行扣收的手续费视为已付。\n"
        "开票前收到的款项待开票时兑现。\n客户无应付款时,不予兑现。\n开票后超过90天的回款仅兑现其部分的50%。\n"
        "开票后超过180天的回款不再兑现。\n到期日起0天以内的回款:乘以1.1。\n其余有到期日的回款:乘以0.9。",
    ),
    (
        paying("flat", release=options.IN_PARTS),
        "Part 1: 60 %, payable 0 day(s) after it is earned.\nPart 2: 40 %, payable from the acceptance on.\n"
        "Smallest units that are left go to the last part.\n"
        "When the customer is lost, the parts that are not payable by then are cancelled.\n"
        "10 % of it is held back until 12 month(s) after it is earned.\nA clawback takes what is held back first.",
        "第1部分:60%,计入后0天应发。\n第2部分:40%,自验收起应发。\n取整余额归最后一部分。\n"
        "客户流失时,尚未应发的部分取消。\n留存10%,计入后12个月发放。\n发生追回时,先从留存中抵扣。",
    ),
    (
        paying("flat", clawback=options.CLAWBACK),
        "Taken back on cancellation or non-payment within 12 month(s) of the win: 75 % of what the lost part earned.\n"
        "The day on which such a time is exactly over still counts.\n"
        "What is open of an invoice 60 day(s) after its due date counts as non-payment.\n"
        "What is lost still counts for the attainment of its period.",
        "自赢单起12个月内发生取消或未付款的:追回失去部分所得的75%。\n期满当日仍在期内。\n"
        "发票到期60天后仍未付清的部分视为未付款。\n失去的业绩仍计入当期完成率。",
    ),
    (
        paying("flat", clawback=options.SLIDING),
        "Taken back on refund within 90 day(s) of the signature: a part of what the lost part earned, by the time since "
        "then.\nUp to 30 day(s): 100 % of it.\nUp to 90 day(s): 50 % of it.\n"
        "The day on which such a time is exactly over no longer counts.\n"
        "What is lost still counts for the attainment of its period.",
        "自签约起90天内发生退款的:追回失去部分所得中按所经时间确定的比例。\n30天以内:100%。\n90天以内:50%。\n"
        "期满当日不在期内。\n失去的业绩仍计入当期完成率。",
    ),
    (
        paying("flat", clawback=replace(options.SLIDING, attainment="restate")),
        "What is lost was never credited: the tiers and the attainment of its period fall.",
        "失去的业绩视为从未计入,当期分档与完成率随之下调。",
    ),
    (
        paying("flat", clawback=options.UNSERVED),
        "for as much of the term as is not served, by months.\nA month that was begun is served.",
        "失去部分所得中未履行期限的比例,按月计。\n已开始的月份视为已履行。",
    ),
]
TO_THE_ACCEPTANCE = replace(options.HOLDBACK, wait=None, event="acceptance", on_clawback="forfeited")
IN_FULL = replace(options.CLAWBACK.rule, share="full", percent=None)
OF_A_COMPONENT += [
    (
        paying("flat", satisfaction=replace(options.SATISFACTION, survey="nps", too_few="nothing")),
        "It is multiplied by a factor for the Net Promoter Score of one's customers in the period.",
        "所得乘以本期客户净推荐值对应的系数。",
    ),
    (
        paying("flat", release=Release(holdback=TO_THE_ACCEPTANCE)),
        "10 % of it is held back until the acceptance.\n"
        "A clawback ends all that is held back, which counts towards it.",
        "留存10%,至验收发放。\n发生追回时,留存全部没收,并计入追回额。",
    ),
    (
        paying("flat", clawback=replace(options.CLAWBACK, rule=IN_FULL)),
        "within 12 month(s) of the win: all that the lost part earned.",
        "追回失去部分的全部所得。",
    ),
]
OF_ALL: list[tuple[dict[str, Any], str, str]] = [
    (
        {"takeover": options.TAKEOVER},
        "Where it takes over inside a period, each sale is paid by the version of its day, against its part of the quota.\n"
        "Tiers go on counting from the start of the period.",
        "期中生效时,每笔销售按其当日的版本计算,各对照相应部分的指标。\n分档累计自期初延续。",
    ),
    (
        {"advance": options.ADVANCE},
        "Draw in advance: 700.00 USD is paid with the run of the period before, to who takes part on the first day; for a "
        "part of a period by days.\n"
        "It is netted with all that is payable, corrections of earlier periods included.\n"
        "An enrolment may agree another draw.\nA negative end is collected.\nWhat a leaver owes is collected.\n"
        "Collection is allowed by: section 3 of the agreement.",
        "预付:每期700.00 USD,随上一期发给期首日在册者;不足整期的按天折算。\n期末与本期应发冲抵,含往期更正。\n"
        "参加时可另行约定预支额。\n冲抵后为负的,予以收取。\n离开方案时余欠予以收取。\n"
        "收取依据:section 3 of the agreement。",
    ),
    (
        {"acknowledgement_required": True},
        "Credits wait until the participant has acknowledged this version.",
        "参加人确认本版本前,业绩暂不计算。",
    ),
    (
        {"currencies": options.CURRENCIES},
        f"Other currencies are converted by the rate table {options.RATE_TABLE} at the rate of the day of the win; without "
        "a rate a sale waits.\nA rate that is quoted only the other way round is used as one divided by it.\n"
        "A pair without a rate is converted through EUR.",
        f"其他币种按汇率表{options.RATE_TABLE}中赢单当日的汇率折算,无汇率时暂不计算。\n仅有反向报价时取其倒数。\n"
        "无直接汇率的币种对经EUR折算。",
    ),
    (
        {"quotas": options.QUOTAS},
        f"Who is enrolled for a part of a period has the quota of that part, by working days of the calendar "
        f"{options.CALENDAR}.\n"
        "Up to month 3 of service: 25 % of the quota.\nUp to month 6 of service: 50 % of the quota.\n"
        "After that: 100 % of the quota.\nThe month of the first enrolment is the first month of service.",
        f"仅部分时间参加的,指标按日历{options.CALENDAR}的工作日折算。\n任职第3个月及以前:指标的25%。\n"
        "任职第6个月及以前:指标的50%。\n此后:指标的100%。\n首次参加的当月为第1个月。",
    ),
    (
        {"quotas": QuotaRules(proration=Proration(basis="calendar_days"))},
        "Who is enrolled for a part of a period has the quota of that part, by calendar days.",
        "仅部分时间参加的,指标按日历天数折算。",
    ),
    (
        {"quotas": QuotaRules(proration=Proration(basis="whole_months", month_day="fifteenth"))},
        "has the quota of whole months: those on whose fifteenth day it is so.",
        "指标按整月折算,以每月15日在册为准。",
    ),
    (
        {"quotas": QuotaRules(proration=options.SEASONAL)},
        "by months that weigh, from January to December, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10, 10, 10 %.",
        "指标按各月权重折算,一月至十二月依次为5、5、5、5、10、10、10、10、10、10、10、10%。",
    ),
    (
        {"leavers": (*options.LEAVERS[:6], replace(options.LEAVERS[6], pipeline_percent=Decimal(100)))},
        "Who leaves by resignation, dismissal, dismissal for cause, redundancy, end of contract or retirement: 90 % of "
        "what was earned and payable by the last day, 50 % of what is released up to 180 day(s) later, 25 % of what open "
        "deals earn up to 30 day(s) later.\nWho leaves by death: 90 %",
        "因辞职、辞退、过失辞退、裁员、合同期满或退休离开的:最后工作日前已得且应发的发90%,此后180天内兑现的发50%,"
        "此后30天内在途商机所得的发25%。\n因身故离开的:",
    ),
    (
        {"recovery": options.RECOVERY},
        "A negative result is not paid but owed, and withheld from later pay.\n"
        "At most 20 % of what a period pays is withheld.\nAt most 500.00 USD is withheld in a period.\n"
        "A period pays at least 1,500.00 USD before anything is withheld.\nWhat a leaver still owes is invoiced.",
        "结果为负时不支付,转为欠款,从以后应发中扣回。\n每期最多扣回应发的20%。\n每期最多扣回500.00 USD。\n"
        "每期先保证支付1,500.00 USD,再行扣回。\n离开者的余欠开单收取。",
    ),
    (
        {"correction_from_minor": 100},
        "Corrections of closed periods are paid from 1.00 USD for one deal on; smaller ones are recorded and added up.",
        "已结账期间的更正,单笔交易达到1.00 USD方才补发或扣回;不足的只作记录,累计计算。",
    ),
    (
        {"cap_minor": 5_000_000},
        "The plan earns at most 50,000.00 USD in a period.\nWhat goes past that is lost.",
        "本方案每期最多50,000.00 USD。\n超出部分作废。",
    ),
    (
        {"draw": options.DRAW},
        "It is compared with what is payable, corrections of earlier periods included.\n"
        "An enrolment may agree another draw.\n",
        "与本期应发比较,含往期更正。\n参加时可另行约定预支额。\n",
    ),
    (
        {"guarantee": replace(options.GUARANTEE, kind="non_recoverable_draw")},
        "Non-recoverable draw: at least 2,000.00 USD in a period, never paid back.",
        "不可扣回的预支:每期不少于2,000.00 USD,不予扣回。",
    ),
]


VERSIONS = [(version(stated), *said) for stated, *said in OF_A_COMPONENT]
VERSIONS += [(version(flat("5"), **rules), *said) for rules, *said in OF_ALL]


@pytest.mark.parametrize(
    ("stated", "english", "chinese"), VERSIONS, ids=[str(case[1]).split("\n")[0] for case in VERSIONS]
)
def test_each_option_of_a_plan_is_said_in_both_languages(
    stated: CompensationPlanVersion, english: str, chinese: str
) -> None:
    assert english in "\n".join(plan_in_words(stated, "USD", "en"))
    assert chinese in "\n".join(plan_in_words(stated, "USD", "zh"))


def test_every_sentence_has_the_same_values_in_every_language() -> None:
    for name, phrase in PHRASES.items():
        english, chinese = ({field for _, field, _, _ in Formatter().parse(text) if field} for text in phrase)
        assert english == chinese, name


def test_no_sentence_stands_under_the_name_of_another() -> None:
    tables = (RANGE_PHRASES, PLAN_PHRASES, COMPONENT_PHRASES, RELEASE_PHRASES, AWARD_PHRASES)
    assert sum(len(phrases) for phrases in tables) == len(PHRASES)
