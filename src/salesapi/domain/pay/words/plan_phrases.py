"""The sentences of a plan that hold for all of its components, in English and Chinese, each under one name."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

PLAN_PHRASES: Final[Phrases] = {
    "period.month": {"en": "Summed and paid by month.", "zh": "按月汇总并支付。"},
    "period.quarter": {"en": "Summed and paid by quarter.", "zh": "按季度汇总并支付。"},
    "period.year": {"en": "Summed and paid by year.", "zh": "按年汇总并支付。"},
    "always": {"en": "Applies to all wins.", "zh": "适用于所有赢单。"},
    "from": {"en": "Applies to wins from {on} on.", "zh": "适用于{on}起的赢单。"},
    "order": {
        "en": "Deals count in the order of their win date, then of their recording.",
        "zh": "订单按赢单日期先后计算,同日按录入先后。",
    },
    "takeover.by_transaction_date": {
        "en": "Where it takes over inside a period, each sale is paid by the version of its day, against the whole quota.",
        "zh": "期中生效时,每笔销售按其当日的版本计算,均对照整期指标。",
    },
    "takeover.split_period": {
        "en": "Where it takes over inside a period, each sale is paid by the version of its day, against its part of the "
        "quota.",
        "zh": "期中生效时,每笔销售按其当日的版本计算,各对照相应部分的指标。",
    },
    "takeover.from_next_period": {
        "en": "The version of the first day pays all of a period, so that this one begins with the next period.",
        "zh": "整期按首日的版本计算,本版本自下一期起执行。",
    },
    "cumulative.restart": {"en": "Tiers begin anew with it.", "zh": "分档累计自本版本重新开始。"},
    "cumulative.continue": {
        "en": "Tiers go on counting from the start of the period.",
        "zh": "分档累计自期初延续。",
    },
    "acknowledgement": {
        "en": "Credits wait until the participant has acknowledged this version.",
        "zh": "参加人确认本版本前,业绩暂不计算。",
    },
    "currencies": {
        "en": "Other currencies are converted by the rate table {table} at the rate of {day}; without a rate a sale waits.",
        "zh": "其他币种按汇率表{table}中{day}的汇率折算,无汇率时暂不计算。",
    },
    "day.booking": {"en": "the day of the win", "zh": "赢单当日"},
    "day.invoice": {"en": "the day of the invoice", "zh": "开票当日"},
    "day.payment": {"en": "the day of the payment", "zh": "回款当日"},
    "day.period_end": {"en": "the last day of the period", "zh": "期末当日"},
    "day.plan_fixed": {"en": "{on}", "zh": "{on}"},
    "inverse.allowed": {
        "en": "A rate that is quoted only the other way round is used as one divided by it.",
        "zh": "仅有反向报价时取其倒数。",
    },
    "inverse.refused": {
        "en": "A rate that is quoted only the other way round is not used.",
        "zh": "仅有反向报价时不予采用。",
    },
    "through": {
        "en": "A pair without a rate is converted through {currency}.",
        "zh": "无直接汇率的币种对经{currency}折算。",
    },
    "proration.calendar_days": {
        "en": "Who is enrolled for a part of a period has the quota of that part, by calendar days.",
        "zh": "仅部分时间参加的,指标按日历天数折算。",
    },
    "proration.working_days": {
        "en": "Who is enrolled for a part of a period has the quota of that part, by working days of the calendar "
        "{calendar}.",
        "zh": "仅部分时间参加的,指标按日历{calendar}的工作日折算。",
    },
    "proration.whole_months": {
        "en": "Who is enrolled for a part of a period has the quota of whole months: those on whose {day} day it is so.",
        "zh": "仅部分时间参加的,指标按整月折算,以每月{day}在册为准。",
    },
    "month_day.first": {"en": "first", "zh": "首日"},
    "month_day.fifteenth": {"en": "fifteenth", "zh": "15日"},
    "month_day.last": {"en": "last", "zh": "末日"},
    "proration.seasonal_weights": {
        "en": "Who is enrolled for a part of a period has the quota of that part, by months that weigh, from January to "
        "December, {weights} %.",
        "zh": "仅部分时间参加的,指标按各月权重折算,一月至十二月依次为{weights}%。",
    },
    "ramp.step": {
        "en": "Up to month {month} of service: {percent} % of the quota.",
        "zh": "任职第{month}个月及以前:指标的{percent}%。",
    },
    "ramp.after": {"en": "After that: {percent} % of the quota.", "zh": "此后:指标的{percent}%。"},
    "ramp.start_date": {
        "en": "Months of service begin with the first enrolment, on that day of each month.",
        "zh": "任职月份自首次参加之日起算,逐月对日。",
    },
    "ramp.month_of_start": {
        "en": "The month of the first enrolment is the first month of service.",
        "zh": "首次参加的当月为第1个月。",
    },
    "ramp.month_after_start": {
        "en": "A month of enrolment that was begun after its first day comes before the first month of service.",
        "zh": "首次参加非当月首日的,自次月起算第1个月。",
    },
    "cap.plan.period": {"en": "The plan earns at most {amount} in a period.", "zh": "本方案每期最多{amount}。"},
    "cap.plan.year": {"en": "The plan earns at most {amount} in a year.", "zh": "本方案每年最多{amount}。"},
    "excess.lost.period": {"en": "What goes past that is lost.", "zh": "超出部分作废。"},
    "excess.lost.year": {"en": "What goes past that is lost.", "zh": "超出部分作废。"},
    "excess.carried.period": {
        "en": "What goes past that is carried: earned first in the next period, under its cap, by who still holds the component "
        "on its first day, and lost by others.",
        "zh": "超出部分结转下一期优先计算,受下一期上限约束;下一期首日不再参加本项的作废。",
    },
    "excess.carried.year": {
        "en": "What goes past that is carried: earned first in the next year, under its cap, by who still holds the component "
        "on its first day, and lost by others.",
        "zh": "超出部分结转下一年优先计算,受下一年上限约束;下一年首日不再参加本项的作废。",
    },
    "leaver": {
        "en": "Who leaves by {reasons}: {earned} % of what was earned and payable by the last day, {released} % of what is "
        "released up to {released_days} day(s) later, {pipeline} % of what open deals earn up to {pipeline_days} day(s) "
        "later.",
        "zh": "因{reasons}离开的:最后工作日前已得且应发的发{earned}%,此后{released_days}天内兑现的发{released}%,"
        "此后{pipeline_days}天内在途商机所得的发{pipeline}%。",
    },
    "leaving.resignation": {"en": "resignation", "zh": "辞职"},
    "leaving.dismissal": {"en": "dismissal", "zh": "辞退"},
    "leaving.dismissal_for_cause": {"en": "dismissal for cause", "zh": "过失辞退"},
    "leaving.redundancy": {"en": "redundancy", "zh": "裁员"},
    "leaving.end_of_contract": {"en": "end of contract", "zh": "合同期满"},
    "leaving.retirement": {"en": "retirement", "zh": "退休"},
    "leaving.death": {"en": "death", "zh": "身故"},
    "recovery": {
        "en": "A negative result is not paid but owed, and withheld from later pay.",
        "zh": "结果为负时不支付,转为欠款,从以后应发中扣回。",
    },
    "recovery.percent": {
        "en": "At most {percent} % of what a period pays is withheld.",
        "zh": "每期最多扣回应发的{percent}%。",
    },
    "recovery.amount": {"en": "At most {amount} is withheld in a period.", "zh": "每期最多扣回{amount}。"},
    "recovery.kept": {
        "en": "A period pays at least {amount} before anything is withheld.",
        "zh": "每期先保证支付{amount},再行扣回。",
    },
    "debt.carried": {"en": "What a leaver owes is carried forward.", "zh": "离开者的欠款结转以后各期。"},
    "debt.invoiced": {"en": "What a leaver still owes is invoiced.", "zh": "离开者的余欠开单收取。"},
    "guarantee.guarantee": {
        "en": "Guarantee: at least {amount} in a period, never paid back{until}.",
        "zh": "保底:每期不少于{amount},不予扣回{until}。",
    },
    "guarantee.non_recoverable_draw": {
        "en": "Non-recoverable draw: at least {amount} in a period, never paid back{until}.",
        "zh": "不可扣回的预支:每期不少于{amount},不予扣回{until}。",
    },
    "draw": {
        "en": "Draw: at least {amount} in a period{until}; what is advanced is owed and recovered from later earnings, "
        "at most {limit} % of a period's.",
        "zh": "预支:每期不少于{amount}{until};垫付部分为欠款,从以后收入中扣回,每期最多扣{limit}%。",
    },
    "draw.own": {"en": "An enrolment may agree another draw.", "zh": "参加时可另行约定预支额。"},
    "advance": {
        "en": "Draw in advance: {amount} is paid with the run of the period before, to who takes part on the first day; for "
        "a part of a period by days.",
        "zh": "预付:每期{amount},随上一期发给期首日在册者;不足整期的按天折算。",
    },
    "netted.earned": {
        "en": "It is netted with what the period earned, as far as that is payable, without corrections of earlier ones.",
        "zh": "期末与本期所得中的应发部分冲抵,不含往期更正。",
    },
    "netted.payable": {
        "en": "It is netted with all that is payable, corrections of earlier periods included.",
        "zh": "期末与本期应发冲抵,含往期更正。",
    },
    "negative_end.carried": {
        "en": "A negative end is carried to the next period, not collected.",
        "zh": "冲抵后为负的,结转下期,不予收取。",
    },
    "negative_end.collected": {"en": "A negative end is collected.", "zh": "冲抵后为负的,予以收取。"},
    "collection": {"en": "Collection is allowed by: {law}.", "zh": "收取依据:{law}。"},
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
    "on_leaving.collected": {"en": "What a leaver owes is collected.", "zh": "离开方案时余欠予以收取。"},
    "rounding.line": {"en": "Each line is rounded", "zh": "逐行取整"},
    "rounding.component": {"en": "The sum of each component is rounded", "zh": "各项合计取整"},
    "rounding.statement": {"en": "The sum of the statement is rounded", "zh": "报表合计取整"},
    "mode.half_up": {"en": " half up", "zh": ",四舍五入"},
    "mode.half_even": {"en": " half to even", "zh": ",四舍六入五成双"},
    "mode.down": {"en": " towards zero", "zh": ",向零舍去"},
    "digits.currency": {"en": " to the currency's smallest unit.", "zh": "至货币最小单位。"},
    "digits.stated": {"en": " to {digits} decimals.", "zh": "至小数点后{digits}位。"},
    "correction_from": {
        "en": "Corrections of closed periods are paid from {amount} for one deal on; smaller ones are recorded and added up.",
        "zh": "已结账期间的更正,单笔交易达到{amount}方才补发或扣回;不足的只作记录,累计计算。",
    },
    "budget": {
        "en": "All participants together earn at most {amount} in a period; beyond it everybody is scaled alike, and the rest is "
        "lost.",
        "zh": "全体参与人每期合计最多{amount},超出时按同一比例缩减,缩减部分作废。",
    },
}
