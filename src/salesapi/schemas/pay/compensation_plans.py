"""Wire shapes of compensation plans, with the filter and orders of their list. Rates are decimal strings in percent."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanProposal, CompensationPlanVersion
from salesapi.domain.pay.plans.plan_differences import DIFFERENCES_MAX, PlanDifference
from salesapi.domain.shared.kernel import About, ExternalId, Key, record
from salesapi.schemas.scalars import Position


@record
class CompensationPlan:
    """How sales pay is earned, with all published versions."""

    id: Annotated[UUID, About("The plan.")]
    key: Annotated[str, About("Stable name.")]
    name: Annotated[str, About("Name shown to people.")]
    currency: Annotated[str, About("ISO 4217 code of everything that it pays.")]
    legal_entity: Annotated[str | None, About("The company of the group that pays.")]
    notice_days: Annotated[int, About("Days from publishing to the effective date; a shorter notice has a reason.")]
    versions: Annotated[tuple[CompensationPlanVersion, ...], About("Published versions, the latest last.")]
    proposed: Annotated[tuple[CompensationPlanProposal, ...], About("The version that waits for approval, or none.")]
    is_retired: Annotated[bool, About("It is closed to new versions and participants.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class CompensationPlanVersionInWords:
    """One published version, a sentence for each thing that changes pay, in the order in which it is evaluated."""

    number: Annotated[int, About("The version.")]
    effective_from: Annotated[date | None, About("First win date that it applies to; null is always.")]
    english: Annotated[tuple[str, ...], About("Its sentences in English.")]
    chinese: Annotated[tuple[str, ...], About("Its sentences in Chinese.")]


@record
class CompensationPlanInWords:
    """A plan as those read it whom it pays."""

    id: Annotated[UUID, About("The plan.")]
    key: Annotated[str, About("Stable name.")]
    name: Annotated[str, About("Name shown to people.")]
    currency: Annotated[str, About("ISO 4217 code of everything that it pays.")]
    versions: Annotated[tuple[CompensationPlanVersionInWords, ...], About("Published versions, the latest last.")]


@record
class CompensationPlanDifferences:
    """What one version of a plan changes against another, in the order of the plan's fields."""

    id: Annotated[UUID, About("The plan.")]
    version_from: Annotated[int, About("The version that is compared with.")]
    version_to: Annotated[int, About("The version that is compared.")]
    differences: Annotated[
        tuple[PlanDifference, ...], About(f"Places that differ, the first {DIFFERENCES_MAX:,} of them.")
    ]
    count: Annotated[int, About("How many places differ.")]


@record
class CompensationPlanFilter:
    """Which plans. Fields that are not sent do not filter."""

    key: Annotated[Key | None, About("With this key.")] = None
    is_retired: Annotated[bool | None, About("Closed, or not.")] = None


class CompensationPlanOrder(StrEnum):
    """Orders of plans."""

    KEY_ASC = "key_asc"
    CHANGED_DESC = "changed_desc"
