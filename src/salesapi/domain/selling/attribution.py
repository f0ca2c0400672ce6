"""Attribution: who and what touched a lead on its way, so that sourcing can be paid and campaigns be judged (R19).

A touch is a fact of the stream `lead`. It stays with its lead and, once the lead is converted with a deal, counts for that
deal. The day of the touch is the business time of the command; it may be unknown. What may happen is decided in
`lead_decisions.py`; how touches share what is earned stands in `pay/rules/sourcing.py`.
"""

from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Gt

from salesapi.domain.shared.kernel import About, Key, Refers, Refused, record
from salesapi.domain.shared.money import Exact

TOUCHES_MAX: Final = 500
"""Most touches of one lead."""

TouchKind: TypeAlias = Literal["campaign", "meeting", "referral", "event", "content", "outbound"]


@record
class LeadAttributionTouchRecorded:
    """Somebody or something touched the lead. `deal_id` is null until a conversion opened one."""

    kind: TouchKind
    member_id: UUID | None
    campaign: str | None
    weight: Decimal | None
    deal_id: UUID | None


@record
class RecordAttributionTouch:
    """Records that a campaign, a meeting or a member touched a lead. Its day is `occurred_at`, where known.

    A converted or disqualified lead takes it too: the touch happened, whatever became of the lead.
    """

    lead_id: Annotated[UUID, About("The lead.")]
    kind: Annotated[
        TouchKind, About("`campaign`, `meeting`, `referral`, `event` (such as a fair), `content` or `outbound`.")
    ]
    member_id: Annotated[
        UUID | None,
        Refers("member"),
        About("The member whose touch it was, for example from marketing; null for nobody's."),
    ] = None
    campaign: Annotated[Key | None, About("The campaign that it belongs to, if any.")] = None
    weight: Annotated[
        Annotated[Exact, Gt(0)] | None,
        About("Its weight among the touches of the lead, a decimal string; null counts as 1 in the weighted model."),
    ] = None


class LeadTouchesTooMany(Refused):
    """The number of touches of one lead is bounded."""

    code = "lead.touches_too_many"
    message = "A lead has at most {limit} attribution touches."
