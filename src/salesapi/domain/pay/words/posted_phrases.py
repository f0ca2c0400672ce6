"""What is said of the reasons of what is posted beside what is earned, in English and Chinese; see `reason_words.py`."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

POSTED_PHRASES: Final[Phrases] = {
    "released": (
        "{payable_percent} % payable of {earned_minor}: {payable_minor} less {before_minor} = {result}{extended_days?}",
        "{earned_minor}已可支付{payable_percent}%:{payable_minor} - {before_minor} = {result}{extended_days?}",
    ),
    "released?extended_days": ("; expiry extended by {extended_days} days", ";失效期延长{extended_days}天"),
    "sped": (
        "{released_minor} {collection_factor?}by days to cash: {factored_minor} less {released_minor} = {result}",
        "按回款天数{collection_factor?}:{factored_minor} - {released_minor} = {result}",
    ),
    "sped?collection_factor": ("times {collection_factor} ", "系数{collection_factor}"),
    "clawed": (
        "{rate_percent?}lost: {claimed_minor}, of which paid before = {result}",
        "{rate_percent?}损失:应追回{claimed_minor},其中此前已付 = {result}",
    ),
    "clawed?rate_percent": ("{rate_percent} % of {lost_minor} ", "{lost_minor} × {rate_percent}% "),
    "lapsed": ("never released: {lapsed_minor} {currency}", "不再发放:{lapsed_minor} {currency}"),
    "cancelled": (
        "taken off what was not paid yet: {cancelled_minor} {currency}",
        "自未付部分扣减:{cancelled_minor} {currency}",
    ),
    "recomputed": (
        "{period} {side}recomputed {recomputed_minor} less posted {posted_minor} = {difference_minor} {currency}"
        "{least_minor?}",
        "{period}{side}重算{recomputed_minor} - 已入账{posted_minor} = {difference_minor} {currency}{least_minor?}",
    ),
    "recomputed?least_minor": ("; less than {least_minor} is recorded and not paid", ";不足{least_minor},仅记录不支付"),
    "side.earned": ("", "计提"),
    "side.released": ("payable part ", "可支付部分"),
    "side.clawed": ("taken back ", "追回"),
    "side.gone": ("never payable ", "不再支付部分"),
    "granted": ("{award} award: {result}", "{award}奖励:{result}"),
    "award.spiff": ("spiff", "专项"),
    "award.recognition": ("recognition", "表彰"),
    "award.innovation": ("innovation", "创新"),
    "award.points": ("points", "积分"),
    "award.other": ("other", "其他"),
    "award.adjustment": ("adjustment", "调整"),
    "adjusted_by_hand": ("{period} adjusted by hand: {result}", "{period}人工调整:{result}"),
    "campaign_sum": (
        "campaign of {first_on} to {last_on}: {terms}{more_count?} = {result}",
        "{first_on}至{last_on}活动:{terms}{more_count?} = {result}",
    ),
    "campaign_sum.term": ("{part_minor}", "{part_minor}"),
    "campaign_sum?more_count": (" + {more_minor} of {more_count} more", " + 另{more_count}笔共{more_minor}"),
    "per_touch": (
        "touches: {touch_count} x {amount_minor} = {result}",
        "触点:{touch_count} × {amount_minor} = {result}",
    ),
    "scored": ("{target_minor} x ({terms}) = {result}", "{target_minor} ×({terms})= {result}"),
    "scored.term": ("{weight_percent} % x {payout_percent?}", "{weight_percent}% × {payout_percent?}"),
    "scored?payout_percent": (
        "{payout_percent} % for {goal} at {score_percent?}",
        "{payout_percent}%({goal}得分{score_percent?})",
    ),
    "scored!payout_percent": ("{goal} left out", "{goal}不计"),
    "scored?score_percent": ("{score_percent} %", "{score_percent}%"),
    "scored!score_percent": ("no score", "缺失"),
    "forecast_run": (
        "forecast off by {deviation_percent?} %, at most {most_percent} %, {run_count} of {needed_count} periods in a "
        "row = {result}",
        "预测偏差{deviation_percent?}%,上限{most_percent}%,连续{run_count}期,须满{needed_count}期 = {result}",
    ),
    "forecast_run?deviation_percent": ("{deviation_percent}", "{deviation_percent}"),
    "forecast_run!deviation_percent": ("an unknown number of", "未知"),
    "retained": (
        "{measured} of {retained_percent} % pays {payout_percent} % of {target_minor} = {result}",
        "{measured}{retained_percent}%,支付{target_minor}的{payout_percent}% = {result}",
    ),
    "retention_unmeasured": (
        "{measured}: nothing to divide by, so that {unmeasured} is paid = {result}",
        "{measured}:无基数可比,支付{unmeasured} = {result}",
    ),
    "measured.net_revenue_retention": ("net revenue retention", "净收入留存率"),
    "measured.gross_revenue_retention": ("gross revenue retention", "总收入留存率"),
    "measured.expansion_rate": ("expansion rate", "扩展率"),
    "measured.renewal_rate": ("renewal rate", "续约率"),
    "measured.repurchase_rate": ("repurchase rate", "复购率"),
    "unmeasured.nothing": ("nothing", "零"),
    "unmeasured.target": ("the target", "目标额"),
    "pool_shared": ("{terms} = {result}", "{terms} = {result}"),
    "pool_shared.term": (
        "{rate_percent} % of {measure_minor} of the team is a pool of {pool_minor}, "
        "{own_minor?}{own_weight?} {division}: {part_minor}",
        "团队{measure_minor} × {rate_percent}%,奖金池{pool_minor},按{division}{own_minor?}{own_weight?}分得{part_minor}",
    ),
    "pool_shared?own_minor": ("{own_minor} of {whole_minor}", "{own_minor}/{whole_minor}"),
    "pool_shared?own_weight": ("{own_weight} of {whole_weight}", "{own_weight}/{whole_weight}"),
    "division.equal": ("days", "天数"),
    "division.share_points": ("points x days", "份额点数×天数"),
    "division.contribution": ("contribution", "贡献"),
    "division.leader": ("points of the leader", "主管给定点数"),
    "pool_held": ("a pool of {terms} waits for the points of the leader to be approved", "奖金池{terms}待主管点数获批"),
    "pool_held.term": ("{pool_minor}", "{pool_minor}"),
    "pool_held.join": (" and of ", "、"),
    "guaranteed": (
        "guaranteed {guaranteed_minor}{covered_days?} less {earned_minor} = {result}",
        "保底{guaranteed_minor}{covered_days?} - {earned_minor} = {result}",
    ),
    "guaranteed?covered_days": (" for {covered_days} of {period_days} days", "({period_days}天中计{covered_days}天)"),
    "draw_advanced": (
        "draw {draw_minor}{covered_days?} less {earned_minor} advanced = {result}",
        "预支额{draw_minor}{covered_days?} - 已得{earned_minor},补足 = {result}",
    ),
    "draw_advanced?covered_days": (
        " for {covered_days} of {period_days} days",
        "({period_days}天中计{covered_days}天)",
    ),
    "draw_recovered": (
        "recovered of {owed_minor} owed, at most {most_percent} % of {earned_minor}; {paid_minor} is paid = {result}",
        "收回预支欠额{owed_minor},至多{earned_minor}的{most_percent}%;实付{paid_minor} = {result}",
    ),
    "debt_carried": (
        "carried forward: {owed_minor} is owed{invoiced_minor?} = {result}",
        "负数结转,欠{owed_minor}{invoiced_minor?} = {result}",
    ),
    "debt_carried?invoiced_minor": (", {invoiced_minor} is invoiced", ",开单追讨{invoiced_minor}"),
    "debt_recovered": (
        "recovered of {owed_minor} owed; {paid_minor} is paid{invoiced_minor?} = {result}",
        "收回欠额{owed_minor};实付{paid_minor}{invoiced_minor?} = {result}",
    ),
    "debt_recovered?invoiced_minor": (", {invoiced_minor} is invoiced", ",开单追讨{invoiced_minor}"),
    "advance": (
        "advance of {advance_minor} for {period}{covered_days?} = {result}",
        "{period}预付{advance_minor}{covered_days?} = {result}",
    ),
    "advance?covered_days": (" for {covered_days} of {period_days} days", "({period_days}天中计{covered_days}天)"),
    "advance_netted": (
        "{earned_minor} less {advanced_minor} advanced{owed_minor?}{collected_minor?}{carried_minor?}{paid_minor?}"
        " = {result}",
        "{earned_minor} - 已预付{advanced_minor}{owed_minor?}{collected_minor?}{carried_minor?}{paid_minor?} = {result}",
    ),
    "advance_netted?owed_minor": (" less {owed_minor} owed before", " - 此前欠{owed_minor}"),
    "advance_netted?collected_minor": (
        "; {collected_minor} is collected, as {allowed_by} allows",
        ";依{allowed_by}收取{collected_minor}",
    ),
    "advance_netted?carried_minor": ("; {carried_minor} is carried forward", ";结转{carried_minor}"),
    "advance_netted?paid_minor": ("; {paid_minor} is paid", ";支付{paid_minor}"),
    "forgiven": (
        "{granted_minor} forgiven: {taken_minor} of {owed_minor} owed = {result}",
        "豁免{granted_minor}:欠{owed_minor}中核销{taken_minor} = {result}",
    ),
}
