"""Forecast sheets: what a member expects to sell in a period, as it was at each snapshot. Stream `forecast_sheet`.

Identity is (member, period). A snapshot states the deals with their values as seen that day; it is submitted once, with
totals by category; the manager adjusts a submission by a delta with a reason; a frozen sheet is final, and its last
submission is what accuracy is measured by. Amounts are minor units of the sheet's one currency. When a snapshot was taken,
submitted or frozen is the business time of the command. The decisions are in `forecast_sheet_decisions.py`.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, MaxLen

from salesapi.domain.selling.deals import Confidence
from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    FreeText,
    Personal,
    Reason,
    Recorded,
    Refers,
    Refused,
    record,
)
from salesapi.domain.shared.periods import PeriodText, period_named
from salesapi.domain.shared.states import business_date, made_from, replace

ENTRIES_MAX: Final = 500
"""Most deals in one snapshot."""
SNAPSHOTS_MAX: Final = 100
"""Most snapshots of one sheet."""
ADJUSTMENTS_MAX: Final = 20
"""Most adjustments of one submission."""

ForecastCategory: TypeAlias = Literal["commit", "best_case", "pipeline"]
ForecastStatus: TypeAlias = Literal["taken", "submitted", "frozen"]


@record
class ForecastEntry:
    """A deal as its member sees it on the day of the snapshot."""

    deal_id: Annotated[UUID, Refers("deal"), About("The deal.")]
    amount_minor: Annotated[AmountMinor, Ge(0), About("Expected value in minor units of the sheet's currency.")]
    category: Annotated[ForecastCategory, About("`commit`, `best_case` or `pipeline`.")]
    confidence: Annotated[Confidence | None, About("`high`, `mid` or `low`, where stated.")] = None


@record
class ForecastTotals:
    """Amounts by category. Each deal is in one category only."""

    commit_minor: Annotated[AmountMinor, About("What the member commits to, in minor units.")]
    best_case_minor: Annotated[AmountMinor, About("What may come in addition, in minor units.")]
    pipeline_minor: Annotated[AmountMinor, About("What else is open, in minor units.")]

    def plus(self, category: ForecastCategory, delta_minor: int) -> "ForecastTotals":
        """The totals with so much more in a category."""
        match category:
            case "commit":
                return replace(self, commit_minor=self.commit_minor + delta_minor)
            case "best_case":
                return replace(self, best_case_minor=self.best_case_minor + delta_minor)
            case "pipeline":
                return replace(self, pipeline_minor=self.pipeline_minor + delta_minor)

    def of(self, category: ForecastCategory) -> int:
        """The total of a category, in minor units."""
        amounts = {"commit": self.commit_minor, "best_case": self.best_case_minor, "pipeline": self.pipeline_minor}
        return amounts[category]


NOTHING: Final = ForecastTotals(commit_minor=0, best_case_minor=0, pipeline_minor=0)


@record
class ForecastSheetSnapshotTaken:
    """The deals as they were seen; `snapshot` counts from 1."""

    owner_id: UUID
    period: str
    snapshot: int
    currency: str
    entries: tuple[ForecastEntry, ...]


@record
class ForecastSheetSubmitted:
    """The member stands for these totals, on the ground of this snapshot."""

    snapshot: int
    totals: ForecastTotals
    currency: str
    note: Annotated[str | None, Personal()]


@record
class ForecastSheetAdjusted:
    """The manager expects so much more, or less, than was submitted on the ground of this snapshot."""

    snapshot: int
    category: ForecastCategory
    delta_minor: int
    currency: str
    reason: str


@record
class ForecastSheetFrozen:
    """Final: the last submission with its adjustments, in `totals`, is what the result is compared with."""

    owner_id: UUID
    period: str
    snapshot: int
    totals: ForecastTotals
    currency: str


@record
class ForecastSheetPersonErased:
    """Notes of all revisions are erased; see `customers/persons.py`."""

    person_id: UUID


ForecastSheetEvent: TypeAlias = (
    ForecastSheetSnapshotTaken
    | ForecastSheetSubmitted
    | ForecastSheetAdjusted
    | ForecastSheetFrozen
    | ForecastSheetPersonErased
)

ForecastSheetId: TypeAlias = Annotated[UUID, About("The forecast sheet.")]


@record
class TakeForecastSnapshot:
    """States a member's deals with their values for a period, as seen now. The first one makes the sheet.

    All of a sheet is in one currency. Earlier snapshots stay as they were.
    """

    owner_id: Annotated[UUID, Refers("member"), About("The member whose forecast it is.")]
    period: Annotated[PeriodText, About("A month `2026-03`, a quarter `2026Q1` or a year `2026`.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code of all amounts.")]
    entries: Annotated[tuple[ForecastEntry, ...], MaxLen(ENTRIES_MAX), About("The deals; none is a forecast too.")]


@record
class SubmitForecast:
    """Submits the latest snapshot, once, with totals by category. A total that is not sent is that of the snapshot."""

    forecast_sheet_id: ForecastSheetId
    commit_minor: Annotated[
        Annotated[AmountMinor, Ge(0)] | None, About("What the member commits to; null takes the snapshot's sum.")
    ] = None
    best_case_minor: Annotated[
        Annotated[AmountMinor, Ge(0)] | None, About("What may come in addition; null takes the snapshot's sum.")
    ] = None
    pipeline_minor: Annotated[
        Annotated[AmountMinor, Ge(0)] | None, About("What else is open; null takes the snapshot's sum.")
    ] = None
    note: Annotated[FreeText | None, About("What the manager should know; sealed.")] = None


@record
class AdjustForecast:
    """Corrects the last submission by the manager's own judgement. What was submitted stays visible."""

    forecast_sheet_id: ForecastSheetId
    delta_minor: Annotated[AmountMinor, About("How much more, or less where negative, in minor units.")]
    reason: Annotated[Reason, About("Why.")]
    category: Annotated[ForecastCategory, About("`commit`, `best_case` or `pipeline`.")] = "commit"


@record
class FreezeForecast:
    """Closes the sheet with its last submission and the adjustments to it. This is final."""

    forecast_sheet_id: ForecastSheetId


class ForecastFrozen(Refused):
    """A frozen sheet never changes."""

    code = "forecast_sheet.frozen"
    message = "The forecast of {period} is frozen, and that is final."


class ForecastCurrencyDiffers(Refused):
    """A sheet has one currency."""

    code = "forecast_sheet.currency_differs"
    message = "The sheet is in {currency}; state all amounts in it."


class ForecastDealTwice(Refused):
    """A deal stands in one category only."""

    code = "forecast_sheet.deal_twice"
    message = "The deal {deal_id} is in the snapshot twice."


class ForecastAlreadySubmitted(Refused):
    """One submission for each snapshot."""

    code = "forecast_sheet.already_submitted"
    message = "Snapshot {snapshot} is submitted already; take a new one first."


class ForecastNotSubmitted(Refused):
    """There is nothing yet that could be adjusted or frozen."""

    code = "forecast_sheet.not_submitted"
    message = "No snapshot of this sheet is submitted yet."


class ForecastTotalNegative(Refused):
    """Nothing less than nothing is expected."""

    code = "forecast_sheet.total_negative"
    message = "The {category} total is {total_minor} minor units ({currency}); it cannot fall below 0."


class ForecastLimitReached(Refused):
    """The number of snapshots and adjustments is bounded."""

    code = "forecast_sheet.limit_reached"
    message = "There are at most {limit} {things}."


@record
class Adjustment:
    """A manager's change to a forecast: what it expects more or less, in minor units."""

    category: ForecastCategory
    delta_minor: int
    reason: str
    adjusted_on: date | None


@record
class Revision:
    """One snapshot. `expected` are the submitted totals with the adjustments."""

    snapshot: int
    taken_on: date | None
    deal_count: int
    sums: ForecastTotals
    submitted: ForecastTotals | None = None
    submitted_on: date | None = None
    note: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    expected: ForecastTotals | None = None


@record
class ForecastSheet:
    """A forecast sheet as it is now. The three amounts are those of the last submission with its adjustments."""

    owner_id: UUID
    period: str
    currency: str
    status: ForecastStatus = "taken"
    entries: tuple[ForecastEntry, ...]
    """Those of the latest snapshot."""
    revisions: tuple[Revision, ...]
    """At least one; the oldest first."""
    frozen_on: date | None = None
    is_erased: bool = False

    @property
    def snapshot(self) -> int:
        """The number of the latest snapshot."""
        return self.revisions[-1].snapshot

    @property
    def submission(self) -> Revision | None:
        """The revision that was submitted last."""
        return next((each for each in reversed(self.revisions) if each.submitted is not None), None)

    @property
    def submitted_snapshot(self) -> int | None:
        """The number of the snapshot that was submitted last."""
        return self.submission.snapshot if self.submission else None

    @property
    def expected(self) -> ForecastTotals | None:
        """What was submitted last, with the adjustments."""
        return self.submission.expected if self.submission else None

    @property
    def commit_minor(self) -> int | None:
        """What the member commits to."""
        return self.expected.commit_minor if self.expected else None

    @property
    def best_case_minor(self) -> int | None:
        """What may come in addition."""
        return self.expected.best_case_minor if self.expected else None

    @property
    def pipeline_minor(self) -> int | None:
        """What else is open."""
        return self.expected.pipeline_minor if self.expected else None

    @property
    def lead_days(self) -> int | None:
        """The days from the freeze to the last day of the period."""
        return (period_named(self.period).last_on - self.frozen_on).days if self.frozen_on else None


def summed(entries: tuple[ForecastEntry, ...]) -> ForecastTotals:
    """The sums of a snapshot by category."""
    totals = NOTHING
    for entry in entries:
        totals = totals.plus(entry.category, entry.amount_minor)
    return totals


def evolve(state: ForecastSheet | None, event: ForecastSheetEvent, recorded: Recorded) -> ForecastSheet:
    """Folds the stream to its state."""
    on = business_date(recorded)
    if isinstance(event, ForecastSheetSnapshotTaken):
        taken = Revision(
            snapshot=event.snapshot, taken_on=on, deal_count=len(event.entries), sums=summed(event.entries)
        )
        if state is not None:
            return replace(state, entries=event.entries, revisions=(*state.revisions, taken))
        return made_from(ForecastSheet, event, revisions=(taken,))
    assert state is not None, "a forecast sheet begins with forecast_sheet.snapshot_taken"
    match event:
        case ForecastSheetSubmitted():
            known = _revision(state, event.snapshot)
            revision = replace(known, submitted=event.totals, submitted_on=on, note=event.note, expected=event.totals)
            return replace(_revised(state, revision), status="submitted")
        case ForecastSheetAdjusted():
            known = _revision(state, event.snapshot)
            assert known.expected is not None, "a submission is adjusted"
            adjustment = made_from(Adjustment, event, adjusted_on=on)
            expected = known.expected.plus(event.category, event.delta_minor)
            return _revised(state, replace(known, adjustments=(*known.adjustments, adjustment), expected=expected))
        case ForecastSheetFrozen():
            return replace(state, status="frozen", frozen_on=on)
        case ForecastSheetPersonErased():
            revisions = tuple(replace(each, note=None) for each in state.revisions)
            return replace(state, revisions=revisions, is_erased=True)
        case _:
            assert_never(event)


def _revision(state: ForecastSheet, snapshot: int) -> Revision:
    return next(each for each in state.revisions if each.snapshot == snapshot)


def _revised(state: ForecastSheet, revision: Revision) -> ForecastSheet:
    revisions = tuple(revision if each.snapshot == revision.snapshot else each for each in state.revisions)
    return replace(state, revisions=revisions)
