"""A component's release and clawback in words: when what is earned becomes payable, and what takes it back."""

from collections.abc import Iterator

from salesapi.domain.pay.plans.plan_components import Clawback, Release
from salesapi.domain.pay.rules.withholding import Holdback, InstalmentTable, ReleaseInstalment, Wait
from salesapi.domain.pay.words.plan_words import Words, where_stated


def release_in_words(words: Words, release: Release) -> Iterator[str]:
    """The sentences of a release: its clock, the cash, the parts, and what is held back of them."""
    if release.instalments is not None:
        yield from _instalments(words, release.instalments)
    elif release.on == "payment":
        yield from _with_cash(words, release)
    elif release.on == "booking":
        yield words.say("release.booking")
    else:
        yield words.say("release.on", event=words.say(f"event.{release.on}"))
    yield from where_stated(words, release.holdback, _holdback)


def clawback_in_words(words: Words, clawback: Clawback) -> Iterator[str]:
    """The sentences of a clawback: what it takes back, when, and what becomes of the attainment."""
    rule = clawback.rule
    yield words.say(
        "clawback",
        triggers=words.one_of_named("trigger", rule.triggers),
        span=words.say(f"span.{rule.unit}", count=rule.window),
        event=words.say(f"event.{rule.anchor}"),
        share=words.say(f"share.{rule.share}", percent=rule.percent, unit=words.say(f"unit.{rule.unit}")),
    )
    for step in rule.steps:
        yield words.say("step", span=words.say(f"span.{rule.unit}", count=step.until), percent=step.percent)
    if rule.started_month is not None:
        yield words.say(f"started.{rule.started_month}")
    yield words.say(f"window.{rule.window_end}")
    if clawback.non_payment_days is not None:
        yield words.say("non_payment", days=clawback.non_payment_days)
    yield words.say(f"attainment.{clawback.attainment}")


def _with_cash(words: Words, release: Release) -> Iterator[str]:
    payment = release.payment
    assert payment is not None, "a published release on payment says how cash counts"
    yield from words.say_all("release.payment", f"cash.{release.order}", f"fee.{payment.bank_fee}")
    yield from words.say_all(f"prepayment.{payment.prepayment}", f"nothing_due.{payment.nothing_due}")
    if release.expiry is not None:
        event = words.say(f"event.{release.expiry.anchor}")
        for step in release.expiry.steps:
            said = "expiry" if step.kept_percent else "expiry.lapsed"
            yield words.say(said, days=step.after_days, event=event, kept=step.kept_percent)
    start = words.say(f"speed.{release.speed_from}")
    for band in release.speed:
        if band.up_to_days is None:
            yield words.say("speed.other", start=start, factor=band.factor)
        else:
            yield words.say("speed", start=start, days=band.up_to_days, factor=band.factor)


def _instalments(words: Words, table: InstalmentTable) -> Iterator[str]:
    for number, instalment in enumerate(table.instalments, start=1):
        yield words.say("part", number=number, share=instalment.share_percent, when=_when(words, instalment))
    yield from words.say_all(f"remainder.{table.residual}", f"churn.{table.on_churn}")


def _when(words: Words, instalment: ReleaseInstalment) -> str:
    if instalment.wait is not None:
        return words.say("when.wait", span=_span(words, instalment.wait))
    return words.say("when.event", event=words.say(f"event.{instalment.event}"))


def _holdback(words: Words, holdback: Holdback) -> Iterator[str]:
    share = holdback.share_percent
    if holdback.wait is not None:
        yield words.say("holdback.wait", share=share, span=_span(words, holdback.wait))
    else:
        yield words.say("holdback.event", share=share, event=words.say(f"event.{holdback.event}"))
    yield words.say(f"held.{holdback.on_clawback}")


def _span(words: Words, wait: Wait) -> str:
    return words.say(f"span.{wait.unit}", count=wait.count)
