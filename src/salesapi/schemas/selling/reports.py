"""The wire shapes of reports. Amounts are integers of minor units; ratios and means have six digits, rounded half up; medians
are exact (the mean of the two middle values). Days are calendar days between business dates. Null is "cannot be said".
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.figures import LeftOutThings, Mean, Median, Ratio, Reflected, ReportKey
from salesapi.schemas.filters import Keys, Uuids
from salesapi.schemas.scalars import Amount

AsOf: TypeAlias = Annotated[date | None, About("End of this business date; null is as known now.")]
Currency: TypeAlias = Annotated[str, About("ISO 4217 code.")]
Count: TypeAlias = Annotated[int, About("Number of deals.")]
Sum: TypeAlias = Annotated[Amount, About("Sum of their amounts in minor units.")]
Undated: TypeAlias = Annotated[
    int, About("Of these a date that the figures need is unknown; where the question names a date they are only here.")
]


@record
class ReportFilter:
    """Which deals. Fields that are not sent do not filter; days are inclusive at both ends.

    Managers, teams and regions are those of the owner on the day of closing, else of opening.
    """

    pipeline_id: Annotated[Uuids | None, About("In any of these pipelines.")] = None
    owner_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    manager_id: Annotated[Uuids | None, About("With any of these members as the owner's nearest manager.")] = None
    team_id: Annotated[Uuids | None, About("With the owner in any of these teams.")] = None
    region: Annotated[Keys | None, About("In any of these regions.")] = None
    product_id: Annotated[Uuids | None, About("With lines of this product only, of any of these.")] = None
    product_category: Annotated[Keys | None, About("With lines of one product only, of any of these categories.")] = (
        None
    )
    customer_attribute: Annotated[
        tuple[AttributeValue, ...] | None, MinLen(1), MaxLen(10), About("With a customer that has all of these.")
    ] = None
    status: Annotated[
        tuple[Literal["open", "won", "lost"], ...] | None, MinLen(1), MaxLen(3), About("In any of these states.")
    ] = None
    opened_from: Annotated[date | None, About("Opened on this day or later.")] = None
    opened_to: Annotated[date | None, About("Opened on this day or earlier.")] = None
    closed_from: Annotated[date | None, About("Closed on this day or later.")] = None
    closed_to: Annotated[date | None, About("Closed on this day or earlier.")] = None


@record
class DealsInStage:
    """Deals of a group in one stage."""

    pipeline_id: Annotated[UUID, About("The pipeline.")]
    stage: Annotated[str, About("Key of the stage.")]
    deals: Count


@record
class DealValues:
    """Figures of a group in one currency. Deals without an amount are in none."""

    currency: Currency
    open_deals: Count
    open_amount_minor: Sum
    won_deals: Count
    won_amount_minor: Sum
    lost_deals: Count
    lost_amount_minor: Sum
    won_mean_minor: Mean
    won_median_minor: Median
    win_rate: Annotated[Ratio, About("Won value of won and lost value.")]


@record
class Cycle:
    """Days from opening to closing."""

    deals: Annotated[int, About("Deals with both dates.")]
    undated: Annotated[int, About("Closed deals left out because one of the dates is unknown.")]
    median_days: Median
    mean_days: Mean
    min_days: Annotated[int | None, About("Shortest.")]
    max_days: Annotated[int | None, About("Longest.")]


@record
class DealGroup:
    """The figures of one group of deals."""

    keys: tuple[ReportKey, ...]
    deals: Annotated[int, About("All deals of the group that are in the figures.")]
    open: Count
    won: Count
    lost: Count
    undated: Undated
    unvalued: Annotated[int, About("Deals in the figures that have no amount.")]
    win_rate: Annotated[Ratio, About("Won deals of won and lost deals.")]
    stages: tuple[DealsInStage, ...]
    values: tuple[DealValues, ...]
    won_cycle: Cycle
    lost_cycle: Cycle
    closed_cycle: Cycle


@record
class DealReport:
    """Deals by status, stage and value, with win rates and sales cycles."""

    position: Reflected
    as_of: AsOf
    groups: tuple[DealGroup, ...]
    left_out: LeftOutThings


@record
class StageAmount:
    """Value of the deals in a stage in one currency."""

    currency: Currency
    deals: Count
    amount_minor: Sum


@record
class SnapshotStage:
    """A stage at the end of a day, and its exits within a window."""

    pipeline_id: Annotated[UUID, About("The pipeline.")]
    stage: Annotated[str, About("Key of the stage.")]
    name: Annotated[str | None, About("Name of the stage in the latest version that has it.")]
    deals: Annotated[int, About("Deals in it.")]
    undated: Undated
    values: tuple[StageAmount, ...]
    exits_forward: Annotated[int, About("Exits to a later stage or to a won end; skips are such.")]
    exits_lost: Annotated[int, About("Exits to a lost end.")]
    exits_backward: Annotated[int, About("Exits to an earlier stage.")]
    exits_undated: Annotated[int, About("Exits whose date is unknown; in none of the others.")]
    conversion: Annotated[Ratio, About("Exits forward of all dated exits.")]


@record
class SnapshotGroup:
    """The stages of one group, in their order."""

    keys: tuple[ReportKey, ...]
    stages: tuple[SnapshotStage, ...]


@record
class FunnelSnapshot:
    """The funnel as a flow: who is where, and how stages were left."""

    mode: Literal["snapshot"]
    position: Reflected
    as_of: AsOf
    groups: tuple[SnapshotGroup, ...]
    left_out: LeftOutThings


@record
class CohortStage:
    """The deals that entered a stage within a window, each once, and how far they have come by the day."""

    pipeline_id: Annotated[UUID, About("The pipeline.")]
    stage: Annotated[str, About("Key of the stage.")]
    name: Annotated[str | None, About("Name of the stage in the latest version that has it.")]
    entered: Annotated[int, About("Deals that entered it.")]
    reached_next: Annotated[int, About("Of these, that were ever in the next stage, or won.")]
    conversion: Annotated[Ratio, About("Reached the next stage of entered; open deals stay in.")]
    passed: Annotated[int, About("Of these, that were ever in any later stage, or won: skips count as passing.")]
    step_through: Annotated[Ratio, About("Passed of entered.")]
    still_open: Annotated[int, About("Of these, open.")]
    won: Annotated[int, About("Of these, won.")]
    lost: Annotated[int, About("Of these, lost.")]
    undated: Annotated[int, About("Deals that entered it on unknown dates only; not in the cohort.")]


@record
class CohortGroup:
    """The stages of one group, in their order."""

    keys: tuple[ReportKey, ...]
    stages: tuple[CohortStage, ...]


@record
class FunnelCohort:
    """The funnel by cohorts of entering deals."""

    mode: Literal["cohort"]
    position: Reflected
    as_of: AsOf
    groups: tuple[CohortGroup, ...]
    left_out: LeftOutThings


@record
class AgeBand:
    """Visits that last, by their age."""

    days_from: Annotated[int, About("Youngest age.")]
    days_to: Annotated[int | None, About("Oldest age, inclusive; null is open.")]
    visits: Annotated[int, About("Number of visits.")]


@record
class CensoredVisits:
    """Visits that last: how long they will is not known, so that they are no dwell. Ages need an `asOf`."""

    visits: Annotated[int, About("Number of visits.")]
    median_days: Median
    p90_days: Annotated[int | None, About("Nine of ten are this old or younger.")]
    max_days: Annotated[int | None, About("Age of the oldest.")]
    ages: tuple[AgeBand, ...]


@record
class StageDwell:
    """How long deals stayed in one stage."""

    pipeline_id: Annotated[UUID, About("The pipeline.")]
    stage: Annotated[str, About("Key of the stage.")]
    name: Annotated[str | None, About("Name of the stage in the latest version that has it.")]
    visits: Annotated[int, About("Visits that ended within the window.")]
    median_days: Median
    p90_days: Annotated[int | None, About("Nine of ten visits took this long or less.")]
    mean_days: Mean
    max_days: Annotated[int | None, About("Longest.")]
    negative: Annotated[
        int, About("Of the visits, those whose dates contradict the order in which they were recorded.")
    ]
    undated: Annotated[int, About("Visits whose beginning or end is on an unknown date; in none of the others.")]
    censored: CensoredVisits


@record
class DwellGroup:
    """The stages of one group, in their order."""

    keys: tuple[ReportKey, ...]
    stages: tuple[StageDwell, ...]


@record
class StageVelocity:
    """Dwell by stage over the visits that ended within a window."""

    position: Reflected
    as_of: AsOf
    groups: tuple[DwellGroup, ...]
    left_out: LeftOutThings
