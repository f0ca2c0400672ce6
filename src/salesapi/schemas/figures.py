"""What the answers of all reports have alike: the position, the keys of a group, and figures as exact decimal strings."""

from typing import Annotated, TypeAlias

from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.scalars import Position

Reflected: TypeAlias = Annotated[Position, About("Log position that the answer reflects at least.")]

Ratio: TypeAlias = Annotated[
    str | None, About("Decimal string from 0 to 1 with six digits; null where nothing divides.")
]

Mean: TypeAlias = Annotated[str | None, About("Decimal string with six digits; null without values.")]

Median: TypeAlias = Annotated[str | None, About("Exact decimal string; null without values.")]


@record
class ReportKey:
    """What a group has in common."""

    dimension: Annotated[str, About("As asked in `groupBy`.")]
    value: Annotated[str | None, About("Id, key or period; null is none or unknown.")]
    label: Annotated[str | None, About("Its name, where it has one.")]
