"""The sentences of a plan that hold for all of its components, in English and Chinese, each under one name."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

PLAN_PHRASES: Final[Phrases] = {
    "period.month": ("Summed and paid by month.", "按月汇总并支付。"),
    "period.quarter": ("Summed and paid by quarter.", "按季度汇总并支付。"),
    "period.year": ("Summed and paid by year.", "按年汇总并支付。"),
    "always": ("Applies to all wins.", "适用于所有赢单。"),
    "from": ("Applies to wins from {on} on.", "适用于{on}起的赢单。"),
    "order": (
        "Deals count in the order of their win date, then of their recording.",
        "订单按赢单日期先后计算,同日按录入先后。",
    ),
    "takeover.by_transaction_date": (
        "Where it takes over inside a period, each sale is paid by the version of its day, against the whole quota.",
        "期中生效时,每笔销售按其当日的版本计算,均对照整期指标。",
    ),
    "takeover.split_period": (
        "Where it takes over inside a period, each sale is paid by the version of its day, against its part of the "
        "quota.",
        "期中生效时,每笔销售按其当日的版本计算,各对照相应部分的指标。",
    ),
    "takeover.from_next_period": (
        "The version of the first day pays all of a period, so that this one begins with the next period.",
        "整期按首日的版本计算,本版本自下一期起执行。",
    ),
    "cumulative.restart": ("Tiers begin anew with it.", "分档累计自本版本重新开始。"),
    "cumulative.continue": ("Tiers go on counting from the start of the period.", "分档累计自期初延续。"),
    "acknowledgement": (
        "Credits wait until the participant has acknowledged this version.",
        "参加人确认本版本前,业绩暂不计算。",
    ),
    "currencies": (
        "Other currencies are converted by the rate table {table} at the rate of {day}; without a rate a sale waits.",
        "其他币种按汇率表{table}中{day}的汇率折算,无汇率时暂不计算。",
    ),
    "day.booking": ("the day of the win", "赢单当日"),
    "day.invoice": ("the day of the invoice", "开票当日"),
    "day.payment": ("the day of the payment", "回款当日"),
    "day.period_end": ("the last day of the period", "期末当日"),
    "day.plan_fixed": ("{on}", "{on}"),
    "inverse.allowed": (
        "A rate that is quoted only the other way round is used as one divided by it.",
        "仅有反向报价时取其倒数。",
    ),
    "inverse.refused": ("A rate that is quoted only the other way round is not used.", "仅有反向报价时不予采用。"),
    "through": ("A pair without a rate is converted through {currency}.", "无直接汇率的币种对经{currency}折算。"),
    "proration.calendar_days": (
        "Who is enrolled for a part of a period has the quota of that part, by calendar days.",
        "仅部分时间参加的,指标按日历天数折算。",
    ),
    "proration.working_days": (
        "Who is enrolled for a part of a period has the quota of that part, by working days of the calendar "
        "{calendar}.",
        "仅部分时间参加的,指标按日历{calendar}的工作日折算。",
    ),
    "proration.whole_months": (
        "Who is enrolled for a part of a period has the quota of whole months: those on whose {day} day it is so.",
        "仅部分时间参加的,指标按整月折算,以每月{day}在册为准。",
    ),
    "month_day.first": ("first", "首日"),
    "month_day.fifteenth": ("fifteenth", "15日"),
    "month_day.last": ("last", "末日"),
    "proration.seasonal_weights": (
        "Who is enrolled for a part of a period has the quota of that part, by months that weigh, from January to "
        "December, {weights} %.",
        "仅部分时间参加的,指标按各月权重折算,一月至十二月依次为{weights}%。",
    ),
    "ramp.step": (
        "Up to month {month} of service: {percent} % of the quota.",
        "任职第{month}个月及以前:指标的{percent}%。",
    ),
    "ramp.after": ("After that: {percent} % of the quota.", "此后:指标的{percent}%。"),
    "ramp.start_date": (
        "Months of service begin with the first enrolment, on that day of each month.",
        "任职月份自首次参加之日起算,逐月对日。",
    ),
    "ramp.month_of_start": (
        "The month of the first enrolment is the first month of service.",
        "首次参加的当月为第1个月。",
    ),
    "ramp.month_after_start": (
        "A month of enrolment that was begun after its first day comes before the first month of service.",
        "首次参加非当月首日的,自次月起算第1个月。",
    ),
    "cap.plan.period": ("The plan earns at most {amount} in a period.", "本方案每期最多{amount}。"),
    "cap.plan.year": ("The plan earns at most {amount} in a year.", "本方案每年最多{amount}。"),
    "excess.lost.period": ("What goes past that is lost.", "超出部分作废。"),
    "excess.lost.year": ("What goes past that is lost.", "超出部分作废。"),
    "excess.carried.period": (
        "What goes past that is carried: earned first in the next period, under its cap, by who still holds the component "
        "on its first day, and lost by others.",
        "超出部分结转下一期优先计算,受下一期上限约束;下一期首日不再参加本项的作废。",
    ),
    "excess.carried.year": (
        "What goes past that is carried: earned first in the next year, under its cap, by who still holds the component "
        "on its first day, and lost by others.",
        "超出部分结转下一年优先计算,受下一年上限约束;下一年首日不再参加本项的作废。",
    ),
    "leaver": (
        "Who leaves by {reasons}: {earned} % of what was earned and payable by the last day, {released} % of what is "
        "released up to {released_days} day(s) later, {pipeline} % of what open deals earn up to {pipeline_days} day(s) "
        "later.",
        "因{reasons}离开的:最后工作日前已得且应发的发{earned}%,此后{released_days}天内兑现的发{released}%,"
        "此后{pipeline_days}天内在途商机所得的发{pipeline}%。",
    ),
    "leaving.resignation": ("resignation", "辞职"),
    "leaving.dismissal": ("dismissal", "辞退"),
    "leaving.dismissal_for_cause": ("dismissal for cause", "过失辞退"),
    "leaving.redundancy": ("redundancy", "裁员"),
    "leaving.end_of_contract": ("end of contract", "合同期满"),
    "leaving.retirement": ("retirement", "退休"),
    "leaving.death": ("death", "身故"),
    "recovery": (
        "A negative result is not paid but owed, and withheld from later pay.",
        "结果为负时不支付,转为欠款,从以后应发中扣回。",
    ),
    "recovery.percent": ("At most {percent} % of what a period pays is withheld.", "每期最多扣回应发的{percent}%。"),
    "recovery.amount": ("At most {amount} is withheld in a period.", "每期最多扣回{amount}。"),
    "recovery.kept": (
        "A period pays at least {amount} before anything is withheld.",
        "每期先保证支付{amount},再行扣回。",
    ),
    "debt.carried": ("What a leaver owes is carried forward.", "离开者的欠款结转以后各期。"),
    "debt.invoiced": ("What a leaver still owes is invoiced.", "离开者的余欠开单收取。"),
    "guarantee.guarantee": (
        "Guarantee: at least {amount} in a period, never paid back{until}.",
        "保底:每期不少于{amount},不予扣回{until}。",
    ),
    "guarantee.non_recoverable_draw": (
        "Non-recoverable draw: at least {amount} in a period, never paid back{until}.",
        "不可扣回的预支:每期不少于{amount},不予扣回{until}。",
    ),
    "draw": (
        "Draw: at least {amount} in a period{until}; what is advanced is owed and recovered from later earnings, "
        "at most {limit} % of a period's.",
        "预支:每期不少于{amount}{until};垫付部分为欠款,从以后收入中扣回,每期最多扣{limit}%。",
    ),
    "draw.own": ("An enrolment may agree another draw.", "参加时可另行约定预支额。"),
    "advance": (
        "Draw in advance: {amount} is paid with the run of the period before, to who takes part on the first day; for "
        "a part of a period by days.",
        "预付:每期{amount},随上一期发给期首日在册者;不足整期的按天折算。",
    ),
    "netted.earned": (
        "It is netted with what the period earned, as far as that is payable, without corrections of earlier ones.",
        "期末与本期所得中的应发部分冲抵,不含往期更正。",
    ),
    "netted.payable": (
        "It is netted with all that is payable, corrections of earlier periods included.",
        "期末与本期应发冲抵,含往期更正。",
    ),
    "negative_end.carried": (
        "A negative end is carried to the next period, not collected.",
        "冲抵后为负的,结转下期,不予收取。",
    ),
    "negative_end.collected": ("A negative end is collected.", "冲抵后为负的,予以收取。"),
    "collection": ("Collection is allowed by: {law}.", "收取依据:{law}。"),
    "until": (", until {on}", ",至{on}止"),
    "compared.earned": (
        "It is compared with what the period earned, without corrections of earlier ones.",
        "与本期所得比较,不含往期更正。",
    ),
    "compared.payable": (
        "It is compared with what is payable, corrections of earlier periods included.",
        "与本期应发比较,含往期更正。",
    ),
    "kept": ("Recovery leaves at least {amount}.", "扣回后至少保留{amount}。"),
    "at_end.forgiven": ("What is still owed at its end is forgiven.", "到期时余欠免除。"),
    "at_end.still_owed": ("What is still owed at its end stays owed.", "到期时余欠仍须扣回。"),
    "on_leaving.forgiven": ("What a leaver owes is forgiven.", "离开方案时余欠免除。"),
    "on_leaving.still_owed": ("What a leaver owes stays owed.", "离开方案时余欠仍须扣回。"),
    "on_leaving.collected": ("What a leaver owes is collected.", "离开方案时余欠予以收取。"),
    "rounding.line": ("Each line is rounded", "逐行取整"),
    "rounding.component": ("The sum of each component is rounded", "各项合计取整"),
    "rounding.statement": ("The sum of the statement is rounded", "报表合计取整"),
    "mode.half_up": (" half up", ",四舍五入"),
    "mode.half_even": (" half to even", ",四舍六入五成双"),
    "mode.down": (" towards zero", ",向零舍去"),
    "digits.currency": (" to the currency's smallest unit.", "至货币最小单位。"),
    "digits.stated": (" to {digits} decimals.", "至小数点后{digits}位。"),
    "correction_from": (
        "Corrections of closed periods are paid from {amount} for one deal on; smaller ones are recorded and added up.",
        "已结账期间的更正,单笔交易达到{amount}方才补发或扣回;不足的只作记录,累计计算。",
    ),
    "budget": (
        "All participants together earn at most {amount} in a period; beyond it everybody is scaled alike, and the rest is "
        "lost.",
        "全体参与人每期合计最多{amount},超出时按同一比例缩减,缩减部分作废。",
    ),
}
