"""The sentences of a component, from whose credit counts to its caps, in English and Chinese, each under one name."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

COMPONENT_PHRASES: Final[Phrases] = {
    "credit.direct": ("{name}: for one's own share of a deal", "{name}:按本人在订单中的份额"),
    "credit.overlay": ("{name}: for credit outside the 100 percent of a deal", "{name}:按订单100%之外的附加份额"),
    "credit.manager_override": (
        "{name}: for the direct credits of one's people, {levels} level(s) down",
        "{name}:按下属的直接份额,向下{levels}级",
    ),
    "credit.sourcing": ("{name}: for one's touches of the lead that a deal came from", "{name}:按本人对来源线索的触点"),
    "sourcing.first": ("The first touch is credited with all of the deal.", "业绩全部归首次触点。"),
    "sourcing.last": ("The last touch is credited with all of the deal.", "业绩全部归末次触点。"),
    "sourcing.weighted": ("Touches share the deal by their weights.", "各触点按权重分享业绩。"),
    "sourcing.kinds": ("Only {kinds} count as touches.", "触点仅计{kinds}。"),
    "touch.campaign": ("campaigns", "营销活动"),
    "touch.meeting": ("meetings", "会面"),
    "touch.referral": ("referrals", "转介绍"),
    "touch.event": ("events", "展会"),
    "touch.content": ("content", "内容"),
    "touch.outbound": ("outbound contacts", "主动联系"),
    "sourcing.expires": ("A touch counts for {days} day(s).", "触点{days}天内有效。"),
    "sourcing.lasts": ("A touch counts for ever.", "触点长期有效。"),
    "component": ("{credit}: {rate}", "{credit},{rate}"),
    "attributed": (
        "A sale belongs to the period of {event}, and is rated there; before that it does not count.",
        "销售按{event}日期归属期间并计提,此前不计。",
    ),
    "attributed.payment": (
        "Each payment of a sale counts by itself, in the period of its day; money that goes back takes back what it "
        "earned.",
        "每笔回款单独计入其当日所属期间;退回的款项追回其已计提的提成。",
    ),
    "only.product_code": ("Only the products {values} count.", "仅计产品{values}。"),
    "only.product_category": ("Only the categories {values} count.", "仅计类别{values}。"),
    "only.deal_attribute": ("The deal's {key} must be {values}.", "订单的{key}须为{values}。"),
    "only.customer_attribute": ("The customer's {key} must be {values}.", "客户的{key}须为{values}。"),
    "only.new": ("The customer must not have had an earlier win.", "仅限此前无赢单的新客户。"),
    "only.existing": ("The customer must have had an earlier win.", "仅限此前已有赢单的老客户。"),
    "base.deal_amount": ("The amount of a sale is what it was won for.", "金额指赢单金额。"),
    "base.agreement_net": ("The amount of a sale is that of its agreements without tax.", "金额指合同不含税金额。"),
    "base.agreement_gross": ("The amount of a sale is that of its agreements with tax.", "金额指合同含税金额。"),
    "base.margin.agreement": (
        "The amount of a sale is its margin: that of its agreements without tax less the costs of their lines.",
        "金额指毛利,即合同不含税金额减去合同明细的成本。",
    ),
    "base.margin.catalogue": (
        "The amount of a sale is its margin: what it was won for less the catalogue's costs on the day of the sale.",
        "金额指毛利,即赢单金额减去销售当日的目录成本。",
    ),
    "negative.zero": ("A margin below zero counts as zero.", "毛利为负时按零计。"),
    "negative.negative": ("A margin below zero counts as it is.", "毛利为负时按负数计。"),
    "negative.block": ("A sale with a margin below zero earns nothing.", "毛利为负的销售不计提。"),
    "counted.year_to_date": (
        "Tiers and attainment count from the start of the year, against the year's quota; earlier periods are rated "
        "again, and what they earned is deducted.",
        "分档与完成率自年初累计,对照全年指标;以前各期重新计算,并扣除已得部分。",
    ),
    "counted.year_to_date_rate": (
        "Tiers and attainment count from the start of the year, against the year's quota; only this period's sales "
        "are rated.",
        "分档与完成率自年初累计,对照全年指标;仅对本期销售计提。",
    ),
    "rate.flat": ("{rate} % of the amount.", "金额的{rate}%。"),
    "rate.deal": ("{amount} for each deal.", "每单{amount}。"),
    "rate.unit": ("{amount} for each unit.", "每件{amount}。"),
    "rate.individual": (
        "a rate of one's own: {amount} divided by the period's quota.",
        "个人提成率:{amount}除以本期指标。",
    ),
    "rate.tiers.amount": ("by tiers of what was credited in the period.", "按本期累计金额分档。"),
    "rate.tiers.attainment_percent": ("by tiers of quota attainment.", "按指标完成率分档。"),
    "tiers.deal": ("The tier is told by each deal alone.", "每单单独定档。"),
    "tiers.line": ("The tier is told by each line of a deal alone.", "每条商品明细单独定档。"),
    "tier.new": (
        "{range}: {rate} % of the part inside this tier only (marginal).",
        "{range}:仅本档内的部分按{rate}%(超额累进)。",
    ),
    "tier.all": (
        "{range}: {rate} % of everything in the period so far (retroactive).",
        "{range}:本期全部金额按{rate}%(全额累进)。",
    ),
    "tier.moving": ("{rate} rising evenly to {upper}", "{rate}匀速变为{upper}"),
    "boundary.lower_inclusive": (
        "An amount exactly on a bound belongs to the upper tier.",
        "恰好等于分界时归入上一档。",
    ),
    "boundary.upper_inclusive": (
        "An amount exactly on a bound belongs to the lower tier.",
        "恰好等于分界时归入下一档。",
    ),
    "rate.bonus": (
        "a bonus of {amount} at 100 % payout, by quota attainment: nothing below {first} %.",
        "目标奖金{amount}(兑现率100%时),按指标完成率:低于{first}%不发。",
    ),
    "point": ("At {at} % attainment: {pays} % of the bonus.", "完成率{at}%时:兑现{pays}%。"),
    "beyond.capped": ("Beyond the last point it stays there.", "超过最后一点后不再增加。"),
    "beyond.continued": ("Beyond the last point it goes on at the last slope.", "超过最后一点后按最后斜率继续增加。"),
    "straight": ("Between points it goes evenly.", "各点之间匀速变化。"),
    "rate.rules": (
        "by the most specific rule that fits; what none fits earns nothing.",
        "按适用规则中最具体的一条计提,无适用规则的不计提。",
    ),
    "rule": ("{sold}{further}: {rate} %{priority}.", "{sold}{further}:{rate}%{priority}。"),
    "sold.all": ("Everything", "全部"),
    "sold.variant": ("Variant {key}", "规格{key}"),
    "sold.product": ("Product {key}", "产品{key}"),
    "sold.category": ("Category {key}", "类别{key}"),
    "rule.region": (", in the region {value}", ",区域{value}"),
    "rule.customer_type": (", to customers of the type {value}", ",客户类型{value}"),
    "rule.channel": (", through the channel {value}", ",渠道{value}"),
    "rule.effective_from": (", from {value} on", ",{value}起"),
    "rule.priority": (", with priority {value}", ",优先级{value}"),
    "rules.order": (
        "A variant goes before a product, that before a category, that before everything; then what names more of "
        "region, customer type and channel; then the higher priority; then the newer date.",
        "规格先于产品,产品先于类别,类别先于全部;其次为区域、客户类型、渠道限定较多者;再次为优先级较高者;最后为日期较新者。",
    ),
    "rate.margin_bands.price": ("by the margin in percent of the price.", "按毛利占售价的百分比分段。"),
    "rate.margin_bands.cost": ("by the markup in percent of the cost.", "按毛利占成本的百分比分段。"),
    "band.price": ("{range}: {rate} % of the price.", "{range}:售价的{rate}%。"),
    "band.margin": ("{range}: {rate} % of the margin.", "{range}:毛利的{rate}%。"),
    "band.undefined": ("Where there is nothing to divide by: {rate} %.", "无法计算百分比时:{rate}%。"),
    "rate.contract_terms.total_contract_value": (
        "by the term of the agreements, of their recurring value over the whole term.",
        "按合同期限,以全期经常性金额计提。",
    ),
    "rate.contract_terms.annual_contract_value": (
        "by the term of the agreements, of their recurring value in an average year.",
        "按合同期限,以年均经常性金额计提。",
    ),
    "rate.contract_terms.first_year": (
        "by the term of the agreements, of their recurring value in the first twelve months.",
        "按合同期限,以首个十二个月的经常性金额计提。",
    ),
    "one_off.counted": ("One-off charges are added to it.", "一次性费用计入。"),
    "one_off.left_out": ("One-off charges are left out.", "一次性费用不计。"),
    "term": ("A term from {months} month(s) on: {rate} %.", "期限满{months}个月:{rate}%。"),
    "kicker": ("{conditions}: times {factor}.", "{conditions}:乘以{factor}。"),
    "kicker.term_months_min": ("A term of at least {value} month(s)", "期限不少于{value}个月"),
    "kicker.prepaid_percent_min": ("at least {value} % paid in advance", "预付不少于{value}%"),
    "kicker.payment_days_max": ("payment within {value} day(s)", "账期不超过{value}天"),
    "and": (" and ", "且"),
    "stacking.multiplied": ("Several of them are multiplied.", "同时符合多项时系数连乘。"),
    "stacking.greatest": ("Of several of them the greatest counts.", "同时符合多项时取最大系数。"),
    "rate.residual": ("{rate} % of each recurring invoice.", "每张经常性发票金额的{rate}%。"),
    "residual.periods": (
        "It is paid for the first {periods} billing period(s) of an agreement.",
        "仅合同的前{periods}个账单期计提。",
    ),
    "residual.all": (
        "It is paid for every billing period of an agreement while it lasts.",
        "合同存续期间每个账单期均计提。",
    ),
    "owner_change.new_owner": (
        "After the customer changes hands it is paid to the new owner.",
        "客户转手后归新负责人。",
    ),
    "owner_change.first_owner": (
        "After the customer changes hands it is still paid to the first owner.",
        "客户转手后仍归原负责人。",
    ),
    "owner_change.ends": ("It ends when the customer changes hands.", "客户转手后不再计提。"),
    "rate.matrix": ("by {first} and {second}.", "按{first}与{second}确定提成率。"),
    "axis.attainment_percent": ("the quota attainment of the whole period", "整期指标完成率"),
    "axis.team_attainment_percent": ("the team's quota attainment of the whole period", "团队整期指标完成率"),
    "axis.margin_percent": ("the margin in percent of the price", "毛利率"),
    "axis.term_months": ("the agreement's term in months", "合同月数"),
    "matrix.row": ("{range}: {cells}.", "{range}:{cells}。"),
    "matrix.cell": ("{rate} % {range}", "{range}为{rate}%"),
    "accelerator": (
        "What is credited above {at} % of the quota earns {factor} times the rate.",
        "超过指标{at}%的部分,提成率乘以{factor}。",
    ),
    "decelerator.below": (
        "What is credited below {at} % of the quota earns {factor} times the rate.",
        "未达指标{at}%的部分,提成率乘以{factor}。",
    ),
    "decelerator.whole": (
        "A deal that leaves the total below {at} % of the quota earns {factor} times the rate.",
        "计入后累计仍未达指标{at}%的订单,整单提成率乘以{factor}。",
    ),
    "gate.whole_period": (
        "Pays only if the period reaches {at} % of the quota; then for all of the period.",
        "本期完成指标{at}%才发放,达到后本期全部发放。",
    ),
    "gate.later_deals": (
        "Pays only from the deal on that reaches {at} % of the quota; earlier deals of the period earn nothing.",
        "自达到指标{at}%的订单起才发放,本期此前的订单不发。",
    ),
    "satisfaction.nps": (
        "It is multiplied by a factor for the Net Promoter Score of one's customers in the period.",
        "所得乘以本期客户净推荐值对应的系数。",
    ),
    "satisfaction.csat": (
        "It is multiplied by a factor for the percent of one's customers who are satisfied in the period.",
        "所得乘以本期客户满意率对应的系数。",
    ),
    "satisfaction.band": ("A score from {score} on: times {factor}.", "得分{score}起:乘以{factor}。"),
    "satisfaction.nothing": (
        "With fewer than {responses} answer(s) it pays nothing.",
        "答复少于{responses}份时不发放。",
    ),
    "satisfaction.neutral": (
        "With fewer than {responses} answer(s) the factor is 1.",
        "答复少于{responses}份时系数为1。",
    ),
    "cap.rate": ("It pays at {rate} % at most.", "提成率最高{rate}%。"),
    "cap.line.lost": (
        "One line of a deal earns at most {amount}; the rest is lost.",
        "订单每行最多{amount},超出部分作废。",
    ),
    "cap.line.deferred": (
        "One line of a deal earns at most {amount}; the rest is deferred: earned in the next period, under its limit, by "
        "who still holds the component on its first day, and lost by others.",
        "订单每行最多{amount},超出部分递延至下一期,受下一期限额约束;下一期首日不再参加本项的作废。",
    ),
    "cap.deal.lost": (
        "One deal earns at most {amount} in a period; the rest is lost.",
        "单笔订单每期最多{amount},超出部分作废。",
    ),
    "cap.deal.deferred": (
        "One deal earns at most {amount} in a period; the rest is deferred: earned in the next period, under its cap, by "
        "who still holds the component on its first day, and lost by others.",
        "单笔订单每期最多{amount},超出部分递延至下一期,受下一期上限约束;下一期首日不再参加本项的作废。",
    ),
    "cap.split_then_cap": (
        "Where a deal is shared, each share has all of that.",
        "订单有分成时,每份各适用该上限全额。",
    ),
    "cap.cap_then_split": (
        "Where a deal is shared, each share has its part of that.",
        "订单有分成时,该上限按各份比例分配。",
    ),
    "cap.year": ("It earns at most {amount} in a year.", "每年最多{amount}。"),
    "cap.period": ("It earns at most {amount} in a period.", "每期最多{amount}。"),
    "override": (
        "An enrolment may agree another {values}, up to {limit} % less or more.",
        "参加时可另行约定{values},上下浮动不超过{limit}%。",
    ),
    "override.flat": ("rate", "提成率"),
    "override.individual": ("target pay", "目标浮动收入"),
    "override.bonus": ("bonus", "目标奖金"),
    "override.cap": ("cap", "上限"),
    "quota": ("Without a quota for the period it waits and pays nothing.", "本期未设指标时暂不计算,也不发放。"),
    "quota.year": ("Without a quota for the year it waits and pays nothing.", "全年未设指标时暂不计算,也不发放。"),
}
