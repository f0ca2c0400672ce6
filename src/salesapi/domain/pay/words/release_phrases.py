"""The sentences of what becomes payable when, and of what is taken back, in English and Chinese, each under one name."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

RELEASE_PHRASES: Final[Phrases] = {
    "event.booking": {"en": "the win", "zh": "赢单"},
    "event.signature": {"en": "the signature", "zh": "签约"},
    "event.invoice": {"en": "the invoice", "zh": "开票"},
    "event.delivery": {"en": "the delivery", "zh": "交付"},
    "event.acceptance": {"en": "the acceptance", "zh": "验收"},
    "event.go_live": {"en": "going live", "zh": "上线"},
    "event.payment": {"en": "the payment", "zh": "回款"},
    "event.period_end": {"en": "the end of the period", "zh": "期末"},
    "span.days": {"en": "{count} day(s)", "zh": "{count}天"},
    "span.months": {"en": "{count} month(s)", "zh": "{count}个月"},
    "release.on": {
        "en": "It is payable from {event} on, and never before it is earned.",
        "zh": "自{event}起应发,且不早于计入之日。",
    },
    "release.booking": {"en": "It is payable as soon as it is earned.", "zh": "计入之日起即应发。"},
    "release.payment": {
        "en": "It becomes payable with the customer's cash, in the same proportion, tax left out.",
        "zh": "随客户回款按同等比例兑现,不计税款。",
    },
    "cash.in_order": {"en": "Cash pays one line of the deal after the other.", "zh": "回款依次冲抵订单各行。"},
    "cash.pro_rata": {"en": "Cash pays all lines of the deal in proportion.", "zh": "回款按比例冲抵订单各行。"},
    "fee.counts_as_paid": {
        "en": "What the bank keeps of a payment counts as paid.",
        "zh": "银行扣收的手续费视为已付。",
    },
    "fee.counts_as_unpaid": {
        "en": "What the bank keeps of a payment counts as unpaid.",
        "zh": "银行扣收的手续费视为未付。",
    },
    "prepayment.releases_on_receipt": {
        "en": "Cash that comes before the invoice releases on its own day.",
        "zh": "开票前收到的款项于收款日兑现。",
    },
    "prepayment.releases_on_invoice": {
        "en": "Cash that comes before the invoice waits for it.",
        "zh": "开票前收到的款项待开票时兑现。",
    },
    "nothing_due.release_all": {
        "en": "Where the customer owes nothing, the invoice releases all of it.",
        "zh": "客户无应付款时,开票即全部兑现。",
    },
    "nothing_due.release_nothing": {
        "en": "Where the customer owes nothing, nothing becomes payable.",
        "zh": "客户无应付款时,不予兑现。",
    },
    "expiry": {
        "en": "Cash more than {days} day(s) after {event} releases only {kept} % of its part.",
        "zh": "{event}后超过{days}天的回款仅兑现其部分的{kept}%。",
    },
    "expiry.lapsed": {
        "en": "Cash more than {days} day(s) after {event} releases nothing.",
        "zh": "{event}后超过{days}天的回款不再兑现。",
    },
    "speed": {
        "en": "Cash up to {days} day(s) from {start}: times {factor}.",
        "zh": "{start}起{days}天以内的回款:乘以{factor}。",
    },
    "speed.due_date": {"en": "the due date", "zh": "到期日"},
    "speed.invoice_date": {"en": "the invoice date", "zh": "开票日"},
    "speed.other": {
        "en": "Any other cash where {start} is known: times {factor}.",
        "zh": "其余有{start}的回款:乘以{factor}。",
    },
    "part": {"en": "Part {number}: {share} %, payable {when}.", "zh": "第{number}部分:{share}%,{when}应发。"},
    "when.wait": {"en": "{span} after it is earned", "zh": "计入后{span}"},
    "when.event": {"en": "from {event} on", "zh": "自{event}起"},
    "remainder.largest_remainder": {
        "en": "Smallest units that are left go to the parts with the largest remainders.",
        "zh": "取整余额归余数最大的部分。",
    },
    "remainder.last_part": {
        "en": "Smallest units that are left go to the last part.",
        "zh": "取整余额归最后一部分。",
    },
    "churn.cancel_remaining": {
        "en": "When the customer is lost, the parts that are not payable by then are cancelled.",
        "zh": "客户流失时,尚未应发的部分取消。",
    },
    "churn.keep_remaining": {
        "en": "When the customer is lost, the parts that are not payable by then stay.",
        "zh": "客户流失时,尚未应发的部分保留。",
    },
    "holdback.wait": {
        "en": "{share} % of it is held back until {span} after it is earned.",
        "zh": "留存{share}%,计入后{span}发放。",
    },
    "holdback.event": {"en": "{share} % of it is held back until {event}.", "zh": "留存{share}%,至{event}发放。"},
    "held.netted": {
        "en": "A clawback takes what is held back first.",
        "zh": "发生追回时,先从留存中抵扣。",
    },
    "held.forfeited": {
        "en": "A clawback ends all that is held back, which counts towards it.",
        "zh": "发生追回时,留存全部没收,并计入追回额。",
    },
    "held.released": {
        "en": "A clawback leaves what is held back to its day.",
        "zh": "发生追回时,留存仍按期发放。",
    },
    "clawback": {
        "en": "Taken back on {triggers} within {span} of {event}: {share}.",
        "zh": "自{event}起{span}内发生{triggers}的:追回{share}。",
    },
    "trigger.cancellation": {"en": "cancellation", "zh": "取消"},
    "trigger.refund": {"en": "refund", "zh": "退款"},
    "trigger.downgrade": {"en": "downgrade", "zh": "降级"},
    "trigger.churn": {"en": "loss of the customer", "zh": "客户流失"},
    "trigger.non_payment": {"en": "non-payment", "zh": "未付款"},
    "share.full": {"en": "all that the lost part earned", "zh": "失去部分的全部所得"},
    "share.partial": {"en": "{percent} % of what the lost part earned", "zh": "失去部分所得的{percent}%"},
    "share.unserved_term": {
        "en": "what the lost part earned, for as much of the term as is not served, by {unit}",
        "zh": "失去部分所得中未履行期限的比例,按{unit}计",
    },
    "share.schedule": {
        "en": "a part of what the lost part earned, by the time since then",
        "zh": "失去部分所得中按所经时间确定的比例",
    },
    "unit.days": {"en": "days", "zh": "天"},
    "unit.months": {"en": "months", "zh": "月"},
    "started.served": {"en": "A month that was begun is served.", "zh": "已开始的月份视为已履行。"},
    "started.unserved": {"en": "A month that was begun is not served.", "zh": "已开始的月份视为未履行。"},
    "step": {"en": "Up to {span}: {percent} % of it.", "zh": "{span}以内:{percent}%。"},
    "window.included": {
        "en": "The day on which such a time is exactly over still counts.",
        "zh": "期满当日仍在期内。",
    },
    "window.excluded": {
        "en": "The day on which such a time is exactly over no longer counts.",
        "zh": "期满当日不在期内。",
    },
    "attainment.keep": {
        "en": "What is lost still counts for the attainment of its period.",
        "zh": "失去的业绩仍计入当期完成率。",
    },
    "attainment.restate": {
        "en": "What is lost was never credited: the tiers and the attainment of its period fall.",
        "zh": "失去的业绩视为从未计入,当期分档与完成率随之下调。",
    },
    "non_payment": {
        "en": "What is open of an invoice {days} day(s) after its due date counts as non-payment.",
        "zh": "发票到期{days}天后仍未付清的部分视为未付款。",
    },
}
