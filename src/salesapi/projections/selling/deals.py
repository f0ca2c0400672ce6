"""Deals as they are now, one row a deal. A voided deal keeps its row, with that status; every metric ignores it.

Amounts are minor units of `currency`. Dates are business dates; an unknown one is None. The row folds by version.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.selling.deals import (
    DealChanged,
    DealCloseDateMoved,
    DealCustomerLinked,
    DealEvent,
    DealLine,
    DealLinesChanged,
    DealLost,
    DealOpened,
    DealReassigned,
    DealReopened,
    DealShare,
    DealStageChanged,
    DealTeamChanged,
    DealValued,
    DealVoided,
    DealWon,
    Status,
)
from salesapi.domain.shared.attributes import AttributeValue, merged
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.projections.projection import Projection
from salesapi.projections.single_stream import (
    business_date,
    business_instant,
    id_of,
    one_row,
    only,
    own_stream,
    system_of,
)


@record
class DealRow:
    """`product_id` is the product where all lines name the same one. `reason` is that of the last closing or of the voiding."""

    deal_id: UUID
    status: Status
    title: str
    pipeline_id: UUID
    pipeline_version: int
    stage: str
    owner_id: UUID
    customer_id: UUID | None
    lead_id: UUID | None
    amount_minor: int | None
    currency: str | None
    lines: tuple[DealLine, ...]
    product_id: UUID | None
    shares: tuple[DealShare, ...]
    expected_close_on: date | None
    opened_on: date | None
    opened_at: datetime | None
    stage_entered_on: date | None
    closed_on: date | None
    closed_at: datetime | None
    reason: str | None
    competitor: str | None
    attributes: tuple[AttributeValue, ...]
    external_system: str | None
    external_id: str | None
    version: int
    position: int


def _fold(row: DealRow | None, event: DealEvent, recorded: Recorded) -> DealRow:
    if isinstance(event, DealOpened):
        return _opened(event, recorded)
    assert row is not None, "a deal begins with deal.opened"
    return replace(_changed(row, event, recorded), version=recorded.version, position=recorded.position)


def _opened(event: DealOpened, recorded: Recorded) -> DealRow:
    return DealRow(
        deal_id=recorded.stream_id,
        status="open",
        title=event.title,
        pipeline_id=event.pipeline_id,
        pipeline_version=event.pipeline_version,
        stage=event.stage,
        owner_id=event.owner_id,
        customer_id=event.customer_id,
        lead_id=event.lead_id,
        amount_minor=event.amount_minor,
        currency=event.currency,
        lines=event.lines,
        product_id=only([line.product_id for line in event.lines]),
        shares=(),
        expected_close_on=event.expected_close_on,
        opened_on=business_date(recorded),
        opened_at=business_instant(recorded),
        stage_entered_on=business_date(recorded),
        closed_on=None,
        closed_at=None,
        reason=None,
        competitor=None,
        attributes=event.attributes,
        external_system=system_of(event.external_id),
        external_id=id_of(event.external_id),
        version=recorded.version,
        position=recorded.position,
    )


def _changed(row: DealRow, event: DealEvent, recorded: Recorded) -> DealRow:
    match event:
        case DealOpened():
            return row
        case DealChanged():
            return replace(row, title=event.title or row.title, attributes=merged(row.attributes, event.attributes))
        case DealCustomerLinked():
            return replace(row, customer_id=event.customer_to)
        case DealStageChanged():
            return replace(row, stage=event.stage_to, stage_entered_on=business_date(recorded))
        case DealLinesChanged():
            return replace(row, lines=event.lines, product_id=only([line.product_id for line in event.lines]))
        case DealValued():
            return replace(row, amount_minor=event.amount_minor, currency=event.currency)
        case DealCloseDateMoved():
            return replace(row, expected_close_on=event.close_on_to)
        case DealReassigned():
            return replace(row, owner_id=event.owner_to)
        case DealTeamChanged():
            return replace(row, shares=event.shares)
        case DealWon() | DealLost():
            return _closed(row, event, recorded)
        case DealReopened():
            return replace(
                row,
                status="open",
                stage=event.stage_to,
                stage_entered_on=business_date(recorded),
                closed_on=None,
                closed_at=None,
                reason=None,
                competitor=None,
            )
        case DealVoided():
            return replace(row, status="voided", reason=event.reason)


def _closed(row: DealRow, event: DealWon | DealLost, recorded: Recorded) -> DealRow:
    closed = replace(
        row,
        stage=event.stage_to,
        stage_entered_on=business_date(recorded),
        closed_on=business_date(recorded),
        closed_at=business_instant(recorded),
        reason=event.reason,
    )
    if isinstance(event, DealLost):
        return replace(closed, status="lost", competitor=event.competitor)
    return replace(closed, status="won", amount_minor=event.amount_minor, currency=event.currency)


PROJECTION: Final = Projection(
    name="deal",
    version=1,
    row=DealRow,
    key=("deal_id",),
    group=("deal_id",),
    types=(
        "deal.opened",
        "deal.changed",
        "deal.customer_linked",
        "deal.stage_changed",
        "deal.lines_changed",
        "deal.valued",
        "deal.close_date_moved",
        "deal.reassigned",
        "deal.team_changed",
        "deal.won",
        "deal.lost",
        "deal.reopened",
        "deal.voided",
    ),
    groups=own_stream,
    evolve=one_row(_fold),
    indexes=(
        "(position)",
        "(owner_id, position)",
        "(status, pipeline_id, stage)",
        "(customer_id)",
        "(lead_id)",
        "(product_id)",
        "(coalesce(opened_on, '-infinity'::date), deal_id)",
        "(closed_on)",
        "(expected_close_on) WHERE status = 'open'",
        "(external_id, external_system)",
    ),
)
