"""Awards: what people grant beside what plans earn, corrections, forgiven draws, extensions. Stream `award`, one for each.

Amounts are minor units of the award's currency, points are whole. A period is the one in which an amount is paid. An award
counts once somebody else has approved it; approved points are credited to the member's own stream (`points.py`). Periods of
locked payout runs take no award. A forgiven draw pays nothing: it lowers what is owed. An extension of the expiry of a deal's
release (R26) pays nothing of its own either: it is for the owner of the deal, in days, and of no period, since it may also change
what a locked run paid, which later runs correct (R53). The decisions are in `award_decisions.py`.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Gt, Le

from salesapi.domain.shared.kernel import About, AmountMinor, CurrencyCode, Reason, Recorded, Refers, Refused, record
from salesapi.domain.shared.periods import PeriodText
from salesapi.domain.shared.states import business_date, made_from, replace

POINTS_MAX: Final = 2**31 - 1
"""Most points of one award or redemption."""
EXTENSION_DAYS_MAX: Final = 3660
"""Most days of one extension: ten years."""

GrantedKind: TypeAlias = Literal["recognition", "innovation", "spiff", "points", "other"]
PaidKind: TypeAlias = Literal[GrantedKind, "adjustment"]
AwardKind: TypeAlias = Literal[PaidKind, "draw_forgiven", "expiry_extended"]
AwardStatus: TypeAlias = Literal["granted", "approved", "revoked"]
PointsCount: TypeAlias = Annotated[int, Ge(1), Le(POINTS_MAX)]
ExtensionDays: TypeAlias = Annotated[int, Ge(1), Le(EXTENSION_DAYS_MAX)]


@record
class AwardGranted:
    """`granted_by` is the principal, `granter_id` the member that it is, where it is one."""

    member_id: UUID
    kind: GrantedKind
    amount_minor: int | None
    currency: str | None
    points: int | None
    reason: str
    plan_id: UUID | None
    period: str | None
    granted_by: UUID
    granter_id: UUID | None


@record
class AwardAdjustmentPosted:
    """Corrects what a plan paid for `period_corrected`, in `period`. The amount may be negative."""

    member_id: UUID
    plan_id: UUID
    period_corrected: str
    period: str
    amount_minor: int
    currency: str
    cause: str
    objection_id: UUID | None
    granted_by: UUID
    granter_id: UUID | None


@record
class AwardDrawForgiven:
    """Lowers what the member owes to the plan before the run of `period`. The amount is above 0 and never paid."""

    member_id: UUID
    plan_id: UUID
    period: str
    amount_minor: int
    currency: str
    reason: str
    granted_by: UUID
    granter_id: UUID | None


@record
class AwardExpiryExtended:
    """Moves every step of the expiry of a deal's release under a plan by so many days. `member_id` owned the deal then."""

    member_id: UUID
    plan_id: UUID
    deal_id: UUID
    days: int
    reason: str
    granted_by: UUID
    granter_id: UUID | None


@record
class AwardApproved:
    """From now on it counts. Repeats whom it is for and what is paid when, for those who follow approvals only.

    A forgiven draw and an extension have no amount here: nothing is paid by them.
    """

    member_id: UUID
    plan_id: UUID | None
    period: str | None
    amount_minor: int | None
    currency: str | None
    approved_by: UUID


@record
class AwardRevoked:
    reason: str


AwardBegun: TypeAlias = AwardGranted | AwardAdjustmentPosted | AwardDrawForgiven | AwardExpiryExtended
"""What an award begins with."""
AwardEvent: TypeAlias = AwardBegun | AwardApproved | AwardRevoked

AwardId: TypeAlias = Annotated[UUID, About("The award.")]


@record
class GrantAward:
    """Grants an award of money, of points, or without either. It counts once somebody else has approved it."""

    member_id: Annotated[UUID, Refers("member"), About("The member who gets it.")]
    kind: Annotated[GrantedKind, About("What it is for; `points` is the one of points, `spiff` always of money.")]
    reason: Annotated[Reason, About("Why; stored in clear.")]
    amount_minor: Annotated[Annotated[AmountMinor, Gt(0)] | None, About("Amount in minor units.")] = None
    currency: Annotated[CurrencyCode | None, About("ISO 4217 code of the amount.")] = None
    points: Annotated[PointsCount | None, About("Number of points.")] = None
    plan_id: Annotated[
        UUID | None,
        Refers("compensation_plan"),
        About("The compensation plan whose payout run pays it, where one does."),
    ] = None
    period: Annotated[PeriodText | None, About("Period in which an amount is paid, for example `2026-03`.")] = None


@record
class PostAdjustment:
    """Corrects by hand what a plan paid a member for an earlier period. It counts once somebody else has approved it."""

    member_id: Annotated[UUID, Refers("member"), About("The member who is paid or pays back.")]
    plan_id: Annotated[
        UUID, Refers("compensation_plan"), About("The plan that paid; its currency is that of the amount.")
    ]
    period_corrected: Annotated[PeriodText, About("The period whose pay was wrong.")]
    period: Annotated[PeriodText, About("The period in which it is put right.")]
    amount_minor: Annotated[AmountMinor, About("What comes on top, in minor units; negative is taken back.")]
    cause: Annotated[Reason, About("What was wrong; stored in clear.")]
    objection_id: Annotated[UUID | None, Refers("objection"), About("The member's objection that led to it.")] = None


@record
class ForgiveDraw:
    """Forgives what a member owes to a plan: of its draw first, then of what was carried forward. Never more than is owed.

    It pays nothing, and counts once somebody else has approved it: from the run of the period on, or from the next one where
    that was calculated before.
    """

    member_id: Annotated[UUID, Refers("member"), About("The member who owes it.")]
    plan_id: Annotated[
        UUID, Refers("compensation_plan"), About("The plan that advanced it; its currency is that of the amount.")
    ]
    period: Annotated[PeriodText, About("Before the run of this period it is owed no more, for example `2026-03`.")]
    amount_minor: Annotated[
        Annotated[AmountMinor, Gt(0)], About("At most so much, in minor units; what is above the balance lapses.")
    ]
    reason: Annotated[Reason, About("Why; stored in clear.")]


@record
class ExtendExpiry:
    """Extends the expiry of a deal's release under a plan: cash may come so many days later. Several extensions add up.

    It counts once somebody else has approved it, for all cash of the deal, whenever that came; what it changes in the pay of
    locked periods, later runs correct.
    """

    plan_id: Annotated[
        UUID, Refers("compensation_plan"), About("The plan, of which a version releases less for late cash.")
    ]
    deal_id: Annotated[UUID, Refers("deal"), About("The deal that is paid late; it may still be open.")]
    days: Annotated[ExtensionDays, About("By so many days each step of the expiry begins later.")]
    reason: Annotated[Reason, About("Why; stored in clear.")]


@record
class ApproveAward:
    """Approves an award, adjustment, forgiven draw or extension. Not by who granted it, nor by whom it is for.

    An extension is for the owner of the deal and for all who have a share in it.
    """

    award_id: AwardId


@record
class RevokeAward:
    """Takes back an award, adjustment, forgiven draw or extension that is not approved yet."""

    award_id: AwardId
    reason: Annotated[Reason, About("Why it is taken back.")]


class AwardValueUnclear(Refused):
    """What an award is worth is said in one way, as its kind needs it."""

    code = "award.value_unclear"
    message = "{problem}"


class AwardPlanUnpublished(Refused):
    """A plan without a version has paid nothing and pays by no period."""

    code = "award.plan_unpublished"
    message = "The plan {name} has no published version yet."


class AwardCurrencyMismatch(Refused):
    """A plan pays in one currency."""

    code = "award.currency_mismatch"
    message = "The plan pays in {plan_currency}, not in {currency}."


class AwardPeriodMismatch(Refused):
    """The plan pays by another kind of period."""

    code = "award.period_mismatch"
    message = "The plan pays by {period_kind}; {period} is a {sent_kind}."


class AwardPeriodsReversed(Refused):
    """What was wrong is put right later or at once, never earlier."""

    code = "award.periods_reversed"
    message = "The period {period_corrected} cannot be corrected in the earlier period {period}."


class AwardPlanWithoutDraw(Refused):
    """What a plan never advances or carries forward is never owed to it."""

    code = "award.plan_without_draw"
    message = "No version of the plan {name} has a draw to pay back or a recovery: nothing is owed to it."


class AwardPlanWithoutExpiry(Refused):
    """What never expires is not extended."""

    code = "award.plan_without_expiry"
    message = "No version of the plan {name} has a release that expires: there is nothing to extend."


class AwardPeriodLocked(Refused):
    """A locked run pays nothing more."""

    code = "award.period_locked"
    message = "The payout run of the plan for {period} is locked; name a later period."


class AwardObjectionForeign(Refused):
    """An adjustment answers an objection of the member whom it is for."""

    code = "award.objection_foreign"
    message = "The objection is of another member."


class AwardSettled(Refused):
    """An approved or revoked award takes no more commands."""

    code = "award.settled"
    message = "The award is {status}; what it did wrong is put right by an adjustment."


@record
class Award:
    """An award as it is now. `settled_on` is the day of the approval or revocation."""

    member_id: UUID
    kind: AwardKind
    status: AwardStatus = "granted"
    amount_minor: int | None
    currency: str | None
    points: int | None
    reason: str = ""
    plan_id: UUID | None
    period: str | None
    period_corrected: str | None = None
    objection_id: UUID | None = None
    deal_id: UUID | None = None
    """Of extensions, as `days`; `period_corrected` and `objection_id` are of adjustments."""
    days: int | None = None
    granted_by: UUID
    granter_id: UUID | None
    granted_on: date | None = None
    approved_by: UUID | None = None
    settled_on: date | None = None
    revocation_reason: str | None = None


def evolve(state: Award | None, event: AwardEvent, recorded: Recorded) -> Award:
    """Folds the stream to its state."""
    on = business_date(recorded)
    if isinstance(event, AwardBegun):
        return _begun(event, on)
    assert state is not None, "an award begins with what is granted"
    match event:
        case AwardApproved():
            return replace(state, status="approved", approved_by=event.approved_by, settled_on=on)
        case AwardRevoked():
            return replace(state, status="revoked", revocation_reason=event.reason, settled_on=on)
        case _:
            assert_never(event)


def kind_of(event: AwardBegun) -> AwardKind:
    """Names the kind of award that begins with this event."""
    match event:
        case AwardGranted():
            return event.kind
        case AwardAdjustmentPosted():
            return "adjustment"
        case AwardDrawForgiven():
            return "draw_forgiven"
        case AwardExpiryExtended():
            return "expiry_extended"


def _begun(event: AwardBegun, on: date | None) -> Award:
    if isinstance(event, AwardExpiryExtended):
        return made_from(
            Award, event, kind=kind_of(event), amount_minor=None, currency=None, points=None, period=None, granted_on=on
        )
    return made_from(
        Award,
        event,
        kind=kind_of(event),
        points=event.points if isinstance(event, AwardGranted) else None,
        period_corrected=event.period_corrected if isinstance(event, AwardAdjustmentPosted) else None,
        objection_id=event.objection_id if isinstance(event, AwardAdjustmentPosted) else None,
        reason=event.cause if isinstance(event, AwardAdjustmentPosted) else event.reason,
        granted_on=on,
    )
