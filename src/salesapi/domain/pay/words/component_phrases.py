"""The sentences of a component, from whose credit counts to its caps, in English and Chinese, each under one name."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

COMPONENT_PHRASES: Final[Phrases] = {
    "credit.direct": {"en": "{name}: for one's own share of a deal", "zh": "{name}:按本人在订单中的份额"},
    "credit.overlay": {
        "en": "{name}: for credit outside the 100 percent of a deal",
        "zh": "{name}:按订单100%之外的附加份额",
    },
    "credit.manager_override": {
        "en": "{name}: for the direct credits of one's people, {levels} level(s) down",
        "zh": "{name}:按下属的直接份额,向下{levels}级",
    },
    "credit.sourcing": {
        "en": "{name}: for one's touches of the lead that a deal came from",
        "zh": "{name}:按本人对来源线索的触点",
    },
    "sourcing.first": {"en": "The first touch is credited with all of the deal.", "zh": "业绩全部归首次触点。"},
    "sourcing.last": {"en": "The last touch is credited with all of the deal.", "zh": "业绩全部归末次触点。"},
    "sourcing.weighted": {"en": "Touches share the deal by their weights.", "zh": "各触点按权重分享业绩。"},
    "sourcing.kinds": {"en": "Only {kinds} count as touches.", "zh": "触点仅计{kinds}。"},
    "touch.campaign": {"en": "campaigns", "zh": "营销活动"},
    "touch.meeting": {"en": "meetings", "zh": "会面"},
    "touch.referral": {"en": "referrals", "zh": "转介绍"},
    "touch.event": {"en": "events", "zh": "展会"},
    "touch.content": {"en": "content", "zh": "内容"},
    "touch.outbound": {"en": "outbound contacts", "zh": "主动联系"},
    "sourcing.expires": {"en": "A touch counts for {days} day(s).", "zh": "触点{days}天内有效。"},
    "sourcing.lasts": {"en": "A touch counts for ever.", "zh": "触点长期有效。"},
    "component": {"en": "{credit}: {rate}", "zh": "{credit},{rate}"},
    "attributed": {
        "en": "A sale belongs to the period of {event}, and is rated there; before that it does not count.",
        "zh": "销售按{event}日期归属期间并计提,此前不计。",
    },
    "attributed.payment": {
        "en": "Each payment of a sale counts by itself, in the period of its day; money that goes back takes back what it "
        "earned.",
        "zh": "每笔回款单独计入其当日所属期间;退回的款项追回其已计提的提成。",
    },
    "only.product_code": {"en": "Only the products {values} count.", "zh": "仅计产品{values}。"},
    "only.product_category": {"en": "Only the categories {values} count.", "zh": "仅计类别{values}。"},
    "only.deal_attribute": {"en": "The deal's {key} must be {values}.", "zh": "订单的{key}须为{values}。"},
    "only.customer_attribute": {"en": "The customer's {key} must be {values}.", "zh": "客户的{key}须为{values}。"},
    "only.new": {"en": "The customer must not have had an earlier win.", "zh": "仅限此前无赢单的新客户。"},
    "only.existing": {"en": "The customer must have had an earlier win.", "zh": "仅限此前已有赢单的老客户。"},
    "base.deal_amount": {"en": "The amount of a sale is what it was won for.", "zh": "金额指赢单金额。"},
    "base.agreement_net": {
        "en": "The amount of a sale is that of its agreements without tax.",
        "zh": "金额指合同不含税金额。",
    },
    "base.agreement_gross": {
        "en": "The amount of a sale is that of its agreements with tax.",
        "zh": "金额指合同含税金额。",
    },
    "base.margin.agreement": {
        "en": "The amount of a sale is its margin: that of its agreements without tax less the costs of their lines.",
        "zh": "金额指毛利,即合同不含税金额减去合同明细的成本。",
    },
    "base.margin.catalogue": {
        "en": "The amount of a sale is its margin: what it was won for less the catalogue's costs on the day of the sale.",
        "zh": "金额指毛利,即赢单金额减去销售当日的目录成本。",
    },
    "negative.zero": {"en": "A margin below zero counts as zero.", "zh": "毛利为负时按零计。"},
    "negative.negative": {"en": "A margin below zero counts as it is.", "zh": "毛利为负时按负数计。"},
    "negative.block": {"en": "A sale with a margin below zero earns nothing.", "zh": "毛利为负的销售不计提。"},
    "counted.year_to_date": {
        "en": "Tiers and attainment count from the start of the year, against the year's quota; earlier periods are rated "
        "again, and what they earned is deducted.",
        "zh": "分档与完成率自年初累计,对照全年指标;以前各期重新计算,并扣除已得部分。",
    },
    "counted.year_to_date_rate": {
        "en": "Tiers and attainment count from the start of the year, against the year's quota; only this period's sales "
        "are rated.",
        "zh": "分档与完成率自年初累计,对照全年指标;仅对本期销售计提。",
    },
    "rate.flat": {"en": "{rate} % of the amount.", "zh": "金额的{rate}%。"},
    "rate.deal": {"en": "{amount} for each deal.", "zh": "每单{amount}。"},
    "rate.unit": {"en": "{amount} for each unit.", "zh": "每件{amount}。"},
    "rate.individual": {
        "en": "a rate of one's own: {amount} divided by the period's quota.",
        "zh": "个人提成率:{amount}除以本期指标。",
    },
    "rate.tiers.amount": {"en": "by tiers of what was credited in the period.", "zh": "按本期累计金额分档。"},
    "rate.tiers.attainment_percent": {"en": "by tiers of quota attainment.", "zh": "按指标完成率分档。"},
    "tiers.deal": {"en": "The tier is told by each deal alone.", "zh": "每单单独定档。"},
    "tiers.line": {"en": "The tier is told by each line of a deal alone.", "zh": "每条商品明细单独定档。"},
    "tier.new": {
        "en": "{range}: {rate} % of the part inside this tier only (marginal).",
        "zh": "{range}:仅本档内的部分按{rate}%(超额累进)。",
    },
    "tier.all": {
        "en": "{range}: {rate} % of everything in the period so far (retroactive).",
        "zh": "{range}:本期全部金额按{rate}%(全额累进)。",
    },
    "tier.moving": {"en": "{rate} rising evenly to {upper}", "zh": "{rate}匀速变为{upper}"},
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
    "rate.rules": {
        "en": "by the most specific rule that fits; what none fits earns nothing.",
        "zh": "按适用规则中最具体的一条计提,无适用规则的不计提。",
    },
    "rule": {"en": "{sold}{further}: {rate} %{priority}.", "zh": "{sold}{further}:{rate}%{priority}。"},
    "sold.all": {"en": "Everything", "zh": "全部"},
    "sold.variant": {"en": "Variant {key}", "zh": "规格{key}"},
    "sold.product": {"en": "Product {key}", "zh": "产品{key}"},
    "sold.category": {"en": "Category {key}", "zh": "类别{key}"},
    "rule.region": {"en": ", in the region {value}", "zh": ",区域{value}"},
    "rule.customer_type": {"en": ", to customers of the type {value}", "zh": ",客户类型{value}"},
    "rule.channel": {"en": ", through the channel {value}", "zh": ",渠道{value}"},
    "rule.effective_from": {"en": ", from {value} on", "zh": ",{value}起"},
    "rule.priority": {"en": ", with priority {value}", "zh": ",优先级{value}"},
    "rules.order": {
        "en": "A variant goes before a product, that before a category, that before everything; then what names more of "
        "region, customer type and channel; then the higher priority; then the newer date.",
        "zh": "规格先于产品,产品先于类别,类别先于全部;其次为区域、客户类型、渠道限定较多者;再次为优先级较高者;最后为日期较新者。",
    },
    "rate.margin_bands.price": {"en": "by the margin in percent of the price.", "zh": "按毛利占售价的百分比分段。"},
    "rate.margin_bands.cost": {"en": "by the markup in percent of the cost.", "zh": "按毛利占成本的百分比分段。"},
    "band.price": {"en": "{range}: {rate} % of the price.", "zh": "{range}:售价的{rate}%。"},
    "band.margin": {"en": "{range}: {rate} % of the margin.", "zh": "{range}:毛利的{rate}%。"},
    "band.undefined": {
        "en": "Where there is nothing to divide by: {rate} %.",
        "zh": "无法计算百分比时:{rate}%。",
    },
    "rate.contract_terms.total_contract_value": {
        "en": "by the term of the agreements, of their recurring value over the whole term.",
        "zh": "按合同期限,以全期经常性金额计提。",
    },
    "rate.contract_terms.annual_contract_value": {
        "en": "by the term of the agreements, of their recurring value in an average year.",
        "zh": "按合同期限,以年均经常性金额计提。",
    },
    "rate.contract_terms.first_year": {
        "en": "by the term of the agreements, of their recurring value in the first twelve months.",
        "zh": "按合同期限,以首个十二个月的经常性金额计提。",
    },
    "one_off.counted": {"en": "One-off charges are added to it.", "zh": "一次性费用计入。"},
    "one_off.left_out": {"en": "One-off charges are left out.", "zh": "一次性费用不计。"},
    "term": {"en": "A term from {months} month(s) on: {rate} %.", "zh": "期限满{months}个月:{rate}%。"},
    "kicker": {"en": "{conditions}: times {factor}.", "zh": "{conditions}:乘以{factor}。"},
    "kicker.term_months_min": {"en": "A term of at least {value} month(s)", "zh": "期限不少于{value}个月"},
    "kicker.prepaid_percent_min": {"en": "at least {value} % paid in advance", "zh": "预付不少于{value}%"},
    "kicker.payment_days_max": {"en": "payment within {value} day(s)", "zh": "账期不超过{value}天"},
    "and": {"en": " and ", "zh": "且"},
    "stacking.multiplied": {"en": "Several of them are multiplied.", "zh": "同时符合多项时系数连乘。"},
    "stacking.greatest": {"en": "Of several of them the greatest counts.", "zh": "同时符合多项时取最大系数。"},
    "rate.residual": {"en": "{rate} % of each recurring invoice.", "zh": "每张经常性发票金额的{rate}%。"},
    "residual.periods": {
        "en": "It is paid for the first {periods} billing period(s) of an agreement.",
        "zh": "仅合同的前{periods}个账单期计提。",
    },
    "residual.all": {
        "en": "It is paid for every billing period of an agreement while it lasts.",
        "zh": "合同存续期间每个账单期均计提。",
    },
    "owner_change.new_owner": {
        "en": "After the customer changes hands it is paid to the new owner.",
        "zh": "客户转手后归新负责人。",
    },
    "owner_change.first_owner": {
        "en": "After the customer changes hands it is still paid to the first owner.",
        "zh": "客户转手后仍归原负责人。",
    },
    "owner_change.ends": {"en": "It ends when the customer changes hands.", "zh": "客户转手后不再计提。"},
    "rate.matrix": {"en": "by {first} and {second}.", "zh": "按{first}与{second}确定提成率。"},
    "axis.attainment_percent": {"en": "the quota attainment of the whole period", "zh": "整期指标完成率"},
    "axis.team_attainment_percent": {
        "en": "the team's quota attainment of the whole period",
        "zh": "团队整期指标完成率",
    },
    "axis.margin_percent": {"en": "the margin in percent of the price", "zh": "毛利率"},
    "axis.term_months": {"en": "the agreement's term in months", "zh": "合同月数"},
    "matrix.row": {"en": "{range}: {cells}.", "zh": "{range}:{cells}。"},
    "matrix.cell": {"en": "{rate} % {range}", "zh": "{range}为{rate}%"},
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
    "satisfaction.nps": {
        "en": "It is multiplied by a factor for the Net Promoter Score of one's customers in the period.",
        "zh": "所得乘以本期客户净推荐值对应的系数。",
    },
    "satisfaction.csat": {
        "en": "It is multiplied by a factor for the percent of one's customers who are satisfied in the period.",
        "zh": "所得乘以本期客户满意率对应的系数。",
    },
    "satisfaction.band": {"en": "A score from {score} on: times {factor}.", "zh": "得分{score}起:乘以{factor}。"},
    "satisfaction.nothing": {
        "en": "With fewer than {responses} answer(s) it pays nothing.",
        "zh": "答复少于{responses}份时不发放。",
    },
    "satisfaction.neutral": {
        "en": "With fewer than {responses} answer(s) the factor is 1.",
        "zh": "答复少于{responses}份时系数为1。",
    },
    "cap.rate": {"en": "It pays at {rate} % at most.", "zh": "提成率最高{rate}%。"},
    "cap.line.lost": {
        "en": "One line of a deal earns at most {amount}; the rest is lost.",
        "zh": "订单每行最多{amount},超出部分作废。",
    },
    "cap.line.deferred": {
        "en": "One line of a deal earns at most {amount}; the rest is deferred: earned in the next period, under its limit, by "
        "who still holds the component on its first day, and lost by others.",
        "zh": "订单每行最多{amount},超出部分递延至下一期,受下一期限额约束;下一期首日不再参加本项的作废。",
    },
    "cap.deal.lost": {
        "en": "One deal earns at most {amount} in a period; the rest is lost.",
        "zh": "单笔订单每期最多{amount},超出部分作废。",
    },
    "cap.deal.deferred": {
        "en": "One deal earns at most {amount} in a period; the rest is deferred: earned in the next period, under its cap, by "
        "who still holds the component on its first day, and lost by others.",
        "zh": "单笔订单每期最多{amount},超出部分递延至下一期,受下一期上限约束;下一期首日不再参加本项的作废。",
    },
    "cap.split_then_cap": {
        "en": "Where a deal is shared, each share has all of that.",
        "zh": "订单有分成时,每份各适用该上限全额。",
    },
    "cap.cap_then_split": {
        "en": "Where a deal is shared, each share has its part of that.",
        "zh": "订单有分成时,该上限按各份比例分配。",
    },
    "cap.year": {"en": "It earns at most {amount} in a year.", "zh": "每年最多{amount}。"},
    "cap.period": {"en": "It earns at most {amount} in a period.", "zh": "每期最多{amount}。"},
    "override": {
        "en": "An enrolment may agree another {values}, up to {limit} % less or more.",
        "zh": "参加时可另行约定{values},上下浮动不超过{limit}%。",
    },
    "override.flat": {"en": "rate", "zh": "提成率"},
    "override.individual": {"en": "target pay", "zh": "目标浮动收入"},
    "override.bonus": {"en": "bonus", "zh": "目标奖金"},
    "override.cap": {"en": "cap", "zh": "上限"},
    "quota": {
        "en": "Without a quota for the period it waits and pays nothing.",
        "zh": "本期未设指标时暂不计算,也不发放。",
    },
    "quota.year": {
        "en": "Without a quota for the year it waits and pays nothing.",
        "zh": "全年未设指标时暂不计算,也不发放。",
    },
}
