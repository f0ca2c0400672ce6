"""Wire shapes of compensation plans, with the filter and orders of their list. Rates are decimal strings in percent."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.compensation_plans import CompensationPlanVersion
from salesapi.domain.kernel import About, ExternalId, Key, record
from salesapi.schemas.scalars import Position


@record
class CompensationPlan:
    """How sales pay is earned, with all published versions."""

    id: Annotated[UUID, About("The plan.")]
    key: Annotated[str, About("Stable name.")]
    name: Annotated[str, About("Name shown to people.")]
    currency: Annotated[str, About("ISO 4217 code of everything that it pays.")]
    legal_entity: Annotated[str | None, About("The company of the group that pays.")]
    versions: Annotated[tuple[CompensationPlanVersion, ...], About("Published versions, the latest last.")]
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
class CompensationPlanFilter:
    """Which plans. Fields that are not sent do not filter."""

    key: Annotated[Key | None, About("With this key.")] = None
    is_retired: Annotated[bool | None, About("Closed, or not.")] = None


class CompensationPlanOrder(StrEnum):
    """Orders of plans."""

    KEY_ASC = "key_asc"
    CHANGED_DESC = "changed_desc"
