"""Generated releases and clawbacks of a component. All follows from the seeded random of the caller."""

from decimal import Decimal
from random import Random
from typing import get_args

from salesapi.domain.pay.plans.plan_components import (
    Clawback,
    Release,
)
from salesapi.domain.pay.rules import clawbacks, release, withholding
from salesapi.domain.pay.rules.award_measures import (
    CollectedFrom,
    CollectionBand,
)
from salesapi.domain.shared.dates import DateUnit
from tests.domain.pay.generated_choices import maybe, one_of


def generated_release(random: Random) -> Release:
    holdback = maybe(random, 0.3, _holdback)
    if random.random() < 0.3:
        return Release(instalments=_instalments(random), holdback=holdback)
    on: release.Anchor = "payment" if random.random() < 0.5 else one_of(random, release.Anchor)
    if on != "payment":
        return Release(on=on, holdback=holdback)
    payment = release.PaymentRelease(
        bank_fee=one_of(random, release.BankFee),
        prepayment=one_of(random, release.Prepayment),
        nothing_due=one_of(random, release.NothingDue),
    )
    speed = _speed(random) if random.random() < 0.4 else ()
    return Release(
        on="payment",
        payment=payment,
        order=one_of(random, release.CashOrder),
        expiry=maybe(random, 0.4, _expiry),
        speed=speed,
        speed_from=one_of(random, CollectedFrom) if speed else "due_date",
        holdback=holdback,
    )


def _expiry(random: Random) -> release.ExpiryTable:
    days, kept = random.choice((((0,), (50,)), ((30, 90), (80, 0)), ((1, 2, 3), (99, 50, 1))))
    return release.ExpiryTable(
        anchor=random.choice(("booking", "signature", "invoice", "delivery", "acceptance", "go_live")),
        steps=tuple(
            release.ExpiryStep(after_days=after, kept_percent=Decimal(percent))
            for after, percent in zip(days, kept, strict=True)
        ),
    )


def _speed(random: Random) -> tuple[CollectionBand, ...]:
    days = (*sorted(random.sample((-10, 0, 30, 90), random.randint(0, 3))), None)
    return tuple(
        CollectionBand(up_to_days=each, factor=Decimal(random.choice(("0", "0.9", "1", "1.1")))) for each in days
    )


def _wait(random: Random) -> withholding.Wait:
    return withholding.Wait(count=random.choice((0, 1, 12, 400)), unit=random.choice(("days", "months")))


def _instalments(random: Random) -> withholding.InstalmentTable:
    shares = random.choice((("100",), ("60", "40"), ("33.3", "33.3", "33.4")))
    parts = []
    for share in shares:
        wait = maybe(random, 0.5, _wait)
        event: release.Anchor | None = one_of(random, release.Anchor) if wait is None else None
        parts.append(withholding.ReleaseInstalment(share_percent=Decimal(share), wait=wait, event=event))
    return withholding.InstalmentTable(
        residual=one_of(random, withholding.Residual),
        on_churn=one_of(random, withholding.OnChurn),
        instalments=tuple(parts),
    )


def _holdback(random: Random) -> withholding.Holdback:
    wait = maybe(random, 0.5, _wait)
    return withholding.Holdback(
        share_percent=Decimal(random.choice(("10", "33.3333", "100"))),
        wait=wait,
        event=one_of(random, release.Anchor) if wait is None else None,
        on_clawback=one_of(random, withholding.OnClawback),
    )


def generated_clawback(random: Random) -> Clawback:
    triggers = tuple(random.sample(get_args(clawbacks.ClawbackTrigger), random.randint(1, 5)))
    share: clawbacks.ClawbackShare = one_of(random, clawbacks.ClawbackShare)
    unit: DateUnit = one_of(random, DateUnit)
    window = random.choice((1, 12, 90))
    rule = clawbacks.ClawbackRule(
        triggers=triggers,
        anchor=one_of(random, release.Anchor),
        window=window,
        unit=unit,
        window_end=one_of(random, clawbacks.WindowEnd),
        share=share,
        percent=Decimal(random.choice(("100", "12.5"))) if share == "partial" else None,
        started_month=one_of(random, clawbacks.StartedMonth) if share == "unserved_term" and unit == "months" else None,
        steps=_steps(window) if share == "schedule" else (),
    )
    return Clawback(
        rule=rule,
        attainment="keep" if "non_payment" in triggers else one_of(random, clawbacks.AttainmentPolicy),
        non_payment_days=random.choice((1, 60)) if "non_payment" in triggers else None,
    )


def _steps(window: int) -> tuple[clawbacks.ClawbackStep, ...]:
    half = (clawbacks.ClawbackStep(until=window // 2, percent=Decimal(100)),) if window > 1 else ()
    return (*half, clawbacks.ClawbackStep(until=window, percent=Decimal(50)))
