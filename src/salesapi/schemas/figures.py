"""What the answers of all reports have alike: the position, the keys of a group, and figures as exact decimal strings."""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.scalars import Position

LEFT_OUT_MAX: Final = 100
"""Most things that one report names as left out."""

Reflected: TypeAlias = Annotated[Position, About("Log position that the answer reflects at least.")]

Ratio: TypeAlias = Annotated[
    str | None, About("Decimal string from 0 to 1 with six digits; null where nothing divides.")
]

Mean: TypeAlias = Annotated[str | None, About("Decimal string with six digits; null without values.")]

Median: TypeAlias = Annotated[str | None, About("Exact decimal string; null without values.")]


@record
class LeftOut:
    """A thing in no figure of a report, because of a day that cannot be meant: before the company's first, or beyond all plans.

    It was recorded before such days were refused. Correct it, or void it; until then it is counted among what is undated.
    """

    kind: Annotated[Literal["deal", "invoice"], About("What it is.")]
    id: Annotated[UUID, About("Its id.")]
    on: Annotated[date, About("The day.")]


LeftOutThings: TypeAlias = Annotated[
    tuple[LeftOut, ...],
    About(f"Things that are in no figure, because of a day that cannot be meant; at most {LEFT_OUT_MAX} are named."),
]


@record
class ReportKey:
    """What a group has in common."""

    dimension: Annotated[str, About("As asked in `groupBy`.")]
    value: Annotated[str | None, About("Id, key or period; null is none or unknown.")]
    label: Annotated[str | None, About("Its name, where it has one.")]
