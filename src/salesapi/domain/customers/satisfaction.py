"""Satisfaction: what a customer answered when asked how content it is. Facts of the stream `customer`.

Scores are whole numbers on the scale of their kind. The day of the answer is the business time of the command; it may be
unknown. The comment is free text, sealed under the customer's id. What may happen is decided in `customer_decisions.py`.
"""

from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Le

from salesapi.domain.shared.kernel import About, FreeText, Personal, Refers, Refused, record

SatisfactionKind: TypeAlias = Literal["nps", "csat", "ces"]

SCALES: Final[dict[SatisfactionKind, tuple[int, int]]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""Lowest and highest score by kind."""


@record
class CustomerSatisfactionRecorded:
    """The customer gave a score, about a deal, an agreement or an activity where one is named."""

    kind: SatisfactionKind
    score: int
    deal_id: UUID | None
    agreement_id: UUID | None
    activity_id: UUID | None
    comment: Annotated[str | None, Personal()]


@record
class RecordSatisfaction:
    """Records a customer's answer to a question about its satisfaction. Its day is `occurred_at`, where known."""

    customer_id: Annotated[UUID, About("The customer.")]
    kind: Annotated[SatisfactionKind, About("`nps` is scored 0 to 10, `csat` 1 to 5, `ces` 1 to 7.")]
    score: Annotated[int, Ge(0), Le(10), About("The score, a whole number on the scale of its kind.")]
    deal_id: Annotated[UUID | None, Refers("deal"), About("The deal of this customer that it is about, if any.")] = None
    agreement_id: Annotated[
        UUID | None, Refers("agreement"), About("The agreement of this customer that it is about, if any.")
    ] = None
    activity_id: Annotated[
        UUID | None, Refers("activity"), About("The activity that it is about, for example a visit, if any.")
    ] = None
    comment: Annotated[FreeText | None, About("What the customer added in its own words; sealed.")] = None


class SatisfactionScoreOffScale(Refused):
    """Each kind of question has its own scale."""

    code = "customer.satisfaction_score_off_scale"
    message = "A score of {kind} lies between {lowest} and {highest}; this is {score}."


class SatisfactionDealForeign(Refused):
    """An answer about another customer's deal would count for the wrong one."""

    code = "customer.satisfaction_deal_foreign"
    message = "The deal belongs to another customer; name a deal of this one, or none."
