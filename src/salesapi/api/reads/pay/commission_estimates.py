"""What an open deal would earn (R66), answered from the log."""

from typing import Final
from uuid import UUID

from salesapi.api.reads.question import Item, Question, Reading, Reflecting, in_pay
from salesapi.domain.shared.kernel import record
from salesapi.queries.pay.commission_estimates import commission_estimate
from salesapi.schemas.pay.commission_estimates import CommissionEstimate


@record
class EstimateOf:
    """The deal whose commission is estimated."""

    deal_id: UUID


async def _estimate(reading: Reading, given: EstimateOf) -> Reflecting[CommissionEstimate]:
    shared, caller = reading.shared, reading.caller
    found, position = await commission_estimate(
        shared.states, shared.ledgers, given.deal_id, rows=caller.rows, pay=caller.pay
    )
    return Reflecting(found, position)


QUESTIONS: Final = (
    Question(
        name="commissionEstimate",
        answers=Item(CommissionEstimate),
        arguments=EstimateOf,
        answer=_estimate,
        summary="What an open deal would earn if it were won as it stands, and to whom. Nothing is posted",
        reads=(),
        rest=in_pay(
            path="/v1/deals/{deal_id}/commission-estimate",
            summary="What an open deal would earn, to whom, as an estimate",
            about="""\
For everybody whose pay is in your scope and whom the win would credit: what is earned in the period in \
which the deal is expected to close, with the deal less without it. It is an estimate: nothing is posted. The deal needs an \
amount and an expected closing day.""",
        ),
    ),
)
