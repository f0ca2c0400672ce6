"""The sentences of what becomes payable when, and of what is taken back, in English and Chinese, each under one name."""

from typing import Final

from salesapi.domain.pay.words.plan_words import Phrases

RELEASE_PHRASES: Final[Phrases] = {
    "event.booking": ("the win", "赢单"),
    "event.signature": ("the signature", "签约"),
    "event.invoice": ("the invoice", "开票"),
    "event.delivery": ("the delivery", "交付"),
    "event.acceptance": ("the acceptance", "验收"),
    "event.go_live": ("going live", "上线"),
    "event.payment": ("the payment", "回款"),
    "event.period_end": ("the end of the period", "期末"),
    "span.days": ("{count} day(s)", "{count}天"),
    "span.months": ("{count} month(s)", "{count}个月"),
    "release.on": (
        "It is payable from {event} on, and never before it is earned.",
        "自{event}起应发,且不早于计入之日。",
    ),
    "release.booking": ("It is payable as soon as it is earned.", "计入之日起即应发。"),
    "release.payment": (
        "It becomes payable with the customer's cash, in the same proportion, tax left out.",
        "随客户回款按同等比例兑现,不计税款。",
    ),
    "cash.in_order": ("Cash pays one line of the deal after the other.", "回款依次冲抵订单各行。"),
    "cash.pro_rata": ("Cash pays all lines of the deal in proportion.", "回款按比例冲抵订单各行。"),
    "fee.counts_as_paid": ("What the bank keeps of a payment counts as paid.", "银行扣收的手续费视为已付。"),
    "fee.counts_as_unpaid": ("What the bank keeps of a payment counts as unpaid.", "银行扣收的手续费视为未付。"),
    "prepayment.releases_on_receipt": (
        "Cash that comes before the invoice releases on its own day.",
        "开票前收到的款项于收款日兑现。",
    ),
    "prepayment.releases_on_invoice": (
        "Cash that comes before the invoice waits for it.",
        "开票前收到的款项待开票时兑现。",
    ),
    "nothing_due.release_all": (
        "Where the customer owes nothing, the invoice releases all of it.",
        "客户无应付款时,开票即全部兑现。",
    ),
    "nothing_due.release_nothing": (
        "Where the customer owes nothing, nothing becomes payable.",
        "客户无应付款时,不予兑现。",
    ),
    "expiry": (
        "Cash more than {days} day(s) after {event} releases only {kept} % of its part.",
        "{event}后超过{days}天的回款仅兑现其部分的{kept}%。",
    ),
    "expiry.lapsed": (
        "Cash more than {days} day(s) after {event} releases nothing.",
        "{event}后超过{days}天的回款不再兑现。",
    ),
    "speed": ("Cash up to {days} day(s) from {start}: times {factor}.", "{start}起{days}天以内的回款:乘以{factor}。"),
    "speed.due_date": ("the due date", "到期日"),
    "speed.invoice_date": ("the invoice date", "开票日"),
    "speed.other": ("Any other cash where {start} is known: times {factor}.", "其余有{start}的回款:乘以{factor}。"),
    "part": ("Part {number}: {share} %, payable {when}.", "第{number}部分:{share}%,{when}应发。"),
    "when.wait": ("{span} after it is earned", "计入后{span}"),
    "when.event": ("from {event} on", "自{event}起"),
    "remainder.largest_remainder": (
        "Smallest units that are left go to the parts with the largest remainders.",
        "取整余额归余数最大的部分。",
    ),
    "remainder.last_part": ("Smallest units that are left go to the last part.", "取整余额归最后一部分。"),
    "churn.cancel_remaining": (
        "When the customer is lost, the parts that are not payable by then are cancelled.",
        "客户流失时,尚未应发的部分取消。",
    ),
    "churn.keep_remaining": (
        "When the customer is lost, the parts that are not payable by then stay.",
        "客户流失时,尚未应发的部分保留。",
    ),
    "holdback.wait": (
        "{share} % of it is held back until {span} after it is earned.",
        "留存{share}%,计入后{span}发放。",
    ),
    "holdback.event": ("{share} % of it is held back until {event}.", "留存{share}%,至{event}发放。"),
    "held.netted": ("A clawback takes what is held back first.", "发生追回时,先从留存中抵扣。"),
    "held.forfeited": (
        "A clawback ends all that is held back, which counts towards it.",
        "发生追回时,留存全部没收,并计入追回额。",
    ),
    "held.released": ("A clawback leaves what is held back to its day.", "发生追回时,留存仍按期发放。"),
    "clawback": (
        "Taken back on {triggers} within {span} of {event}: {share}.",
        "自{event}起{span}内发生{triggers}的:追回{share}。",
    ),
    "trigger.cancellation": ("cancellation", "取消"),
    "trigger.refund": ("refund", "退款"),
    "trigger.downgrade": ("downgrade", "降级"),
    "trigger.churn": ("loss of the customer", "客户流失"),
    "trigger.non_payment": ("non-payment", "未付款"),
    "share.full": ("all that the lost part earned", "失去部分的全部所得"),
    "share.partial": ("{percent} % of what the lost part earned", "失去部分所得的{percent}%"),
    "share.unserved_term": (
        "what the lost part earned, for as much of the term as is not served, by {unit}",
        "失去部分所得中未履行期限的比例,按{unit}计",
    ),
    "share.schedule": (
        "a part of what the lost part earned, by the time since then",
        "失去部分所得中按所经时间确定的比例",
    ),
    "unit.days": ("days", "天"),
    "unit.months": ("months", "月"),
    "started.served": ("A month that was begun is served.", "已开始的月份视为已履行。"),
    "started.unserved": ("A month that was begun is not served.", "已开始的月份视为未履行。"),
    "step": ("Up to {span}: {percent} % of it.", "{span}以内:{percent}%。"),
    "window.included": ("The day on which such a time is exactly over still counts.", "期满当日仍在期内。"),
    "window.excluded": ("The day on which such a time is exactly over no longer counts.", "期满当日不在期内。"),
    "attainment.keep": ("What is lost still counts for the attainment of its period.", "失去的业绩仍计入当期完成率。"),
    "attainment.restate": (
        "What is lost was never credited: the tiers and the attainment of its period fall.",
        "失去的业绩视为从未计入,当期分档与完成率随之下调。",
    ),
    "non_payment": (
        "What is open of an invoice {days} day(s) after its due date counts as non-payment.",
        "发票到期{days}天后仍未付清的部分视为未付款。",
    ),
}
