"""The sentences of the awards of a plan, in English and Chinese, each under one name."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

AWARD_PHRASES: Final[Phrases] = {
    "award.spiff.deal": (
        "{name}: a campaign from {first} to {last}, {amount} for each deal of {component}.",
        "{name}:{first}至{last}的专项活动,{component}每单奖励{amount}。",
    ),
    "award.spiff.quantity": (
        "{name}: a campaign from {first} to {last}, {amount} for each unit in the deals of {component}.",
        "{name}:{first}至{last}的专项活动,{component}订单中每件奖励{amount}。",
    ),
    "award.spiff.multiplier": (
        "{name}: a campaign from {first} to {last}, {factor} times the commission of {component}.",
        "{name}:{first}至{last}的专项活动,奖励为{component}提成的{factor}倍。",
    ),
    "award.spiff.shared": (
        "A deal is one award, divided among those whom it is credited to; what claws its commission back takes the "
        "award back.",
        "每单为一份奖励,由业绩归属人分享;提成被扣回时奖励一并扣回。",
    ),
    "award.spiff.budget": ("It pays at most {amount} in all.", "活动总额最多{amount}。"),
    "award.spiff.end.partial": ("A deal that needs more than is left gets what is left.", "余额不足时,发放余额。"),
    "award.spiff.end.nothing": (
        "A deal that needs more than is left gets nothing; a smaller one may still fit.",
        "余额不足时该单不发,后续较小的订单仍可获奖。",
    ),
    "award.spiff.end.whole": ("A deal gets all of its award while anything is left.", "只要有余额即全额发放。"),
    "award.spiff.winners": ("Only the first {count} award(s) are paid.", "仅限前{count}份。"),
    "award.spiff.ties.in_order": (
        "On the day of the last of them the order of the deals decides.",
        "末位当日按订单先后确定。",
    ),
    "award.spiff.ties.same_day_wins": (
        "Deals of the same day as the last of them win, too.",
        "与末位同日的订单同样获奖。",
    ),
    "award.spiff.member": ("One member gets at most {count} award(s).", "每人最多{count}份。"),
    "award.spiff.refund.freed": (
        "A refund frees budget and place for later deals.",
        "退款释放额度与名额,供后续订单使用。",
    ),
    "award.spiff.refund.kept": ("After a refund budget and place stay used.", "退款后额度与名额仍视为已用。"),
    "award.spiff.stacking.added": ("It is paid beside the commission.", "奖励与提成同时发放。"),
    "award.spiff.stacking.instead": ("It is paid in place of the deal's commission.", "奖励替代该单提成。"),
    "award.spiff.stacking.greater": (
        "Of it and the deal's commission the greater is paid.",
        "奖励与该单提成取高者发放。",
    ),
    "award.scorecard": ("{name}: {amount} by weighted goals.", "{name}:按加权目标考核,目标{amount}。"),
    "award.goal": (
        "{key}, {weight} %: {source}, nothing below {first} %.",
        "{key},权重{weight}%:{source},低于{first}%不发。",
    ),
    "award.score.attainment": (
        "what {component} credits in percent of the period's quota",
        "{component}业绩占本期指标的百分比",
    ),
    "award.score.nps": (
        "the Net Promoter Score of one's customers in the period, from {responses} answer(s) on",
        "本期客户净推荐值,至少{responses}份答复",
    ),
    "award.score.csat": (
        "the percent of one's customers who are satisfied in the period, from {responses} answer(s) on",
        "本期客户满意率,至少{responses}份答复",
    ),
    "award.score.touches": ("{kinds} in the period, of which {count} are 100 %", "本期{kinds}次数,{count}次为100%"),
    "award.score.touches.all": ("touches of leads", "线索触点"),
    "award.score.points": ("points of the period, of which {count} are 100 %", "本期积分,{count}分为100%"),
    "award.point": ("At {at} %: {pays} % is paid.", "达{at}%时:发放{pays}%。"),
    "award.missing.zero": ("A goal without a score pays nothing.", "无得分的目标不发。"),
    "award.missing.one": ("A goal without a score pays all of its weight.", "无得分的目标按权重全额发放。"),
    "award.missing.reweight": (
        "The weight of a goal without a score goes to the others.",
        "无得分目标的权重分摊到其他目标。",
    ),
    "award.part.whole": (
        "Who is enrolled on the last day has the target of the whole period.",
        "期末在册者按整期目标计算。",
    ),
    "award.part.by_days": (
        "Who is enrolled on the last day has the target's part of the calendar days enrolled.",
        "期末在册者的目标按在册日历天数折算。",
    ),
    "award.pool": (
        "{name}: {rate} % of what {component} credits to a leader's team, divided among its members without the "
        "leader.",
        "{name}:团队{component}业绩的{rate}%,在负责人以外的成员中分配。",
    ),
    "award.pool.equal": ("Divided by days in the team.", "按在团队天数分配。"),
    "award.pool.share_points": ("Divided by share points times days in the team.", "按分配点数乘以在团队天数分配。"),
    "award.pool.contribution": ("Divided by what each one contributed.", "按各人贡献分配。"),
    "award.pool.leader": (
        "Divided by the share points that the leader gives for the period and somebody else approves.",
        "由负责人按期给出分配点数,经他人批准后分配。",
    ),
    "award.pool.bounds": (
        "Each one's share lies from {lowest} to {highest} % of all points.",
        "每人份额为{lowest}%至{highest}%。",
    ),
    "award.pool.until.held_back": (
        "Until then the pool is held back; the first run after the approval pays it.",
        "批准前奖金池暂留,由批准后的首次核算发放。",
    ),
    "award.pool.until.equal": (
        "Without approved points a run divides it by days in the team, for good.",
        "核算时未获批准的,按在团队天数分配,不再更改。",
    ),
    "award.pool.until.contribution": (
        "Without approved points a run divides it by what each one contributed, for good.",
        "核算时未获批准的,按各人贡献分配,不再更改。",
    ),
    "award.pool.points": ("{member}: {points} share point(s).", "{member}:{points}点。"),
    "award.pool.redistributed": (
        "Who attains less than {percent} % of the own quota gets nothing; that part goes to the others.",
        "本人指标完成率低于{percent}%的不参与分配,其份额归其他成员。",
    ),
    "award.pool.lapses": (
        "Who attains less than {percent} % of the own quota gets nothing; that part lapses.",
        "本人指标完成率低于{percent}%的不发,其份额作废。",
    ),
    "award.pool.half_up": ("The pool is rounded half up.", "奖金池四舍五入取整。"),
    "award.pool.half_even": ("The pool is rounded half to even.", "奖金池四舍六入五成双取整。"),
    "award.pool.down": ("The pool is rounded towards zero.", "奖金池向零舍去取整。"),
    "award.retention.net_revenue_retention": (
        "{name}: {amount} by the recurring revenue that one's customers kept, expansion included.",
        "{name}:目标{amount},按客户经常性收入净留存率(含增购)。",
    ),
    "award.retention.gross_revenue_retention": (
        "{name}: {amount} by the recurring revenue that one's customers kept, without expansion.",
        "{name}:目标{amount},按客户经常性收入毛留存率(不含增购)。",
    ),
    "award.retention.expansion_rate": (
        "{name}: {amount} by how much more one's customers have recurring.",
        "{name}:目标{amount},按客户经常性收入增购率。",
    ),
    "award.retention.renewal_rate": (
        "{name}: {amount} by which of one's customers' agreements are renewed.",
        "{name}:目标{amount},按客户合同续约率。",
    ),
    "award.retention.repurchase_rate": (
        "{name}: {amount} by how many of one's customers sign again.",
        "{name}:目标{amount},按客户复购率。",
    ),
    "award.retention.first": ("Nothing is paid below {first} %.", "低于{first}%不发。"),
    "award.retention.customers": (
        "One's customers are those of the first day of the period.",
        "客户以期初首日负责的客户为准。",
    ),
    "award.unmeasured.nothing": ("Where there is nothing to measure, nothing is paid.", "无可计量时不发。"),
    "award.unmeasured.target": ("Where there is nothing to measure, the target is paid.", "无可计量时按目标发放。"),
    "award.renewal.count": ("Each agreement counts alike.", "按合同数量计算。"),
    "award.renewal.value": ("Agreements count by their net value.", "按合同不含税金额计算。"),
    "award.renewal.signature": (
        "A renewal counts from its signature on, at most {days} day(s) after the term; then the term is judged.",
        "续约以签署日为准,最迟为到期后{days}天,届时判定。",
    ),
    "award.renewal.notice": (
        "A renewal counts from its notice on, at most {days} day(s) after the term; then the term is judged.",
        "续约以通知日为准,最迟为到期后{days}天,届时判定。",
    ),
    "award.forecast": (
        "{name}: {amount} for {periods} period(s) in a row with a forecast off by at most {percent} % of what "
        "{component} credits.",
        "{name}:连续{periods}期预测与{component}业绩的偏差不超过{percent}%,奖励{amount}。",
    ),
    "award.forecast.snapshot": ("snapshot", "快照"),
    "award.forecast.submission": ("submission", "提交"),
    "award.forecast.frozen": ("frozen forecast", "冻结预测"),
    "award.forecast.before": (
        "The last {statement} counts that is made {days} day(s) or more before the period begins.",
        "以期初{days}天以前的最后一次{statement}为准。",
    ),
    "award.forecast.after": (
        "The last {statement} counts that is made by {days} day(s) after the period begins.",
        "以期初后{days}天内的最后一次{statement}为准。",
    ),
    "award.forecast.commit": ("What is committed is compared.", "比较承诺金额。"),
    "award.forecast.commit_and_best_case": (
        "What is committed and the best case are compared together.",
        "比较承诺与乐观金额之和。",
    ),
    "award.forecast.all": ("All categories are compared together.", "比较全部类别金额之和。"),
    "award.forecast.breaks": (
        "A period without a forecast or a result breaks the run.",
        "无预测或无业绩的期间使连续中断。",
    ),
    "award.forecast.skipped": ("A period without a forecast or a result is skipped.", "无预测或无业绩的期间跳过不计。"),
    "award.forecast.counts_anew": ("After an award the run counts anew.", "获奖后重新计数。"),
    "award.forecast.every_period": ("Every further period of the run is awarded.", "连续期间每再达标一期均奖励。"),
    "award.touches": (
        "{name}: {amount} for each of one's touches of leads that are {kinds}.",
        "{name}:本人每次{kinds}触点奖励{amount}。",
    ),
    "award.points.touch": (
        "{name}: {points} point(s) for each of one's {kinds}.",
        "{name}:本人每次{kinds}计{points}积分。",
    ),
    "award.points.deal": (
        "{name}: {points} point(s) for each deal that {component} credits.",
        "{name}:{component}每单业绩计{points}积分。",
    ),
    "award.points.no_money": (
        "Points are credited, never paid; what is known later corrects them.",
        "积分只记入积分账户,不发放现金;后续变更相应增减。",
    ),
}
