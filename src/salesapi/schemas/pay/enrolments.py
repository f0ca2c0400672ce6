"""Wire shapes of enrolments: who takes part in which compensation plan, with the filter and orders of their list."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride
from salesapi.domain.pay.rules.plan_versions_and_leavers import LeavingReason
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class EnrolmentSpan:
    """Days on which a member takes part in a plan."""

    effective_from: Annotated[date | None, About("First day; null is always.")]
    effective_until: Annotated[date | None, About("First day on which it no longer holds; null is open.")]
    component_keys: Annotated[tuple[str, ...] | None, About("Components of the plan; null is all of them.")]
    overrides: Annotated[tuple[ComponentOverride, ...], About("Values of its own for components of the plan.")]
    draw_minor: Annotated[Amount | None, About("A draw of its own, in minor units; null: the plan's.")]


@record
class AcknowledgedPlanVersion:
    """A version of the plan that the member has acknowledged."""

    plan_version: Annotated[int, About("Number of the version.")]
    acknowledged_on: Annotated[date | None, About("Business date.")]


@record
class Enrolment:
    """A member in a compensation plan. Today is the date in UTC."""

    id: Annotated[UUID, About("The member in the plan.")]
    member_id: Annotated[UUID, About("The member.")]
    plan_id: Annotated[UUID, About("The compensation plan.")]
    spans: Annotated[tuple[EnrolmentSpan, ...], About("Its days in the plan; none where all were withdrawn.")]
    left_on: Annotated[date | None, About("Last day of employment; null who has not left or is back.")]
    leaving: Annotated[LeavingReason | None, About("Why the member left.")]
    acknowledged: Annotated[
        tuple[AcknowledgedPlanVersion, ...], About("Versions that the member has acknowledged, in that order.")
    ]
    version_in_force: Annotated[
        int | None,
        About("The plan's version that holds today; null where none does or the member takes no part today."),
    ]
    open_version: Annotated[
        int | None, About("That version, while the member has not acknowledged it; null: nothing is open.")
    ]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class EnrolmentFilter:
    """Which enrolments. Fields that are not sent do not filter."""

    member_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    plan_id: Annotated[Uuids | None, About("In any of these plans.")] = None
    is_open: Annotated[bool | None, About("With a version in force that is not acknowledged, or without.")] = None
    has_left: Annotated[bool | None, About("Of members who have left, or have not.")] = None


class EnrolmentOrder(StrEnum):
    """Orders of enrolments."""

    CHANGED_DESC = "changed_desc"
