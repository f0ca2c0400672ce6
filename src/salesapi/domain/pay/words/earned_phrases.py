"""What is said of the reasons of what is earned, in English and Chinese; how phrases are named is in `reason_words.py`."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

EARNED_PHRASES: Final[Phrases] = {
    "rated_parts": ("{terms} = {result}", "{terms} = {result}"),
    "rated_parts.term": (
        "{rate_percent} %{uncapped_percent?} of {amount_minor}",
        "{amount_minor} × {rate_percent}%{uncapped_percent?}",
    ),
    "rated_parts?uncapped_percent": (" in place of {uncapped_percent} %", "(封顶前{uncapped_percent}%)"),
    "per_deal": ("{deal_count} x {amount_minor} = {result}", "{deal_count}单 × {amount_minor} = {result}"),
    "per_unit": ("{unit_count} units x {amount_minor} = {result}", "{unit_count}件 × {amount_minor} = {result}"),
    "table_rated": (
        "{rate_percent} %{margin_percent?}{term_months?} of {base_minor}{kicker_factor?}{capped_percent?} = {result}",
        "{base_minor} × {rate_percent}%{margin_percent?}{term_months?}{kicker_factor?}{capped_percent?} = {result}",
    ),
    "table_rated?margin_percent": (" (at {margin_percent} %)", "(毛利率{margin_percent}%)"),
    "table_rated?term_months": (" (at {term_months} months)", "(合同期{term_months}个月)"),
    "table_rated?kicker_factor": (" x {kicker_factor}", " × {kicker_factor}"),
    "table_rated?capped_percent": (", at most {capped_percent} %", ",最高{capped_percent}%"),
    "matrix_rated": (
        "at {terms}: {rate_percent} % of {amount_minor} = {result}",
        "{terms}:{amount_minor} × {rate_percent}% = {result}",
    ),
    "matrix_rated.term": ("{axis_number} {axis}", "{axis}{axis_number}"),
    "matrix_rated.join": (" and ", "、"),
    "axis.attainment_percent": ("% attainment", "完成率(%)"),
    "axis.team_attainment_percent": ("% of the team", "团队完成率(%)"),
    "axis.margin_percent": ("% margin", "毛利率(%)"),
    "axis.term_months": ("months", "合同期(月)"),
    "recurring": (
        "{rate_percent} % of {amount_minor}{unpaid_number?} = {result}",
        "{amount_minor} × {rate_percent}%{unpaid_number?} = {result}",
    ),
    "recurring?unpaid_number": (" (billing period {unpaid_number} does not pay)", "(账期{unpaid_number}不计提)"),
    "bonus_share": (
        "({after_percent} % less {before_percent} %) of {target_minor} = {result}",
        "{target_minor} ×({after_percent}% - {before_percent}%)= {result}",
    ),
    "gate_shut": (
        "gate at {needed_percent} % of the quota is shut at {reached_percent} %: {result}",
        "门槛为指标的{needed_percent}%,目前{reached_percent}%,未达标:{result}",
    ),
    "satisfaction_factored": (
        "satisfaction factor {satisfaction_factor}: {factored_minor} less {earned_minor} = {result}",
        "满意度系数{satisfaction_factor}:{factored_minor} - {earned_minor} = {result}",
    ),
    "limit_cut": (
        "{limit} {limit_minor}{rest}: {kept_minor} less {earned_minor} = {result}",
        "{limit}{limit_minor}{rest}:{kept_minor} - {earned_minor} = {result}",
    ),
    "limit.line": ("limit of a line", "单行上限"),
    "limit.deal": ("cap of a deal", "单笔订单封顶"),
    "limit.component": ("cap of the component", "该项封顶"),
    "limit.period": ("cap of the period", "期间封顶"),
    "limit.year": ("cap of the year", "年度封顶"),
    "limit.plan": ("cap of the plan", "方案封顶"),
    "rest.lost": ("", ""),
    "rest.later": (", the rest is earned later", ",其余顺延计提"),
    "carried_in": (
        "carried from {period_cut}, past the {limit} there = {result}",
        "自{period_cut}结转,当期超出{limit} = {result}",
    ),
    "budget_cut": (
        "budget {budget_minor} of all: {kept_minor} less {earned_minor} = {result}",
        "全员预算{budget_minor}:{kept_minor} - {earned_minor} = {result}",
    ),
    "leaver_share": (
        "after leaving {paid_percent} % of {earned_minor} is paid = {result}",
        "离职后支付{earned_minor}的{paid_percent}% = {result}",
    ),
    "year_to_date": (
        "the year to date pays {due_minor} less {paid_minor} = {result}",
        "年初至今应计{due_minor} - 已计{paid_minor} = {result}",
    ),
    "awaits_acknowledgement": (
        "waiting for version {version_number} of the plan to be acknowledged; nothing is posted",
        "待本人确认方案第{version_number}版,暂不入账",
    ),
    "awaits_rate": (
        "waiting for a rate from {currency_from} to {currency_to}; nothing is posted",
        "缺{currency_from}兑{currency_to}的汇率,暂不入账",
    ),
    "awaits_one_currency": (
        "waiting: the deal's agreements are in several currencies; nothing is posted",
        "该订单的合同币种不一,暂不入账",
    ),
    "awaits_quota": (
        "waiting for a quota for {period} in {quota_currency}; nothing is posted",
        "缺{period}的{quota_currency}指标,暂不入账",
    ),
    "awaits_cost": ("waiting for the cost of what was sold; nothing is posted", "缺所售产品的成本,暂不入账"),
    "awaits_agreement": (
        "waiting for an agreement, from which the {base} is taken; nothing is posted",
        "缺合同,无法取得{base},暂不入账",
    ),
    "base.deal_amount": ("deal amount", "赢单金额"),
    "base.agreement_net": ("agreement net", "合同不含税金额"),
    "base.agreement_gross": ("agreement gross", "合同含税金额"),
    "base.margin": ("margin", "毛利"),
    "awaits_anchor": (
        "counted by the day of its {anchor}, not by that of the win: not in this estimate",
        "按{anchor}日期计入,而非赢单日期,不在本预估之内",
    ),
    "anchor.booking": ("booking", "赢单"),
    "anchor.signature": ("signature", "签约"),
    "anchor.invoice": ("invoice", "开票"),
    "anchor.delivery": ("delivery", "交付"),
    "anchor.acceptance": ("acceptance", "验收"),
    "anchor.go_live": ("go live", "上线"),
    "anchor.payment": ("payment", "回款"),
    "anchor.period_end": ("period end", "期末"),
    "quota_derived": (
        "{set_minor} set{terms} = {quota_minor} {currency}",
        "设定{set_minor}{terms} = {quota_minor} {currency}",
    ),
    "quota_derived.term": (
        ", {share_percent} % {quota_for}{version_number?}",
        ",{quota_for}{version_number?}{share_percent}%",
    ),
    "quota_derived.join": ("", ""),
    "quota_derived?version_number": (" {version_number}", "第{version_number}版"),
    "quota_for.version": ("for the days of version", "方案天数占比"),
    "quota_for.calendar_days": ("for the calendar days enrolled", "在册自然日占比"),
    "quota_for.working_days": ("for the working days enrolled", "在册工作日占比"),
    "quota_for.whole_months": ("for the whole months enrolled", "在册整月占比"),
    "quota_for.seasonal_weights": ("for the seasonal weights enrolled", "在册季节权重占比"),
    "quota_for.service": ("by months of service", "按入职月数爬坡"),
    "points_earned": (
        "{done_count} {each} x {each_points} = {exact_points} points",
        "{done_count}{each} × {each_points} = {exact_points}分",
    ),
    "each.touch": ("touches", "次触点"),
    "each.deal": ("deals", "单"),
}
