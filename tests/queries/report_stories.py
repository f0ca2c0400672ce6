"""Small histories of deals for reports, folded into the real read tables. Amounts are minor units; dates are business dates.

The pipeline is contact, need, offer, won, lost (`tests.domain.examples`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.domain.customers.customers import CustomerRegistered
from salesapi.domain.organisation.teams import Teams
from salesapi.domain.reference.products import ProductListed
from salesapi.domain.selling.campaigns import CampaignPlanned
from salesapi.domain.selling.deals import (
    DealLine,
    DealLost,
    DealReassigned,
    DealReopened,
    DealStageChanged,
    DealVoided,
    DealWon,
)
from salesapi.domain.selling.leads import LeadCaptured
from salesapi.domain.selling.pipelines import Direction
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.dates import DaySpan
from salesapi.projections.customers import customers
from salesapi.projections.organisation import members
from salesapi.projections.projection import Projection
from salesapi.projections.reference import products
from salesapi.projections.selling import campaigns, deals, leads, pipelines, stage_visits
from salesapi.queries.organisation.organisation import line_arrays, reporting_lines
from salesapi.queries.selling.reports_deals import DEAL_PARTS, deal_groups
from salesapi.queries.selling.reports_facts import ReportRow, fetched
from salesapi.queries.selling.reports_funnel import COHORT_PARTS, SNAPSHOT_PARTS, cohort_groups, snapshot_groups
from salesapi.queries.selling.reports_question import ReportQuestion, groupings
from salesapi.queries.selling.reports_velocity import VELOCITY_PARTS, velocity_groups
from salesapi.schemas.figures import LeftOut
from salesapi.schemas.selling.reports import CohortStage, DealGroup, ReportFilter, SnapshotStage, StageDwell
from tests.domain.examples import ACME, ANNA, BORIS, OPENED, PIPELINE, PIPELINE_EVENTS, PRODUCT
from tests.projections.histories import Fact
from tests.queries.read_tables import ReadTables
from tests.spec import uid
from tests.values_by_type import built

READ: Final[tuple[Projection, ...]] = (
    deals.PROJECTION,
    stage_visits.PROJECTION,
    customers.PROJECTION,
    products.PROJECTION,
    pipelines.PROJECTION,
    members.PROJECTION,
    leads.PROJECTION,
    campaigns.PROJECTION,
)
AT_FAIR, OF_OLD = uid(0x1EAD_01), uid(0x1EAD_02)
"""Leads of Boris: of the planned campaign `spring`, and of one that nobody planned."""
MEANT: Final = DaySpan(effective_from=date(1970, 1, 1), effective_until=date(2126, 12, 2))
NOBODY_LEADS: Final = Teams()
BACKGROUND: Final = (
    *(Fact(PIPELINE, event) for event in PIPELINE_EVENTS),
    Fact(PRODUCT, built(ProductListed, name="Machine", category="machines")),
    Fact(
        ACME,
        built(
            CustomerRegistered,
            kind="company",
            name="Acme",
            owner_id=None,
            attributes=(AttributeValue(key="city", value="Ulm"), AttributeValue(key="sector", value="retail")),
        ),
    ),
    Fact(uid(0xCA), built(CampaignPlanned, key="spring", name="Spring fair")),
    Fact(AT_FAIR, built(LeadCaptured, campaign="spring", owner_id=BORIS)),
    Fact(OF_OLD, built(LeadCaptured, campaign="old", owner_id=BORIS)),
)


@dataclass(frozen=True)
class DealStory:
    """The facts of one deal, in the order in which they were recorded."""

    deal_id: UUID
    facts: tuple[Fact, ...]

    def then(self, event: object, on: str | None) -> "DealStory":
        """A further fact."""
        return replace(self, facts=(*self.facts, Fact(self.deal_id, event, on)))

    def moved(self, stage_from: str, stage_to: str, on: str | None, direction: Direction = "forward") -> "DealStory":
        """To another open stage."""
        event = built(DealStageChanged, stage_from=stage_from, stage_to=stage_to, direction=direction)
        return self.then(event, on)

    def won(self, on: str | None, amount_minor: int = 100, currency: str = "CNY") -> "DealStory":
        """Won."""
        event = built(DealWon, stage_to="won", amount_minor=amount_minor, currency=currency, owner_id=ANNA)
        return self.then(event, on)

    def lost(self, on: str | None) -> "DealStory":
        """Lost."""
        return self.then(built(DealLost, stage_to="lost"), on)

    def reopened(self, on: str | None) -> "DealStory":
        """Open again."""
        event = built(DealReopened, stage_to="offer", amount_minor=100, currency="CNY")
        return self.then(event, on)

    def reassigned(self, owner_to: UUID, on: str | None) -> "DealStory":
        """Of another member."""
        return self.then(built(DealReassigned, owner_to=owner_to), on)

    def voided(self, on: str | None) -> "DealStory":
        """Recorded by mistake."""
        return self.then(built(DealVoided), on)


def deal(
    number: int,
    on: str | None,
    *,
    stage: str = "contact",
    owner: UUID = ANNA,
    amount_minor: int | None = None,
    currency: str = "CNY",
    customer: UUID | None = None,
    lead: UUID | None = None,
    product: UUID | None = None,
) -> DealStory:
    """A deal is opened."""
    event = replace(
        OPENED,
        stage=stage,
        owner_id=owner,
        amount_minor=amount_minor,
        currency=None if amount_minor is None else currency,
        customer_id=customer,
        lead_id=lead,
        lines=() if product is None else (DealLine(product_id=product),),
    )
    deal_id = uid(0xDEA1_0000 + number)
    return DealStory(deal_id, (Fact(deal_id, event, on),))


class Board:
    """Reports over what was recorded in this test."""

    def __init__(self, tables: ReadTables) -> None:
        self._tables = tables
        self.teams = NOBODY_LEADS
        self.scope: Scope = EVERYTHING
        self.left_out: tuple[LeftOut, ...] = ()
        """What the last report left out."""

    async def record(self, *stories: DealStory) -> None:
        """Replaces everything that the read tables hold by these deals and what stands around them."""
        facts = [*BACKGROUND, *(fact for story in stories for fact in story.facts)]
        await self._tables.fill(READ, facts)

    async def deals(self, *group_by: str, as_of: str | None = None, **filters: object) -> tuple[DealGroup, ...]:
        """The groups of the deal report."""
        question = asked(group_by, filters, as_of=as_of)
        return deal_groups(await self._rows((DEAL_PARTS,), question), question, self.teams)

    async def all_deals(self, as_of: str | None = None, **filters: object) -> DealGroup:
        """The deal report without a grouping."""
        (group,) = await self.deals(as_of=as_of, **filters)
        return group

    async def by(self, grouping: str, as_of: str | None = None, **filters: object) -> dict[str | None, DealGroup]:
        """The groups of one grouping by their values."""
        groups = await self.deals(grouping, as_of=as_of, **filters)
        return {group.keys[0].value: group for group in groups}

    async def snapshot(self, as_of: str | None = None, **window: str) -> dict[str, SnapshotStage]:
        """The funnel as a flow, by stage."""
        question = asked((), {}, as_of=as_of, **window)
        (group,) = snapshot_groups(await self._rows(SNAPSHOT_PARTS, question), question, self.teams)
        return {stage.stage: stage for stage in group.stages}

    async def cohort(self, as_of: str | None = None, **window: str) -> dict[str, CohortStage]:
        """The cohorts, by stage."""
        question = asked((), {}, as_of=as_of, **window)
        (group,) = cohort_groups(await self._rows(COHORT_PARTS, question), question, self.teams)
        return {stage.stage: stage for stage in group.stages}

    async def dwells(self, as_of: str | None = None, **window: str) -> dict[str, StageDwell]:
        """The stage velocity, by stage."""
        question = asked((), {}, as_of=as_of, **window)
        (group,) = velocity_groups(await self._rows(VELOCITY_PARTS, question), question, self.teams)
        return {stage.stage: stage for stage in group.stages}

    async def _rows(self, parts: Sequence[str], question: ReportQuestion) -> list[ReportRow]:
        lines = line_arrays(reporting_lines(self.teams))
        rows, self.left_out = await fetched(
            self._tables.pool, parts, question, scope=self.scope, lines=lines, meant=MEANT
        )
        return rows


def asked(
    group_by: Sequence[str],
    filters: Mapping[str, object],
    /,
    *,
    as_of: str | None = None,
    window_from: str | None = None,
    window_to: str | None = None,
) -> ReportQuestion:
    """A question with its dates as text."""
    return ReportQuestion(
        filter=ReportFilter(**{name: _day(value) for name, value in filters.items()}),  # type: ignore[arg-type]
        group_by=groupings(group_by),
        as_of=None if as_of is None else date.fromisoformat(as_of),
        window_from=None if window_from is None else date.fromisoformat(window_from),
        window_to=None if window_to is None else date.fromisoformat(window_to),
    )


def _day(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value
