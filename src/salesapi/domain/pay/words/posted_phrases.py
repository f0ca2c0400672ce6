"""What is said of the reasons of what is posted beside what is earned, in English and Chinese; see `reason_words.py`."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

POSTED_PHRASES: Final[Phrases] = {
    "released": {
        "en": "{payable_percent} % payable of {earned_minor}: {payable_minor} less {before_minor} = {result}{extended_days?}",
        "zh": "{earned_minor}已可支付{payable_percent}%:{payable_minor} - {before_minor} = {result}{extended_days?}",
    },
    "released?extended_days": {"en": "; expiry extended by {extended_days} days", "zh": ";失效期延长{extended_days}天"},
    "sped": {
        "en": "{released_minor} {collection_factor?}by days to cash: {factored_minor} less {released_minor} = {result}",
        "zh": "按回款天数{collection_factor?}:{factored_minor} - {released_minor} = {result}",
    },
    "sped?collection_factor": {"en": "times {collection_factor} ", "zh": "系数{collection_factor}"},
    "clawed": {
        "en": "{rate_percent?}lost: {claimed_minor}, of which paid before = {result}",
        "zh": "{rate_percent?}损失:应追回{claimed_minor},其中此前已付 = {result}",
    },
    "clawed?rate_percent": {"en": "{rate_percent} % of {lost_minor} ", "zh": "{lost_minor} × {rate_percent}% "},
    "lapsed": {"en": "never released: {lapsed_minor} {currency}", "zh": "不再发放:{lapsed_minor} {currency}"},
    "cancelled": {
        "en": "taken off what was not paid yet: {cancelled_minor} {currency}",
        "zh": "自未付部分扣减:{cancelled_minor} {currency}",
    },
    "recomputed": {
        "en": "{period} {side}recomputed {recomputed_minor} less posted {posted_minor} = {difference_minor} {currency}"
        "{least_minor?}",
        "zh": "{period}{side}重算{recomputed_minor} - 已入账{posted_minor} = {difference_minor} {currency}{least_minor?}",
    },
    "recomputed?least_minor": {
        "en": "; less than {least_minor} is recorded and not paid",
        "zh": ";不足{least_minor},仅记录不支付",
    },
    "side.earned": {"en": "", "zh": "计提"},
    "side.released": {"en": "payable part ", "zh": "可支付部分"},
    "side.clawed": {"en": "taken back ", "zh": "追回"},
    "side.gone": {"en": "never payable ", "zh": "不再支付部分"},
    "granted": {"en": "{award} award: {result}", "zh": "{award}奖励:{result}"},
    "award.spiff": {"en": "spiff", "zh": "专项"},
    "award.recognition": {"en": "recognition", "zh": "表彰"},
    "award.innovation": {"en": "innovation", "zh": "创新"},
    "award.points": {"en": "points", "zh": "积分"},
    "award.other": {"en": "other", "zh": "其他"},
    "award.adjustment": {"en": "adjustment", "zh": "调整"},
    "adjusted_by_hand": {"en": "{period} adjusted by hand: {result}", "zh": "{period}人工调整:{result}"},
    "campaign_sum": {
        "en": "campaign of {first_on} to {last_on}: {terms}{more_count?} = {result}",
        "zh": "{first_on}至{last_on}活动:{terms}{more_count?} = {result}",
    },
    "campaign_sum.term": {"en": "{part_minor}", "zh": "{part_minor}"},
    "campaign_sum?more_count": {
        "en": " + {more_minor} of {more_count} more",
        "zh": " + 另{more_count}笔共{more_minor}",
    },
    "per_touch": {
        "en": "touches: {touch_count} x {amount_minor} = {result}",
        "zh": "触点:{touch_count} × {amount_minor} = {result}",
    },
    "scored": {"en": "{target_minor} x ({terms}) = {result}", "zh": "{target_minor} ×({terms})= {result}"},
    "scored.term": {"en": "{weight_percent} % x {payout_percent?}", "zh": "{weight_percent}% × {payout_percent?}"},
    "scored?payout_percent": {
        "en": "{payout_percent} % for {goal} at {score_percent?}",
        "zh": "{payout_percent}%({goal}得分{score_percent?})",
    },
    "scored!payout_percent": {"en": "{goal} left out", "zh": "{goal}不计"},
    "scored?score_percent": {"en": "{score_percent} %", "zh": "{score_percent}%"},
    "scored!score_percent": {"en": "no score", "zh": "缺失"},
    "forecast_run": {
        "en": "forecast off by {deviation_percent?} %, at most {most_percent} %, {run_count} of {needed_count} periods in a "
        "row = {result}",
        "zh": "预测偏差{deviation_percent?}%,上限{most_percent}%,连续{run_count}期,须满{needed_count}期 = {result}",
    },
    "forecast_run?deviation_percent": {"en": "{deviation_percent}", "zh": "{deviation_percent}"},
    "forecast_run!deviation_percent": {"en": "an unknown number of", "zh": "未知"},
    "retained": {
        "en": "{measured} of {retained_percent} % pays {payout_percent} % of {target_minor} = {result}",
        "zh": "{measured}{retained_percent}%,支付{target_minor}的{payout_percent}% = {result}",
    },
    "retention_unmeasured": {
        "en": "{measured}: nothing to divide by, so that {unmeasured} is paid = {result}",
        "zh": "{measured}:无基数可比,支付{unmeasured} = {result}",
    },
    "measured.net_revenue_retention": {"en": "net revenue retention", "zh": "净收入留存率"},
    "measured.gross_revenue_retention": {"en": "gross revenue retention", "zh": "总收入留存率"},
    "measured.expansion_rate": {"en": "expansion rate", "zh": "扩展率"},
    "measured.renewal_rate": {"en": "renewal rate", "zh": "续约率"},
    "measured.repurchase_rate": {"en": "repurchase rate", "zh": "复购率"},
    "unmeasured.nothing": {"en": "nothing", "zh": "零"},
    "unmeasured.target": {"en": "the target", "zh": "目标额"},
    "pool_shared": {"en": "{terms} = {result}", "zh": "{terms} = {result}"},
    "pool_shared.term": {
        "en": "{rate_percent} % of {measure_minor} of the team is a pool of {pool_minor}, "
        "{own_minor?}{own_weight?} {division}: {part_minor}",
        "zh": "团队{measure_minor} × {rate_percent}%,奖金池{pool_minor},按{division}{own_minor?}{own_weight?}分得{part_minor}",
    },
    "pool_shared?own_minor": {"en": "{own_minor} of {whole_minor}", "zh": "{own_minor}/{whole_minor}"},
    "pool_shared?own_weight": {"en": "{own_weight} of {whole_weight}", "zh": "{own_weight}/{whole_weight}"},
    "division.equal": {"en": "days", "zh": "天数"},
    "division.share_points": {"en": "points x days", "zh": "份额点数×天数"},
    "division.contribution": {"en": "contribution", "zh": "贡献"},
    "division.leader": {"en": "points of the leader", "zh": "主管给定点数"},
    "pool_held": {
        "en": "a pool of {terms} waits for the points of the leader to be approved",
        "zh": "奖金池{terms}待主管点数获批",
    },
    "pool_held.term": {"en": "{pool_minor}", "zh": "{pool_minor}"},
    "pool_held.join": {"en": " and of ", "zh": "、"},
    "guaranteed": {
        "en": "guaranteed {guaranteed_minor}{covered_days?} less {earned_minor} = {result}",
        "zh": "保底{guaranteed_minor}{covered_days?} - {earned_minor} = {result}",
    },
    "guaranteed?covered_days": {
        "en": " for {covered_days} of {period_days} days",
        "zh": "({period_days}天中计{covered_days}天)",
    },
    "draw_advanced": {
        "en": "draw {draw_minor}{covered_days?} less {earned_minor} advanced = {result}",
        "zh": "预支额{draw_minor}{covered_days?} - 已得{earned_minor},补足 = {result}",
    },
    "draw_advanced?covered_days": {
        "en": " for {covered_days} of {period_days} days",
        "zh": "({period_days}天中计{covered_days}天)",
    },
    "draw_recovered": {
        "en": "recovered of {owed_minor} owed, at most {most_percent} % of {earned_minor}; {paid_minor} is paid = {result}",
        "zh": "收回预支欠额{owed_minor},至多{earned_minor}的{most_percent}%;实付{paid_minor} = {result}",
    },
    "debt_carried": {
        "en": "carried forward: {owed_minor} is owed{invoiced_minor?} = {result}",
        "zh": "负数结转,欠{owed_minor}{invoiced_minor?} = {result}",
    },
    "debt_carried?invoiced_minor": {"en": ", {invoiced_minor} is invoiced", "zh": ",开单追讨{invoiced_minor}"},
    "debt_recovered": {
        "en": "recovered of {owed_minor} owed; {paid_minor} is paid{invoiced_minor?} = {result}",
        "zh": "收回欠额{owed_minor};实付{paid_minor}{invoiced_minor?} = {result}",
    },
    "debt_recovered?invoiced_minor": {"en": ", {invoiced_minor} is invoiced", "zh": ",开单追讨{invoiced_minor}"},
    "advance": {
        "en": "advance of {advance_minor} for {period}{covered_days?} = {result}",
        "zh": "{period}预付{advance_minor}{covered_days?} = {result}",
    },
    "advance?covered_days": {
        "en": " for {covered_days} of {period_days} days",
        "zh": "({period_days}天中计{covered_days}天)",
    },
    "advance_netted": {
        "en": "{earned_minor} less {advanced_minor} advanced{owed_minor?}{collected_minor?}{carried_minor?}{paid_minor?}"
        " = {result}",
        "zh": "{earned_minor} - 已预付{advanced_minor}{owed_minor?}{collected_minor?}{carried_minor?}{paid_minor?} = {result}",
    },
    "advance_netted?owed_minor": {"en": " less {owed_minor} owed before", "zh": " - 此前欠{owed_minor}"},
    "advance_netted?collected_minor": {
        "en": "; {collected_minor} is collected, as {allowed_by} allows",
        "zh": ";依{allowed_by}收取{collected_minor}",
    },
    "advance_netted?carried_minor": {"en": "; {carried_minor} is carried forward", "zh": ";结转{carried_minor}"},
    "advance_netted?paid_minor": {"en": "; {paid_minor} is paid", "zh": ";支付{paid_minor}"},
    "forgiven": {
        "en": "{granted_minor} forgiven: {taken_minor} of {owed_minor} owed = {result}",
        "zh": "豁免{granted_minor}:欠{owed_minor}中核销{taken_minor} = {result}",
    },
}
