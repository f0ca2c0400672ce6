"""What is said of the reasons of what is earned, in English and Chinese; how phrases are named is in `reason_words.py`."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

EARNED_PHRASES: Final[Phrases] = {
    "rated_parts": {"en": "{terms} = {result}", "zh": "{terms} = {result}"},
    "rated_parts.term": {
        "en": "{rate_percent} %{uncapped_percent?} of {amount_minor}",
        "zh": "{amount_minor} × {rate_percent}%{uncapped_percent?}",
    },
    "rated_parts?uncapped_percent": {"en": " in place of {uncapped_percent} %", "zh": "(封顶前{uncapped_percent}%)"},
    "per_deal": {"en": "{deal_count} x {amount_minor} = {result}", "zh": "{deal_count}单 × {amount_minor} = {result}"},
    "per_unit": {
        "en": "{unit_count} units x {amount_minor} = {result}",
        "zh": "{unit_count}件 × {amount_minor} = {result}",
    },
    "table_rated": {
        "en": "{rate_percent} %{margin_percent?}{term_months?} of {base_minor}{kicker_factor?}{capped_percent?} = {result}",
        "zh": "{base_minor} × {rate_percent}%{margin_percent?}{term_months?}{kicker_factor?}{capped_percent?} = {result}",
    },
    "table_rated?margin_percent": {"en": " (at {margin_percent} %)", "zh": "(毛利率{margin_percent}%)"},
    "table_rated?term_months": {"en": " (at {term_months} months)", "zh": "(合同期{term_months}个月)"},
    "table_rated?kicker_factor": {"en": " x {kicker_factor}", "zh": " × {kicker_factor}"},
    "table_rated?capped_percent": {"en": ", at most {capped_percent} %", "zh": ",最高{capped_percent}%"},
    "matrix_rated": {
        "en": "at {terms}: {rate_percent} % of {amount_minor} = {result}",
        "zh": "{terms}:{amount_minor} × {rate_percent}% = {result}",
    },
    "matrix_rated.term": {"en": "{axis_number} {axis}", "zh": "{axis}{axis_number}"},
    "matrix_rated.join": {"en": " and ", "zh": "、"},
    "axis.attainment_percent": {"en": "% attainment", "zh": "完成率(%)"},
    "axis.team_attainment_percent": {"en": "% of the team", "zh": "团队完成率(%)"},
    "axis.margin_percent": {"en": "% margin", "zh": "毛利率(%)"},
    "axis.term_months": {"en": "months", "zh": "合同期(月)"},
    "recurring": {
        "en": "{rate_percent} % of {amount_minor}{unpaid_number?} = {result}",
        "zh": "{amount_minor} × {rate_percent}%{unpaid_number?} = {result}",
    },
    "recurring?unpaid_number": {
        "en": " (billing period {unpaid_number} does not pay)",
        "zh": "(账期{unpaid_number}不计提)",
    },
    "bonus_share": {
        "en": "({after_percent} % less {before_percent} %) of {target_minor} = {result}",
        "zh": "{target_minor} ×({after_percent}% - {before_percent}%)= {result}",
    },
    "gate_shut": {
        "en": "gate at {needed_percent} % of the quota is shut at {reached_percent} %: {result}",
        "zh": "门槛为指标的{needed_percent}%,目前{reached_percent}%,未达标:{result}",
    },
    "satisfaction_factored": {
        "en": "satisfaction factor {satisfaction_factor}: {factored_minor} less {earned_minor} = {result}",
        "zh": "满意度系数{satisfaction_factor}:{factored_minor} - {earned_minor} = {result}",
    },
    "limit_cut": {
        "en": "{limit} {limit_minor}{rest}: {kept_minor} less {earned_minor} = {result}",
        "zh": "{limit}{limit_minor}{rest}:{kept_minor} - {earned_minor} = {result}",
    },
    "limit.line": {"en": "limit of a line", "zh": "单行上限"},
    "limit.deal": {"en": "cap of a deal", "zh": "单笔订单封顶"},
    "limit.component": {"en": "cap of the component", "zh": "该项封顶"},
    "limit.period": {"en": "cap of the period", "zh": "期间封顶"},
    "limit.year": {"en": "cap of the year", "zh": "年度封顶"},
    "limit.plan": {"en": "cap of the plan", "zh": "方案封顶"},
    "rest.lost": {"en": "", "zh": ""},
    "rest.later": {"en": ", the rest is earned later", "zh": ",其余顺延计提"},
    "carried_in": {
        "en": "carried from {period_cut}, past the {limit} there = {result}",
        "zh": "自{period_cut}结转,当期超出{limit} = {result}",
    },
    "budget_cut": {
        "en": "budget {budget_minor} of all: {kept_minor} less {earned_minor} = {result}",
        "zh": "全员预算{budget_minor}:{kept_minor} - {earned_minor} = {result}",
    },
    "leaver_share": {
        "en": "after leaving {paid_percent} % of {earned_minor} is paid = {result}",
        "zh": "离职后支付{earned_minor}的{paid_percent}% = {result}",
    },
    "year_to_date": {
        "en": "the year to date pays {due_minor} less {paid_minor} = {result}",
        "zh": "年初至今应计{due_minor} - 已计{paid_minor} = {result}",
    },
    "awaits_acknowledgement": {
        "en": "waiting for version {version_number} of the plan to be acknowledged; nothing is posted",
        "zh": "待本人确认方案第{version_number}版,暂不入账",
    },
    "awaits_rate": {
        "en": "waiting for a rate from {currency_from} to {currency_to}; nothing is posted",
        "zh": "缺{currency_from}兑{currency_to}的汇率,暂不入账",
    },
    "awaits_one_currency": {
        "en": "waiting: the deal's agreements are in several currencies; nothing is posted",
        "zh": "该订单的合同币种不一,暂不入账",
    },
    "awaits_quota": {
        "en": "waiting for a quota for {period} in {quota_currency}; nothing is posted",
        "zh": "缺{period}的{quota_currency}指标,暂不入账",
    },
    "awaits_cost": {
        "en": "waiting for the cost of what was sold; nothing is posted",
        "zh": "缺所售产品的成本,暂不入账",
    },
    "awaits_agreement": {
        "en": "waiting for an agreement, from which the {base} is taken; nothing is posted",
        "zh": "缺合同,无法取得{base},暂不入账",
    },
    "base.deal_amount": {"en": "deal amount", "zh": "赢单金额"},
    "base.agreement_net": {"en": "agreement net", "zh": "合同不含税金额"},
    "base.agreement_gross": {"en": "agreement gross", "zh": "合同含税金额"},
    "base.margin": {"en": "margin", "zh": "毛利"},
    "awaits_anchor": {
        "en": "counted by the day of its {anchor}, not by that of the win: not in this estimate",
        "zh": "按{anchor}日期计入,而非赢单日期,不在本预估之内",
    },
    "anchor.booking": {"en": "booking", "zh": "赢单"},
    "anchor.signature": {"en": "signature", "zh": "签约"},
    "anchor.invoice": {"en": "invoice", "zh": "开票"},
    "anchor.delivery": {"en": "delivery", "zh": "交付"},
    "anchor.acceptance": {"en": "acceptance", "zh": "验收"},
    "anchor.go_live": {"en": "go live", "zh": "上线"},
    "anchor.payment": {"en": "payment", "zh": "回款"},
    "anchor.period_end": {"en": "period end", "zh": "期末"},
    "quota_derived": {
        "en": "{set_minor} set{terms} = {quota_minor} {currency}",
        "zh": "设定{set_minor}{terms} = {quota_minor} {currency}",
    },
    "quota_derived.term": {
        "en": ", {share_percent} % {quota_for}{version_number?}",
        "zh": ",{quota_for}{version_number?}{share_percent}%",
    },
    "quota_derived.join": {"en": "", "zh": ""},
    "quota_derived?version_number": {"en": " {version_number}", "zh": "第{version_number}版"},
    "quota_for.version": {"en": "for the days of version", "zh": "方案天数占比"},
    "quota_for.calendar_days": {"en": "for the calendar days enrolled", "zh": "在册自然日占比"},
    "quota_for.working_days": {"en": "for the working days enrolled", "zh": "在册工作日占比"},
    "quota_for.whole_months": {"en": "for the whole months enrolled", "zh": "在册整月占比"},
    "quota_for.seasonal_weights": {"en": "for the seasonal weights enrolled", "zh": "在册季节权重占比"},
    "quota_for.service": {"en": "by months of service", "zh": "按入职月数爬坡"},
    "points_earned": {
        "en": "{done_count} {each} x {each_points} = {exact_points} points",
        "zh": "{done_count}{each} × {each_points} = {exact_points}分",
    },
    "each.touch": {"en": "touches", "zh": "次触点"},
    "each.deal": {"en": "deals", "zh": "单"},
}
