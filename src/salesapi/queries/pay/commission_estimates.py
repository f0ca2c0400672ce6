"""The question what an open deal would earn (R66). It is answered from the log itself, never from a read model that may lag."""

from decimal import Decimal
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.commands.stream_states import StreamStates
from salesapi.domain.pay.reasons.reason_form import form_of
from salesapi.domain.pay.statements import estimates
from salesapi.domain.pay.statements.estimates import estimated, supposed_win
from salesapi.domain.pay.statements.statements import ENGINE_VERSION
from salesapi.domain.selling.deals import Deal
from salesapi.domain.selling.pipelines import Pipeline
from salesapi.domain.shared.kernel import StreamRef, ThingUnknown
from salesapi.domain.shared.states import made_from
from salesapi.ledgers import PayFactsReader
from salesapi.queries.pay.reasons import shown_reason
from salesapi.schemas.pay.commission_estimates import CommissionEstimate, EstimatedComponent, EstimatedPay


async def commission_estimate(
    states: StreamStates, ledgers: PayFactsReader, deal_id: UUID, *, rows: Scope, pay: Scope
) -> tuple[CommissionEstimate, int]:
    """The estimate of a deal for those in the pay scope, and the log position that it rests on.

    Raises:
        ThingUnknown: there is no such deal, or it is out of the scope of rows.
        EstimateDealNotOpen, EstimateAmountMissing, EstimateCloseDateMissing, PeriodInvalid.
    """
    deal = await states.state(StreamRef("deal", deal_id))
    if not isinstance(deal, Deal) or not rows.reaches(deal.owner_id):
        raise ThingUnknown(thing="deal", id=str(deal_id))
    pipeline = await states.state(StreamRef("pipeline", deal.pipeline_id))
    assert isinstance(pipeline, Pipeline), "a deal is opened in a pipeline"
    stage = pipeline.version(deal.pipeline_version).stage(deal.stage)
    probability_percent = stage.probability_percent if stage is not None else None
    ledger = await ledgers.at_head()
    # Nothing is waited for from here on: the kept ledger goes forward.
    win = supposed_win(ledger, deal_id, deal)
    answer = CommissionEstimate(
        kind="estimate",
        deal_id=deal_id,
        stage=deal.stage,
        probability_percent=probability_percent,
        closes_on=win.on,
        deal_amount_minor=win.amount_minor,
        deal_currency=win.currency,
        engine_version=ENGINE_VERSION,
        pays=tuple(_shown(each, probability_percent) for each in estimated(ledger, win, pay.member_ids)),
    )
    return answer, ledger.position


def _shown(pay: estimates.EstimatedPay, probability_percent: Decimal | None) -> EstimatedPay:
    return made_from(
        EstimatedPay,
        pay,
        weighted_minor=None if probability_percent is None else pay.weighted_minor(probability_percent),
        components=tuple(
            EstimatedComponent(
                component=each.component,
                amount_minor=each.amount_minor,
                waits_for=None if each.waits_for is None else shown_reason(form_of(each.waits_for), pay.currency),
            )
            for each in pay.components
        ),
    )
