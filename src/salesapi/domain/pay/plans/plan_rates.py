"""The kinds of rate that a component may have, each with the options that mean something with it only; a component has one.

Each kind stands with the rules of the catalogue (`commission.md`) that it belongs to. A further kind is its record here or in
`pay/`, its place in `Rate`, and what mypy then asks for: its arithmetic (`calculation/components.py`, `sale_rates.py`), its
words (`component_in_words.py`), its problems (`plan_rate_problems.py`) and the answers below.
"""

from typing import Annotated, Literal, TypeAlias, assert_never

from annotated_types import Ge, Gt

from salesapi.domain.pay.rules.commissionable_bases import ContractTermTable, MarginBandTable, ResidualTerms
from salesapi.domain.pay.rules.rate_rules import RateRules
from salesapi.domain.pay.rules.rates import Slowed
from salesapi.domain.pay.rules.tables import Matrix, PayoutCurve, TierTable
from salesapi.domain.shared.kernel import About, AmountMinor, record
from salesapi.domain.shared.money import Exact

MatrixAxis: TypeAlias = Literal["attainment_percent", "team_attainment_percent", "margin_percent", "term_months"]
AskedOfSale: TypeAlias = Literal["amount", "lines", "facts"]


@record
class Accelerator:
    """A faster rate for what is credited above a threshold (R10)."""

    above_attainment_percent: Annotated[Exact, Gt(0), About("Threshold in percent of the quota.")]
    factor: Annotated[Exact, Gt(0), About("Multiplies the rate of the part above it.")]


@record
class Decelerator:
    """A slower rate under a threshold (R11)."""

    below_attainment_percent: Annotated[Exact, Gt(0), About("Threshold in percent of the quota.")]
    factor: Annotated[Exact, Ge(0), About("Multiplies the rate under it.")]
    slowed: Annotated[
        Slowed,
        About("`below`: the part under the threshold; `whole`: a whole credit while the total with it is under it."),
    ]


@record
class FlatRate:
    """The same rate for everything that is credited (R01)."""

    kind: Annotated[Literal["flat"], About("Which kind of rate it is.")] = "flat"
    rate_percent: Annotated[Exact, About("Rate in percent.")]
    accelerator: Annotated[Accelerator | None, About("Makes it faster above a threshold; null: nothing does.")] = None
    decelerator: Annotated[
        Decelerator | None, About("Makes it slower under a threshold; null: nothing does. Not with an accelerator.")
    ] = None
    rate_cap_percent: Annotated[
        Exact | None,
        About(
            "The highest rate in percent (R30), where an accelerator or what an enrolment agrees moves it. Null: no cap."
        ),
    ] = None


@record
class DealAmount:
    """A flat amount for each credited deal (R02)."""

    kind: Annotated[Literal["deal_amount"], About("Which kind of rate it is.")] = "deal_amount"
    amount_minor: Annotated[AmountMinor, About("What a deal pays, in minor units of the plan's currency; above 0.")]


@record
class UnitAmount:
    """A flat amount for each unit of the lines that count (R02)."""

    kind: Annotated[Literal["unit_amount"], About("Which kind of rate it is.")] = "unit_amount"
    amount_minor: Annotated[AmountMinor, About("What a unit pays, in minor units of the plan's currency; above 0.")]


@record
class IndividualRate:
    """A rate of one's own: target pay over the period's quota (R03)."""

    kind: Annotated[Literal["individual"], About("Which kind of rate it is.")] = "individual"
    target_variable_minor: Annotated[
        AmountMinor, Gt(0), About("What the period pays at exactly the quota, in minor units of the plan's currency.")
    ]
    accelerator: Annotated[Accelerator | None, About("Makes it faster above a threshold; null: nothing does.")] = None
    decelerator: Annotated[
        Decelerator | None, About("Makes it slower under a threshold; null: nothing does. Not with an accelerator.")
    ] = None
    rate_cap_percent: Annotated[
        Exact | None, About("The highest rate in percent, after what makes it faster (R30). Null: no cap.")
    ] = None


@record
class TargetBonus:
    """A bonus by attainment of the quota (R12), derived anew with every credit."""

    kind: Annotated[Literal["bonus"], About("Which kind of rate it is.")] = "bonus"
    target_minor: Annotated[AmountMinor, Gt(0), About("The bonus at a payout of 100 percent, in minor units.")]
    curve: Annotated[PayoutCurve, About("Share of the bonus by attainment; nothing is paid at 0.")]


@record
class RateMatrix:
    """A rate by two values (R14). Attainments are those of the whole period."""

    kind: Annotated[Literal["matrix"], About("Which kind of rate it is.")] = "matrix"
    first: Annotated[MatrixAxis, About("What the rows stand for.")]
    second: Annotated[MatrixAxis, About("What the columns stand for; another one than the first.")]
    matrix: Annotated[Matrix, About("The rates.")]

    def is_by(self, axis: MatrixAxis) -> bool:
        """Tells whether its rows or its columns stand for this axis."""
        return axis in (self.first, self.second)


MovedRate: TypeAlias = FlatRate | IndividualRate
"""The rates that an accelerator or a decelerator may move."""
OverridableRate: TypeAlias = FlatRate | IndividualRate | TargetBonus
"""The rates of which an enrolment may agree another value (R56)."""
SaleRate: TypeAlias = UnitAmount | RateRules | MarginBandTable | ContractTermTable | ResidualTerms | RateMatrix
"""The rates that follow from what was sold (`calculation/sale_rates.py`)."""
Rate: TypeAlias = (
    FlatRate
    | DealAmount
    | UnitAmount
    | IndividualRate
    | TierTable
    | TargetBonus
    | RateRules
    | MarginBandTable
    | ContractTermTable
    | ResidualTerms
    | RateMatrix
)


def counts_attainment(rate: Rate) -> bool:
    """Tells whether a rate counts attainment of the member's own quota."""
    match rate:
        case FlatRate():
            return rate.accelerator is not None or rate.decelerator is not None
        case IndividualRate() | TargetBonus():
            return True
        case TierTable():
            return rate.axis == "attainment_percent"
        case RateMatrix():
            return rate.is_by("attainment_percent")
        case DealAmount() | UnitAmount() | RateRules() | MarginBandTable() | ContractTermTable() | ResidualTerms():
            return False
        case never:
            assert_never(never)


def tells_lines(rate: Rate) -> bool:
    """Tells whether a rate says what each line of a sale earns."""
    match rate:
        case FlatRate() | IndividualRate():
            return rate.accelerator is None and rate.decelerator is None
        case RateRules():
            return True
        case TierTable():
            return rate.counts == "line"
        case DealAmount() | UnitAmount() | TargetBonus():
            return False
        case MarginBandTable() | ContractTermTable() | ResidualTerms() | RateMatrix():
            return False
        case never:
            assert_never(never)


def asked_of_sale(rate: Rate) -> AskedOfSale:
    """Names what a rate asks of a sale: its `amount`, its `lines`, or `facts` beside both, which may follow the win."""
    match rate:
        case FlatRate() | IndividualRate() | DealAmount() | TargetBonus():
            return "amount"
        case TierTable():
            return "lines" if rate.counts == "line" else "amount"
        case UnitAmount():
            return "lines"
        case RateRules() | MarginBandTable() | ContractTermTable() | ResidualTerms() | RateMatrix():
            return "facts"
        case never:
            assert_never(never)
