"""What the lines of `test_joints.py` are written with: declarations of the domain, and functions that do not fit to them.

The text of this file is put before the lines; it is right in itself.
"""

# ruff: noqa: F401 - the names are used by the lines.

from uuid import UUID

from salesapi.domain.consequences import convert_lead, following
from salesapi.domain.pay.decisions.enrolment_decisions import end
from salesapi.domain.pay.plans.enrolments import EndEnrolment
from salesapi.domain.selling.deal_decisions import lose, open_deal, value, win
from salesapi.domain.selling.deal_progress import LoseDeal, ValueDeal, WinDeal
from salesapi.domain.selling.deals import Deal, DealEvent, DealWon, OpenDeal, evolve
from salesapi.domain.selling.lead_decisions import capture, qualify
from salesapi.domain.selling.leads import CaptureLead, ConvertLead, Lead, LeadEvent, LeadQualified, QualifyLead
from salesapi.domain.selling.leads import evolve as evolve_lead
from salesapi.domain.shared.declarations import Stream, acts_on, changes, creates
from salesapi.domain.shared.kernel import UNSET, Context, Facts, StreamRef, Unset, external_identity, record, roles
from salesapi.domain.shared.states import changed, differing, made_from

SELLERS = roles("rep")


def key_of_lead(command: CaptureLead) -> tuple[str, ...]:
    return ("lead", str(command.owner_id))


def lead_of(command: CaptureLead) -> UUID:
    return UUID(int=0)


def needs_of_lead(state: Lead, command: WinDeal, facts: Facts) -> tuple[StreamRef, ...]:
    return ()


def needs_to_lose(state: Deal, command: LoseDeal, facts: Facts) -> tuple[StreamRef, ...]:
    return ()


def needs_text(state: Deal, command: WinDeal, facts: Facts) -> tuple[str, ...]:
    return ()


def win_a_lead(state: Deal, command: WinDeal, context: Context) -> tuple[LeadQualified, ...]:
    return ()


def owner_of_lead(state: Lead) -> UUID | None:
    return state.owner_id


def name_of_owner(state: Deal) -> str:
    return ""


@record
class Parcel:
    kind: str
    grams: int
    note: str = ""


@record
class Sent:
    kind: str
    grams: str
    note: str | None = None


@record
class Weighed:
    kind: str
    grams: int


@record
class Relabelled:
    """A change of a parcel: its note is always said, and its grams are of another type."""

    kind: str | Unset = UNSET
    grams: str | None = None
    note: str


@record
class Reweighed:
    grams: int | None = None
    kind: str | None = None


PARCEL = Parcel(kind="box", grams=1)
