"""The terms of a version of a compensation plan: all that changes what it pays."""

from typing import Annotated, Final

from annotated_types import MaxLen, MinLen

from salesapi.domain.pay.plans.plan_awards import AWARDS_MAX, PlanAward
from salesapi.domain.pay.plans.plan_components import Component, CurrencyRules, QuotaRules, Rounding, VersionTakeover
from salesapi.domain.pay.rules.clawbacks import RecoveryLimit
from salesapi.domain.pay.rules.draws import DrawInAdvance, Guarantee, RecoverableDraw
from salesapi.domain.pay.rules.limits import CapExcess, CapWindow
from salesapi.domain.pay.rules.plan_versions_and_leavers import LEAVING_REASONS, LeaverRule
from salesapi.domain.shared.kernel import About, AmountMinor, record

COMPONENTS_MAX: Final = 30
"""Most components of one plan version."""


@record
class PlanTerms:
    """The terms of a plan's version: its components, and the rules that hold for all of them."""

    components: Annotated[
        tuple[Component, ...], MinLen(1), MaxLen(COMPONENTS_MAX), About("All earning rules of this version.")
    ]
    rounding: Annotated[Rounding, About("Where and how exact amounts become minor units.")]
    guarantee: Annotated[Guarantee | None, About("The least that a participant is paid; never paid back.")] = None
    draw: Annotated[
        RecoverableDraw | None,
        About("The least that is paid, as a debt that later earnings repay; not with a guarantee."),
    ] = None
    advance: Annotated[
        DrawInAdvance | None,
        About("What is paid at the start of a period and netted at its end; not with a guarantee, draw or recovery."),
    ] = None
    currencies: Annotated[CurrencyRules | None, About("How sales in other currencies are credited (R67).")] = None
    quotas: Annotated[QuotaRules | None, About("Quotas for parts of a period, and ramps; null: quotas as set.")] = None
    takeover: Annotated[
        VersionTakeover | None,
        About("When it takes over inside a period; null: by the day of the sale, tiers restart."),
    ] = None
    leavers: Annotated[
        tuple[LeaverRule, ...],
        MaxLen(len(LEAVING_REASONS)),
        About("What still pays after leaving, one rule for each reason (R60); none: what was earned and is released."),
    ] = ()
    recovery: Annotated[
        RecoveryLimit | None, About("How a negative result is recovered (R54); null: it is paid as it is, negative.")
    ] = None
    acknowledgement_required: Annotated[
        bool, About("Whether credits wait until the participant has acknowledged this version (R64).")
    ] = False
    cap_minor: Annotated[
        AmountMinor | None, About("Most that the plan earns a participant in a window (R30). Null: no cap.")
    ] = None
    cap_window: Annotated[CapWindow, About("What the cap of the plan is for: the `period`, or its `year`.")] = "period"
    cap_excess: Annotated[
        CapExcess,
        About(
            "What goes past the cap of the plan: `lost`, or `carried`: earned first in the next window, under its cap, by who "
            "holds the component on its first day."
        ),
    ] = "lost"
    budget_minor: Annotated[
        AmountMinor | None,
        About(
            "Most that all participants earn together in a period; beyond it everybody is scaled pro rata, and the rest is "
            "lost (R30)."
        ),
    ] = None
    correction_from_minor: Annotated[
        AmountMinor | None,
        About(
            "Least that a correction of a closed period pays or takes for one deal, as the version of the run's last day says; "
            "smaller ones are recorded, and paid with the next one that makes them as large (R53). Null: all are paid."
        ),
    ] = None
    awards: Annotated[
        tuple[PlanAward, ...],
        MaxLen(AWARDS_MAX),
        About("What is paid beside the components, evaluated at the end of a period by the version of its last day."),
    ] = ()
